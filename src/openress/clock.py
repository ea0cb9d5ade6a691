"""The clock of this computer, read here and nowhere else: below, time is an argument."""

from __future__ import annotations

import time
from datetime import UTC, datetime

__all__ = ["local_now", "local_s", "unix_s"]


def unix_s() -> float:
    """Unix seconds now."""
    return time.time_ns() / 1e9


def local_now() -> datetime:
    """Date and time in the zone of this computer."""
    return datetime.fromtimestamp(unix_s(), tz=UTC).astimezone()


def local_s(at_s: float) -> float:
    """What a local clock shows at a unix time, as `Calendar.seconds`."""
    zone = datetime.fromtimestamp(at_s, tz=UTC).astimezone().utcoffset()
    return at_s + (0.0 if zone is None else zone.total_seconds())
