"""The alarms between gateway and inverter, each by its own circumstances and with a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.gateway.bench import measured, reading

from openress.errors import ParameterError
from openress.gateway.hold import State, Told
from openress.gateway.supervise import LISTEN_S, RIVAL_GONE_S, Alarm, Habits, Line, Supervisor, Trouble
from openress.model import Limits
from openress.protocols.canbus import Heard

ALIVE = Heard(alive_at_s=0.0)


def told(current_a: float, *, charge_a: float = 50.0, discharge_a: float = 50.0) -> Told:
    rack = measured(
        reading(0.0, charge_current_limit_a=charge_a, discharge_current_limit_a=discharge_a), pack_current_a=current_a
    )
    return Told(State.LIVE, rack, age_s=1.0)


REST = told(0.0)


def names(alarms: tuple[Alarm, ...]) -> list[Trouble]:
    return [alarm.trouble for alarm in alarms]


def test_all_is_well():
    supervisor = Supervisor(Habits(), 0.0)
    assert supervisor.look(ALIVE, Line.WORKS, REST, 1.0) == ()


def test_f10_inverter_silence():
    supervisor = Supervisor(Habits(name="The Deye", quiet_for_s=60.0), 0.0)
    supervisor.spoke(0.0)
    assert supervisor.look(ALIVE, Line.WORKS, REST, 60.0) == ()
    (alarm,) = supervisor.look(ALIVE, Line.WORKS, REST, 61.0)
    assert (alarm.trouble, alarm.since_s) == (Trouble.INVERTER_SILENT, 61.0)
    assert alarm.sentence.startswith("The Deye has been silent for 61 s:")
    (later,) = supervisor.look(ALIVE, Line.WORKS, REST, 90.0)
    assert later.since_s == 61.0
    assert supervisor.look(Heard(alive_at_s=91.0), Line.WORKS, REST, 92.0) == ()


def test_an_inverter_that_has_never_answered_is_told_apart():
    supervisor = Supervisor(Habits(), 0.0)
    assert supervisor.look(Heard(), Line.WORKS, REST, 500.0) == ()
    supervisor.spoke(500.0)
    (alarm,) = supervisor.look(Heard(), Line.WORKS, REST, 561.0)
    assert "has not answered yet" in alarm.sentence


def test_the_silence_of_an_inverter_that_never_answers_is_no_trouble():
    supervisor = Supervisor(Habits(answers=False), 0.0)
    supervisor.spoke(0.0)
    assert supervisor.look(Heard(), Line.WORKS, REST, 1000.0) == ()


def test_where_only_some_answer_silence_counts_after_the_first_answer():
    supervisor = Supervisor(Habits(answers=None), 0.0)
    supervisor.spoke(0.0)
    assert supervisor.look(Heard(), Line.WORKS, REST, 1000.0) == ()
    assert names(supervisor.look(ALIVE, Line.WORKS, REST, 1001.0)) == [Trouble.INVERTER_SILENT]


def test_a_pause_of_more_than_five_seconds_is_no_silence():
    """A Deye pauses its sign of life for more than 5 s at midnight."""
    supervisor = Supervisor(Habits(), 0.0)
    supervisor.spoke(0.0)
    assert supervisor.look(ALIVE, Line.WORKS, REST, 8.0) == ()


def test_f11_inverter_ignores_limits():
    """Above the limit for longer than the inverter needs to follow; a little above is within the sensors."""
    supervisor = Supervisor(Habits(reacts_in_s=15.0), 0.0)
    over = told(70.0)
    assert supervisor.look(ALIVE, Line.WORKS, over, 1.0) == ()
    assert supervisor.look(ALIVE, Line.WORKS, over, 15.9) == ()
    (alarm,) = supervisor.look(ALIVE, Line.WORKS, over, 16.0)
    assert alarm.trouble is Trouble.CHARGE_DISOBEYED
    assert alarm.sentence.startswith("Charging runs with 70 A and 50 A are allowed:")
    assert supervisor.look(ALIVE, Line.WORKS, told(54.0), 17.0) == ()
    assert supervisor.look(ALIVE, Line.WORKS, over, 18.0) == ()


def test_discharging_above_its_limit():
    supervisor = Supervisor(Habits(reacts_in_s=5.0), 0.0)
    supervisor.look(ALIVE, Line.WORKS, told(-20.0, discharge_a=0.0), 1.0)
    (alarm,) = supervisor.look(ALIVE, Line.WORKS, told(-20.0, discharge_a=0.0), 6.0)
    assert alarm.trouble is Trouble.DISCHARGE_DISOBEYED


def test_nothing_is_concluded_from_old_currents():
    supervisor = Supervisor(Habits(reacts_in_s=5.0), 0.0)
    assert REST.rack is not None
    blind = Told(State.STOPPED, replace(REST.rack, analog=None, limits=Limits(0.0)), age_s=16.0)
    for second in range(20):
        assert names(supervisor.look(ALIVE, Line.WORKS, blind, float(second))) == [Trouble.STALE]


@pytest.mark.parametrize(("state", "says"), [(State.FADING, "is told to stop"), (State.SILENT, "nothing is sent")])
def test_f12_stale_data_are_told(state: State, says: str):
    supervisor = Supervisor(Habits(), 0.0)
    (alarm,) = supervisor.look(ALIVE, Line.WORKS, Told(state, age_s=12.0), 1.0)
    assert alarm.trouble is Trouble.STALE
    assert says in alarm.sentence


def test_f13_second_talker():
    """We fall silent and say so; a minute after its last word we are the only voice again."""
    supervisor = Supervisor(Habits(), 0.0)
    assert supervisor.may_talk(ALIVE, 10.0)
    heard = Heard(alive_at_s=10.0, rival_at_s=10.0, rival_id=0x351)
    assert not supervisor.may_talk(heard, 10.0)
    (alarm,) = supervisor.look(heard, Line.WORKS, REST, 10.0)
    assert alarm.trouble is Trouble.RIVAL
    assert "(351)" in alarm.sentence
    assert not supervisor.may_talk(heard, 10.0 + RIVAL_GONE_S)
    assert supervisor.may_talk(heard, 10.1 + RIVAL_GONE_S)


def test_whoever_comes_second_listens_first():
    supervisor = Supervisor(Habits(), 100.0)
    assert not supervisor.may_talk(Heard(), 100.0)
    assert not supervisor.may_talk(Heard(), 99.9 + LISTEN_S)
    assert supervisor.may_talk(Heard(), 100.0 + LISTEN_S)


def test_f32_bus_off_names_the_terminator():
    supervisor = Supervisor(Habits(), 0.0)
    (alarm,) = supervisor.look(ALIVE, Line.BUS_OFF, REST, 1.0)
    assert alarm.trouble is Trouble.BUS_OFF
    assert "terminators of 120 ohm" in alarm.sentence


def test_f32_missing_terminator_or_inverter_is_told_after_some_seconds():
    supervisor = Supervisor(Habits(), 0.0)
    assert supervisor.look(ALIVE, Line.UNACKNOWLEDGED, REST, 1.0) == ()
    (alarm,) = supervisor.look(ALIVE, Line.UNACKNOWLEDGED, REST, 7.0)
    assert alarm.trouble is Trouble.UNACKNOWLEDGED
    assert "terminators of 120 ohm" in alarm.sentence


def test_a_lost_adapter():
    supervisor = Supervisor(Habits(), 0.0)
    assert names(supervisor.look(ALIVE, Line.GONE, REST, 1.0)) == [Trouble.PORT_GONE]


@pytest.mark.parametrize("wrong", [{"quiet_for_s": 4.0}, {"quiet_for_s": 301.0}, {"reacts_in_s": 0.0}], ids=str)
def test_times_have_bounds(wrong: dict[str, float]):
    with pytest.raises(ParameterError):
        Habits(**wrong)
