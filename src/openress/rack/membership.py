"""Who belongs to the rack now: a pack is awaited, joins, counts, sleeps, is lost or is doubted.

It is told what was heard and what was not, and forms the rack out of that. Rules, in words:

- A pack counts while it is fresh, while it is certain who it is, and once nothing spoke against it for a while.
- A pack that has fallen silent is lost, not gone: `RackTotals` says what that means for the totals. It is gone once it
  has said so (its switch open, asleep), answers at another address, or an operator has taken it away.
- A pack that said it sleeps is asleep. One that was so empty that it must sleep is taken to be asleep too, but as it
  has not said so, it holds the totals down like a lost one.
- Until every awaited pack has been heard completely, nothing is allowed; nor while the numbers make no rack and nobody
  has confirmed them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from openress.bms.totals import RISE_PER_S, RackTotals
from openress.model import FRESH_AT_LEAST_S, Freshness, PackSample, fresh_for, freshness
from openress.params import stricter
from openress.products import Product
from openress.rack.addresses import ALONE, address_findings
from openress.rack.allowing import Allowance, by_settings
from openress.rack.identity import Doubt, Identities, Turn, real_serial
from openress.rack.joining import JoinRules, equalising_current_a, objections
from openress.rack.place import Place, leapt, nobody_answers, presumably_asleep
from openress.rack.standing import Change, Finding, Member, Objection, RackView, Standing
from openress.rack.telling import change_sentence, nobody_finding, place_findings

__all__ = ["ABSENT_AFTER_S", "Membership"]

ABSENT_AFTER_S = 60.0
"""A pack that has been silent for so long is absent rather than stale."""
FORM_AFTER_S = 30.0
"""When awaited packs are missing at the start, those that are there are compared with each other after so long."""
_HEARD = frozenset({Standing.JOINING, Standing.COUNTED, Standing.EXCLUDED})
_ONLY_HEARD = frozenset({Standing.JOINING, Standing.EXCLUDED})


class Membership:
    """Machine that follows the packs of a rack.

    Args:
        product: what they are.
        values: their parameters.
        rules: for joining.
        rise_per_s: how fast totals rise.
    """

    def __init__(
        self,
        product: Product,
        values: Mapping[str, float],
        *,
        rules: JoinRules | None = None,
        rise_per_s: float | None = RISE_PER_S,
    ) -> None:
        self._product = product
        self._values = values
        self._rules = rules or JoinRules()
        self._totals = RackTotals(rise_per_s=rise_per_s)
        self._identities = Identities()
        self._places: dict[int, Place] = {}
        self._expected: set[int] | None = None
        self._confirmed = False
        self._ready = False
        self._resting = False
        self._begun_s = 0.0
        self._line: Finding | None = None
        self._changes: list[Change] = []
        self._fresh_for_s = FRESH_AT_LEAST_S

    def begin(self, numbers: Collection[int], now_s: float, *, confirmed: bool) -> None:
        """Await the packs with these numbers.

        Args:
            numbers: of the packs that must be heard before anything is allowed.
            now_s: the time.
            confirmed: a person has named them; else they are those that answered, and must make a rack.
        """
        self._expected = set(numbers)
        self._confirmed = confirmed
        for number in numbers:
            self._place(number)
        self.restart(now_s)

    def restart(self, now_s: float) -> None:
        """The line is back, or polling begins anew: nothing is allowed until every awaited pack has been heard."""
        self._ready = self._resting = False
        self._begun_s = now_s

    def rest(self) -> None:
        """Nobody is asked any more: silence means nothing, and nothing is allowed, until `restart`."""
        self._resting, self._ready = True, False

    def line(self, finding: Finding | None) -> None:
        """What is wrong with the line itself."""
        self._line = finding

    def cycle(self, cycle_s: float) -> None:
        """How long one round of questions takes; says how long values hold."""
        self._fresh_for_s = fresh_for(cycle_s)

    def heard(self, sample: PackSample, now_s: float) -> None:
        """A pack has told something; `sample` is all that is known of it now."""
        place = self._place(sample.pack)
        place.garbled.append(False)
        if place.standing not in _HEARD:
            self._move(place, Standing.JOINING, now_s)
            place.since_s, place.clear_s = now_s, None
        elif leapt(place.raw, sample):
            self._identities.jumped(sample.pack, now_s)
        place.heard_s = now_s
        place.raw = sample
        place.sample = place.allowance.step(sample, now_s)
        for judge in (place.own, place.held):
            if judge is not None:
                place.sample = by_settings(place.sample, judge.step(place.sample, now_s))

    def judge(self, number: int, values: Mapping[str, float]) -> None:
        """Allow a pack no more than the settings that it was read to have; they go when another pack answers."""
        place = self._places.get(number)
        if place is not None:
            place.own = self._judge(values)

    def hold(self, number: int, values: Mapping[str, float] | None) -> None:
        """Judge a pack by these settings as well, until `None`: they are being written, and may stand already."""
        place = self._places.get(number)
        if place is not None:
            place.held = None if values is None else self._judge(values)

    def _judge(self, values: Mapping[str, float]) -> Allowance | None:
        """What follows a pack by these settings where they are stricter; nothing where none is."""
        stands = stricter(self._values, {**self._values, **values})
        return Allowance(self._product, stands) if stands != stricter(self._values, self._values) else None

    def polled(self, number: int, now_s: float) -> None:
        """All questions of a cycle to a pack have been answered."""
        self._place(number).polled_s = now_s

    def identified(self, number: int, now_s: float) -> None:
        """A pack has been asked who it is; it may have left that open."""
        place = self._place(number)
        place.identified_s = now_s
        serial = real_serial(place.raw.identity.serial if place.raw.identity else None)
        if serial is None:
            return
        turn, other = self._identities.heard(number, serial, now_s)
        if turn not in (Turn.EXCHANGED, Turn.SWAPPED, Turn.MOVED):
            return
        self._say(change_sentence(turn, number, other), number, now_s)
        self._anew(place, now_s)
        if turn is Turn.SWAPPED and other is not None:
            self._anew(self._place(other), now_s)
        elif other is not None:
            self._drop(other)

    def unidentified(self, number: int, now_s: float) -> None:
        """A pack that has told who it is was asked again, and only damaged answers came: two may have answered."""
        self._identities.jumped(number, now_s)

    def twin(self, number: int, now_s: float) -> None:
        """Two packs have told a serial number at this address, one after the other."""
        self._identities.alternated(number, now_s)

    def missed(self, number: int, *, garbled: bool) -> None:
        """A pack was asked and nothing that could be understood came; `garbled` when something came."""
        if garbled:
            self._identities.loud(number)
        if garbled or number in self._places:
            self._place(number).garbled.append(garbled)

    def accept(self, number: int) -> None:
        """An operator accepts a pack in spite of what may be waived."""
        self._place(number).accepted = True

    def confirm(self) -> None:
        """An operator confirms the numbers of the rack although they break a rule."""
        self._confirmed = True

    def remove(self, number: int, now_s: float) -> None:
        """An operator has taken a pack out of the rack."""
        if number in self._places:
            self._drop(number)
            self._say(f"Pack {number} has been taken out of the rack.", number, now_s)

    def identity_wanted(self, number: int, now_s: float) -> bool:
        """Whether to ask soon who a pack is."""
        place = self._place(number)
        unknown = place.identified_s is None or place.identified_s < place.since_s
        return place.standing in _HEARD and (unknown or self._identities.wanted(number, now_s))

    def doubted(self, number: int, now_s: float) -> bool:
        """Whether it is not certain who answers at an address that is known."""
        return number in self._places and self._doubt(number, self._places[number], now_s) is not None

    def changes(self) -> list[Change]:
        """What has happened since this was asked last."""
        found, self._changes = self._changes, []
        return found

    def step(self, now_s: float) -> RackView:
        """Let time pass and form the rack."""
        for number, place in sorted(self._places.items()):
            self._settle(number, place, now_s)
        self._form(now_s)
        for number, place in sorted(self._places.items()):
            if place.standing is Standing.JOINING:
                self._try(number, place, now_s)
        self._ready = self._ready or self._all_heard()
        counted, bounding = self._parts(now_s)
        return RackView(
            now_s,
            self._totals.step(counted, now_s, bounding=bounding, ready=self._ready, rises=self._line is None),
            tuple(self._member(number, place, now_s) for number, place in sorted(self._places.items())),
            tuple(self._findings(now_s)),
            self._ready,
            self._fresh_for_s,
        )

    def _parts(self, now_s: float) -> tuple[list[PackSample], list[PackSample]]:
        """Those that take part or sleep, and those that are only heard; the totals remember the others."""
        counted: list[PackSample] = []
        bounding: list[PackSample] = []
        for number, place in sorted(self._places.items()):
            said = place.standing is Standing.ASLEEP and place.sample.asleep
            if place.standing is Standing.COUNTED or (said and self._doubt(number, place, now_s) is None):
                counted.append(place.sample)
            elif said or (place.standing in _ONLY_HEARD and self._is_fresh(place, now_s)):
                bounding.append(place.sample)
        return counted, bounding

    def _settle(self, number: int, place: Place, now_s: float) -> None:
        """What time and the last answers make of a pack that was heard."""
        if place.standing not in _HEARD or place.heard_s is None:
            return
        silent = now_s - place.heard_s > self._fresh_for_s
        if place.sample.asleep:
            self._move(place, Standing.ASLEEP, now_s)
        elif silent:
            if not (place.garbled and place.garbled[-1]):
                self._identities.silent(number)
            asleep = self._resting or presumably_asleep(place.sample)
            self._move(place, Standing.ASLEEP if asleep else Standing.LOST, now_s)
        elif self._doubt(number, place, now_s) is not None:
            self._move(place, Standing.EXCLUDED, now_s)
            place.objections, place.clear_s = (Objection.IDENTITY,), None
        elif place.standing is Standing.EXCLUDED or not self._is_fresh(place, now_s):
            self._move(place, Standing.JOINING, now_s)

    def _doubt(self, number: int, place: Place, now_s: float) -> tuple[Doubt, int | None] | None:
        if place.often_garbled and not self._noisy():
            return Doubt.ALTERNATES, None
        return self._identities.doubt(number, now_s)

    def _noisy(self) -> bool:
        """Damaged answers come from more than one address: that is the line, not the addresses."""
        awaited = self._expected or ()
        return (
            sum(place.often_garbled or (n in awaited and place.only_garbled) for n, place in self._places.items()) > 1
        )

    def _is_fresh(self, place: Place, now_s: float) -> bool:
        return freshness(place.sample.at_s, now_s, fresh_for_s=self._fresh_for_s) is Freshness.FRESH

    def _form(self, now_s: float) -> None:
        """When nobody counts yet, let those begin that agree with most others."""
        if self._expected is None or any(p.standing is Standing.COUNTED for p in self._places.values()):
            return
        there = {n: p for n, p in self._places.items() if self._candidate(n, p, now_s)}
        awaited = [self._places[number] for number in self._expected]
        waiting = any(not place.complete and place.standing is not Standing.ASLEEP for place in awaited)
        if not there or (waiting and now_s - self._begun_s < FORM_AFTER_S):
            return
        friends = {n: [m for m in there if not self._objections(p, [there[m].sample])] for n, p in there.items()}
        first = max(sorted(friends), key=lambda number: len(friends[number]))
        for number in friends[first]:
            self._move(there[number], Standing.COUNTED, now_s)
            there[number].objections = ()

    def _candidate(self, number: int, place: Place, now_s: float) -> bool:
        limit = self._product.pack_limit
        alone = number == ALONE and len(self._places) > 1
        allowed = not alone and (limit is None or number <= limit)
        return allowed and place.standing is Standing.JOINING and place.complete and self._is_fresh(place, now_s)

    def _try(self, number: int, place: Place, now_s: float) -> None:
        counted = [p.sample for p in self._places.values() if p.standing is Standing.COUNTED]
        place.equalising_a = equalising_current_a(place.sample, counted, self._rules)
        if not self._candidate(number, place, now_s):
            place.objections, place.clear_s = (Objection.INCOMPLETE,), None
            return
        place.objections = self._objections(place, counted)
        if place.objections:
            place.clear_s = None
            return
        place.clear_s = now_s if place.clear_s is None else place.clear_s
        if now_s - place.clear_s < self._rules.settle_s or not counted:
            place.objections = (Objection.SETTLING,)
            return
        self._move(place, Standing.COUNTED, now_s)

    def _objections(self, place: Place, others: list[PackSample]) -> tuple[Objection, ...]:
        product = self._product
        published = [a for a in (product.charge_current_max_a, product.discharge_current_max_a) if a is not None]
        found = objections(
            place.sample, others, self._rules, cells=product.cells_in_series, most_a=min(published, default=None)
        )
        return tuple(one for one in found if not (place.accepted and one.waivable))

    def _all_heard(self) -> bool:
        if self._expected is None or self._resting:
            return False
        if not self._confirmed and address_findings(self._expected, pack_limit=self._product.pack_limit):
            return False
        return all(self._heard_since_start(self._places[number]) for number in self._expected)

    def _heard_since_start(self, place: Place) -> bool:
        if place.standing is Standing.ASLEEP and place.sample.asleep:
            return True
        return place.complete and place.polled_s is not None and place.polled_s >= self._begun_s

    def _member(self, number: int, place: Place, now_s: float) -> Member:
        at_s = place.sample.at_s
        return Member(
            number,
            self._state(place, now_s),
            place.standing,
            place.sample,
            None if at_s is None else now_s - at_s,
            self._identities.serial(number),
            place.objections if place.standing in _ONLY_HEARD else (),
            place.equalising_a if place.standing is Standing.JOINING else None,
        )

    def _state(self, place: Place, now_s: float) -> Freshness:
        if place.standing is Standing.ASLEEP:
            return Freshness.ASLEEP
        if place.heard_s is None or now_s - place.heard_s > max(ABSENT_AFTER_S, self._fresh_for_s):
            return Freshness.ABSENT
        return freshness(place.sample.at_s, now_s, fresh_for_s=self._fresh_for_s)

    def _findings(self, now_s: float) -> list[Finding]:
        heard = {number for number, place in self._places.items() if place.heard_s is not None}
        numbers = heard | (self._expected or set())
        found = [] if self._line is None else [self._line]
        found += address_findings(numbers, pack_limit=self._product.pack_limit)
        quiet_line = self._line is not None
        nobody = nobody_answers(self._places.values(), now_s - self._fresh_for_s / 2)
        # Who has not been asked for long is not blamed for silence.
        asked = now_s - self._begun_s > self._fresh_for_s
        if nobody and asked and not quiet_line:
            last_s = max(place.heard_s for place in self._places.values() if place.heard_s is not None)
            found.append(nobody_finding(heard, now_s - last_s))
        for number, place in sorted(self._places.items()):
            found += place_findings(
                number,
                place,
                self._doubt(number, place, now_s),
                now_s,
                # A damaged answer where nobody is awaited, while somebody was looked for, misses nobody.
                awaited=number in (self._expected or ()) and not quiet_line,
                noisy=self._noisy(),
                blamed=asked and not nobody,
                product=self._product.title,
            )
        return found

    def _move(self, place: Place, standing: Standing, now_s: float) -> None:
        if place.standing is standing:
            return
        number = place.sample.pack
        self._say(change_sentence(standing, number, place), number, now_s)
        place.standing = standing
        if standing is Standing.COUNTED and self._expected is not None:
            self._expected.add(number)

    def _anew(self, place: Place, now_s: float) -> None:
        """Another pack than before answers here: it must be asked everything, and joins."""
        place.since_s, place.clear_s, place.accepted = now_s, None, False
        place.identified_s = now_s
        place.allowance, place.own = Allowance(self._product, self._values), None
        if place.standing is Standing.COUNTED:
            self._move(place, Standing.JOINING, now_s)

    def _drop(self, number: int) -> None:
        self._places.pop(number, None)
        self._identities.forget(number)
        self._totals.release(number)
        if self._expected is not None:
            self._expected.discard(number)

    def _place(self, number: int) -> Place:
        if number not in self._places:
            self._places[number] = Place(PackSample(number), PackSample(number), Allowance(self._product, self._values))
        return self._places[number]

    def _say(self, sentence: str, pack: int | None, now_s: float) -> None:
        self._changes.append(Change(now_s, pack, sentence))
