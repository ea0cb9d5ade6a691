"""The drills as rows: what is done when, in the words in which it is printed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from openress.errors import ParameterError
from openress.names import hint

if TYPE_CHECKING:
    from openress.drill.bench import Bench

__all__ = ["DRILLS", "Act", "Drill", "find_drill"]

BEGINS_S = 25.0
"""Every drill begins with at least so long of charging: the packs are found, and more is allowed than is wanted."""
RISEN_S = 60.0
"""By then limits have risen to all that the packs allow, so that every fall is seen as one."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done.

    Attributes:
        at_s: when.
        sentence: what, for a person.
        do: does it.
    """

    at_s: float
    sentence: str
    do: Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill.

    Attributes:
        name: to be typed.
        title: what is done, in a few words.
        shows: what one should see.
        seconds: how long it takes in made time.
        acts: what is done when.
        most_gap_s: without a frame for so long an inverter would miss the battery; `None` where silence is right.
    """

    name: str
    title: str
    shows: str
    seconds: float
    acts: tuple[Act, ...]
    most_gap_s: float | None = None


_ALL = (
    Drill(
        "pull-plug",
        "Pull the plug on pack 3",
        "Pack 3 leaves the sum within one stale time, the total only falls; when it is back it joins.",
        110.0,
        (
            Act(RISEN_S, "The plug of pack 3 is pulled.", lambda bench: bench.pull(3)),
            Act(80.0, "The plug of pack 3 is put back.", lambda bench: bench.plug(3)),
        ),
        most_gap_s=3.0,
    ),
    Drill(
        "freeze-data",
        "Freeze the data",
        "The reading does not change any more: 0 within 15 s of age, silence from 30 s on, from 0 again after it.",
        75.0,
        (
            Act(BEGINS_S, "The reading of the rack stands still.", lambda bench: bench.freeze()),
            Act(60.0, "The reading of the rack moves again.", lambda bench: bench.thaw()),
        ),
    ),
    Drill(
        "duplicate-address",
        "Give a second pack the address of pack 2",
        "Nobody understands two that answer at once: address 2 leaves the sum in time, and a person is told why.",
        85.0,
        (
            Act(BEGINS_S, "A second pack with address 2 is plugged in.", lambda bench: bench.double(2)),
            Act(50.0, "The second pack with address 2 is unplugged.", lambda bench: bench.undouble(2)),
        ),
        most_gap_s=3.0,
    ),
    Drill(
        "drop-inverter",
        "Drop the inverter",
        "Nothing leaves, or nobody asks; when the inverter is back it hears 0 first, and then what rises slowly.",
        65.0,
        (
            Act(BEGINS_S, "The inverter is switched off.", lambda bench: bench.drop_inverter()),
            Act(45.0, "The inverter is switched on.", lambda bench: bench.return_inverter()),
        ),
    ),
    Drill(
        "corrupt-frames",
        "Corrupt frames on the line to the packs",
        "Damaged answers change no value; packs that nobody can understand leave the sum, and come back when the line "
        "is clean.",
        160.0,
        (
            Act(BEGINS_S, "One byte in 25 arrives damaged.", lambda bench: bench.disturb(0.04)),
            Act(60.0, "The line is clean again.", lambda bench: bench.disturb(0.0)),
        ),
    ),
    Drill(
        "restart-gateway",
        "Kill the gateway while the rack is charged",
        "Its successor goes on with what was told last and never more: the gap is shorter than any known time-out.",
        45.0,
        (Act(BEGINS_S, "The process of the gateway is killed.", lambda bench: bench.kill_gateway()),),
        most_gap_s=3.0,
    ),
    Drill(
        "restart-program",
        "Kill the whole program while the rack is charged",
        "The new one tells no more than the last until it has heard all packs; then limits rise from 0.",
        45.0,
        (Act(BEGINS_S, "The program is killed and started again.", lambda bench: bench.kill_program()),),
        most_gap_s=3.0,
    ),
)

DRILLS: Mapping[str, Drill] = MappingProxyType({drill.name: drill for drill in _ALL})
"""All drills by their names."""


def find_drill(name: str) -> Drill:
    """The drill called `name`.

    Raises:
        ParameterError: there is none; the sentence names the nearest.
    """
    if name not in DRILLS:
        raise ParameterError(f"There is no drill {name!r}; {hint(name, DRILLS)}")
    return DRILLS[name]
