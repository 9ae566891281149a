"""The witness that the tests of the mathematics ask, and the lists of what there is to test.

The witness is HIPS autograd: it differentiates the forward pass by itself and knows nothing of backpropagation as we
write it. The forward pass is written here a second time, from the formulas, so that no line of the library is used.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad as grad
from autograd.scipy.stats import norm

from backprop_lab.activations import ACTIVATIONS as LIBRARY_ACTIVATIONS
from backprop_lab.losses import LOSSES as LIBRARY_LOSSES

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: z * (z > 0),
    "leaky_relu": lambda z: anp.where(z > 0, z, z / 100),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(z) - 1),
    "gelu": lambda z: z * norm.cdf(z),
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True),
}
LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "half_squared_error": lambda a, y: anp.mean(anp.sum((a - y) ** 2, axis=1)) / 2,
    "mean_squared_error": lambda a, y: anp.mean((a - y) ** 2),
    "binary_cross_entropy": lambda a, y: -anp.mean(anp.sum(y * anp.log(a) + (1 - y) * anp.log(1 - a), axis=1)),
    "categorical_cross_entropy": lambda a, y: -anp.mean(anp.sum(y * anp.log(a), axis=1)),
    "hinge": lambda a, y: anp.mean(anp.sum(anp.maximum(0, 1 - y * a), axis=1)),
}


def loss_of_parameters(network: Any, x: Any, y: Any) -> Callable[[Any], Any]:
    """Return the loss of a network of this shape as a function of its parameters, in one vector, [W | b] by rows."""
    names = [f.name for f in network.activations]

    def cost(theta: Any) -> Any:
        a, start = x, 0
        for (n_in, n_out), name in zip(pairwise(network.sizes), names, strict=True):
            matrix = theta[start : start + n_out * (n_in + 1)].reshape((n_out, n_in + 1))
            start += n_out * (n_in + 1)
            a = ACTIVATIONS[name](anp.dot(a, matrix[:, :-1].T) + matrix[:, -1])
        return LOSSES[network.loss_function.name](a, y)

    return cost


def targets(rng: np.random.Generator, loss: str, shape: tuple[int, int]) -> Any:
    """Draw targets that the loss can have, none of them alike."""
    if loss == "categorical_cross_entropy":
        return rng.dirichlet(np.ones(shape[1]), size=shape[0])
    if loss == "hinge":
        return rng.choice([-1.0, 1.0], size=shape)
    return rng.random(shape) if loss == "binary_cross_entropy" else rng.normal(size=shape)


# What there is to test, from the library's own tables, so that a new activation or loss is tested without being listed.
HIDDEN = tuple(name for name, f in LIBRARY_ACTIVATIONS.items() if f.element_wise)
PROBABILITIES = ("sigmoid", "softmax")  # a cross-entropy needs predictions that are probabilities
OUTPUTS = {
    name: PROBABILITIES if name.endswith("cross_entropy") else tuple(LIBRARY_ACTIVATIONS) for name in LIBRARY_LOSSES
}
PAIRS = [(loss, output) for loss, outputs in OUTPUTS.items() for output in outputs]
