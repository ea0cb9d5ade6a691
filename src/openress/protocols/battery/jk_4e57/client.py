"""Asking a JK board: one question for everything, settings and switches item by item."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from openress.codec.binframe import BinarySplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Condition, Fault, Identity, PackSample, Status, Switches
from openress.protocols.access import Control
from openress.protocols.base import Query
from openress.protocols.battery.jk_4e57 import frames as f
from openress.protocols.battery.jk_4e57 import values as v
from openress.protocols.battery.jk_4e57.frames import Command, Message
from openress.protocols.battery.serving import only_pack

__all__ = ["JkClient", "JkControls", "JkSettings"]

_ALL = Message(Command.READ_ALL, b"\0").encode()
_NEEDED = frozenset({0x83, 0x84, 0x85})
"""Items without which a reply to 06 is none."""


class JkClient:
    """The asking side; a line has one pack."""

    __slots__ = ()

    max_packs = 1

    def splitter(self) -> BinarySplitter:
        """A fresh splitter for the bytes that come back."""
        return f.splitter()

    def address(self, pack: int) -> int:
        """1; the terminal number on the wire is the same for every board."""
        return only_pack(pack, "JK 4E57")

    def first(self, pack: int) -> Query:
        """06, read all."""
        self.address(pack)
        return Query("all values", pack, _ALL)

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """06."""
        return (self.first(pack),)

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """Nothing: 06 tells who the pack is."""
        self.address(pack)
        return ()

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`.

        Raises:
            FrameError: damaged, a request, not the answer to `query`.
        """
        cells, items = f.decode_items(_answer(query, reply).body)
        if cells is None or not items.keys() >= _NEEDED:
            raise FrameError("the reply lacks cells, voltage, current or state of charge", at=11)
        told = _Told(items)
        known = sample.identity or Identity(now_s)
        serial, model = v.names(told.text(0xBA))
        return replace(
            sample,
            analog=_analog(told, cells, now_s),
            status=_status(told, now_s),
            identity=replace(known, at_s=now_s, serial=serial, model=model, software_version=told.text(0xB7)),
        )


class _Told:
    """Items of one reply."""

    def __init__(self, items: Mapping[int, bytes]) -> None:
        self._items = items

    def number(self, id_: int) -> float | None:
        """A number, `None` when the reply lacks it."""
        told = f.value_of(f.ITEMS[id_], self._items[id_]) if id_ in self._items else None
        return told if isinstance(told, int | float) else None

    def whole(self, id_: int) -> int | None:
        """A whole number."""
        told = self.number(id_)
        return None if told is None else int(told)

    def text(self, id_: int) -> str | None:
        """A text."""
        told = f.value_of(f.ITEMS[id_], self._items[id_]) if id_ in self._items else None
        return told if isinstance(told, str) else None

    def degrees(self, id_: int) -> float | None:
        """A temperature."""
        raw = self.whole(id_)
        return None if raw is None else v.degrees(raw)


def _analog(told: _Told, cells: tuple[int, ...], now_s: float) -> Analog:
    battery = told.degrees(0x82)
    return Analog(
        now_s,
        pack_voltage_v=told.number(0x83),
        pack_current_a=v.charge_a(told.whole(0x84) or 0, told.whole(0xC0) or 0),
        cell_voltages_mv=cells or None,
        temperatures_c=None if battery is None else (battery,),
        mos_temperature_c=told.degrees(0x80),
        env_temperature_c=told.degrees(0x81),
        soc_pct=told.number(0x85),
        full_ah=told.number(0xB9) or None,
        design_ah=told.number(0xAA) or None,
        cycles=told.whole(0x87),
    )


