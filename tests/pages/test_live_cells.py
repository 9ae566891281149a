"""Promise: on the page itself code is changed and run, and exercises are answered, with nothing installed."""

from __future__ import annotations

import re

import nbformat
import pytest
from playwright.sync_api import expect

from backprop_lab.course.submission import run_checks

from .conftest import ROOT
from .live_site import PINS, live_site

EXERCISES = "exercises/05_one_step_by_hand.html"
PATIENCE = 120_000  # milliseconds: Python has to start, on a busy machine
pytestmark = pytest.mark.xdist_group("live cells")


@pytest.fixture(scope="module")
def site(browser):
    with live_site(browser, accept_downloads=True) as site:
        yield site


@pytest.fixture(scope="module")
def exercises(site):
    """Open a page of exercises, on which Python has started with the first check."""
    page = site.context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(site.address + EXERCISES)
    cell(page, "answer-5-3").locator(".cm-content").wait_for()
    page.files_before = dict(site.files)
    page.workers_before = len(page.workers)
    page.said = []
    page.expose_function("said", lambda text: page.said.append(text))
    status = cell(page, "answer-5-3").locator(".bl-status")
    status.evaluate("node => new MutationObserver(() => said(node.textContent)).observe(node, {childList: true})")
    write(page, "answer-5-3", "z1 = W1 @ x")
    press(page, "answer-5-3", "Check")
    verdict(page, "answer-5-3").wait_for(timeout=PATIENCE)
    yield page
    assert page.errors == []


def cell(page, name):
    return page.locator(f".tag_live-id-{name}")


def write(page, name, text):
    cell(page, name).locator(".cm-content").fill(text)


def press(page, name, button):
    cell(page, name).get_by_role("button", name=button, exact=True).click()


def verdict(page, name):
    return cell(page, name).locator(".bl-verdict")


def expect_verdict(page, name, text):
    expect(verdict(page, name)).to_contain_text(text, timeout=PATIENCE)


def test_nothing_starts_before_somebody_asks(exercises):
    assert exercises.files_before == {}
    assert exercises.workers_before == 0


def test_the_first_check_says_what_it_loads_and_then_the_verdict(exercises, site):
    assert verdict(exercises, "answer-5-3").inner_text() == "5.3 not yet. You left out the bias."
    assert any(re.search(r"Loading Python: \d+\.\d of \d+\.\d MB", text) for text in exercises.said)
    [wheel] = (ROOT / "book" / "_build" / "html" / "lite" / "pypi").glob("backprop_lab-*.whl")
    assert sum(site.files.values()) >= 10_000_000
    loaded = sum(size for name, size in site.files.items() if not name.startswith(("sympy", "mpmath")))
    assert PINS["page"]["bytes"] == pytest.approx(loaded + wheel.stat().st_size, rel=0.03)


ANSWER = "a1 = sigmoid(W1 @ x + b1)\na2 = sigmoid(W2 @ a1 + b2)\nprint('here', a2.shape)"


def test_a_right_answer_is_counted(exercises):
    write(exercises, "answer-5-4", ANSWER)
    press(exercises, "answer-5-4", "Check")
    expect_verdict(exercises, "answer-5-4", "5.4 right.")
    expect(cell(exercises, "answer-5-4").locator(".bl-output")).to_have_text("here (1,)")
    expect(exercises.locator(".bl-done")).to_contain_text("1 of 17 solved")


def test_an_answer_that_is_missing_and_one_that_stops(exercises):
    press(exercises, "answer-5-5", "Check")
    expect_verdict(exercises, "answer-5-5", "5.5 not answered yet.")
    write(exercises, "answer-5-5", "delta2 = -y\nnonsense")
    press(exercises, "answer-5-5", "Check")
    expect_verdict(exercises, "answer-5-5", "Your code stopped")
    expect(cell(exercises, "answer-5-5").locator(".bl-output")).to_contain_text("NameError: name 'nonsense'")


def test_hints_come_one_after_the_other(exercises):
    for number in (1, 2, 3):
        press(exercises, "answer-5-6", "Hint")
        expect(cell(exercises, "answer-5-6").locator(".bl-hints li")).to_have_count(number)
    expect(cell(exercises, "answer-5-6").get_by_role("button", name="Hint")).to_be_disabled()


def test_an_endless_loop_is_stopped_and_python_starts_again(exercises):
    write(exercises, "answer-5-7", "while True:\n    print('again')")
    press(exercises, "answer-5-7", "Run")
    expect(cell(exercises, "answer-5-7").locator(".bl-output")).to_contain_text("It printed more", timeout=PATIENCE)
    press(exercises, "answer-5-8", "Run")
    expect(cell(exercises, "answer-5-8").locator(".bl-status")).to_contain_text("Exercise 5.7 is running")
    press(exercises, "answer-5-7", "Stop")
    expect(cell(exercises, "answer-5-7").locator(".bl-status")).to_contain_text("Stopped.")
    expect(cell(exercises, "answer-5-8").locator(".bl-status")).to_be_empty()
    write(exercises, "answer-5-7", "W1.shape")
    press(exercises, "answer-5-7", "Run")
    expect(cell(exercises, "answer-5-7").locator(".bl-output")).to_have_text("(2, 2)", timeout=PATIENCE)


