"""What the tests share: how Hypothesis draws, and the witness (witness.py) as a fixture."""

from __future__ import annotations

from types import SimpleNamespace

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
