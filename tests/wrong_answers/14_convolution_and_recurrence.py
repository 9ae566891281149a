"""What students answer to the exercises of chapter 14: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as in chapter 5. A wrong answer to a coding exercise is an edit of the first right one.
"""

ROWS = """
def conv_backward(x, w, delta, stride):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), 0
    for n in range(len(x)):
        for i in range(delta.shape[1]):
            db += delta[n, i]
            for k in range(len(w)):
                dw[k] += delta[n, i] * x[n, stride * i + k]
                dx[n, stride * i + k] += delta[n, i] * w[k]
    return dx, dw, db
"""

PICTURES = """
def conv2d_backward(x, W, delta):
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros(len(W))
    for n, o, i, j in np.ndindex(delta.shape):
        d = delta[n, o, i, j]
        db[o] += d
        for c, k, l in np.ndindex(W.shape[1:]):
            dW[o, c, k, l] += d * x[n, c, i + k, j + l]
            dx[n, c, i + k, j + l] += d * W[o, c, k, l]
    return dx, dW, db
"""

TIME = """
def through_time(x, h, dh, W_x, W_h):
    dx, dW_x, dW_h, db = np.zeros_like(x), 0, 0, 0
    carried = 0
    for t in range(x.shape[1], 0, -1):
        total = dh[:, t - 1] + carried
        delta = total * (1 - h[:, t] ** 2)
        dx[:, t - 1] = delta @ W_x
        dW_x = dW_x + delta.T @ x[:, t - 1]
        dW_h = dW_h + delta.T @ h[:, t - 1]
        db = db + delta.sum(axis=0)
        carried = delta @ W_h
    return dx, dW_x, dW_h, db, carried
"""

CELL = """
def lstm_backward(i, f, g, o, c_old, c, dh, dc):
    shown = np.tanh(c)
    total = dc + dh * o * (1 - shown**2)
    dz_i = total * g * i * (1 - i)
    dz_f = total * c_old * f * (1 - f)
    dz_g = total * i * (1 - g**2)
    dz_o = dh * shown * o * (1 - o)
    dc_old = total * f
    return dz_i, dz_f, dz_g, dz_o, dc_old
"""

ATTENTION = """
def attention_backward(q, k, v, do):
    root = q.shape[1] ** 0.5
    s = q @ k.T / root
    a = np.exp(s - s.max())
    a = a / a.sum(axis=1, keepdims=True)
    dv = a.T @ do
    da = do @ v.T
    ds = a * (da - (a * da).sum(axis=1, keepdims=True))
    dq = ds @ k / root
    dk = ds.T @ q / root
    return dq, dk, dv
"""
PLAIN_MEAN = "(da - da.mean(axis=1, keepdims=True))"
WEIGHTED = "(da - (a * da).sum(axis=1, keepdims=True))"
DOWN, ALONG = "a / a.sum(axis=0)", "a / a.sum(axis=1, keepdims=True)"

