"""What the programs of chapter 15 have in common."""

import numpy as np


def kind(gradient):
    """Say in a word what a gradient is."""
    if gradient is None:
        return "None"
    return "numbers" if np.asarray(gradient).any() else "zeros"


def count(arrays, wrap=lambda body: body):
    """Call a wrapped function, and count how often its lines run."""
    seen = []

    def body(x):
        seen.append(x.shape)
        return x * x

    call = wrap(body)
    for x in arrays:
        call(x)
    return len(seen)
