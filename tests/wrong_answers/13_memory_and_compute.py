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
    "13.1": [
        '{"softplus": "a", "sine": "z", "leaky": "a", "absolute": "z", "cube": "a"}',
        'dict(needed, sine="Z")',
        '{"softplus": " a ", "sine": "z", "leaky": "A", "absolute": "Z", "cube": "a"}',
        'dict(zip(["cube","absolute","leaky","sine","softplus"], "azaza"))',
    ],
    "13.2": [
        "[50.232, 24.96]",
        "np.array([3 * 4186, 48 * 130]) * 4 / 1e3",
        "(50.232, 24.96)",
        "[sp.Rational(50232, 1000), sp.Rational(2496, 100)]",
        "np.array([50.232, 24.96], dtype=np.float32)",
        "[50.23, 24.96]",
        "[3*4*(24*60+60+60*40+40+40*6+6)/1000, 4*48*sum([24,60,40,6])/1000]",
        "np.array([50.232,24.96]).tolist()",
    ],
    "13.3": [
        "1.152542",
        "16320 / 14160",
        "2 - 12000 / 14160",
        "np.array([1.1525424])",
        "sp.Rational(68, 59)",
        "68/59",
        "(14160+2160)/14160",
        "1.1525",
        "np.float32(68/59)",
    ],
    "13.4": [
        "[10.24, 98.304]",
        "np.array([1.024e6 / 1e11, 245.76e6 / 2.5e12]) * 1e6",
        "(10.24, 98.304)",
        "np.maximum([3.072, 98.304],[10.24,30.08])",
        "[max(4*(n*600+240000+n*400)/1e5, 2*n*240000/2.5e6) for n in (16,512)]",
        "[sp.Rational(1024,100), sp.Rational(98304,1000)]",
        "[10.24, 98.30]",
    ],
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
        """
def block_backward(y1, y2, dy1, dy2, A, B):
    tanh_slope = lambda a: (1 + a) * (1 - a)
    g = np.tanh(np.dot(y1, B.T)); x2 = y2 - g
    f = np.tanh(np.dot(x2, A.T)); x1 = y1 - f
    back_g = np.multiply(dy2, tanh_slope(g))
    tot1 = dy1 + np.dot(back_g, B)
    back_f = np.multiply(tot1, tanh_slope(f))
    return np.array(x1), x2, tot1, dy2 + np.dot(back_f, A), np.dot(x2.T, back_f).T, np.dot(y1.T, back_g).T
""",
        """
def block_backward(y1, y2, dy1, dy2, A, B):
    u = np.exp(2 * y1 @ B.T)
    g = (u - 1) / (u + 1)
    x2 = y2 - g
    w = np.exp(2 * x2 @ A.T)
    f = (w - 1) / (w + 1)
    dg = dy2 * 4 * u / (u + 1) ** 2
    dx1 = dy1 + dg @ B
    df = dx1 * 4 * w / (1 + w) ** 2
    dA, dB = (sum(np.outer(d, a) for d, a in zip(*pair)) for pair in ((df, x2), (dg, y1)))
    return [y1 - f, x2, dx1, dy2 + df @ A, dA, dB]
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
        """
