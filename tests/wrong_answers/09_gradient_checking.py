"""What students answer to the exercises of chapter 9: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

RIGHT = {
    "9.1": [
        '{"A": "b", "B": "c", "C": "d", "D": "a", "E": "d"}',
        '{"A": "B", "B": "c ", "C": "D", "D": "a", "E": "d"}',
    ],
    "9.2": [
        "0.028169",
        "0.104 / 3.692",
        "[abs(1.898 - 1.794) / (1.898 + 1.794)]",
        "abs(1.794-1.898)/(1.794+1.898)",
        "np.float64(0.0281690)",
        "[0.0281690141]",
    ],
    "9.3": [
        "2.23085e-5",
        "np.cbrt(3 * 2**-53 * 0.8 / 0.024)",
        "(2.0**-53 * 0.8 * 0.01**2 / (2 * 4e-7)) ** (1 / 3)",
        "np.cbrt(0.8*2.0**-53/0.008)",
        "[(3*2.0**-53*.8/(6*4e-7/1e-4))**(1/3)]",
    ],
    "9.4": [
        """
def relative_error(g, n, floor):
    difference = np.linalg.norm(g - n)
    size = np.linalg.norm(g) + np.linalg.norm(n)
    return difference / max(size, floor)
""",
        """
def relative_error(g, n, floor):
    top, one, two = 0.0, 0.0, 0.0
    for a, b in zip(g.ravel(), n.ravel()):
        top, one, two = top + (a - b) ** 2, one + a**2, two + b**2
    bottom = np.sqrt(one) + np.sqrt(two)
    if bottom < floor:
        bottom = floor
    return float(np.sqrt(top) / bottom)
""",
        """
def relative_error(g, n, floor):
    length = lambda v: np.sqrt(np.einsum("i,i->", v.flatten(), v.flatten()))
    return np.minimum(length(n - g) / (length(g) + length(n)), length(n - g) / floor)
""",
        """
def relative_error(g, n, floor):
    d = s = t = 0.0
    for a, b in zip(np.ravel(g), np.ravel(n)):
        d += (a - b) ** 2
        s += a * a
        t += b * b
    below = s**0.5 + t**0.5
    return d**0.5 / (below if below > floor else floor)
""",
        """
def relative_error(g, n, floor):
    f = lambda v: np.sqrt(np.einsum("i,i->", v.reshape(-1), v.reshape(-1)))
    return np.array([f(g - n) / np.clip(f(g) + f(n), floor, None)])[0]
""",
        """
def relative_error(g, n, floor):
    import math

    length = lambda v: math.sqrt(np.sum(np.square(v)))
    return length(g - n) / max(floor, length(g) + length(n))
""",
        """
def relative_error(g, n, floor):
    difference = np.linalg.norm(g - n)
    return np.divide(difference, np.maximum(np.linalg.norm(g) + np.linalg.norm(n), floor))
""",
    ],
    "9.5": [
        """
def central_gradient(f, x, h):
    moved = np.array(x, dtype=float)
    slopes = np.zeros(moved.shape)
    for index in np.ndindex(moved.shape):
        kept = moved[index]
        moved[index] = kept + h
        up = f(moved)
        moved[index] = kept - h
        down = f(moved)
        moved[index] = kept
        slopes[index] = (up - down) / (2 * h)
    return slopes
""",
        """
def central_gradient(f, x, h):
    x = x.astype(np.float64)
    slopes = []
    for i in range(x.size):
        e = np.zeros(x.size)
        e[i] = h
        e = e.reshape(x.shape)
        slopes.append((f(x + e) - f(x - e)) / h / 2)
    return np.reshape(slopes, x.shape)
""",
        """
def central_gradient(f, x, h):
    x = 1.0 * np.asarray(x)
    g = np.empty_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        i = it.multi_index
        plus, minus = x.copy(), x.copy()
        plus[i] += h
        minus[i] -= h
        g[i] = 0.5 * (f(plus) - f(minus)) / h
        it.iternext()
    return g
""",
        """
def central_gradient(f, x, h):
    flat = np.asarray(x, float).ravel()
    return np.array([
        sum(s * f((flat + s * h * (np.arange(flat.size) == i)).reshape(x.shape)) for s in (1, -1)) / (2 * h)
        for i in range(flat.size)
    ]).reshape(x.shape).tolist()
""",
        """
def central_gradient(f, x, h):
    x = x.astype(float)
    return np.array(
        [(f(x + e.reshape(x.shape)) - f(x - e.reshape(x.shape))) / h / 2 for e in h * np.eye(x.size)]
    ).reshape(x.shape)
""",
        """
def central_gradient(f, x, h):
    y = x.copy().astype(np.float64)
    flat = y.ravel()
    out = []
    for j in range(flat.size):
        old = flat[j]
        flat[j] = old + h
        a = f(y)
        flat[j] = old - h
        b = f(y)
        flat[j] = old
        out.append(0.5 * (a - b) / h)
    return np.reshape(out, x.shape)
""",
        """
def central_gradient(f, x, h):
    def rec(a, pre):
        if a.ndim == 0:
            e = np.zeros(x.shape)
            e[pre] = h
            return float(f(x + e) - f(x - e)) / (2 * h)
        return [rec(a[i], pre + (i,)) for i in range(len(a))]

    return rec(np.asarray(x), ())
""",
        """
def central_gradient(f, x, h):
    g = np.empty_like(x, dtype=float)
    it = np.nditer(x, flags=["multi_index"])
    for _ in it:
        e = np.zeros(x.shape)
        e[it.multi_index] = 1.0
        g[it.multi_index] = (f(x + h * e) - f(x - h * e)) / (2 * h)
    return g
