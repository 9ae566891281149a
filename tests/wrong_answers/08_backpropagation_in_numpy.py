"""What students answer to the exercises of chapter 8: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

RIGHT = {
    "8.1": ['{"A": "b", "B": "c", "C": "a", "D": "d", "E": "f"}'],
    "8.2": [
        "(probabilities - np.eye(3)[labels]) / 2",
        "[[0.1, 0.25, -0.35], [-0.2, 0.15, 0.05]]",
        "np.array([[p - (k == label) for k, p in enumerate(row)] for row, label in zip(probabilities, labels)]) / 2",
    ],
    "8.3": [
        "-np.sum(shares * np.log(shares))",
        "0.80182",
        "np.log(10) - 0.7 * np.log(7) - 0.2 * np.log(2)",
        "np.mean([-np.log(0.7)] * 140 + [-np.log(0.2)] * 40 + [-np.log(0.1)] * 20)",
    ],
    "8.4": [
        """
def score(a, labels):
    N, K = a.shape
    y = np.eye(K)[labels]
    loss = -np.sum(y * np.log(a)) / N
    accuracy = np.mean(a.argmax(axis=1) == labels)
    return y, loss, accuracy
""",
        """
def score(a, labels):
    y = labels[:, np.newaxis] == np.arange(a.shape[1])
    loss = np.mean(-np.log(a[y]))
    accuracy = (a.argmax(axis=1) == labels).sum() / len(labels)
    return y, loss, accuracy
""",
        """
def score(a, labels):
    y, loss, hits = np.zeros(a.shape, dtype=int), 0.0, 0
    for n, label in enumerate(labels):
        y[n, label] = 1
        loss -= np.log(a[n, label]) / len(a)
        hits += all(a[n, label] >= p for p in a[n])
    return [y, loss, hits / len(a)]
""",
        """
def score(a, labels):
    y = [[float(k == label) for k in range(a.shape[1])] for label in labels]
    rows = np.arange(len(a))
    loss = -np.log(a[rows, labels]).mean(keepdims=True)
    return y, loss, float(np.mean(a[rows, labels] == a.max(axis=1)))
""",
    ],
    "8.5": [
        """
def forward(x, layers):
    activations = [x]
    for number, (W, b) in enumerate(layers, start=1):
        z = activations[-1] @ W.T + b
        a = np.tanh(z) if number < len(layers) else softmax(z)
        activations.append(a)
    return activations
""",
        """
def forward(x, layers):
    a, kept = x, (x,)
    for W, b in layers[:-1]:
        a = np.tanh(np.einsum("nk,ik->ni", a, W) + b)
        kept += (a,)
    W, b = layers[-1]
    e = np.exp(a @ W.T + b)
    return kept + (e / e.sum(axis=1)[:, None],)
""",
        """
def forward(x, layers):
    (W, b), rest = layers[0], layers[1:]
    z = (W @ x.T).T + b
    if not rest:
        return [x, softmax(z)]
    return [x] + forward_again(2 / (1 + np.exp(-2 * z)) - 1, rest)


def forward_again(x, layers):
    return forward(x, layers)
""",
    ],
    "8.6": [
        """
def backward(activations, y, layers):
    delta = (activations[-1] - y) / len(y)
    dWs, dbs = [], []
    for (W, b), a_in in zip(layers[::-1], activations[-2::-1]):
        dWs.insert(0, delta.T @ a_in)
        dbs.insert(0, delta.sum(axis=0))
        delta = (delta @ W) * (1 - a_in**2)
    return dWs, dbs
""",
        """
def backward(activations, y, layers):
    N, L = len(y), len(layers)
    dWs, dbs = [None] * L, [None] * L
    delta = activations[L] - y
    for k in range(L - 1, -1, -1):
        dWs[k] = np.einsum("ni,nk->ik", delta, activations[k]) / N
        dbs[k] = delta.mean(axis=0)
        if k > 0:
            delta = delta @ layers[k][0] * (1 - activations[k]) * (1 + activations[k])
    return tuple(dWs), tuple(dbs)
""",
        """
def backward(activations, y, layers):
    dWs = [np.zeros(W.shape) for W, b in layers]
    dbs = [np.zeros(b.shape) for W, b in layers]
    for n in range(len(y)):
        delta = activations[-1][n] - y[n]
        for k in reversed(range(len(layers))):
            a_in = activations[k][n]
            dWs[k] += np.outer(delta, a_in) / len(y)
            dbs[k] += delta / len(y)
            delta = layers[k][0].T @ delta * (1 - a_in * a_in)
    return [dWs, dbs]
""",
        """
def backward(activations, y, layers):
    deltas = [(activations[-1] - y).T / len(y)]
    for (W, b), a in zip(layers[:0:-1], activations[-2:0:-1]):
        deltas.append(W.T @ deltas[-1] * (1 - a.T**2))
    deltas.reverse()
    return [d @ a for d, a in zip(deltas, activations)], [d.sum(axis=1) for d in deltas]
""",
    ],
    "8.7": [
        """
def train(x, y, layers, orders, batch_size, learning_rate):
    losses = []
    for order in orders:
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            activations = forward(x[rows], layers)
            loss = -np.sum(y[rows] * np.log(activations[-1])) / len(rows)
            losses.append(loss)
            dWs, dbs = backward(activations, y[rows], layers)
            layers = [(W - learning_rate * dW, b - learning_rate * db) for (W, b), dW, db in zip(layers, dWs, dbs)]
    return [W for W, b in layers], [b for W, b in layers], losses
""",
        """
def train(x, y, layers, orders, batch_size, learning_rate):
    Ws, bs = [W.copy() for W, b in layers], [b.copy() for W, b in layers]
    losses = []
    for order in orders:
        while len(order):
            rows, order = order[:batch_size], order[batch_size:]
            activations = forward(x[rows], list(zip(Ws, bs)))
            truth = y[rows].argmax(axis=1)
            losses.append(-np.log(activations[-1][np.arange(len(rows)), truth]).mean())
            for p, dp in zip(Ws + bs, sum(backward(activations, y[rows], list(zip(Ws, bs))), [])):
                p -= learning_rate * dp
    return Ws, bs, np.array(losses)
""",
        """
