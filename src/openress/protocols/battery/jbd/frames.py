"""JBD (Xiaoxiang, LLT) DD-A5: the frame, and what each register holds.

    request  DD A5|5A register length data checksum 77       A5 reads, 5A writes
    reply    DD register status length data checksum 77      status 00 done, 80 refused

The checksum is the two's complement of the sum of everything between it and the byte behind DD: register, length and
data of a request, status, length and data of a reply. Numbers are big-endian.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from openress.codec import Layout, counted, flag, named_bits, series, wire
from openress.codec.binframe import BinaryShape, BinarySplitter
from openress.codec.checksum import sum16
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Confidence, Fault, Source
from openress.protocols.battery.settings import Setting, SettingsTable

__all__ = [
    "BASIC",
    "CELLS",
    "ENTER_FACTORY",
    "ERROR_COUNTS",
    "LEAVE_FACTORY",
    "MAP",
    "PASSWORDS",
    "SAVE_AND_LEAVE",
    "SETTINGS",
    "TEXTS",
    "Basic",
    "Cells",
    "ErrorCounts",
    "Register",
    "Reply",
    "Request",
    "is_request",
    "splitter",
]

SP04S034 = Source("JBD-SP04S034-L4S-200A-B-U, syssi/esphome-jbd-bms", Confidence.CAPTURE)
V4 = Source("Jiabaida software board general protocol V4", Confidence.VENDOR)
MAP = Source("JBD register map of bms-tools, circulated by Overkill Solar", Confidence.OPEN)

START, END = 0xDD, 0x77
READ, WRITE = 0xA5, 0x5A
DONE, REFUSED = 0x00, 0x80
_AROUND = 7
"""Bytes of a frame besides its data."""


class Register(IntEnum):
    """Registers with a name of their own; 10 to 46 hold settings."""

    ENTER_FACTORY_MODE = 0x00
    LEAVE_FACTORY_MODE = 0x01
    BASIC_INFORMATION = 0x03
    CELL_VOLTAGES = 0x04
    HARDWARE_VERSION = 0x05
    MANUFACTURER = 0xA0
    MODEL = 0xA1
    BARCODE = 0xA2
    ERROR_COUNTS = 0xAA
    MOS_CONTROL = 0xE1


ENTER_FACTORY = b"\x56\x78"
LEAVE_FACTORY = b"\x00\x00"
SAVE_AND_LEAVE = b"\x28\x28"
"""Saves the settings and clears the error counters."""

TEXTS = frozenset({Register.MANUFACTURER, Register.MODEL, Register.BARCODE})
"""Registers that hold a length byte and a text."""

PASSWORDS = frozenset({0x06, 0x07, 0x09})
"""Registers of newer firmware to which passwords are written, with a length byte in front; never sent by us."""


@dataclass(frozen=True, slots=True)
class Request:
    """A read or a write."""

    register: int
    data: bytes = b""
    write: bool = False

    def encode(self) -> bytes:
        """The frame."""
        body = bytes((self.register, len(self.data))) + self.data
        return bytes((START, WRITE if self.write else READ)) + body + _tail(body)

    @classmethod
    def decode(cls, frame: bytes) -> Request:
        """Read a request.

        Raises:
            FrameError: damaged, or no request.
        """
        if frame[1:2] not in (b"\xa5", b"\x5a"):
            raise FrameError("a reply where a request is due: its second byte is neither A5 nor 5A", at=1)
        _check(frame, 2)
        return cls(frame[2], frame[4:-3], frame[1] == WRITE)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `status` 0 is done."""

    register: int
    data: bytes = b""
    status: int = DONE

    def encode(self) -> bytes:
        """The frame.

        Raises:
            ParameterError: more data than the length byte can say.
        """
        if len(self.data) > 0xFF:
            raise ParameterError(f"A JBD frame holds at most 255 bytes, not {len(self.data)}.")
        body = bytes((self.status, len(self.data))) + self.data
        return bytes((START, self.register)) + body + _tail(body)

    @classmethod
    def decode(cls, frame: bytes) -> Reply:
        """Read a reply.

        Raises:
            FrameError: damaged, or no reply.
        """
        if frame[1:2] in (b"\xa5", b"\x5a"):
            raise FrameError("a request where a reply is due: another master is on the line, or an echo", at=1)
        _check(frame, 2)
        return cls(frame[1], frame[4:-3], frame[2])


