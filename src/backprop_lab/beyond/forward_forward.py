r"""Forward-forward: two forward passes and no backward pass (Hinton 2022, "some preliminary investigations").

Every layer has a loss of its own. It sees real examples, with the right label written beside the picture, and false
ones, with a wrong label, and learns to be active for the first and quiet for the second. Its goodness is
$g = \sum_i a_i^2$, and it takes an example for a real one with probability $\sigma(g - \theta)$, $\theta$ the number of
its units. What it hands on is brought to a fixed length, so that the next layer can't read off the verdict.

The gradient of a layer's loss is still the chain rule, within one layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import relu, sigmoid
from backprop_lab.arrays import Array, as_batch, as_number, as_whole
from backprop_lab.beyond.credit import as_list, at_unit_scale, check_kind, check_shape
from backprop_lab.beyond.descent import Run, moved
from backprop_lab.initialization import he
from backprop_lab.losses import binary_cross_entropy
from backprop_lab.training import mini_batches

__all__ = ["ForwardForwardNetwork", "LocalGradient", "local_gradient", "normalized", "train_by_forward_forward"]


@dataclass(frozen=True, eq=False)
class ForwardForwardNetwork:
    """Layers of ReLU that tell real examples from false ones, and thereby right labels from wrong ones.

    Attributes
    ----------
    layers : tuple of pairs (W, b)
        Shapes (n_out, n_in) and (n_out,); the first layer's n_in is the width of an example and the number of classes.
    classes : int

    Raises
    ------
    ValueError
        If there is no layer.
    """

    layers: tuple[tuple[Array, Array], ...]
    classes: int

    def __post_init__(self) -> None:
        if not self.layers:
            raise ValueError("layers is empty: expected at least one pair (W, b)")

    @classmethod
    def random(
        cls, n_in: int, hidden: Sequence[int], classes: int, seed: int | np.random.Generator = 0
    ) -> ForwardForwardNetwork:
        """Draw a network for examples of width n_in, with `hidden` units in its layers.

        Raises
        ------
        ValueError
            If a width is no whole number from 1 up, there is no layer, or there are fewer than two classes.
        """
        as_whole("n_in", n_in)
        as_whole("classes", classes, least=2)
        hidden = as_list("hidden", hidden, "a list of widths")
        if len(hidden) == 0:
            raise ValueError("hidden is empty: expected the width of at least one layer")
        for width in hidden:
            as_whole("a width in hidden", width)
        rng = np.random.default_rng(seed)
        widths = [n_in + classes, *hidden]
        return cls(tuple((he(rng, n_out, n_in), np.zeros(n_out)) for n_in, n_out in pairwise(widths)), classes)

    def goodness(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Array:
        """Return the goodness (n_layers, N) of examples x (N, n_in) with labels y (N, classes), one-hot."""
        a, goodness = np.hstack(self._check(x, y)), []
        for W, b in self.layers:
            a = relu(normalized(a) @ W.T + b)
            goodness.append((a * a).sum(axis=1))
        return np.array(goodness)

    def predict(self, x: npt.ArrayLike) -> Array:
        """Return the total goodness (N, classes) of each label: the largest is the prediction.

        One forward pass for each label. The first layer is left out where there are others (Hinton 2022, section 3.3).
        """
        x, used = self._check_x(x), slice(1, None) if len(self.layers) > 1 else slice(None)
        each = [np.tile(label, (len(x), 1)) for label in np.eye(self.classes)]
        return np.stack([self.goodness(x, y)[used].sum(axis=0) for y in each], axis=1)

    def _check(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
        x, y = self._check_x(x), check_one_hot(y, self.classes)
        if len(x) != len(y):
            raise ValueError(f"x has {len(x)} examples but y has {len(y)}")
        return x, y

    def _check_x(self, x: npt.ArrayLike) -> Array:
        return as_batch("x", x, self.layers[0][0].shape[1] - self.classes)


@dataclass(frozen=True, eq=False)
class LocalGradient:
    """One layer's loss in nats, its gradient dW (n_out, n_in) and db (n_out,), and its activation a (N, n_out)."""

    loss: float
    dW: Array
    db: Array
    a: Array


def normalized(a: Array) -> Array:
    """Return the rows of a (N, n) at one length, at which their mean square is 1.

    Raises
    ------
    ValueError
        If a has not two axes.
    """
    a = np.asarray(a)
    if a.ndim != 2:
        raise ValueError(f"a has shape {a.shape}, expected (N, n): one example a row")
    scaled, e = at_unit_scale(a, axis=1)  # so that no square overflows
    rms = np.ldexp(np.sqrt((scaled * scaled).mean(axis=1, keepdims=True)), e)
    return np.asarray(a / (rms + 1e-8))  # a silent layer hands on zeros


