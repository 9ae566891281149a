"""What students answer to the exercises of chapter 1: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

RIGHT = {
    "1.1": ['"b"', '" B"', "'b '"],
    "1.2": [
        '{"A": "backward", "B": "update", "C": "loss", "D": "forward", "E": "update"}',
        '{"E": "Update", "D": "Forward ", "C": "LOSS", "B": "update", "A": "backward"}',
        "dict(A='backward',B='update',C='loss',D='forward',E='update')",
    ],
    "1.3": [
        "[1.0864, -4.074, 0.8148]",
        "(np.prod([1.5, -0.4, 2.0]) * 0.7 - 1.1) * np.prod([1.5, -0.4, 2.0]) * 0.7 / np.array([1.5, -0.4, 2.0])",
        "numerical_gradient(lambda w: (np.prod(w) * 0.7 - 1.1) ** 2 / 2, np.array([1.5, -0.4, 2.0]))",
        "np.array([1.0864, -4.074, 0.8148])",
        "(1.0864, -4.0740, 0.8148)",
        "[float(sp.Rational(-194,100)*v) for v in (-0.56,2.1,-0.42)]",
        "np.array([[0.7*-0.4*2, 0.7*1.5*2, 0.7*1.5*-0.4]])[0]*(0.7*1.5*-0.4*2-1.1)",
        "[sp.Rational(10864,10000), sp.Rational(-4074,1000), sp.Rational(8148,10000)]",
    ],
    "1.4": [
        "[[0.3, -1.2, 0.48, 0.6], [-0.14, 0.56, -0.224, -0.28]]",
        "np.array([[0.6], [-0.28]]) * [0.5, -2, 0.8, 1]",
        "np.array([0.3, -0.14])[:, None] / 0.5 @ np.array([[0.5, -2, 0.8, 1]])",
        "[[0.3,-1.2,.48,.6],(-.14,.56,-.224,-.28)]",
        "np.vstack([0.6*np.array([.5,-2,.8,1]), -.28*np.array([.5,-2,.8,1])])",
        "np.kron(np.array([[.6],[-.28]]),np.array([.5,-2,.8,1]))",
        "np.einsum('i,j->ij',[.6,-.28],[.5,-2,.8,1])",
    ],
    "1.5": [
        """
def bill(widths):
    weights = [n_in * n_out for n_in, n_out in zip(widths, widths[1:])]
    forward = sum(weights)
    backward = sum(weights) + sum(weights[1:])
    parameters = sum(weights) + sum(widths[1:])
    nudging = 2 * parameters * forward
    return forward, backward, nudging
""",
        """
def bill(widths):
    forward = backward = parameters = 0
    for place in range(1, len(widths)):
        size = widths[place - 1] * widths[place]
        forward += size
        backward += size if place == 1 else 2 * size
        parameters += (widths[place - 1] + 1) * widths[place]
    return [forward, backward, forward * parameters * 2]
""",
        """
def bill(widths):
    n = np.array(widths)
    forward = n[:-1] @ n[1:]
    return forward, 2 * forward - n[0] * n[1], 2.0 * forward * (forward + n.sum() - n[0])
""",
        """
def bill(widths):
    forward = 0; params = 0; backward = 0
    for i in range(len(widths)-1):
        forward += widths[i]*widths[i+1]
        params += widths[i]*widths[i+1] + widths[i+1]
        backward += widths[i]*widths[i+1]
        if i > 0:
            backward += widths[i]*widths[i+1]
    nudging = forward*2*params
    return forward, backward, nudging
""",
        """
def bill(widths):
    w = np.asarray(widths, dtype=float)
    p = w[:-1]*w[1:]
    return p.sum(), 2*p.sum()-p[0], 2*p.sum()*(p.sum()+w[1:].sum())
""",
        """
def bill(widths):
    def rec(ws, first):
        if len(ws)<2: return 0,0,0
        f,b,p = rec(ws[1:], False)
        s = ws[0]*ws[1]
        return f+s, b+(s if first else 2*s), p+s+ws[1]
    f,b,p = rec(list(widths), True)
    return f,b,2*f*p
""",
        """
def bill(widths):
    weights=[np.zeros((m,n)) for n,m in zip(widths,widths[1:])]
    biases=[np.zeros(m) for m in widths[1:]]
    f=sum(W.size for W in weights)
    return np.int64(f), np.int64(2*f-weights[0].size), np.int64((f+sum(b.size for b in biases))*f*2)
""",
    ],
    "1.6": [
        """
def nudge_one_way(loss_of, w, h):
    base = loss_of(w)
    slopes = np.zeros(len(w))
    for i in range(len(w)):
        nudged = w.copy()
        nudged[i] += h
        slopes[i] = (loss_of(nudged) - base) / h
    return slopes
""",
        """
def nudge_one_way(loss_of, w, h):
    base = loss_of(w)
    return [(loss_of(w + step) - base) / h for step in h * np.eye(w.size)]
""",
        """
def nudge_one_way(loss_of, w, h):
    quotients = []
    for i in range(len(w)):
        old = w[i]
        w[i] = old + h
        quotients.append(loss_of(w) / h)
        w[i] = old
    return np.array(quotients) - loss_of(w) / h
""",
        """
def nudge_one_way(loss_of, w, h):
    places = [list(w)] + [[v + h * (i == k) for k, v in enumerate(w)] for i in range(len(w))]
    losses = np.array([loss_of(place) for place in places])
    return np.diff([losses[:1].repeat(len(w)), losses[1:]], axis=0)[0] / h
""",
        """
def nudge_one_way(loss_of, w, h):
    base = loss_of(w)
    out = []
    for i in range(len(w)):
        e = np.zeros_like(w); e[i] = 1
        out.append((loss_of(w + h*e) - base)/h)
    return out
""",
        """
def nudge_one_way(loss_of, w, h):
    return (np.array([loss_of(row) for row in w + h*np.identity(w.shape[0])]) - loss_of(w))/h
""",
        """
def nudge_one_way(loss_of, w, h):
    grad = np.empty_like(w)
    fx = loss_of(w)
    it = np.nditer(w, flags=['multi_index'])
    while not it.finished:
        i = it.multi_index
        w2 = w.copy()
        w2[i] = w[i] + h
        grad[i] = (loss_of(w2) - fx)/h
        it.iternext()
    return grad
""",
        """