def train(x, y, layers, orders, batch_size, learning_rate):
    layers, losses = [[1.0 * W, 1.0 * b] for W, b in layers], ()
    for order in orders:
        xs, ys = x[order], y[order]
        for piece in np.array_split(np.arange(len(x)), range(batch_size, len(x), batch_size)):
            a = forward(xs[piece], layers)
            losses += (np.mean(np.sum(-ys[piece] * np.log(a[-1]), axis=1)),)
            for layer, dW, db in zip(layers, *backward(a, ys[piece], layers)):
                layer[0] = layer[0] - learning_rate * dW
                layer[1] = layer[1] - learning_rate * db
    return tuple(W for W, _ in layers), tuple(b for _, b in layers), losses
""",
    ],
    "8.8": ['{"A": "b", "B": "c", "C": "a", "D": "d", "E": "e", "F": "a"}'],
    "8.9": [
        """
def learn(x, y, W1, b1, W2, b2, learning_rate, steps):
    losses = []
    for _ in range(steps):
        a1 = np.tanh(x @ W1.T + b1)
        a2 = sigmoid(a1 @ W2.T + b2)
        losses.append(-np.mean(y * np.log(a2) + (1 - y) * np.log(1 - a2)))
        delta2 = (a2 - y) / len(x)
        dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)
        delta1 = (delta2 @ W2) * (1 - a1**2)
        dW1, db1 = delta1.T @ x, delta1.sum(axis=0)
        W1, b1 = W1 - learning_rate * dW1, b1 - learning_rate * db1
        W2, b2 = W2 - learning_rate * dW2, b2 - learning_rate * db2
    return W1, b1, W2, b2, losses
""",
        """
def learn(x, y, W1, b1, W2, b2, learning_rate, steps):
    W1, b1, W2, b2 = W1.copy(), b1.copy(), W2.copy(), b2.copy()
    losses, k = np.zeros(steps), 0
    while k < steps:
        a1 = np.tanh(x @ W1.T + b1)
        z = a1 @ W2.T + b2
        losses[k] = np.mean(np.log(1 + np.exp(z)) - y * z)
        delta2 = (1 / (1 + np.exp(-z)) - y) / len(y)
        delta1 = delta2 * W2 * (1 - a1) * (1 + a1)
        W2 -= learning_rate * delta2.T @ a1
        b2 -= learning_rate * delta2.sum(axis=0)
        W1 -= learning_rate * delta1.T @ x
        b1 -= learning_rate * delta1.sum(axis=0)
        k += 1
    return [W1, b1, W2, b2, losses]
""",
        """
def learn(x, y, W1, b1, W2, b2, learning_rate, steps):
    if steps == 0:
        return W1, b1, W2, b2, []
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    loss = -np.mean(np.where(y == 1, np.log(a2), np.log(1 - a2)))
    d2 = (a2 - y) / len(y)
    d1 = d2 @ W2 - d2 @ W2 * a1**2
    new = [p - learning_rate * dp for p, dp in zip((W1, b1, W2, b2), (d1.T @ x, d1.sum(0), d2.T @ a1, d2.sum(0)))]
    *new, losses = learn(x, y, *new, learning_rate, steps - 1)
    return *new, [loss, *losses]
