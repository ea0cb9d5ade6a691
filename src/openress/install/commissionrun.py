"""A commissioning under way: by what each step is judged, and what becomes of it. Asks nobody and keeps no file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.install import judging as j
from openress.install.commissioning import Check, Step, steps
from openress.install.commissionlog import Done, Log, report_lines
from openress.install.connectors import Inverter
from openress.install.dip import switch_of
from openress.products import Product

__all__ = ["NOT_YET", "REPORT_FOOT", "CommissionRun", "Judged", "check_packs", "confirmed"]

REPORT_FOOT = "Commissioning report made with OpenRESS"
NOT_YET = "It is not done yet."
_OVERRIDABLE = (Check.PART_NUMBERS, Check.ALONE, Check.GATE)
"""What a person may take upon themselves; a rack that does not answer is none of it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in a step, in a few words, and the sentences that stand against passing it."""

    found: str
    problems: tuple[str, ...] = ()


def confirmed(*, done: bool) -> Judged:
    """What somebody says of a step that nothing else can judge."""
    return Judged("confirmed", () if done else (NOT_YET,))


def check_packs(product: Product, packs: int) -> None:
    """Look whether a rack of this product may have so many packs.

    Raises:
        ParameterError: it may not.
    """
    limit = product.pack_limit
    if limit is not None and packs > limit:
        raise ParameterError(f"A rack of {product.title} has at most {limit} packs, not {packs}.")


class CommissionRun:
    """Takes what was seen, and keeps the log; whoever uses it asks, reads and saves.

    Args:
        log: how far it is; it is changed in place.
        product: of the packs.
        inverter: that they are for.

    Attributes:
        log: the same.
        product: the same.
        inverter: the same.
        steps: all of them, in their order.

    Raises:
        ParameterError: a scheme was named that does not fit.
    """

    def __init__(self, log: Log, product: Product, inverter: Inverter) -> None:
        self.log, self.product, self.inverter = log, product, inverter
        self.steps = steps(product, inverter, log.packs, log.scheme)
        known = product.address_switch is not None or log.scheme is not None
        self._switch = switch_of(product, log.packs, log.scheme) if known else None

    @property
    def present(self) -> Step | None:
        """The step that is to be done now; `None` when all are."""
        return self.log.next_step(self.steps)

    @property
    def address_wait_s(self) -> float:
        """So long the breakers stay off for the switches to count."""
        return self.product.address_wait_s or j.WAIT_S

    def may_override(self, step: Step) -> bool:
        """Whether a reason passes the step against a refusal; at a rehearsal nothing can come to harm."""
        return step.check in _OVERRIDABLE or self.log.rehearsal

    def part_numbers(self) -> Judged:
        """Judge the part numbers that were entered."""
        numbers = self.log.part_numbers
        return Judged(numbers[1], tuple(j.judge_part_numbers(numbers)))

    @staticmethod
    def switches() -> Judged:
        """The switches are set and the breakers were off for long enough."""
        return Judged("set while off")

    @staticmethod
    def nobody(pack: int) -> Judged:
        """Judge that nothing was heard where one pack should be."""
        return Judged("", (f"No pack is heard: switch on pack {pack}, and look at its cable.",))

    def alone(self, seen: j.Alone) -> Judged:
        """Judge a pack that was looked at alone, and keep what was seen of it."""
        self.log.alone[seen.pack] = seen
        others = {number: one for number, one in self.log.alone.items() if number != seen.pack}
        problems = j.judge_alone(seen, self.product, self._switch, others)
        voltage, soc = seen.voltage_v, seen.soc_pct
        return Judged("" if voltage is None or soc is None else f"{voltage:.2f} V, {soc:.0f} %", tuple(problems))

    def gate(self) -> Judged:
        """Judge whether the packs may be joined, from what was seen of each."""
        return Judged("full, and of one voltage", tuple(j.judge_gate(self.log.alone, self.log.packs)))

    def rack(self, seen: Sequence[j.InRack]) -> Judged:
        """Judge the packs that answer while all are connected."""
        return Judged(f"{len(seen)} packs answer", tuple(j.judge_rack(seen, self.log.packs, self.log.alone)))

    @staticmethod
    def cycle(seen: Sequence[j.InRack], *, charging: bool) -> Judged:
        """Judge how the packs share a current."""
        found = ", ".join(f"{one.current_a:+.1f} A" for one in seen if one.current_a is not None)
        return Judged(found, tuple(j.judge_cycle(seen, charging=charging)))

    def settle(self, step: Step, judged: Judged, at: str, override: str | None = None) -> bool:
        """Pass the step, or write down what stands against it; tells whether it is passed.

        Args:
            step: which.
            judged: what was found.
            at: date and time.
            override: a reason to pass it although something stands against it, where `may_override`.
        """
        if not judged.problems:
            self.log.done[step.key] = Done(at, judged.found)
        elif override is not None and self.may_override(step):
            self.log.done[step.key] = Done(at, " ".join(judged.problems), override)
        else:
            self.log.refusals += [(at, step.key, sentence) for sentence in judged.problems]
            return False
        return True

    def sign(self, name: str, at: str) -> None:
        """Sign off.

        Raises:
            ParameterError: a step is open.
        """
        if (step := self.present) is not None:
            raise ParameterError(f"It cannot be signed off: the step '{step.title}' is open.")
        self.log.signed_by, self.log.signed_at = name, at

    @property
    def report_title(self) -> str:
        """What stands at the top of each page of the report."""
        return f"Commissioning {self.log.site}".rstrip()

    def report(self) -> list[str]:
        """The report's lines."""
        return report_lines(self.log, self.steps, (self.product.title, self.inverter.title))
