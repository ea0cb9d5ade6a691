"""Captured frames: `tests/captures/*.txt`, three lines each: origin, frame, what it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "captures"


@dataclass(frozen=True)
class Captured:
    origin: str
    mark: str
    frame: str
    says: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.origin.split(':')[0]} {self.says.get('kind')}"


def captured(name: str) -> list[Captured]:
    found = []
    origin = mark = frame = ""
    for line in (HERE / name).read_text().splitlines():
        if line.startswith("# "):
            origin = line[2:]
        elif line[:2] in ("> ", "< "):
            mark, frame = line[0], line[2:]
        elif line.startswith("= "):
            found.append(Captured(origin, mark, frame, json.loads(line[2:])))
    assert found
    return found
