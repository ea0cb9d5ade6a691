"""The CAN dialects a second time, as a person would write their frames from the documents: `struct` and counts.

Takes nothing from the package. Each function gives the frames of one dialect in the order in which they are listed,
identifier and data, with a reading in words.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import pack

from tests.protocols.canmaking import Paper

Frames = list[tuple[int, bytes, str]]


def _text(name: str, size: int = 8, fill: bytes = b"\0") -> bytes:
    return name.encode().ljust(size, fill)[:size]


def _dvl(paper: Paper) -> int:
    return 480 if paper.dvl_d is None else paper.dvl_d


def _351(paper: Paper, *, held: bool = False) -> tuple[int, bytes, str]:
    cvl = paper.held_cvl_d if held and paper.held_cvl_d is not None else paper.cvl_d
    data = pack("<HhhH", cvl, paper.ccl_d, paper.dcl_d, _dvl(paper))
    words = f"CVL {cvl / 10} V, CCL {paper.ccl_d / 10} A, DCL {paper.dcl_d / 10} A, cut-off {_dvl(paper) / 10} V"
    return 0x351, data, words


def _355(paper: Paper, size: int, *, fine: bool = False) -> Frames:
    if paper.soc is None:
        return []
    data = pack("<HH", paper.soc, paper.soh) + (pack("<H", paper.soc_c) if fine else b"")
    words = f"SOC {paper.soc} %, SOH {paper.soh} %" + (f", exactly {paper.soc_c / 100} %" if fine else "")
    return [(0x355, data.ljust(size, b"\0"), words)]


def _356(paper: Paper, size: int) -> Frames:
    if paper.i_d is None:
        return []
    data = pack("<hhh", paper.v_c, paper.i_d, paper.t_d).ljust(size, b"\0")
    return [(0x356, data, f"{paper.v_c / 100} V, {paper.i_d / 10} A, {paper.t_d / 10} C")]


def _359(paper: Paper, size: int, tail: bytes = b"PN") -> Frames:
    if paper.bits is None:
        return []
    data = (bytes.fromhex(paper.bits) + bytes([paper.modules]) + tail).ljust(size, b"\0")
    return [(0x359, data, f"protections {paper.bits[:4]}, alarms {paper.bits[4:]}, {paper.modules} modules")]


def _permits(paper: Paper) -> int:
    byte = 0x80 if paper.ccl_d else 0
    byte |= 0x40 if paper.dcl_d else 0
    byte |= 0x30 if paper.force else 0
    return byte | (0x08 if paper.full else 0)


def _35c(paper: Paper, size: int, cycles: int | None = None) -> tuple[int, bytes, str]:
    byte = _permits(paper)
    data = bytes([byte, 0]) + (b"" if cycles is None else pack("<H", cycles))
    words = [
        "charge" if byte & 0x80 else "no charge",
        "discharge" if byte & 0x40 else "no discharge",
        *(["charge now"] if byte & 0x30 else []),
        *(["full charge wanted"] if byte & 0x08 else []),
    ]
    return 0x35C, data.ljust(size, b"\0"), ", ".join(words)


def _35a(content: str) -> tuple[int, bytes, str]:
    return 0x35A, bytes.fromhex(content), f"pairs: alarms {content[:8]}, warnings {content[8:]}"


def _35e(name: str, fill: bytes = b"\0") -> tuple[int, bytes, str]:
    return 0x35E, _text(name, 8, fill), name


def pylontech_v12(paper: Paper, name: str = "PYLON", *, held: bool = False) -> Frames:
    return [
        _351(paper, held=held),
        *_355(paper, 4),
        *_356(paper, 6),
        *_359(paper, 7),
        _35c(paper, 2),
        _35e(name, b" "),
    ]


def pylontech_v13(paper: Paper) -> Frames:
    # 0x35A as for Victron, without its pair for "online": nobody but SMA must be spared an alarm.
    pairs = paper.victron[:14] + ("00" if paper.bits is None else "02")
    frames = [_351(paper), *_355(paper, 6), *_356(paper, 6), _35a(pairs), _35e("PYLON", b" ")]
    if paper.full_ah is not None:
        data = b"LI" + bytes([1, 3]) + pack("<HH", paper.full_ah, 0)
        frames.append((0x35F, data, f"LI, 1.3, {paper.full_ah} Ah"))
    return frames


def victron(paper: Paper) -> Frames:
    frames = [_351(paper, held=True), _35a(paper.victron), *_355(paper, 6, fine=True), *_356(paper, 6)]
    frames.append((0x360, (b"\xff" if paper.force else b"\0").ljust(8, b"\0"), "charge now" if paper.force else "-"))
    modules = (paper.modules, paper.blocks_charge, paper.blocks_discharge, paper.offline)
    frames.append((0x372, pack("<HHHH", *modules), "{} online, {} and {} block, {} offline".format(*modules)))
    if paper.low and paper.high and paper.cold and paper.hot:
        extremes = (paper.low[0], paper.high[0], paper.cold_k, paper.hot_k)
        frames.append((0x373, pack("<HHHH", *extremes), "{} to {} mV, {} to {} K".format(*extremes)))
        for index, place in enumerate((paper.low, paper.high, paper.cold, paper.hot)):
            words = f"{place[1]:02d}.{place[2]:02d}"
            frames.append((0x374 + index, _text(words), words))
        frames.append((0x379, pack("<H", paper.installed).ljust(8, b"\0"), f"{paper.installed} Ah"))
    frames.append(_35e("OpenRESS"))
    if paper.remaining is not None:
        data = b"Li" + bytes([1, 0]) + pack("<HH", paper.remaining, 0)
        frames.append((0x35F, data, f"Li, 1.0, {paper.remaining} Ah available"))
    if paper.model is not None:
        frames.append((0x382, _text(paper.model), paper.model[:8]))
    return frames


def sma(paper: Paper) -> Frames:
    ccl = paper.ccl_d if paper.sma_ccl_d is None else paper.sma_ccl_d
    dcl = paper.dcl_d if paper.sma_dcl_d is None else paper.sma_dcl_d
    dvl = 0xFFFF if paper.dvl_d is None else paper.dvl_d
    words = f"CVL {paper.cvl_d / 10} V, CCL {ccl / 10} A, DCL {dcl / 10} A, cut-off "
    words += "invalid" if paper.dvl_d is None else f"{dvl / 10} V"
    frames = [(0x351, pack("<HhhH", paper.cvl_d, ccl, dcl, dvl), words), _35a(paper.sma)]
    frames += _355(paper, 6, fine=True)
    invalid = -0x8000
    measured = [invalid if count is None else count for count in (paper.v_c, paper.i_d, paper.t_d)]
    known = "the rest invalid" if paper.i_d is None else f"{paper.i_d / 10} A, {(paper.t_d or 0) / 10} C"
    frames.append((0x356, pack("<hhh", *measured), f"{(paper.v_c or 0) / 100} V, {known}"))
    frames.append(_35e("OpenRESS"))
    capacity = 0xFFFF if paper.installed is None else paper.installed
    data = b"\xff\xff" + bytes([1, 0]) + pack("<HH", capacity, 0xFFFF)
    frames.append((0x35F, data, f"1.0, {'invalid' if paper.installed is None else f'{capacity} Ah'}"))
    return frames


def sol_ark(paper: Paper) -> Frames:
    frames = [_351(paper), *_355(paper, 8), *_356(paper, 8), *_359(paper, 8), _35c(paper, 8), _35e("OpenRESS")]
    if paper.installed is not None:
        frames.append((0x379, pack("<H", paper.installed).ljust(8, b"\0"), f"{paper.installed} Ah"))
    return frames


def deye(paper: Paper) -> Frames:
    return pylontech_v12(paper, "DEYE", held=True)


def luxpower(paper: Paper) -> Frames:
    frames = [_351(paper)]
    if paper.soc is not None and paper.low and paper.high:
        data = pack("<HHHH", paper.soc, paper.soh, paper.high[0], paper.low[0])
        frames.append((0x355, data, f"SOC {paper.soc} %, SOH {paper.soh} %, {paper.high[0]} and {paper.low[0]} mV"))
    if paper.cold and paper.hot:
        hottest = max(paper.hot[0], paper.cold[0] + 1)
        data = pack("<hhhh", paper.v_c, paper.i_d, hottest, paper.cold[0])
        words = f"{(paper.v_c or 0) / 100} V, {(paper.i_d or 0) / 10} A, {hottest / 10} and {paper.cold[0] / 10} C"
        frames.append((0x356, data, words))
    frames += _359(paper, 8, pack("<H", paper.installed or 0))
    frames.append(_35c(paper, 8, paper.cycles))
    frames.append(_35e("OpenRESS"))
    return frames


def growatt(paper: Paper) -> Frames:
    limits = (paper.cvl_d, paper.ccl_d, paper.dcl_d)
    words = "CVL {} V, CCL {} A, DCL {} A".format(*(count / 10 for count in limits))
    frames = [(0x311, pack(">HHHH", *limits, paper.growatt_status), f"{words}, status {paper.growatt_status:04X}")]
    if paper.growatt is not None:
        data = bytes.fromhex(paper.growatt) + pack(">BHB", paper.modules, 0xAABB, paper.total_cells)
        frames.append((0x312, data, f"bits {paper.growatt}, {paper.modules} packs, {paper.total_cells} cells"))
    if paper.soc is not None and paper.hot:
        data = pack(">hhhBB", paper.v_c, paper.i_d, paper.hot[0], paper.soc, paper.soh)
        words = f"{(paper.v_c or 0) / 100} V, {(paper.i_d or 0) / 10} A, {paper.hot[0] / 10} C at most"
        frames.append((0x313, data, f"{words}, SOC {paper.soc} %, SOH {paper.soh} %"))
    if paper.low and paper.high:
        spread = paper.high[0] - paper.low[0]
        data = pack(">HHHH", paper.remaining_c, paper.full_c, spread, paper.cycles)
        words = f"{(paper.remaining_c or 0) / 100} of {(paper.full_c or 0) / 100} Ah"
        frames.append((0x314, data, f"{words}, {spread} mV apart, {paper.cycles} cycles"))
    for index in range(4) if paper.cells else ():
        four = (paper.cells or ())[4 * index : 4 * index + 4]
        frames.append((0x315 + index, pack(">HHHH", *four), "{}, {}, {}, {} mV".format(*four)))
    if paper.low and paper.high:
        # Request 2 (bit 4) is not used by Growatt.
        flags = _permits(paper) & 0xE0
        data = pack(">BHHBBB", flags, paper.high[0], paper.low[0], paper.high[2], paper.low[2], paper.faulty)
        words = f"permits {flags:02X}, cell {paper.high[2]} {paper.high[0]} mV, cell {paper.low[2]} {paper.low[0]} mV"
        frames.append((0x319, data, f"{words}, pack {paper.faulty} faulty" if paper.faulty else words))
    frames.append((0x320, b"OR" + bytes([1, 1, 0, 0, 0, 0]), "OR, hardware 1, software 1"))
    frames.append((0x321, bytes(8), "no update"))
    return frames


def seplos(paper: Paper) -> Frames:
    frames = [_351(paper), *_355(paper, 8, fine=True)]
    for identifier, data, words in _356(paper, 6):
        frames.append((identifier, data + pack("<H", paper.cycles), f"{words}, {paper.cycles} cycles"))
    frames += _359(paper, 8, b"PN" + bytes([paper.online]))
    frames.append(_35c(paper, 8))
    if paper.low and paper.high and paper.cold and paper.hot:
        data = pack("<hhHH", paper.hot[0], paper.cold[0], paper.high[0], paper.low[0])
        words = f"{paper.hot[0] / 10} and {paper.cold[0] / 10} C, {paper.high[0]} and {paper.low[0]} mV"
        frames.append((0x370, data, words))
        places = (paper.hot, paper.cold, paper.high, paper.low)
        data = b"".join(bytes([number, where]) for _, where, number in places)
        frames.append((0x371, data, ", ".join(f"{number} of pack {where}" for _, where, number in places)))
    frames.append(_35e("OpenRESS"))
    return frames


def afore(paper: Paper) -> Frames:
    words = f"CCL {paper.ccl_d / 10} A, DCL {paper.dcl_d / 10} A, {paper.cvl_d / 10} to {_dvl(paper) / 10} V"
    frames = [(0x352, pack("<HHHH", paper.ccl_d, paper.dcl_d, paper.cvl_d, _dvl(paper)), words)]
    if paper.i_d is not None and paper.t_d is not None and paper.v_d is not None:
        counts = (paper.v_d, max(0, paper.i_d + 5000), paper.t_d + 1000)
        words = f"{paper.v_d / 10} V, {(counts[1] - 5000) / 10} A, {paper.t_d / 10} C"
        frames.append((0x350, pack("<HHH", *counts) + bytes(2), words))
    if paper.soc is not None:
        flags = (1 if paper.ccl_d else 0) | (2 if paper.dcl_d else 0) | paper.afore_state << 5
        data = pack("<BBBBBBH", paper.soc, paper.soh, 100, 1, flags, 0, paper.series)
        frames.append((0x351, data, f"SOC {paper.soc} %, SOH {paper.soh} %, state {flags:02X}, {paper.series} cells"))
    if paper.afore is not None:
        frames.append((0x353, bytes.fromhex(paper.afore) + bytes(4), f"faults {paper.afore}"))
    for identifier, first, second, shift, unit in (
        (0x354, paper.high, paper.low, 0, "mV"),
        (0x355, paper.hot, paper.cold, 1000, "tenths of a degree"),
    ):
        if first and second:
            data = pack("<HHHH", first[0] + shift, second[0] + shift, first[2], second[2])
            frames.append((identifier, data, f"{first[0]} and {second[0]} {unit}, numbers {first[2]} and {second[2]}"))
    if paper.cell_limits is not None:
        words = "{} to {} mV for a cell".format(*paper.cell_limits)
        frames.append((0x356, pack("<HH", *paper.cell_limits) + bytes(4), words))
    if paper.afore_warnings is not None:
        frames.append((0x357, bytes.fromhex(paper.afore_warnings) + bytes(6), f"warnings {paper.afore_warnings}"))
    frames.append((0x358, bytes(8), "zeros"))
    frames.append((0x359, _text(paper.serial), paper.serial[:8]))
    frames.append((0x35A, _text(paper.serial[8:]), paper.serial[8:16] or "-"))
    return frames


def megarevo(paper: Paper) -> Frames:
    limits = (paper.cvl_d, _dvl(paper), paper.ccl_d, paper.dcl_d)
    words = "CVL {} V, cut-off {} V, CCL {} A, DCL {} A".format(*(count / 10 for count in limits))
    frames = [(0x1F000300, pack("<HHHH", *limits), words)]
    if paper.soc is not None and paper.v_d is not None and paper.i_d is not None:
        data = pack("<HHHh", paper.soc, paper.soh, paper.v_d, paper.i_d)
        words = f"SOC {paper.soc} %, SOH {paper.soh} %, {paper.v_d / 10} V, {paper.i_d / 10} A"
        frames.append((0x1F000301, data, words))
    if paper.low and paper.high and paper.cold and paper.hot:
        data = pack("<HHhh", paper.high[0], paper.low[0], paper.hot[0], paper.cold[0])
        words = f"{paper.high[0]} and {paper.low[0]} mV, {paper.hot[0] / 10} and {paper.cold[0] / 10} C"
        frames.append((0x1F000302, data, words))
    inhibited = (0 if paper.ccl_d else 2, 0 if paper.dcl_d else 2)
    words = "level {}, charge {}, discharge {}".format(paper.level, *inhibited)
    frames.append((0x1F000303, pack("<HHH", paper.level, *inhibited) + bytes(2), words))
    if paper.full_d is not None and paper.remaining_d is not None:
        words = f"{paper.remaining_d / 10} of {paper.full_d / 10} Ah"
        frames.append((0x1F000304, pack("<HH", paper.full_d, paper.remaining_d) + bytes(4), words))
    return frames


ON_PAPER: dict[str, Callable[[Paper], Frames]] = {
    "pylontech-can": pylontech_v12,
    "pylontech-can-v13": pylontech_v13,
    "victron-can": victron,
    "sma-can": sma,
    "sol-ark-can": sol_ark,
    "deye-can": deye,
    "luxpower-can": luxpower,
    "growatt-can": growatt,
    "seplos-can": seplos,
    "afore-can": afore,
    "megarevo-can": megarevo,
}
