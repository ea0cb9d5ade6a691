"""What a survey says of the rack: gaps, duplicates, strangers, wires, each in a sentence with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from openress.protocols import DIALECTS
from openress.rack.numberwords import listed, span
from openress.rack.probing import Attempt
from openress.rack.survey import Answerer, Survey
from openress.rack.switchwords import SwitchWords

__all__ = ["Kind", "Remark", "remarks"]

HEAVY = 0.3
"""Share of what passes that belongs to no frame, from which on the line is called disturbed."""


class Kind(StrEnum):
    """What a remark is about."""

    NOTHING = "nothing_answers"
    SOMEBODY_ASKS = "somebody_asks"
    SECOND_MASTER = "second_master"
    NO_MASTER = "no_master"
    GAP = "gap"
    STAND_ALONE = "stand_alone"
    DUPLICATE_ADDRESS = "duplicate_address"
    DUPLICATE_SERIAL = "duplicate_serial"
    OTHER_SPEED = "other_speed"
    OTHER_DIALECT = "other_dialect"
    SWAPPED_WIRES = "swapped_wires"
    DISTURBED = "disturbed"
    UNREADABLE = "unreadable"
    ECHO = "echo"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth telling.

    Attributes:
        kind: what it is about.
        packs: which packs, in order; empty for the line or the rack as a whole.
        sentence: what it is and what to do, for a person.
    """

    kind: Kind
    packs: tuple[int, ...]
    sentence: str


def remarks(survey: Survey, words: SwitchWords) -> list[Remark]:
    """What the survey says, most important first.

    Args:
        survey: what was found.
        words: how the packs' address switches are told.
    """
    if survey.overheard is not None or survey.unread or survey.upside_down is not None:
        return _of_the_overheard(survey, words)
    found: list[Remark] = []
    if not survey.answerers and not survey.garbled and not survey.swapped:
        found.append(_nothing(survey))
    found += _duplicates(survey, words) + _addresses(survey, words) + _strangers(survey) + _wires(survey)
    if survey.echo:
        found.append(
            Remark(
                Kind.ECHO,
                (),
                "The adapter echoes what it sends. That does no harm here, but some programs stumble over it: switch "
                "the echo off if the adapter lets you.",
            )
        )
    return found


def _of_the_overheard(survey: Survey, words: SwitchWords) -> list[Remark]:
    heard = survey.overheard
    if survey.upside_down is not None:
        dialect, baud = survey.upside_down
        return [
            Remark(
                Kind.SWAPPED_WIRES,
                (),
                f"Somebody asks on this line, and it reads as {Attempt(dialect, baud).title} upside down: A and B are "
                "swapped at your adapter. Swap its two wires.",
            )
        ]
    if heard is None:
        speeds = sorted({attempt.baud for attempt in survey.tried if attempt.baud is not None})
        at = f"at {listed([str(speed) for speed in speeds])} baud" if speeds else "at the speed of this link"
        return [
            Remark(
                Kind.UNREADABLE,
                (),
                f"Somebody talks on this line ({survey.unread} bytes), and nothing of it can be read {at}: another "
                "speed or protocol, A and B swapped, or several that talk at once. Nothing was sent.",
            )
        ]
    who = f"asks {_addressed(heard.dialect, heard.asked)}" if heard.asked else "asks"
    one = len(heard.answering) == 1
    answers = f"{_addressed(heard.dialect, heard.answering)} answer{'s' if one else ''}" if heard.answering else ""
    answers = answers or ("a pack answers" if heard.answered else "nobody answers")
    sent = sum(len(numbers) for numbers in survey.tried.values())
    ours = f"After {sent} packs had been asked nothing more was sent" if sent else "Nothing was sent"
    speaks = Attempt(heard.dialect, heard.baud).title
    found = [
        Remark(
            Kind.SOMEBODY_ASKS,
            (),
            f"Somebody already asks on this line, in {speaks}: a master pack, an inverter or a gateway. It {who}; "
            f"{answers}. {ours}; take it off the line to scan.",
        )
    ]
    if heard.masters > 1:
        found.insert(
            0,
            Remark(
                Kind.SECOND_MASTER,
                (),
                "Two masters ask on this line and talk into each other."
                f"{'' if heard.other is None else f' One of them speaks {DIALECTS[heard.other].title}.'} "
                "Only one pack may have the master's "
                f"address ({words.of(1)}), and no other device may ask beside it.",
            ),
        )
    elif heard.loose > HEAVY * (heard.loose + 20 * heard.frames) and not heard.garbled:
        found.append(
            Remark(
                Kind.DISTURBED,
                (),
                f"{heard.loose} bytes belong to no frame: several talk at once, or the line is disturbed. Check for a "
                "second master, two packs with one address, the ends' terminating resistors and the cable.",
            )
        )
    found += [
        Remark(
            Kind.DUPLICATE_ADDRESS,
            (address,),
            f"What comes from address {address} is garbled each time while others answer well: two packs have this "
            "address, or its wires are bad.",
        )
        for address in heard.garbled
    ]
    return found


