"""The mean cell of a pack: a Kalman filter over charge, hysteresis, sensor offset and table error.

What one step knows, with the current I counted positive while charging:

    V = ocv(soc) + M(soc, T) h + v1 + v2 + R0(T) (I - b) + w

- soc moves by counting I - b; b is the offset of the current sensor.
- h is the hysteresis (G. Plett, Battery Management Systems vol. 1, 2015, ch. 2): it turns towards the sign of the
  current with the charge moved, -1 on the discharge branch, 1 on the charge branch.
- v1, v2 follow the current through two RC pairs. They run open-loop: what they get wrong dies within minutes, and
  until then counts as noise.
- w is what the table gets wrong here: a few mV that stay while the cell rests and change as charge moves. Without it
  a filter that rests on the plateau for an hour would believe 3600 readings of the same error.

What a voltage says is taken in by `reading`.

The covariance is the upper triangle of (soc, h, b, w): zz zh zb zw hh hb hw bb bw ww.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, sqrt

from openress.bms.estimator.model import Heat, PackModel

__all__ = [
    "LEAST_VAR",
    "OUTLIER_SIGMAS",
    "SOC_MAX",
    "SOC_MIN",
    "Covariance",
    "MeanCell",
    "after_gap",
    "alone",
    "pin",
    "predict",
    "sound",
    "start",
]

Covariance = tuple[float, float, float, float, float, float, float, float, float, float]

SOC_MIN, SOC_MAX = -0.02, 1.02
_WIDEST_VAR = 0.30**2
"""Variance of a state of charge about which nothing is known (uniform over 0 to 1: 0.29 squared)."""
LEAST_VAR = 1e-10
"""Of any state, where rounding left none: far below what anything is known to."""
_HYSTERESIS_UNKNOWN_VAR = 0.4
"""A little more than uniform over -1 to 1: it is more often near an end than between them."""
OUTLIER_SIGMAS = 4.0


@dataclass(frozen=True, slots=True)
class MeanCell:
    """State of the filter.

    Args:
        soc: state of charge as a fraction.
        hysteresis: -1 on the discharge branch, 1 on the charge branch.
        v1_v: fast RC pair.
        v2_v: slow RC pair.
        unsettled_v2: variance of what still settles of a current before a start or in a gap, at 25 C, in V squared.
        offset_a: of the current sensor.
        table_error_v: of the open-circuit table, here and now.
        covariance: of soc, hysteresis, offset_a and table_error_v.
        unheard: share of a reading that would be news, 0 to 1: the errors of one last until charge has moved or, as far
            as something still settles, time has passed.
    """

    soc: float
    hysteresis: float
    v1_v: float
    v2_v: float
    unsettled_v2: float
    offset_a: float
    table_error_v: float
    covariance: Covariance
    unheard: float = 1.0

    @property
    def sigma(self) -> float:
        """Standard deviation of the state of charge."""
        return sqrt(self.covariance[0])

    def widened(self, sigma: float) -> MeanCell:
        """The same, with a state of charge no surer than `sigma`."""
        return replace(self, covariance=(max(self.covariance[0], sigma * sigma), *self.covariance[1:]))


def start(model: PackModel, soc: float, sigma: float) -> MeanCell:
    """A filter that has been told a state of charge and how sure that is."""
    doubt = model.doubt
    variances = min(sigma * sigma, _WIDEST_VAR), _HYSTERESIS_UNKNOWN_VAR, model.offset_sigma_a**2, doubt.table_v**2
    zz, hh, bb, ww = variances
    unsettled = (doubt.start_c_rate * model.capacity_ah * (model.r1_ohm + model.r2_ohm)) ** 2
    return MeanCell(soc, 0.0, 0.0, 0.0, unsettled, 0.0, 0.0, (zz, 0.0, 0.0, 0.0, hh, 0.0, 0.0, bb, 0.0, ww))


def predict(cell: MeanCell, current_a: float, heat: Heat, dt_s: float, model: PackModel) -> MeanCell:
    """Let `current_a` (positive charges) flow for `dt_s`."""
    zz, zh, zb, zw, hh, hb, hw, bb, bw, ww = cell.covariance
    doubt = model.doubt
    flow_a = current_a - cell.offset_a
    per_a = dt_s / (3600.0 * model.capacity_ah)
    moved = flow_a * per_a
    travel = abs(moved)

    turn = exp(-model.hysteresis_rate * travel)
    side = (1.0 if flow_a > 0 else -1.0) if travel else 0.0
    keep_b = exp(-dt_s / doubt.offset_drift_s)
    keep_w = exp(-travel / doubt.table_travel - dt_s / doubt.table_drift_s)
    keep1, keep2 = exp(-dt_s / model.tau1_s), exp(-dt_s / model.tau2_s)
    w_free = (doubt.table_v * heat.rc) ** 2

    z_b = zb - per_a * bb
    zz_new = zz - per_a * (zb + z_b) + model.count_var * travel
    # No wider than nothing known at all; what is narrowed takes its relations along, or they would outgrow it.
    narrow = 1.0 if zz_new <= _WIDEST_VAR else sqrt(_WIDEST_VAR / zz_new)
    covariance = (
        narrow * narrow * zz_new,
        narrow * turn * (zh - per_a * hb),
        narrow * keep_b * z_b,
        narrow * keep_w * (zw - per_a * bw),
        turn * turn * hh + (1.0 - turn * turn) * doubt.hysteresis_var,
        turn * keep_b * hb,
        turn * keep_w * hw,
        keep_b * keep_b * bb + (1.0 - keep_b * keep_b) * model.offset_sigma_a**2,
        keep_b * keep_w * bw,
        keep_w * keep_w * ww + (1.0 - keep_w * keep_w) * w_free,
    )
    return MeanCell(
        min(max(cell.soc + moved, SOC_MIN), SOC_MAX),
        side + turn * (cell.hysteresis - side),
        keep1 * cell.v1_v + (1.0 - keep1) * model.r1_ohm * heat.rc * flow_a,
        keep2 * cell.v2_v + (1.0 - keep2) * model.r2_ohm * heat.rc * flow_a,
        exp(-2.0 * dt_s / doubt.settle_s) * cell.unsettled_v2,
        keep_b * cell.offset_a,
        keep_w * cell.table_error_v,
        sound(covariance),
        min(cell.unheard + _news(cell, heat, travel, dt_s, model), 1.0),
    )


def pin(cell: MeanCell, soc: float, sigma: float) -> MeanCell:
    """Take in a state of charge known from elsewhere, such as a full charge.

    The offset learns from it: what the count had drifted by since the last one is the offset's doing. A surprise
    beyond what the filter thought possible shows that the filter was wrong, so it is widened first.
    """
    zz, zh, zb, zw, hh, hb, hw, bb, bw, ww = cell.covariance
    surprise = soc - cell.soc
    zz = max(zz, (surprise / OUTLIER_SIGMAS) ** 2)
    total = zz + sigma * sigma
    gain = surprise / total
    return MeanCell(
        cell.soc + zz * gain,
        min(max(cell.hysteresis + zh * gain, -1.0), 1.0),
        cell.v1_v,
        cell.v2_v,
        cell.unsettled_v2,
        cell.offset_a + zb * gain,
        cell.table_error_v + zw * gain,
        sound(
            (
                max(zz - zz * zz / total, 0.25 * sigma * sigma),
                zh - zz * zh / total,
                zb - zz * zb / total,
                zw - zz * zw / total,
                hh - zh * zh / total,
                hb - zh * zb / total,
                hw - zh * zw / total,
                bb - zb * zb / total,
                bw - zb * zw / total,
                ww - zw * zw / total,
            )
        ),
        cell.unheard,
    )


def after_gap(cell: MeanCell, current_a: float, heat: Heat, dt_s: float, model: PackModel) -> MeanCell:
    """Nobody looked for `dt_s`: the state stays, what is known of it fades.

    Up to `Doubt.start_c_rate` may have flowed either way, so nothing is integrated: the band widens by that. The RC
    pairs are taken for driven by the current found afterwards: loads last longer than the fast one.
    """
    zz, zh, zb, zw, hh, hb, hw, bb, bw, ww = cell.covariance
    doubt = model.doubt
    flow_a = current_a - cell.offset_a
    reach = min(doubt.start_c_rate * dt_s / 3600.0, 1.0)
    zz_new = zz + reach * reach / 3.0
    narrow = 1.0 if zz_new <= _WIDEST_VAR else sqrt(_WIDEST_VAR / zz_new)
    forget = 1.0 - exp(-model.hysteresis_rate * reach)
    keep1, keep2 = exp(-dt_s / model.tau1_s), exp(-dt_s / model.tau2_s)
    keep_b, keep_w = exp(-dt_s / doubt.offset_drift_s), exp(-reach / doubt.table_travel - dt_s / doubt.table_drift_s)
    settled = exp(-2.0 * dt_s / doubt.settle_s)
    unknown = (doubt.start_c_rate * model.capacity_ah * (model.r1_ohm + model.r2_ohm)) ** 2 * (1.0 - settled)
    return replace(
        cell,
        v1_v=keep1 * cell.v1_v + (1.0 - keep1) * model.r1_ohm * heat.rc * flow_a,
        v2_v=keep2 * cell.v2_v + (1.0 - keep2) * model.r2_ohm * heat.rc * flow_a,
        unsettled_v2=settled * cell.unsettled_v2 + unknown,
        hysteresis=(1.0 - forget) * cell.hysteresis,
        offset_a=keep_b * cell.offset_a,
        table_error_v=keep_w * cell.table_error_v,
        covariance=sound(
            (
                narrow * narrow * zz_new,
                narrow * (1.0 - forget) * zh,
                narrow * keep_b * zb,
                narrow * keep_w * zw,
                hh + forget * _HYSTERESIS_UNKNOWN_VAR,
                (1.0 - forget) * keep_b * hb,
                (1.0 - forget) * keep_w * hw,
                keep_b * keep_b * bb + (1.0 - keep_b * keep_b) * model.offset_sigma_a**2,
                keep_b * keep_w * bw,
                keep_w * keep_w * ww + (1.0 - keep_w * keep_w) * doubt.table_v**2,
            )
        ),
        unheard=min(cell.unheard + _news(cell, heat, reach, dt_s, model), 1.0),
    )


def _news(cell: MeanCell, heat: Heat, travel: float, dt_s: float, model: PackModel) -> float:
    """By how much the errors of a reading have become others."""
    doubt = model.doubt
    unsettled = cell.unsettled_v2 * heat.rc * heat.rc
    settling = unsettled / (unsettled + doubt.table_v**2)
    return travel / doubt.table_travel + dt_s * (1.0 / doubt.table_drift_s + settling / doubt.settle_s)


def sound(covariance: Covariance) -> Covariance:
    """The covariance, or when rounding has made it impossible its variances alone."""
    zz, zh, zb, zw, hh, hb, hw, bb, bw, ww = covariance
    if (
        zz > 0.0
        and hh > 0.0
        and bb > 0.0
        and ww > 0.0
        and zh * zh <= zz * hh
        and zb * zb <= zz * bb
        and zw * zw <= zz * ww
        and hb * hb <= hh * bb
        and hw * hw <= hh * ww
        and bw * bw <= bb * ww
    ):
        return covariance
    return alone(covariance)


def alone(covariance: Covariance) -> Covariance:
    """Its variances alone."""
    zz, _, _, _, hh, _, _, bb, _, ww = covariance
    least = LEAST_VAR
    return max(zz, least), 0.0, 0.0, 0.0, max(hh, least), 0.0, 0.0, max(bb, least), 0.0, max(ww, least)
