"""What students answer to the exercises of chapter 16: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

TOLD = {
    "all, layer 3": "-",
    "all, layer 2": "+",
    "all, layer 1": "-",
    "one, layer 3": "+",
    "one, layer 2": "-",
    "one, layer 1": "-",
}
KEEPS = {
    "Levenberg-Marquardt": "c",
    "synthetic gradients": "e",
    "direct feedback alignment": "d",
    "Oja": "a",
    "forward-forward": "b",
    "evolution strategies": "a",
}
BUGS = {"A": "e", "B": "b", "C": "a", "D": "d", "E": "c"}

# the names of numbers that symbols have taken over since
VALLEY = "(lambda w, v, x, y, d: {})(1.5, -0.8, np.array([1.0, 2.0]), np.array([0.6, -1.0]), 0.4)"


def valley(text):
    """Return what this is at the place of exercise 16.3."""
    return VALLEY.format(text)


J, R = "np.column_stack([v * x, w * x])", "(v * w * x - y)"
TABLE = f"({J}.T @ {J} + d * np.eye(2))"
SLOPES = f"({J}.T @ {R})"

RIGHT = {
    "16.1": [
        repr(TOLD),
        repr({key: "\N{MINUS SIGN}" if sign == "-" else sign for key, sign in TOLD.items()}),
        "dict(zip(told, '-+-+--'))",
    ],
    "16.2": [
        repr(KEEPS),
        repr({key: letter.upper() for key, letter in KEEPS.items()}),
        "dict(zip(keeps, 'cedaba'))",
    ],
    "16.3": [
        valley(f"np.linalg.solve({TABLE}, -{SLOPES})"),
        "[-0.247811, 0.464646]",
        valley(f"-np.linalg.inv({TABLE}) @ {SLOPES}"),
        valley(
            f"np.linalg.lstsq(np.vstack([{J}, np.sqrt(d) * np.eye(2)]), np.concatenate([-{R}, [0, 0]]), rcond=None)[0]"
        ),
        "(-0.2478107, 0.4646451)",
        "[-0.24781, 0.46465]",
    ],
    "16.4": [
        "w_old + rate * activity * (example - activity * w_old)",
        "[0.84065, -0.5218]",
        "(0.84065, -0.52180)",
        "w_old + 0.2*1.45*(example - 1.45*w_old)",
        "[0.7+0.29*(1.5-1.015), -0.4+0.29*(-1+0.58)]",
        "w_old + rate*(activity*example - activity**2*w_old)",
        "[sp.Rational(84065,100000), sp.Rational(-5218,10000)]",
        "(w_old*(1-rate*activity**2) + rate*activity*example).tolist()",
        "[0.84065, -0.52180]",
    ],
    "16.5": [
        """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope in zip(B, slopes):
        deltas.append((delta @ matrix) * slope)
    deltas.append(delta)
    dW = [told.T @ a for told, a in zip(deltas, a_in)]
    db = [told.sum(axis=0) for told in deltas]
    return dW, db
""",
        """
def direct_gradients(delta, slopes, a_in, B):
    told = [np.einsum("ek,kj,ej->ej", delta, matrix, slope) for matrix, slope in zip(B, slopes)] + [delta]
    return tuple(np.einsum("ej,ei->ji", t, a) for t, a in zip(told, a_in)), tuple(t.T @ np.ones(len(t)) for t in told)
""",
        """
def direct_gradients(delta, slopes, a_in, B):
    dW, db = [], []
    for layer in range(len(a_in)):
        weights, bias = 0, 0
        for e in range(len(delta)):
            told = B[layer].T @ delta[e] * slopes[layer][e] if layer < len(B) else delta[e]
            weights = weights + np.outer(told, a_in[layer][e])
            bias = bias + told
        dW.append(weights)
        db.append(bias)
    return [dW, db]
""",
        """
def direct_gradients(delta, slopes, a_in, B):
    hidden = [np.multiply(np.dot(delta, M), s) for M, s in zip(B, slopes)]
    dW, db = [], []
    for d, a in zip([*hidden, delta], a_in):
        dW += [sum(np.outer(p, q) for p, q in zip(d, a))]
        db += [np.add.reduce(d)]
    return dW, db
""",
        """
def direct_gradients(delta, slopes, a_in, B):
    deltas = [delta]
    for l in reversed(range(len(slopes))):
        deltas.insert(0, delta @ B[l] * slopes[l])
    dW = [(a.T @ d).T for d, a in zip(deltas, a_in)]
    db = [np.ones(len(delta)) @ d for d in deltas]
    return (dW, db)
""",
    ],
    "16.6": [
        """
def guess_gradient(C, theta, noise, sigma):
    votes = []
    for epsilon in noise:
        difference = C(theta + sigma * epsilon) - C(theta - sigma * epsilon)
        votes.append(difference / (2 * sigma) * epsilon)
    return np.mean(votes, axis=0)
""",
        """
def guess_gradient(C, theta, noise, sigma):
    slopes = np.array([C(theta + sigma * e) - C(theta - sigma * e) for e in noise]) / (2 * sigma)
    return noise.T @ slopes / len(slopes)
""",
        """
def guess_gradient(C, theta, noise, sigma):
    up = [C(p) for p in theta + sigma * noise]
    down = [C(p) for p in theta - sigma * noise]
    total = np.zeros_like(theta)
    for u, d, e in zip(up, down, noise):
        total += 0.5 * (u * e - d * e) / sigma
    return list(total / len(noise))
""",
        """
def guess_gradient(C, theta, noise, sigma):
    both = np.concatenate([noise, -noise])
    return np.mean([C(theta + sigma * e) * e for e in both], axis=0) / sigma
""",
        """
def guess_gradient(C, theta, noise, sigma):
    g = 0
    for e in noise:
        g = g + (C(theta + sigma * e) - C(theta - sigma * e)) * e
    return g / (2 * sigma * noise.shape[0])
""",
        """
def guess_gradient(C, theta, noise, sigma):
    d = np.array([0.5 * (C(theta + sigma * e) - C(theta - sigma * e)) / sigma for e in noise])
    return np.einsum('n,np->p', d, noise) / len(d)
""",
        """
def guess_gradient(C, theta, noise, sigma):
    def est(k):
        if k == len(noise):
            return np.zeros(len(theta))
        e = noise[k]
        return est(k + 1) + (C(theta + sigma * e) - C(theta - sigma * e)) / 2 / sigma * e
    return est(0) / len(noise)
""",
    ],
    "16.7": [
        """
def spike_gradient(w, x, u, leak):
    v, p, spikes, dw = 0.0, np.zeros(len(w)), [], np.zeros(len(w))
    for t in range(len(x)):
        v = leak * v + w @ x[t]
        p = leak * p + x[t]
        fires = 1.0 if v >= 1 else 0.0
        dw = dw + u[t] / (1 + abs(v - 1)) ** 2 * p
        spikes.append(fires)
        v = v - fires
    return np.array(spikes), dw
""",
        """
def spike_gradient(w, x, u, leak):
    left, voltages, spikes = 0, np.zeros(len(x)), np.zeros(len(x), bool)
    for t, row in enumerate(x):
        voltages[t] = leak * left + row @ w
        spikes[t] = voltages[t] >= 1
        left = voltages[t] - spikes[t]
    dv, dw = 0, np.zeros_like(w)
    for t in range(len(x) - 1, -1, -1):
        dv = leak * dv + u[t] * (1 + np.abs(voltages[t] - 1)) ** -2.0
        dw += dv * x[t]
    return spikes, dw
