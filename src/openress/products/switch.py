"""The ADD switch of a pack: which address its positions stand for, as printed for that product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from openress.errors import ParameterError

__all__ = ["AddressSwitch", "Role", "SwitchRow"]


class Role(StrEnum):
    """What a pack is because of its address."""

    STAND_ALONE = "stand-alone"
    MASTER = "master"
    SLAVE = "slave"


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """One printed row: an address, and the positions from switch 1# on; true is ON."""

    address: int
    positions: tuple[bool, ...]
    role: Role

    @property
    def picture(self) -> str:
        """The row as it is printed: `ON OFF OFF OFF`, switch 1# first."""
        return " ".join("ON" if on else "OFF" for on in self.positions)


@dataclass(frozen=True, slots=True)
class AddressSwitch:
    """The table of a product, kept as printed and never computed: not every product counts in binary."""

    rows: tuple[SwitchRow, ...]

    @property
    def positions(self) -> int:
        """How many switches there are."""
        return len(self.rows[0].positions)

    @property
    def duplicates(self) -> tuple[tuple[int, ...], ...]:
        """Addresses that the table prints with the same positions: nobody can tell such packs apart."""
        by_positions: dict[tuple[bool, ...], list[int]] = {}
        for row in self.rows:
            by_positions.setdefault(row.positions, []).append(row.address)
        return tuple(tuple(addresses) for addresses in by_positions.values() if len(addresses) > 1)

    def row(self, address: int) -> SwitchRow:
        """Find the printed row of an address.

        Raises:
            ParameterError: the switch has no such address.
        """
        for row in self.rows:
            if row.address == address:
                return row
        known = [row.address for row in self.rows]
        raise ParameterError(f"The ADD switch has no address {address}; it has {min(known)} to {max(known)}.")

    def decode(self, positions: Sequence[bool]) -> int:
        """Tell the address that is set, switch 1# first.

        Raises:
            ParameterError: the positions are not in the table, or stand there for several addresses.
        """
        found = [row for row in self.rows if row.positions == tuple(positions)]
        if len(found) == 1:
            return found[0].address
        picture = " ".join("ON" if on else "OFF" for on in positions)
        if not found:
            raise ParameterError(f"The ADD switch table has no row {picture}; it has {self.positions} switches.")
        several = " and ".join(str(row.address) for row in found)
        raise ParameterError(
            f"The ADD switch table prints {picture} for {several}: choose an address that it prints once."
        )
