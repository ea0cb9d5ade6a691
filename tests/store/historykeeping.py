"""A process that writes minutes and events as fast as it can and says each number once it is on the disk."""

from __future__ import annotations

import sys
from pathlib import Path

from openress.store import NotKeptError
from openress.store.bucket import Bucket
from openress.store.happened import Batch, Event, Level, Minute, Source, SourceKind
from openress.store.historyfile import HistoryFile, open_history
from openress.store.retention import kept_days

T0 = 1_795_132_800
PACK = Source(SourceKind.PACK, "A5L-0001")


def batch(number: int, first: int) -> Batch:
    """Minute and event `number` of all runs; `first` was the first of this one."""
    bucket = Bucket()
    bucket.add({"soc_pct": float(number % 100)})
    at_s = T0 + 60 * number
    text = f"Event {number}."
    event = Event(
        source=PACK, pack=1, kind="clock", code="set", level=Level.INFO, began_s=at_s, ended_s=at_s, text=text
    )
    minutes = [Minute(at_s, PACK, bucket.row())]
    return Batch(number=number - first + 1, at_s=at_s, durable=True, minutes=minutes, begun=[event])


def newest(path: Path) -> int:
    """The number of the last event that is kept; 0 for none. Checks that every other is there once, too."""
    with open_history(path) as rows:
        assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        texts = [text for (text,) in rows.execute("SELECT text FROM event ORDER BY began_s")]
        minutes = rows.execute("SELECT at_s, samples FROM minute ORDER BY id").fetchall()
    assert texts == [f"Event {number}." for number in range(1, len(texts) + 1)]
    assert minutes == [(T0 + 60 * number, 1) for number in range(1, len(texts) + 1)]
    return len(texts)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(path: Path, count: int) -> None:
    number = first = newest(path) + 1
    file = HistoryFile(path, at_s=T0, say=lambda told: say(f"told {told}"), session=str(first), days=kept_days({}))
    while number < first + count:
        try:
            file.write(batch(number, first))
        except NotKeptError:
            continue
        say(f"kept {number}")
        number += 1
    file.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
