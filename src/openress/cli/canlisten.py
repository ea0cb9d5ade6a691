"""Listening on a CAN bus without a word: who is there, an inverter, a battery or somebody else."""

from __future__ import annotations

import asyncio
import time

from openress.codec.canframe import CanFrame
from openress.install.updating import OnCan
from openress.ports import CanPort, open_can, parse_can_link
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.canbus import CanOptions

__all__ = ["listen_can", "who_is_on"]

_CURRENT_AS = "pylontech-can"
"""0x356 has the current in tenths of an ampere in every dialect that has it; the sign does not matter here."""


async def listen_can(link: str, seconds: float) -> OnCan:
    """Hear what passes on a bus for some seconds.

    Raises:
        ParameterError: no such link.
        PortError: it cannot be opened, or is lost.
    """
    port = await open_can(parse_can_link(link))
    try:
        return who_is_on(await _frames(port, seconds))
    finally:
        await port.close()


async def _frames(port: CanPort, seconds: float) -> list[CanFrame]:
    frames: list[CanFrame] = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                frames.append(await port.read())
    except TimeoutError:
        return frames


def who_is_on(frames: list[CanFrame]) -> OnCan:
    """Tell apart who sent what."""
    inverters, batteries = _identifiers()
    names: dict[str, list[str]] = {"inverter": [], "battery": [], "others": []}
    for frame in frames:
        key = (frame.extended, frame.id)
        side = "inverter" if key in inverters else "battery" if key in batteries else "others"
        names[side].append(str(frame).partition("#")[0])
    return OnCan(
        tuple(dict.fromkeys(names["inverter"])),
        tuple(dict.fromkeys(names["battery"])),
        tuple(dict.fromkeys(names["others"])),
        _current_a(frames),
    )


def _identifiers() -> tuple[set[tuple[bool, int]], set[tuple[bool, int]]]:
    """Whatever an inverter sends in any dialect, and whatever a battery does; no identifier belongs to both."""
    inverters: set[tuple[bool, int]] = set()
    batteries: set[tuple[bool, int]] = set()
    options = CanOptions(experimental=True)
    for dialect in DIALECTS.values():
        parts = dialect.parts()
        if parts.can_inverter is not None:
            inverter = parts.can_inverter(options)
            inverters |= {(inverter.extended, one) for one in inverter.identifiers}
        if parts.can_battery is not None:
            battery = parts.can_battery(options)
            batteries |= {(battery.extended, one) for one in battery.identifiers}
    return inverters, batteries


def _current_a(frames: list[CanFrame]) -> float | None:
    make = find_dialect(_CURRENT_AS).parts().can_inverter
    if make is None:
        return None
    listener = make(CanOptions())
    for frame in frames:
        listener.feed(frame, time.monotonic())
    measured = listener.view.measured
    return None if measured is None else measured.pack_current_a