def checkpointed(x, depth, k, up, down, start):
    calls = 0
    def run(a, l):
        nonlocal calls
        calls += 1
        return up(l, a)
    segs = [range(s, min(s + k, depth)) for s in range(0, depth, k)]
    snaps = {0: x}
    a = x
    for l in range(segs[-1][0]):
        a = run(a, l)
        if (l + 1) % k == 0:
            snaps[l + 1] = a
    grads, da, peak = {}, None, 0
    for seg in segs[::-1]:
        acts = [snaps.pop(seg[0])]
        for l in seg[:-1]:
            acts.append(run(acts[-1], l))
        if da is None:
            da = start(run(acts[-1], seg[-1]))
        peak = max(peak, len(acts) + len(snaps))
        for l in seg[::-1]:
            grads[l], da = down(l, acts.pop(), da)
    return [grads[l] for l in sorted(grads)], da, calls, peak
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
        """
def unscaled(dWs, scale):
    for dW in dWs:
        if np.isnan(dW).any() or np.isinf(dW).any():
            return [np.zeros(d.shape, dtype=np.float64) for d in dWs], scale * 0.5
    return [np.divide(d, scale, dtype=np.float64) for d in dWs], scale
""",
        """
def unscaled(dWs, scale):
    ok = not any((~np.isfinite(d)).sum() for d in dWs)
    out = [d.astype(np.float64) / scale if ok else 0.0 * np.ones(d.shape) for d in dWs]
    return [out, scale if ok else scale / 2]
""",
        """
def unscaled(dWs, scale):
    if np.isfinite(sum(np.abs(d.astype(float)).sum() for d in dWs)):
        return [np.float64(d) / np.float64(scale) for d in dWs], float(scale)
    return [np.zeros_like(d) for d in dWs], float(scale) / 2
""",
    ],
    "13.8": [
        '{"A": "a", "B": "c", "C": "b", "D": "e", "E": "d"}',
        'dict(A="A", B="C", C="B", D="E", E="D")',
    ],
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
        """
def collected(gradient, x, y, size):
    N = len(x)
    k, total = 0, None
    while k < N:
        m = min(size, N - k)
        g = np.asarray(gradient(x[k:k+m], y[k:k+m])) * (m / N)
        total = g if total is None else total + g
        k += m
    return total
""",
        """
def collected(gradient, x, y, size):
    full, rest = divmod(len(x), size)
    out = sum(size * gradient(x[k*size:(k+1)*size], y[k*size:(k+1)*size]) for k in range(full))
    if rest:
        out = out + rest * gradient(x[full*size:], y[full*size:])
    return out / len(x)
""",
        """
def collected(gradient, x, y, size):
    out = 0
    for xi, yi in zip(x, y):
        out = out + gradient(xi[None], yi[None])
    return out / x.shape[0]
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
        "2*sp.sqrt(n/c)*c",
        "2*sp.sqrt(n)*sp.sqrt(c)",
        "2.0*n**0.5*c**0.5",
        "2*sp.exp((sp.log(n)+sp.log(c))/2)",
        "arrays.subs(k, sp.solve(sp.diff(arrays, k), k)[0])",
        "2*c*sp.sqrt(n/c)",
    ],
    "13.11": [
        "dy_2 + (dy_1 + dy_2 * v * (1 - sp.tanh(v * y_1) ** 2)) * u * (1 - sp.tanh(u * x_2) ** 2)",
        "dy_2 + u / sp.cosh(u * x_2) ** 2 * (dy_1 + v * dy_2 / sp.cosh(v * (x_1 + sp.tanh(u * x_2))) ** 2)",
        "sp.diff(dy_1 * (x_1 + sp.tanh(u * x_2)) + dy_2 * (x_2 + sp.tanh(v * (x_1 + sp.tanh(u * x_2)))), x_2)",
        "dy_2 + dy_1 * u * sp.sech(u * x_2) ** 2 + dy_2 * v * u * sp.sech(v * y_1) ** 2 * sp.sech(u * x_2) ** 2",
        "sp.expand(dy_2 + (dy_1 + dy_2 * slope_G) * (1 - (y_1 - x_1) ** 2) * u)",
        "dy_2*(1 + u*v*(1-sp.tanh(v*y_1)**2)*(1-sp.tanh(u*x_2)**2)) + dy_1*u*(1-sp.tanh(u*x_2)**2)",
        "dy_2 + (dy_1 + 4*v*dy_2/(sp.exp(v*y_1)+sp.exp(-v*y_1))**2)*4*u/(sp.exp(u*x_2)+sp.exp(-u*x_2))**2",
        "dy_2 + (dy_1 + dy_2*v/sp.cosh(v*y_1)**2)*u/sp.cosh(u*x_2)**2",
        "dy_2 + (dy_1 + 1.0*dy_2*v*(1-sp.tanh(v*(x_1+sp.tanh(u*x_2)))**2.0))*u*(1-(y_1-x_1)**2)",
        "dy_2 + dy_1*sp.diff(sp.tanh(u*x_2), x_2) + dy_2*sp.diff(sp.tanh(v*y_1), y_1)*sp.diff(sp.tanh(u*x_2), x_2)",
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
        ("from-a", '{"softplus": "a", "sine": "z", "leaky": "a", "absolute": "z", "cube": "z"}'),
        ("from-z", '{k: "a" for k in needed}'),
        ("from-a", '{"softplus": "z", "sine": "a", "leaky": "z", "absolute": "a", "cube": "z"}'),
        ("type", '{"softplus": "y", "sine": "z", "leaky": "a", "absolute": "z", "cube": "a"}'),
        ("type", '{"softplus": True, "sine": False, "leaky": True, "absolute": False, "cube": True}'),
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
        ("hidden-only", "[50.232, 19.2]"),
        ("bytes", "[50.232, 6.24]"),
        ("z-and-a", "[50.232, 49.92]"),
        ("units", "[0.050232, 0.02496]"),
        ("units", "[401.856, 199.68]"),
        ("bias", "[(4080+130)*12/1000, 24.96]"),
        ("bias", "[(4186+2*4080)*4/1000, 24.96]"),
        ("input", "[50.232, 4*48*106/1000]"),
        ("z-and-a", "[50.232, 2*24.96]"),
        ("batch", "[50.232/48, 24.96]"),
        ("units", "[49.0546875, 24.375]"),
        ("counted-twice", "[75.192, 24.96]"),
        ("digits", "[50, 25]"),
        ("integers", "[50, 24]"),
        ("optimizer", "[(4186*4*2+4186*8)/1000, 24.96]"),
        ("hidden-only", "[50.232, 48*4*(60+40)/1000]"),
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
        ("not-divided", "16320"),
        ("factor-2", "16320/28320"),
        ("factor-2", "32640/14160"),
        ("both-passes", "30480/16320"),
        ("one-carried", "1+432/14160"),
        ("wrong-layer", "1+1728/14160"),
        ("first-layer", "(2*14160-250)/14160"),
        ("wrong-layer", "(2*14160-1728)/14160"),
        ("both-passes", "3"),
        ("share", "12000/14160"),
        ("bias", "(2*14160-12000-96)/14160"),
        ("both-passes", "(3*14160-12000)/14160"),
        ("weights-only", "1"),
        ("both-passes", "3-12000/14160"),
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
        ("no-inputs", "[9.856, 98.304]"),
        ("bytes", "[5.12, 98.304]"),
        ("bytes", "[81.92, 240.64]"),
        ("intensity", "[7.5, 81.70212765957447]"),
        ("exchanged", "[76.8, 2457.6]"),
        ("flops", "[1.536, 49.152]"),
        ("bytes", "[2.56, 98.304]"),
        ("weights-twice", "[19.84, 98.304]"),
        ("three-products", "[30.72, 294.912]"),
        ("mean", "[6.656, 64.192]"),
        ("compute-only", "[3.072, 3.072*32]"),
        ("speed", "[7.5e11, 2.5e12]"),
        ("some-entries", "[10.24, 98304]"),
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
        ("M4", "1 - g**2", "1 - y2**2"),
        ("M4", "1 - f**2", "1 - x1**2"),
        ("M4", "1 - f**2", "1 - y1**2"),
        (
            "M5",
            """
