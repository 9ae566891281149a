"""What students answer to the exercises of chapter 13: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as in chapter 5. A wrong answer to a coding exercise is an edit of the first right one.
"""

BLOCK = """
def block_backward(y1, y2, dy1, dy2, A, B):
    g = np.tanh(y1 @ B.T)
    x2 = y2 - g
    f = np.tanh(x2 @ A.T)
    x1 = y1 - f
    delta_g = dy2 * (1 - g**2)
    dB = delta_g.T @ y1
    dx1 = dy1 + delta_g @ B
    delta_f = dx1 * (1 - f**2)
    dA = delta_f.T @ x2
    dx2 = dy2 + delta_f @ A
    return x1, x2, dx1, dx2, dA, dB
"""

CHECKPOINTED = """
def checkpointed(x, depth, k, up, down, start):
    starts = list(range(0, depth, k))
    snapshots, runs, peak, dWs = [], 0, 0, []
    run = [x]
    for s in starts:
        snapshots.append(run[-1])
        run = [run[-1]]
        for l in range(s, min(s + k, depth)):
            run.append(up(l, run[-1]))
            runs += 1
    da = start(run[-1])
    for j in reversed(range(len(starts))):
        s, end = starts[j], min(starts[j] + k, depth)
        if s != starts[-1]:
            run = [snapshots[j]]
            for l in range(s, end - 1):
                run.append(up(l, run[-1]))
                runs += 1
        peak = max(peak, j + end - s)
        for l in reversed(range(s, end)):
            dW, da = down(l, run[l - s], da)
            dWs.insert(0, dW)
    return dWs, da, runs, peak
"""

