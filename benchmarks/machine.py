"""What the numbers were measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DISTRIBUTIONS = (
    *("backprop-lab", "numpy", "scipy", "sympy", "torch", "jax", "jaxlib", "autograd", "scikit-learn", "micrograd"),
    "threadpoolctl",
)

# Settings of one library, which the others do not heed.
ONE_SIDED = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "NPY_DISABLE_CPU",
    "NPY_ENABLE_CPU",
    "ATEN_CPU",
    "ONEDNN_",
    "XLA_",
)


def describe() -> dict[str, Any]:
    """Return the processor, the cores, the system and the versions of what was measured; None: not installed."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": _memory(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "blas": _blas(),
        "settings": {name: os.environ[name] for name in sorted(os.environ) if name.startswith(ONE_SIDED)},
        "versions": {name: _version(name) for name in DISTRIBUTIONS},
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(line.partition(":")[::2] for line in reversed(lines) if ":" in line)
    named = {name.strip(): value.strip() for name, value in fields.items()}
    family = f", family {named['cpu family']}, model {named['model']}" if "cpu family" in named else ""
    return f"{named.get('model name', platform.machine())}{family}"


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _blas() -> list[str]:
    import numpy as np
    from threadpoolctl import threadpool_info

    np.dot(np.ones((2, 2)), np.ones((2, 2)))
    return sorted(
        {
            f"{pool['internal_api']} {pool.get('version')} {pool.get('architecture', '')}".strip()
            for pool in threadpool_info()
            if pool["user_api"] == "blas"
        }
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
