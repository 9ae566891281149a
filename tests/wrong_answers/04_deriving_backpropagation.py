"""What students answer to the exercises of chapter 4: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""


def parts(names, values):
    """Write a dictionary of answers as text."""
    return repr(dict(zip(names.split(), values.split(), strict=True)))


GRADIENTS = "dw1_11 db1_1 db1_2 dw2_12 dw2_11 da1_2"

RIGHT = {
    "4.1": [
        parts(GRADIENTS, "zero nonzero zero zero nonzero nonzero"),
        parts(GRADIENTS, "Zero NONZERO zero zero nonzero nonzero"),
    ],
    "4.2": [
        "[0.29625, 0.0684]",
        "(W_above * delta_above[:, None]).sum(0) * (1 - a_hidden**2)",
        "delta_above @ W_above * tanh.slope(np.arctanh(a_hidden))",
        "(W_above.T@delta_above)*(1-a_hidden**2)",
        "[0.296250, 0.06840]",
        "np.einsum('kj,k->j',W_above,delta_above)*(1-a_hidden)*(1+a_hidden)",
        "[sum(W_above[k,j]*delta_above[k] for k in range(3))*(1-a_hidden[j]**2) for j in range(2)]",
        "delta_above@W_above*[0.75,0.36]",
    ],
    "4.3": [
        "-0.0082896",
        "0.24 * np.array([-0.6, 1.1]) * [0.85, 0.35] @ [0.45, 0.8] * 0.55 * -0.8",
        "np.array([-0.0082896])",
        "0.24*(-0.6*.85*.45+1.1*.35*.8)*.55*-.8",
        "-0.00828960",
        "float(sp.Rational(24,100)*sp.Rational(785,10000)*sp.Rational(-44,100))",
        "np.array([0.24*0.0785*.55*-.8])",
    ],
    "4.4": [
        """
def layer_back(da, W, z, a_in, slope):
    delta = da * slope(z)
    dW = np.outer(delta, a_in)
    db = delta
    da_in = W.T @ delta
    return dW, db, da_in
""",
        """
def layer_back(da, W, z, a_in, slope):
    n_out, n_in = W.shape
    db = [da[j] * slope(z[j]) for j in range(n_out)]
    dW = [[db[j] * a_in[i] for i in range(n_in)] for j in range(n_out)]
    da_in = [0.0] * n_in
    for j in range(n_out):
        for i in range(n_in):
            da_in[i] += W[j, i] * db[j]
    return dW, db, da_in
""",
        """
def layer_back(da, W, z, a_in, slope):
    jacobian = np.diag(slope(z)) @ W
    delta = np.diag(slope(z)) @ da
    return [delta[:, None] * a_in[None, :], delta.copy(), jacobian.T @ da]
""",
        """
def layer_back(da, W, z, a_in, slope):
    s = slope(z)
    return np.einsum("j,j,i->ji", da, s, a_in), np.multiply(s, da), np.einsum("j,j,ji->i", da, s, W)
""",
        """
def layer_back(da, W, z, a_in, slope):
    d = da*slope(z)
    return np.outer(d, a_in), d, W.T@d
""",
        """
def layer_back(da, W, z, a_in, slope):
    d = [da[j]*slope(z)[j] for j in range(len(z))]
    return [[dj*ai for ai in a_in] for dj in d], d, [sum(W[j,i]*d[j] for j in range(len(d))) for i in range(len(a_in))]
""",
        """
def layer_back(da, W, z, a_in, slope):
    J = np.diag(slope(z))
    db = J @ da
    return np.einsum('i,j->ij', db, a_in), db, db @ W
""",
        """
def layer_back(da, W, z, a_in, slope):
    db = np.multiply(da, slope(z))
    return [db[:,None]@a_in[None,:], db.tolist(), (W*db[:,None]).sum(axis=0)]
""",
    ],
    "4.5": [
        """
def gradients(x, y, weights, biases, names):
    a, kept = x, []
    for W, b, name in zip(weights, biases, names):
        z = W @ a + b
        kept.append((W, name, a, z))
        a = by_name[name](z)
    da, dW, db = a - y, [], []
    for W, name, a_in, z in reversed(kept):
        slope = by_name[name].slope(z)
        delta = da * slope
        dW.insert(0, np.outer(delta, a_in))
        db.insert(0, delta)
        da = W.T @ delta
    return dW, db
""",
        """
def gradients(x, y, weights, biases, names):
    L = len(weights)
    a, z = [x], []
    for l in range(L):
        z.append(np.dot(weights[l], a[l]) + biases[l])
        if names[l] == "tanh":
            a.append(np.tanh(z[l]))
        elif names[l] == "relu":
            a.append(np.maximum(z[l], 0))
        else:
            a.append(z[l])

    def slope(l):
        if names[l] == "tanh":
            return 1 - a[l + 1] ** 2
        return (z[l] > 0).astype(float) if names[l] == "relu" else np.ones(len(z[l]))

    delta = [None] * L
    delta[L - 1] = (a[L] - y) * slope(L - 1)
    for l in range(L - 2, -1, -1):
        delta[l] = (delta[l + 1] @ weights[l + 1]) * slope(l)
    return [np.outer(delta[l], a[l]) for l in range(L)], delta
""",
        """
def gradients(x, y, weights, biases, names):
    def back(a, rest):
        if not rest:
            return a - y, [], []
        (W, b, name), *rest = rest
        z = W @ a + b
        da, dW, db = back(by_name[name](z), rest)
        delta = da * by_name[name].slope(z)
        return W.T @ delta, [delta[:, None] * a] + dW, [delta] + db

    return back(x, list(zip(weights, biases, names)))[1:]
""",
        """
def gradients(x, y, weights, biases, names):
    from backprop_lab import Network

    network = Network.from_weights(list(zip(weights, biases)), hidden=names[:-1], output=names[-1])
    layers = network.gradients(x[None], y[None])
    return tuple(layer.dW for layer in layers), tuple(layer.db for layer in layers)
""",
        """
def gradients(x, y, weights, biases, names):
    acts, zs = [x], []
    for W, b, n in zip(weights, biases, names):
        z = W @ acts[-1] + b
        zs.append(z); acts.append(by_name[n](z))
    L = len(weights)
    dW, db = [None]*L, [None]*L
    da = acts[-1] - y
    for l in range(L-1, -1, -1):
        delta = da*by_name[names[l]].slope(zs[l])
        dW[l] = np.outer(delta, acts[l]); db[l] = delta
        da = weights[l].T @ delta
    return dW, db
""",
        """
def gradients(x, y, weights, biases, names):
    def go(l, a):
        if l == len(weights): return [], [], a - y
        z = weights[l] @ a + biases[l]
        dW, db, da = go(l+1, by_name[names[l]](z))
        d = da*by_name[names[l]].slope(z)
        return [np.outer(d, a)] + dW, [d] + db, d @ weights[l]
    dW, db, _ = go(0, x)
    return dW, db
""",
        """