""",
    ],
    "9.6": [
        """
def check_all(loss, parameters, claims, h):
    slopes, errors = {}, {}
    for name in parameters:
        slopes[name] = central_gradient(lambda moved: loss({**parameters, name: moved}), parameters[name], h)
        difference = np.linalg.norm(claims[name] - slopes[name])
        errors[name] = difference / (np.linalg.norm(claims[name]) + np.linalg.norm(slopes[name]))
    return slopes, errors
""",
        """
def check_all(loss, parameters, claims, h):
    moved = {name: array.copy() for name, array in parameters.items()}
    slopes = {name: np.zeros_like(array) for name, array in parameters.items()}
    errors = {}
    for name, array in moved.items():
        for index, kept in np.ndenumerate(parameters[name]):
            array[index] = kept + h
            up = loss(moved)
            array[index] = kept - h
            down = loss(moved)
            array[index] = kept
            slopes[name][index] = (up - down) / (2 * h)
        errors[name] = relative_error(claims[name], slopes[name], 1e-12)
    return [slopes, errors]
""",
        """
def check_all(loss, parameters, claims, h):
    flat = np.concatenate([array.ravel() for array in parameters.values()])

    def split(vector):
        parts, start = {}, 0
        for name, array in parameters.items():
            parts[name] = vector[start : start + array.size].reshape(array.shape)
            start += array.size
        return parts

    slopes = split(central_gradient(lambda v: loss(split(v)), flat, h))
    errors = {}
    for name in reversed(list(slopes)):
        g, n = claims[name].ravel(), slopes[name].ravel()
        errors[name] = np.sqrt((g - n) @ (g - n)) / (np.sqrt(g @ g) + np.sqrt(n @ n))
    return slopes, errors
""",
        """
def check_all(loss, parameters, claims, h):
    parameters = {name: array.copy() for name, array in parameters.items()}
    slopes, errors = {}, {}
    for name, array in parameters.items():
        slopes[name] = np.zeros(array.shape)
        for index in np.ndindex(*array.shape):
            array[index] += h
            up = loss(parameters)
            array[index] -= 2 * h
            down = loss(parameters)
            array[index] += h
            slopes[name][index] = (up - down) / (2 * h)
        errors[name] = relative_error(claims[name], slopes[name], 0)
    return slopes, errors
""",
        """
def check_all(loss, parameters, claims, h):
    slopes = {k: np.zeros(np.shape(v)) for k, v in parameters.items()}
    errors = {}
    work = {k: np.array(v, dtype=float) for k, v in parameters.items()}
    for k, v in work.items():
        for idx in np.ndindex(*v.shape):
            keep = v[idx]
            v[idx] = keep + h
            up = loss(work)
            v[idx] = keep - h
            down = loss(work)
            v[idx] = keep
            slopes[k][idx] = (up - down) / 2 / h
        d = claims[k] - slopes[k]
        errors[k] = np.sqrt((d**2).sum()) / (np.sqrt((claims[k] ** 2).sum()) + np.sqrt((slopes[k] ** 2).sum()))
    return slopes, errors
""",
        """
def check_all(loss, parameters, claims, h):
    import copy

    slopes = {}
    for name, value in parameters.items():
        out = np.empty(value.size)
        for i in range(value.size):
            v = []
            for s in (1, -1):
                p = copy.deepcopy(parameters)
                a = p[name].flatten().astype(float)
                a[i] += s * h
                p[name] = a.reshape(value.shape)
                v.append(loss(p))
            out[i] = (v[0] - v[1]) / (2 * h)
        slopes[name] = out.reshape(value.shape)
    return slopes, dict(
        (n, float(np.linalg.norm(claims[n] - slopes[n]) / (np.linalg.norm(claims[n]) + np.linalg.norm(slopes[n]))))
        for n in claims
    )
""",
        """
def check_all(loss, parameters, claims, h):
    slopes = dict()
    errors = dict()
    for name in reversed(list(parameters)):

        def f(value):
            q = dict(parameters)
            q[name] = value
            return loss(q)

        slopes[name] = central_gradient(f, parameters[name], h).tolist()
        errors[name] = relative_error(claims[name], np.array(slopes[name]), 1e-300)
    return [slopes, errors]
""",
    ],
    "9.7": ['{"A": "e", "B": "b", "C": "g", "D": "c", "E": "f"}'],
    "9.8": ['{"A": "b", "B": "e", "C": "a", "D": "c", "E": "f", "F": "d"}'],
    "9.9": [
        """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = da + delta @ W
    return dx, dW, db, dU
""",
        """
def repaired_gradients(x, y, W, b, U):
    dx, dW, db, dU = np.zeros(x.shape), np.zeros(W.shape), np.zeros(b.shape), np.zeros(U.shape)
    for n in range(len(x)):
        t = np.tanh(W @ x[n] + b)
        da = (x[n] + U @ t - y[n]) / len(x)
        delta = (U.T @ da) * (1 - t) * (1 + t)
        dU += np.outer(da, t)
        dW += np.outer(delta, x[n])
        db += delta
        dx[n] = da + W.T @ delta
    return dx, dW, db, dU
""",
        """
