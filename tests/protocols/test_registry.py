"""The registry: every dialect is found by its name, imports, and says what of it is not known or not spoken."""

from __future__ import annotations

import pytest

from openress.errors import ParameterError
from openress.protocols import DIALECTS, find_dialect

every_dialect = pytest.mark.parametrize("name", DIALECTS)


@every_dialect
def test_a_dialect_says_what_it_does_not_support(name: str) -> None:
    entries = DIALECTS[name].unsupported
    assert entries
    assert len(set(entries)) == len(entries)
    for entry in entries:
        # Each is an entry of a list: a phrase, without the stop of a sentence or a stray blank of a broken line.
        assert entry.strip(" .") == entry != ""
        assert "  " not in entry


@every_dialect
def test_a_dialect_has_the_parts_for_what_it_does(name: str) -> None:
    dialect = find_dialect(name)
    parts = dialect.parts()
    assert dialect.name == name
    has = {
        "decode": parts.decoder is not None or parts.can_decoder is not None,
        "serve": parts.server is not None,
        "read": parts.client is not None,
        "battery": parts.can_battery is not None or parts.serial_battery is not None,
        "inverter": parts.can_inverter is not None or parts.serial_inverter is not None,
    }
    assert set(dialect.does) == {deed for deed, there in has.items() if there}


def test_a_dialect_that_does_not_exist_is_named_with_its_neighbour() -> None:
    with pytest.raises(ParameterError, match="pylontech"):
        find_dialect("pylontec")
