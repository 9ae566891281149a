"""What students answer to the exercises of chapter 3: right in several ways, and wrong with the thought behind it.

The form is that of chapter 5's list.
"""

RIGHT = {
    "3.1": [
        '{"A": "a", "B": "b", "C": "c", "D": "a", "E": "b"}',
        '{"A": "A", "B": "b ", "C": "c", "D": "a", "E": "B"}',
        "dict(A='a',B='b',C='c',D='a',E='b')",
    ],
    "3.2": [
        "np.array([u + 1.3, v * (1 + u + 1.3), v + v * (1 + u + 1.3), -v * (1 + u + 1.3)])",
        "[1.7, 4.0279, 5.5197, -4.0279]",
        "[u+x, 1*v+v*(u+x), v*(u+x)+v+v, -(v+v*(u+x))]",
        "[1.7, np.exp(.4)*2.7, np.exp(.4)*3.7, -np.exp(.4)*2.7]",
        "[float(sp.exp(0.4))*k for k in (0,0,0,0)] and [1.7,4.02792658,5.51975128,-4.02792658]",
    ],
    "3.3": [
        "[1.5, 1.5 * v, 1.5 * v * (1 + u), v + 1.3 * 1.5 * v, 1.5 * v * (1 + u) + v * (1 + 1.95)]",
        "np.array([1.5, 2.23774, 3.13283, 4.40088, 7.53372])",
        "[1.5, 1.5*v, 1.5*v+u*1.5*v, v+x*1.5*v, 1.5*v+u*1.5*v+v+x*1.5*v]",
        "np.array([1.5, 1.5*v, 2.1*v, 2.95*v, 5.05*v])",
    ],
    "3.4": [
        """
def local_slopes(operation, operands, out):
    if operation == "+":
        return [1.0, 1.0]
    if operation == "-":
        return [1.0, -1.0]
    a, b = operands[0], operands[-1]
    if operation == "*":
        return [b, a]
    if operation == "/":
        return [1 / b, -a / b**2]
    if operation == "exp":
        return [out]
    if operation == "sqrt":
        return [1 / (2 * out)]
    if operation == "tanh":
        return [1 - out**2]
    return [1.0 if a > 0 else 0.0]
""",
        """
def local_slopes(operation, operands, out):
    table = {
        "+": lambda a, b: (1, 1),
        "-": lambda a, b: (1, -1),
        "*": lambda a, b: (b, a),
        "/": lambda a, b: (1 / b, -out / b),
        "exp": lambda a: (np.exp(a),),
        "sqrt": lambda a: (0.5 * a**-0.5,),
        "tanh": lambda a: (1 / np.cosh(a) ** 2,),
        "relu": lambda a: (out > 0,),
    }
    return table[operation](*operands)
""",
        """
def local_slopes(operation, operands, out):
    match operation:
        case "+" | "-":
            return np.array([1.0, 1.0 if operation == "+" else -1.0])
        case "*":
            return np.array(operands[::-1])
        case "/":
            return np.array([out / operands[0], -out / operands[1]])
        case "exp":
            return np.array([out])
        case "sqrt":
            return 0.5 * out / operands[0]
        case "tanh":
            return (1 - out) * (1 + out)
        case "relu":
            return np.heaviside(operands, 0.0)
""",
        """
def local_slopes(operation, operands, out):
    a = operands[0]
    b = operands[1] if len(operands) > 1 else None
    if operation == "+": return [1.0, 1.0]
    if operation == "-": return [1.0, -1.0]
    if operation == "*": return [b, a]
    if operation == "/": return [1/b, -a/b**2]
    if operation == "exp": return [out]
    if operation == "sqrt": return [1/(2*out)]
    if operation == "tanh": return [1-out**2]
    if operation == "relu": return [1.0 if a > 0 else 0.0]
""",
        """
def local_slopes(operation, operands, out):
    match operation, operands:
        case "+", [_, _]: return np.array([1.0, 1.0])
        case "-", [_, _]: return np.array([1.0, -1.0])
        case "*", [a, b]: return np.array([b, a])
        case "/", [a, b]: return np.array([b, -a]) / (b*b)
        case "exp", _: return np.array([out])
        case "sqrt", _: return np.array([0.5/out])
        case "tanh", _: return np.array([(1-out)*(1+out)])
        case "relu", _: return np.array([float(out > 0)])
""",
        """
def local_slopes(operation, operands, out):
    if operation == "+":
        return [1.0, 1.0]
    if operation == "-":
        return [1.0, -1.0]
    if operation in "*/":
        a, b = operands
        return [b, a] if operation == "*" else [1/b, -a/(b*b)]
    (a,) = operands
    return [{"exp": out, "sqrt": 0.5/out if out else None, "tanh": 1-out*out, "relu": np.heaviside(a, 0)}[operation]]
""",
    ],
    "3.5": [
        """
def order(graph, result):
    done = []

    def visit(name):
        if name in done:
            return
        for operand in graph[name]:
            visit(operand)
        done.append(name)

    visit(result)
    return done
""",
        """
def order(graph, result):
    done, waiting = {}, [result]
    while waiting:
        missing = [o for o in graph[waiting[-1]] if o not in done]
        if missing:
            waiting += missing
        else:
            done[waiting.pop()] = None
    return list(done)
""",
        """
def order(graph, result):
    needed, look = {result}, [result]
    while look:
        for o in graph[look.pop()]:
            if o not in needed:
                needed.add(o)
                look.append(o)
    done = []
    while len(done) < len(needed):
        for name in sorted(needed, reverse=True):
            if name not in done and all(o in done for o in graph[name]):
                done.append(name)
    return tuple(done)
""",
        """
def order(graph, result):
    depth = {}

    def longest(name):
        if name not in depth:
            depth[name] = 1 + max([longest(o) for o in graph[name]], default=0)
        return depth[name]

    longest(result)
    return sorted(depth, key=lambda name: (depth[name], name))
""",
        """
def order(graph, result):
    if not graph[result]:
        return [result]
    found = []
    for operand in graph[result]:
        for name in order(graph, operand):
            if name not in found:
                found.append(name)
    return found + [result]
""",
        """
def order(graph, result):
    topo, visited = [], set()
    def build(v):
        if v not in visited:
            visited.add(v)
            for child in graph[v]:
                build(child)
            topo.append(v)
    build(result)
    return topo
""",
        """
def order(graph, result):
    need = {result}; todo = [result]
    while todo:
        for o in graph[todo.pop()]:
            if o not in need: need.add(o); todo.append(o)
    out = []
    while len(out) < len(need):
        for n in need:
            if n not in out and all(o in out for o in graph[n]):
                out.append(n)
    return out
""",
        """
def order(graph, result):
    from graphlib import TopologicalSorter
    need = set()
    def visit(n):
        need.add(n)
        for o in graph[n]:
            if o not in need: visit(o)
    visit(result)
    return tuple(TopologicalSorter({n: set(graph[n]) for n in need}).static_order())
""",
        """
def order(graph, result):
    def rec(n):
        out = []
        for o in graph[n]:
            out += rec(o)
        return out + [n]
    return list(dict.fromkeys(rec(result)))
""",
        """
def order(graph, result):
    depth = {}
    def d(n):
        if n not in depth: depth[n] = 1 + max([d(o) for o in graph[n]], default=0)
        return depth[n]
    d(result)
    return sorted(depth, key=depth.get)
""",
    ],
    "3.6": [
        """
def backward(tape, from_loss):
    received = [0.0] * len(tape)
    for node, slope in from_loss.items():
        received[node] += slope
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            received[operand] += received[node] * slope
    return received
""",
        """
def backward(tape, from_loss):
    n = len(tape)
    local = np.zeros((n, n))
    for node in range(n):
        for operand, slope in tape[node]:
            local[operand, node] += slope
    start = np.zeros(n)
    for node in from_loss:
        start[node] = from_loss[node]
    return np.linalg.solve(np.eye(n) - local, start)
""",
        """
def backward(tape, from_loss):
    known = {}

    def gradient(node):
        if node not in known:
            known[node] = from_loss.get(node, 0.0) + sum(
                gradient(user) * slope
                for user, edges in enumerate(tape)
                for operand, slope in edges
                if operand == node
            )
        return known[node]

    return [gradient(node) for node in range(len(tape))]
""",
        """
def backward(tape, from_loss):
    received = {node: from_loss.get(node, 0.0) for node in range(len(tape))}
    for node in range(len(tape) - 1, -1, -1):
        g = received[node]
        for operand, slope in tape[node]:
            received[operand] = received[operand] + g * slope
    return received
""",
        """
def backward(tape, from_loss):
    received = np.zeros(len(tape))

    def take(node, amount):
        received[node] += amount
        for operand, slope in tape[node]:
            take(operand, amount * slope)

    for node, amount in from_loss.items():
        take(node, amount)
    return received
""",
        """
def backward(tape, from_loss):
    grad = [0.0] * len(tape)
    for node, g in from_loss.items():
        grad[node] += g
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            grad[operand] += grad[node] * slope
    return grad
""",
        """
def backward(tape, from_loss):
    g = np.array([from_loss.get(i, 0) for i in range(len(tape))], dtype=float)
    for i in range(len(tape) - 1, -1, -1):
        for j, s in tape[i]:
            g[j] += s * g[i]
    return g
""",
        """
def backward(tape, from_loss):
    n = len(tape)
    A = np.zeros((n, n))
    for i, edges in enumerate(tape):
        for j, s in edges: A[i, j] += s
    seed = np.zeros(n)
    for k, v in from_loss.items(): seed[k] = v
    return np.linalg.solve(np.eye(n) - A.T, seed).tolist()
""",
        """
def backward(tape, from_loss):
    from functools import lru_cache
    @lru_cache(None)
    def g(k):
        return from_loss.get(k, 0.0) + sum(g(i) * s for i, e in enumerate(tape) for j, s in e if j == k)
    return [g(k) for k in range(len(tape))]
""",
        """
def backward(tape, from_loss):
    from collections import defaultdict
    grad = defaultdict(float, from_loss)
    for i, edges in list(enumerate(tape))[::-1]:
        for j, s in edges:
            grad[j] = grad[j] + s * grad[i]
    return tuple(grad[i] for i in range(len(tape)))
""",
    ],
    "3.7": [
        """
def tangents(tape, moves):
    found = []
    for node, edges in enumerate(tape):
        if edges:
            found.append(sum(slope * found[operand] for operand, slope in edges))
        else:
            found.append(moves.get(node, 0.0))
    return found
""",
        """
def tangents(tape, moves):
    found = np.zeros(len(tape))
    for node in moves:
        found[node] = moves[node]
    for node in range(len(tape)):
        for operand, slope in tape[node]:
            found[node] += slope * found[operand]
    return found
""",
        """
def tangents(tape, moves):
    n = len(tape)
    rows = [backward(tape, {node: 1.0}) for node in range(n)]
    return [sum(row[k] * moves[k] for k in moves) for row in rows]
""",
        """
def tangents(tape, moves):
    found = dict(moves)

    def tangent(node):
        if node not in found:
            found[node] = 0.0
            for operand, slope in tape[node]:
                found[node] += tangent(operand) * slope
        return found[node]

    return tuple(tangent(node) for node in range(len(tape)))
""",
        """
def tangents(tape, moves):
    t = []
    for i, edges in enumerate(tape):
        if edges:
            t.append(sum(s * t[j] for j, s in edges))
        else:
            t.append(moves.get(i, 0.0))
    return t
""",
        """
def tangents(tape, moves):
    t = np.zeros(len(tape))
    for k in moves: t[k] = moves[k]
    for i in range(len(tape)):
        for j, s in tape[i]: t[i] += s * t[j]
    return t
""",
        """
def tangents(tape, moves):
    def go(i):
        return sum(s * go(j) for j, s in tape[i]) if tape[i] else moves.get(i, 0)
    return [go(i) for i in range(len(tape))]
""",
    ],
    "3.8": ['{"A": "d", "B": "c", "C": "a", "D": "b"}', "dict(A='d',B='c',C='a',D='b')"],
    "3.9": [
        """
def jacobian(tape, inputs, outputs):
    rows = []
    for output in outputs:
        received = [0.0] * len(tape)
        received[output] = 1.0
        for node in reversed(range(len(tape))):
            for operand, slope in tape[node]:
                received[operand] += received[node] * slope
        rows.append([received[k] for k in inputs])
    return np.array(rows)
""",
        """
def jacobian(tape, inputs, outputs):
    columns = [tangents(tape, {k: 1.0}) for k in inputs]
    return [[column[output] for column in columns] for output in outputs]
""",
        """
def jacobian(tape, inputs, outputs):
    J = np.empty((len(outputs), len(inputs)))
    for row, output in enumerate(outputs):
        J[row] = np.array(backward(tape, {output: 1.0}))[list(inputs)]
    return J
""",
        """
def jacobian(tape, inputs, outputs):
    received = np.zeros((len(outputs), len(tape)))
    received[range(len(outputs)), outputs] = 1.0
    for node in range(len(tape) - 1, -1, -1):
        for operand, slope in tape[node]:
            received[:, operand] += received[:, node] * slope
    return received[:, inputs]
""",
        """
def jacobian(tape, inputs, outputs):
    cols = []
    for i in inputs:
        t = []
        for k, edges in enumerate(tape):
            t.append(float(k == i) + sum(s * t[j] for j, s in edges) if k != i else 1.0)
        cols.append([t[o] for o in outputs])
    return np.array(cols).T
""",
        """
def jacobian(tape, inputs, outputs):
    J = np.zeros((len(outputs), len(inputs)))
    for r, o in enumerate(outputs):
        g = backward(tape, {o: 1.0})
        for c, i in enumerate(inputs): J[r, c] = g[i]
    return J
""",
        """
def jacobian(tape, inputs, outputs):
    n = len(tape); A = np.zeros((n, n))
    for i, edges in enumerate(tape):
        for j, s in edges: A[i, j] += s
    M = np.linalg.inv(np.eye(n) - A)
    return M[np.ix_(outputs, inputs)]
""",
        """
def jacobian(tape, inputs, outputs):
    return [[tangents(tape, {i: 1.0})[o] for i in inputs] for o in outputs]
""",
    ],
    "3.10": [
        "r + k * (r + (s + h) / (2 * r))",
        "sp.diff(sp.sqrt(h * k) * (h * k + h), h)",
        "r + k * r + k * (s + h) * s ** sp.Rational(-1, 2) / 2",
        "sp.expand((2 * r**2 * (1 + k) + k * (s + h)) / (2 * r))",
        "sp.Rational(3, 2) * r * (k + 1)",
        "1.5 * sp.sqrt(h * k) * (1 + k)",
        "r*(k+1)+(s+h)*k/(2*r)",
        "sp.diff(sp.sqrt(h*k)*(h*k+h),h)",
        "sp.Rational(3,2)*r*(k+1)",
        "1.5*sp.sqrt(h*k)*(1+k)",
        "0.5*k*(s+h)/sp.sqrt(s)+r*k+r",
        "sp.Derivative(sp.sqrt(h*k)*(h*k+h),h)",
        "r*(k+1)+(s+h)*0.5*(k/h)**0.5",
    ],
    "3.11": [
        "(b * c - a * d) / c**2",
        "b / c - a * d / c**2",
        "(b - (a / c) * d) / c",
        'sp.diff((a + b * sp.Symbol("t")) / (c + d * sp.Symbol("t")), sp.Symbol("t")).subs(sp.Symbol("t"), 0)',
        "-sp.Matrix([[a, b], [c, d]]).det() / c**2",
        "(b*c-a*d)/c**2",
        "b/c-a*d/c**2",
        "(b-(a/c)*d)/c",
        "sp.diff((a+b*x)/(c+d*x) if False else (a+b*h)/(c+d*h),h).subs(h,0)",
        "b*c**-1.0-a*d*c**-2",
        "sp.series((a+b*h)/(c+d*h),h,0,2).removeO().coeff(h,1)",
    ],
}

