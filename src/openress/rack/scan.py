"""Finding out who is on a line: listens first, asks only when nobody else does, and never orders anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from openress.codec.uart import character_s, crossed, uncrossed
from openress.errors import FrameError, ParameterError, StateError
from openress.model import PackSample
from openress.ports import BytePort
from openress.protocols import DIALECTS
from openress.protocols.base import BatteryClient, Query
from openress.rack.overhear import Overhearing, asks, signature, sound
from openress.rack.probing import BAUDS, Attempt, numbers_of, only_reads
from openress.rack.survey import Answerer, Garbled, Survey, span

__all__ = ["Scan", "ScanTiming"]

Opener = Callable[[int | None], Awaitable[BytePort]]
"""Opens the line at a speed."""

CONSOLE = "pylontech-console"
"""A cable to one pack and a dialogue in text: it echoes, and has no addresses on the wire."""
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
_REST = 8
"""Bytes beside an answer that may be a disturbance."""
_SWAPPED_ALIKE = 0.8
_TEXT = frozenset(b"~0123456789ABCDEF\r")


@dataclass(frozen=True, slots=True)
class ScanTiming:
    """How long a scan waits.

    Attributes:
        listen_s: before anything is sent; masters ask about once a second.
        follow_s: how long somebody who asks is listened to.
        answer_s: for the beginning of an answer; a US2000B takes up to 250 ms.
        quiet_s: silence that ends an answer; USB adapters hold bytes back for up to 16 ms, serial servers longer.
        longest_s: no answer is longer.
    """

    listen_s: float = 2.0
    follow_s: float = 8.0
    answer_s: float = 0.3
    quiet_s: float = 0.1
    longest_s: float = 4.0


class _SomebodyAsksError(Exception):
    """A question that was not ours passed by."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What followed a question.

    Attributes:
        sample: what the pack is known to be, when it answered.
        twice: more came than one answer.
        foreign: a whole frame came that does not answer the question.
        garbled: something came, and it was no whole frame.
    """

    sample: PackSample | None = None
    twice: bool = False
    foreign: bool = False
    garbled: bool = False


@dataclass(slots=True)
class _Notes:
    answerers: dict[tuple[int, Attempt], Answerer] = field(default_factory=dict)
    garbled: dict[tuple[int, Attempt], Garbled] = field(default_factory=dict)
    mixed: dict[int, Garbled] = field(default_factory=dict)
    swapped: list[tuple[int, Attempt]] = field(default_factory=list)
    tried: dict[Attempt, set[int]] = field(default_factory=dict)
    echo: bool = False

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
        self._open_line = open_line
        self._attempts = list(attempts)
        self._only = list(numbers)
        self._thorough = thorough
        self._dialects = list(dialects)
        self._clock = clock
        self._say = say
        self._timing = timing or ScanTiming()
        self._notes = _Notes()
        self._port: BytePort | None = None
        self._baud: int | None = None

    async def run(self) -> Survey:
        """Scan.

        Raises:
            PortError: the line cannot be opened, or is gone.
        """
        try:
            first = self._attempts[0].baud
            self._say("Listening, so as not to talk into somebody else's questions ...")
            heard = await self._listen(first, self._timing.listen_s)
            if len(heard.heard) >= SOMEBODY_BYTES:
                return await self._follow(heard)
            try:
                await self._ask_around()
            except _SomebodyAsksError:
                self._say("Somebody else began to ask: from now on only listening ...")
                followed = await self._follow(await self._listen(self._baud, self._timing.listen_s))
                ours = self._survey()
                return replace(followed, answerers=ours.answerers, tried=ours.tried)
            return self._survey()
        finally:
            await self._close()

    def _survey(self) -> Survey:
        notes = self._notes
        return Survey(
            answerers=tuple(notes.answerers[key] for key in sorted(notes.answerers, key=lambda key: key[0])),
            garbled=tuple(notes.garbled[key] for key in sorted(notes.garbled, key=lambda key: key[0])),
            mixed=tuple(notes.mixed[number] for number in sorted(notes.mixed)),
            swapped=tuple(sorted(notes.swapped, key=lambda entry: entry[0])),
            echo=notes.echo,
            tried={attempt: tuple(sorted(numbers)) for attempt, numbers in notes.tried.items()},
            skipped=tuple(attempt for attempt in self._attempts if attempt not in notes.tried),
        )

    # Listening.

    async def _listen(self, baud: int | None, for_s: float) -> Overhearing:
        heard = Overhearing(baud, self._dialects)
        await self._at(baud)
        await self._listen_on(heard, for_s)
        return heard

    async def _listen_on(self, heard: Overhearing, for_s: float) -> None:
        ends_s = self._clock() + for_s
        while (left_s := ends_s - self._clock()) > 0:
            heard.feed(await self._read(left_s), self._clock())

    async def _follow(self, heard: Overhearing) -> Survey:
        """Somebody talks: find the speed at which it can be read, and hear it out."""
        speeds = list(dict.fromkeys([self._baud, *(attempt.baud for attempt in self._attempts)]))
        if None not in speeds:
            speeds = list(dict.fromkeys([*speeds, *BAUDS]))
        everything = {self._baud: heard}
        if heard.told() is None:
            for baud in speeds[1:]:
                self._say(f"Somebody talks, but not at {self._baud} baud; listening at {baud} ...")
                everything[baud] = await self._listen(baud, self._timing.listen_s)
                if everything[baud].told() is not None:
                    break
        understood = everything[self._baud]
        if understood.told() is not None:
            self._say("Somebody else asks; listening to who answers ...")
            await self._listen_on(understood, self._timing.follow_s)
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
        await self._at(attempt.baud)
        client = _client(attempt.dialect)
        for number in left:
            self._notes.tried.setdefault(attempt, set()).add(number)
            await self._call(attempt, client, number)

    async def _call(self, attempt: Attempt, client: BatteryClient, number: int) -> None:
        """Ask one number whether somebody is there; what comes garbled is asked for again."""
        query, heard = client.first(number), _Heard()
        for garbled in range(GARBLED_TRIES):
            heard = await self._surely(attempt, client, query, PackSample(number), linger=True)
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
            await self._at(attempt.baud)
            client = _client(attempt.dialect)
            sample, twice, asked, garbled = told.sample, told.twice, told.asked, told.garbled
            for query in client.rarely(number):
                for _ in range(TWICE_MORE):
                    heard = await self._surely(attempt, client, query, sample)
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
        await self._at(attempt.baud)
        for query in queries:
            text = uncrossed(await self._send(attempt, query.frame, crossed(query.frame)))
            if text and sum(byte in _TEXT for byte in text) > _SWAPPED_ALIKE * len(text):
                self._notes.swapped.append((query.pack, attempt))

    # The line.

    async def _surely(
        self, attempt: Attempt, client: BatteryClient, query: Query, sample: PackSample, *, linger: bool = False
    ) -> _Heard:
        """As `_exchange`; two answers are two packs only if it happens again: the first may have been a late one."""
        heard = await self._exchange(attempt, client, query, sample, linger=linger)
        if not heard.twice:
            return heard
        again = await self._exchange(attempt, client, query, sample, linger=True)
        return replace(heard, twice=again.twice or again.garbled)

    async def _exchange(
        self, attempt: Attempt, client: BatteryClient, query: Query, sample: PackSample, *, linger: bool = False
    ) -> _Heard:
        data = await self._send(attempt, query.frame, query.frame, linger=linger)
        answers = framed = 0
        told: PackSample | None = None
        for frame in client.splitter().feed(data):
            try:
                told = client.merge(told or sample, query, frame, self._clock())
            except FrameError:
                if self._is_question(attempt.dialect, frame):
                    raise _SomebodyAsksError from None
            else:
                answers, framed = answers + 1, framed + len(frame)
        # Without addresses an answer may have several frames, and the console prints more than an answer.
        addressed = client.max_packs > 1 and attempt.dialect != CONSOLE
        twice = addressed and told is not None and (answers > 1 or len(data) - framed > _REST)
        if told is not None or not data:
            return _Heard(told, twice=twice)
        foreign = sound(query.frame, data)
        return _Heard(foreign=foreign, garbled=not foreign)

    def _is_question(self, dialect: str, frame: bytes) -> bool:
        decoder = DIALECTS[dialect].parts().decoder
        try:
            return decoder is not None and asks(decoder().read(frame).kind)
        except FrameError:
            return False

    async def _send(self, attempt: Attempt, question: bytes, frame: bytes, *, linger: bool = False) -> bytes:
        """Send a question as `frame`, and give what follows, without its echo; `linger` waits for a second answer."""
        if not only_reads(attempt.dialect, question):
            raise StateError(f"A scan only reads; {question.hex(' ').upper()} is no question of {attempt.dialect}.")
        port = self._port
        if port is None:
            raise StateError("The line is not open.")
        await self._read(0.0)
        await port.write(frame)
        sent_s = self._clock() + len(frame) * character_s(attempt.baud or BAUDS[0])
        data, ends_s = b"", sent_s + self._timing.answer_s
        while (left_s := min(ends_s, sent_s + self._timing.longest_s) - self._clock()) > 0:
            more = await self._read(left_s)
            if more:
                data += more
                if not frame.startswith(data):
                    quiet_s = self._timing.answer_s if linger else self._timing.quiet_s
                    ends_s = max(sent_s, self._clock()) + quiet_s
        before, echo, after = data.partition(frame)
        if not echo:
            return data
        # The console echoes what is typed, as it should.
        self._notes.echo = self._notes.echo or attempt.dialect != CONSOLE
        return before + after

    async def _read(self, for_s: float) -> bytes:
        """What comes within `for_s`; empty when nothing does."""
        if self._port is None:
            raise StateError("The line is not open.")
        try:
            async with asyncio.timeout(for_s):
                return await self._port.read()
        except TimeoutError:
            return b""

    async def _at(self, baud: int | None) -> None:
        if self._port is not None and baud == self._baud:
            return
        await self._close()
        self._port, self._baud = await self._open_line(baud), baud

    async def _close(self) -> None:
        if self._port is not None:
            await self._port.close()
            self._port = None


def _client(dialect: str) -> BatteryClient:
    make = DIALECTS[dialect].parts().client
    if make is None:
        raise ParameterError(f"{dialect} cannot be asked; `openress dialects` lists what can.")
    return make()
