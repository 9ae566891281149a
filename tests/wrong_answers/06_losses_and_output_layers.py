"""What students answer to the exercises of chapter 6: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""


def parts(names, values):
    """Write a dictionary of answers as text."""
    return repr(dict(zip(names.split(), values.split(), strict=True)))


CHANGES = "all_plus_5 all_doubled hot smallest_hot ratio loss"
COMPARED = "dC_da sigmoid_slope carry delta_1 incoming step"
SHARES_OF_3 = "np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum()"

RIGHT = {
    "6.1": [
        parts(CHANGES, "stays grows shrinks grows stays grows"),
        parts(CHANGES, "Stays grows shrinks grows stays GROWS"),
    ],
    "6.2": ["0.294", "0.0035 * 24 * 7 / 2", "np.float64(0.294)"],
    "6.3": [
        "[0.217943, -0.826977, 0.609034]",
        f"{SHARES_OF_3} - np.array([0.05, 0.9, 0.05])",
        "np.exp(np.array([0.4, -0.9, 1.3]) - np.log(np.exp([0.4, -0.9, 1.3]).sum())) - [0.05, 0.9, 0.05]",
    ],
    "6.4": [
        """
def shares(z, temperature):
    scaled = z / temperature
    top = scaled.max(axis=1, keepdims=True)
    e = np.exp(scaled - top)
    total = e.sum(axis=1, keepdims=True)
    return e / total
""",
        """
def shares(z, temperature):
    rows = []
    for row in z:
        e = [np.exp((u - max(row)) / temperature) for u in row]
        rows.append([u / sum(e) for u in e])
    return rows
""",
        """
def shares(z, temperature):
    scaled = z / temperature
    return np.exp(scaled - np.logaddexp.reduce(scaled, axis=1)[:, None])
""",
        """
def shares(z, temperature):
    scaled = (z - np.max(z, axis=1)[:, None]) / temperature
    e = np.exp(scaled).T
    return (e / e.sum(axis=0)).T
""",
    ],
    "6.5": [
        """
def labels_loss(z, y):
    a = sigmoid(z)
    each = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    C = each.sum() / len(z)
    delta = (a - y) / len(z)
    return C, delta
""",
        """
def labels_loss(z, y):
    N, K = z.shape
    C, delta = 0.0, np.empty((N, K))
    for n in range(N):
        for k in range(K):
            u, t = z[n, k], y[n, k]
            C += (u if u > 0 else 0) - t * u + np.log(1 + np.exp(-abs(u)))
            delta[n, k] = 1 / (1 + np.exp(-u)) - t
    return C / N, delta / N
""",
        """
def labels_loss(z, y):
    C = (y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)).sum(axis=1).mean()
    e = np.exp(-np.abs(z))
    return np.array([C]), (np.where(z >= 0, 1 / (1 + e), e / (1 + e)) - y) / z.shape[0]
""",
        """
def labels_loss(z, y):
    from backprop_lab import binary_cross_entropy

    a = sigmoid(z)
    return [binary_cross_entropy.value(sigmoid, z, a, y), binary_cross_entropy.delta(sigmoid, z, a, y)]
""",
    ],
    "6.6": [
        """
def weighted_loss(z, labels, weights, smoothing):
    N, K = z.shape
    hard = np.eye(K)[labels]
    t = (1 - smoothing) * hard + smoothing / K
    s = z - z.max(axis=1, keepdims=True)
    logs = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    a = np.exp(logs)
    w = weights[labels][:, None]
    C = -(w * t * logs).sum() / N
    delta = w * (a - t) / N
    return C, delta
""",
        """
def weighted_loss(z, labels, weights, smoothing):
    N, K = z.shape
    C, delta = 0, np.zeros((N, K))
    for n in range(N):
        w = weights[labels[n]]
        total = np.logaddexp.reduce(z[n])
        for k in range(K):
            t = smoothing / K + (1 - smoothing if k == labels[n] else 0)
            C += w * t * (total - z[n, k]) / N
            delta[n, k] = w * (np.exp(z[n, k] - total) - t) / N
    return C, delta
""",
        """
def weighted_loss(z, labels, weights, smoothing):
    rows = np.arange(len(z))
    total = np.logaddexp.reduce(z, axis=1)
    surprise = (1 - smoothing) * (total - z[rows, labels]) + smoothing * (total - z.mean(axis=1))
    delta = np.exp(z - total[:, None]) - smoothing / z.shape[1]
    delta[rows, labels] -= 1 - smoothing
    return np.mean(weights[labels] * surprise), np.einsum("n,nk->nk", weights[labels] / len(z), delta)
""",
    ],
    "6.7": [parts("A B C D E", "b c a d c"), parts("A B C D E", "B C A D C")],
    "6.8": [
        """
def repaired_layer(x, y, W, b):
    z = x @ W.T + b
    e = np.exp(z - z.max(axis=1, keepdims=True))
    a = e / e.sum(axis=1, keepdims=True)
    C = -(y * np.log(a)).sum() / len(y)
    delta = (a - y) / len(y)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return C, dW, db
""",
        """
def repaired_layer(x, y, W, b):
    a = shares(x @ W.T + b, 1.0)
    dz = a - y
    return -np.log(a[y == 1]).mean(), np.einsum("nk,ni->ki", dz, x) / len(x), dz.mean(axis=0)
""",
        """
def repaired_layer(x, y, W, b):
    C, dW, db = 0.0, np.zeros_like(W), np.zeros_like(b)
    for row, target in zip(x, y):
        z = W @ row + b
        C += (np.logaddexp.reduce(z) - target @ z) / len(x)
        delta = (np.exp(z - np.logaddexp.reduce(z)) - target) / len(x)
        dW += np.outer(delta, row)
        db += delta
    return C, dW, db