def block_backward(y1, y2, dy1, dy2, A, B):
    g = np.tanh(y1 @ B.T)
    x2 = y2 - g
    f = np.tanh(x2 @ A.T)
    x1 = y1 - f
    delta_g = dy2 / np.cosh(g)**2
    dB = delta_g.T @ y1
    dx1 = dy1 + delta_g @ B
    delta_f = dx1 / np.cosh(f)**2
    dA = delta_f.T @ x2
    dx2 = dy2 + delta_f @ A
    return x1, x2, dx1, dx2, dA, dB
""",
        ),
        ("counted-twice", "dx1 * (1 - f**2)", "(dx1 + dy1) * (1 - f**2)"),
        ("straight-slope", "dx2 = dy2 + delta_f", "dx2 = delta_g + delta_f"),
        ("M7", "delta_g @ B", "dy2 @ B"),
        (
            "mean",
            """
def block_backward(y1, y2, dy1, dy2, A, B):
    g = np.tanh(y1 @ B.T)
    x2 = y2 - g
    f = np.tanh(x2 @ A.T)
    x1 = y1 - f
    delta_g = dy2 * (1 - g**2)
    dB = delta_g.T @ y1 / len(y1)
    dx1 = dy1 + delta_g @ B
    delta_f = dx1 * (1 - f**2)
    dA = delta_f.T @ x2 / len(x2)
    dx2 = dy2 + delta_f @ A
    return x1, x2, dx1, dx2, dA, dB
