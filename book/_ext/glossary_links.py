"""Sphinx extension: the first time that a page has a term of the glossary in bold, it is a link to its entry."""

from __future__ import annotations

import re
from collections.abc import Container

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "appendices/B_glossary"


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn bold terms into links."""
    if app.builder.format != "html" or docname == GLOSSARY:
        return
    terms = {
        name.lower(): anchor
        for name, _, kind, document, anchor, _ in app.env.get_domain("std").get_objects()
        if kind == "term" and document == GLOSSARY
    }
    for bold in list(doctree.findall(nodes.strong)):
        if isinstance(bold.parent, nodes.reference):
            continue
        anchor = terms.pop(singular(bold.astext(), terms), None)
        if anchor:
            address = app.builder.get_relative_uri(docname, GLOSSARY)
            link = nodes.reference("", "", internal=True, refuri=f"{address}#{anchor}", classes=["bl-term"])
            bold.replace_self(link)
            link += bold


def singular(text: str, terms: Container[str]) -> str:
    """Return how a bold word would stand in the glossary: without its article, its full stop and its plural."""
    word = re.sub(r"^(an?|the) ", "", " ".join(text.split()).rstrip(".,:").lower())
    for ending, one in (("ies", "y"), ("es", ""), ("s", "")):
        if word not in terms and word.endswith(ending) and word.removesuffix(ending) + one in terms:
            return word.removesuffix(ending) + one
    return word


def setup(app: Sphinx) -> dict[str, bool]:
    """Link once all pages are read, so that the glossary is known."""
    app.connect("doctree-resolved", link_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
