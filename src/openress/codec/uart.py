"""Bytes as levels on a shared line, and what a receiver makes of them: another speed, two at once, swapped wires.

A byte is ten bits: a start bit (low), eight data bits with the lowest first, a stop bit (high); an idle line is high.
A receiver waits for a falling edge and samples the middle of each bit. Everything that goes wrong on a shared line
follows from this: another speed, collisions and swapped wires give other bytes, and more or fewer of them.
Sources: the common asynchronous character as in data sheets of UARTs; TIA-485 receivers with fail-safe inputs read an
idle line as high whichever way the wires are connected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from math import ceil, floor

from openress.errors import ParameterError

__all__ = ["BITS", "Signal", "Uart", "character_s", "coin", "crossed", "heard_as", "uncrossed"]

BITS = 10
"""Bits of a character on the wire: 8N1."""
_TINY_S = 1e-9
"""Behind an edge, the new level; far below a bit of the fastest line and above the rounding of a clock's seconds."""
_NEARLY = 0.6
"""A receiver is ready again from the middle of the stop bit on: so many bits early it may await the next character."""


_SEVEN_BITS = 0x7F


def character_s(baud: int) -> float:
    """How long one byte takes."""
    return BITS / baud


def coin(*numbers: int) -> float:
    """A number from 0 to 1, always the same for the same `numbers`, and as if by chance for others (splitmix64)."""
    state = 0
    for number in numbers:
        state = (state ^ number) + 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        state = (state ^ state >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 31
    return state / 2**64


@dataclass(frozen=True, slots=True)
class Signal:
    """Bytes that somebody drives onto the line without a pause.

    Attributes:
        number: counts the signals of a line; chance hangs on it.
        talker: number of the station that talks.
        start_s: when its first start bit begins.
        baud: bits per second.
        data: the bytes.
        swapped: the talker's wires are swapped, so all its levels are inverted.
    """

    number: int
    talker: int
    start_s: float
    baud: int
    data: bytes
    swapped: bool = False

    @property
    def end_s(self) -> float:
        """When its last stop bit ends."""
        return self.start_s + len(self.data) * BITS / self.baud

    def bit(self, at_s: float) -> int:
        """Which of its bits is on the line, counted from its beginning; outside of it less than 0 or too many."""
        return floor((at_s - self.start_s) * self.baud)

    def level(self, bit: int) -> bool:
        """Level of one of its bits."""
        index, place = divmod(bit, BITS)
        high = place != 0 and (place == BITS - 1 or bool(self.data[index] >> (place - 1) & 1))
        return high is not self.swapped


class Uart:
    """Machine that reads the bytes of a line.

    Args:
        station: number of the station it belongs to.
        baud: its speed; may be changed at any time.
        swapped: its wires are swapped.
        echo: it also hears its own station; otherwise it is deaf while that talks.
        seed: what two talkers at once add up to.
        at_s: when it begins to listen.
    """

    __slots__ = ("_seed", "at_s", "baud", "echo", "station", "swapped")

    def __init__(
        self, station: int, baud: int, *, swapped: bool = False, echo: bool = False, seed: int = 0, at_s: float = 0.0
    ) -> None:
        self.station = station
        self.baud = baud
        self.swapped = swapped
        self.echo = echo
        self.at_s = at_s
        """Up to here it has listened."""
        self._seed = seed

    def hear(self, signals: Sequence[Signal], until_s: float) -> bytes:
        """Read on up to `until_s`; a character that ends later is left for the next call.

        Args:
            signals: all of the line that end after `at_s`, by their beginning.
            until_s: no signal that begins before may still be added.
        """
        heard = bytearray()
        while self.at_s < until_s:
            relevant = [signal for signal in signals if signal.end_s > self.at_s + _TINY_S]
            if not relevant or relevant[0].start_s >= until_s or self._deaf(relevant[0], until_s):
                self.at_s = until_s
                break
            clear_s = min((signal.start_s for signal in relevant[1:]), default=until_s)
            run = self._clear_run(relevant[0], min(clear_s, until_s))
            if run is None:
                byte = self._sampled(relevant, until_s)
                if byte is None:
                    break
                heard.append(byte)
            else:
                heard += run
        return bytes(heard)

    def _deaf(self, signal: Signal, until_s: float) -> bool:
        """Whether its own station talks all the time."""
        return signal.talker == self.station and not self.echo and until_s < signal.end_s

    def _clear_run(self, signal: Signal, until_s: float) -> bytes | None:
        """Whole characters of a signal that is alone on the line and has our speed; `None` when it must be sampled."""
        own = signal.talker == self.station
        if own and not self.echo:
            if until_s < signal.end_s:
                return None
            self.at_s = signal.end_s
            return b""
        if signal.baud != self.baud or (not own and signal.swapped is not self.swapped):
            return None
        position = (self.at_s - signal.start_s) * self.baud / BITS
        first = max(0, ceil(position - _TINY_S * self.baud))
        if first and (first - position) * BITS > _NEARLY:
            return None
        last = min(len(signal.data), floor((until_s - signal.start_s) * self.baud / BITS + _TINY_S * self.baud))
        if last <= first:
            return None
        self.at_s = signal.start_s + last * BITS / self.baud
        return signal.data[first:last]

    def _sampled(self, signals: Sequence[Signal], until_s: float) -> int | None:
        """The next character, bit by bit; `None` when it ends after `until_s`."""
        bit_s = 1.0 / self.baud
        while True:
            edge_s = self._falling_edge(signals, until_s)
            if edge_s is None:
                self.at_s = until_s
                return None
            if edge_s + BITS * bit_s > until_s + _TINY_S:
                # Wait before the edge: it is looked for again when more of the line is known.
                self.at_s = max(self.at_s, edge_s - 2 * _TINY_S)
                return None
            if self._level(signals, edge_s + 0.5 * bit_s):
                self.at_s = edge_s + 0.5 * bit_s
                continue
            bits = (self._level(signals, edge_s + (1.5 + place) * bit_s) for place in range(8))
            byte = sum(high << place for place, high in enumerate(bits))
            self.at_s = edge_s + 9.5 * bit_s
            return byte

    def _falling_edge(self, signals: Sequence[Signal], until_s: float) -> float | None:
        before = self._level(signals, self.at_s - _TINY_S)
        for at_s in _changes(signals, self.at_s, until_s):
            after = self._level(signals, at_s + _TINY_S)
            if before and not after:
                return at_s
            before = after
        return None

    def _level(self, signals: Sequence[Signal], at_s: float) -> bool:
        """What the receiver sees: high when nobody talks, chance when two disagree."""
        seen: bool | None = None
        for signal in signals:
            bit = signal.bit(at_s)
            if not 0 <= bit < BITS * len(signal.data):
                continue
            own = signal.talker == self.station
            if own and not self.echo:
                return True
            level = signal.level(bit)
            if (signal.swapped if own else self.swapped) is True:
                level = not level
            if seen is not None and seen is not level:
                return coin(self._seed, signal.number, bit) < 0.5
            seen = level
        return True if seen is None else seen


def _changes(signals: Sequence[Signal], from_s: float, until_s: float) -> Iterator[float]:
    """Where bits begin and signals end, in time order; worked out one by one, because the first few are enough."""
    return merge(*(_changes_of(signal, from_s, until_s) for signal in signals))


def _changes_of(signal: Signal, from_s: float, until_s: float) -> Iterator[float]:
    first = max(0, ceil((from_s - _TINY_S - signal.start_s) * signal.baud))
    last = min(BITS * len(signal.data), signal.bit(until_s))
    return (signal.start_s + bit / signal.baud for bit in range(first, last + 1))


def heard_as(data: bytes, *, sent_baud: int, heard_baud: int, swapped: bool = False) -> bytes:
    """What a receiver at `heard_baud` makes of bytes sent at `sent_baud`, through swapped wires if so said."""
    signal = Signal(0, 0, 0.0, sent_baud, data)
    return Uart(1, heard_baud, swapped=swapped).hear([signal], signal.end_s + 2 * BITS / heard_baud)


def crossed(data: bytes) -> bytes:
    """What to send so that a receiver behind swapped wires reads `data`, and a zero byte after it.

    The start bit of each byte sent is seen as the stop bit of the character before, its stop bit as the highest data
    bit, which is therefore low: only characters of seven bits can be said like this.

    Raises:
        ParameterError: a byte of `data` has its highest bit set.
    """
    if any(byte > _SEVEN_BITS for byte in data):
        raise ParameterError("Only characters of seven bits can be sent so that swapped wires turn them right.")
    # The last byte gives the last character its stop bit, where a line at rest does not.
    return bytes((~byte & _SEVEN_BITS) << 1 | 1 for byte in data) + b"\xff"


def uncrossed(data: bytes) -> bytes:
    """What was said in characters of seven bits by a talker behind swapped wires, as far as the receiver kept step.

    A byte that was read out of step is left out.
    """
    return bytes(~byte >> 1 & _SEVEN_BITS for byte in data if byte & 1)
