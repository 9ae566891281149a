"""From a key press to the answer: each interactive of the built lab, beside a page that only exchanges the HTML."""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.report import markdown, number
from benchmarks.rounds import Result
from benchmarks.sections.settings import Settings

TITLE = "Interactives"
PRESSES = 60

# Run in the page. A press is answered when the new frame is in the document and laid out. The peer hears the same key
# and only puts the same HTML where the frame stands: the least that any interactive could do.
MEASURE = """
async ([css, presses]) => {
    const player = document.querySelector(css), handle = player.querySelector(".bl-stage [role=slider]");
    const shown = () => player.querySelector(".bl-stage .bl-sentence")?.closest(".widget-html-content");
    const turn = () => new Promise((done) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    });
    const press = async (name) => {
        const before = shown(), start = performance.now();
        handle.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
        while ((!shown() || shown() === before) && performance.now() - start < 300) await turn();
        player.getBoundingClientRect();
        return shown() === before ? null : performance.now() - start;
    };
    const copy = document.createElement("div");
    player.append(copy);
    const ours = [], bare = [];
    await press("Home");
    let name = "ArrowRight", stuck = 0;
    while (ours.length < presses && stuck < 3) {
        const time = await press(name);
        if (time === null) { name = name === "ArrowRight" ? "ArrowLeft" : "ArrowRight"; stuck++; continue; }
        stuck = 0;
        ours.push(time);
        const html = shown().innerHTML, start = performance.now();
        copy.innerHTML = html;
        player.getBoundingClientRect();
        bare.push(performance.now() - start);
    }
    copy.remove();
    return { ours, bare };
}
"""


def run(settings: Settings) -> list[Result]:
    """Return milliseconds a press for each interactive that has a slider; nothing where there is no book or browser."""
    settings.say("interactives")
    try:
        from playwright.sync_api import sync_playwright
        from tools.browser import FLAGS, HTML, find_chromium, served_book
    except ImportError:
        return []
    if find_chromium() is None or not HTML.exists():
        return []
    pages = sorted(path.name for path in (HTML / "lab").glob("*.html"))
    results: list[Result] = []
    with served_book() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for name in pages[:1] if settings.quick else pages:
            page.goto(f"{address}lab/{name}")
            page.locator(".bl-player .bl-title").last.wait_for()
            page.wait_for_timeout(1000)  # for the others of the page
            results += _measure(page, name)
        browser.close()
    return results


def _measure(page: Any, name: str) -> list[Result]:
    results = []
    for player in page.locator(".bl-player:not(.bl-check)").all():
        player.locator("button, [role=slider]").first.wait_for()
        question = player.locator(".bl-predict button")
        if question.count():
            question.last.click()
        player.locator(".bl-stage .bl-sentence").wait_for()
        if player.locator(".bl-stage [role=slider]").count() == 0:
            continue
        title = player.locator(".bl-title").inner_text()
        css = "." + next(c for c in player.get_attribute("class").split() if c.startswith("bl-") and c != "bl-player")
        times = page.evaluate(MEASURE, [css, PRESSES])
        if times["ours"]:
            results.append({"page": name, "title": title, **times})
    return results


def table(entries: list[Result]) -> str:
    """Return the section in Markdown."""
    if not entries:
        return "*Not measured: there is no built book, or no Chromium.*"
    rows = []
    for e in entries:
        ours, bare = statistics.median(e["ours"]), statistics.median(e["bare"])
        rows.append([e["title"], f"{len(e['ours'])}", number(ours), number(max(e["ours"])), number(ours / bare)])
    return (
        "Milliseconds from a key press until the new frame is in the document and laid out; beside it that time "
        "over the time of a page that only exchanges the same HTML.\n\n"
        + markdown(["interactive", "presses", "median ms", "slowest ms", "over the bare exchange"], rows)
    )
