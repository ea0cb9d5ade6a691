"""PACE Modbus towards inverters: the rack as the pack at address 1, and a manner of asking.

The map has no limits of charge and discharge. What is not allowed is shown by the switch of that direction as open, and
how far to charge has to be set on the inverter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from openress.codec.modbus import decode_reply, decode_request
from openress.errors import FrameError, ParameterError
from openress.model import Confidence, RackSample, Source
from openress.protocols.base import Parts, ServerOptions, Splitter, Value
from openress.protocols.battery.pace_modbus import PARTS as BATTERY
from openress.protocols.battery.pace_modbus import PaceModbusServer
from openress.protocols.battery.pace_modbus.registers import PACE_MODBUS
from openress.protocols.inverter.polled import Call, PolledBattery, Sort
from openress.protocols.inverter.rackvalues import as_one
from openress.protocols.inverter.registerasking import asks, extremes, register_inverter
from openress.protocols.inverter.registervoice import BATTERY as ADDRESS
from openress.protocols.inverter.registervoice import splitter_of
from openress.protocols.inverter.told import LimitRules, Told
from openress.protocols.placing import register_places
from openress.protocols.serialbus import Manner

__all__ = ["GIVENERGY", "PARTS", "PaceVoice"]

ANALYSIS = Source("open-giv/bms-analysis issue 15: GivEnergy Gen1 Hybrid 5 kW", Confidence.CAPTURE)
PAPER = Source("PACE BMS Modbus Protocol for RS485 V1.3, 2017-06-27; no inverter was recorded", Confidence.INFERENCE)


class PaceVoice:
    """See `Voice`; registers are those of the battery's own answering side."""

    rules = LimitRules()

    def __init__(self, options: ServerOptions) -> None:
        self._options = replace(options, memory=None)

    def splitter(self) -> Splitter:
        """Finds requests and replies."""
        return splitter_of(PACE_MODBUS, None)

    def call(self, frame: bytes, now_s: float) -> Call:
        """Tell a question from another battery's answer."""
        del now_s
        try:
            request = decode_request(frame)
        except FrameError:
            return _answer_or_damage(frame)
        start: int = getattr(request, "start", getattr(request, "register", 0))
        asked: dict[str, Value] = {"address": request.address, "command": PACE_MODBUS.written(start)}
        return Call(Sort.QUESTION if request.address == ADDRESS else Sort.OTHER, request.address, asked)

    def answer(self, frame: bytes, told: Told, rack: RackSample, now_s: float) -> bytes | None:
        """What a pack that is the whole rack would say."""
        one = as_one(told, rack, now_s, permission_as_switches=True)
        try:
            # A server of its own for each question: its splitter has nothing to remember.
            answers = PaceModbusServer(self._options).feed(frame, one, now_s)
        except ParameterError:
            return None
        return answers[0] if answers else None


def _answer_or_damage(frame: bytes) -> Call:
    try:
        return Call(Sort.ANSWER, decode_reply(frame).address)
    except FrameError:
        return Call(Sort.DAMAGED)


def pace_battery(options: ServerOptions) -> PolledBattery:
    """The battery.

    Raises:
        ParameterError: a turnaround that no line allows.
    """
    return PolledBattery(PaceVoice(options), options)


PACE = Manner("pace", "an inverter of PACE's paper", (asks("measurements", 0, 37),), PAPER)
GIVENERGY = Manner(
    "givenergy",
    "GivEnergy Gen1 Hybrid 5 kW",
    (asks("registers 0 to 25", 0, 26),),
    ANALYSIS,
    needed=7,
    note="wants seven good answers in a row; what it reads in them is GivEnergy's own and not known",
)
MANNERS = (PACE, GIVENERGY)


def _understood(values: Mapping[str, Any]) -> Mapping[str, Value]:
    told = {**values, **extremes(values)}
    switches = told.get("switches")
    if isinstance(switches, dict):
        told |= {"charge_enabled": switches["charge"], "discharge_enabled": switches["discharge"]}
    return told


PARTS: Parts = replace(
    BATTERY,
    serial_battery=pace_battery,
    serial_inverter=partial(register_inverter, PACE_MODBUS, MANNERS, _understood),
    manners=MANNERS,
    places=register_places(PACE_MODBUS),
)
