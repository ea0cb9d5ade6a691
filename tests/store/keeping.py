"""A process that keeps records, settings and states as fast as it can and says each number once it is on the disk.

Every number is one more than the last, from what the file holds onwards, and everything kept follows from it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.store.samples import DEFAULTS, trip, unwanted

from openress.params import ParameterSet
from openress.store import Power, SavedState, StoreThread
from openress.store.pack import PackStore

SERIAL = "A5L-0001"


def set_for(number: int) -> ParameterSet:
    """Settings of which several differ from those for every other number near by."""
    return DEFAULTS.with_values(
        {
            "cell_ov_alarm_mv": 3400 + 10 * (number % 20),
            "balance_delta_mv": 20 + 5 * (number % 90),
            "sleep_delay_min": 1 + number % 120,
            "short_circuit_delay_us": 100 + 50 * (number % 9),
            "soc_low_alarm_pct": number % 101,
        }
    )


def state_for(number: int) -> SavedState:
    """A state of which every field follows from `number`."""
    return SavedState(
        at_s=float(number),
        remaining_ah=number / 8,
        full_ah=100.0,
        throughput_ah=number / 4,
        cycles=number,
        anchored=number % 2 == 0,
        trips=number % 11,
        locked=number % 3 == 0,
        power=list(Power)[number % 3],
        protections=("short_circuit",) * (number % 2),
        ahead_ah=(number / 16, 0.0),
    )


def newest(pack: PackStore) -> tuple[int, int, int]:
    """The numbers of the last record, set and state that are kept; 0 for none."""
    records, entries, state = pack.history(1), pack.journal(1), pack.state()
    return (
        int(records[0].at_s) if records else 0,
        int(entries[0].at_s) if entries else 0,
        state.cycles if state else 0,
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(path: Path) -> None:
    store = StoreThread(path, at_s=0.0, say=unwanted)
    pack = store.pack(SERIAL)
    record, settings, state = store.submit(lambda store: newest(store.pack(SERIAL)), writes=False).result()
    say("ready")
    while True:
        record, settings, state = record + 1, settings + 1, state + 1
        words = (
            ("record", record, pack.add_record(trip(float(record)))),
            ("settings", settings, pack.set_parameters(set_for(settings), who="mia", at_s=float(settings))),
            ("state", state, pack.save_state(state_for(state))),
        )
        for what, number, word in words:
            word.result()
            say(f"{what} {number}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
