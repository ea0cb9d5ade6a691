"""Pylontech RS485 towards inverters: the rack as one battery, and the manners of those that ask.

Old inverters poll 42 and 92 (with 4F and 44) at the master's address, newer ones 61, 62 and 63 (with 60). Both are told
the same: 42 and 92 speak of one pack that has the whole rack's current, capacity and limits, because an inverter that
asks nobody but the master would otherwise charge a rack with the current of one pack. Other addresses stay silent, so
nothing is counted twice. 64, the order to shut down, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from openress.codec import HexFrame, HexFrameSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Confidence, RackSample, Source
from openress.protocols.base import Parts, ServerOptions, Splitter, Value
from openress.protocols.battery.pylontech import PARTS as BATTERY
from openress.protocols.battery.pylontech import PylontechDecoder, PylontechServer, frames, systemframes
from openress.protocols.battery.pylontech.decode import is_reply, open_frame
from openress.protocols.battery.pylontech.frames import Command, ReturnCode
from openress.protocols.inverter.asking import AskingInverter, Tongue, chosen
from openress.protocols.inverter.polled import Call, PolledBattery, Sort
from openress.protocols.inverter.rackvalues import as_one, as_told
from openress.protocols.inverter.told import LimitRules, Told
from openress.protocols.placing import hex_places
from openress.protocols.serialbus import InverterOptions, Manner, Question

__all__ = ["MANNERS", "PARTS", "RULES", "PylontechVoice"]

DIYBMS = Source("diyBMSv4ESP32, pull request 195: Axpert VM III (PIP5048GK)", Confidence.OPEN)
FAHMULA = Source("Fahmula/esphome-pylontech-rs485, README and issue 13", Confidence.OPEN)
ANENJI_USER = Source("muwlgr proxy script, Anenji 6.2 kW in setting LIL", Confidence.CAPTURE)
SUNSYNK = Source("test file labelled Sunsynk protocol document; the order is ours", Confidence.INFERENCE)
PROBED = Source("frames of an unnamed inverter, Uksa007/esphome-jk-bms-can discussion 27", Confidence.CAPTURE)
STACK = Source("two-pack stack, 784 questions 2.04 s apart, Tomcat42/pylontech-python", Confidence.CAPTURE)

RULES = LimitRules()
"""A current of 3276.7 A is the most that 16 bits with a sign hold; a voltage ends at 63 V, below their 65.535 V."""

_CODES = frozenset(code.value for code in ReturnCode)
_OF_THE_SYSTEM = frozenset(
    {
        Command.SYSTEM_INFORMATION, Command.SYSTEM_ANALOG, Command.SYSTEM_ALARMS, Command.SYSTEM_LIMITS,
        Command.SYSTEM_SHUTDOWN,
    }
)  # fmt: skip
CID1 = 0x46
VERSION = 0x20


class PylontechVoice:
    """See `Voice`; commands are those of the battery's own answering side."""

    rules = RULES

    def __init__(self, options: ServerOptions) -> None:
        # Its caller answers for the age of what is told: within the machine everything is told at the moment it is.
        self._server = PylontechServer(replace(options, memory=None))
        self._master = 0x10 * options.group + options.first_address
        self._group = options.group

    def splitter(self) -> Splitter:
        """Finds frames of both directions."""
        return HexFrameSplitter()

    def call(self, frame: bytes, now_s: float) -> Call:
        """Tell a question from another battery's answer: return codes and commands share no number."""
        del now_s
        try:
            found = open_frame(frame)
        except FrameError:
            return Call(Sort.DAMAGED)
        if is_reply(found):
            return Call(Sort.ANSWER if found.code in _CODES else Sort.OTHER, found.address)
        asked: dict[str, Value] = {"address": found.address, "command": f"{found.code:02X}"}
        anybody = self._group == 0 and found.address == 0 and found.code in (0x4F, 0x51)
        ours = found.address == self._master or anybody
        return Call(Sort.QUESTION if ours else Sort.OTHER, found.address, asked)

    def answer(self, frame: bytes, told: Told, rack: RackSample, now_s: float) -> bytes | None:
        """What a master would say of the rack as its only pack; system commands also tell where its extremes are."""
        system = open_frame(frame).code in _OF_THE_SYSTEM
        known = (as_told if system else as_one)(told, rack, now_s)
        try:
            answers = self._server.feed(frame, known, now_s)
        except ParameterError:
            # Longer than a frame can be.
            return None
        return answers[0] if answers else None


def pylontech_battery(options: ServerOptions) -> PolledBattery:
    """The battery.

    Raises:
        ParameterError: a turnaround that no line allows.
    """
    return PolledBattery(PylontechVoice(options), options)


