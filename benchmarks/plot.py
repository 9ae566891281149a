"""The picture of the training step: `plot_speed(ax, results)`, with what the JSON file holds."""

from __future__ import annotations

from typing import Any

from benchmarks.peers import PEERS

SHOWN = ("read", "textbook", "jax", "compile", "torch", "autograd", "sklearn", "micrograd")
COLORS = ("#555555", "#2563c9", "#0a7d45", "#8a5a00", "#c4351b", "#6b4fb3", "#0891b2", "#be185d")
MARKERS = "sovD^P*X"


def plot_speed(ax: Any, results: dict[str, Any], dtype: str = "float64", threads: int = 1) -> None:
    """Draw each peer's time / ours on a logarithmic axis: a row for each network, a mark for each peer.

    Parameters
    ----------
    ax : matplotlib Axes
    results : dict
        What `json.load` gives of results.json.
    dtype : str
        "float64" or "float32".
    threads : int
        1 or 2.

    Raises
    ------
    ValueError
        If no training step was measured with this type and these threads.
    """
    entries = [e for e in results.get("steps", ()) if (e["dtype"], e["threads"]) == (dtype, threads)]
    if not entries:
        raise ValueError(f"the results hold no training step in {dtype} with {threads} thread(s)")
    for shift, (key, color, marker) in enumerate(zip(SHOWN, COLORS, MARKERS, strict=True)):
        points = [
            (row, result["ratio"])
            for row, entry in enumerate(entries)
            for result in entry["peers"]
            if result["peer"] == key and "ratio" in result
        ]
        if not points:
            continue
        medians = [ratio["median"] for _, ratio in points]
        spreads = [
            [ratio["median"] - ratio["lower"] for _, ratio in points],
            [ratio["upper"] - ratio["median"] for _, ratio in points],
        ]
        rows = [row + (shift - (len(SHOWN) - 1) / 2) * 0.09 for row, _ in points]
        ax.errorbar(
            medians, rows, xerr=spreads, fmt=marker, color=color, markersize=5, linewidth=1, label=PEERS[key].title
        )
    ax.axvline(1, color="black", linewidth=1)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_yticks(range(len(entries)), [f"{entry['network']}\nbatch {entry['batch']}" for entry in entries])
    ax.invert_yaxis()
    ax.set_xlabel(f"time / ours for one training step, {dtype} (quartiles of the rounds)")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
