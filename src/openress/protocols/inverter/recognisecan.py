"""What an inverter says first on a CAN bus tells which dialect it speaks: a listener that never sends.

Some inverters talk first, others only after a battery has. Within the Pylontech family the dialects cannot be told
apart, and the choice among them stays a setting.
Sources: the tables of the dialects, which name theirs.
"""

from __future__ import annotations

from functools import cache

from openress.codec.canframe import CanFrame
from openress.protocols.inverter.recognise import NEEDED, Verdict
from openress.protocols.registry import DIALECTS

__all__ = ["PYLONTECH_CAN", "CanListener"]

NEEDED_KEEP_ALIVES = 3
"""Eight zeros in 0x305 are common to many: who says more has said it by then."""

PYLONTECH_CAN = ("pylontech-can", "pylontech-can-v13", "deye-can", "sol-ark-can", "luxpower-can", "seplos-can")
"""Inverters of these send eight zeros in 0x305 and nothing more."""
_GROWATT_ASKS = bytes.fromhex("1122334455667788")
_MEGAREVO = frozenset({0x1F000100, 0x0001001F})
_KEEP_ALIVE, _STATUS, _NAME = 0x305, 0x306, 0x307
_VICTRON = b"VIC"
_SMA_VOLTS_D, _SMA_SOC_D, _SMA_SOH = (300, 700), (0, 1000), (0, 100)


class CanListener:
    """Machine that recognises an inverter that talks on a CAN bus; made anew to begin anew."""

    def __init__(self) -> None:
        self._battery_ids = _battery_identifiers()
        self._known: dict[str, int] = {}
        """Frames that only one dialect's inverters send, by its name."""
        self._keep_alives = self._strange = 0
        self._rival = False
        self._measures = self._reports = False

    @property
    def verdict(self) -> Verdict:
        """What it makes of everything so far."""
        if self._known:
            names = tuple(self._known) if len(self._known) == 1 else ()
            return Verdict(names, sum(self._known.values()), None, self._strange, self._rival)
        polls = max(0, self._keep_alives - (NEEDED_KEEP_ALIVES - NEEDED))
        return Verdict(PYLONTECH_CAN if self._keep_alives else (), polls, None, self._strange, self._rival)

    def feed(self, frame: CanFrame) -> Verdict:
        """Take a frame off the bus; gives the verdict after it. Never raises."""
        if (frame.id, frame.extended) in self._battery_ids:
            self._rival = True
            return self.verdict
        dialects = self._speakers(frame)
        if dialects is None:
            self._strange += 1
        elif dialects == PYLONTECH_CAN:
            self._keep_alives += 1
        else:
            for name in dialects:
                self._known[name] = self._known.get(name, 0) + 1
        return self.verdict

    def _speakers(self, frame: CanFrame) -> tuple[str, ...] | None:
        """Who sends such a frame; empty when it says nothing yet, `None` when nobody known does."""
        if frame.extended:
            return ("megarevo-can",) if frame.id in _MEGAREVO else None
        if frame.id == 0x301 and frame.data == _GROWATT_ASKS:
            return ("growatt-can",)
        if frame.id == _NAME:
            return ("victron-can",) if frame.data[4:7] == _VICTRON else ()
        if frame.id == _STATUS:
            self._reports = self._reports or _sma_status(frame.data)
            return ("sma-can",) if self._measures and self._reports else ()
        return self._keep_alive(frame.data) if frame.id == _KEEP_ALIVE else None

    def _keep_alive(self, data: bytes) -> tuple[str, ...] | None:
        if not any(data):
            return PYLONTECH_CAN
        if len(data) == 8 and data[:5].isalpha() and data[:5].isascii():
            return ("afore-can",)
        self._measures = self._measures or _sma_battery(data)
        if not self._measures:
            return None
        return ("sma-can",) if self._reports else ()


def _sma_battery(data: bytes) -> bool:
    if len(data) < 8:
        return False
    volts_d, soc_d = (int.from_bytes(data[at : at + 2], "little") for at in (0, 6))
    return _SMA_VOLTS_D[0] <= volts_d <= _SMA_VOLTS_D[1] and _SMA_SOC_D[0] <= soc_d <= _SMA_SOC_D[1]


def _sma_status(data: bytes) -> bool:
    return len(data) >= 8 and any(data) and _SMA_SOH[0] <= int.from_bytes(data[:2], "little") <= _SMA_SOH[1]


@cache
def _battery_identifiers() -> frozenset[tuple[int, bool]]:
    """All that a battery of any CAN dialect sends."""
    tables = [make() for dialect in DIALECTS.values() if (make := dialect.parts().can_table) is not None]
    return frozenset((identifier, table.extended) for table in tables for identifier in table.told)
