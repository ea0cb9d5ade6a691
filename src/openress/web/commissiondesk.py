"""The commissioning of the page: one at a time, in the data folder, in the same file that `openress commission` has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from openress.catalog import battery_names, load_battery
from openress.commissionfile import load_log, save_log
from openress.errors import ParameterError, PortError, StateError
from openress.install.commissioning import Check, Step
from openress.install.commissionlog import Log
from openress.install.commissionrun import REPORT_FOOT, CommissionRun, Judged, check_packs, confirmed
from openress.install.connectors import find_inverter
from openress.install.judging import Alone
from openress.paper import Paper
from openress.web.commissionheard import Heard, Source

__all__ = ["FILE", "Answer", "CommissionDesk", "NotBegunError"]

FILE = "commissioning.json"
_LIVE = (Check.ALONE, Check.RACK, Check.CHARGE, Check.DISCHARGE)
"""Steps that take values of packs, where packs are connected."""


class NotBegunError(StateError):
    """There is no commissioning."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says of the present step.

    Attributes:
        key: of the step.
        confirmed: it is done, or it can be looked at now.
        breakers_off: every breaker is off; from now on the switches wait.
        part_numbers: as read from the labels, pack 1 first.
        voltage_v: measured at the terminals, where nothing is connected.
        soc_pct: state of charge, likewise.
        override: why the step is passed although something stands against it.
    """

    key: str
    confirmed: bool = False
    breakers_off: bool = False
    part_numbers: tuple[str, ...] | None = None
    voltage_v: float | None = None
    soc_pct: float | None = None
    override: str | None = None


class CommissionDesk:
    """Takes answers and keeps the file; each of its methods waits for the disk and is called from a thread.

    Args:
        folder: the data folder.
        heard: gives what is heard now.
        clock_s: seconds on a clock that only goes forward.
        unix_s: Unix seconds.
    """

    def __init__(
        self, folder: Path, heard: Callable[[], Heard], *, clock_s: Callable[[], float], unix_s: Callable[[], float]
    ) -> None:
        self._path = folder / FILE
        self._heard, self._clock_s, self._unix_s = heard, clock_s, unix_s
        self._lock = threading.Lock()
        self._off_s: float | None = None

    def look(self) -> tuple[CommissionRun | None, Heard]:
        """How far it is, if one was begun, and what is heard now.

        Raises:
            PortError: its file cannot be used.
        """
        return (self._run() if self._path.exists() else None), self._heard()

    def wait_left_s(self, run: CommissionRun) -> float | None:
        """How long the breakers stay off yet; `None` before somebody has said that they are."""
        off_s = self._off_s
        return None if off_s is None else max(0.0, run.address_wait_s - (self._clock_s() - off_s))

    def begin(self, battery: str, packs: int, inverter: str, site: str, scheme: str | None) -> None:
        """Begin one; on a virtual rack it is a rehearsal.

        Raises:
            ParameterError: there is no such battery, inverter or scheme, or not so many packs in a rack.
            StateError: there is one already.
        """
        # A request never names a file.
        if battery not in battery_names():
            raise ParameterError(f"There is no battery {battery!r}; known: {', '.join(battery_names())}.")
        product = load_battery(battery)
        check_packs(product, packs)
        log = Log(battery, find_inverter(inverter).key, packs, site, scheme)
        log.rehearsal = self._heard().source is Source.VIRTUAL
        CommissionRun(log, product, find_inverter(inverter))
        with self._lock:
            if self._path.exists():
                raise StateError("A commissioning was begun here before: go on with it, or put it away first.")
            self._off_s = None
            self._save(log)

    def answer(self, answer: Answer) -> tuple[str, bool]:
        """Judge the present step; gives its title, and whether it is passed now.

        Raises:
            StateError: there is none, it is another step's turn, or its time has not come.
            ParameterError: what it asks for was not given.
        """
        with self._lock:
            run = self._begun()
            step = run.present
            if step is None or step.key != answer.key:
                raise StateError(
                    "All steps are done: sign off."
                    if step is None
                    else f"It is the turn of the step '{step.title}': look at it again."
                )
            if answer.override is not None and not run.may_override(step):
                raise StateError(f"The step '{step.title}' cannot be passed against a refusal: put it right.")
            judged = self._judged(run, step, answer)
            if judged is None:
                return step.title, False
            passed = run.settle(step, judged, self._now(), answer.override)
            self._save(run.log)
            return step.title, passed

    def sign(self, name: str) -> None:
        """Sign off.

        Raises:
            StateError: there is none, it is signed already, or a step is open.
        """
        with self._lock:
            run = self._begun()
            if run.log.signed_by is not None:
                raise StateError(f"It was signed off by {run.log.signed_by} before.")
            try:
                run.sign(name, self._now())
            except ParameterError as error:
                raise StateError(str(error)) from error
            self._save(run.log)

    def report(self) -> list[str]:
        """The report's lines.

        Raises:
            StateError: there is none.
        """
        return self._begun().report()

    def report_pdf(self) -> bytes:
        """The report as PDF.

        Raises:
            StateError: there is none.
            ParameterError: this system cannot make PDF files.
        """
        run = self._begun()
        paper = Paper(run.report_title, REPORT_FOOT)
        paper.add(run.report())
        return paper.bytes()

    def put_away(self) -> str:
        """Rename the file, so that another one can be begun; gives its new name.

        Raises:
            StateError: there is none.
            PortError: it cannot be renamed.
        """
        with self._lock:
            self._check_begun()
            stem = f"commissioning-{self._moment():%Y%m%d-%H%M%S}"
            names = (f"{stem}{more}.json" for more in ("", *(f"-{number}" for number in range(2, 1000))))
            aside = next(path for name in names if not (path := self._path.with_name(name)).exists())
            try:
                self._path.rename(aside)
            except OSError as error:
                raise PortError(f"The commissioning cannot be put away: {error.strerror}.") from error
            self._off_s = None
            return aside.name

    def _judged(self, run: CommissionRun, step: Step, answer: Answer) -> Judged | None:
        """Judge an answer; `None` where it only begins to wait."""
        heard = self._heard()
        if step.check in _LIVE:
            _check_same_rack(run.log, heard)
        live = heard.source is not Source.NONE
        match step.check:
            case Check.PART_NUMBERS:
                return _part_numbers(run, answer)
            case Check.SWITCHES:
                return self._switches(run, answer)
            case Check.GATE:
                return run.gate()
            case Check.CONFIRM:
                return confirmed(done=answer.confirmed)
        ready = confirmed(done=answer.confirmed)
        if ready.problems or (not live and step.check is not Check.ALONE):
            return ready
        if step.check is Check.RACK:
            return run.rack(heard.rack(run.log.packs))
        if step.check is not Check.ALONE:
            return run.cycle(heard.rack(run.log.packs), charging=step.check is Check.CHARGE)
        return _alone(run, step.pack or 1, heard if live else None, answer)

    def _switches(self, run: CommissionRun, answer: Answer) -> Judged | None:
        if answer.breakers_off:
            if self._off_s is None:
                self._off_s = self._clock_s()
            return None
        if not answer.confirmed:
            self._off_s = None
            return confirmed(done=False)
        left_s = self.wait_left_s(run)
        if left_s is None:
            raise StateError("First say that every breaker is off: the time counts from then.")
        if left_s > 0:
            raise StateError(f"Leave the breakers off for {left_s + 0.5:.0f} s more.")
        self._off_s = None
        return run.switches()

    def _begun(self) -> CommissionRun:
        self._check_begun()
        return self._run()

    def _check_begun(self) -> None:
        if not self._path.exists():
            raise NotBegunError("No commissioning was begun here: begin one.")

    def _run(self) -> CommissionRun:
        try:
            log = load_log(self._path)
            return CommissionRun(log, load_battery(log.product), find_inverter(log.inverter))
        except ParameterError as error:
            raise PortError(str(error)) from error

    def _save(self, log: Log) -> None:
        try:
            save_log(self._path, log)
        except ParameterError as error:
            raise PortError(str(error)) from error

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self._unix_s(), UTC)

    def _now(self) -> str:
        return f"{self._moment():%Y-%m-%d %H:%M:%S} UTC"


def _check_same_rack(log: Log, heard: Heard) -> None:
    if heard.source is Source.VIRTUAL and not log.rehearsal:
        raise StateError(
            "The virtual rack is connected, and this commissioning is of real packs: connect those, or disconnect and "
            "enter what you see."
        )
    if heard.source is not Source.VIRTUAL and log.rehearsal:
        raise StateError(
            "This commissioning is a rehearsal on the virtual rack: connect that, or put it away and begin one for "
            "the real packs."
        )


def _part_numbers(run: CommissionRun, answer: Answer) -> Judged:
    if answer.part_numbers is None and answer.override is not None and run.log.part_numbers:
        # A reason is given for what was entered and refused before.
        return run.part_numbers()
    numbers = [number.strip() for number in answer.part_numbers or ()]
    if len(numbers) != run.log.packs or not all(numbers):
        raise ParameterError(f"Give the part number of each of the {run.log.packs} packs.")
    run.log.part_numbers = dict(enumerate(numbers, start=1))
    return run.part_numbers()


def _alone(run: CommissionRun, pack: int, heard: Heard | None, answer: Answer) -> Judged:
    if heard is not None:
        seen = heard.alone(pack)
        return run.nobody(pack) if seen is None else run.alone(seen)
    before = run.log.alone.get(pack)
    if answer.voltage_v is None and answer.soc_pct is None and answer.override is not None and before is not None:
        return run.alone(before)
    if answer.voltage_v is None or answer.soc_pct is None:
        raise ParameterError(f"Give the voltage of pack {pack} and its state of charge.")
    return run.alone(Alone(pack, (), answer.voltage_v, answer.soc_pct))
