"""Notifications: told once, told when over, never more than a person can read."""

from __future__ import annotations

from tests.racksnapshots import snapshot

from openress.telemetry.notifyrules import Level, Notifications, Trouble, troubles_of


def trouble(name: str = "soc_low", level: Level = Level.ALARM) -> Trouble:
    return Trouble("pack A", name, level, f"Pack A: {name}")


def rules(level: Level = Level.ALARM, **changes: object) -> Notifications:
    settings = {"over": True, "settle_s": 60.0, "per_hour": 4} | changes
    return Notifications(level, **settings)  # type: ignore[arg-type]


def told(notifications: Notifications, troubles: list[Trouble], now_s: float) -> list[str]:
    return [message.sentence for message in notifications.see(troubles, now_s, at_s=now_s)]


def test_a_rack_at_rest_has_no_troubles() -> None:
    assert troubles_of(snapshot()) == []


def test_no_rack_at_all_is_no_trouble() -> None:
    assert troubles_of({"rack": {"freshness": "absent"}, "packs": {}, "gateway": None}) == []


def test_every_kind_of_trouble_is_seen_with_its_level() -> None:
    shot = snapshot()
    shot["virtual"] = False
    shot["packs"]["1"] |= {"faults": ["cell"], "protections": ["soc_low"], "alarms": ["soc_low"], "notices": ["locked"]}
    shot["packs"]["2"]["freshness"] = "stale"
    shot["rack"] |= {"freshness": "absent", "findings": [{"trouble": "line_gone", "packs": [1], "sentence": "Gone."}]}
    shot["gateway"]["alarms"] = [{"trouble": "bus_off", "sentence": "The bus is off.", "for_s": 3}]
    found = troubles_of(shot)
    assert [(one.where, one.name, one.level) for one in found] == [
        ("pack VIRTUAL-0001", "faults.cell", Level.FAULT),
        ("pack VIRTUAL-0001", "protections.soc_low", Level.PROTECTION),
        ("pack VIRTUAL-0001", "alarms.soc_low", Level.ALARM),
        ("pack VIRTUAL-0001", "notices.locked", Level.NOTICE),
        ("pack VIRTUAL-0002", "silent", Level.PROTECTION),
        ("rack", "silent", Level.FAULT),
        ("rack", "finding.line_gone.1", Level.ALARM),
        ("gateway", "bus_off", Level.PROTECTION),
    ]
    assert found[1].words == "Pack 1 (VIRTUAL-0001): protects itself: soc low"


def test_a_trouble_of_virtual_packs_is_called_so() -> None:
    shot = snapshot()
    shot["packs"]["1"] |= {"alarms": ["soc_low"]}
    shot["gateway"]["alarms"] = [{"trouble": "bus_off", "sentence": "The bus is off.", "for_s": 3}]
    pack, gateway = troubles_of(shot)
    assert pack.words == "Virtual rack, no real battery: Pack 1 (VIRTUAL-0001): alarm: soc low"
    assert (pack.virtual, gateway.virtual, gateway.where) == (True, True, "virtual gateway")
    (message, _) = rules().see([pack, gateway], 0.0, at_s=0.0)
    assert message.as_json("home")["virtual"] is True


def test_told_once_and_once_more_when_it_is_over() -> None:
    notifications = rules()
    assert told(notifications, [trouble()], 0.0) == ["Pack A: soc_low."]
    assert told(notifications, [trouble()], 1.0) == []
    assert told(notifications, [], 30.0) == []
    assert told(notifications, [trouble()], 31.0) == []
    assert told(notifications, [], 91.0) == []
    assert told(notifications, [], 91.1) == ["Over: Pack A: soc_low."]
    assert told(notifications, [trouble()], 92.0) == ["Pack A: soc_low."]


def test_the_end_may_be_left_out() -> None:
    notifications = rules(over=False, settle_s=0.0)
    told(notifications, [trouble()], 0.0)
    assert told(notifications, [], 1.0) == []


def test_what_is_below_the_level_is_not_told() -> None:
    notifications = rules(Level.PROTECTION)
    assert told(notifications, [trouble(level=Level.ALARM), trouble(level=Level.NOTICE)], 0.0) == []
    assert told(notifications, [trouble("hot", Level.PROTECTION)], 1.0) == ["Pack A: hot."]


def test_no_more_in_an_hour_than_agreed_worst_first_and_the_rest_late() -> None:
    notifications = rules()
    many = [trouble(f"t{place}") for place in range(6)] + [trouble("p", Level.PROTECTION)]
    assert told(notifications, many, 0.0) == ["Pack A: p.", "Pack A: t0.", "Pack A: t1.", "Pack A: t2."]
    assert told(notifications, many, 1.0) == []
    # Faults have as much again for themselves.
    fault = trouble("f", Level.FAULT)
    assert told(notifications, [*many, fault], 2.0) == ["Pack A: f."]
    # What still stands when the hour is over is told then.
    assert sorted(told(notifications, [*many, fault], 3601.0)) == ["Pack A: t3.", "Pack A: t4.", "Pack A: t5."]


def test_whose_beginning_was_held_back_has_no_end() -> None:
    notifications = rules(per_hour=1, settle_s=0.0)
    assert len(told(notifications, [trouble("a"), trouble("b")], 0.0)) == 1
    assert told(notifications, [], 4000.0) == ["Over: Pack A: a. Held back before this: 1."]


def test_a_message_for_programs() -> None:
    message = rules().see([trouble()], 0.0, at_s=1_760_000_000.25)[0]
    assert message.as_json("Cellar") == {
        "rack": "Cellar",
        "time_s": 1_760_000_000.25,
        "level": "alarm",
        "where": "pack A",
        "name": "soc_low",
        "virtual": False,
        "over": False,
        "held_back": 0,
        "text": "Pack A: soc_low.",
    }