""",
        """
def spike_gradient(w, x, u, leak):
    T = len(x)
    decay = np.array([[leak ** (t - k) if k <= t else 0.0 for k in range(T)] for t in range(T)])
    v, s = np.zeros(T), [0] * T
    for t in range(T):
        v[t] = sum(decay[t, k] * (x[k] @ w) for k in range(t + 1)) - sum(leak ** (t - k) * s[k] for k in range(t))
        s[t] = int(v[t] >= 1)
    return [s, (u / (1 + abs(1 - v)) ** 2) @ decay @ x]
""",
        """
def spike_gradient(w, x, u, leak):
    T, n = x.shape
    v, s, dvdw = np.zeros(T + 1), np.zeros(T + 1), np.zeros((T + 1, n))
    for t in range(1, T + 1):
        v[t] = leak * (v[t - 1] - s[t - 1]) + np.dot(w, x[t - 1])
        s[t] = np.heaviside(v[t] - 1, 1)
        dvdw[t] = leak * dvdw[t - 1] + x[t - 1]
    return s[1:], np.einsum('t,ti->i', u / (1 + np.abs(v[1:] - 1)) ** 2, dvdw[1:])
""",
        """
def spike_gradient(w, x, u, leak):
    v = s = 0
    vs, ss = [], []
    for row in x:
        v = leak * (v - s) + sum(a * b for a, b in zip(w, row))
        s = float(v >= 1)
        vs.append(v); ss.append(s)
    g = np.zeros(len(w)); lam = 0
    for t in reversed(range(len(x))):
        lam = u[t] / (1 + abs(vs[t] - 1)) ** 2 + leak * lam
        g = g + lam * x[t]
    return ss, list(g)
""",
    ],
    "16.8": [
        repr(BUGS),
        repr({key: f" {letter} " for key, letter in BUGS.items()}),
        "dict(zip('ABCDE','EBADC'))",
    ],
    "16.9": [
        """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after, model = r(theta + step), residuals + jacobian @ step
    fall = (residuals @ residuals - after @ after) / 2
    promised = (residuals @ residuals - model @ model) / 2
    gain = fall / promised
    new_mu = mu
    if gain > 3 / 4:
        new_mu = mu / 10
    elif gain < 1 / 4:
        new_mu = mu * 10
    return (theta + step if gain > 0 else theta), new_mu, gain
""",
        """
def repaired_round(r, J, theta, mu):
    e, A = r(theta), J(theta)
    s = -np.linalg.inv(A.T @ A + mu * np.eye(A.shape[1])) @ A.T @ e
    e_new = r(theta + s)
    gain = (np.sum(e**2) - np.sum(e_new**2)) / (np.sum(e**2) - np.sum((e + A @ s) ** 2))
    mu = mu * 0.1 if gain > 0.75 else mu * 10.0 if gain < 0.25 else mu
    return [theta + s if np.sum(e_new**2) < np.sum(e**2) else theta.copy(), mu, gain]
""",
        """
def repaired_round(r, J, theta, mu):
    e, A = r(theta), J(theta)
    s, *_ = np.linalg.lstsq(
        np.vstack([A, mu**0.5 * np.eye(len(theta))]), np.concatenate([-e, 0 * theta]), rcond=None
    )
    promised = -(A.T @ e) @ s - s @ A.T @ A @ s / 2
    gain = (np.linalg.norm(e) ** 2 - np.linalg.norm(r(theta + s)) ** 2) / 2 / promised
    factor = 1
    if gain > 0.75:
        factor = 0.1
    if gain < 0.25:
        factor = 10
    if gain <= 0:
        s = 0 * s
    return theta + s, factor * mu, gain
""",
        """
def repaired_round(r, J, theta, mu):
    e, A = r(theta), J(theta)
    s = np.linalg.solve(A.T @ A + mu * np.eye(len(theta)), -A.T @ e)
    promised = s @ (mu * s - A.T @ e) / 2
    e_new = r(theta + s)
    gain = (e @ e - e_new @ e_new) / 2 / promised
    return theta + s * (gain > 0), mu * (0.1 if gain > 0.75 else 10 if gain < 0.25 else 1), gain
""",
        """
def repaired_round(r, J, theta, mu):
    res, jac = r(theta), J(theta)
    s = np.linalg.solve(jac.T @ jac + mu * np.identity(theta.size), -jac.T @ res)
    half = lambda e: 0.5 * float(np.sum(np.square(e)))
    before, after = half(res), half(r(theta + s))
    gain = (before - after) / (before - half(res + jac @ s))
    if gain > 0.75:
        mu = mu / 10.0
    elif gain < 0.25:
        mu = 10.0 * mu
    if after < before:
        theta = theta + s
    return theta, mu, gain
""",
        """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after = r(theta + step)
    fall = (residuals @ residuals - after @ after) / 2
    promised = -gradient @ step - 0.5 * np.sum((jacobian @ step) ** 2)
    gain = fall / promised
    new_mu = np.where(gain > 0.75, mu / 10, np.where(gain < 0.25, mu * 10, mu))
    return np.where(fall > 0, theta + step, theta), new_mu, gain
