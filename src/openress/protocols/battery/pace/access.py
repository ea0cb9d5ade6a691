"""Settings, clock, records, switches and inverter protocols of a PACE pack, on the asking side.

A group of settings is read and written as a whole. What shares a group and is not in the parameter table (whether the
protections are on, the full-charge point) is read with it and must be known again when it is written; see `NEIGHBOURS`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from openress.errors import FrameError, ParameterError
from openress.model.history import Calendar, HistoryRecord
from openress.names import hint
from openress.params import BY_KEY
from openress.protocols.access import Control, ProtocolChoice
from openress.protocols.base import Query
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.client import pace_query
from openress.protocols.battery.pace.codes import Command, Switching
from openress.protocols.battery.pace.decode import PACE, internal_version, record_of
from openress.protocols.battery.pace.settings import ENABLED, GROUPS, LIMITER, NEIGHBOURS, Group, Limiter, group_of

__all__ = ["SWITCHINGS", "PaceAccess"]

SWITCHINGS = {
    (Control.BUZZER, True): Switching.BUZZER_ON,
    (Control.BUZZER, False): Switching.BUZZER_OFF,
    (Control.LAMP_ALARM, True): Switching.LED_ALARM_ON,
    (Control.LAMP_ALARM, False): Switching.LED_ALARM_OFF,
    (Control.CHARGE_LIMITER, True): Switching.LIMITER_ON,
    (Control.CHARGE_LIMITER, False): Switching.LIMITER_OFF,
    (Control.LIMITER_LOW_GEAR, True): Switching.LIMITER_LOW_GEAR,
    (Control.LIMITER_LOW_GEAR, False): Switching.LIMITER_HIGH_GEAR,
    (Control.BALANCING, True): Switching.BALANCING_ON,
    (Control.BALANCING, False): Switching.BALANCING_OFF,
}
"""What request 99 does for each control."""

_MOS = {Control.CHARGE_SWITCH: Command.CHARGE_SWITCH, Control.DISCHARGE_SWITCH: Command.DISCHARGE_SWITCH}
_ON, _OFF = b"\x00", b"\x01"
"""9A and 9B count the other way round: 00 closes the switch (the document says "open")."""


class PaceAccess:
    """All that may be read and changed beyond the measured values.

    Args:
        rs232: speak to the pack at the RS232 cable; the others cannot be changed through it.
    """

    __slots__ = ("_rs232",)

    in_order = False
    limiter_span_a = (5, 150)
    """What PbmsTools 2.4 takes; packs come with 100."""
    keys = frozenset(key for group in GROUPS for key in group.keys if key in BY_KEY)
    controls = frozenset({control for control, _ in SWITCHINGS} | set(_MOS) | {Control.SHUTDOWN})

    def __init__(self, *, rs232: bool = False) -> None:
        self._rs232 = rs232

    def _query(self, name: str, pack: int, command: Command, info: bytes = b"") -> Query:
        if self._rs232 and pack > 1:
            raise ParameterError(f"Pack {pack} cannot be changed over RS232, only the pack at the cable; use RS485.")
        return pace_query(name, pack, command, info, rs232=self._rs232)

    def read_queries(self, pack: int, keys: Collection[str]) -> tuple[Query, ...]:
        """One question for each group that holds one of `keys`.

        Raises:
            ParameterError: a key that PACE does not have.
        """
        return tuple(self._query(f"settings {group.read:02X}", pack, group.read) for group in _groups_of(keys))

    def read(self, query: Query, reply: bytes) -> Mapping[str, float]:
        """The whole group, its neighbours outside the parameter table included.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        command, info = PACE.answer(query, reply)
        group = group_of(command)
        if group is None or command != group.read:
            raise FrameError(f"command {command:02X} reads no settings", at=7)
        frame = group.reply.decode(info)
        return {key: float(getattr(frame, key)) for key in group.keys}

    def write_queries(self, pack: int, values: Mapping[str, float], known: Mapping[str, float]) -> tuple[Query, ...]:
        """One order for each group that holds one of `values`.

        A protection whose enabling is not known is sent as enabled.

        Raises:
            ParameterError: a key PACE does not have, a neighbour that is not known, a value that does not fit.
        """
        return tuple(
            self._query(f"setting {group.write:02X}", pack, group.write, _order(group, {**known, **values}))
            for group in _groups_of(values)
        )

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to any order.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        command, info = PACE.answer(query, reply)
        if command == Command.SWITCH:
            asked = PACE.open(query.frame).info
            if f.SWITCHED.decode(info).switching != asked[0]:
                raise FrameError(f"the pack switched {info[0]:02X}, asked was {asked[0]:02X}", at=13)
        elif command in _MOS.values():
            f.SYSTEM.decode(info)
        elif info:
            raise FrameError(f"the answer to {command:02X} has {len(info)} bytes of INFO where none is due", at=13)

    def clock_query(self, pack: int) -> Query:
        """B1."""
        return self._query("clock", pack, Command.READ_CLOCK)

    def clock(self, query: Query, reply: bytes) -> Calendar:
        """What the clock shows."""
        clock = f.CLOCK.decode(_answer(query, reply, Command.READ_CLOCK))
        return Calendar(clock.year, clock.month, clock.day, clock.hour, clock.minute, clock.second)

    def set_clock_query(self, pack: int, now: Calendar) -> Query:
        """B2."""
        clock = f.Clock(now.year, now.month, now.day, now.hour, now.minute, now.second)
        return self._query("setting of the clock", pack, Command.WRITE_CLOCK, f.CLOCK.encode(clock))

    def record_query(self, pack: int, index: int) -> Query:
        """A1."""
        return self._query("record", pack, Command.HISTORY, f.RECORD_INDEX.encode(f.RecordIndex(index)))

    def record(self, query: Query, reply: bytes) -> HistoryRecord | None:
        """The record; `None` behind the last one, which a pack tells by an empty answer."""
        info = _answer(query, reply, Command.HISTORY)
        return record_of(f.HISTORY.decode(info)) if info else None

    def control_query(self, pack: int, control: Control, *, on: bool) -> Query:
        """99, 9A, 9B or 9C.

        Raises:
            ParameterError: PACE has no such control, or a pack should be switched on that is off.
        """
        if control in _MOS:
            return self._query(f"{control.value} order", pack, _MOS[control], _ON if on else _OFF)
        if control is Control.SHUTDOWN:
            if not on:
                raise ParameterError("A PACE pack that is shut down cannot be started from outside; use its button.")
            return self._query("shutdown order", pack, Command.SHUTDOWN, b"\x01")
        if (control, on) not in SWITCHINGS:
            raise ParameterError(f"PACE cannot switch {control.value}; {hint(control.value, self.controls)}")
        return self._query(f"{control.value} order", pack, Command.SWITCH, bytes([SWITCHINGS[control, on]]))

    def choice_query(self, pack: int) -> Query:
        """EB."""
        return self._query("inverter protocols", pack, Command.READ_CHOICE)

    def choice(self, query: Query, reply: bytes) -> ProtocolChoice:
        """Numbers of the inverter protocols."""
        return f.CHOICE.decode(_answer(query, reply, Command.READ_CHOICE))

    def choose_query(self, pack: int, choice: ProtocolChoice) -> Query:
        """EC; what is `None` stays as it is."""
        manual = None if choice.automatic is None else int(not choice.automatic)
        order = f.CHOICE.encode(f.Choice(choice.can, choice.rs485, manual))
        return self._query("choice of inverter protocols", pack, Command.WRITE_CHOICE, order)

    def limiter_query(self, pack: int) -> Query:
        """ED; the answer was captured with 100 A."""
        return self._query("start current of the limiter", pack, Command.READ_LIMITER)

    def limiter_start_a(self, query: Query, reply: bytes) -> float:
        """Whole amperes."""
        return float(LIMITER.decode(_answer(query, reply, Command.READ_LIMITER)).limiter_start_a)

    def set_limiter_query(self, pack: int, start_a: int) -> Query:
        """EE, laid out as the answer to ED; nobody has published a capture of the order."""
        return self._query("start current order", pack, Command.WRITE_LIMITER, LIMITER.encode(Limiter(start_a)))

    def hardware_query(self, pack: int) -> Query:
        """C6."""
        return self._query("internal version", pack, Command.INTERNAL_VERSION)

    def hardware_version(self, query: Query, reply: bytes) -> str:
        """The last 10 characters."""
        return str(internal_version(_answer(query, reply, Command.INTERNAL_VERSION)).get("hardware_version", ""))


def _answer(query: Query, reply: bytes, wanted: Command) -> bytes:
    command, info = PACE.answer(query, reply)
    if command != wanted:
        raise FrameError(f"the answer to {command:02X}, {wanted:02X} was to be read", at=7)
    return info


def _groups_of(keys: Collection[str]) -> list[Group]:
    known = PaceAccess.keys | NEIGHBOURS
    for key in keys:
        if key not in known:
            raise ParameterError(f"PACE has no setting {key!r}; {hint(key, known)}")
    return [group for group in GROUPS if not set(group.keys).isdisjoint(keys)]


def _order(group: Group, values: Mapping[str, float]) -> bytes:
    rows = {}
    for key, row in group.order.rows.items():
        value = values.get(key, 1 if key in ENABLED else None)
        if value is None and row.key != "":
            raise ParameterError(f"{key} is written together with its neighbours and is not known; read it first.")
        rows[key] = value
    return group.order.encode(group.order.frame(**rows))
