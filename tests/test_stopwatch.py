"""Promise: the stopwatch returns the shortest time of one call, also of a call that its clock is too coarse for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from backprop_lab import stopwatch
from backprop_lab.stopwatch import seconds

TICK = 1e-4


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a clock that goes on when its `now` does, and tells it in ticks."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(stopwatch, "CLOCK", lambda: clock.now // TICK * TICK)
    return clock


def test_the_shortest_of_the_repeats_counts(clock: SimpleNamespace) -> None:
    times = iter([5.0, 3.0, 4.0])

    def call() -> None:
        clock.now += next(times)

    assert seconds(call, repeats=3) == pytest.approx(3, abs=TICK)
    assert next(times, None) is None  # called three times, no more


def test_the_arguments_are_handed_on(clock: SimpleNamespace) -> None:
    given = []

    def call(*arguments: int) -> None:
        given.append(arguments)
        clock.now += 1

    assert seconds(call, 1, 2, repeats=1) == pytest.approx(1, abs=TICK)
    assert given == [(1, 2)]


def test_a_call_that_is_shorter_than_a_tick_is_measured_all_the_same(clock: SimpleNamespace) -> None:
    def call() -> None:
        clock.now += 1e-6

    assert seconds(call) == pytest.approx(1e-6, rel=0.05)
