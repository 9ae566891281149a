"""The machine's Chromium on the built book, served on localhost: for the page tests and the benchmarks."""

from __future__ import annotations

import contextlib
import functools
import http.server
import mimetypes
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HTML = Path(__file__).resolve().parents[1] / "book" / "_build" / "html"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the path of the machine's Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def answer_with(route: Any, path: Path) -> None:
    """Answer a request to another host, which Playwright has stopped, with a file."""
    kind = "application/wasm" if path.suffix == ".wasm" else mimetypes.guess_type(path.name)[0]
    headers = {"content-type": kind or "application/octet-stream", "access-control-allow-origin": "*"}
    route.fulfill(body=path.read_bytes(), headers=headers)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        super().__init__(*args, **options)

    def translate_path(self, path: str) -> str:
        """Return the file of a page, or one that does not exist where the address is outside of the prefix."""
        return super().translate_path(path.removeprefix(self.prefix) if path.startswith(self.prefix) else "/outside")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        pass


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that leaves a page closes the connections that it no longer needs."""


@contextlib.contextmanager
def served_book(prefix: str = "/") -> Iterator[str]:
    """Serve the built book below a prefix, and yield its address; a FileNotFoundError says where there is none."""
    if not (HTML / "index.html").exists():
        raise FileNotFoundError("the book is not built: run  make book")
    server = _Server(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(HTML), prefix=prefix))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()