RIGHT = {
    "14.1": ['{"x_5": "yes", "x_4": "no", "x_8": "no", "moved_4": "yes", "W_5": "yes"}', 'dict(cut, x_5="Yes")'],
    "14.2": ["[0, 0.7, 0, 0, -0.75, 0, 0]", "np.eye(7)[1] * 0.7 + np.eye(7)[4] * (0.45 - 1.2)"],
    "14.3": [
        "[1.25, -0.54, -1.7]",
        "np.correlate([0.4, -1.0, 0.7, 1.5, -0.6], [0.5, 0, -0.8, 0, 0.3], 'same')[1:4]",
        "np.array([-0.8 * -1 + 0.3 * 1.5, 0.2 - 0.56 - 0.18, -0.5 - 1.2])",
    ],
    "14.4": [
        ROWS,
        """
def conv_backward(x, w, delta, stride):
    K, M = len(w), delta.shape[1]
    views = np.lib.stride_tricks.sliding_window_view(x, K, axis=1)[:, ::stride][:, :M]
    dw = np.einsum("nik,ni->k", views, delta)
    sparse = np.zeros((len(x), x.shape[1] - K + 1))
    sparse[:, : stride * M : stride] = delta
    dx = np.array([np.convolve(row, w) for row in sparse])
    return [dx, dw, np.sum(delta)]
""",
        """
def conv_backward(x, w, delta, stride):
    T, M = x.shape[1], delta.shape[1]
    W = np.zeros((M, T))
    for i in range(M):
        W[i, stride * i : stride * i + len(w)] = w
    dW = delta.T @ x
    dw = np.array([sum(dW[i, stride * i + k] for i in range(M)) for k in range(len(w))])
    return delta @ W, dw, np.array([delta.sum()])
""",
        """
def conv_backward(x, w, delta, stride):
    dx = np.zeros(x.shape)
    dw = []
    for k, weight in enumerate(w):
        places = np.arange(delta.shape[1]) * stride + k
        dx[:, places] += weight * delta
        dw.append((delta * x[:, places]).sum())
    return dx, dw, delta.sum(axis=0).sum()
""",
    ],
    "14.5": [
        PICTURES,
        """
def conv2d_backward(x, W, delta):
    K, L = W.shape[2:]
    views = np.lib.stride_tricks.sliding_window_view(x, (K, L), axis=(2, 3))
    dW = np.einsum("ncijkl,noij->ockl", views, delta)
    rim = np.pad(delta, ((0, 0), (0, 0), (K - 1, K - 1), (L - 1, L - 1)))
    views = np.lib.stride_tricks.sliding_window_view(rim, (K, L), axis=(2, 3))
    dx = np.einsum("noijkl,ockl->ncij", views, W[:, :, ::-1, ::-1])
    return dx, dW, delta.sum(axis=(0, 2, 3))
""",
        """
def conv2d_backward(x, W, delta):
    I, J = delta.shape[2:]
    dx, dW = np.zeros(x.shape), np.zeros(W.shape)
    for k, l in np.ndindex(W.shape[2:]):
        part = (slice(None), slice(None), slice(k, k + I), slice(l, l + J))
        dW[:, :, k, l] = np.tensordot(delta, x[part], axes=((0, 2, 3), (0, 2, 3)))
        dx[part] += np.einsum("noij,oc->ncij", delta, W[:, :, k, l])
    return [dx, dW, np.array([d.sum() for d in delta.swapaxes(0, 1)])]
""",
        """
def conv2d_backward(x, W, delta):
    dx, dW, db = x * 0, W * 0, [0] * len(W)
    K, L = W.shape[2:]
    for n, o, i, j in np.ndindex(delta.shape):
        dW[o] += delta[n, o, i, j] * x[n, :, i : i + K, j : j + L]
        dx[n, :, i : i + K, j : j + L] += delta[n, o, i, j] * W[o]
        db[o] += delta[n, o, i, j]
    return dx, dW, db
""",
    ],
    "14.6": [
        TIME,
        """
def through_time(x, h, dh, W_x, W_h):
    N, T, n = dh.shape
    deltas = np.zeros((N, T, n))
    back = np.zeros((N, n))
    for t in reversed(range(T)):
        deltas[:, t] = (dh[:, t] + back) * (1 - h[:, t + 1] ** 2)
        back = np.einsum("ni,ij->nj", deltas[:, t], W_h)
    dW_h = np.einsum("nti,ntj->ij", deltas, h[:, :-1])
    return [deltas @ W_x, np.einsum("nti,ntj->ij", deltas, x), dW_h, deltas.sum(axis=(0, 1)), back]
""",
        """
def through_time(x, h, dh, W_x, W_h):
    dx, dh0 = np.zeros(x.shape), np.zeros(h[:, 0].shape)
    dW_x, dW_h, db = np.zeros(W_x.shape), np.zeros(W_h.shape), np.zeros(len(W_h))
    for n in range(len(x)):
        for end in range(1, x.shape[1] + 1):
            g = dh[n, end - 1]
            for t in range(end, 0, -1):
                d = g * (1 - h[n, t]) * (1 + h[n, t])
                dW_x += np.outer(d, x[n, t - 1])
                dW_h += np.outer(d, h[n, t - 1])
                db += d
                dx[n, t - 1] += W_x.T @ d
                g = W_h.T @ d
            dh0[n] += g
    return dx, dW_x, dW_h, db, dh0
""",
    ],
    "14.7": [
        CELL,
        """
def lstm_backward(i, f, g, o, c_old, c, dh, dc):
    z = dh * o / np.cosh(c) ** 2 + dc
    return [z * g * (i - i**2), z * c_old * (f - f**2), z * i * (1 - g) * (1 + g), dh * np.tanh(c) * (o - o * o), f * z]
""",
        """
def lstm_backward(i, f, g, o, c_old, c, dh, dc):
    out = [np.zeros(c.shape) for _ in range(5)]
    for at in np.ndindex(c.shape):
        t = (np.exp(2 * c[at]) - 1) / (np.exp(2 * c[at]) + 1)
        total = dc[at] + dh[at] * o[at] * (1 - t * t)
        out[0][at] = total * g[at] * i[at] * (1 - i[at])
        out[1][at] = total * c_old[at] * f[at] * (1 - f[at])
        out[2][at] = total * i[at] * (1 - g[at] ** 2)
        out[3][at] = dh[at] * t * o[at] * (1 - o[at])
        out[4][at] = total * f[at]
    return tuple(out)
""",
        """
def lstm_backward(i, f, g, o, c_old, c, dh, dc):
    def sigma(z):
        return 1 / (1 + np.exp(-z))
    z_i, z_f, z_o = (np.log(a / (1 - a)) for a in (i, f, o))
    dh_c = dh * o * (1 - np.tanh(f * c_old + i * g) ** 2)
    total = dc + dh_c
    slope = lambda z: sigma(z) * sigma(-z)
    dz_i, dz_f, dz_o = total * g * slope(z_i), total * c_old * slope(z_f), dh * np.tanh(c) * slope(z_o)
    return dz_i, dz_f, total * i * (1 - g * g), dz_o, dc * f + dh_c * f
""",
    ],
    "14.8": ['{"A": "b", "B": "c", "C": "a", "D": "e", "E": "d"}'],
    "14.9": [
        ATTENTION,
        """
def attention_backward(q, k, v, do):
    d = q.shape[-1]
    dq, dk, dv = np.zeros(q.shape), np.zeros(k.shape), np.zeros(v.shape)
    for m in range(len(q)):
        a = np.exp(k @ q[m] / np.sqrt(d))
        a /= a.sum()
        J = np.diag(a) - np.outer(a, a)
        ds = J @ (v @ do[m]) / np.sqrt(d)
        dq[m] = ds @ k
        dk += np.outer(ds, q[m])
        dv += np.outer(a, do[m])
    return [dq, dk, dv]
""",
        """
def attention_backward(q, k, v, do):
    scale = 1 / np.sqrt(k.shape[1])
    s = scale * np.einsum("md,td->mt", q, k)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    a = e / e.sum(axis=1)[:, None]
    out = a @ v
    da = do @ v.T
    ds = scale * a * (da - (do * out).sum(axis=1)[:, None])
    return np.einsum("mt,td->md", ds, k), np.einsum("mt,md->td", ds, q), np.einsum("mt,me->te", a, do)
""",
    ],
    "14.10": [
        "(h_2 - y) * (1 - h_2**2) * (h_1 + w * (1 - h_1**2) * h_0)",
        "sp.diff((sp.tanh(w * sp.tanh(w * h_0 + x_1) + x_2) - y) ** 2 / 2, w)",
        "delta_2 * h_1 + delta_2 * w / sp.cosh(w * h_0 + x_1) ** 2 * h_0",
        "(sp.tanh(w * h_1 + x_2) - y) * sp.sech(w * h_1 + x_2) ** 2 * (h_1 + w * h_0 - w * h_0 * h_1**2)",
        "sp.expand((y - h_2) * (h_2**2 - 1) * (h_1 + w * h_0 * (1 - h_1) * (1 + h_1)))",
    ],
    "14.11": [
        "u + (h - n) * u * (1 - u) * w",
        "sp.diff(n + (h - n) / (1 + sp.exp(-(w * h + x))), h)",
        "u * (1 + w * (1 - u) * (h - n))",
        "u + w * (h - n) * sp.exp(-w * h - x) / (1 + sp.exp(-w * h - x)) ** 2",
        "u - n * w * (u - u**2) + h * w * (u - u**2)",
    ],
}

