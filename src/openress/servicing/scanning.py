"""Scanning a line as a job, in the very way of `openress scan`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from openress.catalog import load_product
from openress.rack.scanorder import ScanOrder
from openress.rack.session import Author
from openress.rack.surveyjson import survey_json
from openress.servicing.desk import Desk
from openress.servicing.jobs import Job

__all__ = ["begin_scan"]


def begin_scan(
    desk: Desk,
    link: str | None,
    who: Author,
    *,
    dialects: Sequence[str] = (),
    bauds: Sequence[int] = (),
    numbers: Sequence[int] = (),
    product: str | None = None,
    thorough: bool = False,
) -> Job:
    """Begin to scan `link`, or the line that is connected.

    Raises:
        ParameterError: an unknown dialect or product.
        HeldError: somebody has the line.
    """
    line = desk.lines.line
    name = product or (line.product.key if line is not None else None)
    order = ScanOrder(dialects, bauds, numbers, thorough, None if name is None else load_product(name))
    # A dialect that does not exist is told before the line is taken.
    order.attempts(None)

    async def work(job: Job) -> str:
        async with desk.lines.probe(link, who.name) as probe:

            def say(text: str) -> None:
                job.notes.append(text)
                job.tell(text)

            survey, words = await order.scan(probe.open_line, probe.link, clock=time.monotonic, say=say)
            job.result = survey_json(probe.name, survey, words, dialects)
        count = len(survey.answerers)
        job.failed = not count
        return (
            f"{count} pack{' answers' if count == 1 else 's answer'} on {probe.name}." if count else "No pack answers."
        )

    return desk.jobs.begin("scan", f"scans {link or 'the line'}", who.name, work)
