"""What students answer to the exercises of chapter 1: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

RIGHT = {
    "1.1": ['"b"', '" B"'],
    "1.2": [
        '{"A": "backward", "B": "update", "C": "loss", "D": "forward", "E": "update"}',
        '{"E": "Update", "D": "Forward ", "C": "LOSS", "B": "update", "A": "backward"}',
    ],
    "1.3": [
        "[1.0864, -4.074, 0.8148]",
        "(np.prod([1.5, -0.4, 2.0]) * 0.7 - 1.1) * np.prod([1.5, -0.4, 2.0]) * 0.7 / np.array([1.5, -0.4, 2.0])",
        "numerical_gradient(lambda w: (np.prod(w) * 0.7 - 1.1) ** 2 / 2, np.array([1.5, -0.4, 2.0]))",
        "np.array([1.0864, -4.074, 0.8148])",
    ],
    "1.4": [
        "[[0.3, -1.2, 0.48, 0.6], [-0.14, 0.56, -0.224, -0.28]]",
        "np.array([[0.6], [-0.28]]) * [0.5, -2, 0.8, 1]",
        "np.array([0.3, -0.14])[:, None] / 0.5 @ np.array([[0.5, -2, 0.8, 1]])",
    ],
    "1.5": [
        """
def bill(widths):
    weights = [n_in * n_out for n_in, n_out in zip(widths, widths[1:])]
    forward = sum(weights)
    backward = sum(weights) + sum(weights[1:])
    parameters = sum(weights) + sum(widths[1:])
    nudging = 2 * parameters * forward
    return forward, backward, nudging
""",
        """
def bill(widths):
    forward = backward = parameters = 0
    for place in range(1, len(widths)):
        size = widths[place - 1] * widths[place]
        forward += size
        backward += size if place == 1 else 2 * size
        parameters += (widths[place - 1] + 1) * widths[place]
    return [forward, backward, forward * parameters * 2]
""",
        """
def bill(widths):
    n = np.array(widths)
    forward = n[:-1] @ n[1:]
    return forward, 2 * forward - n[0] * n[1], 2.0 * forward * (forward + n.sum() - n[0])
""",
    ],
    "1.6": [
        """
def nudge_one_way(loss_of, w, h):
    base = loss_of(w)
    slopes = np.zeros(len(w))
    for i in range(len(w)):
        nudged = w.copy()
        nudged[i] += h
        slopes[i] = (loss_of(nudged) - base) / h
    return slopes
""",
        """
def nudge_one_way(loss_of, w, h):
    base = loss_of(w)
    return [(loss_of(w + step) - base) / h for step in h * np.eye(w.size)]
""",
        """
def nudge_one_way(loss_of, w, h):
    quotients = []
    for i in range(len(w)):
        old = w[i]
        w[i] = old + h
        quotients.append(loss_of(w) / h)
        w[i] = old
    return np.array(quotients) - loss_of(w) / h
""",
        """
def nudge_one_way(loss_of, w, h):
    places = [list(w)] + [[v + h * (i == k) for k, v in enumerate(w)] for i in range(len(w))]
    losses = np.array([loss_of(place) for place in places])
    return np.diff([losses[:1].repeat(len(w)), losses[1:]], axis=0)[0] / h
""",
    ],
    "1.7": [
        """
def slopes_by_sweep(w, x, y):
    came_in = [x]
    for weight in w:
        came_in.append(weight * came_in[-1])
    back = came_in[-1] - y
    slopes = np.zeros(len(w))
    for i in reversed(range(len(w))):
        slopes[i] = back * came_in[i]
        back = back * w[i]
    return slopes
""",
        """
def slopes_by_sweep(w, x, y):
    came_in = x * np.cumprod(np.append(1.0, w))
    back = np.cumprod(np.append(came_in[-1] - y, w[::-1]))
    return came_in[:-1] * back[-2::-1]
""",
        """
def slopes_by_sweep(w, x, y):
    n = len(w)
    miss = np.prod(w) * x - y
    return [miss * x * np.prod(w[:i]) * np.prod(w[i + 1 :]) for i in range(n)]
""",
        """
def slopes_by_sweep(w, x, y):
    if len(w) == 0:
        return []
    def sweep(i, value):
        if i == len(w):
            return [], value - y
        later, back = sweep(i + 1, w[i] * value)
        return [back * value] + later, back * w[i]
    return np.array(sweep(0, x)[0])
""",
    ],
    "1.8": ['{"A": "a", "B": "d", "C": "f", "D": "e", "E": "c"}'],
    "1.9": [
        """
