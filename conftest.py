"""Rules for all tests: what nbval compares in the notebooks."""

from __future__ import annotations

import os
import tempfile

import pytest

# What a test or a notebook solves is no progress of whoever runs it.
os.environ["BACKPROP_LAB_HOME"] = tempfile.mkdtemp(prefix="backprop-lab-test-")

# The stored notebooks keep text only (tools/notebooks.py), so what else a cell shows has nothing to be compared with.
PICTURES = ("image/svg+xml", "text/html", "text/markdown")


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Tell nbval to compare text and to leave pictures alone."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare = (*collector.skip_compare, *PICTURES)
