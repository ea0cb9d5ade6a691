"""The inverters that come with OpenRESS: all of the two source documents, each fact with its source, found loosely."""

from __future__ import annotations

import pytest

from openress.errors import ParameterError
from openress.invertercatalog import find_inverter, inverters, inverters_of_pace
from openress.inverters import ChargeStop, DischargeStop, Evidence, Speech, Stage, Topic
from openress.inverters.table import NOT_KNOWN, fail_safe_lines
from openress.model import Confidence, Source
from openress.protocols import DIALECTS
from openress.protocols.base import Bus

AWAITED = {"growatt-485", "voltronic-485", "tianbangda"}
"""Dialects of RS485 that are named before they are built; no other name may be missing from the registry."""

DOCUMENTS = [
    # name as the documents write it, line, our key
    ("Victron CCGX VE.Can", Bus.CAN, "victron"),
    ("SMA Sunny Island", Bus.CAN, "sma"),
    ("Megarevo REVO", Bus.CAN, "megarevo"),
    ("MUST 2-5.5 kW", Bus.CAN, "must"),
    ("Voltronic Axpert", Bus.SERIAL, "voltronic"),
    ("Growatt SPF TL", Bus.SERIAL, "growatt-spf"),
    ("OPTI SP5000 Handy Plus", Bus.SERIAL, "opti"),
    ("Deye SUN-3K/3.6K-SG04LP1", Bus.SERIAL, "deye-sg04lp1"),
    ("INHENERGY HI-SL", Bus.SERIAL, "inhenergy"),
    ("Afore HNS3000-6000HS", Bus.SERIAL, "afore-hns"),
    ("Phocos Any-Grid PSW-H", Bus.SERIAL, "phocos"),
    ("Sol-Ark 12K", Bus.CAN, "sol-ark"),
]


@pytest.mark.req("REQ-150", "REQ-151", "REQ-152", "REQ-153", "REQ-154", "REQ-155", "REQ-156", "REQ-157", "REQ-158")
@pytest.mark.req("REQ-159", "REQ-160", "REQ-161", "REQ-162")
@pytest.mark.parametrize(("name", "bus", "key"), DOCUMENTS)
def test_every_inverter_of_the_documents_is_found_on_its_line(name, bus, key):
    inverter = find_inverter(name)
    assert (inverter.key, inverter.bus) == (key, bus)
    assert inverter.listed


@pytest.mark.req("REQ-150", "REQ-151", "REQ-152", "REQ-153", "REQ-154", "REQ-155", "REQ-156", "REQ-157", "REQ-158")
@pytest.mark.req("REQ-159", "REQ-160", "REQ-162")
@pytest.mark.parametrize(("name", "bus", "key"), DOCUMENTS)
def test_every_inverter_of_the_documents_is_spoken_to_on_its_line(name, bus, key):
    spoken = [speech.found for speech in inverters()[key].speeches if speech.spoken]
    assert any(dialect.bus is bus for dialect in spoken), name


def test_exactly_twelve_are_of_the_documents():
    assert sorted(i.key for i in inverters().values() if i.listed) == sorted(key for _, _, key in DOCUMENTS)


@pytest.mark.parametrize("key", ["opti", "inhenergy", "phocos"])
def test_an_undocumented_one_says_so_for_every_dialect(key):
    inverter = inverters()[key]
    assert inverter.documented is False
    for speech in inverter.speeches:
        assert speech.sentence.startswith("fallback dialect, untested")


@pytest.mark.parametrize("inverter", inverters().values(), ids=lambda one: one.key)
class TestEach:
    def test_dialects_are_in_the_registry_or_awaited(self, inverter):
        for speech in inverter.speeches:
            if speech.dialect in DIALECTS:
                assert DIALECTS[speech.dialect].bus is speech.bus
            else:
                assert speech.dialect in AWAITED
                assert speech.spoken is False
                assert "not spoken yet" in speech.sentence

    def test_whatever_is_claimed_to_be_spoken_has_somebody_to_speak_it(self, inverter):
        for speech in inverter.speeches:
            if speech.spoken:
                parts = DIALECTS[speech.dialect].parts()
                assert (parts.can_battery if speech.bus is Bus.CAN else parts.server) is not None

    def test_something_can_be_spoken_to_it(self, inverter):
        assert inverter.spoken() is not None

    def test_no_vendor_document_or_capture_is_claimed_without_one(self, inverter):
        levels = {Evidence.CAPTURE: Confidence.CAPTURE, Evidence.VENDOR: Confidence.VENDOR}
        for speech in inverter.speeches:
            assert "untested" in speech.sentence
            if speech.evidence in levels:
                assert speech.source.confidence is levels[speech.evidence]

    def test_the_file_is_named_by_its_key_and_is_found_by_all_its_names(self, inverter):
        for name in (inverter.key, inverter.title, *inverter.also):
            assert find_inverter(name).key == inverter.key
            assert find_inverter(name.upper()).key == inverter.key

    def test_its_table_tells_the_four_phases_and_never_an_old_value(self, inverter):
        lines = fail_safe_lines(inverter, fresh_for_s=10.0)
        assert [line.stage for line in lines] == ["", *(stage.value for stage in Stage), ""]
        silent = "no answer to any question" if inverter.bus is Bus.SERIAL else "nothing"
        assert (lines[0].wire, lines[4].wire) == (silent, silent)
        assert "both current limits 0" in lines[3].wire
        fact = inverter.facts.get(Topic.ON_SILENCE)
        assert lines[4].inverter == (NOT_KNOWN if fact is None else str(fact))