def repaired_round(w, b, x, y, rate):
    a = np.tanh(x @ w + b)
    off = a - y
    loss = (off**2).mean() / 2
    delta = off * (1 - a**2) / len(y)
    dw, db = x.T @ delta, delta.sum()
    return w - rate * dw, b - rate * db, loss
""",
        """
def repaired_round(w, b, x, y, rate):
    N = len(y)
    dw, db, loss = np.zeros(len(w)), 0.0, 0.0
    for k in range(N):
        z = sum(w[i] * x[k, i] for i in range(len(w))) + b
        miss = np.tanh(z) - y[k]
        delta = miss / np.cosh(z) ** 2
        loss = loss + miss**2 / 2 / N
        db = db + delta / N
        for i in range(len(w)):
            dw[i] += delta * x[k, i] / N
    return [w - rate * dw, b - rate * db, loss]
""",
        """
def repaired_round(w, b, x, y, rate):
    inputs = np.column_stack([x, np.ones(len(y))])
    theta = np.append(w, b)
    a = np.tanh(np.einsum("ni,i->n", inputs, theta))
    theta = theta + rate * np.mean(((y - a) * (1 - a) * (1 + a))[:, None] * inputs, axis=0)
    return theta[:-1], theta[-1], np.square(y - a).sum() / (2 * len(y))
