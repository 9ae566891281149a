"""The book with its live parts, as a host serves it; Pyodide's own host is answered from a folder.

The folder with Pyodide's official files is named by the environment variable BACKPROP_LAB_PYODIDE. Every other host is
refused, and counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Route
from tools.browser import HTML, answer_with, served_book

from fetch_pyodide import PINS

PREFIX = "/course/"  # a project's pages lie in a folder of their host
VARIABLE = "BACKPROP_LAB_PYODIDE"


@dataclass
class LiveSite:
    """A browser on the book with its live parts, and what it has asked for."""

    address: str
    context: BrowserContext
    pyodide: Path
    refused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)  # of Pyodide: the bytes of each
    own: dict[str, int] = field(default_factory=dict)  # of the book: the same

    def answer(self, route: Route) -> None:
        """Let the book's own addresses pass, answer Pyodide's from the folder, refuse all others."""
        address = route.request.url
        host = PINS["pyodide"]["address"]
        if address.startswith(("data:", "blob:")):
            route.continue_()
        elif address.startswith(self.address):
            name = urlsplit(address.removeprefix(self.address)).path
            if (HTML / name).is_file():
                self.own[name] = (HTML / name).stat().st_size
            route.continue_()
        elif address == urljoin(self.address, "/favicon.ico"):  # a browser asks for it by itself
            route.fulfill(status=404)
        elif not address.startswith(host):
            self.refused.append(address)
            route.abort()
        elif (path := self.pyodide / address.removeprefix(host)).is_file():
            self.files[path.name] = path.stat().st_size
            answer_with(route, path)
        else:
            self.missing.append(address)
            route.fulfill(status=404)


@contextmanager
def live_site(browser: Browser, **options: Any) -> Iterator[LiveSite]:
    """Serve the book and open a browser on it, which may ask no other host; skip the test where there is no Pyodide."""
    if not os.environ.get(VARIABLE):
        pytest.skip(f"{VARIABLE} names no folder with Pyodide {PINS['pyodide']['version']}")
    context = browser.new_context(viewport={"width": 1280, "height": 1300}, **options)
    try:
        with served_book(PREFIX) as address:
            site = LiveSite(address, context, Path(os.environ[VARIABLE]))
            context.route("**/*", site.answer)
            yield site
            assert site.refused == site.missing == []
    finally:
        context.close()
