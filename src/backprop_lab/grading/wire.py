"""What crosses between judge and worker: JSON frames of plain numbers, text, arrays, lists and expressions.

No pickle, nothing is evaluated. `encode` runs where the student's code runs and may lie, as the student's code may;
`decode` trusts nothing: it builds base types, arrays of numbers and expressions from a list of allowed ones.
"""

from __future__ import annotations

import array
import ast
import base64
import json
import math
import numbers
import os
import re
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

__all__ = ["Opaque", "Refused", "decode", "encode", "receive", "send"]

MOST_BYTES = 32 << 20  # of a frame
DEEPEST = 20
LONGEST_EXPRESSION, LARGEST_EXPONENT = 20_000, 10_000
FLOAT = re.compile(r"-?\d{0,1000}\.?\d{0,1000}(e[-+]?\d{1,4})?", re.IGNORECASE)
LETTERS = str.maketrans(dict.fromkeys("_{}()^\\',", "a"))  # in the name of a symbol, besides letters and digits


class Refused(ValueError):  # noqa: N818
    """A frame holds something that may not cross."""


class Opaque:
    """A thing that stays with the student: only the name of its type crosses."""

    def __init__(self, type_name: str) -> None:
        self.described = f"a thing of type {type_name}"


# ------------------------------------------------------------------ frames


def send(descriptor: int, message: Any) -> None:
    """Write one message.

    Raises
    ------
    OSError
        If nobody reads any more.
    """
    data = json.dumps(message).encode()
    data = struct.pack(">I", len(data)) + data
    while data:
        data = data[os.write(descriptor, data[: 1 << 20]) :]


def receive(descriptor: int) -> Any:
    """Read one message.

    Raises
    ------
    EOFError
        If the other side is gone.
    Refused
        If it is too long, or not JSON.
    """
    (length,) = struct.unpack(">I", _read(descriptor, 4))
    if length > MOST_BYTES:
        raise Refused("a frame is too long")
    try:
        return json.loads(_read(descriptor, length))
    except (ValueError, RecursionError) as error:
        raise Refused("a frame is not JSON") from error


