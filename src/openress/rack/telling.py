"""What is told of the rack's packs, in sentences: what has changed, and what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Collection

from openress.rack.identity import Doubt, Turn
from openress.rack.place import Place
from openress.rack.standing import Finding, Objection, Standing, Trouble

__all__ = ["change_sentence", "nobody_finding", "place_findings", "standing_sentence"]

_STANDINGS = {
    Standing.AWAITED: "Pack {0} is awaited.",
    Standing.JOINING: "Pack {0} answers.",
    Standing.COUNTED: "Pack {0} counts.",
    Standing.LOST: "Pack {0} has fallen silent.",
    Standing.ASLEEP: "Pack {0} sleeps.",
    Standing.EXCLUDED: "Pack {0} does not count: it is not certain who answers there.",
}
_NOT_UNDERSTOOD = "Nothing from address {0} can be understood any more."
_LEAVES = "Pack {0} does not count for now."
_TURNS = {
    Turn.EXCHANGED: "Another pack answers at address {0} now.",
    Turn.MOVED: "The pack that was number {1} is number {0} now.",
    Turn.SWAPPED: "Packs {0} and {1} have changed places.",
}
_OBJECTIONS = {
    Objection.VOLTAGE: "its voltage differs from the others'",
    Objection.CHARGE: "its charge differs from the others'; charge it alone first, or accept it",
    Objection.TEMPERATURE: "its temperature differs from the others'; let it stand with them, or accept it",
    Objection.EQUALISING_CURRENT: "more current would flow when it is connected than a pack may carry",
}


def change_sentence(what: Standing | Turn, number: int, about: Place | int | None) -> str:
    """What has become of pack `number`; `about` is what is remembered of it, of a turn the other address."""
    if isinstance(what, Turn):
        return _TURNS[what].format(number, about)
    if isinstance(about, Place) and what is Standing.LOST and about.only_garbled:
        return _NOT_UNDERSTOOD.format(number)
    if isinstance(about, Place) and what is Standing.JOINING and about.standing is Standing.COUNTED:
        return _LEAVES.format(number)
    return _STANDINGS[what].format(number)


def standing_sentence(standing: Standing, number: int) -> str:
    """What pack `number` is to the rack."""
    return _STANDINGS[standing].format(number)


def place_findings(
    number: int,
    place: Place,
    doubt: tuple[Doubt, int | None] | None,
    now_s: float,
    *,
    awaited: bool,
    noisy: bool,
    blamed: bool,
    product: str,
) -> list[Finding]:
    """What is wrong with one address.

    Args:
        number: the address.
        place: what is remembered of it.
        doubt: why it is not certain who answers, if so.
        now_s: the time.
        awaited: packs that are not heard are worth a word.
        noisy: damaged answers are the line's.
        blamed: silence is the pack's: it has been asked, and others answer, see `nobody_finding`.
        product: what a pack should be.
    """
    found: list[Finding] = []

    def say(trouble: Trouble, sentence: str, *others: int) -> None:
        found.append(Finding(trouble, tuple(sorted((number, *others))), sentence))

    unheard = awaited and place.standing in (Standing.LOST, Standing.AWAITED) and place.only_garbled
    if place.standing is Standing.AWAITED and awaited and place.asked_in_vain and not unheard:
        say(Trouble.NOT_SEEN, f"Pack {number} has not been heard: is it on, and is its LINK cable in?")
    if place.standing is Standing.LOST and awaited and blamed:
        silent_s = now_s - (place.heard_s or now_s)
        say(
            Trouble.LOST,
            f"Pack {number} has {'not been understood' if unheard else 'been silent'} for {silent_s:.0f} s and may "
            "still be on the busbar: its last limits hold until it answers or you remove it.",
        )
    if place.often_garbled or unheard:
        if noisy:
            say(Trouble.NOISE, f"Answers of pack {number} and others arrive damaged: look at the cable and its ends.")
        else:
            say(
                Trouble.GARBLED,
                f"Answers at address {number} arrive damaged: two packs may have this address. Compare the address "
                "switches; where they differ, look at the cable of this pack.",
            )
    elif doubt is not None:
        what, other = doubt
        if what is Doubt.TWIN and other is not None:
            say(Trouble.DUPLICATE_SERIAL, f"Packs {other} and {number} tell the same serial number.", other)
        else:
            say(Trouble.DUPLICATE_ADDRESS, f"Address {number} is answered by two packs: give one another number.")
    return found + (_refusals(number, place.objections, product) if place.standing is Standing.JOINING else [])


def nobody_finding(numbers: Collection[int], silent_s: float) -> Finding:
    """That none of the packs answers any more: one cause, and nothing of them holds."""
    sentence = (
        f"No pack has answered for {silent_s:.0f} s, so no current is allowed until they answer again: check the "
        "cable to the packs, and that they are on."
    )
    return Finding(Trouble.LOST, tuple(sorted(numbers)), sentence)


def _refusals(number: int, objections: tuple[Objection, ...], product: str) -> list[Finding]:
    found = []
    if Objection.CELLS in objections:
        sentence = f"Pack {number} has another number of cells than {product}: it is another product."
        found.append(Finding(Trouble.WRONG_PRODUCT, (number,), sentence))
    if Objection.PART_NUMBER in objections:
        sentence = f"Pack {number} has another part number than the others (mixed part numbers): exchange or accept it."
        found.append(Finding(Trouble.MIXED_PARTS, (number,), sentence))
    reasons = [_OBJECTIONS[one] for one in objections if one in _OBJECTIONS]
    if reasons:
        found.append(Finding(Trouble.JOIN_REFUSED, (number,), f"Pack {number} does not count: {'; '.join(reasons)}."))
    return found