def _frame(command: Command, info: bytes | None, version: int, address: int) -> bytes:
    """A question; without INFO of its own it names the address, as pack commands do."""
    return HexFrame(version, address, CID1, command, bytes([address]) if info is None else info).encode()


def _ask(command: Command, info: bytes | None = b"", *, to: int | None = None, version: int = VERSION) -> Question:
    return Question(command.name.lower().replace("_", " "), partial(_frame, command, info, version), to)


_VERSION = _ask(Command.PROTOCOL_VERSION)
_ANALOG = _ask(Command.ANALOG, None)
_LIMITS = _ask(Command.LIMITS, None)
_SYSTEM = (_ask(Command.SYSTEM_ANALOG), _ask(Command.SYSTEM_ALARMS), _ask(Command.SYSTEM_LIMITS))

AXPERT = Manner(
    "axpert",
    "Voltronic Axpert, setting PYL",
    (_VERSION, _ANALOG, _LIMITS),
    DIYBMS,
    address=2,
    note="never asks for alarms (44); of 42 it shows the number of packs alone",
)
SRNE = Manner(
    "srne",
    "SRNE and EcoWorthy",
    (*_SYSTEM, *(_ask(Command.SYSTEM_ANALOG, to=address) for address in (0x12, 0x22))),
    FAHMULA,
    address=2,
    accepts=frozenset({2}),
    cuts_off_after_s=60.0,
    note="asks several addresses and takes only answers that carry 02; some models ignore the limits of current",
)
DEYE = Manner(
    "deye",
    "Deye and Sunsynk, lithium battery type 5",
    (*_SYSTEM, _ANALOG, _LIMITS),
    SUNSYNK,
    address=2,
    note="what it polls was never recorded",
)
ANENJI = Manner("anenji", "Anenji 6.2 kW, setting LIL", (_SYSTEM[0],), ANENJI_USER, address=2)
PROBING = Manner(
    "probing",
    "an unnamed inverter that looks for its group",
    (_ask(Command.ANALOG, b"\xff"), _LIMITS),
    PROBED,
    address=2,
    probes=tuple(_ask(Command.PROTOCOL_VERSION, to=0x10 * group + 2, version=0) for group in (5, 4, 3, 2, 1, 0)),
    note="asks the version of group masters from 52 down to 02, then 42 of all packs",
)
STACK_MASTER = Manner(
    "stack-master", "master of a recorded stack", (_ask(Command.ANALOG, b"\xff"),), STACK, address=2, pause_s=2.04
)
MANNERS = (AXPERT, SRNE, DEYE, ANENJI, PROBING, STACK_MASTER)

_FORCED = ("charge_immediately", "charge_immediately_1", "charge_immediately_2")


def _understood(values: Mapping[str, Any]) -> Mapping[str, Value]:
    told = dict(values)
    forced = [told[key] for key in _FORCED if key in told]
    if forced:
        told["force_charge"] = any(forced)
    packs = told.pop("packs", None)
    if isinstance(packs, list) and packs and "pack_voltage_v" in packs[0]:
        told |= _summed(packs)
    elif "cell_voltages_mv" in told:
        told |= _summed([told])
    return told


def _summed(packs: list[Any]) -> dict[str, Any]:
    """What 42 tells of all its packs; it has no state of charge, which follows from the capacities."""
    cells = [cell for pack in packs for cell in pack["cell_voltages_mv"]]
    summed: dict[str, Any] = {"modules": len(packs), "pack_voltage_v": packs[0]["pack_voltage_v"]}
    for key in ("pack_current_a", "remaining_ah", "full_ah"):
        if all(key in pack for pack in packs):
            summed[key] = sum(pack[key] for pack in packs)
    if summed.get("full_ah") and "remaining_ah" in summed:
        summed["soc_pct"] = 100.0 * summed["remaining_ah"] / summed["full_ah"]
    if cells:
        summed |= {"cell_voltage_min_mv": min(cells), "cell_voltage_max_mv": max(cells)}
    return summed


def pylontech_inverter(options: InverterOptions) -> AskingInverter:
    """The inverter.

    Raises:
        ParameterError: a manner that is not there.
    """
    return AskingInverter(Tongue(HexFrameSplitter, PylontechDecoder, _understood), chosen(MANNERS, options))


_PLACES = hex_places(
    {
        Command.SYSTEM_ANALOG.value: systemframes.SYSTEM_ANALOG,
        Command.SYSTEM_LIMITS.value: systemframes.SYSTEM_LIMITS,
        Command.LIMITS.value: frames.LIMITS,
    }
)
PARTS: Parts = replace(
    BATTERY,
    serial_battery=pylontech_battery,
    serial_inverter=pylontech_inverter,
    manners=MANNERS,
    places=_PLACES,
)