def test_a_dialect_that_arrives_is_spoken_without_a_change_of_the_file():
    source = Source("somebody", Confidence.OPEN)
    assert Speech("victron-can", Bus.CAN, Evidence.VENDOR, source).spoken
    assert not Speech("growatt-1999", Bus.CAN, Evidence.VENDOR, source).spoken
    assert not Speech("growatt-1999", Bus.CAN, Evidence.VENDOR, source).sentence.endswith("by us")


def test_an_experimental_dialect_is_never_the_first_and_says_so():
    for inverter in inverters().values():
        for place, speech in enumerate(inverter.speeches):
            if speech.found is not None and speech.found.experimental:
                assert place > 0
                assert speech.sentence.endswith("experimental, off until consented to")


def test_manners_that_the_sources_ask_for():
    must = {s.speech: s.value for s in inverters()["must"].settings}
    assert must == {"pylontech-can": "8", "sma-can": "31"}
    sma = inverters()["sma"]
    assert sma.fail_safe.discharge_stop is DischargeStop.ZERO_CURRENT_ON_GRID
    assert sma.fail_safe.charge_stop is ChargeStop.KEEP_VOLTAGE  # below the battery's voltage it would discharge
    assert sma.fail_safe.raises_fault is False  # any alarm stops it at once
    assert (sma.facts[Topic.TIME_OUT].seconds, sma.facts[Topic.REACTION].seconds) == (60.0, 10.0)
    assert inverters()["victron"].fail_safe.charge_stop is ChargeStop.TO_PACK_VOLTAGE
    assert inverters()["victron"].facts[Topic.TIME_OUT].seconds == 3.0
    assert "BMS_Err_Stop" in {s.what for s in inverters()["sol-ark"].settings}


@pytest.mark.parametrize(
    ("bus", "number", "keys"),
    [
        (Bus.CAN, 3, ["victron"]),
        (Bus.CAN, 7, ["sma"]),
        (Bus.CAN, 11, ["must"]),
        (Bus.CAN, 1, ["deye", "deye-sg04lp1", "megarevo", "sol-ark"]),
        (Bus.SERIAL, 3, ["voltronic"]),
        (Bus.SERIAL, 2, ["growatt-spf"]),
        (Bus.SERIAL, 16, ["afore-hns"]),
        (Bus.SERIAL, 5, ["phocos"]),
        (Bus.SERIAL, 99, []),
    ],
)
def test_protocol_numbers_of_pace(bus, number, keys):
    assert [inverter.key for inverter in inverters_of_pace(bus, number)] == keys


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("sol-ark", "sol-ark"),
        ("solark", "sol-ark"),
        ("Sol-Ark 12K", "sol-ark"),
        ("SOL ARK 12K-P", "sol-ark"),
        ("deye", "deye"),
        ("SUN-3.6K-SG04LP1-EU", "deye-sg04lp1"),
        ("axpert max 8k", "voltronic"),
        ("Sunny Island 8.0H-12", "sma"),
        ("PH18", "must"),
        ("cerbo", "victron"),
        ("hi-sl", "inhenergy"),
        ("any grid", "phocos"),
    ],
)
def test_names_match_loosely(written, key):
    assert find_inverter(written).key == key


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("growatt", "growatt may be growatt-can or growatt-spf: choose one."),
        ("victrn", "There is no inverter 'victrn' here; did you mean victron? For one not listed try `pylontech`."),
        ("sungrow", "There is no inverter 'sungrow' here; "),
        ("x", "known: afore-hns, deye, "),
        ("", "known: afore-hns, deye, "),
    ],
)
def test_an_unknown_name_gives_the_nearest_or_all(written, sentence):
    with pytest.raises(ParameterError) as caught:
        find_inverter(written)
    assert sentence in str(caught.value)
