"""Who says what on the wire: one module for each dialect, found here by name and imported when used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.names import hint
from openress.protocols.base import Bus, Parts

__all__ = ["DIALECTS", "Dialect", "find_dialect"]


def _pylontech() -> Parts:
    from openress.protocols.battery.pylontech import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _pylontech_can() -> Parts:
    from openress.protocols.inverter.pylontech_can import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _jbd() -> Parts:
    from openress.protocols.battery.jbd import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _jbd_up16s() -> Parts:
    from openress.protocols.battery.jbd_up16s import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _daly() -> Parts:
    from openress.protocols.battery.daly import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _jk_4e57() -> Parts:
    from openress.protocols.battery.jk_4e57 import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _pace() -> Parts:
    from openress.protocols.battery.pace import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _seplos2() -> Parts:
    from openress.protocols.battery.seplos2 import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _pylontech_console() -> Parts:
    from openress.protocols.battery.pylontech_console import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _pace_modbus() -> Parts:
    from openress.protocols.battery.pace_modbus import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _seplos3() -> Parts:
    from openress.protocols.battery.seplos3 import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _jk_pb() -> Parts:
    from openress.protocols.battery.jk_pb import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _daly_modbus() -> Parts:
    from openress.protocols.battery.daly_modbus import PARTS  # noqa: PLC0415  # imported when used

    return PARTS


def _daly_ess() -> Parts:
    from openress.protocols.battery.daly_modbus import ESS_PARTS  # noqa: PLC0415  # imported when used

    return ESS_PARTS


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of speaking.

    Attributes:
        name: the name people type; it stays.
        title: what it is, in words.
        bus: the kind of line.
        does: what OpenRESS can do with it.
        evidence: how well it is known, said wherever the dialect is listed.
        baud: usual speed of a serial line; 0 for CAN.
        max_packs: packs of a rack that can be asked by address; `None` when there is no such limit.
        parts: imports the dialect.
    """

    name: str
    title: str
    bus: Bus
    does: tuple[str, ...]
    evidence: str
    parts: Callable[[], Parts]
    baud: int = 0
    max_packs: int | None = None


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            "pylontech",
            "Pylontech low-voltage RS485, V2.8 to V3.5",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "vendor documents and captures of real packs; read by two third-party clients; untested on hardware by us",
            _pylontech,
            baud=9600,
            max_packs=14,
        ),
        Dialect(
            "pylontech-can",
            "Pylontech low-voltage CAN, V1.2 and the newer US5000 set",
            Bus.CAN,
            ("decode",),
            "vendor document and captures of real stacks; alarm bits were never seen active on a wire",
            _pylontech_can,
        ),
        Dialect(
            "jbd",
            "JBD (Xiaoxiang, LLT) DD-A5, single packs",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "vendor document and captures of three boards; settings from an open register map, never captured; "
            "untested on hardware by us",
            _jbd,
            baud=9600,
        ),
        Dialect(
            "jbd-up16s",
            "JBD UP16S rack packs",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "captures of a rack of two; fields by two open drivers; untested on hardware by us",
            _jbd_up16s,
            baud=9600,
        ),
        Dialect(
            "daly",
            "Daly A5, UART and RS485, single packs",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "vendor document and captures of real packs; alarm bits were never seen active; untested on hardware by us",
            _daly,
            baud=9600,
        ),
        Dialect(
            "jk-4e57",
            "JK 4E57 (JK-B, JK-BD), single packs",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "vendor document and captures of four boards; writes as working programs send them, never captured; "
            "untested on hardware by us",
            _jk_4e57,
            baud=115200,
        ),
        Dialect(
            "pace",
            "PACE v25 ASCII",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "captures of real packs and vendor documents; the tails of packs since 2022 are from the document alone; "
            "untested on hardware by us",
            _pace,
            baud=9600,
        ),
        Dialect(
            "seplos2",
            "Seplos v2 ASCII and Boqiang",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "captures of real packs and the vendor document; settings are read from one capture; untested on hardware "
            "by us",
            _seplos2,
            baud=9600,
        ),
        Dialect(
            "pylontech-console",
            "Pylontech console, text on RS232",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "captures of several firmwares; the meaning of event names is inferred, log was never seen; no checksum; "
            "untested on hardware by us",
            _pylontech_console,
            baud=115200,
        ),
        Dialect(
            "pace-modbus",
            "PACE Modbus RTU, V1.3 with clock and records of V1.1",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "vendor documents and captures of a JK pack that imitates it; read by pymodbus; untested on hardware by us",
            _pace_modbus,
            baud=9600,
        ),
        Dialect(
            "seplos3",
            "Seplos v3 (XZH-ElecTech) Modbus RTU, V0.3",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "vendor document with examples and captures through gateways; read by pymodbus; untested on hardware by us",
            _seplos3,
            baud=19200,
        ),
        Dialect(
            "jk-pb",
            "JK PB (inverter series) RS485, records on order",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "captures of one pack and a vendor document; writing was never captured; untested on hardware by us",
            _jk_pb,
            baud=115200,
        ),
        Dialect(
            "daly-modbus",
            "Daly Modbus RTU, K/M/H/S boards at address 0xD2",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "vendor sheet and one captured reply; the sign of its current is disputed; untested on hardware by us",
            _daly_modbus,
            baud=9600,
        ),
        Dialect(
            "daly-ess",
            "Daly Modbus RTU, ESS boards asked at 0x81 and answering from 0x51",
            Bus.SERIAL,
            ("decode", "serve", "read"),
            "captures of one board; its alarm bits and settings are not known; untested on hardware by us",
            _daly_ess,
            baud=9600,
        ),
    )
}


def find_dialect(name: str) -> Dialect:
    """The dialect called `name`.

    Raises:
        ParameterError: there is none; the message has the nearest name.
    """
    if name in DIALECTS:
        return DIALECTS[name]
    raise ParameterError(f"There is no dialect {name!r}; {hint(name, DIALECTS)}")
