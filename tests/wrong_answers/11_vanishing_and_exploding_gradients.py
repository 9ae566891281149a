"""Right and wrong answers to the exercises of chapter 11, as a student would write them.

An entry of `WRONG` is (name of the mistake, answer), or (name, old, new): an edit of the first right answer.
"""

RIGHT = {
    "11.1": ['{"A": "vanishes", "B": "vanishes", "C": "level", "D": "level", "E": "explodes", "F": "vanishes"}'],
    "11.2": [
        "deltas",
        "[sigmoid.slope(np.array(0.7)) * 1.6 * d2, d2]"
        " if (d2 := -2.4 * 0.35 * float(sigmoid.slope(np.array(-5.5)))) else 0",
        "[-0.0012079, -0.0034050]",
        "(lambda d2:(np.exp(-.7)/(1+np.exp(-.7))**2*1.6*d2,d2))(-2.4*.35*np.exp(-5.5)/(1+np.exp(-5.5))**2)",
        "np.array([[.25*(1-np.tanh(.35)**2)*1.6,1.0]])[0]*(-.84*.25*(1-np.tanh(2.75)**2))",
    ],
    "11.3": [
        "spread_factor",
        "2 ** -7.5",
        "np.sqrt(0.5) ** 15",
        "0.0055243",
        "np.sqrt(0.5)**15",
        "1/np.sqrt(32768)",
        "0.0055242717",
    ],
    "11.4": [
        """
def relu_gradients(x, y, weights, biases):
    z, a = [], [x]
    for W, b in zip(weights, biases):
        z.append(a[-1] @ W.T + b)
        a.append(relu(z[-1]))
    a[-1] = softmax(z[-1])
    dW, db = [None] * len(weights), [None] * len(biases)
    delta = (a[-1] - y) / len(x)
    for l in reversed(range(len(weights))):
        dW[l] = delta.T @ a[l]
        db[l] = delta.sum(axis=0)
        if l > 0:
            delta = (delta @ weights[l]) * (z[l - 1] > 0)
    return dW, db
""",
        """
def relu_gradients(x, y, weights, biases):
    activations = [x]
    for W, b in zip(weights, biases):
        activations.append(np.maximum(np.einsum("ni,oi->no", activations[-1], W) + b, 0))
    scores = np.einsum("ni,oi->no", activations[-2], weights[-1]) + biases[-1]
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    dW, db, delta = [], [], shares - y
    for W, a_in in zip(weights[::-1], activations[-2::-1]):
        dW = [np.einsum("no,ni->oi", delta, a_in) / len(x), *dW]
        db = [delta.mean(axis=0), *db]
        delta = np.where(a_in > 0, delta @ W, 0.0)
    return dW, db
""",
        """
def relu_gradients(x, y, weights, biases):
    dW = [np.zeros(W.shape) for W in weights]
    db = [np.zeros(len(b)) for b in biases]
    for row, target in zip(x, y):
        a = [row]
        for l, (W, b) in enumerate(zip(weights, biases)):
            z = W @ a[-1] + b
            a.append(softmax(z[None])[0] if l == len(weights) - 1 else z.clip(min=0))
        delta = a[-1] - target
        for l in range(len(weights) - 1, -1, -1):
            dW[l] += np.outer(delta, a[l]) / len(x)
            db[l] += delta / len(x)
            delta = weights[l].T @ delta * np.sign(a[l])
    return tuple(dW), tuple(db)
""",
        """
def relu_gradients(x, y, weights, biases):
    from backprop_lab import Network

    pairs = list(zip(weights, biases))
    network = Network.from_weights(pairs, hidden="relu", output="softmax", loss="categorical_cross_entropy")
    layers = network.gradients(x, y)
    return [layer.dW for layer in layers], [layer.db for layer in layers]
""",
        """
def relu_gradients(x, y, weights, biases):
    def go(a, k):
        z = np.einsum("ni,oi->no", a, weights[k]) + biases[k]
        if k == len(weights) - 1:
            e = np.exp(z - z.max(axis=1, keepdims=True))
            delta, dW, db = (e / e.sum(axis=1, keepdims=True) - y) / x.shape[0], [], []
        else:
            up, dW, db = go(np.maximum(z, 0), k + 1)
            delta = np.where(z > 0, up, 0.0)
        return (
            np.einsum("no,oi->ni", delta, weights[k]),
            [np.einsum("no,ni->oi", delta, a)] + dW,
            [np.einsum("no->o", delta)] + db,
        )

    return go(x, 0)[1:]
""",
        """
def relu_gradients(x, y, weights, biases):
    dW, db = [np.zeros_like(W) for W in weights], [np.zeros_like(b) for b in biases]
    for xi, yi in zip(x, y):
        z, a = [], [xi]
        for W, b in zip(weights, biases):
            z.append(W @ a[-1] + b)
            a.append(relu(z[-1]))
        p = np.exp(z[-1] - max(z[-1]))
        p = p / p.sum()
        d = p - yi
        for l in range(len(weights) - 1, -1, -1):
            dW[l] += np.outer(d, a[l]) / len(x)
            db[l] += d / len(x)
            d = weights[l].T @ d
            if l:
                d = d * (a[l] > 0)
    return (dW, db)
""",
        """
def relu_gradients(x, y, weights, biases):
    a = [x]
    for W, b in zip(weights[:-1], biases[:-1]):
        a += [np.clip(a[-1] @ W.T + b, 0, None)]
    d = softmax(a[-1] @ weights[-1].T + biases[-1]) - y
    dW, db = [], []
    while a:
        inp = a.pop()
        dW.insert(0, d.T.dot(inp) / len(x))
        db.insert(0, d.mean(axis=0))
        d = d.dot(weights[len(a)]) * np.heaviside(inp, 0)
    return [dW, db]
""",
    ],
    "11.5": [
        """
def clip_together(gradients, limit):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    factor = limit / norm if norm > limit else 1.0
    return [factor * g for g in gradients], norm
""",
        """
def clip_together(gradients, limit):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients]))
    if norm <= limit:
        return gradients, norm
    return tuple(g * limit / norm for g in gradients), float(norm)
""",
        """
def clip_together(gradients, limit):
    total = 0.0
    for g in gradients:
        total += np.linalg.norm(g) ** 2
    norm = total**0.5
    return [g * min(1.0, limit / (norm + 1e-6)) for g in gradients], norm
""",
        """
def clip_together(gradients, limit):
    norm = np.linalg.norm([np.linalg.norm(g) for g in gradients])
    return [g / max(1.0, norm / limit) for g in gradients], norm
""",
        """
def clip_together(gradients, limit):
    norm = np.sqrt(np.sum([np.vdot(g, g) for g in gradients]))
    return [np.where(norm > limit, g * np.float64(limit) / norm, g) for g in gradients], np.array([norm])
""",
        """
def clip_together(gradients, limit):
    flat = np.concatenate([np.ravel(g) for g in gradients])
    size = float(np.linalg.norm(flat))
    if size <= limit:
        return gradients, size
    return [g * limit / size for g in gradients], size
""",
        """
def clip_together(gradients, limit):
    total = 0.0
    for g in gradients:
        for v in np.asarray(g).flatten():
            total += float(v) * float(v)
    norm = total**0.5
    out = [np.array(g, dtype=float) for g in gradients]
    if norm > limit:
        for g in out:
            g *= limit / norm
    return (tuple(out), norm)
""",
        """
def clip_together(gradients, limit):
    norm = np.hypot.reduce([np.linalg.norm(g) for g in gradients])
    return [g / max(1, norm / limit) for g in gradients], norm
""",
    ],
    "11.6": [
        """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    rows = []
    for _ in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        rows.append([np.sqrt((d**2).sum()) for d in dW])
        weights = [W - learning_rate * d for W, d in zip(weights, dW)]
        biases = [b - learning_rate * d for b, d in zip(biases, db)]
    return np.array(rows)
""",
        """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    W, b = [w.copy() for w in weights], [c.copy() for c in biases]
    norms = np.zeros((epochs, len(W)))
    for epoch in range(epochs):
        gradients = relu_gradients(x, y, W, b)
        for l in range(len(W)):
            norms[epoch, l] = np.linalg.norm(gradients[0][l])
            W[l] -= learning_rate * gradients[0][l]
            b[l] -= learning_rate * gradients[1][l]
    return norms
""",
        """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    if epochs == 0:
        return []
    dW, db = relu_gradients(x, y, weights, biases)
    here = [np.vdot(d, d) ** 0.5 for d in dW]
    after = [[p - learning_rate * d for p, d in zip(*pair)] for pair in ((weights, dW), (biases, db))]
    return [here, *norms_over_epochs(x, y, *after, learning_rate, epochs - 1)]
""",
        """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    from backprop_lab import Network, measure_gradient_flow

    pairs = list(zip(weights, biases))
    network = Network.from_weights(pairs, hidden="relu", output="softmax", loss="categorical_cross_entropy")
    rows = []
    for _ in range(epochs):
        rows.append(measure_gradient_flow(network, x, y).gradient_norm)
        network.parameters -= learning_rate * network.gradients(x, y).vector
    return np.vstack(rows)
""",
        """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    rows = []
    for _ in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        rows.append([np.sqrt((d**2).sum()) for d in dW])
        weights = [W - learning_rate * d for W, d in zip(weights, dW)]
        biases = [b - learning_rate * d for b, d in zip(biases, db)]
    return rows
""",
        """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    def go(Ws, bs, left):
        if left == 0:
            return np.zeros((0, len(Ws)))
        dW, db = relu_gradients(x, y, Ws, bs)
        row = np.array([[np.einsum("ij,ij->", d, d) ** 0.5 for d in dW]])
        return np.vstack(
            [
                row,
                go(
                    [W - learning_rate * d for W, d in zip(Ws, dW)],
                    [b - learning_rate * d for b, d in zip(bs, db)],
                    left - 1,
                ),
            ]
        )

    return go(weights, biases, epochs)
""",
        """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    import copy

    Ws, bs = copy.deepcopy(weights), copy.deepcopy(biases)
    out = np.empty((len(Ws), epochs))
    for k in range(epochs):
        gW, gb = relu_gradients(x, y, Ws, bs)
        for l, (g, h) in enumerate(zip(gW, gb)):
            out[l, k] = np.sqrt(np.sum(g * g))
            Ws[l] = Ws[l] - learning_rate * g
            bs[l] = bs[l] - learning_rate * h
    return out.T
""",
    ],
    "11.7": [
        """
def layer_norm_backward(da, z, scale, eps):
    centered = z - z.mean(axis=1, keepdims=True)
    s = np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps)
    hat = centered / s
    g = da * scale
    dz = (g - g.mean(axis=1, keepdims=True) - hat * (g * hat).mean(axis=1, keepdims=True)) / s
    return dz, (da * hat).sum(axis=0), da.sum(axis=0)
""",
        """
def layer_norm_backward(da, z, scale, eps):
    N, n = z.shape
    dz = np.zeros((N, n))
    dscale, dshift = np.zeros(n), np.zeros(n)
    for k in range(N):
        s = np.sqrt(z[k].var() + eps)
        hat = (z[k] - z[k].mean()) / s
        jacobian = (np.eye(n) - 1 / n - np.outer(hat, hat) / n) / s
        dz[k] = jacobian @ (scale * da[k])
        dscale += da[k] * hat
        dshift += da[k]
    return dz, dscale, dshift
""",
        """
def layer_norm_backward(da, z, scale, eps):
    n = z.shape[1]
    m = z.mean(1)[:, None]
    variance = ((z - m) ** 2).mean(1)[:, None] + eps
    dhat = da * scale
    dvariance = (dhat * (z - m)).sum(1)[:, None] * -0.5 * variance**-1.5
    dm = -dhat.sum(1)[:, None] / np.sqrt(variance)
    dz = dhat / np.sqrt(variance) + dvariance * 2 * (z - m) / n + dm / n
    return [dz, np.einsum("ni,ni->i", da, (z - m) / np.sqrt(variance)), np.ones(len(z)) @ da]
""",
        """
def layer_norm_backward(da, z, scale, eps):
    from backprop_lab.layers import LayerNorm

    layer = LayerNorm(z.shape[1], eps=eps)
    layer.parameters["scale"][...] = scale
    dz, gradients = layer.backward(layer.forward(z)[1], da)
    return dz, gradients["scale"], gradients["shift"]
""",
        """
def layer_norm_backward(da, z, scale, eps):
    N, n = z.shape
    dz, dg, db = np.zeros((N, n)), np.zeros(n), np.zeros(n)
    for k in range(N):
        c = z[k] - z[k].mean()
        s = (np.mean(c**2) + eps) ** 0.5
        J = (np.eye(n) - 1 / n) / s - np.outer(c, c) / (n * s**3)
        dz[k] = J.T @ (scale * da[k])
        dg += da[k] * c / s
        db += da[k]
    return [dz, dg, db]
""",
        """
def layer_norm_backward(da, z, scale, eps):
    n = z.shape[1]
    zc = z - np.mean(z, 1)[:, None]
    var = np.einsum("ij,ij->i", zc, zc)[:, None] / n
    inv = (var + eps) ** -0.5
    dh = da * scale
    dvar = (dh * zc * -0.5 * inv**3).sum(1, keepdims=True)
    dmu = (-dh * inv).sum(1, keepdims=True) + dvar * (-2 * zc).mean(1, keepdims=True)
    return dh * inv + dvar * 2 * zc / n + dmu / n, np.einsum("ij,ij->j", da, zc * inv), da.sum(0)
""",
        """
def layer_norm_backward(da, z, scale, eps):
    n = len(scale)
    C = np.eye(n) - np.ones((n, n)) / n
    c = z @ C
    s = np.sqrt(np.var(z, axis=1) + eps).reshape(-1, 1)
    zhat = c / s
    d = da @ np.diag(scale)
    return (
        ((d - zhat * np.sum(d * zhat, axis=1, keepdims=True) / n) @ C) / s,
        np.sum(zhat * da, axis=0),
        np.ones(len(da)) @ da,
    )
""",
    ],
    "11.8": ['{"A": "b", "B": "a", "C": "d", "D": "e", "E": "c"}'],
    "11.9": [
        """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    h = relu(z)
    dz = (da @ W2) * (z > 0)
    dx = da + dz @ W1
    dW1, db1 = dz.T @ x, dz.sum(axis=0)
    dW2, db2 = da.T @ h, da.sum(axis=0)
    return dx, dW1, db1, dW2, db2
""",
        """
def repaired_block(da, x, W1, b1, W2, b2):
    n, m = W2.shape
    dx, dW1, db1 = da.copy(), np.zeros((m, n)), np.zeros(m)
    dW2, db2 = np.zeros((n, m)), np.zeros(n)
    for k in range(len(x)):
        h = np.maximum(W1 @ x[k] + b1, 0)
        dz = np.where(h > 0, W2.T @ da[k], 0)
        dx[k] += W1.T @ dz
        dW1 += np.outer(dz, x[k])
        db1 += dz
        dW2 += np.outer(da[k], h)
        db2 += da[k]
    return [dx, dW1, db1, dW2, db2]
""",
        """
def repaired_block(da, x, W1, b1, W2, b2):
    h = relu(np.einsum("kn,mn->km", x, W1) + b1)
    dz = np.einsum("kn,nm->km", da, W2) * np.sign(h)
    return (
        da @ np.eye(len(b2)) + np.einsum("km,mn->kn", dz, W1),
        np.einsum("km,kn->mn", dz, x),
        np.add.reduce(dz),
        np.einsum("kn,km->nm", da, h),
        np.add.reduce(da),
    )
""",
        """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    on = relu.slope(z)
    dz = on * (da @ W2)
    return dz @ W1 + da, dz.T @ x, on.T.dot(da @ W2).diagonal(), (relu(z).T @ da).T, da.sum(0)
""",
        """
def repaired_block(da, x, W1, b1, W2, b2):
    dx, dW1, db1, dW2, db2 = da.copy(), 0 * W1, 0 * b1, 0 * W2, 0 * b2
    for k in range(len(x)):
        h = np.maximum(W1 @ x[k] + b1, 0)
        d = np.where(h > 0, W2.T @ da[k], 0)
        dx[k] += W1.T @ d
        dW1 += np.outer(d, x[k])
        db1 += d
        dW2 += np.outer(da[k], h)
        db2 += da[k]
    return [dx, dW1, db1, dW2, db2]
""",
        """
def repaired_block(da, x, W1, b1, W2, b2):
    z = np.einsum("ni,mi->nm", x, W1) + b1
    g = np.heaviside(z, 0)
    d = np.einsum("no,om,nm->nm", da, W2, g)
    return (
        da + np.einsum("nm,mi->ni", d, W1),
        np.einsum("nm,ni->mi", d, x),
        np.einsum("nm->m", d),
        np.einsum("no,nm->om", da, z * g),
        np.einsum("no->o", da),
    )
""",
        """
def repaired_block(da, x, W1, b1, W2, b2):
    z = (W1 @ x.T).T + b1
    h = (z + np.abs(z)) / 2
    dz = np.zeros_like(z)
    on = z > 0
    dz[on] = da.dot(W2)[on]
    return np.add(da, dz.dot(W1)), np.dot(x.T, dz).T, np.ones(len(x)) @ dz, (h.T @ da).T, np.sum(da, 0)
""",
    ],
    "11.10": [
        "2 / ((1 + alpha**2) * n)",
        "2 / (n + n * alpha**2)",
        "sp.solve(n * w * (1 + alpha**2) / 2 - 1, w)[0]",
        "1 / (n * (sp.Rational(1, 2) + alpha**2 / 2))",
        "2 * n**-1 * (1 + alpha**2) ** -1",
        "2.0/(n+n*alpha**2)",
        "1/(sp.Rational(1,2)*n*(alpha**2+1))",
        "1/(n*(0.5+0.5*alpha**2))",
        "sp.Mul(2,1/n,1/(1+alpha**2),evaluate=False)",
    ],
    "11.11": [
        "(a2 - y) * (h2 + (1 + w * (1 - h2**2)) * h1)",
        "(a2 - y) * h2 + (a2 - y) * (h1 + w * h1 * (1 - sp.tanh(a1) ** 2))",
        "sp.expand((y - a2) * (w * h1 * h2**2 - h1 * (1 + w) - h2))",
        "sp.diff((a0 + w * sp.tanh(a0) + w * sp.tanh(a0 + w * sp.tanh(a0)) - y) ** 2 / 2, w)",
        "(a1 + w * h2 - y) * (h2 + h1 + w * h1 / sp.cosh(a1) ** 2)",
        "(a2-y)*h2+(a2-y)*(1+w*(1-sp.tanh(a1)**2))*sp.tanh(a0)",
        "(a0+w*h1+w*h2-y)*(sp.tanh(a0+w*sp.tanh(a0))+h1*(1.0+w/sp.cosh(a1)**2))",
        "sp.diff((a0+w*sp.tanh(a0)+w*sp.tanh(a0+w*sp.tanh(a0))-y)**2/2,w)",
        "(a2-y)*(h2+h1+w*h1-w*h1*h2**2)",
    ],
}

