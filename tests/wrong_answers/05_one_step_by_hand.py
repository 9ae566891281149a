"""What students answer to the exercises of chapter 5: right in several ways, and wrong with the thought behind it.

Each answer is Python text, as it would be typed into the answer cell. It sees what the set-up cells define and the
answers to the earlier exercises. A wrong answer to a coding exercise is an edit of a right one: name, old text, new.
"""

RIGHT = {
    "5.1": ['"c"', '" C "'],
    "5.2": [
        '{"dW2_11": "+", "delta1_1": "-", "delta1_2": "+", "dW1_11": "-", "dW1_12": "+"}',
        '{"dW2_11": "+", "delta1_1": "\u2212", "delta1_2": "+", "dW1_11": "\u2212", "dW1_12": "+"}',
    ],
    "5.3": ["[0.62, 0.2]", "x @ W1.T + b1"],
    "5.4": ["0.57926", "sigmoid(W2 @ sigmoid(W1 @ x + b1) + b2)"],
    "5.5": ["0.080247", "(sigmoid(z2) - y) * sigmoid.slope(z2)"],
    "5.6": ["np.array([-0.0091254, 0.0178762])", "W2[0] * delta2 * sigmoid.slope(z1)"],
    "5.7": ["delta1[:, np.newaxis] * x", "[[-0.0073004, 0.0036502], [0.0143009, -0.0071505]]"],
    "5.8": ["[[-0.52609, 0.87794]]", "W2 - learning_rate * np.outer([delta2], a1)"],
    "5.9": ["0.0019671", "(sigmoid(np.array(6.0)) - 0.2) * sigmoid.slope(np.array(6.0))"],
    "5.10": [
        """
def deltas(y, z1, z2, a2, W2):
    delta2 = (a2 - y) * sigmoid.slope(z2)
    delta1 = (W2.T @ delta2) * sigmoid.slope(z1)
    return delta2, delta1
""",
        """
def deltas(y, z1, z2, a2, W2):
    delta2 = [(a - t) * a * (1 - a) for a, t in zip(a2, y)]
    delta1 = []
    for i in range(len(z1)):
        a = 1 / (1 + np.exp(-z1[i]))
        delta1.append(a * (1 - a) * sum(delta2[k] * W2[k, i] for k in range(len(delta2))))
    return delta2, delta1
""",
        """
def deltas(y, z1, z2, a2, W2):
    delta2 = -(y - a2) * (a2 - a2**2)
    return [delta2, np.einsum("k,ki,i->i", delta2, W2, sigmoid.slope(z1))]
""",
    ],
    "5.11": [
        """
def gradients(x, y, W1, b1, W2, b2):
    z1 = W1 @ x + b1
    a1 = sigmoid(z1)
    z2 = W2 @ a1 + b2
    a2 = sigmoid(z2)
    delta2 = (a2 - y) * sigmoid.slope(z2)
    delta1 = (W2.T @ delta2) * sigmoid.slope(z1)
    dW1, db1 = np.outer(delta1, x), delta1
    dW2, db2 = np.outer(delta2, a1), delta2
    return dW1, db1, dW2, db2
""",
        """
def gradients(x, y, W1, b1, W2, b2):
    x, y, b1, b2 = x[:, None], y[:, None], b1[:, None], b2[:, None]
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = W2.T @ d2 * a1 * (1 - a1)
    return d1 @ x.T, d1[:, 0], d2 @ a1.T, d2[:, 0]
""",
        """
def gradients(x, y, W1, b1, W2, b2):
    network = Network.from_weights([(W1, b1), (W2, b2)])
    first, second = network.gradients(x[None], y[None])
    return first.dW, first.db, second.dW, second.db
""",
    ],
    "5.12": [
        """
def step(x, y, W1, b1, W2, b2, learning_rate):
    dW1, db1, dW2, db2 = gradients(x, y, W1, b1, W2, b2)
    new_W1 = W1 - learning_rate * dW1
    new_b1 = b1 - learning_rate * db1
    new_W2 = W2 - learning_rate * dW2
    new_b2 = b2 - learning_rate * db2
    return new_W1, new_b1, new_W2, new_b2
""",
        """
def step(x, y, W1, b1, W2, b2, learning_rate):
    parameters = [W1, b1, W2, b2]
    slopes = gradients(x, y, *parameters)
    return [p + -learning_rate * s for p, s in zip(parameters, slopes)]
""",
        """
def step(x, y, W1, b1, W2, b2, learning_rate):
    slopes = gradients(x, y, W1, b1, W2, b2)
    copies = tuple(p.copy() for p in (W1, b1, W2, b2))
    for p, s in zip(copies, slopes):
        p -= learning_rate * s
    return copies
""",
    ],
    "5.13": ['{"A": "c", "B": "a", "C": "e", "D": "b"}'],
    "5.15": [
        "(a2_1 - y_1) * a2_1 * (1 - a2_1)",
        "sp.diff((1 / (1 + sp.exp(-z2_1)) - y_1) ** 2 / 2, z2_1)",
        "(1 / (1 + sp.exp(-(w2_11 * a1_1 + w2_12 * a1_2 + b2_1))) - y_1) * a2_1 * (1 - a2_1)",
        "sp.expand((y_1 - a2_1) * (a2_1**2 - a2_1))",
        '(sp.Symbol("a2_1") - sp.Symbol("y_1")) * a2_1 * (1 - a2_1)',
        "sp.Derivative((1 / (1 + sp.exp(-z2_1)) - y_1) ** 2 / 2, z2_1)",
    ],
    "5.16": [
        "(a2_1 - y_1) * a2_1 * (1 - a2_1) * w2_11 * a1_1 * (1 - a1_1) * x_2",
        "output_delta * w2_11 * (a1_1 - a1_1**2) * x_2",
        "sp.diff((1 / (1 + sp.exp(-z2_1)) - y_1) ** 2 / 2, z2_1) * w2_11 * a1_1 * (1 - a1_1) * x_2",
        "output_delta * w2_11 * sp.exp(-z1_1) / (1 + sp.exp(-z1_1)) ** 2 * x_2",
        "output_delta * w2_11 * a1_1 / (1 + sp.exp(w1_11 * x_1 + w1_12 * x_2 + b1_1)) * x_2",
        "-sp.expand((y_1 - a2_1) * a2_1 * (1 - a2_1) * w2_11) * x_2 * (a1_1 - a1_1**2)",
    ],
    "5.17": [
        "(a2_1 - y_1) * a2_1 * (1 - a2_1) * (w2_11 * a1_1 * (1 - a1_1) + w2_12 * a1_2 * (1 - a1_2))",
        "output_delta * w2_11 * (a1_1 - a1_1**2) + output_delta * w2_12 * (a1_2 - a1_2**2)",
        "sp.diff((1 / (1 + sp.exp(-z2_1)) - y_1) ** 2 / 2, z2_1)"
        " * (w2_11 * a1_1 * (1 - a1_1) + w2_12 * a1_2 * (1 - a1_2))",
        "sp.factor(output_delta * (w2_12 * (1 - a1_2) * a1_2 - w2_11 * a1_1 * (a1_1 - 1)))",
    ],
}
RIGHT["5.14"] = [text.replace("def gradients", "def repaired_gradients") for text in RIGHT["5.11"]]

