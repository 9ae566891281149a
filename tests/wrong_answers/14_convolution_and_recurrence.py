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
    "14.1": [
        '{"x_5": "yes", "x_4": "no", "x_8": "no", "moved_4": "yes", "W_5": "yes"}',
        'dict(cut, x_5="Yes")',
        'dict(W_5="YES", moved_4=" yes", x_8="no", x_4="no", x_5="yes")',
    ],
    "14.2": [
        "[0, 0.7, 0, 0, -0.75, 0, 0]",
        "np.eye(7)[1] * 0.7 + np.eye(7)[4] * (0.45 - 1.2)",
        "np.array([0,.7,0,0,-.75,0,0])",
        "[0, sp.Rational(7,10), 0, 0, sp.Rational(-3,4), 0, 0]",
        "(0,0.7,0,0,-1.2+0.45,0,0)",
        "[0, 0.7, 0, 0, -0.75, 0, 0.0]",
    ],
    "14.3": [
        "[1.25, -0.54, -1.7]",
        "np.correlate([0.4, -1.0, 0.7, 1.5, -0.6], [0.5, 0, -0.8, 0, 0.3], 'same')[1:4]",
        "np.array([-0.8 * -1 + 0.3 * 1.5, 0.2 - 0.56 - 0.18, -0.5 - 1.2])",
        "np.array([[0,.4,-1],[-1,.7,1.5],[1.5,-.6,0]]).T @ np.array([.5,-.8,.3])",
        "np.einsum('i,ik->k',[.5,-.8,.3],[[0,.4,-1],[-1,.7,1.5],[1.5,-.6,0]])",
        "[sp.Rational(5,4), sp.Rational(-27,50), sp.Rational(-17,10)]",
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
        """
def conv_backward(x, w, delta, stride):
    (N, T), K, M = x.shape, len(w), delta.shape[1]
    idx = stride * np.arange(M)[:, None] + np.arange(K)
    dx = np.zeros((N, T))
    np.add.at(dx, (np.arange(N)[:, None, None], idx[None]), delta[:, :, None] * w)
    dw = (x[:, idx] * delta[:, :, None]).sum((0, 1))
    return dx, dw, float(delta.sum())
""",
        """
def conv_backward(x, w, delta, stride):
    dx = np.zeros(x.shape)
    dw = np.zeros(w.shape)
    K = len(w)
    for i in range(delta.shape[1]):
        s = slice(stride * i, stride * i + K)
        dx[:, s] += np.outer(delta[:, i], w)
        dw += delta[:, i] @ x[:, s]
    return dx, dw, [delta.sum()]
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
        """
def conv2d_backward(x, W, delta):
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros(len(W))
    for n, o, i, j in np.ndindex(delta.shape):
        d = delta[n, o, i, j]
        s = np.s_[n, :, i:i + W.shape[2], j:j + W.shape[3]]
        dx[s] += W[o] * d
        dW[o] += x[s] * d
        db[o] += d
    return [dx, dW, list(db)]
""",
        """
def conv2d_backward(x, W, delta):
    dx, dW = np.zeros(x.shape), np.zeros(W.shape)
    (N, O, I, J), (K, L) = delta.shape, W.shape[2:]
    for k in range(K):
        for l in range(L):
            for n in range(N):
                for i in range(I):
                    for j in range(J):
                        for o in range(O):
                            for c in range(x.shape[1]):
                                dx[n, c, i + k, j + l] += W[o, c, k, l] * delta[n, o, i, j]
                                dW[o, c, k, l] += x[n, c, i + k, j + l] * delta[n, o, i, j]
    return dx, dW, np.einsum("noij->o", delta)
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
        """
def through_time(x, h, dh, W_x, W_h):
    N, T, m = x.shape
    dx = np.zeros(x.shape)
    dWx, dWh, db = np.zeros(W_x.shape), np.zeros(W_h.shape), np.zeros(W_h.shape[0])
    g = np.zeros((N, W_h.shape[0]))
    for t in range(T - 1, -1, -1):
        g = g + dh[:, t, :]
        d = g / np.cosh(np.arctanh(h[:, t + 1, :])) ** 2
        dWx += np.dot(d.T, x[:, t, :])
        dWh += np.dot(d.T, h[:, t, :])
        db += np.ones(N) @ d
        dx[:, t, :] = np.dot(d, W_x)
        g = np.dot(d, W_h)
    return [dx, dWx, dWh, db, g]
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
        """
def lstm_backward(i, f, g, o, c_old, c, dh, dc):
    t = 1 - 2 / (np.exp(2 * c) + 1)
    D = dc + dh * o * (1 - t) * (1 + t)
    return (D * g * (i - i * i), D * c_old * (f - f * f), D * i * (1 - g * g), dh * t * (o - o ** 2), D * f)
""",
        """
def lstm_backward(i, f, g, o, c_old, c, dh, dc):
    back = np.multiply(dh, np.multiply(o, np.cosh(c) ** -2.0))
    total = np.add(back, dc)
    di, df, dg, do, dco = total * g, total * c_old, total * i, dh * np.tanh(c), total * f
    for a, d in ((i, di), (f, df), (o, do)):
        d *= a
        d *= 1 - a
    dg *= 1 - g * g
    return [di, df, dg, do, dco]
""",
    ],
    "14.8": [
        '{"A": "b", "B": "c", "C": "a", "D": "e", "E": "d"}',
        'dict(A="B", B=" c", C="a", D="E", E="d")',
    ],
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
        """
def attention_backward(q, k, v, do):
    d = q.shape[1]
    s = q @ k.T / np.sqrt(d)
    a = np.exp(s) / np.exp(s).sum(1, keepdims=True)
    da = do @ v.T
    ds = a * da - a * (a * da).sum(-1, keepdims=True)
    ds /= d ** 0.5
    return ds @ k, ds.T @ q, a.T @ do
""",
        """
def attention_backward(q, k, v, do):
    M, d = q.shape
    T, e = v.shape
    dq, dk, dv = np.zeros((M, d)), np.zeros((T, d)), np.zeros((T, e))
    for m in range(M):
        s = [sum(q[m, j] * k[t, j] for j in range(d)) / d ** .5 for t in range(T)]
        z = sum(np.exp(s))
        a = [np.exp(x) / z for x in s]
        da = [do[m] @ v[t] for t in range(T)]
        for t in range(T):
            ds = sum(a[r] * ((r == t) - a[t]) * da[r] for r in range(T)) / d ** .5
            dq[m] += ds * k[t]
            dk[t] += ds * q[m]
            dv[t] += a[t] * do[m]
    return dq, dk, dv
""",
    ],
    "14.10": [
        "(h_2 - y) * (1 - h_2**2) * (h_1 + w * (1 - h_1**2) * h_0)",
        "sp.diff((sp.tanh(w * sp.tanh(w * h_0 + x_1) + x_2) - y) ** 2 / 2, w)",
        "delta_2 * h_1 + delta_2 * w / sp.cosh(w * h_0 + x_1) ** 2 * h_0",
        "(sp.tanh(w * h_1 + x_2) - y) * sp.sech(w * h_1 + x_2) ** 2 * (h_1 + w * h_0 - w * h_0 * h_1**2)",
        "sp.expand((y - h_2) * (h_2**2 - 1) * (h_1 + w * h_0 * (1 - h_1) * (1 + h_1)))",
        "(h_2-y)*(1-h_2**2)*h_1 + (h_2-y)*(1-h_2**2)*w*(1-h_1**2)*h_0",
        "(h_2-y)/sp.cosh(w*h_1+x_2)**2*(h_1+w*h_0/sp.cosh(w*h_0+x_1)**2)",
        "1.0*(h_2-y)*(1-h_2)*(1+h_2)*(h_1+1.0*w*(1-h_1**2.0)*h_0)",
        "(h_2-y)*4*sp.exp(2*(w*h_1+x_2))/(sp.exp(2*(w*h_1+x_2))+1)**2*(h_1+w*(1-h_1**2)*h_0)",
    ],
    "14.11": [
        "u + (h - n) * u * (1 - u) * w",
        "sp.diff(n + (h - n) / (1 + sp.exp(-(w * h + x))), h)",
        "u * (1 + w * (1 - u) * (h - n))",
        "u + w * (h - n) * sp.exp(-w * h - x) / (1 + sp.exp(-w * h - x)) ** 2",
        "u - n * w * (u - u**2) + h * w * (u - u**2)",
        "u + (h-n)*w*u*(1-u)",
        "u - u*(1-u)*w*n + u*(1-u)*w*h",
        "u + w*(h-n)/(2+sp.exp(w*h+x)+sp.exp(-(w*h+x)))",
        "1/(1+sp.exp(-w*h-x)) + (h-n)*w*sp.sech((w*h+x)/2)**2/4",
        "u + (h - n)*sp.diff(1/(1+sp.exp(-(w*h+x))), h)",
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
        ("cut-early", '{"x_5": "no", "x_4": "yes", "x_8": "yes", "moved_4": "no", "W_5": "no"}'),
        ("cut-early", '{k: "no" for k in cut}'),
        ("type", '{"x_5": "y", "x_4": "n", "x_8": "n", "moved_4": "y", "W_5": "y"}'),
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
        ("place", "[0.45, 0.7, -1.2, 0, 0, 0, 0]"),
        ("place", "[0, 0.7, 0.45, -1.2, 0, 0, 0]"),
        ("no-gradient", "[0, 1, 0, 0, 2, 0, 0]"),
        ("no-gradient", "[0, 1, 0, 0, 1, 0, 0]"),
        ("whole-row", "[0,0,0,0,-0.05,0,0]"),
        ("product", "[0,0.7,0,0,-0.54,0,0]"),
        ("forward", "[3,5,5]"),
        ("off-by-one", "[0,0,0.7,0,0,-0.75,0]"),
        ("off-by-one", "[0.7,0,0,-0.75,0,0,0]"),
        ("tie-both", "[0,0.7,0,0,-0.75,0,0.45]"),
        ("tie-both", "[0,0.7,0.7,0,-0.75,0,0]"),
        ("forward", "[1,3.7,3,0,4.25,2,5]"),
        ("M1", "[0,0.7,0,0,-1.2,0,0]"),
        ("place", "[0,0.7,0,-1.2,0,0.45,0]"),
        ("place", "[0.7,0,-1.2,0,0.45,0,0]"),
        ("tie-last", "[0,0,0.7,0,-1.2,0,0.45]"),
        ("tie-shared", "[0,0.7,0,0,-1.2+0.225,0,0.225]"),
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
        ("reversed", "[1.55,-0.74,-1.5]"),
        ("forward", "[-1.1,0.8,0.6]"),
        ("step", "[0.2-1.25,-0.5+0.54,0.9+1.7]"),
        ("M13", "[-0.55,-0.64,0.18]"),
        ("padding", "[-0.32+0.3*.7-0, 0.8*1+0.3*1.5, 0.2-0.8*.7-0.18]"),
        ("mean", "[0.25,-0.108,-0.34]"),
        ("unsigned", "[1.25,0.54,1.7]"),
        ("stride", "[0.5*.4+.8+.21,-.5-.56+.45,.35-1.2-.18]"),
        ("stride", "[-0.8*.7, .2-.8*1.5, -.5+.48]"),
        ("row-sums", "[0.5*-0.6,-0.8*1.2,0.3*0.9]"),
        ("shape", "[-0.25,0.29,0.4,-0.78,-0.15]"),
        ("other-gradient", "[0.1,-0.25,0.29,0.4,-0.66,-0.15,0.27]"),
        ("M1", "[0.45,-0.18,0]"),
        ("M1", "[0.8,-0.56,-1.2]"),
        ("M13", "[0.25,0.27,-1.53]"),
        ("total", "[0,0,0]"),
        ("some-entries", "[-0.54,1.25,-1.7]"),
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
        (
            "integers",
            """
def conv_backward(x, w, delta, stride):
    dx, dw, db = np.zeros(x.shape, int), np.zeros(len(w), int), 0
    for n in range(len(x)):
        for i in range(delta.shape[1]):
            db += delta[n, i]
            for k in range(len(w)):
                dw[k] += delta[n, i] * x[n, stride * i + k]
                dx[n, stride * i + k] += delta[n, i] * w[k]
    return dx, dw, db
""",
        ),
        ("place", "delta[n, i] * x[n, stride * i + k]", "delta[n, i] * x[n, stride * i - k]"),
        ("places", "range(delta.shape[1])", "range(delta.shape[1] - 1)"),
        ("places", "range(delta.shape[1])", "range(1, delta.shape[1])"),
        ("places", "range(delta.shape[1])", "range((x.shape[1] - len(w)) // stride)"),
        ("one-example", "range(len(x))", "range(1)"),
        (
            "across",
            """
def conv_backward(x, w, delta, stride):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), 0
    for n in range(len(x)):
        for i in range(delta.shape[1]):
            db += delta[n, i]
            for k in range(len(w)):
                dw[k] += delta[n, i] * x[n, stride * i + k]
                dx[:, stride * i + k] += delta[n, i] * w[k]
    return dx, dw, db
