"""What the lamps of a front panel do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Lamp", "Lamps"]


class Lamp(StrEnum):
    """What one lamp does; the flashes are those of the A5L guide."""

    OFF = "off"
    ON = "on"
    FLASH1 = "flash1"
    FLASH2 = "flash2"
    FLASH3 = "flash3"


@dataclass(frozen=True, slots=True)
class Lamps:
    """All six; `soc` lowest first."""

    run: Lamp
    alm: Lamp
    soc: tuple[Lamp, Lamp, Lamp, Lamp]
