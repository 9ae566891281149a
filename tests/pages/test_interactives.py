"""Every interactive answers on the published page, to keyboard and mouse, with the number that the library computes."""

from __future__ import annotations

import re

import pytest

from backprop_lab import find_chain, trace_step
from backprop_lab.examples import LEARNING_RATE, worked_example
from backprop_lab.widgets.backprop_stepper import READING_TIME
from backprop_lab.widgets.chain_rule_explorer import FUNCTIONS, places
from frames import numbers

from .conftest import THEMES, pages

XS = places([find_chain(text) for text in FUNCTIONS], (-2, 2))


def player(page, name: str):
    """Return the stage of an interactive, opened where it asks for a prediction first."""
    box = page.locator(f".bl-{name}").first
    box.locator(".bl-predict, .bl-stage").first.wait_for()
    if box.locator(".bl-predict").count():
        box.get_by_role("button", name="Just show me").click()
    return box.locator(".bl-stage")


def set_slider(page, box, index: int) -> None:
    """Move a slider to a place with the keyboard alone."""
    box.locator("[role=slider]").focus()
    page.keyboard.press("Home")
    for _ in range(index):
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_explorer_shows_the_product_of_the_slopes_for_each_function(visit, theme, width):
    page = visit("lab/1_slopes.html", theme=theme, width=width).page
    box = player(page, "chain-rule-explorer")
    for which, text in enumerate(FUNCTIONS):
        place = 5 + 3 * which
        box.locator("select").select_option(index=which)
        set_slider(page, box, place)
        point = find_chain(text).at(XS[place])
        last = box.locator(".bl-numbers tr").last.locator("td").last
        assert numbers(last.inner_text())[0] == pytest.approx(point.derivative, rel=1e-3, abs=1e-12)
        factors = [numbers(row)[-1] for row in box.locator(".bl-numbers td.bl-value").all_inner_texts()]
        assert factors[: len(point.factors)] == pytest.approx(point.factors, rel=1e-3, abs=1e-12)


def test_the_explorer_says_its_numbers_in_words_and_in_the_picture(visit):
    page = visit("lab/1_slopes.html").page
    box = player(page, "chain-rule-explorer")
    set_slider(page, box, 20)
    point = find_chain(FUNCTIONS[0]).at(XS[20])
    label = box.locator("svg[role=img]").last.get_attribute("aria-label")
    assert numbers(label)[-1] == pytest.approx(point.derivative, rel=1e-3)
    assert box.locator("[role=slider]").get_attribute("aria-valuetext") == f"{XS[20]:.4g}"
    assert box.locator("[role=slider]").get_attribute("aria-label") == "x ="


def steps_of_the_worked_example():
    steps = trace_step(*worked_example(), LEARNING_RATE).values()
    return [quantity for quantity in steps if quantity.phase != "given"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_stepper_shows_every_quantity_to_ten_decimals(visit, theme, width):
    page = visit("05_one_step_by_hand.html", theme=theme, width=width).page
    box = player(page, "backpropagation-stepper")
    set_slider(page, box, 0)
    for quantity in steps_of_the_worked_example():
        page.keyboard.press("ArrowRight")
        values = [numbers(cell)[0] for cell in box.locator("td.bl-value").all_inner_texts()]
        assert values == pytest.approx(quantity.value.ravel().tolist(), abs=6e-11), quantity.name


def test_next_and_back_turn_the_pages_of_the_stepper_with_the_mouse(visit):
    page = visit("05_one_step_by_hand.html").page
    box = player(page, "backpropagation-stepper")
    for _ in range(3):
        box.get_by_role("button", name="Next").click()
    box.get_by_role("button", name="Back").click()
    assert "Step 2 of" in box.locator(".bl-sentence").inner_text()


def test_play_goes_on_by_itself_and_pause_stops_it(visit):
    page = visit("05_one_step_by_hand.html").page
    box = player(page, "backpropagation-stepper")
    box.get_by_role("button", name="Play / pause").click()
    box.get_by_text("Step 2 of").wait_for()
    box.get_by_role("button", name="Play / pause").click()
    stopped = box.locator(".bl-sentence").inner_text()
    page.wait_for_timeout(READING_TIME + 1000)
    assert box.locator(".bl-sentence").inner_text() == stopped


def test_readers_who_want_no_motion_get_no_play_button(browser, site):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(site + "05_one_step_by_hand.html")
    box = player(page, "backpropagation-stepper")
    box.wait_for()
    assert box.locator(".bl-play").is_hidden()
    context.close()


def test_a_change_is_read_aloud_once_the_reader_has_moved(visit):
    page = visit("05_one_step_by_hand.html").page
    live = page.locator(".bl-live")
    page.wait_for_timeout(600)
    assert live.inner_text() == ""
    box = player(page, "backpropagation-stepper")
    box.get_by_role("button", name="Next").click()
    page.wait_for_timeout(600)
    assert live.inner_text().startswith("Step 1 of")


def test_the_verdict_on_a_prediction_is_read_before_what_it_opens(visit):
    page = visit("lab/1_slopes.html").page
    question = page.locator(".bl-nudge .bl-predict")
    question.get_by_role("button", name="A", exact=True).click()
    page.wait_for_timeout(600)
    verdict, frame = page.locator(".bl-live .bl-sentence").all_inner_texts()
    assert verdict.startswith("A. Not quite.")
    assert frame == page.locator(".bl-nudge .bl-stage .bl-sentence").inner_text()


def test_whoever_uses_the_keyboard_sees_where_they_are(visit):
    page = visit("lab/4_equations.html").page
    box = page.locator(".bl-shape-puzzle")
    for part in (box.locator("select"), box.locator("button").first, page.locator(".toggle-button").first):
        part.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        style = part.evaluate(
            "node => [getComputedStyle(node).outlineStyle, parseFloat(getComputedStyle(node).outlineWidth)]"
        )
        assert style[0] == "solid"
        assert style[1] >= 2


def test_a_slider_is_one_stop_for_the_keyboard(visit):
    page = visit("05_one_step_by_hand.html").page
    player(page, "backpropagation-stepper")
    page.wait_for_timeout(300)
    assert page.locator(".bl-player .widget-readout[contenteditable]").count() == 0


@pytest.mark.parametrize("name", [name for name in pages() if re.match(r"\d\d_", name)])
def test_every_quick_check_gives_one_right_answer_and_a_reason_for_each(visit, name):
    page = visit(name).page
    checks = page.locator(".bl-check")
    assert checks.count() >= 4
    for index in range(checks.count()):
        check = checks.nth(index)
        options = check.locator(".bl-options li").count()
        verdicts = []
        for letter in "ABCDEF"[:options]:
            check.get_by_role("button", name=letter, exact=True).click()
            reason = check.locator(".bl-sentence").inner_text()
            assert reason.startswith(letter)
            assert len(reason) > 30, reason
            verdicts.append("Right." in reason)
        assert sum(verdicts) == 1


def test_a_quick_check_answers_to_the_keyboard(visit):
    page = visit("02_the_chain_rule.html").page
    button = page.locator(".bl-check").first.get_by_role("button", name="A", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator(".bl-check").first.locator(".bl-sentence").inner_text().startswith("A.")
    assert button.get_attribute("aria-pressed") == "true"


def test_a_printed_page_shows_the_picture_with_its_numbers_and_no_controls(visit):
    page = visit("05_one_step_by_hand.html").page
    page.emulate_media(media="print")
    box = player(page, "backpropagation-stepper")
    assert box.locator("svg").first.is_visible()
    assert box.locator("table").is_visible()
    assert all(bar.is_hidden() for bar in box.locator(".bl-controls").all())