RIGHT = {
    "13.1": ['{"softplus": "a", "sine": "z", "leaky": "a", "absolute": "z", "cube": "a"}', 'dict(needed, sine="Z")'],
    "13.2": ["[50.232, 24.96]", "np.array([3 * 4186, 48 * 130]) * 4 / 1e3", "(50.232, 24.96)"],
    "13.3": ["1.152542", "16320 / 14160", "2 - 12000 / 14160", "np.array([1.1525424])"],
    "13.4": ["[10.24, 98.304]", "np.array([1.024e6 / 1e11, 245.76e6 / 2.5e12]) * 1e6", "(10.24, 98.304)"],
    "13.5": [
        BLOCK,
        """
def block_backward(y1, y2, dy1, dy2, A, B):
    n1, n2, N = y1.shape[1], y2.shape[1], len(y1)
    x1, x2, dx1, dx2 = y1.copy(), y2.copy(), dy1.copy(), dy2.copy()
    dA, dB = np.zeros((n1, n2)), np.zeros((n2, n1))
    for n in range(N):
        for i in range(n2):
            g = np.tanh(sum(B[i, j] * y1[n, j] for j in range(n1)))
            x2[n, i] -= g
            d = dy2[n, i] / np.cosh(np.arctanh(g)) ** 2
            for j in range(n1):
                dB[i, j] += d * y1[n, j]
                dx1[n, j] += d * B[i, j]
        for i in range(n1):
            f = np.tanh(A[i] @ x2[n])
            x1[n, i] -= f
            d = dx1[n, i] * (1 - f) * (1 + f)
            dA[i] += d * x2[n]
            dx2[n] += d * A[i]
    return [x1, x2, dx1, dx2, dA, dB]
""",
        """
def block_backward(y1, y2, dy1, dy2, A, B):
    def layer(W, a, da):
        z = np.einsum("nj,ij->ni", a, W)
        d = da / np.cosh(z) ** 2
        return np.tanh(z), np.einsum("ni,nj->ij", d, a), np.einsum("ni,ij->nj", d, W)
    g, dB, back = layer(B, y1, dy2)
    x2, dx1 = y2 - g, dy1 + back
    f, dA, back = layer(A, x2, dx1)
    return y1 - f, x2, dx1, dy2 + back, dA, dB
""",
    ],
    "13.6": [
        CHECKPOINTED,
        """
def checkpointed(x, depth, k, up, down, start):
    count = {"runs": 0, "peak": 0}
    dWs = {}

    def climb(a, layers):
        run = [a]
        for l in layers:
            run.append(up(l, run[-1]))
            count["runs"] += 1
        return run

    def reverse(segment, run, waiting, da):
        count["peak"] = max(count["peak"], waiting + len(segment))
        for l, a in zip(reversed(segment), reversed(run)):
            dWs[l], da = down(l, a, da)
        return da

    def solve(s, a, waiting):
        segment = range(s, min(s + k, depth))
        run = climb(a, segment)
        if segment[-1] == depth - 1:
            return reverse(segment, run[:-1], waiting, start(run[-1]))
        da = solve(s + k, run[-1], waiting + 1)
        return reverse(segment, climb(a, segment[:-1]), waiting, da)

    dx = solve(0, x, 0)
    return [dWs[l] for l in range(depth)], dx, count["runs"], count["peak"]
""",
        """
def checkpointed(x, depth, k, up, down, start):
    held, peak, runs, a = {0: x}, 1, 0, x
    last = (depth - 1) // k * k
    for l in range(depth):
        a = up(l, a)
        runs += 1
        if l + 1 < depth and ((l + 1) % k == 0 or l + 1 > last):
            held[l + 1] = a
    da, dWs = start(a), [None] * depth
    for l in range(depth - 1, -1, -1):
        if l not in held:
            for m in range(l // k * k, l):
                held[m + 1] = up(m, held[m])
                runs += 1
        peak = max(peak, len(held))
        dWs[l], da = down(l, held.pop(l), da)
    return np.array(dWs), da, runs, peak
""",
        """
def checkpointed(x, depth, k, up, down, start):
    k = min(k, depth)
    count = -(-depth // k)
    lengths = [k] * (count - 1) + [depth - (count - 1) * k]
    kept = []
    a = x
    for l in range(depth):
        if l % k == 0:
            kept.append([a])
        elif l >= (count - 1) * k:
            kept[-1].append(a)
        a = up(l, a)
    da, dWs = start(a), []
    for j in range(count - 1, -1, -1):
        run = kept[j]
        while len(run) < lengths[j]:
            run = run + [up(j * k + len(run) - 1, run[-1])]
        for i in range(lengths[j] - 1, -1, -1):
            dW, da = down(j * k + i, run[i], da)
            dWs.append(dW)
    peak = max(j + n for j, n in enumerate(lengths))
    return tuple(dWs[::-1]), da, depth + sum(n - 1 for n in lengths[:-1]), np.int64(peak)
""",
    ],
    "13.7": [
        """
def unscaled(dWs, scale):
    if all(np.isfinite(dW).all() for dW in dWs):
        return [dW.astype(float) / scale for dW in dWs], scale
    return [np.zeros(dW.shape) for dW in dWs], scale / 2
""",
        """
def unscaled(dWs, scale):
    wide = [np.float64(1) * dW for dW in dWs]
    total = sum(np.abs(dW).sum() for dW in wide)
    if np.isnan(total) or np.isinf(total):
        return tuple(0 * np.nan_to_num(dW) for dW in wide), 0.5 * scale
    return tuple(dW * (1 / scale) for dW in wide), scale
""",
        """
def unscaled(dWs, scale):
    new = []
    for dW in dWs:
        for value in dW.ravel():
            if value != value or abs(float(value)) == float("inf"):
                return [np.zeros_like(other, dtype=float) for other in dWs], scale / 2
        new.append(np.array([[float(value) / scale for value in row] for row in dW]))
    return new, scale
""",
        """
def unscaled(dWs, scale):
    good = np.isfinite(np.concatenate([dW.ravel() for dW in dWs])).all()
    new_scale = scale if good else scale / 2
    return [np.where(good, dW.astype(np.float32) / np.float32(scale), 0) for dW in dWs], new_scale
""",
    ],
    "13.8": ['{"A": "a", "B": "c", "C": "b", "D": "e", "E": "d"}'],
    "13.9": [
        """
def collected(gradient, x, y, size):
    total = 0
    for s in range(0, len(x), size):
        piece = x[s : s + size]
        total = total + len(piece) * gradient(piece, y[s : s + size])
    return total / len(x)
""",
        """
def collected(gradient, x, y, size):
    gradients = [gradient(x[n : n + 1], y[n : n + 1]) for n in range(len(x))]
    return np.mean(gradients, axis=0)
""",
        """
def collected(gradient, x, y, size):
    cuts = range(size, len(x), size)
    pieces = list(zip(np.split(x, cuts), np.split(y, cuts)))
    return np.average([gradient(*p) for p in pieces], axis=0, weights=[len(p[0]) for p in pieces])
""",
        """
def collected(gradient, x, y, size):
    if len(x) <= size:
        return gradient(x, y)
    n = size / len(x)
    return n * gradient(x[:size], y[:size]) + (1 - n) * collected(gradient, x[size:], y[size:], size)
""",
        """
def collected(gradient, x, y, size):
    pieces = int(np.ceil(len(x) / size))
    total, count = None, 0
    for px, py in zip(np.array_split(x, pieces), np.array_split(y, pieces)):
        g = gradient(px, py)
        total = g if total is None else (count * total + len(px) * g) / (count + len(px))
        count += len(px)
    return total
""",
    ],
    "13.10": [
        "2 * sp.sqrt(c * n)",
        "sp.sqrt(4 * n * c)",
        "arrays.subs(k, sp.sqrt(n / c))",
        "n / sp.sqrt(n / c) + c * sp.sqrt(n) / sp.sqrt(c)",
        "2 * n * (c / n) ** sp.Rational(1, 2)",
        '2 * sp.sqrt(sp.Symbol("c") * sp.Symbol("n"))',
        "2 * (c * n) ** 0.5",
    ],
    "13.11": [
        "dy_2 + (dy_1 + dy_2 * v * (1 - sp.tanh(v * y_1) ** 2)) * u * (1 - sp.tanh(u * x_2) ** 2)",
        "dy_2 + u / sp.cosh(u * x_2) ** 2 * (dy_1 + v * dy_2 / sp.cosh(v * (x_1 + sp.tanh(u * x_2))) ** 2)",
        "sp.diff(dy_1 * (x_1 + sp.tanh(u * x_2)) + dy_2 * (x_2 + sp.tanh(v * (x_1 + sp.tanh(u * x_2)))), x_2)",
        "dy_2 + dy_1 * u * sp.sech(u * x_2) ** 2 + dy_2 * v * u * sp.sech(v * y_1) ** 2 * sp.sech(u * x_2) ** 2",
        "sp.expand(dy_2 + (dy_1 + dy_2 * slope_G) * (1 - (y_1 - x_1) ** 2) * u)",
    ],
}