""",
        ),
        ("mean", "return x1, x2, dx1, dx2, dA, dB", "return x1, x2, dx1/len(x1), dx2/len(x1), dA/len(x1), dB/len(x1)"),
        ("counted-twice", "dx1 = dy1 + delta_g @ B", "dx1 = dy1 + delta_g @ B + dy1"),
        ("twice-undone", "x1 = y1 - f", "x1 = y1 - 2*f"),
        ("not-undone", "x1 = y1 - f", "x1 = y1"),
        ("order", "x2 = y2 - g", "x2 = y2"),
        (
            "sigmoid",
            """
def block_backward(y1, y2, dy1, dy2, A, B):
    g = np.tanh(y1 @ B.T)
    x2 = y2 - g
    f = np.tanh(x2 @ A.T)
    x1 = y1 - f
    delta_g = dy2 * g * (1 - g)
    dB = delta_g.T @ y1
    dx1 = dy1 + delta_g @ B
    delta_f = dx1 * f * (1 - f)
    dA = delta_f.T @ x2
    dx2 = dy2 + delta_f @ A
    return x1, x2, dx1, dx2, dA, dB
""",
        ),
        ("one-example", "delta_f.T @ x2", "np.outer(delta_f[-1], x2[-1])"),
        (
            "order",
            "    f = np.tanh(x2 @ A.T)\n    x1 = y1 - f",
            "    f = np.tanh(x2 @ A.T)\n    x1 = y1 - np.tanh(y2 @ A.T)",
        ),
        ("M1", "dA = delta_f.T @ x2", "dA = (dy1 * (1 - f**2)).T @ x2"),
        (
            "no-tanh",
            """
def block_backward(y1, y2, dy1, dy2, A, B):
    g = np.tanh(y1 @ B.T)
    x2 = y2 - g
    f = x2 @ A.T
    x1 = y1 - f
    delta_g = dy2 * (1 - g**2)
    dB = delta_g.T @ y1
    dx1 = dy1 + delta_g @ B
    delta_f = dx1 * (1 - f**2)
    dA = delta_f.T @ x2
    dx2 = dy2 + delta_f @ A
    return x1, x2, dx1, dx2, dA, dB
""",
        ),
        ("own-delta", "dx2 = dy2 + delta_f @ A", "dx2 = dy2 + dx1 @ A"),
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
        (
            "k-segments",
            "starts = list(range(0, depth, k))",
            "k = -(-depth // min(k, depth))\n    starts = list(range(0, depth, k))",
        ),
        (
            "root",
            "starts = list(range(0, depth, k))",
            "k = int(round(depth ** 0.5))\n    starts = list(range(0, depth, k))",
        ),
        (
            "short-first",
            """
def checkpointed(x, depth, k, up, down, start):
    starts = [s for s in range(depth % k if k <= depth else 0, depth, k)]
    if starts[0] != 0:
        starts = [0] + starts
    ends = starts[1:] + [depth]
    snapshots, runs, peak, dWs = [], 0, 0, []
    run = [x]
    for s, end in zip(starts, ends):
        snapshots.append(run[-1])
        run = [run[-1]]
        for l in range(s, end):
            run.append(up(l, run[-1]))
            runs += 1
    da = start(run[-1])
    for j in reversed(range(len(starts))):
        s, end = starts[j], ends[j]
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
""",
        ),
        (
            "order",
            """
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
        part = []
        for l in reversed(range(s, end)):
            dW, da = down(l, run[l - s], da)
            part.insert(0, dW)
        dWs = dWs + part
    return dWs, da, runs, peak
""",
        ),
        (
            "order",
            """
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
        part = []
        for l in reversed(range(s, end)):
            dW, da = down(l, run[l - s], da)
            part.append(dW)
        dWs = part + dWs
    return dWs, da, runs, peak
