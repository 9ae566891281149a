"""Rules for all tests: what nbval compares in the notebooks."""

from __future__ import annotations

import pytest

# The stored notebooks keep text only (tools/notebooks.py), so pictures and HTML have nothing to be compared with.
PICTURES = ("image/svg+xml", "text/html")


def pytest_configure(config: pytest.Config) -> None:
    """Tell nbval to compare text and to leave pictures alone."""
    if config.getoption("--nbval", default=False):
        from nbval.plugin import IPyNbCell

        added = tuple(mime for mime in PICTURES if mime not in IPyNbCell.skip_compare)
        IPyNbCell.skip_compare = (*IPyNbCell.skip_compare, *added)
