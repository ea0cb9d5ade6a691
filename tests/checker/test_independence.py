"""The checker is a second opinion only as long as it takes nothing but two types from the BMS."""

from __future__ import annotations

import ast
from pathlib import Path

import openress.checker

ALLOWED = {("openress.bms.decision", "Decision"), ("openress.bms.measure", "Measurement")}
LAYERS_BELOW = ("openress.checker", "openress.model", "openress.params", "openress.products")


def test_nothing_of_the_bms_is_used_but_what_passes_in_and_out() -> None:
    files = sorted(Path(openress.checker.__path__[0]).glob("*.py"))
    assert len(files) > 5
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not [name.name for name in node.names if name.name.startswith("openress")], file
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("openress"):
                module = node.module or ""
                used = {(module, name.name) for name in node.names}
                assert module.startswith(LAYERS_BELOW) or used <= ALLOWED, (file.name, used)
