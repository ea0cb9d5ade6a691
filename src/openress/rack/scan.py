"""Finding out who is on a line: listens first, asks only when nobody else does, and never orders anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from openress.codec.uart import crossed, uncrossed
from openress.errors import ParameterError
from openress.model import PackSample
from openress.protocols import DIALECTS
from openress.protocols.base import BatteryClient
from openress.rack.numberwords import span
from openress.rack.overhear import Overhearing, signature
from openress.rack.probing import BAUDS, Attempt, numbers_of
from openress.rack.scanline import CONSOLE, Heard, Opener, ScanLine, ScanTiming, SomebodyAsksError
from openress.rack.survey import Answerer, Garbled, Survey

__all__ = ["Scan"]

SOMEBODY_BYTES = 4
"""Fewer bytes than this in the time of listening are a disturbance, not a talk."""
SOON = (1, 2, 3)
"""Numbers that are tried first while nothing is known; 0 too, where it is an address."""
USUAL = 5
"""So many of the first ways of asking are tried with every number when nothing was found at all."""
FEW = 3
"""So many of the missing packs are looked for in less usual ways."""
TWICE_MORE = 2
GARBLED_TRIES = 4
"""So often is an address asked from which garbled answers come, before it is given up."""
_SWAPPED_ALIKE = 0.8
_TEXT = frozenset(b"~0123456789ABCDEF\r")


@dataclass(slots=True)
class _Notes:
    answerers: dict[tuple[int, Attempt], Answerer] = field(default_factory=dict)
    garbled: dict[tuple[int, Attempt], Garbled] = field(default_factory=dict)
    mixed: dict[int, Garbled] = field(default_factory=dict)
    swapped: list[tuple[int, Attempt]] = field(default_factory=list)
    tried: dict[Attempt, set[int]] = field(default_factory=dict)

    def numbers(self) -> set[int]:
        return {pack for pack, _ in (*self.answerers, *self.garbled)} | {pack for pack, _ in self.swapped}


class Scan:
    """One scan of one line.

    Args:
        open_line: opens the line at a speed; it is closed when the speed changes and at the end.
        attempts: ways of asking, in order.
        numbers: only these packs; all when empty.
        thorough: try every way of asking, also when the rack is whole.
        dialects: the dialects that were named; all when empty.
        clock: seconds that never run backwards.
        say: told what is being done.
        timing: how long to wait.
    """

    def __init__(
        self,
        open_line: Opener,
        attempts: Sequence[Attempt],
        *,
        numbers: Sequence[int] = (),
        thorough: bool = False,
        dialects: Sequence[str] = (),
        clock: Callable[[], float],
        say: Callable[[str], None],
        timing: ScanTiming | None = None,
    ) -> None:
        self._attempts = list(attempts)
        self._only = list(numbers)
        self._thorough = thorough
        self._dialects = list(dialects)
        self._clock = clock
        self._say = say
        self._line = ScanLine(open_line, clock, timing or ScanTiming())
        self._notes = _Notes()

    async def run(self) -> Survey:
        """Scan.

        Raises:
            PortError: the line cannot be opened, or is gone.
        """
        try:
            first = self._attempts[0].baud
            self._say("Listening, so as not to talk into somebody else's questions ...")
            heard = await self._listen(first, self._line.timing.listen_s)
            if len(heard.heard) >= SOMEBODY_BYTES:
                return await self._follow(heard)
            try:
                await self._ask_around()
            except SomebodyAsksError:
                self._say("Somebody else began to ask: from now on only listening ...")
                followed = await self._follow(await self._listen(self._line.baud, self._line.timing.listen_s))
                ours = self.so_far()
                return replace(followed, answerers=ours.answerers, tried=ours.tried)
            return self.so_far()
        finally:
            await self._line.close()

    def so_far(self) -> Survey:
        """What has been found until now, also of a scan that was stopped."""
        notes = self._notes
        return Survey(
            answerers=tuple(notes.answerers[key] for key in sorted(notes.answerers, key=lambda key: key[0])),
            garbled=tuple(notes.garbled[key] for key in sorted(notes.garbled, key=lambda key: key[0])),
            mixed=tuple(notes.mixed[number] for number in sorted(notes.mixed)),
            swapped=tuple(sorted(notes.swapped, key=lambda entry: entry[0])),
            echo=self._line.echoes,
            tried={attempt: tuple(sorted(numbers)) for attempt, numbers in notes.tried.items()},
            skipped=tuple(attempt for attempt in self._attempts if attempt not in notes.tried),
        )

    # Listening.

    async def _listen(self, baud: int | None, for_s: float) -> Overhearing:
        heard = Overhearing(baud, self._dialects)
        await self._line.at(baud)
        await self._listen_on(heard, for_s)
        return heard

    async def _listen_on(self, heard: Overhearing, for_s: float) -> None:
        ends_s = self._clock() + for_s
        while (left_s := ends_s - self._clock()) > 0:
            heard.feed(await self._line.read(left_s), self._clock())

    async def _follow(self, heard: Overhearing) -> Survey:
        """Somebody talks: find the speed at which it can be read, and hear it out."""
        speeds = list(dict.fromkeys([self._line.baud, *(attempt.baud for attempt in self._attempts)]))
        if None not in speeds:
            speeds = list(dict.fromkeys([*speeds, *BAUDS]))
        everything = {self._line.baud: heard}
        if heard.told() is None:
            for baud in speeds[1:]:
                self._say(f"Somebody talks, but not at {self._line.baud} baud; listening at {baud} ...")
                everything[baud] = await self._listen(baud, self._line.timing.listen_s)
                if everything[baud].told() is not None:
                    break
        understood = everything[self._line.baud]
        if understood.told() is not None:
            self._say("Somebody else asks; listening to who answers ...")
            await self._listen_on(understood, self._line.timing.follow_s)
            return Survey(overheard=understood.told())
        known = [baud for baud in speeds if baud is not None] or list(BAUDS)
        upside_down = None
        for baud, listened in everything.items():
            at = [baud] if baud is not None else known
            upside_down = upside_down or signature(bytes(listened.heard), at, self._dialects)
        unread = max(len(listened.heard) for listened in everything.values())
        tried: dict[Attempt, tuple[int, ...]] = {Attempt(self._attempts[0].dialect, baud): () for baud in everything}
        return Survey(upside_down=upside_down, unread=unread, tried=tried)

    # Asking.

    async def _ask_around(self) -> None:
        base = await self._first_that_answers()
        if base is None:
            return
        await self._sweep(base, self._all(base))
        for _ in range(TWICE_MORE):
            # A gap may be an answer that was lost.
            await self._sweep(base, [number for number in self._suspects(base) if number in self._notes.tried[base]])
        for place, attempt in enumerate(self._attempts):
            near = attempt.dialect == base.dialect or place < USUAL
            if attempt == base or not (near or self._thorough or self._trouble()):
                continue
            before = len(self._notes.answerers)
            suspects = self._suspects(base) if near or self._thorough else self._suspects(base)[:FEW]
            await self._sweep(attempt, self._among(attempt, suspects))
            if len(self._notes.answerers) > before:
                await self._sweep(attempt, [n for n in self._all(attempt) if n not in self._notes.numbers()])
        await self._ask_upside_down(base, self._suspects(base))
        await self._who_are_they()

    async def _first_that_answers(self) -> Attempt | None:
        """The first way of asking to which anybody answers."""
        for part in (self._attempts[:USUAL], self._attempts[USUAL:]):
            for attempt in part:
                await self._sweep(attempt, self._among(attempt, self._only or [0, *SOON]))
                if self._notes.numbers():
                    return attempt
            for attempt in part:
                await self._ask_upside_down(attempt, self._only or SOON)
                if self._notes.swapped:
                    return None
        for attempt in [] if self._only else self._attempts[:USUAL]:
            await self._sweep(attempt, [n for n in self._all(attempt) if n not in self._notes.tried[attempt]])
            if self._notes.numbers():
                return attempt
        return None

    def _all(self, attempt: Attempt) -> list[int]:
        known = numbers_of(_client(attempt.dialect))
        return [number for number in known if not self._only or number in self._only]

    def _among(self, attempt: Attempt, numbers: Sequence[int]) -> list[int]:
        """Those of `numbers` that the dialect has; a dialect without addresses has one pack, whatever its number."""
        known = self._all(attempt)
        return [number for number in numbers if number in known]

    def _suspects(self, base: Attempt) -> list[int]:
        """Numbers where a pack may be that has not answered yet: gaps, the next one, and the first few."""
        here = self._notes.numbers()
        top = max([*here, *SOON[:1]])
        wanted = self._only or range(1, max(top + 2, len(SOON) + 1))
        return [number for number in wanted if number not in here and number in self._all(base)]

    def _trouble(self) -> bool:
        here = sorted(self._notes.numbers() - {0})
        whole = here == list(range(1, len(here) + 1))
        return not whole or bool(self._notes.garbled)

    async def _sweep(self, attempt: Attempt, numbers: Sequence[int]) -> None:
        left = [n for n in numbers if (n, attempt) not in self._notes.answerers and n not in self._notes.numbers()]
        if not left:
            return
        self._say(f"Asking in {attempt.title}: pack{'s' if len(left) > 1 else ''} {span(left)} ...")
        await self._line.at(attempt.baud)
        client = _client(attempt.dialect)
        for number in left:
            self._notes.tried.setdefault(attempt, set()).add(number)
            await self._call(attempt, client, number)

    async def _call(self, attempt: Attempt, client: BatteryClient, number: int) -> None:
        """Ask one number whether somebody is there; what comes garbled is asked for again."""
        query, heard = client.first(number), Heard()
        for garbled in range(GARBLED_TRIES):
            heard = await self._line.surely(attempt, client, query, PackSample(number), linger=True)
            if heard.sample is not None:
                told = Answerer(
                    number, client.address(number), attempt, heard.sample, heard.twice, 1 + garbled, garbled
                )
                self._notes.answerers[number, attempt] = told
                self._notes.mixed.pop(number, None)
                return
            if heard.foreign and attempt.dialect == CONSOLE:
                # What was asked in other dialects stood in its line of input.
                continue
            if not heard.garbled:
                return
        if not heard.garbled:
            return
        self._note_garbled(Garbled(number, client.address(number), attempt))

    def _note_garbled(self, entry: Garbled) -> None:
        """Garbled answers from an address that a pack of another dialect has too: its own, or two at once."""
        notes = self._notes
        if any(other.address == entry.address and other.attempt != entry.attempt for other in notes.garbled.values()):
            return
        owners = [a for a in notes.answerers.values() if a.address == entry.address and a.attempt != entry.attempt]
        if not owners:
            notes.garbled[entry.pack, entry.attempt] = entry
        elif all(owner.attempt.baud == entry.attempt.baud for owner in owners):
            notes.mixed[entry.pack] = entry

    async def _who_are_they(self) -> None:
        """Serial numbers; answers that are garbled here show twins whose first answers happened to be alike."""
        for (number, attempt), told in sorted(self._notes.answerers.items(), key=lambda item: item[0][0]):
            await self._line.at(attempt.baud)
            client = _client(attempt.dialect)
            sample, twice, asked, garbled = told.sample, told.twice, told.asked, told.garbled
            for query in client.rarely(number):
                for _ in range(TWICE_MORE):
                    heard = await self._line.surely(attempt, client, query, sample)
                    sample, twice, asked = heard.sample or sample, twice or heard.twice, asked + 1
                    if not heard.garbled:
                        break
                    garbled += 1
            self._notes.answerers[number, attempt] = replace(
                told, sample=sample, twice=twice, asked=asked, garbled=garbled
            )

    async def _ask_upside_down(self, attempt: Attempt, numbers: Sequence[int]) -> None:
        """Ask so that a pack behind swapped wires understands; for the others it is noise."""
        client = _client(attempt.dialect)
        queries = [client.first(number) for number in self._among(attempt, numbers)]
        queries = [query for query in queries if set(query.frame) <= _TEXT]
        if not queries:
            return
        self._say(f"Asking in {attempt.title} upside down, in case A and B are swapped ...")
        await self._line.at(attempt.baud)
        for query in queries:
            text = uncrossed(await self._line.send(attempt, query.frame, crossed(query.frame)))
            if text and sum(byte in _TEXT for byte in text) > _SWAPPED_ALIKE * len(text):
                self._notes.swapped.append((query.pack, attempt))


def _client(dialect: str) -> BatteryClient:
    make = DIALECTS[dialect].parts().client
    if make is None:
        raise ParameterError(f"{dialect} cannot be asked; `openress dialects` lists what can.")
    return make()