""",
    ],
    "6.9": [
        "(a2 - y) * w2 * (1 - a1**2) * x",
        "(-y / a2 + (1 - y) / (1 - a2)) * a2 * (1 - a2) * w2 * (1 - a1**2) * x",
        "sp.diff(-y * sp.log(1 / (1 + sp.exp(-w2 * sp.tanh(w1 * x + b1) - b2)))"
        " - (1 - y) * sp.log(1 - 1 / (1 + sp.exp(-w2 * sp.tanh(w1 * x + b1) - b2))), w1)",
        "sp.diff(sp.log(1 + sp.exp(w2 * sp.tanh(w1 * x + b1) + b2)) - y * (w2 * sp.tanh(w1 * x + b1) + b2), w1)",
        "-x * w2 * (y - 1 / (1 + sp.exp(-z2))) / sp.cosh(z1) ** 2",
    ],
    "6.10": [
        parts(COMPARED, "different same same different same different"),
        parts(COMPARED, "DIFFERENT same same different same different"),
    ],
    "6.11": [
        "a_1 * ((a_1 - y_1) - (a_1 * (a_1 - y_1) + a_2 * (a_2 - y_2) + a_3 * (a_3 - y_3)))",
        "(a_1 - y_1) * a_1 * (1 - a_1) - (a_2 - y_2) * a_2 * a_1 - (a_3 - y_3) * a_3 * a_1",
        "sp.diff(sum((sp.exp(z) / (sp.exp(z_1) + sp.exp(z_2) + sp.exp(z_3)) - t) ** 2"
        " for z, t in ((z_1, y_1), (z_2, y_2), (z_3, y_3))) / 2, z_1)",
        "a_1 * (a_2 * (a_1 - y_1 - a_2 + y_2) + a_3 * (a_1 - y_1 - a_3 + y_3))",
        "sp.expand((a_1 - y_1) * (a_1 - a_1**2)) + a_1 * (y_2 - a_2) * a_2 + a_1 * (y_3 - a_3) * a_3",
    ],
}

EACH, LOGS = (
    "np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))",
    "s - np.log(np.exp(s).sum(axis=1, keepdims=True))",
)
NAIVE = "-y * np.log(a) - (1 - y) * np.log(1 - a)"
TARGETS = "(1 - smoothing) * hard + smoothing / K"


def bugs_left(total, mean, again):
    """Write the function of 6.8 with some of its bugs."""
    right = RIGHT["6.8"][0].replace("e.sum(axis=1, keepdims=True)", total)
    return right.replace(".sum() / len(y)", mean).replace("delta.T @ x", f"delta.T @ x{again}")


WRONG = {
    "6.1": [
        ("shift", parts(CHANGES, "grows grows shrinks grows stays grows")),
        ("scale", parts(CHANGES, "stays stays shrinks grows stays grows")),
        ("temperature", parts(CHANGES, "stays grows grows grows stays grows")),
        ("temperature", parts(CHANGES, "stays grows shrinks shrinks stays grows")),
        ("ratio", parts(CHANGES, "stays grows shrinks grows shrinks grows")),
        ("M1", parts(CHANGES, "stays grows shrinks grows stays stays")),
        ("M1", parts(CHANGES, "stays grows shrinks grows stays shrinks")),
        ("type", parts(CHANGES, "same grows shrinks grows stays grows")),
        ("shift", parts(CHANGES, "grows grows grows grows grows grows")),
    ],
    "6.2": [
        ("unchanged", "0.0035"),
        ("factor-2", "0.0035 * 24 * 7"),
        ("factor-2", "0.0035 * 24 * 7 * 2"),
        ("factor-2", "0.0035 * 24 * 7 / 4"),
        ("inverse", "0.0035 / (24 * 7) * 2"),
        ("inverse", "0.0035 / (24 * 7)"),
        ("mean", "0.0035 * 24 / 2"),
        ("mean", "0.0035 * 24"),
        ("mean", "0.0035 * 7 / 2"),
        ("mean", "0.0035 * 24 / 7"),
        ("mean", "0.0035 * (24 + 7) / 2"),
        ("count", "84"),
        ("sign", "-0.294"),
        ("factor-2", "0.007"),
        ("digits", "0.29"),
        ("rounded", "0.2935"),
        ("unknown", "0.5"),
    ],
    "6.3": [
        ("smoothing", f"{SHARES_OF_3} - [0, 1, 0]"),
        ("sign", "-smoothed_delta"),
        ("target", SHARES_OF_3),
        ("M1", f"-np.array([0.05, 0.9, 0.05]) * (1 - {SHARES_OF_3})"),
        ("mismatch", f"smoothed_delta * ({SHARES_OF_3}) * (1 - {SHARES_OF_3})"),
        ("slope", f"-np.array([0.05, 0.9, 0.05]) / ({SHARES_OF_3})"),
        ("sigmoid", "sigmoid(np.array([0.4, -0.9, 1.3])) - [0.05, 0.9, 0.05]"),
        ("logit", "np.array([0.4, -0.9, 1.3]) - [0.05, 0.9, 0.05]"),
        ("exponential", "np.array([0.4, -0.9, 1.3]) / 0.8 - [0.05, 0.9, 0.05]"),
        ("mean", "smoothed_delta / 3"),
        ("M13", f"-(np.array([0.05, 0.9, 0.05]) * np.log({SHARES_OF_3})).sum()"),
        ("M13", f"-np.array([0.05, 0.9, 0.05]) * np.log({SHARES_OF_3})"),
        ("sum", "np.exp([0.4, -0.9, 1.3]) - [0.05, 0.9, 0.05]"),
        ("factor-2", "2 * smoothed_delta"),
        ("wrong-class", f"{SHARES_OF_3} - [0.9, 0.05, 0.05]"),
        ("digits", "[0.218, -0.827, 0.609]"),
        ("rounded", "[0.2184, -0.8274, 0.6086]"),
        ("some-entries", "[0.217943, -0.826977, 0.65]"),
    ],
    "6.4": [
        ("overflow", "scaled - top", "scaled"),
        ("overflow", "scaled.max(axis=1, keepdims=True)", "scaled.max()"),
        ("overflow", "scaled.max(axis=1, keepdims=True)", "scaled.mean(axis=1, keepdims=True)"),
        ("overflow", "scaled.max(axis=1, keepdims=True)", "scaled.min(axis=1, keepdims=True)"),
        ("axis", "scaled.max(axis=1, keepdims=True)", "scaled.max(axis=0)"),
        ("overflow", "top = scaled.max(axis=1, keepdims=True)", "top = 100"),
        ("axis", "e.sum(axis=1, keepdims=True)", "e.sum(axis=0, keepdims=True)"),
        ("axis", "e.sum(axis=1, keepdims=True)", "e.sum(axis=0)"),
        ("axis", "e.sum(axis=1, keepdims=True)", "e.sum()"),
        ("axis", "e.sum(axis=1, keepdims=True)", "e.sum(axis=1)"),
        (
            "axis",
            "np.exp(scaled - top)\n    total = e.sum(axis=1, keepdims=True)",
            "np.exp(scaled)\n    total = e.sum(axis=0)",
        ),
        (
            "axis",
            "np.exp(scaled - top)\n    total = e.sum(axis=1, keepdims=True)",
            "np.exp(scaled)\n    total = e.sum()",
        ),
        ("temperature", "z / temperature", "z * temperature"),
        ("temperature", "z / temperature", "z"),
        (
            "temperature",
            "return e / total",
            "e = np.exp(z - z.max(axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True) / temperature",
        ),
        ("temperature", "scaled - top", "z - z.max(axis=1, keepdims=True)"),
        ("mean", "e.sum(axis=1", "e.mean(axis=1"),
        ("sum", "e / total", "e"),
        ("sum", "e / total", "e / (total - e)"),
        ("sigmoid", "e / total", "e / (1 + e)"),
        ("log", "e / total", "-np.log(e / total)"),
        ("sign", "e / total", "-e / total"),
        ("exponential", "np.exp(scaled - top)", "2 ** (scaled - top)"),
        ("exponential", "np.exp(scaled - top)", "scaled"),
        ("exponential", "np.exp(scaled - top)", "np.exp(-scaled + scaled.min(axis=1, keepdims=True))"),
        ("clipped", "scaled - top", "np.clip(scaled, -500, 500)"),
        (
            "overflow",
            "return e / total",
            "e = np.exp(scaled)\n    return np.nan_to_num(e / e.sum(axis=1, keepdims=True))",
        ),
        ("rounded", "return e / total", "return np.round(e / total, 4)"),
        ("changed-inputs", "scaled = z / temperature", "z /= temperature\n    scaled = z"),
        ("crashed", "scaled.max(axis=1, keepdims=True)", "scaled.max(axis=1)"),
        ("nothing-returned", "return e / total", "e / total"),
        ("type", "return e / total", "return str(e)"),
        ("shape", "return e / total", "return (e / total).T"),
    ],
    "6.5": [
        ("overflow", EACH, NAIVE),
        ("overflow", EACH, "-(y * np.log(a) + (1 - y) * np.log(1 - a))"),
        ("overflow", EACH, "np.log(1 + np.exp(z)) - y * z"),
        ("overflow", "(a - y)", "(-(y / a - (1 - y) / (1 - a)) * a * (1 - a))"),
        ("overflow", f"{EACH}\n    C = each.sum() / len(z)", f"{NAIVE}\n    C = each.mean()"),
        ("overflow", f"{EACH}\n    C = each.sum() / len(z)", f"{NAIVE}\n    C = each.sum()"),
        ("clipped", EACH, "-y * np.log(a + 1e-8) - (1 - y) * np.log(1 - a + 1e-8)"),
        ("clipped", EACH, "-y * np.log(a + 1e-12) - (1 - y) * np.log(1 - a + 1e-12)"),
        (
            "clipped",
            f"sigmoid(z)\n    each = {EACH}",
            f"np.clip(sigmoid(z), 1e-7, 1 - 1e-7)\n    each = {NAIVE}",
        ),
        ("mean", "each.sum() / len(z)", "each.mean()"),
        ("mean", "each.sum() / len(z)", "each.sum()"),
        ("mean", "each.sum() / len(z)", "each.mean(axis=1).sum()"),
        ("mean", "each.sum() / len(z)", "each.mean(axis=0)"),
        ("mean", "each.sum() / len(z)", "each.sum(axis=1)"),
        ("mean", "(a - y) / len(z)", "a - y"),
        ("mean", "(a - y) / len(z)", "(a - y) / z.size"),
        ("mean", "(a - y) / len(z)", "(a - y) / len(z) ** 2"),
        ("mean", "(a - y) / len(z)", "(a - y) / z.shape[1]"),
        ("mean", "/ len(z)", "/ z.size"),
        ("mean", " / len(z)", ""),
        ("mean", "(a - y) / len(z)", "(a - y).mean(axis=0)"),
        ("sign", "a - y", "y - a"),
        ("sign", "each.sum()", "-each.sum()"),
        ("sign", EACH, "y * np.log(a) + (1 - y) * np.log(1 - a)"),
        ("sign", "- y * z", "+ y * z"),
        ("mismatch", "(a - y)", "(a - y) * a * (1 - a)"),
        ("mismatch", "(a - y)", "(y - a) * a * (1 - a)"),
        ("slope", "(a - y)", "(a - y) / (a * (1 - a))"),
        ("categorical", EACH, "y * np.logaddexp(0, -z)"),
        ("categorical", EACH, "-y * np.log(a)"),
        ("categorical", "(a - y)", "-y * (1 - a)"),
        ("swapped", "- y * z", "- (1 - y) * z"),
        ("formula", " + np.log1p(np.exp(-np.abs(z)))", ""),
        ("formula", "np.maximum(z, 0) - ", "- "),
        ("formula", "- y * z ", ""),
        ("formula", "-np.abs(z)", "np.abs(z)"),
        ("formula", "-np.abs(z)", "-z"),
        ("base", "each.sum()", "each.sum() / np.log(2)"),
        ("hard-targets", EACH, "-np.log(np.where(y == 1, a, 1 - a))"),
        ("hard-targets", "- y * z", "- (y > 0.5) * z"),
        (
            "clipped",
            f"{EACH}\n    C = each.sum() / len(z)",
            "-y * np.log(a + 1e-8) - (1 - y) * np.log(1 - a + 1e-8)\n    C = each.mean()",
        ),
        ("wrong-loss", EACH, "(a - y) ** 2 / 2"),
        ("softmax", "(a - y)", "(np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None]) - y)"),
        ("decided", "(a - y)", "((a > 0.5) - y)"),
        ("target", "(a - y)", "a"),
        ("logit", "(a - y)", "(z - y)"),
        ("factor-2", "(a - y)", "2 * (a - y)"),
        ("M10", "delta = (a - y)", "delta = np.where(np.abs(z) > 50, 0, a - y)"),
        ("changed-inputs", "delta = (a - y)", "a -= y\n    y *= 1.5\n    delta = a"),
        ("type", "return C, delta", "return C"),
        ("nothing-returned", "return C, delta", "C, delta"),
        ("rounded", "return C, delta", "return round(C, 4), np.round(delta, 4)"),
        ("crashed", "(a - y)", "(a - target)"),
    ],
    "6.6": [
        ("smoothing", TARGETS, "hard"),
        ("smoothing", "w * t * logs", "w * hard * logs"),
        ("smoothing", "(a - t)", "(a - hard)"),
        ("smoothing", TARGETS, "np.where(hard == 1, 1 - smoothing, smoothing / (K - 1))"),
        ("smoothing", TARGETS, "np.where(hard == 1, 1 - smoothing, smoothing / K)"),
        ("smoothing", TARGETS, "np.where(hard == 1, 1, smoothing / K)"),
        ("smoothing", TARGETS, "hard + smoothing / K"),
        ("smoothing", TARGETS, "(1 - smoothing) * hard + smoothing"),
        ("smoothing", TARGETS, "smoothing * hard + (1 - smoothing) / K"),
        ("overflow", LOGS, "np.log(np.exp(s) / np.exp(s).sum(axis=1, keepdims=True))"),
        ("overflow", "z - z.max(axis=1, keepdims=True)", "z"),
        ("overflow", "z - z.max(axis=1, keepdims=True)", "z - z.max()"),
        ("clipped", "logs).sum()", "np.log(a + 1e-12)).sum()"),
        ("clipped", "logs).sum()", "np.log(np.clip(a, 1e-7, 1))).sum()"),
        ("clipped", "logs).sum()", "np.log(np.maximum(a, 1e-15))).sum()"),
        ("weights", "weights[labels][:, None]", "1"),
        ("weights", "-(w * t * logs)", "-(t * logs)"),
        ("weights", "w * (a - t)", "(a - t)"),
        ("weights", "weights[labels][:, None]", "weights"),
        ("weights", "w * (a - t)", "weights * (a - t)"),
        ("weights", "w * t * logs", "weights * t * logs"),
        ("weights", "weights[labels][:, None]", "1 / weights[labels][:, None]"),
        ("mean", "/ N", "/ w.sum()"),
        ("mean", "logs).sum() / N", "logs).sum() / w.sum()"),
        ("mean", "(a - t) / N", "(a - t) / w.sum()"),
        ("mean", " / N", ""),
        ("clipped", "logs).sum() / N\n", "np.log(a + 1e-9)).mean()\n"),
        ("mean", "logs).sum() / N", "logs).sum()"),
        ("mean", "(a - t) / N", "(a - t)"),
        ("mean", "logs).sum() / N", "logs).mean()"),
        ("mean", "(a - t) / N", "(a - t) / N / N"),
        ("mean", "/ N", "/ (N * K)"),
        ("sign", "(a - t)", "(t - a)"),
        ("sign", "C = -", "C = "),
        ("weights", "w * (a - t)", "(t - a)"),
        ("M1", "(a - t)", "(-t * (1 - a))"),
        ("mismatch", "(a - t)", "(a - t) * a * (1 - a)"),
        ("slope", "(a - t)", "(-t / a)"),
        ("axis", "np.exp(s).sum(axis=1, keepdims=True)", "np.exp(s).sum(axis=0, keepdims=True)"),
        ("sigmoid", "a = np.exp(logs)", "a = sigmoid(z)"),
        (
            "base",
            "np.log(np.exp(s).sum(axis=1, keepdims=True))\n    a = np.exp(logs)",
            "np.log(np.exp(s).sum(axis=1, keepdims=True))\n    a = np.exp(logs)\n    logs = logs / np.log(2)",
        ),
        ("target", "(a - t)", "a"),
        ("logit", "logs).sum()", "z).sum()"),
        ("shape", "logs).sum() / N", "logs).sum(axis=1) / N"),
        ("changed-inputs", "s = z - z.max(axis=1, keepdims=True)", "z -= z.max(axis=1, keepdims=True)\n    s = z"),
        ("changed-inputs", "hard = np.eye", "labels += 0\n    weights *= 2\n    hard = np.eye"),
        ("crashed", "weights[labels][:, None]", "weights[labels]"),
        ("nothing-returned", "return C, delta", ""),
    ],
    "6.7": [
        ("no-bug", parts("A B C D E", "a c a d c")),
        ("slope", parts("A B C D E", "b b a d c")),
        ("slope", parts("A B C D E", "b c b d c")),
        ("factor", parts("A B C D E", "c c a d c")),
        ("sign", parts("A B C D E", "b c e d c")),
        ("M1", parts("A B C D E", "b c d d c")),
        ("no-bug", parts("A B C D E", "b c a a c")),
        ("no-bug", parts("A B C D E", "b c a d a")),
        ("slope", parts("A B C D E", "b c a b c")),
        ("type", "'bcadc'"),
    ],
    "6.8": [
        ("two-left", bugs_left("e.sum()", ".mean()", "")),
        ("two-left", bugs_left("e.sum()", ".sum() / len(y)", " / len(y)")),
        ("two-left", bugs_left("e.sum(axis=1, keepdims=True)", ".mean()", " / len(y)")),
        ("three-left", "def same(x, y, W, b):\n    return broken_layer(x, y, W, b)"),
        ("axis", "e.sum(axis=1, keepdims=True)", "e.sum()"),
        ("axis", "e.sum(axis=1, keepdims=True)", "e.sum(axis=0)"),
        ("mean", ".sum() / len(y)", ".mean()"),
        ("mean", ".sum() / len(y)", ".sum()"),
        ("mean", "delta.T @ x", "delta.T @ x / len(y)"),
        ("mean", "delta.sum(axis=0)", "delta.mean(axis=0)"),
        ("mean", "(a - y) / len(y)", "(a - y)"),
        ("mean", "(a - y) / len(y)\n    dW = delta.T @ x", "a - y\n    dW = delta.T @ x / len(y)"),
        ("mean", "delta.T @ x\n    db = delta.sum(axis=0)", "delta.T @ x / len(y)\n    db = delta.mean(axis=0)"),
        ("mean", "(a - y) / len(y)", "(a - y) / a.size"),
        ("M8", "delta.T @ x", "x.T @ delta"),
        ("sign", "a - y", "y - a"),
        ("mean", "(a - y) / len(y)\n    dW = delta.T @ x", "(y - a)\n    dW = delta.T @ x / len(y)"),
        ("M1", "(a - y)", "-y * (1 - a)"),
        ("mismatch", "(a - y)", "(a - y) * a * (1 - a)"),
        ("slope", "(a - y)", "-y / a"),
        ("sigmoid", "e / e.sum(axis=1, keepdims=True)", "sigmoid(z)"),
        ("sign", "C = -(", "C = ("),
        ("wrong-loss", "-(y * np.log(a)).sum() / len(y)", "((a - y) ** 2).sum() / 2 / len(y)"),
        ("batch", "delta.T @ x", "np.outer(delta[0], x[0])"),
        ("bias", "delta.sum(axis=0)", "delta.sum()"),
        ("axis", "delta.sum(axis=0)", "delta.sum(axis=1)"),
        ("shape", "db = delta.sum(axis=0)", "db = delta"),
        ("incoming", "delta.T @ x", "np.outer(delta.sum(axis=0), x.sum(axis=0))"),
        ("nothing-returned", "return C, dW, db", "pass"),
        ("changed-inputs", "delta = (a - y)", "y -= a\n    delta = -y"),
        ("type", "return C, dW, db", "return dW, db"),
        ("shape", "return C, dW, db", "return dW, db, C"),
    ],
    "6.9": [
        ("mismatch", "(a2 - y) * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("slope", "(a2 - y) / (a2 * (1 - a2)) * w2 * (1 - a1**2) * x"),
        ("slope", "(-y / a2 + (1 - y) / (1 - a2)) * w2 * (1 - a1**2) * x"),
        ("categorical", "-y * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("categorical", "-y / a2 * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("sign", "(-y / a2 - (1 - y) / (1 - a2)) * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("slope", "(-y / a2 - (1 - y) / (1 - a2)) * w2 * (1 - a1**2) * x"),
        ("M7", "(a2 - y) * w2 * x"),
        ("M5", "(a2 - y) * w2 * (1 - z1**2) * x"),
        ("slope", "(a2 - y) * w2 * a1 * (1 - a1) * x"),
        ("weights-forgotten", "(a2 - y) * (1 - a1**2) * x"),
        ("incoming", "(a2 - y) * w2 * (1 - a1**2)"),
        ("too-early", "a2 - y"),
        ("too-early", "(a2 - y) * a1"),
        ("M13", "(a2 - y) * w2 * (1 - a1**2) * x * w1"),
        ("M13", "-y * sp.log(a2) - (1 - y) * sp.log(1 - a2)"),
        ("M12", "(-y * sp.log(a2) - (1 - y) * sp.log(1 - a2)) * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("logit", "(z2 - y) * w2 * (1 - a1**2) * x"),
        ("sign", "(y - a2) * w2 * (1 - a1**2) * x"),
        ("mismatch", "(y - a2) * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("factor-2", "2 * weight_gradient"),
        ("symbols", "(a2 - y_1) * w2 * (1 - a1**2) * x"),
        ("type", "'a2 - y'"),
    ],
    "6.10": [
        ("loss-link", parts(COMPARED, "same same same different same different")),
        ("slope", parts(COMPARED, "different different same different same different")),
        ("BP2", parts(COMPARED, "different same different different same different")),
        ("number", parts(COMPARED, "different same same same same different")),
        ("BP3", parts(COMPARED, "different same same different different different")),
        ("number", parts(COMPARED, "different same same different same same")),
        ("loss-link", parts(COMPARED, "same same same same same same")),
        ("type", "'same'"),
    ],
    "6.11": [
        ("matched", "a_1 - y_1"),
        ("matched", "y_1 - a_1"),
        ("M1", "(a_1 - y_1) * a_1 * (1 - a_1)"),
        ("M1", "-(a_2 - y_2) * a_2 * a_1 - (a_3 - y_3) * a_3 * a_1"),
        ("M1", "(a_1 - y_1) * a_1 * (1 - a_1) - (a_2 - y_2) * a_2 * a_1"),
        ("sign", "(a_1 - y_1) * a_1 * (1 - a_1) + (a_2 - y_2) * a_2 * a_1 + (a_3 - y_3) * a_3 * a_1"),
        ("M1", "(a_1 - y_1) * a_1"),
        ("M1", "-a_1 * ((a_1 - y_1) * a_1 + (a_2 - y_2) * a_2 + (a_3 - y_3) * a_3)"),
        ("M8", "(a_1 - y_1) * a_1 * (1 - a_1) + (a_2 - y_2) * a_2 * (1 - a_2) + (a_3 - y_3) * a_3 * (1 - a_3)"),
        ("wrong-unit", "a_2 * ((a_2 - y_2) - (a_1 * (a_1 - y_1) + a_2 * (a_2 - y_2) + a_3 * (a_3 - y_3)))"),
        ("slope", "a_1 * (1 - a_1)"),
        ("slope", "(a_1 - y_1) - (a_1 * (a_1 - y_1) + a_2 * (a_2 - y_2) + a_3 * (a_3 - y_3))"),
        ("M12", "(a_1 - y_1) ** 2 / 2 * a_1 * (1 - a_1)"),
        ("sum", "a_1 - y_1 + a_2 - y_2 + a_3 - y_3"),
        ("sign", "-first_delta"),
        ("factor-2", "2 * first_delta"),
        ("symbols", "first_delta + z1"),
        ("type", "[first_delta]"),
    ],
}

# what an examiner tried besides
WRONG["6.2"] += [
    ("inverse", "0.0035/24"),
    ("inverse", "0.0035/7"),
    ("mean", "0.0035*31"),
    ("M9", "0.0035*np.sqrt(84)"),
    ("factor-2", "0.0035*48"),
    ("factor-2", "0.0035*14"),
    ("decimal", "0.0294"),
    ("decimal", "2.94"),
]
WRONG["6.3"] += [
    ("smoothing", "np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum()-np.array([0.1,0.9,0.1])"),
    ("sign", "np.exp([0.4,0.9,1.3])/np.exp([0.4,0.9,1.3]).sum()-np.array([0.05,0.9,0.05])"),
    ("M13", "np.log(np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum())-np.array([0.05,0.9,0.05])"),
    ("smoothing", "np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum()-np.array([0.025,0.95,0.025])"),
    ("target", "np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum()*(1-np.array([0.05,0.9,0.05]))"),
    ("M1", "(np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum()-np.array([0.05,0.9,0.05]))*np.array([0,1,0])"),
    ("wrong-class", "np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum()-np.array([0,0,1])"),
    ("mean", "3*(np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum()-np.array([0.05,0.9,0.05]))"),
    ("exponential", "np.exp2([0.4,-0.9,1.3])/np.exp2([0.4,-0.9,1.3]).sum()-np.array([0.05,0.9,0.05])"),
]
WRONG["6.4"] += [
    ("temperature", "np.exp(scaled - top)", "np.exp((scaled - top) / temperature)"),
    ("exponential", "np.exp(scaled - top)", "np.exp(top - scaled)"),
    ("clipped", "    return e / total", "    return e / (total + 1e-3)"),
    ("sum", "e.sum(axis=1, keepdims=True)", "scaled.sum(axis=1, keepdims=True)"),
    ("sum", "total = e.sum", "total = np.exp(scaled).sum"),
    ("sigmoid", "e / total", "1 / (1 + np.exp(-scaled))"),
    ("sum", "e.sum(axis=1, keepdims=True)", "np.sqrt((e**2).sum(axis=1, keepdims=True))"),
    ("overflow", "scaled - top", "scaled - top / temperature"),
    ("log", "e / total", "np.log(e / total)"),
    ("rounded", "e / total", "np.round(e / total, 3)"),
]
WRONG["6.5"] += [
    ("categorical", "- y * z + np.log1p(np.exp(-np.abs(z)))", "- z + np.log1p(np.exp(-np.abs(z)))"),
    (
        "categorical",
        "each = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))",
        "each = (1 - y) * np.logaddexp(0, z)",
    ),
    ("formula", "np.maximum(z, 0)", "np.minimum(z, 0)"),
    ("formula", "np.maximum(z, 0) - y * z", "np.abs(z) - y * z"),
    (
        "mean",
        """
