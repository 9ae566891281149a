"""The results as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(result: dict[str, Any]) -> str:
    """Return a ratio with its quartiles, or that there is none."""
    if not result:
        return ""
    if "ratio" not in result:
        return "*failed*" if "failed" in result else "*skipped*"
    ratio = result["ratio"]
    return f"**{number(ratio['median'])}** ({number(ratio['lower'])} to {number(ratio['upper'])})"


def number(value: float) -> str:
    """Return a ratio with three digits, two after the point at most."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def describe_machine(machine: dict[str, Any]) -> str:
    """Return what was measured on, as a list."""
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items() if version)
    absent = ", ".join(name for name, version in machine["versions"].items() if not version)
    memory = f", {machine['memory_bytes'] / 2**30:.0f} GB" if machine["memory_bytes"] else ""
    load = f"; load before the run {machine['load']:.1f}" if machine["load"] is not None else ""
    return "\n".join(
        [
            f"* {machine['processor']}, {machine['cores']} cores{memory}; {machine['system']}",
            f"* Python {machine['python']}, {versions}; BLAS: {', '.join(machine['blas'])}",
            *([f"* not installed, so not measured: {absent}"] if absent else []),
            f"* {machine['date']}{load}",
            *(
                f"* **`{name}={value}` was set: it changes one library and not the others, so the ratios are not those "
                "of a machine as it comes**"
                for name, value in machine["settings"].items()
            ),
        ]
    )
