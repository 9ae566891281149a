"""Every item of the sources whose chapter exists is marked in the book, and no mark is made up."""

from __future__ import annotations

import coverage_of_sources as coverage


def test_every_item_of_a_chapter_that_exists_is_met():
    rows, places = coverage.items(), coverage.met()
    missing = [
        key for key, row in rows.items() if coverage.first_chapter(row) in coverage.chapters() and key not in places
    ]
    assert missing == []


def test_every_mark_names_an_item_of_the_sources():
    assert set(coverage.met()) <= set(coverage.items())


def test_the_list_has_all_380_items():
    assert len(coverage.items()) == 380