""",
        ),
        (
            "M1",
            """
def conv_backward(x, w, delta, stride):
    M, K = delta.shape[1], len(w)
    idx = stride * np.arange(M)[:, None] + np.arange(K)
    dx = np.zeros(x.shape)
    dx[:, idx] += delta[:, :, None] * w
    return dx, (x[:, idx] * delta[:, :, None]).sum((0, 1)), delta.sum()
""",
        ),
        ("weights", "range(len(w))", "range(len(w) - 1)"),
        ("square", "* w[k]", "* w[k] ** 2"),
        ("incoming", "* w[k]", "* w[k] * x[n, stride * i + k]"),
        ("stride", "stride * i", "(stride - 1) * i"),
        ("shape", "return dx, dw, db", "return dx, dw, delta.sum(axis=1)"),
        ("mean", "return dx, dw, db", "return dx, dw, db / len(x)"),
        (
            "mean",
            """
def conv_backward(x, w, delta, stride):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), 0
    for n in range(len(x)):
        for i in range(delta.shape[1]):
            db += delta[n, i]
            for k in range(len(w)):
                dw[k] += delta[n, i] * x[n, stride * i + k]
                dx[n, stride * i + k] += delta[n, i] * w[k]
    return dx / delta.shape[1], dw / delta.shape[1], db / delta.shape[1]