GOT_U, GOT_V = "v * (1 + u + 1.3)", "(u + 1.3)"
PARTS_1 = '{"A": "a", "B": "b", "C": "c", "D": "a", "E": "b"}'
TANGENTS = "(lambda du, dv, dw, dt: [du, dv, dw, dt, dw + dt])"


def without(text, part, letter):
    """Exchange the answer to one part."""
    place = text.index(f'"{part}": "') + len(f'"{part}": "')
    return text[:place] + letter + text[place + 1 :]


WRONG = {
    "3.1": [
        ("reverse", without(PARTS_1, "A", "b")),
        ("count", without(PARTS_1, "A", "c")),
        ("forward", without(PARTS_1, "B", "a")),
        ("count", without(PARTS_1, "B", "c")),
        ("forward", without(PARTS_1, "C", "a")),
        ("reverse", without(PARTS_1, "C", "b")),
        ("direction", without(PARTS_1, "D", "c")),
        ("reverse", without(PARTS_1, "D", "b")),
        ("sum", without(PARTS_1, "E", "c")),
        ("forward", without(PARTS_1, "E", "a")),
        ("reverse", '{"A": "b", "B": "b", "C": "b", "D": "b", "E": "b"}'),
        ("type", '"a"'),
    ],
    "3.2": [
        ("M1", f"[{GOT_V}, {GOT_U}, {GOT_U}, -{GOT_U}]"),
        ("M1", f"[{GOT_V}, {GOT_U}, v, -{GOT_U}]"),
        ("M1", f"[{GOT_V}, v * {GOT_V}, v + v * {GOT_V}, -v * {GOT_V}]"),
        ("M1", f"[{GOT_V}, v, 2 * v + 0.0, -v]"),
        ("M1", "[1.3, 2.3 * v, 3.3 * v, -2.3 * v]"),
        ("M1", "[u, v + v * u, 2 * v + v * u, -v - v * u]"),
        ("M1", "[1.3, 1.3 * v, 1.3 * v, -1.3 * v]"),
        ("M2", f"[{GOT_V}, {GOT_U}, 2 * v, -v]"),
        ("M4", f"[{GOT_V}, v + u * {GOT_V}, 2 * v + u * {GOT_V}, -v - u * {GOT_V}]"),
        ("M4", f"[{GOT_V}, v + {GOT_V}, 2 * v + {GOT_V}, -v - {GOT_V}]"),
        ("received", f"[{GOT_V}, 2 * v, 3 * v, -2 * v]"),
        ("sign", f"[{GOT_V}, {GOT_U}, v + {GOT_U}, {GOT_U}]"),
        ("sign", f"[{GOT_V}, {GOT_U}, v - {GOT_U}, -{GOT_U}]"),
        ("swapped", "[2 * v, u + 2 * v * v, 1.3 + u + 2 * v * v, -u - 2 * v * v]"),
        ("M12", "[u * 1.3, v + v * u * 1.3, 2 * v + v * u * 1.3, -v - v * u * 1.3]"),
        ("order", f"[-{GOT_U}, v + {GOT_U}, {GOT_U}, {GOT_V}]"),
        ("values", "[v, u, 1.3, 0.9]"),
        ("digits", "[1.7, 4.03, 5.52, -4.03]"),
        ("shape", f"[{GOT_U}, -{GOT_U}]"),
        ("M1", "[u,v+v*u,v+v*u,-(v+v*u)]"),
        ("M4", "[u+x,v+np.exp(v)*(u+x),2*v+np.exp(v)*(u+x),-(v+np.exp(v)*(u+x))]"),
        ("sign", "[u+x,v*(u+x+1),v*(u+x+1)-v,-v*(u+x+1)]"),
        ("M1", "[u+x,v*(u+x+1),v*(u+x+2),0]"),
        ("sign", "[u+x,v*(u+x+1),v*(u+x+2),-v*(u+x+2)]"),
        ("M12", "[u+x,v*(u+x+1),v*(u+x+1)*v,-v*(u+x+1)]"),
        ("swapped", "[u+x,v*(u+x+1),v*(u+x+1)+x,-v*(u+x+1)]"),
    ],
    "3.3": [
        ("M1", f"{TANGENTS}(1.5, 1.5 * v, 1.5 * v, v)"),
        ("M1", f"{TANGENTS}(1.5, 1.5 * v, u * 1.5 * v, 1.3 * 1.5 * v)"),
        ("M1", f"{TANGENTS}(1.5, 1.5 * v, 1.5 * v * (1 + u), 1.3 * 1.5 * v)"),
        ("M12", f"{TANGENTS}(1.5, 1.5 * v, 1.5 * 1.5 * v, 1.5 * v)"),
        ("M4", f"{TANGENTS}(1.5, 1.5 * u, 1.5 * v + u * 1.5 * u, v + 1.3 * 1.5 * u)"),
        ("M4", f"{TANGENTS}(1.5, np.exp(1.5), 1.5 * v + u * np.exp(1.5), v + 1.3 * np.exp(1.5))"),
        ("tangent", f"{TANGENTS}(1.5, v, 1.5 * v + u * v, v + 1.3 * v)"),
        ("slope", f"{TANGENTS}(1.5, 1.5, 1.5 * v + u * 1.5, v + 1.3 * 1.5)"),
        ("sign", f"{TANGENTS}(0.5, 0.5 * v, 0.5 * v * (1 + u), v + 1.3 * 0.5 * v)"),
        ("sign", f"{TANGENTS}(-1.5, -1.5 * v, -1.5 * v * (1 + u), v - 1.3 * 1.5 * v)"),
        ("one-input", f"{TANGENTS}(1, v, v * (1 + u), v + 1.3 * v)"),
        ("one-input", f"{TANGENTS}(-1, -v, -v * (1 + u), -1.3 * v)"),
        ("swapped", f"{TANGENTS}(1.5, 1.5 * v, 1.5 * u + v * 1.5 * v, 1.3 + v * 1.5 * v)"),
        ("values", "[u, v, u * v, 1.3 * v, u * v + 1.3 * v]"),
        ("digits", "[1.5, 2.24, 3.13, 4.4, 7.53]"),
        ("some-entries", "[1.5, 1.5 * v, 1.0, 1.0, 1.0]"),
        ("M12", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(du*v+u*dv,v+x*dv))(du*v))(-.5)"),
        ("M12", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(du*dv,v+x*dv))(du*v))(1.5)"),
        ("M1", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(du*v,v+x*dv))(du*v))(1.5)"),
        ("M1", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(u*dv,v+x*dv))(du*v))(1.5)"),
        ("M1", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(du*v+u*dv,v))(du*v))(1.5)"),
        ("M12", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(du*v+u*dv,1*dv))(du*v))(1.5)"),
        ("swapped", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(du*u+v*dv,v+x*dv))(du*v))(1.5)"),
        ("swapped", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(du*v+u*dv,x+v*dv))(du*v))(1.5)"),
        (
            "wrong-tangent",
            "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(du*v+u*dv,v*du+x*dv))(du*v))(1.5)",
        ),
        ("sign", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw-dt])(du*v+u*dv,v+x*dv))(du*v))(1.5)"),
        ("M4", "(lambda du: (lambda dv: (lambda dw,dt: [du,dv,dw,dt,dw+dt])(du*v+u*dv,v+x*dv))(du*np.exp(v)))(1.5)"),
        ("order", "[5.05*v,2.95*v,2.1*v,1.5*v,1.5]"),
    ],
    "3.4": [
        ("M4", "return [out]", "return [a]"),
        ("M4", "return [out]", "return [np.exp(out)]"),
        ("M4", "return [out]", "return [a * np.exp(a - 1)]"),
        ("M4", "2 * out", "2 * a"),
        ("M4", "1 - out**2", "1 - a**2"),
        ("factor-2", "1 / (2 * out)", "1 / out"),
        (
            "M4",
            """
def local_slopes(operation, operands, out):
    a, b = operands[0], operands[-1]
    if operation in "+-":
        return [1, 1 if operation == "+" else -1]
    if operation in "*/":
        return [b, a] if operation == "*" else [1 / b, -a / b**2]
    return [{"exp": a, "sqrt": 1 / (2 * a), "tanh": 1 - a**2, "relu": a > 0}[operation]]
""",
        ),
        ("power", "1 / (2 * out)", "out / 2"),
        ("M6", "1 / (2 * out)", "2 * out"),
        ("square", "1 - out**2", "1 - out"),
        ("sigmoid", "1 - out**2", "out * (1 - out)"),
        ("swapped", "return [b, a]", "return [a, b]"),
        ("M12", "return [b, a]", "return [1, 1]"),
        ("square", "-a / b**2", "-a / b"),
        ("sign", "-a / b**2", "a / b**2"),
        ("numerator", "-a / b**2", "-1 / b**2"),
        ("kink", "a > 0", "a >= 0"),
        ("kink", "1.0 if a > 0 else 0.0", "(np.sign(a) + 1) / 2"),
        ("M5", "a > 0", "out >= 0"),
        ("value", "return [1.0 if a > 0 else 0.0]", "return [max(a, 0)]"),
        ("sign", "[1.0, -1.0]", "[1.0, 1.0]"),
        ("M12", "[1.0, 1.0]", "[operands[1], operands[0]]"),
        (
            "multiplied",
            """
def local_slopes(operation, operands, out):
    a, b = operands[0], operands[-1]
    table = {
        "+": [1, 1],
        "-": [1, -1],
        "*": [b, a],
        "/": [1 / b, -a / b**2],
        "exp": [out],
        "sqrt": [1 / (2 * out) if out else 0],
        "tanh": [1 - out**2],
        "relu": [float(a > 0)],
    }
    return [out * slope for slope in table[operation]]
""",
        ),
        ("rounded", "return [1 - out**2]", "return [round(1 - out**2, 4)]"),
        ("nothing-returned", "    return [1.0 if a > 0 else 0.0]", "    [1.0 if a > 0 else 0.0]"),
        ("type", "return [out]", "return [out, out]"),
        ("crashed", "2 * out", "2 * output"),
        ("M4", "return [out]\n", "return [a]\n    if operation == 'tanh':\n        return [1 - a**2]\n"),
        (
            "M6",
            """
def local_slopes(operation, operands, out):
    a = operands[0]
    b = operands[1] if len(operands) > 1 else None
    if operation == "+": return [1.0, 1.0]
    if operation == "-": return [1.0, -1.0]
    if operation == "*": return [b, a]
    if operation == "/": return [b, -a/b**2]
    if operation == "exp": return [out]
    if operation == "sqrt": return [1/(2*out)]
    if operation == "tanh": return [1-out**2]
    if operation == "relu": return [1.0 if a > 0 else 0.0]
""",
        ),
        (
            "M4",
            """
def local_slopes(operation, operands, out):
    a = operands[0]
    b = operands[1] if len(operands) > 1 else None
    if operation == "+": return [1.0, 1.0]
    if operation == "-": return [1.0, -1.0]
    if operation == "*": return [b, a]
    if operation == "/": return [1/b, -a/b**2]
    if operation == "exp": return [out]
    if operation == "sqrt": return [1/(2*np.sqrt(out))]
    if operation == "tanh": return [1-out**2]
    if operation == "relu": return [1.0 if a > 0 else 0.0]
""",
        ),
        (
            "square",
            """
def local_slopes(operation, operands, out):
    a = operands[0]
    b = operands[1] if len(operands) > 1 else None
    if operation == "+": return [1.0, 1.0]
    if operation == "-": return [1.0, -1.0]
    if operation == "*": return [b, a]
    if operation == "/": return [1/b**2, -a/b**2]
    if operation == "exp": return [out]
    if operation == "sqrt": return [1/(2*out)]
    if operation == "tanh": return [1-out**2]
    if operation == "relu": return [1.0 if a > 0 else 0.0]
""",
        ),
        (
            "swapped",
            """
def local_slopes(operation, operands, out):
    a = operands[0]
    b = operands[1] if len(operands) > 1 else None
    if operation == "+": return [1.0, 1.0]
    if operation == "-": return [1.0, -1.0]
    if operation == "*": return [b, a]
    if operation == "/": return [1/b, -b/a**2]
    if operation == "exp": return [out]
    if operation == "sqrt": return [1/(2*out)]
    if operation == "tanh": return [1-out**2]
    if operation == "relu": return [1.0 if a > 0 else 0.0]
""",
        ),
    ],
    "3.5": [
        ("reversed", "    return done\n", "    return done[::-1]\n"),
        ("reversed", "    return done\n", "    return list(reversed(done))\n"),
        (
            "twice",
            "        if name in done:\n            return\n",
            "",
        ),
        (
            "M2",
            """
def order(graph, result):
    done = []

    def visit(name):
        if name not in done:
            done.append(name)
            for operand in graph[name]:
                visit(operand)

    visit(result)
    return done
""",
        ),
        (
            "M2",
            """
def order(graph, result):
    done, look = [result], [result]
    while look:
        for operand in graph[look.pop(0)]:
            if operand not in done:
                done.append(operand)
                look.append(operand)
    return done[::-1]
""",
        ),
        (
            "M2",
            """
def order(graph, result):
    done, look = [], [result]
    while look:
        name = look.pop()
        if name not in done:
            done.append(name)
            look += graph[name]
    return done[::-1]
""",
        ),
        (
            "M2",
            """
def order(graph, result):
    found = [result]
    for name in found:
        found += [o for o in graph[name] if o not in found]
    return found
""",
        ),
        ("listed", "    return done\n", "    return sorted(done)\n"),
        ("listed", "    return done\n", "    return [name for name in graph if name in done]\n"),
        ("listed", "    return done\n", "    return list(graph)\n"),
        ("extra", "    visit(result)\n", "    for name in graph:\n        visit(name)\n"),
        ("result-missing", "    return done\n", "    return done[:-1]\n"),
        ("inputs-missing", "        done.append(name)\n", "        if graph[name]:\n            done.append(name)\n"),
        ("both-missing", "    return done\n", "    return [n for n in done if graph[n] and n != result]\n"),
        ("nodes-missing", "for operand in graph[name]:", "for operand in graph[name][:1]:"),
        (
            "reversed",
            """
def order(graph, result):
    done = []

    def visit(name):
        if name not in done:
            for operand in graph[name]:
                visit(operand)
            done.insert(0, name)

    visit(result)
    return done
""",
        ),
        ("type", "    return done\n", "    return set(done)\n"),
        ("type", "    return done\n", "    return list(range(len(done)))\n"),
        ("nothing-returned", "    return done\n", ""),
        ("changed-inputs", "        done.append(name)\n", "        done.append(name)\n        graph[name].clear()\n"),
        (
            "listed",
            """
def order(graph, result):
    return [n for n in graph if not graph[n]]+[n for n in graph if graph[n]]
""",
        ),
        (
            "listed",
            """
def order(graph, result):
    return sorted(graph, key=lambda n: len(graph[n]))
""",
        ),
    ],
    "3.6": [
        ("M1", "received[operand] += received[node] * slope", "received[operand] = received[node] * slope"),
        (
            "M1",
            "received[operand] += received[node] * slope",
            "received[operand] = received[operand] or received[node] * slope",
        ),
        ("M1", "for operand, slope in tape[node]", "for operand, slope in dict(tape[node]).items()"),
        ("M1", "received[node] * slope", "received[node] * slope / len(tape[node])"),
        ("M2", "reversed(range(len(tape)))", "range(len(tape))"),
        (
            "M2",
            """
def backward(tape, from_loss):
    received = [0.0] * len(tape)

    def take(node, amount):
        received[node] += amount
        for operand, slope in tape[node]:
            take(operand, received[node] * slope)

    for node, amount in from_loss.items():
        take(node, amount)
    return received
""",
        ),
        ("M3", "    for node in reversed(range(len(tape))):", "    for node in 2 * list(reversed(range(len(tape)))):"),
        ("M3", "[0.0] * len(tape)", "[1.0] * len(tape)"),
        ("off-by-one", "range(len(tape))", "range(len(tape) - 1)"),
        ("slope", "received[node] * slope", "received[node]"),
        ("received", "received[node] * slope", "slope"),
        ("M12", "received[node] * slope", "received[node] + slope"),
        ("M6", "received[node] * slope", "received[node] / slope"),
        ("sign", "+= received[node]", "-= received[node]"),
        ("ones", "received[node] += slope\n    for", "received[node] = 1.0\n    for"),
        (
            "ones",
            "    for node, slope in from_loss.items():\n        received[node] += slope",
            "    received[-1] = 1.0",
        ),
        (
            "last-only",
            "    for node, slope in from_loss.items():\n        received[node] += slope",
            "    received[-1] = from_loss[len(tape) - 1]",
        ),
        (
            "from-loss",
            "        for operand",
            "        received[node] = from_loss.get(node, received[node])\n        for operand",
        ),
        (
            "from-loss",
            """
def backward(tape, from_loss):
    received = [0.0] * len(tape)
    received[-1] = from_loss[len(tape) - 1]
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            received[operand] += received[node] * slope
        if node in from_loss and node < len(tape) - 1:
            received[node] += from_loss[node]
    return received
""",
        ),
        ("changed-inputs", "return received", "from_loss.clear()\n    return received"),
        ("shape", "return received", "return received[:2]"),
        ("nothing-returned", "    return received", "    received"),
        ("second-call", "[0.0] * len(tape)", "[counter.append(1) or float(len(counter))] * len(tape)"),
        ("rounded", "return received", "return [round(g, 4) for g in received]"),
        (
            "M1",
            """
def backward(tape, from_loss):
    received = np.zeros(len(tape))
    for node in from_loss:
        received[node] = 1.0
    for node in range(len(tape) - 1, -1, -1):
        for operand, slope in tape[node]:
            received[operand] = slope * received[node]
    return received
""",
        ),
        (
            "direction",
            """
def backward(tape, from_loss):
    grad = [0.0] * len(tape)
    for node, g in from_loss.items():
        grad[node] += g
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            grad[node] += grad[operand] * slope
    return grad
""",
        ),
        (
            "M2",
            """
def backward(tape, from_loss):
    grad=[0.0]*len(tape)
    def go(n):
        for o,q in tape[n]:
            grad[o]+=grad[n]*q
            go(o)
    for n,g in from_loss.items():
        grad[n]+=g
    for n in from_loss: go(n)
    return grad
""",
        ),
        (
            "M2",
            """
def backward(tape, from_loss):
    grad=[0.0]*len(tape); q=[]
    for n,g in from_loss.items():
        grad[n]+=g; q.append(n)
    seen=set(q)
    while q:
        n=q.pop(0)
        for o,k in tape[n]:
            grad[o]+=grad[n]*k
            if o not in seen: seen.add(o); q.append(o)
    return grad
""",
        ),
        (
            "off-by-one",
            """
def backward(tape, from_loss):
    grad = [0.0] * len(tape)
    for node, g in from_loss.items():
        grad[node] += g
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            grad[operand] += grad[node] * slope
        return grad
""",
        ),
        (
            "emptied",
            """
def backward(tape, from_loss):
    grad = [0.0] * len(tape)
    for node, g in from_loss.items():
        grad[node] += g
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            grad[operand] += grad[node] * slope
        if tape[node]: grad[node] = 0.0
    return grad
""",
        ),
        (
            "last-only",
            """
def backward(tape, from_loss):
    for out,g in from_loss.items():
        grad=[0.0]*len(tape); grad[out]=g
        for n in reversed(range(len(tape))):
            for o,k in tape[n]: grad[o]+=grad[n]*k
    return grad
""",
        ),
        (
            "M3",
            """
def backward(tape, from_loss):
    grad=[0.0]*len(tape)
    for out,g in from_loss.items():
        grad[out]+=g
        for n in reversed(range(len(tape))):
            for o,k in tape[n]: grad[o]+=grad[n]*k
    return grad
""",
        ),
        (
            "M1",
            """
def backward(tape, from_loss):
    grad = [0.0] * len(tape)
    for node, g in from_loss.items():
        grad[node] += g
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            grad[operand] += grad[node] * slope
            break
    return grad
""",
        ),
        (
            "mean",
            """
def backward(tape, from_loss):
    grad = [0.0] * len(tape)
    for node, g in from_loss.items():
        grad[node] += g/len(from_loss)
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            grad[operand] += grad[node] * slope
    return grad
""",
        ),
        (
            "reversed",
            """
def backward(tape, from_loss):
    grad = [0.0] * len(tape)
    for node, g in from_loss.items():
        grad[node] += g
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            grad[operand] += grad[node] * slope
    return grad[::-1]
""",
        ),
        (
            "M1",
            """
def backward(tape, from_loss):
    grad = [0.0] * len(tape)
    for node, g in from_loss.items():
        grad[node] += g
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            grad[operand] = max(grad[operand], grad[node] * slope)
    return grad
""",
        ),
    ],
    "3.7": [
        (
            "M1",
            "sum(slope * found[operand] for operand, slope in edges)",
            "edges[-1][1] * found[edges[-1][0]]",
        ),
        ("M1", "sum(slope * found[operand] for operand, slope in edges)", "edges[0][1] * found[edges[0][0]]"),
        ("M1", "in edges)", "in dict(edges).items())"),
        ("M1", "in edges)", "in edges) / len(edges)"),
        (
            "M12",
            "sum(slope * found[operand] for operand, slope in edges)",
            "np.prod([s * found[o] for o, s in edges])",
        ),
        ("M12", "slope * found[operand]", "slope + found[operand]"),
        ("slope", "slope * found[operand]", "found[operand]"),
        ("tangent", "slope * found[operand]", "slope"),
        ("M6", "slope * found[operand]", "found[operand] / slope"),
        ("sign", "slope * found[operand]", "-slope * found[operand]"),
        ("constant", "moves.get(node, 0.0)", "moves.get(node, 1.0)"),
        ("ones", "moves.get(node, 0.0)", "float(node in moves)"),
        ("constant", "moves.get(node, 0.0)", "1.0"),
        ("one-input", "moves.get(node, 0.0)", "moves[0] if node == 0 else 0.0"),
        ("one-input", "moves.get(node, 0.0)", "float(node == 0)"),
        (
            "M2",
            """
def tangents(tape, moves):
    found = [moves.get(node, 0.0) for node in range(len(tape))]
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            found[node] += slope * found[operand]
    return found
""",
        ),
        (
            "reverse",
            """
def tangents(tape, moves):
    found = [0.0] * len(tape)
    found[-1] = 1.0
    for node in reversed(range(len(tape))):
        for operand, slope in tape[node]:
            found[operand] += slope * found[node]
    return found
""",
        ),
        ("reverse", "    found = []\n", "    return backward(tape, {len(tape) - 1: 1.0})\n    found = []\n"),
        ("crashed", "moves.get(node, 0.0)", "moves[node]"),
        ("shape", "return found", "return found[-1]"),
        ("M3", "found.append(sum(", "found.append(1 + sum("),
        (
            "M1",
            """
def tangents(tape, moves):
    t = []
    for i, edges in enumerate(tape):
        if edges:
            t.append(sum(s * t[j] for j, s in set(edges)))
        else:
            t.append(moves.get(i, 0.0))
    return t
""",
        ),
        (
            "by-place",
            """
def tangents(tape, moves):
    t = []
    for i, edges in enumerate(tape):
        if edges:
            t.append(sum(s * t[j] for j, s in edges))
        else:
            t.append((list(moves.values())+[0.0]*99)[i])
    return t
""",
        ),
    ],
    "3.8": [
        ("no-bug", '{"A": "a", "B": "c", "C": "a", "D": "b"}'),
        ("M1", '{"A": "b", "B": "c", "C": "a", "D": "b"}'),
        ("M2", '{"A": "d", "B": "d", "C": "a", "D": "b"}'),
        ("M2", '{"A": "d", "B": "c", "C": "d", "D": "b"}'),
        ("no-bug", '{"A": "d", "B": "c", "C": "a", "D": "a"}'),
        ("swapped", '{"A": "d", "B": "c", "C": "e", "D": "b"}'),
        ("M4", '{"A": "d", "B": "c", "C": "a", "D": "c"}'),
        ("missing", '{"A": "d", "B": "c", "C": "a"}'),
    ],
    "3.9": [
        ("M1", "+= received[node]", "= received[node]"),
        ("M2", "reversed(range(len(tape)))", "range(len(tape))"),
        (
            "M3",
            "    for output in outputs:\n        received = [0.0] * len(tape)\n",
            "    received = [0.0] * len(tape)\n    for output in outputs:\n",
        ),
        (
            "M3",
            "    for output in outputs:\n        received = [0.0] * len(tape)\n        received[output] = 1.0",
            "    received = [0.0] * len(tape)\n    for output in outputs:\n        received[output] += 1.0",
        ),
        (
            "M3",
            "    for output in outputs:\n        received = [0.0] * len(tape)\n",
            "    received = [0.0] * len(tape)\n    for output in outputs:\n"
            "        for k in inputs:\n            received[k] = 0.0\n",
        ),
        (
            "M3",
            "    for output in outputs:\n        received = [0.0] * len(tape)\n",
            "    received = [0.0] * len(tape)\n    for output in outputs:\n"
            "        for k in range(len(tape)):\n            if tape[k]:\n                received[k] = 0.0\n",
        ),
        (
            "two-left",
            """
def jacobian(tape, inputs, outputs):
    rows = []
    received = [0.0] * len(tape)
    for output in outputs:
        received[output] = 1.0
        for node in reversed(range(len(tape))):
            for operand, slope in tape[node]:
                received[operand] = received[node] * slope
        rows.append([received[k] for k in inputs])
    return np.array(rows)
""",
        ),
        (
            "two-left",
            """
def jacobian(tape, inputs, outputs):
    rows = []
    for output in outputs:
        received = [0.0] * len(tape)
        received[output] = 1.0
        for node in range(len(tape)):
            for operand, slope in tape[node]:
                received[operand] = received[node] * slope
        rows.append([received[k] for k in inputs])
    return np.array(rows)
""",
        ),
        (
            "two-left",
            """
def jacobian(tape, inputs, outputs):
    rows = []
    received = [0.0] * len(tape)
    for output in outputs:
        received[output] = 1.0
        for node in range(len(tape)):
            for operand, slope in tape[node]:
                received[operand] += received[node] * slope
        rows.append([received[k] for k in inputs])
    return np.array(rows)
""",
        ),
        ("three-left", "    rows = []\n", "    return broken_jacobian(tape, inputs, outputs)\n    rows = []\n"),
        ("M8", "return np.array(rows)", "return np.array(rows).T"),
        ("columns", "for k in inputs]", "for k in sorted(inputs)]"),
        ("rows", "for output in outputs", "for output in sorted(outputs)"),
        ("off-by-one", "range(len(tape))", "range(len(tape) - 1)"),
        ("zeros", "        received[output] = 1.0\n", ""),
        ("last-only", "    return np.array(rows)", "    return np.array(rows[-1])"),
        ("last-only", "return np.array(rows)", "return [received[k] for k in inputs]"),
        (
            "first-only",
            "        rows.append([received[k] for k in inputs])",
            "        return [received[k] for k in inputs]",
        ),
        (
            "all-at-once",
            "        received[output] = 1.0\n",
            "        for each in outputs:\n            received[each] = 1.0\n",
        ),
        (
            "slope",
            """
def jacobian(tape, inputs, outputs):
    rows = []
    for output in outputs:
        received = [0.0] * len(tape)
        received[output] = 1.0
        for node in reversed(range(len(tape))):
            for operand, slope in tape[node]:
                received[operand] += received[node]
        rows.append([received[k] for k in inputs])
    return np.array(rows)
""",
        ),
        (
            "received",
            """
def jacobian(tape, inputs, outputs):
    rows = []
    for output in outputs:
        received = [0.0] * len(tape)
        received[output] = 1.0
        for node in reversed(range(len(tape))):
            for operand, slope in tape[node]:
                received[operand] += slope
        rows.append([received[k] for k in inputs])
    return np.array(rows)
""",
        ),
        (
            "M3",
            """
def jacobian(tape, inputs, outputs):
    rows=[]
    received=[0.0]*len(tape)
    for output in outputs:
        received[output]=1.0
        for node in reversed(range(len(tape))):
            for o,q in tape[node]: received[o]+=received[node]*q
        rows.append([received[k] for k in inputs])
        received[output]=0.0
    return np.array(rows)
""",
        ),
        (
            "stopped",
            """
def jacobian(tape, inputs, outputs):
    rows = []
    for output in outputs:
        received = [0.0] * len(tape)
        received[output] = 1.0
        for node in reversed(range(len(tape))):
            if node != output and node in outputs: continue
            for operand, slope in tape[node]:
                received[operand] += received[node] * slope
        rows.append([received[k] for k in inputs])
    return np.array(rows)
""",
        ),
        (
            "M1",
            """
def jacobian(tape, inputs, outputs):
    rows = []
    for output in outputs:
        received = [0.0] * len(tape)
        received[output] = 1.0
        for node in reversed(range(len(tape))):
            for operand, slope in dict(tape[node]).items():
                received[operand] += received[node] * slope
        rows.append([received[k] for k in inputs])
    return np.array(rows)
""",
        ),
        (
            "rows",
            """
def jacobian(tape, inputs, outputs):
    rows = []
    for output in outputs:
        received = [0.0] * len(tape)
        received[output] = 1.0
        for node in reversed(range(len(tape))):
            for operand, slope in tape[node]:
                received[operand] += received[node] * slope
        rows.insert(0, [received[k] for k in inputs])
    return np.array(rows)
""",
        ),
    ],
    "3.10": [
        ("M1", "k * (r + (s + h) / (2 * r))"),
        ("M1", "r + k * r"),
        ("M1", "r + k * (s + h) / (2 * r)"),
        ("M1", "r"),
        ("M1", "k * (s + h) / (2 * r)"),
        ("M1", "k * (r + (s + h) / r)"),
        ("M4", "r + k * (r + (s + h) / (2 * s))"),
        ("M4", "r + k * (r + (s + h) / (2 * sp.sqrt(r)))"),
        ("factor-2", "r + k * (r + (s + h) / r)"),
        ("power", "r + k * (r + (s + h) * r / 2)"),
        ("slope", "2 * r + (s + h) / (2 * r)"),
        ("slope", "k * (2 * r + (s + h) / (2 * r))"),
        ("swapped", "r + h * (r + (s + h) / (2 * r))"),
        ("M12", "(k + 1) * k / (2 * r)"),
        ("received", "r + k * (r + 1 / (2 * r))"),
        ("other-input", "sp.diff(sp.sqrt(h * k) * (h * k + h), k)"),
        ("sign", "-r - k * (r + (s + h) / (2 * r))"),
        ("symbols", "r + a"),
        ("slope", "r + (s + h) / (2 * r)"),
        ("swapped", "r*(k+1)+r*k/(2*r)"),
        ("received", "r*(k+1)+s*k/(2*r)"),
        ("received", "r*(k+1)+h*k/(2*r)"),
        ("value", "r*(s+h)"),
        ("value", "r*(s+1)+(s+h)*k/(2*r)"),
        ("swapped", "(s+h)*(k+1)+(s+h)*k/(2*r)"),
        ("swapped", "(s+h)*(k+1)+r*k/(2*r)"),
        ("M6", "r*(k+1)+(s+h)*k*2*r"),
        ("received", "r*k+1+(s+h)*k/(2*r)"),
        ("received", "1+r*k+(s+h)*k/(2*r)"),
    ],
    "3.11": [
        ("sign", "(a * d - b * c) / c**2"),
        ("sign", "(a * d + b * c) / c**2"),
        ("sign", "(a * d + b * c) / c"),
        ("M12", "a * d + b * c"),
        ("M12", "b / d"),
        ("M1", "b / c"),
        ("M1", "-a * d / c**2"),
        ("M1", "a * d / c**2"),
        ("square", "(b * c - a * d) / c"),
        ("square", "b * c - a * d"),
        ("factor", "(b - a * d) / c**2"),
        ("second-order", "(b * c - a * d) / d**2"),
        ("complex", "(b * c - a * d) / (c**2 + d**2)"),
        ("swapped", "(b * d - a * c) / c**2"),
        ("value", "a / c"),
        ("second-order", "(b * c - a * d) / (c * (c + d))"),
        ("symbols", "(b * c - a * d) / h**2"),
        ("factor-2", "2 * (b * c - a * d) / c**2"),
        ("second-order", "(b*c-a*d)/(c+d)**2"),
        ("M12", "b-d"),
        ("factor", "b-a*d/c**2"),
        ("M12", "b*d/c**2"),
        ("swapped", "(a*b-c*d)/c**2"),
        ("square", "(b*c-a*d)/a**2"),
    ],
}