def gradients(x, y, weights, biases, names):
    f = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "identity": lambda z: z}
    df = {"tanh": lambda a: 1-a**2, "relu": lambda a: (a > 0).astype(float), "identity": lambda a: np.ones_like(a)}
    A = [np.array(x, float)]
    for W, b, n in zip(weights, biases, names): A.append(f[n](np.einsum('ij,j->i', W, A[-1])+b))
    delta = (A[-1]-y)*df[names[-1]](A[-1])
    gW, gb = [], []
    for l in reversed(range(len(weights))):
        gW.append(np.einsum('i,j->ij', delta, A[l])); gb.append(delta)
        if l: delta = np.einsum('ij,i->j', weights[l], delta)*df[names[l-1]](A[l])
    return tuple(gW[::-1]), tuple(gb[::-1])
""",
    ],
    "4.6": [
        """
def tied_gradients(x, W, b, c):
    z1 = W @ x + b
    a1 = np.tanh(z1)
    a2 = W.T @ a1 + c
    delta2 = a2 - x
    delta1 = (W @ delta2) * (1 - a1**2)
    first, second = np.outer(delta1, x), np.outer(a1, delta2)
    return first + second, delta1, delta2
""",
        """
def tied_gradients(x, W, b, c):
    V = W.T.copy()
    a1 = tanh(W @ x + b)
    miss = V @ a1 + c - x
    dV = miss[:, None] @ a1[None, :]
    db = V.T @ miss / np.cosh(W @ x + b) ** 2
    return db[:, None] @ x[None, :] + dV.T, db, miss
""",
        """
def tied_gradients(x, W, b, c):
    m, n = W.shape
    a = [np.tanh(sum(W[j, i] * x[i] for i in range(n)) + b[j]) for j in range(m)]
    dc = [sum(W[j, i] * a[j] for j in range(m)) + c[i] - x[i] for i in range(n)]
    db = [sum(W[j, i] * dc[i] for i in range(n)) * (1 - a[j] * a[j]) for j in range(m)]
    dW = np.zeros_like(W)
    for j in range(m):
        for i in range(n):
            dW[j, i] += db[j] * x[i]
            dW[j, i] += dc[i] * a[j]
    return dW, db, dc
""",
        """
def tied_gradients(x, W, b, c):
    a1 = np.tanh(W @ x + b)
    d2 = W.T @ a1 + c - x
    d1 = (W @ d2)*(1 - a1**2)
    return np.outer(d1, x) + np.outer(a1, d2), d1, d2
""",
        """
def tied_gradients(x, W, b, c):
    a = np.tanh(np.einsum('ij,j->i', W, x)+b)
    e = np.einsum('ij,i->j', W, a)+c-x
    d = np.einsum('ij,j->i', W, e)/np.cosh(np.einsum('ij,j->i', W, x)+b)**2
    return np.einsum('i,j->ij', d, x)+np.einsum('j,i->ij', e, a), d, e
""",
        """
def tied_gradients(x, W, b, c):
    m, n = W.shape
    a = [np.tanh(sum(W[i,j]*x[j] for j in range(n))+b[i]) for i in range(m)]
    e = [sum(W[i,j]*a[i] for i in range(m))+c[j]-x[j] for j in range(n)]
    d = [(1-a[i]**2)*sum(W[i,j]*e[j] for j in range(n)) for i in range(m)]
    return [[d[i]*x[j]+a[i]*e[j] for j in range(n)] for i in range(m)], d, e
""",
    ],
    "4.7": [parts("A B C D", "c b f a"), parts("A B C D", "C B F A"), "dict(A='c',B='b',C='f',D='a')"],
    "4.8": [
        """
def repaired_gradients(x, y, weights, biases):
    a, kept = x, []
    for W, b in zip(weights, biases):
        z = W @ a + b
        kept.append((W, a, z))
        a = np.tanh(z)
    da, dW, db = a - y, [], []
    for W, a_in, z in reversed(kept):
        slope = 1 - np.tanh(z) ** 2
        delta = da * slope
        dW.insert(0, np.outer(delta, a_in))
        db.insert(0, delta)
        da = W.T @ delta
    return dW, db
""",
        """
def repaired_gradients(x, y, weights, biases):
    return gradients(x, y, weights, biases, ["tanh"] * len(weights))
""",
        """
def repaired_gradients(x, y, weights, biases):
    a, kept = x, []
    for W, b in zip(weights, biases):
        kept.append((W, a, W @ a + b))
        a = np.tanh(W @ a + b)
    delta, dW, db = (a - y) * tanh.slope(kept[-1][2]), [], []
    while kept:
        W, a_in, _ = kept.pop()
        dW.append(delta[:, None] * a_in)
        db.append(delta)
        delta = delta @ W * (1 - a_in**2)
    return dW[::-1], db[::-1]
""",
        """
def repaired_gradients(x, y, weights, biases):
    a, kept = x, []
    for W, b in zip(weights, biases):
        z = W @ a + b
        kept.append((W, a, z))
        a = np.tanh(z)
    da, dW, db = a - y, [], []
    for W, a_in, z in reversed(kept):
        delta = da * (1 - np.tanh(z)**2)
        dW.insert(0, np.outer(delta, a_in))
        db.insert(0, delta)
        da = W.T @ delta
    return dW, db
""",
        """
def repaired_gradients(x, y, weights, biases):
    acts = [x]
    for W, b in zip(weights, biases): acts.append(np.tanh(W @ acts[-1] + b))
    delta = (acts[-1]-y)*(1-acts[-1]**2)
    dW, db = [], []
    for l in range(len(weights)-1, -1, -1):
        dW = [np.outer(delta, acts[l])] + dW; db = [delta] + db
        delta = (delta @ weights[l])*(1-acts[l]**2)
    return dW, db
""",
        """
def repaired_gradients(x, y, weights, biases):
    return gradients(x, y, weights, biases, ["tanh"]*len(weights))
