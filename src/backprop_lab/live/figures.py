"""Say where figures go, before there are any: this imports no matplotlib, `backprop_lab.live.backend` does."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["show", "shown_with"]

_put: Callable[[str], None] | None = None


@contextmanager
def shown_with(put: Callable[[str], None] | None) -> Iterator[None]:
    """Hand each figure that is shown meanwhile, or left open, to `put`: the address of a picture, a `data:` URL."""
    global _put
    _put = put
    try:
        yield
    finally:
        show()
        _put = None


def show(*, block: bool | None = None) -> None:
    """Show the figures that are open, and close them, as a notebook does. Matplotlib calls it for `plt.show()`."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    if _put:
        for number in pyplot.get_fignums():
            picture = io.BytesIO()
            pyplot.figure(number).savefig(picture, format="svg", bbox_inches="tight")
            _put(f"data:image/svg+xml;base64,{base64.b64encode(picture.getvalue()).decode()}")
    pyplot.close("all")
