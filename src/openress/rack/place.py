"""What the rack remembers of one address: its pack's values, and how the questions to it went."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from openress.model import Condition, PackSample
from openress.rack.allowing import Allowance
from openress.rack.standing import Objection, Standing

__all__ = ["Place", "leapt", "nobody_answers", "presumably_asleep"]

LEAP_WITHIN_S = 30.0
"""Values that are further apart in time may have changed by anything."""
LEAP_SOC_PCT = 10.0
LEAP_CAPACITY = 0.1
OUTCOMES = 10
GARBLED_FROM = 5
"""Of the last ten answers so many damaged ones are more than noise that retries get around."""
UNHEARD_FROM = 3
"""So many damaged answers and nothing else since a pack was last understood: it has not simply been unplugged."""
_EMPTY = frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.PACK_UNDER_VOLTAGE})


@dataclass(slots=True)
class Place:
    """One address of the rack.

    Attributes:
        sample: what is known of its pack, as judged.
        raw: the same as it was told.
        allowance: judges it.
        own: judges it by the settings that it was read to have, where these are known.
        held: judges it as well, by other settings, while these are being written.
        standing: what it is to the rack.
        heard_s: when anything was heard last.
        since_s: when it began to answer, the last time it did.
        polled_s: when all questions of a cycle were answered last.
        identified_s: when it was asked last who it is.
        clear_s: since when nothing speaks against counting it.
        accepted: an operator has accepted it.
        objections: what speaks against it.
        garbled: of the last answers, which were damaged.
    """

    sample: PackSample
    raw: PackSample
    allowance: Allowance
    standing: Standing = Standing.AWAITED
    heard_s: float | None = None
    since_s: float = 0.0
    polled_s: float | None = None
    identified_s: float | None = None
    clear_s: float | None = None
    own: Allowance | None = None
    held: Allowance | None = None
    accepted: bool = False
    objections: tuple[Objection, ...] = ()
    equalising_a: float | None = None
    garbled: deque[bool] = field(default_factory=lambda: deque(maxlen=OUTCOMES))

    @property
    def complete(self) -> bool:
        """Everything has been asked and answered since it began to answer."""
        times = (self.polled_s, self.identified_s)
        return all(at_s is not None and at_s >= self.since_s for at_s in times)

    @property
    def asked_in_vain(self) -> bool:
        """It has been asked, and nothing that could be understood has ever come."""
        return self.heard_s is None and len(self.garbled) > 0

    @property
    def often_garbled(self) -> bool:
        """More answers arrive damaged than noise explains."""
        return sum(self.garbled) >= GARBLED_FROM

    @property
    def only_garbled(self) -> bool:
        """Damaged answers are all that has come lately."""
        return len(self.garbled) >= UNHEARD_FROM and all(list(self.garbled)[-UNHEARD_FROM:])


def nobody_answers(places: Iterable[Place], since_s: float) -> bool:
    """Whether a pack is lost, and since then none has been heard, not even as noise.

    Args:
        places: of the rack.
        since_s: half the age up to which values hold ago: the others of a dead line are lost within the same round.
    """
    known = list(places)
    heard = any(place.only_garbled or (place.heard_s is not None and place.heard_s > since_s) for place in known)
    return not heard and any(place.standing is Standing.LOST for place in known)


def presumably_asleep(sample: PackSample) -> bool:
    """Whether a pack that has fallen silent was so empty that its own protection must have put it to sleep."""
    return sample.status is not None and not _EMPTY.isdisjoint(sample.status.protections or ())


def leapt(before: PackSample, after: PackSample) -> bool:
    """Whether two readings of an address are so far apart that no single pack tells both."""
    old, new = before.analog, after.analog
    if old is None or new is None or not 0.0 < new.at_s - old.at_s <= LEAP_WITHIN_S:
        return False
    cells = old.cell_voltages_mv, new.cell_voltages_mv
    if None not in cells and len(cells[0] or ()) != len(cells[1] or ()):
        return True
    if old.cycles is not None and new.cycles is not None and abs(new.cycles - old.cycles) > 1:
        return True
    if old.soc_pct is not None and new.soc_pct is not None and abs(new.soc_pct - old.soc_pct) > LEAP_SOC_PCT:
        return True
    capacity = old.design_ah or old.full_ah, new.design_ah or new.full_ah
    return None not in capacity and abs((capacity[1] or 0.0) - (capacity[0] or 0.0)) > LEAP_CAPACITY * (
        capacity[0] or 0.0
    )
