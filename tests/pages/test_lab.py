"""Promise: every interactive of the lab answers to keyboard, mouse and finger with the library's numbers; it prints."""

from __future__ import annotations

import html
import random
import re
from functools import cache

import ipywidgets
import pytest

from interactives import NAMES, lab_page, make

from .conftest import opening

SCREENS = {"keyboard": ("light", 1280), "mouse": ("light", 1280), "finger": ("dark", 390), "paper": ("light", 1280)}


@pytest.fixture(scope="module")
def seen_by(browser, site, request):
    """Open a page of the lab once for each hand: that takes longer than what its interactives are asked there."""
    with opening(browser, site) as visit:
        yield cache(lambda hand: visit(request.param, theme=SCREENS[hand][0], width=SCREENS[hand][1]))


def by(*hands: str) -> pytest.MarkDecorator:
    """Hand each interactive to each of these hands; with `--dist loadgroup` the tests of a page stay together."""
    each = [
        pytest.param(lab_page(name), name, hand, id=f"{name}-{hand}", marks=pytest.mark.xdist_group(lab_page(name)))
        for name in sorted(NAMES, key=lab_page)
        for hand in hands
    ]
    return pytest.mark.parametrize(("seen_by", "name", "hand"), each, indirect=["seen_by"])


def plain(text: str) -> str:
    """Return the text of HTML, with single spaces."""
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", text)).split())


def letters(text: str) -> str:
    """Return a text without spaces: a browser has its own between the parts of a formula."""
    return re.sub(r"[\s\u2061-\u2064]", "", plain(text))


class Hand:
    """Operates one interactive on the page, in one way."""

    def __init__(self, page, name: str, kind: str) -> None:
        self.page, self.kind, self.player = page, kind, make(name)
        css_class = next(c for c in self.player._dom_classes if c.startswith("bl-") and c != "bl-player")
        self.box = page.locator(f".{css_class}").first
        self.box.wait_for()
        self.places = [control.index for control in self.player.controls]
        self.starts = tuple(self.places)
        self.remembered: dict[tuple[int, ...], int] = {}  # of buttons that each setting has for itself

    def press(self, button) -> None:
        """Press a button."""
        if self.kind == "keyboard":
            button.focus()
            self.page.keyboard.press("Enter")
        elif self.kind == "finger":
            button.tap()
        else:
            button.click()

    def open(self) -> None:
        """Answer the prediction, where one is still asked."""
        question = self.box.locator(".bl-predict")
        if not self.box.locator(".bl-stage").count():
            self.press(question.get_by_role("button", name="A", exact=True))
            assert len(question.locator(".bl-sentence").inner_text()) > 30

    def control(self, number: int):
        """Return the control of this number."""
        if self.is_afresh(number):
            return self.box.locator(".bl-stage .bl-afresh").first
        return self.box.locator(".bl-stage .bl-controls").first.locator("> *").nth(number)

    def is_afresh(self, number: int) -> bool:
        """Return whether each setting of the controls before has this control for itself."""
        return number == len(self.places) - 1 and self.box.locator(".bl-stage .bl-afresh").count() > 0

    def set(self, number: int, place: int) -> None:
        """Bring a control to a setting."""
        kind = type(self.player.controls[number])
        if kind is ipywidgets.ToggleButtons:
            self.press(self.control(number).locator("button").nth(place))
        elif kind is ipywidgets.Dropdown:
            self._choose(self.control(number).locator("select"), place)
        else:
            self._slide(number, place)
        self.places[number] = place
        last = len(self.places) - 1
        if number == last:
            self.remembered[tuple(self.places[:-1])] = place
        elif self.is_afresh(last):
            start = self.starts[last]
            self.places[last] = self.remembered.get(tuple(self.places[:-1]), start)

    def _choose(self, select, place: int) -> None:
        if self.kind != "keyboard":
            select.select_option(index=place)
            return
        select.focus()
        self.page.keyboard.press("Home")
        for _ in range(place):
            self.page.keyboard.press("ArrowDown")

    def _slide(self, number: int, place: int) -> None:
        control, steps = self.control(number), place - self.places[number]
        if self.kind == "keyboard":
            control.locator("[role=slider]").focus()
            self.page.keyboard.press("Home")
            for _ in range(place):
                self.page.keyboard.press("ArrowRight")
            return
        for _ in range(abs(steps)):
            self.press(control.locator(".bl-next" if steps > 0 else ".bl-back"))

    def shown(self) -> tuple[str, list[str]]:
        """Return the sentence and the last column of the table, as they stand on the page."""
        stage = self.box.locator(".bl-stage")
        cells = stage.locator("td.bl-value").evaluate_all("nodes => nodes.map(node => node.textContent)")
        return letters(html.escape(stage.locator(".bl-sentence").evaluate("node => node.textContent"))), [
            letters(html.escape(cell)) for cell in cells
        ]

    def expected(self) -> tuple[str, list[str]]:
        """Return what should stand there: what the library gives at this setting."""
        frame = self.player.shown(*self.places)
        sentence = re.search(r'<p class="bl-sentence[^"]*">(.*?)</p>', frame, re.DOTALL)[1]
        return letters(sentence), [letters(cell) for cell in re.findall(r'<td class="bl-value">(.*?)</td>', frame)]


@by("keyboard", "mouse", "finger")
def test_every_control_shows_the_numbers_of_its_setting(seen_by, name, hand):
    operator = Hand(seen_by(hand).page, name, hand)
    operator.open()
    assert operator.shown() == operator.expected()
    choose = random.Random(name)
    for _ in range(3):
        for number in range(len(operator.places)):
            count = operator.player.count(*operator.places[:number])
            nearby = range(max(0, operator.places[number] - 6), min(count, operator.places[number] + 7))
            operator.set(number, choose.choice(range(count) if hand == "keyboard" else nearby))
            assert operator.shown() == operator.expected(), operator.places
    assert seen_by(hand).errors == []


@by("paper")
def test_an_interactive_that_nobody_opened_is_printed_with_its_numbers(seen_by, name, hand):
    operator = Hand(seen_by(hand).page, name, hand)
    operator.page.emulate_media(media="print")
    asks = operator.box.locator(".bl-predict").count()
    assert operator.box.locator(".bl-stage").count() == (0 if asks else 1)
    paper = operator.box.locator(".bl-paper" if asks else ".bl-stage")
    assert paper.locator("svg").first.is_visible()
    assert paper.locator("table").first.is_visible()
    assert operator.box.locator(".bl-choice, .bl-controls").filter(visible=True).count() == 0


@by("keyboard")
def test_every_control_has_a_name(seen_by, name, hand):
    operator = Hand(seen_by(hand).page, name, hand)
    operator.open()
    assert operator.box.get_attribute("aria-label")
    for handle in operator.box.locator("[role=slider]").all():
        assert handle.get_attribute("aria-label")
        assert handle.get_attribute("aria-valuetext")
    for group in operator.box.locator(".bl-choice").all():
        assert group.get_attribute("aria-label")


@by("finger")
def test_nothing_is_cut_off_or_overlaps_the_edge_on_a_telephone(seen_by, name, hand):
    operator = Hand(seen_by(hand).page, name, hand)
    operator.open()
    frame = operator.box.bounding_box()
    for part in (
        operator.box.locator("button, select, [role=slider], .bl-picture, .bl-sentence").filter(visible=True).all()
    ):
        place = part.bounding_box()
        scrolls = part.evaluate("node => !!node.closest('[style*=\"overflow-x\"]')")
        assert scrolls or place["x"] + place["width"] <= frame["x"] + frame["width"] + 1
