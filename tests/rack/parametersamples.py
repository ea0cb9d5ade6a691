"""A line of packs whose settings are changed, for the tests of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.rack.packline import PRODUCT, WHO, Line, MemoryJournal, Packs, session

from openress.model.change import ChangeKind, Outcome
from openress.params import ParameterSet
from openress.rack.parameters import Plan, Report, plan, write
from openress.rack.session import Session, reach

PACE = ("pace", "pace-modbus")
DEFAULTS = ParameterSet.defaults(PRODUCT)


async def yes(_plan: Plan) -> bool:
    return True


async def written(line: Line, dialect: str, values: Mapping[str, Any], journal: MemoryJournal) -> Report | None:
    async with session(line, dialect, journal) as talk:
        return await write(talk, await reach(talk, 1), values, who=WHO, confirm=yes)


NEW = {
    "pack_ov_alarm_v": 55.0,
    "pack_ov_release_v": 53.5,
    "cell_ov_alarm_mv": 3490.0,
    "cell_uv_protect_mv": 2600.0,
    "charge_ot_alarm_c": 58.0,
    "charge_ot_release_c": 57.0,
    "discharge_oc_alarm_a": 100.0,
    "discharge_oc2_protect_a": 145.0,
    "env_ut_alarm_c": -19.0,
    "env_ut_release_c": -18.0,
    "soc_low_alarm_pct": 10.0,
}
"""A change over nine groups of PACE."""


async def _planned(talk: Session, line: Line) -> Plan:
    planned = await plan(talk, await reach(talk, 1), NEW, who=WHO, kind=ChangeKind.WRITE)
    line.begin()
    return planned


def told_truly(packs: Packs, journal: MemoryJournal) -> None:
    """The pack has all old or all new settings, and the journal says which."""
    whole = {Outcome.DONE: {**DEFAULTS, **NEW}, Outcome.RESTORED: dict(DEFAULTS)}
    entry = journal.last
    assert entry.outcome in whole, entry.result
    assert packs.values() == whole[entry.outcome], entry.result
    assert dict(entry.new) == NEW
    assert dict(entry.old) == {key: DEFAULTS[key] for key in NEW}