""",
    ],
    "16.10": [
        "-(a - y) * a * (1 - a) * x / ((a * (1 - a)) ** 2 * (x**2 + 1) + mu)",
        "(y - a) / (a * (1 - a) * (x + 1 / x) + mu / (a * (1 - a) * x))",
        "-((sp.Matrix([[x**2, x], [x, 1]]) * (a - a**2) ** 2 + mu * sp.eye(2)).inv()"
        " * sp.Matrix([x, 1]) * (a - y) * (a - a**2))[0]",
        "(y - 1 / (1 + sp.exp(-w * x - b))) * (a - a**2) * x / ((a - a**2) ** 2 * x**2 + (a - a**2) ** 2 + mu)",
        "(y-a)*(a-a**2)*x/((a-a**2)**2*(1+x**2)+mu)",
        "-a*(1-a)*x*(a-y)/(mu + a**2*(1-a)**2 + a**2*(1-a)**2*x**2)",
        "1.0*x*a*(1-a)*(y-a)/(mu+(x**2+1.0)*a**2*(1-a)**2)",
    ],
    "16.11": [
        "2 * theta**3 + 6 * sigma**2 * theta - 6 * theta",
        "2 * theta * (theta**2 + 3 * (sigma**2 - 1))",
        "sp.diff(theta**4 / 2 + 3 * sigma**2 * theta**2 - 3 * theta**2, theta)",
        "2 * theta**3 - 6 * theta * (1 - sigma) * (1 + sigma)",
        "2*theta**3 + 6*theta*sigma**2 - 6*theta",
        "2*theta*(theta**2 + 3*sigma**2 - 3)",
        "6*theta*(sigma**2-1) + 2.0*theta**3",
        "(1/3)*6*theta**3 + 6*(sigma-1)*(sigma+1)*theta",
        "sp.expand((theta*(theta**2 + 3*sigma**2)*2) - 6*theta)",
    ],
}

SPIKES = RIGHT["16.7"][0]
ROUND = RIGHT["16.9"][0]


def with_parts(answer, **changes):
    """Return the text of an answer with parts changed; names may have a blank for an underscore."""
    return repr({**answer, **{key.replace("__", ", layer "): value for key, value in changes.items()}})


WRONG = {
    "16.1": [
        ("minus-signs", with_parts(TOLD, all__2="-")),
        ("minus-signs", with_parts(TOLD, one__1="+")),
        ("minus-signs", with_parts(TOLD, one__3="-", one__2="+", one__1="+")),
        ("minus-signs", with_parts(TOLD, all__3="+", all__2="-", all__1="+")),
        ("type", '{"all": "-"}'),
        ("minus-signs", repr(dict.fromkeys(TOLD, "-"))),
        ("minus-signs", "dict(zip(told,'+-++-+'))"),
        ("minus-signs", "dict(zip(told,'+++-++'))"),
        ("minus-signs", "dict(zip(told,'-+-+-+'))"),
        ("type", "dict(zip(told,['minus','plus','minus','plus','minus','minus']))"),
    ],
    "16.2": [
        ("derivative", with_parts(KEEPS, **{"forward-forward": "a"})),
        ("derivative", with_parts(KEEPS, **{"synthetic gradients": "a"})),
        ("one-layer", with_parts(KEEPS, Oja="b")),
        ("one-layer", with_parts(KEEPS, **{"synthetic gradients": "b"})),
        ("exact", with_parts(KEEPS, **{"evolution strategies": "c"})),
        ("exact", with_parts(KEEPS, **{"direct feedback alignment": "c"})),
        ("other-matrix", with_parts(KEEPS, **{"Levenberg-Marquardt": "d"})),
        ("models", with_parts(KEEPS, **{"forward-forward": "e"})),
        ("derivative", "dict(zip(keeps,'acbeda'))"),
        ("one-layer", "dict(zip(keeps,'bdebac'))"),
        ("other-matrix", "dict(zip(keeps,'dabcdb'))"),
        ("models", "dict(zip(keeps,'eacdcd'))"),
        ("derivative", "dict(zip(keeps,'abcece'))"),
        ("type", "dict(zip(keeps,'cedabx'))"),
    ],
    "16.3": [
        ("damping", valley(f"-np.linalg.pinv({J}) @ {R}")),
        ("damping", valley(f"np.linalg.solve({J}.T @ {J} + d, -{SLOPES})")),
        ("damping", valley(f"np.linalg.solve({J}.T @ {J} - d * np.eye(2), -{SLOPES})")),
        ("damping", valley(f"np.linalg.solve({J}.T @ {J} + d / 2 * np.eye(2), -{SLOPES})")),
        ("diagonal", valley(f"-{SLOPES} / np.diag({TABLE})")),
        ("gradient", valley(SLOPES)),
        ("gradient", valley(f"-{SLOPES}")),
        ("gradient", valley(f"-{SLOPES} / d")),
        ("swapped", valley(f"np.linalg.solve({TABLE}, -{SLOPES})[::-1]")),
        ("sign", valley(f"np.linalg.solve({TABLE}, {SLOPES})")),
        ("too-far", valley(f"np.array([w, v]) + np.linalg.solve({TABLE}, -{SLOPES})")),
        (
            "swapped",
            valley(
                "(lambda J: np.linalg.solve(J.T @ J + d * np.eye(2), -J.T @ (v * w * x - y)))"
                "(np.column_stack([w * x, v * x]))"
            ),
        ),
        ("target", valley(f"np.linalg.solve({TABLE}, {J}.T @ y)")),
        ("mean", valley(f"np.linalg.solve({TABLE}, -{SLOPES} / 2)")),
        ("digits", "[-0.248, 0.465]"),
        ("shape", valley(f"np.linalg.solve({TABLE}, -{SLOPES})[:, np.newaxis]")),
        (
            "derivative",
            valley(
                "np.linalg.solve(2 * np.outer([v, w], [v, w]) + d * np.eye(2),"
                " -np.array([v, w]) * (v * w * x - y).sum())"
            ),
        ),
        ("one-number", "-0.247811"),
    ],
    "16.4": [
        ("hebb", "w_old + rate * activity * example"),
        ("leak", "w_old + rate * activity * (example - w_old)"),
        ("leak", "w_old + rate * (activity * example - w_old)"),
        ("leak", "w_old + rate * activity * (example + activity * w_old)"),
        ("leak", "w_old + rate * activity * (example - activity)"),
        ("activity", "w_old + rate * (example - activity * w_old)"),
        ("learning-rate", "w_old + activity * (example - activity * w_old)"),
        ("step-only", "rate * activity * (example - activity * w_old)"),
        ("descent", "w_old - rate * activity * (example - activity * w_old)"),
        ("normalized", "(lambda v: v / np.linalg.norm(v))(w_old + rate * activity * example)"),
        ("no-step", "w_old"),
        ("sign", "w_old + rate * 0.65 * (example - 0.65 * w_old)"),
        ("digits", "[0.841, -0.522]"),
        ("shape", "0.84065"),
        ("activity", "w_old + rate * (example - w_old)"),
        ("leak", "w_old + rate * activity**2 * (example - w_old)"),
        ("activity", "w_old + rate*np.tanh(activity)*(example - np.tanh(activity)*w_old)"),
        ("activity", "w_old + rate*example.sum()*(example - example.sum()*w_old)"),
        ("activity", "w_old + rate*(w_old*example)*(example - (w_old*example)*w_old)"),
        ("leak", "w_old + rate*activity*(example - activity*example)"),
        ("late-leak", "(lambda h: h - rate*activity**2*h)(w_old + rate*activity*example)"),
        ("learning-rate", "w_old + rate**2*activity*(example - activity*w_old)"),
        ("unsigned", "w_old + rate*np.abs(activity*(example - activity*w_old))"),
        ("learning-rate", "w_old + rate*activity*example - activity**2*w_old"),
        ("hebb", "w_old - rate*activity*example"),
        ("normalized", "w_old + rate*activity*(example/np.linalg.norm(example) - activity*w_old)"),
        ("activity", "w_old + rate*(1.45/np.linalg.norm(w_old))*(example-(1.45/np.linalg.norm(w_old))*w_old)"),
        ("activity", "w_old + rate*0.725*(example - 0.725*w_old)"),
        ("learning-rate", "w_old*rate + rate*activity*(example-activity*w_old)"),
        ("leak", "w_old + rate*activity*(example - activity**2*w_old)"),
        ("leak", "w_old + rate*activity*(example - activity*w_old/np.linalg.norm(w_old))"),
        ("delta-rule", "w_old + rate*(1 - activity)*example"),
        ("leak", "w_old + rate*activity*example - rate*w_old"),
    ],
    "16.5": [
        ("M7", " * slope)", ")"),
        ("M7", " * slope)", " / slope)"),
        ("M5", " * slope)", " * (1 - slope**2))"),
        ("M8", "delta @ matrix", "delta @ matrix.T"),
        ("M6", "delta @ matrix", "delta @ np.linalg.pinv(matrix).T"),
        (
            "step-by-step",
            "    for matrix, slope in zip(B, slopes):\n        deltas.append((delta @ matrix) * slope)\n",
            "    told = delta\n    for matrix, slope in zip(B[::-1], slopes[::-1]):\n"
            "        told = (told @ matrix) * slope\n        deltas.insert(0, told)\n",
        ),
        ("no-feedback", "(delta @ matrix)", "delta.sum(axis=1, keepdims=True)"),
        ("M1", "(delta @ matrix)", "(delta[:, [0]] * matrix[0])"),
        ("sign", "(delta @ matrix)", "(-delta @ matrix)"),
        ("order", "    return dW, db", "    return dW[::-1], db[::-1]"),
        ("mean", "told.T @ a ", "told.T @ a / len(a) "),
        ("mean", "told.sum(axis=0)", "told.mean(axis=0)"),
        ("M8", "told.T @ a ", "a.T @ told "),
        ("mixed", "told.T @ a ", "np.outer(told.sum(axis=0), a.sum(axis=0)) "),
        (
            "one-example",
            "    dW = [told.T @ a for told, a in zip(deltas, a_in)]\n    db = [told.sum(axis=0)",
            "    dW = [np.outer(told[0], a[0]) for told, a in zip(deltas, a_in)]\n    db = [told[0]",
        ),
        ("bias", "told.sum(axis=0)", "told[-1]"),
        ("axis", "told.sum(axis=0)", "told.sum(axis=1)"),
        ("not-summed", "told.sum(axis=0)", "told"),
        ("type", "    deltas.append(delta)\n", ""),
        ("type", "    return dW, db", "    return dW"),
        ("nothing-returned", "    return dW, db", "    dW, db"),
        ("changed-inputs", "    deltas = []", "    deltas = []\n    a_in.append(0)"),
        ("changed-inputs", "    deltas.append(delta)\n", "    deltas.append(delta)\n    delta /= len(delta) + 1\n"),
        ("shifted", "zip(deltas, a_in)", "zip(deltas, [*a_in[1:], a_in[-1]])"),
        ("mean", "(delta @ matrix) * slope", "(delta @ matrix) * slope / len(delta)"),
        ("mixed", "(delta @ matrix) * slope", "(delta @ matrix) * slope.mean(axis=0)"),
        (
            "order",
            """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope in zip(B[::-1], slopes):
        deltas.append((delta @ matrix) * slope)
    deltas.append(delta)
    dW = [told.T @ a for told, a in zip(deltas, a_in)]
    db = [told.sum(axis=0) for told in deltas]
    return dW, db