def labels_loss(z, y):
    N, K = z.shape
    a = sigmoid(z)
    each = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    C = each.sum(axis=0) / N
    delta = (a - y) / N
    return C, delta
""",
    ),
    (
        "mean",
        """
def labels_loss(z, y):
    N, K = z.shape
    a = sigmoid(z)
    each = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    C = each.sum(axis=1)
    delta = (a - y) / N
    return C, delta
""",
    ),
    ("swapped", "return C, delta", "return delta, C"),
    ("logarithm", "np.log1p(np.exp(-np.abs(z)))", "np.log2(1 + np.exp(-np.abs(z)))"),
    (
        "mean",
        """
def labels_loss(z, y):
    N, K = z.shape
    a = sigmoid(z)
    each = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    C = each.sum() / N
    delta = (a - y).mean(axis=0)
    return C, delta
""",
    ),
]
WRONG["6.6"] += [
    ("smoothing", "smoothing / K", "smoothing / (K - 1)"),
    ("weights", "w = weights[labels][:, None]", "w = weights[labels][:, None] / weights.mean()"),
    ("weights", "(a - t) / N", "(a - t) * w / N"),
    ("weights", "w * (a - t)", "(w * a - t)"),
    ("weights", "w * (a - t)", "(a - w * t)"),
    ("one-class", "w * (a - t) / N", "w * (a - t) * hard / N"),
    ("weights", "weights[labels]", "weights[np.sort(labels)]"),
    ("weights", "weights[labels]", "np.resize(weights, N)"),
    ("off-by-one", "np.eye(K)[labels]", "np.eye(K)[labels - 1]"),
    ("axis", "np.exp(s).sum(axis=1, keepdims=True)", "np.exp(s).sum()"),
    ("smoothing", "smoothing / K", "smoothing / N"),
    ("smoothing", "smoothing / K", "smoothing / 2"),
    ("swapped", "return C, delta", "return delta, C"),
    ("smoothing", "(1 - smoothing) * hard + smoothing / K", "(1 - smoothing + smoothing / K) * hard"),
]
WRONG["6.8"] += [
    ("mean", "/ len(y)\n    dW", "/ y.shape[1]\n    dW"),
]
WRONG["6.9"] += [
    ("incoming", "(a2-y)*w2*(1-a1**2)*w1"),
    ("slope", "(a2-y)*w2*(1-a1)*x"),
    ("slope", "(a2-y)*w2*(1-a1)**2*x"),
    ("M5", "(a2-y)*w2*(1-sp.tanh(a1)**2)*x"),
    ("slope", "(a2-y)*w2*x/sp.cosh(z1)"),
    ("slope", "(a2-y)*w2*(1+a1**2)*x"),
    ("M12", "(-y*sp.log(a2)-(1-y)*sp.log(1-a2))*w2*(1-a1**2)*x"),
    ("tanh", "(a2-y)*(1-a2**2)*w2*(1-a1**2)*x"),
    ("tanh", "((1-y)/(1-a2)-y/a2)*(1-a2**2)*w2*(1-a1**2)*x"),
    ("slope", "a2*(1-a2)*w2*(1-a1**2)*x"),
    ("swapped", "(y/(1-a2)-(1-y)/a2)*a2*(1-a2)*w2*(1-a1**2)*x"),
    ("slope", "(a2-y)*w2*(1-x**2)*x"),
    ("bias", "(a2-y)*w2*(1-sp.tanh(w1*x)**2)*x"),
    ("too-far", "(a2-y)*w2*a1*(1-a1**2)*x"),
]
WRONG["6.11"] += [
    ("M8", "(a_1-y_1)-(a_2-y_2)*a_2*a_1-(a_3-y_3)*a_3*a_1"),
    ("upstream", "(a_1-y_1)*a_1*(1-a_1)-a_1*a_2-a_1*a_3"),
    ("mean", "((a_1-y_1)*a_1*(1-a_1)-(a_2-y_2)*a_2*a_1-(a_3-y_3)*a_3*a_1)/3"),
    ("slope", "(a_1-y_1)*(1-a_1)-(a_2-y_2)*a_1-(a_3-y_3)*a_1"),
    ("M8", "(a_1-y_1)*a_1*(1-a_1)-(a_2-y_2)*a_2*a_3-(a_3-y_3)*a_3*a_2"),
    ("sum", "a_1*(a_1-y_1)-a_1*((a_1-y_1)+(a_2-y_2)+(a_3-y_3))"),
    ("M12", "a_1*(1-a_1)*((a_1-y_1)**2+(a_2-y_2)**2+(a_3-y_3)**2)/2"),
    ("slope", "(a_1-y_1)*a_1**2-(a_2-y_2)*a_2*a_1-(a_3-y_3)*a_3*a_1"),
    ("slope", "(a_1-y_1)*a_1*(1-a_1)-(a_2-y_2)*a_2-(a_3-y_3)*a_3"),
    ("M8", "(a_1*(1-a_1))*((a_1-y_1)+(a_2-y_2)+(a_3-y_3))"),
    ("M13", "((a_1-y_1)**2+(a_2-y_2)**2+(a_3-y_3)**2)/2"),
    ("M8", "(a_1-y_1)*a_1*(1-a_1)-(a_2-y_2)*a_1*(1-a_2)-(a_3-y_3)*a_1*(1-a_3)"),
    ("M12", "(a_1-y_1)*a_1*(1-a_1)*(a_2-y_2)*a_1*a_2*(a_3-y_3)*a_1*a_3"),
    ("M1", "(a_1-y_1)*a_1*(1-a_1)-(a_1-y_1)*a_1*a_1-(a_2-y_2)*a_2*a_1-(a_3-y_3)*a_3*a_1"),
    ("M12", "a_1*((a_1-y_1)-(a_1-y_1)**2-(a_2-y_2)**2-(a_3-y_3)**2)"),
]
RIGHT["6.2"] += [
    "0.0035*84",
    "sp.Rational(294,1000)",
    "2.94e-1",
    "np.array([0.294])",
    "0.2940",
]
RIGHT["6.3"] += [
    "[0.21794, -0.82698, 0.60903]",
    "(np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum()-np.array([0.05,0.9,0.05])).tolist()",
    "np.array([np.exp([0.4, -0.9, 1.3]) / np.exp([0.4, -0.9, 1.3]).sum()-np.array([0.05,0.9,0.05])])[0]",
]
RIGHT["6.4"] += [
    """
