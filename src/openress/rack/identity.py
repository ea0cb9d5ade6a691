"""Who answers at which address: serial numbers that flip, that are there twice, that have moved or changed places.

A serial number is bound to the address at which it was heard first. Another one at the same address is believed when
the pack there had fallen silent (it was exchanged), or after it has been told three times without the old one
between; until then, and whenever the two alternate, nobody knows whose values these are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

__all__ = ["Doubt", "Identities", "Turn", "real_serial"]

SAME_AGAIN = 3
"""So often must a new serial number be told before it is believed without a silence."""
CALM_S = 60.0
"""An address at which serial numbers alternated is believed again after so long with one of them."""
JUMPS = 2
"""So many leaps of values that no pack can make, within `CALM_S`, are two packs at one address."""
_PLACEHOLDERS = frozenset("0Ff \xff\x00-?*")


class Doubt(Enum):
    """Why it is not certain who answers."""

    CHANGED = auto()
    """Another serial number than before; not confirmed yet."""
    ALTERNATES = auto()
    """Two packs answer at this address."""
    TWIN = auto()
    """The serial number belongs to another address, which also answers."""


class Turn(Enum):
    """What a serial number has told."""

    FIRST = auto()
    SAME = auto()
    DOUBTED = auto()
    EXCHANGED = auto()
    """Another pack has this address now."""
    MOVED = auto()
    """A pack that was at a silent address has this one now."""
    SWAPPED = auto()
    """Two packs have each other's address now."""


@dataclass(slots=True)
class _Place:
    serial: str | None = None
    rival: str | None = None
    times: int = 0
    silent: bool = False
    twinned: bool = False
    flipped_s: float | None = None
    jumps_s: list[float] = field(default_factory=list)


def real_serial(text: str | None) -> str | None:
    """A serial number, or `None` for what stands where none was written."""
    if text is None:
        return None
    stripped = text.strip()
    return None if not stripped or set(stripped) <= _PLACEHOLDERS else stripped


class Identities:
    """Machine that follows the serial numbers of a rack."""

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[int, _Place] = {}

    def serial(self, number: int) -> str | None:
        """The serial number that is believed of an address."""
        return self._place(number).serial

    def silent(self, number: int) -> None:
        """The pack at this address has fallen silent: whoever answers next may be another."""
        self._place(number).silent = True

    def loud(self, number: int) -> None:
        """Something answers at this address, though it cannot be understood: its pack has not gone elsewhere."""
        if number in self._places:
            self._places[number].silent = False

    def forget(self, number: int) -> None:
        """Nobody has this address any more."""
        self._places.pop(number, None)

    def jumped(self, number: int, now_s: float) -> None:
        """The values of this address made a leap that no pack can make."""
        place = self._place(number)
        place.jumps_s = [at_s for at_s in place.jumps_s if now_s - at_s < CALM_S] + [now_s]

    def heard(self, number: int, serial: str, now_s: float) -> tuple[Turn, int | None]:
        """Take in the serial number told at an address; gives what it means, and the other address it concerns."""
        place = self._place(number)
        silent, place.silent = place.silent, False
        if place.serial == serial:
            if place.rival is not None:
                place.flipped_s, place.rival, place.times = now_s, None, 0
            # It answers although another address has told its serial number: those are two packs, nobody has moved.
            place.twinned = any(there.rival == serial for there in self._places.values())
            return Turn.SAME, None
        other = self._holder(serial, but=number)
        if other is not None and (not self._places[other].silent or self._places[other].twinned):
            return self._contested(number, other, serial)
        if other is not None:
            self._bind(number, serial)
            self.forget(other)
            return Turn.MOVED, other
        if place.serial is None or silent:
            first = place.serial is None
            self._bind(number, serial)
            return (Turn.FIRST if first else Turn.EXCHANGED), None
        place.times = place.times + 1 if place.rival == serial else 1
        place.rival = serial
        if place.times < SAME_AGAIN or self._alternates(place, now_s):
            return Turn.DOUBTED, None
        self._bind(number, serial)
        return Turn.EXCHANGED, None

    def _contested(self, number: int, other: int, serial: str) -> tuple[Turn, int | None]:
        """A serial number of another address that is not silent: a twin, or half of a swap."""
        place, there = self._place(number), self._places[other]
        place.rival, place.times = serial, place.times + 1 if place.rival == serial else 1
        if place.serial is not None and there.rival == place.serial:
            mine = place.serial
            self._bind(number, serial)
            self._bind(other, mine)
            return Turn.SWAPPED, other
        return Turn.DOUBTED, other

    def doubt(self, number: int, now_s: float) -> tuple[Doubt, int | None] | None:
        """Why it is not certain who answers at an address, and the other address that this concerns."""
        place = self._place(number)
        if self._alternates(place, now_s):
            return Doubt.ALTERNATES, None
        if place.rival is None:
            return None
        other = self._holder(place.rival, but=number)
        return (Doubt.CHANGED, None) if other is None else (Doubt.TWIN, other)

    def wanted(self, number: int, now_s: float) -> bool:
        """Whether to ask for the serial number soon, because something about it is open."""
        place = self._place(number)
        claimed = place.serial is not None and any(there.rival == place.serial for there in self._places.values())
        leapt = any(now_s - at_s < CALM_S for at_s in place.jumps_s)
        return claimed or leapt or self.doubt(number, now_s) is not None

    def _alternates(self, place: _Place, now_s: float) -> bool:
        flipped = place.flipped_s is not None and now_s - place.flipped_s < CALM_S
        return flipped or len([at_s for at_s in place.jumps_s if now_s - at_s < CALM_S]) >= JUMPS

    def _holder(self, serial: str, *, but: int) -> int | None:
        return next((n for n, place in self._places.items() if n != but and place.serial == serial), None)

    def _bind(self, number: int, serial: str) -> None:
        self._places[number] = _Place(serial)

    def _place(self, number: int) -> _Place:
        return self._places.setdefault(number, _Place())
