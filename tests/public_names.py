"""The public names of the library: what a reader may look up."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import backprop_lab


def public_names() -> set[str]:
    """Return every public function and class with its module, where it is written."""
    found = set()
    for information in pkgutil.walk_packages(backprop_lab.__path__, "backprop_lab."):
        module = importlib.import_module(information.name)
        for name, value in vars(module).items():
            here = getattr(value, "__module__", None) == module.__name__
            if here and not name.startswith("_") and (inspect.isfunction(value) or inspect.isclass(value)):
                found.add(f"{module.__name__}.{name}")
    return found