def shares(z, temperature):
    return 1/np.sum(np.exp(np.clip((z[:,None,:]-z[:,:,None])/temperature,-700,700)),axis=2)
""",
    """
def shares(z, temperature):
    scaled = z / temperature
    e = np.exp(scaled - np.max(scaled, axis=1, keepdims=True))
    total = np.einsum('nk->n', e)[:, None]
    return e / total
""",
    """
def shares(z, temperature):
    return np.array([np.exp(r - r.max())/np.exp(r-r.max()).sum() for r in z/temperature])
""",
    """
def shares(z, temperature):
    return np.apply_along_axis(lambda r: np.exp(r-max(r))/sum(np.exp(r-max(r))), 1, z/temperature)
""",
]
RIGHT["6.5"] += [
    """
def labels_loss(z, y):
    N, K = z.shape
    a = sigmoid(z)
    each = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    C = each.sum() / N
    delta = (a - y) / N
    return C, delta
""",
    """
def labels_loss(z, y):
    a = 0.5 * (1 + np.tanh(z/2))
    C = np.mean(np.sum(np.logaddexp(0, z) - y*z, axis=1))
    return C, (a - y) / len(z)
""",
    """
def labels_loss(z, y):
    lse = np.where(z > 0, z + np.log1p(np.exp(-np.abs(z))), np.log1p(np.exp(-np.abs(z))))
    return np.einsum('nk->', lse - y*z)/z.shape[0], (sigmoid(z)-y)/z.shape[0]