BACKWARD = [
    ("M7", " * sigmoid.slope(z1)", ""),
    ("M13", "(a2 - y) * sigmoid.slope(z2)", "a2 - y"),
    ("M5", "sigmoid.slope(z1)", "sigmoid.slope(sigmoid(z1))"),
    ("M5", "sigmoid.slope(z2)", "sigmoid.slope(a2)"),
    ("M5", "sigmoid.slope(z1)", "z1 * (1 - z1)"),
    ("M5", "sigmoid.slope(z2)", "(z2 - z2**2)"),
    ("M6", "W2.T @ delta2", "np.linalg.pinv(W2) @ delta2"),
    ("M8", "W2.T @ delta2", "W2 @ delta2"),
    ("M1", "W2.T @ delta2", "W2[0] * delta2[0]"),
    ("weights-forgotten", "W2.T @ delta2", "delta2.sum()"),
    ("sign", "a2 - y", "y - a2"),
    ("factor-2", "(a2 - y)", "2 * (a2 - y)"),
    ("M13", "(a2 - y) * sigmoid.slope(z2)", "y - a2"),
    ("slope", "sigmoid.slope(z1)", "sigmoid(z1)"),
    ("slope", "sigmoid.slope(z1)", "(1 - sigmoid(z1))"),
    ("slope", "sigmoid.slope(z2)", "(1 - a2)"),
    ("rounded", "(a2 - y) * sigmoid.slope(z2)", "np.round((a2 - y) * sigmoid.slope(z2), 4)"),
]
LAYERS = [
    ("M8", "np.outer(delta1, x)", "np.outer(x, delta1)"),
    ("M8", "np.outer(delta2, a1)", "np.outer(a1, delta2)"),
    ("incoming", "np.outer(delta2, a1)", "np.outer(delta2, z1)"),
    ("bias", "np.outer(delta1, x), delta1", "np.outer(delta1, x), delta1 * b1"),
    ("bias", "np.outer(delta1, x), delta1", "np.outer(delta1, x), delta1.sum()"),
    ("bias", "np.outer(delta1, x), delta1", "np.outer(delta1, x), np.ones(len(b1))"),
    ("update-first", "    delta1 = (W2.T", "    W2 = W2 - np.outer(delta2, a1)\n    delta1 = (W2.T"),
    ("shape", "np.outer(delta1, x)", "delta1 * x[0]"),
    ("zeros", "np.outer(delta1, x)", "np.zeros_like(W1)"),
    ("nothing-returned", "    return dW1, db1, dW2, db2", ""),
    ("type", "return dW1, db1, dW2, db2", "return dW1, dW2"),
    ("changed-inputs", "    z1 = W1 @ x + b1", "    z1 = W1 @ x\n    b1 += 1e-3\n    z1 += b1"),
    ("nan", "(a2 - y) * sigmoid", "np.log(a2 - 2) * sigmoid"),
    ("shape", "np.outer(delta1, x)", "x * delta1"),
    ("crashed", "np.outer(delta1, x)", "delta1[:, None] @ x[:, None]"),
    ("bias", "np.outer(delta2, a1), delta2", "np.outer(delta2, a1), np.full(len(b2), delta2.sum())"),
]

UNANSWERED = """
    def gradients(*arrays):
        raise NotImplementedError("replace this line with your answer")

    dW1, db1, dW2, db2 = gradients(x, y, W1, b1, W2, b2)"""

