"""Inverter files: what a mistake in one is answered with."""

from __future__ import annotations

import tomllib

import pytest

from openress.errors import ParameterError
from openress.inverters import Answer, ChargeStop, DischargeStop, Evidence, FailSafe, Topic, inverter_from_mapping
from openress.model import Confidence, Source
from openress.protocols.base import Bus

SMALLEST = """
key = "x"
title = "X"
[sources]
m = { title = "X manual", confidence = "vendor document" }
[[dialects]]
name = "pylontech-can"
bus = "CAN"
evidence = "fallback"
source = "m"
"""
MANUAL = Source("X manual", Confidence.VENDOR)


def read(text: str):
    return inverter_from_mapping(tomllib.loads(text), name="x.toml")


def test_the_smallest_file():
    inverter = read(SMALLEST)
    assert (inverter.key, inverter.title, inverter.maker, inverter.cable) == ("x", "X", "", None)
    assert inverter.speeches[0].evidence is Evidence.FALLBACK
    assert inverter.evidence == "fallback dialect, untested"
    assert inverter.documented is False
    assert inverter.fail_safe == FailSafe()
    assert inverter.open_questions == tuple(topic.value for topic in Topic)


def test_every_kind_of_fact():
    inverter = read(
        'cable = "y"\nunknown = ["the pins"]\n'
        + SMALLEST
        + """
        [[settings]]
        what = "program 5"
        value = "Li"
        source = "m"
        dialect = "pylontech-can"
        [conduct.reaction]
        seconds = 10
        says = "about"
        source = "m"
        [conduct.charge_stop]
        answer = "no"
        source = "m"
        [fail_safe]
        charge_stop = "to pack voltage"
        discharge_stop = "zero current, on grid only"
        raises_fault = false
        silent_after_s = 45
        [pace]
        can = [3]
        source = "m"
        [[remarks]]
        says = "So."
        source = "m"
        """
    )
    assert inverter.settings[0].speech == "pylontech-can"
    assert (inverter.facts[Topic.REACTION].seconds, inverter.facts[Topic.REACTION].answer) == (10.0, Answer.SEE)
    assert str(inverter.facts[Topic.REACTION]) == "10 s, about"
    assert str(inverter.facts[Topic.CHARGE_STOP]) == "no"
    assert inverter.facts[Topic.CHARGE_STOP].source == MANUAL
    assert inverter.fail_safe == FailSafe(
        ChargeStop.TO_PACK_VOLTAGE, DischargeStop.ZERO_CURRENT_ON_GRID, raises_fault=False, silent_after_s=45.0
    )
    assert inverter.pace == {Bus.CAN: (3,)}
    assert inverter.open_questions[-1] == "the pins"
    assert Topic.REACTION.value not in inverter.open_questions


@pytest.mark.parametrize(
    ("addition", "sentence"),
    [
        ("[quirks]\nx = 1", "x.toml has no fact quirks; "),
        (
            "[conduct.charge_curent]\nanswer = 'yes'\nsource = 'm'",
            "did you mean charge_current?",
        ),
        ("[conduct.reaction]\nsource = 'm'", "[reaction] must have an answer, or say something."),
        ("[conduct.reaction]\nsays = 'x'", "[reaction] must say source, a text in quotes."),
        ("[conduct.reaction]\nsays = 'x'\nsource = 'n'", "there is no source n in [sources]; known: m."),
        ("[conduct.reaction]\nsays = 'x'\nsource = 'm'\nseconds = 'ten'", "seconds must be a number of seconds"),
        ("[conduct.charge_stop]\nanswer = 'maybe'\nsource = 'm'", "answer: there is no 'maybe'; "),
        ("[conduct]\ncharge_stop = 'yes'", "[charge_stop] must be a table of facts, not 'yes'."),
        ("[fail_safe]\ncharge_stop = 'quickly'", "charge_stop: there is no 'quickly'; "),
        ("[fail_safe]\nsilent_after_s = 5", "silent_after_s must be 10 to 60 s, not 5."),
        ("[fail_safe]\nraises_fault = 'no'", "raises_fault must be true or false, not 'no'."),
        ("[fail_safe]\nramp_s = 9", "has no fact ramp_s; "),
        ("[pace]\ncan = [256]\nsource = 'm'", "can must be a list of numbers from 0 to 255."),
        ("[pace]\ncan = [1]", "[pace] must say source"),
        ("[[settings]]\nwhat = 'x'\nsource = 'm'", "[[settings]] 1 must say value, a text in quotes."),
        ("[[settings]]\nwhat = 'x'\nvalue = 'y'\nsource = 'm'\ndialect = 'z'", "no dialect z; "),
        ("[remarks]\nsays = 'x'", "remarks must be written as [[remarks]]."),
        ("[[dialects]]\nname = 'x'\nbus = 'LIN'\nevidence = 'capture'\nsource = 'm'", "bus: there is no 'LIN'; "),
    ],
)
def test_a_mistake_is_named_with_its_place(addition, sentence):
    with pytest.raises(ParameterError) as caught:
        read(f"{SMALLEST}\n{addition}")
    assert str(caught.value).startswith("x.toml") or "silent_after_s" in sentence
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('title = "X"', "x.toml must say title, a text in quotes."),
        ('confidence = "vendor document"', "must say confidence"),
        ('evidence = "fallback"', "[[dialects]] 1 must say evidence"),
    ],
)
def test_what_must_be_there(line, sentence):
    text = SMALLEST.replace(line, "") if line in SMALLEST.splitlines() else SMALLEST.replace(f", {line}", "")
    with pytest.raises(ParameterError) as caught:
        read(text)
    assert sentence in str(caught.value)


def test_a_file_without_a_dialect():
    with pytest.raises(ParameterError, match=r"must have at least one entry \[\[dialects\]\]"):
        read(SMALLEST.partition("[[dialects]]")[0])
