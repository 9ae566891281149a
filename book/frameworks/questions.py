"""What chapter 15 asks every framework: functions, and arguments."""

import numpy as np

from backprop_lab import Network, digits
from backprop_lab import xor as xor_examples

LARGE = np.array([-800.0, 0.0, 30.0, 800.0])  # exp(800) is too large


def start():
    """Return the network and sixteen pictures: net, x, y."""
    data = digits()
    pair = {"output": "softmax", "loss": "categorical_cross_entropy"}
    net = Network([64, 8, 6, 10], hidden="tanh", **pair, seed=1)
    return net, data.x_train[:16], data.y_train[:16]


def weights_of(net):
    """Return a list of (W, b), first layer first."""
    return [(layer.W.copy(), layer.b.copy()) for layer in net.layers]


def xor_network(seed=0):
    """Return the network that learns XOR with the squared error."""
    return Network([2, 4, 1], loss="mean_squared_error", seed=seed)


def questions():
    """Return for each question a function and its arguments."""
    net, x, y = start()
    batch = weights_of(net), x, y
    rng = np.random.default_rng(0)
    z, da = 3 * rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    x2, y2 = xor_examples()
    xor_net = xor_network()
    two = weights_of(xor_net), x2, y2, 0.5, 200
    return {
        "gradients": ("loss_and_gradients", *batch),
        "training": ("train", *batch, 0.5, 40),
        "deltas": ("deltas", *batch),
        "softplus": ("softplus", z, da),
        "checker": ("own_checker", z),
        "plain softplus": ("plain_softplus", LARGE),
        "nan": ("find_nan", weights_of(net), 1000 * x, y),
        "silent": ("silent", *batch),
        "again": ("again", *batch, 3),
        "xor, cleared": ("xor", *two, True),
        "xor, not cleared": ("xor", *two, False),
        "misfit": ("misfit", y2, y2),
        "listed": ("listed", xor_net.predict(x2), y2),
        "graph": ("graph", 2.0, 3.0),
        "runs": ("runs", [np.ones(n) for n in (2, 2, 2, 3)]),
        "branch": ("branch", -2.0),
        "two processes": ("two_processes", *batch, [8, 4]),
    }
