"""What students answer to the exercises of chapter 15: right in several ways, and wrong with the thought behind it.

The form is that of chapter 5's list.
"""


def without(text, part, letter):
    """Exchange the answer to one part."""
    place = text.index(f'"{part}": "') + len(f'"{part}": "')
    return text[:place] + letter + text[place + 1 :]


PRINTED = '{"A": "f", "B": "c", "C": "b", "D": "g", "E": "c"}'
NANS = '{"A": "b", "B": "a", "C": "b", "D": "d", "E": "c"}'

RIGHT = {
    "15.1": [
        PRINTED,
        '{"E": "C", "D": "g ", "C": "b", "B": "c", "A": "F"}',
        'dict(zip("ABCDE", "fcbgc"))',
    ],
    "15.2": [
        '"b"',
        '" B"',
        '"b "',
    ],
    "15.3": [
        "[0.665, 0.16]",
        "0.6 * np.array([0.8, -0.4]) + 0.3 * np.array([-0.25, 1.1]) + 0.1 * np.array([2.6, 0.7])",
        "(0.665, 0.16)",
        "[(6*0.8+3*-0.25+1*2.6)/10, (6*-0.4+3*1.1+0.7)/10]",
        "[sp.Rational(665,1000), sp.Rational(4,25)]",
        "np.average([[.8,-.4],[-.25,1.1],[2.6,.7]], axis=0, weights=[6,3,1])",
    ],
    "15.4": [
        "[1.4, 0.44, -0.496]",
        "np.array([1.399999976, 0.43999994, -0.49600005])",
        "(1.4, 0.44, -0.496)",
        "[2-0.6, 1.4-0.25*3.84, 0.44-0.25*3.744]",
        "[sp.Rational(7,5), sp.Rational(11,25), sp.Rational(-62,125)]",
        "np.float32([1.4,0.44,-0.496])",
    ],
    "15.5": [
        """
def logsumexp(z, upstream):
    top = z.max(axis=1, keepdims=True)
    e = np.exp(z - top)
    total = e.sum(axis=1, keepdims=True)
    out = (np.log(total) + top)[:, 0]
    dz = upstream[:, np.newaxis] * e / total
    return out, dz
""",
        """
def logsumexp(z, upstream):
    out, dz = [], []
    for row, g in zip(z, upstream):
        m = max(row)
        total = sum(np.exp(v - m) for v in row)
        out.append(m + np.log(total))
        dz.append([g * np.exp(v - m) / total for v in row])
    return out, dz
""",
        """
def logsumexp(z, upstream):
    out = np.logaddexp.reduce(z, axis=-1)
    return [out, np.einsum("n,nk->nk", upstream, np.exp(z - out[:, None]))]
""",
        """
def logsumexp(z, upstream):
    m = np.amax(z, 1)
    s = np.exp((z.T - m).T)
    out = np.log1p(s.sum(1) - 1) + m
    p = s / np.sum(s, 1)[:, None]
    return out, np.diag(upstream) @ p
""",
        """
def logsumexp(z, upstream):
    m = z.max(axis=1)
    out = m + np.log(np.exp(z - m[:, None]).sum(axis=1))
    return out, (upstream * np.exp(z - out[:, None]).T).T
""",
        """
def logsumexp(z, upstream):
    z = np.asarray(z, float)
    out = np.zeros(len(z))
    dz = np.zeros(z.shape)
    for n in range(len(z)):
        z0 = z[n].max()
        shares = np.exp(z[n] - z0)
        out[n] = z0 + np.log(shares.sum())
        dz[n] = upstream[n] * shares / shares.sum()
    return [out.tolist(), dz.tolist()]
""",
    ],
    "15.6": [
        """
def unbroadcast(upstream, shape):
    gradient = upstream
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient
""",
        """
def unbroadcast(upstream, shape):
    padded = (1,) * (upstream.ndim - len(shape)) + tuple(shape)
    axes = tuple(k for k in range(upstream.ndim) if padded[k] != upstream.shape[k])
    return upstream.sum(axis=axes, keepdims=True).reshape(shape)
""",
        """
def unbroadcast(upstream, shape):
    gradient = np.zeros(shape)
    for index in np.ndindex(upstream.shape):
        place = index[len(index) - len(shape) :]
        gradient[tuple(0 if n == 1 else i for i, n in zip(place, shape))] += upstream[index]
    return gradient
""",
        """
def unbroadcast(upstream, shape):
    if upstream.shape == tuple(shape):
        return upstream.copy()
    extra = upstream.ndim - len(shape)
    axes = list(range(extra)) + [extra + k for k, n in enumerate(shape) if n == 1]
    return np.add.reduce(upstream, axis=tuple(axes)).reshape(shape)
""",
        """
def unbroadcast(upstream, shape):
    k = upstream.ndim - len(shape)
    g = upstream.sum(axis=tuple(range(k)))
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g
""",
        """
def unbroadcast(upstream, shape):
    if upstream.shape == tuple(shape):
        return upstream
    if upstream.ndim > len(shape):
        return unbroadcast(upstream.sum(0), shape)
    for i, (a, n) in enumerate(zip(upstream.shape, shape)):
        if a != n:
            return unbroadcast(upstream.sum(i, keepdims=True), shape)
""",
    ],
    "15.7": [
        """
def backward(tape, values, upstream, grads):
    received = [None] * len(tape)
    received[-1] = upstream
    result = dict(grads)
    for node in reversed(range(len(tape))):
        operation, operands = tape[node]
        g = received[node]
        if g is None or operation in ("constant", "detach"):
            continue
        if operation == "leaf":
            result[node] = grads[node] + g if node in grads else g
            continue
        inputs = [values[k] for k in operands]
        if operation == "+":
            parts = [g, g]
        elif operation == "*":
            parts = [g * inputs[1], g * inputs[0]]
        elif operation == "@":
            parts = [g @ inputs[1].T, inputs[0].T @ g]
        else:
            parts = [g * values[node]]
        for k, part in zip(operands, parts):
            part = unbroadcast(part, values[k].shape)
            received[k] = part if received[k] is None else received[k] + part
    return result
""",
        """
def backward(tape, values, upstream, grads):
    rules = {
        "+": lambda g, a, b: (g, g),
        "*": lambda g, a, b: (g * b, g * a),
        "@": lambda g, a, b: (np.einsum("nm,km->nk", g, b), np.einsum("nk,nm->km", a, g)),
        "exp": lambda g, a: (g * np.exp(a),),
    }
    got = {len(tape) - 1: np.array(upstream)}
    for node in range(len(tape) - 1, -1, -1):
        operation, operands = tape[node]
        if node in got and operation in rules:
            for k, part in zip(operands, rules[operation](got[node], *[values[k] for k in operands])):
                got[k] = got.get(k, np.zeros(values[k].shape)) + unbroadcast(part, values[k].shape)
    leaves = [k for k, (operation, _) in enumerate(tape) if operation == "leaf"]
    new = {k: got[k] + grads.get(k, 0) for k in leaves if k in got}
    return {**grads, **new}
""",
        """
def backward(tape, values, upstream, grads):
    users = {k: [] for k in range(len(tape))}
    for node, (operation, operands) in enumerate(tape):
        if operation != "detach":
            for place, k in enumerate(operands):
                users[k].append((node, place))
    known = {len(tape) - 1: upstream}

    def gradient(k):
        if k not in known:
            total = None
            for node, place in users[k]:
                g = gradient(node)
                if g is None:
                    continue
                operation, operands = tape[node]
                if operation == "+":
                    part = g
                elif operation == "exp":
                    part = g * values[node]
                elif operation == "*":
                    part = g * values[operands[1 - place]]
                elif place == 0:
                    part = g @ values[operands[1]].T
                else:
                    part = values[operands[0]].T @ g
                part = unbroadcast(part, values[k].shape)
                total = part if total is None else total + part
            known[k] = total
        return known[k]

    result = {k: g.copy() for k, g in grads.items()}
    for k, (operation, _) in enumerate(tape):
        if operation == "leaf" and gradient(k) is not None:
            result[k] = result[k] + gradient(k) if k in result else gradient(k)
    return result
""",
        """
def backward(tape, values, upstream, grads):
    adj = {len(tape) - 1: upstream}
    def give(k, g):
        g = unbroadcast(g, np.shape(values[k]))
        adj[k] = adj[k] + g if k in adj else g
    for node in range(len(tape) - 1, -1, -1):
        if node not in adj:
            continue
        op, args = tape[node]
        g = adj[node]
        match op:
            case "+":
                give(args[0], g); give(args[1], g)
            case "*":
                a, b = args
                give(a, g * values[b]); give(b, g * values[a])
            case "@":
                a, b = args
                give(a, np.dot(g, values[b].T)); give(b, np.dot(values[a].T, g))
            case "exp":
                give(args[0], g * values[node])
    new = {k: np.array(v) for k, v in grads.items()}
    for k, (op, _) in enumerate(tape):
        if op == "leaf" and k in adj:
            new[k] = new.get(k, 0) + adj[k]
    return new
""",
    ],
    "15.8": [
        NANS,
        '{"E": "c", "A": "B", "B": "a", "C": "b", "D": "d"}',
        'dict(zip("ABCDE","BABDC"))',
    ],
    "15.9": [
        """
def repaired_layer(x, gain, upstream):
    s = 1 + np.abs(x)
    u = x / s
    out = gain * u
    dx = upstream * gain / s**2
    dgain = (upstream * u).sum(axis=0)
    return out, dx, dgain
""",
        """
def repaired_layer(x, gain, upstream):
    u = x / (1 + abs(x))
    return [u * gain, upstream * gain * (1 - np.abs(u)) ** 2, np.einsum("nk,nk->k", upstream, u)]
""",
        """
def repaired_layer(x, gain, upstream):
    out, dx, dgain = np.empty(x.shape), np.empty(x.shape), np.zeros(gain.shape)
    for n in range(x.shape[0]):
        for k in range(x.shape[1]):
            s = 1 + abs(x[n, k])
            out[n, k] = gain[k] * x[n, k] / s
            dx[n, k] = gain[k] * upstream[n, k] / (s * s)
            dgain[k] += upstream[n, k] * x[n, k] / s
    return out, dx, dgain
""",
        """
def repaired_layer(x, gain, upstream):
    s = 1 + np.sign(x) * x
    out = gain * x / s
    dx = upstream * (gain / s - gain * x * np.sign(x) / s**2)
    return out, dx, (upstream * out / gain).sum(axis=0)
""",
        """
def repaired_layer(x, gain, upstream):
    s = np.where(x > 0, 1 + x, 1 - x)
    u = np.divide(x, s)
    return np.multiply(gain, u), np.multiply(upstream, gain) * s ** -2.0, np.diag(upstream.T @ u)
""",
        """
def repaired_layer(x, gain, upstream):
    s = 1 + np.abs(x)
    u = np.divide(x, s, out=np.empty_like(s))
    return gain * u, gain * upstream / np.square(s), sum(upstream[n] * u[n] for n in range(len(x)))
""",
    ],
    "15.10": [
        "g * (s + beta * z * s * (1 - s))",
        "g * sp.diff(z / (1 + sp.exp(-beta * z)), z)",
        "sp.expand(g * s * (1 + beta * z - beta * z * s))",
        "g / (1 + sp.exp(-beta * z)) + g * z * beta * sp.exp(-beta * z) / (1 + sp.exp(-beta * z)) ** 2",
        "g * s + g * z * beta * (s - s**2)",
        "g*s*(1+beta*z*(1-s))",
        "g*(1/(1+sp.exp(-beta*z)) + beta*z/(sp.exp(beta*z)+2+sp.exp(-beta*z)))",
        "1.0*g*s + g*beta*z*s - g*beta*z*s**2",
        "g*s + g*z*sp.diff(1/(1+sp.exp(-beta*z)), z)",
        "g*(0.5*(1+sp.tanh(beta*z/2)) + z*beta/4*(1-sp.tanh(beta*z/2)**2))",
    ],
    "15.11": [
        "(u - v) * x - 2 * beta * w * (u - v)",
        "(u - v) * (x - 2 * beta * w)",
        "(w * x - w**2) * (x - 2 * beta * w)",
        "sp.expand((v - u) * (2 * beta * w - x))",
        "w * (x - w) * (x - 2 * beta * w)",
        "(u-v)*x + beta*(v-u)*2*w",
        "x*(u-v) - 2*w*beta*u + 2*w*beta*v",
        "(w*x-v)*(x-2.0*beta*w)",
        "-(v-u)*x + 2*beta*w*(v-u)",
    ],
}

