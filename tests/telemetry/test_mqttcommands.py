"""Commands over MQTT: numbers only, caps only, and each lapses."""

from __future__ import annotations

import pytest

from openress.errors import ParameterError
from openress.gateway.caps import Caps
from openress.telemetry.mqttcommands import COMMANDS, RemoteCaps


def test_a_cap_holds_for_a_minute_and_is_said_once() -> None:
    remote = RemoteCaps()
    assert remote.take("charge_current_limit_a", b"20", 0.0) == (
        "MQTT: charging with no more than 20 A for 60 s unless repeated."
    )
    assert remote.take("charge_current_limit_a", b" 20.0\n", 50.0) is None
    assert remote.take("discharge_current_limit_a", b"0", 60.0) is not None
    assert remote.caps(110.0) == Caps(charge_current_a=20.0, discharge_current_a=0.0)
    assert remote.caps(110.1) == Caps(discharge_current_a=0.0)
    assert remote.caps(120.1) is None


@pytest.mark.parametrize("payload", [b"", b"None", b"null", b" none "])
def test_a_cap_can_be_lifted(payload: bytes) -> None:
    remote = RemoteCaps()
    assert remote.take("charge_voltage_limit_v", payload, 0.0) is None
    remote.take("charge_voltage_limit_v", b"54.4", 0.0)
    assert remote.take("charge_voltage_limit_v", payload, 1.0) == "MQTT: the cap on charging of 54.4 V is lifted."
    assert remote.caps(1.0) is None


@pytest.mark.parametrize("payload", [b"-1", b"1e999", b"NaN", b"true", b'"20"', b"[20]", b"20 A", b"\xff", b"9" * 5000])
def test_what_is_no_number_changes_nothing(payload: bytes) -> None:
    remote = RemoteCaps()
    remote.take("charge_current_limit_a", b"5", 0.0)
    with pytest.raises(ParameterError, match="not obeyed"):
        remote.take("charge_current_limit_a", payload, 0.0)
    assert remote.held(0.0) == {"charge_current_limit_a": 5.0}


@pytest.mark.parametrize("name", ["mos", "charge_enabled", "cell_ov_alarm_mv", "", "x" * 500])
def test_nothing_but_caps_can_be_commanded(name: str) -> None:
    with pytest.raises(ParameterError, match="cannot be commanded"):
        RemoteCaps().take(name, b"1", 0.0)
    assert set(COMMANDS) == {"charge_voltage_limit_v", "charge_current_limit_a", "discharge_current_limit_a"}
