"""Taking in the mean cell voltage: along a line where one fits, along the curve where none does.

On the plateau of LiFePO4 a tangent misleads: 10 % further the slope may be ten times steeper. The line through the
voltage is therefore drawn over the whole spread of the state (three points, exact for cubics; S. Sarkka, Bayesian
Filtering and Smoothing, 2013, ch. 5), and what it leaves over counts as noise. A wide state thus takes little from a
flat place and a narrow one takes what the place gives.

Where a belief reaches an end, spans a knee, or is contradicted from further away than a line reaches, every place of
the curve is weighed instead (`bent`). Beyond empty and full there is no curve, and a line that takes support there
pulls the estimate inwards by 5 to 8 % and makes it sure of that.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

from openress.bms.estimator.bent import places_near, weigh
from openress.bms.estimator.curve import HIGH, LOW
from openress.bms.estimator.meancell import LEAST_VAR, OUTLIER_SIGMAS, SOC_MAX, SOC_MIN, MeanCell, alone, sound
from openress.bms.estimator.model import Heat, PackModel

__all__ = ["correct"]

_SQRT3 = sqrt(3.0)
_LEAST_SHARE = 1e-3
_NARROWEST_SIGMA = 0.004
_BENT = 0.5
"""What a line may leave over, against the noise of a reading; beyond, the curve is weighed place by place."""
_FAR_VARS = 2.0**2
"""A surprise beyond this comes from a place to which the line does not reach."""
_LEAST_NEWS = 0.05
"""Less than this share of a reading waits for more: weighing costs as much as two steps."""
_WIDE_SIGMA = 0.03
"""From here on the fixed places lie close enough."""


def correct(cell: MeanCell, voltage_v: float, current_a: float, heat: Heat, dt_s: float, model: PackModel) -> MeanCell:
    """Take in the mean cell voltage.

    Args:
        cell: the state now.
        voltage_v: mean of the cells.
        current_a: that flows meanwhile, positive charges.
        heat: what temperature does.
        dt_s: since the last reading; readings further apart are worth more, as their errors are less alike.
        model: the pack.
    """
    zz, zh, zb, zw, hh, hb, hw, bb, bw, ww = cell.covariance
    doubt = model.doubt
    flow_a = current_a - cell.offset_a
    h = cell.hysteresis

    # The line through ocv + M h over the spread of soc, and what it leaves over.
    reach = _SQRT3 * max(sqrt(zz), _NARROWEST_SIGMA)
    below, above = max(cell.soc - reach, LOW), min(cell.soc + reach, HIGH - 1e-9)
    swing = h * heat.hysteresis
    low_ocv_v, low_span_v = model.read(below)
    mid_ocv_v, mid_span_v = model.read(cell.soc)
    high_ocv_v, high_span_v = model.read(above)
    low_v = low_ocv_v + swing * low_span_v
    mid_v = mid_ocv_v + swing * mid_span_v
    high_v = high_ocv_v + swing * high_span_v
    slope = (high_v - low_v) / (above - below)
    mean_v = (low_v + 4.0 * mid_v + high_v) / 6.0
    left_over = max(
        ((low_v - mean_v) ** 2 + 4.0 * (mid_v - mean_v) ** 2 + (high_v - mean_v) ** 2) / 6.0 - slope * slope * zz, 0.0
    )

    span = mid_span_v * heat.hysteresis
    r0 = model.r0_ohm * heat.r0
    ohm = r0 + (model.r1_ohm + model.r2_ohm) * heat.rc
    rough_v = doubt.resistance * (abs(flow_a) * r0 + abs(cell.v1_v) + abs(cell.v2_v))
    passing = doubt.reading_v**2 + rough_v * rough_v + cell.unsettled_v2 * heat.rc * heat.rc
    noise = passing * (1.0 + doubt.alike_s / dt_s)
    # With this much, no reading makes soc known better than the curve is known along soc.
    along = doubt.table_soc**2
    along_var = along * zz / max(zz - along, _LEAST_SHARE * zz)
    settled_v = voltage_v - cell.v1_v - cell.v2_v - r0 * flow_a - cell.table_error_v
    own_var = span * span * hh + ohm * ohm * bb + ww + passing
    slope2 = slope * slope
    likely_v2 = _FAR_VARS * (slope2 * (zz + along_var) + own_var)
    surprise_v2 = (settled_v - mean_v) ** 2
    wide = zz > _WIDE_SIGMA**2
    outside = below < 0.0 or above > 1.0
    if outside or (wide and (left_over > _BENT * noise or surprise_v2 > likely_v2)):
        # How much of it is news: what has not been heard yet, what contradicts, what one reading alone tells better.
        contradicts = 1.0 - likely_v2 / max(surprise_v2, likely_v2)
        tells_more = 1.0 - along / zz - own_var / (slope2 * zz)
        news = max(cell.unheard, contradicts, tells_more)
        if news >= _LEAST_NEWS:
            return _weighed(cell, settled_v, own_var, along_var, swing, min(news, dt_s / doubt.alike_s), model)
        if outside:
            return cell

    # Column of the covariance along the reading (d/dsoc = slope, d/dh = span, d/db = -ohm, d/dw = 1).
    cz = zz * slope + zh * span - zb * ohm + zw
    ch = zh * slope + hh * span - hb * ohm + hw
    cb = zb * slope + hb * span - bb * ohm + bw
    cw = zw * slope + hw * span - bw * ohm + ww
    noise += left_over + slope * slope * along_var
    believed = slope * cz + span * ch - ohm * cb + cw
    if believed <= 0.0:
        # Rounding has made relations of what is related no more: nothing can be learned through them.
        return replace(cell, covariance=alone(cell.covariance))
    total = believed + noise

    surprise = settled_v - mean_v
    limit = OUTLIER_SIGMAS * sqrt(total)
    gain = min(max(surprise, -limit), limit) / total
    return MeanCell(
        min(max(cell.soc + cz * gain, SOC_MIN), SOC_MAX),
        min(max(h + ch * gain, -1.0), 1.0),
        cell.v1_v,
        cell.v2_v,
        cell.unsettled_v2,
        cell.offset_a + cb * gain,
        cell.table_error_v + cw * gain,
        sound(
            (
                zz - cz * cz / total,
                zh - cz * ch / total,
                zb - cz * cb / total,
                zw - cz * cw / total,
                hh - ch * ch / total,
                hb - ch * cb / total,
                hw - ch * cw / total,
                bb - cb * cb / total,
                bw - cb * cw / total,
                ww - cw * cw / total,
            )
        ),
        0.0,
    )


def _weighed(
    cell: MeanCell,
    settled_v: float,
    own_var: float,
    along_var: float,
    swing: float,
    share: float,
    model: PackModel,
) -> MeanCell:
    """Take in a voltage along the curve itself.

    Only the state of charge learns from it. What else may be wrong stays in doubt as it was, so the next reading would
    be wrong in the same way: it counts by the share that is news (`MeanCell.unheard`).
    """
    zz, zh, zb, zw, hh, hb, hw, bb, bw, ww = cell.covariance
    sigma = sqrt(zz)
    curve = model.places if sigma > _WIDE_SIGMA else places_near(model.ocv_v, model.span_v, cell.soc, sigma)
    soc, var = weigh(
        curve,
        cell.soc,
        zz,
        settled_v=settled_v,
        swing=swing,
        own_var=own_var,
        along_var=along_var,
        share=share,
    )
    kept = min(var / zz, 1.0)
    moved, b_per_z = soc - cell.soc, zb / zz
    less = b_per_z * b_per_z * (kept - 1.0) * zz
    return replace(
        cell,
        soc=soc,
        offset_a=cell.offset_a + b_per_z * moved,
        covariance=sound((max(var, LEAST_VAR), kept * zh, kept * zb, kept * zw, hh, hb, hw, bb + less, bw, ww)),
        unheard=max(cell.unheard - share, 0.0),
    )
