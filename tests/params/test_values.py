"""Sets of values: what is accepted, what is refused, and that nothing else exists."""

from __future__ import annotations

import copy
import math

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.params.packs import A5L_15S, A5L_16S, SILENT, Pack

from openress.errors import ParameterError
from openress.params import BY_KEY, PARAMETERS, RULES, Parameter, ParameterSet, Rule, bounds, problems
from openress.params.values import accepted as as_known

PACKS = [A5L_15S, A5L_16S, SILENT]


@pytest.fixture(params=[A5L_15S, A5L_16S], ids=lambda pack: pack.title)
def values(request: pytest.FixtureRequest) -> ParameterSet:
    return ParameterSet.defaults(request.param)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.title)
def test_printed_defaults_are_accepted(pack: Pack) -> None:
    values = ParameterSet.defaults(pack)
    assert dict(values) == {row.key: row.default_for(pack.cells_in_series) for row in PARAMETERS}
    assert values.rounded == ()
    assert problems(values, dict(values)) == ()


def test_reads_like_a_mapping(values: ParameterSet) -> None:
    assert len(values) == 51
    assert list(values) == list(BY_KEY)
    assert values["cell_ov_alarm_mv"] == 3500
    assert values.get("cell_ov_alarm") is None
    assert "cell_ov_alarm" not in values
    assert values.pick("cell_uv_protect_mv", "cell_ov_protect_mv") == (2500, 3650)
    assert values == ParameterSet.defaults(values.product)


def test_changing_makes_a_new_set(values: ParameterSet) -> None:
    changed = values.with_values({"cell_ov_alarm_mv": 3450})
    assert changed["cell_ov_alarm_mv"] == 3450
    assert values["cell_ov_alarm_mv"] == 3500
    assert changed.changes_from(values) == {"cell_ov_alarm_mv": (3500, 3450)}
    assert changed.product is values.product
    assert repr(changed) == f"<ParameterSet of {values.product.title}: 1 of 51 differ from its defaults>"


def test_a_set_cannot_be_altered(values: ParameterSet) -> None:
    with pytest.raises(TypeError):
        values["cell_ov_alarm_mv"] = 3600  # type: ignore[index]  # that it is refused is the test
    with pytest.raises(AttributeError):
        values.rounded = ()  # type: ignore[misc]  # that it is refused is the test


def test_a_products_own_defaults_come_first() -> None:
    values = ParameterSet.defaults(Pack(parameters={"mos_ot_release_c": 85}))
    assert values["mos_ot_release_c"] == 85
    assert values["mos_ot_alarm_c"] == 90


def test_a_set_needs_every_value() -> None:
    given_values = dict(ParameterSet.defaults(A5L_16S))
    del given_values["sleep_delay_min"]
    with pytest.raises(ParameterError, match=r"^sleep_delay_min has no value; a set needs all 51\.$"):
        ParameterSet(A5L_16S, given_values)


ROUNDINGS = [
    ("cell_ov_alarm_mv", 3454.9, 3450, "from 3454.9 mV to 3450 mV, to its step of 10 mV"),
    ("cell_ov_alarm_mv", 3455, 3460, "from 3455 mV to 3460 mV, to its step of 10 mV"),
    ("cell_ov_delay_ms", 1300, 1500, "from 1300 ms to 1500 ms, to its step of 500 ms"),
    ("charge_ut_alarm_c", -1.5, -1, "from -1.5 °C to -1 °C, to its step of 1 °C"),
    ("balance_delta_mv", 33, 35, "from 33 mV to 35 mV, to its step of 5 mV"),
    ("short_circuit_delay_us", 340, 350, "from 340 µs to 350 µs, to its step of 50 µs"),
    ("pack_uv_protect_v", 41.118, 41.12, "from 41.118 V to 41.12 V, to its step of 0.01 V"),
    ("cell_ov_protect_mv", 3654, 3650, "from 3654 mV to 3650 mV, to its step of 10 mV"),
]


@pytest.mark.parametrize(("key", "asked", "stored", "sentence"), ROUNDINGS)
def test_rounding_is_done_and_told(values: ParameterSet, key: str, asked: float, stored: float, sentence: str) -> None:
    changed = values.with_values({key: asked})
    assert changed[key] == stored
    assert [str(item) for item in changed.rounded] == [f"{key} was rounded {sentence}."]


def test_binary_fractions_are_no_rounding(values: ParameterSet) -> None:
    changed = values.with_values({"pack_uv_protect_v": math.nextafter(41.3, 42)})
    assert changed["pack_uv_protect_v"] == 41.3
    assert changed.rounded == ()


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("cell_ov_alarm", r"cell_ov_alarm is no parameter; did you mean cell_ov_alarm_mv\?"),
        ("Cell_OV_Protect_mV", r"Cell_OV_Protect_mV is no parameter; did you mean cell_ov_protect_mv\?"),
        ("charge_oc_protekt_a", r"charge_oc_protekt_a is no parameter; did you mean charge_oc_protect_a\?"),
        ("xyzzy", r"xyzzy is no parameter; known: balance_delta_mv, .*\."),
        ("discharge_oc_lock_count", r"discharge_oc_lock_count is fixed at 10 by the Syscom .* cannot be written\."),
        ("oc_auto_release_s", r"oc_auto_release_s is fixed at 60 s by the Syscom .* cannot be written\."),
    ],
)
def test_unknown_and_fixed_keys_are_refused(values: ParameterSet, key: str, sentence: str) -> None:
    with pytest.raises(ParameterError, match=f"^{sentence}$"):
        values.with_values({key: 1})