def is_request(frame: bytes) -> bool:
    """Tell a request from a reply; no register has the number A5 or 5A."""
    return frame[1:2] in (b"\xa5", b"\x5a")


def _tail(body: bytes) -> bytes:
    return sum16(body).to_bytes(2, "big") + bytes((END,))


def _check(frame: bytes, summed_from: int) -> None:
    if len(frame) < _AROUND or frame[0] != START:
        raise FrameError(f"no JBD frame: it begins with DD and has at least {_AROUND} bytes", at=0)
    if len(frame) != frame[3] + _AROUND:
        raise FrameError(f"the length byte says {frame[3]} bytes of data, there are {len(frame) - _AROUND}", at=3)
    if frame[-1] != END:
        raise FrameError(f"the frame ends in {frame[-1]:02X} instead of 77", at=len(frame) - 1)
    computed = sum16(frame[summed_from:-3])
    if computed != int.from_bytes(frame[-3:-1], "big"):
        wrong = frame[-3:-1].hex().upper()
        raise FrameError(f"checksum {wrong} is wrong, computed {computed:04X}", at=len(frame) - 3)


def _length(head: bytes) -> int | None:
    # A status other than 00 is at least 80: other bytes behind a DD begin no reply.
    plausible = head[0] == START and (is_request(head) or head[2] == DONE or head[2] >= REFUSED)
    return head[3] + _AROUND if plausible else None


def _sound(frame: bytes) -> bool:
    return frame[-1] == END and sum16(frame[2:-3]) == int.from_bytes(frame[-3:-1], "big")


_SHAPE = BinaryShape(4, _length, _sound)


def splitter() -> BinarySplitter:
    """What finds requests and replies in a byte stream."""
    return BinarySplitter(_SHAPE)


@dataclass(frozen=True, slots=True)
class Basic:
    """Register 03: everything but the cells."""

    pack_voltage_v: float = wire("H", step=0.01, saturate=True)
    pack_current_a: float = wire("h", step=0.01, saturate=True, note="+ charges")
    remaining_ah: float = wire("H", step=0.01, saturate=True)
    full_ah: float = wire("H", step=0.01, saturate=True, note="nominal capacity: what SOC counts against")
    cycles: int = wire("H", saturate=True)
    made_on: int = wire("H", key="", note="bits 15-9 year from 2000, 8-5 month, 4-0 day; 0 is not set")
    balancing_1_16: int = wire("H", key="", note="bit 0 = cell 1")
    balancing_17_32: int = wire("H", key="", note="bit 0 = cell 17")
    protections: frozenset[Condition | Fault] = named_bits(
        {
            0: Condition.CELL_OVER_VOLTAGE,
            1: Condition.CELL_UNDER_VOLTAGE,
            2: Condition.PACK_OVER_VOLTAGE,
            3: Condition.PACK_UNDER_VOLTAGE,
            4: Condition.CHARGE_OVER_TEMPERATURE,
            5: Condition.CHARGE_UNDER_TEMPERATURE,
            6: Condition.DISCHARGE_OVER_TEMPERATURE,
            7: Condition.DISCHARGE_UNDER_TEMPERATURE,
            8: Condition.CHARGE_OVER_CURRENT,
            9: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2),
            10: Condition.SHORT_CIRCUIT,
            11: Fault.SAMPLING,
        },
        code="H",
        note="bit 11 is the measuring chip; bit 12, switches locked by order, is no protection",
    )
    version: int = wire("B", key="", note="two digits: 10 is 1.0, 80 is 8.0")
    soc_pct: float = wire("B", saturate=True)
    charge_switch: bool = flag(0, "switches", key="")
    discharge_switch: bool = flag(1, "switches", key="")
    cells_in_series: int = wire("B")
    temperatures_c: tuple[float, ...] = counted("H", step=0.1, zero=2731, note="absent sensors are not counted")