def nudge_one_way(loss_of, w, h):
    L0 = loss_of(w.copy())
    return tuple((loss_of(np.where(np.arange(len(w)) == i, w + h, w)) - L0) / h for i in range(len(w)))
""",
    ],
    "1.7": [
        """
def slopes_by_sweep(w, x, y):
    came_in = [x]
    for weight in w:
        came_in.append(weight * came_in[-1])
    back = came_in[-1] - y
    slopes = np.zeros(len(w))
    for i in reversed(range(len(w))):
        slopes[i] = back * came_in[i]
        back = back * w[i]
    return slopes
""",
        """
def slopes_by_sweep(w, x, y):
    came_in = x * np.cumprod(np.append(1.0, w))
    back = np.cumprod(np.append(came_in[-1] - y, w[::-1]))
    return came_in[:-1] * back[-2::-1]
""",
        """
def slopes_by_sweep(w, x, y):
    n = len(w)
    miss = np.prod(w) * x - y
    return [miss * x * np.prod(w[:i]) * np.prod(w[i + 1 :]) for i in range(n)]
""",
        """
def slopes_by_sweep(w, x, y):
    if len(w) == 0:
        return []
    def sweep(i, value):
        if i == len(w):
            return [], value - y
        later, back = sweep(i + 1, w[i] * value)
        return [back * value] + later, back * w[i]
    return np.array(sweep(0, x)[0])
""",
        """
def slopes_by_sweep(w, x, y):
    n = len(w)
    a = [0]*(n+1)
    a[0] = x
    for i in range(n): a[i+1] = w[i]*a[i]
    d = a[n]-y
    g = []
    for i in range(n-1,-1,-1):
        g.append(d*a[i])
        d = d*w[i]
    return g[::-1]
""",
        """
def slopes_by_sweep(w, x, y):
    from functools import reduce
    acts = reduce(lambda acc, wi: acc + [acc[-1]*wi], w, [x])
    delta = acts.pop() - y
    grads = []
    while acts:
        a = acts.pop()
        grads.insert(0, delta*a)
        delta *= w[len(acts)]
    return np.array(grads)
""",
        """
def slopes_by_sweep(w, x, y):
    pre = np.concatenate([[1.0], np.cumprod(w)[:-1]])
    suf = np.concatenate([np.cumprod(w[::-1])[::-1][1:], [1.0]])
    return (np.prod(w)*x - y)*x*pre*suf
""",
        """
def slopes_by_sweep(w, x, y):
    M = np.tile(w, (len(w),1)); np.fill_diagonal(M, 1)
    return np.prod(M,axis=1)*x*(w.prod()*x-y)
""",
    ],
    "1.8": ['{"A": "a", "B": "d", "C": "f", "D": "e", "E": "c"}', "dict(zip('ABCDE','adfec'))"],
    "1.9": [
        """
def repaired_round(w, b, x, y, rate):
    a = np.tanh(x @ w + b)
    off = a - y
    loss = (off**2).mean() / 2
    delta = off * (1 - a**2) / len(y)
    dw, db = x.T @ delta, delta.sum()
    return w - rate * dw, b - rate * db, loss
""",
        """
def repaired_round(w, b, x, y, rate):
    N = len(y)
    dw, db, loss = np.zeros(len(w)), 0.0, 0.0
    for k in range(N):
        z = sum(w[i] * x[k, i] for i in range(len(w))) + b
        miss = np.tanh(z) - y[k]
        delta = miss / np.cosh(z) ** 2
        loss = loss + miss**2 / 2 / N
        db = db + delta / N
        for i in range(len(w)):
            dw[i] += delta * x[k, i] / N
    return [w - rate * dw, b - rate * db, loss]
""",
        """
def repaired_round(w, b, x, y, rate):
    inputs = np.column_stack([x, np.ones(len(y))])
    theta = np.append(w, b)
    a = np.tanh(np.einsum("ni,i->n", inputs, theta))
    theta = theta + rate * np.mean(((y - a) * (1 - a) * (1 + a))[:, None] * inputs, axis=0)
    return theta[:-1], theta[-1], np.square(y - a).sum() / (2 * len(y))
""",
        """
def repaired_round(w, b, x, y, rate):
    a = np.tanh(x @ w + b)
    off = a - y
    loss = (off**2).mean() / 2
    delta = off * (1 - a**2)
    w = w - rate * x.T @ delta / len(y)
    b = b - rate * delta.mean()
    return w, b, loss
""",
        """
def repaired_round(w, b, x, y, rate):
    N, n = x.shape
    def grad(k):
        a = np.tanh(np.dot(x[k], w) + b)
        return 0.5*(a-y[k])**2, (a-y[k])*(1-a*a)*x[k], (a-y[k])*(1-a*a)
    parts = [grad(k) for k in range(N)]
    return (w - rate*sum(p[1] for p in parts)/N, b - rate*sum(p[2] for p in parts)/N, sum(p[0] for p in parts)/N)
""",
        """
def repaired_round(w, b, x, y, rate):
    z = np.einsum('ij,j->i', x, w) + b
    a = (np.exp(z)-np.exp(-z))/(np.exp(z)+np.exp(-z))
    e = y - a
    s = 1/np.cosh(z)**2
    return w + rate*np.einsum('i,ij->j', e*s, x)/y.size, b + rate*np.dot(e, s)/y.size, 0.5*np.mean(e*e)
""",
        """
def repaired_round(w, b, x, y, rate):
    f = lambda w, b: ((np.tanh(x @ w + b) - y)**2).mean()/2
    dw = numerical_gradient(lambda v: f(v, b), w)
    db = numerical_gradient(lambda v: f(w, v), np.array(b))
    return w - rate*dw, b - rate*db, f(w, b)
