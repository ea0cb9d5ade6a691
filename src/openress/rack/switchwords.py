"""How to set a pack's address switch, in words: "switches 2 and 4 on" for 10."""

from __future__ import annotations

from dataclasses import dataclass

from openress.errors import ParameterError
from openress.products import AddressSwitch
from openress.products.switch import SwitchRow
from openress.rack.numberwords import listed

__all__ = ["SwitchWords"]


@dataclass(frozen=True, slots=True)
class SwitchWords:
    """The words for one product in one dialect.

    Attributes:
        switch: the product's table; `None` when it has none.
        counts_from: address of the master as its switch is set: 1, or 0 where the dialect counts from 0.
    """

    switch: AddressSwitch | None
    counts_from: int = 1

    def of(self, pack: int) -> str:
        """The setting of a pack: `only switch 2 on`; where the table is not known, its address."""
        row = self._row(pack)
        if row is None:
            return f"address {self._address(pack)}"
        on = _places(row)
        if not on:
            return "all switches off"
        return f"only switch {on[0]} on" if len(on) == 1 else f"switches {listed(on)} on"

    def told(self, pack: int) -> str:
        """The setting that a pack has, with the address that it makes: `switches 2 and 4 are on = 10`."""
        row = self._row(pack)
        if row is None:
            return f"its address is {self._address(pack)}"
        on = _places(row)
        if not on:
            return f"all switches are off = {row.address}"
        if len(on) == 1:
            return f"only switch {on[0]} is on = {row.address}"
        return f"switches {listed(on)} are on = {row.address}"

    def picture(self, pack: int) -> str | None:
        """The switches as printed, switch 1 first; `None` where the table is not known."""
        row = self._row(pack)
        return None if row is None else row.picture

    def positions(self, pack: int) -> list[bool]:
        """The switches for a drawing, switch 1 first; empty where the table is not known."""
        row = self._row(pack)
        return [] if row is None else list(row.positions)

    def _address(self, pack: int) -> int:
        return pack if pack == 0 else pack - 1 + self.counts_from

    def _row(self, pack: int) -> SwitchRow | None:
        if self.switch is None:
            return None
        try:
            return self.switch.row(self._address(pack))
        except ParameterError:
            # A dialect may have more addresses than the product's switch.
            return None


def _places(row: SwitchRow) -> list[str]:
    """The switches that are on, counted from 1."""
    return [str(place) for place, high in enumerate(row.positions, start=1) if high]
