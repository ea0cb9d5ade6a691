"""A simulated inverter on its wire in real time, and what its owner would see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from openress.errors import PortError
from openress.model import Condition, Fault
from openress.sim.inverter import Seen, SimInverter

__all__ = ["display", "run_inverter", "seen_json"]

LOOK_EVERY_S = 0.25
_EFFECTIVE_A = 0.5


Message = TypeVar("Message")


class Ends(Protocol[Message]):
    """The inverter's end of a wire: a `CanPort` or a `BytePort`."""

    async def read(self) -> Message:
        """Wait for what comes in."""
        ...

    async def write(self, message: Message, /) -> None:
        """Send."""
        ...


async def run_inverter(
    inverter: SimInverter[Message], port: Ends[Message], *, clock: Callable[[], float] = time.monotonic
) -> None:
    """Let the inverter hear and speak on `port` until cancelled.

    Raises:
        PortError: the port is gone for good.
    """
    wake = asyncio.Event()

    async def listen() -> None:
        while True:
            inverter.hear(await port.read(), clock())
            wake.set()

    listening = asyncio.create_task(listen())
    try:
        while not listening.done():
            await _speak(inverter, port, clock())
            due_s = inverter.next_due_s
            wait_s = LOOK_EVERY_S if due_s is None else min(LOOK_EVERY_S, due_s - clock())
            try:
                async with asyncio.timeout(max(0.0, wait_s)):
                    await wake.wait()
            except TimeoutError:
                continue
            wake.clear()
        await listening
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _speak(inverter: SimInverter[Message], port: Ends[Message], now_s: float) -> None:
    for frame in inverter.due(now_s):
        try:
            await port.write(frame)
        except PortError:
            # What an inverter could not say it says anew a second later; reading tells whether the port is gone.
            return


def display(seen: Seen) -> str:
    """One line as a display has it."""
    if seen.lost is None:
        return "no battery heard"
    if seen.lost:
        return "BATTERY LOST: stopped" + (f", fault {seen.fault}" if seen.fault else "")
    parts = [_battery(seen), _orders(seen), _doing(seen), _wrong(seen)]
    return "; ".join(part for part in parts if part)


def _battery(seen: Seen) -> str:
    view = seen.view
    values = []
    if view.measured is not None and view.measured.pack_voltage_v is not None:
        values.append(f"{view.measured.pack_voltage_v:.1f} V")
    if view.measured is not None and view.measured.pack_current_a is not None:
        values.append(f"{view.measured.pack_current_a:+.0f} A")
    if view.charge is not None and view.charge.soc_pct is not None:
        values.append(f"{view.charge.soc_pct:.0f} %")
    name = f"battery {view.name or ''}".strip()
    return f"{name} {' '.join(values) or '-'}"


def _orders(seen: Seen) -> str:
    orders = seen.orders
    up = "" if orders.charge_voltage_v is None else f" to {orders.charge_voltage_v:.1f} V"
    down = "" if orders.discharge_voltage_v is None else f" to {orders.discharge_voltage_v:.1f} V"
    return f"may charge {orders.charge_a:.0f} A{up}, discharge {orders.discharge_a:.0f} A{down}"


def _doing(seen: Seen) -> str:
    if seen.set_a > _EFFECTIVE_A:
        word = f"charges with {seen.set_a:.0f} A"
    elif seen.set_a < -_EFFECTIVE_A:
        word = f"discharges with {-seen.set_a:.0f} A"
    else:
        word = "rests"
    wanted_a = seen.wanted_a
    return f"{word}, wants {wanted_a:+.0f} A" if abs(wanted_a - seen.set_a) > _EFFECTIVE_A else word


def _wrong(seen: Seen) -> str:
    status = seen.view.status
    if status is None:
        return ""
    parts = []
    kinds: tuple[tuple[str, frozenset[Condition] | frozenset[Fault] | None], ...] = (
        ("stopped by", status.protections),
        ("warned of", status.alarms),
        ("faults", status.faults),
    )
    for word, names in kinds:
        if names:
            parts.append(f"{word} {', '.join(sorted(name.value.replace('_', ' ') for name in names))}")
    return "; ".join(parts)


def seen_json(seen: Seen) -> dict[str, Any]:
    """The same under public keys."""
    orders = seen.orders
    return {
        "battery": "none" if seen.lost is None else "lost" if seen.lost else "heard",
        "charge_current_limit_a": round(orders.charge_a, 1),
        "discharge_current_limit_a": round(orders.discharge_a, 1),
        "charge_voltage_limit_v": orders.charge_voltage_v,
        "discharge_voltage_limit_v": orders.discharge_voltage_v,
        "wanted_a": round(seen.wanted_a, 1),
        "set_a": round(seen.set_a, 1),
        "fault": seen.fault,
        "values": dict(seen.view.values),
    }