""",
    ],
    "1.10": [
        "(a - y) * (1 - a**2) * x",
        "(sp.tanh(z) - y) * x / sp.cosh(z) ** 2",
        "sp.diff((sp.tanh(w * x + b) - y) ** 2 / 2, w)",
        "sp.expand((y - a) * (a**2 - 1) * x)",
        "(a - y) * (1 - a) * (1 + a) * (z - b) / w",
        "x*(a-y)*(1-sp.tanh(z)**2)",
        "(sp.tanh(w*x+b)-y)*sp.sech(w*x+b)**2*x",
        "(1.0-a**2.0)*(a-1.0*y)*x",
        "sp.Mul(x, a-y, 4/(sp.exp(z)+sp.exp(-z))**2, evaluate=False)",
        "sp.Derivative((sp.tanh(w*x+b)-y)**2/2,w).doit()",
    ],
    "1.11": [
        "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x",
        "(y_hat - y) * x * v_1 * w_1 + (y_hat - y) * x * v_2 * w_2 + (y_hat - y) * x",
        "sp.diff((v_1 * w_1 * u * x + v_2 * w_2 * u * x + u * x - y) ** 2 / 2, u)",
        "(v_1 * h_1 + v_2 * h_2 + h - y) * y_hat / u",
        "-sp.expand((y - y_hat) * (1 + v_2 * w_2 + v_1 * w_1)) * h / u",
        "x*(y_hat-y)*(1+w_1*v_1+w_2*v_2)",
        "(v_1*w_1*u*x+v_2*w_2*u*x+u*x-y)*(v_1*w_1*x+v_2*w_2*x+x)",
        "(y_hat-y)*y_hat/u",
        "(y_hat-y)*(v_1*h_1/u+v_2*h_2/u+h/u)",
    ],
}

WRONG = {
    "1.1": [("large-weight", '"a"'), ("last-layer", '"c"'), ("M13", '"d"'), ("type", '"w2"'), ("type", "2")],
    "1.2": [
        ("M9", '{"A": "backward", "B": "backward", "C": "loss", "D": "forward", "E": "update"}'),
        ("M9", '{"A": "backward", "B": "update", "C": "loss", "D": "forward", "E": "backward"}'),
        ("M9", '{"A": "update", "B": "update", "C": "loss", "D": "forward", "E": "update"}'),
        ("M9", '{"A": "backward", "B": "update", "C": "backward", "D": "forward", "E": "update"}'),
        ("M13", '{"A": "loss", "B": "update", "C": "loss", "D": "forward", "E": "update"}'),
        ("forward", '{"A": "backward", "B": "update", "C": "forward", "D": "forward", "E": "update"}'),
        ("M9", '{"A": "backward", "B": "update", "C": "loss", "D": "backward", "E": "update"}'),
        ("M9", '{"A": "backward", "B": "backward", "C": "backward", "D": "backward", "E": "backward"}'),
        ("type", '{"A": "3", "B": "update", "C": "loss", "D": "forward", "E": "update"}'),
        ("missing", '{"A": "backward", "B": "update", "C": "loss", "D": "forward"}'),
    ],
    "1.3": [
        ("before-only", "-1.94*np.array([0.7,1.05,-0.42])"),
        ("some-entries", "[-0.56*-1.94,2.1,-0.42]"),
        ("miss", "np.array([1.0864,-4.074,0.8148])*-1.94"),
        ("swapped", "-1.94*0.7*np.array([1.5*-0.4,1.5*2,-0.8])"),
        ("own-weight", "1.94*-0.84*np.ones(3)"),
        ("miss", "-0.84/np.array([1.5,-.4,2])"),
        ("factor-2", "np.array([1.0864,-4.074,0.8148])/2"),
        ("target", "(-0.84+1.1)*0.7*np.array([-.8,3,-.6])"),
        ("M13", "[-1.94, -1.94, -1.94]"),
        ("M13", "np.full(3, 1.94)"),
        ("M13", "np.full(3, -1.94 / 3)"),
        ("own-weight", "np.full(3, -1.94 * -0.84)"),
        ("own-weight", "-1.94 * 0.7 * np.array([1.5, -0.4, 2.0])"),
        ("input", "-1.94 * np.array([-0.8, 3.0, -0.6])"),
        ("miss", "0.7 * np.array([-0.8, 3.0, -0.6])"),
        ("M13", "1.94**2 / 2 * 0.7 * np.array([-0.8, 3.0, -0.6])"),
        ("target", "-0.84 * 0.7 * np.array([-0.8, 3.0, -0.6])"),
        ("swapped", "[0.8148, -4.074, 1.0864]"),
        ("sign", "[-1.0864, 4.074, -0.8148]"),
        ("factor-2", "[2.1728, -8.148, 1.6296]"),
        ("M12", "-1.94 * 0.7 * np.array([1.6, 3.5, 1.1])"),
        ("before-only", "-1.94 * 0.7 * np.array([1, 1.5, -0.6])"),
        ("after-only", "-1.94 * 0.7 * np.array([-0.8, 2, 1])"),
        ("M9", "np.array([1.5, -0.4, 2.0]) - [1.0864, -4.074, 0.8148]"),
        ("M6", "-1.94 / np.array([1.5, -0.4, 2.0])"),
        ("digits", "[1.1, -4.1, 0.81]"),
        ("neighbour", "-1.94 * 0.7 * np.array([-0.4, 1.5, -0.4])"),
        ("some-entries", "[1.0864, -4.074, 3.3]"),
        ("shape", "1.0864"),
        ("own-weight", "-1.94*np.array([0.7*1.5,0.7*1.5*-.4,0.7*1.5*-.4*2])"),
        ("own-weight", "-1.94*np.array([1.5*-.4*2,-.4*2,2])"),
        ("sign", "-1.94*np.array([.56,2.1,.42])"),
        ("weights-forgotten", "np.full(3,-1.94*.7)"),
        ("own-weight", "-1.94*np.array([1.5,-.4,2])"),
        ("before-only", "-1.94*np.array([1,1.5,-.6])"),
        ("input", "(-1.2-1.1)*np.array([-.56,2.1,-.42])"),
        ("M9", "np.array([1.5,-.4,2])-0.1*np.array([1.0864,-4.074,0.8148])"),
        ("sign", "np.abs(np.array([1.0864,-4.074,0.8148]))"),
    ],
    "1.4": [
        ("some-entries", "np.outer([0.3,-0.14],[1,1,1,2])"),
        ("incoming", "np.outer([0.3,-0.14],[.5,-2,.8,0])"),
        ("bias", "[[0.3,-1.2,0.48,-0.42],[-0.14,0.56,-0.224,0.196]]"),
        ("incoming", "np.outer([.3/-2,-.14/-2],[.5,-2,.8,1])"),
        ("sign", "[[0.3,1.2,0.48,0.6],[-0.14,-0.56,-0.224,-0.28]]"),
        ("some-entries", "[[0.3,-0.6,0.24,0.3],[-0.14,0.28,-0.112,-0.14]]"),
        ("some-entries", "[[0.3,-0.075,0.1875,0.15],[-.14,.035,-.0875,-.07]]"),
        ("incoming", "np.outer([0.3, -0.14], [0.5, -2, 0.8, 1])"),
        ("incoming", "np.outer([0.15, -0.07], [0.5, -2, 0.8, 1])"),
        ("M13", "[[0.3] * 4, [-0.14] * 4]"),
        ("bias", "[[0.3, -1.2, 0.48, 0], [-0.14, 0.56, -0.224, 0]]"),
        ("bias", "[[0.3, -1.2, 0.48, 1], [-0.14, 0.56, -0.224, 1]]"),
        ("bias", "[[0.3, -1.2, 0.48, 0.3], [-0.14, 0.56, -0.224, -0.14]]"),
        ("bias", "[[0.3, -1.2, 0.48], [-0.14, 0.56, -0.224]]"),
        ("M8", "np.outer([0.5, -2, 0.8, 1], [0.6, -0.28])"),
        ("swapped", "np.outer([-0.28, 0.6], [0.5, -2, 0.8, 1])"),
        ("one-delta", "np.outer([0.6, 0.6], [0.5, -2, 0.8, 1])"),
        ("sign", "np.outer([0.6, -0.28], [0.5, 2, 0.8, 1])"),
        ("sign", "np.outer([0.6, 0.28], [0.5, -2, 0.8, 1])"),
        ("M6", "np.outer([0.6, -0.28], [2, -0.5, 1.25, 1])"),
        ("order", "np.outer([0.6, -0.28], [1, 0.5, -2, 0.8])"),
        ("delta-only", "[[0.6] * 4, [-0.28] * 4]"),
        ("sign", "-np.outer([0.6, -0.28], [0.5, -2, 0.8, 1])"),
        ("shape", "[0.6, -0.28]"),
        ("divided", "[[.3,.3/-2*.5,.3/.8*.5,.3],[-.14,-.14/-2*.5,-.14/.8*.5,-.14]]"),
        ("sign", "[[.3,1.2,.48,.6],[.14,.56,.224,.28]]"),
        ("unmeasured", "[[.3,0,0,0],[-.14,0,0,0]]"),
        ("bias", "[[.3,-1.2,.48,.5],[-.14,.56,-.224,.5]]"),
        ("bias", "[[.3,-1.2,.48,-.6],[-.14,.56,-.224,.28]]"),
    ],
    "1.5": [
        ("last-spared", "sum(weights) + sum(weights[1:])", "sum(weights) * 2 - weights[-1]"),
        ("units", "sum(weights) + sum(weights[1:])", "sum(weights) + sum(widths[1:])"),
        ("biases", "sum(weights) + sum(weights[1:])", "sum(weights) + sum(weights[1:]) + sum(widths[1:])"),
        ("units", "sum(weights) + sum(weights[1:])", "2 * forward - widths[0]"),
        ("backward-too", "2 * parameters * forward", "2 * parameters * forward + backward"),
        ("backward-too", "2 * parameters * forward", "2 * parameters * backward"),
        ("biases", "2 * parameters * forward", "2 * parameters * (forward + sum(widths[1:]))"),
        ("once", "2 * parameters * forward", "2 * forward"),
        ("units", "2 * parameters * forward", "2 * len(weights) * forward"),
        ("swapped", "return forward, backward, nudging", "return forward, nudging, backward"),
        ("swapped", "return forward, backward, nudging", "return backward, forward, nudging"),
        ("not-spared", "sum(weights) + sum(weights[1:])", "2 * sum(weights)"),
        ("not-spared", "sum(weights) + sum(weights[1:])", "3 * forward"),
        ("once-back", "sum(weights) + sum(weights[1:])", "forward"),
        ("last-spared", "sum(weights[1:])", "sum(weights[:-1])"),
        ("carry-only", "sum(weights) + sum(weights[1:])", "sum(weights[1:])"),
        ("both-passes", "sum(weights) + sum(weights[1:])", "2 * sum(weights) + sum(weights[1:])"),
        ("first-left-out", "sum(weights) + sum(weights[1:])", "2 * sum(weights[1:])"),
        ("biases", "sum(weights) + sum(widths[1:])", "sum(weights)"),
        ("one-way", "2 * parameters * forward", "(parameters + 1) * forward"),
        ("one-way", "2 * parameters * forward", "parameters * forward"),
        ("passes", "2 * parameters * forward", "2 * parameters"),
        ("passes", "2 * parameters * forward", "parameters"),
        ("backward-too", "2 * parameters * forward", "2 * parameters * (forward + backward)"),
        ("biases", "sum(widths[1:])", "sum(widths)"),
        ("biases", "sum(widths[1:])", "len(widths) - 1"),
        ("biases", "sum(widths[1:])", "len(weights)"),
        ("biases", "2 * parameters * forward", "2 * parameters * parameters"),
        ("biases", "sum(widths[1:])", "sum(widths[:-1])"),
        ("extra-pass", "2 * parameters * forward", "(2 * parameters + 1) * forward"),
        ("units", "2 * parameters * forward", "2 * sum(widths[1:]) * forward"),
        ("changed-inputs", "    forward = sum(weights)", "    forward = sum(weights)\n    widths.append(0)"),
        ("type", "return forward, backward, nudging", "return forward, backward"),
        ("nothing-returned", "    return forward, backward, nudging", ""),
        ("crashed", "sum(widths[1:])", "sum(widths[1:]) + widths[9]"),
        (
            "first-left-out",
            """
