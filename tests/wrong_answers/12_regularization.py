"""Right and wrong answers to the exercises of chapter 12, as a student would write them.

An entry of `WRONG` is (name of the mistake, answer), or (name, old, new): an edit of the first right answer.
"""

RIGHT = {
    "12.1": [
        '{"A": "no", "B": "yes", "C": "yes", "D": "no", "E": "yes"}',
        '{"A": "No", "B": "Yes", "C": "Yes", "D": "No", "E": "Yes"}',
    ],
    "12.2": [
        "after_step",
        "[0.6152, -1.2456, 1.82, 0.764]",
        "np.append(w_old - 0.4 * (dw + 0.3 * w_old), 0.62 + 0.144)",
        "[0.84*.88-.124,-1.52*.88+.092,2.1*.88-.028,.764]",
        "tuple([0.6152,-1.2456,1.82,0.764])",
    ],
    "12.3": [
        "da",
        "[1.03125, 0, 3.91875, 0.61875]",
        "miss / 0.8 * np.array([0.5, 0, 1.9, 0.3])",
        "(lambda a,w,y,k,b,m:list((sum(w*a*m)/k+b-y)/k*w*m))(np.array([.8,1.5,.6,2.2]),np.array([.5,"
        "-1.1,1.9,.3]),1.2,.8,.1,np.array([1,0,1,1]))",
        "[1.03125,0.0,3.91875,0.61875]",
    ],
    "12.4": [
        """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        """
def dropout(a, da, draws, rate, training):
    if not training:
        return a, da
    silent = draws < rate
    up, down = a / (1 - rate), da / (1 - rate)
    up[silent], down[silent] = 0, 0
    return up, down
""",
        """
def dropout(a, da, draws, rate, training):
    k = 1 - rate
    up, down = np.zeros(a.shape), np.zeros(a.shape)
    for n in range(a.shape[0]):
        for i in range(a.shape[1]):
            factor = 1.0
            if training:
                factor = 0.0 if draws[n, i] < rate else 1 / k
            up[n, i] = factor * a[n, i]
            down[n, i] = factor * da[n, i]
    return [up, down]
""",
        """
def dropout(a, da, draws, rate, training):
    factor = np.where(draws < rate * training, 0, 1 / (1 - rate * training))
    return tuple(factor * each for each in (a, da))
""",
        """
def dropout(a, da, draws, rate, training):
    if training:
        keep = np.logical_not(draws < rate).astype(float)
        keep /= 1 - rate
        dropped = np.einsum("ni,ni->ni", a, keep)
        da_in = np.einsum("ni,ni->ni", da, keep)
    else:
        dropped, da_in = a.copy(), da.copy()
    return dropped, da_in
""",
        """
def dropout(a, da, draws, rate, training):
    k = 1 - rate if training else 1.0
    return [np.where(training & (draws < rate), 0.0, v) / k for v in (a, da)]
""",
        """
def dropout(a, da, draws, rate, training):
    if training is False:
        return a, da
    f = lambda v, d: 0.0 if d < rate else v / (1 - rate)
    return [[f(v, d) for v, d in zip(r, s)] for r, s in zip(a, draws)], [
        [f(v, d) for v, d in zip(r, s)] for r, s in zip(da, draws)
    ]
""",
    ],
    "12.5": [
        """
def with_prices(weights, biases, dW, db, l1, l2):
    price = sum(l1 * np.abs(W).sum() + l2 / 2 * (W**2).sum() for W in weights)
    priced_dW = [d + l1 * np.sign(W) + l2 * W for d, W in zip(dW, weights)]
    return price, priced_dW, db
""",
        """
def with_prices(weights, biases, dW, db, l1, l2):
    price, gradients = 0.0, []
    for W, d in zip(weights, dW):
        g = d.copy()
        for index, w in np.ndenumerate(W):
            price += l1 * abs(w) + 0.5 * l2 * w * w
            g[index] += l2 * w + (l1 if w > 0 else -l1 if w < 0 else 0)
        gradients.append(g)
    return price, gradients, [d.copy() for d in db]
""",
        """
def with_prices(weights, biases, dW, db, l1, l2):
    flat = np.concatenate([np.ravel(W) for W in weights])
    price = l1 * np.linalg.norm(flat, 1) + l2 * (flat @ flat) / 2
    slopes = [l1 * ((W > 0) * 1.0 - (W < 0)) + l2 * W for W in weights]
    return [price, tuple(map(np.add, dW, slopes)), tuple(db)]
""",
        """
def with_prices(weights, biases, dW, db, l1, l2):
    from backprop_lab import L1, L2

    parts = [L1(l1), L2(l2)]
    price = np.sum([part(W) for part in parts for W in weights])
    return price, [d + sum(part.gradient(W) for part in parts) for d, W in zip(dW, weights)], db
""",
        """
def with_prices(weights, biases, dW, db, l1, l2):
    P, out = 0, []
    for W, g in zip(weights, dW):
        P = P + l1 * np.einsum("ij->", np.fabs(W)) + 0.5 * l2 * np.einsum("ij,ij->", W, W)
        slope = np.where(W > 0, 1, np.where(W < 0, -1, 0))
        out.append(np.add(g, l1 * slope) + l2 * W)
    return float(P), out, [np.array(b) for b in db]
""",
        """
def with_prices(weights, biases, dW, db, l1, l2):
    if len(weights) == 0:
        return 0.0, [], []
    W, g = weights[0], dW[0]
    with np.errstate(all="ignore"):
        s = np.nan_to_num(W / np.abs(W))
    rest = with_prices(weights[1:], biases[1:], dW[1:], db[1:], l1, l2)
    return [
        rest[0] + l1 * np.linalg.norm(W.ravel(), 1) + l2 * np.linalg.norm(W) ** 2 / 2,
        [g + l1 * s + l2 * W] + list(rest[1]),
        [db[0]] + list(rest[2]),
    ]
""",
    ],
    "12.6": [
        """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        """
def adamw(W, gradients, learning_rate, decay, epsilon):
    W, m, s, t = W.copy(), 0 * W, 0 * W, 0
    for g in gradients:
        t += 1
        m += 0.1 * (g - m)
        s += 0.001 * (g * g - s)
        W -= learning_rate * decay * W
        W -= learning_rate / (1 - 0.9**t) * m / (np.sqrt(s / (1 - 0.999**t)) + epsilon)
    return W
""",
        """
def adamw(W, gradients, learning_rate, decay, epsilon):
    from backprop_lab import AdamW

    optimizer, vector = AdamW(learning_rate, weight_decay=decay, epsilon=epsilon), W.flatten()
    for g in gradients:
        optimizer.step(vector, g.flatten())
    return vector.reshape(W.shape)
""",
        """
def adamw(W, gradients, learning_rate, decay, epsilon):
    new = [[float(w) for w in row] for row in W]
    for i in range(len(new)):
        for j in range(len(new[0])):
            m = s = 0.0
            for t in range(1, len(gradients) + 1):
                g = gradients[t - 1][i, j]
                m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
                step = m / (1 - 0.9**t) / ((s / (1 - 0.999**t)) ** 0.5 + epsilon)
                new[i][j] -= learning_rate * (decay * new[i][j] + step)
    return new
""",
        """
def adamw(W, gradients, learning_rate, decay, epsilon):
    def state(t):
        if t == 0:
            return 0.0, 0.0, np.array(W, float)
        m, s, V = state(t - 1)
        g = gradients[t - 1]
        m, s = 0.9 * m + (1 - 0.9) * g, 0.999 * s + (1 - 0.999) * np.square(g)
        step = np.divide(m, 1 - 0.9**t) / (np.sqrt(np.divide(s, 1 - 0.999**t)) + epsilon)
        return m, s, V - learning_rate * (step + decay * V)

    return state(len(gradients))[2]
""",
        """
def adamw(W, gradients, learning_rate, decay, epsilon):
    new = W.copy()
    for t in range(1, len(gradients) + 1):
        m = sum(0.1 * 0.9 ** (t - j) * gradients[j - 1] for j in range(1, t + 1))
        s = sum(0.001 * 0.999 ** (t - j) * gradients[j - 1] ** 2 for j in range(1, t + 1))
        new *= 1 - learning_rate * decay
        new -= learning_rate * m / (1 - 0.9**t) / ((s / (1 - 0.999**t)) ** 0.5 + epsilon)
    return new
""",
    ],
    "12.7": [
        """
def early_stopping(losses, patience):
    best, best_epoch = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best:
            best, best_epoch = loss, epoch
        if epoch - best_epoch >= patience:
            break
    return best_epoch, epoch
""",
        """
def early_stopping(losses, patience):
    best, waited, epoch = 0, 0, 0
    while epoch + 1 < len(losses) and waited < patience:
        epoch += 1
        if losses[epoch] < losses[best]:
            best, waited = epoch, 0
        else:
            waited += 1
    return best + 1, epoch + 1
""",
        """
def early_stopping(losses, patience):
    lows = np.minimum.accumulate(losses)
    bests = [int(np.argmax(lows == low)) for low in lows]
    over = [epoch for epoch, best in enumerate(bests) if epoch - best >= patience] + [len(losses) - 1]
    return np.array([bests[over[0]] + 1, over[0] + 1])
""",
        """
def early_stopping(losses, patience):
    from types import SimpleNamespace

    from backprop_lab import EarlyStopping

    stopper, model = EarlyStopping(patience), SimpleNamespace(parameters=np.zeros(1))
    history = SimpleNamespace(validation_loss=[])
    for loss in losses:
        history.validation_loss.append(loss)
        if stopper(model, history):
            break
    return [stopper.best_epoch, float(len(history.validation_loss))]
""",
        """
def early_stopping(losses, patience):
    for end in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:end])) + 1
        if end - best == patience:
            return best, end
    return best, end
""",
        """
def early_stopping(losses, patience):
    def go(i, best):
        if i - best == patience or i == len(losses) - 1:
            return [best + 1, i + 1]
        return go(i + 1, i + 1 if losses[i + 1] < losses[best] else best)

    return go(0, 0)
""",
        """
def early_stopping(losses, patience):
    wait = 0
    best = float(losses[0])
    b = 1
    for e in range(2, len(losses) + 1):
        wait += 1
        if losses[e - 1] < best:
            best, b, wait = losses[e - 1], e, 0
        elif wait == patience:
            return np.array([b, e])
    return np.array([b, len(losses)])
""",
    ],
    "12.8": ['{"A": "caught", "B": "passes", "C": "caught", "D": "passes", "E": "passes", "F": "passes"}'],
    "12.9": [
        """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    z = x @ W1.T + b1
    mask = kept / (1 - rate)
    h = relu(z) * mask
    delta2 = (h @ W2.T + b2 - y) / len(x)
    delta1 = (delta2 @ W2) * mask * (z > 0)
    dW1, dW2 = delta1.T @ x + decay * W1, delta2.T @ h + decay * W2
    db1, db2 = delta1.sum(axis=0), delta2.sum(axis=0)
    return dW1, db1, dW2, db2
""",
        """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    dW1, dW2, db1, db2 = decay * W1, decay * W2, 0 * b1, 0 * b2
    for row, target, on in zip(x, y, kept):
        thin = np.maximum(W1 @ row + b1, 0) * on / (1 - rate)
        miss = (W2 @ thin + b2 - target) / len(x)
        back = np.where(thin > 0, W2.T @ miss / (1 - rate), 0)
        dW1 = dW1 + np.outer(back, row)
        dW2 = dW2 + np.outer(miss, thin)
        db1, db2 = db1 + back, db2 + miss
    return [dW1, db1, dW2, db2]
""",
        """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    N = len(x)
    gate = kept * (np.einsum("ki,mi->km", x, W1) + b1 > 0) / (1 - rate)
    thin = (np.einsum("ki,mi->km", x, W1) + b1) * gate
    miss = np.einsum("km,om->ko", thin, W2) + b2 - y
    back = np.einsum("ko,om->km", miss, W2) * gate
    return (
        np.einsum("km,ki->mi", back, x) / N + decay * W1,
        back.mean(axis=0),
        np.einsum("ko,km->om", miss, thin) / N + decay * W2,
        miss.mean(axis=0),
    )
""",
        """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    dW1, db1, dW2, db2 = decay * W1, np.zeros_like(b1), decay * W2, np.zeros_like(b2)
    for n in range(len(x)):
        z = W1 @ x[n] + b1
        h = np.where(z > 0, z, 0) * kept[n] / (1 - rate)
        e = (W2 @ h + b2 - y[n]) / len(x)
        d = (W2.T @ e) * kept[n] / (1 - rate) * (z > 0)
        dW1 += np.outer(d, x[n])
        db1 += d
        dW2 += np.outer(e, h)
        db2 += e
    return [dW1, db1, dW2, db2]
""",
        """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    h = np.maximum(np.dot(x, W1.T) + b1, 0.0) * kept / (1.0 - rate)
    e = np.dot(h, W2.T) + b2 - y
    d = np.dot(e, W2) * np.heaviside(h, 0) / (1.0 - rate)
    N = x.shape[0]
    return np.dot(d.T, x) / N + decay * W1, d.mean(0), np.dot(e.T, h) / N + decay * W2, e.mean(0)
""",
    ],
    "12.10": [
        "(1 - k) / (2 * k) * (w1**2 * x1**2 + w2**2 * x2**2)",
        "(1 / k - 1) / 2 * ((w1 * x1) ** 2 + (w2 * x2) ** 2)",
        "sp.expand((w1**2 * x1**2 + w2**2 * x2**2) / (2 * k) - (w1**2 * x1**2 + w2**2 * x2**2) / 2)",
        "sum(q * ((i * w1 * x1 + j * w2 * x2) / k - y) ** 2 / 2 for i, j, q in"
        " ((1, 1, k**2), (1, 0, k * (1 - k)), (0, 1, k * (1 - k)), (0, 0, (1 - k) ** 2)))"
        " - (w1 * x1 + w2 * x2 - y) ** 2 / 2",
        "0.5*(1/k-1)*(w1**2*x1**2+w2**2*x2**2)",
        "sp.Rational(1,2)*((w1*x1)**2/k+(w2*x2)**2/k-(w1*x1)**2-(w2*x2)**2)",
        "sp.Mul(0.5,(1-k)/k,sp.Add((w1*x1)**2,(w2*x2)**2,evaluate=False),evaluate=False)",
        "sum((w*x)**2 for w,x in ((w1,x1),(w2,x2)))*(1.0-k)/(2.0*k)",
    ],
    "12.11": [
        "a - (1 - p) * y - p * (1 - y)",
        "a - y - p + 2 * p * y",
        "(1 - p) * (a - y) + p * (a - 1 + y)",
        "1 / (1 + sp.exp(-z)) - y + p * (2 * y - 1)",
        "sp.diff(-((y + p - 2 * p * y) * sp.log(1 / (1 + sp.exp(-z)))"
        " + (1 - y - p + 2 * p * y) * sp.log(1 - 1 / (1 + sp.exp(-z)))), z)",
        "(1-p)*(a-y)+p*(a-(1-y))",
        "a-(1-p)*y-p*(1-y)",
        "1/(1+sp.exp(-z))-y-p*(1-2*y)",
        "(1+sp.tanh(z/2))*0.5-y-1.0*p+2.0*p*y",
        "sp.exp(z)/(1+sp.exp(z))-y+p*(2*y-1)",
    ],
}