""",
    ],
    "8.10": [
        "1 - sp.exp(-a_s)",
        "(sp.exp(a_s) - 1) / sp.exp(a_s)",
        "1 / (1 + sp.exp(-sp.log(sp.exp(a_s) - 1)))",
        "1 - 1 / sp.exp(a_s)",
        "sp.expand((1 - sp.exp(-a_s / 2)) * (1 + sp.exp(-a_s / 2)))",
    ],
    "8.11": [
        "(a_3 - y_1) * w_3 * (1 - a_2**2) * w_2 * (1 - a_1**2) * x_1",
        "sp.diff(sp.log(1 + sp.exp(z)) - y_1 * z, w_1)"
        " if (z := w_3 * sp.tanh(w_2 * sp.tanh(w_1 * x_1 + b_1) + b_2) + b_3) else None",
        "w_2 * w_3 * x_1 * (a_3 - y_1) * (a_1 - 1) * (a_1 + 1) * (a_2 - 1) * (a_2 + 1)",
        "(1 / (1 + sp.exp(-w_3 * a_2 - b_3)) - y_1) * w_3 / sp.cosh(w_2 * a_1 + b_2) ** 2 * w_2 * (1 - a_1**2) * x_1",
        "sp.expand(-(y_1 - a_3) * w_3 * (1 - a_2**2)) * w_2 * (x_1 - x_1 * a_1**2)",
    ],
}

A3 = "(a_3 - y_1)"

WRONG = {
    "8.1": [
        ("where", '{"A": "c", "B": "c", "C": "a", "D": "d", "E": "f"}'),
        ("where", '{"A": "b", "B": "b", "C": "a", "D": "d", "E": "f"}'),
        ("M9", '{"A": "b", "B": "c", "C": "b", "D": "d", "E": "f"}'),
        ("update-first", '{"A": "b", "B": "c", "C": "a", "D": "b", "E": "f"}'),
        ("update-first", '{"A": "b", "B": "c", "C": "a", "D": "e", "E": "f"}'),
        ("cache", '{"A": "b", "B": "c", "C": "a", "D": "d", "E": "a"}'),
        ("cache", '{"A": "b", "B": "c", "C": "a", "D": "d", "E": "e"}'),
        ("missing", '{"A": "b", "B": "c", "C": "a", "D": "d"}'),
        ("type", '"bcadf"'),
    ],
    "8.2": [
        ("sum", "probabilities - np.eye(3)[labels]"),
        ("mean", "(probabilities - np.eye(3)[labels]) / 6"),
        ("mean", "(probabilities - np.eye(3)[labels]) / 3"),
        ("mean", "(probabilities - np.eye(3)[labels]).mean(axis=0)"),
        ("sign", "(np.eye(3)[labels] - probabilities) / 2"),
        ("off-by-one", "(probabilities - np.eye(3)[labels - 1]) / 2"),
        ("extra-slope", "(probabilities - np.eye(3)[labels]) * probabilities * (1 - probabilities) / 2"),
        ("one-class", "(probabilities - 1) * np.eye(3)[labels] / 2"),
        ("half-way", "-np.eye(3)[labels] / probabilities / 2"),
        ("M13", "-np.eye(3)[labels] * np.log(probabilities) / 2"),
        ("swapped", "(probabilities - np.eye(3)[labels[::-1]]) / 2"),
        ("prediction", "(probabilities - np.eye(3)[probabilities.argmax(axis=1)]) / 2"),
        ("labels", "(probabilities - labels[:, None]) / 2"),
        ("M8", "((probabilities - np.eye(3)[labels]) / 2).T"),
    ],
    "8.3": [
        ("no-knowledge", "np.log(3)"),
        ("error-rate", "0.3"),
        ("one-class", "-np.log(0.7)"),
        ("one-class", "-0.7 * np.log(0.7)"),
        ("unweighted", "-np.sum(np.log(shares))"),
        ("unweighted", "-np.mean(np.log(shares))"),
        ("logarithm", "-np.sum(shares * np.log2(shares))"),
        ("logarithm", "-np.sum(shares * np.log10(shares))"),
        ("mean", "-np.mean(shares * np.log(shares))"),
        ("binary", "-np.sum(shares * np.log(shares) + (1 - shares) * np.log(1 - shares))"),
        ("squares", "1 - np.sum(shares**2)"),
        ("sum", "-np.sum(200 * shares * np.log(shares))"),
        ("sign", "np.sum(shares * np.log(shares))"),
        ("digits", "0.80"),
        ("digits", "0.802"),
    ],
    "8.4": [
        ("off-by-one", "np.eye(K)[labels]", "np.eye(K)[labels - 1]"),
        ("off-by-one", "N, K = a.shape", "N, K = a.shape\n    labels = labels - 1"),
        (
            "transposed",
            "np.eye(K)[labels]\n    loss = -np.sum(y * np.log(a)) / N",
            "np.eye(K)[labels].T\n    loss = -np.sum(y.T * np.log(a)) / N",
        ),
        ("prediction", "return y,", "return np.eye(K)[a.argmax(axis=1)],"),
        ("labels", "return y,", "return 1 - y,"),
        ("sum", " / N", ""),
        ("mean", "-np.sum(y * np.log(a)) / N", "-np.mean(y * np.log(a))"),
        ("sign", "-np.sum", "np.sum"),
        ("logarithm", "np.log(a)", "np.log2(a)"),
        ("logarithm", "np.log(a)", "np.log10(a)"),
        ("logarithm", "-np.sum(y * np.log(a)) / N", "-np.log(np.sum(y * a) / N)"),
        ("binary", "y * np.log(a)", "y * np.log(a) + (1 - y) * np.log(1 - a)"),
        ("prediction", "-np.sum(y * np.log(a)) / N", "-np.mean(np.log(a.max(axis=1)))"),
        ("all-classes", "y * np.log(a)", "np.log(a)"),
        ("entropy", "y * np.log(a)", "a * np.log(a)"),
        ("squares", "-np.sum(y * np.log(a)) / N", "np.sum((a - y) ** 2) / N / 2"),
        ("count", "np.mean(a.argmax(axis=1) == labels)", "np.sum(a.argmax(axis=1) == labels)"),
        ("count", "np.mean(a.argmax(axis=1) == labels)", "100 * np.mean(a.argmax(axis=1) == labels)"),
        ("error-rate", "a.argmax(axis=1) == labels", "a.argmax(axis=1) != labels"),
        ("entries", "np.mean(a.argmax(axis=1) == labels)", "np.mean((a > 0.5) == y)"),
        ("threshold", "np.mean(a.argmax(axis=1) == labels)", "np.mean(a[y == 1] > 0.5)"),
        ("threshold", "np.mean(a.argmax(axis=1) == labels)", "np.mean(a[y == 1])"),
        ("argmin", "argmax", "argmin"),
        ("axis", "a.argmax(axis=1)", "a.argmax(axis=0)"),
        ("nothing-returned", "    return y, loss, accuracy", ""),
        ("type", "return y, loss, accuracy", "return y, loss"),
    ],
    "8.5": [
        ("bias", "W.T + b", "W.T"),
        ("bias", "W.T + b", "W.T - b"),
        ("M8", "@ W.T", "@ W"),
        ("output", "else softmax(z)", "else np.tanh(z)"),
        ("output", "else softmax(z)", "else sigmoid(z)"),
        ("output", "else softmax(z)", "else z"),
        ("output", "np.tanh(z) if number < len(layers) else softmax(z)", "softmax(z)"),
        ("output", "else softmax(z)", "else softmax(np.tanh(z))"),
        ("hidden", "np.tanh(z) if", "sigmoid(z) if"),
        ("hidden", "np.tanh(z) if", "z if"),
        ("hidden", "np.tanh(z) if", "np.maximum(z, 0) if"),
        ("axis", "softmax(z)", "softmax(z.T).T"),
        ("axis", "softmax(z)", "np.exp(z) / np.exp(z).sum()"),
        ("softmax", "softmax(z)", "np.exp(z)"),
        ("softmax", "softmax(z)", "z / z.sum(axis=1, keepdims=True)"),
        ("cache", "activations = [x]", "activations = [np.tanh(x)]"),
        ("cache", "return activations", "return activations[1:]"),
        ("cache", "return activations", "return activations[:-1]"),
        ("cache", "return activations", "return activations[-1]"),
        ("order", "return activations", "return activations[::-1]"),
        ("not-passed-on", "activations[-1] @", "x @"),
        ("hidden", "append(a)", "append(z)"),
        (
            "cache",
            "        z = activations[-1] @ W.T + b",
            "        z = (np.tanh(activations[-1]) if number > 1 else x) @ W.T + b\n"
            "        activations.append(z if number < len(layers) else softmax(z))\n"
            "        continue",
        ),
        ("nothing-returned", "    return activations", ""),
        ("output", "number < len(layers)", "number <= len(layers)"),
        ("output", "number < len(layers)", "number < len(layers) - 1"),
        ("early-return", "    return activations", "        return activations"),
    ],
    "8.6": [
        ("M7", " * (1 - a_in**2)", ""),
        ("slope", "1 - a_in**2", "a_in * (1 - a_in)"),
        ("slope", "1 - a_in**2", "1 - a_in"),
        ("slope", "1 - a_in**2", "a_in > 0"),
        ("slope", "1 - a_in**2", "1 + a_in**2"),
        ("M5", "1 - a_in**2", "1 - np.tanh(a_in) ** 2"),
        ("sum", " / len(y)", ""),
        ("sum", "(activations[-1] - y) / len(y)", "y - activations[-1]"),
        ("mean-twice", "delta.T @ a_in", "delta.T @ a_in / len(y)"),
        ("mean-twice", "delta.sum(axis=0)", "delta.mean(axis=0)"),
        ("mean", "/ len(y)", "/ y.size"),
        ("mean", "/ len(y)", "/ len(y[0])"),
        ("sign", "activations[-1] - y", "y - activations[-1]"),
        ("factor-2", "(activations[-1] - y)", "2 * (activations[-1] - y)"),
        ("extra-slope", "/ len(y)", "/ len(y) * activations[-1] * (1 - activations[-1])"),
        ("half-way", "(activations[-1] - y) / len(y)", "-y / activations[-1] / len(y)"),
        ("M8", "delta @ W", "delta @ W.T"),
        ("M8", "delta.T @ a_in", "a_in.T @ delta"),
        ("transpose", "delta.T @ a_in", "delta @ a_in"),
        ("M6", "delta @ W", "delta @ np.linalg.pinv(W).T"),
        ("M1", "delta @ W", "delta[:, :1] * W[0]"),
        ("weights-forgotten", "(delta @ W)", "delta.sum(axis=1, keepdims=True)"),
        ("not-passed-on", "(delta @ W)", "(delta @ dWs[0])"),
        ("not-passed-on", "        delta = (delta @ W) * (1 - a_in**2)\n", ""),
        ("update-first", "(delta @ W)", "(delta @ (W - dWs[0]))"),
        ("off-by-one", "activations[-2::-1]", "activations[::-1]"),
        ("axis", "delta.sum(axis=0)", "delta.sum(axis=1)"),
        ("axis", "delta.sum(axis=0)", "delta.sum()"),
        ("unsummed", "delta.sum(axis=0)", "delta"),
        ("keepdims", "delta.sum(axis=0)", "delta.sum(axis=0, keepdims=True)"),
        ("M1", "delta.sum(axis=0)", "delta[0]"),
        ("order", "insert(0, ", "append("),
        ("mean-twice", "(1 - a_in**2)", "(1 - a_in**2) / len(y)"),
        ("M13", "(activations[-1] - y)", "(activations[-1] - y) ** 2"),
        ("targets", "(activations[-1] - y)", "activations[-1]"),
        ("bias", "delta.sum(axis=0)", "np.ones(len(b))"),
        ("M9", "return dWs, dbs", "return [W - dW for (W, _), dW in zip(layers, dWs)], dbs"),
        ("swapped", "return dWs, dbs", "return dbs, dWs"),
        ("pairs", "return dWs, dbs", "return list(zip(dWs, dbs))"),
        ("shifted", "dbs.insert(0, ", "dbs.append("),
        ("type", "return dWs, dbs", "return dWs"),
        ("type", "zip(layers[::-1], activations[-2::-1])", "list(zip(layers[::-1], activations[-2::-1]))[:-1]"),
        ("changed-inputs", "    dWs, dbs = [], []", "    dWs, dbs = [], []\n    activations[-1] -= y"),
        ("M7", "/ len(y)\n    dWs, dbs = [], []\n", "/ len(y)\n    dWs, dbs, delta = [], [], -delta\n", ""),
    ],
    "8.7": [
        (
            "loss-after",
            "zip(layers, dWs, dbs)]",
            "zip(layers, dWs, dbs)]\n"
            "            losses[-1] = -np.sum(y[rows] * np.log(forward(x[rows], layers)[-1])) / len(rows)",
        ),
        (
            "loss-of-all",
            "-np.sum(y[rows] * np.log(activations[-1])) / len(rows)",
            "-np.sum(y * np.log(forward(x, layers)[-1])) / len(x)",
        ),
        ("loss-sum", "np.log(activations[-1])) / len(rows)", "np.log(activations[-1]))"),
        (
            "loss-sum",
            "-np.sum(y[rows] * np.log(activations[-1])) / len(rows)",
            "-np.mean(y[rows] * np.log(activations[-1]))",
        ),
        ("sign", "loss = -np", "loss = np"),
        ("short-batch", "range(0, len(x), batch_size)", "range(0, len(x) - batch_size + 1, batch_size)"),
        (
            "short-batch",
            "rows = order[start : start + batch_size]",
            "rows = order[start : start + batch_size]\n            if len(rows) < batch_size:\n                break",
        ),
        (
            "whole-batch",
            "order[start : start + batch_size]",
            "order",
        ),
        (
            "order",
            "rows = order[start : start + batch_size]",
            "rows = range(start, min(start + batch_size, len(x)))\n            rows = list(rows)",
        ),
        ("order", "for order in orders:", "for order in [orders[0]] * len(orders):"),
        (
            "order",
            "for order in orders:\n",
            "for order in orders:\n        x, y, order = x[order], y[order], np.arange(len(x))\n",
        ),
        ("order", "for order in orders:\n", "for order in orders:\n        order = np.argsort(order)\n"),
        ("short-batch", "range(0, len(x), batch_size)", "range(0, len(x) - 1, batch_size)"),
        ("off-by-one", "order[start : start + batch_size]", "order[start : start + batch_size - 1]"),
        ("off-by-one", "order[start : start + batch_size]", "order[start : start + batch_size + 1]"),
        ("off-by-one", "range(0, len(x), batch_size)", "range(1, len(x), batch_size)"),
        ("overlap", "range(0, len(x), batch_size)", "range(0, len(x))"),
        ("loss-sum", "np.log(activations[-1])) / len(rows)", "np.log(activations[-1])) / batch_size"),
        ("loss-sum", "losses.append(loss)", "losses.append(loss + sum(losses[-1:]))"),
        ("epoch-losses", "for order in orders:\n", "for order in orders:\n        losses = []\n"),
        ("other-loss", "-np.sum(y[rows] * np.log(activations[-1]))", "np.sum((activations[-1] - y[rows]) ** 2) / 2"),
        ("out-of-step", "y[rows]", "y[start : start + batch_size]"),
        ("ascent", "W - learning_rate * dW, b - learning_rate * db", "W + learning_rate * dW, b + learning_rate * db"),
        ("learning-rate", "W - learning_rate * dW, b - learning_rate * db", "W - dW, b - db"),
        (
            "mean-twice",
            "(W - learning_rate * dW, b - learning_rate * db)",
            "(W - learning_rate * dW / len(rows), b - learning_rate * db / len(rows))",
        ),
        (
            "mean-twice",
            "(W - learning_rate * dW, b - learning_rate * db)",
            "(W - learning_rate * dW / batch_size, b - learning_rate * db / batch_size)",
        ),
        ("early-return", "    return [W", "            return [W"),
        ("early-return", "    return [W", "        return [W"),
        ("last-epoch", "in orders:", "in orders[:-1]:"),
        (
            "stale",
            "        for start in range(0, len(x), batch_size):\n"
            "            rows = order[start : start + batch_size]\n"
            "            activations = forward(x[rows], layers)",
            "        kept = forward(x, layers)\n"
            "        for start in range(0, len(x), batch_size):\n"
            "            rows = order[start : start + batch_size]\n"
            "            activations = [a[rows] for a in kept]",
        ),
        (
            "M3",
            "            dWs, dbs = backward(activations, y[rows], layers)",
            "            new = backward(activations, y[rows], layers)\n"
            "            if len(losses) == 1:\n"
            "                dWs, dbs = new\n"
            "            else:\n"
            "                dWs = [a + b for a, b in zip(dWs, new[0])]\n"
            "                dbs = [a + b for a, b in zip(dbs, new[1])]",
        ),
        ("no-step", "            layers = [", "            new_layers = ["),
        ("bias", "b - learning_rate * db", "b"),
        ("weights", "W - learning_rate * dW", "W"),
        ("M9", "(W - learning_rate * dW, b - learning_rate * db)", "(dW, db)"),
        (
            "epoch-losses",
            "    return [W for W, b in layers]",
            "    losses = np.reshape(losses, (len(orders), -1)).mean(axis=1)\n    return [W for W, b in layers]",
        ),
        (
            "changed-inputs",
            "            layers = [(W - learning_rate * dW, b - learning_rate * db) for (W, b)",
            "            for (W, b), dW, db in zip(layers, dWs, dbs):\n"
            "                W -= learning_rate * dW\n"
            "                b -= learning_rate * db\n"
            "            layers = [(W, b) for (W, b)",
        ),
        ("nothing-returned", "    return [W", "    [W"),
        (
            "swapped",
            "return [W for W, b in layers], [b for W, b in layers]",
            "return [b for W, b in layers], [W for W, b in layers]",
        ),
        ("type", "return [W for W, b in layers], [b for W, b in layers], losses", "return layers, losses"),
        (
            "calls-missing",
            "    losses = []",
            "    def backward(*arrays):\n        raise NotImplementedError('replace this line')\n\n    losses = []",
        ),
    ],
    "8.8": [
        ("no-bug", '{"A": "a", "B": "c", "C": "a", "D": "d", "E": "e", "F": "a"}'),
        ("no-bug", '{"A": "b", "B": "a", "C": "a", "D": "d", "E": "e", "F": "a"}'),
        ("short-batch", '{"A": "b", "B": "c", "C": "c", "D": "d", "E": "e", "F": "a"}'),
        ("update-first", '{"A": "b", "B": "c", "C": "a", "D": "f", "E": "e", "F": "a"}'),
        ("out-of-step", '{"A": "b", "B": "c", "C": "a", "D": "d", "E": "e", "F": "b"}'),
        ("M3", '{"A": "b", "B": "c", "C": "a", "D": "d", "E": "e", "F": "e"}'),
        ("no-bug", '{"A": "a", "B": "a", "C": "a", "D": "a", "E": "a", "F": "a"}'),
        ("type", '"bcadea"'),
    ],
    "8.9": [
        (
            "update-first",
            "        delta1 =",
            "        W2 = W2 - learning_rate * dW2\n        dW2 = 0\n        delta1 =",
        ),
        ("off-by-one", "range(steps)", "range(1, steps)"),
        ("off-by-one", "range(steps)", "range(steps + 1)"),
        ("early-return", "    return W1", "        return W1"),
        ("sign", "a2 - y", "y - a2"),
        ("sum", " / len(x)", ""),
        ("mean-twice", "delta1.T @ x, delta1.sum(axis=0)", "delta1.T @ x / len(x), delta1.mean(axis=0)"),
        ("learning-rate", "- learning_rate *", "-"),
        ("M7", " * (1 - a1**2)", ""),
        ("slope", "1 - a1**2", "a1 * (1 - a1)"),
        ("slope", "1 - a1**2", "1 - a1"),
        ("extra-slope", "(a2 - y) / len(x)", "(a2 - y) / len(x) * a2 * (1 - a2)"),
        ("weights-forgotten", "(delta2 @ W2)", "delta2"),
        ("not-passed-on", "delta2 @ W2", "delta2 @ dW2"),
        ("loss-sum", "-np.mean(y", "-np.sum(y"),
        ("hidden", "np.tanh(x @ W1.T + b1)", "sigmoid(x @ W1.T + b1)"),
        ("axis", "delta1.sum(axis=0)", "delta1.sum()"),
        ("mean-twice", "delta1.sum(axis=0)", "delta1.mean(axis=0)"),
        ("other-loss", " + (1 - y) * np.log(1 - a2)", ""),
        ("weights", "W2, b2 = W2 - learning_rate * dW2, b2 - learning_rate * db2", "W2, b2 = W2, b2"),
        (
            "stale",
            "    for _ in range(steps):\n        a1 = np.tanh(x @ W1.T + b1)",
            "    a1 = np.tanh(x @ W1.T + b1)\n    for _ in range(steps):",
        ),
        ("sign", "-np.mean(y", "np.mean(y"),
        ("nothing-returned", "    return W1, b1, W2, b2, losses", ""),
        (
            "changed-inputs",
            "W1, b1 = W1 - learning_rate * dW1, b1 - learning_rate * db1",
            "W1 -= learning_rate * dW1\n        b1 -= learning_rate * db1",
        ),
        ("type", "return W1, b1, W2, b2, losses", "return W1, b1, W2, b2"),
    ],
    "8.10": [
        ("M5", "1 / (1 + sp.exp(-a_s))"),
        ("sigmoid", "a_s * (1 - a_s)"),
        ("tanh", "1 - a_s**2"),
        ("M12", "sp.exp(-a_s)"),
        ("M12", "sp.exp(a_s) - 1"),
        ("M12", "1 / a_s"),
        ("inverse", "sp.log(sp.exp(a_s) - 1)"),
        ("inverse", "1 / (1 - sp.exp(-a_s))"),
        ("M5", "1 / (1 + sp.exp(a_s))"),
        ("M12", "sp.exp(-a_s) * (1 - sp.exp(-a_s))"),
        ("sign", "1 - sp.exp(a_s)"),
        ("sign", "sp.exp(-a_s) - 1"),
        ("sign", "1 + sp.exp(-a_s)"),
        ("rectified", "sp.Integer(1)"),
        ("inner", "1 + sp.exp(a_s)"),
        ("symbols", "sp.exp(sp.Symbol('z')) / (1 + sp.exp(sp.Symbol('z')))"),
        ("unknown", "sp.sin(a_s)"),
    ],
    "8.11": [
        ("M7", f"{A3} * w_3 * w_2 * (1 - a_1**2) * x_1"),
        ("M7", f"{A3} * w_3 * (1 - a_2**2) * w_2 * x_1"),
        ("M7", f"{A3} * w_3 * w_2 * x_1"),
        ("slope", f"{A3} * w_3 * a_2 * (1 - a_2) * w_2 * a_1 * (1 - a_1) * x_1"),
        ("slope", f"{A3} * w_3 * (1 - a_2) * w_2 * (1 - a_1) * x_1"),
        ("M5", f"{A3} * w_3 * (1 - sp.tanh(a_2)**2) * w_2 * (1 - sp.tanh(a_1)**2) * x_1"),
        ("extra-slope", f"{A3} * a_3 * (1 - a_3) * w_3 * (1 - a_2**2) * w_2 * (1 - a_1**2) * x_1"),
        ("extra-slope", f"{A3} * (1 - a_3**2) * w_3 * (1 - a_2**2) * w_2 * (1 - a_1**2) * x_1"),
        ("half-way", f"{A3} / a_3 / (1 - a_3) * w_3 * (1 - a_2**2) * w_2 * (1 - a_1**2) * x_1"),
        ("weights-forgotten", f"{A3} * (1 - a_2**2) * w_2 * (1 - a_1**2) * x_1"),
        ("weights-forgotten", f"{A3} * w_3 * (1 - a_2**2) * (1 - a_1**2) * x_1"),
        ("own-value", f"{A3} * w_3 * (1 - a_2**2) * w_2 * (1 - a_1**2) * w_1 * x_1"),
        ("incoming", f"{A3} * w_3 * (1 - a_2**2) * w_2 * (1 - a_1**2)"),
        ("incoming", f"{A3} * w_3 * (1 - a_2**2) * w_2 * (1 - a_1**2) * a_1"),
        ("too-early", f"{A3} * w_3 * (1 - a_2**2) * a_1"),
        ("too-early", f"{A3} * a_2"),
        ("off-by-one", f"{A3} * w_3 * (1 - a_3**2) * w_2 * (1 - a_2**2) * x_1"),
        ("sign", "(y_1 - a_3) * w_3 * (1 - a_2**2) * w_2 * (1 - a_1**2) * x_1"),
        ("M7", "(y_1 - a_3) * w_3 * w_2 * x_1"),
        ("type", f"'{A3} * x_1'"),
    ],
}
WRONG["8.6"].pop()

# what an examiner tried besides
WRONG["8.2"] += [
    ("M13", "-np.mean(np.log(probabilities[[0,1],labels]))"),
    ("M13", "(np.log(probabilities)-np.eye(3)[labels])/2"),
    ("squares", "(probabilities-np.eye(3)[labels])**2/4"),
    ("one-class", "(probabilities*(1-np.eye(3)[labels]))/2"),
    ("softmax", "(softmax(probabilities)-np.eye(3)[labels])/2"),
    ("sum", "2*(probabilities-np.eye(3)[labels])"),
    ("half-way", "-np.eye(3)[labels]/probabilities"),
    ("sign", "abs(probabilities-np.eye(3)[labels])/2"),
    ("labels", "(probabilities-1)/2"),
]
WRONG["8.3"] += [
    ("accuracy", "0.7"),
    ("one-class", "-0.7*np.log(0.7)-0.2*np.log(0.2)"),
    ("no-knowledge", "np.log(200)"),
    ("one-class", "-np.log(0.1)"),
    ("swapped", "-(0.7*np.log(0.2)+0.2*np.log(0.7)+0.1*np.log(0.1))"),
    ("no-knowledge", "-np.log(1/200)"),
    ("one-class", "-np.log(0.2)"),
    ("no-knowledge", "np.log(2)"),
    ("count", "80.18"),
    ("count", "-sum(n*np.log(n) for n in (140,40,20))"),
    ("unweighted", "-sum(np.log(n/200) for n in (140,40,20))/200"),
]
WRONG["8.4"] += [
    ("mean", "/ N\n", "/ K\n"),
    ("axis", "a.argmax(axis=1) == labels", "a.argmax(axis=0)[labels] == labels"),
    ("mean", "np.mean(a.argmax(axis=1) == labels)", "np.sum(a.argmax(axis=1) == labels) / K"),
    ("clipped", "np.log(a)", "np.log(a + 1e-3)"),
    ("axis", "-np.sum(y * np.log(a)) / N", "-np.mean(np.log(a[:, labels]))"),
    ("axis", "np.eye(K)[labels]", "np.zeros((N, K)); y[:, labels] = 1"),
    ("order", "return y, loss, accuracy", "return y, accuracy, loss"),
    ("mean", "-np.sum(y * np.log(a)) / N", "-np.sum(y * np.log(a), axis=1)"),
    (
        "labels",
        "y = np.eye(K)[labels]\n    loss = -np.sum(y * np.log(a)) / N",
        "y = np.eye(K)[labels]\n    loss = -np.sum(labels[:, None] * np.log(a)) / N",
    ),
    ("softmax", "np.log(a)", "np.log(softmax(a))"),
]
WRONG["8.5"] += [
    ("output", "number < len(layers)", "number == 1"),
    ("bias", "activations[-1] @ W.T + b", "(activations[-1] @ W.T + b) * 1.0 + b"),
    ("output", "softmax(z)", "np.eye(z.shape[1])[z.argmax(axis=1)]"),
]
WRONG["8.6"] += [
    ("slope", "(1 - a_in**2)", "sigmoid.slope(a_in)"),
    ("slope", "(1 - a_in**2)", "(1 - a_in**2)**2"),
    ("factor-2", "(1 - a_in**2)", "(1 - a_in**2) / 2"),
]
WRONG["8.7"] += [
    ("loss-sum", "/ len(rows)\n", "/ len(x)\n"),
    ("ascent", "b - learning_rate * db", "b + learning_rate * db"),
    ("skipped", "range(0, len(x), batch_size)", "range(0, 1)"),
    ("order", "for order in orders:\n", "for order in orders:\n        x, y = x[order], y[order]\n"),
    (
        "out-of-step",
        "for order in orders:\n",
        "for order in orders:\n        x = x[order]; order = np.arange(len(x))\n",
    ),
    ("skipped", "range(0, len(x), batch_size)", "range(batch_size, len(x), batch_size)"),
    (
        "prediction",
        "-np.sum(y[rows] * np.log(activations[-1])) / len(rows)",
        "-np.mean(np.log(activations[-1].max(axis=1)))",
    ),
]
WRONG["8.9"] += [
    ("bias", "W2, b2 = W2 - learning_rate * dW2, b2 - learning_rate * db2", "W2 = W2 - learning_rate * dW2"),
]
WRONG["8.10"] += [
    ("inverse", "1/(sp.exp(a_s)-1)"),
    ("M12", "sp.exp(a_s)"),
    ("tanh", "1-a_s"),
    ("M5", "a_s"),
    ("inverse", "1/(1+1/sp.log(a_s))"),
    ("inverse", "a_s/(1+a_s)"),
    ("inverse", "1/(1+sp.exp(-(sp.exp(a_s)-1)))"),
    ("sign", "(sp.exp(a_s)-1)/(sp.exp(a_s)+1)"),
    ("M12", "1-sp.exp(-2*a_s)"),
    ("M12", "(1-sp.exp(-a_s))**2"),
    ("not-done", "sp.log(1+sp.exp(a_s))"),
    ("inverse", "(a_s-1)/a_s"),
]
WRONG["8.11"] += [
    ("M12", "(a_3-y_1)*(w_3*(1-a_2**2)+w_2*(1-a_1**2))*x_1"),
    ("slope", "(a_3-y_1)*w_3*(1-a_2**2)*w_2*a_1*(1-a_1)*x_1"),
    ("incoming", "(a_3-y_1)*w_3*a_2*(1-a_2**2)*w_2*a_1*(1-a_1**2)*x_1"),
    ("off-by-one", "(a_3-y_1)*w_2*(1-a_1**2)*w_1*(1-a_2**2)*x_1"),
    ("off-by-one", "(a_3-y_1)*w_3*(1-a_2**2)*w_1*(1-a_1**2)*x_1"),
    ("one-term", "-y_1/a_3*a_3*(1-a_3)*w_3*(1-a_2**2)*w_2*(1-a_1**2)*x_1"),
    ("off-by-one", "(a_3-y_1)*w_3*(1-a_2**2)**2*w_2*x_1"),
    ("off-by-one", "(a_3-y_1)*w_3**2*(1-a_2**2)*(1-a_1**2)*x_1"),
    ("upstream", "w_3*(1-a_2**2)*w_2*(1-a_1**2)*x_1"),
    ("slope", "(a_3-y_1)*w_3*(1-a_2**2)*w_2*(1-x_1**2)*x_1"),
    ("slope", "(a_3-y_1)*w_3*(1-a_2)**2*w_2*(1-a_1)**2*x_1"),
    ("incoming", "(a_3-y_1)*w_3*(1-a_2**2)*w_2*(1-a_1**2)*(x_1+1)"),
    ("too-early", "(a_3-y_1)*w_3*(1-a_2**2)"),
    ("too-early", "a_3-y_1"),
    ("slope", "(a_3-y_1)*w_3/sp.cosh(w_2*a_1+b_2)*w_2/sp.cosh(w_1*x_1+b_1)*x_1"),
    ("incoming", "(a_3-y_1)*w_3*(1-a_2**2)*a_1*w_2*(1-a_1**2)*x_1"),
]
RIGHT["8.2"] += [
    "0.5*(probabilities-np.eye(3)[labels])",
    "[[.1,.25,-.35],[-.2,.15,.05]]",
    "(lambda d:[d.__setitem__((n,k),d[n,k]-1) for n,k in enumerate(labels)] and d/2)(probabilities.copy())",
    "[[sp.Rational(1,10),sp.Rational(1,4),sp.Rational(-35,100)],[-0.2,0.15,0.05]]",
]
RIGHT["8.3"] += [
    "-(0.7*np.log(0.7)+0.2*np.log(0.2)+0.1*np.log(0.1))",
    "float(-sum(n/200*np.log(n/200) for n in (140,40,20)))",
    "0.801819",
    "-(sp.Rational(7,10)*sp.log(sp.Rational(7,10))+sp.log(sp.Rational(1,5))/5+sp.log(sp.Rational(1,10))/10)",
    "0.8018186",
    "-np.log(0.7**140*0.2**40*0.1**20)/200",
]
RIGHT["8.4"] += [
    """
