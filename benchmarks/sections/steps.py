"""A training step: forward, loss, backward, and a step of plain gradient descent."""

from __future__ import annotations

from typing import Any

from benchmarks.peers import PEERS
from benchmarks.problems import PROBLEMS, in_both_types
from benchmarks.report import cell, markdown
from benchmarks.rounds import Result, compare
from benchmarks.sections.settings import Settings, workers

TITLE = "One training step"
TOLERANCE = {"float64": 1e-10, "float32": 1e-4}

# Peer's time / ours with one thread, as the first prototype had it on another machine: by network and type.
AIMS: dict[tuple[str, str], dict[str, str]] = {
    ("2-4-1", "float64"): {
        "textbook": "5.2", "torch": "23 to 29", "compile": "10", "jax": "1.32", "autograd": "60", "products": "0.24"
    },
    ("64-32-10", "float64"): {
        "textbook": "2.6", "torch": "9", "compile": "5", "jax": "1.31", "autograd": "20", "sklearn": "42",
        "products": "0.36",
    },
    ("64-32-10", "float32"): {
        "textbook": "2.9", "torch": "11.6", "compile": "5.4", "jax": "1.34", "autograd": "26", "sklearn": "44",
        "products": "0.31",
    },
    ("784-128-10", "float64"): {
        "textbook": "1.25", "torch": "1.4", "compile": "1.2", "jax": "1.0 to 1.1", "autograd": "2.2", "sklearn": "3.3",
        "products": "0.87",
    },
    ("784-128-10", "float32"): {
        "textbook": "1.08", "torch": "1.5", "compile": "1.1", "jax": "1.0 to 1.1", "autograd": "5.7", "sklearn": "3.8",
        "products": "0.85",
    },
    ("784-512-512-10", "float64"): {
        "textbook": "1.09", "torch": "1.19", "compile": "1.09", "jax": "1.04 to 1.11", "autograd": "1.6",
        "sklearn": "1.45", "products": "0.89",
    },
    ("784-512-512-10", "float32"): {
        "textbook": "1.08", "torch": "1.15", "compile": "1.07", "jax": "1.04 to 1.11", "autograd": "2.9",
        "sklearn": "2.2", "products": "0.91",
    },
    ("1024 x 8", "float64"): {
        "textbook": "1.04", "torch": "1.14", "jax": "1.21", "autograd": "1.3", "sklearn": "1.15", "products": "0.93"
    },
    ("1024 x 8", "float32"): {
        "textbook": "1.01", "torch": "1.01", "jax": "1.12", "autograd": "2.2", "sklearn": "1.24", "products": "0.94"
    },
}  # fmt: skip


def run(settings: Settings) -> list[Result]:
    """Return one entry for each network, type and number of threads."""
    problems = in_both_types(PROBLEMS)
    if settings.quick:
        problems = [problems[0], problems[3]]  # both losses and both types
    chosen = [peer for key, peer in PEERS.items() if key == "ours" or key in settings.peers]
    yardsticks = [peer.key for peer in chosen if peer.yardstick]
    entries = []
    for threads in (1,) if settings.quick else (1, 2):
        with workers(((peer.key, peer.module) for peer in chosen), threads) as peers:
            for problem in problems:
                settings.say(f"steps: {problem.name} {problem.dtype}, {threads} thread{'s' * (threads > 1)}")
                results = compare(
                    peers,
                    dict.fromkeys(peers, (problem,)),
                    tolerance=TOLERANCE[problem.dtype],
                    rounds=_rounds(problem.sizes, settings),
                    target=settings.target,
                    yardsticks=yardsticks,
                )
                entries.append(
                    {
                        "network": problem.name,
                        "batch": problem.batch_size,
                        "loss": problem.loss,
                        "dtype": problem.dtype,
                        "threads": threads,
                        "peers": results,
                    }
                )
    return entries


def _rounds(sizes: tuple[int, ...], settings: Settings) -> int:
    """Fewer rounds where a single step is longer than a round should be."""
    return settings.rounds if max(sizes) < 1024 else max(3, settings.rounds // 4)


def table(entries: list[Result]) -> str:
    """Return the section in Markdown: a table for each number of threads, a row for each peer."""
    parts = [
        "Peer's time / ours, the median of the rounds with its quartiles; above 1 we are faster. Before anything is "
        "timed, each gradient is compared with ours (largest relative error of a tensor: "
        f"{TOLERANCE['float64']:g} in float64, {TOLERANCE['float32']:g} in float32). "
        "The bare products are our own matrix products alone: their share of our time. "
        "*Aim*: what the first prototype measured on another machine."
    ]
    for threads in sorted({entry["threads"] for entry in entries}):
        parts.append(f"### {threads} thread{'s' * (threads > 1)}")
        for dtype in ("float64", "float32"):
            chosen = [e for e in entries if (e["threads"], e["dtype"]) == (threads, dtype)]
            if chosen:
                parts += [f"**{dtype}**", markdown(*_rows(chosen, threads))]
        parts.append(_notes([entry for entry in entries if entry["threads"] == threads]))
    return "\n\n".join(part for part in parts if part)


def _rows(entries: list[Result], threads: int) -> tuple[list[str], list[list[str]]]:
    head = ["", *(f"{entry['network']}, batch {entry['batch']}" for entry in entries)]
    rows = [["ours, time of a step", *(_time(_find(entry, "ours")) for entry in entries)]]
    for key, peer in PEERS.items():
        if key == "ours" or not any(_find(entry, key) for entry in entries):
            continue
        row = [peer.title]
        for entry in entries:
            text = cell(_find(entry, key))
            aim = AIMS.get((entry["network"], entry["dtype"]), {}).get(key) if threads == 1 else None
            row.append(f"{text}<br>*aim {aim}*" if aim else text)
        rows.append(row)
    return head, rows


def _find(entry: Result, key: str) -> Result:
    return next((result for result in entry["peers"] if result["peer"] == key), {})


def _time(result: Result) -> str:
    microseconds = 1e6 * result["seconds"]["median"]
    return f"{microseconds:.3g} µs" if microseconds < 1e3 else f"{microseconds / 1e3:.3g} ms"


def _notes(entries: list[Result]) -> str:
    """Say who did not take part and why, and whose threads were not held back."""
    why: dict[str, list[str]] = {}
    greedy: set[str] = set()
    for entry in entries:
        for result in entry["peers"]:
            title = PEERS[result["peer"]].title
            reason: Any = result.get("skipped") or result.get("failed")
            if reason:
                where = f"{entry['network']} {entry['dtype']}"
                why.setdefault(f"{title}: {reason}", []).append(where)
            elif result["processors"] > entry["threads"] + 0.1:
                greedy.add(f"{title} kept {result['processors']:.1f} processors busy at {entry['network']}")
    lines = [f"* {reason} ({', '.join(where)})" for reason, where in why.items()]
    return "\n".join([*lines, *(f"* {line}" for line in sorted(greedy))])
