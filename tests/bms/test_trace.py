"""Recordings read row by row: what is missing, what is wrong with its line, and what the BMS makes of them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from openress.bms.trace import TraceRow, parse_trace, replay
from openress.catalog import load_product
from openress.errors import ParameterError
from openress.model import PackState
from openress.params import ParameterSet

PRODUCT = load_product("syscom-a5l-51v2")
CELLS = [f"cell{number}_mv" for number in range(1, 17)]
HEAD = ["time_s", "current_a", *CELLS, "t1_c", "t2_c", "t3_c", "t4_c", "mos_c", "env_c"]
CALM: dict[str, object] = dict.fromkeys(CELLS, 3300) | {"current_a": 0, "mos_c": 30, "env_c": 28}
CALM |= {f"t{number}_c": 25 for number in range(1, 5)}


def lines(rows: Iterable[dict[str, object]], *extra: str) -> list[str]:
    head = [*HEAD, *extra]
    return [
        ",".join(head),
        *(",".join(str((CALM | {"time_s": k} | row).get(name, "")) for name in head) for k, row in enumerate(rows)),
    ]


def read(text: list[str]) -> list[TraceRow]:
    return list(parse_trace(text, cells=16, sensors=4, name="log.csv"))


def test_empty_fields_and_nan_are_values_that_could_not_be_had() -> None:
    row = read(lines([{"cell2_mv": "", "current_a": "nan", "t1_c": " "}]))[0]
    assert (row.cells_mv[1], row.current_a, row.temperatures_c[0]) == (None, None, None)
    assert row.cells_mv[0] == 3300


def test_blank_lines_are_passed_over() -> None:
    assert [row.time_s for row in read([*lines([{}]), "", ",,"])] == [0.0]


@pytest.mark.parametrize(
    ("words", "flag"), [("1", True), ("on", True), ("Yes", True), ("0", False), ("off", False), ("", None)]
)
def test_flags(words: str, flag: bool | None) -> None:
    row = read(lines([{"charger": words, "button": words, "mcb": words}], "charger", "button", "mcb"))[0]
    assert row.charger is flag
    assert row.button is row.mcb is (flag is not False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (lines([{}], "cell17_mv")[:1], "the product has 16 cells in series"),
        (lines([{}], "volts")[:1], "unknown column 'volts'"),
        ([",".join(HEAD[:-1])], "no column env_c"),
        ([",".join([*HEAD, "env_c"])], "names a column twice"),
        ([*lines([{}]), "1,2"], "line 3 has 2 fields"),
        (lines([{"time_s": ""}]), "line 2: time_s is empty"),
        (lines([{"time_s": 5}, {"time_s": 5}]), "line 3: time_s 5 does not come after 5"),
        (lines([{"mos_c": "warm"}]), "line 2: mos_c is 'warm', not a number"),
        (lines([{"charger": "maybe"}], "charger"), "line 2: charger is 'maybe'; write 1 or 0"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: list[str], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        read(text)


def decided(rows: list[dict[str, object]], *extra: str) -> list[PackState]:
    values = ParameterSet.defaults(PRODUCT)
    return [decision.state for _, decision in replay(read(lines(rows, *extra)), PRODUCT, values)]


def test_the_button_switches_the_pack_off_and_on_again() -> None:
    rows: list[dict[str, object]] = [{"button": button, "time_s": 10 * k} for k, button in enumerate((1, 0, 0, 1, 1))]
    states = decided(rows, "button")
    assert PackState.OFF in states[1:3]
    assert states[-1] is PackState.STANDBY


def test_a_button_that_has_woken_a_dormant_pack_does_not_switch_it_off_on_its_way_back() -> None:
    times_and_buttons = ((0, 1), (90_000, 1), (90_001, 1), (90_010, 0), (90_020, 1))
    rows: list[dict[str, object]] = [{"time_s": time_s, "button": on, "charger": 0} for time_s, on in times_and_buttons]
    states = decided(rows, "button", "charger")
    assert states[2] is PackState.DORMANT
    assert states[3] is states[4] is PackState.STANDBY


def test_a_missing_cell_leaves_the_sum_unknown() -> None:
    states = decided([{}, {"cell5_mv": ""}])
    assert states[0] is PackState.STANDBY
    assert states[1] is not PackState.STANDBY


def test_with_the_breaker_open_no_charger_is_seen() -> None:
    with_breaker = decided([{"charger": 1, "mcb": 1}, {"charger": 1, "mcb": 0}], "charger", "mcb")
    assert len(with_breaker) == 2
