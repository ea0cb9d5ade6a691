"""Inverters that read registers: their questions as rows, and the parts of a dialect of one battery and one map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from openress.codec.modbus import Function, ReadRequest, encode
from openress.protocols.base import BatteryClient, Direction, Parts, ServerOptions
from openress.protocols.battery.serving import only_pack
from openress.protocols.inverter.asking import AskingInverter, Tongue, Values, chosen
from openress.protocols.inverter.polled import PolledBattery, served
from openress.protocols.inverter.registervoice import RegisterProfile, RegisterVoice, splitter_of
from openress.protocols.modbus import ModbusClient, ModbusDecoder, ModbusMap, Window
from openress.protocols.placing import register_places
from openress.protocols.serialbus import InverterOptions, Manner, Question

__all__ = ["asks", "extremes", "one_voice", "register_inverter", "register_parts"]


def asks(name: str, start: int, count: int, function: Function = Function.READ_HOLDING) -> Question:
    """A question for `count` registers from `start` on."""
    return Question(name, lambda address: encode(ReadRequest(address, function, start, count)))


def register_inverter(
    dialect: ModbusMap, manners: tuple[Manner, ...], understood: Callable[[Values], Values], options: InverterOptions
) -> AskingInverter:
    """An inverter of a map.

    Raises:
        ParameterError: a manner that is not there.
    """
    tongue = Tongue(lambda: splitter_of(dialect, Direction.FROM_BATTERY), lambda: ModbusDecoder(dialect), understood)
    return AskingInverter(tongue, chosen(manners, options))


def extremes(values: Mapping[str, Any]) -> Values:
    """Lowest and highest cell of those that an answer tells."""
    cells = [cell for cell in values.get("cell_voltages_mv", ()) if cell is not None]
    return {"cell_voltage_min_mv": min(cells), "cell_voltage_max_mv": max(cells)} if cells else {}


def one_voice(profile: RegisterProfile, options: ServerOptions) -> PolledBattery:
    """A battery of a map.

    Raises:
        ParameterError: a turnaround that no line allows.
    """
    return PolledBattery(RegisterVoice(profile), options)


def register_parts(
    profile: RegisterProfile,
    manners: tuple[Manner, ...],
    *,
    title: str,
    cycle: tuple[Window, ...],
    understood: Callable[[Values], Values],
    adapt: Callable[[dict[str, Any]], dict[str, Any]],
) -> Parts:
    """What a dialect of one battery and one map provides.

    Args:
        profile: the battery.
        manners: how its inverters ask, the usual one first.
        title: its name in messages.
        cycle: what we read of a battery that speaks it.
        understood: what an inverter takes from the values of an answer.
        adapt: puts such values into the public form, for the reading of batteries.
    """
    dialect = profile.dialect
    battery = partial(one_voice, profile)

    def client() -> BatteryClient:
        return ModbusClient(
            dialect, lambda pack: only_pack(pack, title), cycle=cycle, rarely=(), max_packs=1, adapt=adapt
        )

    return Parts(
        decoder=lambda: ModbusDecoder(dialect),
        server=served(battery),
        client=client,
        splitter=partial(splitter_of, dialect),
        serial_battery=battery,
        serial_inverter=partial(register_inverter, dialect, manners, understood),
        manners=manners,
        places=register_places(dialect),
    )