WRONG = {
    "14.1": [
        ("forward-cut", '{"x_5": "yes", "x_4": "no", "x_8": "no", "moved_4": "no", "W_5": "yes"}'),
        ("cut-missed", '{"x_5": "yes", "x_4": "yes", "x_8": "no", "moved_4": "yes", "W_5": "yes"}'),
        ("future", '{"x_5": "yes", "x_4": "no", "x_8": "yes", "moved_4": "yes", "W_5": "yes"}'),
        ("cut-early", '{"x_5": "yes", "x_4": "no", "x_8": "no", "moved_4": "yes", "W_5": "no"}'),
        ("cut-early", '{"x_5": "no", "x_4": "no", "x_8": "no", "moved_4": "yes", "W_5": "yes"}'),
        ("cut-missed", '{"x_5": "yes", "x_4": "yes", "x_8": "yes", "moved_4": "yes", "W_5": "yes"}'),
        ("type", '{"x_5": True, "x_4": "no", "x_8": "no", "moved_4": "yes", "W_5": "yes"}'),
    ],
    "14.2": [
        ("M1", "[0, 0.7, 0, 0, 0.45, 0, 0]"),
        ("M1", "[0, 0.7, 0, 0, -1.2, 0, 0]"),
        ("M1", "[0, 0.7, 0, 0, -0.375, 0, 0]"),
        ("tie-last", "[0, 0, 0.7, 0, -1.2, 0, 0.45]"),
        ("tie-both", "[0, 0.7, 0.7, 0, -0.75, 0, 0.45]"),
        ("tie-shared", "[0, 0.35, 0.35, 0, -1.2 + 0.225, 0, 0.225]"),
        ("average", "[0.7 / 3, 0.7 / 3, -0.5 / 3, -0.4, -0.25, 0.15, 0.15]"),
        ("all", "[0.7, 0.7, -0.5, -1.2, -0.75, 0.45, 0.45]"),
        ("value", "[0, 2.1, 0, 0, -3.75, 0, 0]"),
        ("value", "[0, 3, 0, 0, 10, 0, 0]"),
        ("stride", "[0, 0.7 - 1.2, 0, 0, 0.45, 0, 0]"),
        ("stride", "[0, 0.7, 0, 0, -1.2, 0, 0.45]"),
        ("minimum", "[0.7, 0, 0, -1.2, 0, 0.45, 0]"),
        ("sign", "[0, 0.7, 0, 0, 1.65, 0, 0]"),
        ("short", "[0.7, -1.2, 0.45]"),
        ("sign", "[0, -0.7, 0, 0, 0.75, 0, 0]"),
        ("shape", "[0.7, -0.75]"),
        ("some-entries", "[0, 0.7, 0, 0, -0.8, 0, 0]"),
    ],
    "14.3": [
        ("flip", "[-1.7, -0.54, 1.25]"),
        ("mean", "[1.25 / 3, -0.18, -1.7 / 3]"),
        ("stride", "[0 - 0.32 - 0.3, 0.2 + 0.8 + 0.21, -0.5 - 0.56 + 0.45]"),
        ("padding", "[0.2 - 0.56, -0.5 - 1.2, 0.35 + 0.48]"),
        ("padding", "[0.2 - 0.56 - 0.18, -0.5 - 1.2, 0.35 + 0.48]"),
        ("padding", "[-0.32 + 0.21, 0.8 + 0.45, 0.2 - 0.56 - 0.18]"),
        ("padding", "[0.2 + 0.8 + 0.45, -0.54, -1.7 - 0.18]"),
        ("stride", "[0.2 + 0.8 + 0.21, -0.5 - 0.56 + 0.45, 0.35 - 1.2 - 0.18]"),
        ("M1", "[0.45, -0.18, 0]"),
        ("M1", "[0, 0.2, -0.5]"),
        ("no-delta", "[0.5, 0.5, 0.5]"),
        ("M13", "dw_strip * np.array([0.2, -0.5, 0.9])"),
        ("sign", "[-0.8 + 0.45, 0.2 + 0.56 - 0.18, -0.5 + 1.2]"),
        ("other-gradient", "np.convolve([0.5, 0, -0.8, 0, 0.3], [0.2, -0.5, 0.9])[1:-1]"),
        ("sign", "-dw_strip"),
        ("shape", "1.25"),
        ("some-entries", "[1.2, -0.5, -1.7]"),
        ("some-entries", "[1.25, -0.54, 1.7]"),
    ],
    "14.4": [
        ("flip", "* w[k]", "* w[-1 - k]"),
        ("flip", "return dx, dw, db", "return dx, dw[::-1], db"),
        ("flip", ROWS.replace("* w[k]", "* w[-1 - k]").replace("dx, dw, db\n", "dx, dw[::-1], db\n")),
        ("M1", "dw[k] += ", "dw[k] = "),
        ("M1", "dx[n, stride * i + k] += ", "dx[n, stride * i + k] = "),
        ("M1", "db += ", "db = "),
        ("M1", "+=", "="),
        (
            "M1",
            "    return",
            "    dw = sum(d * x[0, stride * i : stride * i + len(w)] for i, d in enumerate(delta[0]))\n    return",
        ),
        ("mean", "return dx, dw, db", "return dx, dw / delta.shape[1], db / delta.shape[1]"),
        ("mean", "return dx, dw, db", "return dx, dw / len(x), db / len(x)"),
        ("mean", "return dx, dw, db", "return dx, dw / delta.size, db / delta.size"),
        ("mean", "return dx, dw, db", "return dx / len(x), dw / len(x), db / len(x)"),
        ("mean", "return dx, dw, db", "return dx, dw, delta.mean()"),
        ("stride", "stride * i + k", "i + k"),
        ("stride", "x[n, stride * i + k]", "x[n, i + k]"),
        ("stride", "dx[n, stride * i + k]", "dx[n, i + k]"),
        ("place", "stride * i + k", "i + stride * k"),
        ("place", "stride * i + k", "stride * i - k"),
        ("weights-forgotten", " * w[k]", ""),
        ("incoming", "dw[k] += delta[n, i] * x[n, stride * i + k]", "dw[k] += delta[n, i]"),
        ("M13", "dw[k] += delta[n, i]", "dw[k] += w[k] * delta[n, i]"),
        ("bias", "return dx, dw, db", "return dx, dw, 1"),
        ("bias", "return dx, dw, db", "return dx, dw, delta.size"),
        (
            "bias",
            "            db += delta[n, i]\n            for k in range(len(w)):",
            "            for k in range(len(w)):\n                db += delta[n, i]",
        ),
        ("shape", "return dx, dw, db", "return dx, dw, delta.sum(axis=0)"),
        ("shape", "return dx, dw, db", "return dx.sum(axis=0), dw, db"),
        ("shape", "return dx, dw, db", "return dx[:, : stride * (delta.shape[1] - 1) + len(w)], dw, db"),
        ("shape", "return dx, dw, db", "return dw, dx, db"),
        ("crashed", "dw[k] += delta[n, i] * x[n, stride * i + k]", "dw[k] += delta[n] @ x[n, k::stride]"),
        ("changed-inputs", "np.zeros_like(x)", "x"),
        ("nothing-returned", "    return", "    result ="),
        ("type", "return dx, dw, db", "return dx, dw"),
        ("rounded", "return dx, dw, db", "return np.round(dx, 4), dw, db"),
        ("sign", "return dx, dw, db", "return dx, -dw, db"),
        ("zeros", "return dx, dw, db", "return dx, dw, 0.0"),
    ],
    "14.5": [
        ("flip", "W[o, c, k, l]\n", "W[o, c, -1 - k, -1 - l]\n"),
        ("flip", "return dx, dW", "return dx, dW[:, :, ::-1, ::-1]"),
        ("flip", "W[o, c, k, l]\n", "W[o, c, -1 - k, l]\n"),
        ("M1", "dW[o, c, k, l] += ", "dW[o, c, k, l] = "),
        ("M1", "dx[n, c, i + k, j + l] += ", "dx[n, c, i + k, j + l] = "),
        ("M1", "db[o] += ", "db[o] = "),
        ("M1", "+=", "="),
        (
            "bias",
            "        db[o] += d\n        for c, k, l in np.ndindex(W.shape[1:]):",
            "        for c, k, l in np.ndindex(W.shape[1:]):\n            db[o] += d",
        ),
        ("bias", "return dx, dW, db", "return dx, dW, delta.mean(axis=(0, 2, 3))"),
        ("bias", "db[o] += d", "db += d"),
        ("bias", "db[o] += d", "db[o] = 1"),
        ("bias", "        db[o] += d\n", ""),
        ("mean", "return dx, dW, db", "return dx, dW / delta[0, 0].size, db / delta[0, 0].size"),
        ("mean", "return dx, dW, db", "return dx, dW / len(x), db / len(x)"),
        ("mean", "return dx, dW, db", "return dx / len(x), dW / len(x), db / len(x)"),
        ("place", "i + k, j + l", "i - k, j - l"),
        ("place", "d * x[n, c, i + k, j + l]", "d * x[n, c, i, j]"),
        ("place", "dx[n, c, i + k, j + l]", "dx[n, c, i, j]"),
        ("place", "i + k, j + l", "i, j"),
        ("place", "d * x[n, c, i + k, j + l]", "d * x[n, c, i - k, j - l]"),
        ("weights-forgotten", "d * W[o, c, k, l]", "d"),
        ("incoming", "d * x[n, c, i + k, j + l]", "d"),
        ("swapped", "d * W[o, c, k, l]", "d * x[n, c, i + k, j + l] * W[o, c, k, l]"),
        ("swapped", "d * x[n, c, i + k, j + l]", "d * W[o, c, k, l] * x[n, c, i + k, j + l]"),
        ("crashed", "x[n, c, i + k, j + l]\n", "x[n, o, i + k, j + l]\n"),
        ("crashed", "W[o, c, k, l]\n", "W[c, o, k, l]\n"),
        ("shape", "return dx, dW, db", "return dx, dW, delta.sum(axis=(2, 3))"),
        ("shape", "return dx, dW, db", "return dx, dW, db.sum()"),
        ("shape", "return dx, dW, db", "return dW, dx, db"),
        ("nothing-returned", "    return", "    result ="),
        ("changed-inputs", "np.zeros_like(W)", "W"),
        ("second-call", "    return", "    counter.append(0)\n    dW = dW + len(counter)\n    return"),
        ("sign", "return dx, dW", "return dx, -dW"),
    ],
    "14.6": [
        ("own-output", "dh[:, t - 1] + carried", "(dh[:, t - 1] if t == x.shape[1] else 0) + carried"),
        ("own-output", "dh[:, t - 1] + carried", "dh[:, -1] + carried"),
        ("crashed", "dh[:, t - 1] + carried", "dh[:, t] + carried"),
        ("M1", "dh[:, t - 1] + carried", "dh[:, t - 1]"),
        ("M7", "total * (1 - h[:, t] ** 2)", "total"),
        ("M7", "delta @ W_x", "total @ W_x"),
        ("M7", "delta @ W_h", "total @ W_h"),
        ("M7", TIME.replace("delta.T", "total.T").replace("delta.sum", "total.sum")),
        ("M7", "delta.T @ h", "total.T @ h"),
        ("M7", "delta.sum", "total.sum"),
        ("missing", "db, carried\n", "db, None\n"),
        ("start", "db, carried\n", "db, 0 * h[:, 0]\n"),
        ("cut", "carried = delta @ W_h", "carried = 0 * delta"),
        ("slope", "h[:, t] ** 2", "h[:, t]"),
        ("slope", "(1 - h[:, t] ** 2)", "h[:, t] * (1 - h[:, t])"),
        ("M5", "h[:, t] ** 2", "np.tanh(h[:, t]) ** 2"),
        ("old-state", "h[:, t] ** 2", "h[:, t - 1] ** 2"),
        ("late-state", "@ h[:, t - 1]", "@ h[:, t]"),
        ("M1", TIME.replace("dW_x + ", "").replace("dW_h + ", "").replace("db + ", "")),
        ("M1", "dW_h + ", ""),
        ("M1", "dW_x + ", ""),
        ("M8", "delta @ W_h", "delta @ W_h.T"),
        ("M6", "delta @ W_h", "delta @ np.linalg.inv(W_h).T"),
        ("weights-forgotten", "delta @ W_h", "delta"),
        ("M8", "dW_x, dW_h, db, carried\n", "dW_x, dW_h.T, db, carried\n"),
        ("M8", "dW_x, dW_h, db, carried\n", "dW_x.T, dW_h, db, carried\n"),
        ("order", "range(x.shape[1], 0, -1)", "range(1, x.shape[1] + 1)"),
        ("mean", "dx, dW_x, dW_h, db, carried\n", "dx, *(p / x.shape[1] for p in (dW_x, dW_h, db)), carried\n"),
        ("mean", "dx, dW_x, dW_h, db, carried\n", "dx, *(p / len(x) for p in (dW_x, dW_h, db)), carried\n"),
        ("mean", "delta.sum(axis=0)", "delta.mean(axis=0)"),
        ("reversed", "return dx,", "return dx[:, ::-1],"),
        ("one-short", "db, carried\n", "db, total\n"),
        ("wrong-matrix", "db, carried\n", "db, dh[:, 0]\n"),
        ("bias", "db + delta.sum(axis=0)", "np.ones(len(W_h))"),
        ("double", "+ carried", "+ 2 * carried"),
        ("crashed", "delta.T @ x", "delta @ x"),
        ("M8", "delta.T @ h[:, t - 1]", "h[:, t - 1].T @ delta"),
        ("crashed", "delta @ W_x", "delta @ W_x.T"),
        ("shape", "delta.sum(axis=0)", "delta.sum()"),
        ("shape", "delta.sum(axis=0)", "delta.sum(axis=1)"),
        ("type", "db, carried\n", "db\n"),
        ("nothing-returned", "    return", "    result ="),
        ("changed-inputs", "total = dh[:, t - 1] + carried", "total = dh[:, t - 1]\n        total += carried"),
        ("rounded", "delta = total * (1 - h[:, t] ** 2)", "delta = np.round(total * (1 - h[:, t] ** 2), 4)"),
    ],
    "14.7": [
        ("M1", "dc + dh * o", "dh * o"),
        ("M1", "dc + dh * o * (1 - shown**2)", "dc"),
        ("M1", "dc_old = total * f", "dc_old = dc * f"),
        ("M7", " * (1 - shown**2)", ""),
        ("M7", CELL.replace(" * i * (1 - i)", "").replace(" * f * (1 - f)", "").replace(" * o * (1 - o)", "")),
        ("M7", " * (1 - g**2)", ""),
        ("M7", " * i * (1 - i)", ""),
        ("M7", " * f * (1 - f)", ""),
        ("M7", " * o * (1 - o)", ""),
        ("M5", "(1 - g**2)", "(1 - np.tanh(g) ** 2)"),
        ("M5", "1 - shown**2", "1 - c**2"),
        ("tanh", "(1 - g**2)", "g * (1 - g)"),
        ("tanh", "i * (1 - i)", "(1 - i**2)"),
        ("slope", "1 - shown**2", "1 - shown"),
        (
            "swapped",
            CELL.replace("total * g * i * (1", "total * i * i * (1").replace("total * i * (1", "total * g * (1"),
        ),
        ("swapped", "dz_i, dz_f, dz_g, dz_o, dc_old\n", "dz_f, dz_i, dz_g, dz_o, dc_old\n"),
        ("swapped", "dz_i, dz_f, dz_g, dz_o, dc_old\n", "dz_i, dz_f, dz_o, dz_g, dc_old\n"),
        ("swapped", "total * c_old * f", "total * f * f"),
        ("new-cell", "total * c_old", "total * c"),
        ("no-tanh", "dh * shown", "dh * c"),
        ("wrong-source", "dh * shown", "total * shown"),
        ("output-gate", "dh * o * (1 - shown", "dh * (1 - shown"),
        ("forget-gate", "dc_old = total * f", "dc_old = total"),
        ("wrong-gate", "dc_old = total * f", "dc_old = total * i"),
        ("M6", "dc_old = total * f", "dc_old = total / f"),
        ("M12", "dc + dh", "dc * dh"),
        ("sign", CELL.replace("(1 - i)", "(i - 1)").replace("(1 - f)", "(f - 1)").replace("(1 - o)", "(o - 1)")),
        ("shape", "dc_old = total * f", "dc_old = (total * f).sum(axis=0)"),
        ("type", "dz_o, dc_old\n", "dz_o\n"),
        ("nothing-returned", "    return", "    result ="),
        ("changed-inputs", "total = dc + dh", "total = dc\n    total += dh"),
        ("zeros", "dc_old = total * f", "dc_old = 0 * c"),
    ],
    "14.8": [
        ("no-bug", '{"A": "a", "B": "c", "C": "a", "D": "e", "E": "d"}'),
        ("M1", '{"A": "b", "B": "c", "C": "b", "D": "e", "E": "d"}'),
        ("no-bug", '{"A": "b", "B": "a", "C": "a", "D": "e", "E": "d"}'),
        ("no-bug", '{"A": "b", "B": "c", "C": "a", "D": "a", "E": "d"}'),
        ("flip", '{"A": "b", "B": "c", "C": "a", "D": "e", "E": "c"}'),
        ("late-state", '{"A": "b", "B": "c", "C": "e", "D": "e", "E": "d"}'),
        ("mean", '{"A": "b", "B": "d", "C": "a", "D": "e", "E": "d"}'),
        ("M1", '{"A": "b", "B": "b", "C": "b", "D": "b", "E": "b"}'),
        ("type", '{"a": "a"}'),
    ],
    "14.9": [
        ("axis", ALONG, DOWN),
        ("even", WEIGHTED, PLAIN_MEAN),
        ("scale", "ds.T @ q / root", "ds.T @ q"),
        ("two-left", ATTENTION.replace(WEIGHTED, PLAIN_MEAN).replace("ds.T @ q / root", "ds.T @ q")),
        ("two-left", ATTENTION.replace(ALONG, DOWN).replace("ds.T @ q / root", "ds.T @ q")),
        ("two-left", ATTENTION.replace(ALONG, DOWN).replace(WEIGHTED, PLAIN_MEAN)),
        (
            "three-left",
            ATTENTION.replace(ALONG, DOWN).replace(WEIGHTED, PLAIN_MEAN).replace("ds.T @ q / root", "ds.T @ q"),
        ),
        ("diagonal", WEIGHTED, "(1 - a) * da"),
        ("no-coupling", WEIGHTED, "da"),
        ("unweighted", "(a * da).sum(axis=1, keepdims=True)", "da.sum(axis=1, keepdims=True)"),
        ("M7", "ds = a * (da - (a * da).sum(axis=1, keepdims=True))", "ds = da"),
        ("wrong-axis", "(a * da).sum(axis=1", "(a * da).sum(axis=0"),
        ("whole-sum", "(a * da).sum(axis=1, keepdims=True)", "(a * da).sum()"),
        ("plus", "da - (a", "da + (a"),
        ("sign", WEIGHTED, "((a * da).sum(axis=1, keepdims=True) - da)"),
        ("scale", "ds @ k / root", "ds @ k"),
        ("scale", ATTENTION.replace("ds @ k / root", "ds @ k").replace("ds.T @ q / root", "ds.T @ q")),
        ("scale", ATTENTION.replace("ds @ k / root", "ds @ k / q.shape[1]").replace("q / root", "q / q.shape[1]")),
        ("scale", "root = q.shape[1] ** 0.5", "root = q.shape[1]"),
        ("scale", "root = q.shape[1] ** 0.5", "root = len(k) ** 0.5"),
        ("scale", "root = q.shape[1] ** 0.5", "root = 1"),
        ("M8", "a.T @ do", "a @ do"),
        ("M8", "ds.T @ q", "ds @ q"),
        ("M8", "ds @ k", "ds.T @ k"),
        ("swapped", "return dq, dk", "return dk, dq"),
        ("mean", ATTENTION.replace("q / root", "q / root / len(q)").replace("a.T @ do", "a.T @ do / len(q)")),
        (
            "M1",
            ATTENTION.replace("ds.T @ q / root", "np.outer(ds[-1], q[-1]) / root").replace(
                "a.T @ do", "np.outer(a[-1], do[-1])"
            ),
        ),
        ("crashed", "a / a.sum(axis=1, keepdims=True)", "a / a.sum(axis=1)"),
        ("nothing-returned", "    return", "    result ="),
        ("type", "return dq, dk, dv", "return dq, dk"),
        ("factor-2", "dv = a.T @ do", "dv = 2 * a.T @ do"),
        ("nan", "da = do @ v.T", "da = np.log(-1 - a**2)"),
    ],
    "14.10": [
        ("M1", "delta_2 * h_1"),
        ("M1", "delta_1 * h_0"),
        ("M1", "(delta_2 * h_1 + delta_1 * h_0) / 2"),
        ("M1", "2 * delta_2 * h_1"),
        ("M12", "delta_2 * h_1 * w * (1 - h_1**2) * h_0"),
        ("M7", "delta_2 * (h_1 + w * h_0)"),
        ("M7", "(h_2 - y) * (h_1 + w * (1 - h_1**2) * h_0)"),
        ("M7", "(h_2 - y) * (h_1 + w * h_0)"),
        ("weights-forgotten", "delta_2 * (h_1 + (1 - h_1**2) * h_0)"),
        ("late-state", "delta_2 * h_2 + delta_1 * h_1"),
        ("slope", "(h_2 - y) * (1 - h_2) * (h_1 + w * (1 - h_1) * h_0)"),
        ("slope", "(h_2 - y) * h_2 * (1 - h_2) * (h_1 + w * h_1 * (1 - h_1) * h_0)"),
        ("M5", "(h_2 - y) * (1 - sp.tanh(h_2) ** 2) * (h_1 + w * (1 - sp.tanh(h_1) ** 2) * h_0)"),
        ("slope", "delta_2 * (h_1 + w * (1 - h_2**2) * h_0)"),
        ("incoming", "delta_2 + delta_1"),
        ("incoming", "delta_2 * x_2 + delta_1 * x_1"),
        ("M13", "(h_2 - y) ** 2 / 2 * (1 - h_2**2) * (h_1 + w * (1 - h_1**2) * h_0)"),
        ("wrong-variable", "delta_1 * w"),
        ("sign", "-(delta_2 * h_1 + delta_1 * h_0)"),
        ("factor-2", "2 * (delta_2 * h_1 + delta_1 * h_0)"),
        ("symbols", "delta_2 * u"),
        ("not-done", "sp.Derivative(sp.Function('C')(w), w)"),
        ("type", '"delta_2"'),
        ("unknown", "delta_2 * h_1 + delta_1 * h_0**3"),
    ],
    "14.11": [
        ("M1", "u"),
        ("M1", "(h - n) * u * (1 - u) * w"),
        ("M1", "u + h * u * (1 - u) * w"),
        ("M1", "u - n * u * (1 - u) * w"),
        ("sign", "u + (n - h) * u * (1 - u) * w"),
        ("sign", "u + (h + n) * u * (1 - u) * w"),
        ("M7", "u + (h - n) * w"),
        ("M7", "u + (h - n) * u * w"),
        ("M7", "u + (h - n) * (1 - u) * w"),
        ("weights-forgotten", "u + (h - n) * u * (1 - u)"),
        ("M5", "u + (h - n) * (w * h + x) * (1 - w * h - x) * w"),
        ("M5", "u + (h - n) * w * sp.exp(-u) / (1 + sp.exp(-u)) ** 2"),
        ("exchanged", "1 - u + (n - h) * u * (1 - u) * w"),
        ("exchanged", "1 - u"),
        ("tanh", "u + (h - n) * (1 - u**2) * w"),
        ("M12", "u * (h - n) * u * (1 - u) * w"),
        ("wrong-variable", "(h - n) * u * (1 - u)"),
        ("wrong-variable", "(h - n) * u * (1 - u) * h"),
        ("not-done", "(1 - u) * n + u * h"),
        ("sign", "-(u + (h - n) * u * (1 - u) * w)"),
        ("symbols", "u + h_1"),
        ("type", '"u"'),
        ("unknown", "u + (h - n) * u * (1 - u) * w**2"),
    ],
}