def local_gradient(W: Array, b: Array, a_in: Array, real: Array) -> LocalGradient:
    """Return the loss of one layer and its gradient.

    Parameters
    ----------
    W, b : array (n_out, n_in), array (n_out,)
    a_in : array (N, n_in)
        Already normalized.
    real : array (N, 1)
        1 for a real example, 0 for a false one.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    check_shape("b", b, W.shape[:1])
    check_shape("a_in", a_in, (len(a_in), W.shape[1]))
    check_shape("real", real, (len(a_in), 1))
    z = a_in @ W.T + b
    a = relu(z)
    logit = (a * a).sum(axis=1, keepdims=True) - len(b)
    probability = sigmoid(logit)
    delta = binary_cross_entropy.delta(sigmoid, logit, probability, real) * 2 * a * relu.slope(z, a)
    loss = binary_cross_entropy.value(sigmoid, logit, probability, real)
    return LocalGradient(loss, delta.T @ a_in, delta.sum(axis=0), a)


def train_by_forward_forward(
    network: ForwardForwardNetwork,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    epochs: int,
    learning_rate: float = 0.03,
    batch_size: int | None = 16,
    seed: int | np.random.Generator = 0,
) -> Run:
    """Train `network` in place, each layer on its own loss, with a wrong label drawn anew for each example and epoch.

    Parameters
    ----------
    network : ForwardForwardNetwork
        Its arrays are changed.
    x, y : array (N, n_in), array (N, classes)
        Examples and one-hot labels, floating point.
    epochs, learning_rate, batch_size, seed
        As in `descend`. Too large a rate silences all units for good: a dead ReLU has no gradient.

    Returns
    -------
    Run
        Its loss is the sum of the layers' own losses in nats: 2 ln 2 or so for two layers that can't tell.

    Raises
    ------
    TypeError, ValueError
        If the data or an option is not usable.
    FloatingPointError
        If the loss stops being finite, or a layer's step leads beyond all numbers, which is not taken.
    """
    check_kind("network", network, ForwardForwardNetwork)
    x, y = network._check(x, y)
    as_whole("epochs", epochs)
    as_number("learning_rate", learning_rate)
    rng = np.random.default_rng(seed)
    shown = _wrong_labels(y, rng)
    losses = [_loss(network, x, y, shown)]
    for epoch in range(epochs):
        with np.errstate(over="ignore", invalid="ignore"):  # reported below
            for rows in mini_batches(len(x), batch_size, rng):
                a, real = _real_and_false(x[rows], y[rows], _wrong_labels(y[rows], rng))
                for W, b in network.layers:
                    gradient = local_gradient(W, b, normalized(a), real)
                    after = [moved(p, d, learning_rate, epoch) for p, d in ((W, gradient.dW), (b, gradient.db))]
                    W[...], b[...] = after
                    a = gradient.a
            losses.append(_loss(network, x, y, shown))
        if not np.isfinite(losses[-1]):
            raise FloatingPointError(f"the loss is not finite in epoch {epoch + 1}: try a smaller learning rate")
    return Run(tuple(losses), forward=2 * epochs * len(x), backward=0)


def check_one_hot(y: npt.ArrayLike, classes: int) -> Array:
    """Return y as one-hot labels (N, classes), or say why it is none."""
    y = as_batch("y", y, classes)
    wrong = np.flatnonzero(((y != 0) & (y != 1)).any(axis=1) | (y.sum(axis=1) != 1))
    if len(wrong):
        raise ValueError(f"row {wrong[0]} of y is {y[wrong[0]].tolist()}, expected a single 1 among zeros")
    return y


def _wrong_labels(y: Array, rng: np.random.Generator) -> Array:
    classes = y.shape[1]
    labels: Array = np.eye(classes)[(y.argmax(axis=1) + rng.integers(1, classes, size=len(y))) % classes]
    return labels


def _real_and_false(x: Array, y: Array, wrong: Array) -> tuple[Array, Array]:
    real = np.repeat([[1.0], [0.0]], len(x), axis=0)
    return np.vstack([np.hstack([x, y]), np.hstack([x, wrong])]), real


def _loss(network: ForwardForwardNetwork, x: Array, y: Array, wrong: Array) -> float:
    a, real = _real_and_false(x, y, wrong)
    total = 0.0
    for W, b in network.layers:
        gradient = local_gradient(W, b, normalized(a), real)
        total, a = total + gradient.loss, gradient.a
    return total
