"""What the tests share: how Hypothesis draws, and the witness (witness.py) as a fixture."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings

import witness as independent

# The same draws each time. Look further with: pytest --hypothesis-profile=explore
settings.register_profile("repeatable", deadline=None, derandomize=True, database=None, max_examples=20)
settings.register_profile("explore", deadline=None, database=None, max_examples=400)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def witness() -> SimpleNamespace:
    """Return the independent implementation, its differentiation, and targets to try it on."""
    return SimpleNamespace(
        activations=independent.ACTIVATIONS,
        losses=independent.LOSSES,
        loss_of_parameters=independent.loss_of_parameters,
        grad=independent.grad,
        targets=independent.targets,
    )


@pytest.fixture
def ax() -> Iterator[Any]:
    """Return Axes to draw into; a figure that can't be drawn fails when the test is over."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    yield axes
    figure.canvas.draw()
    plt.close(figure)
