"""Sphinx extension: what a cell prints stands on the page as it was printed.

A kernel sends it in pieces, cut by chance. MyST-NB joins them and ends each with a line break, so that a line could be
broken in its middle; here they are joined as they are.
"""

from __future__ import annotations

from typing import Any

from myst_nb.core import render
from sphinx.application import Sphinx

finish = render.coalesce_streams


def joined(outputs: list[Any]) -> list[Any]:
    """Join the pieces of each stream, and leave the rest to MyST-NB."""
    whole: list[Any] = []
    streams: dict[str, Any] = {}
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
            continue
        if output["output_type"] == "stream":
            streams[output["name"]] = output
        whole.append(output)
    return finish(whole)


def setup(app: Sphinx) -> dict[str, bool]:
    """Put it in the place of MyST-NB's."""
    render.coalesce_streams = joined
    return {"parallel_read_safe": True, "parallel_write_safe": True}
