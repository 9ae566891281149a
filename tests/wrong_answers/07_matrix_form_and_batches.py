"""What students answer to the exercises of chapter 7: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

RIGHT = {
    "7.1": ['{"A": "a", "B": "c", "C": "g", "D": "d", "E": "e", "F": "b"}'],
    "7.2": ['"b"', '" B"'],
    "7.3": [
        "(x @ W.T + b - y) / 2",
        "[[0.34, -0.61], [0.325, -0.32]]",
        "np.array([[(W[i] @ x[n] + b[i] - y[n, i]) / len(x) for i in range(2)] for n in range(2)])",
        "np.einsum('nk,ik->ni', x, W / 2) + (b - y) / 2",
    ],
    "7.4": [
        "delta.T @ x",
        "np.einsum('ni,nk->ik', delta, x)",
        "sum(np.outer(d, v) for d, v in zip(delta, x))",
        "(x.T @ (x @ W.T + b - y)).T / 2",
        "[[0.278, 0.1225, 0.3695], [-0.604, 0.017, -0.584]]",
    ],
    "7.5": [
        """
def scaled_gradients(x, gain, offset, upstream):
    dx = upstream * gain
    dgain = (upstream * x).sum(axis=0)
    doffset = upstream.sum(axis=1, keepdims=True)
    return dx, dgain, doffset
""",
        """
def scaled_gradients(x, gain, offset, upstream):
    N, n = x.shape
    dx, dgain, doffset = np.zeros((N, n)), np.zeros(n), np.zeros((N, 1))
    for k in range(N):
        for i in range(n):
            dx[k, i] += upstream[k, i] * gain[i]
            dgain[i] += upstream[k, i] * x[k, i]
            doffset[k, 0] += upstream[k, i]
    return dx, dgain, doffset
""",
        """
def scaled_gradients(x, gain, offset, upstream):
    ones = np.ones((len(gain), 1))
    return [np.einsum("ni,i->ni", upstream, gain), np.einsum("ni,ni->i", upstream, x), upstream @ ones]
""",
        """
def scaled_gradients(x, gain, offset, upstream):
    doffset = upstream.sum(axis=1)[:, np.newaxis]
    return upstream @ np.diag(gain), np.diag(upstream.T @ x), doffset
""",
    ],
    "7.6": [
        """
def batch_gradients(x, y, W1, b1, W2, b2):
    N = len(x)
    z1 = x @ W1.T + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2.T + b2
    a2 = sigmoid(z2)
    delta2 = (a2 - y) / N * sigmoid.slope(z2)
    delta1 = (delta2 @ W2) * sigmoid.slope(z1)
    dW1, dW2 = delta1.T @ x, delta2.T @ a1
    db1, db2 = delta1.sum(axis=0), delta2.sum(axis=0)
    return dW1, db1, dW2, db2
""",
        """
