"""The cheap gradient: what forward and backward take together, in units of the forward pass alone."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from benchmarks.problems import Problem
from benchmarks.report import markdown
from benchmarks.rounds import Result
from benchmarks.sections.settings import KEEP_MEMORY, Settings, workers
from benchmarks.statistics import spread

TITLE = "Cheap gradient"
DEPTHS = (1, 2, 4, 8, 64)
AIMS = {1: 1.97, 2: 2.55, 4: 2.81, 8: 2.88, 64: 2.95}
WIDTH, BATCH = 512, 512


def build(problem: Problem) -> Any:
    """Make the network."""
    from benchmarks.peers.ours_to_read import build

    return build(problem)


def times(state: Any, n: int) -> tuple[float, float]:
    """Return the seconds of n forward passes, and of n forward and backward passes."""
    network, x, y = state.network, state.x, state.y
    start = time.perf_counter()
    for _ in range(n):
        network.forward(x)
    between = time.perf_counter()
    for _ in range(n):
        network.backward(network.forward(x)[1], y)
    return between - start, time.perf_counter() - between


def run(settings: Settings) -> list[Result]:
    """Return an entry for each depth."""
    entries, rounds = [], 3 if settings.quick else 7
    with workers({"ours": "benchmarks.sections.cheap_gradient"}, variables=KEEP_MEMORY) as peers:
        for depth in DEPTHS[:4] if settings.quick else DEPTHS:
            settings.say(f"cheap gradient: {depth} layers")
            problem = Problem((WIDTH,) * (depth + 1), BATCH, "relu", "identity", "half_squared_error")
            peers["ours"].call("build", problem)
            n = max(1, 16 // depth)  # every depth runs as many layers in a round
            peers["ours"].call("times", n)
            measured = [peers["ours"].call("times", n) for _ in range(rounds)]
            entries.append(
                {
                    "layers": depth,
                    "theory": 3 - 1 / depth,
                    "ratio": asdict(spread([both / forward for forward, both in measured])),
                    "rounds": rounds,
                }
            )
    return entries


def table(entries: list[Result]) -> str:
    """Return the section in Markdown."""
    rows = [
        [f"{e['layers']}", f"{e['ratio']['median']:.2f} ({e['ratio']['lower']:.2f} to {e['ratio']['upper']:.2f})",
         f"{e['theory']:.2f}", f"{AIMS[e['layers']]}"]
        for e in entries
    ]  # fmt: skip
    return (
        f"(forward + backward) / forward of `Network`, layers of {WIDTH} with ReLU, batch {BATCH}, float64. Theory "
        "counts the matrix products: one a layer forward and two backward, less one as nothing goes to the data.\n\n"
        + markdown(["layers", "measured", "theory 3 - 1/L", "aim"], rows)
    )
