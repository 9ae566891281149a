"""What students answer to the exercises of chapter 10: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

RIGHT = {
    "10.1": ['{"0.1": "a", "0.25": "b", "0.4": "c", "0.5": "d", "0.6": "e"}'],
    "10.2": ['{"loss_1": "s", "gradient_1": "s", "step_1": "d", "gradient_2": "d", "equations": "s"}'],
    "10.3": [
        "[0.33333, 0.28571, 0.71429]",
        "(1 / 3, 2 / 7, 5 / 7)",
        "np.array([2 / 6, 2 / 7, 1 - 2 / 7])",
        "(2/6,2/(6+1),(6-1)/(6+1))",
        "np.array([0.3333333,0.2857143,0.7142857])",
        "[2/np.linalg.eigvalsh(np.array([[5.,2],[2,2]]))[-1], 2/np.trace([[5,2],[2,2]]), 1-2/7]",
    ],
    "10.4": [
        "[1.7, 1.265, 0.81425]",
        "np.array([2 - 0.3, 1.7 - 0.435, 1.265 - 0.45075])",
        "[1.7,1.265,0.81425]",
        "(1.7,1.265,0.81425)",
        "np.array([1.7, 1.265, 0.81425])",
    ],
    "10.5": [
        """
def momentum_step(w, v, g, learning_rate, mu, look_ahead):
    new_v = mu * v + g
    direction = g + mu * new_v if look_ahead else new_v
    return w - learning_rate * direction, new_v
""",
        """
def momentum_step(w, v, g, learning_rate, mu, look_ahead):
    new_v = g.copy()
    new_v += v * mu
    if look_ahead:
        direction = (1 + mu) * g + mu**2 * v
    else:
        direction = new_v
    return [-learning_rate * direction + w, new_v]
""",
        """
def momentum_step(w, v, g, learning_rate, mu, look_ahead):
    places, velocities = [], []
    for a, b, c in zip(w.ravel(), v.ravel(), g.ravel()):
        b = mu * b + c
        velocities.append(b)
        places.append(a - learning_rate * (c + mu * b if look_ahead else b))
    return np.reshape(places, w.shape), np.reshape(velocities, w.shape).tolist()
""",
        """
def momentum_step(w, v, g, learning_rate, mu, look_ahead):
    out = np.array(w, dtype=float)
    vel = np.array(v, dtype=float)
    vel *= mu
    vel += g
    step = vel.copy()
    if look_ahead:
        step *= mu
        step += g
    out -= learning_rate * step
    return [out, vel]
""",
        """
def momentum_step(w, v, g, learning_rate, mu, look_ahead):
    nv = np.add(np.multiply(v, mu), g)
    k = int(look_ahead)
    return w - learning_rate * ((1 - k) * nv + k * ((1 + mu) * g + mu**2 * v)), nv
""",
        """
def momentum_step(w, v, g, learning_rate, mu, look_ahead):
    W, V, G = w.ravel(), v.ravel(), g.ravel()
    a, b = [], []
    for wi, vi, gi in zip(W, V, G):
        n = gi + vi * mu
        b.append(n)
        a.append(wi - learning_rate * (gi + mu * n if look_ahead else n))
    return np.reshape(a, w.shape), np.reshape(b, w.shape)
""",
    ],
    "10.6": [
        """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, m, s, t
""",
        """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    new_m = m + (1 - beta1) * (g - m)
    new_s = s + (1 - beta2) * (g * g - s)
    fix1, fix2 = 1 - beta1 ** (t + 1), 1 - beta2 ** (t + 1)
    step_size = learning_rate / fix1
    below = np.sqrt(new_s) / np.sqrt(fix2) + epsilon
    return [w - step_size * new_m / below, new_m, new_s, float(t + 1)]
""",
        """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    new = [np.empty(w.shape) for _ in range(3)]
    for i, old in np.ndenumerate(w):
        new[1][i] = beta1 * m[i] + (1 - beta1) * g[i]
        new[2][i] = beta2 * s[i] + (1 - beta2) * g[i] ** 2
        size = (new[2][i] / (1 - beta2 ** (t + 1))) ** 0.5
        new[0][i] = old - learning_rate * new[1][i] / (1 - beta1 ** (t + 1)) / (size + epsilon)
    return (*new, np.array(t + 1))
""",
        """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    w, m, s = w.copy(), m.copy(), s.copy()
    t += 1
    m *= beta1
    m += (1 - beta1) * g
    s *= beta2
    s += (1 - beta2) * np.square(g)
    ratio = np.sqrt(1 - beta2**t)
    w -= learning_rate * ratio / (1 - beta1**t) * m / (np.sqrt(s) + epsilon * ratio)
    return w, m, s, t
""",
        """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    new_m = m + (1 - beta1) * (g - m)
    new_s = s + (1 - beta2) * (g * g - s)
    c1, c2 = 1 - beta1 ** (t + 1), 1 - beta2 ** (t + 1)
    rate = learning_rate * c2**0.5 / c1
    return w - rate * new_m / (new_s**0.5 + epsilon * c2**0.5), new_m, new_s, t + 1
""",
        """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    W, M, S = np.array(w, float), np.array(m, float), np.array(s, float)
    for i in np.ndindex(W.shape):
        M[i] = beta1 * M[i] + (1 - beta1) * g[i]
        S[i] = beta2 * S[i] + (1 - beta2) * g[i] * g[i]
        W[i] -= learning_rate * (M[i] / (1 - beta1 ** (t + 1))) / ((S[i] / (1 - beta2 ** (t + 1))) ** 0.5 + epsilon)
    return [W, M, S, float(t + 1)]
