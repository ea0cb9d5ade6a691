"""The desk: takes what a person asks of packs, does it as a job, and remembers what was read last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from openress.errors import ParameterError, PortError
from openress.model.change import ChangeKind
from openress.names import hint
from openress.params import BY_KEY, ParameterSet
from openress.protocols.access import Control, ProtocolChoice
from openress.rack.control import CONTROLS
from openress.rack.numberwords import span
from openress.rack.parameters import plan, plan_undo, settle, settled, unsettled
from openress.rack.readout import access_of, read
from openress.rack.session import Author, Reached, Session, reach
from openress.servicing.drift import drifts
from openress.servicing.jobs import Job, Jobs
from openress.servicing.line import Line, Lines
from openress.servicing.orders import order, read_settings, set_clock_to, set_limiter, set_protocol
from openress.servicing.records import read_logs
from openress.servicing.settings import KnownPack, check_json, table_json
from openress.servicing.writing import begin, change, require_as_shown, tell_report
from openress.wording import ENGLISH, Wording

__all__ = ["Desk"]

NOT_CONNECTED = "Nothing is connected: choose a serial port, a TCP adapter or the virtual rack."


class Desk:
    """What a person can have done.

    Args:
        lines: who holds the line.
        clock_s: unix seconds.
        local_s: what a local clock shows, as `Calendar.seconds`.
    """

    def __init__(self, lines: Lines, *, clock_s: Callable[[], float], local_s: Callable[[], float]) -> None:
        self.lines = lines
        self.jobs = Jobs(clock_s)
        self._clock_s = clock_s
        self._local_s = local_s
        self._known: dict[int, KnownPack] = {}

    def line(self) -> Line:
        """The line.

        Raises:
            PortError: nothing is connected.
        """
        line = self.lines.line
        if line is None:
            raise PortError(NOT_CONNECTED)
        return line

    def forget(self) -> None:
        """Other packs are connected now."""
        self._known.clear()

    def known(self, pack: int) -> KnownPack | None:
        """What was read of a pack last."""
        return self._known.get(pack)

    def no_such(self, pack: int) -> str | None:
        """Why a pack cannot be meant, as a sentence; `None` where it may be: before the first answer none is known."""
        line = self.lines.line
        known = frozenset() if line is None else line.packs
        if not known or pack in known or pack in self._known:
            return None
        packs = span(sorted(known))
        return f"There is no pack {pack}; known here: {packs}."

    def table(self, pack: int, wording: Wording = ENGLISH) -> dict[str, Any]:
        """The parameter table with what was read of a pack, in the words of `wording`.

        Raises:
            PortError: nothing is connected.
        """
        return table_json(pack, self.line().product, self.known(pack), wording)

    def check(self, pack: int, values: Mapping[str, float], wording: Wording = ENGLISH) -> dict[str, Any]:
        """What a change would do; asks nobody. What is wrong is told in the words of `wording`.

        Raises:
            PortError: nothing is connected, or the pack was not read yet.
        """
        product, known = self.line().product, self.known(pack)
        if known is None or known.read_s is None:
            raise PortError(f"The settings of pack {pack} were not read yet: read them first.")
        return check_json(product, known.values, values, wording)

    async def _at(self, session: Session, pack: int) -> KnownPack:
        """A pack that answers; another one than before at this number is not taken for that."""
        reached = await reach(session, pack)
        known = self._known.get(pack)
        if known is None or known.reached.serial != reached.serial:
            known = self._known[pack] = KnownPack(reached)
        known.reached = reached
        return known

    # Settings.

    def read(self, pack: int, who: Author) -> Job:
        """Read all settings of a pack."""
        line = self.line()

        async def work(job: Job) -> str:
            async with line.session(writes=False) as session:
                known = await self._at(session, pack)
                await self._read(job, session, known)
                job.result = table_json(pack, line.product, known)
                return f"{begin(known.reached)}: {len(known.values)} settings read."

        return self.jobs.begin("read", f"reads the settings of pack {pack}", who.name, work, pack=pack)

    async def _read(self, job: Job, session: Session, known: KnownPack) -> None:
        pack = known.reached.pack
        told = await read(
            session, pack, progress=lambda done, of: job.tell(f"Reading settings of pack {pack}", done=done, of=of)
        )
        known.values, known.missing, known.unread = dict(told.values), told.missing, told.unread
        known.read_s = self._clock_s()
        for problem in told.problems:
            job.note(problem)
        changes = await session.journal.changes(known.reached.serial)
        known.drift = drifts(changes, known.values)
        known.open_changes = list(await unsettled(session, known.reached))

    def write(self, pack: int, values: Mapping[str, float], shown: Mapping[str, float], who: Author) -> Job:
        """Write settings; `shown` are the values that a person saw in their place."""
        count = len(values)
        title = f"writes {count} value{'s' if count != 1 else ''} to pack {pack}"

        async def make(session: Session, reached: Reached, job: Job) -> tuple[bool, str]:
            planned = await plan(session, reached, values, who=who, kind=ChangeKind.WRITE)
            require_as_shown(planned, shown)
            return await change(job, session, planned, who)

        return self._change("write", title, pack, who, make)

    def restore(self, pack: int, keys: Sequence[str] | None, who: Author) -> Job:
        """Set a pack back to the factory settings of its product: all that its dialect has, or those named.

        Raises:
            ParameterError: one of `keys` is none.
        """
        for key in keys or ():
            if key not in BY_KEY:
                raise ParameterError(f"{key} is no parameter; {hint(key, BY_KEY)}")

        async def make(session: Session, reached: Reached, job: Job) -> tuple[bool, str]:
            factory = ParameterSet.defaults(session.product)
            has = access_of(session).keys
            left = [key for key in factory if key not in has]
            if not keys and left:
                job.note(f"{session.dialect.title} does not have these, which stay as they are: {', '.join(left)}.")
            chosen = {key: factory[key] for key in keys or factory if key in has or keys}
            planned = await plan(session, reached, chosen, who=who, kind=ChangeKind.RESTORE)
            return await change(job, session, planned, who)

        return self._change("restore", f"restores the defaults of pack {pack}", pack, who, make)

    def undo(self, pack: int, who: Author) -> Job:
        """Take back the last change of a pack that was made from here."""

        async def make(session: Session, reached: Reached, job: Job) -> tuple[bool, str]:
            return await change(job, session, await plan_undo(session, reached, who=who), who)

        return self._change("undo", f"takes back the last change of pack {pack}", pack, who, make)

    def _change(self, kind: str, title: str, pack: int, who: Author, make: Any) -> Job:
        line = self.line()

        async def work(job: Job) -> str:
            async with line.session(writes=True) as session:
                known = await self._at(session, pack)
                for report in await settled(session, known.reached):
                    tell_report(job, report)
                try:
                    done, sentence = await make(session, known.reached, job)
                finally:
                    await self._refresh(session, known)
                job.failed = not done
                return str(sentence)

        return self.jobs.begin(kind, title, who.name, work, pack=pack)

    async def _refresh(self, session: Session, known: KnownPack) -> None:
        """What is known of a pack after a change; where it cannot be read, nothing is."""
        if known.read_s is None:
            return
        try:
            told = await read(session, known.reached.pack)
        except PortError:
            known.read_s, known.values = None, {}
            return
        known.values, known.unread, known.read_s = dict(told.values), told.unread, self._clock_s()
        known.drift = drifts(await session.journal.changes(known.reached.serial), known.values)
        known.open_changes = list(await unsettled(session, known.reached))

    def clone(self, pack: int, targets: Sequence[int], who: Author) -> Job:
        """Write the settings of a pack into others, one after another; ends at the first that does not take them.

        Raises:
            ParameterError: the pack is among the others.
        """
        if pack in targets:
            raise ParameterError(f"Pack {pack} cannot be cloned into itself.")
        line = self.line()

        async def work(job: Job) -> str:
            async with line.session(writes=True) as session:
                source = await self._at(session, pack)
                await self._read(job, session, source)
                if source.unread:
                    raise ParameterError(f"Pack {pack} does not tell its {', '.join(source.unread)}; not cloned.")
                sentences = []
                for number in dict.fromkeys(targets):
                    known = await self._at(session, number)
                    for report in await settled(session, known.reached):
                        tell_report(job, report)
                    planned = await plan(session, known.reached, source.values, who=who, kind=ChangeKind.CLONE)
                    done, sentence = await change(job, session, planned, who)
                    await self._refresh(session, known)
                    sentences.append(sentence)
                    if not done:
                        job.failed = True
                        break
                return " ".join(sentences)

        names = ", ".join(str(number) for number in dict.fromkeys(targets))
        return self.jobs.begin("clone", f"clones pack {pack} to pack {names}", who.name, work, pack=pack)

    def recover(self, pack: int, who: Author) -> Job:
        """Take up changes of a pack that never ended."""
        line = self.line()

        async def work(job: Job) -> str:
            async with line.session(writes=True) as session:
                known = await self._at(session, pack)
                reports = await settle(session, known.reached)
                for report in reports:
                    tell_report(job, report)
                    job.failed = job.failed or report.change.outcome is None
                await self._refresh(session, known)
                known.open_changes = list(await unsettled(session, known.reached))
                if not reports:
                    return f"{begin(known.reached)} has no change that never ended."
                return f"{begin(known.reached)}: {len(reports)} taken up."

        return self.jobs.begin("recover", f"takes up open changes of pack {pack}", who.name, work, pack=pack)

    # System settings, inverter protocols and logs.

    def read_system(self, pack: int, who: Author) -> Job:
        """Read who a pack is, its clock, its switches and its inverter protocols."""
        line = self.line()

        async def work(job: Job) -> str:
            async with line.session(writes=False) as session:
                known = await self._at(session, pack)
                job.tell(f"Reading system settings of pack {pack}", done=1, of=3)
                known.settings = await read_settings(session, known.reached, self._clock_s(), self._local_s())
                job.result = known.settings
                return f"{begin(known.reached)}: system settings read."

        return self.jobs.begin("read_system", f"reads the system settings of pack {pack}", who.name, work, pack=pack)

    def switch(self, pack: int, control: Control, *, on: bool, forced: bool, typed: str | None, who: Author) -> Job:
        """Switch something of a pack; `typed` is what a person typed to agree."""
        name = CONTROLS[control].title
        title = f"orders {name}{'' if control is Control.SHUTDOWN else ' on' if on else ' off'} of pack {pack}"
        return self._order(
            "control",
            title,
            pack,
            who,
            lambda session, reached: order(session, reached, control, on=on, forced=forced, typed=typed, who=who),
            silences=control is Control.SHUTDOWN,
        )

    def set_clock(self, pack: int, wanted: str, who: Author) -> Job:
        """Set the clock of a pack: `now`, or a date and time."""
        return self._order(
            "clock",
            f"sets the clock of pack {pack}",
            pack,
            who,
            lambda session, reached: set_clock_to(session, reached, wanted, self._local_s, who),
        )

    def set_limiter(self, pack: int, start_a: float, who: Author) -> Job:
        """Set the charge current from which a pack's limiter comes in."""
        return self._order(
            "limiter",
            f"sets the limiter's start current of pack {pack}",
            pack,
            who,
            lambda session, reached: set_limiter(session, reached, start_a, who),
        )

    def choose(self, pack: int, choice: ProtocolChoice, who: Author) -> Job:
        """Choose the inverter protocols of a pack."""
        return self._order(
            "protocol",
            f"chooses inverter protocols of pack {pack}",
            pack,
            who,
            lambda session, reached: set_protocol(session, reached, choice, who),
        )

    def _order(self, kind: str, title: str, pack: int, who: Author, make: Any, *, silences: bool = False) -> Job:
        """An order as a job; a pack that it `silences` is not asked again once it is carried out."""
        line = self.line()

        async def work(job: Job) -> str:
            async with line.session(writes=True) as session:
                known = await self._at(session, pack)
                job.stopped_sentence = "It was stopped; whether the order was carried out is not known."
                done, sentence = await make(session, known.reached)
                job.failed = not done
                if done and silences:
                    known.settings = None
                else:
                    await self._refresh_settings(session, known)
                return f"{begin(known.reached)}: {sentence}"

        return self.jobs.begin(kind, title, who.name, work, pack=pack)

    async def _refresh_settings(self, session: Session, known: KnownPack) -> None:
        """System settings after an order; where they cannot be read, nothing is known of them."""
        if known.settings is None:
            return
        known.settings = None
        try:
            known = await self._at(session, known.reached.pack)
            known.settings = await read_settings(session, known.reached, self._clock_s(), self._local_s())
        except PortError:
            # A pack that fell silent meanwhile.
            return

    def read_logs(self, pack: int, limit: int | None, who: Author) -> Job:
        """Read the records of a pack."""
        line = self.line()

        async def work(job: Job) -> str:
            async with line.session(writes=False) as session:
                known = await self._at(session, pack)
                known.records = await read_logs(job, session, known.reached, limit, self._clock_s())
                job.result = {key: value for key, value in known.records.items() if key != "csv"}
                count = len(known.records["records"])
                return f"{begin(known.reached)} keeps {count} record{'s' if count != 1 else ''}."

        return self.jobs.begin("logs", f"reads the records of pack {pack}", who.name, work, pack=pack)

    def clear_logs(self, pack: int) -> None:
        """Forget the records that were read; the pack keeps its own."""
        known = self._known.get(pack)
        if known is not None:
            self._known[pack] = replace(known, records=None)