def bill(widths):
    weights = [n_in * n_out for n_in, n_out in zip(widths, widths[1:])]
    forward = sum(weights)
    backward = forward+weights[0]
    params = forward+sum(widths[1:])
    nudging = 2*params*forward
    return forward, backward, nudging
""",
        ),
        (
            "biases",
            """
def bill(widths):
    weights = [n_in * n_out for n_in, n_out in zip(widths, widths[1:])]
    forward = sum(weights)
    backward = 2*forward-weights[0]
    params = forward+1
    nudging = 2*params*forward
    return forward, backward, nudging
""",
        ),
        (
            "biases",
            """
def bill(widths):
    weights = [n_in * n_out for n_in, n_out in zip(widths, widths[1:])]
    forward = sum(weights)
    backward = 2*forward-weights[0]
    params = forward+sum(widths[1:-1])
    nudging = 2*params*forward
    return forward, backward, nudging
""",
        ),
        (
            "units",
            """
def bill(widths):
    weights = [n_in * n_out for n_in, n_out in zip(widths, widths[1:])]
    forward = sum(weights)
    backward = 2*forward-weights[0]
    params = np.prod(widths)
    nudging = 2*params*forward
    return forward, backward, nudging
""",
        ),
        (
            "biases",
            """
def bill(widths):
    weights = [n_in * n_out for n_in, n_out in zip(widths, widths[1:])]
    forward = sum(weights)
    backward = 2*forward-weights[0]
    params = forward+sum(widths[1:])
    nudging = 2*forward*forward+sum(widths[1:])
    return forward, backward, nudging
