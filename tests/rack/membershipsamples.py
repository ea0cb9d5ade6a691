"""Standings and packs for the tests of who belongs to the rack."""

from __future__ import annotations

from openress.model import (
    PackSample,
    PackState,
    Status,
)
from openress.rack.standing import Standing

COUNTED, LOST, JOINING = Standing.COUNTED, Standing.LOST, Standing.JOINING


def asleep(sample: PackSample) -> PackSample:
    status = Status(sample.status.at_s if sample.status else 0.0, state=PackState.DORMANT)
    return PackSample(sample.pack, status=status, identity=sample.identity)