""",
        """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = np.int64(t) + 1
    m, s = (
        np.average([m, g], axis=0, weights=[beta1, 1 - beta1]),
        np.average([s, np.square(g)], axis=0, weights=[beta2, 1 - beta2]),
    )
    return (
        w
        - np.divide(learning_rate * m / (1 - np.power(beta1, t)), epsilon + np.sqrt(s / (1 - np.power(beta2, t)))),
        m,
        s,
        t,
    )
""",
    ],
    "10.7": [
        """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for step, start in enumerate(range(0, len(X), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.mean(miss**2) / 2)
        w = w - rate(step) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        """
def epoch(X, y, w, order, batch_size, rate):
    w, losses, k = np.array(w), [], 0
    X, y = X[order], y[order]
    while k * batch_size < len(X):
        x_k, y_k = X[k * batch_size : (k + 1) * batch_size], y[k * batch_size : (k + 1) * batch_size]
        total, slope = 0.0, np.zeros(len(w))
        for row, target in zip(x_k, y_k):
            miss = float(row @ w) - target
            total += miss**2 / 2
            slope += miss * row
        losses.append(total / len(x_k))
        w -= rate(k) * slope / len(x_k)
        k += 1
    return [w, losses]
""",
        """
def epoch(X, y, w, order, batch_size, rate):
    losses = ()
    for k, rows in enumerate(np.split(order, range(batch_size, len(order), batch_size))):
        def loss(w, rows=rows):
            return np.sum((np.einsum("bi,i->b", X[rows], w) - y[rows]) ** 2) / (2 * rows.size)
        losses += (loss(w),)
        w = w + rate(k) * np.einsum("bi,b->i", X[rows], y[rows] - X[rows] @ w) / rows.size
    return w, losses
""",
        """
def epoch(X, y, w, order, batch_size, rate):
    X, y, w, k, losses = X[order], y[order], w.copy().astype(float), 0, []
    while len(y):
        A, b, X, y = X[:batch_size], y[:batch_size], X[batch_size:], y[batch_size:]
        r = A.dot(w) - b
        losses.append(0.5 * np.mean(r**2))
        w -= rate(k) * np.mean(r[:, None] * A, axis=0)
        k += 1
    return w, losses
""",
        """
def epoch(X, y, w, order, batch_size, rate):
    N = X.shape[0]
    n = X.shape[1]
    new = [float(v) for v in w]
    losses = []
    for k in range(-(-N // batch_size)):
        rows = [int(i) for i in order[k * batch_size : (k + 1) * batch_size]]
        g = [0.0] * n
        L = 0.0
        for i in rows:
            e = sum(X[i, j] * new[j] for j in range(n)) - y[i]
            L += e * e / 2
            for j in range(n):
                g[j] += e * X[i, j]
        losses.append(L / len(rows))
        new = [v - rate(k) * gj / len(rows) for v, gj in zip(new, g)]
    return [new, losses]
""",
        """
def epoch(X, y, w, order, batch_size, rate):
    def go(w, rest, k):
        if len(rest) == 0:
            return w, []
        r = rest[:batch_size]
        e = np.einsum("bn,n->b", X[r], w) - y[r]
        w2, ls = go(w - rate(k) * np.einsum("bn,b->n", X[r], e) / e.size, rest[batch_size:], k + 1)
        return w2, [e @ e / (2 * e.size)] + ls

    w, ls = go(w, order, 0)
    return w, np.asarray(ls)
""",
        """
def epoch(X, y, w, order, batch_size, rate):
    losses = np.empty(0)
    for k, rows in enumerate(np.split(order, np.arange(batch_size, len(order), batch_size))):
        miss = y[rows] - X[rows] @ w
        losses = np.append(losses, np.mean(miss**2) / 2)
        w = w + rate(k) * (miss @ X[rows]) / rows.size
    return w, losses
""",
    ],
    "10.8": ['{"A": "a", "B": "c", "C": "d", "D": "e", "E": "b"}'],
    "10.9": [
        """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    s = np.zeros_like(w)
    for _ in range(steps):
        g = gradient(w)
        s = rho * s + (1 - rho) * g**2
        w = w - learning_rate * g / (np.sqrt(s) + epsilon)
    return w, s
""",
        """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    w, s = w.copy(), 0.0
    while steps > 0:
        g = gradient(w)
        s = s + (1 - rho) * (g * g - s)
        w -= g / (s**0.5 + epsilon) * learning_rate
        steps -= 1
    return [w, s]
""",
        """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    def walk(w, s, left):
        if left == 0:
            return w, s
        g = gradient(w)
        s = np.array([rho * a + b**2 - rho * b**2 for a, b in zip(s, g)])
        return walk(w - np.divide(learning_rate * g, np.sqrt(s) + epsilon), s, left - 1)

    return walk(w, [0] * len(w), steps)
""",
        """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    w, s = np.array(w, float), np.zeros(len(w))
    while steps:
        g = np.asarray(gradient(w.copy()))
        s += (1 - rho) * (g * g - s)
        w -= learning_rate * g / (s**0.5 + epsilon)
        steps -= 1
    return [w, s]
""",
        """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    def go(w, s, left):
        if not left:
            return w, s
        g = gradient(w)
        s = [rho * a + (1 - rho) * b * b for a, b in zip(s, g)]
        w = np.array([c - learning_rate * b / (a**0.5 + epsilon) for a, b, c in zip(s, g, w)])
        return go(w, s, left - 1)

    return go(w, [0.0] * len(w), steps)
""",
        """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    squares, new = [], w + 0
    for k in range(steps):
        g = gradient(new)
        squares.append(g**2)
        s = (1 - rho) * sum(rho ** (k - j) * q for j, q in enumerate(squares))
        new = new - np.divide(learning_rate * g, np.add(epsilon, np.sqrt(s)))
    return new, s
""",
    ],
    "10.10": [
        "(g_1**2 + g_2**2) / (lambda_1 * g_1**2 + lambda_2 * g_2**2)",
        "1 / (lambda_1 * g_1**2 / (g_1**2 + g_2**2) + lambda_2 * g_2**2 / (g_1**2 + g_2**2))",
        "(lambda_1 * (g_1 / lambda_1) * g_1 + g_2**2) / (g_1 * lambda_1 * g_1 + 1.0 * g_2 * lambda_2 * g_2)",
        "sp.Matrix([g_1, g_2]).dot(sp.Matrix([g_1, g_2])) / (sp.Matrix([[g_1, g_2]]) * sp.diag(lambda_1, lambda_2)"
        " * sp.Matrix([g_1, g_2]))[0]",
        "(g_1*g_1+g_2*g_2)/sp.Add(g_1**2*lambda_1,g_2**2*lambda_2)",
        "1.0*(g_1**2+g_2**2)/(1.0*lambda_1*g_1**2+lambda_2*g_2**2)",
        "1/((lambda_1*g_1**2+lambda_2*g_2**2)/(g_1**2+g_2**2))",
        "sp.Matrix([g_1,g_2]).dot(sp.Matrix([g_1,g_2]))/(sp.Matrix([[g_1,g_2]])*sp.diag(lambda_1,"
        "lambda_2)*sp.Matrix([g_1,g_2]))[0]",
    ],
    "10.11": [
        "sigma**2 * (1 - beta) / (1 + beta)",
        "sigma**2 * (1 - beta) ** 2 / (1 - beta**2)",
        "sigma**2 / (1 + 2 * tau)",
        "sp.factor(sigma**2 - 2 * beta * sigma**2 / (1 + beta))",
        "(sigma / (1 + tau)) ** 2 / (1 - beta**2)",
        "sigma**2/(1+2*tau)",
        "(1-beta)**2*sigma**2/(1-beta**2)",
        "sigma**2*(2/(1+beta)-1.0)",
    ],
}

