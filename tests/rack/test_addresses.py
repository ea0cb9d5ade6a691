"""The rules for addresses, over every set of addresses there can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.errors import ParameterError
from openress.rack.addresses import address_findings, require_room
from openress.rack.standing import Trouble


def troubles(numbers: set[int], limit: int | None = 15) -> set[Trouble]:
    return {finding.trouble for finding in address_findings(numbers, pack_limit=limit)}


@pytest.mark.req("REQ-102", "REQ-103")
@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        (set(), set()),
        ({0}, set()),
        ({1}, set()),
        ({1, 2, 3}, set()),
        (set(range(1, 16)), set()),
        ({0, 1}, {Trouble.STAND_ALONE}),
        ({2}, {Trouble.NO_MASTER}),
        ({1, 3}, {Trouble.GAP}),
        ({0, 3}, {Trouble.STAND_ALONE, Trouble.NO_MASTER, Trouble.GAP}),
        (set(range(1, 17)), {Trouble.TOO_MANY}),
    ],
)
def test_what_is_wrong_with_a_set_of_numbers(numbers: set[int], found: set[Trouble]) -> None:
    assert troubles(numbers) == found


@given(st.sets(st.integers(0, 15), min_size=1))
def test_f06_no_set_of_addresses_is_silently_a_rack_that_it_is_not(numbers: set[int]) -> None:
    """Of all 65,535 sets only 0 alone and 1 to n are right; each other one is an error with its own name."""
    right = numbers == {0} or numbers == set(range(1, max(numbers) + 1))
    findings = address_findings(numbers, pack_limit=15)
    assert (not findings) == right
    assert all(finding.sentence for finding in findings)
    assert (Trouble.STAND_ALONE in troubles(numbers)) == (0 in numbers and len(numbers) > 1)
    assert (Trouble.NO_MASTER in troubles(numbers)) == (1 not in numbers and numbers != {0})


def test_a_gap_names_the_number_that_is_missing() -> None:
    (finding,) = address_findings({1, 4}, pack_limit=15)
    assert finding.packs == (2, 3)
    assert finding.sentence.startswith("Number 2, 3 is missing below pack 4")


def test_a_product_of_which_nobody_has_published_a_limit_has_none() -> None:
    assert troubles(set(range(1, 100)), None) == set()


@pytest.mark.req("REQ-105", "REQ-286", "REQ-287")
@pytest.mark.parametrize("limit", [15, 16, 64])
def test_more_packs_than_the_product_allows_are_refused(limit: int) -> None:
    require_room(range(1, limit + 1), product="P", pack_limit=limit, dialect_limit=64)
    with pytest.raises(ParameterError, match=rf"^{limit + 1} packs: a rack of P has at most {limit} packs\.$"):
        require_room(range(1, limit + 2), product="P", pack_limit=limit, dialect_limit=64)
    with pytest.raises(ParameterError, match=rf"^pack {limit + 1}: a rack of P has at most {limit} packs\.$"):
        require_room([1, limit + 1], product="P", pack_limit=limit, dialect_limit=64)


def test_more_packs_than_the_dialect_can_ask_are_refused() -> None:
    require_room([], product="P", pack_limit=None, dialect_limit=14)
    with pytest.raises(ParameterError, match="can ask packs 1 to 14 only"):
        require_room([15], product="P", pack_limit=None, dialect_limit=14)
