"""One look for every figure of the book: values forward in blue, gradients backward in red."""

from __future__ import annotations

import sys

__all__ = ["BACKWARD", "FORWARD", "use_book_style"]

FORWARD = "#2563c9"  # as --bl-forward of the players
BACKWARD = "#c4351b"


def use_book_style() -> None:
    """Set matplotlib's defaults to the book's: readable on a white card in both themes, sharp on any screen."""
    import matplotlib as mpl
    from cycler import cycler

    if "IPython" in sys.modules:  # a notebook; elsewhere there is no format to choose
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg")  # type: ignore[no-untyped-call]
    mpl.rcParams.update(
        {
            "axes.grid": True,
            "axes.prop_cycle": cycler(color=[FORWARD, BACKWARD, "#0a7d45", "#8a5a00", "#6b4fb3", "#555555"]),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
            "figure.figsize": (6.4, 3.6),
            "font.size": 11,
            "grid.alpha": 0.3,
            "legend.frameon": False,
            "lines.linewidth": 2,
        }
    )
