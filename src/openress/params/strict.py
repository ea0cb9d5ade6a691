"""Of two values of a setting, the one that protects more: what holds while nobody knows which of them a pack has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from openress.params.table import BY_KEY

__all__ = ["stricter"]

_Choice = Callable[[float, float], float]

_BY_PREFIX: Mapping[str, _Choice] = {
    "pack_ov_": min,
    "cell_ov_": min,
    "pack_uv_": max,
    "cell_uv_": max,
    "charge_oc_": min,
    "discharge_oc_": min,
    "discharge_oc2_": min,
    "charge_ot_": min,
    "discharge_ot_": min,
    "mos_ot_": min,
    "env_ot_": min,
    "charge_ut_": max,
    "discharge_ut_": max,
    "env_ut_": max,
    "balance_": max,
    "sleep_cell_": max,
    "sleep_delay_": min,
    "short_circuit_": min,
    "soc_low_": max,
}
"""Act earlier, let go later: alarm, protection and release lie on the same side. Bleed later, sleep sooner."""


def _choice(key: str) -> _Choice:
    if "_delay_" in key:
        return min
    return next(choice for prefix, choice in _BY_PREFIX.items() if key.startswith(prefix))


_CHOICES = {key: _choice(key) for key in BY_KEY}


def stricter(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """The stricter of two sets of values, key by key in screen order; a key that only one of them has keeps its value.

    Two sets that keep the rules between settings give one that keeps them: the least of both ends of a `<` stand in
    that order too.
    """
    return {
        key: choice(one[key], other[key]) if key in one and key in other else one.get(key, other.get(key, 0.0))
        for key, choice in _CHOICES.items()
        if key in one or key in other
    }
