"""The experiments of chapter 15 with this book's library."""

import numpy as np
from shared import count, kind

import backprop_lab
from backprop_lab import (
    Layer,
    Network,
    Node,
    Sequential,
    check_layer,
    sigmoid,
)
from backprop_lab.computation_graph import topological_order
from backprop_lab.layers import Activate, Dense

VERSION = backprop_lab.__version__


# ------------------------------------------------ the same network


def build(weights):
    """Return a network with these weights, a list of (W, b)."""
    return Network.from_weights(
        weights,
        hidden="tanh",
        output="softmax",
        loss="categorical_cross_entropy",
    )


def loss_and_gradients(weights, x, y):
    """Return C, and dW1, db1, dW2, db2 and so on."""
    net = build(weights)
    loss, gradients = net.loss_and_gradients(x, y)
    return loss, [g for at in gradients for g in (at.dW, at.db)]


def train(weights, x, y, learning_rate, steps):
    """Return the loss before each of the steps."""
    net, losses = build(weights), []
    for _ in range(steps):
        y_hat, caches = net.forward(x)  # forward
        losses.append(net.loss_function(y_hat, y))
        gradients = net.backward(caches, y)  # backward
        net.parameters -= learning_rate * gradients.vector
    return losses


# ------------------------------------------------ every layer's delta


def deltas(weights, x, y):
    """Return dC/dz of every layer, first layer first."""
    net = build(weights)
    return [at.delta for at in net.gradients(x, y)]


# ------------------------------------------------ a layer of our own


class Softplus(Layer):
    """a = ln(1 + exp(z)), with the slope sigmoid(z)."""

    def forward(self, z, *, training=False, rng=None):
        """Return the activation, and z for the way back."""
        return np.logaddexp(0, z), z

    def backward(self, z, da):
        """Return dC/dz = da * sigmoid(z)."""
        return da * sigmoid(z), {}


def softplus(z, da):
    """Return a, and dC/dz for the upstream gradient da."""
    layer = Softplus()
    a, cache = layer.forward(z)
    dz, _ = layer.backward(cache, da)
    return a, dz


class StraightThrough(Layer):
    """Round to whole numbers, and hand the gradient through."""

    def forward(self, z, *, training=False, rng=None):
        """Return round(z); there is nothing to remember."""
        return np.round(z), None

    def backward(self, _, da):
        """Return da as it came."""
        return da, {}


def own_checker(z):
    """Say whether check_layer accepts the two layers."""
    layers = Softplus(), StraightThrough()
    return [bool(check_layer(layer, z)) for layer in layers]


def plain_softplus(z):
    """Return dC/da = 1 handed through ln(1 + exp(z)), step by step."""
    with np.errstate(all="ignore"):
        e = np.exp(z)
        return 1 / (1 + e) * e


# ------------------------------------------------ not a number


class Careless(Layer):
    """Softplus where it is safe, else z. It isn't safe."""

    def forward(self, z, *, training=False, rng=None):
        """Return z where it is large, else ln(1 + exp(z))."""
        e = np.exp(z)  # for all of them
        return np.where(z > 30, z, np.log(1 + e)), (z, e)

    def backward(self, cache, da):
        """Return dC/dz by both branches: 0 times inf is no number."""
        z, e = cache
        return da * (z > 30) + da * (z <= 30) / (1 + e) * e, {}


def dense_layers(weights):
    """Return a Dense layer with each pair of the list of (W, b)."""
    layers = [Dense(*W.shape[::-1]) for W, _ in weights]
    for layer, (W, b) in zip(layers, weights, strict=True):
        layer.parameters.update(W=W.copy(), b=b.copy())
    return layers


def careless(weights):
    """Return a network with Careless in place of layer 1's tanh."""
    one, two, three = dense_layers(weights)
    layers = [one, Careless(), two, Activate("tanh"), three]
    layers.append(Activate("softmax"))
    return Sequential(layers, "categorical_cross_entropy")


def find_nan(weights, x, y):
    """Return loss, |dW| of each layer, and what the debugger says."""
    net = careless(weights)
    with np.errstate(all="ignore"):
        loss, gradients = net.loss_and_gradients(x, y)
    norms = [np.linalg.norm(at["W"]) for at in gradients[::2]]
    return loss, norms, stop_at_nan(lambda: net.gradients(x, y))


def stop_at_nan(run):
    """Run with the switch on, and return what it says."""
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            run()
    except FloatingPointError as error:
        return str(error)
    return "nothing"


# ------------------------------------------------ a silent layer


class Wall(Layer):
    """Hand the input on, and no gradient back."""

    def forward(self, x, *, training=False, rng=None):
        """Return x."""
        return x, None

    def backward(self, _, da):
        """Return zeros."""
        return np.zeros_like(da), {}


def silent(weights, x, y):
    """Return dW1, and whether W1 moved, in three broken networks."""
    found = {}
    for fault in ("cut", "dead", "left out"):
        net = broken(weights, fault)
        pairs = list(zip(net.layers, net.gradients(x, y), strict=True))
        learning = pairs[1:] if fault == "left out" else pairs
        for layer, gradient in learning:
            for name, p in layer.parameters.items():
                p -= 0.1 * gradient[name]
        first, gradient = pairs[0]
        moved = (first.parameters["W"] != weights[0][0]).any()
        found[fault] = kind(gradient["W"]), bool(moved)
    return found


def broken(weights, fault):
    """Return a network of three whose first layer will not learn."""
    one, two, three = dense_layers(weights)
    if fault == "dead":
        one.parameters["b"] -= 100
    wall = [Wall()] if fault == "cut" else []
    layers = [one, Activate("relu"), *wall, two, Activate("tanh")]
    layers += [three, Activate("softmax")]
    return Sequential(layers, "categorical_cross_entropy")


# ------------------------------------------------ once more


def again(weights, x, y, calls):
    """Return the norm of the whole gradient after each call."""
    net = build(weights)
    gradients = [net.gradients(x, y) for _ in range(calls)]
    return [np.linalg.norm(g.vector) for g in gradients]


# ------------------------------------------------ the graph


def f(x, y):
    """Return (x + y) y, which chapter 3 drew."""
    return (x + y) * y


def graph(x, y):
    """Return the graph of f in the words of the framework."""
    nodes = topological_order(f(Node(x, "x"), Node(y, "y")))
    return ", ".join(node.name or node.operation.name for node in nodes)


def runs(arrays):
    """Return how often the Python code ran for these calls."""
    return {"plain": count(arrays)}


def branch(x):
    """Return the answer of a function with an `if` in it."""
    return {"plain": float(x if x > 0 else -x)}