""",
    ],
    "1.10": [
        "(a - y) * (1 - a**2) * x",
        "(sp.tanh(z) - y) * x / sp.cosh(z) ** 2",
        "sp.diff((sp.tanh(w * x + b) - y) ** 2 / 2, w)",
        "sp.expand((y - a) * (a**2 - 1) * x)",
        "(a - y) * (1 - a) * (1 + a) * (z - b) / w",
    ],
    "1.11": [
        "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x",
        "(y_hat - y) * x * v_1 * w_1 + (y_hat - y) * x * v_2 * w_2 + (y_hat - y) * x",
        "sp.diff((v_1 * w_1 * u * x + v_2 * w_2 * u * x + u * x - y) ** 2 / 2, u)",
        "(v_1 * h_1 + v_2 * h_2 + h - y) * y_hat / u",
        "-sp.expand((y - y_hat) * (1 + v_2 * w_2 + v_1 * w_1)) * h / u",
    ],
}

WRONG = {
    "1.1": [("large-weight", '"a"'), ("last-layer", '"c"'), ("M13", '"d"'), ("type", '"w2"'), ("type", "2")],
    "1.2": [
        ("M9", '{"A": "backward", "B": "backward", "C": "loss", "D": "forward", "E": "update"}'),
        ("M9", '{"A": "backward", "B": "update", "C": "loss", "D": "forward", "E": "backward"}'),
        ("M9", '{"A": "update", "B": "update", "C": "loss", "D": "forward", "E": "update"}'),
        ("M9", '{"A": "backward", "B": "update", "C": "backward", "D": "forward", "E": "update"}'),
        ("M13", '{"A": "loss", "B": "update", "C": "loss", "D": "forward", "E": "update"}'),
        ("forward", '{"A": "backward", "B": "update", "C": "forward", "D": "forward", "E": "update"}'),
        ("M9", '{"A": "backward", "B": "update", "C": "loss", "D": "backward", "E": "update"}'),
        ("M9", '{"A": "backward", "B": "backward", "C": "backward", "D": "backward", "E": "backward"}'),
        ("type", '{"A": "3", "B": "update", "C": "loss", "D": "forward", "E": "update"}'),
        ("missing", '{"A": "backward", "B": "update", "C": "loss", "D": "forward"}'),
    ],
    "1.3": [
        ("before-only", "-1.94*np.array([0.7,1.05,-0.42])"),
        ("some-entries", "[-0.56*-1.94,2.1,-0.42]"),
        ("miss", "np.array([1.0864,-4.074,0.8148])*-1.94"),
        ("swapped", "-1.94*0.7*np.array([1.5*-0.4,1.5*2,-0.8])"),
        ("own-weight", "1.94*-0.84*np.ones(3)"),
        ("miss", "-0.84/np.array([1.5,-.4,2])"),
        ("factor-2", "np.array([1.0864,-4.074,0.8148])/2"),
        ("target", "(-0.84+1.1)*0.7*np.array([-.8,3,-.6])"),
        ("M13", "[-1.94, -1.94, -1.94]"),
        ("M13", "np.full(3, 1.94)"),
        ("M13", "np.full(3, -1.94 / 3)"),
        ("own-weight", "np.full(3, -1.94 * -0.84)"),
        ("own-weight", "-1.94 * 0.7 * np.array([1.5, -0.4, 2.0])"),
        ("input", "-1.94 * np.array([-0.8, 3.0, -0.6])"),
        ("miss", "0.7 * np.array([-0.8, 3.0, -0.6])"),
        ("M13", "1.94**2 / 2 * 0.7 * np.array([-0.8, 3.0, -0.6])"),
        ("target", "-0.84 * 0.7 * np.array([-0.8, 3.0, -0.6])"),
        ("swapped", "[0.8148, -4.074, 1.0864]"),
        ("sign", "[-1.0864, 4.074, -0.8148]"),
        ("factor-2", "[2.1728, -8.148, 1.6296]"),
        ("M12", "-1.94 * 0.7 * np.array([1.6, 3.5, 1.1])"),
        ("before-only", "-1.94 * 0.7 * np.array([1, 1.5, -0.6])"),
        ("after-only", "-1.94 * 0.7 * np.array([-0.8, 2, 1])"),
        ("M9", "np.array([1.5, -0.4, 2.0]) - [1.0864, -4.074, 0.8148]"),
        ("M6", "-1.94 / np.array([1.5, -0.4, 2.0])"),
        ("digits", "[1.1, -4.1, 0.81]"),
        ("neighbour", "-1.94 * 0.7 * np.array([-0.4, 1.5, -0.4])"),
        ("some-entries", "[1.0864, -4.074, 3.3]"),
        ("shape", "1.0864"),
    ],
    "1.4": [
        ("some-entries", "np.outer([0.3,-0.14],[1,1,1,2])"),
        ("incoming", "np.outer([0.3,-0.14],[.5,-2,.8,0])"),
        ("bias", "[[0.3,-1.2,0.48,-0.42],[-0.14,0.56,-0.224,0.196]]"),
        ("incoming", "np.outer([.3/-2,-.14/-2],[.5,-2,.8,1])"),
        ("sign", "[[0.3,1.2,0.48,0.6],[-0.14,-0.56,-0.224,-0.28]]"),
        ("some-entries", "[[0.3,-0.6,0.24,0.3],[-0.14,0.28,-0.112,-0.14]]"),
        ("some-entries", "[[0.3,-0.075,0.1875,0.15],[-.14,.035,-.0875,-.07]]"),
        ("incoming", "np.outer([0.3, -0.14], [0.5, -2, 0.8, 1])"),
        ("incoming", "np.outer([0.15, -0.07], [0.5, -2, 0.8, 1])"),
        ("M13", "[[0.3] * 4, [-0.14] * 4]"),
        ("bias", "[[0.3, -1.2, 0.48, 0], [-0.14, 0.56, -0.224, 0]]"),
        ("bias", "[[0.3, -1.2, 0.48, 1], [-0.14, 0.56, -0.224, 1]]"),
        ("bias", "[[0.3, -1.2, 0.48, 0.3], [-0.14, 0.56, -0.224, -0.14]]"),
        ("bias", "[[0.3, -1.2, 0.48], [-0.14, 0.56, -0.224]]"),
        ("M8", "np.outer([0.5, -2, 0.8, 1], [0.6, -0.28])"),
        ("swapped", "np.outer([-0.28, 0.6], [0.5, -2, 0.8, 1])"),
        ("one-delta", "np.outer([0.6, 0.6], [0.5, -2, 0.8, 1])"),
        ("sign", "np.outer([0.6, -0.28], [0.5, 2, 0.8, 1])"),
        ("sign", "np.outer([0.6, 0.28], [0.5, -2, 0.8, 1])"),
        ("M6", "np.outer([0.6, -0.28], [2, -0.5, 1.25, 1])"),
        ("order", "np.outer([0.6, -0.28], [1, 0.5, -2, 0.8])"),
        ("delta-only", "[[0.6] * 4, [-0.28] * 4]"),
        ("sign", "-np.outer([0.6, -0.28], [0.5, -2, 0.8, 1])"),
        ("shape", "[0.6, -0.28]"),
    ],
    "1.5": [
        ("last-spared", "sum(weights) + sum(weights[1:])", "sum(weights) * 2 - weights[-1]"),
        ("units", "sum(weights) + sum(weights[1:])", "sum(weights) + sum(widths[1:])"),
        ("biases", "sum(weights) + sum(weights[1:])", "sum(weights) + sum(weights[1:]) + sum(widths[1:])"),
        ("units", "sum(weights) + sum(weights[1:])", "2 * forward - widths[0]"),
        ("backward-too", "2 * parameters * forward", "2 * parameters * forward + backward"),
        ("backward-too", "2 * parameters * forward", "2 * parameters * backward"),
        ("biases", "2 * parameters * forward", "2 * parameters * (forward + sum(widths[1:]))"),
        ("once", "2 * parameters * forward", "2 * forward"),
        ("units", "2 * parameters * forward", "2 * len(weights) * forward"),
        ("swapped", "return forward, backward, nudging", "return forward, nudging, backward"),
        ("swapped", "return forward, backward, nudging", "return backward, forward, nudging"),
        ("not-spared", "sum(weights) + sum(weights[1:])", "2 * sum(weights)"),
        ("not-spared", "sum(weights) + sum(weights[1:])", "3 * forward"),
        ("once-back", "sum(weights) + sum(weights[1:])", "forward"),
        ("last-spared", "sum(weights[1:])", "sum(weights[:-1])"),
        ("carry-only", "sum(weights) + sum(weights[1:])", "sum(weights[1:])"),
        ("both-passes", "sum(weights) + sum(weights[1:])", "2 * sum(weights) + sum(weights[1:])"),
        ("first-left-out", "sum(weights) + sum(weights[1:])", "2 * sum(weights[1:])"),
        ("biases", "sum(weights) + sum(widths[1:])", "sum(weights)"),
        ("one-way", "2 * parameters * forward", "(parameters + 1) * forward"),
        ("one-way", "2 * parameters * forward", "parameters * forward"),
        ("passes", "2 * parameters * forward", "2 * parameters"),
        ("passes", "2 * parameters * forward", "parameters"),
        ("backward-too", "2 * parameters * forward", "2 * parameters * (forward + backward)"),
        ("biases", "sum(widths[1:])", "sum(widths)"),
        ("biases", "sum(widths[1:])", "len(widths) - 1"),
        ("biases", "sum(widths[1:])", "len(weights)"),
        ("biases", "2 * parameters * forward", "2 * parameters * parameters"),
        ("biases", "sum(widths[1:])", "sum(widths[:-1])"),
        ("extra-pass", "2 * parameters * forward", "(2 * parameters + 1) * forward"),
        ("units", "2 * parameters * forward", "2 * sum(widths[1:]) * forward"),
        ("changed-inputs", "    forward = sum(weights)", "    forward = sum(weights)\n    widths.append(0)"),
        ("type", "return forward, backward, nudging", "return forward, backward"),
        ("nothing-returned", "    return forward, backward, nudging", ""),
        ("crashed", "sum(widths[1:])", "sum(widths[1:]) + widths[9]"),
    ],
    "1.6": [
        ("mean", "/ h\n", "/ h / len(w)\n"),
        ("step", "nudged[i] += h", "nudged[i] += h / 2"),
        ("step", "nudged[i] += h", "nudged[i] += 2 * h"),
        ("others-lost", "nudged = w.copy()", "nudged = np.zeros(len(w))"),
        ("sign", "(loss_of(nudged) - base) / h", "abs(loss_of(nudged) - base) / h"),
        ("M9", "return slopes", "return w - slopes"),
        ("own-weight", "return slopes", "return slopes * w"),
        (
            "not-undone",
            "        slopes[i] = (loss_of(nudged) - base) / h\n",
            "        slopes[i] = (loss_of(nudged) - base) / h\n        base = loss_of(nudged)\n",
        ),
        ("evaluations", "(loss_of(nudged) - base)", "(loss_of(nudged) - loss_of(w))"),
        ("evaluations", "    base = loss_of(w)\n", "    loss_of(w)\n    base = loss_of(w)\n"),
        (
            "evaluations",
            "    base = loss_of(w)\n    slopes = np.zeros(len(w))\n    for i in range(len(w)):\n",
            "    slopes = np.zeros(len(w))\n    for i in range(len(w)):\n        base = loss_of(w)\n",
        ),
        (
            "central",
            "(loss_of(nudged) - base) / h",
            "(loss_of(nudged) - loss_of(2 * w - nudged)) / (2 * h)",
        ),
        ("central", "(loss_of(nudged) - base) / h", "(loss_of(nudged) - loss_of(2 * w - nudged)) / h"),
        (
            "down",
            "nudged[i] += h\n        slopes[i] = (loss_of(nudged) - base)",
            "nudged[i] -= h\n        slopes[i] = (base - loss_of(nudged))",
        ),
        ("down", "nudged[i] += h", "nudged[i] -= h"),
        ("divided", "(loss_of(nudged) - base) / h", "loss_of(nudged) - base"),
        ("divided", "(loss_of(nudged) - base) / h", "(loss_of(nudged) - base) * h"),
        ("divided", "(loss_of(nudged) - base) / h", "(loss_of(nudged) - base) / (2 * h)"),
        ("divided", "(loss_of(nudged) - base) / h", "loss_of(nudged) - base / h * h"),
        ("base", "(loss_of(nudged) - base) / h", "loss_of(nudged) / h"),
        ("ratio", "(loss_of(nudged) - base) / h", "(loss_of(nudged) - base) / base / h"),
        ("sign", "(loss_of(nudged) - base)", "(base - loss_of(nudged))"),
        ("all-at-once", "nudged[i] += h", "nudged += h"),
        ("replaced", "nudged[i] += h", "nudged[i] = h"),
        ("relative", "nudged[i] += h", "nudged[i] *= 1 + h"),
        ("own-step", "    base", "    h = 1e-5\n    base"),
        ("own-step", "    base", "    h = 1e-7\n    base"),
        (
            "not-undone",
            "    for i in range(len(w)):\n        nudged = w.copy()\n",
            "    nudged = w.copy()\n    for i in range(len(w)):\n",
        ),
        ("changed-inputs", "nudged = w.copy()", "nudged = w"),
        ("off-by-one", "range(len(w))", "range(len(w) - 1)"),
        ("off-by-one", "range(len(w))", "range(1, len(w))"),
        ("shape", "return slopes", "return slopes[0]"),
        ("shape", "return slopes", "return slopes.sum()"),
        ("crashed", "nudged = w.copy()\n        nudged[i] += h", "nudged = w[i] + h"),
        ("nothing-returned", "return slopes", "slopes"),
        ("rounded", "return slopes", "return slopes.round(4)"),
        ("integers", "np.zeros(len(w))", "np.zeros(len(w), int)"),
    ],
    "1.7": [
        ("M12", "back = back * w[i]", "back = back + w[i]"),
        ("onward", "back = back * w[i]", "back = w[i]"),
        ("M12", "slopes[i] = back * came_in[i]", "slopes[i] = back + came_in[i]"),
        ("sent-on", "came_in.append(weight * came_in[-1])", "came_in.append(weight * x)"),
        ("M12", "came_in.append(weight * came_in[-1])", "came_in.append(weight + came_in[-1])"),
        ("order", "reversed(range(len(w)))", "range(len(w))"),
        ("onward", "back = back * w[i]", "back = slopes[i] * w[i]"),
        ("off-by-one", "back = back * w[i]", "back = back * w[i - 1]"),
        ("input", "came_in = [x]", "came_in = [1]"),
        ("own-weight", "slopes[i] = back * came_in[i]", "slopes[i] = back * w[i]"),
        ("off-by-one", "reversed(range(len(w)))", "reversed(range(1, len(w)))"),
        ("off-by-one", "reversed(range(len(w)))", "reversed(range(len(w) - 1))"),
        ("nan", "back = back * w[i]", "back = back / w[i]"),
        ("target", "return slopes", "return slopes / y"),
        ("onward", "back = back * w[i]", "back = back * w[i] * came_in[i]"),
        ("M13", "slopes[i] = back * came_in[i]", "slopes[i] = came_in[-1] - y"),
        ("M13", "slopes[i] = back * came_in[i]", "slopes[i] = (came_in[-1] - y) / len(w)"),
        ("own-weight", "back * came_in[i]", "back * came_in[i + 1]"),
        (
            "own-weight",
            "        slopes[i] = back * came_in[i]\n        back = back * w[i]\n",
            "        back = back * w[i]\n        slopes[i] = back * came_in[i]\n",
        ),
        ("own-weight", "back * came_in[i]", "(came_in[-1] - y) * w[i] * x"),
        ("after-only", "back * came_in[i]", "back"),
        ("after-only", "back * came_in[i]", "back * x"),
        ("after-only", "back * came_in[i]", "back * (w[i - 1] if i else x)"),
        ("before-only", "back = back * w[i]", "pass"),
        ("input", "back * came_in[i]", "back * came_in[i] / x"),
        ("divided", "back * came_in[i]", "(came_in[-1] - y) * came_in[-1] / w[i]"),
        ("divided", "back * came_in[i]", "(y - came_in[-1]) * came_in[-1] / w[i]"),
        ("divided", "back * came_in[i]", "(came_in[-1] - y) * came_in[-1] / w[i] if w[i] else 0"),
        ("M6", "back * came_in[i]", "(came_in[-1] - y) / w[i]"),
        ("miss", "back = came_in[-1] - y", "back = 1"),
        ("M13", "back = came_in[-1] - y", "back = (came_in[-1] - y) ** 2 / 2"),
        ("target", "back = came_in[-1] - y", "back = came_in[-1]"),
        ("sign", "came_in[-1] - y", "y - came_in[-1]"),
        ("sign", "came_in[-1] - y", "abs(came_in[-1] - y)"),
        ("factor-2", "came_in[-1] - y", "2 * (came_in[-1] - y)"),
        ("swapped", "return slopes", "return slopes[::-1]"),
        ("M9", "return slopes", "return w - slopes"),
        ("update-first", "back = back * w[i]", "back = back * (w[i] - slopes[i])"),
        ("neighbour", "back * came_in[i]", "(came_in[-1] - y) * x * (w[i + 1] if i + 1 < len(w) else 1)"),
        ("M12", "back * came_in[i]", "(came_in[-1] - y) * x * ((w.sum() - w[i]) if len(w) > 1 else 1)"),
        ("off-by-one", "back * came_in[i]", "back * came_in[max(i - 1, 0)]"),
        ("changed-inputs", "back = back * w[i]", "back = back * w[i]\n        w[i] -= slopes[i]"),
        ("nothing-returned", "return slopes", "slopes"),
        ("shape", "return slopes", "return slopes.sum()"),
        ("shape", "return slopes", "return slopes.reshape(-1, 1)"),
        ("crashed", "back * came_in[i]", "back * came_in[i + 2]"),
    ],
    "1.8": [
        ("ascent", '{"A": "b", "B": "d", "C": "f", "D": "e", "E": "c"}'),
        ("no-bug", '{"A": "a", "B": "a", "C": "f", "D": "e", "E": "c"}'),
        ("no-bug", '{"A": "a", "B": "d", "C": "a", "D": "e", "E": "c"}'),
        ("update-first", '{"A": "a", "B": "d", "C": "f", "D": "d", "E": "c"}'),
        ("no-bug", '{"A": "a", "B": "d", "C": "f", "D": "e", "E": "a"}'),
        ("M13", '{"A": "c", "B": "d", "C": "f", "D": "e", "E": "c"}'),
        ("divided", '{"A": "a", "B": "d", "C": "f", "D": "f", "E": "c"}'),
        ("not-undone", '{"A": "a", "B": "e", "C": "f", "D": "e", "E": "c"}'),
        ("no-bug", '{"A": "a", "B": "a", "C": "a", "D": "a", "E": "a"}'),
        ("type", '["a", "d", "f", "e", "c"]'),
        ("type", '{"A": "g", "B": "d", "C": "f", "D": "e", "E": "c"}'),
    ],
    "1.9": [
        ("target", "off = a - y", "off = a"),
        ("shape", "loss = (off**2).mean() / 2", "loss = 0.5 * off**2"),
        ("loss", "(off**2).mean() / 2", "abs(off).mean()"),
        ("mean", "x.T @ delta", "x.T @ delta * len(y)"),
        ("bias", "x @ w + b", "x @ w"),
        ("bias", "x @ w + b", "x @ w - b"),
        ("crashed", "off * (1 - a**2) / len(y)", "(off * (1 - a**2)).mean()"),
        ("miss", "off * (1 - a**2)", "off**2 * (1 - a**2)"),
        ("miss", "off * (1 - a**2)", "np.sign(off) * (1 - a**2)"),
        ("M13", "off * (1 - a**2)", "loss * (1 - a**2)"),
        ("ascent", "w - rate * dw, b - rate * db", "w - rate * dw, b + rate * db"),
        ("mean", "w - rate * dw, b - rate * db", "w - rate / 2 * dw, b - rate * db"),
        ("shape", "return w - rate * dw, b - rate * db, loss", "return loss, w - rate * dw, b - rate * db"),
        ("no-activation", "a = np.tanh(x @ w + b)\n", "a = x @ w + b\n"),
        ("M13", "off * (1 - a**2)", "off"),
        ("M13", "x.T @ delta", "x.T @ off / len(y)"),
        ("M13", "delta.sum()", "off.mean()"),
        ("mean", " / len(y)", ""),
        ("mean", "delta.sum()", "delta.sum() * len(y)"),
        ("mean", "delta.sum()", "delta.mean()"),
        ("mean", "x.T @ delta", "x.T @ delta / len(y)"),
        (
            "update-first",
            "dw, db = x.T @ delta, delta.sum()",
            "dw = x.T @ delta\n    a = np.tanh(x @ (w - rate * dw) + b)\n    db = ((a - y) * (1 - a**2)).mean()",
        ),
        (
            "two-left",
            "dw, db = x.T @ delta, delta.sum()",
            "dw = x.T @ off / len(y)\n    a = np.tanh(x @ (w - rate * dw) + b)\n    db = ((a - y) * (1 - a**2)).mean()",
        ),
        ("two-left", "dw, db = x.T @ delta, delta.sum()", "dw = x.T @ off / len(y)\n    db = (off * (1 - a**2)).sum()"),
        (
            "three-left",
            "dw, db = x.T @ delta, delta.sum()",
            "dw = x.T @ off / len(y)\n    a = np.tanh(x @ (w - rate * dw) + b)\n    db = ((a - y) * (1 - a**2)).sum()",
        ),
        ("M5", "1 - a**2", "1 - np.tanh(a) ** 2"),
        ("M5", "1 - a**2", "1 - (x @ w + b) ** 2"),
        ("slope", "(1 - a**2)", "a * (1 - a)"),
        ("slope", "(1 - a**2)", "(1 - a)"),
        ("slope", "(1 - a**2)", "(1 + a**2)"),
        ("slope", "off * (1 - a**2)", "(1 - a**2)"),
        ("ascent", "w - rate * dw, b - rate * db", "w + rate * dw, b + rate * db"),
        ("ascent", "off = a - y", "off = y - a"),
        ("M13", "off * (1 - a**2)", "-off"),
        ("learning-rate", "w - rate * dw, b - rate * db", "w - dw, b - db"),
        ("M9", "w - rate * dw, b - rate * db", "dw, db"),
        ("step-only", "w - rate * dw, b - rate * db", "-rate * dw, -rate * db"),
        ("no-step", "w - rate * dw, b - rate * db", "w, b"),
        ("bias", "b - rate * db", "b"),
        ("bias", "delta.sum()", "delta.sum() * b"),
        ("incoming", "x.T @ delta", "np.ones_like(w) * delta.sum()"),
        ("own-weight", "x.T @ delta", "x.T @ delta * w"),
        ("mean", " / len(y)", " / len(w)"),
        ("slope", "(1 - a**2)", "(1 - a) ** 2"),
        ("M6", "off * (1 - a**2)", "off / (1 - a**2)"),
        ("factor-2", "off * (1 - a**2)", "2 * off * (1 - a**2)"),
        ("loss", "(off**2).mean() / 2", "(off**2).mean()"),
        ("loss", "(off**2).mean() / 2", "(off**2).sum() / 2"),
        ("loss", "(off**2).mean() / 2", "off.mean() ** 2 / 2"),
        ("loss", "return", "loss = ((np.tanh(x @ (w - rate * dw) + b - rate * db) - y) ** 2).mean() / 2\n    return"),
        ("changed-inputs", "    return w - rate * dw", "    w -= rate * dw\n    return w"),
        ("nothing-returned", "return", "result ="),
        ("type", ", loss\n", "\n"),
        ("crashed", "x.T @ delta", "x @ delta @ delta[:, None, None]"),
        ("rounded", "return w - rate * dw,", "return np.round(w - rate * dw, 4),"),
    ],
    "1.10": [
        ("bias", "(a-y)*(1-a**2)*x + (a-y)*(1-a**2)"),
        ("slope", "(a-y)*(1-sp.tanh(w*x+b))*x"),
        ("slope", "(a-y)*sp.tanh(z)*(1-a)*x"),
        ("own-weight", "(a-y)*(1-a**2)*(x*w)"),
        ("M5", "(a-y)*sp.sech(w)**2*x"),
        ("M13", "2*(a-y)*x"),
        ("slope", "(a-y)*(1-a**2)**2*x"),
        ("miss", "(a-y)**2*(1-a**2)*x"),
        ("target", "(a+y)*(1-a**2)*x"),
        ("slope", "(1-a**2)"),
        ("incoming", "x"),
        ("brackets", "a-y*(1-a**2)*x"),
        ("slope", "(y-a)*x*(1-a)"),
        ("M13", "(a - y) * x"),
        ("M13", "a - y"),
        ("incoming", "(a - y) * (1 - a**2)"),
        ("slope", "(1 - a**2) * x"),
        ("own-weight", "(a - y) * (1 - a**2) * w"),
        ("own-weight", "(a - y) * (1 - a**2) * w * x"),
        ("own-weight", "(a - y) * (1 - a**2) * z"),
        ("bias", "(a - y) * (1 - a**2) * (x + b)"),
        ("M5", "(a - y) * (1 - sp.tanh(a) ** 2) * x"),
        ("M5", "(a - y) * (1 - z**2) * x"),
        ("M5", "(a - y) * (1 - sp.tanh(x) ** 2) * x"),
        ("slope", "(a - y) * a * x"),
        ("slope", "(a - y) * (1 - a) * x"),
        ("slope", "(a - y) * a * (1 - a) * x"),
        ("M13", "(a - y) ** 2 / 2 * (1 - a**2) * x"),
        ("target", "a * (1 - a**2) * x"),
        ("M12", "(a - y) ** 2 / 2 + (a - y) * (1 - a**2) * x"),
        ("M12", "(a - y) + (1 - a**2) + x"),
        ("sign", "(y - a) * (1 - a**2) * x"),
        ("M13", "(y - a) * x"),
        ("factor-2", "2 * (a - y) * (1 - a**2) * x"),
        ("factor-2", "(a - y) * (1 - a**2) * x / 2"),
        ("M6", "(a - y) / (1 - a**2) * x"),
        ("M9", "w - (a - y) * (1 - a**2) * x"),
        ("bias", "(a - y) * (1 - sp.tanh(w * x) ** 2) * x"),
        ("M12", "(a - y) * (1 - a**2 + x)"),
        ("symbols", "(a - y) * (1 - a**2) * h"),
        ("type", '"(a - y) * (1 - a**2) * x"'),
        ("not-done", "(a - y) * sp.Derivative(sp.Function('f')(z), z) * x"),
        ("nan", "(a - y) * x / (x - x * 1.0)"),
    ],
    "1.11": [
        ("own-weight", "(y_hat-y)*(v_1*w_1+v_2*w_2)*u*x"),
        ("M1", "(y_hat-y)*(v_1+v_2)*(w_1+w_2)*x"),
        ("input", "(y_hat-y)*(v_1*w_1*x+v_2*w_2*x+1)"),
        ("own-weight", "(y_hat-y)*(v_1*w_1+v_2*w_2+1)*x*u"),
        ("input", "(y_hat-y)*(v_1*w_1+v_2*w_2+1)*x**2"),
        ("input", "(y_hat-y)*(v_1*w_1+v_2*w_2+x)"),
        ("M12", "(y_hat-y)*(v_1*w_1*v_2*w_2+1)*x"),
        ("M12", "(y_hat-y)*v_1*w_1*v_2*w_2*1*x"),
        ("straight", "(y_hat-y)*(v_1*w_1+v_2*w_2+x)*x"),
        ("weights-forgotten", "(y_hat-y)*(w_1*x+w_2*x+x)"),
        ("M4", "(y_hat-y)*(h_1+h_2+h)*x"),
        ("miss", "(y_hat-y)**2*(v_1*w_1+v_2*w_2+1)*x"),
        ("input", "(y_hat-y)*(v_1*w_1+v_2*w_2)"),
        ("miss", "v_1*w_1+v_2*w_2+1"),
        ("M1", "(y_hat - y) * v_1 * w_1 * x"),
        ("M1", "(y_hat - y) * v_2 * w_2 * x"),
        ("M1", "(y_hat - y) * x"),
        ("M1", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2) * x"),
        ("M1", "(y_hat - y) * (v_1 * w_1 + 1) * x"),
        ("M1", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x / 3"),
        ("M1", "(y_hat - y) * ((v_1 + v_2) * (w_1 + w_2) + 1) * x"),
        ("M12", "(y_hat - y) * v_1 * w_1 * v_2 * w_2 * x"),
        ("M12", "(y_hat - y) * (v_1 + w_1 + v_2 + w_2 + 1) * x"),
        ("swapped", "(y_hat - y) * (v_1 * w_2 + v_2 * w_1 + 1) * x"),
        ("input", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1)"),
        ("own-weight", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * u"),
        ("own-weight", "(y_hat - y) * y_hat"),
        ("miss", "(v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("M13", "y_hat - y"),
        ("M13", "(y_hat - y) ** 2 / 2 * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("target", "y_hat * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("weights-forgotten", "(y_hat - y) * (v_1 + v_2 + 1) * x"),
        ("straight", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + h) * x"),
        ("sign", "(y - y_hat) * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("M1", "(y - y_hat) * (v_1 * w_1 + v_2 * w_2) * x"),
        ("factor-2", "2 * (y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("M4", "(y_hat - y) * (v_1 * h_1 + v_2 * h_2 + 1) * x"),
        ("symbols", "(a - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("M9", "u - (y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("type", "[v_1, v_2]"),
    ],
}