def repaired_gradients(x, y, W, b, U):
    z = np.einsum("ni,mi->nm", x, W) + b
    da = (x + np.einsum("nm,im->ni", np.tanh(z), U) - y) / x.shape[0]
    delta = np.einsum("ni,im->nm", da, U) / np.cosh(z) ** 2
    return [
        np.einsum("nm,mi->ni", delta, W) + da,
        np.einsum("nm,ni->mi", delta, x),
        np.einsum("nm->m", delta),
        np.einsum("ni,nm->im", da, np.tanh(z)),
    ]
""",
        """
def repaired_gradients(x, y, W, b, U):
    N = x.shape[0]
    dx, dW, db, dU = np.zeros_like(x), 0 * W, 0 * b, 0 * U
    for i in range(N):
        z = W @ x[i] + b
        e = (x[i] + U @ np.tanh(z) - y[i]) / N
        d = U.T @ e / np.cosh(z) ** 2
        dU += np.outer(e, np.tanh(z))
        dW += np.outer(d, x[i])
        db += d
        dx[i] = e + W.T @ d
    return [dx, dW, db, dU]
""",
        """
def repaired_gradients(x, y, W, b, U):
    t = np.tanh(np.einsum("ni,mi->nm", x, W) + b)
    e = (x + np.einsum("nm,im->ni", t, U) - y) / len(y)
    d = np.einsum("ni,im->nm", e, U) * (1 - t) * (1 + t)
    return (
        e + np.einsum("nm,mi->ni", d, W),
        np.einsum("nm,ni->mi", d, x),
        np.einsum("nm->m", d),
        np.einsum("ni,nm->im", e, t),
    )
""",
        """
def repaired_gradients(x, y, W, b, U):
    p = {"x": x, "W": W, "b": b, "U": U}
    z = x @ W.T + b
    t = (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)
    da = x + t @ U.T - y
    delta = np.multiply(da.dot(U), 1 - t * t)
    N = float(len(x))
    return (da + delta.dot(W)) / N, delta.T.dot(x) / N, delta.mean(0), da.T.dot(t) / N
