"""S22, S14, S25 and S17: what was decided against what was put on the wire, and one run of frames against another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openress.checker.breach import Breach
from openress.checker.spoken import Spoken
from openress.model import Limits

__all__ = ["REACTION_S", "Sent", "altered", "broken_off", "coarsened", "disturbed"]

REACTION_S = 4.0
"""An inverter's reaction; so long both currents are 0 before the end of an orderly session (S17)."""
_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Sent:
    """One frame as it went out."""

    at_s: float
    id: int
    data: bytes


def coarsened(decided: Limits, said: Spoken) -> list[Breach]:
    """Compare what was decided with what its frames say: rounding goes to the safe side only (S22).

    A value that was not decided permits nothing. A cut-off that the dialect cannot say may be lower, if then nothing
    may be discharged.
    """
    found = []
    for name, before, after in (
        ("charge voltage limit", decided.charge_voltage_limit_v, said.charge_voltage_v),
        ("charge current limit", decided.charge_current_limit_a, said.charge_a),
        ("discharge current limit", decided.discharge_current_limit_a, said.discharge_a),
    ):
        if after is None:
            continue
        if before is None:
            if "current" in name and after > 0.0:
                found.append(f"The {name} on the wire is {after:g}, and none was decided.")
        elif not after <= before + _EPSILON:
            found.append(f"The {name} on the wire is {after:g}, and {before:g} was decided.")
    low, said_low = decided.discharge_voltage_limit_v, said.discharge_voltage_v
    if low is not None and said_low is not None and said.discharge_a and not said_low >= low - _EPSILON:
        found.append(f"The discharge cut-off on the wire is {said_low:g} V, and {low:g} V was decided.")
    return [Breach("S22", sentence, said.at_s) for sentence in found]


def altered(run: Sequence[Sent], other: Sequence[Sent]) -> list[Breach]:
    """Compare two runs that differ in the wall clock alone: byte for byte the same (S14)."""
    for place, (one, two) in enumerate(zip(run, other, strict=False)):
        if (one.id, one.data) != (two.id, two.data):
            sentence = f"Frame {place} is {one.id:03X}#{one.data.hex()} in one run and {two.id:03X}#{two.data.hex()}."
            return [Breach("S14", sentence, one.at_s)]
    if len(run) != len(other):
        return [Breach("S14", f"One run has {len(run)} frames, the other {len(other)}.", 0.0)]
    return []


def disturbed(run: Sequence[Sent], period_s: float) -> list[Breach]:
    """Look for frames that came later than one cycle after they were due (S25).

    Args:
        run: what was sent while pages, stores and brokers were loaded or failing.
        period_s: from one frame of an identifier to the next.
    """
    last: dict[int, float] = {}
    found = []
    for frame in run:
        before_s = last.get(frame.id)
        if before_s is not None and frame.at_s - before_s > 2.0 * period_s:
            sentence = f"{frame.id:03X} came {frame.at_s - before_s:.2f} s after the one before."
            found.append(Breach("S25", sentence, frame.at_s))
        last[frame.id] = frame.at_s
    return found


def broken_off(session: Sequence[Spoken]) -> list[Breach]:
    """Look at the end of a session that was ended on purpose: zeros for a while, then silence (S17)."""
    if not session:
        return []
    end_s = session[-1].at_s
    late = [said for said in session if end_s - said.at_s <= REACTION_S and (said.charge_a or said.discharge_a)]
    if not late:
        return []
    sentence = (
        f"The last words came at {end_s:g} s, and {late[-1].charge_a or 0.0:g} A of charge and "
        f"{late[-1].discharge_a or 0.0:g} A of discharge were still allowed at {late[-1].at_s:g} s."
    )
    return [Breach("S17", sentence, end_s)]