def test_a_derivation_loads_sympy_and_is_judged(exercises, site):
    write(exercises, "answer-5-15", "output_delta = (a2_1 - y_1) * a2_1 * (1 - a2_1)")
    press(exercises, "answer-5-15", "Check")
    expect_verdict(exercises, "answer-5-15", "5.15")
    assert any(name.startswith("sympy") for name in site.files)
    write(exercises, "answer-5-16", "x_1**2")
    press(exercises, "answer-5-16", "Run")
    expect(cell(exercises, "answer-5-16").locator(".bl-output mjx-container")).to_be_visible(timeout=PATIENCE)


def test_the_keys_run_check_and_leave_the_editor(exercises):
    code = cell(exercises, "answer-5-8").locator(".cm-content")
    write(exercises, "answer-5-8", "W1.shape")
    code.press("Shift+Enter")
    expect(cell(exercises, "answer-5-8").locator(".bl-output")).to_have_text("(2, 2)", timeout=PATIENCE)
    code.press("Control+Enter")
    expect_verdict(exercises, "answer-5-8", "The check looks for new_W2")
    code.press("Tab")
    expect(cell(exercises, "answer-5-8").locator(".cm-editor.cm-focused")).to_have_count(1)
    for _ in range(3):  # the editor waits two seconds for the Tab, which a busy machine may miss
        exercises.keyboard.press("Escape")
        exercises.keyboard.press("Tab")
    expect(cell(exercises, "answer-5-8").locator(".cm-editor.cm-focused")).to_have_count(0)


def test_the_work_is_kept_downloaded_and_taken_back(exercises, site, tmp_path):
    write(exercises, "answer-5-4", ANSWER)
    press(exercises, "answer-5-4", "Check")
    expect_verdict(exercises, "answer-5-4", "5.4 right.")
    exercises.get_by_label("Your answer, in words.").fill("Deltas pass through the weights of the later layer.")
    exercises.reload()
    cell(exercises, "answer-5-4").locator(".cm-content").wait_for()
    assert "a2 = sigmoid" in cell(exercises, "answer-5-4").locator(".cm-content").inner_text()
    expect(exercises.locator(".bl-done")).to_contain_text(re.compile(r"[1-9] of 17 solved"))
    with exercises.expect_download() as download:
        exercises.get_by_role("button", name="Download my notebook").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "05_one_step_by_hand.ipynb"
    states = {result.number: result.state for result in run_checks(path)}
    assert (states["5.3"], states["5.4"], states["5.9"]) == ("not yet", "right", "not answered yet")
    original = nbformat.read(ROOT / "exercises" / path.name, as_version=4)
    theirs = nbformat.read(path, as_version=4)
    assert [each.metadata for each in theirs.cells] == [each.metadata for each in original.cells]
    assert "later layer" in theirs.cells[-1].source

    exercises.on("dialog", lambda dialog: dialog.accept())
    exercises.get_by_role("button", name="Start all again").click()
    expect(cell(exercises, "answer-5-4").locator(".cm-content")).to_contain_text("NotImplementedError")
    exercises.locator("input[type=file]").set_input_files(path)
    expect(cell(exercises, "answer-5-4").locator(".cm-content")).to_contain_text("a2 = sigmoid")
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{")
    exercises.locator("input[type=file]").set_input_files(broken)
    expect(exercises.locator(".bl-work .bl-status")).to_contain_text("broken.ipynb is no notebook")


def test_start_again_brings_back_the_code_of_the_book(exercises):
    write(exercises, "answer-5-9", "saturated_delta = 1")
    press(exercises, "answer-5-9", "Start again")
    expect(cell(exercises, "answer-5-9").locator(".cm-content")).to_contain_text("NotImplementedError")


def test_a_cell_of_a_chapter_is_changed_and_run(site):
    page = site.context.new_page()
    page.goto(site.address + "05_one_step_by_hand.html")
    box = page.locator("div.cell:has(.cell_input)").filter(has_text="W1 @ x").first
    box.get_by_role("button", name="Change and run").click()
    box.locator(".cm-content").press("Control+End")
    box.locator(".cm-content").press_sequentially("\nprint('mine')")
    box.get_by_role("button", name="Run").click()
    expect(box.locator(".bl-output")).to_contain_text("mine", timeout=PATIENCE)
    assert box.locator("pre[data-kind=error]").count() == 0
    expect(box.locator(".cell_output")).to_be_hidden()
    page.reload()
    expect(page.locator(".cm-content").first).to_contain_text("mine")
    page.close()


def test_without_scripts_the_page_shows_the_code(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + EXERCISES)
    assert "NotImplementedError" in cell(page, "answer-5-3").inner_text()
    assert "scripts of this page do not run" in page.locator(".bl-work").inner_text()
    context.close()
