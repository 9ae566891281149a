"""Promise: each event stands at its year, its text near it, and no two texts overlap."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.figures.timeline import Event, plot_timeline, spread

places = st.lists(st.integers(1900, 2030), min_size=1, max_size=12)


@given(places=places, gap=st.floats(0.5, 5))
def test_texts_are_a_gap_apart_and_in_order(places: list[int], gap: float) -> None:
    assert all(second - first >= gap - 1e-9 for first, second in pairwise(spread(places, gap)))


@given(places=places)
def test_no_other_places_are_nearer(places: list[int]) -> None:
    def distance(candidate: np.ndarray) -> float:
        return float(np.sum((candidate - np.sort(places)) ** 2))

    found = np.array(spread(places, 2.0))
    rng = np.random.default_rng(0)
    for _ in range(50):
        moved = np.sort(found + rng.normal(size=found.size) / 2)
        if np.all(np.diff(moved) >= 2.0):
            assert distance(moved) >= distance(found) - 1e-6


def test_places_far_enough_apart_stay() -> None:
    assert spread([1960, 1970, 1986], 3) == [1960, 1970, 1986]


def test_two_in_one_year_part_evenly() -> None:
    assert spread([1989, 1989], 2) == [1988, 1990]


EVENTS = [Event(1986, "three", "networks"), Event(1960, "one", "control"), Event(1986, "two", "networks")]


def test_each_event_has_its_mark_at_its_year_and_its_text(ax: Any) -> None:
    plot_timeline(ax, EVENTS)
    marks = [line.get_ydata()[0] for line in ax.get_lines() if line.get_marker() in "os" and len(line.get_ydata()) == 1]
    assert marks == [1960, 1986, 1986]
    assert [text.get_text() for text in ax.texts] == ["1960", "one", "1986", "three", "1986", "two"]


def test_time_runs_downward_and_each_story_has_its_own_mark(ax: Any) -> None:
    plot_timeline(ax, EVENTS)
    bottom, top = ax.get_ylim()
    assert bottom > top
    handles, labels = ax.get_legend_handles_labels()
    assert labels == ["networks", "control"]
    assert len({handle.get_marker() for handle in handles}) == 2


@pytest.mark.parametrize("width", [4.0, 6.4])
def test_a_text_begins_after_its_year_however_narrow_the_picture_is(ax: Any, width: float) -> None:
    ax.figure.set_size_inches(width, 4)
    plot_timeline(ax, EVENTS)
    ax.figure.canvas.draw()
    extents = [text.get_window_extent() for text in ax.texts]
    assert all(year.x1 < text.x0 for year, text in zip(extents[::2], extents[1::2], strict=True))


@pytest.mark.parametrize("stories", [0, 5])
def test_too_few_or_too_many_stories_are_refused(ax: Any, stories: int) -> None:
    with pytest.raises(ValueError, match=f"{stories} stories, expected 1 to 4"):
        plot_timeline(ax, [Event(2000, "", str(number)) for number in range(stories)])
