"""Keep a chapter's tests in one process: its notebook is run there once, and what its answers ask is found once."""

from __future__ import annotations

from pathlib import Path

import pytest


def chapter(path: Path) -> pytest.MarkDecorator:
    """Return the mark of the tests of a chapter, for `--dist loadgroup`."""
    return pytest.mark.xdist_group(path.stem)
