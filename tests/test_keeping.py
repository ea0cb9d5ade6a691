"""What packs of a running rack remember: nothing that holds a switch open is forgotten by switching off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from openress.bms.counting import Charge
from openress.bms.power import PowerState
from openress.bms.settings import Memory
from openress.catalog import load_product
from openress.keeping import Keeping
from openress.model import Condition, Fault
from openress.params import ParameterSet
from openress.protocols.access import Control
from openress.sim import PackBuild
from openress.sim.loads import ConstantLoad
from openress.sim.packmemory import Choice, Told, VirtualMemory
from openress.sim.virtual import VirtualRack, virtual_serial
from openress.store import EventKind, SavedState, Store

PRODUCT = load_product("syscom-a5l-51v2")
NOW_S = 1_800_000_000.0


def rack(memory: Memory | None = None, soc_pct: float = 50.0, current_a: float = 0.0) -> VirtualRack:
    build = PackBuild(cells=16, capacity_ah=100.0, initial_soc_pct=soc_pct)
    values = ParameterSet.defaults(PRODUCT)
    memories = {} if memory is None else {1: memory}
    return VirtualRack(PRODUCT, values, [build], load=ConstantLoad(current_a), seed=1, memories=memories)


def kept(path: Path) -> Keeping:
    return Keeping(path, PRODUCT, now_s=NOW_S, say=pytest.fail)


@pytest.mark.req("REQ-048")
def test_what_a_pack_knows_outlasts_a_restart(tmp_path: Path) -> None:
    known = Memory(
        Charge(42.5, 100.0, anchored=True, throughput_ah=640.0),
        ahead_ah=tuple(0.1 * cell for cell in range(16)),
        trips=10,
        locked=True,
        power=PowerState.AWAKE,
        protections=frozenset({Condition.DISCHARGE_OVER_CURRENT}),
    )
    keeping = kept(tmp_path / "db")
    assert keeping.remembered(virtual_serial(1)) is None
    keeping.keep(rack(known).packs[0], NOW_S)
    keeping.close()
    again = kept(tmp_path / "db")
    found = again.remembered(virtual_serial(1))
    again.close()
    assert found is not None
    assert replace(found, plan=known.plan, learned=None) == known


@pytest.mark.req("REQ-130", "REQ-132")
def test_faults_become_records_when_they_begin_and_end(tmp_path: Path) -> None:
    virtual = rack()
    pack = virtual.packs[0]
    keeping = kept(tmp_path / "db")
    for second in range(30):
        virtual.step(1.0)
        assert pack.sense is not None
        torn = replace(pack.sense, temperatures_c=(25.0, 25.0, 25.0, -60.0))
        pack.step(torn if 5 <= second < 10 else pack.sense, virtual.plant.now_s)
        keeping.keep(pack, NOW_S + second)
    keeping.close()
    store = Store(tmp_path / "db", at_s=NOW_S, say=pytest.fail)
    records = store.pack(virtual_serial(1)).history()
    store.close()
    kinds = [record.event for record in reversed(records)]
    assert kinds[0] is EventKind.FAULT
    assert EventKind.FAULT_END in kinds
    assert records[-1].record.faults == {Fault.TEMPERATURE_SENSOR}


def test_what_a_pack_has_learned_outlasts_a_restart(tmp_path: Path) -> None:
    used = rack(current_a=-40.0)
    for _ in range(60):
        used.step(30.0)
    keeping = kept(tmp_path / "db")
    keeping.keep(used.packs[0], NOW_S)
    keeping.close()
    again = kept(tmp_path / "db")
    found = again.remembered(virtual_serial(1))
    again.close()
    assert found is not None
    assert found.learned is not None
    before = used.packs[0].bms.memory().learned
    assert before is not None
    assert found.learned.estimate == before.estimate
    assert found.learned.health == replace(before.health, last=None)
    assert found.learned.health.counters.discharged_ah == pytest.approx(20.0, rel=0.05)
    on = rack(found)
    on.step(30.0)
    assert on.packs[0].bms.health.counters.discharged_ah >= found.learned.health.counters.discharged_ah


def test_what_cannot_be_read_back_is_told_and_learned_anew(tmp_path: Path) -> None:
    store = Store(tmp_path / "db", at_s=NOW_S, say=pytest.fail)
    state = SavedState(at_s=NOW_S, remaining_ah=40.0, full_ah=100.0, estimate={"version": 0}, health={"version": 0})
    store.pack(virtual_serial(1)).save_state(state)
    store.close()
    said: list[str] = []
    keeping = Keeping(tmp_path / "db", PRODUCT, now_s=NOW_S, say=said.append)
    found = keeping.remembered(virtual_serial(1))
    keeping.close()
    assert found is not None
    assert (found.charge.remaining_ah, found.learned) == (40.0, None)
    assert len(said) == 1
    assert "VIRTUAL-0001" in said[0]


def test_another_capacity_is_another_pack(tmp_path: Path) -> None:
    keeping = kept(tmp_path / "db")
    keeping.keep(rack(Memory(Charge(42.5, 50.0))).packs[0], NOW_S)
    keeping.close()
    again = kept(tmp_path / "db")
    assert again.remembered(virtual_serial(1)) is None
    again.close()


@pytest.mark.req("REQ-130", "REQ-132")
def test_events_become_records(tmp_path: Path) -> None:
    empty = rack(soc_pct=4.0, current_a=-80.0)
    keeping = kept(tmp_path / "db")
    for second in range(600):
        empty.step(1.0)
        keeping.keep(empty.packs[0], NOW_S + second)
    keeping.close()
    store = Store(tmp_path / "db", at_s=NOW_S, say=pytest.fail)
    records = store.pack(virtual_serial(1)).history()
    store.close()
    assert EventKind.ALARM in {record.event for record in records}
    assert [record.at_s for record in records] == sorted((record.at_s for record in records), reverse=True)


@pytest.mark.req("REQ-132", "REQ-213")
def test_settings_and_orders_outlast_a_restart_and_are_journalled(tmp_path: Path) -> None:
    keeping, running = kept(tmp_path / "db"), rack()
    serial = virtual_serial(1)
    defaults = ParameterSet.defaults(PRODUCT)
    assert keeping.settings(serial, defaults, {}) is None
    assert keeping.told_before(serial) == Told()
    memory = VirtualMemory(running, lambda: NOW_S, witness=keeping)
    assert memory.write(1, {"cell_ov_alarm_mv": 3490}) is None
    assert memory.write(1, {"cell_ov_alarm_mv": 3700}) is not None
    assert memory.control(1, Control.CHARGE_SWITCH, on=False) is None
    assert memory.choose_protocol(1, Choice(can=3)) is None
    assert memory.write(1, {"limiter_start_a": 60.0}) is None
    keeping.close()
    again = kept(tmp_path / "db")
    found = again.settings(serial, defaults, {})
    assert found is not None
    assert found["cell_ov_alarm_mv"] == 3490
    # What the configuration names wins.
    named = again.settings(serial, defaults, {"cell_ov_alarm_mv": 3480})
    assert named is not None
    assert named["cell_ov_alarm_mv"] == 3480
    told = again.told_before(serial)
    assert told == Told({Control.CHARGE_SWITCH: False}, 0.0, Choice(can=3), limiter_start_a=60.0)
    assert VirtualMemory(rack(), lambda: NOW_S, told={1: told}).parameters(1)["limiter_start_a"] == 60.0
    again.close()
    store = Store(tmp_path / "db", at_s=NOW_S, say=pytest.fail)
    refused, *done = store.pack(serial).journal()
    store.close()
    assert (refused.key, refused.old, refused.new) == ("cell_ov_alarm_mv", 3490, 3700)
    assert "must be below" in refused.result
    assert ("a link", "cell_ov_alarm_mv", 3490.0) in {(entry.who, entry.key, entry.new) for entry in done}


def test_settings_that_cannot_be_used_any_more_are_told(tmp_path: Path) -> None:
    told: list[str] = []
    keeping = Keeping(tmp_path / "db", PRODUCT, now_s=NOW_S, say=told.append)
    keeping.set(rack().packs[0], "x")
    assert keeping.settings(virtual_serial(1), ParameterSet.defaults(PRODUCT), {"cell_ov_alarm_mv": 3700.0}) is None
    keeping.close()
    assert len(told) == 1
    assert "are not used" in told[0]


@pytest.mark.req("REQ-132")
def test_records_are_there_again_after_a_restart(tmp_path: Path) -> None:
    empty = rack(soc_pct=4.0, current_a=-80.0)
    VirtualMemory(empty, lambda: NOW_S)
    keeping = kept(tmp_path / "db")
    for second in range(600):
        empty.step(1.0)
        keeping.keep(empty.packs[0], NOW_S + second)
    keeping.close()
    before = empty.packs[0].records.read()
    assert before
    again, fresh = kept(tmp_path / "db"), rack()
    again.recall(fresh.packs[0])
    again.close()
    assert fresh.packs[0].records.read() == before