""",
    """
def labels_loss(z, y):
    C = 0.0
    delta = []
    for zn, yn in zip(z, y):
        row = []
        for u, t in zip(zn, yn):
            if u >= 0:
                C += (1 - t) * u + np.log1p(np.exp(-u)); s = 1/(1+np.exp(-u))
            else:
                C += -t * u + np.log1p(np.exp(u)); s = np.exp(u)/(1+np.exp(u))
            row.append((s - t)/len(z))
        delta.append(row)
    return C/len(z), delta
""",
]
RIGHT["6.6"] += [
    """
def weighted_loss(z, labels, weights, smoothing):
    N, K = z.shape
    t = np.full((N, K), smoothing / K)
    t[np.arange(N), labels] += 1 - smoothing
    a = shares(z, 1.0)
    logs = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    per = -(t * logs).sum(axis=1)
    return (weights[labels] * per).mean(), (a - t) * weights[labels].reshape(N, 1) / N
""",
    """
def weighted_loss(z, labels, weights, smoothing):
    N, K = z.shape
    T = (1-smoothing)*(labels[:,None]==np.arange(K)) + smoothing/K
    m = z.max(axis=1, keepdims=True)
    lse = m + np.log(np.exp(z-m).sum(axis=1, keepdims=True))
    w = np.array([weights[c] for c in labels])
    return w @ ((lse - z)*T).sum(axis=1) / N, np.diag(w) @ (np.exp(z-lse) - T) / N