""",
    ],
    "4.9": [
        "(a3 - y) * w3 * a2 * (1 - a2) * w2 * (1 - a1**2) * x",
        "sp.diff((w3 / (1 + sp.exp(-w2 * sp.tanh(w1 * x + b1) - b2)) + b3 - y) ** 2 / 2, w1)",
        "(z3 - y) * w3 * sp.exp(-z2) / (1 + sp.exp(-z2)) ** 2 * w2 / sp.cosh(z1) ** 2 * x",
        "-sp.expand((y - w3 * a2 - b3) * w3 * (a2 - a2**2) * w2) * (1 + a1) * (1 - a1) * x",
        "sp.Derivative((w3 / (1 + sp.exp(-w2 * sp.tanh(w1 * x + b1) - b2)) + b3 - y) ** 2 / 2, w1)",
        "(a3-y)*w3*a2*(1-a2)*w2*(1-a1**2)*x",
        "(z3-y)*w3*sp.exp(-z2)/(1+sp.exp(-z2))**2*w2/sp.cosh(z1)**2*x",
        "sp.diff((w3/(1+sp.exp(-(w2*sp.tanh(w1*x+b1)+b2)))+b3-y)**2/2,w1)",
        "1.0*x*(1-sp.tanh(z1)**2)*w2*a2*(1-a2)*w3*(w3*a2+b3-y)",
        "(a3-y)*(a3-b3)*(1-a2)*(z2-b2)/a1*(1-a1**2)*x",
    ],
    "4.10": [
        "(a_1 * a_2 - y) * a_1 * (1 - a_2**2)",
        "sp.diff((a_1 * sp.tanh(w_21 * x_1 + w_22 * x_2 + b_2) - y) ** 2 / 2, b_2)",
        "sp.expand(-a_1 * (y - a_1 * sp.tanh(z_2)) / sp.cosh(z_2) ** 2)",
        "(a_1 * a_2 - y) * a_2 * (1 - a_1**2) * 0 + (a_1 * a_2 - y) * sp.tanh(z_1) * (1 - sp.tanh(z_2) ** 2) * 1",
        "sp.diff((a_1 * sp.tanh(z_2) - y) ** 2 / 2, z_2)",
        "(a_1*a_2-y)*a_1*(1-a_2**2)",
        "(sp.tanh(z_1)*sp.tanh(z_2)-y)*sp.tanh(z_1)/sp.cosh(z_2)**2",
        "sp.diff((sp.tanh(w_11*x_1+w_12*x_2+b_1)*sp.tanh(w_21*x_1+w_22*x_2+b_2)-y)**2/2,b_2)",
        "(a_1*a_2-1.0*y)*a_1*(1-a_2)*(1+a_2)",
    ],
    "4.11": [
        "(a2 - y) * (1 + w2 * (1 - (a2 - a1) ** 2)) * (1 - a1**2) * x",
        "sp.diff((sp.tanh(w1*x + b1) + sp.tanh(w2 * sp.tanh(w1*x + b1) + b2) - y) ** 2 / 2, w1)",
        "(a2 - y) * (1 - a1**2) * x + (a2 - y) * w2 / sp.cosh(z2) ** 2 * (1 - a1**2) * x",
        "x * (a1 + sp.tanh(z2) - y) * (1 + w2 - w2 * sp.tanh(w2 * a1 + b2) ** 2) / sp.cosh(z1) ** 2",
        "(a2-y)*(1+w2*(1-(a2-a1)**2))*(1-a1**2)*x",
        "(a2-y)*(1+w2*(1-sp.tanh(z2)**2))*(1-sp.tanh(z1)**2)*x",
        "sp.diff((sp.tanh(w1*x+b1)+sp.tanh(w2*sp.tanh(w1*x+b1)+b2)-y)**2/2,w1)",
        "(a2-y)*(1-a1**2)*x+(a2-y)*w2/sp.cosh(z2)**2*(1-a1**2)*x",
    ],
}

DELTA, SLOPE = "da * slope(z)", "slope = by_name[name].slope(z)"
LOOPS = [  # edits that fit 4.5 and 4.8
    ("M8", "W.T @ delta", "W @ delta"),
    ("M6", "W.T @ delta", "np.linalg.pinv(W) @ delta"),
    ("M1", "W.T @ delta", "W[0] * delta[0]"),
    ("M1", "W.T @ delta", "W[-1] * delta[-1]"),
    ("M1", "W.T @ delta", "(W * delta[:, None]).mean(axis=0)"),
    ("weights-forgotten", "W.T @ delta", "np.full(W.shape[1], delta.sum())"),
    ("M8", "np.outer(delta, a_in)", "np.outer(a_in, delta)"),
    ("incoming", "np.outer(delta, a_in)", "np.outer(delta, x)"),
    ("incoming", "np.outer(delta, a_in)", "np.outer(delta, np.ones(len(a_in)))"),
    ("M13", "np.outer(delta, a_in)", "np.outer(delta, a_in) * W"),
    ("bias", "db.insert(0, delta)", "db.insert(0, delta.sum())"),
    ("bias", "db.insert(0, delta)", "db.insert(0, np.full(len(delta), delta.sum()))"),
    ("bias", "db.insert(0, delta)", "db.insert(0, np.ones(len(delta)))"),
    ("bias", "db.insert(0, delta)", "db.insert(0, delta * 0)"),
    ("bias", "db.insert(0, delta)", "db.insert(0, delta * 0 + delta.mean())"),
    ("sign", "a - y", "y - a"),
    (
        "M8",
        "a - y, [], []\n",
        "y - a, [], []\n    weights = [W.T for W in weights]\n    kept = [(k[0].T, *k[1:]) for k in kept]\n",
    ),
    ("factor-2", "a - y", "2 * (a - y)"),
    ("mean", "a - y", "(a - y) / len(y)"),
    ("mean", "a - y", "2 * (a - y) / len(y)"),
    ("order", "insert(0, ", "append("),
    ("order", "db.insert(0, ", "db.append("),
    ("order", "dW.insert(0, ", "dW.append("),
    ("swapped", "return dW, db", "return db, dW"),
    ("M9", "return dW, db", "return [W - d for W, d in zip(weights, dW)], [b - d for b, d in zip(biases, db)]"),
    ("update-first", "da = W.T @ delta", "da = (W - np.outer(delta, a_in)).T @ delta"),
    ("update-first", "da = W.T @ delta", "da = (W - 0.1 * dW[0]).T @ delta"),
    ("rounded", "delta = da * slope", "delta = np.round(da * slope, 4)"),
    ("nothing-returned", "    return dW, db", ""),
    ("type", "return dW, db", "return dW"),
    ("type", "return dW, db", "return dW[0], db[0]"),
    ("changed-inputs", "    da, dW", "    weights[0] *= 1.0 + 1e-9\n    da, dW"),
    ("changed-inputs", "a - y, [], []", "a - y, [], []\n    y -= a"),
    ("type", "reversed(kept)", "reversed(kept[1:])"),
    ("bias", "z = W @ a + b", "z = W @ a"),
    ("M2", "reversed(kept)", "kept"),
    ("crashed", "a - y", "a - target"),
    ("zeros", "dW.insert(0, np.outer(delta, a_in))", "dW.insert(0, np.zeros_like(W))"),
    ("M5", None, "1 - z**2"),
    ("M7", "W.T @ delta", "W.T @ da"),
    ("bias", "db.insert(0, delta)", "db.insert(0, da)"),
]


def loops(slope):
    """Return the edits of a loop whose line for the slope is this."""
    return [(name, slope if old is None else old, new) for name, old, new in LOOPS]


def bugs_left(slope, bias, carried):
    """Write the function of 4.8 with some of its bugs."""
    right = RIGHT["4.8"][0].replace("1 - np.tanh(z) ** 2", slope)
    return right.replace("db.insert(0, delta)", f"db.insert(0, {bias})").replace("W.T @ delta", f"W.T @ {carried}")


WRONG = {
    "4.1": [
        ("incoming", parts(GRADIENTS, "nonzero nonzero zero zero nonzero nonzero")),
        ("M7", parts(GRADIENTS, "zero nonzero nonzero zero nonzero nonzero")),
        ("incoming", parts(GRADIENTS, "zero nonzero zero nonzero nonzero nonzero")),
        ("M10", parts(GRADIENTS, "zero nonzero zero zero nonzero zero")),
        ("bias", parts(GRADIENTS, "zero zero zero zero nonzero nonzero")),
        ("M10", parts(GRADIENTS, "zero nonzero zero zero zero nonzero")),
        ("bias", parts(GRADIENTS, "zero zero zero zero zero zero")),
        ("type", parts(GRADIENTS, "0 nonzero zero zero nonzero nonzero")),
        ("missing", parts("db1_1", "nonzero")),
    ],
    "4.2": [
        ("M7", "W_above.T @ delta_above"),
        ("slope", "W_above.T @ delta_above * a_hidden * (1 - a_hidden)"),
        ("slope", "W_above.T @ delta_above * (1 - a_hidden)"),
        ("slope", "W_above.T @ delta_above * (1 - a_hidden[::-1]**2)"),
        ("M5", "W_above.T @ delta_above * tanh.slope(a_hidden)"),
        ("M6", "np.linalg.pinv(W_above) @ delta_above * (1 - a_hidden**2)"),
        ("M1", "W_above[0] * delta_above[0] * (1 - a_hidden**2)"),
        ("M1", "W_above[2] * delta_above[2] * (1 - a_hidden**2)"),
        ("M1", "(W_above.T * delta_above).mean(axis=1) * (1 - a_hidden**2)"),
        ("M1", "W_above.sum(0) * delta_above.sum() * (1 - a_hidden**2)"),
        ("weights-forgotten", "delta_above.sum() * (1 - a_hidden**2)"),
        ("sign", "-(W_above.T @ delta_above) * (1 - a_hidden**2)"),
        ("sign", "abs(W_above).T @ delta_above * (1 - a_hidden**2)"),
        ("M8", "W_above.reshape(2, 3) @ delta_above * (1 - a_hidden**2)"),
        ("swapped", "[0.0684, 0.29625]"),
        ("digits", "[0.296, 0.0684]"),
        ("some-entries", "[0.29625, 0.19]"),
        ("shape", "[0.29625, 0.0684, 0]"),
        ("delta", "W_above.sum(0)*(1-a_hidden**2)"),
        ("M12", "(W_above.T@delta_above)+(1-a_hidden**2)"),
        ("M8", "W_above[:2]@delta_above[:2]*(1-a_hidden**2)"),
        ("M13", "(W_above.T@delta_above)*(1-a_hidden**2)*a_hidden"),
    ],
    "4.3": [
        ("M1", "-0.8 * 0.55 * 0.45 * 0.85 * -0.6 * 0.24"),
        ("M1", "-0.8 * 0.55 * 0.8 * 0.35 * 1.1 * 0.24"),
        ("M1", "dw1_12 / 2 * 1.0"),
        ("M12", "(0.8 * 0.55 * 0.24) ** 2 * 0.45 * 0.85 * -0.6 * 0.8 * 0.35 * 1.1"),
        ("M8", "-0.8 * 0.55 * 0.24 * (0.45 * 0.85 * -0.6 + -0.65 * 0.35 * 1.1)"),
        ("M8", "1.5 * 0.55 * 0.24 * (0.45 * 0.85 * -0.6 + 0.8 * 0.35 * 1.1)"),
        ("M8", "1.5 * 0.9 * 0.24 * (-0.65 * 0.85 * -0.6 + 0.25 * 0.35 * 1.1)"),
        ("M7", "-0.8 * 0.24 * (0.45 * 0.85 * -0.6 + 0.8 * 0.35 * 1.1)"),
        ("M7", "-0.8 * 0.55 * 0.24 * (0.45 * -0.6 + 0.8 * 1.1)"),
        ("M7", "-0.8 * 0.24 * (0.45 * -0.6 + 0.8 * 1.1)"),
        ("incoming", "0.55 * 0.24 * (0.45 * 0.85 * -0.6 + 0.8 * 0.35 * 1.1)"),
        ("delta", "-0.8 * 0.55 * (0.45 * 0.85 * -0.6 + 0.8 * 0.35 * 1.1)"),
        ("sign", "0.0082896"),
        ("sign", "-0.8 * 0.55 * 0.24 * (0.45 * 0.85 * 0.6 + 0.8 * 0.35 * 1.1)"),
        ("slope", "-0.8 * 0.55 * 0.24 * (0.45 * 0.35 * -0.6 + 0.8 * 0.85 * 1.1)"),
        ("digits", "-0.0083"),
        ("rounded", "-0.00828"),
        ("type", '"path"'),
        ("slope", "(0.24)*((-.6)*(1-.85**2)*(.45)+(1.1)*(1-.35**2)*(.8))*(1-.55**2)*(-.8)"),
        ("slope", "(0.24)*((-.6)*(.85*.15)*(.45)+(1.1)*(.35*.65)*(.8))*(.55*.45)*(-.8)"),
        ("delta", "(.24**2)*((-.6)*(.85)*(.45)+(1.1)*(.35)*(.8))*(.55)*(-.8)"),
        ("swapped", "(0.24)*((1.1)*(.85)*(.45)+(-.6)*(.35)*(.8))*(.55)*(-.8)"),
        ("M8", "(0.24)*((-.6)*(.85)*(.8)+(1.1)*(.35)*(.25))*(.55)*(-.8)"),
        ("M7", "0.24*(-.6*.85*.45*.55+1.1*.35*.8)*-.8"),
        ("M8", "(0.24)*((-.6)*(.85)*(.45)+(1.1)*(.35)*(.8))*(.55)*(.7)"),
        ("M8", "(0.24)*((-.6)*(.85)*(.45)+(1.1)*(.35)*(.25))*(.55)*(-.8)"),
    ],
    "4.4": [
        ("slope", DELTA, "da"),
        ("slope", DELTA, "slope(z)"),
        ("slope", DELTA, "da * z"),
        ("slope", DELTA, "da * slope(z) ** 2"),
        ("divided", DELTA, "da / slope(z)"),
        ("added", DELTA, "da + slope(z)"),
        ("bias", DELTA, "da * slope(W @ a_in)"),
        ("M5", DELTA, "da * slope(a_in)"),
        ("M5", DELTA, "da * slope(da)"),
        ("sign", DELTA, "-da * slope(z)"),
        ("M8", "np.outer(delta, a_in)", "np.outer(a_in, delta)"),
        ("M8", "np.outer(delta, a_in)", "np.outer(-a_in, delta)"),
        ("slope", "np.outer(delta, a_in)", "np.outer(da, a_in)"),
        ("M13", "np.outer(delta, a_in)", "W * np.outer(delta, a_in)"),
        ("incoming", "np.outer(delta, a_in)", "np.outer(delta, z)"),
        ("inner", "np.outer(delta, a_in)", "delta.sum() * a_in"),
        ("slope", "db = delta", "db = da"),
        ("bias", "db = delta", "db = np.ones(len(delta))"),
        ("bias", "db = delta", "db = delta.sum()"),
        ("bias", "db = delta", "db = np.mean(delta)"),
        ("bias", "db = delta", "db = np.zeros(len(delta))"),
        ("M7", "W.T @ delta", "W.T @ da"),
        ("M8", "W.T @ delta", "W @ delta"),
        ("parentheses", "W.T @ delta", "W.T @ da * slope(z)"),
        ("M6", "W.T @ delta", "np.linalg.pinv(W) @ delta"),
        ("M6", "W.T @ delta", "np.linalg.lstsq(W, delta, rcond=None)[0]"),
        ("M1", "W.T @ delta", "W[0] * delta[0]"),
        ("M1", "W.T @ delta", "W[-1] * delta[-1]"),
        ("M1", "W.T @ delta", "(W * delta[:, None]).mean(axis=0)"),
        ("weights-forgotten", "W.T @ delta", "delta.sum() * np.ones(W.shape[1])"),
        ("incoming", "W.T @ delta", "W.T @ delta * a_in"),
        ("too-far", "W.T @ delta", "W.T @ delta * slope(a_in)"),
        ("update-first", "W.T @ delta", "(W - dW).T @ delta"),
        ("changed-inputs", "    delta = da * slope(z)", "    delta = da\n    delta *= slope(z)"),
        ("nothing-returned", "    return dW, db, da_in", ""),
        ("type", "return dW, db, da_in", "return dW, da_in"),
        ("rounded", DELTA, "np.round(da * slope(z), 4)"),
        ("crashed", DELTA, "da @ slope(z, a_in)"),
        ("shape", "np.outer(delta, a_in)", "delta[:, None] * a_in[0]"),
        (
            "M5",
            """
