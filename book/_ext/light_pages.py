"""Sphinx extension: a page loads what it uses and no more, so that with its interactives it stays under a megabyte.

* The theme brings its icons twice, as fonts and as a script of half a megabyte: the script goes.
* Only the page of search results loads the search index, and the search field of the others leads there; only a page
  with tabs loads the script for them.
* Widgets have short names.
* Of the icons, in the fonts and in the style sheet, only those that the book shows are kept.
* Plots keep the 256 colours that they use most, and tenths of a point.
* The pages of the lab have few formulas: they are set as MathML when the book is built, and load no MathJax.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

from docutils import nodes
from fontTools.subset import Options, Subsetter, load_font, save_font
from PIL import Image
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from backprop_lab.widgets.frame import math
from live_pages import esbuild

FONTS = "vendor/fontawesome/webfonts"
SCRIPT = "scripts/fontawesome.js"
STYLES = "styles/pydata-sphinx-theme.css"
ICON = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\[0-9a-f]+"\}')
NAME = re.compile(r"fa-[a-z0-9-]+")
LAB = "lab/"
OWN = ("page.js", "book.css")


def drop_mathjax(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """Drop MathJax from the pages that have nothing for it to set."""
    if pagename.startswith(LAB):
        context["script_files"] = [
            script
            for script in context.get("script_files", [])
            if "mathjax" not in f"{script.filename} {script.attributes.get('body', '')}".lower()
        ]


def set_formulas(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Set the formulas of a page of the lab."""
    if app.builder.format != "html" or not docname.startswith(LAB):
        return
    for formula in [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]:
        block = isinstance(formula, nodes.math_block)
        mathml = math(formula.astext(), block)
        html = f'<div class="bl-formula">{mathml}</div>' if block else mathml
        formula.replace_self(nodes.raw("", html, format="html"))


def lighten(app: Sphinx, exception: Exception | None) -> None:
    """Drop the scripts that a page does not use, and make smaller what it does."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        unused = [SCRIPT, "sphinx-thebe.css"]
        unused += [] if page.name == "search.html" else ["searchindex.js", "searchtools.js", "language_data.js"]
        unused += [] if "sd-tab-set" in text else ["design-tabs.js"]
        light = short_names(re.sub(rf"<(script|link)\b[^>]*({'|'.join(unused)})[^>]*>(</script>)?", "", text))
        if light != text:
            page.write_text(light, encoding="utf-8")
    (out / "_static" / SCRIPT).unlink(missing_ok=True)
    cut_icons(out)
    for name in OWN:
        path = str(out / "_static" / name)
        esbuild(path, f"--outfile={path}", "--allow-overwrite")
    for path in (out / "_images").glob("*.png"):
        few_colours(path)
    for path in (out / "_images").glob("*.svg"):
        few_digits(path)


def short_names(page: str) -> str:
    """Give the widgets of a page short names: they have random ones of 32 letters, which can't be compressed."""
    names = {
        name: f"w{number:x}" for number, name in enumerate(dict.fromkeys(re.findall(r'"([0-9a-f]{32})": ?\{', page)))
    }
    return re.sub(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", lambda found: names.get(found[0], found[0]), page)


def cut_icons(out: Path) -> None:
    """Keep those icons, in the style sheet and in the fonts, that a page, a script or a style of the theme names."""
    named = set()
    for page in [*out.rglob("*.html"), *(out / "_static" / "scripts").glob("*theme*.js")]:
        named |= set(re.findall(r"\bfa-[a-z0-9-]+", page.read_text(encoding="utf-8")))
    sheet = out / "_static" / STYLES
    if not ICON.search(sheet.read_text(encoding="utf-8")):
        raise ExtensionError(
            f"{STYLES} of the theme names no icons as it did: see cut_icons in book/_ext/light_pages.py"
        )
    styles = ICON.sub(lambda rule: rule[0] if named & set(NAME.findall(rule[1])) else "", sheet.read_text("utf-8"))
    sheet.write_text(styles, encoding="utf-8")
    kept = icons_of(styles)
    for path in (out / "_static" / FONTS).glob("*.woff2"):
        options = Options(flavor="woff2", notdef_outline=True)
        font = load_font(str(path), options)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=kept)
        subsetter.subset(font)
        save_font(font, str(path), options)


def icons_of(styles: str) -> set[int]:
    """Return the icons of a style sheet: characters for private use, written as they are or by their number."""
    codes = {int(code, 16) for code in re.findall(r'"\\([0-9a-f]{4})"', styles)}
    return codes | {ord(letter) for letter in styles if "\ue000" <= letter <= "\uf8ff"}


def few_colours(path: Path) -> None:
    """Save a picture with 256 colours, if that makes it smaller."""
    small = BytesIO()
    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    if small.tell() < path.stat().st_size:
        path.write_bytes(small.getvalue())


def few_digits(path: Path) -> None:
    """Save a drawing with tenths of a point in its lines, and no finer."""
    drawing = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r' (?:d|x|y|points)="[^"]*"', lambda line: re.sub(r"(\.\d)\d+", r"\1", line[0]), drawing),
        encoding="utf-8",
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the three hooks."""
    app.connect("html-page-context", drop_mathjax, priority=901)
    app.connect("doctree-resolved", set_formulas)
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
