"""Scanning a line as a job, in the very way of `openress scan`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from openress.catalog import load_product
from openress.ports import SerialLink
from openress.rack.probing import attempts
from openress.rack.scan import Scan
from openress.rack.session import Author
from openress.rack.surveyjson import counts_from, survey_json, with_speed_of
from openress.rack.switchwords import SwitchWords
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
    attempts(dialects, bauds)
    name = product or (line.product.key if line is not None else None)
    switch = None if name is None else load_product(name).address_switch

    async def work(job: Job) -> str:
        async with desk.lines.probe(link) as probe:
            settable = isinstance(probe.link, SerialLink)
            order = attempts(dialects, bauds if settable else (), settable=settable)
            if probe.link is not None:
                order = with_speed_of(probe.link, order, narrowed=bool(bauds))

            def say(text: str) -> None:
                job.notes.append(text)
                job.tell(text)

            scan = Scan(
                probe.open_line,
                order,
                numbers=numbers,
                thorough=thorough,
                dialects=dialects,
                clock=time.monotonic,
                say=say,
            )
            survey = await scan.run()
            words = SwitchWords(switch, counts_from=counts_from(survey))
            job.result = survey_json(probe.name, survey, words, dialects)
        count = len(survey.answerers)
        job.failed = not count
        return (
            f"{count} pack{' answers' if count == 1 else 's answer'} on {probe.name}." if count else "No pack answers."
        )

    return desk.jobs.begin("scan", f"scans {link or 'the line'}", who.name, work)