WRONG = {
    "5.1": [("first-layer", '"a"'), ("large-weight", '"b"'), ("M9", '"d"'), ("type", "3"), ("type", '"b2"')],
    "5.2": [
        ("M13", '{"dW2_11": "-", "delta1_1": "-", "delta1_2": "+", "dW1_11": "-", "dW1_12": "+"}'),
        ("M7", '{"dW2_11": "+", "delta1_1": "+", "delta1_2": "+", "dW1_11": "-", "dW1_12": "+"}'),
        ("M13", '{"dW2_11": "+", "delta1_1": "-", "delta1_2": "+", "dW1_11": "-", "dW1_12": "-"}'),
        ("M13", '{"dW2_11": "-", "delta1_1": "+", "delta1_2": "-", "dW1_11": "+", "dW1_12": "-"}'),
        ("missing", '{"dW2_11": "+", "delta1_1": "-", "delta1_2": "+", "dW1_11": "-"}'),
        ("M7", '{"dW2_11": "+", "delta1_1": "+", "delta1_2": "+", "dW1_11": "+", "dW1_12": "+"}'),
        ("type", '["+", "-", "+", "-", "+"]'),
    ],
    "5.3": [
        ("M8", "x @ W1 + b1"),
        ("bias", "W1 @ x"),
        ("sign", "[0.06, 0.36]"),
        ("too-far", "sigmoid(W1 @ x + b1)"),
        ("some-entries", "[0.62, 0.37]"),
        ("shape", "[0.62]"),
    ],
    "5.4": [
        ("too-early", "0.3197"),
        ("no-activation", "sigmoid(W2 @ (W1 @ x + b1) + b2)"),
        ("bias", "sigmoid(W2 @ a1)"),
        ("exponent", "0.42074"),
        ("digits", "0.58"),
        ("shape", "[0.57926, 0.57926]"),
        ("bias", "sigmoid(W2 @ a1 - b2)"),
        ("digits", "0.5793"),
        ("digits", "0.579"),
        ("rounded", "0.5792"),
    ],
    "5.5": [
        ("M13", "0.32926"),
        ("M13", "0.25 - a2"),
        ("slope", "(a2 - 0.25) * (1 - a2)"),
        ("slope", "(0.25 - a2) * a2"),
        ("digits", "0.0802"),
        ("M13", "C if (C := (a2 - 0.25) ** 2 / 2) else 0"),
        ("M5", "(a2 - 0.25) * sigmoid.slope(np.array(a2))"),
        ("M5", "(a2 - 0.25) * z2 * (1 - z2)"),
        ("slope", "a2 * (1 - a2)"),
        ("sign", "-delta2"),
        ("factor-2", "0.1605"),
        ("rounded", "(0.58 - 0.25) * 0.58 * 0.42"),
    ],
    "5.6": [
        ("M7", "W2[0] * delta2"),
        ("M13", "W2[0] * (a2 - 0.25) * a1 * (1 - a1)"),
        ("M5", "W2[0] * delta2 * z1 * (1 - z1)"),
        ("M5", "W2[0] * delta2 * sigmoid.slope(a1)"),
        ("M6", "delta2 / W2[0] * a1 * (1 - a1)"),
        ("M8", "W1.T @ [delta2, delta2] * a1 * (1 - a1)"),
        ("update-first", "new_W2[0] * delta2 * a1 * (1 - a1)"),
        ("weights-forgotten", "delta2 * a1 * (1 - a1)"),
        ("swapped", "[0.017876, -0.0091254]"),
        ("digits", "[-0.0091, 0.018]"),
        ("digits", "[-0.00913, 0.0179]"),
        ("rounded", "[-0.00912, 0.01784]"),
        ("M7", "W2[0] * (a2 - 0.25)"),
        ("M7", "W2[0] * (0.25 - a2)"),
        ("M5", "W2[0] * (a2 - 0.25) * sigmoid.slope(np.array(a2)) * a1 * (1 - a1)"),
        ("slope", "W2[0] * delta2 * a1"),
        ("sign", "-delta1"),
    ],
    "5.7": [
        ("M8", "np.outer(x, delta1)"),
        ("M8", "delta1 * x"),
        ("incoming", "np.outer(delta1, a1)"),
        ("delta", "np.outer([delta2, delta2], x)"),
        ("M9", "learning_rate * np.outer(delta1, x)"),
        ("sign", "np.outer(delta1, np.abs(x))"),
        ("M7", "np.outer(W2[0] * delta2, x)"),
        ("update-first", "np.outer(new_W2[0] * delta2 * a1 * (1 - a1), x)"),
        ("M13", "np.outer(W2[0] * (a2 - 0.25) * a1 * (1 - a1), x)"),
        ("digits", "[[-0.0073, 0.00365], [0.0143, -0.00715]]"),
    ],
    "5.8": [
        ("ascent", "W2 + learning_rate * delta2 * a1"),
        ("learning-rate", "W2 - delta2 * a1"),
        ("step-only", "[learning_rate * delta2 * a1]"),
        ("M9", "[delta2 * a1]"),
        ("M13", "W2 - learning_rate * delta2"),
        ("M13", "W2 - learning_rate * (a2 - 0.25) * a1"),
        ("no-step", "W2"),
        ("shape", "(W2 - learning_rate * delta2 * a1)[0]"),
        ("digits", "[[-0.53, 0.88]]"),
        ("digits", "[[-0.526, 0.878]]"),
        ("rounded", "W2 - 0.5 * 0.0802 * np.array([0.65, 0.55])"),
        ("M5", "W2 - learning_rate * (a2 - 0.25) * sigmoid.slope(np.array(a2)) * a1"),
        ("M13", "W2 - learning_rate * (0.25 - a2) * a1"),
        ("slope", "W2 - learning_rate * (a2 - 0.25) * (1 - a2) * a1"),
        ("incoming", "W2 - learning_rate * np.outer([delta2], z1)"),
        ("incoming", "W2 - learning_rate * delta2 * (1 - a1)"),
        ("swapped", "W2 - learning_rate * delta2 * a1[::-1]"),
        ("learning-rate", "W2 - 0.05 * delta2 * a1"),
        ("learning-rate", "new_W2 - learning_rate * delta2 * a1"),
        ("changed-given", "new_W2 - 2 * learning_rate * delta2 * a1"),
    ],
    "5.9": [
        ("M13", "0.79753"),
        ("slope", "sigmoid.slope(np.array(6.0))"),
        ("M5", "(a - 0.2) * sigmoid.slope(np.array(a))"),
        ("M5", "(a - 0.2) * 6 * (1 - 6)"),
        ("M10", "0"),
        ("sign", "-saturated_delta"),
        ("M13", "0.2 - a"),
        ("slope", "(a - 0.2) * (1 - a)"),
        ("slope", "(a - 0.2) * a"),
        ("digits", "0.00197"),
        ("digits", "0.001967"),
        ("rounded", "(0.9975 - 0.2) * 0.9975 * 0.00247"),
    ],
    "5.10": [
        *BACKWARD,
        ("type", "return delta2, delta1", "return delta1"),
        ("crashed", "a2 - y", "a2 - target"),
        ("second-call", "return delta2, delta1", "counter.append(0)\n    return delta2 + len(counter), delta1"),
        ("unknown", "return delta2, delta1", "return delta1[:1].repeat(len(delta2)), delta1"),
    ],
    "5.11": [
        *BACKWARD,
        *LAYERS,
        ("M9", "np.outer(delta2, a1), delta2", "W2 - 0.5 * np.outer(delta2, a1), delta2"),
        (
            "M9",
            "    return dW1, db1, dW2, db2",
            "    return [p - d for p, d in zip((W1, b1, W2, b2), (dW1, db1, dW2, db2))]",
        ),
        ("update-first", "    delta1 = (W2.T", "    W2 = W2 - 0.5 * np.outer(delta2, a1)\n    delta1 = (W2.T"),
    ],
    "5.12": [
        ("ascent", "- learning_rate *", "+ learning_rate *"),
        ("learning-rate", "- learning_rate *", "-"),
        ("learning-rate", "- learning_rate *", "- 1 / learning_rate *"),
        ("step-only", " = W1 - learning_rate", " = learning_rate"),
        ("M9", "return new_W1, new_b1, new_W2, new_b2", "return dW1, db1, dW2, db2"),
        ("no-step", "return new_W1, new_b1, new_W2, new_b2", "return W1, b1, W2, b2"),
        ("changed-inputs", "    return", "    W1 -= learning_rate * dW1\n    return"),
        (
            "update-first",
            "    new_W1",
            "    early = W2 - learning_rate * dW2\n"
            "    a1 = sigmoid(W1 @ x + b1)\n"
            "    db1 = early.T @ db2 * a1 * (1 - a1)\n"
            "    dW1 = np.outer(db1, x)\n"
            "    new_W1",
        ),
        ("M7", "    new_W1", "    db1 = W2.T @ db2\n    dW1 = np.outer(db1, x)\n    new_W1"),
        ("nothing-returned", "return", "result ="),
        ("rounded", "return new_W1,", "return np.round(new_W1, 4),"),
        ("M8", "learning_rate * dW1", "learning_rate * dW1.T"),
        ("calls-missing", "dW1, db1, dW2, db2 = gradients(x, y, W1, b1, W2, b2)", UNANSWERED),
    ],
    "5.14": [
        *BACKWARD,
        *LAYERS,
        (
            "two-left",
            "    return",
            "    dW1, dW2, db1, db2 = -dW1, -dW2, 0 * b1 - db1.sum(), 0 * b2 - db2.sum()\n    return",
        ),
    ],
    "5.15": [
        ("M13", "a2_1 - y_1"),
        ("M13", "y_1 - a2_1"),
        ("slope", "a2_1 * (1 - a2_1)"),
        ("slope", "(a2_1 - y_1) * a2_1"),
        ("slope", "(a2_1 - y_1) * a2_1 * (1 + a2_1)"),
        ("M5", "(a2_1 - y_1) * z2_1 * (1 - z2_1)"),
        ("M12", "(a2_1 - y_1) ** 2 / 2 * a2_1 * (1 - a2_1)"),
        ("M12", "(a2_1 - y_1) ** 2 / 2 + (a2_1 - y_1) * a2_1 * (1 - a2_1)"),
        ("tanh", "(a2_1 - y_1) * (1 - a2_1**2)"),
        ("sign", "(y_1 - a2_1) * a2_1 * (1 - a2_1)"),
        ("factor-2", "2 * (a2_1 - y_1) * a2_1 * (1 - a2_1)"),
        ("type", '"(a2_1 - y_1) * a2_1 * (1 - a2_1)"'),
        ("symbols", '(sp.Symbol("a") - y_1) * a2_1 * (1 - a2_1)'),
        ("not-done", '(a2_1 - y_1) * sp.Derivative(sp.Function("s")(z2_1), z2_1)'),
        ("nan", "(a2_1 - y_1) / (z2_1 - z2_1 * 1.0)"),
        ("unknown", "(a2_1 - y_1) * a2_1**3"),
    ],
    "5.16": [
        ("M7", "output_delta * w2_11 * x_2"),
        ("M13", "(a2_1 - y_1) * w2_11 * a1_1 * (1 - a1_1) * x_2"),
        ("M13", "(y_1 - a2_1) * w2_11 * a1_1 * (1 - a1_1) * x_2"),
        ("M5", "output_delta * w2_11 * z1_1 * (1 - z1_1) * x_2"),
        ("symbols", "output_delta * b"),
        ("M8", "output_delta * w2_12 * a1_2 * (1 - a1_2) * x_1"),
        ("M8", "output_delta * w2_11 * a1_1 * (1 - a1_1) * x_1"),
        ("M8", "output_delta * w2_12 * a1_2 * (1 - a1_2) * x_2"),
        ("too-many-paths", "output_delta * (w2_11 * a1_1 * (1 - a1_1) + w2_12 * a1_2 * (1 - a1_2)) * x_2"),
        ("weights-forgotten", "output_delta * a1_1 * (1 - a1_1) * x_2"),
        ("incoming", "output_delta * w2_11 * a1_1 * (1 - a1_1)"),
        ("M13", "output_delta * w2_11 * a1_1 * (1 - a1_1) * w1_12"),
        ("sign", "-output_delta * w2_11 * a1_1 * (1 - a1_1) * x_2"),
    ],
    "5.17": [
        ("M1", "output_delta * w2_11 * a1_1 * (1 - a1_1)"),
        ("M1", "output_delta * w2_12 * a1_2 * (1 - a1_2)"),
        ("M1", "output_delta * (w2_11 * a1_1 * (1 - a1_1) + w2_12 * a1_2 * (1 - a1_2)) / 2"),
        ("M12", "output_delta * w2_11 * a1_1 * (1 - a1_1) * w2_12 * a1_2 * (1 - a1_2)"),
        ("M7", "output_delta * (w2_11 + w2_12)"),
        ("M7", "output_delta"),
        ("M13", "(a2_1 - y_1) * (w2_11 * a1_1 * (1 - a1_1) + w2_12 * a1_2 * (1 - a1_2))"),
        ("M13", "(y_1 - a2_1) * (w2_11 * a1_1 * (1 - a1_1) + w2_12 * a1_2 * (1 - a1_2))"),
        ("symbols", "output_delta * b1_1"),
        ("weights-forgotten", "output_delta * (a1_1 * (1 - a1_1) + a1_2 * (1 - a1_2))"),
        ("swapped", "output_delta * (w2_11 * a1_2 * (1 - a1_2) + w2_12 * a1_1 * (1 - a1_1))"),
        ("incoming", "output_delta * (w2_11 * a1_1 * (1 - a1_1) + w2_12 * a1_2 * (1 - a1_2)) * b"),
    ],
    "5.13": [
        ("no-bug", '{"A": "a", "B": "a", "C": "e", "D": "b"}'),
        ("M8", '{"A": "c", "B": "d", "C": "e", "D": "b"}'),
        ("no-bug", '{"A": "c", "B": "a", "C": "a", "D": "b"}'),
        ("M7", '{"A": "b", "B": "b", "C": "b", "D": "a"}'),
        ("type", '{"a": "c"}'),
        ("no-bug", '{"A": "a", "B": "a", "C": "a", "D": "a"}'),
    ],
}

