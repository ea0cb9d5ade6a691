"""Every captured question of an inverter is answered, with the frame, length and check that the documents state."""

from __future__ import annotations

import pytest
from tests.captured import Captured, captured
from tests.protocols.seriallines import answers, battery, sealed, text
from tests.samples import rack

from openress.protocols.inverter.recognise import SerialListener

LENID = {0x4F: 0, 0x51: 0x40, 0x61: 0x62, 0x62: 0x08, 0x63: 0x12, 0x92: 0x14, 0x93: 0x22, 0x96: 0x0C, 0x44: 0x42}
"""Characters of INFO, chapter by chapter; 44 for 16 cells and 5 sensors. 42 follows from its cells, sensors and P."""
ANALOG_BYTES = 2 + 1 + 16 * 2 + 1 + 5 * 2 + 2 + 2 + 2 + 1 + 2 + 2 + 6


def questions(name: str) -> list[Captured]:
    return [known for known in captured(name) if known.mark == ">" and known.says.get("kind") != "error"]


def asked(known: Captured) -> bytes:
    return known.frame.encode() + b"\r" if known.frame.startswith("~") else bytes.fromhex(known.frame)


@pytest.mark.parametrize("known", questions("pylontech-rs485.txt"), ids=str)
def test_a_question_in_letters(known: Captured) -> None:
    question = asked(known)
    address, code = int(question[3:5], 16), int(question[7:9], 16)
    found = answers(battery("pylontech"), question, rack(1))
    if address not in (0, 2) or (address == 0 and code not in (0x4F, 0x51)):
        assert found == []
        return
    (answer,) = found
    info = answer[13:-5].decode()
    rtn = int(answer[7:9], 16)
    # The same frame, put together without the package: length, its check and the sum are right.
    assert answer == text(int(answer[3:5], 16), rtn, info, version=int(answer[1:3], 16))
    if rtn:
        assert info == ""
    elif code in LENID:
        assert len(info) == LENID[code]
    elif code == 0x42:
        assert len(info) == 2 * ANALOG_BYTES


REGISTERS = [(name, known) for name in ("growatt-485", "voltronic-485") for known in questions(f"{name}.txt")]


@pytest.mark.parametrize(("dialect", "known"), REGISTERS, ids=str)
def test_a_question_for_registers(dialect: str, known: Captured) -> None:
    question = asked(known)
    found = answers(battery(dialect), question, rack(1))
    if question[0] != 1:
        assert found == []
        return
    (answer,) = found
    assert answer == sealed(*answer[:-2])
    assert answer[0] == 1
    if answer[1] & 0x80:
        return
    assert answer[1] == question[1]
    if question[1] == 3:
        count = int.from_bytes(question[4:6], "big")
        head = [count >> 8, count & 255] if dialect == "voltronic-485" else [2 * count]
        assert list(answer[2 : 2 + len(head)]) == head
        assert len(answer) == 2 + len(head) + 2 * count + 2


def test_the_captured_question_of_an_spf_is_answered_with_38_bytes() -> None:
    """What works on an SPF 6000 ES Plus: state of charge in the sixth word, limit of charge in the tenth."""
    told = rack(1)
    assert told.analog is not None
    assert told.analog.soc_pct is not None
    (answer,) = answers(battery("growatt-485"), bytes.fromhex("01030010001305C2"), told)
    assert answer[:3] == bytes.fromhex("010326")
    assert int.from_bytes(answer[3 + 10 : 3 + 12], "big") == int(told.analog.soc_pct)
    assert int.from_bytes(answer[3 + 18 : 3 + 20], "big") == 5000


@pytest.mark.parametrize("known", questions("pylontech-rs485.txt")[:1], ids=str)
def test_a_captured_question_is_one_to_the_listener(known: Captured) -> None:
    listener = SerialListener()
    assert not listener.feed(asked(known), 0.0).rival