def layer_back(da, W, z, a_in, slope):
    d = da*slope(slope(z))
    return np.outer(d, a_in), d, W.T@d
""",
        ),
        (
            "given-slope",
            """
def layer_back(da, W, z, a_in, slope):
    d = da*(1-z**2)
    return np.outer(d, a_in), d, W.T@d
""",
        ),
        (
            "given-slope",
            """
def layer_back(da, W, z, a_in, slope):
    d = da*(1-np.tanh(z)**2)
    return np.outer(d, a_in), d, W.T@d
""",
        ),
        (
            "M12",
            """
def layer_back(da, W, z, a_in, slope):
    d = slope(da*z)
    return np.outer(d, a_in), d, W.T@d
""",
        ),
        (
            "bias",
            """
def layer_back(da, W, z, a_in, slope):
    d = da*slope(z)
    return np.outer(d, a_in), d/len(d), W.T@d
""",
        ),
        (
            "upstream",
            """
def layer_back(da, W, z, a_in, slope):
    d = da*slope(z)
    return np.outer(d, a_in), d, W.T@z
""",
        ),
        (
            "slope",
            """
def layer_back(da, W, z, a_in, slope):
    d = da*slope(z)*z
    return np.outer(d, a_in), d, W.T@d
""",
        ),
    ],
    "4.5": [
        *loops("by_name[name].slope(z)"),
        ("M7", SLOPE, SLOPE + "\n        if dW:\n            slope = 1"),
        ("M13", SLOPE, SLOPE + "\n        if not dW:\n            slope = 1"),
        ("M7", SLOPE, "slope = 1"),
        ("M5", "slope(z)", "slope(by_name[name](z))"),
        ("slope", SLOPE, SLOPE + "\n        if name == 'tanh':\n            slope = tanh(z) * (1 - tanh(z))"),
        ("slope", SLOPE, SLOPE + "\n        if name == 'tanh':\n            slope = 1 - tanh(z)"),
        ("slope", SLOPE, SLOPE + "\n        if name == 'tanh':\n            slope = tanh(z) ** 2 - 1"),
        ("M5", SLOPE, SLOPE + "\n        if name == 'tanh':\n            slope = 1 - z**2"),
        ("relu", SLOPE, SLOPE + "\n        if name == 'relu':\n            slope = 1.0 * (relu(z) >= 0)"),
        ("relu", SLOPE, SLOPE + "\n        if name == 'relu':\n            slope = relu(z)"),
        ("relu", SLOPE, SLOPE + "\n        if name == 'relu':\n            slope = np.sign(z)"),
        ("wrong-layer", SLOPE, "slope = tanh.slope(z)"),
        ("wrong-layer", SLOPE, "slope = relu.slope(z)"),
        ("one-activation", "biases, names):\n        z", 'biases, ["tanh"] * len(weights)):\n        z'),
        ("no-activation", "biases, names):\n        z", 'biases, [*names[:-1], "identity"]):\n        z'),
        ("M2", "reversed(kept)", "kept"),
        (
            "off-by-one",
            "return dW, db",
            "return [W * (0 if k == 0 < len(weights) - 1 else 1) for k, W in enumerate(dW)], "
            "[b * (0 if k == 0 < len(weights) - 1 else 1) for k, b in enumerate(db)]",
        ),
        ("wrong-layer", "kept.append((W, name,", "kept.append((W, names[len(kept) - 1],"),
        (
            "incoming",
            "kept.append((W, name, a, z))",
            "kept.append((W, name, kept[-1][3] if kept else a, z))",
        ),
        (
            "off-by-one",
            """
