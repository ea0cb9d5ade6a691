"""Reading JBD UP16S frames: each names its block, so a reply needs no request."""

from __future__ import annotations

from openress.codec import Layout
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, Status, Switches
from openress.names import hint
from openress.protocols.base import Direction, Reading, Value
from openress.protocols.battery.jbd_up16s import frames as f
from openress.protocols.battery.jbd_up16s.frames import Block, Function, Message
from openress.protocols.present import in_order, public

__all__ = ["Up16sDecoder", "Up16sRedactor", "status_of", "version_of"]

_BLOCKS = {block.value: block for block in Block}
_AT = 8
"""Where the data of a frame begin."""


def version_of(raw: int) -> str | None:
    """Two bytes as numbers with a dot; of a slave only the second is known."""
    if not raw:
        return None
    return f"{raw >> 8}.{raw & 0xFF}" if raw >> 8 else str(raw)


def status_of(live: f.Live, at_s: float) -> Status:
    """Switches and what is wrong."""
    both = live.protections | live.alarms
    return Status(
        at_s,
        switches=Switches(
            charge=live.charge_switch,
            discharge=live.discharge_switch,
            precharge=live.precharge_switch,
            heating=live.heating,
        ),
        alarms=frozenset(member for member in live.alarms if isinstance(member, Condition)),
        protections=frozenset(member for member in live.protections if isinstance(member, Condition)),
        faults=frozenset(member for member in both if isinstance(member, Fault)),
        balancing=tuple(bool(live.balancing_bits >> cell & 1) for cell in range(len(live.cell_voltages_mv))),
    )


def _live(data: bytes) -> dict[str, Value]:
    live = f.LIVE.decode(data)
    status = status_of(live, 0.0)
    version = version_of(live.version)
    switches: dict[str, Value] = {
        "charge": live.charge_switch,
        "discharge": live.discharge_switch,
        "precharge": live.precharge_switch,
        "heating": live.heating,
    }
    return (
        public(f.LIVE, live)
        | {"switches": switches, "balancing": list(status.balancing or ()), "faults": in_order(status.faults or ())}
        | ({} if version is None else {"software_version": version})
    )


def _clock(data: bytes) -> dict[str, Value]:
    c = f.CLOCK.decode(data)
    return {"clock": f"{c.year:04}-{c.month:02}-{c.day:02} {c.hour:02}:{c.minute:02}:{c.second:02}"}


def _content(message: Message) -> dict[str, Value]:
    if message.function == Function.OWN_STATE:
        return public(f.OWN, f.OWN.decode(message.data))
    match message.start:
        case Block.LIVE:
            return _live(message.data)
        case Block.PRODUCT:
            return public(f.PRODUCT, f.PRODUCT.decode(message.data))
        case Block.CLOCK:
            return _clock(message.data)
        case _:
            return public(f.WORDS, f.WORDS.decode(message.data))


def _kind(message: Message) -> str:
    if message.function == Function.OWN_STATE:
        return "own_state"
    return f"{_BLOCKS[message.start].name.lower()}_block" if message.start in _BLOCKS else "block"


class Up16sDecoder:
    """Machine that reads frames of a JBD UP16S line one after another."""

    __slots__ = ("_start",)

    def __init__(self) -> None:
        self._start: int | None = None

    def expect(self, command: str) -> None:
        """Refuse replies of other blocks than the one that starts at `command`, such as `1000`.

        Raises:
            ParameterError: no such block.
        """
        known = [f"{block:04X}" for block in Block]
        if command.upper() not in known:
            raise ParameterError(f"JBD UP16S has no block {command!r}; {hint(command, known)}")
        self._start = int(command, 16)

    def read(self, frame: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: damaged, of another function, or content that does not fit its block.
        """
        message = Message.decode(frame)
        asks = message.asks
        if direction is not None and asks is not (direction is Direction.TO_BATTERY):
            raise FrameError("a request where a reply is due, or a reply where a request is due", at=6)
        values: dict[str, Value] = {"address": message.address, "start": f"{message.start:04X}"}
        if message.function == Function.WRITE:
            return self._write(message, values)
        if asks:
            return Reading(f"{_kind(message)}_request", values)
        if self._start is not None and message.start != self._start:
            raise FrameError(f"the block at {message.start:04X}, expected is {self._start:04X}", at=2)
        try:
            return Reading(_kind(message), values | _content(message))
        except FrameError as error:
            # Offsets count data bytes; the reader of the message sees the frame.
            raise FrameError(str(error), at=_AT + error.at) from error

    def _write(self, message: Message, values: dict[str, Value]) -> Reading:
        if not message.asks:
            return Reading("written", values)
        if not message.data.startswith(f.WRITE_MARK):
            raise FrameError("a write begins with 11 and the letters JBD", at=_AT)
        order = message.data[len(f.WRITE_MARK) :]
        if message.start == Block.MOS and len(order) == 2:
            switches: dict[str, Value] = {"charge": bool(order[1] & 2), "discharge": bool(order[1] & 1)}
            return Reading("mos_block_write", values | {"switches": switches})
        return Reading(f"{_kind(message)}_write", values | {"data": order.hex().upper()})


class Up16sRedactor:
    """Takes serial numbers, board and pack names out of frames."""

    __slots__ = ()

    def redact(self, frame: bytes, direction: Direction | None = None) -> bytes:
        """See `Redactor.redact`."""
        del direction
        message = Message.decode(frame)
        data = bytearray(message.data)
        for start, end in _spans(message):
            data[start:end] = bytes(ord("X") if byte else 0 for byte in data[start:end])
        return Message(message.address, message.function, message.start, message.end, bytes(data)).encode()


def _spans(message: Message) -> list[tuple[int, int]]:
    """Where texts stand in the data."""
    if not message.data or message.asks:
        return []
    if message.function == Function.OWN_STATE:
        at = _behind(f.OWN, message.data, "unknown")
        return [(at - 38, at)]
    if message.start == Block.LIVE:
        at = _behind(f.LIVE, message.data, "serial")
        return [(at - 30, at)]
    return [(16, 46), (52, 82), (88, 118)] if message.start == Block.PRODUCT else []


def _behind(layout: Layout[f.Own] | Layout[f.Live], data: bytes, name: str) -> int:
    """The offset behind a text at, or four bytes before, the end of a layout."""
    _, end = layout.read(data)
    return end if name == "serial" else end - 4