COLLECT = """len(piece) * gradient(piece, y[s : s + size])
    return total / len(x)"""
AS_GIVEN = """
def collected(gradient, x, y, size):
    pieces = len(x) // size
    for k in range(pieces):
        piece = slice(k * size, (k + 1) * size)
        total = gradient(x[piece], y[piece])
    return total / pieces
"""

WRONG = {
    "13.1": [
        ("from-z", '{"softplus": "a", "sine": "a", "leaky": "a", "absolute": "z", "cube": "a"}'),
        ("from-a", '{"softplus": "z", "sine": "z", "leaky": "a", "absolute": "z", "cube": "z"}'),
        ("from-a", '{"softplus": "a", "sine": "z", "leaky": "z", "absolute": "z", "cube": "a"}'),
        ("from-z", '{"softplus": "a", "sine": "z", "leaky": "a", "absolute": "a", "cube": "a"}'),
        ("from-a", '{"softplus": "z", "sine": "z", "leaky": "z", "absolute": "z", "cube": "z"}'),
        ("missing", '{"softplus": "a", "sine": "z", "leaky": "a", "absolute": "z"}'),
        ("type", '{"softplus": "both", "sine": "z", "leaky": "a", "absolute": "z", "cube": "a"}'),
        ("type", '["a", "z", "a", "z", "a"]'),
    ],
    "13.2": [
        ("bias", "[48.96, 24.96]"),
        ("optimizer", "[66.976, 24.96]"),
        ("missing-part", "[33.488, 24.96]"),
        ("missing-part", "[16.744, 24.96]"),
        ("input", "[50.232, 20.352]"),
        ("z-and-a", "[50.232, 45.312]"),
        ("output", "[50.232, 23.808]"),
        ("batch", "[50.232, 0.52]"),
        ("batch", "[48 * 50.232, 24.96]"),
        ("bytes", "[100.464, 49.92]"),
        ("bytes", "[12.558, 6.24]"),
        ("bytes", "[25.116, 12.48]"),
        ("units", "[50232, 24960]"),
        ("units", "[50232 / 1024, 24960 / 1024]"),
        ("swapped", "[24.96, 50.232]"),
        ("shape", "50.232"),
        ("shape", "75.192"),
        ("digits", "[50.2, 25]"),
        ("some-entries", "[50.232, 40]"),
    ],
    "13.3": [
        ("first-layer", "2"),
        ("even-widths", "5 / 3"),
        ("both-passes", "2.152542"),
        ("upside-down", "14160 / 16320"),
        ("wrong-layer", "(2 * 14160 - 432) / 14160"),
        ("weights-only", "1.0"),
        ("carried-only", "2160 / 14160"),
        ("first-layer", "4320 / 14160"),
        ("bias", "(16320 + 96) / (14160 + 96)"),
        ("digits", "1.15"),
        ("digits", "1.153"),
        ("type", '"1.1525"'),
        ("unknown", "2.5"),
    ],
    "13.4": [
        ("compute-only", "[3.072, 98.304]"),
        ("memory-only", "[10.24, 30.08]"),
        ("min", "[3.072, 30.08]"),
        ("sum", "[13.312, 128.384]"),
        ("bytes", "[20.48, 98.304]"),
        ("flops", "[10.24, 49.152]"),
        ("weights-only", "[9.6, 98.304]"),
        ("no-outputs", "[9.984, 98.304]"),
        ("weights-each", "[154.24, 4935.68]"),
        ("linear", "[10.24, 327.68]"),
        ("free", "[10.24, 10.24]"),
        ("swapped", "[98.304, 10.24]"),
        ("units", "[1.024e-5, 9.8304e-5]"),
        ("units", "[0.01024, 0.098304]"),
        ("units", "[10240, 98304]"),
        ("digits", "[10, 98]"),
        ("shape", "10.24"),
    ],
    "13.5": [
        ("M7", "dy2 * (1 - g**2)", "dy2"),
        ("M7", "dx1 * (1 - f**2)", "dx1"),
        ("M5", "1 - g**2", "1 - (y1 @ B.T) ** 2"),
        ("M5", "1 - f**2", "1 - (x2 @ A.T) ** 2"),
        ("M4", BLOCK.replace("1 - g**2", "1 - y2**2").replace("1 - f**2", "1 - y1**2")),
        ("slope", BLOCK.replace("1 - g**2", "1 - g").replace("1 - f**2", "1 - f")),
        ("M7", BLOCK.replace("dy2 * (1 - g**2)", "dy2").replace("dx1 * (1 - f**2)", "dx1")),
        ("M1", "dy1 + ", ""),
        ("M1", "dy2 + ", ""),
        ("M1", "dx1 = dy1 + delta_g @ B", "dx1 = dy1"),
        ("M1", "dx2 = dy2 + delta_f @ A", "dx2 = dy2"),
        ("M1", "dx1 * (1 - f**2)", "dy1 * (1 - f**2)"),
        ("sign", "dy1 + ", "dy1 - "),
        ("sign", "dy2 + ", "dy2 - "),
        ("inverse", "y2 - g", "y2 + g"),
        ("inverse", "y1 - f", "y1 + f"),
        ("order", "f = np.tanh(x2 @ A.T)", "f = np.tanh(y2 @ A.T)"),
        (
            "order",
            "    x2 = y2 - g\n    f = np.tanh(x2 @ A.T)\n    x1 = y1 - f",
            "    f = np.tanh(y2 @ A.T)\n    x1 = y1 - f\n    g = np.tanh(x1 @ B.T)\n    x2 = y2 - g",
        ),
        ("incoming", "delta_f.T @ x2", "delta_f.T @ y2"),
        ("incoming", "delta_g.T @ y1", "delta_g.T @ x1"),
        ("M8", "delta_f.T @ x2", "x2.T @ delta_f"),
        ("M8", "delta_g.T @ y1", "y1.T @ delta_g"),
        ("M8", "delta_g @ B", "delta_g @ B.T"),
        ("M8", "delta_f @ A", "delta_f @ A.T"),
        ("M6", "delta_g @ B", "delta_g @ np.linalg.pinv(B).T"),
        ("weights-forgotten", "delta_g @ B", "delta_g.sum(axis=1, keepdims=True)"),
        ("mean", "delta_f.T @ x2", "delta_f.T @ x2 / len(x2)"),
        ("mean", "delta_g.T @ y1", "delta_g.T @ y1 / len(y1)"),
        ("swapped", "x1, x2, dx1, dx2, dA", "x2, x1, dx2, dx1, dA"),
        ("swapped", "dx1, dx2, dA", "dx2, dx1, dA"),
        ("swapped", "dA, dB\n", "dB, dA\n"),
        ("half-done", "return x1, x2, dx1, dx2", "return x1, x2, dy1, dy2"),
        ("changed-inputs", "dx1 = dy1 + delta_g @ B", "dy1 += delta_g @ B\n    dx1 = dy1"),
        ("type", "x1, x2, dx1", "dx1"),
        ("nothing-returned", "return", "result ="),
        ("rounded", "delta_g = dy2 * (1 - g**2)", "delta_g = np.round(dy2 * (1 - g**2), 4)"),
        ("shape", "delta_f.T @ x2", "delta_f * x1"),
    ],
    "13.6": [
        ("run-again", "if s != starts[-1]:", "if True:"),
        ("run-again", "range(s, end - 1)", "range(s, end)"),
        (
            "run-again",
            "if s != starts[-1]:\n            run = [snapshots[j]]\n            for l in range(s, end - 1):",
            "if True:\n            run = [snapshots[j]]\n            for l in range(s, end):",
        ),
        (
            "one-by-one",
            CHECKPOINTED.replace("range(s, end - 1)", "()").replace(
                "            dW, da = down(l, run[l - s], da)",
                "            a = run[l - s] if s == starts[-1] else snapshots[j]\n"
                "            for m in range(s, l if s != starts[-1] else s):\n"
                "                a = up(m, a)\n"
                "                runs += 1\n"
                "            dW, da = down(l, a, da)",
            ),
        ),
        ("kept-all", "starts = list(range(0, depth, k))", "k = depth\n    starts = [0]"),
        ("kept-all", "starts = list(range(0, depth, k))", "k = 1\n    starts = list(range(depth))"),
        (
            "no-snapshots",
            "            run = [snapshots[j]]",
            "            a = x\n"
            "            for m in range(s):\n"
            "                a = up(m, a)\n"
            "                runs += 1\n"
            "            run = [a]",
        ),
        ("runs", "return dWs, da, runs, peak", "return dWs, da, runs - depth, peak"),
        ("runs", "return dWs, da, runs, peak", "return dWs, da, depth, peak"),
        ("runs", "            dWs.insert(0, dW)", "            dWs.insert(0, dW)\n            runs += 1"),
        ("runs", "return dWs, da, runs, peak", "return dWs, da, 2 * depth, peak"),
        ("peak", "j + end - s", "j + end - s - 1"),
        ("peak", "j + end - s", "j + end - s + 1"),
        ("peak", "j + end - s", "len(snapshots) + end - s"),
        ("peak", "j + end - s", "len(snapshots)"),
        ("peak", "j + end - s", "end - s"),
        ("peak", "peak = max(peak, j + end - s)", "peak = j + end - s"),
        ("peak", "return dWs, da, runs, peak", "return dWs, da, runs, depth"),
        ("peak", "return dWs, da, runs, peak", "return dWs, da, runs, len(starts) + min(k, depth) + 1"),
        (
            "off-by-one",
            CHECKPOINTED.replace("range(s, end - 1)", "range(s, end)").replace("run[l - s]", "run[l - s + 1]"),
        ),
        (
            "not-carried",
            CHECKPOINTED.replace("da = start(run[-1])", "top = start(run[-1])").replace(
                "        peak = max", "        da = top\n        peak = max"
            ),
        ),
        ("not-carried", "dW, da = down(l, run[l - s], da)", "dW, dx = down(l, run[l - s], da)"),
        ("snapshot", "[snapshots[j]]", "[x]"),
        ("snapshot", "[snapshots[j]]", "[snapshots[-1 - j]]"),
        ("snapshot", "[snapshots[j]]", "[snapshots[j + 1]]"),
        ("order", "dWs.insert(0, dW)", "dWs.append(dW)"),
        ("M13", "da = start(run[-1])", "da = run[-1]"),
        (
            "wrong-end",
            CHECKPOINTED.replace("da = start", "da = dx = start").replace("dWs, da, runs", "dWs, dx, runs"),
        ),
        ("type", "list(range(0, depth, k))", "list(range(0, depth - depth % k, k))"),
        ("type", "return dWs, da, runs, peak", "return dWs, da, peak"),
        ("type", "return dWs, da, runs, peak", "return dWs"),
        ("crashed", "min(starts[j] + k, depth)", "starts[j] + k"),
        ("nothing-returned", "    return", "    result ="),
        ("changed-inputs", "    run = [x]", "    x += 1.0\n    run = [x]"),
        ("zeros", "dWs.insert(0, dW)", "dWs.insert(0, 0 * dW)"),
    ],
    "13.7": [
        ("narrow", "dW.astype(float) / scale", "(dW / scale).astype(float)"),
        ("narrow", "dW.astype(float) / scale", "dW / scale"),
        ("scale", "dW.astype(float) / scale", "dW.astype(float)"),
        ("scale", "astype(float) / scale", "astype(float) * scale"),
        (
            "one-layer",
            "    return [np.zeros(dW.shape) for dW in dWs], scale / 2",
            "    new = [dW.astype(float) / scale for dW in dWs]\n"
            "    return [dW if np.isfinite(dW).all() else np.zeros(dW.shape) for dW in new], scale / 2",
        ),
        ("entries", "np.zeros(dW.shape)", "np.where(np.isfinite(dW), dW.astype(float), 0) / scale"),
        ("M10", "np.zeros(dW.shape)", "np.nan_to_num(dW).astype(float) / scale"),
        (
            "entries",
            "    return [np.zeros(dW.shape) for dW in dWs], scale / 2",
            "    return [np.where(np.isfinite(dW), dW.astype(float), 0) / scale for dW in dWs], scale",
        ),
        ("doubled", "scale / 2", "scale * 2"),
        ("kept-scale", "], scale / 2", "], scale"),
        ("reset", "], scale / 2", "], 1.0"),
        ("by-one", "scale / 2", "scale - 1"),
        ("raised", "for dW in dWs], scale\n", "for dW in dWs], 2 * scale\n"),
        ("raised", "for dW in dWs], scale\n", "for dW in dWs], scale / 2\n"),
        ("returned-one", "for dW in dWs], scale\n", "for dW in dWs], 1\n"),
        ("dead", "np.isfinite(dW).all() for", "np.isfinite(dW).all() and dW.all() for"),
        ("nan", "np.isfinite(dW).all()", "not np.isnan(dW).any()"),
        ("nan", "np.isfinite(dW).all()", "not np.isinf(dW).any()"),
        ("nan", "all(np.isfinite(dW).all() for dW in dWs)", "np.isfinite(dWs[0]).all()"),
        ("nan", "all(np.isfinite(dW).all() for dW in dWs)", "any(np.isfinite(dW).all() for dW in dWs)"),
        ("nan", "np.isfinite(dW).all()", "np.isfinite(dW).any()"),
        ("mean", "astype(float) / scale", "astype(float) / scale / len(dW)"),
        ("exponent", "astype(float) / scale", "astype(float) / np.log2(scale)"),
        ("early", "    if all", "    scale = scale / 2\n    if all"),
        ("type", "for dW in dWs], scale\n", "for dW in dWs]\n"),
        ("type", "[np.zeros(dW.shape) for dW in dWs]", "0"),
        ("missing", "[np.zeros(dW.shape) for dW in dWs]", "[None for dW in dWs]"),
        ("changed-inputs", "    return [np.zeros", "    for dW in dWs:\n        dW[:] = 0\n    return [np.zeros"),
        ("nothing-returned", "return", "result ="),
    ],
    "13.8": [
        ("update-first", '{"A": "d", "B": "c", "C": "b", "D": "e", "E": "d"}'),
        ("no-bug", '{"A": "a", "B": "a", "C": "b", "D": "e", "E": "d"}'),
        ("no-bug", '{"A": "a", "B": "c", "C": "a", "D": "e", "E": "d"}'),
        ("snapshot", '{"A": "a", "B": "b", "C": "b", "D": "e", "E": "d"}'),
        ("not-carried", '{"A": "a", "B": "c", "C": "e", "D": "b", "E": "d"}'),
        ("no-bug", '{"A": "a", "B": "c", "C": "b", "D": "e", "E": "a"}'),
        ("no-bug", '{"A": "a", "B": "a", "C": "a", "D": "a", "E": "a"}'),
        ("second-draw", '{"A": "a", "B": "c", "C": "c", "D": "e", "E": "d"}'),
        ("type", '{"a": "a"}'),
    ],
    "13.9": [
        ("mean", COLLECT, "gradient(piece, y[s : s + size])\n    return total / -(-len(x) // size)"),
        ("sum", COLLECT, "gradient(piece, y[s : s + size])\n    return total"),
        ("not-divided", "total / len(x)", "total"),
        ("M1", "total + len(piece) * ", ""),
        ("M1", "total = total + len", "total = len"),
        ("M1", f"total + {COLLECT}", "gradient(piece, y[s : s + size])\n    return total"),
        ("M1", f"total + {COLLECT}", "gradient(piece, y[s : s + size])\n    return total / -(-len(x) // size)"),
        ("M1", f"total + {COLLECT}", "len(piece) * gradient(piece, y[s : s + size])\n    return total"),
        ("two-left", AS_GIVEN.replace("total / pieces", "total")),
        ("three-left", AS_GIVEN),
        ("last-piece", AS_GIVEN.replace("total = ", "total += ").replace("    for", "    total = 0\n    for")),
        (
            "mean",
            AS_GIVEN.replace("total = ", "total += ").replace(
                "len(x) // size\n", "-(-len(x) // size)\n    total = 0\n"
            ),
        ),
        ("M1", AS_GIVEN.replace("len(x) // size", "-(-len(x) // size)")),
        ("last-piece", "range(0, len(x), size)", "range(0, len(x) - size + 1, size)"),
        ("weights", "len(piece) * gradient", "size * gradient"),
        ("weights", "total / len(x)", "total / (-(-len(x) // size) * size)"),
        ("divided-twice", "len(piece) * gradient", "gradient"),
        ("divided-twice", COLLECT, "gradient(piece, y[s : s + size]) / len(piece)\n    return total"),
        ("divided-twice", "total / len(x)", "total / len(x) / -(-len(x) // size)"),
        (
            "running",
            """
def collected(gradient, x, y, size):
    total = None
    for s in range(0, len(x), size):
        g = gradient(x[s : s + size], y[s : s + size])
        total = g if total is None else (total + g) / 2
    return total
""",
        ),
        ("first-twice", "total = 0", "total = size * gradient(x[:size], y[:size])"),
        ("first-only", f"        total = total + {COLLECT}", "        return gradient(piece, y[s : s + size])"),
        ("crashed", "x[s : s + size]\n", "x[s:]\n"),
        ("crashed", "gradient(piece, y[s : s + size])", "gradient(piece, y)"),
        ("crashed", "    total = 0\n", "    return gradient(x, y)\n"),
        ("shape", "total / len(x)", "np.sum(total) / len(x)"),
        ("nothing-returned", "    return", "    result ="),
        ("factor-2", "total / len(x)", "2 * total / len(x)"),
        ("sign", "total + len(piece)", "total - len(piece)"),
        ("rounded", "return total / len(x)", "return np.round(total / len(x), 4)"),
    ],
    "13.10": [
        ("best-k", "sp.sqrt(n / c)"),
        ("inside", "2 * sp.sqrt(n)"),
        ("one-term", "sp.sqrt(c * n)"),
        ("chapter", "sp.sqrt(n) + c * sp.sqrt(n)"),
        ("chapter", "2 * sp.sqrt(n) + 1"),
        ("outside", "2 * c * sp.sqrt(n)"),
        ("upside-down", "2 * sp.sqrt(n / c)"),
        ("upside-down", "arrays.subs(k, sp.sqrt(c * n))"),
        ("root", "2 * c * n"),
        ("root", "arrays.subs(k, n / c)"),
        ("root", "c * n"),
        ("one-segment", "arrays.subs(k, n)"),
        ("root", "arrays.subs(k, 1)"),
        ("middle", "2 + c * n / 2"),
        ("counted-da", "2 * sp.sqrt(c * n) + 1"),
        ("second", "sp.diff(arrays, k, 2).subs(k, sp.sqrt(n / c))"),
        ("symbols", "arrays"),
        ("symbols", "sp.diff(arrays, k)"),
        ("type", '"2 * sqrt(c * n)"'),
        ("sign", "-2 * sp.sqrt(c * n)"),
        ("factor-2", "4 * sp.sqrt(c * n)"),
        ("type", "sp.Eq(c, n)"),
        ("unknown", "2 * sp.sqrt(c * n) + c"),
    ],
    "13.11": [
        ("M1", "dy_2 + dy_1 * slope_F"),
        ("M1", "dy_2 + dy_2 * slope_G * slope_F"),
        ("M1", "(dy_1 + dy_2 * slope_G) * slope_F"),
        ("M1", "dy_2"),
        ("M1", "dy_1 * slope_F"),
        ("M1", "dy_2 * slope_F * slope_G"),
        ("other-half", "dy_1 + dy_2 * slope_G"),
        ("other-half", "dy_1 + dy_2 * slope_F"),
        ("M7", "dy_2 + (dy_1 + dy_2 * v) * u"),
        ("M7", "dy_2 + (dy_1 + dy_2 * v) * slope_F"),
        ("M7", "dy_2 + (dy_1 + dy_2 * slope_G) * u"),
        ("weights-forgotten", "dy_2 + (dy_1 + dy_2 * slope_G / v) * slope_F / u"),
        ("weights-forgotten", "dy_2 + (dy_1 + dy_2 * slope_G) * (1 - sp.tanh(u * x_2) ** 2)"),
        ("slope", "dy_2 + (dy_1 + dy_2 * v * (1 - sp.tanh(v * y_1))) * u * (1 - sp.tanh(u * x_2))"),
        ("M5", "dy_2 + (dy_1 + dy_2 * v * (1 - (v * y_1) ** 2)) * u * (1 - (u * x_2) ** 2)"),
        ("M4", "dy_2 + (dy_1 + dy_2 * v * (1 - sp.tanh(v * x_1) ** 2)) * slope_F"),
        ("sign", "dy_2 - (dy_1 - dy_2 * slope_G) * slope_F"),
        ("sign", "dy_2 - (dy_1 + dy_2 * slope_G) * slope_F"),
        ("sign", "-(dy_2 + (dy_1 + dy_2 * slope_G) * slope_F)"),
        ("M12", "dy_2 + dy_1 * dy_2 * slope_F * slope_G"),
        ("M12", "dy_2 + (dy_1 + dy_2) * slope_F * slope_G"),
        ("wrong-variable", "(dy_1 + dy_2 * slope_G) * x_2 * (1 - sp.tanh(u * x_2) ** 2)"),
        ("symbols", "dy_2 + c * slope_F"),
        ("not-done", 'dy_2 + dy_1 * sp.Derivative(sp.tanh(u * x_2) * sp.Function("f")(x_2), x_2)'),
        ("unknown", "dy_2 + (dy_1 + dy_2 * slope_G) ** 2"),
        ("type", '"dy_2"'),
    ],
}
