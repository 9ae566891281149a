"""What students answer to the capstone: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

BEFORE = {"first loss": "c", "all logits up": "b", "zero weights": "b", "sum of delta": "a"}
E3 = "np.exp([0.6, -0.5, 1.2])"
SHARES = f"({E3} / {E3}.sum())"

RIGHT = {
    "17.1": [repr(BEFORE), repr({key: letter.upper() for key, letter in BEFORE.items()})],
    "17.2": [
        f"{SHARES} - np.array([1, 0, 0])",
        "[-0.683041, 0.105505, 0.577536]",
        "[slopes(three, logits, 'C')[name] for name in ('z1', 'z2', 'z3')]",
    ],
    "17.3": [
        """
def run(program, inputs):
    values = dict(inputs)
    waiting = list(program)
    while waiting:
        for name in list(waiting):
            operation, operands = program[name]
            if all(operand in values for operand in operands):
                values[name] = OPERATE[operation]([values[operand] for operand in operands])
                waiting.remove(name)
    return values
""",
        """
def run(program, inputs):
    values = dict(inputs)

    def value(name):
        if name not in values:
            operation, operands = program[name]
            values[name] = OPERATE[operation]([value(operand) for operand in operands])
        return values[name]

    for name in program:
        value(name)
    return values
""",
        """
def run(program, inputs):
    from graphlib import TopologicalSorter

    values = {name: np.float64(value) for name, value in inputs.items()}
    for name in TopologicalSorter({name: operands for name, (_, operands) in program.items()}).static_order():
        if name in inputs:
            continue
        operation, operands = program[name]
        v = np.array([values[operand] for operand in operands])
        if operation == "+":
            values[name] = v.sum()
        elif operation == "*":
            values[name] = v.prod()
        elif operation == "-":
            values[name] = v[0] - v[1]
        else:
            values[name] = {"exp": np.exp, "log": np.log, "tanh": np.tanh}[operation](v[0])
    return values
""",
    ],
    "17.4": [
        """
def slopes(program, inputs, result):
    values = run(program, inputs)
    received = dict.fromkeys(values, 0.0)
    received[result] = 1.0
    for name in reversed(list(values)):
        if name in inputs:
            continue
        operation, operands = program[name]
        numbers, out = [values[operand] for operand in operands], values[name]
        local = {
            "+": lambda v, out: [1.0] * len(v),
            "-": lambda v, out: [1.0, -1.0],
            "*": lambda v, out: [math.prod(v[:k] + v[k + 1 :]) for k in range(len(v))],
            "exp": lambda v, out: [out],
            "log": lambda v, out: [1 / v[0]],
            "tanh": lambda v, out: [1 - out**2],
        }[operation](numbers, out)
        for operand, slope in zip(operands, local):
            received[operand] += received[name] * slope
    return received
""",
        """
def slopes(program, inputs, result):
    values = run(program, inputs)
    order, met = [], set()

    def visit(name):
        if name in met:
            return
        met.add(name)
        for operand in program[name][1] if name in program else []:
            visit(operand)
        order.append(name)

    visit(result)
    d = {name: 0 for name in values}
    d[result] = 1
    for name in order[::-1]:
        if name not in program:
            continue
        op, names = program[name]
        v = [values[n] for n in names]
        for k in range(len(names)):
            if op == "+":
                s = 1
            elif op == "-":
                s = 1 - 2 * k
            elif op == "*":
                s = 1
                for m in range(len(v)):
                    if m != k:
                        s = s * v[m]
            elif op == "exp":
                s = math.exp(v[0])
            elif op == "log":
                s = v[0] ** -1
            else:
                s = 1 / math.cosh(v[0]) ** 2
            d[names[k]] = d[names[k]] + d[name] * s
    return d
""",
        """
def slopes(program, inputs, result):
    values = run(program, inputs)
    uses = {name: [] for name in values}
    for name, (operation, operands) in program.items():
        for place, operand in enumerate(operands):
            uses[operand].append((name, operation, place))
    known = {result: 1.0}

    def slope(name):
        if name not in known:
            known[name] = sum(slope(user) * local(user, operation, place) for user, operation, place in uses[name])
        return known[name]

    def local(user, operation, place):
        v = [values[n] for n in program[user][1]]
        if operation == "*":
            return float(np.prod(np.delete(v, place)))
        return {
            "+": lambda: 1.0,
            "-": lambda: (1.0, -1.0)[place],
            "exp": lambda: values[user],
            "log": lambda: 1 / v[0],
            "tanh": lambda: (1 - values[user]) * (1 + values[user]),
        }[operation]()

    return {name: slope(name) for name in values}
""",
    ],
    "17.5": [
        """
def initial(widths, seed):
    rng, theta = np.random.default_rng(seed), []
    for n_in, n_out in zip(widths[:-1], widths[1:]):
        scale = np.sqrt(2 / (n_in + n_out))
        theta += [scale * rng.standard_normal((n_out, n_in)), np.zeros(n_out)]
    return theta
""",
        """
def initial(widths, seed):
    rng = np.random.default_rng(seed)
    theta = []
    for k in range(1, len(widths)):
        theta.append(rng.normal(0, (2 / (widths[k - 1] + widths[k])) ** 0.5, size=(widths[k], widths[k - 1])))
        theta.append(np.array([0.0] * widths[k]))
    return tuple(theta)
""",
        """
def initial(widths, seed):
    rng = np.random.default_rng(seed)
    Ws = [rng.standard_normal((m, n)) / np.sqrt((n + m) / 2) for n, m in zip(widths, widths[1:])]
    return [array for W in Ws for array in (W, np.zeros_like(W[:, 0]))]
""",
    ],
    "17.6": [
        """
def forward(x, theta):
    activations = [x]
    for k in range(0, len(theta), 2):
        z = activations[-1] @ theta[k].T + theta[k + 1]
        activations.append(z if k == len(theta) - 2 else np.tanh(z))
    return activations
""",
        """
def forward(x, theta):
    a, kept = x, [x]
    for k in range(0, len(theta), 2):
        z = np.einsum("ei,ji->ej", a, theta[k]) + theta[k + 1][None]
        a = z if k == len(theta) - 2 else 1 - 2 / (np.exp(2 * z) + 1)
        kept.append(a)
    return tuple(kept)
""",
        """
def forward(x, theta):
    columns, kept = x.T, [x.copy()]
    while len(theta) > 2:
        columns = np.tanh(theta[0] @ columns + theta[1][:, None])
        kept.append(columns.T)
        theta = theta[2:]
    return [*kept, (theta[0] @ columns + theta[1][:, None]).T]
""",
    ],
    "17.7": [
        """
def loss_and_delta(z, labels):
    below = z - z.max(axis=1, keepdims=True)
    log_p = below - np.log(np.exp(below).sum(axis=1, keepdims=True))
    rows = np.arange(len(z))
    delta = np.exp(log_p)
    delta[rows, labels] -= 1
    return -log_p[rows, labels].mean(), delta / len(z)
""",
        """
def loss_and_delta(z, labels):
    log_sum = np.logaddexp.reduce(z, axis=1)
    y = np.eye(z.shape[1])[labels]
    p = np.exp(z - log_sum[:, None])
    return (log_sum - (z * y).sum(axis=1)).sum() / len(z), (p - y) / len(y)
""",
        """
def loss_and_delta(z, labels):
    loss, delta = 0.0, np.zeros(z.shape)
    for n, label in enumerate(labels):
        e = [math.exp(v - max(z[n])) for v in z[n]]
        loss += (math.log(sum(e)) + max(z[n]) - z[n][label]) / len(labels)
        for k in range(len(e)):
            delta[n, k] = (e[k] / sum(e) - (k == label)) / len(labels)
    return [loss, delta.tolist()]
""",
    ],
    "17.8": [
        """
def backward(activations, theta, delta):
    gradients = []
    for W, a_in in zip(reversed(theta[::2]), reversed(activations[:-1])):
        gradients = [delta.T @ a_in, delta.sum(axis=0), *gradients]
        delta = (delta @ W) * (1 - a_in**2)
    return gradients
""",
        """
