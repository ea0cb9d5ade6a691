"""What has been done of a commissioning: its state file, and the report that is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openress.errors import ParameterError
from openress.install.commissioning import Step
from openress.install.judging import Alone

__all__ = ["Done", "Log", "log_from_mapping", "report_lines", "state_mapping"]

VERSION = 1


@dataclass(frozen=True, slots=True)
class Done:
    """A step that is done: when, what was found, and why it was passed although something stood against it."""

    at: str
    found: str
    override: str | None = None


@dataclass(slots=True)
class Log:
    """A commissioning.

    Attributes:
        product: battery product.
        inverter: inverter.
        packs: how many.
        site: where.
        scheme: of the switches, where one was named.
        done: steps that are done, by key.
        part_numbers: as read from the labels, by pack.
        alone: what was seen of each pack alone.
        refusals: what stood against a step, with its time; nothing is ever taken out.
        signed_by: who signed; `None` while it is open.
        signed_at: when.
        rehearsal: it was done on a virtual rack.
    """

    product: str
    inverter: str
    packs: int
    site: str = ""
    scheme: str | None = None
    done: dict[str, Done] = field(default_factory=dict)
    part_numbers: dict[int, str] = field(default_factory=dict)
    alone: dict[int, Alone] = field(default_factory=dict)
    refusals: list[tuple[str, str, str]] = field(default_factory=list)
    signed_by: str | None = None
    signed_at: str | None = None
    rehearsal: bool = False

    def next_step(self, steps: Sequence[Step]) -> Step | None:
        """The first step that is not done; `None` when all are."""
        return next((step for step in steps if step.key not in self.done), None)

    def as_mapping(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "version": VERSION,
            "product": self.product,
            "inverter": self.inverter,
            "packs": self.packs,
            "site": self.site,
            "scheme": self.scheme,
            "done": {
                key: {"at": done.at, "found": done.found, "override": done.override} for key, done in self.done.items()
            },
            "part_numbers": {str(pack): number for pack, number in self.part_numbers.items()},
            "alone": {
                str(pack): {
                    "answers_as": list(one.answers_as),
                    "voltage_v": one.voltage_v,
                    "soc_pct": one.soc_pct,
                    "serial": one.serial,
                }
                for pack, one in self.alone.items()
            },
            "refusals": [{"at": at, "step": step, "sentence": sentence} for at, step, sentence in self.refusals],
            "signed_by": self.signed_by,
            "signed_at": self.signed_at,
            **({"rehearsal": True} if self.rehearsal else {}),
        }


def log_from_mapping(content: Mapping[str, Any], *, name: str) -> Log:
    """Read a log that `as_mapping` made; `name` is what errors call the file.

    Raises:
        ParameterError: it is of another version or form.
    """
    if content.get("version") != VERSION:
        raise ParameterError(f"{name} is no commissioning of version {VERSION}; name another file, or begin a new one.")
    try:
        return Log(
            content["product"],
            content["inverter"],
            int(content["packs"]),
            content["site"],
            content["scheme"],
            {key: Done(one["at"], one["found"], one["override"]) for key, one in content["done"].items()},
            {int(pack): str(number) for pack, number in content["part_numbers"].items()},
            {
                int(pack): Alone(int(pack), tuple(one["answers_as"]), one["voltage_v"], one["soc_pct"], one["serial"])
                for pack, one in content["alone"].items()
            },
            [(one["at"], one["step"], one["sentence"]) for one in content["refusals"]],
            content["signed_by"],
            content["signed_at"],
            content.get("rehearsal") is True,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ParameterError(f"{name} is damaged: {type(error).__name__} at {error}; begin a new one.") from error


def state_mapping(log: Log, steps: Sequence[Step]) -> dict[str, Any]:
    """How far it is, for programs: what the state file holds, all steps in their order, and the one that is next."""
    following = log.next_step(steps)
    kept = log.as_mapping()
    done = kept.pop("done")
    told = [{"key": step.key, "title": step.title, "done": done.get(step.key)} for step in steps]
    return kept | {"next": None if following is None else following.key, "steps": told}


def report_lines(log: Log, steps: Sequence[Step], titles: tuple[str, str]) -> list[str]:
    """Write the report; `titles` are those of battery and inverter."""
    battery, inverter = titles
    lines = [
        "Commissioning report",
        "",
        f"  Site      {log.site or '-'}",
        f"  Battery   {log.packs} x {battery}",
        f"  Inverter  {inverter}",
        f"  Result    {_result(log, steps)}",
        *(["  Rehearsal on a virtual rack: it says nothing of real packs."] if log.rehearsal else []),
        "",
        "Packs",
        "",
        f"  {'pack':<6}{'part number':<20}{'serial number':<20}{'alone':<22}",
    ]
    for pack in range(1, log.packs + 1):
        one = log.alone.get(pack)
        seen = "-" if one is None else f"{_number(one.voltage_v, 'V', 2)}, {_number(one.soc_pct, '%', 0)}"
        serial = "-" if one is None or one.serial is None else one.serial
        lines.append(f"  {pack:<6}{log.part_numbers.get(pack, '-'):<20}{serial:<20}{seen}")
    lines += ["", "Steps", ""]
    for step in steps:
        done = log.done.get(step.key)
        when = "open" if done is None else done.at
        lines.append(f"  {step.title:<28}{when:<25}{'' if done is None else done.found}")
        if done is not None and done.override is not None:
            lines.append(f"    - passed against the refusal, for this reason: {done.override}")
    if log.refusals:
        lines += ["", "What stood against going on", ""]
        titles_of = {step.key: step.title for step in steps}
        for at, key, sentence in log.refusals:
            lines.append(f"  - {at}, {titles_of.get(key, key)}: {sentence}")
    lines += ["", "Signature", ""]
    if log.signed_by is None:
        lines.append("  Not signed: not all steps are done." if log.next_step(steps) else "  Not signed.")
    else:
        lines += [f"  Signed off by {log.signed_by}, {log.signed_at}", "", "  ______________________________"]
    return lines


def _result(log: Log, steps: Sequence[Step]) -> str:
    following = log.next_step(steps)
    if following is not None:
        return f"open, next: {following.title}"
    overridden = [done for done in log.done.values() if done.override is not None]
    return f"done, {len(overridden)} steps passed against a refusal" if overridden else "done, every step passed"


def _number(value: float | None, unit: str, decimals: int) -> str:
    return "-" if value is None else f"{value:.{decimals}f} {unit}"