""",
        ),
        (
            "biases",
            """
def bill(widths):
    weights = [n_in * n_out for n_in, n_out in zip(widths, widths[1:])]
    forward = sum(weights)
    backward = 2*forward-weights[0]
    params = forward+sum(widths[1:])
    nudging = 2*forward*forward+2*sum(widths[1:])
    return forward, backward, nudging
""",
        ),
        (
            "one-way",
            """
def bill(widths):
    weights = [n_in * n_out for n_in, n_out in zip(widths, widths[1:])]
    forward = sum(weights)
    backward = 2*forward-weights[0]
    params = forward+sum(widths[1:])
    nudging = (2*forward+sum(widths[1:]))*forward
    return forward, backward, nudging
""",
        ),
    ],
    "1.6": [
        ("mean", "/ h\n", "/ h / len(w)\n"),
        ("step", "nudged[i] += h", "nudged[i] += h / 2"),
        ("step", "nudged[i] += h", "nudged[i] += 2 * h"),
        ("others-lost", "nudged = w.copy()", "nudged = np.zeros(len(w))"),
        ("sign", "(loss_of(nudged) - base) / h", "abs(loss_of(nudged) - base) / h"),
        ("M9", "return slopes", "return w - slopes"),
        ("own-weight", "return slopes", "return slopes * w"),
        (
            "not-undone",
            "        slopes[i] = (loss_of(nudged) - base) / h\n",
            "        slopes[i] = (loss_of(nudged) - base) / h\n        base = loss_of(nudged)\n",
        ),
        ("evaluations", "(loss_of(nudged) - base)", "(loss_of(nudged) - loss_of(w))"),
        ("evaluations", "    base = loss_of(w)\n", "    loss_of(w)\n    base = loss_of(w)\n"),
        (
            "evaluations",
            "    base = loss_of(w)\n    slopes = np.zeros(len(w))\n    for i in range(len(w)):\n",
            "    slopes = np.zeros(len(w))\n    for i in range(len(w)):\n        base = loss_of(w)\n",
        ),
        (
            "central",
            "(loss_of(nudged) - base) / h",
            "(loss_of(nudged) - loss_of(2 * w - nudged)) / (2 * h)",
        ),
        ("central", "(loss_of(nudged) - base) / h", "(loss_of(nudged) - loss_of(2 * w - nudged)) / h"),
        (
            "down",
            "nudged[i] += h\n        slopes[i] = (loss_of(nudged) - base)",
            "nudged[i] -= h\n        slopes[i] = (base - loss_of(nudged))",
        ),
        ("down", "nudged[i] += h", "nudged[i] -= h"),
        ("divided", "(loss_of(nudged) - base) / h", "loss_of(nudged) - base"),
        ("divided", "(loss_of(nudged) - base) / h", "(loss_of(nudged) - base) * h"),
        ("divided", "(loss_of(nudged) - base) / h", "(loss_of(nudged) - base) / (2 * h)"),
        ("divided", "(loss_of(nudged) - base) / h", "loss_of(nudged) - base / h * h"),
        ("base", "(loss_of(nudged) - base) / h", "loss_of(nudged) / h"),
        ("ratio", "(loss_of(nudged) - base) / h", "(loss_of(nudged) - base) / base / h"),
        ("sign", "(loss_of(nudged) - base)", "(base - loss_of(nudged))"),
        ("all-at-once", "nudged[i] += h", "nudged += h"),
        ("replaced", "nudged[i] += h", "nudged[i] = h"),
        ("relative", "nudged[i] += h", "nudged[i] *= 1 + h"),
        ("own-step", "    base", "    h = 1e-5\n    base"),
        ("own-step", "    base", "    h = 1e-7\n    base"),
        (
            "not-undone",
            "    for i in range(len(w)):\n        nudged = w.copy()\n",
            "    nudged = w.copy()\n    for i in range(len(w)):\n",
        ),
        ("changed-inputs", "nudged = w.copy()", "nudged = w"),
        ("off-by-one", "range(len(w))", "range(len(w) - 1)"),
        ("off-by-one", "range(len(w))", "range(1, len(w))"),
        ("shape", "return slopes", "return slopes[0]"),
        ("shape", "return slopes", "return slopes.sum()"),
        ("crashed", "nudged = w.copy()\n        nudged[i] += h", "nudged = w[i] + h"),
        ("nothing-returned", "return slopes", "slopes"),
        ("rounded", "return slopes", "return slopes.round(4)"),
        ("integers", "np.zeros(len(w))", "np.zeros(len(w), int)"),
        (
            "off-by-one",
            """
def nudge_one_way(loss_of, w, h):
    base = loss_of(w)
    out = np.zeros(len(w))
    for i in range(len(w)):
        v = w.copy()
        v[i] += h
        out[i] = (loss_of(v) - base) / h
        return out
""",
        ),
        (
            "divided",
            """
def nudge_one_way(loss_of, w, h):
    base = loss_of(w)
    out = np.zeros(len(w))
    for i in range(len(w)):
        v = w.copy()
        v[i] += h
        out[i] = (loss_of(v) - base) / base
    return out
""",
        ),
        (
            "divided",
            """
def nudge_one_way(loss_of, w, h):
    base = loss_of(w)
    out = np.zeros(len(w))
    for i in range(len(w)):
        v = w.copy()
        v[i] += h
        out[i] = (loss_of(v) - base) / w[i]
    return out
