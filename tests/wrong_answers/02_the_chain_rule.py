"""What students answer to the exercises of chapter 2: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

RIGHT = {
    "2.1": ['"c"', '"C"', "'c'"],
    "2.2": [
        '{"exp": "a", "root": "b", "reciprocal": "c", "tanh": "d", "softplus": "e", "square": "f"}',
        "dict(exp='a',root='b',reciprocal='c',tanh='d',softplus='e',square='f')",
    ],
    "2.3": ['"b"', '" b"', "'b'"],
    "2.4": [
        "[-0.2865048, -0.1146019, -0.1719029]",
        "np.cumprod([-np.exp(-1.25), 0.4, 1.5])",
        "[-np.exp(-1.25), -np.exp(-1.25) / 2.5, -np.exp(-1.25) * 0.6]",
        "[-np.exp(-1.25), -np.exp(-1.25)*0.4, -np.exp(-1.25)*0.6]",
        "[-0.2865047969, -0.1146019187, -0.1719028781]",
        "(-0.28650,-0.11460,-0.17190)",
        "[float(-sp.exp(-sp.Rational(5,4))*v) for v in (1,0.4,0.6)]",
    ],
    "2.5": [
        "[2.88, 1.0540877, -0.8950948]",
        "0.8 * np.array([3.6, 2.25, 0]) - 0.5 * np.exp(0.4) * np.array([0, 1, 1.2])",
        "numerical_gradient(lambda p: 0.8 * p[0] ** 2 * p[1] - 0.5 * p[1] * np.exp(p[2]), np.array([1.5, 1.2, 0.4]))",
        "[2.88, 1.8-0.5*np.exp(0.4), -0.6*np.exp(0.4)]",
        "np.array([[2*1.5*1.2,2.25,0],[0,np.exp(.4),1.2*np.exp(.4)]]).T@np.array([.8,-.5])",
        "np.array([.8,-.5])@np.array([[3.6,2.25,0],[0,np.exp(.4),1.2*np.exp(.4)]])",
        "[2.88, 1.0540876512, -0.8950948186]",
    ],
    "2.6": [
        """
def back_along(functions, slopes, x):
    values = [x]
    for function in functions:
        values.append(function(values[-1]))
    gradients = np.zeros(len(values))
    gradients[-1] = 1.0
    for k in reversed(range(len(slopes))):
        gradients[k] = gradients[k + 1] * slopes[k](values[k])
    return values[-1], gradients
""",
        """
def back_along(functions, slopes, x):
    if not functions:
        return x, [1.0]
    value, later = back_along(functions[1:], slopes[1:], functions[0](x))
    return value, [later[0] * slopes[0](x), *later]
""",
        """
def back_along(functions, slopes, x):
    local = []
    for function, slope in zip(functions, slopes):
        local.append(slope(x))
        x = function(x)
    return x, np.array([np.prod(local[k:]) for k in range(len(local) + 1)])
""",
        """
def back_along(functions, slopes, x):
    values, factors = [x], [1.0]
    for function, slope in zip(functions, slopes):
        factors.append(slope(values[-1]))
        values.append(function(values[-1]))
    return [np.array(values[-1]), tuple(np.cumprod([1.0] + factors[:0:-1])[::-1])]
""",
        """
def back_along(functions, slopes, x):
    values = [x]
    for function in functions:
        values.append(function(values[-1]))
    gradients = np.zeros(len(values))
    gradients[-1] = 1
    for k in range(len(functions)-1, -1, -1):
        gradients[k] = gradients[k+1] * slopes[k](values[k])
    return values[-1], gradients
""",
        """
def back_along(functions, slopes, x):
    if not functions:
        return x, [1.0]
    last, rest = back_along(functions[1:], slopes[1:], functions[0](x))
    return last, [rest[0]*slopes[0](x)] + list(rest)
""",
        """
def back_along(functions, slopes, x):
    values = [x]
    for f in functions: values.append(f(values[-1]))
    loc = [s(v) for s, v in zip(slopes, values)]
    return values[-1], np.append(np.cumprod(loc[::-1])[::-1], 1.0)
""",
        """
def back_along(functions, slopes, x):
    values = [x]
    for f in functions: values.append(f(values[-1]))
    g = [np.prod([slopes[j](values[j]) for j in range(k, len(slopes))]) for k in range(len(values))]
    return values[-1], tuple(g)
""",
    ],
    "2.7": [
        """
def gradient_from_outputs(names, outputs, v):
    slope_of = {
        "exp": lambda r: r,
        "sqrt": lambda r: 1 / (2 * r),
        "reciprocal": lambda r: -(r**2),
        "tanh": lambda r: 1 - r**2,
        "softplus": lambda r: 1 - np.exp(-r),
    }
    gradient = v
    for name, r in zip(reversed(names), reversed(outputs)):
        gradient = gradient * slope_of[name](r)
    return gradient
""",
        """
def gradient_from_outputs(names, outputs, v):
    result = np.array(v)
    for name, r in zip(names, outputs):
        if name == "exp":
            result *= r
        elif name == "sqrt":
            result *= 0.5 / r
        elif name == "reciprocal":
            result *= -r * r
        elif name == "tanh":
            result *= (1 - r) * (1 + r)
        else:
            result *= -np.expm1(-r)
    return result
""",
        """
def gradient_from_outputs(names, outputs, v):
    r = dict(zip(names, outputs))
    z = np.log(np.exp(r["softplus"]) - 1)
    return v * r["exp"] / r["sqrt"] / 2 * -r["reciprocal"] ** 2 * (1 - r["tanh"] ** 2) / (1 + np.exp(-z))
""",
        """
def gradient_from_outputs(names, outputs, v):
    r = dict(zip(names, outputs))
    z = np.log(np.exp(r["softplus"]) - 1)
    slopes = [r["exp"], 1 / (2 * r["sqrt"]), -(r["reciprocal"] ** 2), 1 - r["tanh"] ** 2, sigmoid(z)]
    return np.prod([v, *slopes], axis=0).tolist()
""",
        """
def gradient_from_outputs(names, outputs, v):
    g = v
    for name, r in zip(names[::-1], outputs[::-1]):
        if name == 'exp': s = r
        elif name == 'sqrt': s = 1/(2*r)
        elif name == 'reciprocal': s = -r**2
        elif name == 'tanh': s = 1-r**2
        elif name == 'softplus': s = 1-np.exp(-r)
        g = g*s
    return g
""",
        """
def gradient_from_outputs(names, outputs, v):
    if len(names) == 0: return v
    n, r = names[-1], outputs[-1]
    if n == 'softplus':
        z = np.log(np.exp(r)-1); s = np.exp(z)/(1+np.exp(z))
    elif n == 'tanh':
        s = 1/np.cosh(np.arctanh(r))**2
    elif n == 'exp': s = np.exp(np.log(r))
    elif n == 'sqrt': s = 1/(2*np.sqrt(r**2))
    else: s = -1/(1/r)**2
    return gradient_from_outputs(names[:-1], outputs[:-1], v*s)