""",
        ),
        (
            "crashed",
            """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope in zip(B, slopes[::-1]):
        deltas.append((delta @ matrix) * slope)
    deltas.append(delta)
    dW = [told.T @ a for told, a in zip(deltas, a_in)]
    db = [told.sum(axis=0) for told in deltas]
    return dW, db
""",
        ),
        (
            "shape",
            """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope in zip(B[::-1], slopes[::-1]):
        deltas.append((delta @ matrix) * slope)
    deltas.append(delta)
    dW = [told.T @ a for told, a in zip(deltas, a_in)]
    db = [told.sum(axis=0) for told in deltas]
    return dW, db
""",
        ),
        (
            "order",
            """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope in zip(B, slopes):
        deltas.append((delta @ matrix) * slope)
    deltas.insert(0, delta)
    dW = [told.T @ a for told, a in zip(deltas, a_in)]
    db = [told.sum(axis=0) for told in deltas]
    return dW, db
""",
        ),
        ("shape", "zip(deltas, a_in)", "zip(deltas, a_in[::-1])"),
        (
            "own-slope",
            """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope, a in zip(B, slopes, a_in[1:]):
        deltas.append((delta @ matrix) * (1 - a**2))
    deltas.append(delta)
    dW = [told.T @ a for told, a in zip(deltas, a_in)]
    db = [told.sum(axis=0) for told in deltas]
    return dW, db
""",
        ),
        (
            "own-slope",
            """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope, a in zip(B, slopes, a_in[1:]):
        deltas.append((delta @ matrix) * a * (1 - a))
    deltas.append(delta)
    dW = [told.T @ a for told, a in zip(deltas, a_in)]
    db = [told.sum(axis=0) for told in deltas]
    return dW, db
""",
        ),
        (
            "M5",
            """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope, a in zip(B, slopes, a_in[1:]):
        deltas.append((delta @ matrix) * a)
    deltas.append(delta)
    dW = [told.T @ a for told, a in zip(deltas, a_in)]
    db = [told.sum(axis=0) for told in deltas]
    return dW, db
""",
        ),
        ("signs-only", "(delta @ matrix)", "(np.sign(delta) @ matrix)"),
        ("output-slope", "    deltas.append(delta)", "    deltas.append(delta * (1 - delta**2))"),
        (
            "mean",
            """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope in zip(B, slopes):
        deltas.append((delta @ matrix) * slope)
    deltas.append(delta)
    dW = [told.T @ a / len(a) for told, a in zip(deltas, a_in)]
    db = [told.mean(axis=0) for told in deltas]
    return dW, db
""",
        ),
        ("zeros", "db = [told.sum(axis=0)", "db = [0 * told.sum(axis=0)"),
        ("shape", "told.sum(axis=0)", "told.sum(axis=0, keepdims=True)"),
        ("mixed", "(delta @ matrix)", "(delta.sum(axis=0) @ matrix)"),
        ("mixed", "(delta @ matrix)", "(delta.mean(axis=0) @ matrix)"),
        (
            "sign",
            """
def direct_gradients(delta, slopes, a_in, B):
    deltas = []
    for matrix, slope in zip(B, slopes):
        deltas.append((delta @ matrix) * slope)
    deltas.append(delta)
    dW = [-told.T @ a for told, a in zip(deltas, a_in)]
    db = [-told.sum(axis=0) for told in deltas]
    return dW, db
""",
        ),
        ("shape", "told.sum(axis=0)", "deltas[0].sum(axis=0)"),
        ("type", "    return dW, db", "    return dW[:-1], db[:-1]"),
        ("type", "    return dW, db", "    return list(zip(dW, db))"),
        ("swapped", "    return dW, db", "    return db, dW"),
    ],
    "16.6": [
        ("one-sided", "C(theta - sigma * epsilon)", "C(theta)"),
        (
            "one-sided",
            "- C(theta - sigma * epsilon)\n        votes.append(difference / (2 * sigma)",
            "- C(theta)\n        votes.append(difference / sigma",
        ),
        ("factor-2", "(2 * sigma)", "sigma"),
        ("precedence", "(2 * sigma)", "2 * sigma"),
        ("reach", " / (2 * sigma)", ""),
        ("reach", " / (2 * sigma) * epsilon", " / 2 * epsilon"),
        ("reach", "(2 * sigma)", "(2 * sigma**2)"),
        ("reach", "C(theta + sigma * epsilon) - C(theta - sigma * epsilon)", "C(theta + epsilon) - C(theta - epsilon)"),
        (
            "sign",
            "C(theta + sigma * epsilon) - C(theta - sigma * epsilon)",
            "C(theta - sigma * epsilon) - C(theta + sigma * epsilon)",
        ),
        ("sum", "np.mean(votes", "np.sum(votes"),
        ("mean", "np.mean(votes, axis=0)", "np.mean(votes, axis=0) / len(votes)"),
        ("mean", "np.mean(votes, axis=0)", "np.sum(votes, axis=0) / len(theta)"),
        ("axis", "axis=0", "axis=1"),
        ("axis", "np.mean(votes, axis=0)", "np.mean(votes)"),
        ("no-direction", " * epsilon)\n    return np.mean(votes, axis=0)", ")\n    return np.array(votes)"),
        ("no-direction", " * epsilon)\n    return np.mean(votes, axis=0)", ")\n    return np.mean(votes)"),
        ("unsigned", "difference / (2", "abs(difference) / (2"),
        ("signs-only", "(difference / (2 * sigma)", "(np.sign(difference)"),
        ("last-only", "np.mean(votes, axis=0)", "votes[-1]"),
        ("last-only", "    return", "        return"),
        ("divided", "(2 * sigma) * epsilon", "(2 * sigma) / epsilon"),
        (
            "unit-length",
            "    for epsilon in noise:",
            "    for epsilon in noise / np.linalg.norm(noise, axis=1)[:, None]:",
        ),
        ("changed-inputs", "    for epsilon", "    noise *= 2\n    for epsilon"),
        ("second-call", "np.mean(votes, axis=0)", "np.mean(votes, axis=0) + np.random.normal(size=len(theta))"),
        ("rounded", "np.mean(votes, axis=0)", "np.round(np.mean(votes, axis=0), 4)"),
        ("median", "np.mean(votes, axis=0)", "np.median(votes, axis=0)"),
        ("mean", "np.mean(votes, axis=0)", "np.sum(votes, axis=0) / (len(noise) - 1)"),
        (
            "mean-direction",
            """