MASK = "(draws >= rate) / (1 - rate)"
BOTH = "dropped, da_in = a * mask, da * mask"
SIGN = "l1 * np.sign(W)"
PRICE = "l1 * np.abs(W).sum() + l2 / 2 * (W**2).sum()"
SHRINK = "(1 - learning_rate * decay) * W"
ROOT = "(np.sqrt(s_hat) + epsilon)"
STOP = "return best_epoch, epoch"
BIASES = "delta1.sum(axis=0), delta2.sum(axis=0)"

WRONG = {
    "12.1": [
        ("share", '{"A": "yes", "B": "yes", "C": "yes", "D": "no", "E": "yes"}'),
        ("amount", '{"A": "no", "B": "no", "C": "yes", "D": "no", "E": "yes"}'),
        ("share", '{"A": "no", "B": "yes", "C": "no", "D": "no", "E": "yes"}'),
        ("amount", '{"A": "no", "B": "yes", "C": "yes", "D": "yes", "E": "yes"}'),
        ("amount", '{"A": "no", "B": "yes", "C": "yes", "D": "no", "E": "no"}'),
        ("share", '{letter: "yes" for letter in "ABCDE"}'),
        ("missing", '{"A": "no", "B": "yes", "C": "yes", "D": "no"}'),
        ("type", '{"A": False, "B": "yes", "C": "yes", "D": "no", "E": "yes"}'),
    ],
    "12.2": [
        ("bias", "[*((1 - 0.12) * w_old - 0.4 * dw), (1 - 0.12) * 0.62 + 0.144]"),
        ("no-decay", "[*(w_old - 0.4 * dw), b_new]"),
        ("learning-rate", "[*((1 - 0.3) * w_old - 0.4 * dw), b_new]"),
        ("learning-rate", "[*(w_old - dw - 0.3 * w_old), 0.62 + 0.36]"),
        ("factor-2", "[*((1 - 0.06) * w_old - 0.4 * dw), b_new]"),
        ("factor-2", "[*((1 - 0.24) * w_old - 0.4 * dw), b_new]"),
        ("sign", "[*((1 + 0.12) * w_old - 0.4 * dw), b_new]"),
        ("ascent", "[*((1 - 0.12) * w_old + 0.4 * dw), 0.62 - 0.144]"),
        ("ascent", "[*(w_old + 0.4 * (dw + 0.3 * w_old)), 0.62 - 0.144]"),
        ("L1", "[*(w_old - 0.4 * (dw + 0.3 * np.sign(w_old))), b_new]"),
        ("order", "[*((1 - 0.12) * (w_old - 0.4 * dw)), b_new]"),
        ("M9", "[*(dw + 0.3 * w_old), -0.36]"),
        ("M9", "[*(0.88 * w_old), 0.62]"),
        ("step-only", "after_step - [*w_old, 0.62]"),
        ("no-step", "[*w_old, 0.62]"),
        ("sign", "[*w_new, 0.62 - 0.144]"),
        ("sign", "[*((1 - 0.12) * w_old - 0.4 * np.abs(dw)), b_new]"),
        ("bias", "[*w_new, 0.62]"),
        ("shape", "w_new"),
        ("digits", "[0.615, -1.246, 1.82, 0.764]"),
        (
            "price-itself",
            "(lambda w,b,g,gb,e,l:np.append(w-e*(g+l/2*w**2),b-e*gb))(np.array([.84,-1.52,2.1]),.62,"
            "np.array([.31,-.23,.07]),-.36,.4,.3)",
        ),
        (
            "price-itself",
            "(lambda w,b,g,gb,e,l:np.append(w-e*(g+l/2*np.sum(w**2)),b-e*gb))(np.array([.84,-1.52,2.1]),.62,"
            "np.array([.31,-.23,.07]),-.36,.4,.3)",
        ),
        (
            "price-itself",
            "(lambda w,b,g,gb,e,l:np.append(w-e*(g+l*np.sum(w)),b-e*gb))(np.array([.84,-1.52,2.1]),.62,"
            "np.array([.31,-.23,.07]),-.36,.4,.3)",
        ),
        (
            "mean",
            "(lambda w,b,g,gb,e,l:np.append(w-e*(g+l*w/3),b-e*gb))(np.array([.84,-1.52,2.1]),.62,np.array("
            "[.31,-.23,.07]),-.36,.4,.3)",
        ),
        (
            "swapped",
            "(lambda w,b,g,gb,e,l:np.append(w-l*(g+e*w),b-l*gb))(np.array([.84,-1.52,2.1]),.62,np.array("
            "[.31,-.23,.07]),-.36,.4,.3)",
        ),
        (
            "order",
            "(lambda w,b,g,gb,e,l:np.append(b-e*gb,w-e*(g+l*w)))(np.array([.84,-1.52,2.1]),.62,np.array("
            "[.31,-.23,.07]),-.36,.4,.3)",
        ),
        (
            "rate",
            "(lambda w,b,g,gb,e,l:np.append(w-e*l*(g+w),b-e*gb))(np.array([.84,-1.52,2.1]),.62,np.array("
            "[.31,-.23,.07]),-.36,.4,.3)",
        ),
        (
            "price-itself",
            "(lambda w,b,g,gb,e,l:np.append(w-e*(g+l*g),b-e*gb))(np.array([.84,-1.52,2.1]),.62,np.array("
            "[.31,-.23,.07]),-.36,.4,.3)",
        ),
        (
            "bias",
            "(lambda w,b,g,gb,e,l:np.append(w-e*(g+l*w),b-e*(gb-l*b)))(np.array([.84,-1.52,2.1]),.62,"
            "np.array([.31,-.23,.07]),-.36,.4,.3)",
        ),
        (
            "price-itself",
            "(lambda w,b,g,gb,e,l:np.append(w-e*(g+l*np.linalg.norm(w)),b-e*gb))(np.array([.84,-1.52,2.1]),"
            ".62,np.array([.31,-.23,.07]),-.36,.4,.3)",
        ),
    ],
    "12.3": [
        ("scale", "(w_out @ [0.8, 0, 0.6, 2.2] - 1.1) * w_out * [1, 0, 1, 1]"),
        ("scale", "(0.8 * w_out @ [0.8, 0, 0.6, 2.2] - 1.1) * w_out * [0.8, 0, 0.8, 0.8]"),
        ("rate", "(5 * w_out @ [0.8, 0, 0.6, 2.2] - 1.1) * w_out * [5, 0, 5, 5]"),
        ("no-dropout", "(w_out @ [0.8, 1.5, 0.6, 2.2] - 1.1) * w_out"),
        ("mask", "miss * w_out"),
        ("scale-back", "miss * w_out * [1, 0, 1, 1]"),
        ("scale-back", "(w_out @ [0.8, 0, 0.6, 2.2] - 1.1) * w_out * mask"),
        ("mask", "(w_out @ [0.8, 1.5, 0.6, 2.2] - 1.1) * w_out * mask"),
        ("twice", "miss * w_out * mask**2"),
        ("dropped", "(w_out[1] * 1.5 * 1.25 - 1.1) * w_out * [0, 1.25, 0, 0]"),
        ("incoming", "miss * mask * [0.8, 1.5, 0.6, 2.2]"),
        ("weights-forgotten", "miss * mask"),
        ("bias", "(miss - 0.1) * w_out * mask"),
        ("upstream", "w_out * mask"),
        ("M13", "miss**2 / 2 * w_out * mask"),
        ("sign", "-da"),
        ("shape", "da[[0, 2, 3]]"),
        ("digits", "[1.03, 0, 3.92, 0.619]"),
        (
            "mask",
            "(lambda a,w,y,k,b,m:(w@(a*m/k)+b-y)*w/k)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,.3]),"
            "1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "mask",
            "(lambda a,w,y,k,b,m:(w@(a/k)+b-y)*w*m/k)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,.3]),"
            "1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "dropped",
            "(lambda a,w,y,k,b,m:(w@(a*np.array([0,1,1,1])/k)+b-y)*w*np.array([0,1,1,1])/k)(np.array([.8,"
            "1.5,.6,2.2]),np.array([.5,-1.1,1.9,.3]),1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "scale",
            "(lambda a,w,y,k,b,m:(w@(a*m/k)+b-y/k)*w*m/k)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,"
            ".3]),1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "scale",
            "(lambda a,w,y,k,b,m:((w@(a*m)+b)/k-y)*w*m/k)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,"
            ".3]),1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "scale",
            "(lambda a,w,y,k,b,m:(w@(a*m/k**.5)+b-y)*w*m/k**.5)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,"
            "1.9,.3]),1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "scale",
            "(lambda a,w,y,k,b,m:(w@(a*m*4/3)+b-y)*w*m*4/3)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,"
            ".3]),1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "incoming",
            "(lambda a,w,y,k,b,m:(w@(a*m/k)+b-y)*w*a*m/k)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,"
            ".3]),1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "upstream",
            "(lambda a,w,y,k,b,m:w@(a*m/k)+b-y)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,.3]),1.2,.8,"
            ".1,np.array([1,0,1,1]))",
        ),
        (
            "bias",
            "(lambda a,w,y,k,b,m:(w@(a*m/k)-b-y)*w*m/k)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,"
            ".3]),1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "dropped",
            "(lambda a,w,y,k,b,m:(w@(a*np.array([1,1,0,1])/k)+b-y)*w*np.array([1,1,0,1])/k)(np.array([.8,"
            "1.5,.6,2.2]),np.array([.5,-1.1,1.9,.3]),1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "scale",
            "(lambda a,w,y,k,b,m:(w@(a*m)+b-y)/k*w*m/k)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,"
            ".3]),1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "scale",
            "(lambda a,w,y,k,b,m:(w@(a*k)+b-y)*w*m/k)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,.3]),"
            "1.2,.8,.1,np.array([1,0,1,1]))",
        ),
        (
            "mask",
            "(lambda a,w,y,k,b,m:(w@a+b-y)*w/k)(np.array([.8,1.5,.6,2.2]),np.array([.5,-1.1,1.9,.3]),1.2,.8,"
            ".1,np.array([1,0,1,1]))",
        ),
    ],
    "12.4": [
        ("mask", BOTH, "dropped, da_in = a * mask, da"),
        ("scale-back", BOTH, "dropped, da_in = a * mask, da * (mask > 0)"),
        ("scale-back", BOTH, "dropped, da_in = a * (mask > 0), da * mask"),
        ("scale-back", BOTH, "dropped, da_in = a * mask, da * (mask if not training else (mask > 0) * (1 - rate))"),
        ("scale", MASK, "1.0 * (draws >= rate)"),
        ("scale", f"{MASK} if training else np.ones_like(a)", "(draws >= rate) * 1.0 if training else 1 - rate"),
        ("scale", "np.ones_like(a)", "1 - rate"),
        ("scale", "np.ones_like(a)", "1 / (1 - rate)"),
        ("scale", MASK, "(draws >= rate) * (1 - rate)"),
        ("rate", MASK, "(draws >= rate) / rate"),
        ("rate", "draws >= rate", "draws < rate"),
        ("rate", MASK, "(draws < rate) / rate"),
        ("rate", "draws >= rate", "draws < 1 - rate"),
        ("always-on", " if training else np.ones_like(a)", ""),
        ("mode", "if training else", "if not training else"),
        ("no-dropout", f"{MASK} if training else np.ones_like(a)", "1"),
        ("twice", BOTH, "dropped, da_in = a * mask, da * mask * mask"),
        ("dropped", BOTH, "dropped, da_in = a * mask, da * ((mask == 0) / (1 - rate) if training else 1)"),
        (
            "from-activation",
            BOTH,
            "dropped = a * mask\n    da_in = da * ((dropped != 0) / (1 - rate) if training else 1)",
        ),
        ("incoming", BOTH, "dropped, da_in = a * mask, da * mask * a"),
        ("upstream", BOTH, "dropped, da_in = a * mask, mask"),
        ("sign", BOTH, "dropped, da_in = a * mask, -da * mask"),
        ("changed-inputs", BOTH, "a *= mask\n    dropped, da_in = a, da * mask"),
        ("type", "return dropped, da_in", "return dropped"),
        ("nothing-returned", "    return dropped, da_in", ""),
        ("crashed", "np.ones_like(a)", "np.ones_like(A)"),
        ("second-call", MASK, "(np.random.random(a.shape) >= rate) / (1 - rate)"),
        ("zeros", BOTH, "dropped, da_in = 0 * a, da * mask"),
        ("rounded", BOTH, "dropped, da_in = np.round(a * mask, 4), da * mask"),
        (
            "edge",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws > rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "rate",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= 1 - rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "mode",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask * training
    return dropped, da_in
""",
        ),
        (
            "from-activation",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * (a * mask > 0) / (1 - rate)
    return dropped, da_in
""",
        ),
        (
            "incoming",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, a * mask
    return dropped, da_in
""",
        ),
        (
            "results-swapped",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return da_in, dropped
""",
        ),
        (
            "mode",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / (1 - rate) if training else np.zeros_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "scale",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / np.mean(draws >= rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "rows",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws[:, :1] >= rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "rows",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws[0] >= rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "rate",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= 0.5) / 0.5 if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "integers",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) // (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "scale",
            """
def dropout(a, da, draws, rate, training):
    mask = draws / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "scale",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / np.sqrt(1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "twice",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask * mask, da * mask
    return dropped, da_in
""",
        ),
        (
            "relu",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) / (1 - rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask * (a > 0)
    return dropped, da_in
""",
        ),
        (
            "scale",
            """
def dropout(a, da, draws, rate, training):
    mask = (draws >= rate) * (1 + rate) if training else np.ones_like(a)
    dropped, da_in = a * mask, da * mask
    return dropped, da_in
""",
        ),
    ],
    "12.5": [
        ("bias", "priced_dW, db", "priced_dW, [d + l1 * np.sign(b) + l2 * b for d, b in zip(db, biases)]"),
        ("bias", "priced_dW, db", "priced_dW, [d + l2 * b for d, b in zip(db, biases)]"),
        ("bias", "for W in weights)", "for W in [*weights, *biases])"),
        (
            "bias",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    parameters, gradients = [*weights, *biases], [*dW, *db]
    price = sum(l1 * np.abs(p).sum() + l2 / 2 * (p**2).sum() for p in parameters)
    new = [g + l1 * np.sign(p) + l2 * p for g, p in zip(gradients, parameters)]
    return price, new[: len(weights)], new[len(weights) :]
""",
        ),
        ("factor-2", "l2 / 2 *", "l2 *"),
        ("factor-2", "+ l2 * W", "+ 2 * l2 * W"),
        ("factor-2", "+ l2 * W", "+ l2 / 2 * W"),
        ("factor-2", "l1 * np.abs", "l1 / 2 * np.abs"),
        ("at-zero", "np.sign(W)", "np.where(W >= 0, 1, -1)"),
        ("at-zero", "np.sign(W)", "np.where(W > 0, 1, -1)"),
        ("slope", "np.sign(W)", "np.abs(W)"),
        ("slope", "np.sign(W)", "1"),
        ("slope", "np.sign(W)", "W"),
        ("slope", "np.sign(W)", "(W > 0)"),
        ("slope", "+ l2 * W", "+ l2 * W**2"),
        ("slope", "+ l2 * W", "+ l2 * np.abs(W)"),
        ("sign", "d + l1 * np.sign(W) + l2 * W", "d - l1 * np.sign(W) - l2 * W"),
        ("mean", PRICE, "l1 * np.abs(W).mean() + l2 / 2 * (W**2).mean()"),
        ("root", "(W**2).sum()", "np.linalg.norm(W)"),
        ("swapped", "    price =", "    l1, l2 = l2, l1\n    price ="),
        ("L2-only", f"{SIGN} + ", ""),
        ("L1-only", " + l2 * W", ""),
        ("L2-only", "l1 * np.abs(W).sum() + ", ""),
        ("extra-only", "d + l1", "l1"),
        ("no-decay", "price, priced_dW, db", "price, dW, db"),
        (
            "one-layer",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    W = weights[0]
    price = l1 * np.abs(W).sum() + l2 / 2 * (W**2).sum()
    return price, [dW[0] + l1 * np.sign(W) + l2 * W, *dW[1:]], db
""",
        ),
        ("changed-inputs", "    return", "    for d, W in zip(dW, weights):\n        d += l2 * W\n    return"),
        ("type", "return price, priced_dW, db", "return priced_dW, db"),
        ("type", ", db\n", "\n"),
        ("nan", SIGN, "l1 * W / np.abs(W)"),
        ("nothing-returned", "    return price, priced_dW, db", ""),
        ("crashed", "price = sum(", "price = np.sum(np.array(weights) ** 2) + sum("),
        (
            "matrix-norm",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    price = sum(l1 * np.linalg.norm(W, 1) + l2 / 2 * (W**2).sum() for W in weights)
    return price, [d + l1 * np.sign(W) + l2 * W for d, W in zip(dW, weights)], db
""",
        ),
        (
            "unsigned",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    price = sum(l1 * W.sum() + l2 / 2 * (W**2).sum() for W in weights)
    return price, [d + l1 * np.sign(W) + l2 * W for d, W in zip(dW, weights)], db
""",
        ),
        (
            "unsigned",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    price = sum(l1 * abs(W.sum()) + l2 / 2 * (W**2).sum() for W in weights)
    return price, [d + l1 * np.sign(W) + l2 * W for d, W in zip(dW, weights)], db
""",
        ),
        (
            "square-of-sum",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    price = sum(l1 * np.abs(W).sum() + l2 / 2 * W.sum() ** 2 for W in weights)
    return price, [d + l1 * np.sign(W) + l2 * W for d, W in zip(dW, weights)], db
""",
        ),
        (
            "sign-of-gradient",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    price = sum(l1 * np.abs(W).sum() + l2 / 2 * (W**2).sum() for W in weights)
    return price, [d + l1 * np.sign(d) + l2 * W for d, W in zip(dW, weights)], db
""",
        ),
        (
            "price-of-gradient",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    price = sum(l1 * np.abs(W).sum() + l2 / 2 * (W**2).sum() for W in dW)
    return price, [d + l1 * np.sign(W) + l2 * W for d, W in zip(dW, weights)], db
""",
        ),
        (
            "mean",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    price = sum(l1 * np.abs(W).sum() + l2 / 2 * (W**2).sum() for W in weights)
    return price, [d + l1 * np.sign(W) + l2 * W / len(weights) for d, W in zip(dW, weights)], db
""",
        ),
        (
            "last-layer",
            """
def with_prices(weights, biases, dW, db, l1, l2):
    price = sum(l1 * np.abs(W).sum() for W in weights) + l2 / 2 * (weights[-1] ** 2).sum()
    return price, [d + l1 * np.sign(W) + l2 * W for d, W in zip(dW, weights)], db
""",
        ),
    ],
    "12.6": [
        (
            "coupled",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        g = g + decay * W
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        W = W - learning_rate * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + epsilon)
    return W
""",
        ),
        ("coupled", "    m = 0.9", "    g = g + decay * W\n        m = 0.9"),
        ("no-decay", SHRINK, "W"),
        ("learning-rate", SHRINK, "(1 - decay) * W"),
        ("learning-rate", SHRINK, "(1 - learning_rate) * W"),
        ("learning-rate", "- learning_rate * m_hat", "- m_hat"),
        (
            "order",
            f"{SHRINK} - learning_rate * m_hat / {ROOT}",
            f"(1 - learning_rate * decay) * (W - learning_rate * m_hat / {ROOT})",
        ),
        ("sign", SHRINK, "(1 + learning_rate * decay) * W"),
        ("factor-2", SHRINK, "(1 - learning_rate * decay / 2) * W"),
        ("factor-2", SHRINK, "(1 - 2 * learning_rate * decay) * W"),
        ("L1", SHRINK, "W - learning_rate * decay * np.sign(W)"),
        ("ascent", "- learning_rate * m_hat", "+ learning_rate * m_hat"),
        ("bias-correction", "m / (1 - 0.9**t), s / (1 - 0.999**t)", "m, s"),
        ("bias-correction", "s / (1 - 0.999**t)", "s"),
        ("bias-correction", "m / (1 - 0.9**t)", "m"),
        (
            "bias-correction",
            "m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)",
            "m, s = m / (1 - 0.9**t), s / (1 - 0.999**t)\n        m_hat, s_hat = m, s",
        ),
        ("time", "start=1", "start=2"),
        ("time", "(1 - 0.9**t), s / (1 - 0.999**t)", "(1 - 0.9), s / (1 - 0.999)"),
        ("count", "start=1", "start=0"),
        ("root", ROOT, "(s_hat + epsilon)"),
        ("epsilon", ROOT, "np.sqrt(s_hat + epsilon)"),
        ("epsilon", ROOT, "np.sqrt(s_hat)"),
        ("quotient", f" / {ROOT}", ""),
        ("momentum", "- learning_rate * m_hat", "- learning_rate * g"),
        ("square", "g**2", "np.abs(g)"),
        ("mean", "0.1 * g\n        s = 0.999 * s + 0.001 * g**2", "g\n        s = 0.999 * s + g**2"),
        ("memory", "0.9 * m + 0.1 * g\n        s = 0.999 * s + 0.001", "0.1 * g\n        s = 0.001"),
        (
            "stale",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s, new = np.zeros_like(W), np.zeros_like(W), W
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        new = new - learning_rate * decay * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return new
""",
        ),
        (
            "once",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        W = W - learning_rate * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + epsilon)
    return (1 - learning_rate * decay) * W
