"""Answers made from the tables themselves."""

from __future__ import annotations

import numpy as np

from backprop_lab.course.choice import Parts
from backprop_lab.course.function import Function
from backprop_lab.course.number import Number


def right_answer(exercise):
    kind = exercise.kind
    if isinstance(kind, Number):
        return kind.right(kind.setting())
    if isinstance(kind, Function):
        names = list(kind.inputs(np.random.default_rng(0), kind.widths[0]))
        return lambda *values: kind.right(**dict(zip(names, values, strict=True)))
    if isinstance(kind, Parts):
        return {name: choice.right for name, choice in kind.parts.items()}
    return kind.right