def guess_gradient(C, theta, noise, sigma):
    votes = []
    for epsilon in [noise.mean(axis=0)]:
        difference = C(theta + sigma * epsilon) - C(theta - sigma * epsilon)
        votes.append(difference / (2 * sigma) * epsilon)
    return np.mean(votes, axis=0)
""",
        ),
        ("divided", "(2 * sigma) * epsilon", "(2 * sigma) * epsilon / (epsilon @ epsilon)"),
        (
            "best-only",
            """
def guess_gradient(C, theta, noise, sigma):
    votes = []
    for epsilon in noise:
        difference = C(theta + sigma * epsilon) - C(theta - sigma * epsilon)
        votes.append(difference / (2 * sigma) * epsilon)
    return votes[int(np.argmax([np.linalg.norm(q) for q in votes]))]
""",
        ),
        ("sum-of-pair", "epsilon) - C(", "epsilon) + C("),
        (
            "standardized",
            """
def guess_gradient(C, theta, noise, sigma):
    votes = []
    for epsilon in noise:
        difference = C(theta + sigma * epsilon) - C(theta - sigma * epsilon)
        votes.append(difference / (2 * sigma) * epsilon)
    return np.mean(votes, axis=0) / np.std(votes, axis=0)
""",
        ),
        ("mean", "np.mean(votes, axis=0)", "np.sum(votes, axis=0) / (2 * len(votes))"),
        ("reach", ") * epsilon)", ") * sigma * epsilon)"),
        ("sign", "np.mean(votes, axis=0)", "-np.mean(votes, axis=0)"),
        ("stepped", "np.mean(votes, axis=0)", "theta + np.mean(votes, axis=0)"),
        ("stepped", "np.mean(votes, axis=0)", "theta - np.mean(votes, axis=0)"),
        ("unit-length", "np.mean(votes, axis=0)", "np.mean(votes, axis=0) / np.linalg.norm(np.mean(votes, axis=0))"),
        (
            "one-sided",
            """
def guess_gradient(C, theta, noise, sigma):
    votes = []
    for epsilon in noise:
        difference = C(theta + sigma * epsilon)
        votes.append(difference / (2 * sigma) * epsilon)
    return np.mean(votes, axis=0)
""",
        ),
        (
            "one-sided",
            """
def guess_gradient(C, theta, noise, sigma):
    votes = []
    for epsilon in noise:
        difference = 2 * C(theta + sigma * epsilon)
        votes.append(difference / (2 * sigma) * epsilon)
    return np.mean(votes, axis=0)
""",
        ),
        (
            "no-noise",
            """
def guess_gradient(C, theta, noise, sigma):
    votes = []
    for epsilon in np.eye(len(theta)):
        difference = C(theta + sigma * epsilon) - C(theta - sigma * epsilon)
        votes.append(difference / (2 * sigma) * epsilon)
    return np.mean(votes, axis=0)
""",
        ),
        (
            "no-noise",
            """
def guess_gradient(C, theta, noise, sigma):
    votes = []
    for epsilon in np.eye(len(theta)):
        difference = C(theta + sigma * epsilon) - C(theta - sigma * epsilon)
        votes.append(difference / (2 * sigma) * epsilon)
    return np.sum(votes, axis=0)
""",
        ),
        ("axis", "np.mean(votes, axis=0)", "np.mean(votes) * np.ones(len(theta))"),
        ("signs-only", ") * epsilon)", ") * np.sign(epsilon))"),
        ("crashed", "for epsilon in noise:", "for epsilon in noise.T[: , : len(theta)]:"),
        ("reach", "C(theta - sigma * epsilon)", "C(theta - epsilon)"),
        ("mean", "np.mean(votes, axis=0)", "np.sum(votes, axis=0) / len(votes) ** 0.5"),
        ("missing-pair", "for epsilon in noise:", "for epsilon in noise[1:]:"),
        (
            "crashed",
            "C(theta + sigma * epsilon) - C(theta - sigma * epsilon)",
            "C(theta + sigma * noise) - C(theta - sigma * noise)",
        ),
        ("axis", "np.mean(votes, axis=0)", "np.sum(np.mean(votes, axis=0))"),
        ("rounded-down", "2 * sigma)", "2 * sigma) // 1"),
    ],
    "16.7": [
        ("M1", "p = leak * p + x[t]", "p = x[t]"),
        ("leak", "p = leak * p + x[t]", "p = p + x[t]"),
        ("leak", "p = leak * p + x[t]", "p = leak * (p + x[t])"),
        ("leak", "v = leak * v", "v = v"),
        ("leak", "leak * v + w @ x[t]", "leak * (v + w @ x[t])"),
        ("leak", "leak * v + w @ x[t]", "(1 - leak) * v + w @ x[t]"),
        ("reset", "        v = v - fires\n", ""),
        ("reset", "v = v - fires", "v = 0.0 if fires else v"),
        ("reset-path", "v = v - fires", "v, p = v - fires, p * (1 - fires)"),
        ("reset-path", "v = v - fires", "v, p = v - fires, p * (1 - 1 / (1 + abs(v - 1)) ** 2)"),
        ("threshold", "v >= 1", "v > 1"),
        ("honest-slope", "u[t] / (1 + abs(v - 1)) ** 2 * p", "0 * p"),
        ("surrogate", " / (1 + abs(v - 1)) ** 2", ""),
        ("surrogate", " / (1 + abs(v - 1)) ** 2", " * fires"),
        ("surrogate", "abs(v - 1)", "abs(v)"),
        ("surrogate", "abs(v - 1)", "abs(v - fires - 1)"),
        ("surrogate", "abs(v - 1)) ** 2", "abs(v - 1))"),
        ("surrogate", "(1 + abs(v - 1)) ** 2", "(1 + abs(v - 1) ** 2)"),
        ("upstream", "u[t] / (1", "1 / (1"),
        ("sign", "dw + u[t]", "dw - u[t]"),
        ("mean", "np.array(spikes), dw", "np.array(spikes), dw / len(x)"),
        ("M1", "dw = dw + u[t]", "dw = u[t]"),
        ("voltages", "spikes.append(fires)", "spikes.append(v)"),
        ("counted", "np.array(spikes), dw", "sum(spikes), dw"),
        ("type", "return np.array(spikes), dw", "return dw"),
        ("crashed", "w @ x[t]", "w @ x"),
        ("surrogate", "u[t] / (1", "u[t] * fires / (1"),
        ("factor-2", "u[t] / (1", "2 * u[t] / (1"),
        (
            "reset",
            """