""",
        ),
        ("mean", "return dx, dw, db", "return dx / len(w), dw, db"),
        ("bias", "db += delta[n, i]", "db += delta[n, i] ** 2"),
        ("bias", "return dx, dw, db", "return dx, dw, dw.sum()"),
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
        (
            "integers",
            """
def conv2d_backward(x, W, delta):
    dx, dW, db = np.zeros(x.shape, int), np.zeros(W.shape, int), np.zeros(len(W))
    for n, o, i, j in np.ndindex(delta.shape):
        d = delta[n, o, i, j]
        db[o] += d
        for c, k, l in np.ndindex(W.shape[1:]):
            dW[o, c, k, l] += d * x[n, c, i + k, j + l]
            dx[n, c, i + k, j + l] += d * W[o, c, k, l]
    return dx, dW, db
""",
        ),
        ("crashed", "x[n, c, i + k, j + l]\n", "x[n, c, i + l, j + k]\n"),
        ("pooled", "d * x[n, c, i + k, j + l]", "d * x[n, c, i:i+W.shape[2], j:j+W.shape[3]].sum()"),
        ("channels", "d * W[o, c, k, l]", "d * W[:, c, k, l].sum()"),
        ("channels", "d * W[o, c, k, l]", "d * W[o, :, k, l].sum()"),
        ("channels", "d * x[n, c, i + k, j + l]", "d * x[n, :, i + k, j + l].sum()"),
        ("channels", "d * x[n, c, i + k, j + l]", "d * x[n, 0, i + k, j + l]"),
        ("own-picture", "d * x[n, c, i + k, j + l]", "d * x[0, c, i + k, j + l]"),
        ("own-picture", "dx[n, c, i + k, j + l] += d * W", "dx[0, c, i + k, j + l] += d * W"),
        ("channels", "d * W[o, c, k, l]", "d * W[0, c, k, l]"),
        ("channels", "np.ndindex(W.shape[1:])", "((0, k, l) for k, l in np.ndindex(W.shape[2:]))"),
        ("bias", "return dx, dW, db", "return dx, dW, np.full(len(W), delta.sum())"),
        ("mean", "return dx, dW, db", "return dx, dW, db / len(x)"),
        ("mean", "return dx, dW, db", "return dx / len(x), dW, db"),
        ("no-delta", "dW[o, c, k, l] += d * x[n, c, i + k, j + l]", "dW[o, c, k, l] += x[n, c, i + k, j + l]"),
        ("no-delta", "d * W[o, c, k, l]", "W[o, c, k, l]"),
        ("bias", "db[o] += d", "db[o] += 1"),
        ("short", "np.ndindex(W.shape[1:])", "np.ndindex(W.shape[1], W.shape[2] - 1, W.shape[3])"),
        ("crashed", "i + k, j + l", "i + k, j + k"),
        ("sign", "+= d * x", "-= d * x"),
        ("mean", "d * W[o, c, k, l]", "d * W[o, c, k, l] / W[o].size"),
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
        ("piled-up", "carried = delta @ W_h", "carried = carried + delta @ W_h"),
        ("start", "db, carried\n", "db, carried * (1 - h[:, 0] ** 2)\n"),
        ("input", "@ x[:, t - 1]", "@ x[:, t - 2]"),
        (
            "slope",
            """
