"""Reasons in words: why a limit is what it is, for the line at the top of the page and for whoever asks further."""

from __future__ import annotations

from openress.model import Analog, Condition, LimitRule, PackSample, Reason

__all__ = ["because", "cause", "evidence"]

NEAR_FULL_MV, NEAR_EMPTY_MV = 3400, 3050
"""Beyond them our own curves begin to bend; a pack that limits itself there does so for its cells."""


def because(reason: Reason) -> str:
    """What holds a limit down, after a colon."""
    pack = "" if reason.pack is None else f" of pack {reason.pack}"
    at = f"pack {reason.pack}" if reason.pack is not None else "a pack"
    match reason.rule:
        case LimitRule.CELL_VOLTAGE if reason.value is not None:
            return f"cell {reason.cell}{pack} is at {reason.value / 1000:.2f} V"
        case LimitRule.COLD | LimitRule.HEAT if reason.value is not None:
            word = "cold" if reason.rule is LimitRule.COLD else "hot"
            return f"the cells{pack} are {word}, {reason.value:.0f} °C"
        case LimitRule.MOS_HEAT if reason.value is not None:
            return f"the switches{pack} are hot, {reason.value:.0f} °C"
        case LimitRule.PACK_VOLTAGE if reason.value is not None:
            return f"{at} is at {reason.value:.1f} V"
        case LimitRule.AMBIENT if reason.value is not None:
            return f"{at} stands in {reason.value:.0f} °C"
        case LimitRule.SHARE if reason.value is not None:
            return f"{at} carries {reason.value:.0f} % of the current"
        case LimitRule.DEEP_DISCHARGE:
            return f"a cell{pack} is deeply discharged"
        case LimitRule.LIMITER:
            return f"the charge limiter{pack} is on"
        case LimitRule.SWITCHED_OFF:
            return f"{at} is switched off"
        case LimitRule.PROTECTION | LimitRule.FAULT if reason.names:
            return f"{at}: {_names(reason)}"
        case LimitRule.PACK_LOST if reason.pack is None:
            return "no pack is heard any more"
        case _:
            return _PLAIN.get(reason.rule, "a value{pack} is not known").format(at=at, pack=pack)


def cause(reason: Reason, pack: PackSample | None = None, *, charging: bool = True) -> str:
    """The same as a clause, after "because"; of a pack that gives no reason, the cell that is the likely one."""
    if reason.rule in (LimitRule.PROTECTION, LimitRule.FAULT) and reason.names:
        verb = "protects itself" if reason.rule is LimitRule.PROTECTION else "has a fault"
        at = "a pack" if reason.pack is None else f"pack {reason.pack}"
        return f"{at} {verb} ({_names(reason)})"
    if reason.rule is LimitRule.OWN_WORD and pack is not None and pack.analog is not None:
        likely = _likely(pack.analog, charging=charging)
        if likely is not None:
            return f"{because(reason)} (cell {likely[0]} is at {likely[1] / 1000:.2f} V)"
    return because(reason)


def _likely(analog: Analog, *, charging: bool) -> tuple[int, int] | None:
    """The cell that stands nearest to an end, with its millivolts, where it is near enough to matter."""
    cells = analog.cell_voltages_mv
    if not cells:
        return None
    worst = max(cells) if charging else min(cells)
    near = worst >= NEAR_FULL_MV if charging else worst <= NEAR_EMPTY_MV
    return (1 + cells.index(worst), worst) if near else None


def _names(reason: Reason) -> str:
    return ", ".join(name.replace("_", " ") for name in reason.names)


_PLAIN = {
    LimitRule.RISING: "the limit is rising again",
    LimitRule.USER_CAP: "you set this limit",
    LimitRule.PACK_LOST: "{at} is not heard any more",
    LimitRule.STARTING: "not all packs have been heard yet",
    LimitRule.OWN_WORD: "{at} allows no more",
    LimitRule.SETTINGS: "the settings of {at} allow no more",
}

_HIGH, _LOW, _COLD, _HOT = "high", "low", "cold", "hot"
_LOOKS_AT = {
    Condition.CELL_OVER_VOLTAGE: _HIGH,
    Condition.PACK_OVER_VOLTAGE: _HIGH,
    Condition.CELL_UNDER_VOLTAGE: _LOW,
    Condition.PACK_UNDER_VOLTAGE: _LOW,
    Condition.CHARGE_UNDER_TEMPERATURE: _COLD,
    Condition.DISCHARGE_UNDER_TEMPERATURE: _COLD,
    Condition.CHARGE_OVER_TEMPERATURE: _HOT,
    Condition.DISCHARGE_OVER_TEMPERATURE: _HOT,
}


def evidence(reason: Reason, pack: PackSample | None, *, charging: bool) -> str | None:
    """What is measured in the pack that decides, as a sentence: which cell or sensor, and what it shows.

    Args:
        reason: why a limit is what it is.
        pack: the one that decides.
        charging: direction of the limit.
    """
    analog = None if pack is None else pack.analog
    if pack is None or analog is None:
        return None
    match reason.rule:
        case LimitRule.CELL_VOLTAGE:
            look = _HIGH if charging else _LOW
        case LimitRule.COLD | LimitRule.HEAT:
            look = _COLD if reason.rule is LimitRule.COLD else _HOT
        case LimitRule.PROTECTION:
            look = next((_LOOKS_AT[Condition(name)] for name in reason.names if name in _LOOKS_AT), "")
        case LimitRule.OWN_WORD:
            return _own_word(pack.pack, analog, charging=charging)
        case _:
            return None
    return _shown(pack.pack, analog, look, reason)


def _shown(number: int, analog: Analog, look: str, reason: Reason) -> str | None:
    if look in (_HIGH, _LOW) and analog.cell_voltages_mv:
        cells = analog.cell_voltages_mv
        worst = max(cells) if look == _HIGH else min(cells)
        cell = reason.cell or 1 + cells.index(worst)
        seen_mv = reason.value if reason.rule is LimitRule.CELL_VOLTAGE and reason.value is not None else worst
        word = "highest" if look == _HIGH else "lowest"
        return f"Cell {cell} of pack {number} is at {seen_mv / 1000:.3f} V, the {word} of its {len(cells)}."
    if look in (_COLD, _HOT) and analog.temperatures_c:
        sensors = analog.temperatures_c
        worst_c = min(sensors) if look == _COLD else max(sensors)
        word = "coldest" if look == _COLD else "hottest"
        sensor = 1 + sensors.index(worst_c)
        return f"Sensor {sensor} of pack {number} shows {worst_c:.1f} °C, the {word} of its {len(sensors)}."
    return None


def _own_word(number: int, analog: Analog, *, charging: bool) -> str | None:
    """A pack that limits itself gives no reason; the cell that is nearest to an end is the likely one."""
    likely = _likely(analog, charging=charging)
    if likely is None:
        return f"Pack {number} gives no reason, and none of its cells is near an end."
    end = "highest" if charging else "lowest"
    return f"Pack {number} gives no reason; its {end} cell, {likely[0]}, is at {likely[1] / 1000:.3f} V."
