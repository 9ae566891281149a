"""Every page works by itself: it asks no other host, nothing fails, formulas are set, and everybody can use it."""

from __future__ import annotations

import gzip
import json

import pytest
from fontTools.ttLib import TTFont
from light_pages import FONTS, STYLES, icons_of

from .conftest import HTML, ROOT, THEMES, pages

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", pages())
def test_a_page_asks_no_other_host_and_logs_no_error(visit, name, theme):
    seen = visit(name, theme=theme)
    seen.page.wait_for_timeout(500)
    assert seen.outside == []
    assert seen.errors == []


@pytest.mark.parametrize("name", pages())
def test_every_formula_of_a_page_is_set(visit, name):
    page = visit(name).page
    page.evaluate("() => window.MathJax && MathJax.startup.promise")
    formulas = page.locator(".math").count()
    assert page.locator(".math mjx-container").count() >= formulas
    assert page.locator("mjx-merror, merror").count() == 0


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize("name", pages())
def test_axe_finds_nothing_serious(visit, name, width, theme):
    page = visit(name, theme=theme, width=width).page
    page.wait_for_timeout(300)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    serious = [
        f"{violation['id']}: {violation['help']}: {json.dumps([node['html'][:200] for node in violation['nodes'][:3]])}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("name", pages())
def test_no_page_is_wider_than_a_telephone(visit, name):
    page = visit(name, width=390).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", pages())
def test_every_picture_has_an_alternative_text(visit, name):
    page = visit(name).page
    pictures = page.locator("article img, article svg.bl-picture")
    for index in range(pictures.count()):
        picture = pictures.nth(index)
        text = picture.get_attribute("alt") or picture.get_attribute("aria-label") or ""
        assert len(text) > 20, picture.evaluate("node => node.outerHTML.slice(0, 200)")


@pytest.mark.parametrize("name", pages())
def test_a_page_with_all_that_it_loads_weighs_less_than_a_megabyte_compressed(visit, name):
    seen = visit(name)
    seen.page.wait_for_load_state("networkidle")
    weights = {url: len(gzip.compress(body())) for url, body in list(seen.loaded.items())}  # reading one may load more
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:5]
    assert sum(weights.values()) < 1_000_000, heaviest


def test_the_icons_that_the_pages_show_are_still_in_the_fonts():
    static = HTML / "_static"
    drawn = {code for path in (static / FONTS).glob("*.woff2") for code in TTFont(path).getBestCmap()}
    shown = icons_of((static / STYLES).read_text(encoding="utf-8"))
    assert len(shown) > 20
    assert shown - drawn == set()
