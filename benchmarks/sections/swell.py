"""Expression swell: operations of all gradients of a network, symbolically and by backpropagation."""

from __future__ import annotations

from dataclasses import asdict

from backprop_lab.derivation import count_operations
from benchmarks.report import markdown
from benchmarks.rounds import Result
from benchmarks.sections.settings import Settings

TITLE = "Expression swell"
NETWORKS = ((2, 2, 1), (3, 3, 2), (3, 3, 3, 3, 2))
AIMS = {
    (2, 2, 1): "725 / 42 / 43",
    (3, 3, 2): "4,178 / 112 / 93",
    (3, 3, 3, 3, 2): "154,904 / 826 / 219",
}


def run(settings: Settings) -> list[Result]:
    """Return the counts for each network."""
    settings.say("expression swell")
    return [asdict(count_operations(sizes)) for sizes in (NETWORKS[:2] if settings.quick else NETWORKS)]


def table(entries: list[Result]) -> str:
    """Return the section in Markdown."""
    rows = [
        ["-".join(map(str, e["sizes"])), f"{e['parameters']}", f"{e['raw']:,}", f"{e['shared']:,}",
         f"{e['backpropagation']:,}", AIMS[tuple(e["sizes"])]]
        for e in entries
    ]  # fmt: skip
    return "Operations of the whole gradient for one example (counted, not timed).\n\n" + markdown(
        ["network", "parameters", "symbolic", "with sharing", "backpropagation", "aim"], rows
    )
