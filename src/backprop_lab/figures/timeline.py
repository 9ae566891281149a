"""A timeline, read downward: a mark at each year, and beside it what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

__all__ = ["Event", "plot_timeline", "spread"]

INKS = ("#0a7d45", "#6b4fb3", "#8a5a00", "#555555")  # of the book's, without the two that mean forward and backward
MARKERS = ("o", "s", "^", "D")


@dataclass(frozen=True)
class Event:
    """What happened in a year, in one or two short lines, and to which of the stories it belongs."""

    year: int
    text: str
    story: str


def plot_timeline(ax: Axes, events: Sequence[Event], *, gap: float = 2.6) -> None:
    """Draw the events from the earliest, on top, to the latest; a colour and a mark for each story.

    Parameters
    ----------
    ax : Axes
        Its frame and horizontal axis are switched off.
    events : sequence of Event
        At most four stories. They are named in the legend in the order in which they come here.
    gap : float
        Years that two texts are apart at least.

    Raises
    ------
    ValueError
        If there are no events, or more than four stories.
    """
    stories = list(dict.fromkeys(event.story for event in events))
    if not 1 <= len(stories) <= len(INKS):
        raise ValueError(f"the events belong to {len(stories)} stories, expected 1 to {len(INKS)}")
    ordered = sorted(events, key=lambda event: event.year)
    places = spread([event.year for event in ordered], gap)
    for event, place in zip(ordered, places, strict=True):
        ink, marker = INKS[stories.index(event.story)], MARKERS[stories.index(event.story)]
        ax.plot([0, 0.06, 0.09], [event.year, place, place], color=ink, lw=1)
        ax.plot(0, event.year, marker, color=ink, ms=7, mec="white", zorder=3)
        ax.text(0.1, place, f"{event.year}", color=ink, weight="bold", va="center")
        past_year = (37, 0)  # in points, so that it is past however narrow the picture is
        ax.annotate(event.text, (0.1, place), past_year, textcoords="offset points", va="center", linespacing=1.05)
    for story, ink, marker in zip(stories, INKS, MARKERS, strict=False):
        ax.plot([], [], marker, color=ink, label=story)
    ax.axvline(0, color="0.6", lw=1.5, zorder=0)
    ax.set(xlim=(-0.03, 1), ylim=(places[-1] + gap, places[0] - gap))
    ax.xaxis.set_visible(False)
    ax.yaxis.set_visible(False)
    ax.spines[:].set_visible(False)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2 if len(stories) == 4 else len(stories))


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Return places that are a gap apart at least, in the same order and as near to the given ones as can be.

    Nearest in the sum of squares: neighbours that would overlap are pooled until none does.
    """
    pools: list[tuple[float, int]] = []  # the mean of place minus what the gaps before it take, and how many
    for number, place in enumerate(sorted(places)):
        mean, size = place - number * gap, 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean, size = (other * others + mean * size) / (others + size), others + size
        pools.append((mean, size))
    means = [mean for mean, size in pools for _ in range(size)]
    return [mean + number * gap for number, mean in enumerate(means)]