""",
    ],
    "2.8": [
        """
def mirror_gradients(W, x, v):
    h = np.tanh(W @ x)
    dW = np.outer(h, v)
    delta = (W @ v) * (1 - h**2)
    dW = dW + np.outer(delta, x)
    return dW, W.T @ delta
""",
        """
def mirror_gradients(W, x, v):
    m, n = W.shape
    z = [sum(W[j, i] * x[i] for i in range(n)) for j in range(m)]
    h = [np.tanh(value) for value in z]
    dh = [sum(W[j, i] * v[i] for i in range(n)) for j in range(m)]
    delta = [dh[j] / np.cosh(z[j]) ** 2 for j in range(m)]
    dW = [[h[j] * v[i] + delta[j] * x[i] for i in range(n)] for j in range(m)]
    dx = [sum(delta[j] * W[j, i] for j in range(m)) for i in range(n)]
    return dW, dx
""",
        """
def mirror_gradients(W, x, v):
    x, v = x[:, None], v[:, None]
    h = np.tanh(W @ x)
    delta = (1 - h) * (1 + h) * (W @ v)
    return h @ v.T + delta @ x.T, (delta.T @ W).ravel()
""",
        """
def mirror_gradients(W, x, v):
    h = np.tanh(np.einsum("ji,i->j", W, x))
    delta = np.einsum("ji,i,j->j", W, v, 1 - h**2)
    return np.stack([h, delta], axis=1) @ np.stack([v, x]), np.einsum("ji,j->i", W, delta)
""",
        """
def mirror_gradients(W, x, v):
    h = np.tanh(W @ x)
    dh = W @ v
    dz = dh * (1 - h**2)
    dW = np.outer(h, v) + np.outer(dz, x)
    dx = W.T @ dz
    return dW, dx
""",
        """
def mirror_gradients(W, x, v):
    h = np.tanh(np.einsum('ij,j->i', W, x))
    d = np.einsum('ij,j->i', W, v)*(1-h*h)
    return np.einsum('i,j->ij', h, v)+np.einsum('i,j->ij', d, x), np.einsum('ij,i->j', W, d)
""",
        """
def mirror_gradients(W, x, v):
    h = np.tanh(W @ x)[:, None]
    d = (W @ v)[:, None] / np.cosh(W @ x[:, None])**2
    return h @ v[None, :] + d @ x[None, :], (d.T @ W).ravel()
""",
    ],
    "2.9": [
        '{"A": "b", "B": "a", "C": "d", "D": "f", "E": "e", "F": "c"}',
        "dict(A='b',B='a',C='d',D='f',E='e',F='c')",
    ],
    "2.10": [
        """
def repaired_gate(A, B, x, v):
    z = A @ x
    g, h = sigmoid(z), B @ x
    dg, dh = v * h, v * g
    dz = dg * sigmoid.slope(z)
    dA, dB = np.outer(dz, x), np.outer(dh, x)
    dx = A.T @ dz + B.T @ dh
    return dA, dB, dx
""",
        """
def repaired_gate(A, B, x, v):
    g = 1 / (1 + np.exp(-(A @ x)))
    dh = v * g
    dz = dh * (1 - g) * (B @ x)
    both = np.concatenate([dz, dh])
    dM = both[:, None] * x
    return dM[: len(v)], dM[len(v) :], both @ np.concatenate([A, B])
""",
        """
def repaired_gate(A, B, x, v):
    dA, dB, dx = np.zeros(A.shape), np.zeros(B.shape), np.zeros(len(x))
    for j in range(len(v)):
        g, h = sigmoid(A[j] @ x), B[j] @ x
        for i in range(len(x)):
            dA[j, i] = v[j] * h * g * (1 - g) * x[i]
            dB[j, i] = v[j] * g * x[i]
            dx[i] += v[j] * (h * g * (1 - g) * A[j, i] + g * B[j, i])
    return [dA, dB, list(dx)]
""",
        """
def repaired_gate(A, B, x, v):
    g, h = sigmoid(A @ x), B @ x
    dg, dh = v * h, v * g
    dz = dg * g * (1 - g)
    dA, dB = np.outer(dz, x), np.outer(dh, x)
    dx = A.T @ dz
    dx = dx + B.T @ dh
    return dA, dB, dx
""",
        """
def repaired_gate(A, B, x, v):
    z = A @ x
    g, h = 1/(1+np.exp(-z)), B @ x
    dz = v*h*sigmoid.slope(z)
    dh = v*g
    return [dz[:,None]*x, dh[:,None]*x, dz @ A + dh @ B]
""",
        """
def repaired_gate(A, B, x, v):
    m, n = A.shape
    dA, dB, dx = np.zeros((m,n)), np.zeros((m,n)), np.zeros(n)
    for i in range(m):
        z = sum(A[i]*x); g = 1/(1+np.exp(-z)); h = sum(B[i]*x)
        for j in range(n):
            dA[i,j] = v[i]*h*g*(1-g)*x[j]
            dB[i,j] = v[i]*g*x[j]
            dx[j] += v[i]*h*g*(1-g)*A[i,j] + v[i]*g*B[i,j]
    return dA, dB, dx
""",
        """
def repaired_gate(A, B, x, v):
    z = np.einsum('ij,j', A, x); h = np.einsum('ij,j', B, x)
    g = 0.5*(1+np.tanh(z/2))
    e = v*h*np.exp(-z)/(1+np.exp(-z))**2
    return np.einsum('i,j', e, x), np.einsum('i,j', v*g, x), np.einsum('ij,i', A, e)+np.einsum('ij,i', B, v*g)