@pytest.mark.parametrize(
    "value", ["3500", None, True, [3500], math.nan, math.inf, -math.inf, 10**400, -(10**400), 1e300]
)
def test_what_is_no_usable_number_is_refused(values: ParameterSet, value: object) -> None:
    with pytest.raises(ParameterError, match=r"^cell_ov_alarm_mv must be "):
        values.with_values({"cell_ov_alarm_mv": value})


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.key)
@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.title)
def test_one_step_outside_the_bounds_is_refused(row: Parameter, pack: Pack) -> None:
    values = ParameterSet.defaults(pack)
    accepted = bounds(row, pack)
    for value in (accepted.low - row.step, accepted.high + row.step):
        with pytest.raises(ParameterError, match=rf"^{row.key} must be (from|at least|at most) .* {row.unit}"):
            values.with_values({row.key: value})


ENVELOPE = [
    # key, last accepted, first refused, reason
    ("cell_ov_protect_mv", 3650, 3660, "damaged above 3.65 V"),
    ("cell_uv_protect_mv", 2000, 1990, "damaged below 2.0 V"),
    ("charge_ut_protect_c", -5, -6, "plates lithium"),
    ("charge_ot_protect_c", 65, 66, "must not be charged hotter"),
    ("discharge_ot_protect_c", 70, 71, "must not be discharged hotter"),
    ("charge_oc_alarm_a", 109, 111, "published maximum while charging"),
    ("charge_oc_protect_a", 110, 111, "published maximum while charging"),
    ("discharge_oc_alarm_a", 119, 121, "published maximum while discharging"),
    ("discharge_oc_protect_a", 120, 121, "published maximum while discharging"),
    ("discharge_oc2_protect_a", 150, 155, "published short-time maximum"),
]


@pytest.mark.parametrize(("key", "last", "first", "reason"), ENVELOPE, ids=str)
def test_nobody_passes_the_hard_envelope(
    values: ParameterSet, key: str, last: float, first: float, reason: str
) -> None:
    assert values.with_values({key: last})[key] == last
    with pytest.raises(ParameterError, match=f"^{key} must be at (most|least) .*{reason}"):
        values.with_values({key: first})


def test_pack_voltages_have_the_cells_envelope(values: ParameterSet) -> None:
    n = values.product.cells_in_series
    highest, lowest = round(3.65 * n, 2), round(2.0 * n, 2)
    assert values.with_values({"pack_ov_protect_v": highest})["pack_ov_protect_v"] == highest
    assert values.with_values({"pack_uv_protect_v": lowest})["pack_uv_protect_v"] == lowest
    for key, refused in (("pack_ov_protect_v", highest + 0.01), ("pack_uv_protect_v", lowest - 0.01)):
        with pytest.raises(ParameterError, match="an LFP cell is damaged"):
            values.with_values({key: refused})


def test_a_product_file_does_not_pass_the_envelope_either() -> None:
    with pytest.raises(ParameterError, match="cell_ov_protect_mv must be at most 3650 mV, not 3700 mV"):
        ParameterSet.defaults(Pack(parameters={"cell_ov_protect_mv": 3700}))


def test_without_a_published_maximum_the_default_is_the_most() -> None:
    values = ParameterSet.defaults(SILENT)
    with pytest.raises(ParameterError, match=r"at most 110 A, not 111 A: Silent 51\.2 V publishes no maximum"):
        values.with_values({"charge_oc_protect_a": 111})
    assert values.with_values({"charge_oc_alarm_a": 50, "charge_oc_protect_a": 60})["charge_oc_protect_a"] == 60


def test_a_small_product_must_bring_its_own_currents() -> None:
    with pytest.raises(ParameterError, match="charge_oc_alarm_a must be at most 50 A, not 105 A"):
        ParameterSet.defaults(Pack(charge_current_max_a=50))


def test_a_product_may_allow_more_current_than_the_a5l() -> None:
    pack = Pack(charge_current_max_a=200)
    assert ParameterSet.defaults(pack).with_values({"charge_oc_protect_a": 200})["charge_oc_protect_a"] == 200