def gradients(x, y, weights, biases, names):
    acts, zs = [x], []
    for W, b, n in zip(weights, biases, names):
        z = W @ acts[-1] + b
        zs.append(z); acts.append(by_name[n](z))
    L = len(weights)
    dW, db = [None]*L, [None]*L
    da = acts[-1] - y
    for l in range(L-1, -1, -1):
        delta = da*by_name[names[min(l+1, L-1)]].slope(zs[l])
        dW[l] = np.outer(delta, acts[l]); db[l] = delta
        da = weights[l].T @ delta
    return dW, db
""",
        ),
        (
            "target",
            """
def gradients(x, y, weights, biases, names):
    acts, zs = [x], []
    for W, b, n in zip(weights, biases, names):
        z = W @ acts[-1] + b
        zs.append(z); acts.append(by_name[n](z))
    L = len(weights)
    dW, db = [None]*L, [None]*L
    da = acts[-1]
    for l in range(L-1, -1, -1):
        delta = da*by_name[names[l]].slope(zs[l])
        dW[l] = np.outer(delta, acts[l]); db[l] = delta
        da = weights[l].T @ delta
    return dW, db
""",
        ),
        (
            "M13",
            """
def gradients(x, y, weights, biases, names):
    acts, zs = [x], []
    for W, b, n in zip(weights, biases, names):
        z = W @ acts[-1] + b
        zs.append(z); acts.append(by_name[n](z))
    L = len(weights)
    dW, db = [None]*L, [None]*L
    da = 0.5*(acts[-1] - y)**2
    for l in range(L-1, -1, -1):
        delta = da*by_name[names[l]].slope(zs[l])
        dW[l] = np.outer(delta, acts[l]); db[l] = delta
        da = weights[l].T @ delta
    return dW, db
""",
        ),
        (
            "slope",
            """
def gradients(x, y, weights, biases, names):
    acts, zs = [x], []
    for W, b, n in zip(weights, biases, names):
        z = W @ acts[-1] + b
        zs.append(z); acts.append(by_name[n](z))
    L = len(weights)
    dW, db = [None]*L, [None]*L
    da = acts[-1] - y
    for l in range(L-1, -1, -1):
        delta = da*by_name[names[l]].slope(zs[l])**2
        dW[l] = np.outer(delta, acts[l]); db[l] = delta
        da = weights[l].T @ delta
    return dW, db