def score(a, labels):
    N, K = a.shape
    y = np.zeros((N, K)); y[np.arange(N), labels] = 1
    loss = np.mean([-np.log(a[n, labels[n]]) for n in range(N)])
    accuracy = sum(1 for n in range(N) if list(a[n]).index(max(a[n])) == labels[n]) / N
    return y.tolist(), loss, accuracy
""",
    """
def score(a, labels):
    N, K = a.shape
    y = (np.arange(K) == labels.reshape(-1, 1)).astype(int)
    loss = -np.einsum('nk,nk->', y, np.log(a))/N
    accuracy = np.count_nonzero(np.argmax(a, axis=1) == np.argmax(y, axis=1))/N
    return y, loss, accuracy
""",
    """
def score(a, labels):
    y = np.array([np.eye(a.shape[1])[c] for c in labels])
    return y, np.mean(np.sum(-y*np.log(a), axis=1)), (a.argmax(1) == labels).astype(float).mean()
""",
]
RIGHT["8.5"] += [
    """
def forward(x, layers):
    out = [x]
    for W, b in layers[:-1]:
        out.append(np.tanh(out[-1] @ W.T + b))
    W, b = layers[-1]
    out.append(softmax(out[-1] @ W.T + b))
    return out
""",
    """
def forward(x, layers):
    out = [x.copy()]; L = len(layers)
    for l in range(L):
        W, b = layers[l]
        z = np.array([W @ r + b for r in out[l]])
        if l == L-1:
            e = np.exp(z - z.max(axis=1, keepdims=True)); out.append(e/e.sum(axis=1, keepdims=True))
        else:
            out.append((np.exp(z)-np.exp(-z))/(np.exp(z)+np.exp(-z)))
    return out
