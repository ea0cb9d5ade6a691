"""Reading JBD frames: requests and replies name their register, so a reply needs no request."""

from __future__ import annotations

from openress.errors import FrameError, ParameterError
from openress.model import Fault, Status, Switches
from openress.names import hint
from openress.protocols.base import Direction, Reading, Value
from openress.protocols.battery.jbd import frames as f
from openress.protocols.battery.jbd.frames import Register, Reply, Request
from openress.protocols.present import public

__all__ = ["JbdDecoder", "JbdRedactor", "balancing_of", "status_of", "text_of", "version_of"]

_NAMED = {register.value: register for register in Register}


def version_of(raw: int) -> str | None:
    """Two digits in one byte; 00 is not told."""
    return f"{raw >> 4}.{raw & 0xF}" if raw else None


def balancing_of(basic: f.Basic) -> tuple[bool, ...]:
    """Which cells are being balanced, cell 1 first."""
    bits = basic.balancing_1_16 | basic.balancing_17_32 << 16
    return tuple(bool(bits >> cell & 1) for cell in range(min(basic.cells_in_series, 32)))


def status_of(basic: f.Basic, at_s: float) -> Status:
    """What register 03 says of switches and protections; JBD knows no alarms before a protection."""
    return Status(
        at_s,
        switches=Switches(charge=basic.charge_switch, discharge=basic.discharge_switch),
        protections=frozenset(member for member in basic.protections if not isinstance(member, Fault)),
        faults=frozenset(member for member in basic.protections if isinstance(member, Fault)),
        balancing=balancing_of(basic),
    )


def text_of(register: int, data: bytes) -> str | None:
    """The text that a register holds: 05 fills the frame, A0 to A2 begin with their length.

    Raises:
        FrameError: the length byte does not fit.
    """
    if register in f.TEXTS:
        if not data or data[0] > len(data) - 1:
            raise FrameError(f"register {register:02X} announces more letters than the frame has", at=0)
        data = data[1 : 1 + data[0]]
    return data.decode("latin-1").rstrip("\0 ") or None


def _made_on(raw: int) -> dict[str, Value]:
    year, month, day = 2000 + (raw >> 9), raw >> 5 & 0xF, raw & 0x1F
    return {"made_on": f"{year:04}-{month:02}-{day:02}"} if 1 <= month <= 12 and day else {}


def _basic(data: bytes) -> dict[str, Value]:
    basic = f.BASIC.decode(data)
    version = version_of(basic.version)
    return (
        public(f.BASIC, basic)
        | {
            "switches": {"charge": basic.charge_switch, "discharge": basic.discharge_switch},
            "balancing": list(balancing_of(basic)),
        }
        | _made_on(basic.made_on)
        | ({} if version is None else {"software_version": version})
    )


def _named(key: str, text: str | None) -> dict[str, Value]:
    return {} if text is None else {key: text}


def _switches(data: bytes) -> dict[str, Value]:
    if len(data) != 2:
        raise FrameError(f"an order to the switches has 2 bytes, not {len(data)}", at=0)
    return {"switches": {"charge": not data[1] & 1, "discharge": not data[1] & 2}}


def _content(register: int, data: bytes) -> dict[str, Value]:
    match register:
        case Register.BASIC_INFORMATION:
            return _basic(data)
        case Register.CELL_VOLTAGES:
            return public(f.CELLS, f.CELLS.decode(data))
        case Register.HARDWARE_VERSION | Register.MODEL:
            return _named("model", text_of(register, data))
        case Register.MANUFACTURER:
            return _named("manufacturer", text_of(register, data))
        case Register.BARCODE:
            return _named("serial", text_of(register, data))
        case Register.ERROR_COUNTS:
            return public(f.ERROR_COUNTS, f.ERROR_COUNTS.decode(data))
        case Register.MOS_CONTROL:
            return _switches(data)
        case _ if register in f.SETTINGS:
            return {**f.SETTINGS.decode(register, data)}
        case _:
            return {"data": data.hex().upper()}


def _kind(register: int) -> str:
    return _NAMED[register].name.lower() if register in _NAMED else "setting"


class JbdDecoder:
    """Machine that reads frames of a JBD line one after another."""

    __slots__ = ("_asked",)

    def __init__(self) -> None:
        self._asked: int | None = None

    def expect(self, command: str) -> None:
        """Refuse replies of other registers than `command`, such as `03`.

        Raises:
            ParameterError: no such register.
        """
        known = [f"{register:02X}" for register in (*Register, *range(0x10, 0x47))]
        if command.upper() not in known:
            raise ParameterError(f"JBD has no register {command!r}; {hint(command, known)}")
        self._asked = int(command, 16)

    def read(self, frame: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: damaged, or content that does not fit its register.
        """
        asks = f.is_request(frame) if direction is None else direction is Direction.TO_BATTERY
        return self._request(Request.decode(frame)) if asks else self._reply(Reply.decode(frame))

    def _request(self, request: Request) -> Reading:
        values: dict[str, Value] = {"register": f"{request.register:02X}"}
        if request.write and request.register not in (Register.ENTER_FACTORY_MODE, Register.LEAVE_FACTORY_MODE):
            values |= _shifted(request.register, request.data)
        kind = _kind(request.register)
        return Reading(f"{kind}_write" if request.write else f"{kind}_request", values)

    def _reply(self, reply: Reply) -> Reading:
        if self._asked is not None and reply.register != self._asked:
            raise FrameError(f"the reply of register {reply.register:02X}, expected is {self._asked:02X}", at=1)
        values: dict[str, Value] = {"register": f"{reply.register:02X}"}
        if reply.status != f.DONE:
            return Reading("refusal", values | {"status": f"{reply.status:02X}"})
        if not reply.data:
            return Reading("written", values)
        return Reading(_kind(reply.register), values | _shifted(reply.register, reply.data))


def _shifted(register: int, data: bytes) -> dict[str, Value]:
    try:
        return _content(register, data)
    except FrameError as error:
        # Offsets count data bytes; the reader of the message sees the frame.
        raise FrameError(str(error), at=4 + error.at) from error


class JbdRedactor:
    """Takes the hardware version, maker, model, bar code and passwords out of frames."""

    __slots__ = ()

    def redact(self, frame: bytes, direction: Direction | None = None) -> bytes:
        """See `Redactor.redact`."""
        asks = f.is_request(frame) if direction is None else direction is Direction.TO_BATTERY
        message = Request.decode(frame) if asks else Reply.decode(frame)
        if message.register not in (*f.TEXTS, *f.PASSWORDS, Register.HARDWARE_VERSION):
            return frame
        start = 0 if message.register == Register.HARDWARE_VERSION else 1
        data = message.data[:start] + b"X" * (len(message.data) - start)
        if isinstance(message, Request):
            return Request(message.register, data, message.write).encode()
        return Reply(message.register, data, message.status).encode()
