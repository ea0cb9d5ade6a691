"""The address switches of packs: pictures of them, what a set of them means, and what is wrong with it.

Tables are kept as printed. For products whose table is not published, schemes of similar packs are at hand; they are
used only when a person names one, and every answer says that the maker has not confirmed them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from openress.errors import ParameterError
from openress.install.finding import Finding, Weight
from openress.model import Confidence, Source
from openress.names import hint
from openress.products import AddressSwitch, Product, Role, SwitchRow

__all__ = ["SCHEMES", "Scheme", "address_of", "counting", "examine", "picture", "positions_of", "switch_of"]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way of counting with switches that similar packs use.

    Attributes:
        positions: how many switches it needs.
        rows: the table for a rack of so many packs.
        source: who prints it.
    """

    positions: int
    rows: Callable[[int], AddressSwitch]
    source: Source


def _bits(value: int, count: int) -> tuple[bool, ...]:
    return tuple(bool(value >> bit & 1) for bit in range(count))


def _seplos(packs: int) -> AddressSwitch:
    if packs == 1:
        return AddressSwitch((SwitchRow(0, (False,) * 8, Role.STAND_ALONE),))
    host = SwitchRow(0, (*_bits(0, 4), *_bits(packs - 1, 4)), Role.MASTER)
    return AddressSwitch((host, *(SwitchRow(k, (*_bits(k, 4), *_bits(0, 4)), Role.SLAVE) for k in range(1, 16))))


def _six_bits(_packs: int) -> AddressSwitch:
    return AddressSwitch(tuple(SwitchRow(k, _bits(k, 6), Role.SLAVE if k else Role.MASTER) for k in range(64)))


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "seplos-8bit": Scheme(
            8,
            _seplos,
            Source(
                "Seplos 48 V 200 A BMS manual, 9.4: switches 1 to 4 are the address, 5 to 8 of the host its slaves",
                Confidence.INFERENCE,
            ),
        ),
        "narada-6bit": Scheme(
            6,
            _six_bits,
            Source("Alpha APL48 and HRESYS TL manuals: 64 packs, address 0 is the master", Confidence.INFERENCE),
        ),
    }
)


def switch_of(product: Product, packs: int, scheme: str | None = None) -> AddressSwitch:
    """Find the switch table for a rack of `packs`: the product's, or that of a scheme that the person named.

    Raises:
        ParameterError: the product's table is not published and no scheme was named, or the scheme does not fit.
    """
    if scheme is None:
        if product.address_switch is not None:
            return product.address_switch
        raise _not_published(product)
    if scheme not in SCHEMES:
        raise ParameterError(f"There is no switch scheme {scheme}; {hint(scheme, SCHEMES)}")
    chosen = SCHEMES[scheme]
    if product.address_switch is not None:
        raise ParameterError(f"{product.title} has a printed switch table; leave --scheme out.")
    if product.switch_positions not in (None, chosen.positions):
        raise ParameterError(
            f"The scheme {scheme} has {chosen.positions} switches, {product.title} has {product.switch_positions}."
        )
    return chosen.rows(packs)


def _not_published(product: Product) -> ParameterError:
    if product.switch_positions is None or product.switch_scheme is None:
        how = [note for note in product.notes or () if "witch" in note]
        return ParameterError(" ".join((f"{product.title} has no address switches that are published.", *how)))
    fitting = [name for name, scheme in SCHEMES.items() if scheme.positions == product.switch_positions]
    return ParameterError(
        f"{product.title}: the table of its {product.switch_positions} toggle switches is not published; take it from "
        f"the label, or try the scheme of similar packs, which the maker has not confirmed: --scheme {fitting[0]}."
    )


def positions_of(text: str) -> tuple[bool, ...] | None:
    """Read a picture of switches, switch 1 first: `ON OFF OFF ON`, `1001`; `None` when it is none.

    A number such as `10` is a picture of two switches as well as an address: who asks decides by the count.
    """
    words = [word for word in re.split(r"[\s,]+", text.strip().upper()) if word]
    if len(words) == 1 and words[0] and set(words[0]) <= {"0", "1"}:
        words = list(words[0])
    meaning = {"ON": True, "1": True, "OFF": False, "0": False}
    if not words or not all(word in meaning for word in words):
        return None
    return tuple(meaning[word] for word in words)