# what an examiner tried besides
WRONG["5.3"] += [
    ("unsummed", "W1[0]*x + b1"),
    ("bias", "W1 @ x + 2*b1"),
    ("incoming", "W1.sum(axis=1)+b1"),
    ("swapped", "[0.2, 0.62]"),
    ("unsummed", "np.diag(W1)*x+b1"),
    ("bias", "W1 @ x + b1.sum()"),
    ("unsummed", "W1*x + b1"),
    ("swapped", "W1 @ x[::-1] + b1"),
    ("bias", "W1@x+b2"),
]
WRONG["5.4"] += [
    ("incoming", "sigmoid(W2 @ x + b2)"),
    ("bias", "sigmoid(W2 @ sigmoid(W1 @ x) + b2)"),
    ("too-far", "sigmoid(np.array(a2))"),
    ("tanh", "np.tanh(W2 @ np.tanh(z1)+b2)"),
    ("tanh", "sigmoid(W2 @ np.tanh(z1)+b2)"),
    ("M8", "sigmoid(W2 @ sigmoid(W1.T @ x + b1)+b2)"),
    ("swapped", "sigmoid(W2 @ a1[::-1]+b2)"),
    ("target", "0.25"),
    ("weights-forgotten", "sigmoid(np.array(a1.sum()+b2))"),
    ("bias", "sigmoid(W2 @ sigmoid(W1 @ x))"),
]
WRONG["5.5"] += [
    ("logit", "(z2-0.25)*a2*(1-a2)"),
    ("tanh", "(a2-0.25)*(1-a2**2)"),
    ("M12", "(a2-0.25)+a2*(1-a2)"),
    ("sign", "(a2+0.25)*a2*(1-a2)"),
    ("too-far", "(a2-0.25)*a2*(1-a2)*W2[0]"),
    ("slope", "(a2-0.25)*(a2*(1-a2))**2"),
    ("slope", "(a2-0.25)*0.25*0.75"),
    ("divided", "(a2-0.25)/(a2*(1-a2))"),
    ("M13", "(a2-0.25)**2*a2*(1-a2)"),
]
WRONG["5.6"] += [
    ("tanh", "W2[0]*delta2*(1-a1**2)"),
    ("slope", "W2[0]*delta2*a1*(1-a1)*a2*(1-a2)"),
    ("too-far", "W2[0]*delta2*a1*(1-a1)*x"),
    ("M8", "W1[0]*delta2*a1*(1-a1)"),
    ("M8", "W1[:,0]*delta2*a1*(1-a1)"),
    ("M1", "W2.sum()*delta2*a1*(1-a1)"),
    ("hidden-target", "(a1-0.25)*a1*(1-a1)"),
    ("sum", "(W2[0]*delta2*a1*(1-a1)).sum()"),
    ("sign", "np.abs(W2[0])*delta2*a1*(1-a1)"),
    ("M12", "W2[0]*delta2+a1*(1-a1)"),
    ("slope", "W2[0]*delta2*x*(1-x)"),
    ("delta", "delta2*a1"),
    ("slope", "W2[0]*delta2*(a1*(1-a1))**2"),
    ("M8", "W1 @ [delta2,delta2]*a1*(1-a1)"),
    ("slope", "W2[0]*delta2*(a1*(1-a1))[::-1]"),
]
WRONG["5.7"] += [
    ("M13", "delta2*W1"),
    ("M13", "delta1[:,None]*W1"),
    ("M9", "W1-learning_rate*np.outer(delta1,x)"),
    ("incoming", "np.outer(delta1,z1)"),
    ("slope", "np.outer(delta1*a1*(1-a1),x)"),
    ("swapped", "np.outer(delta1,x[::-1])"),
    ("M8", "delta1@x"),
    ("M8", "np.diag(delta1*x)"),
    ("bias", "np.outer(delta1,x)+b1[:,None]"),
    ("slope", "np.outer(delta1,x*(1-x))"),
    ("tanh", "np.outer(W2[0]*delta2*(1-a1**2),x)"),
    ("hidden-target", "np.outer((a1-0.25)*a1*(1-a1),x)"),
]
WRONG["5.8"] += [
    ("incoming", "W2-0.5*delta2*x"),
    ("delta", "W2-0.5*delta1*a1"),
    ("M13", "W2*(1-0.5*delta2*a1)"),
    ("M13", "W2-0.5*delta2*a1*W2"),
    ("incoming", "W2-0.5*delta2*a2"),
    ("sign", "np.abs(W2)-0.5*delta2*a1"),
    ("incoming", "W2-0.5*delta2*a1*(1-a1)"),
    ("learning-rate", "0.5*(W2-delta2*a1)"),
    ("learning-rate", "learning_rate*W2-delta2*a1"),
]
WRONG["5.9"] += [
    ("M13", "0.5*(a-0.2)**2*a*(1-a)"),
    ("logit", "(6-0.2)*a*(1-a)"),
    ("tanh", "(a-0.2)*(1-a**2)"),
    ("exponent", "(p-0.2)*p*(1-p) if (p:=1/(1+np.exp(6.0))) else 0"),
    ("target", "(a-0.25)*a*(1-a)"),
    ("M13", "(a-0.2)**2*a*(1-a)"),
    ("M12", "(a-0.2)+a*(1-a)"),
    ("tanh", "(np.tanh(6)-.2)*(1-np.tanh(6)**2)"),
    ("divided", "(a-0.2)/(a*(1-a))"),
]
WRONG["5.10"] += [
    ("M7", "(W2.T @ delta2) * sigmoid.slope(z1)", "W2.T @ (a2 - y)"),
    ("M13", "(W2.T @ delta2)", "(W2.T @ (a2 - y))"),
    ("tanh", "sigmoid.slope(z1)", "(1 - sigmoid(z1)**2)"),
    ("tanh", "sigmoid.slope(z2)", "(1 - a2**2)"),
    ("step", "sigmoid.slope(z1)", "(z1 > 0)"),
    ("slope", "sigmoid.slope(z1)", "(sigmoid(z1)*(1-sigmoid(z1)))**2"),
    ("mean", "(a2 - y) * sigmoid.slope(z2)", "(a2 - y) * sigmoid.slope(z2) / len(y)"),
    ("M1", "(W2.T @ delta2)", "(W2.T @ delta2) / len(delta2)"),
    ("sign", "W2.T @ delta2", "np.abs(W2).T @ delta2"),
    ("M1", "W2.T @ delta2", "W2.sum(axis=0) * delta2.sum()"),
    ("delta", "W2.T @ delta2", "W2.sum(axis=0)"),
    ("M1", "W2.T @ delta2", "W2[-1] * delta2[-1]"),
    ("slope", "(W2.T @ delta2)", "(W2.T @ (delta2 * sigmoid.slope(z2)))"),
    ("M13", "(a2 - y) * sigmoid.slope(z2)", "0.5 * (a2 - y)**2 * sigmoid.slope(z2)"),
    ("factor-2", "(a2 - y) * sigmoid.slope(z2)", "0.5 * (a2 - y) * sigmoid.slope(z2)"),
    ("logit", "(a2 - y)", "(z2 - y)"),
    ("sign", "(W2.T @ delta2) * sigmoid", "-(W2.T @ delta2) * sigmoid"),
    ("M13", "(a2 - y) * sigmoid.slope(z2)", "(a2 - y) / (a2 * (1 - a2)) * sigmoid.slope(z2)"),
    ("sum", "(a2 - y) * sigmoid", "(a2 - y).sum() * sigmoid"),
    ("slope", "sigmoid.slope(z1)", "sigmoid(z1) * (1 + sigmoid(z1))"),
    ("order", "return delta2, delta1", "return delta1, delta2"),
]
WRONG["5.11"] += [
    ("tanh", "sigmoid.slope(z1)", "(1 - sigmoid(z1)**2)"),
    ("tanh", "sigmoid.slope(z2)", "(1 - a2**2)"),
    ("step", "sigmoid.slope(z1)", "(z1 > 0)"),
    ("slope", "sigmoid.slope(z1)", "(sigmoid(z1)*(1-sigmoid(z1)))**2"),
    ("mean", "(a2 - y) * sigmoid.slope(z2)", "(a2 - y) * sigmoid.slope(z2) / len(y)"),
    ("M1", "(W2.T @ delta2)", "(W2.T @ delta2) / len(delta2)"),
    ("sign", "W2.T @ delta2", "np.abs(W2).T @ delta2"),
    ("M1", "W2.T @ delta2", "W2.sum(axis=0) * delta2.sum()"),
    ("delta", "W2.T @ delta2", "W2.sum(axis=0)"),
    ("M1", "W2.T @ delta2", "W2[-1] * delta2[-1]"),
    ("slope", "(W2.T @ delta2)", "(W2.T @ (delta2 * sigmoid.slope(z2)))"),
    ("M13", "(a2 - y) * sigmoid.slope(z2)", "0.5 * (a2 - y)**2 * sigmoid.slope(z2)"),
    ("logit", "(a2 - y)", "(z2 - y)"),
    ("sum", "(a2 - y) * sigmoid", "(a2 - y).sum() * sigmoid"),
    ("slope", "sigmoid.slope(z1)", "sigmoid(z1) * (1 + sigmoid(z1))"),
    ("M13", "np.outer(delta1, x)", "np.outer(delta1, x) * W1"),
    ("M13", "np.outer(delta2, a1)", "np.outer(delta2, a1) * W2"),
    ("incoming", "np.outer(delta2, a1)", "np.outer(delta2, a1*(1-a1))"),
    ("bias", "np.outer(delta1, x), delta1", "np.outer(delta1, x), np.full(len(b1), delta1.mean())"),
    ("order", "return dW1, db1, dW2, db2", "return dW1, dW2, db1, db2"),
    ("order", "return dW1, db1, dW2, db2", "return dW2, db2, dW1, db1"),
    ("bias", "z1 = W1 @ x + b1", "z1 = W1 @ x"),
    ("bias", "z2 = W2 @ a1 + b2", "z2 = W2 @ a1"),
    ("logit", "a2 = sigmoid(z2)", "a2 = z2"),
    ("no-activation", "a1 = sigmoid(z1)", "a1 = z1"),
    ("keepdims", "return dW1, db1, dW2, db2", "return dW1, db1[:, None], dW2, db2[:, None]"),
    ("incoming", "np.outer(delta2, a1)", "np.outer(delta2, sigmoid(a1))"),
]
WRONG["5.12"] += [
    ("learning-rate", "W1 - learning_rate * dW1", "W1 - learning_rate * learning_rate * dW1"),
    ("M12", "W1 - learning_rate * dW1", "W1 * (1 - learning_rate * dW1)"),
    ("learning-rate", "learning_rate *", "0.5 *"),
    ("learning-rate", "W1 - learning_rate * dW1", "learning_rate * (W1 - dW1)"),
]
WRONG["5.14"] += [
    ("tanh", "sigmoid.slope(z1)", "(1 - sigmoid(z1)**2)"),
    ("tanh", "sigmoid.slope(z2)", "(1 - a2**2)"),
    ("step", "sigmoid.slope(z1)", "(z1 > 0)"),
    ("slope", "sigmoid.slope(z1)", "(sigmoid(z1)*(1-sigmoid(z1)))**2"),
    ("mean", "(a2 - y) * sigmoid.slope(z2)", "(a2 - y) * sigmoid.slope(z2) / len(y)"),
    ("M1", "(W2.T @ delta2)", "(W2.T @ delta2) / len(delta2)"),
    ("sign", "W2.T @ delta2", "np.abs(W2).T @ delta2"),
    ("M1", "W2.T @ delta2", "W2.sum(axis=0) * delta2.sum()"),
    ("delta", "W2.T @ delta2", "W2.sum(axis=0)"),
    ("M1", "W2.T @ delta2", "W2[-1] * delta2[-1]"),
    ("slope", "(W2.T @ delta2)", "(W2.T @ (delta2 * sigmoid.slope(z2)))"),
    ("M13", "(a2 - y) * sigmoid.slope(z2)", "0.5 * (a2 - y)**2 * sigmoid.slope(z2)"),
    ("logit", "(a2 - y)", "(z2 - y)"),
    ("sum", "(a2 - y) * sigmoid", "(a2 - y).sum() * sigmoid"),
    ("slope", "sigmoid.slope(z1)", "sigmoid(z1) * (1 + sigmoid(z1))"),
    ("M13", "np.outer(delta1, x)", "np.outer(delta1, x) * W1"),
    ("M13", "np.outer(delta2, a1)", "np.outer(delta2, a1) * W2"),
    ("incoming", "np.outer(delta2, a1)", "np.outer(delta2, a1*(1-a1))"),
    ("bias", "np.outer(delta1, x), delta1", "np.outer(delta1, x), np.full(len(b1), delta1.mean())"),
    ("order", "return dW1, db1, dW2, db2", "return dW1, dW2, db1, db2"),
    ("order", "return dW1, db1, dW2, db2", "return dW2, db2, dW1, db1"),
    ("bias", "z1 = W1 @ x + b1", "z1 = W1 @ x"),
    ("bias", "z2 = W2 @ a1 + b2", "z2 = W2 @ a1"),
    ("logit", "a2 = sigmoid(z2)", "a2 = z2"),
    ("no-activation", "a1 = sigmoid(z1)", "a1 = z1"),
    ("keepdims", "return dW1, db1, dW2, db2", "return dW1, db1[:, None], dW2, db2[:, None]"),
    ("incoming", "np.outer(delta2, a1)", "np.outer(delta2, sigmoid(a1))"),
]
WRONG["5.15"] += [
    ("M12", "(a2_1-y_1)**2*a2_1*(1-a2_1)"),
    ("logit", "(z2_1-y_1)*a2_1*(1-a2_1)"),
    ("M12", "(a2_1-y_1)+a2_1*(1-a2_1)"),
    ("slope", "(a2_1-y_1)*y_1*(1-y_1)"),
    ("slope", "(a2_1-y_1)*a2_1*(1-y_1)"),
    ("slope", "(a2_1-y_1)*sp.exp(-z2_1)"),
    ("slope", "(a2_1-y_1)*sp.exp(z2_1)/(1+sp.exp(-z2_1))**2"),
    ("too-far", "(a2_1-y_1)*a2_1*(1-a2_1)*a1_1"),
    ("too-far", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11"),
    ("slope", "(a2_1-y_1)*(a2_1*(1-a2_1))**2"),
    ("sign", "(a2_1+y_1)*a2_1*(1-a2_1)"),
]
WRONG["5.16"] += [
    ("M8", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_12*a1_1*(1-a1_1)*x_2"),
    ("M8", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11*a1_2*(1-a1_2)*x_2"),
    ("incoming", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11*a1_1*(1-a1_1)*a1_2"),
    ("too-many-paths", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11*a1_1*(1-a1_1)*(x_1+x_2)"),
    ("delta", "(a2_1-y_1)*a2_1*(1-a2_1)*a1_2"),
    ("tanh", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11*(1-a1_1**2)*x_2"),
    ("slope", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11*(1-a1_1)*x_2"),
    ("slope", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11*a1_1*x_2"),
    ("slope", "a2_1*(1-a2_1)*w2_11*a1_1*(1-a1_1)*x_2"),
    ("M13", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11*a1_1*(1-a1_1)*w1_12*x_2"),
    ("M5", "(a2_1-y_1)*z2_1*(1-z2_1)*w2_11*a1_1*(1-a1_1)*x_2"),
    ("too-many-paths", "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11+w2_12)*a1_1*(1-a1_1)*x_2"),
    ("M5", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11*x_2*(1-x_2)"),
    ("M12", "(a2_1-y_1)**2/2*a2_1*(1-a2_1)*w2_11*a1_1*(1-a1_1)*x_2"),
    ("M8", "(a2_1-y_1)*a2_1*(1-a2_1)*w2_12*a1_1*(1-a1_1)*x_1"),
]
WRONG["5.17"] += [
    ("incoming", "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11*a1_1*(1-a1_1)*x_1+w2_12*a1_2*(1-a1_2)*x_2)"),
    ("M1", "2*(a2_1-y_1)*a2_1*(1-a2_1)*w2_12*a1_2*(1-a1_2)"),
    ("M7", "2*(a2_1-y_1)*a2_1*(1-a2_1)"),
    ("M1", "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11+w2_12)*(a1_1+a1_2)*(1-a1_1-a1_2)"),
    ("slope", "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11*a1_1+w2_12*a1_2)"),
    ("M5", "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11*z1_1*(1-z1_1)+w2_12*z1_2*(1-z1_2))"),
    ("tanh", "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11*(1-a1_1**2)+w2_12*(1-a1_2**2))"),
    ("M7", "(a2_1-y_1)*(w2_11+w2_12)"),
    ("slope", "a2_1*(1-a2_1)*(w2_11*a1_1*(1-a1_1)+w2_12*a1_2*(1-a1_2))"),
    ("M1", "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11+w2_12)*a1_1*(1-a1_1)"),
    ("M12", "(a2_1-y_1)**2/2*a2_1*(1-a2_1)*(w2_11*a1_1*(1-a1_1)+w2_12*a1_2*(1-a1_2))"),
    ("too-many-paths", "(a2_1-y_1)*a2_1*(1-a2_1)*(1+w2_11*a1_1*(1-a1_1)+w2_12*a1_2*(1-a1_2))"),
    (
        "too-many-paths",
        "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11*a1_1*(1-a1_1)*(w1_11+w1_12)+w2_12*a1_2*(1-a1_2)*(w1_21+w1_22))",
    ),
    ("incoming", "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11*a1_1*(1-a1_1)+w2_12*a1_2*(1-a1_2))*(x_1+x_2)"),
]
RIGHT["5.2"] += [
    'dict(dW2_11="+", delta1_1="-", delta1_2="+", dW1_11="-", dW1_12="+")',
]
RIGHT["5.3"] += [
    "np.array([[0.3,-0.7],[0.6,0.2]])@np.array([.8,-.4])+[.1,-.2]",
    "(0.62,0.2)",
    "np.einsum('ij,j->i',W1,x)+b1",
    "[sp.Rational(62,100), sp.Rational(1,5)]",
    "(W1 @ x[:,None] + b1[:,None])[:,0]",
]
RIGHT["5.4"] += [
    "1/(1+np.exp(-(W2@(1/(1+np.exp(-(W1@x+b1))))+b2)))",
    "float(sigmoid(W2 @ sigmoid(W1 @ x + b1) + b2)[0])",
    "np.array([[0.579260]])",
    "0.579260",
]
RIGHT["5.5"] += [
    "(a2-0.25)*a2*(1-a2)",
    "np.array([(a2-0.25)*a2*(1-a2)])",
    "8.0247e-2",
    "sp.N('0.080247')",
]
RIGHT["5.6"] += [
    "W2.T[:,0]*delta2*a1*(1-a1)",
    "[-0.5*delta2*a1[0]*(1-a1[0]), 0.9*delta2*a1[1]*(1-a1[1])]",
    "(-0.0091254, 0.017876)",
]
RIGHT["5.7"] += [
    "np.einsum('i,j->ij',delta1,x)",
    "[[d*v for v in x] for d in delta1]",
    "delta1.reshape(2,1)@x.reshape(1,2)",
    "np.outer(delta1,x).tolist()",
]
RIGHT["5.8"] += [
    "W2 - 0.5*delta2*a1[None,:]",
    "[[-0.5-0.5*delta2*a1[0], 0.9-0.5*delta2*a1[1]]]",
    "[[-0.5260882, 0.8779388]]",
]
RIGHT["5.9"] += [
    "(1/(1+np.exp(-6))-0.2)*(1/(1+np.exp(-6)))*(1-1/(1+np.exp(-6)))",
    "0.00196712",
    "1.9671e-3",
    "[0.0019671]",
]
RIGHT["5.10"] += [
    """
def deltas(y, z1, z2, a2, W2):
    miss = a2 - y
    delta2 = miss * a2 * (1 - a2)
    a1 = 1 / (1 + np.exp(-z1))
    delta1 = np.dot(delta2, W2) * a1 * (1 - a1)
    return delta2, delta1
""",
    """
def deltas(y, z1, z2, a2, W2):
    miss = a2 - y
    delta2 = np.array([miss[i]*a2[i]*(1-a2[i]) for i in range(len(y))])
    delta1 = np.zeros(len(z1))
    for i in range(len(y)):
        for j in range(len(z1)):
            delta1[j] += delta2[i]*W2[i,j]*sigmoid(z1[j])*(1-sigmoid(z1[j]))
    return delta2, delta1
""",
    """
def deltas(y, z1, z2, a2, W2):
    delta2 = (a2-y)*np.exp(-z2)/(1+np.exp(-z2))**2
    delta1 = np.diag(np.exp(-z1)/(1+np.exp(-z1))**2) @ W2.T @ delta2
    return delta2.tolist(), delta1.tolist()
""",
    """
def deltas(y, z1, z2, a2, W2):
    D2 = np.diag(a2*(1-a2))
    delta2 = D2 @ (a2-y)
    delta1 = np.sum(W2 * delta2[:,None], axis=0) / (2+2*np.cosh(z1))
    return delta2, delta1
""",
]
RIGHT["5.11"] += [
    """
def gradients(x, y, W1, b1, W2, b2):
    a1 = np.array([sigmoid(sum(W1[i,j]*x[j] for j in range(len(x)))+b1[i]) for i in range(len(b1))])
    a2 = np.array([sigmoid(sum(W2[i,j]*a1[j] for j in range(len(a1)))+b2[i]) for i in range(len(b2))])
    d2 = (a2-y)*a2*(1-a2)
    d1 = np.zeros(len(b1))
    dW1, dW2 = np.zeros(W1.shape), np.zeros(W2.shape)
    for i in range(len(b2)):
        for j in range(len(b1)):
            dW2[i,j] = d2[i]*a1[j]
            d1[j] += d2[i]*W2[i,j]*a1[j]*(1-a1[j])
    for i in range(len(b1)):
        for j in range(len(x)):
            dW1[i,j] = d1[i]*x[j]
    return dW1, d1, dW2, d2
""",
]
RIGHT["5.12"] += [
    """
def step(x, y, W1, b1, W2, b2, learning_rate):
    g = gradients(x, y, W1, b1, W2, b2)
    out = []
    for p, d in zip([W1,b1,W2,b2], g):
        q = np.array(p)
        for i in np.ndindex(q.shape): q[i] -= learning_rate*np.asarray(d)[i]
        out.append(q.tolist())
    return out
""",
    """
def step(x, y, W1, b1, W2, b2, learning_rate):
    W1, b1, W2, b2 = W1.copy(), b1.copy(), W2.copy(), b2.copy()
    dW1, db1, dW2, db2 = gradients(x, y, W1, b1, W2, b2)
    W2 -= learning_rate*dW2; b2 -= learning_rate*db2; W1 -= learning_rate*dW1; b1 -= learning_rate*db1
    return W1, b1, W2, b2
""",
]
RIGHT["5.14"] += [
    """
def repaired_gradients(x, y, W1, b1, W2, b2):
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    delta2 = (a2 - y) * a2 * (1 - a2)
    delta1 = (W2.T @ delta2) * a1 * (1 - a1)
    return np.outer(delta1, x), delta1, np.outer(delta2, a1), delta2
""",
    """
def repaired_gradients(x, y, W1, b1, W2, b2):
    return gradients(x, y, W1, b1, W2, b2)
""",
    """
def repaired_gradients(x, y, W1, b1, W2, b2):
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    delta2 = -(y - a2) * a2 * (1 - a2)
    z1 = W1 @ x + b1
    delta1 = (delta2 @ W2) * sigmoid(z1) * (1 - sigmoid(z1))
    return np.outer(x, delta1).T, delta1.copy(), np.outer(a1, delta2).T, delta2.copy()
""",
]
RIGHT["5.15"] += [
    "(1.0*a2_1 - y_1)*(a2_1 - a2_1**2)",
    "a2_1*(a2_1-1)*(y_1-a2_1)",
    "sp.Mul(a2_1-y_1, a2_1, 1-a2_1, evaluate=False)",
    "(1/(1+sp.exp(-z2_1))-y_1)*sp.exp(z2_1)/(1+sp.exp(z2_1))**2",
    "0.5*2*(a2_1-y_1)*a2_1*(1-a2_1)",
    "(a2_1-y_1)/(2*sp.cosh(z2_1/2))**2",
    "(a2_1-y_1)*0.25*(1-sp.tanh(z2_1/2)**2)",
]
RIGHT["5.16"] += [
    "(a2_1-y_1)*a2_1*(1-a2_1)*w2_11*sp.exp(-z1_1)/(1+sp.exp(-z1_1))**2*x_2",
    "x_2*a1_1*(1-a1_1)*w2_11*(1-a2_1)*a2_1*(a2_1-y_1)",
    "w2_11*x_2*(a2_1-y_1)*a2_1*(1-a2_1)*0.25/sp.cosh(0.5*z1_1)**2",
    "sp.Mul(a2_1-y_1,a2_1*(1-a2_1),w2_11,a1_1*(1-a1_1),x_2,evaluate=False)",
]
RIGHT["5.17"] += [
    "(a2_1-y_1)*a2_1*(1-a2_1)*sum(w*a*(1-a) for w,a in [(w2_11,a1_1),(w2_12,a1_2)])",
    "(a2_1-y_1)*a2_1*(1-a2_1)*(w2_11*0.25*(1-sp.tanh(z1_1/2)**2)+w2_12*a1_2*(1.0-a1_2))",
]