""",
    ],
    "9.10": [
        "(h - k) * f_2 / 2",
        "0.5 * f_2 * (h - k)",
        "sp.expand(f_2 / 2 * h - k * f_2 / 2)",
        "(f_0 + f_1 * h + f_2 * h**2 / 2 - (f_0 - f_1 * k + f_2 * k**2 / 2)) / (h + k) - f_1",
        "f_2 * (h**2 - k**2) / (2 * (h + k))",
        "0.5*f_2*h-f_2*k*0.5",
        "sp.Rational(1,2)*f_2*(h**2-k**2)/(h+k)",
        "sp.Mul(f_2, sp.Add(h, -k, evaluate=False), 0.5, evaluate=False)",
    ],
    "9.11": [
        "(s_right * (h + d) + s_left * (h - d)) / (2 * h)",
        "(s_left + s_right) / 2 + d / h * (s_right - s_left) / 2",
        "sp.simplify(((f_0 + s_right * h) - (f_0 - s_right * d - s_left * (h - d))) / (2 * h))",
        "s_right + 0.5 * (s_left - s_right) * (1 - d / h)",
        "s_right+(s_left-s_right)*(h-d)/(2*h)",
        "0.5*(s_left+s_right)+0.5*d/h*(s_right-s_left)",
        "(sp.Integral(s_right,(h,-d,h)).doit()+s_left*(h-d))/(2*h)",
    ],
}

LENGTHS = "np.linalg.norm(claims[name]) + np.linalg.norm(slopes[name])"
DIFFERENCE = "np.linalg.norm(claims[name] - slopes[name])"
ERROR = "difference / (np.linalg.norm(claims[name]) + np.linalg.norm(slopes[name]))"


def moving(up="loss({**parameters, name: p + e})", down="loss({**parameters, name: p - e})", over="(2 * h)"):
    """Return the text of a loop that replaces the call of `central_gradient`."""
    return f"""p, s = parameters[name], np.zeros(parameters[name].shape)
        for i in np.ndindex(p.shape):
            e = np.zeros(p.shape)
            e[i] = h
            s[i] = ({up} - {down}) / {over}
        slopes[name] = s"""


def left_moved(copies):
    """Return the text of a loop that does not put entries back; `copies` makes the arrays that are moved."""
    return f"""{copies}
        slopes[name] = np.zeros(parameters[name].shape)
        for i in np.ndindex(slopes[name].shape):
            moved[name][i] += h
            up = loss(moved)
            moved[name][i] -= 2 * h
            slopes[name][i] = (up - loss(moved)) / (2 * h)"""


CALL = "slopes[name] = central_gradient(lambda moved: loss({**parameters, name: moved}), parameters[name], h)"

WRONG = {
    "9.1": [
        ("order", '{"A": "c", "B": "c", "C": "d", "D": "a", "E": "d"}'),
        ("order", '{"A": "b", "B": "b", "C": "d", "D": "a", "E": "d"}'),
        ("smaller-is-better", '{"A": "b", "B": "c", "C": "c", "D": "a", "E": "d"}'),
        ("smaller-is-better", '{"A": "b", "B": "c", "C": "b", "D": "a", "E": "d"}'),
        ("arm", '{"A": "b", "B": "c", "C": "d", "D": "d", "E": "d"}'),
        ("order", '{"A": "b", "B": "c", "C": "d", "D": "a", "E": "c"}'),
        ("no-step", '{"A": "b", "B": "c", "C": "d", "D": "a", "E": "a"}'),
        ("no-step", '{"A": "a", "B": "a", "C": "a", "D": "a", "E": "a"}'),
        ("arm", '{"A": "d", "B": "d", "C": "d", "D": "d", "E": "d"}'),
        ("missing", '{"A": "b", "B": "c", "C": "d", "D": "a"}'),
    ],
    "9.2": [
        ("M11", "abs(1.794 - 1.898)"),
        ("one-size", "0.104 / 1.794"),
        ("one-size", "0.104 / 1.898"),
        ("mean-size", "0.104 / ((1.794 + 1.898) / 2)"),
        ("one-sided", "(lambda g, n: abs(g - n) / (abs(g) + abs(n)))(1.794, (0.78125 - 0.23805) / 0.2)"),
        ("factor-2", "abs(1.794 - 2 * 1.898) / (1.794 + 2 * 1.898)"),
        ("sign", "1"),
        ("slope", "abs(0.69 - 1.898) / (0.69 + 1.898)"),
        ("digits", "0.0282"),
        ("percent", "2.8169"),
        ("sign", "-0.028169"),
        ("too-early", "1.898"),
        ("too-early", "1.794"),
        ("rounded", "0.1 / 3.56"),
        ("type", '"0.028169"'),
        ("squared", "(0.104/3.692)**2"),
        ("step", "(lambda g,n:abs(g-n)/(g+n))(1.794,1.794+0.01*2.6)"),
        ("M13", "(lambda g,n:abs(g-n)/(g+n))(.5*.69**2,1.898)"),
    ],
    "9.3": [
        ("eps", "np.cbrt(3 * np.finfo(float).eps * 0.8 / 0.024)"),
        ("eps", "np.cbrt(6 * 2**-53 * 0.8 / 0.024)"),
        ("factorial", "np.cbrt(3 * 2**-53 * 0.8 / 0.004)"),
        ("factorial", "np.cbrt(3 * 2**-53 * 0.8 / (0.004 / 6))"),
        ("u-only", "np.cbrt(2**-53)"),
        ("u-only", "6.0555e-6"),
        ("constants", "np.cbrt(2**-53 * 0.8 / 0.024)"),
        ("F", "np.cbrt(3 * 2**-53 / 0.024)"),
        ("bend", "np.cbrt(3 * 2**-53 * 0.8)"),
        ("bend", "np.cbrt(3 * 2**-53 * 0.8 / 4e-7)"),
        ("bend", "np.cbrt(3 * 2**-53 * 0.8 / 2.4e-4)"),
        ("order-1", "np.sqrt(3 * 2**-53 * 0.8 / 0.024)"),
        ("order-1", "2 * np.sqrt(2**-53 * 0.8 / 8e-5)"),
        ("no-root", "3 * 2**-53 * 0.8 / 0.024"),
        ("error-there", "0.004 * 2.23085e-5**2 + 2**-53 * 0.8 / 2.23085e-5"),
        ("digits", "2.2e-5"),
        ("rounded", "np.cbrt(3 * 1.1e-16 * 0.8 / 0.024)"),
        ("bend", "0.024"),
        ("order-1", "np.sqrt(0.8*2.0**-53/4e-5)"),
        ("bend", "np.cbrt(0.8*2.0**-53/(2*4e-7))"),
        ("habit", "1e-5"),
        ("constants", "np.cbrt(2*0.8*2.0**-53/4e-3)"),
        ("no-root", "(0.8*2.0**-53/0.008)**.25"),
    ],
    "9.4": [
        ("M11", "difference / max(size, floor)", "difference"),
        ("M11", "difference / max(size, floor)", "np.abs(g - n).max()"),
        ("M11", "difference / max(size, floor)", "np.mean(np.abs(g - n))"),
        ("one-size", "np.linalg.norm(g) + np.linalg.norm(n)", "np.linalg.norm(n)"),
        ("one-size", "np.linalg.norm(g) + np.linalg.norm(n)", "np.linalg.norm(g)"),
        ("larger-size", "np.linalg.norm(g) + np.linalg.norm(n)", "max(np.linalg.norm(g), np.linalg.norm(n))"),
        (
            "mean-size",
            "size = np.linalg.norm(g) + np.linalg.norm(n)",
            "size = (np.linalg.norm(g) + np.linalg.norm(n)) / 2",
        ),
        ("floor", "max(size, floor)", "size"),
        ("floor", "max(size, floor)", "(size + floor)"),
        ("floor", "max(size, floor)", "min(size, floor)"),
        (
            "floor",
            "np.linalg.norm(g) + np.linalg.norm(n)",
            "max(np.linalg.norm(g), floor) + max(np.linalg.norm(n), floor)",
        ),
        ("floor", "return difference / max(size, floor)", "return difference / size if size > floor else 0.0"),
        ("floor", "difference / max(size, floor)", "max(difference / size, floor)"),
        ("entries", "difference / max(size, floor)", "np.max(abs(g - n) / np.maximum(abs(g) + abs(n), floor))"),
        ("entries", "difference / max(size, floor)", "np.mean(abs(g - n) / np.maximum(abs(g) + abs(n), floor))"),
        ("squared", "difference / max(size, floor)", "((g - n) ** 2).sum() / max((g**2).sum() + (n**2).sum(), floor)"),
        ("lengths-only", "np.linalg.norm(g - n)", "abs(np.linalg.norm(g) - np.linalg.norm(n))"),
        ("signed", "np.linalg.norm(g - n)", "abs(np.sum(g - n))"),
        ("length", "difference / max(size, floor)", "abs(g - n).sum() / max(abs(g).sum() + abs(n).sum(), floor)"),
        ("length", "difference / max(size, floor)", "abs(g - n).max() / max(abs(g).max() + abs(n).max(), floor)"),
        (
            "spectral",
            "return difference / max(size, floor)",
            "f = np.linalg.norm\n    return f(g - n, 2) / max(f(g, 2) + f(n, 2), floor)",
        ),
        ("shape", "difference / max(size, floor)", "abs(g - n) / max(size, floor)"),
        ("nothing-returned", "return difference", "result = difference"),
        ("rounded", "difference / max(size, floor)", "round(difference / max(size, floor), 4)"),
        ("changed-inputs", "np.linalg.norm(g - n)", "np.linalg.norm(np.subtract(g, n, out=g))"),
        (
            "length-of-sum",
            """
