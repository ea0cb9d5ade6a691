"""The ADD switch: a printed table, read both ways."""

from __future__ import annotations

import pytest

from openress.errors import ParameterError
from openress.products import AddressSwitch, Role, SwitchRow


def switch(*rows: str) -> AddressSwitch:
    """A switch from rows such as `2 ON ON OFF OFF`."""
    made = []
    for row in rows:
        address, *words = row.split()
        made.append(SwitchRow(int(address), tuple(word == "ON" for word in words), Role.SLAVE))
    return AddressSwitch(tuple(made))


# Some rows of a product that does not count in binary (Fujifilm FJ-5120LV), whose 5 and 13 are the same.
UNEVEN = switch("2 ON ON OFF OFF", "3 ON ON ON OFF", "4 ON ON ON ON", "5 OFF ON OFF ON", "13 OFF ON OFF ON")


def test_decodes_what_is_printed_not_what_binary_would_say() -> None:
    assert UNEVEN.decode((True, True, False, False)) == 2
    assert UNEVEN.decode([True, True, True, True]) == 4


def test_reports_positions_printed_twice() -> None:
    assert UNEVEN.duplicates == ((5, 13),)
    with pytest.raises(ParameterError, match="prints OFF ON OFF ON for 5 and 13: choose an address"):
        UNEVEN.decode((False, True, False, True))


@pytest.mark.parametrize("positions", [(True, False, False, False), (True, True), ()])
def test_positions_that_are_not_printed(positions: tuple[bool, ...]) -> None:
    with pytest.raises(ParameterError, match=r"has no row .*; it has 4 switches"):
        UNEVEN.decode(positions)


def test_row_of_an_address() -> None:
    assert UNEVEN.positions == 4
    assert UNEVEN.row(3).picture == "ON ON ON OFF"
    with pytest.raises(ParameterError, match="has no address 16; it has 2 to 13"):
        UNEVEN.row(16)