""",
    """
def weighted_loss(z, labels, weights, smoothing):
    N, K = z.shape
    C, d = 0, []
    for n in range(N):
        l = np.logaddexp.reduce(z[n])
        t = [smoothing/K + (1-smoothing)*(k==labels[n]) for k in range(K)]
        C += weights[labels[n]]*sum(t[k]*(l-z[n,k]) for k in range(K))
        d.append([weights[labels[n]]*(np.exp(z[n,k]-l)-t[k])/N for k in range(K)])
    return C/N, d
""",
]
RIGHT["6.8"] += [
    """
def repaired_layer(x, y, W, b):
    z = x @ W.T + b
    e = np.exp(z - z.max())
    a = e / e.sum(axis=1)[:, None]
    C = -(y * np.log(a)).sum(axis=1).mean()
    delta = (a - y)
    dW = delta.T @ x / len(y)
    db = delta.mean(axis=0)
    return C, dW, db
""",
    """
def repaired_layer(x, y, W, b):
    z = x @ W.T + b
    e = np.exp(z - z.max())
    a = e / e.sum(axis=1, keepdims=True)
    C = -(y * np.log(a)).mean() * y.shape[1]
    delta = (a - y) / len(y)
    return C, delta.T @ x, np.ones(len(y)) @ delta
