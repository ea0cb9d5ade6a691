"""What an inverter polls first tells which dialect it speaks: a listener on a serial line that never sends.

The inverter polls, so listening is enough. Where another battery talks, nothing may be answered; what cannot be
recognised is counted and left alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from openress.codec import HexFrame, HexFrameSplitter
from openress.codec.modbus import Function, ReadRequest, Request, WriteRegisters, decode_request
from openress.codec.modbusstream import ModbusSplitter, Side
from openress.codec.modbuswords import may_answer
from openress.errors import FrameError
from openress.protocols.battery.pylontech.frames import Command, ReturnCode

__all__ = ["NEEDED", "SIGNS", "SerialListener", "Sign", "Verdict"]

NEEDED = 2
"""Polls that must agree: one alone may be a chance, and after a third an inverter should be answered."""
_REPLY_WITHIN_S = 0.25
"""A reply comes so soon after its question, or not at all; what looks like one at another time is noise."""

_REQUEST = 8

PYLONTECH, VOLTRONIC, GROWATT = "pylontech", "voltronic-485", "growatt-485"
PACE, TIANBANGDA = "pace-modbus", "tianbangda"
_ANY = (1, 0xFFFF)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a listener makes of what it has heard.

    Attributes:
        dialects: those that it may be, the likeliest first; empty while nothing is known, or when polls contradict.
        polls: sound polls of these dialects.
        address: whom the last of them asked; `None` on CAN.
        strange: sound questions, or identifiers, of no dialect known here.
        rival: somebody else has answered, or sends what a battery sends: nothing may be sent on this line.
    """

    dialects: tuple[str, ...] = ()
    polls: int = 0
    address: int | None = None
    strange: int = 0
    rival: bool = False

    @property
    def family(self) -> tuple[str, ...]:
        """The dialects, once enough polls agree; several only where they cannot be told apart."""
        return self.dialects if self.polls >= NEEDED else ()

    @property
    def dialect(self) -> str | None:
        """The one that may be answered in; `None` is silence."""
        return self.family[0] if len(self.family) == 1 and not self.rival else None


@dataclass(frozen=True, slots=True)
class Sign:
    """A poll that inverters are known by: first and last of the starts and of the counts, and who may ask so."""

    function: Function
    starts: tuple[int, int]
    counts: tuple[int, int]
    dialects: tuple[str, ...]

    def fits(self, request: ReadRequest | WriteRegisters, count: int) -> bool:
        """Whether a request is this poll."""
        function = request.function if isinstance(request, ReadRequest) else Function.WRITE_REGISTERS
        starts, counts = self.starts, self.counts
        return function is self.function and starts[0] <= request.start <= starts[1] and counts[0] <= count <= counts[1]


def _reads(starts: tuple[int, int] | int, counts: tuple[int, int] | int, *dialects: str) -> Sign:
    first_last = (starts, starts) if isinstance(starts, int) else starts
    return Sign(Function.READ_HOLDING, first_last, (counts, counts) if isinstance(counts, int) else counts, dialects)


SIGNS = (
    Sign(Function.READ_INPUT, (0x1000, 0x1000), (0x17, 0x17), (TIANBANGDA,)),
    Sign(Function.WRITE_REGISTERS, (0x13, 0x13), (1, 1), (GROWATT,)),
    _reads(0x00, _ANY, PACE),
    _reads((0x01, 0x05), _ANY, GROWATT, VOLTRONIC, PACE),
    _reads((0x06, 0x0C), _ANY, GROWATT, PACE),
    _reads(0x0D, (0x10, 0xFFFF), GROWATT),
    _reads((0x0D, 0x0F), _ANY, GROWATT, PACE),
    _reads(0x10, 1, VOLTRONIC),
    _reads(0x10, 0x13, GROWATT),
    _reads(0x10, _ANY, GROWATT, VOLTRONIC),
    _reads(0x11, (3, 0xFFFF), VOLTRONIC),
    _reads((0x11, 0x12), _ANY, VOLTRONIC, GROWATT),
    _reads((0x13, 0x24), _ANY, GROWATT),
    _reads((0x25, 0x2F), _ANY, VOLTRONIC, GROWATT),
    _reads(0x30, _ANY, VOLTRONIC),
    _reads((0x31, 0x52), _ANY, VOLTRONIC, GROWATT),
    _reads((0x53, 0x6F), _ANY, VOLTRONIC),
    _reads(0x70, (1, 8), VOLTRONIC),
    _reads(0x71, 16, GROWATT),
    _reads((0x70, 0x77), _ANY, VOLTRONIC, GROWATT),
    _reads((0x78, 0x90), _ANY, GROWATT),
    _reads((0x100, 0x161), _ANY, GROWATT),
)
"""Polls over Modbus, the first that fits counts. Sources: the maps of the dialects, and what inverters are known or
concluded to ask; where two dialects have a register, either may ask, and the next poll decides."""

