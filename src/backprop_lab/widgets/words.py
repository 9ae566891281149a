"""How frames put words together."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["listed", "together"]


def listed(words: Sequence[str]) -> str:
    """Return a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def together(words: str) -> str:
    """Return HTML that stays in one line."""
    return f'<span class="bl-together">{words}</span>'
