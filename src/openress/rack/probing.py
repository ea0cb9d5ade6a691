"""What is tried on an unknown line, in which order, and what may be sent there at all: questions, never orders.

Order: Pylontech first, the commonest; then what an A5L may speak (PACE Modbus, PACE v25, Seplos v2 at 9600, then at
19200 and 115200); then single packs, and last what batteries say to inverters. Every dialect has a list of the commands
that only read; nothing else is sent. JK PB is asked by a Modbus order to write a register, which another pack might
obey, so it is asked only when it is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from openress.codec import HexFrame
from openress.codec.modbus import crc16
from openress.errors import FrameError, ParameterError
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.base import BatteryClient, Bus

__all__ = ["BAUDS", "ONLY_BY_NAME", "ORDER", "Attempt", "attempts", "numbers_of", "only_reads", "readable"]

BAUDS = (9600, 115200, 19200)
"""Speeds of battery links, commonest first."""
ONLY_BY_NAME = MappingProxyType(
    {"jk-pb": "it is asked by an order to write a register, which a pack of another kind might obey"}
)
"""Dialects that are not tried unless they are named, and why."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way of asking.

    Attributes:
        dialect: its name.
        baud: speed; `None` where the line's speed is not ours to set.
    """

    dialect: str
    baud: int | None

    @property
    def title(self) -> str:
        """In words."""
        title = DIALECTS[self.dialect].title
        return title if self.baud is None else f"{title} at {self.baud} baud"


ORDER = tuple(
    Attempt(dialect, baud)
    for dialect, baud in (
        ("pylontech", 9600),
        ("pylontech", 115200),
        ("pace-modbus", 9600),
        ("pace", 9600),
        ("seplos2", 9600),
        ("seplos3", 19200),
        ("pace-modbus", 19200),
        ("pace", 19200),
        ("seplos2", 19200),
        ("pace-modbus", 115200),
        ("pace", 115200),
        ("seplos2", 115200),
        ("daly-ess", 9600),
        ("daly-modbus", 9600),
        ("daly", 9600),
        ("jbd-up16s", 9600),
        ("jbd", 9600),
        ("jk-4e57", 115200),
        ("pylontech-console", 115200),
    )
)


def readable() -> list[str]:
    """Dialects of serial lines that can be asked at all."""
    return [name for name, dialect in DIALECTS.items() if dialect.bus is Bus.SERIAL and "read" in dialect.does]


def attempts(dialects: Sequence[str] = (), bauds: Sequence[int] = (), *, settable: bool = True) -> list[Attempt]:
    """What to try, in order.

    Args:
        dialects: only these; all that are not `ONLY_BY_NAME` when empty.
        bauds: only these speeds, for every dialect; those that are usual for each when empty.
        settable: the speed of the line is ours to set.

    Raises:
        ParameterError: there is no such dialect, or it cannot be asked over a serial line.
    """
    for name in dialects:
        if find_dialect(name).name not in readable():
            raise ParameterError(f"{name} cannot be asked over a serial line; `openress dialects` lists what can.")
    order = [attempt.dialect for attempt in ORDER]
    others = [name for name in readable() if name not in order and name not in ONLY_BY_NAME]
    wanted = list(dialects) or list(dict.fromkeys([*order, *others]))
    if not settable:
        return [Attempt(name, None) for name in wanted]
    if bauds:
        return [Attempt(name, baud) for baud in bauds for name in wanted]
    usual = [attempt for attempt in ORDER if attempt.dialect in wanted]
    unusual = [name for name in wanted if name not in order]
    return usual + [Attempt(name, DIALECTS[name].baud) for name in unusual]


def numbers_of(client: BatteryClient) -> list[int]:
    """All packs that a dialect can ask: 0, a pack alone, where that has an address of its own, and 1 upwards."""
    try:
        alone = client.address(0) != client.address(1)
    except ParameterError:
        alone = False
    return [*([0] if alone else []), *range(1, client.max_packs + 1)]


def only_reads(dialect: str, frame: bytes) -> bool:
    """Whether a frame only asks, in a dialect; `False` for a dialect of which that is not written down here."""
    check = _READS.get(dialect)
    return check is not None and check(frame)


def _hex(*codes: int) -> Callable[[bytes], bool]:
    def check(frame: bytes) -> bool:
        try:
            return HexFrame.decode(frame).code in codes
        except FrameError:
            return False

    return check


def _at(place: int, values: Collection[int], head: bytes = b"") -> Callable[[bytes], bool]:
    return lambda frame: frame.startswith(head) and len(frame) > place and frame[place] in values


def _modbus(frame: bytes) -> bool:
    return len(frame) == 8 and frame[1] in _MODBUS_READS and crc16(frame) == 0


def _console(frame: bytes) -> bool:
    words = frame.decode("latin-1").split()
    return frame.endswith(b"\n") and words[:1] in (["pwr"], ["bat"], ["info"], ["stat"]) and len(words) <= 2


def _jk_pb(frame: bytes) -> bool:
    return frame[1:2] == b"\x10" and frame[2:4] in _JK_PB_TRIGGERS and crc16(frame) == 0


_MODBUS_READS = range(1, 5)
"""Read coils, discrete inputs, holding registers, input registers (Modbus Application Protocol V1.1b3)."""
_JK_PB_TRIGGERS = (b"\x16\x1c", b"\x16\x1e", b"\x16\x20")
"""Registers whose writing orders a record and nothing else (see the JK PB page)."""
_READS: Mapping[str, Callable[[bytes], bool]] = MappingProxyType(
    {
        "pylontech": _hex(0x42, 0x44, 0x4F, 0x51, 0x92, 0x93, 0x96),
        "pace": _hex(0x42, 0x44, 0x4F, 0xC1, 0xC2),
        "seplos2": _hex(0x42, 0x44, 0x4F, 0x51),
        "pace-modbus": _modbus,
        "seplos3": _modbus,
        "daly-modbus": _modbus,
        "daly-ess": _modbus,
        "voltronic-485": _modbus,
        "growatt-485": _modbus,
        "tianbangda": _modbus,
        "daly": _at(2, (0x50, 0x57, *range(0x90, 0x99)), b"\xa5"),
        "jbd": _at(2, (0x03, 0x04, 0x05), b"\xdd\xa5"),
        "jbd-up16s": _at(1, (0x78, 0x45)),
        "jk-4e57": _at(8, (0x03, 0x06), b"NW"),
        "pylontech-console": _console,
        "jk-pb": _jk_pb,
    }
)
"""As the pages of the protocols list them; the pages say with what confidence."""
