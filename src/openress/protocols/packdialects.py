"""The dialects that packs speak on RS485, RS232 or UART: how each is known, and what of it is not spoken."""

from __future__ import annotations

from openress.protocols.base import Bus, Dialect
from openress.protocols.loading import parts_at

__all__ = ["PACK_DIALECTS"]

PACK_DIALECTS = (
    Dialect(
        "pylontech",
        "Pylontech low-voltage RS485, V2.8 to V3.5",
        Bus.SERIAL,
        ("decode", "serve", "read", "battery", "inverter"),
        "vendor documents and captures of real packs; read by two third-party clients; untested on hardware by us",
        (
            "orders to switch a pack or the rack off (95, 64): they are read, never obeyed and never sent",
            (
                "asking for settings (47) or for the rack as a whole (60 to 63), and ordering limits (94): "
                "answered, not asked"
            ),
            "changing settings: the documents have no command for it",
            "several groups on one line: towards an inverter the rack is one group, at its master's address alone",
        ),
        parts_at("inverter.pylontech485"),
        baud=9600,
        max_packs=14,
    ),
    Dialect(
        "jbd",
        "JBD (Xiaoxiang, LLT) DD-A5, single packs",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "vendor document and captures of three boards; settings from an open register map, never captured; "
        "untested on hardware by us",
        (
            "calibration, the reset or setting of the state of charge, and the order for the balancer (E2)",
            "passwords of newer boards (06, 07, 09): never sent, so boards that insist on one cannot be set",
            "the delays of over-current (3E, 3F), which share their registers with release times",
            "limits and a clock: the protocol has none; addresses: one pack for each line",
        ),
        parts_at("battery.jbd"),
        baud=9600,
    ),
    Dialect(
        "jbd-up16s",
        "JBD UP16S rack packs",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "captures of a rack of two; fields by two open drivers; untested on hardware by us",
        (
            (
                "settings: the blocks of protection (1800), capacity (2000), 2400 and 2900 are read as bare "
                "numbers, never written"
            ),
            "setting the clock, and records: no source shows how",
            "the orders that packs exchange among themselves (42, 46, 47, 50)",
        ),
        parts_at("battery.jbd_up16s"),
        baud=9600,
    ),
    Dialect(
        "daly",
        "Daly A5, UART and RS485, single packs",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "vendor document and captures of real packs; alarm bits were never seen active; untested on hardware by us",
        (
            "settings and records: no layout is published",
            "calibration, setting the state of charge (21), restart (00) and details (53): left out on purpose",
            "limits and a clock: the protocol has none; addresses: one pack for each line",
        ),
        parts_at("battery.daly"),
        baud=9600,
    ),
    Dialect(
        "jk-4e57",
        "JK 4E57 (JK-B, JK-BD), single packs",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "vendor document and captures of four boards; writes as working programs send them, never captured; "
        "untested on hardware by us",
        (
            (
                "the password order (05), whose layout is not published: orders to boards that insist on it stay "
                "unanswered"
            ),
            "calibration, restart and reset to the maker's values: left out on purpose",
            (
                "sending the activating order (01); records and a clock: the protocol has none; addresses: one "
                "pack for each line"
            ),
        ),
        parts_at("battery.jk_4e57"),
        baud=115200,
    ),
    Dialect(
        "pace",
        "PACE v25 ASCII",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "captures of real packs and vendor documents; the tails of packs since 2022 are from the document alone; "
        "untested on hardware by us",
        (
            (
                "calibration, raw memory and test mode, and what stands beside them (numbers of cells and cycles, "
                "serial numbers, capacities, the maker's settings): left out on purpose"
            ),
            ("deleting records (B3), timed records (B7 to BC), the lock (99), lists of inverter protocols (60 to 63)"),
            "asking other packs through the RS232 cable of the first: in the library, not on the command line",
            "limits of charge and discharge: the protocol has none",
        ),
        parts_at("battery.pace"),
        baud=9600,
    ),
    Dialect(
        "seplos2",
        "Seplos v2 ASCII and Boqiang",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "captures of real packs and the vendor document; settings are read from one capture; untested on hardware "
        "by us",
        (
            (
                "telecontrol (45), setting (49), records (4B) and the clock (4D, 4E): no layout is published, so "
                "nothing can be changed"
            ),
            "the answer for all packs on RS232: no source prints it",
            ("calibration, production setting and its record (A0, A1, A2), and the Bluetooth flavour of the frame"),
            (
                "limits of charge and discharge: the protocol has none; serving as Boqiang: in the library, not on "
                "the command line"
            ),
        ),
        parts_at("battery.seplos2"),
        baud=9600,
    ),
    Dialect(
        "pylontech-console",
        "Pylontech console, text on RS232",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "captures of several firmwares; the meaning of event names is inferred, log was never seen; no checksum; "
        "untested on hardware by us",
        (
            "`log`: no source prints a whole answer, so its lines are given as they are",
            "settings, switching and `login`; only the clock can be set",
            "waking a console that sleeps, at 1200 baud",
            "events whose names are not known: they are told as a fault of the system",
        ),
        parts_at("battery.pylontech_console"),
        baud=115200,
    ),
    Dialect(
        "pace-modbus",
        "PACE Modbus RTU, V1.3 with clock and records of V1.1",
        Bus.SERIAL,
        ("decode", "serve", "read", "battery", "inverter"),
        "vendor documents and captures of a JK pack that imitates it; read by pymodbus; untested on hardware by us",
        (
            "switches and inverter protocols: the documents have no register for them",
            "writing the second over-current of charging (113, 114): it is read only",
            (
                "limits of charge and discharge: the protocol has none; towards an inverter a direction that is "
                "not allowed shows its switch as open, and all else has to be set on the inverter"
            ),
        ),
        parts_at("inverter.pace485"),
        baud=9600,
    ),
    Dialect(
        "seplos3",
        "Seplos v3 (XZH-ElecTech) Modbus RTU, V0.3",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "vendor document with examples and captures through gateways; read by pymodbus; untested on hardware by us",
        (
            "calibration, reset and the maker's settings, which stand beside the switches: left out on purpose",
            (
                "limiter and heater (1512, 1514), function bits (1400) and the choice of an inverter protocol "
                "(1800), which is read and neither served nor set"
            ),
            "settings that are the maker's own: read, never written",
            "the addresses of energy managers (B0, C0) and of the packs' own bus (E0)",
        ),
        parts_at("battery.seplos3"),
        baud=19200,
    ),
    Dialect(
        "jk-pb",
        "JK PB (inverter series) RS485, records on order",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "captures of one pack and a vendor document; writing was never captured; untested on hardware by us",
        (
            "calibration, presets, emergency start, shutdown and setting the time (1600): left out on purpose",
            "pass codes: neither told nor sent",
            "listening to a bus whose master, the pack at address 0, already asks: in the library only",
            (
                "asking through plain Modbus registers: values are fetched as records; records of the past; the "
                "Bluetooth form"
            ),
        ),
        parts_at("battery.jk_pb"),
        baud=115200,
    ),
    Dialect(
        "daly-modbus",
        "Daly Modbus RTU, K/M/H/S boards at address 0xD2",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "vendor sheet and one captured reply; the sign of its current is disputed; untested on hardware by us",
        (
            (
                "the sign of current: the vendor's sheet and programs in use contradict each other; positive is "
                "taken as charging"
            ),
            "writing over-current settings, whose signs are disputed too: they are read as magnitudes",
            "the vendor's block write, which has no count of bytes: each setting is written by itself",
            "setting the state of charge, passwords, zero point, restart and reset: left out on purpose",
        ),
        parts_at("battery.daly_modbus"),
        baud=9600,
    ),
    Dialect(
        "daly-ess",
        "Daly Modbus RTU, ESS boards asked at 0x81 and answering from 0x51",
        Bus.SERIAL,
        ("decode", "serve", "read"),
        "captures of one board; its alarm bits and settings are not known; untested on hardware by us",
        (
            "alarm bits: they are not known, so a pack that has something wrong refuses its status",
            "settings (0100 to 0177): what stands there is not known; only capacities and switches are read",
            "setting the clock and the limiter, restart and reset",
        ),
        parts_at("battery.daly_modbus", "ESS_PARTS"),
        baud=9600,
    ),
)
"""Those that inverters ask in too are among them."""
