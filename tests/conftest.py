"""What the tests of the mathematics share: the witness, and how Hypothesis draws.

The witness is HIPS autograd: it differentiates the forward pass by itself and knows nothing of backpropagation as we
write it. The forward pass is written here a second time, from the formulas, so that no line of the library is used.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import settings

# The same draws each time. Look further with: pytest --hypothesis-profile=explore
settings.register_profile("repeatable", deadline=None, derandomize=True, database=None, max_examples=20)
settings.register_profile("explore", deadline=None, database=None, max_examples=400)
settings.load_profile("repeatable")

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: z * (z > 0),
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True),
}
LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "half_squared_error": lambda a, y: anp.mean(anp.sum((a - y) ** 2, axis=1)) / 2,
    "mean_squared_error": lambda a, y: anp.mean((a - y) ** 2),
    "binary_cross_entropy": lambda a, y: -anp.mean(anp.sum(y * anp.log(a) + (1 - y) * anp.log(1 - a), axis=1)),
    "categorical_cross_entropy": lambda a, y: -anp.mean(anp.sum(y * anp.log(a), axis=1)),
}


def loss_of_parameters(network: Any, x: Any, y: Any) -> Callable[[Any], Any]:
    """Return the loss of a network of this shape as a function of its parameters, W1, b1, W2, b2, ... in one vector."""
    names = [network.hidden.name] * (len(network.sizes) - 2) + [network.output.name]

    def cost(theta: Any) -> Any:
        a, start = x, 0
        for (n_in, n_out), name in zip(pairwise(network.sizes), names, strict=True):
            W = theta[start : start + n_out * n_in].reshape((n_out, n_in))
            b = theta[start + n_out * n_in : start + n_out * n_in + n_out]
            start += n_out * (n_in + 1)
            a = ACTIVATIONS[name](anp.dot(a, W.T) + b)
        return LOSSES[network.loss_function.name](a, y)

    return cost


def targets(rng: np.random.Generator, loss: str, shape: tuple[int, int]) -> Any:
    """Draw targets that the loss can have, none of them alike."""
    if loss == "categorical_cross_entropy":
        return rng.dirichlet(np.ones(shape[1]), size=shape[0])
    return rng.random(shape) if loss == "binary_cross_entropy" else rng.normal(size=shape)


@pytest.fixture(scope="session")
def witness() -> SimpleNamespace:
    """Return the independent implementation, its differentiation, and targets to try it on."""
    return SimpleNamespace(
        activations=ACTIVATIONS, losses=LOSSES, loss_of_parameters=loss_of_parameters, grad=grad, targets=targets
    )
