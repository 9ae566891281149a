r"""Synthetic gradients: a layer does not wait for the layers above.

A layer can't move before the backward pass has come down to it. Jaderberg et al. (2017) give each hidden layer a small
model that predicts $\partial C/\partial a$ from its own activation (and the label): the layer learns from the
prediction at once. The model learns from what the layer above sends later, which is itself made from a prediction,
up to the output layer, where the gradient is true.

So backpropagation is not gone: it runs across one layer at a time, and the true gradient seeps down through the models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_number
from backprop_lab.beyond.credit import as_list, check_kind, check_shape, output_delta
from backprop_lab.beyond.descent import Run, descend
from backprop_lab.network import LayerCache, Network

__all__ = ["GradientModel", "gradient_models", "synthetic_deltas", "train_by_synthetic_gradients"]


@dataclass(frozen=True, eq=False)
class GradientModel:
    """A linear model of dC/da at one hidden layer, conditioned on the target (cDNI of Jaderberg et al. 2017).

    Attributes
    ----------
    M : array (width, width + n_out + 1)
        Weights of the layer's activation, the target and a constant. They predict the gradient of one example's loss;
        the mean over the batch enters afterwards, so that the model does not depend on the batch size.
    """

    M: Array

    def __call__(self, a: Array, y: Array) -> Array:
        """Return the predicted dC/da (N, width) for activations a (N, width) and targets y (N, n_out)."""
        return _features(a, y) @ self.M.T / len(a)

    def learned(self, a: Array, y: Array, da: Array, learning_rate: float) -> GradientModel:
        """Return the model after one step of descent on half its squared error to `da`, mean over the batch."""
        error = (self(a, y) - da) * len(a)
        return replace(self, M=self.M - learning_rate * error.T @ _features(a, y) / len(a))


def _features(a: Array, y: Array) -> Array:
    return np.hstack([a, y, np.ones((len(a), 1), a.dtype)])


def gradient_models(network: Network) -> list[GradientModel]:
    """Return a model for each hidden layer that predicts zero: at first only the output layer moves."""
    check_kind("network", network, Network)
    n_out, dtype = network.sizes[-1], network.parameters.dtype
    return [GradientModel(np.zeros((width, width + n_out + 1), dtype)) for width in network.sizes[1:-1]]


def synthetic_deltas(
    network: Network, caches: Sequence[LayerCache], y: Array, models: Sequence[Callable[[Array, Array], Array]]
) -> tuple[list[Array], list[Array]]:
    """Return what each layer learns from, and what each model learns from.

    Parameters
    ----------
    network : Network
    caches : sequence of LayerCache
        What `network.forward` returned.
    y : array (N, n_out)
        Targets.
    models : sequence of callable
        One for each hidden layer: (a, y) to a prediction of dC/da. With perfect models this is backpropagation.

    Returns
    -------
    deltas : list of array (N, width)
        One for each layer: predicted in the hidden layers, true in the last.
    das : list of array (N, width)
        One for each hidden layer: dC/da as the delta of the layer above has it.

    Raises
    ------
    TypeError, ValueError
        If there is not one model for each hidden layer, a prediction is no array of floats of the shape of dC/da, or y
        are no targets for this network.
    """
    deltas = [output_delta(network, caches, y)]
    models = as_list("models", models, "a list of functions of (a, y), one for each hidden layer")
    if len(models) != len(network.layers) - 1:
        raise ValueError(
            f"models has {len(models)} entries, expected {len(network.layers) - 1}: one for each hidden layer"
        )
    for number, (model, layer, cache) in enumerate(zip(models, network.layers[:-1], caches[:-1], strict=True), start=1):
        if not callable(model):
            raise TypeError(f"model {number} is {model!r}, expected a function of (a, y)")
        da = check_shape(f"the prediction of model {number}", model(cache.a, y), cache.a.shape)
        deltas.insert(-1, da * layer.activation.slope(cache.z, cache.a))
    das: list[Array] = [delta @ above.W for above, delta in zip(network.layers[1:], deltas[1:], strict=True)]
    return deltas, das


def train_by_synthetic_gradients(
    network: Network,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    epochs: int,
    learning_rate: float,
    model_learning_rate: float = 0.05,
    batch_size: int | None = None,
    seed: int | np.random.Generator = 0,
) -> Run:
    """Train `network` in place: its hidden layers on predicted gradients, the models on what comes from above.

    Passes are counted as backpropagation's, whose products these are; the models' own products, each of about the size
    of a layer's, are left out. What is gained is that no layer waits for another.

    Parameters
    ----------
    model_learning_rate : float
        Of the linear models; positive, below about 2 over the squared length of their input.
    network, x, y, epochs, learning_rate, batch_size, seed
        As in `descend`.

    Raises
    ------
    TypeError, ValueError, FloatingPointError
        As `descend` does.
    """
    as_number("model_learning_rate", model_learning_rate)
    models = gradient_models(network)

    def rule(caches: Sequence[LayerCache], y: Array) -> Sequence[Array]:
        deltas, das = synthetic_deltas(network, caches, y, models)
        models[:] = [
            model.learned(cache.a, y, da, model_learning_rate)
            for model, cache, da in zip(models, caches[:-1], das, strict=True)
        ]
        return deltas

    return descend(network, x, y, rule, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size, seed=seed)