def relative_error(g, n, floor):
    difference = np.linalg.norm(g - n)
    return difference / max(np.linalg.norm(g + n), floor)
""",
        ),
        (
            "length-of-both",
            """
def relative_error(g, n, floor):
    difference = np.linalg.norm(g - n)
    return difference / max(np.sqrt(np.sum(g**2) + np.sum(n**2)), floor)
""",
        ),
        (
            "mean",
            """
def relative_error(g, n, floor):
    difference = np.sqrt(np.mean((g - n) ** 2))
    return difference / max(np.linalg.norm(g) + np.linalg.norm(n), floor)
""",
        ),
    ],
    "9.5": [
        ("one-sided", "(up - down) / (2 * h)", "(up - f(moved)) / h"),
        ("one-sided", "(up - down) / (2 * h)", "(f(moved) - down) / h"),
        ("one-sided", "moved[index] = kept - h", "moved[index] -= h"),
        ("factor-2", "(2 * h)", "h"),
        ("precedence", "/ (2 * h)", "/ 2 * h"),
        ("undivided", " / (2 * h)", ""),
        ("undivided", "(2 * h)", "2"),
        ("sign", "up - down", "down - up"),
        ("not-restored", "        moved[index] = kept\n", ""),
        (
            "all-at-once",
            "moved[index] = kept + h",
            "moved = x + h\n        slopes[index] = (f(x + h) - f(x - h)) / (2 * h)\n        continue",
        ),
        (
            "rows",
            "    for index in np.ndindex(moved.shape):\n        kept = moved[index]\n",
            "    for index in range(len(moved)):\n        kept = moved[index].copy()\n",
        ),
        ("integers", "moved = np.array(x, dtype=float)", "moved = x.copy()"),
        ("integers", "slopes = np.zeros(moved.shape)", "slopes = np.zeros_like(x)"),
        (
            "integers",
            "dtype=float)\n    slopes = np.zeros(moved.shape)",
            "dtype=x.dtype)\n    slopes = np.zeros_like(moved)",
        ),
        ("integers", "moved = np.array(x, dtype=float)", "moved = x.astype(int).astype(float)"),
        ("step", "    slopes = np", "    h = 1e-5\n    slopes = np"),
        (
            "step",
            "    slopes = np.zeros(moved.shape)\n    for index in np.ndindex(moved.shape):\n        kept = "
            "moved[index]\n",
            "    slopes, s = np.zeros(moved.shape), h\n    for index in np.ndindex(moved.shape):\n"
            "        kept = moved[index]\n        h = s * max(1, abs(kept))\n",
        ),
        (
            "step",
            "+ h\n        up = f(moved)\n        moved[index] = kept - h\n        down = f(moved)\n"
            "        moved[index] = kept\n        slopes[index] = (up - down) / (2 * h)",
            "+ h / 2\n        up = f(moved)\n        moved[index] = kept - h / 2\n        down = f(moved)\n"
            "        moved[index] = kept\n        slopes[index] = (up - down) / h",
        ),
        ("some-entries", "(2 * h)\n", "(2 * h)\n        return slopes\n"),
        ("some-entries", "in np.ndindex(moved.shape):", "in list(np.ndindex(moved.shape))[:-1]:"),
        ("some-entries", "in np.ndindex(moved.shape):", "in list(np.ndindex(moved.shape))[1:]:"),
        ("unsigned", "(up - down)", "abs(up - down)"),
        (
            "aliased",
            "moved[index] = kept + h\n        up = f(moved)\n        moved[index] = kept - h",
            "plus = minus = moved\n        plus[index] += h\n        minus[index] -= h\n        up = f(plus)",
        ),
        ("aliased", "        slopes[index] = ", "        slope = "),
        ("changed-inputs", "np.array(x, dtype=float)", "np.asarray(x, dtype=float)\n    x[...] = 1"),
        (
            "changed-inputs",
            "    moved = np.array(x, dtype=float)\n    slopes = np.zeros(moved.shape)",
            "    if x.ndim == 1:\n        for i in range(len(x)):\n            x[i] += h\n            x[i] -= 2 * "
            "h\n            x[i] += h\n"
            "    moved = np.array(x, dtype=float)\n    slopes = np.zeros(moved.shape)",
        ),
        ("flat", "return slopes", "return slopes.ravel()"),
        ("nothing-returned", "    return slopes", ""),
        ("crashed", "kept + h", "kept + epsilon"),
        ("second-call", "    return slopes", "    counter.append(0)\n    return slopes + len(counter)"),
        ("rounded", "return slopes", "return np.round(slopes, 4)"),
        ("crashed", "f(moved)\n        moved[index] = kept - h", "f(moved.ravel())\n        moved[index] = kept - h"),
        ("integers", "return slopes", "return slopes if x.dtype == float else slopes.astype(int)"),
        (
            "all-at-once",
            """
def central_gradient(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)
""",
        ),
        (
            "step",
            """