def _status(told: _Told, now_s: float) -> Status | None:
    warnings, switches = told.whole(0x8B), told.whole(0x8C)
    found = None if warnings is None else v.warned(warnings)
    conditions = None if found is None else frozenset(one for one in found if isinstance(one, Condition))
    return Status(
        now_s,
        switches=None if switches is None else Switches(charge=bool(switches & 1), discharge=bool(switches & 2)),
        alarms=None if conditions is None else conditions & v.WARNS,
        protections=None if conditions is None else conditions - v.WARNS,
        faults=None if found is None else frozenset(one for one in found if isinstance(one, Fault)),
    )


def _answer(query: Query, frame: bytes) -> Message:
    asked, reply = Message.decode(query.frame), Message.decode(frame)
    if reply.asks:
        raise FrameError("a request, not a reply: another master is on the line, or the adapter echoes", at=9)
    if reply.command != asked.command:
        raise FrameError(f"the reply to {reply.command:02X}, asked was {asked.command:02X}", at=8)
    return reply


class JkSettings:
    """Settings: read with everything else, written item by item; see `ParameterAccess`.

    Boards that want their password first (05) do not answer; the layout of that command is not published.
    """

    __slots__ = ()

    keys = frozenset(f.SETTINGS)

    def read_queries(self, pack: int, keys: Collection[str]) -> tuple[Query, ...]:
        """06, which tells them all.

        Raises:
            ParameterError: a key the dialect does not have.
        """
        only_pack(pack, "JK 4E57")
        _reachable(keys)
        return (Query("settings", pack, _ALL),)

    def read(self, query: Query, reply: bytes) -> Mapping[str, float]:
        """The settings that a reply tells.

        Raises:
            FrameError: damaged, or not the answer to `query`.
        """
        _, items = f.decode_items(_answer(query, reply).body)
        told = _Told(items)
        found = {key: told.number(item.id) for key, item in f.SETTINGS.items()}
        return {key: value for key, value in found.items() if value is not None}

    def write_queries(self, pack: int, values: Mapping[str, float], known: Mapping[str, float]) -> tuple[Query, ...]:
        """One order for each setting; neighbours are not needed.

        Raises:
            ParameterError: a key the dialect does not have, or a value that does not fit.
        """
        del known
        only_pack(pack, "JK 4E57")
        _reachable(values)
        return tuple(_order(pack, item, raw) for item, raw in v.settings_raw(values, exact=True).items())

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order.

        Raises:
            FrameError: damaged, or not the answer to `query`.
        """
        _accept(query, reply)


def _reachable(keys: Collection[str]) -> None:
    strange = sorted(set(keys) - f.SETTINGS.keys())
    if strange:
        raise ParameterError(f"JK 4E57 cannot reach {', '.join(strange)}.")


def _order(pack: int, item: int, raw: bytes) -> Query:
    # Type 2 is what working programs send with a write; the document would have 0.
    body = bytes((item,)) + raw
    return Query(f"item {item:02X}", pack, Message(Command.WRITE, body, kind=f.REPORT).encode())


def _accept(query: Query, reply: bytes) -> None:
    body = _answer(query, reply).body
    asked = Message.decode(query.frame).body
    if body[:1] != asked[:1]:
        raise FrameError(f"item {body[:1].hex().upper()} was written, ordered was {asked[:1].hex().upper()}", at=11)


class JkControls:
    """Charge switch, discharge switch and balancing."""

    __slots__ = ()

    controls = frozenset({Control.CHARGE_SWITCH, Control.DISCHARGE_SWITCH, Control.BALANCING})

    def control_query(self, pack: int, control: Control, *, on: bool) -> Query:
        """Order to switch.

        Raises:
            ParameterError: a control the dialect does not have.
        """
        only_pack(pack, "JK 4E57")
        if control not in self.controls:
            raise ParameterError(f"JK 4E57 cannot switch {control.value}.")
        return _order(pack, f.SWITCH_ITEMS[control.value], bytes((1 if on else 0,)))

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order.

        Raises:
            FrameError: damaged, or not the answer to `query`.
        """
        _accept(query, reply)