def _nothing(survey: Survey) -> Remark:
    asked_at = any(attempt.baud for attempt in survey.tried)
    return Remark(
        Kind.NOTHING,
        (),
        "Nothing answers. Check that the packs are on, that the cable goes to the right socket, that A is on A and B "
        f"on B (swapping them does no harm){'' if asked_at else ', and whether the speed of the link is right'}; some "
        "packs answer only when their address switch is set.",
    )


def _duplicates(survey: Survey, words: SwitchWords) -> list[Remark]:
    found = []
    silent = [(entry.pack, entry.address) for entry in survey.garbled]
    unsure = [(a.pack, a.address) for a in survey.answerers if a.garbled and not a.twice]
    both = [(a.pack, a.address) for a in survey.answerers if a.twice]
    if len(silent) + len(unsure) > max(1, (len(survey.answerers) + len(silent)) // 2):
        names = span(sorted({pack for pack, _ in (*silent, *unsure)}))
        found.append(
            Remark(
                Kind.DISTURBED,
                tuple(sorted(pack for pack, _ in (*silent, *unsure))),
                f"Answers of packs {names} come garbled: the line is disturbed, or these addresses are each there "
                "twice. Check the cable, the terminating resistors and whether another master is on the line.",
            )
        )
    else:
        both += silent
        both += [(a.pack, a.address) for a in survey.answerers if a.mostly_garbled and not a.twice]
    for pack, address in sorted(both):
        found.append(
            Remark(
                Kind.DUPLICATE_ADDRESS,
                (pack,),
                f"Two packs answer as pack {pack} (address {address}) and garble each other."
                f"{' Both would be master of the rack.' if pack == 1 else ''} Only one pack "
                f"may have this setting ({words.of(pack)}); give the other the next free number.",
            )
        )
    if any(pack == 1 for pack, _ in both):
        found.append(
            Remark(Kind.SECOND_MASTER, (1,), "Two packs have the master's address, so there is a second master.")
        )
    serials: dict[str, list[Answerer]] = {}
    for answerer in survey.answerers:
        serial = answerer.sample.identity.serial if answerer.sample.identity is not None else None
        if serial is not None and serial.strip():
            serials.setdefault(serial.strip(), []).append(answerer)
    for serial, those in serials.items():
        if len({answerer.pack for answerer in those}) > 1:
            names = listed([str(answerer.pack) for answerer in those])
            found.append(
                Remark(
                    Kind.DUPLICATE_SERIAL,
                    tuple(answerer.pack for answerer in those),
                    f"Packs {names} tell the same serial number, {serial}: one pack answers at several addresses, or "
                    "was given another's number. It must be counted once.",
                )
            )
    return found


def _addresses(survey: Survey, words: SwitchWords) -> list[Remark]:
    """The rules of a rack: one master, no gap, nobody alone beside others (A5L guide, ADD table)."""
    here = {answerer.pack for answerer in survey.answerers} | {entry.pack for entry in survey.garbled}
    here |= {pack for pack, _ in survey.swapped}
    found = []
    if 0 in here and len(here) > 1:
        found.append(
            Remark(
                Kind.STAND_ALONE,
                (0,),
                f"Pack 0 stands alone by its address ({words.of(0)}) and is on the line of a rack, where it speaks as "
                f"a master too: give it the next free number, {words.of(max(here) + 1)}.",
            )
        )
    rack = sorted(here - {0})
    asked = {number for numbers in survey.tried.values() for number in numbers}
    if rack and 1 not in here and 1 in asked:
        found.append(
            Remark(
                Kind.NO_MASTER,
                (),
                f"There is no master: no pack answers as pack 1. Make one pack the master, {words.of(1)}.",
            )
        )
    for below, above in zip([1, *rack], rack, strict=False):
        missing = [number for number in range(below + 1, above) if number in asked]
        if missing:
            found.append(
                Remark(
                    Kind.GAP,
                    tuple(missing),
                    f"No answer from pack {span(missing)}, but from pack {above}: {words.told(above)}; for pack "
                    f"{missing[0]} {words.of(missing[0])}. If there is a pack {missing[0]}, see whether it is on and "
                    "connected.",
                )
            )
    return found


def _strangers(survey: Survey) -> list[Remark]:
    usual = survey.usual
    found = [
        Remark(
            Kind.OTHER_DIALECT,
            (mixed.pack,),
            f"Another pack seems to speak {mixed.attempt.title}: asked so, address {mixed.address} gives two answers "
            f"at once, one of them from the pack that has this address in {_titled(usual)}. Set it to what the others "
            "speak.",
        )
        for mixed in survey.mixed
    ]
    for answerer in survey.answerers:
        attempt = answerer.attempt
        if usual is None or attempt == usual:
            continue
        same = attempt.dialect == usual.dialect
        what = f"is set to {attempt.baud} baud" if same else f"speaks {attempt.title}"
        others = f"{usual.baud} baud" if same else usual.title
        found.append(
            Remark(
                Kind.OTHER_SPEED if same else Kind.OTHER_DIALECT,
                (answerer.pack,),
                f"Pack {answerer.pack} (address {answerer.address}) {what}, the others {others}: set it as the others, "
                "or the master will not hear it.",
            )
        )
    return found


def _titled(attempt: Attempt | None) -> str:
    return "the usual dialect" if attempt is None else attempt.title


def _wires(survey: Survey) -> list[Remark]:
    if not survey.swapped:
        return []
    numbers = [number for number, _ in survey.swapped]
    title = survey.swapped[0][1].title
    if not survey.answerers:
        sentence = (
            f"{_packs(numbers)} when asked upside down, in {title}: A and B are swapped, at your adapter or at the "
            "plug. Swap the two wires."
        )
    else:
        sentence = (
            f"{_packs(numbers)} only when asked upside down: A and B are swapped at that plug, while the others are "
            "right. Swap its two wires."
        )
    return [Remark(Kind.SWAPPED_WIRES, tuple(numbers), sentence)]


def _packs(numbers: Sequence[int]) -> str:
    return f"Pack {numbers[0]} answers" if len(numbers) == 1 else f"Packs {span(numbers)} answer"


def _addressed(dialect: str, addresses: Sequence[int]) -> str:
    """Packs by their addresses on the wire, and by their numbers where those differ."""
    make = DIALECTS[dialect].parts().client
    client = None if make is None else make()
    numbers = {} if client is None else {client.address(number): number for number in range(1, client.max_packs + 1)}
    packs = [numbers[address] for address in addresses if address in numbers]
    wire = f"address{'es' if len(addresses) > 1 else ''} {span(addresses)}"
    if len(packs) < len(addresses) or packs == list(addresses):
        return wire
    return f"pack{'s' if len(packs) > 1 else ''} {span(packs)} ({wire})"
