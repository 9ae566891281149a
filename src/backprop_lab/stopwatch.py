"""How long a call takes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

__all__ = ["seconds"]

# A browser tells no processor time, and its clock ticks up to ten times in a millisecond only.
CLOCK = time.perf_counter if sys.platform == "emscripten" else time.process_time
LONG_ENOUGH = 2e-3


def seconds(call: Callable[..., Any], *arguments: Any, repeats: int = 7) -> float:
    """Measure a call, and return the shortest processor time in seconds; in the browser the shortest time.

    A call that is too short for the clock is made many times in a row, each time that it is measured.

    Parameters
    ----------
    call : callable
        What is measured, with these arguments.
    repeats : int
        How often. The shortest is the one that was disturbed least.
    """
    together, shortest = 1, _spent(call, arguments, 1)
    while shortest < LONG_ENOUGH:
        together *= 2
        shortest = _spent(call, arguments, together)
    return min([shortest, *(_spent(call, arguments, together) for _ in range(repeats - 1))]) / together


def _spent(call: Callable[..., Any], arguments: tuple[Any, ...], times: int) -> float:
    start = CLOCK()
    for _ in range(times):
        call(*arguments)
    return CLOCK() - start
