"""Find the statements above a cell that it needs.

A cell of a page is run by itself and with fresh names: what it shows does not depend on the order in which the reader
pressed buttons. It needs the statements that bind the names which it uses, what those need, and what may have changed
these objects since: a call of one of their methods, a function that was given one, an assignment to a part of one. A
class or a function is changed only by what sets an attribute of it, as `Network.forward = forward` does.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Statement", "needed", "statements"]

BUILT_IN = frozenset(dir(builtins))  # these change nothing that they are given
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Statement:
    """A statement at the top of a cell.

    Attributes
    ----------
    cell : int
        The place of its cell.
    node : ast.stmt
        With the line numbers of the cell.
    binds, uses : frozenset of str
        Names that it binds, and names that it or a function in it looks up.
    sets, touches : frozenset of str
        Names of whose objects it sets an attribute or an item, and of those that it may have changed in any way.
    defines : bool
        Whether it only defines: an import, a function, a class.
    """

    cell: int
    node: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]
    sets: frozenset[str]
    touches: frozenset[str]
    defines: bool


def statements(source: str, cell: int = 0) -> list[Statement]:
    """Split a cell.

    Raises
    ------
    SyntaxError
        If it is no Python.
    """
    found = []
    for node in ast.parse(source).body:
        top = symtable.symtable(ast.unparse(node), "<cell>", "exec")
        binds = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            binds = {"*"}  # any name
        uses = frozenset(_used(top))
        sets, touches = frozenset(_set(node)), frozenset(_touched(node, uses))
        found.append(Statement(cell, node, frozenset(binds), uses, sets, touches, isinstance(node, DEFINITIONS)))
    return found


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if (symbol.is_referenced() and table.get_type() == "module") or symbol.is_global():
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _used(inner)


def _set(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield from _owner(node)


def _owner(node: ast.expr) -> Iterator[str]:
    """Yield the name that an attribute of an attribute of it is of, if it is one."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _touched(statement: ast.stmt, uses: frozenset[str]) -> Iterator[str]:
    if any(_set(statement)) or any(isinstance(node, ast.AugAssign) for node in ast.walk(statement)):
        yield from uses  # what it changes may be a part of any of them
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute):
            yield from _owner(node.func)
        if not (isinstance(node.func, ast.Name) and node.func.id in BUILT_IN):
            for given in [*node.args, *(keyword.value for keyword in node.keywords)]:
                yield from _owner(given.value if isinstance(given, ast.Starred) else given)


def needed(cells: Sequence[str]) -> list[Statement]:
    """Return the statements that the last of these cells needs of the others, in order.

    A cell that is no Python gives nothing, as if it had not been run.
    """
    above: list[Statement] = []
    for place, source in enumerate(cells[:-1]):
        try:
            above += statements(source, place)
        except SyntaxError:
            continue
    shown = {name for statement in above if _imports_widgets(statement) for name in statement.binds}
    above = [each for each in above if not (isinstance(each.node, ast.Expr) and each.uses & shown)]
    uses = {name for statement in statements(cells[-1]) for name in statement.uses}
    objects = {name for statement in above if not statement.defines for name in statement.binds}
    touched = [set() if each.defines else _touched_by(each, above) & objects for each in above]
    taken: set[int] = set()
    while True:
        new = {
            place
            for place, statement in enumerate(above)
            if place not in taken
            and ((statement.binds | statement.sets | touched[place]) & uses or "*" in statement.binds)
        }
        if not new:
            return [above[place] for place in sorted(taken)]
        taken |= new
        uses |= {name for place in new for name in above[place].uses}


def _imports_widgets(statement: Statement) -> bool:
    """Say whether it imports interactives: they change nothing, and need what a page does not have."""
    node = statement.node
    return isinstance(node, ast.ImportFrom) and str(node.module).startswith("backprop_lab.widgets")


def _touched_by(statement: Statement, above: Sequence[Statement]) -> set[str]:
    """Return the names of what a statement may have changed, also through the functions that it calls."""
    touched, seen = set(statement.touches), set(statement.uses)
    fresh = seen
    while fresh:
        called = [other for other in above if other.defines and other.binds & fresh]
        touched |= {name for other in called for name in other.touches}
        fresh = {name for other in called for name in other.uses} - seen
        seen = seen | fresh
    return touched
