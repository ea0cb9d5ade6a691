"""The rules for the addresses of a rack: exactly one master, no gap, nobody who stands alone, no more than allowed.

Source: A5L guide, ADD table (0 = "Pack 0, default", 1 = "Pack 1, master battery"); REQ-102, REQ-103, REQ-105.
"""

from __future__ import annotations

from collections.abc import Collection

from openress.errors import ParameterError
from openress.rack.standing import Finding, Trouble

__all__ = ["ALONE", "MASTER", "address_findings", "require_room"]

ALONE = 0
MASTER = 1


def require_room(numbers: Collection[int], *, product: str, pack_limit: int | None, dialect_limit: int) -> None:
    """Refuse a rack that is larger than the product or the dialect allows.

    Raises:
        ParameterError: in one sentence.
    """
    most = max(numbers, default=0)
    if pack_limit is not None and (len(numbers) > pack_limit or most > pack_limit):
        if len(numbers) > pack_limit:
            raise ParameterError(f"{len(numbers)} packs: a rack of {product} has at most {pack_limit} packs.")
        raise ParameterError(f"pack {most}: a rack of {product} has at most {pack_limit} packs.")
    if most > dialect_limit:
        raise ParameterError(f"pack {most}: this dialect can ask packs 1 to {dialect_limit} only.")


def address_findings(numbers: Collection[int], *, pack_limit: int | None) -> list[Finding]:
    """What is wrong with the set of numbers that answer; one finding for each rule that is broken.

    A pack alone, with number 0, is right; so are 1, 1 and 2, 1 to 3 and so on.
    """
    found = sorted(set(numbers))
    if not found or found == [ALONE]:
        return []
    findings = []
    if ALONE in found:
        findings.append(
            Finding(
                Trouble.STAND_ALONE,
                (ALONE,),
                "Pack 0 stands alone by its address and is on the line of a rack: give it the next free number.",
            )
        )
    in_rack = [number for number in found if number > ALONE]
    if MASTER not in in_rack:
        findings.append(
            Finding(Trouble.NO_MASTER, (), "No pack has number 1: a rack needs a master; set one pack's address to 1.")
        )
    missing = tuple(sorted(set(range(MASTER + 1, in_rack[-1])) - set(in_rack)))
    if missing:
        names = ", ".join(str(number) for number in missing)
        findings.append(
            Finding(
                Trouble.GAP,
                missing,
                f"Number {names} is missing below pack {in_rack[-1]}: number the packs without gaps, or find the one "
                "that does not answer.",
            )
        )
    if pack_limit is not None and (beyond := tuple(number for number in in_rack if number > pack_limit)):
        findings.append(
            Finding(
                Trouble.TOO_MANY, beyond, f"Pack {beyond[0]} answers, and this product allows {pack_limit} in a rack."
            )
        )
    return findings
