"""The sentences that modules make, found in their source: strings and f-strings as forms with `{}` for their places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path

__all__ = ["SOURCE", "Where", "form", "sentences"]

SOURCE = Path(__file__).parents[1] / "src/openress"
_PLACE = re.compile(r"\{[^{}]*\}")


class Where(Enum):
    """Which strings of a module are looked at; those without a blank never are."""

    ALL = "all but documentation"
    RAISED = "those in a `raise`, or in the making of an error, a refusal or a note"
    NOTED = "those in the making of a note"


def form(text: str) -> str:
    """A sentence form without the names of its places."""
    return _PLACE.sub("{}", text)


@cache
def sentences(module: str, where: Where) -> frozenset[str]:
    """All that a module may say, as forms."""
    tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
    wanted = {Where.ALL: lambda node: node is tree, Where.RAISED: _is_refusal, Where.NOTED: _is_note}[where]
    roots = [node for node in ast.walk(tree) if wanted(node)]
    return frozenset(form(text) for root in roots for text in _texts(root) if " " in text.strip())


def _is_refusal(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise) or _is_note(node):
        return True
    name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    return name == "Refused" or name.endswith("Error")


def _is_note(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "note"
    return isinstance(node.func, ast.Name) and node.func.id in ("note", "_note")


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant | ast.JoinedStr):
        yield from _readings(node)
        if isinstance(node, ast.JoinedStr):
            # What stands in a place may itself be put together of sentences.
            for place in node.values:
                if isinstance(place, ast.FormattedValue) and not _spelled_out(place.value):
                    yield from _texts(place.value)
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from _texts(child)


def _spelled_out(node: ast.expr) -> bool:
    """A place that is one of several fixed texts: it belongs to the sentence around it."""
    if isinstance(node, ast.IfExp):
        return _spelled_out(node.body) and _spelled_out(node.orelse)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _readings(node: ast.expr) -> list[str]:
    """Each way in which a string may read."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _readings(node.body) + _readings(node.orelse)
    if not isinstance(node, ast.JoinedStr):
        return []
    found = [""]
    for part in node.values:
        place = part.value if isinstance(part, ast.FormattedValue) else part
        several = _readings(place) if _spelled_out(place) else ["{}"]
        found = [before + text for before in found for text in several]
    return found