""",
        ),
        (
            "order",
            """
def gradients(x, y, weights, biases, names):
    acts, zs = [x], []
    for W, b, n in zip(weights, biases, names):
        z = W @ acts[-1] + b
        zs.append(z); acts.append(by_name[n](z))
    L = len(weights)
    dW, db = [None]*L, [None]*L
    da = acts[-1] - y
    names = names[::-1]
    for l in range(L-1, -1, -1):
        delta = da*by_name[names[l]].slope(zs[l])
        dW[l] = np.outer(delta, acts[l]); db[l] = delta
        da = weights[l].T @ delta
    return dW, db
""",
        ),
        (
            "slope",
            """
def gradients(x, y, weights, biases, names):
    acts, zs = [x], []
    for W, b, n in zip(weights, biases, names):
        z = W @ acts[-1] + b
        zs.append(z); acts.append(by_name[n](z))
    L = len(weights)
    dW, db = [None]*L, [None]*L
    da = acts[-1] - y
    for l in range(L-1, -1, -1):
        delta = da*(by_name[names[l]].slope(zs[l]) if names[l] != 'identity' else zs[l])
        dW[l] = np.outer(delta, acts[l]); db[l] = delta
        da = weights[l].T @ delta
    return dW, db
""",
        ),
        (
            "slope",
            """
def gradients(x, y, weights, biases, names):
    acts, zs = [x], []
    for W, b, n in zip(weights, biases, names):
        z = W @ acts[-1] + b
        zs.append(z); acts.append(by_name[n](z))
    L = len(weights)
    dW, db = [None]*L, [None]*L
    da = acts[-1] - y
    for l in range(L-1, -1, -1):
        delta = da*(by_name[names[l]].slope(zs[l]) if names[l] != 'identity' else 0*zs[l])
        dW[l] = np.outer(delta, acts[l]); db[l] = delta
        da = weights[l].T @ delta
    return dW, db
""",
        ),
    ],
    "4.6": [
        ("M1", "first + second", "first"),
        ("M1", "first + second", "second"),
        ("M1", "first + second", "(first + second) / 2"),
        ("M1", "first + second", "first - second"),
        ("M1", "first + second", "2 * first"),
        ("bias", "W @ x + b", "W @ x"),
        ("bias", "W.T @ a1 + c", "W.T @ a1"),
        ("no-activation", "np.tanh(z1)", "z1"),
        ("M12", "first + second", "first * second"),
        ("M8", "np.outer(a1, delta2)", "np.outer(delta2, a1)"),
        ("M8", "np.outer(delta1, x)", "np.outer(x, delta1)"),
        ("M8", "(W @ delta2)", "(W.T @ delta2)"),
        ("M8", "first + second", "(first + second).T"),
        ("M6", "(W @ delta2)", "(np.linalg.pinv(W.T) @ delta2)"),
        ("M1", "(W @ delta2)", "(W[:, 0] * delta2[0])"),
        ("M1", "(W @ delta2)", "(W * delta2).mean(axis=1)"),
        ("M7", " * (1 - a1**2)", ""),
        ("M5", "(1 - a1**2)", "(1 - z1**2)"),
        ("M5", "(1 - a1**2)", "tanh.slope(a1)"),
        ("slope", "(1 - a1**2)", "a1 * (1 - a1)"),
        ("slope", "(1 - a1**2)", "(1 - a1)"),
        ("slope", "delta2 = a2 - x", "delta2 = (a2 - x) * (1 - a2**2)"),
        ("slope", "delta2 = a2 - x", "delta2 = (a2 - x) * tanh.slope(a2)"),
        ("sign", "a2 - x", "x - a2"),
        ("factor-2", "a2 - x", "2 * (a2 - x)"),
        ("mean", "a2 - x", "(a2 - x) / len(x)"),
        ("mean", "a2 - x", "2 * (a2 - x) / len(x)"),
        ("incoming", "np.outer(a1, delta2)", "np.outer(z1, delta2)"),
        ("M7", "return first + second, delta1,", "return first + second, W @ delta2,"),
        ("bias", ", delta1, delta2", ", delta1.sum(), delta2"),
        ("bias", ", delta1, delta2", ", delta1, delta2.sum()"),
        ("bias", ", delta1, delta2", ", np.ones(len(b)), delta2"),
        ("bias", ", delta1, delta2", ", delta1 * b, delta2"),
        ("M9", "return first + second, delta1, delta2", "return W - first - second, b - delta1, c - delta2"),
        ("weights-forgotten", "(W @ delta2)", "delta2.sum()"),
        ("M13", "first + second", "(first + second) * W"),
        ("nothing-returned", "    return first + second, delta1, delta2", ""),
        ("changed-inputs", "delta2 = a2 - x", "x -= a2\n    delta2 = -x"),
        ("rounded", "delta2 = a2 - x", "delta2 = np.round(a2 - x, 4)"),
        ("type", "return first + second, delta1, delta2", "return first + second"),
        (
            "target",
            """
def tied_gradients(x, W, b, c):
    a1 = np.tanh(W @ x + b)
    d2 = W.T @ a1 + c + x
    d1 = (W @ d2)*(1 - a1**2)
    return np.outer(d1, x) - 0 + np.outer(a1, d2), d1, d2
""",
        ),
        (
            "incoming",
            """
def tied_gradients(x, W, b, c):
    a1 = np.tanh(W @ x + b)
    d2 = W.T @ a1 + c - x
    d1 = (W @ d2)*(1 - a1**2)
    return np.outer(d1, x) + np.outer(a1, x), d1, d2
""",
        ),
        (
            "slope",
            """
def tied_gradients(x, W, b, c):
    a1 = np.tanh(W @ x + b)
    d2 = np.tanh(W.T @ a1 + c) - x
    d1 = (W @ d2)*(1 - a1**2)
    return np.outer(d1, x) + np.outer(a1, d2), d1, d2
""",
        ),
        (
            "bias",
            """
def tied_gradients(x, W, b, c):
    a1 = np.tanh(W @ x + b)
    d2 = W.T @ a1 + c - x
    d1 = (W @ d2)*(1 - a1**2)
    return np.outer(d1, x) + np.outer(a1, d2), d1, W.T @ d1
""",
        ),
        (
            "target",
            """
def tied_gradients(x, W, b, c):
    a1 = np.tanh(W @ x + b)
    d2 = W.T @ a1 + c
    d1 = (W @ d2)*(1 - a1**2)
    return np.outer(d1, x) + np.outer(a1, d2), d1, d2
""",
        ),
        (
            "incoming",
            """
def tied_gradients(x, W, b, c):
    a1 = np.tanh(W @ x + b)
    d2 = W.T @ a1 + c - x
    d1 = (W @ d2)*(1 - a1**2)
    return np.outer(d1, x) + np.outer(1 - a1**2, d2), d1, d2