""",
        ),
        ("peak", "peak = max(peak, j + end - s)", "peak = max(peak, j + end - s + (j == len(starts) - 1))"),
        ("peak", "peak = max(peak, j + end - s)", "peak = max(peak, len(starts) + k)"),
        ("peak", "return dWs, da, runs, peak", "return dWs, da, runs, depth // k + k"),
        ("peak", "return dWs, da, runs, peak", "return dWs, da, runs, -(-depth // k) + k - 1"),
        ("runs", "return dWs, da, runs, peak", "return dWs, da, 2 * depth - k, peak"),
        ("runs", "return dWs, da, runs, peak", "return dWs, da, 2 * depth - len(starts), peak"),
        ("runs", "return dWs, da, runs, peak", "return dWs, da, runs + 1, peak"),
        ("missing", "return dWs, da, runs, peak", "return dWs, None, runs, peak"),
        ("input", "return dWs, da, runs, peak", "return dWs, x, runs, peak"),
        ("swapped", "return dWs, da, runs, peak", "return dWs, da, peak, runs"),
        ("type", "return dWs, da, runs, peak", "return da, dWs, runs, peak"),
        (
            "snapshot",
            """
def checkpointed(x, depth, k, up, down, start):
    starts = list(range(0, depth, k))
    snapshots, runs, peak, dWs = [], 0, 0, []
    run = [x]
    for s in starts:
        run = [run[-1]]
        for l in range(s, min(s + k, depth)):
            run.append(up(l, run[-1]))
            runs += 1
        snapshots.append(run[-1])
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
""",
        ),
        ("crashed", "dW, da = down(l, run[l - s], da)", "da, dW = down(l, run[l - s], da)"),
        ("type", "return dWs, da, runs, peak", "return {l: d for l, d in enumerate(dWs)}, da, runs, peak"),
        ("added-up", "            dWs.insert(0, dW)", "            dWs.insert(0, dW + (dWs[0] if dWs else 0))"),
        (
            "type",
            """
def checkpointed(x, depth, k, up, down, start):
    starts = list(range(0, depth - k + 1, k)) or [0]
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
""",
        ),
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
        (
            "nan",
            """
def unscaled(dWs, scale):
    if max(np.abs(d.astype(float)).max() for d in dWs) < 65505:
        return [d.astype('f8') * scale ** -1.0 for d in dWs], scale
    return [np.zeros_like(d, dtype='f8') for d in dWs], scale / 2
""",
        ),
        ("sum", "np.isfinite(dW).all()", "np.isfinite(dW.sum())"),
        ("sum", "all(np.isfinite(dW).all() for dW in dWs)", "np.isfinite(sum(dW.sum() for dW in dWs))"),
        ("nan", "[np.zeros(dW.shape) for dW in dWs], scale / 2", "[dW.astype(float) / scale for dW in dWs], scale / 2"),
        ("nan", "[np.zeros(dW.shape) for dW in dWs], scale / 2", "dWs, scale / 2"),
        ("type", "[np.zeros(dW.shape) for dW in dWs], scale / 2", "[], scale / 2"),
        ("minus", "astype(float) / scale", "astype(float) - scale"),
        ("early", "astype(float) / scale", "astype(float) / (scale / 2)"),
        ("by-root", "scale / 2", "scale ** 0.5"),
        ("nan", "np.isfinite(dW).all()", "(dW.max() < np.inf)"),
        ("size", "np.isfinite(dW).all()", "(np.abs(dW).max() < 60000)"),
        ("norm", "np.isfinite(dW).all()", "(np.abs(dW).max() < 1e4)"),
        ("nan", "if all(", "if not all("),
        (
            "type",
            """
def unscaled(dWs, scale):
    good = [dW.astype(float) / scale for dW in dWs if np.isfinite(dW).all()]
    return good, scale if len(good) == len(dWs) else scale / 2
""",
        ),
        (
            "one-layer",
            """
def unscaled(dWs, scale):
    new, s = [], scale
    for dW in dWs:
        if np.isfinite(dW).all():
            new.append(dW.astype(float) / scale)
        else:
            new.append(np.zeros(dW.shape))
            s = s / 2
    return new, s
""",
        ),
        (
            "so-far",
            """
def unscaled(dWs, scale):
    new = []
    for dW in dWs:
        if not np.isfinite(dW).all():
            return new + [np.zeros(d.shape) for d in dWs[len(new):]], scale / 2
        new.append(dW.astype(float) / scale)
    return new, scale
""",
        ),
        ("ones", "np.zeros(dW.shape)", "np.ones(dW.shape)"),
        (
            "halved-often",
            """
