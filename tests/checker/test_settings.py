"""S18 and S19: the printed set passes, each thing wrong in a set or a write is told."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checker.packs import VALUES, invariants

from openress.catalog import load_product
from openress.checker import disordered, torn, unguarded
from openress.errors import ParameterError
from openress.model import Limits
from openress.params import PARAMETERS, Parameter, ParameterSet

FULL = dict(VALUES)


@pytest.mark.parametrize("product", ["syscom-a5l-51v2", "syscom-a5l-48v"])
def test_the_printed_set_is_right(product: str) -> None:
    assert disordered(dict(ParameterSet.defaults(load_product(product))), 0.0) == []
    assert disordered({}, 0.0) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cell_ov_release_mv", 3500),
        ("cell_ov_alarm_mv", 3650),
        ("cell_ov_protect_mv", 3760),
        ("pack_ov_protect_v", 56.0),
        ("cell_uv_protect_mv", 2800),
        ("cell_uv_release_mv", 2500),
        ("cell_uv_protect_mv", 1990),
        ("pack_uv_release_v", 44.8),
        ("charge_ot_release_c", 61),
        ("charge_ot_protect_c", 66),
        ("discharge_ot_alarm_c", 70),
        ("discharge_ot_protect_c", 71),
        ("mos_ot_release_c", 91),
        ("mos_ot_protect_c", 121),
        ("env_ot_alarm_c", 70),
        ("charge_ut_protect_c", 0),
        ("charge_ut_release_c", -1),
        ("charge_ut_protect_c", -6),
        ("discharge_ut_protect_c", -36),
        ("env_ut_alarm_c", -25),
        ("charge_oc_alarm_a", 110),
        ("discharge_oc_protect_a", 110),
        ("cell_ov_delay_ms", -1),
        ("soc_low_alarm_pct", nan),
    ],
)
def test_one_value_damaged(key: str, value: float) -> None:
    assert invariants(disordered(FULL | {key: value}, 0.0)) == {"S18"}


@given(st.sampled_from(list(PARAMETERS)), st.floats(0, 1))
def test_what_the_rules_of_writing_let_through_is_in_order(row: Parameter, share: float) -> None:
    """The guard of the writing side and this second opinion share no table; the guard is never the laxer one."""
    try:
        values = VALUES.with_values({row.key: row.rounded(row.low + share * (row.high - row.low))})
    except ParameterError:
        return
    assert disordered(dict(values), 0.0) == []


@pytest.mark.req("REQ-070")
@pytest.mark.parametrize("changes", [{"cell_uv_release_mv": 2750}, {"pack_uv_release_v": 46.0}])
def test_a_low_voltage_release_may_lie_between_protection_and_alarm(changes: dict[str, float]) -> None:
    assert disordered(dict(VALUES.with_values(changes)), 0.0) == []


def test_a_write_is_whole_or_not_at_all() -> None:
    wanted = FULL | {"cell_ov_alarm_mv": 3520, "cell_ov_protect_mv": 3660}
    assert torn(FULL, wanted, FULL, 0.0) == []
    assert torn(FULL, wanted, wanted, 0.0) == []
    assert torn(FULL, FULL, FULL, 0.0) == []
    half = FULL | {"cell_ov_alarm_mv": 3520}
    found = torn(FULL, wanted, half, 0.0)
    assert [breach.sentence for breach in found] == [
        "Only a part of the write is in the pack; missing: cell_ov_protect_mv."
    ]
    assert invariants(torn(FULL, wanted, FULL | {"cell_ov_alarm_mv": 3530}, 0.0)) == {"S19"}
    assert invariants(torn(FULL, wanted, wanted | {"cell_uv_alarm_mv": 2500}, 0.0)) == {"S19"}


def test_during_a_write_the_stricter_of_both_sets_holds() -> None:
    old = Limits(0.0, 56.0, 50.0, 50.0, 48.0)
    new = Limits(0.0, 55.0, 60.0, 40.0, 49.0)
    both = Limits(0.0, 55.0, 50.0, 40.0, 49.0)
    assert unguarded(old, new, both) == []
    assert unguarded(old, new, Limits(0.0)) == []
    assert unguarded(Limits(0.0), Limits(0.0), both) == []
    for loose in (
        {"charge_voltage_limit_v": 56.0},
        {"charge_current_limit_a": 60.0},
        {"discharge_current_limit_a": 50.0},
        {"discharge_voltage_limit_v": 48.0},
        {"charge_current_limit_a": nan},
    ):
        assert invariants(unguarded(old, new, replace(both, **loose))) == {"S19"}
