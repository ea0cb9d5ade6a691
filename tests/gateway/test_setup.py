"""From what is known of an inverter and a battery to a session."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.gateway.bench import reading
from tests.gateway.wire import PROFILES, frozen_at, new_wire

from openress.catalog import load_product
from openress.errors import ParameterError
from openress.gateway.caps import Caps
from openress.gateway.setup import PackMaxima, habits_of, maxima_of
from openress.gateway.words import report_json
from openress.invertercatalog import find_inverter, inverters
from openress.inverterlink import choose, session_setup
from openress.model import PackState, Status
from openress.protocols import find_dialect
from openress.protocols.base import Bus


def test_every_inverter_on_can_has_a_session():
    served = [key for key, inverter in inverters().items() if any(s.spoken for s in inverter.on(Bus.CAN))]
    assert {"victron", "sma", "deye", "sol-ark", "luxpower", "growatt-can", "must", "pylontech"} <= set(served)
    for key in served:
        choice = choose(key, port="can:socketcan:can0", experimental=True)
        setup = session_setup(choice, maxima=PackMaxima(), caps=Caps(), expected=2)
        assert setup.fail_safe is choice.inverter.fail_safe
        assert setup.dialect in PROFILES
        assert setup.expected == 2


def test_habits_follow_what_is_known_of_the_conduct():
    deye, victron, any_pylontech = (habits_of(find_inverter(key)) for key in ("deye", "victron", "pylontech"))
    assert (deye.answers, deye.quiet_for_s) == (True, 60.0)
    assert victron.answers is True
    # Some send 0x305 and some never do.
    assert any_pylontech.answers is None


def test_the_maxima_of_a_product_are_for_the_packs_that_are_awake():
    maxima = maxima_of(load_product("syscom-a5l-51v2"))
    assert maxima.cells == 16
    rack = reading(0.0, packs=3)
    asleep = replace(rack.packs[0], status=Status(0.0, state=PackState.DORMANT))
    caps = maxima.of(replace(rack, packs=(asleep, *rack.packs[1:])))
    assert maxima.charge_current_a is not None
    assert caps.charge_current_a == 2 * maxima.charge_current_a
    assert caps.charge_voltage_v is not None
    assert caps.charge_voltage_v <= 16 * 3.65


def test_without_published_maxima_the_chemistry_bounds_the_voltage():
    assert PackMaxima(cells=16).of(reading(0.0)).charge_voltage_v == pytest.approx(58.4)


def test_an_inverter_is_chosen_with_a_dialect_of_its_own():
    assert choose("victron").speech.dialect == "victron-can"
    assert choose("victron", "pylontech-can").speech.dialect == "pylontech-can"
    for name, dialect in (("victron", "sma-can"), ("voltronic", "voltronic-can"), ("nobody", None)):
        with pytest.raises(ParameterError):
            choose(name, dialect)


def test_a_session_in_words_and_as_json():
    make = find_dialect("victron-can").parts().can_decoder
    assert make is not None
    wire = new_wire("victron-can", frozen_at(40.0), caps=Caps(charge_current_a=30.0))
    seen = {}
    for second in range(75):
        values = report_json(wire.session.report(wire.now_s), make())
        json.dumps(values)
        seen.setdefault(values["state"], (second, values))
        wire.run(1.0)
    assert list(seen) == ["waiting", "listening", "live", "fading", "stopped", "silent"]
    live = report_json(new_and_run().session.report(40.0), make())
    assert live["told"] == {
        "charge_voltage_limit_v": 56.0,
        "charge_current_limit_a": 30.0,
        "discharge_current_limit_a": 100.0,
        "discharge_voltage_limit_v": 48.0,
    }
    assert live["why"] == ["the packs allow: 56.0 V, 100.0 A in, 100.0 A out", "you allow no more than: 30.0 A in"]
    assert live["sentence"] == "The inverter is told 56.0 V, 30.0 A in, 100.0 A out."
    assert live["alarms"] == []
    assert {"kind": "limits"}.items() <= live["frames"][0].items()
    stopped = seen["stopped"][1]
    assert stopped["alarms"][0]["trouble"] == "stale_data"
    assert "is told to stop" in stopped["sentence"]
    assert seen["silent"][1]["told"] is None


def new_and_run():
    wire = new_wire("victron-can", caps=Caps(charge_current_a=30.0))
    wire.run(40.0)
    return wire