def unscaled(dWs, scale):
    s = scale
    for dW in dWs:
        if not np.isfinite(dW).all():
            s = s / 2
    if s != scale:
        return [np.zeros(d.shape) for d in dWs], s
    return [d.astype(float) / scale for d in dWs], scale
""",
        ),
        (
            "entries",
            """
def unscaled(dWs, scale):
    if not all(np.isfinite(dW).all() for dW in dWs):
        scale = scale / 2
    return [np.nan_to_num(dW.astype(float), nan=0, posinf=0, neginf=0) / scale for dW in dWs], scale
""",
        ),
        ("narrow", "dW.astype(float) / scale", "(dW * np.float16(1 / scale)).astype(float)"),
        ("narrow", "dW.astype(float) / scale", "np.float64(dW / np.float16(scale))"),
        (
            "type",
            "for dW in dWs], scale\n    return [np.zeros(dW.shape) for dW in dWs], scale / 2",
            "for dW in dWs], scale\n    return scale / 2, [np.zeros(dW.shape) for dW in dWs]",
        ),
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
        ("update-first", '{"A": "d", "B": "a", "C": "a", "D": "a", "E": "a"}'),
        ("not-carried", '{"A": "e", "B": "c", "C": "d", "D": "b", "E": "e"}'),
        ("second-draw", '{"A": "c", "B": "e", "C": "c", "D": "d", "E": "b"}'),
        ("snapshot", '{"A": "b", "B": "d", "C": "b", "D": "c", "E": "c"}'),
        ("no-bug", '{"A":"a","B":"c","C":"b","D":"a","E":"d"}'),
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
        ("crashed", "x[s : s + size]\n", "x[s : s + size - 1]\n"),
        (
            "crashed",
            """
def collected(gradient, x, y, size):
    total = 0
    for s in range(0, len(x), size):
        piece = x[s : s + size - 1]
        total = total + len(piece) * gradient(piece, y[s : s + size - 1])
    return total / len(x)
""",
        ),
        ("overlapping", "range(0, len(x), size)", "range(0, len(x))"),
        (
            "filled",
            """
def collected(gradient, x, y, size):
    total = 0
    for s in range(0, len(x), size):
        s = min(s, len(x) - size)
        piece = x[s : s + size]
        total = total + len(piece) * gradient(piece, y[s : s + size])
    return total / len(x)
""",
        ),
        (
            "mean",
            """