""",
]
RIGHT["6.9"] += [
    "(a2-y)*w2*(1-sp.tanh(z1)**2)*x",
    "(1.0*a2-y)*w2*(1-a1)*(1+a1)*x",
    "(1/(1+sp.exp(-z2))-y)*w2*4/(sp.exp(z1)+sp.exp(-z1))**2*x",
    "sp.Mul(a2-y,w2,1-a1**2,x,evaluate=False)",
    "((1-y)/(1-a2)-y/a2)*a2*(1-a2)*w2*(1-a1**2)*x",
    "((1-y)*a2-y*(1-a2))*w2*x*(1-a1**2)",
    "sp.Derivative(sp.tanh(w1*x+b1),w1)*w2*(a2-y)",
]
RIGHT["6.11"] += [
    "a_1*((a_1-y_1)*(1-a_1)-a_2*(a_2-y_2)-a_3*(a_3-y_3))",
    "sum((a-t)*a_1*((1 if i==0 else 0)-a) for i,(a,t) in enumerate([(a_1,y_1),(a_2,y_2),(a_3,y_3)]))",
    "(a_1-y_1)*a_1*(a_2+a_3)-a_1*a_2*(a_2-y_2)-a_1*a_3*(a_3-y_3)",
    "1.0*a_1*(a_1-y_1)-a_1*(a_1*(a_1-y_1)+a_2*(a_2-y_2)+a_3*(a_3-y_3))",
    "(sp.Matrix([[a_1-y_1,a_2-y_2,a_3-y_3]])*sp.Matrix([a_1*(1-a_1),-a_1*a_2,-a_1*a_3]))[0]",
]
