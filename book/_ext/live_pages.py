"""Sphinx extension: code on chapters, exercises and repairs can be changed and run in the browser (book/_live/)."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "book" / "_live"
EDITOR = SCRIPTS / "editor.js"  # it imports CodeMirror: bundled, not copied
LIVE = re.compile(r"\d\d_|exercises/|repair/")
PINS = tomllib.loads((ROOT / "book" / "live.toml").read_text(encoding="utf-8"))


def copy_scripts(app: Sphinx) -> None:
    """Copy the scripts into _static, the editor with what it imports."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir, "_static", "live")
    target.mkdir(parents=True, exist_ok=True)
    for path in SCRIPTS.iterdir():
        if path != EDITOR:
            shutil.copy2(path, target)
    bundle(target / EDITOR.name)


def bundle(target: Path) -> None:
    """Write the editor and all that it imports into one file."""
    found = [*ROOT.glob("node_modules/@esbuild/*/bin/esbuild"), *ROOT.glob("node_modules/@esbuild/*/esbuild.exe")]
    if not found:
        raise ExtensionError("node_modules has no esbuild: run `make setup`, which installs what package.json names")
    options = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning", f"--outfile={target}"]
    subprocess.run([str(found[0]), str(EDITOR), *options], check=True)


def add_scripts(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """Put them on the pages that have live cells, and on no other."""
    if LIVE.match(pagename) and templatename == "page.html":
        app.add_css_file("live/live.css")
        app.add_js_file("live/live.js", type="module", **{"data-start-bytes": str(PINS["page"]["bytes"])})


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the two hooks."""
    app.connect("builder-inited", copy_scripts)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