""",
    """
def forward(x, layers):
    a = x
    acts = [a]
    for i, (W, b) in enumerate(layers):
        z = np.einsum('ni,ki->nk', a, W) + b[None]
        a = softmax(z) if i == len(layers)-1 else np.tanh(z)
        acts += [a.tolist()]
    return tuple(acts)
""",
]
RIGHT["8.6"] += [
    """
def backward(activations, y, layers):
    L = len(layers); dWs = [0]*L; dbs = [0]*L
    delta = (activations[-1]-y)/y.shape[0]
    for l in reversed(range(L)):
        dWs[l] = delta.T @ activations[l]
        dbs[l] = delta.sum(axis=0)
        delta = delta @ layers[l][0] * (1-activations[l]**2)
    return dWs, dbs
""",
    """
def backward(activations, y, layers):
    def go(k, d):
        dW, db = d.T @ activations[k], d.sum(axis=0)
        if k == 0: return [dW], [db]
        Ws, bs = go(k-1, d @ layers[k][0] * (1-activations[k]**2))
        return Ws+[dW], bs+[db]
    return go(len(layers)-1, (activations[-1]-y)/len(y))
""",
    """
def backward(activations, y, layers):
    N = len(y); d = (np.array(activations[-1])-y); dWs=[]; dbs=[]
    for k in range(len(layers)-1,-1,-1):
        dWs.append((d.T @ activations[k]/N).tolist()); dbs.append(list(d.mean(axis=0)))
        if k: d = (layers[k][0].T @ d.T).T*(1-activations[k])*(1+activations[k])
    return dWs[::-1], dbs[::-1]
