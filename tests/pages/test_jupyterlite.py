"""Promise: a page's notebook opens live in JupyterLite, works as on the desk, and what the reader changes is kept."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re

import pytest
from playwright.sync_api import expect

from backprop_lab.course import check

from .conftest import ROOT
from .live_site import PINS, live_site

PAGE = "exercises/04_deriving_backpropagation"
ANSWER = dict.fromkeys(["dw1_11", "db1_1", "db1_2", "dw2_12", "dw2_11", "da1_2"], "zero")
PATIENCE = 180_000  # milliseconds: Python has to start, on a busy machine
STATUS = ".jp-Notebook-ExecutionIndicator[data-status={}]"
KEPT = """async name => {
    const open = indexedDB.open(`JupyterLite Storage - ${new URL('../', location).pathname}`);
    const database = await new Promise(done => { open.onsuccess = () => done(open.result); });
    const get = database.transaction('files').objectStore('files').get(name);
    const file = await new Promise(done => { get.onsuccess = () => done(get.result); });
    database.close();
    return file && file.content.cells;
}"""
RAN = "() => ![...document.querySelectorAll('.jp-InputPrompt')].some(prompt => prompt.textContent.includes('*'))"
EVERY = sorted(
    str(path.relative_to(ROOT / "book").with_suffix(""))
    for pattern in ("[0-9]*.ipynb", "lab/[0-9]*.ipynb")
    for path in (ROOT / "book").glob(pattern)
)
pytestmark = pytest.mark.xdist_group("jupyterlite")


@pytest.fixture(scope="module")
def site(browser):
    with live_site(browser) as site:
        yield site


def opened(site, page, link="Open live"):
    """Open the notebook of a page of the book with its button, and wait until it is there."""
    with site.context.expect_page() as tab:
        page.get_by_role("link", name=link, exact=True).click()
    tab.value.set_default_timeout(PATIENCE)
    tab.value.locator(".jp-Notebook .jp-Cell").first.wait_for()
    return tab.value


def wait_for_python(notebook):
    notebook.locator(STATUS.format("unknown")).wait_for(state="attached")  # before it, there is no kernel to be idle
    notebook.locator(STATUS.format("idle")).wait_for(state="attached")


@pytest.fixture(scope="module")
def page(site):
    """Open a page of exercises."""
    page = site.context.new_page()
    page.goto(f"{site.address}{PAGE}.html")
    return page


@pytest.fixture(scope="module")
def notebook(site, page):
    """Open its notebook live, run the first cell and answer an exercise."""
    site.own.clear()
    notebook = opened(site, page)
    wait_for_python(notebook)
    run(notebook, "import numpy as np")
    run(notebook, "gradients_of_4_1 =", f"gradients_of_4_1 = {ANSWER}")
    return notebook


def run(notebook, text, code=None):
    """Run the cell that has this text, with other code in it where there is some, and return it."""
    cell = notebook.locator(".jp-CodeCell", has_text=text).first
    cell.locator(".cm-content").click()
    if code is not None:
        notebook.keyboard.press("Control+a")
        notebook.keyboard.insert_text(code)
    return finished(notebook)


def run_new(notebook, code):
    """Run code in a new cell below the one that is selected, and return it."""
    for key in ("Escape", "b", "Enter"):
        notebook.keyboard.press(key)
    notebook.keyboard.insert_text(code)
    return finished(notebook)


def finished(notebook):
    notebook.keyboard.press("Control+Enter")
    cell = notebook.locator(".jp-Cell.jp-mod-active")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=PATIENCE)
    return cell


def test_a_check_says_what_it_says_on_the_desk(notebook, site):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        check("4.1", ANSWER)
    cell = run(notebook, 'check("4.1"')
    expect(cell.locator(".jp-OutputArea-output").first).to_have_text(said.getvalue().strip())
    loaded = sum(site.files.values()) + sum(size for name, size in site.own.items() if name.startswith("lite/"))
    assert loaded == pytest.approx(PINS["kernel"]["bytes"], rel=0.05)


def test_sympy_is_shown_as_a_formula(notebook):
    cell = run_new(notebook, "sp.Symbol('x') ** 2 / 3")
    cell.locator("mjx-container").first.wait_for()


def test_matplotlib_draws(notebook):
    cell = run_new(notebook, "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4])\nplt.show()")
    cell.locator(".jp-OutputArea-output img").wait_for()


def test_an_interactive_follows_its_slider(notebook):
    code = "import ipywidgets\nslider = ipywidgets.IntSlider()\nlabel = ipywidgets.Label()\n"
    code += "slider.observe(lambda change: setattr(label, 'value', f'at {change.new}'), 'value')\n"
    cell = run_new(notebook, f"{code}ipywidgets.VBox([slider, label])")
    cell.locator(".noUi-handle").scroll_into_view_if_needed()
    handle = cell.locator(".noUi-handle").bounding_box()
    middle = (handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    notebook.mouse.move(*middle)
    notebook.mouse.down()
    notebook.mouse.move(middle[0] + 60, middle[1], steps=5)
    notebook.mouse.up()
    expect(cell.get_by_text(re.compile(r"at [1-9]\d*"))).to_be_visible()


def test_a_changed_notebook_is_kept(notebook, page, site):
    notebook.keyboard.press("Escape")
    notebook.keyboard.press("Control+s")
    notebook.wait_for_function(f"async () => !!await ({KEPT})('{PAGE}.ipynb')")
    notebook.close()
    again = opened(site, page)
    expect(again.locator(".jp-CodeCell", has_text="gradients_of_4_1 =").first).to_contain_text("'zero'")
    again.close()


def test_a_newer_edition_is_told_and_taken_and_nothing_is_lost(notebook, page, site):
    page.reload()
    assert page.locator(".bl-newer").count() == 0
    page.evaluate(
        """() => {
            const name = Object.keys(localStorage).find(name => name.includes('04_deriving'));
            localStorage.setItem(name, 'an edition of last year');
        }"""
    )
    page.reload()
    note = page.locator(".bl-newer")
    expect(note).to_contain_text("has changed in the book since you began yours", timeout=PATIENCE)
    mine = opened(site, page, "Open mine")
    expect(mine.locator(".jp-CodeCell", has_text="gradients_of_4_1 =").first).to_contain_text("'zero'")
    mine.close()
    note.get_by_role("button", name="Take the new one").click()
    expect(note).to_contain_text("Yours is kept as 04_deriving_backpropagation (mine 1).ipynb")
    new = opened(site, page)
    expect(new.locator(".jp-CodeCell", has_text="gradients_of_4_1 =").first).to_contain_text("NotImplementedError")
    new.close()
    kept = opened(site, page, "04_deriving_backpropagation (mine 1).ipynb")
    expect(kept.locator(".jp-CodeCell", has_text="gradients_of_4_1 =").first).to_contain_text("'zero'")
    kept.close()
    page.reload()
    assert page.locator(".bl-newer").count() == 0


def test_no_solution_is_among_the_files(site):
    files = site.context.request.get(f"{site.address}lite/api/contents/exercises/all.json").json()["content"]
    assert {file["name"] for file in files} == {path.name for path in (ROOT / "exercises").glob("*.ipynb")}
    for file in files:
        served = site.context.request.get(f"{site.address}lite/files/exercises/{file['name']}").body()
        assert served == (ROOT / "exercises" / file["name"]).read_bytes()


@pytest.mark.skipif(
    not os.environ.get("BACKPROP_LAB_EVERY_NOTEBOOK"), reason="asked for by BACKPROP_LAB_EVERY_NOTEBOOK"
)
@pytest.mark.parametrize("name", EVERY)
def test_every_notebook_runs_to_its_end(browser, name):
    with live_site(browser) as site:
        page = site.context.new_page()
        page.goto(f"{site.address}{name}.html")
        notebook = opened(site, page)
        wait_for_python(notebook)
        notebook.get_by_text("Run", exact=True).first.click()
        notebook.get_by_text("Run All Cells", exact=True).click()
        notebook.wait_for_function(RAN, timeout=20 * 60_000)
        notebook.keyboard.press("Control+s")
        notebook.wait_for_function(f"async () => !!await ({KEPT})('{name}.ipynb')")
        cells = [cell for cell in notebook.evaluate(KEPT, f"{name}.ipynb") if cell["cell_type"] == "code"]
        errors = [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
        assert json.dumps([[error["ename"], error["evalue"]] for error in errors]) == "[]"
        assert all(cell["execution_count"] for cell in cells)