def spike_gradient(w, x, u, leak):
    v, p, spikes, dw = 0.0, np.zeros(len(w)), [], np.zeros(len(w))
    for t in range(len(x)):
        v = leak * v - (spikes[-1] if spikes else 0) + w @ x[t]
        p = leak * p + x[t]
        fires = 1.0 if v >= 1 else 0.0
        dw = dw + u[t] / (1 + abs(v - 1)) ** 2 * p
        spikes.append(fires)
    return np.array(spikes), dw
""",
        ),
        (
            "reset",
            """
def spike_gradient(w, x, u, leak):
    v, p, spikes, dw = 0.0, np.zeros(len(w)), [], np.zeros(len(w))
    for t in range(len(x)):
        v = leak * v + w @ x[t]
        p = leak * p + x[t]
        fires = 1.0 if v >= 1 else 0.0
        dw = dw + u[t] / (1 + abs(v - 1)) ** 2 * p
        spikes.append(fires)
        v = v - (spikes[-2] if len(spikes) > 1 else 0)
    return np.array(spikes), dw
""",
        ),
        ("upstream", "u[t] /", "u[t - 1] /"),
        ("trace", "p = leak * p + x[t]", "p = leak * p + x[t - 1]"),
        ("surrogate", "(1 + abs(v - 1)) ** 2", "(1 + 10 * abs(v - 1)) ** 2"),
        ("surrogate", "abs(v - 1)", "(v - 1)"),
        ("surrogate", "u[t] / (1 + abs(v - 1)) ** 2", "u[t] / (1 + np.exp(1 - v)) * (1 - 1 / (1 + np.exp(1 - v)))"),
        ("upstream", "u[t] / (1", "fires / (1"),
        (
            "surrogate",
            """
def spike_gradient(w, x, u, leak):
    v, p, spikes, dw = 0.0, np.zeros(len(w)), [], np.zeros(len(w))
    for t in range(len(x)):
        v = leak * v + w @ x[t]
        p = leak * p + x[t]
        fires = 1.0 if v >= 1 else 0.0
        dw = dw + u[t] * fires / (1 + abs(v - 1)) ** 2 * p
        spikes.append(fires)
        v = v - fires
    return np.array(spikes), dw
""",
        ),
        ("trace", "p = leak * p + x[t]", "p = leak ** t * p + x[t]"),
        ("threshold", "v >= 1", "v >= 0"),
        ("threshold", "v >= 1", "v >= 0.5"),
        ("reset", "v = v - fires", "v = v * (1 - fires)"),
        ("reset", "v = v - fires", "v = v - 0.5 * fires"),
        ("reset", "v = v - fires", "v = 0"),
        (
            "surrogate",
            """
def spike_gradient(w, x, u, leak):
    v, p, spikes, dw = 0.0, np.zeros(len(w)), [], np.zeros(len(w))
    for t in range(len(x)):
        v = leak * v + w @ x[t]
        p = leak * p + x[t]
        fires = 1.0 if v >= 1 else 0.0
        v = v - fires
        dw = dw + u[t] / (1 + abs(v - 1)) ** 2 * p
        spikes.append(fires)

    return np.array(spikes), dw
""",
        ),
        ("leak", "w @ x[t]", "(1 - leak) * (w @ x[t])"),
        (
            "leak",
            """
def spike_gradient(w, x, u, leak):
    v, p, spikes, dw = 0.0, np.zeros(len(w)), [], np.zeros(len(w))
    for t in range(len(x)):
        v = leak * v + (1 - leak) * (w @ x[t])
        p = leak * p + (1 - leak) * x[t]
        fires = 1.0 if v >= 1 else 0.0
        dw = dw + u[t] / (1 + abs(v - 1)) ** 2 * p
        spikes.append(fires)
        v = v - fires
    return np.array(spikes), dw
""",
        ),
        ("trace", "dw = dw + u[t]", "dw = leak * dw + u[t]"),
        ("M1", "dw = dw + u[t]", "dw = u[-1]"),
        ("incoming", "** 2 * p", "** 2 * p * w"),
        ("stepped", "np.array(spikes), dw", "np.array(spikes), w - dw"),
        ("swapped", "np.array(spikes), dw", "dw, np.array(spikes)"),
        ("upstream", "u[t] / (1", "(u[t] - fires) / (1"),
        ("surrogate", "u[t] / (1 + abs(v - 1)) ** 2", "u[t] * max(0, 1 - abs(v - 1))"),
        ("surrogate", "(1 + abs(v - 1)) ** 2", "(1 + abs(v - 1)) ** 0.5"),
        ("mean", "np.array(spikes), dw", "np.array(spikes), dw / sum(spikes)"),
        ("leak", "p = leak * p + x[t]", "p = leak * leak * p + x[t]"),
    ],
    "16.8": [
        ("no-bug", with_parts(BUGS, B="a")),
        ("no-bug", with_parts(BUGS, A="a")),
        ("sign", with_parts(BUGS, C="c")),
        ("M8", with_parts(BUGS, D="f")),
        ("redrawn", with_parts(BUGS, C="b")),
        ("M7", with_parts(BUGS, B="d")),
        ("leak", with_parts(BUGS, E="e")),
        ("no-bug", "dict(zip('ABCDE','aaaaa'))"),
        ("sign", "dict(zip('ABCDE','cdebf'))"),
        ("redrawn", "dict(zip('ABCDE','bcfcb'))"),
        ("M7", "dict(zip('ABCDE','dfdfa'))"),
        ("M8", "dict(zip('ABCDE','febed'))"),
        ("sign", "dict(zip('ABCDE','ebcdf'))"),
    ],
    "16.9": [
        (
            "swapped",
            "mu / 10\n    elif gain < 1 / 4:\n        new_mu = mu * 10",
            "mu * 10\n    elif gain < 1 / 4:\n        new_mu = mu / 10",
        ),
        ("promise", "(residuals @ residuals - model @ model) / 2", "-gradient @ step"),
        ("kept", "(theta + step if gain > 0 else theta)", "theta + step"),
        ("promise", "(residuals @ residuals - model @ model) / 2", "residuals @ residuals - model @ model"),
        ("promise", "(residuals @ residuals - model @ model) / 2", "-gradient @ step / 2"),
        ("promise", "(residuals @ residuals - model @ model) / 2", "model @ model / 2"),
        ("promise", "residuals + jacobian @ step", "jacobian @ step"),
        ("ratio", "fall / promised", "promised / fall"),
        ("ratio", "fall / promised", "fall"),
        ("lengths", "(residuals @ residuals - after @ after) / 2", "np.linalg.norm(residuals) - np.linalg.norm(after)"),
        ("sign", "-gradient)", "gradient)"),
        ("table", " + mu * np.eye(len(theta))", ""),
        ("table", "mu * np.eye(len(theta))", "mu"),
        ("kept", "if gain > 0 else", "if gain > 1 / 4 else"),
        ("damping", "elif gain < 1 / 4:", "else:"),
        ("damping", "elif gain < 1 / 4:", "elif gain <= 0:"),
        ("damping", "gain > 3 / 4", "gain > 0"),
        (
            "damping",
            "mu / 10\n    elif gain < 1 / 4:\n        new_mu = mu * 10",
            "mu / 2\n    elif gain < 1 / 4:\n        new_mu = mu * 2",
        ),
        (
            "M8",
            "jacobian.T @ jacobian + mu * np.eye(len(theta))",
            "jacobian @ jacobian.T + mu * np.eye(len(residuals))",
        ),
        ("step-only", "theta + step if", "step if"),
        (
            "two-left",
            "    return (theta + step if gain > 0 else theta), new_mu, gain",
            "    gain = fall / (-gradient @ step)\n"
            "    return theta + step, mu * (0.1 if gain > 3 / 4 else 10 if gain < 1 / 4 else 1), gain",
        ),
        (
            "two-left",
            "    return (theta + step if gain > 0 else theta), new_mu, gain",
            "    return theta + step, mu * (10 if gain > 3 / 4 else 0.1 if gain < 1 / 4 else 1), gain",
        ),
        ("changed-inputs", "    return", "    theta += step\n    return"),
        ("type", "new_mu, gain\n", "new_mu\n"),
        ("damping", "mu * 10", "mu * 2"),
        ("damping", "mu / 10", "mu / 2"),
        ("promise", "(residuals @ residuals - after @ after) / 2", "residuals @ residuals - after @ after"),
        (
            "promise",
            "(residuals @ residuals - model @ model) / 2",
            "-gradient @ step - step @ (jacobian.T @ jacobian + mu * np.eye(len(theta))) @ step / 2",
        ),
        ("damping", "theta), new_mu, gain", "theta), mu, gain"),
        ("ratio", "new_mu, gain\n", "new_mu, fall\n"),
        ("ratio", "new_mu, gain\n", "new_mu, promised\n"),
        ("moved", "(theta + step if", "(theta - step if"),
        ("kept", "r(theta + step)", "r(theta - step)"),
        (
            "damping",
            """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after, model = r(theta + step), residuals + jacobian @ step
    fall = (residuals @ residuals - after @ after) / 2
    promised = (residuals @ residuals - model @ model) / 2
    gain = fall / promised
    new_mu = mu
    if gain > 3 / 4:
        new_mu = mu / 10
    elif gain < 1 / 4:
        new_mu = mu * 10
    if gain <= 0:
        return theta, mu, gain
    return theta + step, new_mu, gain
