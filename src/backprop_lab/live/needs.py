"""Find the statements above a cell that it needs.

A cell of a page is run by itself and from a clean start: what it shows never depends on the order in which the reader
pressed buttons. It needs the statements that bind the names which it uses, what those need, and what may have changed
these objects since: a statement that mentions them. A class or a function is changed only by what sets an attribute of
it, as `Network.forward = forward` does.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Statement", "needed", "statements"]

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
    changes : frozenset of str
        Names of whose objects it sets an attribute or an item.
    defines : bool
        Whether it only defines: an import, a function, a class.
    """

    cell: int
    node: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]
    changes: frozenset[str]
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
        uses, changes = frozenset(_used(top)), frozenset(_changed(node))
        found.append(Statement(cell, node, frozenset(binds), uses, changes, isinstance(node, DEFINITIONS)))
    return found


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if (symbol.is_referenced() and table.get_type() == "module") or symbol.is_global():
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _used(inner)


def _changed(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            whose: ast.expr = node
            while isinstance(whose, ast.Attribute | ast.Subscript):
                whose = whose.value
            if isinstance(whose, ast.Name):
                yield whose.id


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
    uses = {name for statement in statements(cells[-1]) for name in statement.uses}
    objects = {name for statement in above if not statement.defines for name in statement.binds}
    taken: set[int] = set()
    while True:
        new = {
            place
            for place, statement in enumerate(above)
            if place not in taken
            and (
                (statement.binds | statement.changes) & uses
                or (not statement.defines and _mentioned(statement, above) & uses & objects)
            )
        }
        if not new:
            return [above[place] for place in sorted(taken)]
        taken |= new
        uses |= {name for place in new for name in above[place].uses}


def _mentioned(statement: Statement, above: Sequence[Statement]) -> set[str]:
    """Return the names that a statement uses, also through the functions that it calls."""
    names: set[str] = set()
    fresh = set(statement.uses)
    while fresh:
        names |= fresh
        fresh = {name for other in above if other.defines and other.binds & fresh for name in other.uses} - names
    return names
