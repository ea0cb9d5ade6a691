"""The security checklist is complete, gives its reasons, and names tests that exist."""

from __future__ import annotations

import re

import pytest

from tests.processes import REPOSITORY

PAGE = (REPOSITORY / "docs" / "security-checklist.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (\w+) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
ITEMS = """
1.2.1-1.2.5 1.2.10 1.3.2 1.3.3 1.3.7 1.3.10 1.4.2 1.5.2
2.1.1-2.1.3 2.2.1-2.2.3 2.3.1-2.3.3 2.4.1
3.2.1 3.2.2 3.3.1-3.3.4 3.4.1-3.4.6 3.5.1-3.5.3 3.5.5 3.7.1
4.1.1 4.1.3 4.2.1 4.4.1-4.4.4
6.1.1-6.1.3 6.2.1-6.2.12 6.3.1-6.3.4 6.4.1-6.4.3
7.1.1 7.1.2 7.2.1-7.2.4 7.3.1 7.3.2 7.4.1-7.4.5 7.5.1 7.5.2
8.1.1 8.1.2 8.2.1-8.2.3 8.3.1 8.4.1
11.1.1 11.2.1-11.2.3 11.3.1-11.3.3 11.4.1 11.4.2 11.5.1 12.1.1 12.1.2 12.2.1 12.2.2 12.3.1-12.3.4
13.1.1 13.2.1-13.2.5 13.3.1 13.4.1-13.4.5
14.2.1 14.2.4 14.2.7 14.3.1-14.3.3
15.1.1-15.1.3 15.2.1-15.2.3 15.3.1 15.3.3 15.3.5
16.1.1 16.2.1-16.2.5 16.3.1-16.3.4 16.4.1-16.4.3 16.5.1-16.5.3
"""
"""Of levels 1 and 2 of the standard, those that such a program can have."""


def expanded() -> list[str]:
    found = []
    for part in ITEMS.split():
        first, _, last = part.partition("-")
        chapter, start = first.rsplit(".", 1)
        end = last.rsplit(".", 1)[1] if last else start
        found += [f"{chapter}.{number}" for number in range(int(start), int(end) + 1)]
    return found


def test_every_item_is_there_once_and_in_order() -> None:
    assert [row[0] for row in ROW.findall(PAGE)] == expanded()
    assert PAGE.count("\n| ") - 2 == len(expanded())


@pytest.mark.parametrize("row", ROW.findall(PAGE), ids=lambda row: row[0])
def test_an_item_is_done_or_exempt_with_a_reason_and_its_test_exists(row: tuple[str, ...]) -> None:
    _, _, state, reason, shown = row
    assert state in ("done", "exempt")
    assert reason.strip()
    if state == "exempt":
        assert len(reason.split()) >= 2
        assert not shown
    if shown:
        path, _, name = shown.strip("`").partition("::")
        text = (REPOSITORY / path).read_text(encoding="utf-8")
        assert re.search(rf"(def|class) {re.escape(name)}\b", text), shown
