"""A real browser on the built book, served on localhost; every request to another host is refused and counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, Route, sync_playwright
from tools.browser import FLAGS, HTML, find_chromium, served_book

__all__ = ["HTML", "ROOT", "THEMES", "opening", "pages"]

ROOT = Path(__file__).resolve().parents[2]
THEMES = ("light", "dark")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested."""
    if find_chromium() is None:
        terminalreporter.section("PAGE TESTS WERE SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.write_line("There is no Chromium on this machine, so no page of the book was opened.")
        terminalreporter.write_line("Install it (Debian: apt-get install chromium) and run  make pages")
    elif not os.environ.get("BACKPROP_LAB_PYODIDE"):
        terminalreporter.section("PYTHON IN THE BROWSER WAS NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.write_line(
            "BACKPROP_LAB_PYODIDE names no folder with Pyodide's files (book/live.toml says which)."
        )


@dataclass
class Visit:
    """A page in the browser, and what went wrong on it."""

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    loaded: set[str] = field(default_factory=set)  # the files of the site that it loaded


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        if os.environ.get("BACKPROP_LAB_REQUIRE_BROWSER"):
            pytest.fail("BACKPROP_LAB_REQUIRE_BROWSER is set, but there is no Chromium")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with served_book() as address:
        yield address


@contextmanager
def opening(browser: Browser, site: str) -> Iterator[Callable[..., Visit]]:
    """Give a function that opens pages, and close them in the end."""
    contexts: list[BrowserContext] = []

    def open_page(name: str, *, theme: str = "light", width: int = 1280, scripts: bool = True) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=scripts, has_touch=True
        )
        contexts.append(context)
        seen = Visit(context.new_page())

        def route(route: Route) -> None:
            if route.request.url.startswith((site, "data:", "blob:")):
                route.continue_()
            else:
                seen.outside.append(route.request.url)
                route.abort()

        def load(response: Response) -> None:
            if response.url.startswith(site):
                seen.loaded.add(unquote(urlsplit(response.url).path.removeprefix("/")))

        def listen(message: ConsoleMessage) -> None:
            if message.type == "error":
                seen.errors.append(message.text)

        seen.page.route("**/*", route)
        seen.page.on("console", listen)
        seen.page.on("response", load)
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.goto(site + name)
        seen.page.wait_for_load_state("load")
        if scripts and seen.page.locator("script[type='application/vnd.jupyter.widget-state+json']").count():
            seen.page.locator(".bl-player").first.wait_for()
        return seen

    try:
        yield open_page
    finally:
        for context in contexts:
            context.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Visit]]:
    """Open a page: `visit("index.html", theme="dark", width=390)` returns a Visit."""
    with opening(browser, site) as open_page:
        yield open_page


def pages() -> list[str]:
    """Return the pages of the book that a reader meets, in the order of the table of contents."""
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
    return [f"{name}.html" for name in [toc["root"], *_files(toc["parts"])]]


def _files(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        if "file" in entry:
            yield entry["file"]
        yield from _files([*entry.get("chapters", ()), *entry.get("sections", ())])
