"""The facts of a product file that matter to an installer: sockets, recharging in storage, inverter settings."""

from __future__ import annotations

from itertools import pairwise

from openress.errors import ParameterError
from openress.names import hint
from openress.products.port import Port, PortUse, signals
from openress.products.product import Loop, Recharge, Setting
from openress.products.section import Section

__all__ = ["ports_of", "recharge_of", "settings_of"]


def ports_of(section: Section) -> tuple[Port, ...] | None:
    """Read the sockets, rows of name, use and pins 1 to 8.

    Raises:
        ParameterError: a row is of another form, or a name stands twice.
    """
    written = section.rows("ports")
    if written is None:
        return None
    ports = tuple(_port(section.where, row) for row in written)
    names = [port.name for port in ports]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"{section.where} ports has the socket {name} twice.")
    return ports


def _port(where: str, row: list[object]) -> Port:
    match row:
        case [str(name), str(use), str(pins)] if name.strip():
            if use not in list(PortUse):
                raise ParameterError(f"{where} ports {name} has no use {use!r}; {hint(use, list(PortUse))}")
            return Port(name, PortUse(use), signals(pins, f"{where} ports {name}"))
        case _:
            raise ParameterError(
                f'{where} ports has the row {row!r}; write rows as ["CAN", "inverter CAN", "NC NC NC NC NC NC CAN_H '
                'CAN_L"].'
            )


def recharge_of(section: Section) -> tuple[Recharge, ...] | None:
    """Read how often to recharge in storage, rows of the warmest temperature and the months.

    Raises:
        ParameterError: a row is of another form, or warmer storage would have the longer interval.
    """
    written = section.rows("recharge")
    if written is None:
        return None
    rows = tuple(_recharge(section.where, row) for row in written)
    for cooler, warmer in pairwise(rows):
        if cooler.up_to_c >= warmer.up_to_c or cooler.months < warmer.months:
            raise ParameterError(
                f"{section.where} recharge must go from cool to warm, and never ask for less charging when warmer."
            )
    return rows


def _recharge(where: str, row: list[object]) -> Recharge:
    match row:
        case [int() | float() as up_to_c, int() | float() as months] if months > 0:
            return Recharge(up_to_c, months)
        case _:
            raise ParameterError(f"{where} recharge has the row {row!r}; write rows as [30, 6]: up to 30 C, 6 months.")


def settings_of(section: Section) -> tuple[Setting, ...] | None:
    """Read fields of inverters' menus, rows of inverter, loop, field and value; `?` is a value nobody has published.

    Raises:
        ParameterError: a row is of another form.
    """
    written = section.rows("settings")
    return None if written is None else tuple(_setting(section.where, row) for row in written)


def _setting(where: str, row: list[object]) -> Setting:
    match row:
        case [str(inverter), str(loop), str(name), str(value)]:
            if loop not in list(Loop):
                raise ParameterError(f"{where} settings {name} has no loop {loop!r}; {hint(loop, list(Loop))}")
            return Setting(inverter, Loop(loop), name, None if value == "?" else value)
        case _:
            raise ParameterError(
                f'{where} settings has the row {row!r}; write rows as ["sol-ark", "open", "Float V", "53.6 V"].'
            )