def central_gradient(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up = np.array(x, float)
        down = np.array(x, float)
        up[i] += h / 2
        down[i] -= h / 2
        grad[i] = (f(up) - f(down)) / (2 * h)
    return grad
""",
        ),
        (
            "flat",
            """
def central_gradient(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up = np.array(x, float)
        down = np.array(x, float)
        up[i] += h
        down[i] -= h
        grad[i] = (f(up) - f(down)) / (2 * h)
    return grad.ravel()
""",
        ),
        (
            "M8",
            """
def central_gradient(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up = np.array(x, float)
        down = np.array(x, float)
        up[i] += h
        down[i] -= h
        grad[i] = (f(up) - f(down)) / (2 * h)
    return grad.T
""",
        ),
        (
            "step",
            """
def central_gradient(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up = np.array(x, float)
        down = np.array(x, float)
        up[i] *= 1 + h
        down[i] *= 1 - h
        grad[i] = (f(up) - f(down)) / (2 * h)
    return grad
""",
        ),
        (
            "accumulated",
            """
def central_gradient(f, x, h):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up = np.array(x, float)
        down = np.array(x, float)
        up[i] += h
        down[i] -= h
        grad += (f(up) - f(down)) / (2 * h)
    return grad
""",
        ),
    ],
    "9.6": [
        ("M11", ERROR, "difference"),
        ("M11", ERROR, "np.abs(claims[name] - slopes[name]).max()"),
        ("M11", ERROR, "np.abs(claims[name] - slopes[name]).mean()"),
        ("one-size", LENGTHS, "np.linalg.norm(slopes[name])"),
        ("one-size", LENGTHS, "np.linalg.norm(claims[name])"),
        ("larger-size", LENGTHS, "max(np.linalg.norm(claims[name]), np.linalg.norm(slopes[name]))"),
        ("mean-size", ERROR, f"2 * {ERROR}"),
        ("entries", ERROR, "np.max(abs(claims[name] - slopes[name]) / (abs(claims[name]) + abs(slopes[name])))"),
        ("entries", ERROR, "np.mean(abs(claims[name] - slopes[name]) / (abs(claims[name]) + abs(slopes[name])))"),
        ("squared", ERROR, "difference**2 / (np.sum(claims[name] ** 2) + np.sum(slopes[name] ** 2))"),
        ("lengths-only", DIFFERENCE, "abs(np.linalg.norm(claims[name]) - np.linalg.norm(slopes[name]))"),
        ("signed", DIFFERENCE, "abs(np.sum(claims[name] - slopes[name]))"),
        (
            "overall",
            "    return slopes, errors",
            "    g = np.concatenate([claims[k].ravel() for k in slopes])\n    n = np.concatenate([s.ravel() for s "
            "in slopes.values()])\n"
            "    return slopes, dict.fromkeys(slopes, relative_error(g, n, 0))",
        ),
        ("one-sided", CALL, moving(down="loss(parameters)", over="h")),
        ("one-sided", CALL, moving(up="loss(parameters)", over="h")),
        ("one-sided", CALL, moving(down="loss(parameters)")),
        ("factor-2", CALL, moving(over="h")),
        ("precedence", CALL, moving(over="2 * h")),
        ("sign", CALL, moving(up="loss({**parameters, name: p - e})", down="loss({**parameters, name: p + e})")),
        ("all-at-once", CALL, moving().replace("e[i] = h", "e[...] = h")),
        ("not-restored", CALL, left_moved("moved = {k: p.copy() for k, p in parameters.items()}")),
        ("not-restored", CALL, left_moved("moved = moved if slopes else {k: p.copy() for k, p in parameters.items()}")),
        ("step", "parameters[name], h)", "parameters[name], 1e-5)"),
        ("rows", CALL, moving().replace("np.ndindex(p.shape)", "range(len(p))")),
        ("unsigned", "    return slopes, errors", "    return {k: abs(s) for k, s in slopes.items()}, errors"),
        ("aliased", "loss({**parameters, name: moved})", "loss(parameters)"),
        ("shared-code", CALL, "slopes[name] = claims[name]"),
        ("claims", "return slopes, errors", "return claims, errors"),
        ("type", "return slopes, errors", "return errors"),
        ("type", "return slopes, errors", "return list(slopes.values()), list(errors.values())"),
        ("type", "for name in parameters:", "for name in list(parameters)[:1]:"),
        ("type", "for name in parameters:", 'for name in [k for k in parameters if k[0] == "W"]:'),
        ("changed-inputs", "for name in parameters:", "for name in parameters:\n        parameters[name] *= 2"),
        ("nothing-returned", "return slopes, errors", "pass"),
        ("shape", "errors[name] = difference", "errors[name] = abs(claims[name] - slopes[name])"),
        (
            "some-entries",
            "    return slopes, errors",
            "    for s in slopes.values():\n        s.flat[1:] = 0\n    return slopes, errors",
        ),
        (
            "stale",
            """
def check_all(loss, parameters, claims, h):
    slopes, errors = {}, {}
    for name in parameters:
        slopes[name] = central_gradient(lambda v: loss({**parameters, name: v}), parameters[name], h)
        parameters = {**parameters, name: parameters[name] - slopes[name]}
        errors[name] = relative_error(claims[name], slopes[name], 0)
    return slopes, errors
""",
        ),
        (
            "results-swapped",
            """
def check_all(loss, parameters, claims, h):
    slopes, errors = {}, {}
    for name in parameters:
        slopes[name] = central_gradient(lambda v: loss({**parameters, name: v}), parameters[name], h)
        errors[name] = relative_error(claims[name], slopes[name], 0)
    return errors, slopes
""",
        ),
        (
            "floor",
            """
def check_all(loss, parameters, claims, h):
    slopes, errors = {}, {}
    for name in parameters:
        slopes[name] = central_gradient(lambda v: loss({**parameters, name: v}), parameters[name], h)
        errors[name] = relative_error(claims[name], slopes[name], 1)
    return slopes, errors
""",
        ),
        (
            "crashed",
            """
def check_all(loss, parameters, claims, h):
    slopes, errors = {}, {}
    for name in ["W1", "b1", "W2", "b2"]:
        slopes[name] = central_gradient(lambda v: loss({**parameters, name: v}), parameters[name], h)
        errors[name] = relative_error(claims[name], slopes[name], 0)
    return slopes, errors
""",
        ),
        (
            "spectral",
            """
def check_all(loss, parameters, claims, h):
    slopes, errors = {}, {}
    for name in parameters:
        slopes[name] = central_gradient(lambda v: loss({**parameters, name: v}), parameters[name], h)
        errors[name] = (lambda a, b: np.linalg.norm(a - b, 2) / (np.linalg.norm(a, 2) + np.linalg.norm(b, 2)))(
            claims[name], slopes[name]
        )
    return slopes, errors
""",
        ),
    ],
    "9.7": [
        ("mean", '{"A": "b", "B": "b", "C": "g", "D": "c", "E": "f"}'),
        ("sign", '{"A": "e", "B": "a", "C": "g", "D": "c", "E": "f"}'),
        ("M7", '{"A": "e", "B": "b", "C": "d", "D": "c", "E": "f"}'),
        ("M7", '{"A": "e", "B": "b", "C": "g", "D": "d", "E": "f"}'),
        ("M7", '{"A": "e", "B": "b", "C": "g", "D": "c", "E": "c"}'),
        ("step", '{"A": "g", "B": "b", "C": "g", "D": "c", "E": "f"}'),
        ("bias", '{"A": "e", "B": "b", "C": "e", "D": "c", "E": "f"}'),
        ("incoming", '{"A": "f", "B": "b", "C": "g", "D": "c", "E": "f"}'),
    ],
    "9.8": [
        ("sound", '{"A": "a", "B": "e", "C": "a", "D": "c", "E": "f", "F": "d"}'),
        ("sound", '{"A": "b", "B": "a", "C": "a", "D": "c", "E": "f", "F": "d"}'),
        ("sound", '{"A": "b", "B": "e", "C": "a", "D": "a", "E": "f", "F": "d"}'),
        ("nan", '{"A": "b", "B": "e", "C": "c", "D": "c", "E": "f", "F": "d"}'),
        ("M11", '{"A": "d", "B": "e", "C": "a", "D": "c", "E": "f", "F": "d"}'),
        ("shared-code", '{"A": "b", "B": "f", "C": "a", "D": "c", "E": "f", "F": "d"}'),
        ("upstream", '{"A": "b", "B": "e", "C": "a", "D": "c", "E": "e", "F": "d"}'),
        ("signed", '{"A": "b", "B": "e", "C": "a", "D": "c", "E": "f", "F": "b"}'),
        ("missing", '{"A": "b", "B": "e", "C": "a", "D": "c", "E": "f"}'),
    ],
    "9.9": [
        ("M5", "1 - t**2", "1 - z**2"),
        ("M5", "1 - t**2", "1 - np.tanh(t) ** 2"),
        ("M7", " * (1 - t**2)", ""),
        ("slope", "1 - t**2", "1 - t"),
        ("slope", "(1 - t**2)", "t * (1 - t)"),
        ("slope", "1 - t**2", "1 + t**2"),
        ("M1", "da + delta @ W", "delta @ W"),
        ("M1", "da + delta @ W", "da"),
        ("M1", "da + delta @ W", "da - delta @ W"),
        ("mean", "delta.sum(axis=0)", "delta.mean(axis=0)"),
        ("mean", "delta.sum(axis=0)", "delta.sum(axis=0) / len(x)"),
        ("mean", " / len(x)\n", "\n"),
        ("mean", " / len(x)\n", " / x.size\n"),
        ("mean", " / len(x)\n", " / len(x) ** 2\n"),
        ("bias", "delta.sum(axis=0)", "delta[-1]"),
        ("factor-2", "da = (x", "da = 2 * (x"),
        ("sign", "(x + t @ U.T - y)", "(y - x - t @ U.T)"),
        ("incoming", "da.T @ t", "da.T @ z"),
        ("M8", "dW = delta.T @ x", "dW = x.T @ delta"),
        ("M8", "(da @ U)", "(da @ U.T)"),
        ("M8", "delta @ W\n", "delta @ W.T\n"),
        ("M6", "(da @ U)", "(da @ np.linalg.pinv(U).T)"),
        (
            "M7",
            "(x + t @ U.T - y) / len(x)\n    dU = da.T @ t\n    delta = (da @ U) * (1 - t**2)",
            "(y - x - t @ U.T) / len(x)\n    dU = da.T @ t\n    delta = da @ U",
        ),
        ("two-left", "    dx = da + ", "    db = delta.mean(axis=0)\n    dx = "),
        (
            "two-left",
            "    delta = (da @ U) * (1 - t**2)\n    dW = delta.T @ x\n    db = delta.sum(axis=0)\n    dx = da + ",
            "    delta = (da @ U) * (1 - z**2)\n    dW = delta.T @ x\n    db = delta.sum(axis=0)\n    dx = ",
        ),
        ("three-left", "    delta = ", "    return broken_gradients(x, y, W, b, U)\n    delta = "),
        ("bias", "delta.sum(axis=0)", "delta.sum()"),
        ("bias", "delta.sum(axis=0)", "delta.sum(axis=1)"),
        ("shape", "delta.sum(axis=0)", "delta"),
        ("changed-inputs", "da = (x", "x += 1e-3\n    da = (x"),
        ("nothing-returned", "    return dx, dW, db, dU", ""),
        ("type", "return dx, dW, db, dU", "return dW, db, dU"),
        ("rounded", "return dx, dW", "return np.round(dx, 4), dW"),
        (
            "M4",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = x + delta @ W
    return dx, dW, db, dU
""",
        ),
        (
            "M4",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = 1 + delta @ W
    return dx, dW, db, dU
""",
        ),
        (
            "M12",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = da * (delta @ W)
    return dx, dW, db, dU
""",
        ),
        (
            "wrong-path",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = (da @ U + delta) @ W
    return dx, dW, db, dU
""",
        ),
        (
            "too-many-paths",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x + (da @ U).T @ x
    db = delta.sum(axis=0)
    dx = da + delta @ W
    return dx, dW, db, dU
""",
        ),
        (
            "bias",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=1)
    dx = da + delta @ W
    return dx, dW, db, dU
""",
        ),
        (
            "bias",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum()
    dx = da + delta @ W
    return dx, dW, db, dU
""",
        ),
        (
            "order",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = da + delta @ W
    return dW, db, dU, dx
""",
        ),
        (
            "twice",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = 2 * da + delta @ W
    return dx, dW, db, dU
""",
        ),
        (
            "twice",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = delta @ W + delta @ W
    return dx, dW, db, dU
""",
        ),
        (
            "inner-sign",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T + y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = da + delta @ W
    return dx, dW, db, dU
""",
        ),
        (
            "forward",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (t @ U.T - y) / len(x)
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = da + delta @ W
    return dx, dW, db, dU
""",
        ),
        (
            "mean",
            """
def repaired_gradients(x, y, W, b, U):
    z = x @ W.T + b
    t = np.tanh(z)
    da = (x + t @ U.T - y) / 5
    dU = da.T @ t
    delta = (da @ U) * (1 - t**2)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    dx = da + delta @ W
    return dx, dW, db, dU
""",
        ),
    ],
    "9.10": [
        ("one-sided", "h * f_2 / 2"),
        ("one-sided", "-k * f_2 / 2"),
        ("cancelled", "0"),
        ("sign", "(k - h) * f_2 / 2"),
        ("inner-sign", "(h**2 + k**2) / (h + k) * f_2 / 2"),
        ("inner-sign", "(h + k) * f_2 / 2"),
        ("factorial", "(h - k) * f_2"),
        ("divided", "(h**2 - k**2) * f_2 / 2"),
        ("divided", "(h**2 - k**2) * f_2 / (4 * h)"),
        ("divided", "(h**2 - k**2) * f_2 / (2 * h)"),
        ("not-subtracted", "f_1 + (h - k) * f_2 / 2"),
        ("not-subtracted", "f_1"),
        ("order", "(h - k) ** 2 * f_2 / 2"),
        ("order", "(h - k) * f_1 / 2"),
        ("symbols", 'h**2 * sp.Symbol("f_3") / 6'),
        ("symbols", '(h - k) * sp.Symbol("f_4") / 2'),
        ("type", '"(h - k) * f_2 / 2"'),
        ("unknown", "(h - k) * f_2 / 7"),
        ("factorial", "(k - h) * f_2"),
        ("central", "sp.Symbol('f_2')*h**2/6"),
        ("inner-sign", "f_1*(h-k)/(h+k)"),
        ("order", "f_2*h*k/2"),
        ("not-subtracted", "(f_0+f_1*h)/(h+k)"),
        ("inner-sign", "(f_1*(h-k)+f_2*(h**2-k**2)/2)/(h+k)-f_1"),
    ],
    "9.11": [
        ("half", "(s_left + s_right) / 2"),
        ("kink-ignored", "s_right"),
        ("kink-ignored", "s_left"),
        ("swapped", "(s_left * (h + d) + s_right * (h - d)) / (2 * h)"),
        ("from-the-kink", "(s_right * h + s_left * (h - d)) / (2 * h)"),
        ("from-the-kink", "(s_right * (h + d) + s_left * h) / (2 * h)"),
        ("from-the-kink", "(s_right * h + s_left * d) / (2 * h)"),
        ("one-sided", "(s_right * d + s_left * (h - d)) / h"),
        ("inner-sign", "(s_right * (h + d) - s_left * (h - d)) / (2 * h)"),
        ("factor-2", "(s_right * (h + d) + s_left * (h - d)) / h"),
        ("divided", "s_right * (h + d) + s_left * (h - d)"),
        ("error", "(s_left - s_right) * (h - d) / (2 * h)"),
        ("sign", "-(s_right * (h + d) + s_left * (h - d)) / (2 * h)"),
        ("factor-2", "s_right * d / h + s_left * (h - d) / h + s_right"),
        ("symbols", 'sp.Symbol("s")'),
        ("half", "-(s_left + s_right) / 2"),
        ("type", "[s_left, s_right]"),
        ("pieces", "(d*s_left+(2*h-d)*s_right)/(2*h)"),
        ("pieces", "(d*s_left+(h-d)*s_right)/h"),
    ],
}
