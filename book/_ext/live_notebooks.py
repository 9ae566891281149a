"""Sphinx extension: a page that is a notebook has a button that opens it live, in JupyterLite (tools/live_site.py).

The button knows which edition of the notebook the book has, so that book/_live/lite.js can say when a reader has begun
with another.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from live_pages import PINS, ROOT

PAGES = re.compile(r"\d\d_|(exercises|repair)/|lab/\d")
BUTTON = """\
<div class="bl-notebook" data-notebook="{name}" data-edition="{edition}">
<a class="bl-live-link" href="{address}" target="_blank" rel="noopener">Open live</a>
<span>The whole notebook of the book in a new tab, with Python in your browser: nothing to install. It loads about
{megabytes} MB the first time. Run the first cell when Python is idle: the circle at the top right is empty. A loop that
never ends is stopped by restarting Python (↻).{apart}</span>
</div>
"""


def add_button(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the button below the title of a page."""
    if app.builder.format != "html" or not PAGES.match(docname):
        return
    name = f"{docname}.ipynb"
    source = ROOT / name if docname.startswith("exercises/") else Path(app.srcdir, name)
    button = BUTTON.format(
        name=name,
        edition=hashlib.sha256(source.read_bytes()).hexdigest()[:16],
        address=f"{relative_uri(app.builder.get_target_uri(docname), 'lite/notebooks/index.html')}?path={name}",
        megabytes=round(PINS["kernel"]["bytes"] / 1e6),
        apart=" What you write on this page is not in it." if docname.startswith("exercises/") else "",
    )
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, nodes.raw("", button, format="html"))


def add_script(app: Sphinx, pagename: str, templatename: str, context: dict[str, object], doctree: object) -> None:
    """Load the button's script and style where there is a button."""
    if PAGES.match(pagename) and templatename == "page.html":
        app.add_css_file("live/lite.css")
        app.add_js_file("live/lite.js", type="module")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the two hooks."""
    app.connect("doctree-resolved", add_button)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
