"""Every reference of the book is in references.bib, complete, under its author's name, and none is there in vain."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import nbformat
import pytest
from pybtex.database import Entry, parse_file

BOOK = Path(__file__).resolve().parent.parent / "book"
FILE = BOOK / "references.bib"
WHOLE = BOOK / "appendices" / "C_history_and_reading.ipynb"  # has the bibliography of the whole book
PAGES = [path for path in sorted(BOOK.rglob("*")) if path.suffix in (".ipynb", ".md") and "_build" not in path.parts]
CITED = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
PLACES = ("doi", "url", "eprint", "publisher", "journal", "booktitle", "school", "institution")
NAMED_OTHERWISE = {"3B1B2017", "CS231n", "Roofline2009"}  # a channel, a course, a model: not by author and year

ENTRIES = parse_file(FILE).entries


def source(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")


def keys_of(path: Path) -> list[str]:
    return [key.strip() for keys in CITED.findall(source(path)) for key in keys.split(",")]


CITING = [path for path in PAGES if ".ipynb_checkpoints" not in path.parts and keys_of(path)]


@pytest.mark.parametrize("path", CITING, ids=lambda path: path.stem)
def test_every_key_that_a_page_cites_exists_and_is_listed_on_the_page(path: Path) -> None:
    prefixes = set(re.findall(r"^:keyprefix: (\S+)$", source(path), re.MULTILINE))
    for key in keys_of(path):
        prefix, _, name = key.partition("-")
        assert name in ENTRIES, key
        assert f"{prefix}-" in prefixes, key


def test_every_entry_is_cited_somewhere() -> None:
    cited = {key.partition("-")[2] for path in CITING for key in keys_of(path)}
    assert sorted(ENTRIES.keys() - cited) == []


def test_no_key_is_there_twice() -> None:
    keys = [key.lower() for key in re.findall(r"^@\w+\{(\w+),", FILE.read_text(encoding="utf-8"), re.MULTILINE)]
    assert sorted(keys) == sorted(key.lower() for key in ENTRIES)


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_says_who_what_when_and_where(key: str) -> None:
    entry = ENTRIES[key]
    assert entry.persons["author"]
    assert entry.fields["title"]
    assert re.fullmatch(r"(19|20)\d\d", entry.fields["year"])
    assert any(entry.fields.get(place) for place in PLACES)
    assert re.fullmatch(r"10\.\d{4,9}/\S+", entry.fields.get("doi", "10.1000/none"))
    assert re.fullmatch(r"\d{4}\.\d{4,5}", entry.fields.get("eprint", "0000.0000"))


@pytest.mark.parametrize("key", sorted(ENTRIES.keys() - NAMED_OTHERWISE))
def test_a_key_is_the_first_author_and_the_year(key: str) -> None:
    assert re.fullmatch(rf"{first_author(ENTRIES[key])}[A-Za-z]*{ENTRIES[key].fields['year']}", key)


def first_author(entry: Entry) -> str:
    """Return the family name of the first author as it stands in a key: letters without accents."""
    person = entry.persons["author"][0]
    name = "".join([*person.prelast_names, *person.last_names]).replace("ø", "o")
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if letter.isascii() and letter.isalpha())


def test_the_whole_bibliography_has_every_entry_in_one_of_its_parts() -> None:
    filters = re.findall(r"^:filter: (.+)$", source(WHOLE), re.MULTILINE)
    assert len(filters) > 1
    for key, entry in ENTRIES.items():
        parts = [part for part in filters if eval(part, {"year": entry.fields["year"]})]  # our own words
        assert len(parts) == 1, key
