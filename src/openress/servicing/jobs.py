"""Jobs on a line: one at a time, each with its holder, its progress and its end in words, watched by whoever wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from openress.errors import OpenRESSError, PortError

__all__ = ["FieldState", "HeldError", "Job", "JobField", "JobState", "Jobs"]

KEPT = 30
"""Jobs that can still be looked up after they have ended."""


class HeldError(PortError):
    """The line is somebody else's now."""


class JobState(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class FieldState(StrEnum):
    """How one value of a job stands."""

    WAITING = "waiting"
    ORDERED = "ordered"
    WRITTEN = "written"
    """Written and read back."""
    PUT_BACK = "put_back"
    """As before, read back."""
    FAILED = "failed"
    """Neither old nor new for certain; the job's sentence says what is."""
    UNKNOWN = "unknown"
    """It was ordered, and the pack could not be asked any more."""
    NOT_SENT = "not_sent"


@dataclass(slots=True)
class JobField:
    """One value of a job."""

    pack: int
    key: str
    old: float | None
    new: float | None
    state: FieldState = FieldState.WAITING


@dataclass(slots=True)
class Job:
    """Something that is done to packs.

    Attributes:
        number: of the job, from 1 on.
        kind: of the job.
        title: what it does, as a sentence without its subject: `writes 3 values to pack 2`.
        who: began it.
        pack: the pack it is about; `None` for the line.
        started_s: unix seconds.
        ended_s: likewise, once it has ended.
        done: steps that are behind it.
        of: steps in all; 0 while nobody knows.
        doing: what it does now.
        notes: what a reader of the result should know.
        fields: the values it writes.
        sentence: how it ended.
        result: what it has found.
        failed: it came to its end, and not to what was asked for.
        stopped_sentence: what there is to say when it is stopped.
        changed: set when any of this has changed; then there is a new one.
    """

    number: int
    kind: str
    title: str
    who: str
    pack: int | None
    started_s: float
    ended_s: float | None = None
    state: JobState = JobState.RUNNING
    done: int = 0
    of: int = 0
    doing: str = ""
    notes: list[str] = field(default_factory=list)
    fields: list[JobField] = field(default_factory=list)
    sentence: str = ""
    result: dict[str, Any] | None = None
    failed: bool = False
    stopped_sentence: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, doing: str = "", *, done: int | None = None, of: int | None = None) -> None:
        """Tell how far it is."""
        self.doing = doing or self.doing
        self.done = self.done if done is None else done
        self.of = self.of if of is None else of
        self.touch()

    def note(self, sentence: str) -> None:
        """Add something worth knowing."""
        self.notes.append(sentence)
        self.touch()

    def touch(self) -> None:
        """Wake those who watch."""
        before, self.changed = self.changed, asyncio.Event()
        before.set()

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        return {
            "job": self.number,
            "kind": self.kind,
            "title": self.title,
            "who": self.who,
            "pack": self.pack,
            "started_s": round(self.started_s, 3),
            "ended_s": None if self.ended_s is None else round(self.ended_s, 3),
            "state": self.state.value,
            "done": self.done,
            "of": self.of,
            "doing": self.doing,
            "notes": list(self.notes),
            "fields": [
                {"pack": one.pack, "key": one.key, "old": one.old, "new": one.new, "state": one.state.value}
                for one in self.fields
            ],
            "sentence": self.sentence,
            "result": self.result,
        }


Work = Callable[[Job], Awaitable[str]]
"""Does it; gives the sentence of its end."""


class Jobs:
    """All of them.

    Args:
        clock_s: unix seconds.
    """

    def __init__(self, clock_s: Callable[[], float]) -> None:
        self._clock_s = clock_s
        self._jobs: dict[int, Job] = {}
        self._count = 0
        self._task: asyncio.Task[None] | None = None
        self.current: Job | None = None

    def require_free(self) -> None:
        """Refuse while somebody has the line.

        Raises:
            HeldError: who has it, since when, and what to do.
        """
        held = self.current
        if held is not None:
            since = datetime.fromtimestamp(held.started_s, tz=UTC).astimezone().strftime("%H:%M:%S")
            raise HeldError(
                f"{held.who} {held.title} since {since}: wait until that has ended, or stop job {held.number}."
            )

    def begin(self, kind: str, title: str, who: str, work: Work, *, pack: int | None = None) -> Job:
        """Begin a job.

        Raises:
            HeldError: see `require_free`.
        """
        self.require_free()
        self._count += 1
        job = Job(self._count, kind, title, who, pack, self._clock_s())
        self._jobs[job.number] = job
        for number in sorted(self._jobs)[:-KEPT]:
            del self._jobs[number]
        self.current = job
        self._task = asyncio.create_task(self._run(job, work))
        self._task.add_done_callback(lambda _: self._ended(job, JobState.STOPPED, "It was stopped before it began."))
        return job

    def _ended(self, job: Job, state: JobState, sentence: str) -> None:
        """Let the line go; of a job that has ended already nothing is changed."""
        if job.state is JobState.RUNNING:
            job.state, job.sentence, job.ended_s = state, sentence, self._clock_s()
            self.current = self._task = None
            job.touch()

    async def _run(self, job: Job, work: Work) -> None:
        state, sentence = JobState.FAILED, "The program made a mistake; its log says which."
        try:
            sentence = await work(job)
            state = JobState.FAILED if job.failed else JobState.DONE
        except (OpenRESSError, OSError) as error:
            sentence = str(error)
        except asyncio.CancelledError:
            state, sentence = JobState.STOPPED, job.stopped_sentence or "It was stopped; nothing was changed."
        finally:
            self._ended(job, state, sentence)

    def find(self, number: int) -> Job | None:
        """A job of late."""
        return self._jobs.get(number)

    def all(self) -> list[Job]:
        """Those of late, newest first."""
        return [self._jobs[number] for number in sorted(self._jobs, reverse=True)]

    def stop(self, job: Job) -> None:
        """Ask a job to end; what it has half done is put back first. One that has ended stays as it is."""
        if job is self.current and self._task is not None:
            self._task.cancel()

    @staticmethod
    async def watch(job: Job) -> AsyncIterator[dict[str, Any]]:
        """A job each time it has changed, until it has ended."""
        while True:
            changed = job.changed
            yield job.as_json()
            if job.state is not JobState.RUNNING:
                return
            await changed.wait()

    async def close(self) -> None:
        """Stop what runs."""
        task = self._task
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
