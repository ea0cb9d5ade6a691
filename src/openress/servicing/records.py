"""Reading the records of a pack as a job, with the table for a spreadsheet beside them."""

from __future__ import annotations

from typing import Any

from openress.rack.logs import as_csv, as_json, read_records
from openress.rack.session import Reached, Session
from openress.servicing.jobs import Job

__all__ = ["read_logs"]

MOST = 500
"""What packs keep where their product does not say otherwise."""


async def read_logs(job: Job, session: Session, reached: Reached, limit: int | None, now_s: float) -> dict[str, Any]:
    """The records, newest first, and the same as CSV.

    Raises:
        ParameterError: the dialect has no records.
        NoAnswerError: the pack fell silent.
    """
    most = limit or session.product.history_records or MOST
    told = await read_records(
        session,
        reached.pack,
        most=most,
        progress=lambda count: job.tell(f"Reading records of pack {reached.pack}", done=count, of=most),
    )
    for note in told.notes:
        job.note(note)
    return {
        "pack": reached.pack,
        "serial": reached.serial,
        "read_s": now_s,
        "records": [as_json(record) for record in told.records],
        "csv": as_csv({"pack": str(reached.pack), "serial": reached.serial}, told.records),
    }