def through_time(x, h, dh, W_x, W_h):
    dx, dW_x, dW_h, db = np.zeros_like(x), 0, 0, 0
    carried = 0
    for t in range(x.shape[1], 0, -1):
        total = dh[:, t - 1] + carried
        delta = dh[:, t - 1] * (1 - h[:, t] ** 2) + carried
        dx[:, t - 1] = delta @ W_x
        dW_x = dW_x + delta.T @ x[:, t - 1]
        dW_h = dW_h + delta.T @ h[:, t - 1]
        db = db + delta.sum(axis=0)
        carried = delta @ W_h
    return dx, dW_x, dW_h, db, carried
""",
        ),
        ("first-missing", "range(x.shape[1], 0, -1)", "range(x.shape[1], 1, -1)"),
        ("last-missing", "range(x.shape[1], 0, -1)", "range(x.shape[1] - 1, 0, -1)"),
        ("start", "db, carried\n", "db, delta\n"),
        ("start", "db, carried\n", "db, total @ W_h\n"),
        ("crashed", "delta @ W_x", "delta @ W_h"),
        (
            "mean",
            """
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
    n = len(x) * x.shape[1]
    return dx, dW_x / n, dW_h / n, db / n, carried
""",
        ),
        (
            "mean",
            """
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
    return dx, dW_x / len(x), dW_h / len(x), db, carried
