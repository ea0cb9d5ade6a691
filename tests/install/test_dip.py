"""Address switches: pictures, addresses, schemes, and what is wrong with a rack's set."""

from __future__ import annotations

import pytest

from openress.catalog import load_battery
from openress.errors import ParameterError
from openress.install.dip import SCHEMES, address_of, counting, examine, picture, positions_of, switch_of
from openress.install.dipdrawing import dip_drawing
from openress.install.guides import GUIDES
from openress.install.svg import svg
from openress.products import AddressSwitch, Role, SwitchRow

A5L = switch_of(load_battery("syscom-a5l-51v2"), 4)
# Fujifilm FJ-5120LV prints a code that is not binary, with one pattern for 5 and 13.
FUJI = AddressSwitch(
    (
        SwitchRow(2, (True, True, False, False), Role.SLAVE),
        SwitchRow(3, (True, True, True, False), Role.SLAVE),
        SwitchRow(5, (False, True, True, False), Role.SLAVE),
        SwitchRow(13, (False, True, True, False), Role.SLAVE),
    )
)


def codes(addresses: list[int], switch: AddressSwitch = A5L) -> list[str]:
    return [finding.code for finding in examine(addresses, switch)]


def sentence(addresses: list[int], switch: AddressSwitch = A5L) -> str:
    return examine(addresses, switch)[0].sentence


@pytest.mark.req("REQ-100", "REQ-101")
@pytest.mark.parametrize("address", range(16))
def test_an_address_is_the_sum_of_1_2_4_8(address: int) -> None:
    row = A5L.row(address)
    assert sum(weight for weight, on in zip((1, 2, 4, 8), row.positions, strict=True) if on) == address
    assert address_of(row.picture, A5L) == address_of(str(address), A5L) == address
    assert row.role == {0: "stand-alone", 1: "master"}.get(address, "slave")
    assert counting(A5L) == (1, 2, 4, 8)


@pytest.mark.parametrize("text", ["ON OFF OFF ON", "on,off,off,on", "1001", " 1 0 0 1 "])
def test_a_picture_may_be_written_in_several_ways(text: str) -> None:
    assert positions_of(text) == (True, False, False, True)
    assert address_of(text, A5L) == 9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ON OFF", "'ON OFF' shows 2 switches; this product has 4."),
        ("up", "'up' is neither an address nor a picture such as 'ON ON ON ON'."),
        ("16", "The ADD switch has no address 16; it has 0 to 15."),
    ],
)
def test_what_is_no_address_is_told(text: str, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        address_of(text, A5L)
    assert str(caught.value) == message


def test_a_picture_is_drawn_with_what_each_switch_counts() -> None:
    assert picture(A5L.row(5), A5L) == [
        "  ON      ##   ..   ##   ..",
        "  OFF     ..   ##   ..   ##",
        "  switch  1    2    3    4",
        "  counts  1    2    4    8",
    ]


@pytest.mark.req("REQ-106")
def test_a_table_that_is_no_number_is_never_calculated() -> None:
    assert counting(FUJI) is None
    assert len(picture(FUJI.row(3), FUJI)) == 3
    assert FUJI.duplicates == ((5, 13),)


@pytest.mark.req("REQ-103")
def test_a_proper_rack_has_nothing_wrong() -> None:
    assert codes([1, 2, 3, 4]) == []
    assert codes([3, 1, 2]) == []
    assert codes([0]) == []


@pytest.mark.req("REQ-103")
def test_a_duplicate_is_named_with_its_packs() -> None:
    assert sentence([1, 2, 2]) == (
        "Packs 2 and 3 have the same address 2 (OFF ON OFF OFF): they answer at the same time and neither is "
        "understood; give each its own."
    )


@pytest.mark.req("REQ-103")
def test_gaps_are_named() -> None:
    assert sentence([1, 2, 5]) == (
        "Addresses 3, 4 are missing below 5: the master stops counting there; number the packs without gaps from 1 on."
    )
    assert sentence([1, 3]).startswith("Address 2 is missing below 3")


@pytest.mark.req("REQ-102", "REQ-103")
def test_a_rack_needs_one_master_and_no_pack_that_stands_alone() -> None:
    assert codes([2, 3]) == ["no-master"]
    assert codes([0, 1]) == ["stand-alone-in-rack"]
    assert "none is the master, and the inverter hears nobody" in sentence([2, 3])


def test_an_address_that_the_switches_do_not_have_is_named() -> None:
    assert sentence([1, 16]) == "Pack 2: the switches have no address 16."


@pytest.mark.req("REQ-287")
def test_lost_tables_are_not_invented_and_schemes_are_used_only_when_named() -> None:
    powersync = load_battery("powersync-lfp-lv-51v2-8bit")
    with pytest.raises(ParameterError, match="table of its 8 toggle switches is not published"):
        switch_of(powersync, 4)
    eight = switch_of(powersync, 4, "seplos-8bit")
    assert eight.row(0).picture == "OFF OFF OFF OFF ON ON OFF OFF"
    assert eight.row(3).picture == "ON ON OFF OFF OFF OFF OFF OFF"
    assert switch_of(powersync, 16, "seplos-8bit").row(0).picture == "OFF OFF OFF OFF ON ON ON ON"
    assert switch_of(powersync, 1, "seplos-8bit").row(0).picture == " ".join(["OFF"] * 8)
    six = switch_of(load_battery("powersync-lfp-lv-51v2-6bit"), 17, "narada-6bit")
    assert len(six.rows) == 64
    assert six.row(0).role is Role.MASTER
    assert all(scheme.source.confidence.value == "inference" for scheme in SCHEMES.values())


@pytest.mark.parametrize(
    ("product", "scheme", "message"),
    [
        ("powersync-lfp-lv-51v2-8bit", "narada-6bit", "The scheme narada-6bit has 6 switches, Powersync"),
        ("powersync-lfp-lv-51v2-8bit", "narada", "There is no switch scheme narada; did you mean narada-6bit"),
        ("syscom-a5l-48v", "seplos-8bit", "has a printed switch table; leave --scheme out"),
        ("pylontech-us", None, "Switch 1 sets the speed of RS485"),
    ],
)
def test_a_scheme_must_fit(product: str, scheme: str | None, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        switch_of(load_battery(product), 4, scheme)


@pytest.mark.req("REQ-294")
def test_the_sok_table_gives_13_as_1101() -> None:
    sok = switch_of(load_battery("sok-sk48v100"), 15)
    assert sok.row(13).picture == "ON OFF ON ON"
    assert sok.row(1).role is Role.MASTER
    assert [row.address for row in sok.rows] == list(range(1, 16))


@pytest.mark.req("REQ-284")
@pytest.mark.parametrize(
    ("wait_s", "told"),
    [(None, "set with the breaker off"), (20.0, "set with the breaker off; wait 20 s; breaker on")],
)
def test_a_picture_tells_to_wait_where_the_maker_does(wait_s: float | None, told: str) -> None:
    switch = load_battery("syscom-a5l-51v2").address_switch
    assert switch is not None
    drawing = dip_drawing("2 packs", switch, switch.rows[1:3], wait_s=wait_s)
    assert f">{told}<" in svg(drawing)


def test_no_a5l_is_told_the_wait_of_another_maker() -> None:
    assert load_battery("syscom-a5l-51v2").address_wait_s is load_battery("syscom-a5l-48v").address_wait_s is None
    assert not any(
        "20 s" in sentence and "Powersync" not in sentence for _, told in GUIDES.values() for sentence in told
    )
