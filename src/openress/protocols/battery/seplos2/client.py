"""Asking Seplos v2 packs, and reading their settings.

A pack's address is its DIP setting; the master has 0, so pack number n has n - 1.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from openress.codec import HexFrame, HexFrameSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Identity, PackSample
from openress.names import hint
from openress.params import BY_KEY
from openress.protocols.base import Query
from openress.protocols.battery.seplos2 import frames as f
from openress.protocols.battery.seplos2.decode import SEPLOS, can_protocol, read_alarms, read_analog, split_sensors
from openress.protocols.battery.seplos2.events import status_of
from openress.protocols.battery.seplos2.frames import Command
from openress.protocols.battery.seplos2.settings import SETTINGS, read_settings

__all__ = ["MAX_PACKS", "Seplos2Client", "Seplos2Parameters", "address_of"]

CID1 = 0x46
MAX_PACKS = 16

_NAMES = {
    Command.ANALOG: "analog values",
    Command.ALARMS: "alarms",
    Command.MANUFACTURER: "manufacturer",
    Command.SETTINGS: "settings",
}


def address_of(pack: int) -> int:
    """DIP address of pack number `pack` (1 = master; 0, a pack that stands alone, has the same).

    Raises:
        ParameterError: Seplos has no such pack.
    """
    if not 0 <= pack <= MAX_PACKS:
        raise ParameterError(f"A Seplos rack has {MAX_PACKS} packs; there is no address for pack {pack}.")
    return max(pack, 1) - 1


def _query(command: Command, pack: int) -> Query:
    address = address_of(pack)
    info = bytes([address]) if command in (Command.ANALOG, Command.ALARMS) else b""
    return Query(_NAMES[command], pack, HexFrame(f.SEPLOS, address, CID1, command, info).encode())


class Seplos2Client:
    """The asking side."""

    __slots__ = ()

    max_packs = MAX_PACKS

    def splitter(self) -> HexFrameSplitter:
        """A fresh splitter for the bytes that come back."""
        return HexFrameSplitter()

    def address(self, pack: int) -> int:
        """DIP address of a pack."""
        return address_of(pack)

    def first(self, pack: int) -> Query:
        """42."""
        return _query(Command.ANALOG, pack)

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """42 and 44; the dialect tells no limits."""
        return _query(Command.ANALOG, pack), _query(Command.ALARMS, pack)

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """51."""
        return (_query(Command.MANUFACTURER, pack),)

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        command, info = SEPLOS.answer(query, reply)
        match command:
            case Command.ANALOG:
                return replace(sample, analog=_analog(read_analog(info), now_s))
            case Command.ALARMS:
                return replace(sample, status=status_of(read_alarms(info), now_s))
            case Command.MANUFACTURER:
                return replace(sample, identity=_identity(sample, f.MANUFACTURER.decode(info), now_s))
            case _:
                raise FrameError(f"command {command:02X} is not asked by this client", at=7)


def _analog(block: f.PackBlock, now_s: float) -> Analog:
    cells, ambient, mos = split_sensors(block.sensors_c)
    full, soc = block.full_ah, block.soc_pct
    if soc is None and full:
        soc = 100.0 * block.remaining_ah / full
    return Analog(
        now_s,
        pack_voltage_v=block.pack_voltage_v,
        pack_current_a=block.pack_current_a,
        cell_voltages_mv=block.cell_voltages_mv,
        temperatures_c=cells or None,
        mos_temperature_c=mos,
        env_temperature_c=ambient,
        soc_pct=soc,
        soh_pct=block.soh_pct,
        remaining_ah=block.remaining_ah,
        full_ah=full,
        design_ah=block.design_ah,
        cycles=block.cycles,
    )


def _identity(sample: PackSample, told: f.Manufacturer, now_s: float) -> Identity:
    known = sample.identity or Identity(now_s)
    maker = None if can_protocol(told.manufacturer) is not None else told.manufacturer
    return replace(known, at_s=now_s, manufacturer=maker, model=told.model, software_version=told.software_version)


class Seplos2Parameters:
    """Reading of settings by their keys; the dialect cannot write them."""

    __slots__ = ()

    keys = frozenset(key for key in SETTINGS.rows if key in BY_KEY)

    def read_queries(self, pack: int, keys: Collection[str]) -> tuple[Query, ...]:
        """47, which tells all settings at once.

        Raises:
            ParameterError: a key that Seplos does not have.
        """
        for key in keys:
            if key not in self.keys:
                raise ParameterError(f"Seplos v2 has no setting {key!r}; {hint(key, self.keys)}")
        return (_query(Command.SETTINGS, pack),) if keys else ()

    def read(self, query: Query, reply: bytes) -> Mapping[str, float]:
        """All settings of the parameter table that the pack has.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        command, info = SEPLOS.answer(query, reply)
        if command != Command.SETTINGS:
            raise FrameError(f"command {command:02X} reads no settings", at=7)
        settings = read_settings(info)
        return {key: float(getattr(settings, key)) for key in SETTINGS.rows if key in self.keys}

    def write_queries(self, pack: int, values: Mapping[str, float], known: Mapping[str, float]) -> tuple[Query, ...]:
        """Nothing can be written.

        Raises:
            ParameterError: always, unless there is nothing to write.
        """
        address_of(pack)
        for key in values:
            now = f"{known[key]:g}" if key in known else "what it is"
            raise ParameterError(f"{key} stays {now}: no layout of an order to a Seplos v2 pack has been published.")
        return ()

    def written(self, query: Query, reply: bytes) -> None:
        """There are no orders to answer.

        Raises:
            FrameError: always.
        """
        command, _ = SEPLOS.answer(query, reply)
        raise FrameError(f"{command:02X} orders nothing", at=7)