""",
        ),
        ("slope", "carried = delta @ W_h", "carried = (delta * (1 - h[:, t] ** 2)) @ W_h"),
        ("slope", "carried = delta @ W_h", "carried = (delta @ W_h) * (1 - h[:, t - 1] ** 2)"),
        (
            "one-back",
            """
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
        carried = (dh[:, t - 1] * (1 - h[:, t] ** 2)) @ W_h
    return dx, dW_x, dW_h, db, carried
""",
        ),
        (
            "all-outputs",
            """
def through_time(x, h, dh, W_x, W_h):
    dx, dW_x, dW_h, db = np.zeros_like(x), 0, 0, 0
    carried = 0
    for t in range(x.shape[1], 0, -1):
        total = dh.sum(axis=1) + carried
        delta = total * (1 - h[:, t] ** 2)
        dx[:, t - 1] = delta @ W_x
        dW_x = dW_x + delta.T @ x[:, t - 1]
        dW_h = dW_h + delta.T @ h[:, t - 1]
        db = db + delta.sum(axis=0)
        carried = delta @ W_h
    return dx, dW_x, dW_h, db, carried
""",
        ),
        ("M1", "db + delta.sum(axis=0)", "delta.sum(axis=0)"),
        ("dx", "dx[:, t - 1] = delta @ W_x", "dx[:, 0] += delta @ W_x"),
        ("square", "carried = delta @ W_h", "carried = delta @ W_h @ W_h"),
        ("tanh", "delta.T @ h[:, t - 1]", "delta.T @ np.tanh(h[:, t - 1])"),
        ("start", "delta.T @ h[:, t - 1]", "delta.T @ (h[:, t - 1] if t > 1 else 0 * h[:, 0])"),
        ("shape", "db, carried\n", "db, carried.sum(axis=0)\n"),
        ("shape", "dx, dW_x, dW_h, db, carried\n", "dx, dW_h, dW_x, db, carried\n"),
        ("slope", "(1 - h[:, t] ** 2)", "(1 - h[:, t]) ** 2"),
        ("slope", "delta = total * (1 - h[:, t] ** 2)", "delta = total * (1 + h[:, t] ** 2)"),
        ("start", "db, carried\n", "db, carried - dh[:, 0]\n"),
        (
            "input",
            """
