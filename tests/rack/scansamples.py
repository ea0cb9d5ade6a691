"""How the tests of scans look at one."""

from __future__ import annotations

from tests.busrack import BusRack
from tests.scanning import US, Scanned, only_questions


def checked(rack: BusRack, scanned: Scanned) -> Scanned:
    """The scan, when the record shows that it sent nothing but questions."""
    assert only_questions(rack.by(US))
    return scanned
