"""A serial line in memory: batteries and inverters of every dialect, and frames written without the package."""

from __future__ import annotations

from openress.model import Identity, RackSample
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.base import ServerOptions
from openress.protocols.serialbus import InverterOptions, SerialBattery, SerialInverter

SERIAL = [dialect.name for dialect in DIALECTS.values() if "inverter" in dialect.does and dialect.baud]
MANNERS = [(name, manner.name) for name in SERIAL for manner in find_dialect(name).parts().manners]

IDENTITY = Identity(0.0, manufacturer="OpenRESS", model="A5L-51V2", software_version="0.1.0")
OPTIONS = ServerOptions(identity=IDENTITY)


def battery(dialect: str, options: ServerOptions = OPTIONS) -> SerialBattery:
    make = find_dialect(dialect).parts().serial_battery
    assert make is not None
    return make(options)


def inverter(dialect: str, manner: str | None = None, *, one_byte_counts: bool = False) -> SerialInverter:
    make = find_dialect(dialect).parts().serial_inverter
    assert make is not None
    return make(InverterOptions(manner, one_byte_counts))


def answers(machine: SerialBattery, frame: bytes, told: RackSample, now_s: float = 0.0) -> list[bytes]:
    """What a battery answers to one question, after its turnaround."""
    machine.feed(frame, now_s)
    due_s = machine.next_due_s
    return [] if due_s is None else machine.due(told, due_s)


def talk(machine: SerialBattery | None, asking: SerialInverter, told: RackSample, questions: int) -> float:
    """Let an inverter put so many questions; gives the time at which it ends."""
    now_s = 0.0
    for _ in range(questions):
        now_s = max(now_s, asking.next_due_s)
        sent = asking.due(now_s)
        if not sent:
            # It gave up waiting; the next question comes after its pause.
            now_s = asking.next_due_s
            sent = asking.due(now_s)
        (question,) = sent
        if machine is None:
            continue
        for answer in answers(machine, question, told, now_s):
            now_s += machine.turnaround_s + 0.05
            asking.feed(answer, now_s)
    return now_s


def text(address: int, code: int, info: str = "", *, version: int = 0x20, cid1: int = 0x46) -> bytes:
    """An ASCII-hex frame by the rules of the document, INFO as hexadecimal letters."""
    length = len(info)
    nibbles = (length >> 8) + (length >> 4 & 15) + (length & 15)
    body = f"{version:02X}{address:02X}{cid1:02X}{code:02X}{-nibbles % 16:X}{length:03X}{info}"
    return f"~{body}{-sum(map(ord, body)) & 0xFFFF:04X}\r".encode()


def sealed(*values: int) -> bytes:
    """Bytes and their CRC, bit by bit."""
    crc = 0xFFFF
    for value in values:
        crc ^= value
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return bytes(values) + crc.to_bytes(2, "little")


def reads(start: int, count: int, *, address: int = 1, function: int = 3) -> bytes:
    return sealed(address, function, start >> 8, start & 255, count >> 8, count & 255)


def registers(*words: int, function: int = 3, wide: bool = False) -> bytes:
    """A reply of registers; `wide` counts them in two bytes."""
    count = [len(words) >> 8, len(words) & 255] if wide else [2 * len(words)]
    return sealed(1, function, *count, *(byte for word in words for byte in ((word >> 8) & 255, word & 255)))
