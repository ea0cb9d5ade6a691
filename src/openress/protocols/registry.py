"""Every dialect by name: how it is known, what of it is not spoken, and where it is imported from when used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from openress.protocols.base import Bus, Dialect, Parts

__all__ = ["DIALECTS"]


def _at(module: str, name: str = "PARTS") -> Callable[[], Parts]:
    """What a dialect provides, imported when it is used: all of them would slow every start."""

    def load() -> Parts:
        parts: Parts = getattr(import_module(f"openress.protocols.{module}"), name)
        return parts

    return load


DIALECTS = {
    dialect.name: dialect
    for dialect in (
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
            _at("inverter.pylontech485"),
            baud=9600,
            max_packs=14,
        ),
        Dialect(
            "pylontech-can",
            "Pylontech low-voltage CAN, V1.2",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "vendor document and captures of real stacks; alarm bits were never seen active on a wire; untested on "
            "hardware",
            (
                "the last two bytes of 35F, whose meaning is not known",
                "pairs 13 to 15 in each half of 35A, whose meaning is not known",
                "the time after which an inverter notices that the battery is silent: no document states it",
            ),
            _at("inverter.pylontech_can", "PARTS_V12"),
            bit_rates=(500_000,),
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
            _at("battery.jbd"),
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
            _at("battery.jbd_up16s"),
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
            _at("battery.daly"),
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
            _at("battery.jk_4e57"),
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
                (
                    "deleting records (B3), timed records (B7 to BC), the lock (99), lists of inverter protocols "
                    "(60 to 63)"
                ),
                "asking other packs through the RS232 cable of the first: in the library, not on the command line",
                "limits of charge and discharge: the protocol has none",
            ),
            _at("battery.pace"),
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
            _at("battery.seplos2"),
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
            _at("battery.pylontech_console"),
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
            _at("inverter.pace485"),
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
            _at("battery.seplos3"),
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
            _at("battery.jk_pb"),
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
            _at("battery.daly_modbus"),
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
            _at("battery.daly_modbus", "ESS_PARTS"),
            baud=9600,
        ),
        Dialect(
            "pylontech-can-v13",
            "Pylontech low-voltage CAN, the newer US5000 set (V1.3)",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "one capture of a real stack; no document; untested on hardware",
            (
                "bits that permit charging and discharging: the set has none, the limits say it",
                "the last two bytes of 35F, whose meaning is not known",
            ),
            _at("inverter.pylontech_can", "PARTS_V13"),
            bit_rates=(500_000,),
        ),
        Dialect(
            "victron-can",
            "Victron BMS-Can",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "captures of a GX and of five makes of batteries on it; the vendor's table of alarms; time-outs from users "
            "alone; untested on hardware",
            (
                "energies (378), serial number (380, 381) and second name (370, 371): read, not sent",
                "the 29-bit dialect of VE.Can (NMEA 2000)",
                "the pairs for general, contactor and short circuit are sent, but Venus OS does not show them",
            ),
            _at("inverter.victron_can"),
            bit_rates=(500_000, 250_000),
        ),
        Dialect(
            "sma-can",
            "SMA Sunny Island, external BMS",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "vendor document; one partial capture of the inverter; untested on hardware",
            (
                "quick stop (00F) and events (35B): never sent",
                "start and stop by 35C, which one program uses: never sent",
                "identifiers of the inverter other than 305, 306 and 307",
            ),
            _at("inverter.sma_can"),
            bit_rates=(500_000,),
        ),
        Dialect(
            "sol-ark-can",
            "Sol-Ark low-voltage CAN (BMS 00), V1.3",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "vendor document, whose unit of voltage contradicts compatible batteries; never captured; untested on "
            "hardware",
            (
                "what the inverter does when the battery falls silent, unless BMS_Err_Stop is set",
                "BMS modes other than 00",
            ),
            _at("inverter.solark_can"),
            bit_rates=(500_000,),
        ),
        Dialect(
            "deye-can",
            "Deye low-voltage CAN, V1.2",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "vendor document, word for word Pylontech's; reports of users; untested on hardware",
            (
                "the native set of Deye's own batteries (PCS-CANBUS V3.3)",
                "what the inverter does when the battery falls silent: not known",
                "stopping it for certain: users report that it uses a battery at limits of 0",
            ),
            _at("inverter.deye_can"),
            bit_rates=(500_000,),
        ),
        Dialect(
            "luxpower-can",
            "Luxpower low-voltage CAN, V04.2",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "vendor document; never captured; untested on hardware",
            (
                "obeying the order to shut down (300): it is told, never obeyed",
                "the high-voltage variant",
                "the number of data bytes, which the document does not state: eight are sent",
            ),
            _at("inverter.luxpower_can"),
            bit_rates=(500_000,),
        ),
        Dialect(
            "growatt-can",
            "Growatt low-voltage CAN, V1.04",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "vendor document and one public program; never captured; untested on hardware",
            (
                "the sign of current, which the document does not state: positive is sent as charging",
                "a failed soft start, and the warning before turning off: never sent",
                "capacities above 655.35 Ah: told as 655.35 Ah",
                "updates (321) and the date of 320: sent as 0",
            ),
            _at("inverter.growatt_can"),
            bit_rates=(500_000,),
        ),
        Dialect(
            "seplos-can",
            "SEPLOS CAN, V1.0",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "vendor document with evident misprints; a capture of another pack in its layout; untested on hardware",
            (
                "the number of data bytes, which the document does not state: eight are sent",
                "packs beyond the eighth in the bitmap of 359",
            ),
            _at("inverter.seplos_can"),
            bit_rates=(500_000,),
        ),
        Dialect(
            "afore-can",
            "Afore CAN, V2.3",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "one public program that follows the document; never captured; untested on hardware",
            (
                "isolation, supply, relay, pre-charge and interlock faults: never sent",
                "the order of the two words of 353, which only the program shows",
                "a lack of charge as a warning has two bits by the program; the second is used",
            ),
            _at("inverter.afore_can"),
            bit_rates=(500_000,),
        ),
        Dialect(
            "megarevo-can",
            "Megarevo CAN (experimental)",
            Bus.CAN,
            ("decode", "battery", "inverter"),
            "one public program that reads it; no document, no capture; off until consented to; untested on hardware",
            (
                "bit rate and timing: not known, 500 kbit/s and one answer to each question are assumed",
                "which alarm it is: the dialect tells a level only",
                "the byte order of the question: both are answered",
            ),
            _at("inverter.megarevo_can"),
            bit_rates=(500_000,),
            experimental=True,
        ),
        Dialect(
            "voltronic-485",
            "Voltronic, Inverter and BMS 485 (Axpert, setting LIb)",
            Bus.SERIAL,
            ("decode", "serve", "read", "battery", "inverter"),
            "vendor document and one captured register; what inverters ask was never recorded; untested on hardware",
            (
                "limits of current (72, 73) and the cut-off (71): told, but the inverter does not use them yet",
                "which register of 60 to 69 is which: all are told as fine, or all as other",
                "warnings of discharge over-current and short circuit, for which there is no bit",
                "the order of the words of 32-bit values, which the document does not state: high word first",
                "cell voltages in steps of 0.1 V, as the document has them; some packs may send mV",
                "one battery at address 1; the packs' own addresses, versions and orders (10) are not answered",
            ),
            _at("inverter.voltronic485"),
            baud=9600,
            max_packs=1,
        ),
        Dialect(
            "growatt-485",
            "Growatt BMS RS485, 1xSxxP ESS (SPF, setting L01)",
            Bus.SERIAL,
            ("decode", "serve", "read", "battery", "inverter"),
            "vendor document and captures of a JK pack that speaks it; the question follows from an emulation that "
            "works; untested on hardware",
            (
                "dates, versions and makers' codes (01 to 0F, 11, 12, 1C): sent as 0",
                "the second battery (31 to 52) and the extended registers (100 to 161): refused",
                "capacities above 655.34 Ah and currents above 327.67 A: told as that much",
                "whether every firmware heeds the bits that permit charging and discharging",
            ),
            _at("inverter.growatt485"),
            baud=9600,
            max_packs=1,
        ),
        Dialect(
            "tianbangda",
            "Tianbangda Modbus (Deye, lithium battery type 1)",
            Bus.SERIAL,
            ("decode", "serve", "read", "battery", "inverter"),
            "one open program that reads such batteries; no document, no capture of any side; untested on hardware",
            (
                "limits of charge voltage and of discharge: the registers have none, they are set on the inverter",
                "registers 100F to 1016, whose meaning is not known: sent as 0",
                "whether the inverter asks just so, the sign of current, and which bits show the switches",
                "capacities above 655.34 Ah and currents above 327.67 A: told as that much",
            ),
            _at("inverter.tianbangda"),
            baud=9600,
            max_packs=1,
        ),
    )
}
