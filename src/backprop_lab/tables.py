"""Tables as text."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["table"]


def table(rows: Sequence[Sequence[str]], sides: str) -> str:
    """Return rows of cells in columns, with a rule below the first row and one above the last.

    Parameters
    ----------
    rows : sequence of sequence of str
        All of the same length: the heads of the columns, what is listed, and the totals.
    sides : str
        For each column "<" or ">": the side on which its cells begin.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    form = "  ".join(f"{{:{side}{width}}}" for side, width in zip(sides, widths, strict=True))
    head, *body, total = [form.format(*row) for row in rows]
    rule = "-" * len(head)
    return "\n".join([head, rule, *body, rule, total])
