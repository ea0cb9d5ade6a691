"""What the answering sides of simple dialects have in common: who speaks, whether it is fresh, who it says it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from openress.errors import ParameterError
from openress.model import Freshness, Identity, PackSample, RackSample, freshness
from openress.protocols.base import ServerOptions

__all__ = ["alone", "identity_of", "is_fresh", "only_pack", "required"]

T = TypeVar("T")


def alone(rack: RackSample) -> PackSample | None:
    """The pack that speaks where packs have no address on the wire: the master."""
    return min(rack.packs, key=lambda sample: sample.pack, default=None)


def only_pack(pack: int, dialect: str) -> int:
    """The address of a pack in a dialect without addresses.

    Raises:
        ParameterError: not pack 1.
    """
    if pack != 1:
        raise ParameterError(f"{dialect} has no pack addresses: a line has pack 1 and no other, not pack {pack}.")
    return 1


def is_fresh(sample: PackSample, now_s: float, options: ServerOptions) -> bool:
    """Whether the pack's values may be told at `now_s`."""
    return freshness(sample.at_s, now_s, fresh_for_s=options.fresh_for_s) is Freshness.FRESH


def identity_of(sample: PackSample, options: ServerOptions) -> Identity:
    """Who a pack says it is: itself, and where it does not know, what the battery says; a serial number is its own."""
    general, own = options.identity, sample.identity
    if own is None:
        return replace(general, serial=None)
    return Identity(
        own.at_s,
        own.serial,
        own.manufacturer or general.manufacturer,
        own.model or general.model,
        own.software_version or general.software_version,
        own.part_number or general.part_number,
    )


def required(value: T | None, what: str) -> T:
    """A value that an answer cannot leave out.

    Raises:
        ParameterError: it is not known.
    """
    if value is None:
        raise ParameterError(f"The pack does not know its {what}.")
    return value
