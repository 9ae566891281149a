"""From a click to the first checked answer in the reader's browser: on the page itself, beside JupyterLite alone.

Both answer the same exercise of the built book, with the same Pyodide, from a browser that has never seen the site.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.report import markdown, number
from benchmarks.rounds import Result
from benchmarks.sections.settings import Settings

TITLE = "Python in the browser"
EXERCISES = "exercises/05_one_step_by_hand"
WRONG, VERDICT = "z1 = W1 @ x", "5.3 not yet. You left out the bias."
ROUNDS = 3
PATIENCE = 120_000  # milliseconds


def run(settings: Settings) -> list[Result]:
    """Return seconds, processor seconds and bytes; nothing where there is no book, browser or Pyodide."""
    settings.say("browser")
    try:
        import psutil  # noqa: F401
        from playwright.sync_api import sync_playwright
        from tools.browser import HTML, find_chromium
    except ImportError:
        return []
    folder = os.environ.get("BACKPROP_LAB_PYODIDE")
    if find_chromium() is None or not (HTML / "lite").exists() or not folder:
        return []
    results: list[Result] = []
    with sync_playwright() as playwright:
        for _ in range(1 if settings.quick else ROUNDS):
            for name, answer in WAYS.items():
                results.append({"way": name, **_measured(playwright, Path(folder), answer)})
    return results


def _measured(playwright: Any, folder: Path, answer: Callable[[Any], str]) -> Result:
    from tools.browser import FLAGS, HTML, answer_with, find_chromium, served_book
    from tools.fetch_pyodide import PINS

    host, loaded = PINS["pyodide"]["address"], 0

    def reply(route: Any) -> None:
        nonlocal loaded
        address = route.request.url
        path = HTML / urlsplit(address).path.removeprefix("/")
        if address.startswith(host):
            path = folder / address.removeprefix(host)
            answer_with(route, path)
        else:
            route.continue_()
        loaded += path.stat().st_size if path.is_file() else 0

    with served_book() as address:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 1300})
        context.route("**/*", reply)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}{EXERCISES}.html")
        page.locator(".cm-content").first.wait_for()
        page.wait_for_load_state("networkidle")
        loaded, began, spent = 0, time.perf_counter(), _processor_seconds()
        said = answer(page)
        result = {"seconds": time.perf_counter() - began, "processor": _processor_seconds() - spent, "bytes": loaded}
        browser.close()
    if said != VERDICT:
        raise AssertionError(f"the verdict was {said!r}, expected {VERDICT!r}")
    return result


def _processor_seconds() -> float:
    """Return what all processes of the browser have spent."""
    import psutil

    children = psutil.Process().children(recursive=True)
    times = [child.cpu_times() for child in children if "chrom" in child.name()]
    return sum(each.user + each.system for each in times)


def _on_the_page(page: Any) -> str:
    cell = page.locator(".tag_live-id-answer-5-3")
    cell.locator(".cm-content").fill(WRONG)
    cell.get_by_role("button", name="Check", exact=True).click()
    return str(cell.locator(".bl-verdict").inner_text())


def _in_jupyterlite(page: Any) -> str:
    with page.context.expect_page() as tab:
        page.get_by_role("link", name="Open live", exact=True).click()
    notebook = tab.value
    notebook.set_default_timeout(PATIENCE)
    for status in ("unknown", "idle"):
        notebook.locator(f".jp-Notebook-ExecutionIndicator[data-status={status}]").wait_for(state="attached")
    for text, code in (("import numpy", None), ("x, y = np.array", None), ("z1 = None", WRONG), ('check("5.3"', None)):
        cell = notebook.locator(".jp-CodeCell", has_text=text).first
        cell.locator(".cm-content").click()
        if code:
            notebook.keyboard.press("Control+a")
            notebook.keyboard.insert_text(code)
        notebook.keyboard.press("Control+Enter")
        notebook.locator(".jp-Cell.jp-mod-active .jp-InputPrompt", has_text=re.compile(r"\[\d+\]:")).wait_for()
    said = notebook.locator(".jp-Cell.jp-mod-active .jp-OutputArea-output").first.inner_text()
    return " ".join(str(said).split())


WAYS = {"on the page": _on_the_page, "in JupyterLite": _in_jupyterlite}


def table(entries: list[Result]) -> str:
    """Return the section in Markdown."""
    if not entries:
        return "*Not measured: there is no built book, no Chromium, or BACKPROP_LAB_PYODIDE names no folder.*"
    best = {
        way: {key: min(e[key] for e in entries if e["way"] == way) for key in ("seconds", "processor", "bytes")}
        for way in WAYS
    }
    rows = [
        [way, number(b["seconds"]), number(b["processor"]), number(b["bytes"] / 1e6), number(b["processor"] / page)]
        for page in [best["on the page"]["processor"]]
        for way, b in best.items()
    ]
    return (
        "From a click to the first checked answer, in a browser that has nothing of the site yet; the best of "
        f"{len(entries) // len(WAYS)} rounds. The bytes are as files, before a host compresses them.\n\n"
        + markdown(["where", "seconds", "processor seconds", "megabytes", "processor time over the page's"], rows)
    )
