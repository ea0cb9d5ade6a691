"""An installation as somebody has wired it, or means to: read from plain values, and checked wire by wire."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openress.errors import ParameterError
from openress.install.dip import positions_of
from openress.install.plan import Plan
from openress.names import hint

__all__ = ["End", "InverterCable", "Joint", "Station", "Topology", "topology_from_mapping", "topology_text"]

BUSBAR = 0
"""Number that stands for the busbars outside, where a pack's number would stand."""

_TOP = ("product", "inverter", "packs", "links", "power", "inverter_cable", "pack_current_a", "total_current_a")
_PACK = ("address", "switches", "product", "part_number", "torque_nm")


@dataclass(frozen=True, slots=True)
class End:
    """One end of a cable: a pack, or the busbars (0), and the socket or terminal there."""

    pack: int
    at: str

    def __str__(self) -> str:
        return f"busbar {self.at}" if self.pack == BUSBAR else f"pack {self.pack} {self.at}"


@dataclass(frozen=True, slots=True)
class Joint:
    """One cable with two ends."""

    start: End
    end: End

    def __str__(self) -> str:
        return f"{self.start} to {self.end}"


@dataclass(frozen=True, slots=True)
class Station:
    """One pack as it stands in the rack; what nobody has written down is `None`."""

    number: int
    address: int | None = None
    positions: tuple[bool, ...] | None = None
    product: str | None = None
    part_number: str | None = None
    torque_nm: float | None = None


@dataclass(frozen=True, slots=True)
class InverterCable:
    """The cable to the inverter: where it is plugged, and whether it is a straight one."""

    start: End
    straight: bool | None = None


@dataclass(frozen=True, slots=True)
class Topology:
    """All of it. `power` joins terminals `+1 +2 -1 -2` of packs with each other and with the busbars."""

    product: str
    inverter: str | None
    packs: tuple[Station, ...]
    links: tuple[Joint, ...] = ()
    power: tuple[Joint, ...] = ()
    inverter_cable: InverterCable | None = None
    pack_current_a: float | None = None
    total_current_a: float | None = None


def topology_from_mapping(content: Mapping[str, object], *, name: str) -> Topology:
    """Read a topology; `name` is what errors call the file.

    Raises:
        ParameterError: a key is unknown or a value of another form.
    """
    _known(name, content, _TOP)
    product = content.get("product")
    if not isinstance(product, str):
        raise ParameterError(f'{name} must name its battery, as in product = "syscom-a5l-51v2".')
    packs = _tables(name, content, "packs")
    if not packs:
        raise ParameterError(f"{name} has no packs: write a [[packs]] for each, from the top of the rack.")
    inverter = _text(name, content, "inverter")
    return Topology(
        product,
        inverter,
        tuple(_station(name, number, table) for number, table in enumerate(packs, start=1)),
        tuple(_joint(name, "links", table, len(packs)) for table in _tables(name, content, "links")),
        tuple(_joint(name, "power", table, len(packs)) for table in _tables(name, content, "power")),
        _inverter_cable(name, content.get("inverter_cable"), len(packs)),
        _amperes(name, content, "pack_current_a"),
        _amperes(name, content, "total_current_a"),
    )


def _known(where: str, table: Mapping[str, object], keys: Sequence[str]) -> None:
    for key in table:
        if key not in keys:
            raise ParameterError(f"{where} has no {key}; {hint(key, keys)}")


