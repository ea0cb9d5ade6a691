"""Parts of the pages of dialects that inverters poll on a serial line."""

from __future__ import annotations

from collections.abc import Iterator

from tables import table

from openress.protocols import find_dialect
from openress.protocols.inverter.told import LimitRules

__all__ = ["limits_words", "manners_words"]


def manners_words(dialect: str) -> Iterator[str]:
    """How inverters ask in a dialect, and who has seen it."""
    yield "## How inverters ask"
    yield ""
    rows = []
    for manner in find_dialect(dialect).parts().manners:
        asked = ", ".join(question.name for question in manner.questions)
        notes = [manner.note] if manner.note else []
        if manner.probes:
            notes.append(f"first looks at {len(manner.probes)} addresses")
        if manner.accepts is not None:
            notes.append(f"takes answers of {', '.join(f'{address:02X}' for address in sorted(manner.accepts))} alone")
        if manner.needed > 1:
            notes.append(f"believes after {manner.needed} good answers in a row")
        if manner.cuts_off_after_s is not None:
            notes.append(f"stops after {manner.cuts_off_after_s:g} s of silence")
        rows.append([f"`{manner.name}`", manner.title, asked, "; ".join(notes), str(manner.source)])
    yield from table(["Manner", "Whose", "One cycle", "Remarks", "Source"], rows)
    yield ""


def limits_words(rules: LimitRules) -> Iterator[str]:
    """What limits go out."""
    yield "## What limits go out"
    yield ""
    yield f"- Charge voltage {rules.cvl_v[0]:g} to {rules.cvl_v[1]:g} V, rounded down. A battery whose own limit is"
    yield "  below that, or not known, is not charged: its voltage is held and the charge current is 0. When its own"
    yield "  voltage is not known either, nothing is answered at all."
    yield f"- Currents 0 to {rules.current_a:g} A, rounded down; one that is not known is 0."
    yield f"- Cut-off {rules.dvl_v[0]:g} to {rules.dvl_v[1]:g} V, rounded up, where the dialect has one; one that is"
    yield "  higher stops discharging."
    yield "- A request to charge is made only while charging is allowed."
    yield ""
