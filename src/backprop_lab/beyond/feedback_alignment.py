r"""Feedback alignment: the backward pass does not need the transposed weights.

Backpropagation carries $\delta$ down through the very $W$ that the forward pass uses. Nothing in a brain is known to
copy weights from one set of synapses to another (weight transport). Lillicrap et al. (2016) put fixed random matrices
in the place of $W$ and the network still learns: the forward weights come to agree with the matrices, until the
update points within 90 degrees of the gradient. Nøkland (2016) sends the output's $\delta$ to every layer directly.

On small problems both learn almost as well as backpropagation; on ImageNet they fall far behind (Bartunov et al. 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array
from backprop_lab.beyond.credit import carry_back, check_feedback, check_kind, output_delta
from backprop_lab.beyond.descent import Run, descend
from backprop_lab.initialization import xavier
from backprop_lab.network import LayerCache, Network

__all__ = [
    "direct_feedback_deltas",
    "feedback_deltas",
    "random_direct_feedback",
    "random_feedback",
    "train_by_direct_feedback_alignment",
    "train_by_feedback_alignment",
]


def random_feedback(network: Network, seed: int | np.random.Generator = 0) -> list[Array]:
    """Draw the matrices of feedback alignment: for the second layer, the third, ..., each of the shape of its W."""
    check_kind("network", network, Network)
    rng, dtype = np.random.default_rng(seed), network.parameters.dtype
    return [xavier(rng, *layer.W.shape).astype(dtype) for layer in network.layers[1:]]


def random_direct_feedback(network: Network, seed: int | np.random.Generator = 0) -> list[Array]:
    """Draw the matrices of direct feedback alignment: one (n_out of the network, width) for each hidden layer."""
    check_kind("network", network, Network)
    rng, dtype = np.random.default_rng(seed), network.parameters.dtype
    return [xavier(rng, network.sizes[-1], width).astype(dtype) for width in network.sizes[1:-1]]


def feedback_deltas(
    network: Network, caches: Sequence[LayerCache], y: Array, feedback: Sequence[npt.ArrayLike]
) -> list[Array]:
    """Return one delta for each layer, carried down through `feedback` (Lillicrap et al. 2016).

    With W itself as feedback this is backpropagation. (The paper writes B in the place of the transpose of W; examples
    are rows here, so B has the shape of W.)

    Parameters
    ----------
    network : Network
    caches : sequence of LayerCache
        What `network.forward` returned.
    y : array (N, n_out)
        Targets.
    feedback : sequence of array
        For the second layer, the third, ..., each of the shape of its W.

    Raises
    ------
    TypeError, ValueError
        If a matrix is not of finite floats, or of another shape, or their number is wrong.
    """
    return carry_back(network, caches, output_delta(network, caches, y), feedback)


def direct_feedback_deltas(
    network: Network, caches: Sequence[LayerCache], y: Array, feedback: Sequence[npt.ArrayLike]
) -> list[Array]:
    """Return one delta for each layer, each sent straight from the output (Nøkland 2016).

    With one hidden layer and the output's W as feedback this is backpropagation; with more layers it is so only for
    identity activations and the products of all W above.

    Parameters
    ----------
    network, caches, y
        As in `feedback_deltas`.
    feedback : sequence of array
        One (n_out of the network, width) for each hidden layer.

    Raises
    ------
    TypeError, ValueError
        If a matrix is not of finite floats, or of another shape, or their number is wrong.
    """
    delta = output_delta(network, caches, y)
    matrices = check_feedback(feedback, [(network.sizes[-1], width) for width in network.sizes[1:-1]])
    hidden = zip(matrices, network.layers[:-1], caches[:-1], strict=True)
    return [*((delta @ B) * layer.activation.slope(cache.z, cache.a) for B, layer, cache in hidden), delta]


def train_by_feedback_alignment(
    network: Network,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int | None = None,
    feedback: Sequence[npt.ArrayLike] | None = None,
    seed: int | np.random.Generator = 0,
) -> Run:
    """Train `network` in place by feedback alignment.

    Parameters
    ----------
    feedback : sequence of array, optional
        Fixed throughout. Default: `random_feedback`, drawn from `seed` before the shuffling starts.
    network, x, y, epochs, learning_rate, batch_size, seed
        As in `descend`.

    Raises
    ------
    TypeError, ValueError, FloatingPointError
        As `descend` and `feedback_deltas` do.
    """
    rng = np.random.default_rng(seed)
    matrices = random_feedback(network, rng) if feedback is None else deepcopy(feedback)
    return descend(
        network,
        x,
        y,
        lambda caches, y: feedback_deltas(network, caches, y, matrices),
        epochs=epochs,
        learning_rate=learning_rate,
        batch_size=batch_size,
        seed=rng,
    )


def train_by_direct_feedback_alignment(
    network: Network,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int | None = None,
    feedback: Sequence[npt.ArrayLike] | None = None,
    seed: int | np.random.Generator = 0,
) -> Run:
    """Train `network` in place by direct feedback alignment.

    Parameters
    ----------
    feedback : sequence of array, optional
        Fixed throughout. Default: `random_direct_feedback`, drawn from `seed` before the shuffling starts.
    network, x, y, epochs, learning_rate, batch_size, seed
        As in `descend`.

    Raises
    ------
    TypeError, ValueError, FloatingPointError
        As `descend` and `direct_feedback_deltas` do.
    """
    rng = np.random.default_rng(seed)
    matrices = random_direct_feedback(network, rng) if feedback is None else deepcopy(feedback)
    return descend(
        network,
        x,
        y,
        lambda caches, y: direct_feedback_deltas(network, caches, y, matrices),
        epochs=epochs,
        learning_rate=learning_rate,
        batch_size=batch_size,
        seed=rng,
    )
