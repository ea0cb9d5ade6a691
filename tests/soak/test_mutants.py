"""The tests of the protections and limits notice nearly every single change of the code.

Changes that no test can notice, because they change nothing that shows:

- `protect`: the shortcut for a quiet signal and its mask (speed only); `>=` against `>` behind the microsecond of
  tolerance; `return 0` against `return None`; times of trips and of a restart that the next step overwrites; a row
  without a release value, which has no such path.
- `limits`: `<=` against `<` at the points of curves, which are continuous, and where values are equal; the shortcut
  for a calm range (speed only); the first time step, which is not used; `points[0:]`.
"""

from __future__ import annotations

import os

import pytest
from tests.soak.mutate import SOURCES, Mutant, mutants, noticed, survivors

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="every mutant lives in a forked process"),
]

MODULES = {
    "openress.bms.judge": ("tests/bms/test_protect.py", "tests/bms/test_limits.py"),
    "openress.bms.protect": ("tests/bms/test_protect.py", "tests/bms/test_lockout.py", "tests/bms/test_core.py"),
    "openress.bms.limits": ("tests/bms/test_limits.py",),
}
WANTED = 0.9


@pytest.mark.parametrize("module", MODULES)
def test_nearly_every_change_is_noticed(module: str) -> None:
    left, tried = survivors(module, MODULES[module])
    assert tried > 40
    assert len(left) <= (1 - WANTED) * tried, [f"{mutant.line}: {mutant.what}" for mutant in left]


def test_an_unchanged_module_is_not_noticed() -> None:
    path = SOURCES / "openress" / "bms" / "judge.py"
    same = Mutant(0, "nothing", path.read_text(encoding="utf-8"))
    assert not noticed("openress.bms.judge", same, MODULES["openress.bms.judge"])


def test_every_kind_of_change_is_made() -> None:
    source = "def f(x):\n    if not x and x < 1:\n        return -x\n    x = x + 2\n    g(x)\n    return x is True\n"
    words = {mutant.what for mutant in mutants(source)}
    assert {
        "And to Or", "without Not", "Lt to LtE", "1 + 1", "1 - 1", "without `return -x`", "without USub",
        "Add to Sub", "without `x = x + 2`", "without `g(x)`", "Is to IsNot", "True flipped",
    } <= words  # fmt: skip
