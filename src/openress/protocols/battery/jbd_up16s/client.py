"""Asking JBD UP16S packs through their master, by address."""

from __future__ import annotations

from dataclasses import replace

from openress.codec.binframe import BinarySplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Identity, Limits, PackSample, Switches
from openress.protocols.access import Control
from openress.protocols.base import Query
from openress.protocols.battery.jbd_up16s import frames as f
from openress.protocols.battery.jbd_up16s.decode import status_of, version_of
from openress.protocols.battery.jbd_up16s.frames import Block, Function, Message

__all__ = ["MAX_PACKS", "Up16sClient", "Up16sControls", "address_of", "answer"]

MASTER = 1
MAX_PACKS = 15
"""Addresses of a four-way DIP switch; 1 and 2 are captured."""

_NAMES = {Block.LIVE: "live values", Block.OWN: "own limits", Block.PRODUCT: "product"}


def address_of(pack: int) -> int:
    """The address of pack number `pack`: its number; a stand-alone pack 0 answers as the master.

    Raises:
        ParameterError: more packs than addresses.
    """
    if not 0 <= pack <= MAX_PACKS:
        raise ParameterError(f"JBD UP16S packs have addresses 1 to {MAX_PACKS}; there is none for pack {pack}.")
    return max(pack, MASTER)


def answer(query: Query, frame: bytes) -> bytes:
    """The data of the answer to `query`.

    Raises:
        FrameError: damaged, a request, another pack's or another block's answer.
    """
    asked, reply = Message.decode(query.frame), Message.decode(frame)
    if reply.asks:
        raise FrameError("a request, not a reply: another master is on the line, or the adapter echoes", at=6)
    if reply.address != asked.address:
        raise FrameError(f"the reply of address {reply.address}, asked was {asked.address}", at=0)
    if (reply.function, reply.start) != (asked.function, asked.start):
        raise FrameError(f"the block at {reply.start:04X}, asked was {asked.start:04X}", at=2)
    return reply.data


class Up16sClient:
    """The asking side; packs are counted from 1 = master."""

    __slots__ = ()

    max_packs = MAX_PACKS

    def splitter(self) -> BinarySplitter:
        """A fresh splitter for the bytes that come back."""
        return f.splitter()

    def address(self, pack: int) -> int:
        """The pack's number."""
        return address_of(pack)

    def first(self, pack: int) -> Query:
        """The live values: the one block that a master answers for every pack."""
        return self._query(Block.LIVE, pack)

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """The live values; of the master also its own limits, because its live values tell those of the rack."""
        blocks = (Block.LIVE, Block.OWN) if self.address(pack) == MASTER else (Block.LIVE,)
        return tuple(self._query(block, pack) for block in blocks)

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """Who the pack is; only the one at the line answers."""
        return (self._query(Block.PRODUCT, pack),)

    def _query(self, block: Block, pack: int) -> Query:
        return Query(_NAMES[block], pack, Message.ask(self.address(pack), block).encode())

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`.

        Raises:
            FrameError: damaged, or not the answer to `query`.
        """
        data, asked = answer(query, reply), Message.decode(query.frame)
        if asked.function == Function.OWN_STATE:
            own = f.OWN.decode(data)
            limits = sample.limits or Limits(now_s)
            return replace(
                sample,
                limits=replace(
                    limits,
                    charge_current_limit_a=own.charge_current_limit_a,
                    discharge_current_limit_a=own.discharge_current_limit_a,
                ),
            )
        if asked.start == Block.PRODUCT:
            product = f.PRODUCT.decode(data)
            known = sample.identity or Identity(now_s)
            return replace(
                sample,
                identity=replace(
                    known, at_s=now_s, serial=product.serial, model=product.model, part_number=product.board
                ),
            )
        live = f.LIVE.decode(data)
        known = sample.identity or Identity(now_s)
        return replace(
            sample,
            analog=_analog(live, now_s),
            status=status_of(live, now_s),
            limits=_limits(live, now_s, master=asked.address == MASTER),
            identity=replace(known, at_s=now_s, serial=live.serial, software_version=version_of(live.version)),
        )


def _analog(live: f.Live, now_s: float) -> Analog:
    return Analog(
        now_s,
        pack_voltage_v=live.pack_voltage_v,
        pack_current_a=live.pack_current_a,
        cell_voltages_mv=live.cell_voltages_mv or None,
        temperatures_c=live.temperatures_c or None,
        mos_temperature_c=live.mos_temperature_c,
        env_temperature_c=live.env_temperature_c,
        soc_pct=live.soc_pct,
        soh_pct=live.soh_pct,
        remaining_ah=live.remaining_ah,
        full_ah=live.full_ah,
        design_ah=live.design_ah,
        cycles=live.cycles,
    )


def _limits(live: f.Live, now_s: float, *, master: bool) -> Limits:
    """Limits of one pack; the currents that a master tells belong to the whole rack and are left out."""
    return Limits(
        now_s,
        charge_voltage_limit_v=live.charge_voltage_limit_v,
        discharge_voltage_limit_v=live.discharge_voltage_limit_v,
        charge_current_limit_a=None if master else live.charge_current_limit_a,
        discharge_current_limit_a=None if master else live.discharge_current_limit_a,
    )


class Up16sControls:
    """Charge and discharge switch; one order sets all switches, so each repeats how the others stand."""

    __slots__ = ("_switches",)

    controls = frozenset({Control.CHARGE_SWITCH, Control.DISCHARGE_SWITCH})

    def __init__(self) -> None:
        self._switches: dict[int, Switches] = {}

    def learn(self, pack: int, switches: Switches) -> None:
        """Take note of how the switches stand, from the live values."""
        self._switches[pack] = switches

    def control_query(self, pack: int, control: Control, *, on: bool) -> Query:
        """Order to switch.

        Raises:
            ParameterError: a control the dialect does not have, or the state of the other switches is not known.
        """
        if control not in self.controls:
            raise ParameterError(f"JBD UP16S cannot switch {control.value}.")
        now = self._switches.get(pack, Switches())
        wanted = replace(now, charge=on) if control is Control.CHARGE_SWITCH else replace(now, discharge=on)
        states = (wanted.discharge, wanted.charge, wanted.precharge, wanted.heating)
        if None in states:
            raise ParameterError("One order sets all switches of a JBD UP16S pack; read first how the others stand.")
        self._switches[pack] = wanted
        bits = sum(1 << bit for bit, closed in enumerate(states) if closed)
        data = f.WRITE_MARK + bits.to_bytes(2, "big")
        message = Message(address_of(pack), Function.WRITE, Block.MOS, f.ENDS[Block.MOS], data)
        return Query(f"{control.value} {'on' if on else 'off'}", pack, message.encode())

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order.

        Raises:
            FrameError: damaged, or not the answer to `query`.
        """
        answer(query, reply)
