"""Simulated inverters on RS485: their quirks, and what becomes of the current when the battery falls silent."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from tests.protocols.seriallines import OPTIONS, battery
from tests.samples import rack

from openress.gateway.setup import PackMaxima
from openress.protocols.base import ServerOptions
from openress.protocols.serialbus import InverterOptions, SerialBattery
from openress.sim.inverter import Quirk, SimInverter
from openress.simulatedwire import serial_inverter

MAXIMA = PackMaxima(None, 50.0, 100.0, 16)


class Bench:
    def __init__(self, dialect: str, manner: str, *quirks: Quirk, options: ServerOptions = OPTIONS) -> None:
        self.inverter: SimInverter[bytes] = serial_inverter(
            dialect, InverterOptions(manner), quirks, maxima=MAXIMA, packs=2
        )
        self.battery: SerialBattery | None = battery(dialect, options)
        self.now_s = 0.0
        self.asked: list[bytes] = []
        self.answered = 0

    def run(self, seconds: float) -> float:
        """Gives the current it charges with at the end."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s = min(max(self.now_s + 0.01, self.inverter.next_due_s or inf), self.now_s + 0.5)
            for question in self.inverter.due(self.now_s):
                self.asked.append(question)
                if self.battery is not None:
                    self.battery.feed(question, self.now_s)
            for answer in (
                [] if self.battery is None else self.battery.due(rack(2, at_s=self.now_s), self.now_s + 0.006)
            ):
                self.answered += 1
                self.inverter.hear(answer, self.now_s)
        return self.inverter.demand(40.0, 52.0).current_a


def test_a_growatt_cuts_off_when_nothing_answers_and_comes_back():
    bench = Bench("growatt-485", "spf")
    assert bench.run(10.0) == pytest.approx(40.0)
    was, bench.battery = bench.battery, None
    assert bench.run(25.0) == pytest.approx(40.0)
    assert bench.run(10.0) == 0.0
    assert bench.inverter.seen.lost is True
    bench.battery = was
    assert bench.run(5.0) == pytest.approx(40.0)


def test_one_that_keeps_the_last_goes_on_and_one_that_cuts_off_is_quicker():
    for quirk, after_a in ((Quirk.KEEPS_LAST, 40.0), (Quirk.CUTS_OFF, 0.0)):
        bench = Bench("pylontech", "axpert", quirk)
        assert bench.run(20.0) == pytest.approx(40.0)
        bench.battery = None
        assert bench.run(12.0) == pytest.approx(after_a)


def test_a_givenergy_wants_seven_good_answers():
    bench = Bench("pace-modbus", "givenergy")
    while bench.answered < 6:
        bench.run(0.5)
    assert bench.inverter.seen.lost is None
    bench.run(3.0)
    assert bench.answered >= 7
    assert bench.inverter.seen.lost is False


def test_an_srne_takes_answers_from_02_alone():
    assert Bench("pylontech", "srne").run(20.0) == pytest.approx(40.0)
    other = Bench("pylontech", "srne", options=replace(OPTIONS, reply_address=3))
    assert other.run(20.0) == 0.0
    assert other.inverter.seen.lost is None


def test_an_axpert_asks_4f_42_and_92_and_nothing_else():
    bench = Bench("pylontech", "axpert")
    bench.run(20.0)
    assert {question[7:9] for question in bench.asked} == {b"4F", b"42", b"92"}


def test_where_its_dialect_has_no_limit_the_inverters_own_settings_hold_for_this_rack():
    bench = Bench("growatt-485", "spf")
    bench.run(10.0)
    assert bench.inverter.demand(-500.0, 52.0).current_a == pytest.approx(-200.0)
    assert Bench("pace-modbus", "pace").run(20.0) == pytest.approx(40.0)
