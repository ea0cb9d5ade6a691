"""Help: every item of the guide's safety pages is there."""

from __future__ import annotations

import pytest

from openress.install.guidance import TOPICS


def words(topic: str) -> str:
    return " ".join(TOPICS[topic][1])


@pytest.mark.req("REQ-001")
@pytest.mark.parametrize("word", ["electric shock", "short circuit", "burns", "fire", "explode"])
def test_the_hazards_are_told(word: str) -> None:
    assert word in words("safety")


@pytest.mark.req("REQ-002", "REQ-007", "REQ-010")
@pytest.mark.parametrize(
    "word",
    [
        "cables of the proper size",
        "clearances around the batteries, and between them",
        "well ventilated",
        "insulated tools",
        "drop",
        "never short",
        "Never burn, crush or open",
        "Never reverse the polarity",
        "voltages and currents that its maker publishes",
        "falls and knocks",
        "professional engineer",
        "55 C in use",
        "60 C in storage",
    ],
)
def test_how_to_install_safely_is_told(word: str) -> None:
    assert word in words("safety")


@pytest.mark.req("REQ-003", "REQ-004", "REQ-006")
def test_removal_replacement_and_updates() -> None:
    assert "grounded terminal off first" in words("removal")
    assert "disconnect all devices" in words("removal")
    assert "same part number" in words("removal")
    assert "every device is disconnected" in words("software")


@pytest.mark.req("REQ-113", "REQ-177")
def test_cables() -> None:
    assert "same two pins, 7 and 8" in words("cables")
    assert "CAN onto RS485" in words("cables")
    assert "ground pin" in words("cables")
    assert "Phocos lands on RS232" in words("cables")


@pytest.mark.req("REQ-135", "REQ-137", "REQ-180", "REQ-275", "REQ-276", "REQ-282")
def test_transport_storage_charging_and_terminals() -> None:
    for word in ("class 9", "UN38.3", "SN/T 0370.2-2009", "rain", "falling", "tilted"):
        assert word in words("transport")
    for word in ("-40 and +60 C", "10 to 90 %", "heaters"):
        assert word in words("storage")
    assert "constant current, then constant voltage" in words("charging")
    for word in ("7.5 Nm", "400 A", "no weight", "Never join positive to negative", "single terminal"):
        assert word in words("power")


def test_every_sentence_is_one() -> None:
    for title, sentences in TOPICS.values():
        assert title
        assert all(sentence.endswith(".") for sentence in sentences)
