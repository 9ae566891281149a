"""The command: `python -m benchmarks`, with `--quick`, `--only steps`, `--peers torch,jax`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.machine import describe
from benchmarks.peers import PEERS
from benchmarks.report import describe_machine
from benchmarks.rounds import UnequalError
from benchmarks.sections import (
    browser,
    cheap_gradient,
    checkpointing,
    engine,
    gradient_check,
    grading,
    interactives,
    steps,
    swell,
)
from benchmarks.sections.settings import Settings

SECTIONS: dict[str, ModuleType] = {
    "steps": steps,
    "check": gradient_check,
    "engine": engine,
    "cheap": cheap_gradient,
    "checkpointing": checkpointing,
    "swell": swell,
    "interactives": interactives,
    "grading": grading,
    "browser": browser,
}
HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write results.json, RESULTS.md and speed.svg."""
    options = _parse(arguments)
    settings = Settings(options.quick, tuple(options.peers), *((5, 0.01) if options.quick else (25, 0.03)))
    whole = not options.quick and options.only == list(SECTIONS) and options.peers == list(PEERS)
    folder = options.output or (HERE if whole else HERE / "partial")
    start = time.perf_counter()
    results: dict[str, Any] = {"machine": describe(), "quick": options.quick}
    try:
        for name in options.only:
            began = time.perf_counter()
            results[name] = SECTIONS[name].run(settings)
            print(f"  {time.perf_counter() - began:.0f} s")
    except (UnequalError, AssertionError) as error:
        print(f"stopped: {error}", file=sys.stderr)
        return 1
    results["seconds"] = time.perf_counter() - start
    write(results, folder)
    print(f"{results['seconds']:.0f} s; see {folder / 'RESULTS.md'}")
    return 0


def write(results: dict[str, Any], folder: Path) -> None:
    """Write the results as JSON, as Markdown and, where training steps were measured, as a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    parts = ["# How fast it is", "Written by `python -m benchmarks`; README.md says how it is measured."]
    if results["quick"]:
        parts.append("**A quick run: a smoke test, no measurement.**")
    parts.append(describe_machine(results["machine"]))
    if "steps" in results:
        _draw(results, folder / "speed.svg")
        parts.append("![each peer's time over ours](speed.svg)")
    for name, section in SECTIONS.items():
        if name in results:
            parts += [f"## {section.TITLE}", section.table(results[name])]
    (folder / "RESULTS.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _draw(results: dict[str, Any], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    from benchmarks.plot import plot_speed

    figure, axes = plt.subplots(2, 1, figsize=(8, 9), layout="constrained")
    for ax, dtype in zip(axes, ("float64", "float32"), strict=True):
        plot_speed(ax, results, dtype)
    figure.savefig(path)
    plt.close(figure)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the library beside its peers.")
    parser.add_argument("--quick", action="store_true", help="a smoke test of under a minute")
    parser.add_argument("--only", type=_names(SECTIONS), default=list(SECTIONS), help=f"of {','.join(SECTIONS)}")
    parser.add_argument("--peers", type=_names(PEERS), default=list(PEERS), help=f"of {','.join(PEERS)}; ours always")
    parser.add_argument("--output", type=Path, help="a folder; a whole run goes to benchmarks/, others to its partial/")
    return parser.parse_args(arguments)


def _names(known: dict[str, Any]) -> Any:
    def parse(text: str) -> list[str]:
        unknown = [name for name in text.split(",") if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; choose of {', '.join(known)}")
        return text.split(",")

    return parse


if __name__ == "__main__":
    sys.exit(main())