def backward(activations, theta, delta):
    gradients = [None] * len(theta)
    for k in range(len(theta) // 2 - 1, -1, -1):
        gradients[2 * k] = np.einsum("ej,ei->ji", delta, activations[k])
        gradients[2 * k + 1] = np.ones(len(delta)) @ delta
        if k > 0:
            delta = (1 - activations[k] * activations[k]) * np.einsum("ej,ji->ei", delta, theta[2 * k])
    return tuple(gradients)
""",
        """
def backward(activations, theta, delta):
    total = [np.zeros_like(p) for p in theta]
    for e in range(len(delta)):
        d = delta[e]
        for k in range(len(theta) // 2)[::-1]:
            a = activations[k][e]
            total[2 * k] += np.outer(d, a)
            total[2 * k + 1] += d
            d = theta[2 * k].T @ d * (1 + a) * (1 - a)
    return total
""",
    ],
    "17.9": [
        """
def train(x, labels, theta, orders, batch_size, learning_rate, momentum):
    velocity, losses = [np.zeros_like(p) for p in theta], []
    for order in orders:
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            activations = forward(x[rows], theta)
            _, delta = loss_and_delta(activations[-1], labels[rows])
            gradients = backward(activations, theta, delta)
            velocity = [momentum * v + g for v, g in zip(velocity, gradients)]
            theta = [p - learning_rate * v for p, v in zip(theta, velocity)]
        losses.append(loss_and_delta(forward(x, theta)[-1], labels)[0])
    return theta, losses
""",
        """
def train(x, labels, theta, orders, batch_size, learning_rate, momentum):
    theta = [p.copy() for p in theta]
    velocity = [0] * len(theta)
    losses = np.zeros(len(orders))
    for epoch, order in enumerate(orders):
        shuffled, right, place = x[order], labels[order], 0
        while place < len(x):
            batch, answers = shuffled[place : place + batch_size], right[place : place + batch_size]
            place += batch_size
            kept = forward(batch, theta)
            for k, g in enumerate(backward(kept, theta, loss_and_delta(kept[-1], answers)[1])):
                velocity[k] = momentum * velocity[k] - learning_rate * g
            for p, v in zip(theta, velocity):
                p += v
        losses[epoch] = loss_and_delta(forward(x, theta)[-1], labels)[0]
    return [theta, losses]
""",
        """
def train(x, labels, theta, orders, batch_size, learning_rate, momentum):
    before, losses = theta, []
    for order in orders:
        for rows in np.split(order, range(batch_size, len(order), batch_size)):
            kept = forward(x[rows], theta)
            g = backward(kept, theta, loss_and_delta(kept[-1], labels[rows])[1])
            after = [p + momentum * (p - q) - learning_rate * d for p, q, d in zip(theta, before, g)]
            before, theta = theta, after
        losses += [loss_and_delta(forward(x, theta)[-1], labels)[0]]
    return tuple(theta), tuple(losses)
""",
    ],
    "17.10": [
        """
def as_program(x, label, theta):
    program, inputs = {}, {f"x_{i}": float(value) for i, value in enumerate(x)}
    sent, last = list(inputs), len(theta) // 2
    for layer in range(1, last + 1):
        W, b = theta[2 * layer - 2], theta[2 * layer - 1]
        received = sent
        sent = []
        for j in range(len(b)):
            terms = [f"b{layer}_{j}"]
            inputs[f"b{layer}_{j}"] = float(b[j])
            for i, name in enumerate(received):
                inputs[f"W{layer}_{j}_{i}"] = float(W[j, i])
                program[f"product{layer}_{j}_{i}"] = ("*", [f"W{layer}_{j}_{i}", name])
                terms.append(f"product{layer}_{j}_{i}")
            program[f"z{layer}_{j}"] = ("+", terms)
            if layer < last:
                program[f"a{layer}_{j}"] = ("tanh", [f"z{layer}_{j}"])
            sent.append(f"a{layer}_{j}" if layer < last else f"z{layer}_{j}")
    for name in sent:
        program[f"exp_{name}"] = ("exp", [name])
    program["sum"] = ("+", [f"exp_{name}" for name in sent])
    program["log_sum"] = ("log", ["sum"])
    program["C"] = ("-", ["log_sum", sent[label]])
    return program, inputs
""",
        """
def as_program(x, label, theta):
    program, inputs = {}, {}
    names = []
    for i in range(len(x)):
        inputs["in" + str(i)] = x[i]
        names.append("in" + str(i))
    layers = [(theta[k], theta[k + 1]) for k in range(0, len(theta), 2)]
    for l, (W, b) in enumerate(layers):
        new = []
        for j in range(W.shape[0]):
            total = f"b{l + 1}_{j}"
            inputs[total] = b[j]
            for i in range(W.shape[1]):
                weight = f"W{l + 1}_{j}_{i}"
                inputs[weight] = W[j, i]
                program[f"m{l}.{j}.{i}"] = ["*", (weight, names[i])]
                program[f"s{l}.{j}.{i}"] = ["+", (f"m{l}.{j}.{i}", total)]
                total = f"s{l}.{j}.{i}"
            if l != len(layers) - 1:
                program[f"t{l}.{j}"] = ["tanh", (total,)]
                total = f"t{l}.{j}"
            new.append(total)
        names = new
    for k, name in enumerate(names):
        program[f"d{k}"] = ["-", (name, names[label])]
        program[f"e{k}"] = ["exp", (f"d{k}",)]
    program["S"] = ["+", tuple(f"e{k}" for k in range(len(names)))]
    program["C"] = ["log", ("S",)]
    return [program, inputs]
""",
        """
def as_program(x, label, theta):
    inputs = {f"x{i}": v for i, v in enumerate(x)}
    for k, array in enumerate(theta):
        for place in np.ndindex(array.shape):
            inputs["Wb"[k % 2] + "_".join(str(n) for n in (k // 2 + 1, *place))] = array[place]
    program = {}

    def unit(layer, j):
        name = f"z{layer}_{j}"
        if name not in program:
            terms = [f"b{layer}_{j}"]
            for i in range(theta[2 * layer - 2].shape[1]):
                if layer == 1:
                    below = f"x{i}"
                else:
                    below = f"a{layer - 1}_{i}"
                    program[below] = ("tanh", [unit(layer - 1, i)])
                program[f"{name}_{i}"] = ("*", [f"W{layer}_{j}_{i}", below])
                terms.append(f"{name}_{i}")
            program[name] = ("+", terms)
        return name

    ends = [unit(len(theta) // 2, k) for k in range(len(theta[-1]))]
    program.update({f"e{k}": ("exp", [name]) for k, name in enumerate(ends)})
    program["sum"] = ("+", [f"e{k}" for k in range(len(ends))])
    program["lse"] = ("log", ["sum"])
    program["C"] = ("-", ["lse", ends[label]])
    return program, inputs
""",
    ],
    "17.11": [
        """
def evaluate(z, labels):
    said = z.argmax(axis=1)
    table = np.zeros((z.shape[1], z.shape[1]))
    np.add.at(table, (labels, said), 1)
    return np.mean(said == labels), table
""",
        """
def evaluate(z, labels):
    K = z.shape[1]
    table = [[0] * K for _ in range(K)]
    for row, label in zip(z, labels):
        table[label][list(row).index(max(row))] += 1
    return sum(table[k][k] for k in range(K)) / len(z), np.array(table)
""",
        """
def evaluate(z, labels):
    K = z.shape[1]
    table = np.bincount(K * labels + np.argmax(z, axis=1), minlength=K * K).reshape(K, K)
    return np.trace(table) / table.sum(), table
""",
        """
def evaluate(z, labels):
    eye = np.eye(z.shape[1])
    said = eye[z.argmax(1)]
    return (said * eye[labels]).sum() / len(z), eye[labels].T @ said
""",
    ],
    "17.12": [
        "(p_1 * w_1 + (p_2 - 1) * w_2 + p_3 * w_3) * (1 - a**2) * x",
        "(p_1 * (w_1 - w_2) + p_3 * (w_3 - w_2)) * (1 - a**2) * x",
        "sp.diff(sp.log(sum(sp.exp(w * sp.tanh(v * x + b) + c) for w, c in ((w_1, c_1), (w_2, c_2), (w_3, c_3))))"
        " - w_2 * sp.tanh(v * x + b), v)",
        "x / sp.cosh(v * x + b) ** 2 * (p_1 * w_1 + p_2 * w_2 + p_3 * w_3 - w_2 * (p_1 + p_2 + p_3))",
    ],
}


def with_parts(**changes):
    """Return the text of the answer to 17.1 with parts changed."""
    return repr({**BEFORE, **{key.replace("_", " "): value for key, value in changes.items()}})


LOOP = "    for operand, slope in zip(operands, local):\n            received[operand] += received[name] * slope"
SECOND = RIGHT["17.4"][1]

WRONG = {
    "17.1": [
        ("loss", with_parts(first_loss="a")),
        ("accuracy", with_parts(first_loss="b")),
        ("confident", with_parts(first_loss="d")),
        ("shift", with_parts(all_logits_up="a")),
        ("overflow", with_parts(all_logits_up="d")),
        ("zeros", with_parts(zero_weights="a")),
        ("zeros", with_parts(zero_weights="d")),
        ("shares", with_parts(sum_of_delta="b")),
    ],
    "17.2": [
        ("M1", SHARES),
        ("M1", "[-1, 0, 0]"),
        ("M4", f"1 / {E3}.sum() - np.array([1, 0, 0])"),
        ("log", f"{E3} - np.array([1, 0, 0])"),
        ("sign", f"np.array([1, 0, 0]) - {SHARES}"),
        ("sign", f"{SHARES} + np.array([1, 0, 0])"),
        ("swapped", f"{SHARES} - np.array([0, 0, 1])"),
        ("slope", f"({SHARES} - np.array([1, 0, 0])) * {SHARES} * (1 - {SHARES})"),
        ("values", E3),
        ("digits", "[-0.683, 0.106, 0.578]"),
        ("shape", "-0.683041"),
    ],
    "17.3": [
        (
            "operands",
            "OPERATE[operation]([values[operand] for operand in operands])",
            "OPERATE[operation]([values[operand] for operand in operands[:2]])",
        ),
        (
            "operands",
            "[values[operand] for operand in operands]",
            "[values[operand] for operand in set(operands)]"
            " if operation in '+*' else [values[operand] for operand in operands]",
        ),
        (
            "sign",
            "[values[operand] for operand in operands]",
            "[values[operand] for operand in operands][::-1 if operation == '-' else 1]",
        ),
        ("sign", "OPERATE[operation]", "{**OPERATE, '-': sum}[operation]"),
        ("log", "OPERATE[operation]", "{**OPERATE, 'log': lambda v: math.log10(v[0])}[operation]"),
        ("log", "OPERATE[operation]", "{**OPERATE, 'log': lambda v: math.log2(v[0])}[operation]"),
        ("tanh", "OPERATE[operation]", "{**OPERATE, 'tanh': lambda v: 1 / (1 + math.exp(-v[0]))}[operation]"),
        ("exp", "OPERATE[operation]", "{**OPERATE, 'exp': lambda v: math.exp(-v[0])}[operation]"),
        ("mean", "OPERATE[operation]", "{**OPERATE, '+': np.mean}[operation]"),
        (
            "crashed",
            "            if all(operand in values for operand in operands):\n    ",
            "            if True:\n    ",
        ),
        ("type", "return values", "return {name: values[name] for name in program}"),
        ("type", "return values", "return list(values.values())"),
        ("changed-inputs", "dict(inputs)", "inputs"),
        ("nothing-returned", "    return values", ""),
        (
            "rounded",
            "                waiting.remove",
            "                values[name] = round(values[name], 6)\n                waiting.remove",
        ),
    ],
    "17.4": [
        ("M1", "received[operand] += ", "received[operand] = "),
        (
            "M1",
            "received[operand] += received[name] * slope",
            "received[operand] = received[operand] or received[name] * slope",
        ),
        ("M2", "reversed(list(values))", "list(values)"),
        ("M2", "reversed(list(values))", "reversed(list(program))"),
        ("M2", "reversed(list(values))", "list(program)"),
        ("received", "received[name] * slope", "slope"),
        ("received", "received[name] * slope", "received[name]"),
        ("chain", "received[name] * slope", "received[name] + slope"),
        ("operands", "zip(operands, local)", "dict(zip(operands, local)).items()"),
        ("operands", "zip(operands, local)", "list(zip(operands, local))[:2]"),
        ("seed", "received[result] = 1.0", "received[result] = values[result]"),
        ("seed", "received[result] = 1.0", "received[list(values)[-1]] = 1.0"),
        ("seed", "received[result] = 1.0", "received[list(program)[-1]] = 1.0"),
        ("seed", "dict.fromkeys(values, 0.0)", "dict.fromkeys(values, 1.0)"),
        ("zeros", "    received[result] = 1.0\n", ""),
        ("swapped", "[math.prod(v[:k] + v[k + 1 :]) for k in range(len(v))]", "v"),
        ("product", "math.prod(v[:k] + v[k + 1 :])", "out / v[k] if v[k] else 0.0"),
        ("crashed", "math.prod(v[:k] + v[k + 1 :])", "out / v[k]"),
        ("product", "math.prod(v[:k] + v[k + 1 :])", "math.prod(a for a in v if a != v[k])"),
        ("product", "math.prod(v[:k] + v[k + 1 :])", "sum(v) - v[k]"),
        ("sign", "[1.0, -1.0]", "[1.0, 1.0]"),
        ("M4", '"exp": lambda v, out: [out]', '"exp": lambda v, out: [v[0]]'),
        ("M4", "[1 / v[0]]", "[1 / out]"),
        ("M4", "1 - out**2", "1 - v[0] ** 2"),
        ("tanh", "1 - out**2", "out * (1 - out)"),
        ("type", "return received", "return {name: received[name] for name in inputs}"),
        ("type", "return received", "return [received[name] for name in inputs]"),
        ("values", "return received", "return values"),
        (
            "inputs-only",
            "return received",
            "return {name: v if name in inputs else 0.0 for name, v in received.items()}",
        ),
        ("changed-inputs", "values = run(program, inputs)", "values = run(program, inputs)\n    inputs.update(values)"),
        (
            "second-call",
            "dict.fromkeys(values, 0.0)",
            "dict.fromkeys(values, 0.0 * counter.append(0) if False else 0.0)\n"
            "    counter.append(0)\n    received[list(inputs)[0]] = 0.001 * len(counter)",
        ),
        (
            "calls-missing",
            "values = run(program, inputs)",
            "def run(program, inputs):\n        raise NotImplementedError\n\n    values = run(program, inputs)",
        ),
    ],
    "17.5": [
        ("root", "np.sqrt(2 / (n_in + n_out))", "2 / (n_in + n_out)"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "1"),
        ("scale", "2 / (n_in + n_out)", "2 / n_in"),
        ("scale", "2 / (n_in + n_out)", "1 / n_in"),
        ("scale", "2 / (n_in + n_out)", "6 / (n_in + n_out)"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "0.01"),
        ("M8", "standard_normal((n_out, n_in))", "standard_normal((n_in, n_out))"),
        ("M8", "standard_normal((n_out, n_in))", "standard_normal((n_in, n_out)).T"),
        ("reseeded", "rng.standard_normal", "np.random.default_rng(seed).standard_normal"),
        ("seed", "default_rng(seed)", "default_rng(0)"),
        ("second-call", "default_rng(seed)", "default_rng()"),
        ("uniform", "rng.standard_normal(", "rng.random("),
        ("zeros", "scale * rng.standard_normal((n_out, n_in))", "np.zeros((n_out, n_in))"),
        ("bias", "np.zeros(n_out)", "rng.standard_normal(n_out)"),
        ("bias", "np.zeros(n_out)", "np.ones(n_out)"),
        ("bias", "np.zeros(n_out)", "np.zeros(n_in)"),
        (
            "order",
            "theta += [scale * rng.standard_normal((n_out, n_in)), np.zeros(n_out)]",
            "theta += [np.zeros(n_out), scale * rng.standard_normal((n_out, n_in))]",
        ),
        ("shape", "np.zeros(n_out)", "np.zeros((1, n_out))"),
        ("type", "theta += [", "theta = ["),
        ("nothing-returned", "return theta", "theta"),
        ("bias", "np.zeros(n_out)", "np.full(n_out, 0.01)"),
        ("root", "np.sqrt(2 / (n_in + n_out))", "2 / np.sqrt(n_in + n_out)"),
    ],
    "17.6": [
        ("output", "z if k == len(theta) - 2 else np.tanh(z)", "np.tanh(z)"),
        (
            "output",
            "    return activations",
            "    e = np.exp(z)\n    return [*activations[:-1], e / e.sum(axis=1, keepdims=True)]",
        ),
        ("no-activation", "z if k == len(theta) - 2 else np.tanh(z)", "z"),
        ("activation", "np.tanh(z)", "1 / (1 + np.exp(-z))"),
        ("activation", "np.tanh(z)", "np.maximum(z, 0)"),
        ("bias", " + theta[k + 1]", ""),
        ("bias", " + theta[k + 1]", " - theta[k + 1]"),
        ("bias", " + theta[k + 1]", " + (theta[k + 1] if k < len(theta) - 2 else 0)"),
        ("bias", " + theta[k + 1]", " + theta[k + 1].mean()"),
        ("M8", "theta[k].T", "theta[k]"),
        ("axis", " + theta[k + 1]", " + theta[k + 1][:, None]"),
        ("scaled", "theta[k].T", "theta[k].T / theta[k].shape[1]"),
        ("order", "return activations", "return activations[::-1]"),
        ("type", "return activations", "return activations[1:]"),
        ("type", "return activations", "return activations[:-1]"),
        ("type", "return activations", "return activations[-1]"),
        (
            "z-kept",
            "    return activations",
            "    kept = [x]\n    for W, b, a in zip(theta[::2], theta[1::2], activations):\n"
            "        kept.append(a @ W.T + b)\n    return kept",
        ),
        ("changed-inputs", "activations = [x]", "activations = [x]\n    x += 1"),
        ("crashed", "np.tanh(z)", "np.tanhh(z)"),
    ],
    "17.7": [
        ("mean", "-log_p[rows, labels].mean()", "-log_p[rows, labels].sum()"),
        ("mean", "delta / len(z)", "delta"),
        ("mean", "delta / len(z)", "delta / z.size"),
        ("mean", "delta / len(z)", "delta / len(z) ** 2"),
        ("mean", "-log_p[rows, labels].mean(), delta / len(z)", "-log_p[rows, labels].sum(), delta"),
        ("sign", "-log_p[rows, labels].mean()", "log_p[rows, labels].mean()"),
        ("sign", "delta / len(z)", "-delta / len(z)"),
        ("target", "    delta[rows, labels] -= 1\n", ""),
        ("slope", "delta / len(z)", "delta * np.exp(log_p) * (1 - np.exp(log_p)) / len(z)"),
        ("M13", "delta = np.exp(log_p)", "delta = z.copy()"),
        ("no-log", "-log_p[rows, labels].mean()", "-np.exp(log_p[rows, labels]).mean()"),
        ("no-softmax", "-log_p[rows, labels].mean()", "-z[rows, labels].mean()"),
        ("log", "-log_p[rows, labels].mean()", "-log_p[rows, labels].mean() / np.log(2)"),
        ("all-classes", "-log_p[rows, labels].mean()", "-log_p.sum(axis=1).mean()"),
        ("best-class", "-log_p[rows, labels].mean()", "-log_p.max(axis=1).mean()"),
        ("nan", "z.max(axis=1, keepdims=True)", "0"),
        ("nan", "z.max(axis=1, keepdims=True)", "z.max()"),
        ("clipped", "-log_p[rows, labels].mean()", "-np.log(np.exp(log_p[rows, labels]) + 1e-12).mean()"),
        ("clipped", "-log_p[rows, labels].mean()", "-np.log(np.maximum(np.exp(log_p[rows, labels]), 1e-15)).mean()"),
        ("axis", "axis=1, keepdims=True", "axis=0, keepdims=True"),
        ("labels", "rows, labels]", "rows, labels - 1]"),
        (
            "changed-inputs",
            "below = z - z.max(axis=1, keepdims=True)",
            "z -= z.max(axis=1, keepdims=True)\n    below = z",
        ),
        ("type", "-log_p[rows, labels].mean(), delta / len(z)", "-log_p[rows, labels].mean()"),
        ("not-summed", "-log_p[rows, labels].mean()", "-log_p[rows, labels]"),
        ("M13", "delta / len(z)", "delta / len(z) * -log_p[rows, labels].mean()"),
        ("normalized", "delta / len(z)", "delta / np.linalg.norm(delta)"),
        ("max", "-log_p[rows, labels].mean()", "(-log_p[rows, labels]).max()"),
        ("all-pairs", "delta[rows, labels] -= 1", "delta[:, labels] -= 1"),
        ("all-pairs", "-log_p[rows, labels].mean()", "-log_p[:, labels].mean()"),
    ],
    "17.8": [
        ("M7", " * (1 - a_in**2)", ""),
        ("M5", "1 - a_in**2", "1 - np.tanh(a_in) ** 2"),
        ("slope", "1 - a_in**2", "a_in * (1 - a_in)"),
        ("slope", "1 - a_in**2", "1 - a_in"),
        ("slope", "1 - a_in**2", "a_in > 0"),
        ("M8", "delta @ W)", "delta @ W.T)"),
        ("M6", "delta @ W)", "delta @ np.linalg.pinv(W).T)"),
        ("M1", "(delta @ W)", "(delta[:, :1] * W[0])"),
        ("weights-forgotten", "(delta @ W)", "delta.sum(axis=1, keepdims=True)"),
        ("M8", "delta.T @ a_in", "a_in.T @ delta"),
        ("mean", "delta.T @ a_in", "delta.T @ a_in / len(a_in)"),
        ("mean", "delta.T @ a_in, delta.sum(axis=0)", "delta.T @ a_in / len(a_in), delta.mean(axis=0)"),
        ("mean", "delta.sum(axis=0)", "delta.mean(axis=0)"),
        ("axis", "delta.sum(axis=0)", "delta.sum(axis=1)"),
        ("not-summed", "delta.sum(axis=0)", "delta"),
        ("bias", "delta.sum(axis=0)", "delta[0]"),
        ("order", "[delta.T @ a_in, delta.sum(axis=0), *gradients]", "[*gradients, delta.T @ a_in, delta.sum(axis=0)]"),
        ("order", "[delta.T @ a_in, delta.sum(axis=0), *gradients]", "[delta.sum(axis=0), delta.T @ a_in, *gradients]"),
        ("output", "    gradients = []\n", "    gradients = []\n    delta = delta * (1 - activations[-1] ** 2)\n"),
        ("sign", "    gradients = []\n", "    gradients = []\n    delta = -delta\n"),
        ("type", "return gradients", "return gradients[::2]"),
        ("crashed", "reversed(activations[:-1])", "reversed(activations)"),
        ("changed-inputs", "    gradients = []\n", "    gradients = []\n    delta /= len(delta) + 1\n"),
        ("mixed", "delta.T @ a_in", "np.outer(delta.sum(axis=0), a_in.sum(axis=0))"),
    ],
    "17.9": [
        ("last-batch", "range(0, len(order), batch_size)", "range(0, len(order) - batch_size + 1, batch_size)"),
        ("batches", "order[first : first + batch_size]", "order"),
        ("batches", "range(0, len(order), batch_size)", "range(len(order))"),
        ("batches", "range(0, len(order), batch_size)", "range(1)"),
        ("order", "order[first : first + batch_size]", "slice(first, first + batch_size)"),
        ("order", "rows = order[first", "rows = orders[0][first"),
        ("labels", "labels[rows]", "labels[first : first + batch_size]"),
        (
            "reset",
            "    for order in orders:\n",
            "    for order in orders:\n        velocity = [np.zeros_like(p) for p in theta]\n",
        ),
        ("momentum", "momentum * v + g", "momentum * v + (1 - momentum) * g"),
        ("momentum", "momentum * v + g", "v + g"),
        ("reset", "momentum * v + g", "g"),
        ("momentum", "momentum * v + g", "v + momentum * g"),
        (
            "momentum",
            "p - learning_rate * v for p, v in zip(theta, velocity)",
            "p - learning_rate * (momentum * v + g) for p, v, g in zip(theta, velocity, gradients)",
        ),
        (
            "velocity-first",
            "            velocity = [momentum * v + g for v, g in zip(velocity, gradients)]\n"
            "            theta = [p - learning_rate * v for p, v in zip(theta, velocity)]\n",
            "            theta = [p - learning_rate * v for p, v in zip(theta, velocity)]\n"
            "            velocity = [momentum * v + g for v, g in zip(velocity, gradients)]\n",
        ),
        ("learning-rate", "p - learning_rate * v", "p - v"),
        ("learning-rate", "p - learning_rate * v", "p - v / learning_rate"),
        ("ascent", "p - learning_rate * v", "p + learning_rate * v"),
        (
            "mean",
            "gradients = backward(activations, theta, delta)",
            "gradients = backward(activations, theta, delta / len(rows))",
        ),
        (
            "mean",
            "gradients = backward(activations, theta, delta)",
            "gradients = backward(activations, theta, delta * len(rows))",
        ),
        (
            "loss",
            "losses.append(loss_and_delta(forward(x, theta)[-1], labels)[0])",
            "losses.append(loss_and_delta(activations[-1], labels[rows])[0])",
        ),
        ("loss", "return theta, losses", "return theta, losses[::-1]"),
        ("step-only", "return theta, losses", "return velocity, losses"),
        ("type", "return theta, losses", "return theta"),
        (
            "changed-inputs",
            "            theta = [p - learning_rate * v for p, v in zip(theta, velocity)]",
            "            for p, v in zip(theta, velocity):\n                p -= learning_rate * v",
        ),
        (
            "type",
            "losses.append(loss_and_delta(forward(x, theta)[-1], labels)[0])",
            "losses = loss_and_delta(forward(x, theta)[-1], labels)[0]",
        ),
        ("crashed", "loss_and_delta(forward(x, theta)[-1], labels)[0]", "loss_and_delta(forward(x, theta), labels)[0]"),
        ("learning-rate", "p - learning_rate * v", "p - learning_rate * momentum * v"),
        ("once-an-epoch", "            theta = [p", "        theta = [p"),
        ("labels", "forward(x, theta)[-1]", "forward(x[order], theta)[-1]"),
    ],
    "17.10": [
        ("no-activation", '"tanh", [f"z{layer}_{j}"]', '"+", [f"z{layer}_{j}"]'),
        ("output", "layer < last", "layer <= last"),
        ("bias", 'terms = [f"b{layer}_{j}"]', "terms = []"),
        ("bias", 'terms = [f"b{layer}_{j}"]', 'terms = [f"b{layer}_{j}", f"b{layer}_{j}"]'),
        ("incoming", '[f"W{layer}_{j}_{i}", name])', '[f"W{layer}_{j}_{i}"])'),
        ("M8", '[f"W{layer}_{j}_{i}", name])', "[name])"),
        ("M1", 'terms.append(f"product{layer}_{j}_{i}")', 'terms = [terms[0], f"product{layer}_{j}_{i}"]'),
        ("M1", "for name in sent])", "for k, name in enumerate(sent) if k != label])"),
        ("M1", "for name in sent])", "for name in sent[:-1]])"),
        ("sign", '["log_sum", sent[label]]', '[sent[label], "log_sum"]'),
        ("sign", '("-", ["log_sum"', '("+", ["log_sum"'),
        ("no-log", '("log", ["sum"])', '("+", ["sum"])'),
        ("no-target", '("-", ["log_sum", sent[label]])', '("+", ["log_sum"])'),
        ("log-twice", '"log_sum", sent[label]', '"log_sum", f"exp_{sent[label]}"'),
        ("labels", "sent[label]", "sent[0]"),
        ("labels", "sent[label]", "sent[label - 1]"),
        ("labels", "sent[label]", "sent[-1]"),
        ("program", "W{layer}_{j}_{i}", "W{layer}_{i}_{j}"),
        ("program", 'inputs[f"b{layer}_{j}"] = float(b[j])', "pass"),
        ("program", 'program["C"]', 'program["loss"]'),
        ("program", '"log_sum", sent', '"log_summ", sent'),
        ("program", '("tanh", ', '("sigmoid", '),
        ("program", '("tanh", [f"z{layer}_{j}"])', '("tanh", [f"z{layer}_{j}", name])'),
        ("type", "return program, inputs", "return program"),
        ("type", "return program, inputs", "return inputs, program, 0"),
        ("crashed", "float(W[j, i])", "float(W[i, j])"),
    ],
    "17.11": [
        ("buffered", "np.add.at(table, (labels, said), 1)", "table[labels, said] += 1"),
        ("M8", "(labels, said)", "(said, labels)"),
        ("classes", "np.mean(said == labels)", "np.mean([np.mean(said[labels == k] == k) for k in range(z.shape[1])])"),
        ("two-left", "np.add.at(table, (labels, said), 1)", "table[said, labels] += 1"),
        (
            "two-left",
            "    np.add.at(table, (labels, said), 1)\n    return np.mean(said == labels)",
            "    table[labels, said] += 1\n"
            "    return np.mean([np.mean(said[labels == k] == k) for k in range(z.shape[1])])",
        ),
        (
            "three-left",
            "    np.add.at(table, (labels, said), 1)\n    return np.mean(said == labels)",
            "    table[said, labels] += 1\n"
            "    return np.mean([np.mean(said[labels == k] == k) for k in range(z.shape[1])])",
        ),
        ("classes", "np.mean(said == labels)", "np.mean(np.diag(table) / table.sum(axis=1))"),
        (
            "buffered",
            "    np.add.at(table, (labels, said), 1)\n    return np.mean(said == labels)",
            "    table[labels, said] += 1\n    return np.trace(table) / table.sum()",
        ),
        ("percent", "np.mean(said == labels)", "100 * np.mean(said == labels)"),
        ("count", "np.mean(said == labels)", "np.sum(said == labels)"),
        ("wrong-ones", "np.mean(said == labels)", "np.mean(said != labels)"),
        ("said", "argmax", "argmin"),
        ("shares", ", table\n", ", table / len(z)\n"),
        ("diagonal", ", table\n", ", table - np.diag(np.diag(table))\n"),
        ("crashed", "argmax(axis=1)", "argmax(axis=0)"),
        ("type", "return np.mean(said == labels), table", "return table"),
    ],
    "17.12": [
        ("M7", "(p_1 * w_1 + (p_2 - 1) * w_2 + p_3 * w_3) * x"),
        ("M1", "(p_2 - 1) * w_2 * (1 - a**2) * x"),
        ("M1", "(p_1 * w_1 + p_3 * w_3) * (1 - a**2) * x"),
        ("target", "(p_1 * w_1 + p_2 * w_2 + p_3 * w_3) * (1 - a**2) * x"),
        ("target", "(p_1 * w_1 + p_2 * w_2 + p_3 * w_3 - 1) * (1 - a**2) * x"),
        ("target", "((p_1 - 1) * w_1 + p_2 * w_2 + p_3 * w_3) * (1 - a**2) * x"),
        ("target", "-w_2 * (1 - a**2) * x"),
        ("mean", "((w_1 + w_2 + w_3) / 3 - w_2) * (1 - a**2) * x"),
        ("slope", "(p_1 * w_1 + (p_2 - 1) * w_2 + p_3 * w_3) * a * (1 - a) * x"),
        ("slope", "(p_1 * w_1 + (p_2 - 1) * w_2 + p_3 * w_3) * (1 - a) * x"),
        ("M5", "(p_1 * w_1 + (p_2 - 1) * w_2 + p_3 * w_3) * (1 - (v * x + b) ** 2) * x"),
        ("incoming", "(p_1 * w_1 + (p_2 - 1) * w_2 + p_3 * w_3) * (1 - a**2)"),
        ("incoming", "(p_1 * w_1 + (p_2 - 1) * w_2 + p_3 * w_3) * (1 - a**2) * v"),
        ("incoming", "(p_1 * w_1 + (p_2 - 1) * w_2 + p_3 * w_3) * (1 - a**2) * a"),
        ("sign", "(w_2 - p_1 * w_1 - p_2 * w_2 - p_3 * w_3) * (1 - a**2) * x"),
        ("symbols", "(p_1 * w_1 + (p_2 - sp.Symbol('y')) * w_2 + p_3 * w_3) * (1 - a**2) * x"),
        ("type", "'(p_1 * w_1 - w_2) * x'"),
        ("target", "((p_1 - 1) * w_1 + (p_2 - 1) * w_2 + (p_3 - 1) * w_3) * (1 - a**2) * x"),
        ("M1", "(p_2 - 1) * (w_1 + w_2 + w_3) * (1 - a**2) * x"),
    ],
}

# From an examiner who had not seen the key.
MORE_RIGHT: dict[str, list] = {
    "17.2": [
        "(-0.683041, 0.105505, 0.577536)",
        "np.array([[.6,-.5,1.2]])[0]*0+np.array([-0.68304,0.10551,0.57754])",
        "[sp.Float(-0.683041),sp.Float(0.105505),sp.Float(0.577536)]",
        "[-0.68304, 0.10550, 0.57754]",
        "{'z1':-0.683041}and[-0.683041,0.105505,0.577536]",
    ],
    "17.3": [
        """
def run(program, inputs):
    from collections import deque
    values = dict(inputs)
    queue = deque(program.items())
    while queue:
        name, (op, args) = queue.popleft()
        try:
            values[name] = OPERATE[op]([values[a] for a in args])
        except KeyError:
            queue.append((name, (op, args)))
    return values
""",
        """
def run(program, inputs):
    values = dict(inputs)
    for _ in program:
        for name, (op, args) in program.items():
            if name in values: continue
            if all(a in values for a in args):
                values[name] = OPERATE[op]([values[a] for a in args])
    return dict(sorted(values.items()))
""",
        """
def run(program, inputs):
    values = dict(inputs)
    def go(name):
        if name in values: return values[name]
        op, args = program[name]
        v = [go(a) for a in args]
        if op == '+':
            r = 0
            for t in v: r += t
        elif op == '*':
            r = 1
            for t in v: r *= t
        elif op == '-': r = v[0] + -v[1]
        elif op == 'exp': r = np.e ** v[0]
        elif op == 'log': r = float(np.log(v[0]))
        else: r = (math.exp(2*v[0]) - 1) / (math.exp(2*v[0]) + 1)
        values[name] = r
        return r
    for n in program: go(n)
    return values
""",
    ],
    "17.4": [
        """
def slopes(program, inputs, result):
    # forward mode from every name
    values = run(program, inputs)
    out = {}
    for seed in values:
        memo = {}
        def d(n):
            if n == seed: return 1.0
            if n in inputs: return 0.0
            if n in memo: return memo[n]
            op, a = program[n]
            v = [values[x] for x in a]
            if op == '+': r = sum(d(x) for x in a)
            elif op == '-': r = d(a[0]) - d(a[1])
            elif op == '*':
                r = 0.0
                for k in range(len(a)):
                    r += d(a[k]) * math.prod(v[:k]) * math.prod(v[k+1:])
            elif op == 'exp': r = values[n] * d(a[0])
            elif op == 'log': r = d(a[0]) / v[0]
            else: r = (1 - values[n]**2) * d(a[0])
            memo[n] = r
            return r
        out[seed] = d(result)
    return out
""",
        """
def slopes(program, inputs, result):
    values = run(program, inputs)
    names = list(values)
    pos = {n: i for i, n in enumerate(names)}
    A = np.zeros((len(names), len(names)))
    for n, (op, a) in program.items():
        v = np.array([values[x] for x in a], float)
        for k, x in enumerate(a):
            if op == '+': s = 1
            elif op == '-': s = (1, -1)[k]
            elif op == '*': s = np.prod(np.concatenate([v[:k], v[k+1:]]))
            elif op == 'exp': s = np.exp(v[0])
            elif op == 'log': s = 1 / v[0]
            elif op == 'tanh': s = 1 / np.cosh(v[0])**2
            A[pos[n], pos[x]] += s
    e = np.zeros(len(names)); e[pos[result]] = 1
    g = np.linalg.solve(np.eye(len(names)) - A.T, e)
    return dict(zip(names, g))
""",
        """
def slopes(program, inputs, result):
    values = run(program, inputs)
    users = {n: 0 for n in values}
    for n, (op, a) in program.items():
        for x in a: users[x] += 1
    grad = {n: 0.0 for n in values}
    grad[result] = 1.0
    ready = [n for n in values if users[n] == 0]
    while ready:
        n = ready.pop()
        if n in inputs: continue
        op, a = program[n]
        v = [values[x] for x in a]
        for k, x in enumerate(a):
            if op == '+': s = 1
            elif op == '-': s = 1 if k == 0 else -1
            elif op == '*':
                rest = list(v); rest.pop(k); s = np.prod(rest)
            elif op == 'exp': s = values[n]
            elif op == 'log': s = math.exp(-values[n])
            else: s = 4 / (math.exp(v[0]) + math.exp(-v[0]))**2
            grad[x] += s * grad[n]
            users[x] -= 1
            if users[x] == 0: ready.append(x)
    return grad
""",
    ],
    "17.5": [
        """
def initial(widths, seed):
    rng = np.random.default_rng(seed)
    theta = []
    for layer in range(len(widths) - 1):
        n_in = widths[layer]; n_out = widths[layer + 1]
        W = np.empty((n_out, n_in))
        for j in range(n_out):
            for i in range(n_in):
                W[j, i] = rng.standard_normal()
        W *= math.sqrt(2.0 / (n_in + n_out))
        theta.append(W); theta.append(np.zeros((n_out,)))
    return theta
""",
        """
def initial(widths, seed):
    rng = np.random.default_rng(seed)
    out = []
    for a, b in zip(widths, widths[1:]):
        out.append((rng.standard_normal((b, a)) * (2/(a+b))**.5).tolist())
        out.append([0]*b)
    return out
""",
    ],
    "17.6": [
        """
def forward(x, theta):
    *hidden, W, b = theta
    a, acts = x, [x]
    for k in range(0, len(hidden), 2):
        a = np.tanh(np.dot(a, hidden[k].T) + hidden[k+1])
        acts.append(a)
    acts.append(np.dot(a, W.T) + b)
    return acts
""",
        """
def forward(x, theta):
    def go(a, t):
        z = np.c_[a, np.ones(len(a))] @ np.c_[t[0], t[1]].T
        return [z] if len(t) == 2 else [np.tanh(z)] + go(np.tanh(z), t[2:])
    return [x] + go(x, theta)
""",
    ],
    "17.7": [
        """
def loss_and_delta(z, labels):
    N, K = z.shape
    m = z.max(1)
    e = np.exp(z - m[:, None])
    s = e.sum(1)
    losses = m + np.log(s) - z[range(N), labels]
    d = e / s[:, None]
    for n in range(N):
        d[n, labels[n]] -= 1
    return float(np.mean(losses)), d / N
""",
        """
def loss_and_delta(z, labels):
    one = (np.arange(z.shape[1]) == np.asarray(labels)[:, None]).astype(float)
    right = (z * one).sum(1, keepdims=True)
    diff = z - right
    top = np.maximum(diff.max(1, keepdims=True), 0)
    loss = (top[:, 0] + np.log(np.exp(diff - top).sum(1))).mean()
    p = np.exp(diff - top); p /= p.sum(1, keepdims=True)
    return np.array(loss), np.divide(p - one, len(z))
""",
        """
def loss_and_delta(z, labels):
    p = 1 / np.exp(np.minimum(z[:, None, :] - z[:, :, None], 700)).sum(axis=2)
    y = np.eye(z.shape[1])[labels]
    shift = z - np.max(z, axis=-1)[:, np.newaxis]
    loss = np.einsum('nk,nk->', y, np.log(np.exp(shift).sum(-1))[:, None] - shift) / z.shape[0]
    return loss, (p - y) / z.shape[0]
""",
    ],
    "17.8": [
        """
def backward(activations, theta, delta):
    def go(k, d):
        W = theta[2*k]
        a = activations[k]
        here = [d.T.dot(a), d.sum(0)]
        return (go(k-1, d.dot(W) * (1 - np.square(a))) if k else []) + here
    return go(len(theta)//2 - 1, delta)
""",
        """
def backward(activations, theta, delta):
    grads = []
    d = delta
    for k in range(len(theta)//2)[::-1]:
        if k < len(theta)//2 - 1:
            d = (d @ theta[2*k+2]) * (1 - activations[k+1]**2)
        grads.append(d.sum(axis=0)); grads.append((activations[k].T @ d).T)
    return grads[::-1]
""",
    ],
    "17.9": [
        """
def train(x, labels, theta, orders, batch_size, learning_rate, momentum):
    import copy
    t = copy.deepcopy(list(theta))
    v = [np.zeros(p.shape) for p in t]
    losses = []
    for order in orders:
        batch = []
        for n, index in enumerate(order):
            batch.append(index)
            if len(batch) == batch_size or n == len(order) - 1:
                acts = forward(x[batch], t)
                loss, d = loss_and_delta(acts[-1], labels[batch])
                for k, g in enumerate(backward(acts, t, d)):
                    v[k] *= momentum
                    v[k] += g
                    t[k] -= learning_rate * v[k]
                batch = []
        losses.append(float(loss_and_delta(forward(x, t)[-1], labels)[0]))
    return t, losses
""",
    ],
    "17.11": [
        """
def evaluate(z, labels):
    K = z.shape[1]
    t = [[0]*K for _ in range(K)]
    for row, l in zip(z, labels):
        t[l][int(np.argmax(row))] += 1
    return sum(t[k][k] for k in range(K)) / len(labels), t
""",
        """
def evaluate(z, labels):
    K = z.shape[1]
    said = np.argmax(z, 1)
    table = np.bincount(labels * K + said, minlength=K*K).reshape(K, K)
    return np.trace(table) / table.sum(), table
""",
        """
def evaluate(z, labels):
    y = np.eye(z.shape[1])[labels]; s = np.eye(z.shape[1])[z.argmax(1)]
    return float((y * s).sum() / len(z)), np.einsum('ni,nj->ij', y, s)
""",
    ],
    "17.12": [
        "x*(1-a)*(1+a)*(w_1*p_1 - w_2*(1-p_2) + w_3*p_3)",
        "(p_1*(w_1-w_2) + p_3*(w_3-w_2))*(1-a**2)*x+0*v",
        "sp.expand((p_1*w_1+p_2*w_2+p_3*w_3-w_2)*x*(1-a**2))",
        "(p_1*w_1 + (p_2-1.0)*w_2 + p_3*w_3)*(1.0-a**2)*x",
        "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-sp.tanh(v*x+b)**2)*x",
        "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*x/sp.cosh(v*x+b)**2",
        "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*x*sp.sech(v*x+b)**2",
        "(p_1*w_1 - (p_1+p_3)*w_2 + p_3*w_3)*(1-a**2)*x",
        "sp.Matrix([[p_1,p_2-1,p_3]]).dot(sp.Matrix([w_1,w_2,w_3]))*(1-a**2)*x",
    ],
}
MORE_WRONG: dict[str, list] = {
    "17.2": [
        ("M1", "(np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())"),
        ("M1", "[-1,0.105505,0.577536]"),
        ("M13", "[-1/(np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())[0],0,0]"),
        ("sign", "np.array([1,0,0])-(np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())"),
        ("M4", "np.array([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum()-np.array([1,0,0])"),
        ("log", "np.exp([.6,-.5,1.2])-np.array([1,0,0])"),
        ("M4", "np.ones(3)/np.exp([.6,-.5,1.2]).sum()-np.array([1,0,0])"),
        ("M1", "(np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())*np.array([0,1,1])-np.array([1,0,0])"),
        ("swapped", "(np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())-np.array([0,0,1])"),
        ("swapped", "(np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())-np.array([0,1,0])"),
        ("log", "((np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum()))/np.log(10)-np.array([1,0,0])"),
        ("log", "np.exp([.6,-.5,1.2])*np.log(np.exp([.6,-.5,1.2]).sum())-np.array([1,0,0])"),
        ("log", "((np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())-np.array([1,0,0]))/np.log(2)"),
        ("swapped", "((np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())-np.array([1,0,0]))[::-1]"),
        ("swapped", "[-0.683041,0.577536,0.105505]"),
        ("mean", "((np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())-np.array([1,0,0]))/3"),
        ("target", "(np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())-1"),
        ("exp", "np.exp([-.6,.5,-1.2])/np.exp([-.6,.5,-1.2]).sum()-np.array([1,0,0])"),
        ("values", "1.14979"),
        ("values", "[1.1498,1.1498,1.1498]"),
        ("values", "np.exp([.6,-.5,1.2])"),
        ("M4", "np.array([.6,-.5,1.2])/1.3-np.array([1,0,0])"),
        ("sign", "(np.exp([.6,-.5,1.2])/np.exp([.6,-.5,1.2]).sum())+np.array([1,0,0])"),
        ("digits", "[-0.68,0.11,0.58]"),
        ("exp", "np.exp([.6,.5,1.2])/np.exp([.6,.5,1.2]).sum()-np.array([1,0,0])"),
        ("log", "np.exp([.6,-.5,1.2])/np.log(np.exp([.6,-.5,1.2]).sum())-np.array([1,0,0])"),
        ("M4", "np.array([.6,-.5,1.2])*np.exp([-.4,-1.5,.2])/np.exp([.6,-.5,1.2]).sum()-np.array([1,0,0])"),
        ("values", "np.ones(3)/np.exp([.6,-.5,1.2]).sum()"),
    ],
    "17.3": [
        (
            "type",
            """
def run(program, inputs):
    values = dict(inputs)
    for name, (operation, operands) in program.items():
        if all(o in values for o in operands):
            values[name] = OPERATE[operation]([values[operand] for operand in operands])
    return values
""",
        ),
        (
            "type",
            """
def run(program, inputs):
    values = dict(inputs)
    for _ in range(2):
        for name, (operation, operands) in program.items():
            if all(o in values for o in operands):
                values[name] = OPERATE[operation]([values[operand] for operand in operands])
    return values
""",
        ),
        (
            "type",
            """
def run(program, inputs):
    values = dict(inputs)
    def go(n):
        if n not in values:
            op, a = program[n]
            values[n] = OPERATE[op]([go(x) for x in a])
        return values[n]
    go(list(program)[0])
    return values
""",
        ),
        (
            "type",
            """
def run(program, inputs):
    values = dict(inputs)
    def go(n):
        if n not in values:
            op, a = program[n]
            values[n] = OPERATE[op]([go(x) for x in a])
        return values[n]
    go(list(program)[-1])
    return values
""",
        ),
        (
            "type",
            """
def run(program, inputs):
    values = {}
    def go(n):
        if n in inputs:
            values[n] = inputs[n]; return inputs[n]
        if n not in values:
            op, a = program[n]
            values[n] = OPERATE[op]([go(x) for x in a])
        return values[n]
    for n in program: go(n)
    return values
""",
        ),
        (
            "operands",
            "values[name] = OPERATE[operation]([values[operand] for operand in operands])",
            "values[name] = OPERATE[operation]([values[operand] for operand in dict.fromkeys(operands)])",
        ),
        (
            "operands",
            "values[name] = OPERATE[operation]([values[operand] for operand in operands])",
            "values[name] = OPERATE[operation]([values[operand] for operand in operands[:2]])",
        ),
        (
            "sign",
            "values[name] = OPERATE[operation]([values[operand] for operand in operands])",
            "values[name] = OPERATE[operation]([values[operand] for operand in operands[::-1]])",
        ),
        ("changed-inputs", "values = dict(inputs)", "values = inputs"),
        ("type", "return values", "return {n: values[n] for n in program}"),
        (
            "type",
            """
def run(program, inputs):
    values = dict(inputs)
    for name, (operation, operands) in program.items():
        try:
            values[name] = OPERATE[operation]([values[operand] for operand in operands])
        except KeyError:
            pass
    return values
""",
        ),
        (
            "mean",
            "values[name] = OPERATE[operation]([values[operand] for operand in operands])",
            """values[name] = OPERATE[operation]([values[operand] for operand in operands])
                if operation == '+': values[name] /= len(operands)""",
        ),
        (
            "changed-inputs",
            """
def run(program, inputs):
    values = dict(inputs)
    while program:
        for name in list(program):
            operation, operands = program[name]
            if all(o in values for o in operands):
                values[name] = OPERATE[operation]([values[operand] for operand in operands])
                del program[name]
    return values
""",
        ),
    ],
    "17.4": [
        ("M1", "received[operand] += received[name] * slope", "received[operand] = received[name] * slope"),
        ("chain", "received[operand] += received[name] * slope", "received[operand] += received[name] + slope"),
        ("received", "received[operand] += received[name] * slope", "received[operand] += slope"),
        ("received", "received[operand] += received[name] * slope", "received[operand] += received[name]"),
        (
            "product",
            '"*": lambda v, out: [math.prod(v[:k] + v[k + 1 :]) for k in range(len(v))]',
            '"*": lambda v, out: [out / x if x else 0.0 for x in v]',
        ),
        (
            "operands",
            '"*": lambda v, out: [math.prod(v[:k] + v[k + 1 :]) for k in range(len(v))]',
            '"*": lambda v, out: [v[1], v[0]]',
        ),
        (
            "operands",
            '"*": lambda v, out: [math.prod(v[:k] + v[k + 1 :]) for k in range(len(v))]',
            '"*": lambda v, out: [v[1], v[0]] + [0]*(len(v)-2)',
        ),
        (
            "swapped",
            '"*": lambda v, out: [math.prod(v[:k] + v[k + 1 :]) for k in range(len(v))]',
            '"*": lambda v, out: list(v)',
        ),
        (
            "product",
            '"*": lambda v, out: [math.prod(v[:k] + v[k + 1 :]) for k in range(len(v))]',
            '"*": lambda v, out: [v[(k+1)%len(v)] for k in range(len(v))]',
        ),
        (
            "product",
            '"*": lambda v, out: [math.prod(v[:k] + v[k + 1 :]) for k in range(len(v))]',
            '"*": lambda v, out: [math.prod(x for x in v if x != y) for y in v]',
        ),
        (
            "product",
            '"*": lambda v, out: [math.prod(v[:k] + v[k + 1 :]) for k in range(len(v))]',
            '"*": lambda v, out: [out]*len(v)',
        ),
        ("sign", '"-": lambda v, out: [1.0, -1.0]', '"-": lambda v, out: [1.0, 1.0]'),
        ("sign", '"-": lambda v, out: [1.0, -1.0]', '"-": lambda v, out: [-1.0, 1.0]'),
        ("M4", '"exp": lambda v, out: [out]', '"exp": lambda v, out: [math.exp(out)]'),
        ("M4", '"exp": lambda v, out: [out]', '"exp": lambda v, out: [v[0]*math.exp(v[0]-1)]'),
        ("log", "[1 / v[0]]", "[v[0]]"),
        ("log", "[1 / v[0]]", "[math.log(v[0])]"),
        ("M4", "[1 - out**2]", "[1 - v[0]**2]"),
        ("tanh", "[1 - out**2]", "[out*(1 - out)]"),
        ("tanh", "[1 - out**2]", "[1 - out]"),
        ("M4", "[1 - out**2]", "[1 - math.tanh(out)**2]"),
        ("mean", '"+": lambda v, out: [1.0] * len(v)', '"+": lambda v, out: [1.0/len(v)] * len(v)'),
        ("sum", '"+": lambda v, out: [1.0] * len(v)', '"+": lambda v, out: list(v)'),
        ("operands", '"+": lambda v, out: [1.0] * len(v)', '"+": lambda v, out: [1.0, 1.0]'),
        ("M2", "reversed(list(values))", "program"),
        ("zeros", "received[result] = 1.0", "received[result] = 0.0"),
        ("seed", "received[result] = 1.0", "received[list(program)[0]] = 1.0"),
        ("type", "return received", "return {n: received[n] for n in inputs}"),
        ("type", "return received", "return {n: s for n, s in received.items() if s}"),
        ("type", "return received", "return {n: received[n] for n in program}"),
        ("type", "return received", "return {n: s for n, s in received.items() if n != result}"),
        (
            "M2",
            """
def slopes(program, inputs, result):
    values = run(program, inputs)
    g = {n: 0.0 for n in values}
    g[result] = 1.0
    def back(name):
        if name in inputs: return
        op, a = program[name]
        v = [values[x] for x in a]
        for k, x in enumerate(a):
            if op == '+': s = 1
            elif op == '-': s = (1, -1)[k]
            elif op == '*': s = math.prod(v[:k] + v[k+1:])
            elif op == 'exp': s = values[name]
            elif op == 'log': s = 1/v[0]
            else: s = 1 - values[name]**2
            g[x] += g[name]*s
            back(x)
    back(result)
    return g
""",
        ),
        (
            "M2",
            """
def slopes(program, inputs, result):
    values = run(program, inputs)
    g = {n: 0.0 for n in values}
    g[result] = 1.0
    queue, seen = [result], {result}
    while queue:
        name = queue.pop(0)
        if name in inputs: continue
        op, a = program[name]
        v = [values[x] for x in a]
        for k, x in enumerate(a):
            if op == '+': s = 1
            elif op == '-': s = (1, -1)[k]
            elif op == '*': s = math.prod(v[:k] + v[k+1:])
            elif op == 'exp': s = values[name]
            elif op == 'log': s = 1/v[0]
            else: s = 1 - values[name]**2
            g[x] += g[name]*s
            if x not in seen:
                seen.add(x); queue.append(x)
    return g
""",
        ),
        (
            "M2",
            """
def slopes(program, inputs, result):
    values = run(program, inputs)
    g = {n: 0.0 for n in values}
    g[result] = 1.0
    queue, seen = [result], {result}
    while queue:
        name = queue.pop()
        if name in inputs: continue
        op, a = program[name]
        v = [values[x] for x in a]
        for k, x in enumerate(a):
            if op == '+': s = 1
            elif op == '-': s = (1, -1)[k]
            elif op == '*': s = math.prod(v[:k] + v[k+1:])
            elif op == 'exp': s = values[name]
            elif op == 'log': s = 1/v[0]
            else: s = 1 - values[name]**2
            g[x] += g[name]*s
            if x not in seen:
                seen.add(x); queue.append(x)
    return g
""",
        ),
        ("log", "[1 / v[0]]", "[1 / (v[0]*math.log(10))]"),
        (
            "M1",
            "received[operand] += received[name] * slope",
            "received[operand] = max(received[operand], received[name] * slope, key=abs)",
        ),
    ],
    "17.5": [
        ("scale", "np.sqrt(2 / (n_in + n_out))", "np.sqrt(2 / n_in)"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "np.sqrt(1 / n_in)"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "np.sqrt(1 / n_out)"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "np.sqrt(2/n_out)"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "np.sqrt(6 / (n_in + n_out))"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "np.sqrt(1 / (n_in + n_out))"),
        ("root", "np.sqrt(2 / (n_in + n_out))", "np.sqrt((n_in + n_out) / 2)"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "1.0"),
        (
            "reseeded",
            """    for n_in, n_out in zip(widths[:-1], widths[1:]):
""",
            """    for n_in, n_out in zip(widths[:-1], widths[1:]):
        rng = np.random.default_rng(seed)
""",
        ),
        ("rng", "rng, theta = np.random.default_rng(seed), []", "np.random.seed(seed); rng = np.random; theta = []"),
        ("rng", "np.random.default_rng(seed)", "np.random.RandomState(seed)"),
        ("bias", "np.zeros(n_out)]", "scale*rng.standard_normal(n_out)]"),
        ("shape", "np.zeros(n_out)]", "np.zeros((n_out, 1))]"),
        ("bias", "np.zeros(n_out)]", "0.0]"),
        ("order", "return theta", "return theta[::2] + theta[1::2]"),
        ("scale", "scale * rng", "rng"),
        ("root", "scale * rng.standard_normal((n_out, n_in))", "rng.normal(0, scale**2, (n_out, n_in))"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "np.sqrt(2/(n_in*n_out))"),
        (
            "scale",
            "scale * rng.standard_normal((n_out, n_in))",
            "(lambda A: scale*(A - A.mean())/A.std())(rng.standard_normal((n_out, n_in)))",
        ),
        (
            "uniform",
            "scale * rng.standard_normal((n_out, n_in))",
            "rng.uniform(-np.sqrt(6/(n_in+n_out)), np.sqrt(6/(n_in+n_out)), (n_out, n_in))",
        ),
        ("bias", "np.zeros(n_out)]", "0*rng.standard_normal(n_out)]"),
        ("M8", "rng.standard_normal((n_out, n_in))", "rng.standard_normal(n_out*n_in).reshape(n_in, n_out).T"),
        ("scale", "np.sqrt(2 / (n_in + n_out))", "np.sqrt(2 / n_in + n_out)"),
        ("root", "np.sqrt(2 / (n_in + n_out))", "np.sqrt(2) / (n_in + n_out)"),
    ],
    "17.6": [
        ("no-activation", "k == len(theta) - 2", "k >= len(theta) - 4"),
        ("output", "k == len(theta) - 2", "k == len(theta) - 1"),
        ("output", "z if k == len(theta) - 2 else np.tanh(z)", "np.tanh(z) if k == len(theta) - 2 else z"),
        (
            "bias",
            """
def forward(x, theta):
    acts = [x]
    for k in range(0, len(theta), 2):
        z = acts[-1] @ theta[k].T
        acts.append((z if k == len(theta) - 2 else np.tanh(z)) + theta[k+1])
    return acts
""",
        ),
        (
            "z-kept",
            """
def forward(x, theta):
    acts, a = [x], x
    for k in range(0, len(theta), 2):
        z = a @ theta[k].T + theta[k+1]
        acts.append(z); a = np.tanh(z)
    return acts
""",
        ),
        (
            "no-activation",
            """
def forward(x, theta):
    acts, z = [x], x
    for k in range(0, len(theta), 2):
        z = z @ theta[k].T + theta[k+1]
        acts.append(z if k == len(theta) - 2 else np.tanh(z))
    return acts
""",
        ),
        (
            "output",
            "    return activations",
            "    e = np.exp(activations[-1]); return activations[:-1] + [e/e.sum(axis=1, keepdims=True)]",
        ),
        (
            "output",
            "    return activations",
            "    e = np.exp(activations[-1]); return activations[:-1] + [e/e.sum(axis=0)]",
        ),
        ("type", "    return activations", "    return activations + [activations[-1]]"),
        ("type", "    return activations", "    return activations + [np.tanh(activations[-1])]"),
        ("activation", "np.tanh(z)", "np.arctan(z)"),
        ("activation", "activations = [x]", "activations = [np.tanh(x)]"),
        ("activation", "np.tanh(z)", "np.tanh(z/2)"),
        ("activation", "np.tanh(z)", "2/(1+np.exp(-z))-1"),
        ("activation", "np.tanh(z)", "np.where(z>0,z,.01*z)"),
        ("activation", "np.tanh(z)", "np.log1p(np.exp(z))"),
        ("changed-inputs", "    activations = [x]", "    x[:] = (x - x.mean()); activations = [x]"),
        ("activation", "np.tanh(z)", "1 - np.tanh(z)**2"),
    ],
    "17.7": [
        ("mean", "-log_p[rows, labels].mean()", "-(log_p*np.eye(z.shape[1])[labels]).mean()"),
        ("mean", "delta / len(z)", "delta / z.shape[1]"),
        ("log", "-log_p[rows, labels].mean()", "-np.log2(np.exp(log_p[rows, labels])).mean()"),
        ("log", "-log_p[rows, labels].mean()", "-log_p[rows, labels].mean()/np.log(10)"),
        ("max", "-log_p[rows, labels].mean()", "-np.median(log_p[rows, labels])"),
        ("nan", "below = z - z.max(axis=1, keepdims=True)", "below = z"),
        ("nan", "z.max(axis=1, keepdims=True)", "z.mean(axis=1, keepdims=True)"),
        ("nan", "z.max(axis=1, keepdims=True)", "z.min(axis=1, keepdims=True)"),
        ("nan", "z.max(axis=1, keepdims=True)", "z.max(axis=0, keepdims=True)"),
        ("clipped", "below = z - z.max(axis=1, keepdims=True)", "below = np.clip(z, -500, 500)"),
        ("clipped", "-log_p[rows, labels].mean()", "-np.log(np.exp(log_p[rows, labels])+1e-9).mean()"),
        ("clipped", "-log_p[rows, labels].mean()", "-np.log(np.clip(np.exp(log_p[rows, labels]),1e-7,1)).mean()"),
        ("nan", "-log_p[rows, labels].mean()", "-np.log(np.exp(log_p[rows, labels])).mean()"),
        ("sign", "delta / len(z)", "-delta/len(z)"),
        ("target", "delta[rows, labels] -= 1", "delta = 1 - delta"),
        ("target", "delta[rows, labels] -= 1", "delta = np.where(np.eye(z.shape[1])[labels]>0, delta-1, 0)"),
        (
            "slope",
            """delta = np.exp(log_p)
    delta[rows, labels] -= 1""",
            "delta = -np.eye(z.shape[1])[labels]/np.exp(log_p)",
        ),
        (
            "slope",
            """delta = np.exp(log_p)
    delta[rows, labels] -= 1""",
            "delta = -np.eye(z.shape[1])[labels]/(np.exp(log_p)+1e-12)",
        ),
        ("slope", "delta = np.exp(log_p)", "delta = 1/(1+np.exp(-z))"),
        (
            "squares",
            "-log_p[rows, labels].mean()",
            "((np.exp(log_p)-np.eye(z.shape[1])[labels])**2).sum(axis=1).mean()",
        ),
        (
            "squares",
            "-log_p[rows, labels].mean()",
            "((np.exp(log_p)-np.eye(z.shape[1])[labels])**2).sum(axis=1).mean()/2",
        ),
        ("accuracy", "-log_p[rows, labels].mean()", "(z.argmax(axis=1)==labels).mean()"),
        ("perplexity", "-log_p[rows, labels].mean()", "np.exp(-log_p[rows, labels].mean())"),
        ("mean", "-log_p[rows, labels].mean()", "-np.log(np.exp(log_p[rows, labels]).mean())"),
        ("labels", "delta[rows, labels] -= 1", "delta[rows, labels-1] -= 1"),
        ("labels", "labels] -= 1", "labels-1] -= 1"),
        ("log", "delta = np.exp(log_p)", "delta = log_p.copy()"),
        ("axis", "np.exp(below).sum(axis=1, keepdims=True)", "np.exp(below).sum(axis=0, keepdims=True)"),
        ("axis", "np.exp(below).sum(axis=1, keepdims=True)", "np.exp(below).sum()"),
        (
            "target",
            "return -log_p[rows, labels].mean(), delta / len(z)",
            "return -log_p[rows, labels].mean(), np.exp(log_p)",
        ),
        ("M13", "delta = np.exp(log_p)", "delta = np.eye(z.shape[1])[z.argmax(axis=1)]"),
        ("entropy", "-log_p[rows, labels].mean()", "-(np.exp(log_p)*log_p).sum(axis=1).mean()"),
        ("factor-2", "delta / len(z)", "delta / (2*len(z))"),
        ("factor-2", "delta / len(z)", "2*delta / len(z)"),
        ("no-softmax", "-log_p[rows, labels].mean()", "-below[rows, labels].mean()"),
        ("shift", "-log_p[rows, labels].mean()", "(-log_p[rows, labels]+z.max(axis=1)).mean()"),
        ("target", "delta[rows, labels] -= 1", "delta -= 1"),
        ("mean", "-log_p[rows, labels].mean()", "-log_p[rows, labels].mean()/len(z)"),
    ],
    "17.8": [
        ("M5", "1 - a_in**2", "1 - np.tanh(a_in)**2"),
        ("slope", "1 - a_in**2", "a_in*(1-a_in)"),
        ("slope", "1 - a_in**2", "1 + a_in**2"),
        ("slope", "1 - a_in**2", "(1 - a_in)**2"),
        ("slope", "1 - a_in**2", "a_in**2 - 1"),
        ("slope", "1 - a_in**2", "-2*a_in"),
        ("slope", "1 - a_in**2", "a_in"),
        ("M5", "1 - a_in**2", "1 - np.arctanh(a_in)**2"),
        ("M5", "1 - a_in**2", "1/np.cosh(a_in)**2"),
        ("carry", "delta @ W", "delta @ gradients[0]"),
        (
            "M7",
            """
def backward(activations, theta, delta):
    g = []
    L = len(theta)//2
    for k in reversed(range(L)):
        g = [delta.T @ activations[k], delta.sum(axis=0)] + g
        if k: delta = (delta @ theta[2*k])
    return g
""",
        ),
        (
            "output",
            """
def backward(activations, theta, delta):
    g = []
    L = len(theta)//2
    for k in reversed(range(L)):
        delta = delta * (1 - activations[k+1]**2)
        g = [delta.T @ activations[k], delta.sum(axis=0)] + g
        delta = (delta @ theta[2*k])
    return g
""",
        ),
        ("mean", "delta.T @ a_in", "delta.T @ a_in / len(delta)"),
        ("mean", "return gradients", "return [g / len(delta) for g in gradients]"),
        (
            "mean",
            "        delta = (delta @ W)",
            """        delta = delta / len(delta)
        delta = (delta @ W)""",
        ),
        ("bias", "delta.sum(axis=0)", "delta.sum()"),
        ("bias", "delta.sum(axis=0)", "delta.sum(axis=0, keepdims=True)"),
        ("order", "return gradients", "return gradients[::-1]"),
        ("order", "[delta.T @ a_in, delta.sum(axis=0), *gradients]", "[*gradients, delta.sum(axis=0), delta.T @ a_in]"),
        ("sign", "return gradients", "return [-g for g in gradients]"),
        (
            "changed-inputs",
            "delta = (delta @ W) * (1 - a_in**2)",
            """a_in **= 2
        delta = (delta @ W) * (1 - a_in)""",
        ),
        ("one-example", "delta.T @ a_in", "np.outer(delta[0], a_in[0])"),
        ("one-example", "delta.T @ a_in, delta.sum(axis=0)", "np.outer(delta[-1], a_in[-1]), delta[-1]"),
        ("bias", "delta.sum(axis=0)", "np.zeros(len(W))"),
        ("slope", "1 - a_in**2", "(a_in>0)*1.0"),
        ("bias", "delta.sum(axis=0)", "delta.max(axis=0)"),
        (
            "one-example",
            """
def backward(activations, theta, delta):
    G = [np.zeros_like(p) for p in theta]
    for n in range(len(delta)):
        d = delta[n]
        for k in range(len(theta)//2)[::-1]:
            a = activations[k][n]
            G[2*k] = np.outer(d, a)
            G[2*k+1] = d
            d = theta[2*k].T @ d * (1 - a*a)
    return G
""",
        ),
    ],
    "17.9": [
        (
            "momentum",
            "theta = [p - learning_rate * v for p, v in zip(theta, velocity)]",
            "theta = [p - learning_rate * (g + momentum*v) for p, v, g in zip(theta, velocity, gradients)]",
        ),
        ("momentum", "momentum * v + g", "momentum * v + (1-momentum)*g"),
        ("ascent", "momentum * v + g", "momentum * v - g"),
        (
            "reset",
            "theta = [p - learning_rate * v for p, v in zip(theta, velocity)]",
            "theta = [p - learning_rate * g for p, g in zip(theta, gradients)]",
        ),
        (
            "reset",
            "            rows = order",
            """            velocity = [np.zeros_like(p) for p in theta]
            rows = order""",
        ),
        (
            "type",
            """    for order in orders:
        for first""",
            """    for order in orders:
        losses.append(loss_and_delta(forward(x, theta)[-1], labels)[0])
        for first""",
        ),
        (
            "type",
            """    for order in orders:
""",
            """    losses.append(loss_and_delta(forward(x, theta)[-1], labels)[0])
    for order in orders:
""",
        ),
        (
            "loss",
            """
def train(x, labels, theta, orders, batch_size, learning_rate, momentum):
    velocity, losses = [np.zeros_like(p) for p in theta], []
    for order in orders:
        total = []
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            activations = forward(x[rows], theta)
            loss, delta = loss_and_delta(activations[-1], labels[rows])
            total.append(loss)
            gradients = backward(activations, theta, delta)
            velocity = [momentum * v + g for v, g in zip(velocity, gradients)]
            theta = [p - learning_rate * v for p, v in zip(theta, velocity)]
        losses.append(np.mean(total))
    return theta, losses
""",
        ),
        (
            "last-batch",
            "range(0, len(order), batch_size)",
            "range(0, len(order) // batch_size * batch_size, batch_size)",
        ),
        (
            "batches",
            """for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]""",
            "for rows in np.array_split(order, batch_size):",
        ),
        ("batches", "order[first : first + batch_size]", "order[first//batch_size::math.ceil(len(order)/batch_size)]"),
        ("batches", "order[first : first + batch_size]", "np.take(order, range(first, first+batch_size), mode='wrap')"),
        ("batches", "first + batch_size]", "first + batch_size + 1]"),
        ("batches", "first + batch_size]", "first + batch_size - 1]"),
        ("labels", "x[rows]", "x[first:first+batch_size]"),
        ("order", "order[first", "np.sort(order)[first"),
        ("order", "order[first", "np.argsort(order)[first"),
        ("order", "order[first", "orders[0][first"),
        ("order", "order[first", "orders[-1][first"),
        (
            "order",
            """
def train(x, labels, theta, orders, batch_size, learning_rate, momentum):
    velocity, losses = [np.zeros_like(p) for p in theta], []
    for order in orders:
        x, labels = x[order], labels[order]
        for first in range(0, len(order), batch_size):
            rows = slice(first, first + batch_size)
            activations = forward(x[rows], theta)
            _, delta = loss_and_delta(activations[-1], labels[rows])
            gradients = backward(activations, theta, delta)
            velocity = [momentum * v + g for v, g in zip(velocity, gradients)]
            theta = [p - learning_rate * v for p, v in zip(theta, velocity)]
        losses.append(loss_and_delta(forward(x, theta)[-1], labels)[0])
    return theta, losses
""",
        ),
        (
            "labels",
            """
def train(x, labels, theta, orders, batch_size, learning_rate, momentum):
    velocity, losses = [np.zeros_like(p) for p in theta], []
    for order in orders:
        xs = x[order]
        for first in range(0, len(order), batch_size):
            activations = forward(xs[first:first+batch_size], theta)
            _, delta = loss_and_delta(activations[-1], labels[first:first+batch_size])
            gradients = backward(activations, theta, delta)
            velocity = [momentum * v + g for v, g in zip(velocity, gradients)]
            theta = [p - learning_rate * v for p, v in zip(theta, velocity)]
        losses.append(loss_and_delta(forward(x, theta)[-1], labels)[0])
    return theta, losses
""",
        ),
        (
            "half-trained",
            "theta = [p - learning_rate * v for p, v in zip(theta, velocity)]",
            "theta = [p - learning_rate * v if p.ndim == 2 else p for p, v in zip(theta, velocity)]",
        ),
        ("learning-rate", "momentum * v + g", "momentum * v + learning_rate * g"),
        (
            "learning-rate",
            "theta = [p - learning_rate * v for p, v in zip(theta, velocity)]",
            "theta = [p - momentum * v for p, v in zip(theta, velocity)]",
        ),
        ("learning-rate", "momentum * v + g", "learning_rate * v + g"),
        (
            "old-and-new",
            """
def train(x, labels, theta, orders, batch_size, learning_rate, momentum):
    new = list(theta)
    velocity, losses = [np.zeros_like(p) for p in theta], []
    for order in orders:
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            activations = forward(x[rows], theta)
            _, delta = loss_and_delta(activations[-1], labels[rows])
            gradients = backward(activations, theta, delta)
            velocity = [momentum * v + g for v, g in zip(velocity, gradients)]
            new = [p - learning_rate * v for p, v in zip(new, velocity)]
        losses.append(loss_and_delta(forward(x, new)[-1], labels)[0])
    return new, losses
""",
        ),
        (
            "old-and-new",
            """
def train(x, labels, theta, orders, batch_size, learning_rate, momentum):
    theta = [p.copy() for p in theta]
    velocity, losses = [np.zeros_like(p) for p in theta], []
    for order in orders:
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            acts = forward(x[rows], theta)
            _, d = loss_and_delta(acts[-1], labels[rows])
            for k in range(len(theta)//2)[::-1]:
                gW, gb = d.T @ acts[k], d.sum(axis=0)
                velocity[2*k] = momentum*velocity[2*k] + gW
                velocity[2*k+1] = momentum*velocity[2*k+1] + gb
                theta[2*k] = theta[2*k] - learning_rate*velocity[2*k]
                theta[2*k+1] = theta[2*k+1] - learning_rate*velocity[2*k+1]
                d = (d @ theta[2*k])*(1-acts[k]**2)
        losses.append(loss_and_delta(forward(x, theta)[-1], labels)[0])
    return theta, losses
""",
        ),
    ],
    "17.10": [
        ("program", "W{layer}_", "W{layer - 1}_"),
        ("program", "b{layer}_", "b{layer - 1}_"),
        ("program", "b{layer}_{j}", "b{layer}_{j + 1}"),
        ("program", "W{layer}_{j}_{i}", "W{layer}{j}_{i}"),
        ("program", "W{layer}_{j}_{i}", "w{layer}_{j}_{i}"),
        ("program", '{f"x_{i}": float(value) for i, value in enumerate(x)}', "{}"),
        ("program", '[f"W{layer}_{j}_{i}", name])', "[float(W[j, i]), name])"),
        ("no-activation", "layer < last", "layer < 0"),
        ("no-activation", "layer < last", "layer < 2 and layer < last"),
        (
            "program",
            'program["C"] = ("-", ["log_sum", sent[label]])',
            'program["d"] = ("-", [sent[label], "log_sum"]); program["C"] = ("-", ["d"])',
        ),
        (
            "probability",
            'program["C"] = ("-", ["log_sum", sent[label]])',
            'program["u"] = ("-", [sent[label], "log_sum"]); program["C"] = ("exp", ["u"])',
        ),
        ("program", 'program["C"]', 'program["c"]'),
        ("log-left", '("-", ["log_sum", sent[label]])', '("-", ["sum", f"exp_{sent[label]}"])'),
        ("labels", "sent[label]", "sent[(label + 1) % len(sent)]"),
        ("program", '("tanh", [f"z{layer}_{j}"])', '("tanh", f"z{layer}_{j}")'),
        ("program", '("exp", [name])', '("exp", name)'),
        ("incoming", '("*", [f"W{layer}_{j}_{i}", name])', '("+", [f"W{layer}_{j}_{i}", name])'),
        ("program", "received = sent", "received = list(inputs)[:len(x)]"),
        ("program", "float(b[j])", "b"),
        ("program", '"tanh"', '"np.tanh"'),
        ("program", '("exp", [name])', '("exp", [f"exp_{name}"])'),
        ("log-left", 'program["log_sum"] = ("log", ["sum"])', 'program["log_sum"] = ("+", list(sent))'),
        ("program", "return program, inputs", "return inputs, program"),
        ("program", "return program, inputs", "return run(program, inputs)['C'], inputs"),
        ("type", "return program, inputs", "return {**program, **inputs}"),
        ("bias", "float(b[j])", "0.0"),
        ("program", "product{layer}_{j}_{i}", "product{j}_{i}"),
        ("program", "z{layer}_{j}", "z_{j}"),
        ("program", 'program["sum"] = ("+", [', 'program["sum"] = ("+", ["C"] + ['),
        ("bias", 'terms = [f"b{layer}_{j}"]', 'terms = [f"b{layer}_{j}"] if layer > 1 else []'),
        ("program", "range(1, last + 1)", "range(1, 3)"),
        ("program", "range(1, last + 1)", "range(1, last)"),
        ("bias", 'terms = [f"b{layer}_{j}"]', 'terms = [f"b{layer}_0"]'),
        ("program", '["log_sum", sent[label]]', '["log_sum", *sent]'),
    ],
    "17.11": [
        ("M8", "np.add.at(table, (labels, said), 1)", "np.add.at(table, (said, labels), 1)"),
        ("buffered", "np.add.at(table, (labels, said), 1)", "table[labels, said] = 1"),
        (
            "classes",
            "np.mean(said == labels)",
            "np.nanmean([np.mean(said[labels == k] == k) for k in range(z.shape[1])])",
        ),
        ("classes", "np.mean(said == labels)", "np.mean([np.mean(labels[said == k] == k) for k in range(z.shape[1])])"),
        (
            "classes",
            "np.mean(said == labels)",
            "np.nanmean([np.mean(labels[said == k] == k) for k in range(z.shape[1])])",
        ),
        ("classes", "np.mean(said == labels)", "np.mean(np.diag(table)/np.maximum(table.sum(axis=1),1))"),
        ("wrong-ones", "np.mean(said == labels)", "1 - np.mean(said == labels)"),
        ("classes", "np.mean(said == labels)", "np.sum(said == labels) / z.shape[1]"),
        (
            "shares",
            """, table
""",
            """, table/np.maximum(table.sum(axis=1, keepdims=True),1)
""",
        ),
        (
            "shares",
            """, table
""",
            """, table/len(z)
""",
        ),
        ("order", "return np.mean(said == labels), table", "return table, np.mean(said == labels)"),
        (
            "diagonal",
            "np.add.at(table, (labels, said), 1)",
            "np.add.at(table, (labels[said==labels], said[said==labels]), 1)",
        ),
        (
            "diagonal",
            "np.add.at(table, (labels, said), 1)",
            "np.add.at(table, (labels[said!=labels], said[said!=labels]), 1)",
        ),
        (
            "two-left",
            """
def evaluate(z, labels):
    said = z.argmax(axis=1)
    table = np.zeros((z.shape[1], z.shape[1]))
    table[labels, said] += 1
    accuracy = np.mean([np.mean(said[labels == k] == k) for k in range(z.shape[1])])
    return accuracy, table
""",
        ),
        (
            "two-left",
            """
def evaluate(z, labels):
    said = z.argmax(axis=1)
    table = np.zeros((z.shape[1], z.shape[1]))
    np.add.at(table, (said, labels), 1)
    accuracy = np.mean([np.mean(said[labels == k] == k) for k in range(z.shape[1])])
    return accuracy, table
""",
        ),
        (
            "two-left",
            """
def evaluate(z, labels):
    said = z.argmax(axis=1)
    table = np.zeros((z.shape[1], z.shape[1]))
    np.add.at(table, (said, labels), 1)
    accuracy = np.nanmean([np.mean(said[labels == k] == k) for k in range(z.shape[1])])
    return accuracy, table
""",
        ),
        ("three-left", "broken_evaluate"),
        (
            "last-example",
            "np.add.at(table, (labels, said), 1)",
            "for n in range(len(z) - 1): table[labels[n], said[n]] += 1",
        ),
        ("labels", "np.add.at(table, (labels, said), 1)", "np.add.at(table, (labels - 1, said), 1)"),
        ("percent", "np.mean(said == labels)", "100*np.mean(said == labels)"),
        ("cut-off", "np.mean(said == labels)", "round(np.mean(said == labels), 2)"),
        ("cut-off", "np.mean(said == labels)", "np.sum(said == labels) // len(labels)"),
        ("buffered", "np.mean(said == labels)", "np.trace(np.minimum(table,1))/np.minimum(table,1).sum()"),
        ("buffered", "np.mean(said == labels)", "np.trace(np.minimum(table,1))/len(labels)"),
        (
            "shares",
            """, table
""",
            """, table/np.maximum(table.sum(axis=0),1)
""",
        ),
        ("changed-inputs", "said = z.argmax(axis=1)", "said = z.argmax(axis=1); z[:] = 0"),
    ],
    "17.12": [
        ("M7", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)"),
        ("M7", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*x"),
        ("incoming", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*a*(1-a**2)"),
        ("slope", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*a*(1-a)*x"),
        ("incoming", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a**2)"),
        ("incoming", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a**2)*v"),
        ("sign", "-(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a**2)*x"),
        ("target", "(p_1*w_1+p_2*w_2+p_3*w_3)*(1-a**2)*x"),
        ("M1", "(p_2-1)*w_2*(1-a**2)*x"),
        ("M1", "(1-p_2)*w_2*(1-a**2)*x"),
        ("weights-forgotten", "(p_1+p_2-1+p_3)*(w_1+w_2+w_3)*(1-a**2)*x"),
        ("weights", "(w_1+w_2+w_3)*(1-a**2)*x"),
        ("target", "(p_1*w_1+p_2*w_2+(p_3-1)*w_3)*(1-a**2)*x"),
        ("M13", "-w_2/p_2*(1-a**2)*x"),
        ("M13", "-1/p_2*w_2*(1-a**2)*x"),
        ("slope", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1+a**2)*x"),
        ("incoming", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a**2)*x**2"),
        ("M5", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-x**2)*x"),
        ("M5", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-v**2)*x"),
        ("M5", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-(v*x+b)**2)*x"),
        ("M5", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-sp.tanh(a)**2)*x"),
        ("slope", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)/(1-a**2)*x"),
        ("slope", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*a*x"),
        ("slope", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*2*a*x"),
        ("incoming", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a**2)*a*x"),
        ("slope", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a)**2*x"),
        ("M1", "(p_1-1)*w_1*(1-a**2)*x"),
        ("target", "(p_1*w_1+(1-p_2)*w_2+p_3*w_3)*(1-a**2)*x"),
        ("target", "(p_1*w_1-p_2*w_2+p_3*w_3)*(1-a**2)*x"),
        ("mean", "(p_1*w_1+(p_2-1)*w_2+p_3*w_3)*(1-a**2)*x/3"),
        ("softmax", "p_2*(1-p_2)*w_2*(1-a**2)*x"),
        ("softmax", "(p_2*(1-p_2)*w_2-p_1*p_2*w_1-p_2*p_3*w_3)*(1-a**2)*x"),
        ("softmax", "p_2*(p_1*w_1+(p_2-1)*w_2+p_3*w_3)*(1-a**2)*x"),
        ("weights", "(p_1*c_1+(p_2-1)*c_2+p_3*c_3)*(1-a**2)*x"),
        ("weights", "(p_1*(w_1*a+c_1)+(p_2-1)*(w_2*a+c_2)+p_3*(w_3*a+c_3))*(1-a**2)*x"),
        ("weights-forgotten", "(p_1+p_2-1+p_3)*(1-a**2)*x"),
        ("incoming", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a**2)*x*v"),
        ("incoming", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a**2)*(x+1)"),
        ("brackets", "(p_1*w_1+p_2-1*w_2+p_3*w_3)*(1-a**2)*x"),
        ("brackets", "p_1*w_1+(p_2-1)*w_2+p_3*w_3*(1-a**2)*x"),
        ("brackets", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*1-a**2*x"),
        ("not-done", "-sp.log(p_2)"),
        ("M1", "(p_1*w_1+p_3*w_3)*(1-a**2)*x"),
        ("M1", "(p_1*w_1-w_2)*(1-a**2)*x"),
        ("weights", "(p_2-1)*(1-a**2)*x"),
        ("target", "((p_1-1)*w_1+(p_2-1)*w_2+(p_3-1)*w_3)*(1-a**2)*x"),
        ("factor-2", "2*(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a**2)*x"),
        ("weights-forgotten", "sp.diff(-sp.log(p_2), v)"),
        ("slope", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*sp.tanh(v*x+b)*x"),
        ("weights-forgotten", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*sp.diff(a, v)"),
        ("incoming", "(p_1*w_1 + (p_2-1)*w_2 + p_3*w_3)*(1-a**2)*b"),
    ],
}
for number, answers in MORE_RIGHT.items():
    RIGHT[number] += answers
for number, answers in MORE_WRONG.items():
    WRONG[number] += answers