""",
        ),
    ],
    "1.7": [
        ("M12", "back = back * w[i]", "back = back + w[i]"),
        ("onward", "back = back * w[i]", "back = w[i]"),
        ("M12", "slopes[i] = back * came_in[i]", "slopes[i] = back + came_in[i]"),
        ("sent-on", "came_in.append(weight * came_in[-1])", "came_in.append(weight * x)"),
        ("M12", "came_in.append(weight * came_in[-1])", "came_in.append(weight + came_in[-1])"),
        ("order", "reversed(range(len(w)))", "range(len(w))"),
        ("onward", "back = back * w[i]", "back = slopes[i] * w[i]"),
        ("off-by-one", "back = back * w[i]", "back = back * w[i - 1]"),
        ("input", "came_in = [x]", "came_in = [1]"),
        ("own-weight", "slopes[i] = back * came_in[i]", "slopes[i] = back * w[i]"),
        ("off-by-one", "reversed(range(len(w)))", "reversed(range(1, len(w)))"),
        ("off-by-one", "reversed(range(len(w)))", "reversed(range(len(w) - 1))"),
        ("nan", "back = back * w[i]", "back = back / w[i]"),
        ("target", "return slopes", "return slopes / y"),
        ("onward", "back = back * w[i]", "back = back * w[i] * came_in[i]"),
        ("M13", "slopes[i] = back * came_in[i]", "slopes[i] = came_in[-1] - y"),
        ("M13", "slopes[i] = back * came_in[i]", "slopes[i] = (came_in[-1] - y) / len(w)"),
        ("own-weight", "back * came_in[i]", "back * came_in[i + 1]"),
        (
            "own-weight",
            "        slopes[i] = back * came_in[i]\n        back = back * w[i]\n",
            "        back = back * w[i]\n        slopes[i] = back * came_in[i]\n",
        ),
        ("own-weight", "back * came_in[i]", "(came_in[-1] - y) * w[i] * x"),
        ("after-only", "back * came_in[i]", "back"),
        ("after-only", "back * came_in[i]", "back * x"),
        ("after-only", "back * came_in[i]", "back * (w[i - 1] if i else x)"),
        ("before-only", "back = back * w[i]", "pass"),
        ("input", "back * came_in[i]", "back * came_in[i] / x"),
        ("divided", "back * came_in[i]", "(came_in[-1] - y) * came_in[-1] / w[i]"),
        ("divided", "back * came_in[i]", "(y - came_in[-1]) * came_in[-1] / w[i]"),
        ("divided", "back * came_in[i]", "(came_in[-1] - y) * came_in[-1] / w[i] if w[i] else 0"),
        ("M6", "back * came_in[i]", "(came_in[-1] - y) / w[i]"),
        ("miss", "back = came_in[-1] - y", "back = 1"),
        ("M13", "back = came_in[-1] - y", "back = (came_in[-1] - y) ** 2 / 2"),
        ("target", "back = came_in[-1] - y", "back = came_in[-1]"),
        ("sign", "came_in[-1] - y", "y - came_in[-1]"),
        ("sign", "came_in[-1] - y", "abs(came_in[-1] - y)"),
        ("factor-2", "came_in[-1] - y", "2 * (came_in[-1] - y)"),
        ("swapped", "return slopes", "return slopes[::-1]"),
        ("M9", "return slopes", "return w - slopes"),
        ("update-first", "back = back * w[i]", "back = back * (w[i] - slopes[i])"),
        ("neighbour", "back * came_in[i]", "(came_in[-1] - y) * x * (w[i + 1] if i + 1 < len(w) else 1)"),
        ("M12", "back * came_in[i]", "(came_in[-1] - y) * x * ((w.sum() - w[i]) if len(w) > 1 else 1)"),
        ("off-by-one", "back * came_in[i]", "back * came_in[max(i - 1, 0)]"),
        ("changed-inputs", "back = back * w[i]", "back = back * w[i]\n        w[i] -= slopes[i]"),
        ("nothing-returned", "return slopes", "slopes"),
        ("shape", "return slopes", "return slopes.sum()"),
        ("shape", "return slopes", "return slopes.reshape(-1, 1)"),
        ("crashed", "back * came_in[i]", "back * came_in[i + 2]"),
        (
            "wrong-weight",
            """
def slopes_by_sweep(w, x, y):
    acts = [x]
    for wi in w:
        acts.append(acts[-1] * wi)
    d = acts[-1] - y
    g = np.zeros(len(w))
    for i in reversed(range(len(w))):
        g[i] = d * acts[i]
        d = d * w[0]
    return g
""",
        ),
        (
            "M13",
            """
def slopes_by_sweep(w, x, y):
    acts = [x]
    for wi in w:
        acts.append(acts[-1] * wi)
    d = acts[-1] - y
    g = np.zeros(len(w))
    for i in reversed(range(len(w))):
        g[i] = d * acts[i]
        d = (acts[i] - y) * w[i]
    return g
""",
        ),
        (
            "added",
            """
def slopes_by_sweep(w, x, y):
    acts = [x]
    for wi in w:
        acts.append(acts[-1] * wi)
    d = acts[-1] - y
    g = np.zeros(len(w))
    for i in reversed(range(len(w))):
        g[i] = d * acts[i]
        d = d * w[i]
    return np.cumsum(g)