""",
    ],
    "2.11": [
        "1 / (1 + sp.exp(-k * z))",
        "sp.exp(k * z) / (1 + sp.exp(k * z))",
        "sp.diff(sp.log(1 + sp.exp(k * z)) / k, z)",
        "1 - sp.exp(-k * s)",
        "(1 + sp.tanh(k * z / 2)) / 2",
        "sp.exp(k * (z - s))",
        "1-sp.exp(-k*s)",
        "sp.exp(k*z)/sp.exp(k*s)",
        "(1+sp.tanh(k*z/2))*0.5",
        "sp.diff(sp.log(1+sp.exp(k*z))/k,z)",
        "sp.Derivative(sp.log(1+sp.exp(k*z))/k,z)",
    ],
    "2.12": [
        "(y_hat - y) * (a + w * a * (1 - a) * x)",
        "(w * a - y) * a + (w * a - y) * y_hat * (1 - a) * x",
        "sp.diff((w / (1 + sp.exp(-(w * x + b))) - y) ** 2 / 2, w)",
        "sp.expand((y - y_hat) * a * (-1 - w * x + w * a * x))",
        "(y_hat - y) * (a + (z - b) * sp.exp(-z) / (1 + sp.exp(-z)) ** 2)",
        "(w*a-y)*(1/(1+sp.exp(-z))+w*x*sp.exp(-z)/(1+sp.exp(-z))**2)",
        "sp.diff((w/(1+sp.exp(-w*x-b))-y)**2/2,w)",
        "(y_hat-y)*a*(1.0+(z-b)*(1-a))",
        "(y_hat-y)*(y_hat/w+y_hat*(1-y_hat/w)*x)",
    ],
}

WRONG = {
    "2.1": [
        ("place", '"a"'),
        ("inner-slope", '"b"'),
        ("M12", '"d"'),
        ("M12", '"e"'),
        ("type", "12"),
        ("type", '"f"'),
    ],
    "2.2": [
        ("M4", '{"exp": "f", "root": "b", "reciprocal": "c", "tanh": "d", "softplus": "e", "square": "f"}'),
        ("M4", '{"exp": "a", "root": "b", "reciprocal": "c", "tanh": "d", "softplus": "f", "square": "f"}'),
        ("M4", '{"exp": "a", "root": "b", "reciprocal": "c", "tanh": "d", "softplus": "e", "square": "b"}'),
        ("M4", '{"exp": "a", "root": "c", "reciprocal": "b", "tanh": "d", "softplus": "e", "square": "f"}'),
        ("M4", '{"exp": "a", "root": "b", "reciprocal": "c", "tanh": "e", "softplus": "d", "square": "f"}'),
        ("M4", '{"exp": "f", "root": "f", "reciprocal": "f", "tanh": "f", "softplus": "f", "square": "f"}'),
        ("type", '["a", "b", "c", "d", "e", "f"]'),
        ("missing", '{"exp": "a", "root": "b", "reciprocal": "c", "tanh": "d", "softplus": "e"}'),
    ],
    "2.3": [("backward-always", '"a"'), ("result", '"c"'), ("squares", '"d"'), ("type", '"knob"'), ("type", "1")],
    "2.4": [
        ("some-entries", "[-0.2865048, -0.1146019/0.4*1.5, 0.1]"),
        ("some-entries", "[-np.exp(-1.25), -np.exp(-1.25)*0.4, -np.exp(-1.25)*0.4*1.5*0.4]"),
        ("some-entries", "np.cumprod([-np.exp(-1.25),0.4,2])"),
        ("some-entries", "np.cumprod([-np.exp(-1.25),-0.4,1.5])"),
        ("slope", "np.cumprod([-np.exp(-1.25),2.5,1.5])"),
        ("some-entries", "[-np.exp(-1.25),0.4,1.5*0.4]"),
        ("some-entries", "np.cumprod([np.exp(-1.25),0.4,1.5])*[1,-1,-1]"),
        ("values", "np.cumprod([-np.exp(1.25),0.4,1.5])"),
        ("slope", "np.cumprod([-1.25*np.exp(-1.25),0.4,1.5])"),
        ("some-entries", "np.cumprod([-np.exp(-1.25),0.4,0.75**2])"),
        ("some-entries", "np.cumprod([-np.exp(-1.25),0.5,1.5])"),
        ("slope", "np.cumprod([-np.exp(-1.25),1.25,1.5])"),
        ("some-entries", "[-np.exp(-1.25),-np.exp(-1.25)*.4*1.5,-np.exp(-1.25)*.4*1.5]"),
        ("sign", "[0.2865048, 0.1146019, 0.1719029]"),
        ("from-input", "np.cumprod([1.5, 0.4, -np.exp(-1.25)])"),
        ("local", "[-np.exp(-1.25), 0.4, 1.5]"),
        ("swapped", "[-0.1719029, -0.1146019, -0.2865048]"),
        ("M12", "np.cumsum([-np.exp(-1.25), 0.4, 1.5])"),
        ("slope", "np.cumprod([-np.exp(-1.25), 0.8, 1.5])"),
        ("slope", "np.cumprod([-np.exp(-1.25), 0.625, 1.5])"),
        ("M4", "np.cumprod([-np.exp(-1.25), 0.32, 1.5])"),
        ("M4", "np.cumprod([-np.exp(-1.25), 0.5 / np.sqrt(1.25), 1.5])"),
        ("M4", "np.cumprod([-np.exp(-np.exp(-1.25)), 0.4, 1.5])"),
        ("place", "np.cumprod([-np.exp(-0.75), 0.5 / np.sqrt(0.75), 1.5])"),
        ("place", "np.cumprod([-np.exp(-1.5625), 0.4, 1.5])"),
        ("place", "np.cumprod([-np.exp(-1.25), 0.4, 3.125])"),
        ("slope", "np.cumprod([-np.exp(-1.25), 0.4, 2.5])"),
        ("slope", "np.cumprod([-np.exp(-1.25), 0.4, 0.75])"),
        ("slope", "np.cumprod([-1, 0.4, 1.5])"),
        ("slope", "np.cumprod([-1.25 * np.exp(-2.25), 0.4, 1.5])"),
        ("off-by-one", "[1, -np.exp(-1.25), -np.exp(-1.25) * 0.4]"),
        ("values", "[np.exp(-1.25), 1.25, 1.5625]"),
        ("M6", "1 / np.cumprod([-np.exp(-1.25), 0.4, 1.5])"),
        ("link-forgotten", "-np.exp(-1.25) * np.array([1, 0.4, 1.5])"),
        ("factor-2", "2 * np.cumprod([-np.exp(-1.25), 0.4, 1.5])"),
        ("digits", "[-0.287, -0.115, -0.172]"),
        ("rounded", "[-0.2866, -0.1146, -0.1720]"),
        ("some-entries", "[-0.2865048, -0.1146019, 0.3]"),
        ("shape", "-0.1719029"),
        ("values", "[1.5625,1.25,np.exp(-1.25)]"),
        ("slope", "[-np.exp(-1.25),-np.exp(-1.25)*1.25,-np.exp(-1.25)*1.25*1.5]"),
    ],
    "2.5": [
        ("M1", "[2.88,1.8,-0.8950948]"),
        ("M1", "[2.88,-0.7459,-0.895]"),
        ("sign", "[2.88, 1.0540877, 0.8950948]"),
        ("sign", "[2.88, 2.5459123, -0.8950948]"),
        ("slope", "[2.88,1.0540877,-0.7459123]"),
        ("some-entries", "[0.8*1.5**2*1.2, 1.0540877, -0.8950948]"),
        ("slope", "[2.88, 0.8*1.5-0.5*np.exp(.4), -0.8950948]"),
        ("some-entries", "[2.88,1.0540877,-0.6]"),
        ("some-entries", "[2.88,2.25+np.exp(.4),-.895]"),
        ("M1", "[3.6,2.25,0]"),
        ("some-entries", "[2.88*-.5,1.8,-0.8950948]"),
        ("M12", "[2.88,0.8*2.25*-0.5*np.exp(.4),-0.8950948]"),
        ("shape", "np.array([[3.6,2.25,0],[0,np.exp(.4),1.2*np.exp(.4)]])"),
        ("some-entries", "[2.88, 1.0540877, -0.5*np.exp(.4)*1.2*.4]"),
        ("M1", "0.8 * np.array([3.6, 2.25, 0])"),
        ("M1", "-0.5 * np.exp(0.4) * np.array([0, 1, 1.2])"),
        ("M1", "[2.88, -0.5 * np.exp(0.4), -0.6 * np.exp(0.4)]"),
        ("M1", "np.array([2.88, 1.0540877, -0.8950948]) / 2"),
        ("upstream", "[3.6, 2.25 + np.exp(0.4), 1.2 * np.exp(0.4)]"),
        ("upstream", "0.3 * np.array([3.6, 2.25 + np.exp(0.4), 1.2 * np.exp(0.4)])"),
        ("swapped", "-0.5 * np.array([3.6, 2.25, 0]) + 0.8 * np.exp(0.4) * np.array([0, 1, 1.2])"),
        ("sign", "[2.88, 1.8 + 0.5 * np.exp(0.4), 0.6 * np.exp(0.4)]"),
        ("M6", "np.linalg.pinv(np.array([[3.6, 2.25, 0], [0, np.exp(0.4), 1.2 * np.exp(0.4)]])) @ [0.8, -0.5]"),
        ("own-factor", "np.array([2.88, 1.0540877, -0.8950948]) * [1.5, 1.2, 0.4]"),
        ("slope", "[1.44, 1.0540877, -0.8950948]"),
        ("slope", "[2.4, 1.0540877, -0.8950948]"),
        ("slope", "[0.8 * 4.2, 1.0540877, -0.8950948]"),
        ("slope", "[2.88, 0.8 * 3 - 0.5 * np.exp(0.4), -0.8950948]"),
        ("slope", "[2.88, 1.0540877, -0.5 * np.exp(0.4)]"),
        ("slope", "[2.88, 1.0540877, -0.5 * 1.2 * 0.4 * np.exp(-0.6)]"),
        ("slope", "[2.88, 1.8 - 0.6 * np.exp(0.4), -0.8950948]"),
        ("slope", "[2.88, 1.3, -0.8950948]"),
        ("sign", "[-2.88, -1.0540877, 0.8950948]"),
        ("digits", "[2.9, 1.05, -0.895]"),
        ("shape", "[0.8, -0.5]"),
        ("M1", "[2.88,1.8,-.6*np.exp(.4)]"),
        ("M12", "[2.88,1.8*-.5*np.exp(.4),-.6*np.exp(.4)]"),
        ("order", "[-.6*np.exp(.4),1.8-.5*np.exp(.4),2.88]"),
        ("upstream", "[2.88,(.8-.5)*(2.25+np.exp(.4)),-.6*np.exp(.4)]"),
        ("M12", "[.8+3.6,.8+2.25-.5+np.exp(.4),-.5+1.2*np.exp(.4)]"),
        ("M4", "[2.88,1.8-.5*np.exp(.4),-.5*1.2*np.exp(1.2*np.exp(.4))]"),
        ("place", "[2.88,1.8-.5*np.exp(.4),-.6*np.exp(1.2)]"),
        ("M1", "[2.88,(1.8-.5*np.exp(.4))/2,-.6*np.exp(.4)]"),
        ("slope", "[.8*2*1.2,1.8-.5*np.exp(.4),-.6*np.exp(.4)]"),
        ("sign", "[2.88,1.8+.5*np.exp(.4),-.6*np.exp(.4)]"),
        ("sign", "[2.88,1.8-.5*np.exp(.4),.6*np.exp(.4)]"),
    ],
    "2.6": [
        ("local", "gradients[k + 1] * slopes", "gradients[-1] * slopes"),
        ("off-by-one", "gradients[k + 1] * slopes[k]", "gradients[k + 1] * slopes[k - 1]"),
        ("order", "reversed(range(len(slopes)))", "range(len(slopes))"),
        ("order", "reversed(range(len(slopes)))", "reversed(range(1, len(slopes)))"),
        ("order", "reversed(range(len(slopes)))", "reversed(range(len(slopes) - 1))"),
        ("place", "slopes[k](values[k])", "slopes[k](values[k - 1])"),
        ("values", "gradients[k + 1] * slopes[k](values[k])", "gradients[k + 1] * slopes[k](values[k]) * values[k]"),
        ("M4", "slopes[k](values[k])", "slopes[k](functions[k](values[k]))"),
        ("values", "slopes[k](values[k])", "(slopes[k](values[k]) - 0)*functions[k](values[k])"),
        ("value", "return values[-1], gradients", "return values[0], gradients"),
        ("M4", "gradients[k + 1] * slopes[k](values[k])", "slopes[k](gradients[k + 1])"),
        ("start", "gradients[-1] = 1.0", "gradients[-1] = x"),
        (
            "nudged",
            "gradients[k + 1] * slopes[k](values[k])",
            "(functions[k](values[k] + 1e-2) - functions[k](values[k])) / 1e-2 * gradients[k + 1]",
        ),
        ("sign", "gradients[k + 1] * slopes[k](values[k])", "abs(gradients[k + 1] * slopes[k](values[k]))"),
        ("M4", "slopes[k](values[k])", "slopes[k](values[k + 1])"),
        ("place", "slopes[k](values[k])", "slopes[k](x)"),
        ("place", "slopes[k](values[k])", "slopes[k](values[-1])"),
        ("place", "slopes[k](values[k])", "slopes[k](values[len(slopes) - 1 - k])"),
        ("order", "slopes[k](values[k])", "slopes[len(slopes) - 1 - k](values[k])"),
        ("order", "slopes[k](values[k])", "slopes[-1 - k](values[len(slopes) - 1 - k])"),
        (
            "from-input",
            "    gradients[-1] = 1.0\n    for k in reversed(range(len(slopes))):\n"
            "        gradients[k] = gradients[k + 1] * slopes[k](values[k])",
            "    gradients[0] = 1.0\n    for k in range(len(slopes)):\n"
            "        gradients[k + 1] = gradients[k] * slopes[k](values[k])",
        ),
        ("swapped", "return values[-1], gradients", "return values[-1], gradients[::-1]"),
        ("M12", "gradients[k + 1] * slopes", "gradients[k + 1] + slopes"),
        ("local", "gradients[k + 1] * slopes", "slopes"),
        ("start", "gradients[-1] = 1.0", "gradients[-1] = values[-1]"),
        ("start", "gradients[-1] = 1.0", "pass"),
        ("slope", "slopes[k](values[k])", "functions[k](values[k])"),
        ("values", "return values[-1], gradients", "return values[-1], values"),
        ("M6", "* slopes", "/ slopes"),
        ("off-by-one", "return values[-1], gradients", "return values[-1], np.append(gradients[1:], 1)"),
        ("squared", "slopes[k](values[k])", "slopes[k](values[k]) ** 2"),
        ("shape", "return values[-1], gradients", "return values[-1], gradients[0]"),
        ("shape", "return values[-1], gradients", "return values[-1], gradients[:-1]"),
        ("type", "return values[-1], gradients", "return gradients"),
        ("order", "for function in functions:", "for function in functions[::-1]:"),
        ("nothing-returned", "return values[-1], gradients", "gradients[0]"),
        ("changed-inputs", "    values = [x]", "    values = [x]\n    slopes.reverse()"),
        ("crashed", "slopes[k](values[k])", "slopes[k](values[k + 9])"),
        ("rounded", "return values[-1], gradients", "return values[-1], gradients.round(4)"),
        ("sign", "return values[-1], gradients", "return values[-1], -gradients"),
    ],
    "2.7": [
        ("slope", "1 - np.exp(-r)", "1 / (1 + np.exp(r))"),
        ("M4", "1 - np.exp(-r)", "np.exp(r)/(1+np.exp(r))**2"),
        ("slope", "1 - np.exp(-r)", "np.log(1 + np.exp(r))"),
        ("slope", "-(r**2)", "-1 / r"),
        ("M4", "-(r**2)", "1 / r**2"),
        ("slope", "-(r**2)", "np.log(r)"),
        ("M4", "1 / (2 * r)", "1 / (2 * r**2)"),
        ("M4", "1 / (2 * r)", "0.5 * r**-0.5"),
        ("sign", "1 / (2 * r)", "-1 / (2 * r)"),
        ("slope", '"tanh": lambda r: 1 - r**2', '"tanh": lambda r: (1 - r)**2'),
        ("sign", '"tanh": lambda r: 1 - r**2', '"tanh": lambda r: r**2 - 1'),
        ("M4", '"tanh": lambda r: 1 - r**2', '"tanh": lambda r: sigmoid.slope(r)'),
        ("M4", '"tanh": lambda r: 1 - r**2', '"tanh": lambda r: 1 / np.cosh(r)**2'),
        ("slope", '"exp": lambda r: r', '"exp": lambda r: r * np.log(r)'),
        ("slope", '"exp": lambda r: r', '"exp": lambda r: 1 / r'),
        ("slope", '"exp": lambda r: r', '"exp": lambda r: np.exp(-r)'),
        ("upstream", "gradient = v\n", "gradient = v * outputs[-1]\n"),
        ("upstream", "gradient = v\n", "gradient = outputs[-1]\n"),
        ("upstream", "gradient = v\n", "gradient = v.mean()\n"),
        ("mean", "return gradient", "return gradient / len(names)"),
        ("shape", "return gradient", "return gradient.mean(axis=0)"),
        ("zeros", "    gradient = v\n", "    gradient = np.zeros_like(v)\n"),
        ("upstream", "return gradient", "return gradient * v"),
        ("M4", '"exp": lambda r: r', '"exp": np.exp'),
        ("M4", "1 / (2 * r)", "1 / (2 * np.sqrt(r))"),
        ("M4", "-(r**2)", "-1 / r**2"),
        ("M4", '"tanh": lambda r: 1 - r**2', '"tanh": lambda r: 1 - np.tanh(r) ** 2'),
        ("M4", "1 - np.exp(-r)", "sigmoid(r)"),
        ("M4", "1 - np.exp(-r)", "np.exp(r) / (1 + np.exp(r))"),
        ("slope", "1 - np.exp(-r)", "np.exp(-r)"),
        ("slope", "1 - np.exp(-r)", "1 - np.exp(r)"),
        ("slope", "1 - np.exp(-r)", "r * (1 - r)"),
        ("slope", "1 / (2 * r)", "1 / r"),
        ("slope", "1 / (2 * r)", "r / 2"),
        ("slope", "1 / (2 * r)", "2 * r"),
        ("sign", "-(r**2)", "r**2"),
        ("slope", "-(r**2)", "-r"),
        ("slope", '"tanh": lambda r: 1 - r**2', '"tanh": lambda r: 1 - r'),
        ("slope", '"tanh": lambda r: 1 - r**2', '"tanh": lambda r: r * (1 - r)'),
        ("slope", '"exp": lambda r: r', '"exp": np.ones_like'),
        ("upstream", "gradient = v\n", "gradient = 1\n"),
        ("upstream", "gradient * slope_of", "slope_of"),
        ("upstream", "gradient = v\n", "gradient = v.sum()\n"),
        ("M12", "gradient * slope_of", "gradient + slope_of"),
        ("M6", "gradient * slope_of", "gradient / slope_of"),
        ("order", "reversed(names), reversed(outputs)", "names, reversed(outputs)"),
        ("off-by-one", "reversed(names), reversed(outputs)", "names, [outputs[0], *outputs]"),
        ("off-by-one", "reversed(names), reversed(outputs)", "names[1:], outputs[1:]"),
        ("off-by-one", "reversed(names), reversed(outputs)", "names[:-1], outputs[:-1]"),
        ("off-by-one", "reversed(names), reversed(outputs)", "names[-1:], outputs[-1:]"),
        ("place", "slope_of[name](r)", "slope_of[name](outputs[-1])"),
        (
            "slope",
            "slope_of[name](r)",
            "{'exp': np.exp, 'sqrt': np.sqrt, 'reciprocal': np.reciprocal, 'tanh': np.tanh,"
            " 'softplus': lambda r: np.log(1 + np.exp(r))}[name](r)",
        ),
        ("changed-inputs", "gradient = gradient * slope_of[name](r)", "gradient *= slope_of[name](r)"),
        ("shape", "return gradient", "return gradient.sum()"),
        ("nothing-returned", "return gradient", "gradient"),
        ("crashed", '"sqrt": lambda', '"root": lambda'),
        ("rounded", "return gradient", "return np.round(gradient, 4)"),
        (
            "upstream",
            """