""",
        ),
        ("kept", "if gain > 0 else", "if gain < 0 else"),
        ("kept", "if gain > 0 else", "if gain > 3 / 4 else"),
        ("kept", "if gain > 0 else", "if gain > 1 else"),
        (
            "damping",
            """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after, model = r(theta + step), residuals + jacobian @ step
    fall = (residuals @ residuals - after @ after) / 2
    promised = (residuals @ residuals - model @ model) / 2
    gain = fall / promised
    new_mu = mu
    if gain > 1 / 4:
        new_mu = mu / 10
    elif gain < 3 / 4:
        new_mu = mu * 10
    return (theta + step if gain > 0 else theta), new_mu, gain
""",
        ),
        (
            "lengths",
            """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after, model = r(theta + step), residuals + jacobian @ step
    fall = np.linalg.norm(residuals) - np.linalg.norm(after)
    promised = np.linalg.norm(residuals) - np.linalg.norm(model)
    gain = fall / promised
    new_mu = mu
    if gain > 3 / 4:
        new_mu = mu / 10
    elif gain < 1 / 4:
        new_mu = mu * 10
    return (theta + step if gain > 0 else theta), new_mu, gain
""",
        ),
        (
            "damping",
            """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after, model = r(theta + step), residuals + jacobian @ step
    fall = (residuals @ residuals - after @ after) / 2
    promised = (residuals @ residuals - model @ model) / 2
    gain = fall / promised
    new_mu = mu
    if gain > 3 / 4:
        new_mu = mu / 10
    else:
        new_mu = mu * 10
    return (theta + step if gain > 0 else theta), new_mu, gain
""",
        ),
        (
            "promise",
            """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after, model = r(theta + step), residuals + jacobian @ step
    fall = residuals @ residuals / len(residuals) - after @ after / len(after)
    promised = (residuals @ residuals - model @ model) / 2
    gain = fall / promised
    new_mu = mu
    if gain > 3 / 4:
        new_mu = mu / 10
    elif gain < 1 / 4:
        new_mu = mu * 10
    return (theta + step if gain > 0 else theta), new_mu, gain
""",
        ),
        (
            "kept",
            """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after, model = r(theta + step), residuals - jacobian @ step
    fall = (residuals @ residuals - after @ after) / 2
    promised = (residuals @ residuals - model @ model) / 2
    gain = fall / promised
    new_mu = mu
    if gain > 3 / 4:
        new_mu = mu / 10
    elif gain < 1 / 4:
        new_mu = mu * 10
    return (theta + step if gain > 0 else theta), new_mu, gain
""",
        ),
        ("clipped", "gain = fall / promised", "gain = max(0, fall / promised)"),
        ("unsigned", "gain = fall / promised", "gain = abs(fall / promised)"),
        ("kept", "(residuals @ residuals - after @ after) / 2", "(after @ after - residuals @ residuals) / 2"),
        ("damping", "mu * 10", "mu + 10"),
        (
            "until-taken",
            """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after, model = r(theta + step), residuals + jacobian @ step
    fall = (residuals @ residuals - after @ after) / 2
    promised = (residuals @ residuals - model @ model) / 2
    gain = fall / promised
    new_mu = mu
    if gain > 3 / 4:
        new_mu = mu / 10
    elif gain < 1 / 4:
        new_mu = mu * 10
    if gain <= 0:
        return repaired_round(r, J, theta, new_mu)
    return theta + step, new_mu, gain
""",
        ),
        ("exchanged", "new_mu, gain\n", "gain, new_mu\n"),
        ("table", "mu * np.eye(len(theta))", "mu * np.diag(np.diag(jacobian.T @ jacobian))"),
        (
            "two-left",
            """
def repaired_round(r, J, theta, mu):
    residuals, jacobian = r(theta), J(theta)
    gradient = jacobian.T @ residuals
    step = np.linalg.solve(jacobian.T @ jacobian + mu * np.eye(len(theta)), -gradient)
    after, model = r(theta + step), residuals + jacobian @ step
    fall = (residuals @ residuals - after @ after) / 2
    promised = (residuals @ residuals - model @ model) / 2
    gain = fall / promised
    new_mu = mu
    if gain > 3 / 4:
        new_mu = mu * 10
    elif gain < 1 / 4:
        new_mu = mu / 10
    return theta + step, new_mu, gain
