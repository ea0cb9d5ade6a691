"""The state of charge a person is shown: it follows the estimate, but never against the current and never in leaps."""

from __future__ import annotations

from openress.bms.estimator.anchor import Anchor

__all__ = ["shown"]

_RESTING_C_RATE = 0.005
_RESTING_PCT_PER_S = 0.001
"""At rest it settles at 3.6 % an hour; nothing tells a person that it should not."""
_OWN_PCT_PER_S = 0.01
"""Speed of catching up beside what the current itself moves: 10 % within 17 minutes."""
_ANCHOR_PCT_PER_S = 1.0
"""Speed after an end has been declared: everybody can see the charger stop."""
_ANCHOR_RECENT_S = 120.0


def shown(
    before_pct: float,
    wanted_pct: float,
    c_rate: float,
    dt_s: float,
    anchor: Anchor | None,
    since_anchor_s: float | None,
) -> float:
    """The next value.

    While charging it does not fall, while discharging it does not rise, at rest it only settles. It moves at most
    twice as fast as the charge plus a little, so a correction shows as a slower or faster count. Right after an end
    has been declared it may move towards that end whatever the current.

    Args:
        before_pct: shown until now.
        wanted_pct: the estimate.
        c_rate: current over capacity, positive charges.
        dt_s: time since `before_pct`.
        anchor: the end declared last.
        since_anchor_s: how long ago.
    """
    missing = wanted_pct - before_pct
    if anchor is not None and since_anchor_s is not None and since_anchor_s < _ANCHOR_RECENT_S:
        towards = missing > 0 if anchor is Anchor.FULL else missing < 0
        if towards:
            return before_pct + min(max(missing, -_ANCHOR_PCT_PER_S * dt_s), _ANCHOR_PCT_PER_S * dt_s)
    if abs(c_rate) < _RESTING_C_RATE:
        reach = _RESTING_PCT_PER_S * dt_s
    elif (missing > 0) == (c_rate > 0):
        reach = (2.0 * abs(c_rate) / 36.0 + _OWN_PCT_PER_S) * dt_s
    else:
        return before_pct
    return before_pct + min(max(missing, -reach), reach)