""",
        ),
    ],
    "4.7": [
        ("M7", parts("A B C D", "b b f a")),
        ("no-bug", parts("A B C D", "c a f a")),
        ("M5", parts("A B C D", "c b c a")),
        ("parentheses", parts("A B C D", "c b f f")),
        ("wrong-layer", parts("A B C D", "c d f a")),
        ("incoming", parts("A B C D", "e b f a")),
        ("no-bug", parts("A B C D", "a a a a")),
        ("type", "['c', 'b', 'f', 'a']"),
    ],
    "4.8": [
        *loops("1 - np.tanh(z) ** 2"),
        ("M7", "delta = da * slope", "delta = da * slope if not dW else da"),
        ("M13", "delta = da * slope", "delta = da * slope if dW else da"),
        ("M7", "slope = 1 - np.tanh(z) ** 2", "slope = 1"),
        ("slope", "1 - np.tanh(z) ** 2", "np.tanh(z) * (1 - np.tanh(z))"),
        ("two-left", bugs_left("1 - z**2", "da", "delta")),
        ("two-left", bugs_left("1 - z**2", "delta", "da")),
        ("two-left", bugs_left("1 - np.tanh(z) ** 2", "da", "da")),
        ("three-left", bugs_left("1 - z**2", "da", "da")),
        ("incoming", "(W, a, z)", "(W, kept[-1][2] if kept else a, z)"),
        (
            "off-by-one",
            """
def repaired_gradients(x, y, weights, biases):
    a, kept = x, []
    for W, b in zip(weights, biases):
        z = W @ a + b
        kept.append((W, a, z))
        a = np.tanh(z)
    da, dW, db = a - y, [], []
    for W, a_in, z in reversed(kept):
        delta = da * (1 - a_in**2)
        dW.insert(0, np.outer(delta, a_in))
        db.insert(0, delta)
        da = W.T @ delta
    return dW, db
""",
        ),
        (
            "M7",
            """
def repaired_gradients(x, y, weights, biases):
    a, kept = x, []
    for W, b in zip(weights, biases):
        z = W @ a + b
        kept.append((W, a, z))
        a = np.tanh(z)
    da, dW, db = a - y, [], []
    for W, a_in, z in reversed(kept):
        delta = da * (1 - np.tanh(z)**2)
        dW.insert(0, np.outer(da, a_in))
        db.insert(0, delta)
        da = W.T @ delta
    return dW, db
""",
        ),
        (
            "slope",
            """
def repaired_gradients(x, y, weights, biases):
    a, kept = x, []
    for W, b in zip(weights, biases):
        z = W @ a + b
        kept.append((W, a, z))
        a = np.tanh(z)
    da, dW, db = a - y, [], []
    for W, a_in, z in reversed(kept):
        delta = da * (1/np.cosh(z))
        dW.insert(0, np.outer(delta, a_in))
        db.insert(0, delta)
        da = W.T @ delta
    return dW, db
""",
        ),
        (
            "slope",
            """
def repaired_gradients(x, y, weights, biases):
    a, kept = x, []
    for W, b in zip(weights, biases):
        z = W @ a + b
        kept.append((W, a, z))
        a = np.tanh(z)
    da, dW, db = a - y, [], []
    for W, a_in, z in reversed(kept):
        delta = da * (1 - np.tanh(z)**2)
        dW.insert(0, np.outer(delta, a_in))
        db.insert(0, delta)
        da = (W.T @ delta) * (1 - a_in**2)
    return dW, db
