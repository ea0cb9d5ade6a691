"""An installation as it is wired: what a plan writes is right, and every way to spoil it is named."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.install.racks import RACKS, rack

from openress.catalog import load_battery
from openress.errors import ParameterError
from openress.install.connectors import find_inverter
from openress.install.dip import switch_of
from openress.install.finding import Finding, Weight
from openress.install.topology import topology_from_mapping, topology_text
from openress.install.topologycheck import check_topology

Content = dict[str, Any]
KEYS = ["address", "switches", "product", "part_number", "torque_nm", "from", "to", "straight"]


def written(packs: int) -> Content:
    return tomllib.loads(topology_text(rack(packs), pack_current_a=RACKS[packs][2].pack_current_a))


def check(content: Content, scheme: str | None = None) -> list[Finding]:
    topology = topology_from_mapping(content, name="site.toml")
    names = {topology.product, *(pack.product for pack in topology.packs if pack.product is not None)}
    products = {name: load_battery(name) for name in names}
    inverter = None if topology.inverter is None else find_inverter(topology.inverter)
    try:
        switch = switch_of(products[topology.product], len(topology.packs), scheme)
    except ParameterError:
        switch = None
    return check_topology(topology, products, inverter, switch)


def codes(content: Content, scheme: str | None = None) -> list[str]:
    return [finding.code for finding in check(content, scheme)]


def sentences(content: Content, scheme: str | None = None) -> list[str]:
    return [finding.sentence for finding in check(content, scheme)]


@pytest.mark.req("REQ-281")
@pytest.mark.parametrize("packs", RACKS)
def test_what_a_plan_writes_is_right(packs: int) -> None:
    assert sentences(written(packs), RACKS[packs][2].scheme) == []


@pytest.mark.req("REQ-282")
def test_reversed_polarity_is_refused() -> None:
    content = written(8)
    content["power"][1]["to"] = "2 -1"
    assert sentences(content) == [
        "The power cable pack 1 +2 to pack 2 -1 joins positive to negative: it shorts the batteries. Never join + to -."
    ]


@pytest.mark.req("REQ-282")
def test_a_chain_through_a_single_terminal_is_refused() -> None:
    content = written(8)
    del content["power"][2]  # - of packs 1 and 2
    assert sentences(content)[0] == (
        "Packs 1 and 2 are joined through a single terminal, + only: module to module takes a cable from + to + and "
        "one from - to -."
    )
    content = written(8)
    for joint in content["power"]:
        joint["from"] = joint["from"].replace("+2", "+1").replace("-2", "-1")
    assert "2 power cables share the single terminal pack 1 +1: a chain enters at one terminal" in sentences(content)[0]
    content = written(4)
    content["power"][2]["to"], content["power"][2]["from"] = "1 +1", "2 +1"
    assert "single-terminal" in codes(content)


def shared_terminal(content: Content) -> None:
    content["power"].append({"from": "1 +1", "to": "busbar +"})


def open_minus(content: Content) -> None:
    del content["power"][-1]


def no_home(content: Content) -> None:
    content["power"] = [joint for joint in content["power"] if "busbar" not in joint["to"]]


def no_such_terminal(content: Content) -> None:
    content["power"][0]["from"] = "1 +3"


def loop(content: Content) -> None:
    content["links"].append({"from": "4 LINK-OUT", "to": "1 LINK-IN"})


def broken(content: Content) -> None:
    del content["links"][1]


def no_links(content: Content) -> None:
    content["links"] = []


def same_kind(content: Content) -> None:
    content["links"][2]["to"] = "4 LINK-OUT"


def into_can(content: Content) -> None:
    content["links"][0]["from"] = "1 CAN"


def nowhere(content: Content) -> None:
    content["links"][0]["from"] = "1 USB"


def twice(content: Content) -> None:
    content["links"][1]["from"] = "1 LINK-OUT"


def part_numbers(content: Content) -> None:
    for pack, number in zip(content["packs"], ("A5L", "A5L", "A5L-B", "A5L"), strict=True):
        pack["part_number"] = number


def other_product(content: Content) -> None:
    content["packs"][1]["product"] = "syscom-a5l-48v"


def duplicate(content: Content) -> None:
    content["packs"][2] = {"switches": "OFF ON OFF OFF"}


def moved(content: Content) -> None:
    content["packs"][2]["switches"] = "ON OFF OFF ON"


def no_such_row(content: Content) -> None:
    content["packs"][2]["switches"] = "ON OFF"


def at_a_slave(content: Content) -> None:
    content["inverter_cable"]["from"] = "2 CAN"


def into_link(content: Content) -> None:
    content["inverter_cable"]["from"] = "1 LINK-IN"


def straight(content: Content) -> None:
    content["inverter_cable"]["straight"] = True


MISTAKES: list[tuple[Callable[[Content], None], str, str]] = [
    (shared_terminal, "single-terminal", "2 power cables share the terminal pack 1 +1: use busbars outside."),
    (open_minus, "no-conductor", "Pack 4 has no power cable at -."),
    (no_home, "", ""),
    (no_such_terminal, "no-such-terminal", "pack 1 +3 does not exist; a pack has +1, -1."),
    (loop, "link-loop", "The link pack 4 LINK-OUT to pack 1 LINK-IN closes a loop"),
    (broken, "link-broken", "No link leads from pack 1 to pack 3, 4."),
    (no_links, "link-broken", "There are 4 packs and no links between them."),
    (same_kind, "not-alternating", "goes from LINK-OUT to LINK-OUT: links alternate"),
    (into_can, "wrong-socket", "is plugged into CAN, which is for the inverter: links go into LINK-IN or LINK-OUT."),
    (nowhere, "no-such-socket", "has no socket USB for links"),
    (twice, "socket-twice", "The socket pack 1 LINK-OUT is said to hold 2 plugs."),
    (
        part_numbers,
        "mixed-part-numbers",
        "Pack 3 has part number A5L-B, others have A5L: batteries of a rack, and those",
    ),
    (other_product, "mixed-products", "Pack 2 is Syscom A5L 48 V, the others Syscom A5L 51.2 V"),
    (duplicate, "duplicate-address", "Packs 2 and 3 have the same address 2 (OFF ON OFF OFF)"),
    (
        moved,
        "switches-differ",
        "Pack 3 shall have address 3 (ON ON OFF OFF), but its switches stand for 9 (ON OFF OFF ON)",
    ),
    (no_such_row, "no-such-picture", "Pack 3: The ADD switch table has no row ON OFF"),
    (at_a_slave, "not-at-master", "plugged into pack 2, which is a slave: only the master talks to the inverter."),
    (into_link, "wrong-socket", "The cable to SMA Sunny Island is plugged into LINK-IN; it belongs into CAN."),
    (straight, "other-function", "it lands on a pin that is reserved at SMA Sunny Island (Sync7, reserved)."),
]


@pytest.mark.req("REQ-006", "REQ-103", "REQ-281", "REQ-282")
@pytest.mark.parametrize(("spoil", "code", "sentence"), MISTAKES, ids=[row[0].__name__ for row in MISTAKES])
def test_a_mistake_is_named(spoil: Callable[[Content], None], code: str, sentence: str) -> None:
    content = written(4)
    spoil(content)
    found = check(content)
    if code:
        assert found[0].code == code
        assert sentence in found[0].sentence
        assert found[0].weight is Weight.REFUSED
    else:
        # Without any cable written down, power is not judged.
        assert not found


@pytest.mark.req("REQ-286", "REQ-287")
def test_too_many_and_mixed_modules_are_refused() -> None:
    many = {"product": "powersync-lfp-lv-51v2-8bit", "packs": [{} for _ in range(17)]}
    assert sentences(many)[0] == (
        "17 packs: Powersync LFP-LV 51.2 V 100 Ah, 8-bit switches may have 16 in parallel; if more are foreseen, use "
        "6-bit modules only."
    )
    mixed = written(8)
    mixed["packs"][3]["product"] = "powersync-lfp-lv-51v2-6bit"
    assert sentences(mixed, "seplos-8bit")[0] == (
        "Modules with 6-bit and 8-bit switches are mixed: they count differently."
    )


@pytest.mark.req("REQ-277")
def test_too_long_a_chain_is_refused_by_its_current() -> None:
    content = written(8)
    content["pack_current_a"] = 120
    assert sentences(content, "seplos-8bit")[0] == (
        "The current of 4 packs, up to 480 A, passes the + busbar inside pack 1, which may carry 400 A: make shorter "
        "strings with home-run conductors of their own."
    )
    content["total_current_a"] = 300
    assert sentences(content, "seplos-8bit") == []
    del content["pack_current_a"], content["total_current_a"]
    assert codes(content, "seplos-8bit") == ["busbar-unchecked"]


@pytest.mark.req("REQ-276")
def test_too_much_torque_is_refused() -> None:
    content = written(8)
    content["packs"][1]["torque_nm"] = 9
    assert sentences(content, "seplos-8bit") == [
        "Pack 2: its terminals were tightened with 9 Nm, at most 7.5 Nm is allowed."
    ]
    content["packs"][1]["torque_nm"] = 7.5
    assert sentences(content, "seplos-8bit") == []


def test_home_runs_must_be_there() -> None:
    content = written(8)
    content["power"] = [joint for joint in content["power"] if joint["to"] != "busbar -"]
    assert "no-home-run" in codes(content, "seplos-8bit")


def test_a_cable_to_an_inverter_without_pins_is_an_open_question() -> None:
    content = written(4)
    content["inverter"] = "opti"
    assert [(f.code, f.weight) for f in check(content)] == [("cable-unknown", Weight.UNKNOWN)]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("produkt", "x", "site.toml has no produkt; did you mean product?"),
        ("product", 7, "site.toml must name its battery"),
        ("packs", [], "site.toml has no packs"),
        ("packs", 3, "site.toml: packs must be written as"),
        ("packs", [{"adress": 1}], "site.toml, pack 1 has no adress; did you mean address?"),
        ("packs", [{"address": "1"}], "site.toml, pack 1: address must be a whole number, not '1'"),
        ("packs", [{"switches": "up down"}], 'switches must be a picture such as "ON OFF OFF OFF"'),
        ("packs", [{"part_number": 5}], "site.toml, pack 1: part_number must be a text in quotes, not 5"),
        ("packs", [{"torque_nm": "7"}], "site.toml, pack 1: torque_nm must be a number, not '7'"),
        ("inverter", 5, "site.toml: inverter must be a text in quotes, not 5"),
        ("links", [{"from": "1 LINK-OUT", "to": "9 LINK-IN"}], "there is no pack 9; there are 4"),
        ("links", [{"from": "LINK-OUT", "to": "2 LINK-IN"}], 'must be a pack and a place there, as "2 LINK-IN"'),
        ("links", [{"from": "busbar +", "to": "2 LINK-IN"}], 'must be a pack and a place there, as "2 LINK-IN", not'),
        ("links", [{"from": "2 LINK-OUT", "to": "2 LINK-IN"}], "a cable from pack 2 LINK-OUT to pack 2 LINK-IN leads"),
        ("power", [{"from": "busbar +", "to": "busbar +"}], "leads nowhere; it joins two places"),
        ("links", [{"form": "1 LINK-OUT"}], r"\[\[links\]\] has no form; did you mean from\?"),
        ("inverter_cable", 1, "inverter_cable. must be a table, not 1"),
        ("inverter_cable", {"from": "1 CAN", "straight": "yes"}, "straight must be true or false, not 'yes'"),
        ("pack_current_a", 0, "site.toml: pack_current_a must be a number above 0, not 0"),
    ],
)
def test_a_spoilt_file_is_refused(key: str, value: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        topology_from_mapping({**written(4), key: value}, name="site.toml")


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 20)
    | st.text(max_size=6)
    | st.sampled_from(["1 CAN", "2 +1", "busbar -"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(sorted({*written(4), "torque"})), ANYTHING)
def test_whatever_a_file_says_it_is_refused_or_checked(key: str, value: object) -> None:
    try:
        found = check({**written(4), key: value})
    except ParameterError:
        return
    assert all(finding.sentence for finding in found)
