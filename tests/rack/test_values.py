"""The orders of a change: allowed after each of them, as few as the dialect can."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openress.catalog import load_product
from openress.errors import ParameterError
from openress.model.change import Change, ChangeKind, Outcome
from openress.params import BY_KEY, RULES, ParameterSet, problems, stricter
from openress.protocols import find_dialect
from openress.protocols.access import ParameterAccess
from openress.protocols.base import Query
from openress.rack.journal import standing, undoable, unfinished
from openress.rack.values import differing, neighbourhood, same, steps, text

PRODUCT = load_product("syscom-a5l-51v2")
DEFAULTS = ParameterSet.defaults(PRODUCT)


class OneByOne:
    """A dialect in which every setting has an order of its own."""

    keys = frozenset(BY_KEY)

    def read_queries(self, pack: int, keys: Collection[str]) -> tuple[Query, ...]:
        raise AssertionError((pack, keys))

    def read(self, query: Query, reply: bytes) -> Mapping[str, float]:
        raise AssertionError((query, reply))

    def write_queries(self, pack: int, values: Mapping[str, float], known: Mapping[str, float]) -> tuple[Query, ...]:
        assert known
        return tuple(Query(key, pack, b"") for key in values)

    def written(self, query: Query, reply: bytes) -> None:
        raise AssertionError((query, reply))


def accesses() -> list[ParameterAccess]:
    found: list[ParameterAccess] = [OneByOne()]
    for name in ("pace", "pace-modbus"):
        make = find_dialect(name).parts().parameters
        assert make is not None
        found.append(make())
    return found


valid = (
    st.dictionaries(st.sampled_from(list(BY_KEY)), st.integers(-4, 4), min_size=1, max_size=12)
    .map(lambda moves: {key: BY_KEY[key].rounded(DEFAULTS[key] + n * BY_KEY[key].step) for key, n in moves.items()})
    .filter(lambda values: not problems(DEFAULTS, values))
)


@settings(max_examples=150)
@given(valid, valid)
def test_the_rules_hold_after_every_order(before: dict[str, float], after: dict[str, float]) -> None:
    now = dict(DEFAULTS.with_values(before))
    wanted = {key: {**DEFAULTS, **after}[key] for key in {*before, *after}}
    for access in accesses():
        stands = dict(now)
        for step in steps(access, 1, wanted, {**stands, **dict.fromkeys(NEIGHBOURS, 1.0)}):
            stands |= step.values
            assert [rule.name for rule in RULES if not rule.holds(stands)] == []
        assert stands == {**now, **wanted}


NEIGHBOURS = ("full_charge_v", "full_charge_ma", "limiter_start_a")


def test_thresholds_that_pass_each_other_go_in_the_only_order_there_is() -> None:
    wanted = {"cell_ov_alarm_mv": 3370.0, "cell_ov_release_mv": 3300.0, "cell_ov_protect_mv": 3400.0}
    found = steps(OneByOne(), 1, wanted, dict(DEFAULTS))
    assert [next(iter(step.values)) for step in found] == [
        "cell_ov_release_mv",
        "cell_ov_alarm_mv",
        "cell_ov_protect_mv",
    ]


def test_two_stretches_of_registers_are_joined_by_their_neighbours() -> None:
    _, _, modbus = accesses()
    (step,) = steps(modbus, 1, {"pack_ov_alarm_v": 54.0, "pack_ov_release_v": 53.0}, dict(DEFAULTS))
    assert len(step.queries) == 1
    assert dict(step.values) == {"pack_ov_alarm_v": 54.0, "pack_ov_release_v": 53.0}


def test_a_setting_that_cannot_be_written_is_refused() -> None:
    make = find_dialect("seplos2").parts().parameters
    assert make is not None
    with pytest.raises(ParameterError, match="cell_ov_alarm_mv stays 3500"):
        steps(make(), 1, {"cell_ov_alarm_mv": 3490.0}, dict(DEFAULTS))


def test_neighbours_of_a_setting_are_its_group() -> None:
    assert neighbourhood(["cell_ov_alarm_mv"], frozenset(BY_KEY)) == [
        "cell_ov_alarm_mv",
        "cell_ov_protect_mv",
        "cell_ov_release_mv",
        "cell_ov_delay_ms",
    ]
    assert neighbourhood(["cell_ov_alarm_mv"], ["cell_ov_delay_ms"]) == ["cell_ov_delay_ms"]


def test_what_is_unknown_is_the_same_as_nothing() -> None:
    assert same(0.1 + 0.2, 0.3)
    assert not same(None, None)
    assert differing({"a": 1.0}, {"a": 1.0, "b": 2.0}) == ["b"]
    assert (text("cell_ov_alarm_mv", 3500.0), text("other", 1.5), text("other", None)) == ("3500 mV", "1.5", "-")


@settings(max_examples=100)
@given(valid, valid)
def test_the_stricter_of_two_sets_is_a_set_that_is_allowed(one: dict[str, float], other: dict[str, float]) -> None:
    first, second = DEFAULTS.with_values(one), DEFAULTS.with_values(other)
    both = stricter(first, second)
    assert dict(ParameterSet(PRODUCT, both)) == both
    assert stricter(second, first) == both
    assert all(both[key] in (first[key], second[key]) for key in BY_KEY)


@pytest.mark.parametrize(
    ("key", "loose", "strict"),
    [
        ("cell_ov_protect_mv", 3650, 3600),
        ("cell_ov_release_mv", 3380, 3370),
        ("cell_uv_protect_mv", 2500, 2600),
        ("cell_uv_release_mv", 2900, 2950),
        ("charge_oc_protect_a", 110, 100),
        ("charge_ot_protect_c", 65, 60),
        ("charge_ut_protect_c", -5, 0),
        ("env_ut_release_c", -20, -18),
        ("cell_uv_delay_ms", 2000, 1000),
        ("short_circuit_delay_us", 300, 200),
        ("sleep_cell_mv", 3000, 3100),
        ("soc_low_alarm_pct", 5, 10),
        ("balance_threshold_mv", 3400, 3450),
    ],
)
def test_stricter_is_what_protects_more(key: str, loose: float, strict: float) -> None:
    assert stricter({key: loose}, {key: strict}) == {key: strict}
    assert stricter({key: strict}, {key: loose}) == {key: strict}
    assert stricter({key: loose}, {}) == stricter({}, {key: loose}) == {key: loose}


def change(number: int, outcome: Outcome | None, **more: object) -> Change:
    given = {"serial": "A", "at_s": 1.0, "who": "x", "link": "l", "pack": 1, "kind": ChangeKind.WRITE} | more
    return Change(number=number, outcome=outcome, **given)  # type: ignore[arg-type]


def test_what_never_ended_and_what_can_be_taken_back() -> None:
    done, refused = change(1, Outcome.DONE), change(2, Outcome.REFUSED)
    second, undone = change(3, Outcome.DONE), change(4, Outcome.DONE, kind=ChangeKind.UNDO, undoes=3)
    left, order = change(5, None), change(6, Outcome.DONE, kind=ChangeKind.CONTROL)
    entries = [order, left, undone, second, refused, done]
    assert unfinished([change(7, None), *entries]) == [left, change(7, None)]
    assert undoable(entries) == done
    assert undoable([second, refused, done]) == second
    assert undoable([refused, order]) is None


def test_how_a_pack_stands_to_a_change() -> None:
    entry = change(1, None, old={"a": 1.0, "b": 1.0, "c": None, "d": 1.0}, new=dict.fromkeys("abcd", 2.0))
    stands = standing(entry, {"a": 1.0, "b": 2.0, "c": 3.0})
    assert (stands.old, stands.new, stands.other) == (("a",), ("b",), ("c", "d"))