def gradient_from_outputs(names, outputs, v):
    g = v
    for name, r in zip(names[::-1], outputs[::-1]):
        if name == 'exp': s = r
        elif name == 'sqrt': s = 1/(2*r)
        elif name == 'reciprocal': s = -r**2
        elif name == 'tanh': s = 1-r**2
        elif name == 'softplus': s = 1-np.exp(-r)
        g = v*s
    return g
""",
        ),
        (
            "slope",
            """
def gradient_from_outputs(names, outputs, v):
    g = v
    for name, r in zip(names[::-1], outputs[::-1]):
        if name == 'exp': s = r*np.exp(r)
        elif name == 'sqrt': s = 1/(2*r)
        elif name == 'reciprocal': s = -r**2
        elif name == 'tanh': s = 1-r**2
        elif name == 'softplus': s = 1-np.exp(-r)
        g = g*s
    return g
""",
        ),
    ],
    "2.8": [
        ("incoming", "np.outer(h, v)", "np.outer(h, x)"),
        ("incoming", "np.outer(delta, x)", "np.outer(delta, v)"),
        ("incoming", "np.outer(delta, x)", "np.outer(h, x)"),
        ("upstream", "(W @ v)", "(W @ x)"),
        ("upstream", "(W @ v)", "h"),
        ("M1", "dW = dW + np.outer(delta, x)", "dW = 2 * np.outer(delta, x)"),
        ("M1", "dW = dW + np.outer(delta, x)", "dW = 2 * dW"),
        ("weights-forgotten", "W.T @ delta", "delta @ np.ones_like(W)"),
        ("slope", "W.T @ delta", "W.T @ (h * delta)"),
        ("M5", "(1 - h**2)", "(1 - np.tanh(h)**2) * 1"),
        ("M5", "(1 - h**2)", "sigmoid.slope(W @ x)"),
        ("values", "W.T @ delta", "W.T @ h"),
        ("slope", "W.T @ delta", "W.T @ delta * (1 - x**2)"),
        ("slope", "np.outer(h, v)", "np.outer(h * (1 - h**2), v)"),
        ("slope", "np.tanh(W @ x)", "sigmoid(W @ x)"),
        ("incoming", "np.outer(h, v)", "np.outer(np.ones_like(h), v)"),
        ("M1", "return dW, W.T @ delta", "dW = np.outer(h, v)\n    return dW, W.T @ delta"),
        ("update-first", "W.T @ delta", "(W - dW).T @ delta"),
        ("factor-2", "W.T @ delta", "2 * W.T @ delta"),
        ("slope", "(1 - h**2)", "(1 - h)**2"),
        ("slope", "(1 - h**2)", "(h**2 - 1)"),
        ("M1", "dW = dW + np.outer(delta, x)", "dW = np.outer(delta, x)"),
        ("M1", "dW = dW + np.outer(delta, x)", "pass"),
        ("M1", "dW = dW + np.outer(delta, x)", "dW = (dW + np.outer(delta, x)) / 2"),
        ("M12", "dW = dW + np.outer(delta, x)", "dW = dW * np.outer(delta, x)"),
        ("M1", "dW + np.outer", "dW - np.outer"),
        ("M7", " * (1 - h**2)", ""),
        ("M5", "(1 - h**2)", "(1 - np.tanh(h) ** 2)"),
        ("M5", "(1 - h**2)", "(1 - (W @ x) ** 2)"),
        ("slope", "(1 - h**2)", "h * (1 - h)"),
        ("slope", "(1 - h**2)", "(1 - h)"),
        ("slope", "(1 - h**2)", "(1 + h**2)"),
        ("incoming", "np.outer(h, v)", "np.outer(W @ x, v)"),
        ("M8", "np.outer(h, v)", "np.outer(v, h)"),
        ("M8", "np.outer(delta, x)", "np.outer(x, delta)"),
        ("M8", "(W @ v)", "(W.T @ v)"),
        ("M8", "W.T @ delta", "W @ delta"),
        ("M6", "(W @ v)", "(np.linalg.pinv(W).T @ v)"),
        ("M6", "W.T @ delta", "np.linalg.pinv(W) @ delta"),
        ("upstream", "    h = np", "    v = np.ones(len(v))\n    h = np"),
        ("weights-forgotten", "(W @ v)", "v.sum()"),
        ("weights-forgotten", "W.T @ delta", "np.full(len(x), delta.sum())"),
        ("M7", "W.T @ delta", "W.T @ (W @ v)"),
        ("straight", "W.T @ delta", "W.T @ delta + v"),
        ("straight", "W.T @ delta", "v"),
        ("M1", "dW = dW + np.outer(delta, x)", "dW = np.outer(W @ v, x)"),
        ("changed-inputs", "    h = np", "    v *= 1.5\n    h = np"),
        ("type", "return dW, W.T @ delta", "return dW"),
        ("shape", "return dW, W.T @ delta", "return W.T @ delta, dW"),
        ("nothing-returned", "return dW, W.T @ delta", "dW, W.T @ delta"),
        ("sign", "return dW, W.T @ delta", "return -dW, -W.T @ delta"),
        ("rounded", "return dW,", "return dW.round(4),"),
        (
            "M1",
            """
