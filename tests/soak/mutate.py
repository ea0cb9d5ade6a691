"""Changes one thing at a time in a module and asks whether its tests notice: comparison, number, operator, line.

Run it by hand for one module: `python -m tests.soak.mutate openress.bms.judge`. POSIX only, since every mutant lives in
a forked process that has everything but the packages under test loaded already.
"""

from __future__ import annotations

import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

SOURCES = Path(__file__).parents[2] / "src"
TOO_LONG_S = 120
"""A mutant that runs for so long never ends, and is noticed by that."""

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
NOT_BEHAVIOUR = ("__all__", "__slots__")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, what, and the whole module with it."""

    line: int
    what: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every single change of a module."""
    tree = ast.parse(source)
    for index, node in enumerate(_behaviour(tree)):
        for what, change in _changes(node):
            other = copy.deepcopy(tree)
            change(_behaviour(other)[index])
            yield Mutant(getattr(node, "lineno", 0), what, ast.unparse(ast.fix_missing_locations(other)))


def _behaviour(tree: ast.Module) -> list[ast.AST]:
    """All nodes but annotations, decorators, type aliases, docstrings and names of names; always in one order."""
    found: list[ast.AST] = []

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in NOT_BEHAVIOUR or isinstance(node.value, ast.Subscript):
                return
        found.append(node)
        for part, value in ast.iter_fields(node):
            if part in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    visit(child)

    visit(tree)
    return found


def _changes(node: ast.AST) -> list[tuple[str, object]]:
    match node:
        case ast.Compare(ops=ops):
            return [(f"{_word(op)} to {_word(SWAPS[type(op)]())}", _swap_compare(at)) for at, op in enumerate(ops)]
        case ast.BoolOp(op=op) | ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in SWAPS:
            return [(f"{_word(op)} to {_word(SWAPS[type(op)]())}", _swap_operator), *_removed(node)]
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            return [(f"without {_word(node.op)}", _plain)]
        case ast.Constant(value=bool()):
            return [(f"{node.value} flipped", _flip)]
        case ast.Constant(value=int() | float()):
            return [(f"{node.value} + 1", _shift(1)), (f"{node.value} - 1", _shift(-1))]
        case _:
            return _removed(node)


def _removed(node: ast.AST) -> list[tuple[str, object]]:
    # A module's and a class's own statements are its names; only what functions do is removed.
    done = isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.Continue)
    called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    if (done or called) and getattr(node, "col_offset", 0) >= 4:
        return [(f"without `{ast.unparse(node)}`", _nothing)]
    return []


def _swap_compare(at: int) -> object:
    def change(node: ast.Compare) -> None:
        node.ops[at] = SWAPS[type(node.ops[at])]()  # type: ignore[call-overload]  # swaps stay of their kind

    return change


def _swap_operator(node: ast.BoolOp | ast.BinOp | ast.AugAssign) -> None:
    node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]  # swaps stay of their kind


def _plain(node: ast.UnaryOp) -> None:
    node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
    if isinstance(node.op, ast.Not):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)


def _flip(node: ast.Constant) -> None:
    node.value = not node.value


def _shift(by: int) -> object:
    def change(node: ast.Constant) -> None:
        node.value += by

    return change


def _nothing(node: ast.stmt) -> None:
    node.__class__ = ast.Pass  # type: ignore[assignment]  # the node stays where it is in its parent
    node._fields = ()


def _word(op: ast.AST) -> str:
    return type(op).__name__


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from other source."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the import system gives it
        target: ModuleType | None = None,  # noqa: ARG002 - likewise
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, f"<{self.name}, changed>", "exec"), module.__dict__)  # noqa: S102 - our own source


def noticed(module: str, mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether a test fails, or never ends, with the mutant in place of `module`."""
    child = os.fork()
    if child == 0:
        signal.alarm(TOO_LONG_S)
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        sys.meta_path.insert(0, _Instead(module, mutant.source))
        for name in [name for name in sys.modules if name.startswith(("openress", "tests.bms"))]:
            del sys.modules[name]
        code = 1
        try:
            code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *tests]))
        finally:
            os._exit(1 if code else 0)
    _, status = os.waitpid(child, 0)
    return status != 0


def survivors(module: str, tests: Sequence[str], *, every: int = 1) -> tuple[list[Mutant], int]:
    """The mutants of a module that no test notices, and how many were tried; `every` n-th alone is."""
    path = SOURCES / Path(*module.split(".")).with_suffix(".py")
    tried = list(mutants(path.read_text(encoding="utf-8")))[::every]
    return [mutant for mutant in tried if not noticed(module, mutant, tests)], len(tried)


if __name__ == "__main__":
    left, count = survivors(sys.argv[1], sys.argv[2:] or ["tests/bms"])
    for mutant in left:
        print(f"{sys.argv[1]}:{mutant.line}: {mutant.what}")  # noqa: T201 - a tool's own output
    print(f"{count - len(left)} of {count} noticed")  # noqa: T201