WRONG = {
    "10.1": [
        ("curvature", '{"0.1": "a", "0.25": "a", "0.4": "a", "0.5": "b", "0.6": "c"}'),
        ("crosses", '{"0.1": "a", "0.25": "c", "0.4": "c", "0.5": "d", "0.6": "e"}'),
        ("flies-off", '{"0.1": "a", "0.25": "b", "0.4": "e", "0.5": "e", "0.6": "e"}'),
        ("flies-off", '{"0.1": "a", "0.25": "b", "0.4": "c", "0.5": "e", "0.6": "e"}'),
        ("to-and-fro", '{"0.1": "a", "0.25": "b", "0.4": "d", "0.5": "d", "0.6": "e"}'),
        ("creeps", '{"0.1": "a", "0.25": "b", "0.4": "c", "0.5": "d", "0.6": "a"}'),
        ("missing", '{"0.1": "a", "0.25": "b", "0.4": "c", "0.5": "d"}'),
        ("creeps", '{"0.1": "a", "0.25": "b", "0.4": "c", "0.5": "a", "0.6": "e"}'),
    ],
    "10.2": [
        ("M9", '{"loss_1": "s", "gradient_1": "d", "step_1": "d", "gradient_2": "d", "equations": "s"}'),
        ("M9", '{"loss_1": "s", "gradient_1": "s", "step_1": "d", "gradient_2": "d", "equations": "d"}'),
        ("M9", '{"loss_1": "d", "gradient_1": "d", "step_1": "d", "gradient_2": "d", "equations": "d"}'),
        ("place", '{"loss_1": "s", "gradient_1": "s", "step_1": "d", "gradient_2": "s", "equations": "s"}'),
        ("M9", '{"loss_1": "s", "gradient_1": "s", "step_1": "s", "gradient_2": "s", "equations": "s"}'),
        ("type", '["s", "s", "d", "d", "s"]'),
    ],
    "10.3": [
        ("diagonal", "[2 / 5, 2 / 7, 3 / 7]"),
        ("diagonal", "[0.4, 0.285714, 0.714286]"),
        ("half", "[1 / 6, 1 / 7, 5 / 7]"),
        ("one-step", "[1 / 6, 2 / 7, 5 / 7]"),
        ("flattest", "[2, 2 / 7, 5 / 7]"),
        ("half", "[1 / 3, 1 / 7, 5 / 7]"),
        ("one-step", "[1 / 3, 1 / 6, 5 / 6]"),
        ("momentum", "[1 / 3, 2 / 7, (6**0.5 - 1) / (6**0.5 + 1)]"),
        ("momentum", "[1 / 3, 4 / (1 + 6**0.5) ** 2, (6**0.5 - 1) / (6**0.5 + 1)]"),
        ("sign", "[1 / 3, 2 / 7, -5 / 7]"),
        ("inverted", "[1 / 3, 2 / 7, 7 / 5]"),
        ("kappa", "[1 / 3, 2 / 7, 6]"),
        ("kappa", "[1 / 3, 2 / 7, 5 / 6]"),
        ("swapped", "[2 / 7, 1 / 3, 5 / 7]"),
        ("digits", "[0.333, 0.286, 0.714]"),
        ("shape", "5 / 7"),
        ("some-entries", "[1 / 3, 2 / 7, 0.5]"),
        ("half", "[1/3,1/7,6/7]"),
        ("squared", "[1/3,2/7,25/49]"),
        ("one-step", "[1/3,1/6,0]"),
        ("kappa", "[1/3,2/7,1-1/7]"),
        ("mean", "[1/3,1/6**.5,6**.5-1]"),
    ],
    "10.4": [
        ("no-memory", "[2 * 0.85, 2 * 0.85**2, 2 * 0.85**3]"),
        ("mean", "[1.88, 1.6952, 1.48088]"),
        ("no-forgetting", "[1.7, 1.145, 0.41825]"),
        ("share", "[1.82, 1.5482, 1.245782]"),
        ("ascent", "[2.3, 2.825, 3.56375]"),
        ("nesterov", "[1.52, 1.0472, 0.648992]"),
        ("stale", "[1.7, 1.22, 0.632]"),
        ("M9", "[6, 5.1, 3.795]"),
        ("step-only", "[0.3, 0.435, 0.45075]"),
        ("off-by-one", "[2, 1.7, 1.265]"),
        ("learning-rate", "[1.985, 1.9611125, 1.9320716563]"),
        ("digits", "[1.7, 1.265, 0.81]"),
        ("some-entries", "[1.7, 1.265, 0.9]"),
        ("shape", "0.81425"),
        (
            "old-velocity",
            "(lambda ns: (exec('w=2.0;v=0.0;r=[]\\nfor i in range(3):\\n    u=v;v=.6*v+3*w;w=w-.05*"
            "u\\n    r.append(w)', ns), ns['r'])[1])({})",
        ),
        (
            "M13",
            "(lambda ns: (exec('w=2.0;v=0.0;r=[]\\nfor i in range(3):\\n    v=.6*v+1.5*w*w;w=w-.05*"
            "v\\n    r.append(w)', ns), ns['r'])[1])({})",
        ),
        (
            "share",
            "(lambda ns: (exec('w=2.0;v=0.0;r=[]\\nfor i in range(3):\\n    v=v+.6*3*w;w=w-.05*"
            "v\\n    r.append(w)', ns), ns['r'])[1])({})",
        ),
        (
            "swapped",
            "(lambda ns: (exec('w=2.0;v=0.0;r=[]\\nfor i in range(3):\\n    v=.05*v+3*w;w=w-.6*"
            "v\\n    r.append(w)', ns), ns['r'])[1])({})",
        ),
        (
            "share",
            "(lambda ns: (exec('w=2.0;v=0.0;r=[]\\nfor i in range(3):\\n    w=.6*w-.05*3*w\\n    r.append(w)',"
            " ns), ns['r'])[1])({})",
        ),
        (
            "curvature",
            "(lambda ns: (exec('w=2.0;v=0.0;r=[]\\nfor i in range(3):\\n    v=.6*v+2*w;w=w-.05*"
            "v\\n    r.append(w)', ns), ns['r'])[1])({})",
        ),
        (
            "curvature",
            "(lambda ns: (exec('w=2.0;v=0.0;r=[]\\nfor i in range(3):\\n    v=.6*v+3*w*w;w=w-.05*"
            "v\\n    r.append(w)', ns), ns['r'])[1])({})",
        ),
        ("velocities", "[6,8.7,9.015]"),
        ("order", "[0.81425,1.265,1.7]"),
    ],
    "10.5": [
        ("no-memory", "mu * v + g\n", "g\n"),
        ("no-memory", "g + mu * new_v if look_ahead else new_v", "g"),
        ("mean", "mu * v + g\n", "mu * v + (1 - mu) * g\n"),
        ("share", "mu * v + g\n", "mu * (v + g)\n"),
        ("share", "mu * v + g\n", "v + mu * g\n"),
        ("share", "mu * v + g\n", "(1 - mu) * v + mu * g\n"),
        ("no-forgetting", "mu * v + g\n", "v + g\n"),
        ("learning-rate", "mu * v + g\n", "mu * v + learning_rate * g\n"),
        (
            "learning-rate",
            "mu * v + g\n    direction = g + mu * new_v if look_ahead else new_v\n    return w - learning_rate * "
            "direction",
            "mu * v + learning_rate * g\n    direction = g + mu * new_v if look_ahead else new_v\n    return w - "
            "direction",
        ),
        ("learning-rate", "learning_rate * direction", "direction"),
        ("sign", "mu * v + g\n", "mu * v - g\n"),
        ("sign", "mu * v + g\n", "g - mu * v\n"),
        ("ascent", "w - learning_rate", "w + learning_rate"),
        ("old-velocity", "g + mu * new_v if look_ahead else new_v", "g + mu * v if look_ahead else v"),
        ("old-velocity", "else new_v", "else v"),
        ("no-look-ahead", "g + mu * new_v if look_ahead else new_v", "new_v"),
        ("no-look-ahead", "g + mu * new_v", "g + mu * v"),
        ("no-look-ahead", "g + mu * new_v if look_ahead else new_v", "g + mu * new_v"),
        ("no-look-ahead", "if look_ahead", "if not look_ahead"),
        ("ahead", "g + mu * new_v", "mu * new_v"),
        ("ahead", "g + mu * new_v", "g + new_v"),
        ("ahead", "g + mu * new_v", "mu * g + new_v"),
        ("ahead", "g + mu * new_v", "(1 + mu) * new_v"),
        ("state", "direction, new_v", "direction, v"),
        ("state", "direction, new_v", "direction, direction"),
        ("no-step", "return w - learning_rate * direction", "return w"),
        (
            "results-swapped",
            "return w - learning_rate * direction, new_v",
            "return new_v, w - learning_rate * direction",
        ),
        ("step-only", "return w - ", "return -"),
        ("changed-inputs", "new_v = mu * v + g", "v *= mu\n    v += g\n    new_v = v"),
        ("changed-inputs", "return w - learning_rate * direction", "w -= learning_rate * direction\n    return w"),
        ("type", "direction, new_v\n", "direction\n"),
        ("nothing-returned", "return w", "w"),
        ("rounded", "direction, new_v\n", "direction, new_v.round(4)\n"),
        (
            "no-memory",
            """
def momentum_step(w, v, g, learning_rate, mu, look_ahead):
    new_v = mu * v + g
    direction = g + mu * new_v if look_ahead else g
    return w - learning_rate * direction, new_v
""",
        ),
        (
            "share",
            """
def momentum_step(w, v, g, learning_rate, mu, look_ahead):
    new_v = mu * v + g
    direction = g + mu * new_v if look_ahead else new_v @ np.eye(new_v.shape[-1]) * mu
    return w - learning_rate * direction, new_v
""",
        ),
        (
            "ahead",
            """
def momentum_step(w, v, g, learning_rate, mu, look_ahead):
    new_v = mu * v + g
    direction = (1 + mu) * g if look_ahead else new_v
    return w - learning_rate * direction, new_v
""",
        ),
    ],
    "10.6": [
        (
            "correction",
            "learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)",
            "learning_rate * m / (np.sqrt(s) + epsilon)",
        ),
        ("correction", "m_hat / (np", "m / (np"),
        ("correction", "np.sqrt(s_hat)", "np.sqrt(s)"),
        (
            "correction",
            "m / (1 - beta1**t)\n    s_hat = s / (1 - beta2**t)",
            "m * (1 - beta1**t)\n    s_hat = s * (1 - beta2**t)",
        ),
        (
            "correction",
            "m / (1 - beta1**t)\n    s_hat = s / (1 - beta2**t)",
            "m / (1 - beta1)\n    s_hat = s / (1 - beta2)",
        ),
        ("count", "    t = t + 1\n", ""),
        ("count", "return w, m, s, t", "return w, m, s, t - 1"),
        ("count", "    t = t + 1\n", "    t = t + 2\n"),
        ("corrected-kept", "return w, m, s, t", "return w, m_hat, s_hat, t"),
        ("epsilon", "(np.sqrt(s_hat) + epsilon)", "np.sqrt(s_hat + epsilon)"),
        ("epsilon", "(np.sqrt(s_hat) + epsilon)", "np.sqrt(s_hat + epsilon**2)"),
        ("epsilon", "(np.sqrt(s_hat) + epsilon)", "((np.sqrt(s) + epsilon) / np.sqrt(1 - beta2**t))"),
        ("epsilon", "(np.sqrt(s_hat) + epsilon)", "np.sqrt(s_hat)"),
        ("root", "np.sqrt(s_hat)", "s_hat"),
        ("no-mean", "m_hat / (np", "g / (np"),
        ("rmsprop", "learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)", "learning_rate * g / (np.sqrt(s) + epsilon)"),
        ("square", "g**2", "abs(g)"),
        ("square", "(1 - beta2) * g**2", "((1 - beta2) * g) ** 2"),
        ("one-size", "g**2", "np.mean(g**2)"),
        ("one-size", "g**2", "np.sum(g**2)"),
        ("shares-swapped", "    t = t + 1\n", "    t = t + 1\n    beta1, beta2 = beta2, beta1\n"),
        ("sum", "(1 - beta1) * g\n", "g\n"),
        ("sum", "(1 - beta1) * g\n    s = beta2 * s + (1 - beta2) * g**2", "g\n    s = beta2 * s + g**2"),
        ("sum", "beta2 * s + (1 - beta2) * g**2", "s + g**2"),
        (
            "share",
            "beta1 * m + (1 - beta1) * g\n    s = beta2 * s + (1 - beta2) * g**2",
            "(1 - beta1) * m + beta1 * g\n    s = (1 - beta2) * s + beta2 * g**2",
        ),
        ("ascent", "w - learning_rate", "w + learning_rate"),
        ("learning-rate", "learning_rate * m_hat", "m_hat"),
        ("step-only", "w = w - ", "w = -"),
        ("no-step", "    w = w - ", "    new_w = w - "),
        ("changed-inputs", "    w = w - ", "    w -= "),
        ("changed-inputs", "m = beta1 * m", "m *= beta1\n    m = m"),
        ("type", "return w, m, s, t", "return w, m, s"),
        ("nothing-returned", "    return w, m, s, t", ""),
        ("second-call", "    t = t + 1\n", "    counter.append(0)\n    t = len(counter)\n"),
        (
            "correction",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1 * t)
    s_hat = s / (1 - beta2 * t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, m, s, t
""",
        ),
        (
            "shares-swapped",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta2 * m + (1 - beta2) * g
    s = beta1 * s + (1 - beta1) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, m, s, t
""",
        ),
        (
            "square",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, m, s, t
""",
        ),
        (
            "square",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * m**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, m, s, t
""",
        ),
        (
            "epsilon",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) - epsilon)
    return w, m, s, t
""",
        ),
        (
            "results-swapped",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return m, s, t, w
""",
        ),
        (
            "results-swapped",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, s, m, t
""",
        ),
        (
            "shares-swapped",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta1**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, m, s, t
""",
        ),
        (
            "defaults",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    beta1, beta2 = 0.9, 0.999
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, m, s, t
""",
        ),
        (
            "correction",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / np.sqrt(1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, m, s, t
""",
        ),
        (
            "decay",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * (m_hat / (np.sqrt(s_hat) + epsilon) + 0.01 * w)
    return w, m, s, t
""",
        ),
        (
            "learning-rate",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate**2 * m_hat / (np.sqrt(s_hat) + epsilon)
    return w, m, s, t
""",
        ),
        (
            "epsilon",
            """
def adam_step(w, m, s, t, g, learning_rate, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w = w - learning_rate * m_hat / np.sqrt(s_hat) + epsilon
    return w, m, s, t
""",
        ),
    ],
    "10.7": [
        (
            "order",
            "rows = order[start : start + batch_size]",
            "rows = slice(start, start + batch_size)\n        rows = np.arange(len(X))[rows]",
        ),
        ("order", "- y[rows]", "- y[start : start + batch_size]"),
        ("last-batch", "range(0, len(X), batch_size)", "range(0, len(X) // batch_size * batch_size, batch_size)"),
        ("last-batch", "miss / len(rows)", "miss / batch_size"),
        (
            "last-batch",
            "np.mean(miss**2) / 2)\n        w = w - rate(step) * X[rows].T @ miss / len(rows)",
            "np.sum(miss**2) / 2 / batch_size)\n        w = w - rate(step) * X[rows].T @ miss / batch_size",
        ),
        ("mean", " / len(rows)", ""),
        ("mean", "/ len(rows)", "/ len(X)"),
        ("mean", "/ len(rows)", "/ len(rows) ** 2"),
        (
            "stale",
            "    losses = []\n    for step, start in enumerate(range(0, len(X), batch_size)):\n"
            "        rows = order[start : start + batch_size]\n        miss = X[rows] @ w - y[rows]",
            "    losses, first = [], w\n    for step, start in enumerate(range(0, len(X), batch_size)):\n"
            "        rows = order[start : start + batch_size]\n        miss = X[rows] @ first - y[rows]",
        ),
        ("schedule", "rate(step)", "rate(0)"),
        ("schedule", "rate(step)", "rate(step + 1)"),
        ("schedule", "rate(step)", "rate(start)"),
        ("factor-2", "w - rate(step)", "w - 2 * rate(step)"),
        ("factor-2", "miss / len(rows)", "miss / (2 * len(rows))"),
        ("ascent", "w - rate", "w + rate"),
        ("ascent", "X[rows] @ w - y[rows]", "y[rows] - X[rows] @ w"),
        ("learning-rate", "rate(step) * ", ""),
        ("no-step", "        w = w -", "        new_w = w -"),
        (
            "losses",
            "        losses.append(np.mean(miss**2) / 2)\n        w = w - rate(step) * X[rows].T @ miss / len(rows)\n",
            "        w = w - rate(step) * X[rows].T @ miss / len(rows)\n"
            "        losses.append(np.mean((X[rows] @ w - y[rows]) ** 2) / 2)\n",
        ),
        ("losses", "np.mean(miss**2) / 2", "np.mean(miss**2)"),
        ("losses", "np.mean(miss**2) / 2", "np.sum(miss**2) / 2"),
        ("losses", "np.mean(miss**2) / 2", "np.mean((X @ w - y) ** 2) / 2"),
        ("losses", "np.mean(miss**2) / 2", "np.sum(miss**2) / (2 * batch_size)"),
        ("first-only", "    return w", "        return w"),
        (
            "full-batch",
            "range(0, len(X), batch_size)):\n        rows = order[start : start + batch_size]",
            "range(1)):\n        rows = order",
        ),
        ("overlap", "range(0, len(X), batch_size)", "range(0, len(X))"),
        ("changed-inputs", "w = w - ", "w -= "),
        ("crashed", "X[rows].T @ miss", "X[rows] @ miss"),
        ("type", "return w, np.array(losses)", "return w"),
        ("losses", "return w, np.array(losses)", "return w, np.mean(losses)"),
        ("nothing-returned", "    return w, np.array(losses)", ""),
        ("shape", "losses.append(np.mean(miss**2) / 2)", "losses.append(miss[:1] ** 2 / 2)"),
        (
            "losses",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, losses[-1]
""",
        ),
        (
            "losses",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.mean(losses)
""",
        ),
        (
            "off-by-one",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size - 1]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "overlap",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size + 1]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "order",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[k :: -(-len(order) // batch_size)]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "one-by-one",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        for i in rows:
            w = w - rate(k) * X[i] * (X[i] @ w - y[i])
    return w, np.array(losses)
""",
        ),
        (
            "one-by-one",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        for i in rows:
            w = w - rate(k) * X[i] * (X[i] @ w - y[i]) / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "order",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = np.argsort(order)[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "results-swapped",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return np.array(losses), w
""",
        ),
        (
            "losses",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sqrt(np.mean(miss**2)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "product",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].mean(axis=0) * miss.sum() / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "order",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(reversed(range(0, len(order), batch_size))):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "losses",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(np.abs(miss)) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "last-batch",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = np.resize(order[start : start + batch_size], batch_size)
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        ),
        (
            "last-batch",
            """
def epoch(X, y, w, order, batch_size, rate):
    losses = []
    for k, start in enumerate(range(0, len(order), batch_size)):
        rows = np.take(order, range(start, start + batch_size), mode="wrap")
        miss = X[rows] @ w - y[rows]
        losses.append(np.sum(miss**2) / (2 * len(rows)))
        w = w - rate(k) * X[rows].T @ miss / len(rows)
    return w, np.array(losses)
""",
        ),
    ],
    "10.8": [
        ("too-far", '{"A": "b", "B": "c", "C": "d", "D": "e", "E": "b"}'),
        ("M14", '{"A": "a", "B": "b", "C": "d", "D": "e", "E": "b"}'),
        ("M10", '{"A": "a", "B": "c", "C": "g", "D": "e", "E": "b"}'),
        ("valley", '{"A": "a", "B": "c", "C": "d", "D": "f", "E": "b"}'),
        ("M10", '{"A": "a", "B": "c", "C": "d", "D": "g", "E": "b"}'),
        ("sign", '{"A": "a", "B": "c", "C": "d", "D": "e", "E": "a"}'),
        ("valley", '{"A": "a", "B": "f", "C": "d", "D": "e", "E": "b"}'),
        ("M14", '{"A": "a", "B": "c", "C": "c", "D": "e", "E": "b"}'),
    ],
    "10.9": [
        (
            "stale",
            "    for _ in range(steps):\n        g = gradient(w)\n",
            "    g = gradient(w)\n    for _ in range(steps):\n",
        ),
        ("share", "rho * s + (1 - rho) * g**2", "(1 - rho) * s + rho * g**2"),
        ("root", "np.sqrt(s)", "s"),
        (
            "two-left",
            "rho * s + (1 - rho) * g**2\n        w = w - learning_rate * g / (np.sqrt(s)",
            "(1 - rho) * s + rho * g**2\n        w = w - learning_rate * g / (s",
        ),
        (
            "two-left",
            "    for _ in range(steps):\n        g = gradient(w)\n        s = rho * s + (1 - rho) * g**2",
            "    g = gradient(w)\n    for _ in range(steps):\n        s = (1 - rho) * s + rho * g**2",
        ),
        (
            "three-left",
            "    s = np.zeros_like(w)",
            "    return broken_rmsprop(gradient, w, learning_rate, rho, epsilon, steps)\n    s = np.zeros_like(w)",
        ),
        ("epsilon", "(np.sqrt(s) + epsilon)", "np.sqrt(s + epsilon)"),
        ("epsilon", "(np.sqrt(s) + epsilon)", "np.sqrt(s)"),
        ("sum", "rho * s + (1 - rho) * g**2", "s + g**2"),
        ("sum", "(1 - rho) * g**2", "g**2"),
        ("square", "g**2", "abs(g)"),
        ("one-size", "g**2", "np.mean(g**2)"),
        ("no-memory", "rho * s + (1", "0 * s + (1"),
        (
            "old-mean",
            "        s = rho * s + (1 - rho) * g**2\n        w = w - learning_rate * g / (np.sqrt(s) + epsilon)\n",
            "        w = w - learning_rate * g / (np.sqrt(s) + epsilon)\n        s = rho * s + (1 - rho) * g**2\n",
        ),
        (
            "correction",
            "for _ in range(steps):\n        g = gradient(w)\n        s = rho * s + (1 - rho) * g**2\n        w = "
            "w - learning_rate * g / (np.sqrt(s)",
            "for t in range(steps):\n        g = gradient(w)\n        s = rho * s + (1 - rho) * g**2\n"
            "        w = w - learning_rate * g / (np.sqrt(s / (1 - rho ** (t + 1)))",
        ),
        ("start", "zeros_like", "ones_like"),
        ("off-by-one", "range(steps)", "range(1, steps)"),
        ("off-by-one", "range(steps)", "range(steps + 1)"),
        ("off-by-one", "    return w, s", "        return w, s"),
        ("ascent", "w - learning_rate", "w + learning_rate"),
        ("learning-rate", "learning_rate * g", "g"),
        ("changed-inputs", "w = w - ", "w -= "),
        ("type", "return w, s", "return w"),
        ("nothing-returned", "    return w, s", ""),
        ("no-mean", " / (np.sqrt(s) + epsilon)", ""),
        ("sign", "learning_rate * g /", "learning_rate * np.sign(g) /"),
        (
            "one-size",
            """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    s = np.zeros_like(w)
    for _ in range(steps):
        g = gradient(w)
        s = rho * s + (1 - rho) * (g**2).sum()
        w = w - learning_rate * g / (np.sqrt(s) + epsilon)
    return w, s
""",
        ),
        (
            "root",
            """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    s = np.zeros_like(w)
    for _ in range(steps):
        g = gradient(w)
        s = rho * s + (1 - rho) * g**2
        w = w - learning_rate * g / (np.sqrt(s) + epsilon)
    return w, np.sqrt(s)
""",
        ),
        (
            "results-swapped",
            """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    s = np.zeros_like(w)
    for _ in range(steps):
        g = gradient(w)
        s = rho * s + (1 - rho) * g**2
        w = w - learning_rate * g / (np.sqrt(s) + epsilon)
    return s, w
""",
        ),
        (
            "square",
            """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    s = np.zeros_like(w)
    for _ in range(steps):
        g = gradient(w)
        s = rho * s + ((1 - rho) * g) ** 2
        w = w - learning_rate * g / (np.sqrt(s) + epsilon)
    return w, s
""",
        ),
        (
            "root",
            """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    s = np.zeros_like(w)
    for _ in range(steps):
        g = gradient(w)
        s = rho * s + (1 - rho) * g**2
        w = w - learning_rate * g / (np.sqrt(np.sqrt(s)) + epsilon)
    return w, s
""",
        ),
        (
            "defaults",
            """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    s = np.zeros_like(w)
    rho = 0.9
    for _ in range(steps):
        g = gradient(w)
        s = rho * s + (1 - rho) * g**2
        w = w - learning_rate * g / (np.sqrt(s) + epsilon)
    return w, s
""",
        ),
        (
            "normalized",
            """
def repaired_rmsprop(gradient, w, learning_rate, rho, epsilon, steps):
    s = np.zeros_like(w)
    for _ in range(steps):
        g = gradient(w)
        s = rho * s + (1 - rho) * g**2
        w = w - learning_rate * g / np.linalg.norm(g)
    return w, s
""",
        ),
    ],
    "10.10": [
        ("long-run", "2 / (lambda_1 + lambda_2)"),
        ("limit", "2 * (g_1**2 + g_2**2) / (lambda_1 * g_1**2 + lambda_2 * g_2**2)"),
        ("half", "(g_1**2 + g_2**2) / (lambda_1 * g_1**2 + lambda_2 * g_2**2) / 2"),
        ("inverted", "(lambda_1 * g_1**2 + lambda_2 * g_2**2) / (g_1**2 + g_2**2)"),
        ("one-direction", "1 / lambda_1"),
        ("plain-mean", "1 / (lambda_1 + lambda_2)"),
        ("plain-mean", "(1 / lambda_1 + 1 / lambda_2) / 2"),
        ("squares", "(g_1 + g_2) / (lambda_1 * g_1 + lambda_2 * g_2)"),
        ("squares", "sp.sqrt(g_1**2 + g_2**2) / (lambda_1 * g_1**2 + lambda_2 * g_2**2)"),
        ("curvature-squared", "(g_1**2 + g_2**2) / (lambda_1**2 * g_1**2 + lambda_2**2 * g_2**2)"),
        (
            "curvature-squared",
            "(lambda_1 * g_1**2 + lambda_2 * g_2**2) / (lambda_1**2 * g_1**2 + lambda_2**2 * g_2**2)",
        ),
        ("place", "(g_1**2 / lambda_1 + g_2**2 / lambda_2) / (g_1**2 + g_2**2)"),
        ("undivided", "g_1**2 + g_2**2"),
        ("sign", "-(g_1**2 + g_2**2) / (lambda_1 * g_1**2 + lambda_2 * g_2**2)"),
        ("symbols", 'sp.Symbol("w_1") / (lambda_1 + lambda_2)'),
        ("product", "(g_1**2 + g_2**2) / (lambda_1 * lambda_2)"),
        ("type", '"1 / lambda_1"'),
        ("newton", "sp.Rational(1)"),
        ("one-curvature", "(g_1**2+g_2**2)/(lambda_2*g_1**2+lambda_1*g_2**2)"),
        ("newton", "g_1/(lambda_1*g_1)+g_2/(lambda_2*g_2)"),
        ("one-curvature", "(g_1**2+g_2**2)/(g_1**2+lambda_2*g_2**2)"),
        ("one-curvature", "2/lambda_1"),
        ("squares", "(g_1*lambda_1+g_2*lambda_2)/(lambda_1*g_1**2+lambda_2*g_2**2)"),
        ("squares", "(g_1**2/lambda_1**2+g_2**2/lambda_2**2)/(g_1**2/lambda_1+g_2**2/lambda_2)"),
    ],
    "10.11": [
        ("unchanged", "sigma**2"),
        ("squares", "sigma**2 * (1 - beta)"),
        ("squares", "sigma**2 / (1 + beta)"),
        ("squares", "sigma**2 / (1 + tau)"),
        ("last-only", "sigma**2 * (1 - beta) ** 2"),
        ("sum", "sigma**2 / (1 - beta**2)"),
        ("root", "sigma * (1 - beta) / (1 + beta)"),
        ("root", "sigma * sp.sqrt((1 - beta) / (1 + beta))"),
        ("inverted", "sigma**2 * (1 + beta) / (1 - beta)"),
        ("share", "(1 + beta) / (1 - beta)"),
        ("share", "(1 - beta) / (1 + beta)"),
        ("inner-sign", "sigma**2 * (1 - beta) ** 2 / (1 + beta**2)"),
        ("share", "sigma**2 * beta**2 / (1 - beta**2)"),
        ("share", "sigma**2 / tau"),
        ("recursion", "beta**2 * sigma**2 + (1 - beta) ** 2 * sigma**2"),
        ("symbols", 'sp.Symbol("V") * beta**2'),
        ("type", "(1, 2)"),
        ("share", "sigma**2/(2*tau)"),
        ("unchanged", "sp.Integer(0)"),
        ("sum", "sigma**2/(1-beta)"),
        ("inner-sign", "sigma**2*(1-beta)/(1+beta**2)"),
        ("root", "sigma**2/sp.sqrt(1+2*tau)"),
    ],
}
