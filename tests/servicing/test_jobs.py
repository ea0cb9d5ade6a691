"""Jobs by themselves: who holds the line, how they end, and what a pack should keep by its journal."""

from __future__ import annotations

import asyncio

import pytest

from openress.errors import ParameterError
from openress.model.change import Change, ChangeKind, Outcome
from openress.servicing.drift import drifts
from openress.servicing.jobs import KEPT, HeldError, Job, Jobs, JobState


async def ended(jobs: Jobs, job: Job) -> JobState:
    async for _ in jobs.watch(job):
        continue
    return job.state


async def test_the_line_is_held_by_one_and_free_again_however_it_ends() -> None:
    jobs = Jobs(lambda: 1_800_000_000.0)
    go = asyncio.Event()

    async def waits(job: Job) -> str:
        job.tell("Waiting", done=1, of=2)
        await go.wait()
        return "Waited."

    async def fails(_job: Job) -> str:
        raise ParameterError("It cannot be.")

    first = jobs.begin("wait", "waits", "anna", waits)
    with pytest.raises(HeldError, match=r"anna waits since \d\d:\d\d:\d\d: wait until that has ended, or stop job 1\."):
        jobs.begin("wait", "waits", "bert", waits)
    go.set()
    assert await ended(jobs, first) is JobState.DONE
    assert (first.sentence, first.done, first.of) == ("Waited.", 1, 2)
    second = jobs.begin("fail", "fails", "bert", fails)
    assert await ended(jobs, second) is JobState.FAILED
    assert second.sentence == "It cannot be."
    go.clear()
    third = jobs.begin("wait", "waits", "anna", waits)
    # Before it has run for the first time.
    jobs.stop(third)
    assert await ended(jobs, third) is JobState.STOPPED
    fourth = jobs.begin("wait", "waits", "anna", waits)
    await asyncio.sleep(0)
    jobs.stop(first)
    assert jobs.current is fourth
    await jobs.close()
    assert fourth.state is JobState.STOPPED
    assert [job.number for job in jobs.all()] == [4, 3, 2, 1]
    go.set()
    for _ in range(KEPT):
        await ended(jobs, jobs.begin("wait", "waits", "anna", waits))
    assert jobs.find(4) is None
    assert len(jobs.all()) == KEPT


def change(number: int, new: dict[str, float | None], outcome: Outcome | None, kind: ChangeKind) -> Change:
    return Change(
        serial="A", at_s=float(number), who="anna", link="l", pack=1, kind=kind, new=new, number=number, outcome=outcome
    )


def test_drift_is_told_against_what_was_written_last() -> None:
    journal = [
        change(5, {"charge_switch": 0.0}, Outcome.DONE, ChangeKind.CONTROL),
        change(4, {"soc_low_alarm_pct": 40.0}, Outcome.RESTORED, ChangeKind.WRITE),
        change(3, {"soc_low_alarm_pct": 10.0}, Outcome.DONE, ChangeKind.UNDO),
        change(2, {"soc_low_alarm_pct": 12.0, "sleep_delay_min": 9.0}, Outcome.DONE, ChangeKind.WRITE),
        change(1, {"sleep_delay_min": None}, Outcome.DONE, ChangeKind.WRITE),
    ]
    assert drifts(journal, {"soc_low_alarm_pct": 10.0, "sleep_delay_min": 9.0, "cell_ov_alarm_mv": 3500.0}) == []
    (found,) = drifts(journal, {"soc_low_alarm_pct": 12.0})
    assert (found.key, found.written, found.now, found.change.number) == ("soc_low_alarm_pct", 10.0, 12.0, 3)
