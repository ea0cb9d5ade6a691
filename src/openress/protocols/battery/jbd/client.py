"""Asking a JBD pack: values, settings in factory mode, switches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from openress.codec.binframe import BinarySplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Identity, PackSample, Switches
from openress.protocols.access import Control
from openress.protocols.base import Query
from openress.protocols.battery.jbd import frames as f
from openress.protocols.battery.jbd.decode import status_of, text_of, version_of
from openress.protocols.battery.jbd.frames import Register, Reply, Request
from openress.protocols.battery.serving import only_pack

__all__ = ["JbdClient", "JbdControls", "JbdSettings"]

_NAMES = {
    Register.BASIC_INFORMATION: "basic information",
    Register.CELL_VOLTAGES: "cell voltages",
    Register.HARDWARE_VERSION: "hardware version",
}


class JbdClient:
    """The asking side; a line has one pack."""

    __slots__ = ()

    max_packs = 1

    def splitter(self) -> BinarySplitter:
        """A fresh splitter for the bytes that come back."""
        return f.splitter()

    def address(self, pack: int) -> int:
        """1; there is no address on the wire."""
        return only_pack(pack, "JBD")

    def first(self, pack: int) -> Query:
        """03: every JBD pack answers it."""
        return self._query(Register.BASIC_INFORMATION, pack)

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """03 and 04."""
        return tuple(self._query(register, pack) for register in (Register.BASIC_INFORMATION, Register.CELL_VOLTAGES))

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """05; maker, model and bar code would need the factory mode."""
        return (self._query(Register.HARDWARE_VERSION, pack),)

    def _query(self, register: Register, pack: int) -> Query:
        self.address(pack)
        return Query(_NAMES[register], pack, Request(register).encode())

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`; 03 begins a new set of measured values, 04 adds the cells to it.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        data = _answer(query, reply)
        asked = Request.decode(query.frame).register
        if asked == Register.BASIC_INFORMATION:
            basic = f.BASIC.decode(data)
            known = sample.identity or Identity(now_s)
            return replace(
                sample,
                analog=_analog(basic, now_s),
                status=status_of(basic, now_s),
                identity=replace(known, at_s=now_s, software_version=version_of(basic.version)),
            )
        if asked == Register.CELL_VOLTAGES:
            cells = f.CELLS.decode(data).cell_voltages_mv
            analog = sample.analog or Analog(now_s)
            return replace(sample, analog=replace(analog, cell_voltages_mv=cells or None))
        if asked == Register.HARDWARE_VERSION:
            known = sample.identity or Identity(now_s)
            return replace(sample, identity=replace(known, at_s=now_s, model=text_of(asked, data)))
        raise FrameError(f"register {asked:02X} is not asked by this client", at=1)


def _analog(basic: f.Basic, now_s: float) -> Analog:
    return Analog(
        now_s,
        pack_voltage_v=basic.pack_voltage_v,
        pack_current_a=basic.pack_current_a,
        temperatures_c=basic.temperatures_c or None,
        soc_pct=basic.soc_pct,
        remaining_ah=basic.remaining_ah,
        full_ah=basic.full_ah,
        cycles=basic.cycles,
    )


def _answer(query: Query, frame: bytes) -> bytes:
    """The data of the answer to `query`.

    Raises:
        FrameError: damaged, a refusal, another register's answer.
    """
    asked, reply = Request.decode(query.frame), Reply.decode(frame)
    if reply.register != asked.register:
        raise FrameError(f"the reply of register {reply.register:02X}, asked was {asked.register:02X}", at=1)
    if reply.status != f.DONE:
        raise FrameError(f"the pack refuses register {asked.register:02X} with status {reply.status:02X}", at=2)
    return reply.data


class JbdSettings:
    """Settings in factory mode: enter it, read or write, leave it; see `ParameterAccess`."""

    __slots__ = ()

    keys = f.SETTINGS.keys

    def read_queries(self, pack: int, keys: Collection[str]) -> tuple[Query, ...]:
        """Enter, read the registers of `keys`, leave."""
        only_pack(pack, "JBD")
        reads = [
            Query(f"setting {register:02X}", pack, Request(register).encode())
            for register in f.SETTINGS.registers(keys)
        ]
        return (_enter(pack), *reads, _leave(pack, f.LEAVE_FACTORY))

    def read(self, query: Query, reply: bytes) -> Mapping[str, float]:
        """What a register says; nothing for entering and leaving.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        data, register = _answer(query, reply), Request.decode(query.frame).register
        return f.SETTINGS.decode(register, data) if register in f.SETTINGS else {}

    def write_queries(self, pack: int, values: Mapping[str, float], known: Mapping[str, float]) -> tuple[Query, ...]:
        """Enter, write, save and leave; saving clears the pack's error counters.

        Raises:
            ParameterError: a key the dialect does not have, a neighbour that is not known, a value that does not fit.
        """
        only_pack(pack, "JBD")
        wanted = {**known, **values}
        writes = [
            Query(
                f"setting {register:02X}",
                pack,
                Request(register, f.SETTINGS.encode(register, wanted), write=True).encode(),
            )
            for register in f.SETTINGS.registers(values)
        ]
        return (_enter(pack), *writes, _leave(pack, f.SAVE_AND_LEAVE))

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        _answer(query, reply)


def _enter(pack: int) -> Query:
    return Query("factory mode", pack, Request(Register.ENTER_FACTORY_MODE, f.ENTER_FACTORY, write=True).encode())


def _leave(pack: int, how: bytes) -> Query:
    frame = Request(Register.LEAVE_FACTORY_MODE, how, write=True).encode()
    return Query("end of factory mode", pack, frame, closes=True)


class JbdControls:
    """Charge and discharge switch; E1 sets both, so each order repeats how the other one stands."""

    __slots__ = ("_switches",)

    controls = frozenset({Control.CHARGE_SWITCH, Control.DISCHARGE_SWITCH})

    def __init__(self) -> None:
        self._switches: Switches | None = None

    def learn(self, pack: int, switches: Switches) -> None:
        """Take note of how the switches stand, from register 03."""
        only_pack(pack, "JBD")
        self._switches = switches

    def control_query(self, pack: int, control: Control, *, on: bool) -> Query:
        """Order to switch.

        Raises:
            ParameterError: a control the dialect does not have, or the other switch's state is not known.
        """
        only_pack(pack, "JBD")
        if control not in self.controls:
            raise ParameterError(f"JBD cannot switch {control.value}.")
        charges = control is Control.CHARGE_SWITCH
        now = self._switches or Switches()
        other = now.discharge if charges else now.charge
        if other is None:
            raise ParameterError("One order sets both switches of a JBD pack; read first how the other one stands.")
        charge, discharge = (on, other) if charges else (other, on)
        self._switches = replace(now, charge=charge, discharge=discharge)
        locks = (0 if charge else 1) | (0 if discharge else 2)
        return Query(
            f"{control.value} {'on' if on else 'off'}",
            pack,
            Request(Register.MOS_CONTROL, bytes((0, locks)), write=True).encode(),
        )

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        _answer(query, reply)