def mirror_gradients(W, x, v):
    h = np.tanh(W @ x)
    dh = W @ v
    dz = dh * (1 - h**2)
    dW = np.outer(h, v) + np.outer(dz, x)
    dx = W.T @ dz + W.T @ dh
    return dW, dx
""",
        ),
        (
            "slope",
            """
def mirror_gradients(W, x, v):
    h = np.tanh(W @ x)
    dh = W @ v
    dz = dh * (1 - h**2)
    dW = np.outer(h, v) + np.outer(dz, x)
    dx = W.T @ (dz * (1 - h**2))
    return dW, dx
""",
        ),
    ],
    "2.9": [
        ("no-bug", '{"A": "a", "B": "a", "C": "d", "D": "f", "E": "e", "F": "c"}'),
        ("M4", '{"A": "b", "B": "b", "C": "d", "D": "f", "E": "e", "F": "c"}'),
        ("no-bug", '{"A": "b", "B": "a", "C": "a", "D": "f", "E": "e", "F": "c"}'),
        ("no-bug", '{"A": "b", "B": "a", "C": "d", "D": "a", "E": "e", "F": "c"}'),
        ("no-bug", '{"A": "b", "B": "a", "C": "d", "D": "f", "E": "a", "F": "c"}'),
        ("M4", '{"A": "b", "B": "a", "C": "d", "D": "f", "E": "e", "F": "b"}'),
        ("own-factor", '{"A": "b", "B": "a", "C": "e", "D": "f", "E": "e", "F": "c"}'),
        ("M8", '{"A": "b", "B": "a", "C": "f", "D": "f", "E": "e", "F": "c"}'),
        ("M1", '{"A": "b", "B": "a", "C": "d", "D": "f", "E": "d", "F": "c"}'),
        ("upstream", '{"A": "b", "B": "c", "C": "d", "D": "f", "E": "e", "F": "c"}'),
        ("type", '{"a": "b"}'),
    ],
    "2.10": [
        ("swapped", "np.outer(dz, x), np.outer(dh, x)", "np.outer(dh, x), np.outer(dz, x)"),
        ("swapped", "A.T @ dz + B.T @ dh", "A.T @ dh + B.T @ dz"),
        ("M1", "A.T @ dz + B.T @ dh", "(A + B).T @ (dz + dh)"),
        ("M1", "A.T @ dz + B.T @ dh", "A.T @ dz - B.T @ dh"),
        ("M7", "np.outer(dz, x), np.outer(dh, x)", "np.outer(dg, x), np.outer(dh, x)"),
        ("M7", "A.T @ dz", "A.T @ dg"),
        ("M5", "dg * sigmoid.slope(z)", "dg * sigmoid.slope(h)"),
        ("upstream", "dg * sigmoid.slope(z)", "sigmoid.slope(z)"),
        ("slope", "sigmoid.slope(z)", "sigmoid(z)"),
        ("M5", "sigmoid.slope(z)", "sigmoid.slope(dg)"),
        ("M12", "v * h, v * g", "v + h, v + g"),
        ("slope", "v * h, v * g", "v * h, v * sigmoid.slope(z)"),
        ("slope", "sigmoid.slope(z)", "(1 - g)**2"),
        ("sign", "sigmoid.slope(z)", "(g - 1) * g"),
        ("sign", "v * h, v * g", "v * h, -v * g"),
        ("shape", "return dA, dB, dx", "return dA, dB, v"),
        ("M6", "v * h, v * g", "v / g, v / h"),
        ("M12", "v * h, v * g", "v * h * g, v * h * g"),
        ("own-factor", "v * h, v * g", "v * g, v * h"),
        ("M5", "sigmoid.slope(z)", "sigmoid.slope(g)"),
        ("M5", "sigmoid.slope(z)", "z * (1 - z)"),
        ("M1", "A.T @ dz + B.T @ dh", "B.T @ dh"),
        ("M1", "A.T @ dz + B.T @ dh", "A.T @ dz"),
        ("M1", "A.T @ dz + B.T @ dh", "(A.T @ dz + B.T @ dh) / 2"),
        ("M12", "A.T @ dz + B.T @ dh", "(A.T @ dz) * (B.T @ dh)"),
        ("M7", " * sigmoid.slope(z)", ""),
        ("slope", "sigmoid.slope(z)", "g"),
        ("slope", "sigmoid.slope(z)", "(1 - g)"),
        ("slope", "sigmoid.slope(z)", "(1 - g**2)"),
        ("M12", "v * h, v * g", "v, v"),
        ("M12", "v * h, v * g", "v * h, v"),
        ("M12", "v * h, v * g", "v, v * g"),
        ("own-factor", "v * h, v * g", "v * h, v * h"),
        ("own-factor", "v * h, v * g", "v * g, v * g"),
        ("upstream", "v * h, v * g", "h, g"),
        ("M8", "A.T @ dz + B.T @ dh", "A @ dz + B @ dh"),
        ("M8", "np.outer(dz, x), np.outer(dh, x)", "np.outer(x, dz), np.outer(x, dh)"),
        ("M6", "A.T @ dz + B.T @ dh", "np.linalg.pinv(A) @ dz + np.linalg.pinv(B) @ dh"),
        ("weights-forgotten", "A.T @ dz + B.T @ dh", "np.full(len(x), dz.sum() + dh.sum())"),
        ("own-factor", "sigmoid.slope(z)\n", "sigmoid.slope(z)\n    dz, dh = v * g * sigmoid.slope(z), v * h\n"),
        (
            "two-left",
            "    dg, dh = v * h, v * g\n    dz = dg * sigmoid.slope(z)",
            "    dg, dh = v * g, v * h\n    dz = dg * sigmoid.slope(g)",
        ),
        ("type", "return dA, dB, dx", "return dA, dB"),
        ("shape", "return dA, dB, dx", "return dx, dA, dB"),
        ("nothing-returned", "return dA, dB, dx", "dA, dB, dx"),
        ("changed-inputs", "    dg, dh = v * h, v * g", "    v *= 2\n    dg, dh = v * h / 2, v * g / 2"),
        ("sign", "return dA, dB, dx", "return -dA, -dB, -dx"),
        ("crashed", "A.T @ dz", "A.T @ dz[0]"),
        (
            "M8",
            """