def _tables(name: str, content: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    written = content.get(key, [])
    if not isinstance(written, list) or not all(isinstance(entry, Mapping) for entry in written):
        raise ParameterError(f"{name}: {key} must be written as [[{key}]], once for each.")
    return written


def _station(name: str, number: int, table: Mapping[str, object]) -> Station:
    where = f"{name}, pack {number}"
    _known(where, table, _PACK)
    address, switches = table.get("address"), table.get("switches")
    if address is not None and (isinstance(address, bool) or not isinstance(address, int)):
        raise ParameterError(f"{where}: address must be a whole number, not {address!r}.")
    positions = None
    if switches is not None:
        positions = positions_of(switches) if isinstance(switches, str) else None
        if positions is None:
            raise ParameterError(f'{where}: switches must be a picture such as "ON OFF OFF OFF", not {switches!r}.')
    torque = table.get("torque_nm")
    if torque is not None and (isinstance(torque, bool) or not isinstance(torque, int | float)):
        raise ParameterError(f"{where}: torque_nm must be a number, not {torque!r}.")
    product, part = _text(where, table, "product"), _text(where, table, "part_number")
    return Station(number, address, positions, product, part, torque)


def _text(where: str, table: Mapping[str, object], key: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise ParameterError(f"{where}: {key} must be a text in quotes, not {value!r}.")
    return value


def _joint(name: str, kind: str, table: Mapping[str, object], packs: int) -> Joint:
    _known(f"{name}, [[{kind}]]", table, ("from", "to"))
    start, end = (
        _end(f"{name}, [[{kind}]] {key}", table.get(key), packs, busbar=kind == "power") for key in ("from", "to")
    )
    if start.pack == end.pack:
        raise ParameterError(f"{name}, [[{kind}]]: a cable from {start} to {end} leads nowhere; it joins two places.")
    return Joint(start, end)


def _end(where: str, text: object, packs: int, *, busbar: bool = False) -> End:
    found = re.fullmatch(r"\s*(busbar|[0-9]+)\s+(.+?)\s*", text) if isinstance(text, str) else None
    if found is None or (found[1] == "busbar" and not busbar):
        example = '"2 +1" or "busbar +"' if busbar else '"2 LINK-IN"'
        raise ParameterError(f"{where} must be a pack and a place there, as {example}, not {text!r}.")
    pack = BUSBAR if found[1] == "busbar" else int(found[1])
    if found[1] != "busbar" and not 1 <= pack <= packs:
        raise ParameterError(f"{where}: there is no pack {pack}; there are {packs}.")
    return End(pack, found[2])


def _inverter_cable(name: str, table: object, packs: int) -> InverterCable | None:
    if table is None:
        return None
    where = f"{name}, [inverter_cable]"
    if not isinstance(table, Mapping):
        raise ParameterError(f"{where} must be a table, not {table!r}.")
    _known(where, table, ("from", "straight"))
    straight = table.get("straight")
    if straight is not None and not isinstance(straight, bool):
        raise ParameterError(f"{where} straight must be true or false, not {straight!r}.")
    return InverterCable(_end(f"{where} from", table.get("from"), packs), straight)


def _amperes(name: str, content: Mapping[str, object], key: str) -> float | None:
    value = content.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ParameterError(f"{name}: {key} must be a number above 0, not {value!r}.")
    return value


def topology_text(plan: Plan, *, pack_current_a: float | None = None) -> str:
    """Write a plan in the form that `topology_from_mapping` reads, as TOML to be edited."""
    lines = [
        "# The wiring of a rack: packs from the top, links, power cables. Change it to what is really there, and check",
        "# it again.",
        f'product = "{plan.product.key}"',
        f'inverter = "{plan.inverter.key}"',
    ]
    if pack_current_a is not None:
        lines.append(f"pack_current_a = {pack_current_a:g}")
    if plan.total_current_a is not None:
        lines.append(f"total_current_a = {plan.total_current_a:g}")
    for pack in plan.packs:
        lines += ["", "[[packs]]"]
        if pack.row is not None:
            lines += [f"address = {pack.row.address}", f'switches = "{pack.row.picture}"']
    for link in plan.links:
        lines += [
            "",
            "[[links]]",
            f'from = "{link.from_pack} {link.from_port}"',
            f'to = "{link.to_pack} {link.to_port}"',
        ]
    for start, end in _power_of(plan):
        lines += ["", "[[power]]", f'from = "{start}"', f'to = "{end}"']
    if plan.cable is not None:
        straight = "true" if plan.cable.straight else "false"
        place = f"{plan.master.number} {plan.cable.port.name}"
        lines += ["", "[inverter_cable]", f'from = "{place}"', f"straight = {straight}"]
    return "\n".join(lines) + "\n"


def _power_of(plan: Plan) -> list[tuple[str, str]]:
    joints = []
    for string in plan.strings:
        first, last = string.packs[0], string.packs[-1]
        low = "-2" if (plan.product.negative_terminals or 1) > 1 else "-1"
        joints.append((f"{first} +1", "busbar +"))
        for upper, lower in zip(string.packs, string.packs[1:], strict=False):
            joints += [(f"{upper} +2", f"{lower} +1"), (f"{upper} -2", f"{lower} -1")]
        joints.append((f"{last} {low}", "busbar -"))
    return joints
