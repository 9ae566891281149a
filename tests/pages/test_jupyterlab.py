"""Promise: the same interactives work in JupyterLab, and take a reader's own input there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import TimeoutError  # noqa: A004  # the one that the page raises

from frames import numbers
from interactives import make

CELLS = ["from backprop_lab.widgets import nudge", "nudge()"]
PATIENCE = 30_000  # milliseconds: a kernel has to start


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[str]:
    """Start JupyterLab on a notebook of its own, and yield the notebook's address."""
    folder: Path = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / "own.ipynb")
    settings = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    log = (folder / "log").open("w")
    options = ["--no-browser", "--allow-root", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    options += [
        "--ServerApp.port=0",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options], stdout=log, stderr=log, env=os.environ | settings
    )
    try:
        yield f"{_address(folder / 'log', server)}lab/tree/own.ipynb"
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def _address(log: Path, server: subprocess.Popen) -> str:
    for _ in range(240):
        if found := re.search(r"(http://(?:localhost|127\.0\.0\.1):\d+/)", log.read_text()):
            try:
                urllib.request.urlopen(found[1] + "api", timeout=2).close()
                return found[1].replace("localhost", "127.0.0.1")
            except OSError:
                pass
        assert server.poll() is None, log.read_text()
        time.sleep(0.25)
    raise RuntimeError(log.read_text())


def _runs(page) -> bool:
    """Run all cells once the kernel is ready; return whether the interactive has appeared."""
    try:
        page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for(timeout=PATIENCE)
        page.get_by_text("Run", exact=True).first.click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.locator(".bl-nudge").wait_for(timeout=PATIENCE)
    except TimeoutError:
        return False
    return True


@pytest.fixture(scope="module")
def notebook(browser, lab):
    """Open the notebook and run all its cells."""
    page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    for _ in range(5):  # on a busy machine the page may be asked before its parts are ready: then it is loaded again
        page.goto(lab)
        if _runs(page):
            break
    page.locator(".bl-nudge").wait_for()
    yield page
    page.context.close()


def opened(page, css_class: str):
    """Return an interactive, its prediction answered."""
    box = page.locator(css_class)
    box.scroll_into_view_if_needed()
    if box.locator(".bl-stage").count() == 0:
        box.locator(".bl-predict").get_by_role("button", name="B", exact=True).click()
    box.locator(".bl-stage").wait_for()
    return box


def test_the_controls_choose_the_same_frames_as_on_the_page(notebook):
    box, player = opened(notebook, ".bl-nudge"), make("nudge")
    box.locator("select").select_option(index=2)
    box.locator(".bl-back").click()
    place = player.controls[1].index - 1
    notebook.wait_for_timeout(500)
    shown = box.locator(".bl-stage td.bl-value").all_inner_texts()
    assert shown == re.findall(r'<td class="bl-value">(.*?)</td>', player.shown(2, place))


def test_a_reader_types_an_example_of_their_own(notebook):
    from backprop_lab import Network
    from backprop_lab.examples import worked_example

    box, (network, x, _) = opened(notebook, ".bl-nudge"), worked_example()
    target = box.locator(".bl-own input").nth(1)
    target.fill("0.9")
    target.press("Tab")
    box.get_by_role("button", name="Compute").click()
    box.get_by_text("Computed.").wait_for(timeout=PATIENCE)
    notebook.wait_for_timeout(500)
    which = network.parameters.size - 3
    expected = network.gradients(x, [[0.9]]).vector[which]
    assert isinstance(network, Network)
    assert numbers(box.locator(".bl-stage td.bl-value").first.inner_text())[0] == pytest.approx(expected, rel=1e-3)


def test_bad_input_is_answered_and_nothing_is_lost(notebook):
    box = opened(notebook, ".bl-nudge")
    before = box.locator(".bl-stage .bl-sentence").inner_text()
    first = box.locator(".bl-own input").first
    first.fill("0.05; many")
    first.press("Tab")
    box.get_by_role("button", name="Compute").click()
    alert = box.get_by_role("alert")
    alert.wait_for(timeout=PATIENCE)
    assert "not a number" in alert.inner_text()
    assert box.locator(".bl-stage .bl-sentence").inner_text() == before