def through_time(x, h, dh, W_x, W_h):
    dx, dW_x, dW_h, db = np.zeros_like(x), 0, 0, 0
    carried = 0
    for t in range(x.shape[1], 0, -1):
        total = dh[:, t - 1] + carried
        delta = total * (1 - h[:, t] ** 2)
        dx[:, t - 1] = delta @ W_x
        dW_x = dW_x + delta.T @ x[:, -1]
        dW_h = dW_h + delta.T @ h[:, t - 1]
        db = db + delta.sum(axis=0)
        carried = delta @ W_h
    return dx, dW_x, dW_h, db, carried
""",
        ),
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
        ("swapped", "total * i * (1 - g**2)", "total * g * (1 - g**2)"),
        ("partner", "total * g * i", "total * i"),
        ("partner", "total * c_old * f", "total * f"),
        ("partner", "dh * shown * o", "dh * o"),
        ("forget-gate", "dc_old = total * f", "dc_old = total * (1 - f)"),
        ("output-gate", "dc + dh * o * (1 - shown**2)", "(dc + dh) * o * (1 - shown**2)"),
        ("output-gate", "dh * o * (1 - shown", "dh * o * (1 - o) * (1 - shown"),
        ("M5", "i * (1 - i)", "1 / (1 + np.exp(-i)) * (1 - 1 / (1 + np.exp(-i)))"),
        ("M5", "1 - shown**2", "1 - np.tanh(shown) ** 2"),
        ("forget-early", "dc + dh", "dc * f + dh"),
        ("both-to-o", "dh * shown * o", "(dh + dc) * shown * o"),
        ("partner", "dz_g = total * i", "dz_g = total"),
        ("added-cell", "dc_old = total * f", "dc_old = total * f + c_old"),
        ("old-cell", "total * c_old", "total * np.tanh(c_old)"),
        ("old-cell", "dh * shown", "dh * np.tanh(c_old)"),
        ("forget-gate", "dc_old = total * f", "dc_old = dc + dh * o * (1 - shown**2) * f"),
        ("old-cell", "1 - shown**2", "1 - np.tanh(c_old) ** 2"),
        ("through-gate", "dc_old = total * f", "dc_old = total * f + total * c_old * f * (1 - f)"),
        (
            "mean",
            "return dz_i, dz_f, dz_g, dz_o, dc_old",
            "return tuple(z / len(i) for z in (dz_i, dz_f, dz_g, dz_o, dc_old))",
        ),
        (
            "slope",
            """