def inverted(values: ParameterSet, rule: Rule) -> dict[str, float]:
    """The two values of a rule the wrong way round, by as little as the steps allow, both inside their bounds."""
    lower, upper = BY_KEY[rule.lower], BY_KEY[rule.upper]
    limits = bounds(lower, values.product), bounds(upper, values.product)
    both = min(max(values[rule.lower], limits[1].low), limits[0].high)
    wrong = {rule.lower: both, rule.upper: both}
    if rule.may_equal:
        wrong[rule.upper] = both - upper.step
    return wrong


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_refuses_its_inversion_by_name(values: ParameterSet, rule: Rule) -> None:
    found = problems(values, inverted(values, rule))
    sentences = [problem.sentence for problem in found if problem.keys == rule.keys]
    assert len(sentences) == 1
    assert f"(rule {rule.name})" in sentences[0]
    assert rule.sentence in sentences[0]
    with pytest.raises(ParameterError, match="rule "):
        values.with_values(inverted(values, rule))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.may_equal], ids=lambda rule: rule.name)
def test_a_release_may_equal_its_alarm(values: ParameterSet, rule: Rule) -> None:
    same = values[rule.lower]
    assert problems(values, {rule.lower: same, rule.upper: same}) == ()


def test_rules_cover_every_threshold_once() -> None:
    pairs = [frozenset(rule.keys) for rule in RULES]
    assert len(set(pairs)) == len(pairs) == 24
    assert len({rule.name for rule in RULES}) == 24
    ruled = set().union(*pairs)
    thresholds = {row.key for row in PARAMETERS if row.key.rsplit("_", 2)[-2] in ("alarm", "protect", "release")}
    assert thresholds - ruled == {"discharge_oc2_protect_a", "soc_low_alarm_pct"}


def test_thresholds_may_pass_each_other_in_one_call(values: ParameterSet) -> None:
    moved = {"cell_uv_protect_mv": 2900, "cell_uv_alarm_mv": 3000, "cell_uv_release_mv": 3100}
    assert values.with_values(moved).pick(*moved) == tuple(moved.values())


def test_problems_tells_all_of_them(values: ParameterSet) -> None:
    found = problems(values, {"cell_ov_protect_mv": 9000, "xyzzy": 1, "sleep_delay_min": 0, "mos_ot_alarm_c": 91})
    assert [problem.keys for problem in found] == [("cell_ov_protect_mv",), ("xyzzy",), ("sleep_delay_min",)]
    # A rule that is broken elsewhere is told beside them; one about a value that cannot be is not.
    both = {"cell_ov_protect_mv": 9000, "cell_ov_alarm_mv": 3600, "pack_ov_alarm_v": 58.0}
    told = [problem.keys for problem in problems(values, both)]
    assert told[0] == ("cell_ov_protect_mv",)
    assert all("pack_ov_alarm_v" in keys and "cell_ov_protect_mv" not in keys for keys in told[1:])
    assert len(told) > 1
    assert [problem.keys for problem in as_known(values.product, dict(values), both)[1]] == told


@st.composite
def changes(draw: st.DrawFn, pack: Pack) -> dict[str, float]:
    """Some values, mostly inside the bounds and near the defaults, so that many sets are accepted."""
    rows = draw(st.lists(st.sampled_from(PARAMETERS), max_size=6, unique_by=lambda row: row.key))
    drawn: dict[str, float] = {}
    for row in rows:
        accepted, default = bounds(row, pack), row.default_for(pack.cells_in_series)
        away = draw(st.sampled_from(["near", "near", "near", "within", "anywhere"]))
        if away == "near":
            drawn[row.key] = default + draw(st.floats(-3, 3)) * row.step
        else:
            drawn[row.key] = draw(st.floats(accepted.low, accepted.high) if away == "within" else st.floats())
    return drawn


@settings(max_examples=300)
@given(data=st.data(), pack=st.sampled_from(PACKS))
def test_whatever_is_accepted_keeps_everything(data: st.DataObject, pack: Pack) -> None:
    start = ParameterSet.defaults(pack)
    asked = data.draw(changes(pack))
    found = problems(start, asked)
    if found:
        with pytest.raises(ParameterError) as caught:
            start.with_values(asked)
        assert str(caught.value) == found[0].sentence
        return
    values = start.with_values(asked)
    event("accepted with changes" if asked else "accepted without changes")
    assert all(rule.holds(values) for rule in RULES)
    for row in PARAMETERS:
        accepted = bounds(row, pack)
        assert row.low <= accepted.low <= values[row.key] <= accepted.high <= row.high
        assert abs(values[row.key] / row.step - round(values[row.key] / row.step)) < 1e-6
        assert abs(values[row.key] - asked.get(row.key, values[row.key])) <= row.step / 2 + 1e-9
    assert values["cell_ov_protect_mv"] <= 3650
    assert values["cell_uv_protect_mv"] >= 2000
    assert values["pack_ov_protect_v"] <= 3.65 * pack.cells_in_series + 1e-9
    assert values["charge_ut_protect_c"] >= -5
    assert values["charge_ot_protect_c"] <= 65
    assert values["discharge_ot_protect_c"] <= 70
    assert values["charge_oc_protect_a"] <= (pack.charge_current_max_a or 110)
    assert values["discharge_oc_protect_a"] <= (pack.discharge_current_max_a or 120)
    assert values["discharge_oc2_protect_a"] <= (pack.discharge_peak_max_a or 150)
    assert ParameterSet(pack, values) == values


def test_a_set_can_be_copied(values: ParameterSet) -> None:
    assert copy.deepcopy(values) == values