def batch_gradients(x, y, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = np.zeros(W1.shape), np.zeros(b1.shape), np.zeros(W2.shape), np.zeros(b2.shape)
    for row, target in zip(x, y):
        a1 = sigmoid(W1 @ row + b1)
        a2 = sigmoid(W2 @ a1 + b2)
        delta2 = (a2 - target) * a2 * (1 - a2)
        delta1 = W2.T @ delta2 * a1 * (1 - a1)
        dW1 += np.outer(delta1, row)
        db1 += delta1
        dW2 += np.outer(delta2, a1)
        db2 += delta2
    return dW1 / len(x), db1 / len(x), dW2 / len(x), db2 / len(x)
""",
        """
def batch_gradients(x, y, W1, b1, W2, b2):
    x, y = x.T, y.T
    a1 = sigmoid(W1 @ x + b1[:, None])
    a2 = sigmoid(W2 @ a1 + b2[:, None])
    d2 = (a2 - y) * (a2 - a2**2)
    d1 = W2.T @ d2 * (a1 - a1**2)
    m = x.shape[1]
    return [d1 @ x.T / m, d1.mean(axis=1), d2 @ a1.T / m, d2.mean(axis=1)]
""",
        """
def batch_gradients(x, y, W1, b1, W2, b2):
    x1 = np.hstack([x, np.ones((len(x), 1))])
    h = 1 / (1 + np.exp(-x1 @ np.column_stack([W1, b1]).T))
    h1 = np.hstack([h, np.ones((len(x), 1))])
    p = 1 / (1 + np.exp(-h1 @ np.column_stack([W2, b2]).T))
    d2 = (p - y) * p * (1 - p) / len(x)
    d1 = d2 @ W2 * h * (1 - h)
    G1, G2 = np.einsum("ni,nk->ik", d1, x1), np.einsum("ni,nk->ik", d2, h1)
    return G1[:, :-1], G1[:, -1], G2[:, :-1], G2[:, -1]
""",
    ],
    "7.7": [
        """
def whole_gradient(gradients, sizes):
    total = np.zeros_like(gradients[0])
    for g, n in zip(gradients, sizes):
        total += n * g
    return total / sum(sizes)
""",
        """
def whole_gradient(gradients, sizes):
    return np.average(gradients, axis=0, weights=sizes)
""",
        """
def whole_gradient(gradients, sizes):
    shares = np.array(sizes) / np.sum(sizes)
    return np.einsum("k,kij->ij", shares, np.array(gradients))
""",
        """
def whole_gradient(gradients, sizes):
    mean, seen = 0.0, 0
    for g, n in zip(gradients, sizes):
        seen += n
        mean = mean + (g - mean) * n / seen
    return mean.tolist()
""",
    ],
    "7.8": ['{"A": "a", "B": "e", "C": "b", "D": "c", "E": "a", "F": "d"}'],
    "7.9": [
        """
def regression(x, y, W, b):
    a = x @ W.T + b
    miss = a - y[:, np.newaxis]
    loss = np.mean(miss**2) / 2
    delta = miss / len(x)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return loss, dW, db
""",
        """
def regression(x, y, W, b):
    a = x @ W.T + b
    miss = a - y.reshape(-1, 1)
    loss = np.mean(miss**2) / 2
    delta = miss.mean(axis=1, keepdims=True) / len(x)
    return loss, delta.T @ x, delta.sum(axis=0)
""",
        """
def regression(x, y, W, b):
    miss = (x @ W.T + b)[:, 0] - y
    return [np.array([miss @ miss / 2 / len(y)]), [miss @ x / len(y)], [miss.mean()]]
""",
        """
def regression(x, y, W, b):
    loss, dW, db = 0.0, np.zeros_like(W), np.zeros_like(b)
    for row, target in zip(x, y):
        miss = W[0] @ row + b[0] - target
        loss += miss**2 / 2 / len(x)
        dW[0] += miss * row / len(x)
        db[0] += miss / len(x)
    return loss, dW, db
""",
    ],
    "7.10": [
        "((a_1 - y_1) * (1 - a_1**2) * x_1 + (a_2 - y_2) * (1 - a_2**2) * x_2) / 2",
        "sp.diff(((sp.tanh(v * x_1 + c) - y_1) ** 2 / 2 + (sp.tanh(v * x_2 + c) - y_2) ** 2 / 2) / 2, v)",
        "((a_1 - y_1) / sp.cosh(v * x_1 + c) ** 2 * x_1 - (y_2 - a_2) * (1 - a_2) * (1 + a_2) * x_2) / 2",
        "sp.expand(0.5 * (a_1 - y_1) * (1 - a_1**2) * x_1) + sp.expand(0.5 * (a_2 - y_2) * (1 - a_2**2) * x_2)",
    ],
    "7.11": [
        "d_1 - (d_1 + d_2 + d_3) / 3",
        "(2 * d_1 - d_2 - d_3) / 3",
        "sp.Rational(2, 3) * d_1 - sp.Rational(1, 3) * (d_2 + d_3)",
        "sum(d * sp.diff(z - (z_1 + z_2 + z_3) / 3, z_1) for d, z in [(d_1, z_1), (d_2, z_2), (d_3, z_3)])",
        "(d_1 - d_2) / 3 - (d_3 - d_1) / 3",
    ],
}

SLOPES = [
    ("M7", " * sigmoid.slope(z1)", ""),
    ("M13", " * sigmoid.slope(z2)", ""),
    ("M5", "sigmoid.slope(z1)", "sigmoid.slope(a1)"),
    ("M5", "sigmoid.slope(z2)", "sigmoid.slope(a2)"),
    ("M5", "sigmoid.slope(z1)", "z1 * (1 - z1)"),
    ("slope", "sigmoid.slope(z1)", "(1 - a1)"),
    ("tanh", "sigmoid.slope(z1)", "(1 - a1**2)"),
    ("slope", "sigmoid.slope(z2)", "a2"),
]

WRONG = {
    "7.1": [
        ("M8", '{"A": "c", "B": "c", "C": "g", "D": "d", "E": "e", "F": "b"}'),
        ("batch", '{"A": "a", "B": "a", "C": "g", "D": "d", "E": "e", "F": "b"}'),
        ("transpose", '{"A": "a", "B": "c", "C": "b", "D": "d", "E": "e", "F": "b"}'),
        ("axis", '{"A": "a", "B": "c", "C": "g", "D": "f", "E": "e", "F": "b"}'),
        ("broadcast", '{"A": "a", "B": "c", "C": "g", "D": "d", "E": "f", "F": "b"}'),
        ("refused", '{"A": "a", "B": "c", "C": "g", "D": "d", "E": "g", "F": "g"}'),
        ("missing", '{"A": "a", "B": "c", "C": "g", "D": "d", "E": "e"}'),
        ("type", '{"A": "(6, 4)", "B": "c", "C": "g", "D": "d", "E": "e", "F": "b"}'),
    ],
    "7.2": [("sum", '"a"'), ("mean", '"c"'), ("mean-twice", '"d"'), ("type", '"e"'), ("type", "2")],
    "7.3": [
        ("sum", "x @ W.T + b - y"),
        ("mean", "(x @ W.T + b - y) / 4"),
        ("mean", "(x @ W.T + b - y) / 3"),
        ("mean", "(x @ W.T + b - y).mean(axis=0)"),
        ("sign", "(y - x @ W.T - b) / 2"),
        ("bias", "(x @ W.T - y) / 2"),
        ("bias", "(x @ W.T + b[:, None] - y) / 2"),
        ("M8", "((x @ W.T + b - y) / 2).T"),
        ("M8", "(x @ W.reshape(3, 2) + b - y) / 2"),
        ("M13", "(x @ W.T + b - y) ** 2 / 4"),
        ("too-early", "x @ W.T + b"),
        ("sigmoid", "(sigmoid(x @ W.T + b) - y) / 2"),
        ("sum", "y - x @ W.T - b"),
        ("swapped", "((x @ W.T + b - y) / 2)[::-1]"),
        ("sign", "(x @ abs(W).T + b - y) / 2"),
        ("shape", "((x @ W.T + b - y) / 2)[0]"),
    ],
    "7.4": [
        ("mean-twice", "delta.T @ x / 2"),
        ("sum", "(x @ W.T + b - y).T @ x"),
        ("M8", "x.T @ delta"),
        ("transpose", "delta @ x"),
        ("M1", "np.outer(delta[0], x[0])"),
        ("M1", "np.outer(delta[1], x[1])"),
        ("M1", "np.outer(delta[0], x[0]) - np.outer(delta[1], x[1])"),
        ("average-first", "np.outer(delta.sum(axis=0), x.sum(axis=0))"),
        ("average-first", "np.outer(delta.sum(axis=0), x.mean(axis=0))"),
        ("sign", "-delta.T @ x"),
        ("sign", "delta.T @ abs(x)"),
        ("incoming", "np.repeat(delta.sum(axis=0)[:, None], 3, axis=1)"),
        ("incoming", "delta.sum(axis=0)"),
        ("own-value", "delta.T @ x * W"),
        ("bias", "(x @ W.T - y).T @ x / 2"),
        ("mean-twice", "(x @ W.T + b - y).T @ x / 4"),
        ("swapped", "delta.T @ x[::-1]"),
        ("digits", "[[0.28, 0.12, 0.37], [-0.6, 0.017, -0.58]]"),
        ("shape", "(delta.T @ x)[0]"),
    ],
    "7.5": [
        ("incoming", "(upstream * x).sum(axis=0)", "upstream.sum(axis=0)"),
        ("upstream", "(upstream * x).sum(axis=0)", "x.sum(axis=0)"),
        ("own-value", "(upstream * x).sum(axis=0)", "(upstream * gain).sum(axis=0)"),
        ("average-first", "(upstream * x).sum(axis=0)", "upstream.sum(axis=0) * x.sum(axis=0)"),
        ("mean", "(upstream * x).sum(axis=0)", "(upstream * x).mean(axis=0)"),
        ("mean", "upstream.sum(axis=1, keepdims=True)", "upstream.mean(axis=1, keepdims=True)"),
        ("mean", "upstream.sum(axis=1, keepdims=True)", "upstream.sum(axis=1, keepdims=True) / len(x)"),
        ("axis", "(upstream * x).sum(axis=0)", "(upstream * x).sum(axis=1)"),
        ("axis", "(upstream * x).sum(axis=0)", "(upstream * x).sum()"),
        ("axis", "upstream.sum(axis=1, keepdims=True)", "upstream.sum(axis=0)"),
        ("axis", "upstream.sum(axis=1, keepdims=True)", "upstream.sum(axis=0, keepdims=True)"),
        ("axis", "upstream.sum(axis=1, keepdims=True)", "upstream.sum()"),
        ("unsummed", "(upstream * x).sum(axis=0)", "upstream * x"),
        ("unsummed", "upstream.sum(axis=1, keepdims=True)", "upstream"),
        ("keepdims", "upstream.sum(axis=1, keepdims=True)", "upstream.sum(axis=1)"),
        ("keepdims", "(upstream * x).sum(axis=0)", "(upstream * x).sum(axis=0, keepdims=True)"),
        ("M1", "(upstream * x).sum(axis=0)", "(upstream * x)[0]"),
        ("M1", "(upstream * x).sum(axis=0)", "(upstream * x)[-1]"),
        ("M12", "upstream.sum(axis=1, keepdims=True)", "(upstream * gain).sum(axis=1, keepdims=True)"),
        ("upstream", "upstream.sum(axis=1, keepdims=True)", "np.ones_like(offset)"),
        ("gain-forgotten", "upstream * gain", "upstream"),
        ("average-first", "(upstream * x).sum(axis=0)", "upstream.mean(axis=0) * x.mean(axis=0)"),
        ("unsummed", "(upstream * x).sum(axis=0)", "upstream.T @ x"),
        ("own-value", "(upstream * x).sum(axis=0)", "(dx * x).sum(axis=0)"),
        ("M6", "upstream * gain", "upstream / gain"),
        ("sign", "upstream.sum(axis=1, keepdims=True)", "-upstream.sum(axis=1, keepdims=True)"),
        ("changed-inputs", "    dgain", "    upstream *= x\n    dgain"),
        ("nothing-returned", "    return dx, dgain, doffset", ""),
        ("type", "return dx, dgain, doffset", "return dgain, doffset"),
        ("crashed", "upstream * gain", "upstream @ gain.T * x[:, :-1]"),
    ],
    "7.6": [
        *SLOPES,
        ("sum", "(a2 - y) / N", "(a2 - y)"),
        ("mean-twice", "delta1.T @ x, delta2.T @ a1", "delta1.T @ x / N, delta2.T @ a1 / N"),
        ("mean-twice", "delta1.sum(axis=0), delta2.sum(axis=0)", "delta1.mean(axis=0), delta2.mean(axis=0)"),
        ("mean", "/ N *", "/ y.size *"),
        ("mean", "/ N *", "/ y.shape[1] *"),
        ("mean", "N = len(x)", "N = x.shape[1]"),
        ("sign", "a2 - y", "y - a2"),
        ("factor-2", "(a2 - y)", "2 * (a2 - y)"),
        ("M8", "delta2 @ W2", "delta2 @ W2.T"),
        ("M8", "x @ W1.T + b1\n", "x @ W1 + b1\n"),
        ("M8", "delta1.T @ x, delta2.T @ a1", "x.T @ delta1, a1.T @ delta2"),
        ("transpose", "delta1.T @ x, delta2.T @ a1", "delta1 @ x, delta2 @ a1"),
        ("transpose", "delta1.T @ x, delta2.T @ a1", "delta1 @ x.T, delta2 @ a1.T"),
        ("axis", "delta1.sum(axis=0), delta2.sum(axis=0)", "delta1.sum(axis=1), delta2.sum(axis=1)"),
        ("axis", "delta1.sum(axis=0), delta2.sum(axis=0)", "delta1.sum(), delta2.sum()"),
        ("unsummed", "delta1.sum(axis=0), delta2.sum(axis=0)", "delta1, delta2"),
        (
            "keepdims",
            "delta1.sum(axis=0), delta2.sum(axis=0)",
            "delta1.sum(axis=0, keepdims=True), delta2.sum(axis=0, keepdims=True)",
        ),
        ("M1", "delta1.sum(axis=0), delta2.sum(axis=0)", "delta1[0], delta2[0]"),
        (
            "M1",
            "    return",
            "    for n in range(N):\n"
            "        dW1, db1 = np.outer(delta1[n], x[n]), delta1[n]\n"
            "        dW2, db2 = np.outer(delta2[n], a1[n]), delta2[n]\n"
            "    return",
        ),
        (
            "average-first",
            "    N =",
            "    x, y = x.mean(axis=0, keepdims=True), y.mean(axis=0, keepdims=True)\n    N =",
        ),
        ("M9", "    return dW1, db1, dW2, db2", "    return W1 - dW1, b1 - db1, W2 - dW2, b2 - db2"),
        ("update-first", "    delta1 =", "    W2 = W2 - delta2.T @ a1\n    delta1 ="),
        ("weights-forgotten", "(delta2 @ W2)", "delta2.sum(axis=1, keepdims=True)"),
        ("M6", "delta2 @ W2", "delta2 @ np.linalg.pinv(W2).T"),
        ("M7", "delta2 @ W2", "delta2 @ (delta2.T @ a1)"),
        (
            "bias",
            "x @ W1.T + b1\n    a1 = sigmoid(z1)\n    z2 = a1 @ W2.T + b2",
            "x @ W1.T\n    a1 = sigmoid(z1)\n    z2 = a1 @ W2.T",
        ),
        ("incoming", "delta2.T @ a1", "delta2.T @ z1"),
        ("swapped", "return dW1, db1, dW2, db2", "return dW1, dW2, db1, db2"),
        ("swapped", "return dW1, db1, dW2, db2", "return dW2, db2, dW1, db1"),
        ("average-first", "(a2 - y) / N", "(a2 - y).mean(axis=0)"),
        ("average-first", "(a2 - y) / N", "np.mean(a2 - y)"),
        ("mean", "N = len(x)", "N = len(W1)"),
        ("no-activation", "a1 @ W2.T + b2", "z1 @ W2.T + b2\n    a1 = z1"),
        ("unsummed", "delta1.T @ x,", "delta1[:, :, None] * x[:, None, :],"),
        ("mean-twice", "delta1.T @ x,", "np.mean([np.outer(d, row) for d, row in zip(delta1, x)], axis=0),"),
        ("rounded", "/ N * sigmoid.slope(z2)", "/ N * sigmoid.slope(z2).round(4)"),
        ("changed-inputs", "    z1 = x @ W1.T + b1", "    x += 1e-9\n    z1 = x @ W1.T + b1"),
        ("crashed", "delta1.T @ x,", "delta1.T @ X,"),
        (
            "M7",
            "(a2 - y) / N * sigmoid.slope(z2)\n    delta1 = (delta2 @ W2) * sigmoid.slope(z1)",
            "(y - a2) / N * sigmoid.slope(z2)\n    delta1 = delta2 @ W2",
        ),
    ],
    "7.7": [
        ("mean", "    return total / sum(sizes)", "    return np.mean(gradients, axis=0)"),
        ("sum", "    return total / sum(sizes)", "    return np.sum(gradients, axis=0)"),
        ("sum", "return total / sum(sizes)", "return total"),
        ("divisor", "total / sum(sizes)", "total / len(sizes)"),
        ("divisor", "n * g", "g"),
        ("divisor", "total / sum(sizes)", "total / sum(sizes) / len(sizes)"),
        ("divisor", "total / sum(sizes)", "total / max(sizes)"),
        ("divisor", "total / sum(sizes)", "total / n"),
        ("divisor", "total / sum(sizes)", "total / (sum(sizes) - 1)"),
        ("M1", "total += n * g", "total = n * g"),
        ("M1", "    return total / sum(sizes)", "    return g"),
        ("M1", "    return total", "        return total"),
        ("inverse", "n * g\n    return total / sum(sizes)", "g / n\n    return total"),
        ("divisor", "n * g", "n * g / sum(sizes)"),
        ("divisor", "total / sum(sizes)", "total / np.mean(sizes)"),
        ("inverse", "n * g\n    return total / sum(sizes)", "g / n\n    return total / len(sizes)"),
        ("squares", "n * g\n    return total / sum(sizes)", "n**2 * g\n    return total / sum(n**2 for n in sizes)"),
        ("off-by-one", "zip(gradients, sizes)", "zip(gradients[:-1], sizes[:-1])"),
        ("off-by-one", "zip(gradients, sizes)", "list(zip(gradients, sizes))[1:]"),
        ("running-mean", "total += n * g\n    return total / sum(sizes)", "total = (total + g) / 2\n    return total"),
        ("axis", "    return total / sum(sizes)", "    return np.mean(gradients)"),
        ("axis", "    return total / sum(sizes)", "    return (total / sum(sizes)).sum(axis=0)"),
        (
            "unsummed",
            "    return total / sum(sizes)",
            "    return [n * g / sum(sizes) for g, n in zip(gradients, sizes)]",
        ),
        ("swapped", "zip(gradients, sizes)", "zip(gradients[::-1], sizes)"),
        ("changed-inputs", "np.zeros_like(gradients[0])", "gradients[0]"),
        ("zeros", "n * g\n    return total / sum(sizes)", "n // sum(sizes) * g\n    return total"),
        ("sign", "total += n * g", "total -= n * g"),
        ("crashed", "    return total / sum(sizes)", "    return total / sizes"),
        ("nothing-returned", "return total / sum(sizes)", "total / sum(sizes)"),
    ],
    "7.8": [
        ("no-bug", '{"A": "a", "B": "a", "C": "b", "D": "c", "E": "a", "F": "d"}'),
        ("transpose", '{"A": "f", "B": "e", "C": "b", "D": "c", "E": "a", "F": "d"}'),
        ("no-bug", '{"A": "a", "B": "e", "C": "b", "D": "a", "E": "a", "F": "d"}'),
        ("M8", '{"A": "a", "B": "c", "C": "b", "D": "c", "E": "c", "F": "d"}'),
        ("mean-twice", '{"A": "b", "B": "e", "C": "b", "D": "c", "E": "b", "F": "d"}'),
        ("keepdims", '{"A": "a", "B": "e", "C": "b", "D": "c", "E": "e", "F": "e"}'),
        ("no-bug", '{"A": "a", "B": "a", "C": "a", "D": "a", "E": "a", "F": "a"}'),
        ("type", '["a", "e", "b", "c", "a", "d"]'),
    ],
    "7.9": [
        ("broadcast", "y[:, np.newaxis]", "y[np.newaxis]", 1),
        ("mean-twice", "dW = delta.T @ x", "dW = delta.T @ x / len(x)"),
        ("factor-2", "np.mean(miss**2) / 2", "np.mean(miss**2)"),
        ("sign", "a - y[:, np.newaxis]", "y[:, np.newaxis] - a"),
        ("sum", "miss / len(x)", "miss"),
        ("mean-twice", "db = delta.sum(axis=0)", "db = delta.mean(axis=0)"),
        ("factor-2", "delta = miss", "delta = 2 * miss"),
        ("sum", "np.mean(miss**2)", "np.sum(miss**2)"),
        ("broadcast", "y[:, np.newaxis]", "y.mean()"),
        ("broadcast", "y[:, np.newaxis]", "y[0]"),
        ("M8", "delta.T @ x", "x.T @ delta"),
        ("shape", "delta.T @ x", "(delta.T @ x)[0]"),
        ("shape", "delta.sum(axis=0)", "delta.sum()"),
        ("axis", "delta.sum(axis=0)", "delta.sum(axis=1)"),
        ("bias", "x @ W.T + b", "x @ W.T"),
        ("average-first", "delta.T @ x", "delta.sum() * x.sum(axis=0, keepdims=True)"),
        ("M13", "delta = miss / len(x)", "delta = miss**2 / 2 / len(x)"),
        ("sign", "miss = a - y[:, np.newaxis]", "miss = np.abs(a - y[:, np.newaxis])"),
        ("M9", "return loss, dW, db", "return loss, W - dW, b - db"),
        ("swapped", "return loss, dW, db", "return dW, db, loss"),
        ("loss", "np.mean(miss**2) / 2", "np.mean(np.abs(miss)) / 2"),
        ("loss", "np.mean(miss**2) / 2", "np.sqrt(np.mean(miss**2))"),
        (
            "two-left",
            "np.mean(miss**2) / 2\n    delta = miss / len(x)\n    dW = delta.T @ x",
            "np.mean(miss**2)\n    delta = miss / len(x)\n    dW = delta.T @ x / len(x)",
        ),
        ("nothing-returned", "    return loss, dW, db", ""),
        ("crashed", "delta.T @ x", "delta @ x"),
    ],
    "7.10": [
        ("sum", "(a_1 - y_1) * (1 - a_1**2) * x_1 + (a_2 - y_2) * (1 - a_2**2) * x_2"),
        ("mean-twice", "((a_1 - y_1) * (1 - a_1**2) * x_1 + (a_2 - y_2) * (1 - a_2**2) * x_2) / 4"),
        ("M1", "(a_1 - y_1) * (1 - a_1**2) * x_1 / 2"),
        ("M1", "(a_2 - y_2) * (1 - a_2**2) * x_2"),
        ("sign", "((y_1 - a_1) * (1 - a_1**2) * x_1 + (y_2 - a_2) * (1 - a_2**2) * x_2) / 2"),
        ("M13", "((a_1 - y_1) * x_1 + (a_2 - y_2) * x_2) / 2"),
        ("incoming", "((a_1 - y_1) * (1 - a_1**2) + (a_2 - y_2) * (1 - a_2**2)) / 2"),
        ("sigmoid", "((a_1 - y_1) * a_1 * (1 - a_1) * x_1 + (a_2 - y_2) * a_2 * (1 - a_2) * x_2) / 2"),
        ("slope", "((a_1 - y_1) * (1 - a_1) * x_1 + (a_2 - y_2) * (1 - a_2) * x_2) / 2"),
        ("M5", "((a_1 - y_1) * (1 - sp.tanh(a_1)**2) * x_1 + (a_2 - y_2) * (1 - sp.tanh(a_2)**2) * x_2) / 2"),
        ("average-first", "(a_1 - y_1 + a_2 - y_2) / 2 * (2 - a_1**2 - a_2**2) / 2 * (x_1 + x_2) / 2"),
        ("average-first", "((a_1 - y_1) * (1 - a_1**2) + (a_2 - y_2) * (1 - a_2**2)) / 2 * (x_1 + x_2) / 2"),
        ("M12", "(a_1 - y_1) * (1 - a_1**2) * x_1 * (a_2 - y_2) * (1 - a_2**2) * x_2"),
        ("swapped", "((a_1 - y_1) * (1 - a_1**2) * x_2 + (a_2 - y_2) * (1 - a_2**2) * x_1) / 2"),
        ("own-value", "((a_1 - y_1) * (1 - a_1**2) + (a_2 - y_2) * (1 - a_2**2)) * v / 2"),
        ("not-done", "((a_1 - y_1) ** 2 + (a_2 - y_2) ** 2) / 4"),
        ("symbols", "(a_1 - y_1) * z_1"),
        ("type", "'(a_1 - y_1) * x_1'"),
    ],
    "7.11": [
        ("M1", "d_1"),
        ("M1", "2 * d_1 / 3"),
        ("M1", "d_1 - (d_2 + d_3) / 3"),
        ("M1", "-(d_1 + d_2 + d_3) / 3"),
        ("M1", "-(d_2 + d_3) / 3"),
        ("mean", "d_1 - (d_1 + d_2 + d_3)"),
        ("mean", "d_1 - (d_2 + d_3) / 2"),
        ("mean", "2 * d_1 - d_2 - d_3"),
        ("mean", "d_1 - (d_1 + d_2 + d_3) / 9"),
        ("sign", "d_1 + (d_1 + d_2 + d_3) / 3"),
        ("sign", "(d_1 + d_2 + d_3) / 3 - d_1"),
        ("sum", "d_1 + d_2 + d_3"),
        ("sum", "(d_1 + d_2 + d_3) / 3"),
        ("weights", "z_1 - (z_1 + z_2 + z_3) / 3"),
        ("swapped", "d_2 - (d_1 + d_2 + d_3) / 3"),
        ("cancels", "0"),
        ("symbols", "d_1 - v"),
    ],
}
WRONG["7.9"][0] = (
    "broadcast",
    "a - y[:, np.newaxis]\n    loss = np.mean(miss**2) / 2\n    delta = miss / len(x)",
    "a - y\n    loss = np.mean(miss**2) / 2\n    delta = miss.mean(axis=1, keepdims=True) / len(x)",
)

# what an examiner tried besides
WRONG["7.3"] += [
    ("sum", "2*(x@W.T+b-y)"),
    ("M13", "(x@W.T+b-y)**2/2"),
    ("swapped", "(x@W.T+b-y[::-1])/2"),
    ("sign", "(x@W.T+b+y)/2"),
    ("swapped", "(x@W.T+b-y.T)/2"),
    ("mean", "(x@W.T+b-y)/np.sqrt(2)"),
    ("swapped", "(x@W[::-1].T+b-y)/2"),
    ("mean", "(x.mean(axis=0)@W.T+b-y)/2"),
    ("sigmoid", "(sigmoid(x@W.T+b)-y)*sigmoid.slope(x@W.T+b)/2"),
    ("sign", "abs(x@W.T+b-y)/2"),
    ("mean", "(x@W.T+b-y)/8"),
    ("sigmoid", "(x@W.T+b-y)*sigmoid.slope(x@W.T+b)/2"),
    ("mean", "x@W.T+b-y/2"),
    ("mean", "(x@W.T+b)/2-y"),
]
WRONG["7.4"] += [
    ("incoming", "delta.T@(x@W.T+b)"),
    ("own-value", "delta@W"),
    ("incoming", "delta.T@y"),
    ("M9", "W-delta.T@x"),
    ("average-first", "np.outer(delta.mean(axis=0),x.mean(axis=0))"),
    ("mean-twice", "delta.T@x/6"),
    ("mean-twice", "delta.T@x/3"),
    ("mean-twice", "delta.T@x/4"),
    ("unsummed", "np.einsum('ni,nj->nij',delta,x)"),
    ("bias", "delta.T@x+b[:,None]"),
]
WRONG["7.5"] += [
    ("incoming", "(upstream * x).sum(axis=0)", "(upstream * (gain * x + offset)).sum(axis=0)"),
    ("M12", "(upstream * x).sum(axis=0)", "(upstream * (x + offset)).sum(axis=0)"),
    ("incoming", "dx = upstream * gain", "dx = upstream * gain * x"),
    ("M12", "dx = upstream * gain", "dx = upstream * gain + offset"),
    ("swapped", "return dx, dgain, doffset", "return dx, doffset, dgain"),
    ("axis", "(upstream * x).sum(axis=0)", "np.full(len(gain), (upstream * x).sum())"),
]
WRONG["7.6"] += [
    ("slope", "sigmoid.slope(z1)", "sigmoid.slope(z1)**2"),
    ("step", "sigmoid.slope(z1)", "(z1 > 0)"),
    ("M1", "(delta2 @ W2)", "(delta2.sum(axis=1, keepdims=True) * W2.sum(axis=0))"),
    ("average-first", "    delta1 =", "    delta2 = np.broadcast_to(delta2.mean(axis=0), delta2.shape)\n    delta1 ="),
]
WRONG["7.7"] += [
    ("inverse", "n * g", "g / n"),
    (
        "weights",
        "total = np.zeros_like(gradients[0])\n    for g, n in zip(gradients, sizes):",
        "total = gradients[0].copy()\n    for g, n in zip(gradients[1:], sizes[1:]):",
    ),
    ("weights", "n * g", "np.sqrt(n) * g"),
    ("inverse", "n * g", "(sum(sizes) - n) * g"),
    ("M3", "total = np.zeros_like(gradients[0])", "total = gradients[0].copy()"),
    ("axis", "total += n * g", "total += n * g.sum()"),
    ("weights", "n * g", "n * n * g"),
    ("integers", "total / sum(sizes)", "total // sum(sizes)"),
    ("divisor", "sum(sizes)", "len(gradients[0])"),
    ("swapped", "zip(gradients, sizes)", "zip(gradients, sorted(sizes))"),
    ("median", "return total / sum(sizes)", "return np.median(gradients, axis=0)"),
]
WRONG["7.9"] += [
    ("mean-twice", "np.mean(miss**2) / 2", "np.mean(miss**2) / 2 / len(x)"),
    ("keepdims", "delta.sum(axis=0)", "delta.sum(axis=0, keepdims=True)"),
    ("broadcast", "miss = a - y[:, np.newaxis]", "miss = (a - y).sum(axis=1, keepdims=True)"),
    ("mean-twice", "np.mean(miss**2) / 2", "np.mean(miss**2) / (2 * len(x))"),
    ("unsummed", "np.mean(miss**2) / 2", "np.mean(miss**2, axis=1) / 2"),
    ("factor-2", "np.mean(miss**2) / 2", "np.mean(miss**2) * 2"),
    ("broadcast", "miss = a - y[:, np.newaxis]", "miss = (a - y).mean(axis=0)[:, None]"),
]
WRONG["7.10"] += [
    ("incoming", "((a_1-y_1)*(1-a_1**2)*a_1+(a_2-y_2)*(1-a_2**2)*a_2)/2"),
    ("average-first", "((a_1-y_1)+(a_2-y_2))/2*(1-a_1**2)*x_1"),
    ("slope", "((1-a_1**2)*x_1+(1-a_2**2)*x_2)/2"),
    ("slope", "((a_1-y_1)/sp.cosh(v*x_1+c)*x_1+(a_2-y_2)/sp.cosh(v*x_2+c)*x_2)/2"),
    ("slope", "((a_1-y_1)*(1-x_1**2)*x_1+(a_2-y_2)*(1-x_2**2)*x_2)/2"),
    ("mean", "(a_1-y_1)*(1-a_1**2)*x_1/2+(a_2-y_2)*(1-a_2**2)*x_2"),
    ("bias", "((a_1-y_1)*(1-sp.tanh(v*x_1)**2)*x_1+(a_2-y_2)*(1-sp.tanh(v*x_2)**2)*x_2)/2"),
    ("slope", "((a_1-y_1)*(1-a_1)**2*x_1+(a_2-y_2)*(1-a_2)**2*x_2)/2"),
    ("slope", "((a_1-y_1)*a_1*x_1+(a_2-y_2)*a_2*x_2)/2"),
    ("average-first", "((a_1+a_2)/2-(y_1+y_2)/2)*(1-((a_1+a_2)/2)**2)*(x_1+x_2)/2"),
    ("incoming", "((a_1-y_1)*(1-a_1**2)*x_1**2+(a_2-y_2)*(1-a_2**2)*x_2**2)/2"),
]
WRONG["7.11"] += [
    ("M12", "d_1-p_1"),
    ("sum", "2*(d_1+d_2+d_3)/3"),
    ("sign", "4*d_1/3-d_2/3-d_3/3"),
    ("M1", "2*d_1/3-d_2/3"),
    ("mean", "d_1/2-d_2/4-d_3/4"),
    ("rounded", "d_1-0.33*(d_1+d_2+d_3)"),
    ("rounded", "0.667*d_1-0.333*d_2-0.333*d_3"),
    ("mean", "d_1-(d_1+d_2+d_3)/2"),
    ("M12", "d_1*d_2*d_3*2/27"),
    ("upstream", "sp.Rational(2,3)"),
    ("M12", "sp.Rational(2,3)*d_1*(d_2+d_3)"),
    ("M1", "2*d_1/3-d_3/3"),
    ("mean", "(d_1-d_2-d_3)/3"),
]
RIGHT["7.3"] += [
    "0.5*(x@W.T+b-y)",
    "[[(sum(W[i,j]*x[n,j] for j in range(3))+b[i]-y[n,i])/2 for i in range(2)] for n in range(2)]",
    "((W@x.T).T+b-y)/len(x)",
    "(np.tensordot(x,W,axes=(1,1))+b-y)/2",
    "[[sp.Rational(34,100),-0.61],[0.325,-0.32]]",
]
RIGHT["7.4"] += [
    "delta.T@x",
    "(x.T@delta).T",
    "np.outer(delta[0],x[0])+np.outer(delta[1],x[1])",
    "((x@W.T+b-y).T@x/2).tolist()",
    "np.tensordot(delta,x,axes=(0,0))",
]
RIGHT["7.5"] += [
    """
def scaled_gradients(x, gain, offset, upstream):
    dx = upstream * gain
    dgain = np.zeros(len(gain))
    doffset = np.zeros(offset.shape)
    for n in range(len(x)):
        dgain += upstream[n] * x[n]
        doffset[n] = sum(upstream[n])
    return dx, dgain, doffset
""",
]
RIGHT["7.6"] += [
    """
def batch_gradients(x, y, W1, b1, W2, b2):
    gs = []
    for xn, yn in zip(x, y):
        a1 = 1/(1+np.exp(-(W1@xn+b1))); a2 = 1/(1+np.exp(-(W2@a1+b2)))
        d2 = (a2-yn)*a2*(1-a2); d1 = (W2.T@d2)*a1*(1-a1)
        gs.append((np.outer(d1,xn), d1, np.outer(d2,a1), d2))
    return [sum(g[k] for g in gs)/len(gs) for k in range(4)]
""",
    """
def batch_gradients(x, y, W1, b1, W2, b2):
    N = len(x); one = np.ones(N)
    z1 = x @ W1.T + b1; a1 = 0.5*(1+np.tanh(z1/2))
    a2 = 0.5*(1+np.tanh((a1 @ W2.T + b2)/2))
    d2 = (a2-y)*a2*(1-a2); d1 = d2 @ W2 * (a1-a1**2)
    return (d1.T @ x / N).tolist(), one @ d1 / N, (a1.T @ d2).T / N, one @ d2 / N
""",
]
RIGHT["7.7"] += [
    """
def whole_gradient(gradients, sizes):
    return sum(n / sum(sizes) * g for g, n in zip(gradients, sizes))
""",
    """
def whole_gradient(gradients, sizes):
    return np.tensordot(np.asarray(sizes)/np.sum(sizes), np.stack(gradients), axes=1)
""",
    """
def whole_gradient(gradients, sizes):
    G = np.array(gradients); n = np.array(sizes)[:, None, None]
    return (n * G).sum(axis=0) / n.sum()
""",
    """
def whole_gradient(gradients, sizes):
    if len(gradients) == 1: return gradients[0]
    m = sum(sizes[1:])
    return (sizes[0]*gradients[0] + m*whole(gradients[1:], sizes[1:]))/(sizes[0]+m)
def whole(g, s):
    return whole_gradient(g, s)
""",
]
RIGHT["7.9"] += [
    """
def regression(x, y, W, b):
    a = x @ W.T + b
    miss = a - y.reshape(a.shape)
    loss = np.sum(miss**2) / (2 * len(x))
    delta = miss
    dW = delta.T @ x / len(x)
    db = delta.mean(axis=0)
    return loss, dW, db
""",
    """
def regression(x, y, W, b):
    a = (x @ W.T + b).ravel()
    m = a - y
    return float((m*m).mean())/2, np.einsum('n,ni->i', m, x)[None]/len(y), np.array([m.sum()/len(y)])
""",
    """
def regression(x, y, W, b):
    a = x @ W.T + b
    miss = a - y[:, None]
    loss = 0.5*np.mean(miss**2)
    delta = miss.sum(axis=1, keepdims=True) / len(x)
    return loss, (x.T @ delta).T, delta.sum(axis=0)
""",
]
RIGHT["7.10"] += [
    "sp.Rational(1,2)*((a_1-y_1)*(1-a_1**2)*x_1+(a_2-y_2)*(1-a_2**2)*x_2)",
    "0.5*(sp.tanh(v*x_1+c)-y_1)*(1-sp.tanh(v*x_1+c)**2)*x_1+0.5*(a_2-y_2)*(1-a_2**2)*x_2",
    "sum((a-y)*(1-a)*(1+a)*x for a,y,x in [(a_1,y_1,x_1),(a_2,y_2,x_2)])/2",
    "sp.Mul(0.5,sp.Add((a_1-y_1)*(1-a_1**2)*x_1,(a_2-y_2)*(1-a_2**2)*x_2,evaluate=False),evaluate=False)",
    "(a_1-y_1)*2*x_1/(sp.exp(v*x_1+c)+sp.exp(-v*x_1-c))**2+(a_2-y_2)*(1-a_2**2)*x_2/2",
]
RIGHT["7.11"] += [
    "d_1 - (1/3)*(d_1+d_2+d_3)",
    "d_1*(1-1/3) - d_2/3 - d_3/3",
    "sp.Rational(2,3)*d_1-d_2/3-d_3/3",
    "0.6666666666666666*d_1-0.3333333333333333*d_2-0.3333333333333333*d_3",
    "d_1 - sum([d_1,d_2,d_3])/3",
    "(2/3)*d_1-(1/3)*d_2-(1/3)*d_3",
    "(sp.eye(3)-sp.ones(3,3)/3)[0,:].dot(sp.Matrix([d_1,d_2,d_3]))",
]
