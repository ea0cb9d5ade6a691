"""Jobs for the store's thread, and the word that comes back on each."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from openress.store.database import Store

__all__ = ["Acknowledgement", "Job", "carry_out"]

T = TypeVar("T")


class Acknowledgement(Generic[T]):
    """The store's word on one job: `await` it in a coroutine, or ask for its `result` in a thread.

    It need not be waited for: the job is carried out anyway.
    """

    def __init__(self, future: Future[T]) -> None:
        self._future = future

    def __await__(self) -> Generator[Any, None, T]:
        # A waiter that is cancelled does not take the job with it.
        return asyncio.shield(asyncio.wrap_future(self._future)).__await__()

    def result(self, timeout_s: float | None = None) -> T:
        """Wait in a thread.

        Raises:
            NotKeptError: it is not on the disk.
            TimeoutError: no word within `timeout_s`.
        """
        return self._future.result(timeout_s)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do with the store, whether it writes, and where its outcome goes."""

    work: Callable[[Store], Any]
    writes: bool
    future: Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any
    error: Exception | None = None


def carry_out(store: Store, jobs: Sequence[Job], *, writes: bool) -> None:
    """Do jobs in their order and give each its word; those that write share one commit.

    A job that is refused for its own sake does not harm the others; a commit that fails fails them all.
    """

    def attempt(_: sqlite3.Connection | None = None) -> list[_Outcome]:
        return [_outcome(store, job, writes=writes) for job in jobs]

    try:
        outcomes = store.write(attempt) if writes else attempt()
    except Exception as error:  # noqa: BLE001  raised again where it is waited for
        outcomes = [_Outcome(None, error)] * len(jobs)
    for job, outcome in zip(jobs, outcomes, strict=True):
        if outcome.error is None:
            job.future.set_result(outcome.value)
        else:
            job.future.set_exception(outcome.error)


def _outcome(store: Store, job: Job, *, writes: bool) -> _Outcome:
    try:
        return _Outcome(job.work(store))
    except Exception as error:
        if writes and isinstance(error, sqlite3.Error):
            raise
        return _Outcome(None, error)