def address_of(text: str, switch: AddressSwitch) -> int:
    """Read an address, or a picture of switches, and tell the address.

    Raises:
        ParameterError: it is neither, or the table has no such row.
    """
    positions = positions_of(text)
    if positions is not None and len(positions) == switch.positions:
        return switch.decode(positions)
    if re.fullmatch(r"[0-9]{1,3}", text.strip()):
        return switch.row(int(text)).address
    if positions is not None:
        raise ParameterError(f"{text!r} shows {len(positions)} switches; this product has {switch.positions}.")
    raise ParameterError(f"{text!r} is neither an address nor a picture such as {switch.rows[-1].picture!r}.")


def counting(switch: AddressSwitch) -> tuple[int, ...] | None:
    """What each switch counts, switch 1 first, where the table is a plain binary number; `None` otherwise."""
    weights = tuple(1 << bit for bit in range(switch.positions))
    for row in switch.rows:
        if sum(weight for weight, on in zip(weights, row.positions, strict=True) if on) != row.address:
            return None
    return weights


def picture(row: SwitchRow, switch: AddressSwitch) -> list[str]:
    """Draw the switches of an address in text, the lowest number on the left; up is ON."""
    columns = range(1, switch.positions + 1)
    lines = [
        "  ON     " + " ".join(" ## " if on else " .. " for on in row.positions),
        "  OFF    " + " ".join(" .. " if on else " ## " for on in row.positions),
        "  switch " + " ".join(f"{number:^4}" for number in columns),
    ]
    if (weights := counting(switch)) is not None:
        lines.append("  counts " + " ".join(f"{weight:^4}" for weight in weights))
    return [line.rstrip() for line in lines]


def examine(addresses: Sequence[int], switch: AddressSwitch) -> list[Finding]:
    """Find what is wrong with the addresses of a rack, pack by pack as they stand.

    Duplicates, gaps, no master, and a stand-alone address within a rack.
    """
    known = [row.address for row in switch.rows]
    findings: list[Finding] = []
    for address in sorted(set(addresses)):
        packs = [str(number) for number, other in enumerate(addresses, start=1) if other == address]
        if address not in known:
            findings.append(
                Finding("no-such-address", Weight.REFUSED, f"Pack {packs[0]}: the switches have no address {address}.")
            )
        elif len(packs) > 1:
            findings.append(
                Finding(
                    "duplicate-address",
                    Weight.REFUSED,
                    f"Packs {' and '.join(packs)} have the same address {address} ({switch.row(address).picture}): "
                    "they answer at the same time and neither is understood; give each its own.",
                )
            )
    findings += _roles([address for address in addresses if address in known], switch)
    findings += _gaps(addresses, switch)
    return findings


def _roles(addresses: Sequence[int], switch: AddressSwitch) -> list[Finding]:
    masters = [row.address for row in switch.rows if row.role is Role.MASTER]
    alone = [a for a in addresses if switch.row(a).role is Role.STAND_ALONE]
    found: list[Finding] = []
    if len(addresses) > 1 and alone:
        found.append(
            Finding(
                "stand-alone-in-rack",
                Weight.REFUSED,
                f"Address {alone[0]} is for a pack that stands alone: it takes no part in a rack of {len(addresses)}.",
            )
        )
    if masters and addresses and masters[0] not in addresses and not (len(addresses) == 1 and alone):
        found.append(
            Finding(
                "no-master",
                Weight.REFUSED,
                f"No pack has address {masters[0]} ({switch.row(masters[0]).picture}): none is the master, and the "
                "inverter hears nobody.",
            )
        )
    return found


def _gaps(addresses: Sequence[int], switch: AddressSwitch) -> list[Finding]:
    taking = [row.address for row in switch.rows if row.role is not Role.STAND_ALONE]
    used = {address for address in addresses if address in taking}
    if not used:
        return []
    missing = [address for address in taking if min(taking) < address < max(used) and address not in used]
    if not missing:
        return []
    names = ", ".join(str(address) for address in missing)
    head = f"Address {names} is" if len(missing) == 1 else f"Addresses {names} are"
    return [
        Finding(
            "address-gap",
            Weight.REFUSED,
            f"{head} missing below {max(used)}: the master stops counting there; number the packs without gaps from "
            f"{min(taking)} on.",
        )
    ]