""",
        ),
        ("changed-inputs", "        W = ", "        W -= W - "),
        ("nothing-returned", "    return W", ""),
        ("rounded", "return W", "return np.round(W, 4)"),
        ("shape", "return W", "return W, m, s"),
        (
            "in-quotient",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = W - learning_rate * (m_hat + decay * W) / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "correction",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.999**t), s / (1 - 0.9**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "decay-again",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return (1 - learning_rate * decay) * W
""",
        ),
        (
            "first-only",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
        return W
""",
        ),
        (
            "usual-share",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.99 * s + 0.01 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "L2",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * (g + decay * W)
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "learning-rate",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate) * W * decay - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "in-quotient",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay / (np.sqrt(s_hat) + epsilon)) * W - learning_rate * m_hat / (
            np.sqrt(s_hat) + epsilon
        )
    return W
""",
        ),
        (
            "gradients",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate([sum(gradients) / len(gradients)], start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "gradients",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients[::-1], start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "one-step",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * (0 * m) + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "sum",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "square",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * m**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
        (
            "precedence",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) * W - learning_rate * m_hat / (np.sqrt(s_hat)) + epsilon
    return W
""",
        ),
        (
            "decay-grows",
            """
def adamw(W, gradients, learning_rate, decay, epsilon):
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        W = (1 - learning_rate * decay) ** t * W - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return W
""",
        ),
    ],
    "12.7": [
        ("tie", "loss < best", "loss <= best"),
        (
            "previous",
            """
def early_stopping(losses, patience):
    best_epoch, waited = 1, 0
    for epoch in range(2, len(losses) + 1):
        if losses[epoch - 1] < losses[epoch - 2]:
            best_epoch, waited = epoch, 0
        else:
            waited += 1
        if waited >= patience:
            break
    return best_epoch, epoch
""",
        ),
        (
            "previous",
            """
def early_stopping(losses, patience):
    best_epoch, waited = 1, 0
    for epoch in range(2, len(losses) + 1):
        waited = 0 if losses[epoch - 1] < losses[epoch - 2] else waited + 1
        if losses[epoch - 1] < losses[best_epoch - 1]:
            best_epoch = epoch
        if waited >= patience:
            break
    return best_epoch, epoch
""",
        ),
        ("patience", ">= patience", "> patience"),
        ("patience", ">= patience", ">= max(patience - 1, 1)"),
        ("patience", ">= patience", ">= 1"),
        ("patience", ">= patience", "< 0"),
        ("future", STOP, "return int(np.argmin(losses)) + 1, epoch"),
        ("last-kept", STOP, "return epoch, epoch"),
        ("last-kept", STOP, "return best_epoch, best_epoch"),
        ("beyond", STOP, "return best_epoch, len(losses)"),
        ("zero-based", STOP, "return best_epoch - 1, epoch - 1"),
        ("zero-based", STOP, "return best_epoch - 1, epoch"),
        ("zero-based", STOP, "return best_epoch, epoch - 1"),
        ("off-by-one", STOP, "return best_epoch, epoch + 1"),
        ("swapped", STOP, "return epoch, best_epoch"),
        ("loss", STOP, "return best, epoch"),
        ("waited", STOP, "return best_epoch, epoch - best_epoch"),
        ("beyond", STOP, "return best_epoch, best_epoch + patience"),
        (
            "reset",
            """
def early_stopping(losses, patience):
    best, best_epoch, worse = np.inf, 0, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best:
            best, best_epoch = loss, epoch
        else:
            worse += 1
        if worse >= patience:
            break
    return best_epoch, epoch
""",
        ),
        (
            "highest",
            """
def early_stopping(losses, patience):
    best, best_epoch = -np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss > best:
            best, best_epoch = loss, epoch
        if epoch - best_epoch >= patience:
            break
    return best_epoch, epoch
""",
        ),
        (
            "changed-inputs",
            "    best, best_epoch = np.inf, 0",
            "    best, best_epoch = np.inf, 0\n    losses.append(9)",
        ),
        ("type", STOP, "return best_epoch"),
        ("nothing-returned", f"    {STOP}", ""),
        ("crashed", "loss < best:", "loss < losses[epoch + 1]:"),
        (
            "patience",
            """
def early_stopping(losses, patience):
    best, best_epoch = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best:
            best, best_epoch = loss, epoch
        if epoch - best_epoch >= patience - 1:
            break
    return best_epoch, epoch
""",
        ),
        (
            "late",
            """
def early_stopping(losses, patience):
    best, best_epoch = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if epoch - best_epoch > patience:
            break
        if loss < best:
            best, best_epoch = loss, epoch
    return best_epoch, epoch
""",
        ),
        (
            "patience",
            """
def early_stopping(losses, patience):
    best, best_epoch = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if epoch - best_epoch >= patience:
            break
        if loss < best:
            best, best_epoch = loss, epoch
    return best_epoch, epoch
""",
        ),
        (
            "previous",
            """
def early_stopping(losses, patience):
    for e in range(patience, len(losses)):
        if losses[e] > losses[e - patience]:
            return int(np.argmin(losses[: e + 1])) + 1, e + 1
    return int(np.argmin(losses)) + 1, len(losses)
""",
        ),
        (
            "patience",
            """
def early_stopping(losses, patience):
    wait = 0
    best, b = np.inf, 0
    for e, l in enumerate(losses, 1):
        if l < best:
            best, b, wait = l, e, 1
        else:
            wait += 1
        if wait >= patience:
            return b, e
    return b, e
""",
        ),
    ],
    "12.8": [
        ("M11", '{"A": "passes", "B": "passes", "C": "caught", "D": "passes", "E": "passes", "F": "passes"}'),
        ("intention", '{"A": "caught", "B": "caught", "C": "caught", "D": "passes", "E": "passes", "F": "passes"}'),
        ("mask", '{"A": "caught", "B": "passes", "C": "passes", "D": "passes", "E": "passes", "F": "passes"}'),
        ("intention", '{"A": "caught", "B": "passes", "C": "caught", "D": "caught", "E": "passes", "F": "passes"}'),
        ("intention", '{"A": "caught", "B": "passes", "C": "caught", "D": "passes", "E": "caught", "F": "passes"}'),
        ("M9", '{"A": "caught", "B": "passes", "C": "caught", "D": "passes", "E": "passes", "F": "caught"}'),
        ("M11", '{letter: "passes" for letter in "ABCDEF"}'),
        ("missing", '{"A": "caught", "B": "passes", "C": "caught", "D": "passes", "E": "passes"}'),
        ("type", '["caught"] * 6'),
    ],
    "12.9": [
        ("rate", "kept / (1 - rate)", "kept / rate"),
        ("mask", "(delta2 @ W2) * mask", "(delta2 @ W2)"),
        ("bias", BIASES, "delta1.sum(axis=0) + decay * b1, delta2.sum(axis=0) + decay * b2"),
        (
            "three-left",
            """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    z = x @ W1.T + b1
    mask = kept / rate
    h = relu(z) * mask
    delta2 = (h @ W2.T + b2 - y) / len(x)
    delta1 = (delta2 @ W2) * (z > 0)
    dW1, dW2 = delta1.T @ x + decay * W1, delta2.T @ h + decay * W2
    db1, db2 = delta1.sum(axis=0) + decay * b1, delta2.sum(axis=0) + decay * b2
    return dW1, db1, dW2, db2
""",
        ),
        (
            "two-left",
            """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    z = x @ W1.T + b1
    mask = kept / rate
    h = relu(z) * mask
    delta2 = (h @ W2.T + b2 - y) / len(x)
    delta1 = (delta2 @ W2) * (z > 0)
    dW1, dW2 = delta1.T @ x + decay * W1, delta2.T @ h + decay * W2
    return dW1, delta1.sum(axis=0), dW2, delta2.sum(axis=0)
""",
        ),
        ("scale", "kept / (1 - rate)", "kept"),
        ("scale", "kept / (1 - rate)", "kept * (1 - rate)"),
        ("scale-back", "(delta2 @ W2) * mask", "(delta2 @ W2) * kept"),
        ("twice", "(delta2 @ W2) * mask", "(delta2 @ W2) * mask**2"),
        ("scale-back", "relu(z) * mask", "relu(z) * kept"),
        ("dropped", "kept / (1 - rate)", "(1 - kept) / (1 - rate)"),
        ("mask", "relu(z) * mask", "relu(z)"),
        ("incoming", "delta2.T @ h", "delta2.T @ relu(z)"),
        (
            "no-decay",
            "dW1, dW2 = delta1.T @ x + decay * W1, delta2.T @ h + decay * W2",
            "dW1, dW2 = delta1.T @ x, delta2.T @ h",
        ),
        ("factor-2", "+ decay * W1, delta2.T @ h + decay * W2", "+ decay / 2 * W1, delta2.T @ h + decay / 2 * W2"),
        (
            "mean",
            "+ decay * W1, delta2.T @ h + decay * W2",
            "+ decay * W1 / len(x), delta2.T @ h + decay * W2 / len(x)",
        ),
        ("sign", "+ decay * W1, delta2.T @ h + decay * W2", "- decay * W1, delta2.T @ h - decay * W2"),
        ("one-layer", "delta1.T @ x + decay * W1", "delta1.T @ x"),
        ("mean", " / len(x)", ""),
        ("mean", " / len(x)", " / y.size"),
        ("mean", BIASES, "delta1.mean(axis=0), delta2.mean(axis=0)"),
        ("ascent", "(h @ W2.T + b2 - y)", "(y - h @ W2.T - b2)"),
        ("M7", " * (z > 0)", ""),
        ("axis", BIASES, "delta1.sum(axis=1), delta2.sum(axis=1)"),
        ("changed-inputs", "    mask =", "    kept /= 1 - rate\n    mask ="),
        ("nothing-returned", "    return dW1, db1, dW2, db2", ""),
        ("type", "return dW1, db1, dW2, db2", "return dW1, dW2"),
        (
            "order",
            """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    z = x @ W1.T + b1
    mask = kept / (1 - rate)
    h = relu(z) * mask
    delta2 = (h @ W2.T + b2 - y) / len(x)
    delta1 = (delta2 @ W2) * mask * (z > 0)
    dW1, dW2 = delta1.T @ x + decay * W1, delta2.T @ h + decay * W2
    db1, db2 = delta1.sum(axis=0), delta2.sum(axis=0)
    return dW1, dW2, db1, db2
""",
        ),
        (
            "mask",
            """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    z = x @ W1.T + b1
    mask = kept / (1 - rate)
    h = relu(z) * mask
    delta2 = (h @ W2.T + b2 - y) / len(x)
    delta1 = (delta2 @ W2) * mask * (z > 0)
    dW1, dW2 = delta1.T @ x + decay * W1 * (kept.mean(axis=0)[:, None]), delta2.T @ h + decay * W2
    db1, db2 = delta1.sum(axis=0), delta2.sum(axis=0)
    return dW1, db1, dW2, db2
""",
        ),
        (
            "slope",
            """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    z = x @ W1.T + b1
    mask = kept / (1 - rate)
    h = relu(z) * mask
    delta2 = (h @ W2.T + b2 - y) / len(x)
    delta1 = (delta2 @ W2) * mask * relu(z)
    dW1, dW2 = delta1.T @ x + decay * W1, delta2.T @ h + decay * W2
    db1, db2 = delta1.sum(axis=0), delta2.sum(axis=0)
    return dW1, db1, dW2, db2
""",
        ),
        (
            "scale",
            """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    z = x @ W1.T + b1
    mask = kept / kept.mean()
    h = relu(z) * mask
    delta2 = (h @ W2.T + b2 - y) / len(x)
    delta1 = (delta2 @ W2) * mask * (z > 0)
    dW1, dW2 = delta1.T @ x + decay * W1, delta2.T @ h + decay * W2
    db1, db2 = delta1.sum(axis=0), delta2.sum(axis=0)
    return dW1, db1, dW2, db2
""",
        ),
        (
            "inner-sign",
            """
def repaired_gradients(x, y, W1, b1, W2, b2, kept, rate, decay):
    z = x @ W1.T + b1
    mask = kept / (1 - rate)
    h = relu(z) * mask
    delta2 = (h @ W2.T + b2 + y) / len(x)
    delta1 = (delta2 @ W2) * mask * (z > 0)
    dW1, dW2 = delta1.T @ x + decay * W1, delta2.T @ h + decay * W2
    db1, db2 = delta1.sum(axis=0), delta2.sum(axis=0)
    return dW1, db1, dW2, db2
""",
        ),
    ],
    "12.10": [
        ("factor-2", "(1 - k) / k * (w1**2 * x1**2 + w2**2 * x2**2)"),
        ("mean-square", "(w1**2 * x1**2 + w2**2 * x2**2) / (2 * k)"),
        ("unscaled", "k * (1 - k) / 2 * (w1**2 * x1**2 + w2**2 * x2**2)"),
        ("unscaled", "(1 - k) / 2 * (w1**2 * x1**2 + w2**2 * x2**2)"),
        ("unscaled", "(1 - k) / (2 * k**2) * (w1**2 * x1**2 + w2**2 * x2**2)"),
        ("inverted", "k / (1 - k) / 2 * (w1**2 * x1**2 + w2**2 * x2**2)"),
        ("one-mask", "(1 - k) / (2 * k) * (w1 * x1 + w2 * x2) ** 2"),
        ("L2", "(1 - k) / (2 * k) * (w1**2 + w2**2)"),
        ("L2", "(1 - k) / (2 * k) * (x1**2 + x2**2)"),
        ("square", "(1 - k) / (2 * k) * (w1 * x1 + w2 * x2)"),
        ("not-done", "(w1 * x1 + w2 * x2 - y) ** 2 / 2 + (1 - k) / (2 * k) * (w1**2 * x1**2 + w2**2 * x2**2)"),
        ("mean-square", "(1 / k**2 - 1) / 2 * (w1**2 * x1**2 + w2**2 * x2**2)"),
        ("sign", "(k - 1) / (2 * k) * (w1**2 * x1**2 + w2**2 * x2**2)"),
        ("one-input", "(1 - k) / (2 * k) * w1**2 * x1**2"),
        ("symbols", "(1 - p) / (2 * p) * (w1**2 * x1**2 + w2**2 * x2**2)"),
        ("type", '"(1 - k) / (2 * k)"'),
        ("unknown", "(1 - k) * w1 * x2"),
        ("one-mask", "(1-k)/(2*k)*(w1*x1+w2*x2-y)**2"),
        ("unnoticed", "sp.Integer(0)"),
        ("L2", "(1-k)/2*(w1**2+w2**2)"),
        ("square", "(1-k)/(2*k)*(sp.Abs(w1*x1)+sp.Abs(w2*x2))"),
        ("one-mask", "(1-k)/(2*k)*((w1*x1)**2+(w2*x2)**2)+w1*x1*w2*x2"),
        ("mean-square", "k*((w1*x1)**2+(w2*x2)**2)/2"),
        ("square", "(1-k)/(2*k)*(w1**2*x1+w2**2*x2)"),
        ("unscaled", "((1-k)/k)**2/2*((w1*x1)**2+(w2*x2)**2)"),
    ],
    "12.11": [
        ("clean", "a - y"),
        ("flipped", "a - 1 + y"),
        ("half", "(1 - p) * (a - y)"),
        ("half", "a - (1 - p) * y"),
        ("turned", "(1 - 2 * p) * (a - y)"),
        ("turned", "(1 - p) * (a - y) - p * (a - y)"),
        ("swapped", "a - p * y - (1 - p) * (1 - y)"),
        ("M13", "(a - (1 - p) * y - p * (1 - y)) * a * (1 - a)"),
        ("link", "(a - (1 - p) * y - p * (1 - y)) / (a * (1 - a))"),
        ("shift", "a - y + p"),
        ("shift", "a - y - p"),
        ("turned", "(1 - p) * (a - y) + p * (a + y)"),
        ("half", "(1 - p) * (a - y) + p * (a - 1)"),
        ("sign", "(1 - p) * y + p * (1 - y) - a"),
        ("clean", "y - a"),
        ("symbols", "a - (1 - k) * y - k * (1 - y)"),
        ("factor-2", "2 * (a - (1 - p) * y - p * (1 - y))"),
        ("mean", "2*a-1"),
        ("smoothed", "a-(1-p)*y-p/2"),
        ("turned", "(1-p)*(a-y)+p*((1-a)-y)"),
        ("half", "a-p*(1-y)"),
        ("shift", "a-y+p*(1-y)"),
        ("twice", "a-y+p*(a-1+y)"),
        ("M13", "-(1-p)*sp.log(a)-p*sp.log(1-a)"),
        ("turned", "a-sp.Abs(y-p)"),
        ("link", "-(y-p)/a"),
        ("one-label", "a-1+p"),
        ("one-label", "a-p"),
    ],
}
