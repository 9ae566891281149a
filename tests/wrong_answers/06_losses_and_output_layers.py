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
        ("shape", "each.sum() / len(z)", "each.mean(axis=0)"),
        ("shape", "each.sum() / len(z)", "each.sum(axis=1)"),
        ("mean", "(a - y) / len(z)", "a - y"),
        ("mean", "(a - y) / len(z)", "(a - y) / z.size"),
        ("mean", "(a - y) / len(z)", "(a - y) / len(z) ** 2"),
        ("mean", "(a - y) / len(z)", "(a - y) / z.shape[1]"),
        ("mean", "/ len(z)", "/ z.size"),
        ("mean", " / len(z)", ""),
        ("shape", "(a - y) / len(z)", "(a - y).mean(axis=0)"),
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