_POLLED = frozenset(Command) - {Command.SYSTEM_SHUTDOWN, Command.SWITCH_OFF}
_VERSIONS = frozenset({0x00, 0x20, 0x28})
"""Pylontech's own, and what inverters send instead; 25 is PACE's, whose numbers count otherwise."""
_CID1 = 0x46
_RETURNS = frozenset(ReturnCode)


class SerialListener:
    """Machine that recognises the polls on a serial line; made anew to begin anew."""

    def __init__(self) -> None:
        self._verdict = Verdict()
        self._text = HexFrameSplitter()
        self._registers = ModbusSplitter(Side.BOTH)
        self._wide = ModbusSplitter(Side.REPLIES, functions=(Function.READ_HOLDING,), word_counts=True)
        self._open: tuple[float, Request] | None = None

    @property
    def verdict(self) -> Verdict:
        """What it makes of everything so far."""
        return self._verdict

    def feed(self, data: bytes, now_s: float) -> Verdict:
        """Take bytes off the line; gives the verdict after them. Never raises."""
        for frame in self._text.feed(data):
            self._take_text(frame)
        # One of a single register has the shape of a request, and comes up among them.
        wide = [frame for frame in self._wide.feed_at(data, now_s) if len(frame) > _REQUEST]
        for frame in self._registers.feed_at(data, now_s):
            self._take_registers(frame, now_s)
        if any(self._answers_open(frame, now_s) for frame in wide):
            self._saw_rival()
        return self._verdict

    def _take_text(self, data: bytes) -> None:
        try:
            frame = HexFrame.decode(data)
        except FrameError:
            return
        if frame.code in _RETURNS:
            self._saw_rival()
        elif (
            frame.cid1 == _CID1
            and frame.version in _VERSIONS
            and frame.code in _POLLED
            and (frame.address & 0xF or frame.code in (Command.PROTOCOL_VERSION, Command.MANUFACTURER))
        ):
            self._saw((PYLONTECH,), frame.address)
        else:
            self._saw_stranger()

    def _take_registers(self, frame: bytes, now_s: float) -> None:
        if self._answers_open(frame, now_s):
            self._saw_rival()
            return
        try:
            request = decode_request(frame)
        except FrameError:
            # Sound and no request: a reply.
            (self._saw_stranger if self._asked(now_s) is None else self._saw_rival)()
            return
        self._open = (now_s, request)
        dialects = _askers(request)
        if dialects:
            self._saw(dialects, request.address)
        else:
            self._saw_stranger()

    def _asked(self, now_s: float) -> Request | None:
        """The question to which a reply may come now."""
        open_ = self._open
        return open_[1] if open_ is not None and 0.0 <= now_s - open_[0] <= _REPLY_WITHIN_S else None

    def _answers_open(self, frame: bytes, now_s: float) -> bool:
        """Whether a frame has the form of a reply that counts in two bytes, and comes when one is due."""
        asked = self._asked(now_s)
        answers = isinstance(asked, ReadRequest) and may_answer(asked, frame)
        self._open = None if answers else self._open
        return answers

    def _saw(self, dialects: Iterable[str], address: int | None) -> None:
        before = self._verdict
        meant = [name for name in before.dialects if name in dialects] if before.polls else list(dialects)
        self._verdict = replace(before, dialects=tuple(meant), polls=before.polls + 1, address=address)

    def _saw_stranger(self) -> None:
        self._verdict = replace(self._verdict, strange=self._verdict.strange + 1)

    def _saw_rival(self) -> None:
        self._verdict = replace(self._verdict, rival=True)


def _askers(request: Request) -> tuple[str, ...]:
    if isinstance(request, ReadRequest):
        count = request.count
    elif isinstance(request, WriteRegisters):
        count = len(request.data) // 2
    else:
        return ()
    return next((sign.dialects for sign in SIGNS if sign.fits(request, count)), ())
