"""Promise: every interactive is small, can be read without seeing it, asks first, and gives something to find."""

from __future__ import annotations

import gzip
import json
import random
import re

import pytest
from ipywidgets.embed import dependency_state

from frames import pictures, sentence
from interactives import NAMES, lab_page, make, walk


@pytest.fixture(scope="module", params=NAMES)
def player(request):
    return make(request.param)


def frames(player) -> list[str]:
    """Return some frames: the corners, and others by chance."""
    places = list(player.places())
    some = random.Random(0).sample(places, min(len(places), 25))
    return [player.shown(*place) for place in [places[0], places[-1], *some]]


def test_it_weighs_less_than_100_kilobytes_compressed(player):
    state = json.dumps(dependency_state(player))
    assert len(gzip.compress(state.encode())) < 100_000


def test_every_frame_says_in_words_what_its_pictures_show(player):
    for html in frames(player):
        assert len(re.sub("<[^>]*>", "", sentence(html))) > 20
        assert pictures(html) != []
        for picture in pictures(html):
            assert len(picture.get("aria-label", "")) > 30
            assert picture.get("role") == "img"


def test_every_frame_has_its_numbers_in_a_table(player):
    assert all('<th scope="col">' in html and 'class="bl-value"' in html for html in frames(player))


def test_every_column_of_a_table_is_headed_by_a_word(player):
    """A head that is empty says nothing, and one of a formula alone is read letter by letter."""
    for html in frames(player):
        for head in re.findall('<th scope="col">(.*?)</th>', html, re.DOTALL):
            plain = re.sub("<math.*?</math>|<[^>]*>", "", head, flags=re.DOTALL)
            assert re.search(r"\w", plain), (player.name, head)


def test_no_number_is_written_in_the_way_of_a_program(player):
    written = [child.value for child in walk(player) if isinstance(getattr(child, "value", None), str)]
    for text in [*frames(player), *written]:
        assert re.search(r"\d(?:\.\d+)?e[-+−]?\d", re.sub("<style.*?</style>", "", text, flags=re.DOTALL)) is None


def test_one_is_no_plural(player):
    for html in frames(player):
        assert (
            re.search(r"(?<![\d.,−-])\b1 (steps|paths|layers|units|arrays|activations|deltas|examples)\b", html) is None
        )


def test_frames_differ(player):
    """A control that changes nothing is no control."""
    for axis in range(len(player.counts)):
        seen: dict[tuple[int, ...], set[str]] = {}
        for place in player.places():
            seen.setdefault((*place[:axis], *place[axis + 1 :]), set()).add(player.shown(*place))
        assert max(map(len, seen.values())) > 1, f"control {axis} of {player.name} shows the same at every setting"


def test_nothing_in_a_frame_has_an_id_or_runs_a_script(player):
    for html in frames(player):
        assert re.search(r"\sid=|<script|\son\w+=|href=", html) is None


def test_letters_are_legible_on_a_telephone(player):
    """A picture as wide as a telephone (about 330 pixels) shows letters of at least 9 pixels."""
    for html in frames(player):
        for picture in pictures(html):
            width = float(picture.get("viewBox").split()[2])
            scrolls = re.search(r"overflow-x:auto", html) is not None
            shrink = 1 if scrolls else min(1, 330 / width)
            sizes = [float(t.get("font-size")) for t in picture.iter("text")]
            assert min(sizes, default=12) * shrink >= 8.9, (player.name, width, min(sizes))


def test_it_asks_first_and_gives_something_to_find(player):
    texts = [child.value for child in walk(player) if hasattr(child, "value") and isinstance(child.value, str)]
    assert any("Try this." in text for text in texts)
    asks = any("Predict first." in text for text in texts)
    is_an_answer = any("bl-wrong" in html or "bl-right" in html for html in frames(player))
    assert asks or is_an_answer


def test_own_input_takes_what_stands_in_the_boxes_at_first(player):
    own = [widget for widget in walk(player) if "bl-own" in getattr(widget, "_dom_classes", ())]
    for box in own:
        _, row, answer = box.children
        row.children[-1].click()
        assert "Computed." in answer.value, answer.value


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_the_lab_shows_it(name):
    assert lab_page(name).startswith("lab/")
