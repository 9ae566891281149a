"""The public names of the library: what a reader may look up."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import backprop_lab


def public_names() -> set[str]:
    """Return every public function and class with the module that it is written in; `__all__` decides, if any."""
    found = set()
    for information in pkgutil.walk_packages(backprop_lab.__path__, "backprop_lab."):
        if ".answer_key" in information.name:
            continue  # what exercises accept is not for readers
        module = importlib.import_module(information.name)
        for name in getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")]):
            value = getattr(module, name)
            here = getattr(value, "__module__", None) == module.__name__
            if here and (inspect.isroutine(value) or inspect.isclass(value)):
                found.add(f"{module.__name__}.{name}")
    return found
