"""Every page works by itself: it asks no other host, nothing fails, formulas are set, and everybody can use it.

A page is opened once for all of its tests, and laid on a desk and on a telephone: opening it takes longer than they do.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import cache

import pytest
from fontTools.ttLib import TTFont
from sphinx.util.inventory import InventoryFile

from light_pages import FONTS, STYLES, icons_of
from public_names import public_names

from .conftest import HTML, ROOT, opening, pages

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TELEPHONE = 390
SCREENS = {"desk": ("light", 1280), "telephone": ("dark", TELEPHONE)}


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in pages()])
def name(request):
    """One page after the other; with `--dist loadgroup` the tests of a page stay together."""
    return request.param


@pytest.fixture(scope="module")
def opened(browser, site, name):
    with opening(browser, site) as visit:
        opened = visit(name)
        opened.page.add_style_tag(content="* { transition: none !important }")  # colours fade between the themes
        opened.page.wait_for_load_state("networkidle")
        opened.page.evaluate("() => window.MathJax && MathJax.startup.promise")
        yield opened


@pytest.fixture(scope="module", params=SCREENS)
def page(opened, request):
    theme, width = SCREENS[request.param]
    opened.page.emulate_media(color_scheme=theme)
    opened.page.set_viewport_size({"width": width, "height": 900})
    opened.page.locator(f"html[data-theme={theme}]").wait_for()
    return opened.page


def test_axe_finds_nothing_serious(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    serious = [
        f"{violation['id']}: {violation['help']}: {json.dumps([node['html'][:200] for node in violation['nodes'][:3]])}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_no_page_is_wider_than_its_screen(page):
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_page_asks_no_other_host_and_logs_no_error(opened):
    assert opened.outside == []
    assert opened.errors == []


def test_every_formula_of_a_page_is_set(opened):
    formulas = opened.page.locator(".math").count()
    assert opened.page.locator(".math mjx-container").count() >= formulas
    assert opened.page.locator("mjx-merror, merror").count() == 0


def test_every_picture_has_an_alternative_text(opened):
    texts = opened.page.locator("article img, article svg.bl-picture").evaluate_all(
        "nodes => nodes.map(node => node.getAttribute('alt') || node.getAttribute('aria-label') || '')"
    )
    assert [text for text in texts if len(text) <= 20] == []


@cache
def weight(path: str) -> int:
    """Return the bytes of a file of the site, compressed; most files are loaded by every page."""
    return len(gzip.compress((HTML / path).read_bytes()))


def test_a_page_with_all_that_it_loads_weighs_less_than_a_megabyte_compressed(opened):
    weights = {path: weight(path) for path in opened.loaded}
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:5]
    assert sum(weights.values()) < 1_000_000, heaviest


def test_the_icons_that_the_pages_show_are_still_in_the_fonts():
    static = HTML / "_static"
    drawn = {code for path in (static / FONTS).glob("*.woff2") for code in TTFont(path).getBestCmap()}
    shown = icons_of((static / STYLES).read_text(encoding="utf-8"))
    assert len(shown) > 20
    assert shown - drawn == set()


def documented() -> set[str]:
    """Return what the reference of the library has an entry for."""
    with (HTML / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, address: address)
    return {name for kind in inventory if kind.startswith("py:") for name in inventory[kind]}


def test_every_public_name_is_in_the_reference():
    assert sorted(public_names() - documented()) == []


def test_chapters_lead_from_their_code_to_the_reference():
    for path in sorted(HTML.glob("[01][0-9]_*.html")):
        assert re.search(r'"appendices/api/\w+\.html#backprop_lab', path.read_text(encoding="utf-8")), path.name


def test_every_term_of_the_glossary_is_reached_from_a_chapter():
    glossary = (HTML / "appendices" / "B_glossary.html").read_text(encoding="utf-8")
    entries = [re.findall(r'<dt id="(term-[^"]+)"', entry) for entry in glossary.split("</dd>")[:-1]]
    chapters = "".join(path.read_text(encoding="utf-8") for path in HTML.glob("[01][0-9]_*.html"))
    assert len(entries) > 100
    assert [terms for terms in entries if not any(f'B_glossary.html#{term}"' in chapters for term in terms)] == []
