"""Whoever watches a drill: asks the checker about all that is heard on the wire, and writes a row a second."""

from __future__ import annotations

from collections import Counter

from openress.checker import Breach, PackChecker, RackChecker
from openress.checker.gaps import late, longest_gap_s
from openress.checker.spoken import Bounds, Spoken, Times
from openress.checker.telling import Sent, coarsened
from openress.checker.wire import WireChecker
from openress.drill.bench import Bench
from openress.drill.ear import Words, ear_for
from openress.drill.outcome import Row, Verdict
from openress.inverters.failsafe import FailSafe
from openress.model import FRESH_AT_LEAST_S, FRESH_AT_MOST_S, RackSample
from openress.rack.standing import Trouble
from openress.sim.virtual import VirtualPack

__all__ = ["INVARIANTS", "Watch"]

ASKED_GAP_S = 10.0
"""A third of the shortest time-out that is known of an inverter that asks (Growatt SPF, 30 s)."""
PAUSE_S = 15.0
"""After so long without an answer limits rise from the next one on, whatever was asked."""

INVARIANTS = {
    "S1-S5, S13, S16": "each pack's own limits and switches follow what it measures",
    "S6": "nothing above the published maxima",
    "S7": "every limit is a number that can be",
    "S9": "no pack is counted twice, and losing one raises nothing",
    "S10": "the weakest pack counts for all",
    "S11": "nothing old is told as if it were live",
    "S12": "after a start or a gap from 0, then slowly; after a hand-over never more than before",
    "S22": "the wire never says more than was decided",
    "F15": "no gap in which the inverter would miss the battery",
}
_OF_PACKS = "S1-S5, S13, S16"


class Watch:
    """Watches one bench.

    Args:
        dialect: what is spoken to the inverter.
        most_gap_s: see `Drill.most_gap_s`.
    """

    def __init__(self, dialect: str, most_gap_s: float | None) -> None:
        self.ear = ear_for(dialect)
        self._most_gap_s = ASKED_GAP_S if most_gap_s is not None and self.ear.asked else most_gap_s
        self._events: list[str] = []
        self._findings: set[tuple[Trouble, tuple[int, ...]]] = set()
        self._said: Spoken | None = None
        self._count = 0
        self.rows: list[Row] = []
        self.sent: list[Sent] = []
        self.breaches: list[Breach] = []

    def attach(self, bench: Bench) -> None:
        """Begin to watch."""
        product, packs = bench.product, len(bench.numbers)
        times = _times(bench.setup.fail_safe, FRESH_AT_LEAST_S)
        charge_a, discharge_a = product.charge_current_max_a, product.discharge_current_max_a
        bounds = Bounds(
            charge_a=None if charge_a is None else packs * charge_a,
            discharge_a=None if discharge_a is None else packs * discharge_a,
        )
        self._wire = WireChecker(times, bounds, full_a=max(bounds.charge_a or 0.0, bounds.discharge_a or 0.0) or None)
        self._measured = WireChecker(times)
        self._rack = RackChecker(product, expected=bench.numbers)
        checkers = {pack.number: PackChecker(product, pack.in_force) for pack in bench.virtual.packs}

        def look(pack: VirtualPack, now_s: float) -> None:
            if pack.measurement is not None and pack.decision is not None:
                self.breaches += checkers[pack.number].check(pack.measurement, pack.decision, now_s)

        bench.virtual.on_step = look
        bench.gateway_restarted = self._wire.restarted
        bench.rack_restarted = lambda: self._rack.restart(bench.clock())

    def event(self, sentence: str) -> None:
        """Take note of what happened."""
        self._events.append(sentence)

    def look(self, bench: Bench) -> None:
        """Judge what has come since the last look."""
        taken, bench.given[:] = list(bench.given), []
        for words in self.ear.take():
            while taken and taken[0][0] <= words.at_s:
                self._given(*taken.pop(0))
            self._judge(bench, words)
            self.sent += words.sent
            self._count += len(words.sent)
        for moment in taken:
            self._given(*moment)
        view = bench.rack.view()
        self._rack.fresh_for_s = view.fresh_for_s
        for checker in (self._wire, self._measured):
            checker.printed(_times(bench.setup.fail_safe, min(FRESH_AT_MOST_S, view.fresh_for_s)))
        self.breaches += self._rack.check([member.sample for member in view.members], view.sample, view.at_s)
        self._events += [change.sentence for change in bench.rack.changes()]
        findings = {(finding.trouble, finding.packs): finding.sentence for finding in view.findings}
        self._events += [text for key, text in findings.items() if key not in self._findings]
        self._findings = set(findings)

    def _given(self, at_s: float, rack: RackSample) -> None:
        self._wire.given(rack, at_s)
        self._measured.given(rack, at_s)

    def _judge(self, bench: Bench, words: Words) -> None:
        at_s, said = words.at_s, words.said
        if self.ear.asked and (not self.sent or at_s - self.sent[-1].at_s > PAUSE_S):
            self.breaches += self._wire.spoken(Spoken(at_s, None, 0.0, 0.0))
        if said is None:
            # It tells no limits, or keeps silent about them: only what it measured can be too old.
            self.breaches += self._measured.spoken(Spoken(at_s, None, 0.0, 0.0, measured=words.measured))
            return
        self._said = None if words.refused else said
        self.breaches += self._wire.spoken(said)
        report = bench.report
        basis = None if report is None or report.basis is None else report.basis.rack
        if basis is not None and basis.limits is not None and basis.at_s == at_s:
            self.breaches += coarsened(basis.limits, said)

    def row(self, bench: Bench, now_s: float) -> None:
        """Write the row of the second that ends now."""
        report = bench.report
        said = self._said if self._count else None
        requests = self.ear.view.requests if said is not None else None
        state = "down" if report is None else report.told.state.value
        if report is not None and report.told.rack is not None and not report.talks:
            state = "listening"
        view = bench.rack.view()
        analog = bench.virtual.rack(now_s).analog
        self.rows.append(
            Row(
                round(now_s, 3),
                state,
                None if said is None else said.charge_voltage_v,
                None if said is None else said.charge_a,
                None if said is None else said.discharge_a,
                None if requests is None else requests.charge_enabled,
                None if requests is None else requests.discharge_enabled,
                self._count,
                None if report is None else report.told.age_s,
                sum(1 for pack in view.sample.packs if not pack.asleep),
                0.0 if analog is None else analog.pack_current_a or 0.0,
                () if report is None else tuple(alarm.trouble.value for alarm in report.alarms),
                tuple(self._events),
            )
        )
        self._count = 0
        self._events.clear()

    @property
    def longest_gap_s(self) -> float:
        """Without a frame."""
        return longest_gap_s(self.sent)

    def verdicts(self) -> tuple[Verdict, ...]:
        """What has become of every invariant."""
        found = [*self.breaches]
        if self._most_gap_s is not None:
            found += late(self.sent, self._most_gap_s)
        names = [breach.invariant if breach.invariant in INVARIANTS else _OF_PACKS for breach in found]
        counts = Counter(names)
        first = {name: str(breach) for name, breach in reversed(list(zip(names, found, strict=True)))}
        judged = {name: title for name, title in INVARIANTS.items() if name != "F15" or self._most_gap_s is not None}
        return tuple(Verdict(name, title, counts[name], first.get(name, "")) for name, title in judged.items())


def _times(fail_safe: FailSafe, fresh_s: float) -> Times:
    return Times(fresh_s, fail_safe.zero_s(fresh_s), fail_safe.silent_s(fresh_s), fail_safe.rise_s)