def lstm_backward(i, f, g, o, c_old, c, dh, dc):
    shown = np.tanh(c)
    total = dc + dh * o * (1 - shown**2)
    dz_i = total * g * i * (1 - i) ** 2
    dz_f = total * c_old * f * (1 - f)
    dz_g = total * i * (1 - g**2)
    dz_o = dh * shown * o * (1 - o)
    dc_old = total * f
    return dz_i, dz_f, dz_g, dz_o, dc_old
""",
        ),
        ("swapped", "dz_i, dz_f, dz_g, dz_o, dc_old\n", "dz_i, dz_f, dz_g, dc_old, dz_o\n"),
        ("slope", "i * (1 - i)", "(1 - i)"),
        ("minus", "dc + dh", "dc - dh"),
        ("sign", "dh * shown * o * (1 - o)", "-dh * shown * o * (1 - o)"),
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
        ("no-bug", '{"A": "a", "B": "a", "C": "e", "D": "a", "E": "a"}'),
        ("flip", '{"A": "c", "B": "d", "C": "d", "D": "b", "E": "b"}'),
        ("mean", '{"A": "d", "B": "e", "C": "c", "D": "c", "E": "e"}'),
        ("late-state", '{"A": "e", "B": "c", "C": "a", "D": "d", "E": "d"}'),
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
        ("axis", "a.sum(axis=1, keepdims=True)", "a.sum()"),
        ("root", "q.shape[1] ** 0.5", "v.shape[1] ** 0.5"),
        ("swapped", "return dq, dk, dv", "return dv, dk, dq"),
        ("bracket", "a * (da - (a * da).sum(axis=1, keepdims=True))", "a * da - (a * da).sum(axis=1, keepdims=True)"),
        ("no-softmax", "    a = np.exp(s - s.max())\n    a = a / a.sum(axis=1, keepdims=True)\n", "    a = s\n"),
        ("no-softmax", "    a = a / a.sum(axis=1, keepdims=True)\n", ""),
        ("crashed", "a.T @ do", "a.T @ v[: len(do)]"),
        ("output", "da = do @ v.T", "da = (a @ v) @ v.T"),
        ("own-factor", "ds.T @ q / root", "ds.T @ (a @ k) / root"),
        ("own-factor", "ds @ k / root", "ds @ (ds.T @ q) / root"),
        ("mean", "(a * da).sum(axis=1, keepdims=True)", "(a * da).mean(axis=1, keepdims=True)"),
        ("largest", "da - (a * da).sum(axis=1, keepdims=True)", "da - da.max(axis=1, keepdims=True)"),
        ("scale", "s = q @ k.T / root", "s = q @ k.T"),
        ("scale", "ds.T @ q / root", "ds.T @ q / root / root"),
        (
            "scale",
            """
def attention_backward(q, k, v, do):
    root = q.shape[1] ** 0.5
    s = q @ k.T / root
    a = np.exp(s - s.max())
    a = a / a.sum(axis=1, keepdims=True)
    dv = a.T @ do
    da = do @ v.T
    ds = a * (da - (a * da).sum(axis=1, keepdims=True)) / root
    dq = ds @ k / root
    dk = ds.T @ q / root
    return dq, dk, dv
