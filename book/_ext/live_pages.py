"""Sphinx extension: code on chapters, exercises and repairs can be changed and run in the browser (book/_live/)."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "book" / "_live"
ENTRIES = ("live.js", "lite.js", "python.js", "worker.js", "live.css", "lite.css")  # the others are what these import
LIVE = re.compile(r"\d\d_|exercises/|repair/")
PINS = tomllib.loads((ROOT / "book" / "live.toml").read_text(encoding="utf-8"))


def bundle_scripts(app: Sphinx) -> None:
    """Write the scripts into _static, with CodeMirror; what a page may never need is a file of its own."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir, "_static", "live")
    options = ["--bundle", "--splitting", "--format=esm", "--target=es2022", "--chunk-names=[name]-[hash]"]
    esbuild(*(str(SCRIPTS / name) for name in ENTRIES), *options, f"--outdir={target}")


def esbuild(*arguments: str) -> None:
    """Call esbuild, which makes scripts and styles small."""
    found = [*ROOT.glob("node_modules/@esbuild/*/bin/esbuild"), *ROOT.glob("node_modules/@esbuild/*/esbuild.exe")]
    if not found:
        raise ExtensionError("node_modules has no esbuild: run `make setup`, which installs what package.json names")
    subprocess.run([str(found[0]), *arguments, "--minify", "--log-level=warning"], check=True)


def add_scripts(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """Put them on the pages that have live cells, and on no other."""
    if LIVE.match(pagename) and templatename == "page.html":
        app.add_css_file("live/live.css")
        app.add_js_file("live/live.js", type="module", **{"data-start-bytes": str(PINS["page"]["bytes"])})


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the two hooks."""
    app.connect("builder-inited", bundle_scripts)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