""",
        ),
    ],
    "4.9": [
        ("M7", "(a3 - y) * w3 * w2 * x"),
        ("M7", "(a3 - y) * w3 * a2 * (1 - a2) * w2 * x"),
        ("M7", "(a3 - y) * w3 * w2 * (1 - a1**2) * x"),
        ("M5", "(a3 - y) * w3 * z2 * (1 - z2) * w2 * (1 - a1**2) * x"),
        ("M5", "(a3 - y) * w3 * a2 * (1 - a2) * w2 * (1 - z1**2) * x"),
        ("M5", "(a3 - y) * w3 * z2 * (1 - z2) * w2 * (1 - z1**2) * x"),
        ("slope", "(a3 - y) * w3 * a2 * (1 - a2) * w2 * a1 * (1 - a1) * x"),
        ("slope", "(a3 - y) * w3 * (1 - a2**2) * w2 * (1 - a1**2) * x"),
        ("slope", "(a3 - y) * a3 * (1 - a3) * w3 * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("weights-forgotten", "(a3 - y) * a2 * (1 - a2) * (1 - a1**2) * x"),
        ("weights-forgotten", "(a3 - y) * w3 * a2 * (1 - a2) * (1 - a1**2) * x"),
        ("incoming", "(a3 - y) * w3 * a2 * (1 - a2) * w2 * (1 - a1**2)"),
        ("M13", "(a3 - y) * w3 * a2 * (1 - a2) * w2 * (1 - a1**2) * w1 * x"),
        ("M13", "w3 * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("M12", "(a3 - y) ** 2 / 2 * w3 * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("M12", "(a3 - y) + w3 * a2 * (1 - a2) + w2 * (1 - a1**2) + x"),
        ("too-early", "(a3 - y) * w3 * a2 * (1 - a2) * a1"),
        ("too-early", "(y - a3) * a2"),
        ("sign", "(y - a3) * w3 * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("M7", "(y - a3) * w3 * a2 * (1 - a2) * w2 * x"),
        ("factor-2", "2 * (a3 - y) * w3 * a2 * (1 - a2) * w2 * (1 - a1**2) * x"),
        ("symbols", "(a3 - y) * w3 * a2 * (1 - a2) * w2 * (1 - a1**2) * x_1"),
        ("not-done", "sp.Derivative(sp.Function('C')(w1), w1)"),
        ("type", "'(a3 - y) * x'"),
        ("M12", "(a3-y)*(w3*a2*(1-a2)+w2*(1-a1**2)*x)"),
        ("slope", "(a3-y)*a2*a1*x"),
        ("target", "a3*w3*a2*(1-a2)*w2*(1-a1**2)*x"),
        ("slope", "(a3-y)*z3*w3*a2*(1-a2)*w2*(1-a1**2)*x"),
        ("bias", "(a3-y)*(w3+b3)*a2*(1-a2)*w2*(1-a1**2)*x"),
        ("slope", "(a3-y)*w3*a2*w2*a1*x"),
        ("incoming", "(a3-y)*w3*a2*(1-a2)*w2*(1-a1**2)*z1"),
        ("bias", "(a3-y)*w3*a2*(1-a2)*w2*(1-a1**2)*(x+b1)"),
        ("wrong-loss", "(a2-y)*w3*a2*(1-a2)*w2*(1-a1**2)*x"),
    ],
    "4.10": [
        ("too-many-paths", "(a_1 * a_2 - y) * (a_1 * (1 - a_2**2) + a_2 * (1 - a_1**2))"),
        ("wrong-unit", "(a_1 * a_2 - y) * a_2 * (1 - a_1**2)"),
        ("bias", "bias_gradient * b_2"),
        ("incoming", "bias_gradient * x_2"),
        ("M7", "(a_1 * a_2 - y) * a_1"),
        ("M13", "a_1 * a_2 - y"),
        ("M13", "(a_1 * a_2 - y) * (1 - a_2**2)"),
        ("slope", "(a_1 * a_2 - y) * a_1 * a_2 * (1 - a_2)"),
        ("slope", "(a_1 * a_2 - y) * a_1 * (1 - a_1**2)"),
        ("slope", "(a_1 * a_2 - y) * a_1 * (1 - a_2)"),
        ("slope", "a_1 * (1 - a_2**2)"),
        ("M5", "(a_1 * a_2 - y) * a_1 * (1 - z_2**2)"),
        ("M5", "(a_1 * a_2 - y) * a_1 * (1 - sp.tanh(a_2) ** 2)"),
        ("M12", "(a_1 * a_2 - y) ** 2 / 2 * a_1 * (1 - a_2**2)"),
        ("M12", "(a_1 * a_2 - y) * a_1 * a_2 * (1 - a_2**2)"),
        ("M12", "(a_1 * a_2 - y) * (a_1 + a_2) * (1 - a_2**2)"),
        ("wrong-loss", "(a_2 - y) * (1 - a_2**2)"),
        ("sign", "(y - a_1 * a_2) * a_1 * (1 - a_2**2)"),
        ("factor-2", "2 * bias_gradient"),
        ("too-many-paths", "(y - a_1 * a_2) * (a_1 * (1 - a_2**2) + a_2 * (1 - a_1**2))"),
        ("symbols", "sp.Symbol('delta_2')"),
        ("type", "'delta_2'"),
        ("wrong-factor", "(a_1*a_2-y)*a_2*(1-a_2**2)"),
        ("wrong-loss", "(a_2-y)*a_1*(1-a_2**2)"),
        ("incoming", "(a_1*a_2-y)*a_1*(1-a_2**2)*(x_1+x_2)"),
        ("slope", "(a_1*a_2-y)*(1-a_2**2)*(1-a_1**2)"),
        ("M12", "(a_1*a_2-y)*(1+a_1)*(1-a_2**2)"),
        ("too-many-paths", "(a_1*a_2-y)*(a_2*(1-a_1**2)+a_1*(1-a_2**2))/2"),
        ("M5", "(a_1*a_2-y)*z_1*(1-a_2**2)"),
        ("incoming", "(a_1*a_2-y)*a_1*(1-a_2**2)*w_22"),
        ("too-few-paths", "0*a_1"),
        ("wrong-loss", "(a_1+a_2-y)*a_1*(1-a_2**2)"),
        ("target", "a_1*a_2*a_1*(1-a_2**2)"),
        ("M5", "(a_1*a_2-y)*a_1*(1-(a_1*a_2)**2)"),
        ("too-many-paths", "(a_1*a_2-y)*(a_2*(1-a_1**2)*w_12+a_1*(1-a_2**2)*w_22)"),
    ],
    "4.11": [
        ("M1", "(a2 - y) * (1 - a1**2) * x"),
        ("M1", "(a2 - y) * w2 * (1 - (a2 - a1) ** 2) * (1 - a1**2) * x"),
        ("M1", "(a2 - y) * w2 / sp.cosh(z2) ** 2 * (1 - a1**2) * x"),
        ("M1", "(a2 - y) * w2 * (1 - a2**2) * (1 - a1**2) * x"),
        ("M1", "(y - a2) * (1 - a1**2) * x"),
        ("slope", "(a2 - y) * (1 + w2 * (1 - a2**2)) * (1 - a1**2) * x"),
        ("slope", "(a2 - y) * (1 + w2) * (1 - a1**2) * x"),
        ("slope", "(a2 - y) * (1 + w2) * (1 - (a2 - a1) ** 2) * (1 - a1**2) * x"),
        ("slope", "(a2 - y) * (x + w2 * (1 - (a2 - a1) ** 2) * (1 - a1**2) * x)"),
        ("M7", "(a2 - y) * (1 + w2 * (1 - (a2 - a1) ** 2)) * x"),
        ("M7", "(a2 - y) * (1 + w2) * x"),
        ("weights-forgotten", "(a2 - y) * (2 - (a2 - a1) ** 2) * (1 - a1**2) * x"),
        ("weights", "(a2 - y) * w2 * (2 - (a2 - a1) ** 2) * (1 - a1**2) * x"),
        ("incoming", "(a2 - y) * (1 + w2 * (1 - (a2 - a1) ** 2)) * (1 - a1**2)"),
        ("M13", "(a2 - y) * (1 + w2 * (1 - (a2 - a1) ** 2)) * (1 - a1**2) * w1"),
        ("M13", "(1 + w2 * (1 - (a2 - a1) ** 2)) * (1 - a1**2) * x"),
        ("M5", "(a2 - y) * (1 + w2 * (1 - z2**2)) * (1 - a1**2) * x"),
        ("M5", "(a2 - y) * (1 + w2 * (1 - z2**2)) * (1 - z1**2) * x"),
        ("M12", "(a2 - y) ** 2 * (1 - a1**2) ** 2 * x**2 * w2 * (1 - (a2 - a1) ** 2)"),
        ("wrong-loss", "(a2 - a1 - y) * (1 + w2 * (1 - (a2 - a1) ** 2)) * (1 - a1**2) * x"),
        ("sign", "-shortcut_gradient"),
        ("factor-2", "shortcut_gradient * 2"),
        ("symbols", "shortcut_gradient * w3"),
        ("M12", "(a2-y)*w2*(1-(a2-a1)**2)*(1-a1**2)**2*x**2"),
        ("slope", "(a2-y)*(a1+w2*(1-(a2-a1)**2))*(1-a1**2)*x"),
        ("incoming", "(a2-y)*(1-a1**2)*(1+w2*(1-(a2-a1)**2)*x)"),
        ("incoming", "(a2-y)*(1-a1**2)*(x+w2*(1-(a2-a1)**2))"),
        ("M12", "(a2-y)**2/2*(1+w2*(1-(a2-a1)**2))*(1-a1**2)*x"),
        ("slope", "(a2-y)*(1+w2*(1-(a2+a1)**2))*(1-a1**2)*x"),
        ("brackets", "(a2-y)*(1-a1**2)*x*w2*(1-(a2-a1)**2)+1"),
        ("slope", "(a2-y)*(1+w2*(1-(a2-a1)))*(1-a1**2)*x"),
        ("slope", "(a2-y)*(1+w2*(1-a2**2+a1**2))*(1-a1**2)*x"),
        ("M5", "(a2-y)*(1+w2*(1-sp.tanh(a2)**2))*(1-a1**2)*x"),
        ("slope", "(a2-y)*((1-a1**2)+w2*(1-(a2-a1)**2))*x"),
        ("brackets", "((a2-y)+w2*(1-(a2-a1)**2))*(1-a1**2)*x"),
        ("slope", "(a2-y)*(1+w2*(a2-a1))*(1-a1**2)*x"),
        ("incoming", "(a2-y)*(1+w2*a1*(1-(a2-a1)**2))*(1-a1**2)*x"),
    ],
}