def collected(gradient, x, y, size):
    n = -(-len(x) // size)
    return sum(gradient(a, b) for a, b in zip(np.array_split(x, n), np.array_split(y, n))) / n
""",
        ),
        (
            "last-piece",
            """
def collected(gradient, x, y, size):
    total = 0
    for k in range(len(x) // size):
        total = total + size * gradient(x[k*size:(k+1)*size], y[k*size:(k+1)*size])
    return total / len(x)
""",
        ),
        (
            "weights",
            """
def collected(gradient, x, y, size):
    total = 0
    for s in range(0, len(x), size):
        total = total + gradient(x[s:s+size], y[s:s+size])
    return total / (len(x) / size)
""",
        ),
        (
            "pieces",
            """
def collected(gradient, x, y, size):
    pieces = len(x) // size
    total = 0
    for k in range(pieces + 1):
        piece = slice(k * size, (k + 1) * size)
        if len(x[piece]):
            total = total + gradient(x[piece], y[piece])
    return total / (pieces + 1)
""",
        ),
        (
            "pieces",
            """
def collected(gradient, x, y, size):
    pieces = len(x) // size
    total = 0
    for s in range(0, len(x), size):
        total = total + gradient(x[s:s+size], y[s:s+size])
    return total / pieces
""",
        ),
        (
            "crashed",
            """
def collected(gradient, x, y, size):
    pieces = len(x) // size
    total = 0
    for k in range(pieces + 1):
        piece = slice(k * size, (k + 1) * size)
        total = total + len(x[piece]) * gradient(x[piece], y[piece])
    return total / len(x)
""",
        ),
        (
            "shape",
            """
def collected(gradient, x, y, size):
    total = 0
    for s in range(0, len(x), size):
        piece = x[s : s + size]
        if len(piece) == 1: continue
        total = total + len(piece) * gradient(piece, y[s : s + size])
    return total / len(x)
""",
        ),
        ("shape", "return total / len(x)", "return np.ravel(total / len(x))"),
        ("numbers", "len(x)\n", "x.size\n"),
        ("first-only", "    return total / len(x)", "        return total / len(x)"),
        ("crashed", "gradient(piece, y[s : s + size])", "gradient(y[s : s + size], piece)"),
        (
            "shape",
            """
def collected(gradient, x, y, size):
    gs = [gradient(x[s:s+size], y[s:s+size]) for s in range(0, len(x), size)]
    return np.mean(gs)
""",
        ),
        ("factor-2", "total + len(piece) *", "total + abs(len(piece)) * 2 *"),
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
        ("half-put-in", "sp.sqrt(n*c)+sp.sqrt(n/c)"),
        ("inside", "2*sp.sqrt(n)/c"),
        ("root", "n/c"),
        ("solve", "sp.sqrt(2*n*c)"),
        ("root", "2*n*sp.sqrt(c)"),
        ("one-term", "sp.sqrt(n*c)/2"),
        ("symbols", "n/k + c*k"),
        ("half-put-in", "sp.sqrt(n/c) + c*sp.sqrt(n/c)"),
        ("root", "n + c"),
        ("one-segment", "n*c + 1"),
        ("chapter", "n/sp.sqrt(n) + c*sp.sqrt(n)"),
        ("chapter", "sp.sqrt(n*c) + c"),
        ("chapter", "2*sp.sqrt(n) + c"),
        ("root", "sp.sqrt(c)*sp.sqrt(n) + n"),
        ("slope", "0"),
        ("solve", "arrays.subs(k, sp.sqrt(2*n/c))"),
        ("outside", "2*sp.sqrt(n)*c**2"),
        ("root", "2*n/sp.sqrt(c)"),
        ("sum", "2*sp.sqrt(n+c)"),
        ("half-put-in", "(1+c)*sp.sqrt(n/c)"),
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
        ("M1", "dy_2 + dy_1*slope_F + dy_2*slope_G"),
        ("exchanged", "dy_2 + (dy_1 + dy_2*u*(1-sp.tanh(v*y_1)**2))*v*(1-sp.tanh(u*x_2)**2)"),
        ("M4", "dy_2 + (dy_1 + dy_2*v*(1-sp.tanh(v*y_1)**2))*u*(1-y_1**2)"),
        ("M4", "dy_2 + (dy_1 + dy_2*slope_G)*u*(1-x_2**2)"),
        ("M4", "dy_2 + (dy_1 + dy_2*v*(1-y_1**2))*u*(1-x_2**2)"),
        ("argument", "dy_2 + (dy_1 + dy_2*v*(1-sp.tanh(y_1)**2))*u*(1-sp.tanh(x_2)**2)"),
        ("M1", "dy_2*(1+slope_G) + dy_1*slope_F"),
        ("M4", "dy_2 + (dy_1 + dy_2*v*(1-sp.tanh(v*x_2)**2))*slope_F"),
        ("exchanged", "dy_2 + (dy_1 + dy_1*slope_G)*slope_F"),
        ("exchanged", "dy_2 + (dy_2 + dy_2*slope_G)*slope_F"),
        ("exchanged", "dy_1 + (dy_2 + dy_1*slope_G)*slope_F"),
        ("weights", "dy_2 + (dy_1 + dy_2*slope_G)*x_2*(1-sp.tanh(u*x_2)**2)"),
        ("counted-twice", "2*dy_2 + (dy_1 + dy_2*slope_G)*slope_F"),
        ("slope", "dy_2 + (dy_1 + dy_2*v*(1+sp.tanh(v*y_1)**2))*u*(1+sp.tanh(u*x_2)**2)"),
        ("slope", "dy_2 + (dy_1 + dy_2*v*sp.tanh(v*y_1)*(1-sp.tanh(v*y_1)))*u*sp.tanh(u*x_2)*(1-sp.tanh(u*x_2))"),
        ("M1", "dy_2 + dy_1 + dy_2*slope_G*slope_F"),
        ("M12", "dy_2*dy_1*slope_F"),
        ("straight", "1 + (dy_1 + dy_2*slope_G)*slope_F"),
        ("not-done", "dy_2 + (dy_1 + dy_2*sp.tanh(v*y_1))*sp.tanh(u*x_2)"),
    ],
}