""",
        ),
    ],
    "16.10": [
        ("M13", "-(a - y) * x / (x**2 + 1 + mu)"),
        ("M13", "-(a - y) * x / ((a * (1 - a)) ** 2 * (x**2 + 1) + mu)"),
        ("slope", "-(a - y) * a * (1 - a) * x / (x**2 + 1 + mu)"),
        ("slope", "-(a - y) * a * (1 - a) * x / (a * (1 - a) * (x**2 + 1) + mu)"),
        ("bias", "-(a - y) * a * (1 - a) * x / ((a * (1 - a)) ** 2 * x**2 + mu)"),
        ("bias", "-(a - y) * a * (1 - a) / ((a * (1 - a)) ** 2 * (x**2 + 1) + mu)"),
        ("square", "-(a - y) * a * (1 - a) * x / ((a * (1 - a)) ** 2 * (x + 1) ** 2 + mu)"),
        ("damping", "(y - a) * x / (a * (1 - a) * (x**2 + 1))"),
        ("damping", "-(a - y) * a * (1 - a) * x / ((a * (1 - a)) ** 2 * (x**2 + 1) + 2 * mu)"),
        ("gradient", "(a - y) * a * (1 - a) * x"),
        ("gradient", "-(a - y) * a * (1 - a) * x / mu"),
        (
            "newton",
            "-(a - y) * a * (1 - a) * x"
            " / (((a * (1 - a)) ** 2 + (a - y) * a * (1 - a) * (1 - 2 * a)) * (x**2 + 1) + mu)",
        ),
        ("sign", "(a - y) * a * (1 - a) * x / ((a * (1 - a)) ** 2 * (x**2 + 1) + mu)"),
        ("residual", "-a * (1 - a) * x / ((a * (1 - a)) ** 2 * (x**2 + 1) + mu)"),
        ("too-far", "w - (a - y) * a * (1 - a) * x / ((a * (1 - a)) ** 2 * (x**2 + 1) + mu)"),
        ("symbols", "-(a - y) * a * (1 - a) * x / ((a * (1 - a)) ** 2 * (x**2 + 1) + sigma)"),
        ("damping", "(y - a) / (a * (1 - a) * x)"),
        ("damping", "-(a - y) * a * (1 - a) * x / (a**2 * (1 - a) ** 2 * (x**2 + 1 + mu))"),
        ("derivative", "-(a - y) * a * (1 - a) * x / (a**2 * (1 - a) ** 2 * (w**2 + b**2) + mu)"),
        ("slope", "-(a-y)*a*(1-a)*x/(a*(1-a)*(x**2+1)+mu)"),
        ("bias", "-(a-y)*a*(1-a)/((a*(1-a))**2*(x**2+1)+mu)"),
        ("factor-2", "-(a-y)*a*(1-a)*x/(2*((a*(1-a))**2*(x**2+1)+mu))"),
        ("damping", "-(a-y)*a*(1-a)*x/((a*(1-a))**2*(x**2+1)+mu**2)"),
        ("square", "-(a-y)*a*(1-a)*x/((a*(1-a))**2*(x+1)+mu)"),
        ("M13", "-(a-y)*x/((x**2+1)+mu)"),
        ("tanh", "-(a-y)*(1-a**2)*x/((1-a**2)**2*(x**2+1)+mu)"),
        ("residual", "-(a-y)**2*a*(1-a)*x/((a*(1-a))**2*(x**2+1)+mu)"),
        ("residual", "-sp.Rational(1,2)*(a-y)**2*a*(1-a)*x/((a*(1-a))**2*(x**2+1)+mu)"),
        ("upside-down", "-((a*(1-a))**2*(x**2+1)+mu)/((a-y)*a*(1-a)*x)"),
        ("damping", "-(a-y)*a*(1-a)*x/((a*(1-a))**2*(x**2+1))"),
        ("bias", "-(a-y)*a*(1-a)/((a*(1-a))**2*(x**2+1)+mu)"),
        ("damping", "-(a-y)*a*(1-a)*x/((a*(1-a))**2*(x**2*(1+mu)+1))"),
        ("incoming", "-(a-y)*a*(1-a)*x**2/((a*(1-a))**2*(x**2+1)+mu)"),
        ("damping", "-(a-y)*a*(1-a)*x/((a*(1-a))**2*(x**2+1)+mu+1)"),
        ("target", "y*a*(1-a)*x/((a*(1-a))**2*(x**2+1)+mu)"),
        ("too-much", "-(a-y)*a*(1-a)*x/((a*(1-a))**2*x**2+mu) - (a-y)*a*(1-a)/((a*(1-a))**2+mu)"),
        ("factor-2", "-2*(a-y)*a*(1-a)*x/((a*(1-a))**2*(x**2+1)+mu)"),
        ("root", "-(a-y)*a*(1-a)*x/sp.sqrt((a*(1-a))**2*(x**2+1)+mu)"),
        ("gradient", "-mu*(a-y)*a*(1-a)*x"),
    ],
    "16.11": [
        ("no-blur", "2 * theta**3 - 6 * theta"),
        ("moments", "2 * theta**3 + 2 * sigma**2 * theta - 6 * theta"),
        ("moments", "6 * theta**3 + 2 * sigma**2 * theta - 18 * theta"),
        ("moments", "2 * theta**3 + 30 * sigma**2 * theta - 6 * theta"),
        ("forgot-direction", "0"),
        ("binomial", "2 * theta**3 + sp.Rational(3, 2) * sigma**2 * theta - 6 * theta"),
        ("reach", "2 * theta**3 + 6 * sigma * theta - 6 * theta"),
        ("reach", "2 * theta**3 + 6 * theta - 6 * theta"),
        ("reach", "2 * sigma * (2 * theta**3 + 6 * sigma**2 * theta - 6 * theta)"),
        ("blur-sign", "2 * theta**3 - 6 * sigma**2 * theta - 6 * theta"),
        ("blurred-loss", "theta**4 / 2 + 3 * sigma**2 * theta**2 + 3 * sigma**4 / 2 - 3 * theta**2 - 3 * sigma**2"),
        ("parabola", "2 * theta**3 + 6 * sigma**2 * theta"),
        ("one-term", "6 * sigma**2 * theta"),
        ("factor-2", "4 * theta**3 + 12 * sigma**2 * theta - 12 * theta"),
        ("sign", "6 * theta - 2 * theta**3 - 6 * sigma**2 * theta"),
        ("symbols", "2 * theta**3 * sp.Symbol('epsilon') ** 2"),
        ("half", "4 * theta**3 + 12 * sigma**2 * theta - 6 * theta"),
        ("elsewhere", "2*(theta+sigma)**3-6*(theta+sigma)"),
        ("reach", "2*theta**3+6*sigma**4*theta-6*theta"),
        ("reach", "2*theta**3+6*sigma**2*theta-6*theta*sigma**2"),
        ("binomial", "theta**3/2+3*sigma**2*theta/2-6*theta"),
        ("factor-2", "4*theta**3+12*sigma**2*theta-12*theta"),
        ("moments", "2*theta**3+2*sigma**2*theta-6*theta"),
        ("binomial", "2*theta**3+3*sigma**2*theta-6*theta"),
        ("binomial", "2*theta**3+12*sigma**2*theta-6*theta"),
        ("moments", "2*theta**3+18*sigma**2*theta-6*theta"),
        ("moments", "2*theta**3+6*sigma**2*theta-18*theta"),
        ("parabola", "2*theta**3+6*sigma**2*theta+6*theta"),
        ("parabola", "2*theta**3+6*sigma**2*theta-3*theta"),
        ("parabola", "2*theta**3+6*sigma**2*theta-6*theta-6*sigma**2"),
        ("reach", "sigma*(2*theta**3+6*sigma**2*theta-6*theta)"),
        ("reach", "(2*theta**3+6*sigma**2*theta-6*theta)/sigma"),
        ("blurred", "2*theta**3+6*sigma**2*theta**2-6*theta"),
        ("curvature", "6*theta**2-6"),
        ("blurred-loss", "theta**4/2-3*theta**2"),
        ("reach", "2*theta**3+6*sigma**3*theta-6*theta"),
        ("blurred", "2*theta**3+6*sigma**2*theta-6*theta+3*sigma**4"),
        ("blurred", "2*theta**3*sigma**2-6*theta"),
        ("moments", "2*theta**3+sigma**2*theta-6*theta"),
    ],
}