""",
]
RIGHT["8.7"] += [
    """
def train(x, y, layers, orders, batch_size, learning_rate):
    layers = [(W.copy(), b.copy()) for W, b in layers]
    losses = []
    for order in orders:
        X, Y = x[order], y[order]
        for s in range(0, len(X), batch_size):
            xb, yb = X[s:s+batch_size], Y[s:s+batch_size]
            acts = forward(xb, layers)
            losses.append(float(-(yb*np.log(acts[-1])).sum(axis=1).mean()))
            dWs, dbs = backward(acts, yb, layers)
            for (W, b), dW, db in zip(layers, dWs, dbs):
                W -= learning_rate*dW; b -= learning_rate*db
    Ws, bs = zip(*layers)
    return list(Ws), list(bs), losses
""",
    """
def train(x, y, layers, orders, batch_size, learning_rate):
    Ws, bs = map(list, zip(*layers)); losses = []
    for order in orders:
        for k in range(-(-len(order)//batch_size)):
            r = order[k*batch_size:(k+1)*batch_size]
            acts = forward(x[r], list(zip(Ws, bs)))
            losses.append(np.mean(-np.log((acts[-1]*y[r]).sum(axis=1))))
            g, h = backward(acts, y[r], list(zip(Ws, bs)))
            Ws = [W - learning_rate*d for W, d in zip(Ws, g)]
            bs = [b - learning_rate*d for b, d in zip(bs, h)]
    return Ws, bs, losses
""",
]
RIGHT["8.9"] += [
    """
def learn(x, y, W1, b1, W2, b2, learning_rate, steps):
    losses = []
    for _ in range(0, steps):
        a1 = np.tanh(x @ W1.T + b1)
        a2 = sigmoid(a1 @ W2.T + b2)
        losses.append(-np.mean(y * np.log(a2) + (1 - y) * np.log(1 - a2)))
        delta2 = (a2 - y) / len(x)
        dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)
        old_W2 = W2
        W2, b2 = W2 - learning_rate * dW2, b2 - learning_rate * db2
        delta1 = (delta2 @ old_W2) * (1 - a1**2)
        dW1, db1 = delta1.T @ x, delta1.sum(axis=0)
        W1, b1 = W1 - learning_rate * dW1, b1 - learning_rate * db1
    return W1, b1, W2, b2, losses
""",
    """
def learn(x, y, W1, b1, W2, b2, learning_rate, steps):
    losses = []
    W1, b1, W2, b2 = (p.copy() for p in (W1, b1, W2, b2))
    for step in range(steps):
        g = [np.zeros_like(p) for p in (W1, b1, W2, b2)]; loss = 0
        for xn, yn in zip(x, y):
            h = np.tanh(W1@xn+b1); p = sigmoid(W2@h+b2)
            loss -= (yn*np.log(p)+(1-yn)*np.log(1-p))[0]/len(x)
            d2 = (p-yn)/len(x); d1 = W2.T@d2*(1-h**2)
            for q, v in zip(g, (np.outer(d1,xn), d1, np.outer(d2,h), d2)): q += v
        losses.append(loss)
        for p, q in zip((W1, b1, W2, b2), g): p -= learning_rate*q
    return W1, b1, W2, b2, losses
""",
]
RIGHT["8.10"] += [
    "1-sp.exp(-1.0*a_s)",
    "(sp.exp(a_s)-1)*sp.exp(-a_s)",
    "sp.exp(sp.log(sp.exp(a_s)-1))/(1+sp.exp(sp.log(sp.exp(a_s)-1)))",
    "-sp.expm1(-a_s) if hasattr(sp,'expm1') else 1-sp.exp(-a_s)",
    "0.5*(1+sp.tanh(sp.log(sp.exp(a_s)-1)/2))",
    "2*sp.exp(-a_s/2)*sp.sinh(a_s/2)",
    "(sp.exp(a_s)-1)/(1+sp.exp(a_s)-1)",
    "1-sp.Pow(sp.E,-a_s,evaluate=False)",
    "1-sp.E**(-a_s)",
]
RIGHT["8.11"] += [
    "x_1*(1-a_1**2)*w_2*(1-a_2**2)*w_3*(a_3-y_1)",
    "(a_3-y_1)*w_3*(1-sp.tanh(w_2*a_1+b_2)**2)*w_2*(1-sp.tanh(w_1*x_1+b_1)**2)*x_1",
    "(-y_1/a_3+(1-y_1)/(1-a_3))*a_3*(1-a_3)*w_3*(1-a_2**2)*w_2*(1-a_1**2)*x_1",
    "sp.Mul(1.0,a_3-y_1,w_3,1-a_2**2,w_2,1-a_1**2,x_1,evaluate=False)",
]