def _read(descriptor: int, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = os.read(descriptor, min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


# ------------------------------------------------------------------ values


def encode(value: Any, keep: Callable[[Any], int] | None = None, depth: int = 0) -> Any:
    """Return a value as JSON. Of a subclass only the base type crosses.

    Parameters
    ----------
    keep : callable, optional
        Called with a function, returns the number by which the other side may ask to call it.
    """
    if value is None or value is True or value is False:
        return value
    if depth > DEEPEST:
        return {"opaque": "something too deep"}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return _encode_array(np.asarray(value))
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        return {**_encode_array(np.asarray(value)), "scalar": True}
    if isinstance(value, str):
        return {"text": str.__str__(value)}
    if isinstance(value, int):
        return {"int": hex(int.__index__(value))}
    if isinstance(value, float):
        return {"float": float.hex(float.__float__(value))}
    if isinstance(value, complex):
        return {"complex": [float.hex(value.real), float.hex(value.imag)]}
    for name, base in (("list", list), ("tuple", tuple), ("set", set | frozenset)):
        if isinstance(value, base):
            return {name: [encode(entry, keep, depth + 1) for entry in value]}
    if isinstance(value, dict):
        return {"dict": [[encode(k, keep, depth + 1), encode(v, keep, depth + 1)] for k, v in dict.items(value)]}
    if any((base.__module__ or "").startswith("sympy") for base in type(value).__mro__):
        import sympy

        if isinstance(value, sympy.Basic | sympy.MatrixBase):
            return {"sympy": sympy.srepr(value)}
    if isinstance(value, numbers.Real | Decimal):
        return {"float": float.hex(float(value))}
    if isinstance(value, range | np.ndarray):  # an array of things: SymPy's numbers, for instance
        return encode(value.tolist() if isinstance(value, np.ndarray) else list(value), keep, depth + 1)
    if isinstance(value, array.array) or (hasattr(value, "__array__") and not isinstance(value, type)):
        return encode(np.array(value, float), keep, depth + 1)
    if value is NotImplementedError or isinstance(value, NotImplementedError):
        return None  # a place where an answer still has to go
    if value is Ellipsis or value is NotImplemented:
        return None
    if keep is not None and callable(value):
        return {"function": keep(value), "name": str(getattr(value, "__name__", type(value).__name__))[:80]}
    return {"opaque": type(value).__name__[:80]}


def _encode_array(array: Any) -> dict[str, Any]:
    plain = np.ascontiguousarray(array).reshape(array.shape)
    return {"array": base64.b64encode(plain.tobytes()).decode(), "type": plain.dtype.str, "shape": list(plain.shape)}


def decode(item: Any, function: Callable[[int, str], Any] | None = None) -> Any:
    """Return the value that was encoded.

    Parameters
    ----------
    function : callable, optional
        Called with the number and the name of a function of the other side, returns what stands for it here.

    Raises
    ------
    Refused
        If it is none of what may cross.
    """
    try:
        return _decode(item, function)
    except Refused:
        raise
    except Exception as error:  # wrong keys, wrong types, wrong lengths: all forged
        raise Refused(f"a value can't be read ({type(error).__name__})") from error


def _decode(item: Any, function: Callable[[int, str], Any] | None) -> Any:
    if item is None or isinstance(item, bool):
        return item
    kind = next(iter(item))
    content = item[kind]
    match kind:
        case "int":
            return int(str(content)[:10_000], 16)
        case "float":
            return float.fromhex(content)
        case "complex":
            return complex(*map(float.fromhex, content))
        case "text":
            return str(content)
        case "array":
            return _decode_array(item)
        case "list":
            return [_decode(entry, function) for entry in content]
        case "tuple":
            return tuple(_decode(entry, function) for entry in content)
        case "set":
            return {_decode(entry, function) for entry in content}
        case "dict":
            return {_decode(key, function): _decode(value, function) for key, value in content}
        case "sympy":
            try:
                return expression(content)
            except Refused:
                return Opaque("expression that can't be compared")
        case "function":
            return function(int(content), str(item["name"])[:80]) if function else Opaque(str(item["name"])[:80])
        case "opaque":
            return Opaque(str(content)[:80])
    raise Refused(f"there is no kind {str(kind)[:40]}")


def _decode_array(item: dict[str, Any]) -> Any:
    dtype = np.dtype(str(item["type"]))
    if dtype.kind not in "biufc":
        raise Refused(f"arrays of {dtype} do not cross")
    shape = [int(n) for n in item["shape"]]
    if math.prod(shape) * dtype.itemsize > MOST_BYTES:
        raise Refused("an array is too large")
    array = np.frombuffer(base64.b64decode(item["array"]), dtype).reshape(shape).astype(dtype.newbyteorder("="))
    return array[()] if item.get("scalar") else array


# ------------------------------------------------------------------ expressions, without evaluating text

# Constructors.
ALLOWED = """
    Sum Subs Symbol Dummy Integer Rational Float Add Mul Pow exp log sin cos tan asin acos atan atan2 sinh cosh tanh
    asinh acosh atanh sech csch coth sec csc cot sqrt Abs sign Max Min Heaviside DiracDelta Piecewise
    StrictLessThan LessThan StrictGreaterThan GreaterThan Equality Unequality And Or Not Tuple Derivative
    Integral KroneckerDelta erf conjugate re im ImmutableDenseMatrix MutableDenseMatrix
""".split()  # noqa: SIM905  # one word a line reads worse
CONSTANTS = ("pi", "E", "I", "oo", "zoo", "nan", "true", "false", "EulerGamma")


def expression(text: Any) -> Any:
    """Return the SymPy expression whose `srepr` this is, built from the allowed constructors alone.

    Raises
    ------
    Refused
        If it is too long, or anything else is in it.
    """
    if not isinstance(text, str) or len(text) > LONGEST_EXPRESSION:
        raise Refused("an expression is too long")
    try:
        return _build(ast.parse(text, mode="eval").body)
    except Refused:
        raise
    except (Exception, RecursionError, MemoryError) as error:
        raise Refused(f"an expression can't be read ({type(error).__name__})") from error


def _build(node: ast.AST) -> Any:
    import sympy

    match node:
        case ast.Constant(value=int() | float() | str() | bool() | None):
            return node.value
        case ast.UnaryOp(op=ast.USub()):
            return -_build(node.operand)
        case ast.Name() if node.id in CONSTANTS:
            return getattr(sympy, node.id)
        case ast.List() | ast.Tuple():
            return [_build(entry) for entry in node.elts]
        case ast.Call(func=ast.Name(id=name)):
            return _constructed(node, name)
        case ast.Call(func=ast.Call(func=ast.Name(id="Function"), args=[name])):
            return sympy.Function(_symbol_name(_build(name)))(*[_build(entry) for entry in node.args])
    raise Refused(f"{type(node).__name__} is not allowed in an expression")


def _constructed(node: ast.Call, name: str) -> Any:
    import sympy
    from sympy.functions.elementary.piecewise import ExprCondPair

    if name not in ALLOWED and name != "ExprCondPair":
        raise Refused(f"{name[:40]} is not allowed in an expression")
    arguments = [_build(entry) for entry in node.args]
    options = {word.arg: _build(word.value) for word in node.keywords if word.arg and word.arg != "dummy_index"}
    if name in ("Symbol", "Dummy"):
        return getattr(sympy, name)(_symbol_name(arguments[0]), **{key: bool(v) for key, v in options.items()})
    if name == "Float":
        if not FLOAT.fullmatch(str(arguments[0])):
            raise Refused("a number is written as none")
        return sympy.Float(str(arguments[0]), precision=min(int(options.get("precision", 53)), 2000))
    if name == "Pow" and all(getattr(each, "is_number", False) for each in arguments):
        base, exponent = arguments
        digits = len(str(base.p)) + len(str(base.q)) if base.is_Rational else 1
        if not abs(exponent) * digits <= LARGEST_EXPONENT:
            raise Refused("a power is too large")
    constructor = ExprCondPair if name == "ExprCondPair" else getattr(sympy, name)
    return constructor(*arguments, **{key: bool(value) for key, value in options.items()})


def _symbol_name(name: Any) -> str:
    if not isinstance(name, str) or len(name) > 100 or not name.translate(LETTERS).isalnum():
        raise Refused("a symbol has a name that is none")
    return name