MASK = "* (z[l - 1] > 0)"
TOP = "(a[-1] - y) / len(x)"
UNANSWERED = """
    def relu_gradients(*arrays):
        raise NotImplementedError("replace this line with your answer")

    rows = []"""
SIZE = "np.sqrt((d**2).sum())"
ROWS = "return np.array(rows)"
LONG = "return [factor * g for g in gradients], norm"
NORM = "np.sqrt(sum((g**2).sum() for g in gradients))"
FACTOR = "limit / norm if norm > limit else 1.0"
MEANS = "g.mean(axis=1, keepdims=True) - hat * (g * hat).mean(axis=1, keepdims=True)"

WRONG = {
    "11.1": [
        ("relu-safe", '{"A": "vanishes", "B": "level", "C": "level", "D": "level", "E": "explodes", "F": "vanishes"}'),
        (
            "large-weight",
            '{"A": "explodes", "B": "vanishes", "C": "level", "D": "level", "E": "explodes", "F": "vanishes"}',
        ),
        (
            "sigmoid-always",
            '{"A": "vanishes", "B": "vanishes", "C": "level", "D": "level", "E": "vanishes", "F": "vanishes"}',
        ),
        (
            "saturation",
            '{"A": "vanishes", "B": "vanishes", "C": "vanishes", "D": "level", "E": "explodes", "F": "vanishes"}',
        ),
        (
            "one-factor",
            '{"A": "vanishes", "B": "vanishes", "C": "level", "D": "explodes", "E": "explodes", "F": "vanishes"}',
        ),
        ("M10", '{"A": "vanishes", "B": "vanishes", "C": "level", "D": "level", "E": "explodes", "F": "explodes"}'),
        ("missing", '{"A": "vanishes", "B": "vanishes", "C": "level", "D": "level", "E": "explodes"}'),
        ("type", '{"A": "shrinks", "B": "vanishes", "C": "level", "D": "level", "E": "explodes", "F": "vanishes"}'),
        ("type", '["vanishes"] * 6'),
        ("slope", '{letter: "level" for letter in "ABCDEF"}'),
    ],
    "11.2": [
        ("M7", "[1.6 * -2.4 * 0.35, -2.4 * 0.35]"),
        ("M7", "[1.6 * deltas[1], deltas[1]]"),
        ("M7", "[-0.84 * 1.6 * sigmoid.slope(np.array(0.7)), -0.84]"),
        ("M5", "[1.6 * -0.84 * -5.5 * 6.5 * 0.7 * 0.3, -0.84 * -5.5 * 6.5]"),
        ("M5", "(lambda s: [1.6 * -0.84 * s[1] * s[0], -0.84 * s[1]])(sigmoid.slope(sigmoid(np.array([0.7, -5.5]))))"),
        ("slope", "(lambda a: [1.6 * -0.84 * a[1] * a[0], -0.84 * a[1]])(sigmoid(np.array([0.7, -5.5])))"),
        ("slope", "(lambda s: [1.6 * -0.84 * s[1] * s[0], -0.84 * s[1]])(sigmoid.slope(np.array([-5.5, 1.3])))"),
        ("slope", "[1.6 * -0.84 / 16, -0.84 / 4]"),
        ("weights-forgotten", "deltas / [-1.6 * 2.4, -2.4]"),
        ("weights-forgotten", "deltas / [1.6, 1]"),
        ("index", "deltas * [1, 1.6 / -2.4]"),
        ("swapped", "deltas[::-1]"),
        ("M10", "[0, 0]"),
        ("upstream", "deltas / 0.35"),
        ("upstream", "[1.6 * 0.35 * sigmoid.slope(np.array(0.7)), deltas[1]]"),
        ("slope", "deltas * float(sigmoid.slope(np.array(1.3)))"),
        ("slope", "(lambda t: [-1.344 * t[1] * t[0], -0.84 * t[1]])(1 - np.tanh(np.array([0.7, -5.5])) ** 2)"),
        ("sign", "-deltas"),
        ("sign", "np.abs(deltas)"),
        ("shape", "deltas[1]"),
        ("digits", "[-0.00121, -0.0034]"),
        ("digits", "[-0.001210, -0.003405]"),
        ("rounded", "[1.6 * -0.00341 * 0.222, -0.84 * 0.00406]"),
        ("divided", "(lambda s: [-1.344 / s[1] / s[0], -0.84 / s[1]])(sigmoid.slope(np.array([0.7, -5.5])))"),
        (
            "index",
            "(lambda s,d3,w2,w3:[s(.7)*w2*s(-5.5)*w2*d3,s(-5.5)*w2*d3])(lambda z:(1/(1+np.exp(-z)))*(1-1/(1+"
            "np.exp(-z))),.35,1.6,-2.4)",
        ),
        (
            "too-many-paths",
            "(lambda s,d3,w2,w3:[s(.7)*w2*d3+s(-5.5)*w3*d3,s(-5.5)*w3*d3])(lambda z:(1/(1+np.exp(-z)))*("
            "1-1/(1+np.exp(-z))),.35,1.6,-2.4)",
        ),
        ("M6", "(lambda s,d3,w2,w3:[d3/(w3*w2),d3/w3])(lambda z:(1/(1+np.exp(-z)))*(1-1/(1+np.exp(-z))),.35,1.6,-2.4)"),
        (
            "sign",
            "(lambda s,d3,w2,w3:[s(.7)*w2*s(-5.5)*w3*d3,-s(-5.5)*w3*d3])(lambda z:(1/(1+np.exp(-z)))*(1-1/("
            "1+np.exp(-z))),.35,1.6,-2.4)",
        ),
    ],
    "11.3": [
        ("steps", "0.5**8"),
        ("steps", "0.5**7"),
        ("steps", "0.5**8.5"),
        ("variance", "0.5**15"),
        ("variance", "0.5**16"),
        ("relu-safe", "1"),
        ("relu-safe", "1.0"),
        ("one-step", "np.sqrt(0.5)"),
        ("one-step", "0.5"),
        ("slope", "0.25**15"),
        ("up", "2**7.5"),
        ("linear", "7.5"),
        ("digits", "0.0055"),
        ("sign", "-spread_factor"),
        ("rounded", "0.707**15"),
        ("n", "96**-7.5"),
        ("linear", "15*2**-.5"),
        ("n", "1/np.sqrt(96)"),
    ],
    "11.4": [
        ("M7", MASK, ""),
        ("M7", MASK, "* (a[l] >= 0)"),
        ("at-zero", MASK, "* (z[l - 1] >= 0)"),
        ("at-zero", MASK, "* np.heaviside(z[l - 1], 0.5)"),
        ("relu-back", f"(delta @ weights[l]) {MASK}", "relu(delta @ weights[l])"),
        ("relu-back", f"(delta @ weights[l]) {MASK}", f"relu(delta @ weights[l]) {MASK}"),
        ("mask", MASK, "* (z[l - 1] < 1e-300)"),
        ("slope", MASK, "* a[l]"),
        ("slope", MASK, "* a[l] * (1 - a[l])"),
        ("slope", MASK, "* np.sign(z[l - 1])"),
        ("slope", MASK, "* z[l - 1]"),
        ("leaky", MASK, "* np.where(z[l - 1] > 0, 1, 0.01)"),
        ("output-mask", TOP, f"{TOP} * (z[-1] > 0)"),
        ("sign", TOP, "(y - a[-1]) / len(x)"),
        ("factor-2", TOP, "2 * (a[-1] - y) / len(x)"),
        ("mean", TOP, "a[-1] - y"),
        ("mean", TOP, "(a[-1] - y) / y.size"),
        ("mean", "db[l] = delta.sum(axis=0)", "db[l] = delta.mean(axis=0)"),
        ("mean", "dW[l] = delta.T @ a[l]", "dW[l] = delta.T @ a[l] / len(x)"),
        ("matched", TOP, f"{TOP} * a[-1] * (1 - a[-1])"),
        ("link", TOP, "-y / a[-1] / len(x)"),
        ("link", TOP, "y * (a[-1] - 1) / len(x)"),
        ("mean", TOP, "(a[-1] - y) / y.shape[1]"),
        ("wrong-layer", MASK, "* (z[l] > 0)"),
        ("incoming", "delta.T @ a[l]", "delta.T @ a[l + 1]"),
        (
            "too-early",
            "        dW[l] = delta.T @ a[l]\n        db[l] = delta.sum(axis=0)\n"
            "        if l > 0:\n            delta = (delta @ weights[l]) * (z[l - 1] > 0)\n",
            "        if l > 0:\n            delta = (delta @ weights[l]) * (z[l - 1] > 0)\n"
            "        dW[l] = delta.T @ a[l]\n        db[l] = delta.sum(axis=0)\n",
        ),
        ("bias", "delta.sum(axis=0)", "delta.sum()"),
        ("M8", "delta @ weights[l])", "delta @ weights[l].T)"),
        ("M8", "delta.T @ a[l]", "a[l].T @ delta"),
        ("M6", "delta @ weights[l])", "delta @ np.linalg.pinv(weights[l]).T)"),
        ("weights-forgotten", "delta @ weights[l])", "delta.sum(axis=1, keepdims=True))"),
        ("incoming", "delta.T @ a[l]", "delta.T @ (z[l - 1] if l else x)"),
        ("axis", "delta.sum(axis=0)", "delta.sum(axis=1)"),
        ("bias", "delta.sum(axis=0)", "np.full_like(biases[l], delta.sum())"),
        ("bias", "delta.sum(axis=0)", "delta.sum(axis=0) * biases[l]"),
        ("order", "return dW, db", "return dW[::-1], db[::-1]"),
        (
            "first-example",
            "delta.T @ a[l]\n        db[l] = delta.sum(axis=0)",
            "np.outer(delta[0], a[l][0])\n        db[l] = delta[0]",
        ),
        ("nothing-returned", "    return dW, db", ""),
        ("type", "return dW, db", "return dW"),
        ("type", "return dW, db", "return dW[1:], db[1:]"),
        ("changed-inputs", "    z, a = [], [x]", "    z, a = [], [x]\n    x -= 0.1"),
        ("second-call", "return dW, db", "counter.append(0)\n    return [d * len(counter) for d in dW], db"),
        ("crashed", "z, a = [], [x]", "z, a = [], [inputs]"),
        (
            "M7",
            """
def relu_gradients(x, y, weights, biases):
    a = [x]
    for W, b in zip(weights, biases):
        a.append(relu(a[-1] @ W.T + b))
    a[-1] = softmax(a[-2] @ weights[-1].T + biases[-1])
    delta, dW, db = (y - a[-1]) / len(x), [], []
    for l in reversed(range(len(weights))):
        dW, db = [delta.T @ a[l], *dW], [delta.sum(axis=0), *db]
        delta = delta @ weights[l]
    return dW, db
""",
        ),
        (
            "update-first",
            """
def relu_gradients(x, y, weights, biases):
    z, a = [], [x]
    for W, b in zip(weights, biases):
        z.append(a[-1] @ W.T + b)
        a.append(relu(z[-1]))
    a[-1] = softmax(z[-1])
    dW, db = [None] * len(weights), [None] * len(biases)
    delta = (a[-1] - y) / len(x)
    for l in reversed(range(len(weights))):
        dW[l] = delta.T @ a[l]
        db[l] = delta.sum(axis=0)
        weights = [W.copy() for W in weights]
        weights[l] -= dW[l]
        if l > 0:
            delta = (delta @ weights[l]) * (z[l - 1] > 0)
    return dW, db
""",
        ),
        (
            "mean",
            """
def relu_gradients(x, y, weights, biases):
    z, a = [], [x]
    for W, b in zip(weights, biases):
        z.append(a[-1] @ W.T + b)
        a.append(relu(z[-1]))
    a[-1] = softmax(z[-1])
    dW, db = [None] * len(weights), [None] * len(biases)
    delta = (a[-1] - y) / len(weights)
    for l in reversed(range(len(weights))):
        dW[l] = delta.T @ a[l]
        db[l] = delta.sum(axis=0)
        if l > 0:
            delta = (delta @ weights[l]) * (z[l - 1] > 0)
    return dW, db
""",
        ),
        (
            "link",
            """
def relu_gradients(x, y, weights, biases):
    z, a = [], [x]
    for W, b in zip(weights, biases):
        z.append(a[-1] @ W.T + b)
        a.append(relu(z[-1]))
    a[-1] = softmax(z[-1])
    dW, db = [None] * len(weights), [None] * len(biases)
    delta = (z[-1] - y) / len(x)
    for l in reversed(range(len(weights))):
        dW[l] = delta.T @ a[l]
        db[l] = delta.sum(axis=0)
        if l > 0:
            delta = (delta @ weights[l]) * (z[l - 1] > 0)
    return dW, db
""",
        ),
    ],
    "11.5": [
        ("M10", LONG, "return [np.clip(g, -limit, limit) for g in gradients], norm"),
        (
            "M10",
            LONG,
            "c = [np.clip(g, -limit, limit) if norm > limit else g for g in gradients]\n"
            "    return c, np.sqrt(sum((g**2).sum() for g in c))",
        ),
        ("M10", LONG, "return [np.minimum(g, limit) for g in gradients], norm"),
        ("each-array", LONG, "return [g * min(1, limit / max(np.linalg.norm(g), 1e-9)) for g in gradients], norm"),
        (
            "each-array",
            LONG,
            "return [g * limit / norm if np.linalg.norm(g) > limit else g for g in gradients], norm",
        ),
        ("always", FACTOR, "np.float64(limit) / norm"),
        ("always", FACTOR, "limit / max(norm, 1e-12)"),
        ("reversed", FACTOR, "limit / norm if 0 < norm < limit else 1.0"),
        ("reversed", FACTOR, "max(1.0, limit / norm) if norm else 1.0"),
        ("no-clip", FACTOR, "1.0"),
        ("limit", FACTOR, "1 / norm if norm > limit else 1.0"),
        ("inverted", FACTOR, "norm / limit if norm > limit else 1.0"),
        ("twice", FACTOR, "(limit / norm) ** 2 if norm > limit else 1.0"),
        ("after", LONG, "return [factor * g for g in gradients], factor * norm"),
        ("square", NORM, "sum((g**2).sum() for g in gradients)"),
        ("square", FACTOR, "limit / norm if norm**2 > limit else 1.0"),
        ("sum", NORM, "sum(np.linalg.norm(g) for g in gradients)"),
        ("absolute", NORM, "sum(np.abs(g).sum() for g in gradients)"),
        ("largest", NORM, "max(np.abs(g).max() for g in gradients)"),
        ("largest", NORM, "max(np.linalg.norm(g) for g in gradients)"),
        ("mean", NORM, "np.sqrt(np.mean(np.concatenate([g.ravel() for g in gradients]) ** 2))"),
        ("mean", NORM, "np.mean([np.linalg.norm(g) for g in gradients])"),
        ("spectral", NORM, "np.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in gradients))"),
        ("first-array", NORM, "np.linalg.norm(gradients[0])"),
        ("sign", LONG, "return [factor * (np.abs(g) if factor < 1 else g) for g in gradients], norm"),
        ("subtracted", LONG, "return [g - max(norm - limit, 0) for g in gradients], norm"),
        ("changed-inputs", LONG, "for g in gradients:\n        g *= factor\n    return gradients, norm"),
        ("nothing-returned", "    return", "    result ="),
        ("type", LONG, "return [factor * g for g in gradients]"),
        ("type", LONG, "return np.concatenate([factor * g.ravel() for g in gradients]), norm"),
        ("crashed", NORM, "np.linalg.norm(np.array(gradients))"),
        ("crashed", FACTOR, "min(1.0, limit / float(norm))"),
        ("rounded", "factor * g for", "np.round(factor * g, 4) for"),
        (
            "zeroed",
            """
def clip_together(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = 0.0 if norm > limit else 1.0
    return [factor * g for g in gradients], norm
""",
        ),
        (
            "norm",
            """
def clip_together(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = limit / norm if norm > limit else 1.0
    return [factor * g for g in gradients], factor
""",
        ),
        (
            "M10",
            """
def clip_together(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = limit / norm if norm > limit else 1.0
    return [np.sign(g) * limit if norm > limit else g for g in gradients], norm
""",
        ),
        (
            "factor",
            """
def clip_together(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = np.sqrt(limit / norm) if norm > limit else 1.0
    return [factor * g for g in gradients], norm
""",
        ),
        (
            "norm",
            """
def clip_together(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients if g.ndim > 1))
    factor = limit / norm if norm > limit else 1.0
    return [factor * g for g in gradients], norm
""",
        ),
        (
            "norm",
            """
def clip_together(gradients, limit):
    norm = np.sqrt(sum(np.sum(g) ** 2 for g in gradients))
    factor = limit / norm if norm > limit else 1.0
    return [factor * g for g in gradients], norm
""",
        ),
        (
            "factor",
            """
def clip_together(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = limit / norm / len(gradients) if norm > limit else 1.0
    return [factor * g for g in gradients], norm
""",
        ),
    ],
    "11.6": [
        (
            "late",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    rows = []
    for _ in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        weights = [W - learning_rate * d for W, d in zip(weights, dW)]
        biases = [b - learning_rate * d for b, d in zip(biases, db)]
        rows.append([np.linalg.norm(d) for d in relu_gradients(x, y, weights, biases)[0]])
    return np.array(rows)
""",
        ),
        ("epochs", "range(epochs)", "range(epochs + 1)"),
        ("epochs", "range(epochs)", "range(1, epochs)"),
        ("no-step", "- learning_rate *", "- 0 *"),
        ("no-step", "biases = [b -", "new = [b -"),
        ("learning-rate", "- learning_rate *", "- 1 *"),
        ("ascent", "- learning_rate *", "+ learning_rate *"),
        ("ascent", "b - learning_rate *", "b + learning_rate *"),
        (
            "M3",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    rows, dW, db = [], [0 * W for W in weights], [0 * b for b in biases]
    for _ in range(epochs):
        new = relu_gradients(x, y, weights, biases)
        dW, db = [p + q for p, q in zip(dW, new[0])], [p + q for p, q in zip(db, new[1])]
        rows.append([np.linalg.norm(d) for d in dW])
        weights = [W - learning_rate * d for W, d in zip(weights, dW)]
        biases = [b - learning_rate * d for b, d in zip(biases, db)]
    return np.array(rows)
""",
        ),
        ("square", SIZE, "(d**2).sum()"),
        ("mean", SIZE, "np.abs(d).mean()"),
        ("mean", SIZE, "np.sqrt((d**2).mean())"),
        ("mean", SIZE, "d.mean()"),
        ("mean", SIZE, "np.linalg.norm(d) / d.size"),
        ("spectral", SIZE, "np.linalg.norm(d, 2)"),
        ("absolute", SIZE, "np.abs(d).sum()"),
        ("absolute", SIZE, "np.linalg.norm(d, 1)"),
        ("largest", SIZE, "np.abs(d).max()"),
        ("cancelled", SIZE, "np.abs(d.sum())"),
        ("bias", "for d in dW]", "for d in db]"),
        ("bias", f"{SIZE} for d in dW]", "np.sqrt((d**2).sum() + (e**2).sum()) for d, e in zip(dW, db)]"),
        ("weights", "for d in dW]", "for d in weights]"),
        ("step-only", SIZE, f"learning_rate * {SIZE}"),
        ("logarithm", SIZE, f"np.log10({SIZE})"),
        ("axis", ROWS, "return np.array(rows).T"),
        ("order", ROWS, "return np.array(rows)[:, ::-1]"),
        ("last-only", ROWS, "return np.array(rows[-1])"),
        ("total", ROWS, "return np.sqrt((np.array(rows) ** 2).sum(axis=1))"),
        (
            "batch",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    rows = []
    for _ in range(epochs):
        rows.append([np.linalg.norm(d) for d in relu_gradients(x, y, weights, biases)[0]])
        for n in range(len(x)):
            dW, db = relu_gradients(x[n : n + 1], y[n : n + 1], weights, biases)
            weights = [W - learning_rate * d for W, d in zip(weights, dW)]
            biases = [b - learning_rate * d for b, d in zip(biases, db)]
    return np.array(rows)
""",
        ),
        (
            "changed-inputs",
            "weights = [W - learning_rate * d for W, d in zip(weights, dW)]",
            "for W, d in zip(weights, dW):\n            W -= learning_rate * d",
        ),
        ("nothing-returned", "    return np.array(rows)", ""),
        ("calls-missing", "\n    rows = []", UNANSWERED),
        ("rounded", SIZE, f"round({SIZE}, 4)"),
        (
            "M7",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    rows = []
    for _ in range(epochs):
        a = [x]
        for W, b in zip(weights, biases):
            a.append(relu(a[-1] @ W.T + b))
        delta = (softmax(a[-2] @ weights[-1].T + biases[-1]) - y) / len(x)
        norms, W_new, b_new = [], [], []
        for W, b, a_in in zip(weights[::-1], biases[::-1], a[-2::-1]):
            dW = delta.T @ a_in
            norms.insert(0, np.linalg.norm(dW))
            W_new.insert(0, W - learning_rate * dW)
            b_new.insert(0, b - learning_rate * delta.sum(axis=0))
            delta = delta @ W
        rows.append(norms)
        weights, biases = W_new, b_new
    return np.array(rows)
""",
        ),
        (
            "update-first",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        for l in range(len(weights)):
            dW, db = relu_gradients(x, y, weights, biases)
            norms[e, l] = np.linalg.norm(dW[l])
            weights[l] -= learning_rate * dW[l]
            biases[l] -= learning_rate * db[l]
    return norms
""",
        ),
        (
            "learning-rate",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        for l in range(len(weights)):
            norms[e, l] = np.linalg.norm(dW[l])
        for l in range(len(weights)):
            weights[l] -= dW[l]
            biases[l] -= learning_rate * db[l]
    return norms
""",
        ),
        (
            "flat",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        for l in range(len(weights)):
            norms[e, l] = np.linalg.norm(dW[l])
        for l in range(len(weights)):
            weights[l] -= learning_rate * dW[l]
            biases[l] -= learning_rate * db[l]
    return norms.ravel()
""",
        ),
        (
            "added-up",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        for l in range(len(weights)):
            norms[e:, l] += 0
            norms[e, l] = norms[e - 1, l] + np.linalg.norm(dW[l])
        for l in range(len(weights)):
            weights[l] -= learning_rate * dW[l]
            biases[l] -= learning_rate * db[l]
    return norms
""",
        ),
        (
            "relative",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        for l in range(len(weights)):
            norms[e, l] = np.linalg.norm(dW[l])
        for l in range(len(weights)):
            weights[l] -= learning_rate * dW[l]
            biases[l] -= learning_rate * db[l]
    return norms / norms[0]
""",
        ),
        (
            "first-row",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        for l in range(len(weights)):
            norms[e, l] = np.linalg.norm(dW[l])
        for l in range(len(weights)):
            weights[l] -= learning_rate * dW[l]
            biases[l] -= learning_rate * db[l]
        return norms
""",
        ),
        (
            "relative",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        for l in range(len(weights)):
            norms[e, l] = np.linalg.norm(dW[l])
        for l in range(len(weights)):
            weights[l] -= learning_rate * dW[l]
            biases[l] -= learning_rate * db[l]
    return norms / norms[:, -1:]
""",
        ),
        (
            "norm",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        for l in range(len(weights)):
            norms[e, l] = np.linalg.norm(dW[l], axis=0).mean()
        for l in range(len(weights)):
            weights[l] -= learning_rate * dW[l]
            biases[l] -= learning_rate * db[l]
    return norms
""",
        ),
        (
            "mean",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        for l in range(len(weights)):
            norms[e, l] = np.linalg.norm(dW[l]) * len(x)
        for l in range(len(weights)):
            weights[l] -= learning_rate * dW[l]
            biases[l] -= learning_rate * db[l]
    return norms
""",
        ),
        (
            "mean",
            """
def norms_over_epochs(x, y, weights, biases, learning_rate, epochs):
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    norms = np.zeros((epochs, len(weights)))
    for e in range(epochs):
        dW, db = relu_gradients(x, y, weights, biases)
        for l in range(len(weights)):
            norms[e, l] = np.linalg.norm(dW[l])
        for l in range(len(weights)):
            weights[l] -= learning_rate / len(x) * dW[l]
            biases[l] -= learning_rate * db[l]
    return norms
""",
        ),
    ],
    "11.7": [
        ("M1", f"(g - {MEANS}) / s", "g / s"),
        ("M1", "g - g.mean(axis=1, keepdims=True) -", "g -"),
        ("M1", " - hat * (g * hat).mean(axis=1, keepdims=True)", ""),
        ("axis", "axis=1", "axis=0"),
        ("axis", MEANS, MEANS.replace("axis=1", "axis=0")),
        ("scale", "g = da * scale", "g = da"),
        ("scale", "    return dz,", "    g = da\n    dz = scale * (g - " + MEANS + ") / s\n    return dz,"),
        ("sum", MEANS, MEANS.replace("mean", "sum")),
        ("along", "hat * (g * hat)", "(g * hat)"),
        ("along", "- hat * (g * hat)", "- centered * (g * centered)"),
        ("along", "- hat * (g * hat)", "- centered * (g * hat)"),
        ("factor-2", "- hat * (g", "- 2 * hat * (g"),
        ("factor-2", "- hat * (g", "- 0.5 * hat * (g"),
        ("sign", "- hat * (g", "+ hat * (g"),
        ("sign", "g - g.mean", "g + g.mean"),
        ("divided", ")) / s", "))"),
        ("divided", ")) / s", ")) / s**2"),
        ("eps", " + eps)", ")"),
        ("eps", "keepdims=True) + eps)", "keepdims=True)) + eps"),
        ("root", "np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps)", "z.var(axis=1, keepdims=True) + eps"),
        ("ddof", "(centered**2).mean(axis=1, keepdims=True)", "z.var(axis=1, keepdims=True, ddof=1)"),
        ("dscale", "(da * hat).sum(axis=0)", "(da * z).sum(axis=0)"),
        ("dscale", "(da * hat).sum(axis=0)", "(g * hat).sum(axis=0)"),
        ("upstream", "(da * hat).sum(axis=0)", "hat.sum(axis=0)"),
        ("mean", "(da * hat).sum(axis=0), da.sum(axis=0)", "(da * hat).mean(axis=0), da.mean(axis=0)"),
        ("mean", "da.sum(axis=0)", "da.mean(axis=0)"),
        ("axis", "(da * hat).sum(axis=0), da.sum(axis=0)", "(da * hat).sum(axis=1), da.sum(axis=1)"),
        ("axis", "(da * hat).sum(axis=0), da.sum(axis=0)", "da * hat, da"),
        ("dshift", "da.sum(axis=0)", "g.sum(axis=0)"),
        ("changed-inputs", "    g = da * scale", "    da *= scale\n    g = da"),
        ("crashed", "z.mean(axis=1, keepdims=True)", "z.mean(axis=1)"),
        ("type", "return dz, (da * hat).sum(axis=0), da.sum(axis=0)", "return dz"),
        ("nothing-returned", "    return dz,", "    result = dz,"),
        ("zeros", "    return dz,", "    return 0 * dz,"),
        (
            "hat",
            """
def layer_norm_backward(da, z, scale, eps):
    m = z.mean(axis=1, keepdims=True)
    s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
    zhat = (z - m) / s
    dscale, dshift = (da * zhat).sum(axis=0), da.sum(axis=0)
    d = da * scale
    dz = (d - d.mean(axis=1, keepdims=True) - z * (d * z).mean(axis=1, keepdims=True)) / s
    return dz, dscale, dshift
""",
        ),
        (
            "order",
            """
def layer_norm_backward(da, z, scale, eps):
    m = z.mean(axis=1, keepdims=True)
    s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
    zhat = (z - m) / s
    dscale, dshift = (da * zhat).sum(axis=0), da.sum(axis=0)
    d = da * scale
    dz = (d - d.mean(axis=1, keepdims=True) - zhat * (d * zhat).mean(axis=1, keepdims=True)) / s
    return dz, dshift, dscale
""",
        ),
        (
            "shared",
            """
def layer_norm_backward(da, z, scale, eps):
    m = z.mean(axis=1, keepdims=True)
    s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
    zhat = (z - m) / s
    dscale, dshift = (da * zhat).sum(), da.sum(axis=0)
    d = da * scale
    dz = (d - d.mean(axis=1, keepdims=True) - zhat * (d * zhat).mean(axis=1, keepdims=True)) / s
    return dz, dscale, dshift
""",
        ),
        (
            "hat",
            """
def layer_norm_backward(da, z, scale, eps):
    m = z.mean(axis=1, keepdims=True)
    s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
    zhat = (z - m) / s
    dscale, dshift = (da * zhat).sum(axis=0), da.sum(axis=0)
    d = da * scale
    dz = (d - d.mean(axis=1, keepdims=True) - zhat * scale * (d * zhat).mean(axis=1, keepdims=True)) / s
    return dz, dscale, dshift
""",
        ),
        (
            "eps",
            """
def layer_norm_backward(da, z, scale, eps):
    m = z.mean(axis=1, keepdims=True)
    s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
    zhat = (z - m) / s
    dscale, dshift = (da * zhat).sum(axis=0), da.sum(axis=0)
    d = da * scale
    dz = (d - d.mean(axis=1, keepdims=True) - zhat * (d * zhat).mean(axis=1, keepdims=True)) / (s + eps)
    return dz, dscale, dshift
""",
        ),
        (
            "mean",
            """
def layer_norm_backward(da, z, scale, eps):
    m = z.mean(axis=1, keepdims=True)
    s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
    zhat = (z - m) / s
    dscale, dshift = (da * zhat).sum(axis=0), da.sum(axis=0)
    d = da * scale
    dz = (d - d.mean(axis=1, keepdims=True) - zhat * (d * zhat).mean(axis=1, keepdims=True)) / s / len(z)
    return dz, dscale, dshift
""",
        ),
        (
            "scale",
            """
def layer_norm_backward(da, z, scale, eps):
    m = z.mean(axis=1, keepdims=True)
    s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
    zhat = (z - m) / s
    dscale, dshift = (da * zhat).sum(axis=0), da.sum(axis=0)
    d = da * scale
    dz = (d - da.mean(axis=1, keepdims=True) - zhat * (d * zhat).mean(axis=1, keepdims=True)) / s
    return dz, dscale, dshift
""",
        ),
        (
            "axis",
            """
def layer_norm_backward(da, z, scale, eps):
    m = z.mean()
    s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
    zhat = (z - m) / s
    dscale, dshift = (da * zhat).sum(axis=0), da.sum(axis=0)
    d = da * scale
    dz = (d - d.mean(axis=1, keepdims=True) - zhat * (d * zhat).mean(axis=1, keepdims=True)) / s
    return dz, dscale, dshift
""",
        ),
        (
            "scale",
            """
def layer_norm_backward(da, z, scale, eps):
    m = z.mean(axis=1, keepdims=True)
    s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
    zhat = (z - m) / s
    dscale, dshift = (da * zhat).sum(axis=0), da.sum(axis=0)
    d = da * scale
    dz = (d - d.mean(axis=1, keepdims=True) - zhat * (da * zhat).mean(axis=1, keepdims=True)) / s
    return dz, dscale, dshift
""",
        ),
    ],
    "11.8": [
        ("no-bug", '{"A": "a", "B": "a", "C": "d", "D": "e", "E": "c"}'),
        ("uniform", '{"A": "b", "B": "d", "C": "d", "D": "e", "E": "c"}'),
        ("no-bug", '{"A": "b", "B": "a", "C": "a", "D": "e", "E": "c"}'),
        ("fan", '{"A": "b", "B": "a", "C": "e", "D": "e", "E": "c"}'),
        ("half", '{"A": "b", "B": "a", "C": "f", "D": "e", "E": "c"}'),
        ("variance", '{"A": "b", "B": "b", "C": "d", "D": "e", "E": "c"}'),
        ("no-bug", '{letter: "a" for letter in "ABCDE"}'),
        ("missing", '{"A": "b", "B": "a", "C": "d", "D": "e"}'),
        ("type", '"b"'),
    ],
    "11.9": [
        ("M7", "(z > 0)", "(h >= 0)"),
        ("M7", " * (z > 0)", ""),
        ("M1", "da + dz @ W1", "dz @ W1"),
        ("incoming", "da.T @ h", "da.T @ z"),
        ("at-zero", "(z > 0)", "(z >= 0)"),
        ("at-zero", "(z > 0)", "np.heaviside(z, 0.5)"),
        ("relu-back", "(da @ W2) * (z > 0)", "relu(da @ W2)"),
        ("mask", "(z > 0)", "(z <= 0)"),
        ("slope", "(z > 0)", "h"),
        ("shortcut", "da + dz @ W1", "x + dz @ W1"),
        ("shortcut", "da + dz @ W1", "1 + dz @ W1"),
        ("shortcut", "da + dz @ W1", "2 * da + dz @ W1"),
        ("shortcut", "da + dz @ W1", "(da + dz @ W1) / 2"),
        ("M12", "da + dz @ W1", "da * (dz @ W1)"),
        ("M12", "da + dz @ W1", "da * (1 + dz @ W1)"),
        ("sign", "da + dz @ W1", "da - dz @ W1"),
        ("M8", "da @ W2", "da @ W2.T"),
        ("M8", "dz @ W1", "dz @ W1.T"),
        ("M8", "dz.T @ x", "x.T @ dz"),
        ("mean", "dz.sum(axis=0)", "dz.mean(axis=0)"),
        ("axis", "da.sum(axis=0)", "da.sum(axis=1)"),
        ("two-left", "dz = (da @ W2) * (z > 0)\n    dx = da + dz @ W1", "dz = (da @ W2) * (h >= 0)\n    dx = dz @ W1"),
        ("changed-inputs", "dx = da + dz @ W1", "dx = da\n    dx += dz @ W1"),
        ("nothing-returned", "    return dx, dW1, db1, dW2, db2", ""),
        ("crashed", "h = relu(z)", "h = relu(W1 @ x)"),
        (
            "three-left",
            """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    h = relu(z)
    dz = (da @ W2) * (h >= 0)
    dx = dz @ W1
    dW1, db1 = dz.T @ x, dz.sum(axis=0)
    dW2, db2 = da.T @ z, da.sum(axis=0)
    return dx, dW1, db1, dW2, db2
""",
        ),
        (
            "two-left",
            """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    dz = (da @ W2) * (z > 0)
    return dz @ W1, dz.T @ x, dz.sum(axis=0), da.T @ z, da.sum(axis=0)
""",
        ),
        (
            "masked-shortcut",
            """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    h = relu(z)
    dz = (da @ W2) * (z > 0)
    dx = da * (x > 0) + dz @ W1
    dW1, db1 = dz.T @ x, dz.sum(axis=0)
    dW2, db2 = da.T @ h, da.sum(axis=0)
    return dx, dW1, db1, dW2, db2
""",
        ),
        (
            "too-many-paths",
            """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    h = relu(z)
    dz = (da @ W2) * (z > 0)
    dx = da + dz @ W1
    dW1, db1 = dz.T @ x + (da @ W2).T @ x, dz.sum(axis=0)
    dW2, db2 = da.T @ h, da.sum(axis=0)
    return dx, dW1, db1, dW2, db2
""",
        ),
        (
            "order",
            """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    h = relu(z)
    dz = (da @ W2) * (z > 0)
    dx = da + dz @ W1
    dW1, db1 = dz.T @ x, dz.sum(axis=0)
    dW2, db2 = da.T @ h, da.sum(axis=0)
    return dx, dW2, db2, dW1, db1
""",
        ),
        (
            "order",
            """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    h = relu(z)
    dz = (da @ W2) * (z > 0)
    dx = da + dz @ W1
    dW1, db1 = dz.T @ x, dz.sum(axis=0)
    dW2, db2 = da.T @ h, da.sum(axis=0)
    return dx, dW1, dW2, db1, db2
""",
        ),
        (
            "M4",
            """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    h = relu(z)
    dz = ((da + x) @ W2) * (z > 0)
    dx = da + dz @ W1
    dW1, db1 = dz.T @ x, dz.sum(axis=0)
    dW2, db2 = da.T @ h, da.sum(axis=0)
    return dx, dW1, db1, dW2, db2
""",
        ),
        (
            "slope",
            """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    h = relu(z)
    dz = (da @ W2) * (z > 0)
    dx = da + dz @ W1
    dW1, db1 = dz.T @ x, dz.sum(axis=0)
    dW2, db2 = (da).T @ (z > 0), da.sum(axis=0)
    return dx, dW1, db1, dW2, db2
""",
        ),
        (
            "mean",
            """
def repaired_block(da, x, W1, b1, W2, b2):
    z = x @ W1.T + b1
    h = relu(z)
    dz = (da @ W2) * (z > 0)
    dx = da / len(x) + dz @ W1
    dW1, db1 = dz.T @ x, dz.sum(axis=0)
    dW2, db2 = da.T @ h, da.sum(axis=0)
    return dx, dW1, db1, dW2, db2
""",
        ),
    ],
    "11.10": [
        ("he", "2 / n"),
        ("half", "1 / n"),
        ("half", "1 / ((1 + alpha**2) * n)"),
        ("half", "4 / ((1 + alpha**2) * n)"),
        ("square", "2 / ((1 + alpha) * n)"),
        ("square", "2 / ((1 + alpha) ** 2 * n)"),
        ("sign", "2 / ((1 - alpha**2) * n)"),
        ("inverted", "(1 + alpha**2) / (2 * n)"),
        ("inverted", "n * (1 + alpha**2) / 2"),
        ("inverted", "2 * (1 + alpha**2) / n"),
        ("deviation", "sp.sqrt(2 / ((1 + alpha**2) * n))"),
        ("n", "2 / (1 + alpha**2)"),
        ("left-only", "2 / (alpha**2 * n)"),
        ("variance", "1 / (n * ((1 + alpha**2) / 2 - (1 - alpha) ** 2 / (2 * sp.pi)))"),
        ("symbols", "2 / ((1 + w**2) * n)"),
        ("type", '"2 / ((1 + alpha**2) * n)"'),
        ("sign", "-2 / ((1 + alpha**2) * n)"),
        ("unknown", "2 / (n + alpha)"),
        ("square", "4/(n*(1+alpha)**2)"),
        ("half", "1/(n*(1+alpha**2/2))"),
        ("half", "1/(n*(sp.Rational(1,2)+alpha**2))"),
        ("left-only", "2/(n*alpha)"),
        ("n", "2/(n+alpha**2)"),
        ("sign", "2/(n*(2-alpha))"),
        ("inverted", "((1+alpha)/2)**2/n"),
        ("uniform", "6/(n*(1+alpha**2))"),
    ],
    "11.11": [
        ("M1", "(a2 - y) * h2"),
        ("M1", "(a2 - y) * (1 + w * (1 - h2**2)) * h1"),
        ("shortcut", "(a2 - y) * (h2 + w * (1 - h2**2) * h1)"),
        ("shortcut", "(a2 - y) * (h1 + h2)"),
        ("M7", "(a2 - y) * (h2 + (1 + w) * h1)"),
        ("slope", "(a2 - y) * (h2 + (1 + w * (1 - h1**2)) * h1)"),
        ("slope", "(a2 - y) * (h2 + (1 + w * h2 * (1 - h2)) * h1)"),
        ("slope", "(a2 - y) * (h2 + (1 + w * (1 - h2)) * h1)"),
        ("slope", "(a2 - y) * (h2 + (1 + w * (1 - a1**2)) * h1)"),
        ("weights-forgotten", "(a2 - y) * (h2 + (1 + 1 - h2**2) * h1)"),
        ("too-many-paths", "(a2 - y) * (h1 + h2) * (1 + w * (1 - h2**2))"),
        ("M12", "(a2 - y) * h2 * (1 + w * (1 - h2**2)) * h1"),
        ("upstream", "h2 + (1 + w * (1 - h2**2)) * h1"),
        ("M13", "(a2 - y) ** 2 / 2 * (h2 + (1 + w * (1 - h2**2)) * h1)"),
        ("input", "(a2 - y) * (1 + w * (1 - h2**2)) * (1 + w * (1 - h1**2))"),
        ("sign", "(y - a2) * (h2 + (1 + w * (1 - h2**2)) * h1)"),
        ("factor-2", "2 * (a2 - y) * (h2 + (1 + w * (1 - h2**2)) * h1)"),
        ("shortcut", "(y - a2) * (h2 + w * (1 - h2**2) * h1)"),
        ("plain", "(a2 - y) * ((1 - h2**2) * h2 + (1 + w * (1 - h2**2)) * (1 - h1**2) * h1)"),
        ("symbols", "(a2 - y) * n"),
        ("slope", "(a2-y)*(h2+(1+w*(1-sp.tanh(h2)**2))*h1)"),
        ("input", "(a2-y)*(a1+(1+w*(1-h2**2))*a0)"),
        ("plain", "(a2-y)*(h2+(1+w*(1-h2**2))*h1*(1-h1**2))"),
        ("weights-forgotten", "(a2-y)*(h2+(1+w**2*(1-h2**2))*h1)"),
        ("upstream", "(a1-y)*(h2+(1+w*(1-h2**2))*h1)"),
        ("index", "(a2-y)*(h1+(1+w*(1-h2**2))*h2)"),
        ("shortcut", "(a2-y)*(h2+w*(1-h2**2)*h1+1)"),
        ("weights-forgotten", "(a2-y)*(h2+(1-h2**2)*h1)"),
    ],
}
