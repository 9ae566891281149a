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