BASIC = Layout(Basic, source=SP04S034, extra=32)
"""Newer boards send more behind the temperatures."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Register 04."""

    cell_voltages_mv: tuple[int, ...] = series("H")


CELLS = Layout(Cells, source=SP04S034)


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """Register AA: how often each protection has acted."""

    short_circuit: int = wire("H", saturate=True)
    charge_over_current: int = wire("H", saturate=True)
    discharge_over_current: int = wire("H", saturate=True)
    cell_over_voltage: int = wire("H", saturate=True)
    cell_under_voltage: int = wire("H", saturate=True)
    charge_over_temperature: int = wire("H", saturate=True)
    charge_under_temperature: int = wire("H", saturate=True)
    discharge_over_temperature: int = wire("H", saturate=True)
    discharge_under_temperature: int = wire("H", saturate=True)
    pack_over_voltage: int = wire("H", saturate=True)
    pack_under_voltage: int = wire("H", saturate=True)
    restarts: int | None = wire("H", optional=True, source=SP04S034, note="a twelfth number, 1 in the capture")


ERROR_COUNTS = Layout(ErrorCounts, source=MAP)

_KELVIN = 2731

SETTINGS = SettingsTable(
    (
        Setting("charge_ot_protect_c", 0x18, "H", 0.1, _KELVIN),
        Setting("charge_ot_release_c", 0x19, "H", 0.1, _KELVIN),
        Setting("charge_ut_protect_c", 0x1A, "H", 0.1, _KELVIN),
        Setting("charge_ut_release_c", 0x1B, "H", 0.1, _KELVIN),
        Setting("discharge_ot_protect_c", 0x1C, "H", 0.1, _KELVIN),
        Setting("discharge_ot_release_c", 0x1D, "H", 0.1, _KELVIN),
        Setting("discharge_ut_protect_c", 0x1E, "H", 0.1, _KELVIN),
        Setting("discharge_ut_release_c", 0x1F, "H", 0.1, _KELVIN),
        Setting("pack_ov_protect_v", 0x20, "H", 0.01),
        Setting("pack_ov_release_v", 0x21, "H", 0.01),
        Setting("pack_uv_protect_v", 0x22, "H", 0.01),
        Setting("pack_uv_release_v", 0x23, "H", 0.01),
        Setting("cell_ov_protect_mv", 0x24, "H"),
        Setting("cell_ov_release_mv", 0x25, "H"),
        Setting("cell_uv_protect_mv", 0x26, "H"),
        Setting("cell_uv_release_mv", 0x27, "H"),
        Setting("charge_oc_protect_a", 0x28, "h", 0.01, note="positive"),
        Setting("discharge_oc_protect_a", 0x29, "h", -0.01, note="negative on the wire"),
        Setting("balance_threshold_mv", 0x2A, "H"),
        Setting("balance_delta_mv", 0x2B, "H"),
        Setting("pack_uv_delay_ms", 0x3C, "B", 1000),
        Setting("pack_ov_delay_ms", 0x3C, "B", 1000, at=1),
        Setting("cell_uv_delay_ms", 0x3D, "B", 1000),
        Setting("cell_ov_delay_ms", 0x3D, "B", 1000, at=1),
    ),
    source=MAP,
)
"""Settings of the factory mode. The delays of over-current (3E, 3F) share their registers with release times that the
parameter table does not have, and are therefore not written."""