COUNTED = "np.array([6, 3, 1]) @ reports"


def loop(keep="v + g", slope="1.6 * (w - 0.5)", move="w - 0.25 * v"):
    """Return the text of a function that walks three steps."""
    return f"""
def walk():
    w, v, path = 2.0, 0.0, []
    for step in range(3):
        g = {slope}
        v = {keep}
        w = {move}
        path.append(w)
    return path
"""


def walked(**pieces):
    """Return what such a walk finds, as text."""
    names = {}
    exec(loop(**pieces), names)
    return repr(names["walk"]())


WRONG = {
    "15.1": [
        ("M3", without(PRINTED, "A", "d")),
        ("value", without(PRINTED, "A", "e")),
        ("slope", without(PRINTED, "A", "c")),
        ("detach", without(PRINTED, "B", "d")),
        ("detach", without(PRINTED, "B", "a")),
        ("detach", without(PRINTED, "B", "g")),
        ("no_grad", without(PRINTED, "C", "d")),
        ("no_grad", without(PRINTED, "C", "g")),
        ("None", without(PRINTED, "D", "a")),
        ("None", without(PRINTED, "D", "d")),
        ("M1", without(PRINTED, "E", "b")),
        ("broadcast", without(PRINTED, "E", "e")),
        ("type", '{"A": 12, "B": "c", "C": "b", "D": "g", "E": "c"}'),
        ("M3", 'dict(zip("ABCDE", "dgdae"))'),
        ("slope", 'dict(zip("ABCDE", "abcde"))'),
        ("slope", 'dict(zip("ABCDE", "ggggg"))'),
        ("type", '{"A": 12, "B": 3, "C": 1, "D": None, "E": 3}'),
    ],
    "15.2": [
        ("dynamic", '"a"'),
        ("shape", '"c"'),
        ("overwritten", '"d"'),
        ("constant", '"e"'),
        ("type", "[1, 1, 2, 1, 2]"),
    ],
    "15.3": [
        ("plain-mean", "reports.mean(axis=0)"),
        ("plain-mean", "reports.sum(axis=0) / 4"),
        ("sum", "reports.sum(axis=0)"),
        ("sum", COUNTED),
        ("sum", "reports.sum(axis=0) / 10"),
        ("inverse", "np.array([1 / 6, 1 / 3, 1]) @ reports / 1.5"),
        ("inverse", "np.array([0.4, 0.7, 0.9]) @ reports"),
        ("weights", f"({COUNTED}) / 3"),
        ("weights", f"({COUNTED}) / 40"),
        ("largest", "[0.8, -0.4]"),
        ("pairs", "((reports[0] + reports[1]) / 2 + reports[2]) / 2"),
        ("nan", "np.array([0.6, 0.3, 0.1, 0]) @ np.vstack([reports, [np.nan, np.nan]])"),
        ("largest", "(6 * reports[0] + 3 * reports[1]) / 9"),
        ("shape", "0.665"),
        ("sign", f"-({COUNTED}) / 10"),
        ("some-entries", "[0.665, 0.2]"),
        ("nan", "[float('nan'), float('nan')]"),
        ("plain-mean", "np.array([3.15,1.4])/4"),
        ("weights", "np.array([6.65,1.6])/4"),
        ("unsigned", "[0.815, 0.64]"),
        ("weights", "np.array([6.65,1.6])/3"),
        ("unsigned", ".6*np.array([.8,.4])+.3*np.array([.25,1.1])+.1*np.array([2.6,.7])"),
        ("weights", "0.1*np.array([0.8,-0.4])+0.3*np.array([-0.25,1.1])+0.6*np.array([2.6,0.7])"),
        ("weights", "0.3*np.array([0.8,-0.4])+0.6*np.array([-0.25,1.1])+0.1*np.array([2.6,0.7])"),
        ("shape", "[0.684]"),
        ("swapped", "[0.16, 0.665]"),
        ("weights", "np.array([6.65,1.6])/9"),
        ("weights", "(6**.5*np.array([.8,-.4])+3**.5*np.array([-.25,1.1])+np.array([2.6,.7]))/(6**.5+3**.5+1)"),
        ("median", "[0.8, 0.7]"),
        ("inverse", "np.array([.8,-.4])/6+np.array([-.25,1.1])/3+np.array([2.6,.7])"),
        ("factor-2", "[0.3325,0.08]"),
        ("plain-mean", "[0.7875,0.35]"),
    ],
    "15.4": [
        ("cleared", walked(keep="g")),
        ("M3", walked(keep="2 * v + g")),
        ("mean", walked(keep="(v * step + g) / (step + 1)")),
        ("mean", walked(keep="(v + g) / 2 if step else g")),
        ("stale", walked(slope="2.4")),
        ("ascent", walked(move="w + 0.25 * v")),
        ("learning-rate", walked(move="w - v")),
        ("slope", walked(slope="0.8 * (w - 0.5)")),
        ("slope", walked(slope="1.6 * w")),
        ("slope", walked(slope="0.8 * (w - 0.5) ** 2")),
        ("last-two", walked(keep="g if step > 1 else v + g")),
        ("gradients", "[2.4, 3.84, 3.744]"),
        ("momentum", walked(keep="0.9 * v + g")),
        ("shape", "-0.496"),
        ("cleared", walked(move="2 - 0.25 * v")),
        ("digits", "[1.4, 0.44, -0.5]"),
        ("cleared", "[1.4, 1.04, 0.824]"),
        ("some-entries", "[1.4, 0.8, 0.2]"),
        ("some-entries", "[1.4,0.752,0.1]"),
        ("shifted", "[2, 1.4, 0.44]"),
        ("losses", "[1.8, 0.648, 0.00288]"),
        ("some-entries", "[1.4,0.44,-0.416]"),
        ("some-entries", "[1.4, 0.44, -0.52]"),
        ("slope", "[1.7, 1.16, 0.488]"),
        ("ascent", "[2.6,3.44,4.616]"),
        ("some-entries", "[1.4, 0.92, 0.608]"),
        ("sign", "[-1.4,-0.44,0.496]"),
        ("slope", "[1.25, 0.125, -0.8125]"),
        ("slope", "[0.7999999999999998, -0.6400000000000001, -1.168]"),
        ("learning-rate", "[1.76, 1.3184, 0.745856]"),
        ("slope", "[1.1, 0.05600000000000005, -1.0668544]"),
        ("moves", "[-0.6,-0.96,-0.936]"),
        ("shape", "[1.4,0.44,-0.496,-1.0336]"),
        ("slope", "[0.7999999999999998, -0.6400000000000001, -1.168]"),
        ("slope", "[1.0, -0.6000000000000001, -2.16]"),
        ("look-ahead", "[0.7999999999999998, -0.040000000000000036, -0.328]"),
        ("momentum", "[1.4, 0.7399999999999999, 0.3139999999999999]"),
    ],
    "15.5": [
        ("overflow", "(np.log(total) + top)[:, 0]", "np.log(np.exp(z).sum(axis=1))"),
        (
            "overflow",
            "upstream[:, np.newaxis] * e / total",
            "upstream[:, None] * np.exp(z) / np.exp(z).sum(1)[:, None]",
        ),
        ("overflow", "top = z.max(axis=1, keepdims=True)", "top = z.max() + 0 * z[:, :1]"),
        ("overflow", "top = z.max(axis=1, keepdims=True)", "top = 0 * z[:, :1]"),
        ("overflow", "z.max(axis=1, keepdims=True)", "z.mean(axis=1, keepdims=True)"),
        ("overflow", "z.max(axis=1, keepdims=True)", "np.abs(z).max(axis=1, keepdims=True)"),
        ("axis", "z.max(axis=1, keepdims=True)", "z.max(axis=0, keepdims=True)"),
        (
            "clip",
            """
def logsumexp(z, upstream):
    e = np.exp(np.clip(z, -500, 500))
    total = e.sum(axis=1)
    return np.log(total), upstream[:, None] * e / total[:, None]
""",
        ),
        (
            "clip",
            """
def logsumexp(z, upstream):
    e = np.exp(np.minimum(z, 700))
    total = e.sum(axis=1)
    return np.log(total), upstream[:, None] * e / total[:, None]
""",
        ),
        (
            "eps",
            """
def logsumexp(z, upstream):
    e = np.exp(z)
    total = e.sum(axis=1, keepdims=True) + 1e-300
    return np.log(total)[:, 0], upstream[:, None] * e / total
""",
        ),
        (
            "clip",
            """
def logsumexp(z, upstream):
    e = np.exp(np.minimum(z, 30))
    total = e.sum(axis=1, keepdims=True) + 1e-15
    return np.log(total)[:, 0], upstream[:, None] * e / total
""",
        ),
        (
            "overflow",
            """
def logsumexp(z, upstream):
    e = np.exp(z)
    total = e.sum(axis=1, keepdims=True)
    return np.log(total)[:, 0], upstream[:, None] * e / total
""",
        ),
        ("shift", "(np.log(total) + top)[:, 0]", "np.log(total)[:, 0]"),
        ("shift", "np.log(total) + top", "np.log(total) - top"),
        ("shift", "np.log(total) + top", "np.log(total) * top"),
        ("upstream", "upstream[:, np.newaxis] * e", "e"),
        ("upstream", "upstream[:, np.newaxis]", "upstream.sum()"),
        ("upstream", "upstream[:, np.newaxis]", "upstream.mean()"),
        ("mean", "e / total", "e / total / len(z)"),
        ("mean", "np.log(total)", "np.log(total / z.shape[1])"),
        ("slope", "e / total", "e / total * (1 - e / total)"),
        ("normalise", "e / total", "e"),
        ("normalise", "* e / total", "/ total + 0 * z"),
        (
            "axis",
            "    dz = upstream[:, np.newaxis] * e / total",
            "    e = np.exp(z - z.max(axis=0))\n    dz = upstream[:, np.newaxis] * e / e.sum(axis=0)",
        ),
        ("log", "(np.log(total) + top)[:, 0]", "(total * np.exp(top))[:, 0]"),
        ("max", "(np.log(total) + top)[:, 0]", "top[:, 0]"),
        ("max", "* e / total", "* (z == top)"),
        ("cross-entropy", "* e / total", "* (e / total - (z == top))"),
        ("order", "(np.log(total) + top)[:, 0]", "z.sum(axis=1)"),
        ("shape", "(np.log(total) + top)[:, 0]", "np.log(total) + top"),
        ("crashed", "upstream[:, np.newaxis]", "upstream[:, :, 0]"),
        ("nothing-returned", "    return out, dz\n", ""),
        ("type", "return out, dz", "return dz"),
        ("axis", "    return out, dz", "    return np.logaddexp.reduce(z, axis=0), dz"),
        ("value", "* e / total", "* z"),
        ("slope", "* e / total", "* np.ones_like(z)"),
        ("changed-inputs", "    e = np.exp(z - top)", "    z -= top\n    e = np.exp(z)"),
        (
            "shares",
            """
def logsumexp(z, upstream):
    top = z.max(axis=1, keepdims=True)
    e = np.exp(z - top)
    total = e.sum(axis=1, keepdims=True)
    out = (e / total).max(axis=1)
    dz = upstream[:, np.newaxis] * e / total
    return out, dz
""",
        ),
        ("upstream", "upstream[:, np.newaxis] * e / total", "upstream[:, np.newaxis] / (e / total)"),
        ("upstream", "upstream[:, np.newaxis] * e / total", "upstream[:, np.newaxis] + e / total"),
        ("sign", "* e / total", "* -e / total"),
        ("log", "* e / total", "* np.log(e / total)"),
        ("slope", "* e / total", "* (1 - e / total)"),
        ("base", "np.log(total)", "np.log2(total)"),
        ("base", "np.log(total)", "np.log10(total)"),
        ("overflow", "z.max(axis=1, keepdims=True)", "z.min(axis=1, keepdims=True)"),
        ("overflow", "z.max(axis=1, keepdims=True)", "z[:, :1]"),
        ("overflow", "z.max(axis=1, keepdims=True)", "z.sum(axis=1, keepdims=True)"),
        ("shift", "np.log(total) + top", "np.log(total) + 2 * top"),
        ("upstream", "return out, dz", "return out * upstream, dz"),
        ("shape", "return out, dz", "return dz, out"),
        ("normalise", "* e / total", "* e * total"),
        ("normalise", "* e / total", "* e / np.log(total)"),
        ("normalise", "* e / total", "* np.exp(z - top)"),
        (
            "clip",
            """
def logsumexp(z, upstream):
    top = 0.0
    e = np.exp(z - top)
    total = e.sum(axis=1, keepdims=True)
    out = np.nan_to_num(np.log(total))[:, 0]
    dz = np.nan_to_num(upstream[:, np.newaxis] * e / total)
    return out, dz
""",
        ),
        (
            "overflow",
            """
def logsumexp(z, upstream):
    top = 700
    e = np.exp(z - top)
    total = e.sum(axis=1, keepdims=True)
    out = (np.log(total) + top)[:, 0]
    dz = upstream[:, np.newaxis] * e / total
    return out, dz
""",
        ),
        (
            "overflow",
            """
def logsumexp(z, upstream):
    top = np.maximum(z.max(axis=1, keepdims=True), 0)
    e = np.exp(z - top)
    total = e.sum(axis=1, keepdims=True)
    out = (np.log(total) + top)[:, 0]
    dz = upstream[:, np.newaxis] * e / total
    return out, dz
""",
        ),
        ("upstream", "upstream[:, np.newaxis] * e / total", "(e / total) * upstream.mean()"),
        ("slope", "* e / total", "* (e / total - (e / total) ** 2)"),
        ("upstream", "upstream[:, np.newaxis] * e / total", "upstream.sum() * e / total"),
        (
            "shift",
            """
def logsumexp(z, upstream):
    top = z.max(axis=1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=1, keepdims=True)
    out = (np.log(total) + top)[:, 0]
    dz = upstream[:, np.newaxis] * e / total
    return out, dz
""",
        ),
        (
            "overflow",
            """
def logsumexp(z, upstream):
    top = np.where(z.max() > 100, z.max(axis=1, keepdims=True), 0.0)
    e = np.exp(z - top)
    total = e.sum(axis=1, keepdims=True)
    out = (np.log(total) + top)[:, 0]
    dz = upstream[:, np.newaxis] * e / total
    return out, dz
""",
        ),
    ],
    "15.6": [
        ("mean", ".sum(", ".mean("),
        (
            "M1",
            """
def unbroadcast(upstream, shape):
    gradient = upstream
    while gradient.ndim > len(shape):
        gradient = gradient[0]
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = np.take(gradient, [0], axis=axis)
    return gradient
""",
        ),
        ("M1", ".sum(", ".max("),
        (
            "leading-only",
            """
def unbroadcast(upstream, shape):
    while upstream.ndim > len(shape):
        upstream = upstream.sum(axis=0)
    return upstream
""",
        ),
        (
            "stretched-only",
            """
def unbroadcast(upstream, shape):
    extra = upstream.ndim - len(shape)
    for axis, size in enumerate(shape):
        if size == 1:
            upstream = upstream.sum(axis=extra + axis, keepdims=True)
    return upstream
""",
        ),
        (
            "shape",
            """
def unbroadcast(upstream, shape):
    padded = (1,) * (upstream.ndim - len(shape)) + shape
    return upstream.sum(axis=tuple(k for k, n in enumerate(padded) if n == 1))
""",
        ),
        (
            "shape",
            """
def unbroadcast(upstream, shape):
    padded = (1,) * (upstream.ndim - len(shape)) + shape
    return upstream.sum(axis=tuple(k for k, n in enumerate(padded) if n == 1), keepdims=True)
""",
        ),
        ("identity", "    return gradient\n", "    return upstream\n"),
        ("all", "    return gradient\n", "    return np.full(shape, upstream.sum())\n"),
        ("all", "    return gradient\n", "    return upstream.sum()\n"),
        (
            "all",
            "    gradient = upstream\n",
            "    if upstream.shape != shape:\n        return np.ones(shape) * upstream.sum()\n"
            "    gradient = upstream\n",
        ),
        (
            "first-axis",
            "    gradient = upstream\n",
            "    return upstream if upstream.shape == shape else upstream.sum(axis=0)\n    gradient = upstream\n",
        ),
        ("reshape", "    return gradient\n", "    return np.resize(upstream, shape)\n"),
        ("reshape", "    return gradient\n", "    return upstream.ravel()[: int(np.prod(shape))].reshape(shape)\n"),
        ("counted", "    return gradient\n", "    return gradient * (upstream.size // gradient.size)\n"),
        ("crashed", "    return gradient\n", "    return upstream.reshape(shape)\n"),
        ("sign", "    return gradient\n", "    return -gradient\n"),
        ("nothing-returned", "    return gradient\n", ""),
        ("zeros", "    return gradient\n", "    return np.zeros(shape)\n"),
        ("rounded", "    return gradient\n", "    return np.round(gradient, 4)\n"),
        ("crashed", ", keepdims=True", ""),
        (
            "one-axis",
            """
def unbroadcast(upstream, shape):
    g = upstream
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            return g.sum(axis=i, keepdims=True)
    return g
""",
        ),
        (
            "front",
            """
def unbroadcast(upstream, shape):
    g = upstream
    while g.ndim > len(shape):
        g = g.sum(axis=-1)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g
""",
        ),
        (
            "one-axis",
            """
def unbroadcast(upstream, shape):
    g = upstream
    if g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g
""",
        ),
        (
            "mean",
            """
def unbroadcast(upstream, shape):
    g = upstream
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g
""",
        ),
        (
            "mean",
            """
def unbroadcast(upstream, shape):
    g = upstream
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.mean(axis=i, keepdims=True)
    return g
""",
        ),
        (
            "M1",
            """
def unbroadcast(upstream, shape):
    g = upstream
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.take([0], axis=i)
    return g
""",
        ),
        (
            "reshape",
            """
def unbroadcast(upstream, shape):
    return upstream.reshape(-1, int(np.prod(shape))).sum(axis=0).reshape(shape)
""",
        ),
        (
            "reshape",
            """
def unbroadcast(upstream, shape):
    return upstream.reshape(int(np.prod(shape)), -1).sum(axis=1).reshape(shape)
""",
        ),
        (
            "crashed",
            """
def unbroadcast(upstream, shape):
    axes = tuple(i for i, n in enumerate(upstream.shape) if n not in shape)
    return upstream.sum(axis=axes).reshape(shape)
""",
        ),
        (
            "crashed",
            """
def unbroadcast(upstream, shape):
    padded = tuple(shape) + (1,) * (upstream.ndim - len(shape))
    axes = tuple(i for i, n in enumerate(padded) if n == 1)
    return upstream.sum(axis=axes).reshape(shape)
""",
        ),
        (
            "crashed",
            """
def unbroadcast(upstream, shape):
    return np.broadcast_to(upstream.sum(axis=0), shape)
""",
        ),
        (
            "mean",
            """
def unbroadcast(upstream, shape):
    return upstream if upstream.shape == shape else np.ones(shape) * upstream.mean()
""",
        ),
        ("square", "    return gradient\n", "    return gradient ** 2\n"),
        ("no-upstream", "    return gradient\n", "    return np.ones(shape)\n"),
        (
            "no-upstream",
            "    return gradient\n",
            "    return np.full(shape, upstream.size / max(1, int(np.prod(shape))))\n",
        ),
        ("unsigned", "    return gradient\n", "    return np.abs(gradient)\n"),
    ],
    "15.7": [
        ("M1", "part if received[k] is None else received[k] + part", "part"),
        ("M1", "part if received[k] is None else received[k] + part", "part if received[k] is None else received[k]"),
        ("M2", "reversed(range(len(tape)))", "range(len(tape))"),
        ("fresh", "grads[node] + g if node in grads else g", "g"),
        ("fresh", "result = dict(grads)", "result, grads = {}, {}"),
        ("dropped", "result = dict(grads)", "result = {}"),
        (
            "detach",
            'operation in ("constant", "detach"):',
            'operation == "constant":\n            continue\n        if operation == "detach":\n'
            "            k = operands[0]\n            received[k] = g if received[k] is None else received[k] + g",
        ),
        (
            "detach",
            'operation in ("constant", "detach"):',
            'operation == "constant":\n            continue\n        if operation == "detach":\n'
            "            k = operands[0]\n            received[k] = 0 * g if received[k] is None else received[k]",
        ),
        (
            "zeros",
            "    return result",
            '    return {k: result.get(k, 0 * values[k]) for k in range(len(tape)) if tape[k][0] == "leaf"}',
        ),
        ("zeros", "received = [None] * len(tape)", "received = [0.0 * value for value in values]"),
        ("M4", "g * values[node]", "g * inputs[0]"),
        ("M4", "g * values[node]", "g * np.exp(values[node])"),
        ("slope", "parts = [g * values[node]]", "parts = [g]"),
        ("upstream", "parts = [g * values[node]]", "parts = [values[node]]"),
        ("swapped", "[g * inputs[1], g * inputs[0]]", "[g * inputs[0], g * inputs[1]]"),
        ("slope", "[g * inputs[1], g * inputs[0]]", "[g, g]"),
        ("upstream", "[g * inputs[1], g * inputs[0]]", "[0 * g + inputs[1], 0 * g + inputs[0]]"),
        ("M8", "inputs[1].T", "inputs[1]"),
        ("M8", "inputs[0].T", "inputs[0]"),
        ("M8", "inputs[0].T @ g", "g.T @ inputs[0]"),
        ("M8", "[g @ inputs[1].T, inputs[0].T @ g]", "[inputs[1].T @ g, g @ inputs[0].T]"),
        ("M6", "g @ inputs[1].T", "g @ np.linalg.pinv(inputs[1])"),
        ("broadcast", "            part = unbroadcast(part, values[k].shape)\n", ""),
        (
            "mean",
            "unbroadcast(part, values[k].shape)",
            "unbroadcast(part, values[k].shape) * values[k].size / part.size",
        ),
        ("upstream", "received[-1] = upstream", "received[-1] = np.ones_like(upstream)"),
        (
            "constants",
            'operation in ("constant", "detach"):\n            continue\n        if operation == "leaf":',
            'operation == "detach":\n            continue\n        if not operands:',
        ),
        (
            "all-nodes",
            'if operation == "leaf":\n            result[node] = grads[node] + g if node in grads else g\n'
            "            continue\n",
            "result[node] = grads[node] + g if node in grads else g\n        if not operands:\n            continue\n",
        ),
        (
            "all-nodes",
            "        if g is None or",
            "        if g is not None:\n            result[node] = grads.get(node, 0) + g\n        if g is None or",
        ),
        ("changed-inputs", "result = dict(grads)", "result = grads"),
        (
            "changed-inputs",
            "result[node] = grads[node] + g if node in grads else g",
            "if node in result:\n                result[node] += g\n"
            "            else:\n                result[node] = g",
        ),
        ("changed-inputs", "else received[k] + part", "else np.add(received[k], part, out=values[k])"),
        ("type", "    return result", "    return [result.get(k) for k in range(len(tape))]"),
        ("doubled", "grads[node] + g if node in grads", "2 * grads[node] + g if node in grads"),
        ("M1", "grads[node] + g if", "(grads[node] + g) / 2 if"),
        (
            "M2",
            """
def backward(tape, values, upstream, grads):
    got = {}

    def take(node, g):
        got[node] = got[node] + g if node in got else g
        operation, operands = tape[node]
        g, inputs = got[node], [values[k] for k in operands]
        if operation == "+":
            parts = [g, g]
        elif operation == "*":
            parts = [g * inputs[1], g * inputs[0]]
        elif operation == "@":
            parts = [g @ inputs[1].T, inputs[0].T @ g]
        elif operation == "exp":
            parts = [g * values[node]]
        else:
            return
        for k, part in zip(operands, parts):
            take(k, unbroadcast(part, values[k].shape))

    take(len(tape) - 1, upstream)
    result = dict(grads)
    for k, g in got.items():
        if tape[k][0] == "leaf":
            result[k] = result[k] + g if k in result else g
    return result
""",
        ),
        ("upstream", "received[-1] = upstream", "received[-1] = upstream * 2"),
        ("slope", "g * values[node]", "g / values[node]"),
        ("M1", "parts = [g, g]", "parts = [g]"),
        ("M1", "parts = [g, g]", "parts = [g / 2, g / 2]"),
        ("M1", "[g * inputs[1], g * inputs[0]]", "[g * inputs[1]]"),
        ("M1", "[g @ inputs[1].T, inputs[0].T @ g]", "[g @ inputs[1].T]"),
        ("upstream", "received[-1] = upstream", "received[-1] = upstream.sum() + 0 * upstream"),
        (
            "doubled",
            "result[node] = grads[node] + g if node in grads else g",
            "result[node] = grads[node] + 2 * g if node in grads else g",
        ),
        ("slope", "parts = [g * values[node]]", "parts = [g * np.exp(-inputs[0])]"),
        ("M1", "received[k] is None else received[k] + part", "received[k] is None else 0.5 * (received[k] + part)"),
        ("upstream", "[g @ inputs[1].T, inputs[0].T @ g]", "[g @ inputs[1].T, inputs[0].T @ np.ones_like(g)]"),
    ],
    "15.8": [
        ("nan", without(NANS, "A", "a")),
        ("nan", without(NANS, "A", "c")),
        ("nan", without(NANS, "B", "b")),
        ("nan", without(NANS, "C", "a")),
        ("cut", without(NANS, "D", "a")),
        ("nan", without(NANS, "D", "b")),
        ("nan", without(NANS, "E", "b")),
        ("nan", without(NANS, "E", "a")),
        ("cut", without(NANS, "B", "d")),
        ("nan", '{"A": "b", "B": "b", "C": "b", "D": "b", "E": "b"}'),
        ("nan", 'dict(zip("ABCDE","aaaaa"))'),
        ("nan", 'dict(zip("ABCDE","cdcbd"))'),
        ("cut", 'dict(zip("ABCDE","dcdca"))'),
        ("nan", 'dict(zip("ABCDE","babdb"))'),
    ],
    "15.9": [
        ("in-place", "u = x / s", "u = np.divide(x, s, out=s)"),
        ("gain", "upstream * gain / s**2", "upstream / s**2"),
        ("mean", "sum(axis=0)", "mean(axis=0)"),
        (
            "two-left",
            """
def repaired_layer(x, gain, upstream):
    s = 1 + np.abs(x)
    u = np.divide(x, s, out=s)
    return gain * u, upstream / s**2, (upstream * u).sum(axis=0)
""",
        ),
        (
            "two-left",
            """
def repaired_layer(x, gain, upstream):
    s = 1 + np.abs(x)
    u = x / s
    return gain * u, upstream / s**2, (upstream * u).mean(axis=0)
""",
        ),
        (
            "two-left",
            """
def repaired_layer(x, gain, upstream):
    s = 1 + np.abs(x)
    u = np.divide(x, s, out=s)
    return gain * u, gain * upstream / s**2, (upstream * u).mean(axis=0)
""",
        ),
        ("three-left", "    s = 1", "    return broken_layer(x, gain, upstream)\n    s = 1"),
        ("slope", "gain / s**2", "gain / s"),
        ("slope", "gain / s**2", "gain * (1 - u**2)"),
        ("slope", "gain / s**2", "gain"),
        ("slope", "gain / s**2", "gain / (1 + x) ** 2"),
        ("sign", "gain / s**2", "gain * np.sign(x) / s**2"),
        ("upstream", "upstream * gain / s**2", "gain / s**2"),
        ("gain", "upstream * gain / s**2", "upstream * gain**2 / s**2"),
        ("gain", "(upstream * u).sum", "(upstream * out).sum"),
        ("broadcast", "(upstream * u).sum(axis=0)", "upstream * u"),
        ("axis", "sum(axis=0)", "sum(axis=1)"),
        ("axis", "sum(axis=0)", "sum()"),
        ("M1", "(upstream * u).sum(axis=0)", "(upstream * u)[0]"),
        ("upstream", "(upstream * u).sum(axis=0)", "u.sum(axis=0)"),
        ("forward", "out = gain * u", "out = 1.0 * u"),
        ("gain", "upstream * gain / s**2", "upstream / gain / s**2"),
        ("squash", "(upstream * u).sum", "(upstream * x).sum"),
        ("changed-inputs", "u = x / s", "u = np.divide(x, s, out=x)"),
        ("type", "return out, dx, dgain", "return dx, dgain"),
        ("factor-2", "gain / s**2", "gain / (2 * s**2)"),
        ("gain", "(upstream * u)", "(upstream * gain * u)"),
        ("slope", "gain / s**2", "gain * u / s**2"),
        ("M1", "(upstream * u).sum(axis=0)", "(upstream * u)[-1]"),
        ("gain", "upstream * gain / s**2", "upstream * gain.sum() / s**2"),
        ("mean", "return out, dx, dgain", "return out, dx / len(x), dgain"),
        ("mean", "(upstream * u).sum(axis=0)", "(upstream * u).sum(axis=0) / x.size"),
        ("slope", "gain / s**2", "gain * (1 - u) ** 2"),
        ("slope", "gain / s**2", "gain * (1 - np.abs(u))"),
        ("slope", "gain / s**2", "gain / (1 + x**2)"),
        ("slope", "gain / s**2", "gain * u * (1 - u)"),
        ("slope", "s**2", "s**3"),
        ("slope", "gain / s**2", "gain / (1 + np.abs(x) ** 2)"),
        ("shape", "return out, dx, dgain", "return out, dgain, dx"),
        ("forward", "return out, dx, dgain", "return u, dx, dgain"),
        ("squash", "return out, dx, dgain", "return out, dx, upstream.sum(axis=0)"),
        ("shape", "(upstream * u).sum(axis=0)", "(upstream * u).sum(axis=0, keepdims=True)"),
        ("axis", "(upstream * u).sum(axis=0)", "(upstream.T @ u).sum(axis=0)"),
        ("upstream", "upstream * gain / s**2", "out * gain / s**2"),
        ("unsigned", "(upstream * u)", "(upstream * np.abs(u))"),
        ("gain", "upstream * gain / s**2", "upstream * gain.mean() / s**2"),
    ],
    "15.10": [
        ("upstream", "s + beta * z * s * (1 - s)"),
        ("M1", "g * s"),
        ("M1", "g * beta * z * s * (1 - s)"),
        ("M12", "g * (s + z * s * (1 - s))"),
        ("M12", "g * beta * s * (1 - s)"),
        ("slope", "g * (s + beta * z * s)"),
        ("slope", "g * (s + beta * z * (1 - s))"),
        ("slope", "g * (s + beta * z)"),
        ("M5", "g * (s + beta * z * beta * z * (1 - beta * z))"),
        ("M5", "g * (s + beta * z * z * (1 - z))"),
        ("sign", "g * (s - beta * z * s * (1 - s))"),
        ("other-input", "g * z**2 * s * (1 - s)"),
        ("one-term", "g * s + beta * z * s * (1 - s)"),
        ("sum", "g + s + beta * z * s * (1 - s)"),
        ("value", "g * z * s"),
        ("factor-2", "2 * g * (s + beta * z * s * (1 - s))"),
        ("symbols", "x * (s + beta * z * s * (1 - s))"),
        ("sign", "-g * (s + beta * z * s * (1 - s))"),
        ("M12", "g*(s + beta*s*(1-s))"),
        ("slope", "g*(s+beta*z**2*s*(1-s))"),
        ("tanh", "g*(s+beta*z*(1-s**2))"),
        ("slope", "g*(s+beta*z*s**2)"),
        ("inner", "g*beta*(s+z*s*(1-s))"),
        ("inner", "g*(s+beta**2*z*s*(1-s))"),
        ("M12", "g*s*(1-s)"),
        ("M1", "g*s*(1-s)*z"),
        ("first", "g*(1+beta*z*s*(1-s))"),
        ("first", "g*(z+beta*s*(1-s))"),
        ("upstream", "(s+beta*z*s*(1-s))/g"),
        ("sign", "g*(s-z*s*(1-s))"),
        ("inside", "g*(s+beta*z*(1/(1+sp.exp(-z)))*(1-1/(1+sp.exp(-z))))"),
        ("upstream", "g**2*(s+beta*z*s*(1-s))"),
        ("M12", "g*s*beta*z*s*(1-s)"),
        ("first", "g*(z*s+beta*z*s*(1-s))"),
        ("M5", "g*(s+beta*z*sp.exp(-s)/(1+sp.exp(-s))**2)"),
        ("M12", "g*(s+z)"),
        ("upstream", "g"),
        ("M12", "g*(s+(1-s)*s)"),
        ("M12", "g*(s+beta*(1-s))"),
    ],
    "15.11": [
        ("stop", "(1 + beta) * (u - v) * (x - 2 * w)"),
        ("stop", "sp.diff((w * x - w**2) ** 2 / 2 + beta * (w * x - w**2) ** 2 / 2, w)"),
        ("stop", "(u - v) * (x - 2 * w)"),
        ("stop", "beta * (u - v) * x - 2 * w * (u - v)"),
        ("M1", "(u - v) * x"),
        ("M1", "2 * beta * w * (v - u)"),
        ("sign", "(u - v) * (x + 2 * beta * w)"),
        ("slope", "(u - v) * (1 - beta)"),
        ("slope", "(u - v) * (x - beta * w)"),
        ("slope", "(u - v) * (x - beta)"),
        ("slope", "(u - v) * (1 - 2 * beta * w)"),
        ("slope", "(u - v) * (1 + beta)"),
        ("slope", "(u - v) * (x - beta * v)"),
        ("factor-2", "(u - v) * (2 * x - 2 * beta * w)"),
        ("factor-2", "2 * (u - v) * (x - 2 * beta * w)"),
        ("sign", "(v - u) * (x - 2 * beta * w)"),
        ("symbols", "(u - v) * (x - 2 * beta * z)"),
        ("not-done", "(u - v) ** 2 / 2 * (x - 2 * beta * w)"),
        ("sign", "(u-v)*x + beta*(u-v)*2*w"),
        ("sign", "(v-u)*x - 2*beta*w*(u-v)"),
        ("factor-2", "(u-v)*x/2 - beta*w*(u-v)"),
        ("slope", "(u-v)*x - beta*(u-v)"),
        ("slope", "(u-v)*x - 2*beta*w**2*(u-v)"),
        ("exchanged", "(u-v)*x - beta*(u-v)*x"),
        ("slopes-only", "x - 2*beta*w"),
        ("miss", "u*x - 2*beta*w*v"),
        ("miss", "u*x + 2*beta*w*v"),
        ("slope", "(u-v)*w - 2*beta*w*(u-v)"),
        ("stop", "(u-v)*(x-2*w)"),
        ("stop", "0"),
        ("stop", "(u-v)*(x-2*w) + 2*beta*w*(v-u)"),
        ("stop", "(u-v)*x + beta*(u-v)*(x-2*w)"),
        ("square", "(u-v)**2*x - 2*beta*w*(u-v)**2"),
        ("factor", "(u-v)*x - beta**2*w*(u-v)"),
        ("factor-2", "(u-v)*(x - beta*w/2)"),
        ("sign", "-(u-v)*x - 2*beta*w*(u-v)"),
        ("M12", "(u-v)*x*2*w*beta"),
        ("miss", "(u-v)*x - 2*beta*w*v"),
        ("miss", "(u-v)*x - 2*beta*w*u"),
    ],
}