""",
        ),
    ],
    "1.8": [
        ("ascent", '{"A": "b", "B": "d", "C": "f", "D": "e", "E": "c"}'),
        ("no-bug", '{"A": "a", "B": "a", "C": "f", "D": "e", "E": "c"}'),
        ("no-bug", '{"A": "a", "B": "d", "C": "a", "D": "e", "E": "c"}'),
        ("update-first", '{"A": "a", "B": "d", "C": "f", "D": "d", "E": "c"}'),
        ("no-bug", '{"A": "a", "B": "d", "C": "f", "D": "e", "E": "a"}'),
        ("M13", '{"A": "c", "B": "d", "C": "f", "D": "e", "E": "c"}'),
        ("divided", '{"A": "a", "B": "d", "C": "f", "D": "f", "E": "c"}'),
        ("not-undone", '{"A": "a", "B": "e", "C": "f", "D": "e", "E": "c"}'),
        ("no-bug", '{"A": "a", "B": "a", "C": "a", "D": "a", "E": "a"}'),
        ("type", '["a", "d", "f", "e", "c"]'),
        ("type", '{"A": "g", "B": "d", "C": "f", "D": "e", "E": "c"}'),
    ],
    "1.9": [
        ("target", "off = a - y", "off = a"),
        ("shape", "loss = (off**2).mean() / 2", "loss = 0.5 * off**2"),
        ("loss", "(off**2).mean() / 2", "abs(off).mean()"),
        ("mean", "x.T @ delta", "x.T @ delta * len(y)"),
        ("bias", "x @ w + b", "x @ w"),
        ("bias", "x @ w + b", "x @ w - b"),
        ("crashed", "off * (1 - a**2) / len(y)", "(off * (1 - a**2)).mean()"),
        ("miss", "off * (1 - a**2)", "off**2 * (1 - a**2)"),
        ("miss", "off * (1 - a**2)", "np.sign(off) * (1 - a**2)"),
        ("M13", "off * (1 - a**2)", "loss * (1 - a**2)"),
        ("ascent", "w - rate * dw, b - rate * db", "w - rate * dw, b + rate * db"),
        ("mean", "w - rate * dw, b - rate * db", "w - rate / 2 * dw, b - rate * db"),
        ("shape", "return w - rate * dw, b - rate * db, loss", "return loss, w - rate * dw, b - rate * db"),
        ("no-activation", "a = np.tanh(x @ w + b)\n", "a = x @ w + b\n"),
        ("M13", "off * (1 - a**2)", "off"),
        ("M13", "x.T @ delta", "x.T @ off / len(y)"),
        ("M13", "delta.sum()", "off.mean()"),
        ("mean", " / len(y)", ""),
        ("mean", "delta.sum()", "delta.sum() * len(y)"),
        ("mean", "delta.sum()", "delta.mean()"),
        ("mean", "x.T @ delta", "x.T @ delta / len(y)"),
        (
            "update-first",
            "dw, db = x.T @ delta, delta.sum()",
            "dw = x.T @ delta\n    a = np.tanh(x @ (w - rate * dw) + b)\n    db = ((a - y) * (1 - a**2)).mean()",
        ),
        (
            "two-left",
            "dw, db = x.T @ delta, delta.sum()",
            "dw = x.T @ off / len(y)\n    a = np.tanh(x @ (w - rate * dw) + b)\n    db = ((a - y) * (1 - a**2)).mean()",
        ),
        ("two-left", "dw, db = x.T @ delta, delta.sum()", "dw = x.T @ off / len(y)\n    db = (off * (1 - a**2)).sum()"),
        (
            "three-left",
            "dw, db = x.T @ delta, delta.sum()",
            "dw = x.T @ off / len(y)\n    a = np.tanh(x @ (w - rate * dw) + b)\n    db = ((a - y) * (1 - a**2)).sum()",
        ),
        ("M5", "1 - a**2", "1 - np.tanh(a) ** 2"),
        ("M5", "1 - a**2", "1 - (x @ w + b) ** 2"),
        ("slope", "(1 - a**2)", "a * (1 - a)"),
        ("slope", "(1 - a**2)", "(1 - a)"),
        ("slope", "(1 - a**2)", "(1 + a**2)"),
        ("slope", "off * (1 - a**2)", "(1 - a**2)"),
        ("ascent", "w - rate * dw, b - rate * db", "w + rate * dw, b + rate * db"),
        ("ascent", "off = a - y", "off = y - a"),
        ("M13", "off * (1 - a**2)", "-off"),
        ("learning-rate", "w - rate * dw, b - rate * db", "w - dw, b - db"),
        ("M9", "w - rate * dw, b - rate * db", "dw, db"),
        ("step-only", "w - rate * dw, b - rate * db", "-rate * dw, -rate * db"),
        ("no-step", "w - rate * dw, b - rate * db", "w, b"),
        ("bias", "b - rate * db", "b"),
        ("bias", "delta.sum()", "delta.sum() * b"),
        ("incoming", "x.T @ delta", "np.ones_like(w) * delta.sum()"),
        ("own-weight", "x.T @ delta", "x.T @ delta * w"),
        ("mean", " / len(y)", " / len(w)"),
        ("slope", "(1 - a**2)", "(1 - a) ** 2"),
        ("M6", "off * (1 - a**2)", "off / (1 - a**2)"),
        ("factor-2", "off * (1 - a**2)", "2 * off * (1 - a**2)"),
        ("loss", "(off**2).mean() / 2", "(off**2).mean()"),
        ("loss", "(off**2).mean() / 2", "(off**2).sum() / 2"),
        ("loss", "(off**2).mean() / 2", "off.mean() ** 2 / 2"),
        ("loss", "return", "loss = ((np.tanh(x @ (w - rate * dw) + b - rate * db) - y) ** 2).mean() / 2\n    return"),
        ("changed-inputs", "    return w - rate * dw", "    w -= rate * dw\n    return w"),
        ("nothing-returned", "return", "result ="),
        ("type", ", loss\n", "\n"),
        ("crashed", "x.T @ delta", "x @ delta @ delta[:, None, None]"),
        ("rounded", "return w - rate * dw,", "return np.round(w - rate * dw, 4),"),
        (
            "M13",
            """
def repaired_round(w, b, x, y, rate):
    a = np.tanh(x @ w + b)
    off = a - y
    loss = (off**2).mean() / 2
    delta = off * (1 - off**2)
    w = w - rate * x.T @ delta / len(y)
    b = b - rate * delta.sum() / len(y)
    return w, b, loss
""",
        ),
        (
            "learning-rate",
            """
def repaired_round(w, b, x, y, rate):
    a = np.tanh(x @ w + b)
    off = a - y
    loss = (off**2).mean() / 2
    delta = rate * off * (1 - a**2)
    w = w - rate * x.T @ delta / len(y)
    b = b - rate * delta.sum() / len(y)
    return w, b, loss