def repaired_gate(A, B, x, v):
    g, h = sigmoid(A @ x), B @ x
    dg, dh = v * h, v * g
    dz = dg * g * (1 - g)
    dA, dB = np.outer(dz, x), np.outer(dh, x)
    dx = A @ dz
    dx = dx + B.T @ dh
    return dA, dB, dx
""",
        ),
        (
            "slope",
            """
def repaired_gate(A, B, x, v):
    g, h = sigmoid(A @ x), B @ x
    dg, dh = v * h, v * g
    dz = dg * g * (1 - g)
    dA, dB = np.outer(dz, x), np.outer(dh, x)
    dx = A.T @ dz
    dx = dx + B.T @ (dh * g * (1 - g))
    return dA, dB, dx
""",
        ),
    ],
    "2.11": [
        ("own-factor", "k*z/(1+sp.exp(-k*z))"),
        ("place", "sp.exp(k*z)/(1+sp.exp(z))"),
        ("M12", "1/(1+sp.exp(k*z)) + sp.exp(k*z)"),
        ("not-done", "sp.log(1+sp.exp(k*z))"),
        ("place", "sp.exp(z)/(1+sp.exp(z))"),
        ("outer-factor", "k**2*sp.exp(k*z)/(1+sp.exp(k*z))"),
        ("outer-factor", "1/(1+k*sp.exp(-k*z))"),
        ("outer-factor", "sp.exp(k*z)/(k+sp.exp(k*z))"),
        ("slope", "sp.tanh(k*z)"),
        ("links-missing", "1 - 1/(1+sp.exp(-k*z))"),
        ("M12", "k*sp.exp(k*z)*sp.log(1+sp.exp(k*z))"),
        ("slope", "sp.exp(k*s)"),
        ("slope", "1-sp.exp(-k*z)"),
        ("links-missing", "sp.exp(-k*z)/(1+sp.exp(-k*z))"),
        ("own-factor", "z/(1+sp.exp(-k*z))"),
        ("own-factor", "z*sp.exp(k*z)/(1+sp.exp(k*z))"),
        ("slope", "1+sp.exp(k*z)"),
        ("links-missing", "k/(k+k*sp.exp(k*z))"),
        ("own-factor", "sp.exp(k*z)/k/(1+sp.exp(k*z))*z"),
        ("place", "k*sp.exp(z)/(1+sp.exp(k*z))"),
        ("place", "1/(k*z)"),
        ("other-variable", "-sp.log(1+sp.exp(k*z))/k**2"),
        ("place", "1/(1+sp.exp(-z/k))"),
        ("other-variable", "sp.exp(k*z)/(1+sp.exp(k*z))-1/k**2*sp.log(1+sp.exp(k*z))"),
        ("outer-factor", "k / (1 + sp.exp(-k * z))"),
        ("inner-slope", "1 / (k * (1 + sp.exp(-k * z)))"),
        ("links-missing", "1 / (1 + sp.exp(k * z))"),
        ("links-missing", "1 / (k * (1 + sp.exp(k * z)))"),
        ("place", "1 / (1 + sp.exp(-z))"),
        ("place", "1 / z"),
        ("place", "1"),
        ("slope", "sp.exp(k * z)"),
        ("slope", "k * sp.exp(k * z)"),
        ("slope", "sp.exp(k * z) / (1 + sp.exp(k * z)) ** 2"),
        ("slope", "k * sp.exp(k * z) / (1 + sp.exp(k * z)) ** 2"),
        ("slope", "(1 + sp.exp(k * z)) / sp.exp(k * z)"),
        ("M12", "sp.log(k * sp.exp(k * z)) / k"),
        ("M12", "sp.log(1 + sp.exp(k * z)) * sp.exp(k * z)"),
        ("M12", "1 / (k * (1 + sp.exp(k * z))) + k * sp.exp(k * z)"),
        ("M4", "1 / (1 + sp.exp(-k * s))"),
        ("M4", "1 - sp.exp(-s)"),
        ("other-variable", "sp.diff(sp.log(1 + sp.exp(k * z)) / k, k)"),
        ("not-done", "sp.log(1 + sp.exp(k * z)) / k"),
        ("sign", "-1 / (1 + sp.exp(-k * z))"),
        ("symbols", "a"),
        ("not-done", "sp.Derivative(sp.Function('f')(z), z)"),
        ("type", '"exp"'),
        ("M4", "s*(1-s)"),
        ("slope", "sp.tanh(k*z/2)"),
        ("hard", "sp.Heaviside(z)"),
        ("outer-factor", "1-sp.exp(-k*s)/k"),
    ],
    "2.12": [
        ("slope", "(y_hat-y)*(a+w*x*a)"),
        ("M7", "(y_hat-y)*w*x"),
        ("incoming", "(y_hat-y)*(a+a*(1-a))"),
        ("M12", "(y_hat-y)*w*a*(1-a)*x*a"),
        ("slope", "(y_hat-y)*(a + w*x*sp.exp(-z))"),
        ("M5", "(y_hat-y)*y_hat*(1-y_hat)*x"),
        ("own-factor", "(y_hat-y)*a*w"),
        ("M7", "(y_hat-y)*x"),
        ("M7", "(y_hat-y)*a*x"),
        ("brackets", "y_hat-y*(a+w*a*(1-a)*x)"),
        ("own-factor", "(y_hat-y)*(a+w*a*(1-a)*x)*a"),
        ("miss", "(y_hat-y)**2*(a+w*a*(1-a)*x)"),
        ("own-factor", "(y_hat-y)*(a*w+x*a*(1-a))"),
        ("own-factor", "(y_hat-y)*(1+w*a*(1-a)*x)*a"),
        ("own-factor", "(y_hat-y)*w*(a+w*a*(1-a)*x)"),
        ("incoming", "(y_hat-y)*(a+w*a*(1-a)*x+b)"),
        ("M1", "(y_hat-y)*2*a"),
        ("M1", "(y_hat-y)*2*w*a*(1-a)*x"),
        ("M1", "a"),
        ("M1", "w*a*(1-a)*x"),
        ("target", "(y_hat+y)*(a+w*a*(1-a)*x)"),
        ("M1", "(y_hat-y)*(a-w*a*(1-a)*x)"),
        ("own-factor", "(y_hat-y)*(a+w**2*a*(1-a)*x)"),
        ("incoming", "(y_hat-y)*(a+w*a*(1-a)*x**2)"),
        ("slope", "(y-y_hat)*(a+w*x)"),
        ("slope", "(y_hat-y)*(a+w*(1-a)**2*x)"),
        ("incoming", "(y_hat-y)*a*(1-a)"),
        ("M13", "(a-y)*a*(1-a)"),
        ("M1", "(y_hat - y) * a"),
        ("M1", "(y_hat - y) * w * a * (1 - a) * x"),
        ("M1", "(y_hat - y) * (a + w * a * (1 - a) * x) / 2"),
        ("M12", "(y_hat - y) * a * w * a * (1 - a) * x"),
        ("M12", "(y_hat - y) * a * (1 - a) * x"),
        ("slope", "(y_hat - y) * (a + w * x)"),
        ("slope", "(y_hat - y) * (a + w * (1 - a) * x)"),
        ("slope", "(y_hat - y) * (a + w * (1 - a**2) * x)"),
        ("M5", "(y_hat - y) * (a + w * z * (1 - z) * x)"),
        ("incoming", "(y_hat - y) * (a + w * a * (1 - a))"),
        ("incoming", "(y_hat - y) * (a * x + w * a * (1 - a) * x)"),
        ("weights-forgotten", "(y_hat - y) * (a + a * (1 - a) * x)"),
        ("own-factor", "(y_hat - y) * (w * a + w * a * (1 - a) * x)"),
        ("own-factor", "(y_hat - y) * (w + w * a * (1 - a) * x)"),
        ("miss", "a + w * a * (1 - a) * x"),
        ("M13", "y_hat - y"),
        ("M13", "(a - y) * a * (1 - a) * x"),
        ("M13", "(a - y) * (a + w * a * (1 - a) * x)"),
        ("M13", "(y_hat - y) ** 2 / 2 * (a + w * a * (1 - a) * x)"),
        ("target", "y_hat * (a + w * a * (1 - a) * x)"),
        ("other-variable", "(y_hat - y) * w * a * (1 - a)"),
        ("brackets", "(y_hat - y) * a + w * a * (1 - a) * x"),
        ("sign", "(y - y_hat) * (a + w * a * (1 - a) * x)"),
        ("M1", "(y - y_hat) * a"),
        ("factor-2", "2 * (y_hat - y) * (a + w * a * (1 - a) * x)"),
        ("M9", "w - (y_hat - y) * (a + w * a * (1 - a) * x)"),
        ("symbols", "(y_hat - y) * s"),
        ("type", "[w, a]"),
        ("slope", "(y_hat-y)*a*(1-a)*(a+w*x)"),
        ("brackets", "a+(y_hat-y)*w*a*(1-a)*x"),
    ],
}
