"""What a gateway hands over, as it is kept: damage, another time, another product."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.bench import new_hold
from tests.gateway.handoversamples import FOUND

from openress.errors import FrameError
from openress.gateway.caps import Caps
from openress.gateway.handover import HandOver, from_text, to_text
from openress.gateway.handoverfile import HandOverFile, boot_id, hand_over_file
from openress.gateway.hold import State
from openress.inverters import FailSafe
from openress.model import Limits


@settings(max_examples=100)
@given(
    st.floats(0.0, 1e6), st.floats(0.0, 100.0), st.floats(0.0, 20.0), st.floats(0.0, 65.0), st.floats(0.0, 500.0),
    st.frozensets(st.integers(1, 64)), st.booleans(),
)  # fmt: skip
def test_what_is_written_is_what_is_read(
    told_s: float, age_s: float, fresh_s: float, volts: float, amps: float, packs: frozenset[int], flag: bool
):
    data_s = told_s - age_s
    limits = Limits(data_s, volts, amps, None, 48.0, charge_enabled=flag, discharge_enabled=None)
    remote = Caps(charge_current_a=amps) if flag else None
    found = HandOver(
        told_s, data_s, fresh_s, limits, tuple(sorted(packs)), remote, told_s + 5.0, full=flag, empty=not flag,
        dialect="growatt-485" if flag else None,
    )  # fmt: skip
    assert from_text(to_text(found, "this", "boot"), "this", "boot") == found


@settings(max_examples=100)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_damaged_byte_passes(place: int, change: int):
    text = bytearray(to_text(FOUND, "this", "boot").encode())
    text[place % len(text)] ^= change
    try:
        found = from_text(text.decode("utf-8", "replace"), "this", "boot")
    except FrameError:
        return
    # The only marks that mean nothing are blanks between values.
    assert found == FOUND


def test_what_is_not_ours_is_not_used():
    text = to_text(FOUND, "Victron on can0", "boot")
    for session, boot, sentence in (
        ("SMA on can0", "boot", "of another inverter, line or rack"),
        ("Victron on can0", "later", "from before this computer was started"),
    ):
        with pytest.raises(FrameError, match=sentence):
            from_text(text, session, boot)
    for broken in ("", "{}", "[]", text[:-9], text.replace("80.0", "81.0"), "[" * 5000):
        with pytest.raises(FrameError, match="damaged"):
            from_text(broken, "Victron on can0", "boot")


@pytest.mark.parametrize(
    ("key", "value"), [("told_s", "soon"), ("packs", 3), ("limits", {}), ("told_s", True), ("dialect", 3)]
)
def test_what_makes_no_sense_is_not_used(key: str, value: Any, monkeypatch):
    whole = json.loads(to_text(FOUND, "this", "boot"))
    whole["body"][key] = value
    monkeypatch.setattr("openress.gateway.handover._check", lambda _body: whole["check"])
    with pytest.raises(FrameError, match="makes no sense"):
        from_text(json.dumps(whole), "this", "boot")


@pytest.mark.parametrize(
    ("now_s", "sentence"), [(40.5, "lies in the future"), (70.0, "values are 30 s old"), (9000.0, "8960 s old")]
)
def test_what_is_of_another_time_is_not_used(now_s: float, sentence: str):
    hold = new_hold(FailSafe(silent_after_s=30.0))
    why_not = hold.take_over(FOUND, now_s)
    assert why_not is not None
    assert sentence in why_not
    assert hold.tell(now_s).state is State.WAITING


def test_the_product_and_the_person_bound_a_hand_over_too():
    hold = new_hold(caps=Caps(charge_current_a=10.0), full=Caps(discharge_current_a=30.0))
    assert hold.take_over(FOUND, 42.0) is None
    rack = hold.tell(42.0).rack
    assert rack is not None
    assert rack.limits is not None
    assert (rack.limits.charge_current_limit_a, rack.limits.discharge_current_limit_a) == (10.0, 30.0)


def test_the_file_holds_the_last_one_and_says_why_not(tmp_path):
    said: list[str] = []
    file = hand_over_file("Victron on can0", said.append, {"RUNTIME_DIRECTORY": str(tmp_path)})
    assert file is not None
    assert file.read() is None
    file.write(FOUND)
    file.write(replace(FOUND, told_s=42.0))
    assert file.read() == replace(FOUND, told_s=42.0)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == [file.path.name]
    assert said == []
    assert HandOverFile(file.path, "SMA on can0", said.append, boot_id()).read() is None
    file.path.write_bytes(b"\xff\xfe")
    assert file.read() is None
    assert said == [
        "The hand-over is of another inverter, line or rack and is not used.",
        f"The hand-over {file.path} cannot be read and is not used.",
    ]


def test_a_file_that_cannot_be_written_is_said_once(tmp_path):
    said: list[str] = []
    file = HandOverFile(tmp_path / "nowhere" / "gateway.json", "this", said.append, boot_id())
    file.write(FOUND)
    file.write(FOUND)
    assert len(said) == 1
    assert "cannot be written" in said[0]


def test_without_a_folder_in_memory_there_is_no_file(tmp_path):
    assert hand_over_file("this", print, {}) is None
    assert hand_over_file("this", print, {"XDG_RUNTIME_DIR": str(tmp_path / "missing")}) is None