""",
        ),
    ],
    "1.10": [
        ("bias", "(a-y)*(1-a**2)*x + (a-y)*(1-a**2)"),
        ("slope", "(a-y)*(1-sp.tanh(w*x+b))*x"),
        ("slope", "(a-y)*sp.tanh(z)*(1-a)*x"),
        ("own-weight", "(a-y)*(1-a**2)*(x*w)"),
        ("M5", "(a-y)*sp.sech(w)**2*x"),
        ("M13", "2*(a-y)*x"),
        ("slope", "(a-y)*(1-a**2)**2*x"),
        ("miss", "(a-y)**2*(1-a**2)*x"),
        ("target", "(a+y)*(1-a**2)*x"),
        ("slope", "(1-a**2)"),
        ("incoming", "x"),
        ("brackets", "a-y*(1-a**2)*x"),
        ("slope", "(y-a)*x*(1-a)"),
        ("M13", "(a - y) * x"),
        ("M13", "a - y"),
        ("incoming", "(a - y) * (1 - a**2)"),
        ("slope", "(1 - a**2) * x"),
        ("own-weight", "(a - y) * (1 - a**2) * w"),
        ("own-weight", "(a - y) * (1 - a**2) * w * x"),
        ("own-weight", "(a - y) * (1 - a**2) * z"),
        ("bias", "(a - y) * (1 - a**2) * (x + b)"),
        ("M5", "(a - y) * (1 - sp.tanh(a) ** 2) * x"),
        ("M5", "(a - y) * (1 - z**2) * x"),
        ("M5", "(a - y) * (1 - sp.tanh(x) ** 2) * x"),
        ("slope", "(a - y) * a * x"),
        ("slope", "(a - y) * (1 - a) * x"),
        ("slope", "(a - y) * a * (1 - a) * x"),
        ("M13", "(a - y) ** 2 / 2 * (1 - a**2) * x"),
        ("target", "a * (1 - a**2) * x"),
        ("M12", "(a - y) ** 2 / 2 + (a - y) * (1 - a**2) * x"),
        ("M12", "(a - y) + (1 - a**2) + x"),
        ("sign", "(y - a) * (1 - a**2) * x"),
        ("M13", "(y - a) * x"),
        ("factor-2", "2 * (a - y) * (1 - a**2) * x"),
        ("factor-2", "(a - y) * (1 - a**2) * x / 2"),
        ("M6", "(a - y) / (1 - a**2) * x"),
        ("M9", "w - (a - y) * (1 - a**2) * x"),
        ("bias", "(a - y) * (1 - sp.tanh(w * x) ** 2) * x"),
        ("M12", "(a - y) * (1 - a**2 + x)"),
        ("symbols", "(a - y) * (1 - a**2) * h"),
        ("type", '"(a - y) * (1 - a**2) * x"'),
        ("not-done", "(a - y) * sp.Derivative(sp.Function('f')(z), z) * x"),
        ("nan", "(a - y) * x / (x - x * 1.0)"),
        ("target", "(z-y)*(1-a**2)*x"),
        ("M13", "(a-y)*(1-(a-y)**2)*x"),
        ("M12", "(a-y)*((1-a**2)*z+sp.tanh(z)*x)"),
        ("M5", "(a-y)*(1-sp.tanh(x)**2)"),
        ("slope", "(a-y)*x/sp.cosh(z)"),
    ],
    "1.11": [
        ("own-weight", "(y_hat-y)*(v_1*w_1+v_2*w_2)*u*x"),
        ("M1", "(y_hat-y)*(v_1+v_2)*(w_1+w_2)*x"),
        ("input", "(y_hat-y)*(v_1*w_1*x+v_2*w_2*x+1)"),
        ("own-weight", "(y_hat-y)*(v_1*w_1+v_2*w_2+1)*x*u"),
        ("input", "(y_hat-y)*(v_1*w_1+v_2*w_2+1)*x**2"),
        ("input", "(y_hat-y)*(v_1*w_1+v_2*w_2+x)"),
        ("M12", "(y_hat-y)*(v_1*w_1*v_2*w_2+1)*x"),
        ("M12", "(y_hat-y)*v_1*w_1*v_2*w_2*1*x"),
        ("straight", "(y_hat-y)*(v_1*w_1+v_2*w_2+x)*x"),
        ("weights-forgotten", "(y_hat-y)*(w_1*x+w_2*x+x)"),
        ("M4", "(y_hat-y)*(h_1+h_2+h)*x"),
        ("miss", "(y_hat-y)**2*(v_1*w_1+v_2*w_2+1)*x"),
        ("input", "(y_hat-y)*(v_1*w_1+v_2*w_2)"),
        ("miss", "v_1*w_1+v_2*w_2+1"),
        ("M1", "(y_hat - y) * v_1 * w_1 * x"),
        ("M1", "(y_hat - y) * v_2 * w_2 * x"),
        ("M1", "(y_hat - y) * x"),
        ("M1", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2) * x"),
        ("M1", "(y_hat - y) * (v_1 * w_1 + 1) * x"),
        ("M1", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x / 3"),
        ("M1", "(y_hat - y) * ((v_1 + v_2) * (w_1 + w_2) + 1) * x"),
        ("M12", "(y_hat - y) * v_1 * w_1 * v_2 * w_2 * x"),
        ("M12", "(y_hat - y) * (v_1 + w_1 + v_2 + w_2 + 1) * x"),
        ("swapped", "(y_hat - y) * (v_1 * w_2 + v_2 * w_1 + 1) * x"),
        ("input", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1)"),
        ("own-weight", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * u"),
        ("own-weight", "(y_hat - y) * y_hat"),
        ("miss", "(v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("M13", "y_hat - y"),
        ("M13", "(y_hat - y) ** 2 / 2 * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("target", "y_hat * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("weights-forgotten", "(y_hat - y) * (v_1 + v_2 + 1) * x"),
        ("straight", "(y_hat - y) * (v_1 * w_1 + v_2 * w_2 + h) * x"),
        ("sign", "(y - y_hat) * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("M1", "(y - y_hat) * (v_1 * w_1 + v_2 * w_2) * x"),
        ("factor-2", "2 * (y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("M4", "(y_hat - y) * (v_1 * h_1 + v_2 * h_2 + 1) * x"),
        ("symbols", "(a - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("M9", "u - (y_hat - y) * (v_1 * w_1 + v_2 * w_2 + 1) * x"),
        ("type", "[v_1, v_2]"),
        ("M1", "(y_hat-y)*x*(v_1*w_1+v_2*w_2+2)"),
        ("M12", "(y_hat-y)*x*(1+v_1*w_1)*(1+v_2*w_2)"),
        ("own-weight", "(y_hat-y)*(v_1*w_1+v_2*w_2+1)*x*h"),
        ("M12", "(y_hat-y)+x*(v_1*w_1+v_2*w_2+1)"),
    ],
}