""",
        ),
        ("mean", "ds.T @ q / root", "ds.T @ q / root / len(q)"),
        ("mean", "ds @ k / root", "ds @ k / root / len(k)"),
        ("crashed", "a.T @ do", "ds.T @ do"),
        ("square", "(a * da).sum(axis=1, keepdims=True)", "(a * a * da).sum(axis=1, keepdims=True)"),
        ("wrong-axis", "(a * da).sum(axis=1, keepdims=True)", "da.mean(axis=0, keepdims=True)"),
        ("changed-inputs", "a = np.exp(s - s.max())", "a = np.exp(s)\n    q *= 1.0001"),
        ("diagonal", "a * (da - (a * da).sum(axis=1, keepdims=True))", "a * (1 - a) * da"),
        ("diagonal", "a * (da - (a * da).sum(axis=1, keepdims=True))", "a * da - a**2 * da"),
        ("hard", "a.T @ do", "(a == a.max(axis=1, keepdims=True)).T @ do"),
        ("minus", "s - s.max()", "s.max() - s"),
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
        ("no-miss", "(1-h_2**2)*(h_1+w*(1-h_1**2)*h_0)"),
        ("own-miss", "(h_2-y)*(1-h_2**2)*h_1 + (h_1-y)*(1-h_1**2)*h_0"),
        ("slope", "delta_2*(h_1+w*(1-h_0**2)*h_0)"),
        ("exchanged", "delta_2*h_0 + delta_1*h_1"),
        ("late-state", "delta_2*(h_1 + w*(1-h_1**2)*h_1)"),
        ("early-state", "delta_2*(h_0 + w*(1-h_1**2)*h_0)"),
        ("no-way-back", "delta_2*h_1+delta_2*h_0"),
        ("weights-twice", "delta_2*(h_1 + w**2*(1-h_1**2)*h_0)"),
        ("slope", "(h_2-y)*(1-h_2**2)**2*(h_1+w*(1-h_1**2)*h_0)"),
        ("slope", "(h_2-y)*((1-h_2**2)*h_1+w*(1-h_1**2)*h_0)"),
        ("M13", "(h_2-y)**2*(1-h_2**2)*(h_1+w*(1-h_1**2)*h_0)"),
        ("incoming", "delta_2*(h_1+x_2)+delta_1*(h_0+x_1)"),
        ("late-state", "(delta_1+delta_2)*h_1"),
        ("M12", "(delta_1+delta_2)*(h_0+h_1)"),
        ("slope", "(h_2-y)*(1+h_2**2)*(h_1+w*(1+h_1**2)*h_0)"),
        ("M5", "(h_2-y)*(1-(w*h_1+x_2)**2)*(h_1+w*(1-(w*h_0+x_1)**2)*h_0)"),
        ("minus", "delta_2*(h_1 - w*(1-h_1**2)*h_0)"),
        ("slope", "(h_2-y)*(1-h_1**2)*(h_1+w*(1-h_1**2)*h_0)"),
        ("target", "h_1*(1-h_2**2)*(h_2-y) + w"),
        ("M13", "-y*(1-h_2**2)*(h_1+w*(1-h_1**2)*h_0)"),
        ("not-done", "(h_2-y)*h_2*(h_1+w*h_1*h_0)"),
        ("M1", "(h_2-y)*h_1"),
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
        ("M1", "u*(1-u)*w"),
        ("factor", "u + u*(1-u)*w"),
        ("not-through", "u + h - n"),
        ("not-through", "h - n"),
        ("wrong-variable", "u + (h-n)*u*(1-u)*x"),
        ("wrong-variable", "u + (h-n)*u*(1-u)*h"),
        ("wrong-variable", "u + (h-n)*u*(1-u)*w*h"),
        ("straight", "1"),
        ("slope", "u + (h-n)*(1-2*u)*w"),
        ("M1", "u*w"),
        ("M1", "u + n*u*(1-u)*w"),
        ("counted-twice", "2*u + (h-n)*u*(1-u)*w"),
        ("straight", "(1-u) + u + (h-n)*u*(1-u)*w"),
        ("exchanged", "1-u + (h-n)*u*(1-u)*w"),
        ("M1", "u + h*u*(1-u)"),
        ("slope", "u + (h-n)*u**2*w"),
        ("M1", "u + w"),
        ("factor", "u + (1-n)*u*(1-u)*w"),
        ("factor", "u - n + h*u*(1-u)*w"),
        ("M7", "u*(1 + w*(h-n))"),
        ("held", "0"),
        ("tanh", "u + (h-n)*(1-u**2)"),
        ("slope", "u + (h-n)*(u*(1-u))**2*w"),
        ("M7", "u + (h-n)*(u + (1-u))*w"),
    ],
}
