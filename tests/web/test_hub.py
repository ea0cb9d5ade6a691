"""Snapshots and what changes between them; the last fifteen minutes."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from openress.web.hub import HISTORY_S, Event, Hub, Recent, difference

keys = st.sampled_from("abcdef")
leaves = st.one_of(
    st.integers(-2, 2), st.booleans(), st.text("xy", max_size=2), st.lists(st.integers(0, 2), max_size=3)
)
values = st.recursive(leaves, lambda inner: st.dictionaries(keys, inner, max_size=3), max_leaves=6)
batteries = st.dictionaries(keys, values, max_size=5)
snapshots = st.fixed_dictionaries(
    {
        "time_s": st.floats(0, 1e9),
        "rack": batteries,
        "packs": st.dictionaries(st.sampled_from("1234"), batteries, max_size=4),
        "links": st.lists(st.dictionaries(keys, leaves, max_size=2), max_size=2),
    },
    optional={"version": st.text("xy", max_size=2), "simulation": batteries},
)


def patched(old: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    new = old | change
    return {key: value for key, value in new.items() if value is not None}


def applied(snapshot: dict[str, Any], delta: dict[str, Any]) -> dict[str, Any]:
    """What the page does with a delta."""
    rest = {key: value for key, value in delta.items() if key not in ("rack", "packs")}
    packs = dict(snapshot["packs"])
    for number, change in delta["packs"].items():
        if change is None:
            del packs[number]
        else:
            packs[number] = patched(packs.get(number, {}), change)
    return patched(snapshot, rest) | {"rack": patched(snapshot["rack"], delta["rack"]), "packs": packs}


class Source:
    """Gives one snapshot after the other."""

    def __init__(self, *given: dict[str, Any]) -> None:
        self.left = list(given)

    def __call__(self) -> dict[str, Any]:
        return copy.deepcopy(self.left.pop(0) if len(self.left) > 1 else self.left[0])


def simple(time_s: float, *packs: int, current_a: float | None = None) -> dict[str, Any]:
    rack = {} if current_a is None else {"pack_current_a": current_a}
    return {"time_s": time_s, "rack": rack, "packs": {str(number): {"soc_pct": number} for number in packs}}


async def told(hub: Hub, looks: int) -> list[Event]:
    """A reader that was there before the looks, with all it heard until the hub closed."""
    reader = hub.events()
    heard = [await anext(reader)]
    for _ in range(looks):
        hub.look()
    hub.close()
    return heard + [event async for event in reader]


@settings(max_examples=60)
@given(st.lists(snapshots, min_size=2, max_size=5))
def test_deltas_lead_from_each_snapshot_to_the_next(given_: list[dict[str, Any]]) -> None:
    events = asyncio.run(told(Hub(Source(*given_)), len(given_) - 1))
    state: dict[str, Any] = events[0].data
    assert (events[0].kind, events[0].seq) == ("snapshot", 0)
    for number, (event, expected) in enumerate(zip(events[1:], given_[1:], strict=True), start=1):
        assert (event.kind, event.seq) == ("delta", number)
        state = applied(state, event.data)
        assert state == expected | {"seq": number}


def test_a_delta_holds_only_what_changed() -> None:
    old = simple(1.0, 1, 2, 3) | {"version": "1"}
    new = simple(2.0, 2, 3, 4) | {"version": "1"}
    new["packs"]["3"] = {"state": "OFF"}
    delta = asyncio.run(told(Hub(Source(old, new)), 1))[1].data
    assert delta == {
        "seq": 1,
        "time_s": 2.0,
        "rack": {},
        "packs": {"1": None, "3": {"state": "OFF", "soc_pct": None}, "4": {"soc_pct": 4}},
    }


def test_difference() -> None:
    assert difference({"a": 1, "b": 2, "c": [1]}, {"a": 1, "b": 3, "d": 0}) == {"b": 3, "c": None, "d": 0}
    assert difference({"a": 1}, {"a": 1}) == {}


async def test_a_new_reader_starts_with_the_newest_snapshot() -> None:
    hub = Hub(Source(simple(1.0, 1), simple(2.0, 1, 2), simple(3.0)))
    hub.look()
    reader = hub.events()
    first = await anext(reader)
    assert (first.kind, first.seq, first.data) == ("snapshot", 1, hub.snapshot)
    assert hub.snapshot == simple(2.0, 1, 2) | {"seq": 1}
    hub.look()
    assert (await anext(reader)).data["packs"] == {"1": None, "2": None}
    await reader.aclose()
    assert not hub._readers


async def test_a_slow_reader_starts_again_with_a_snapshot_and_misses_nothing_after_it() -> None:
    moments = [simple(float(number), 1, current_a=float(number)) for number in range(200)]
    hub = Hub(Source(*moments))
    events = await told(hub, 150)
    assert len(events) < 100
    fresh = [event for event in events[1:] if event.kind == "snapshot"]
    assert fresh
    # From the last snapshot on every number follows, and they lead to what the hub has now.
    state = fresh[-1].data
    after = events[events.index(fresh[-1]) + 1 :]
    assert [event.seq for event in after] == list(range(fresh[-1].seq + 1, 151))
    for event in after:
        state = applied(state, event.data)
    assert state == hub.snapshot


async def test_a_slow_reader_does_not_slow_the_others() -> None:
    hub = Hub(Source(*[simple(float(number), 1) for number in range(200)]))
    slow, quick = hub.events(), hub.events()
    await anext(slow)
    heard = [(await anext(quick)).seq]
    for _ in range(150):
        hub.look()
        heard.append((await anext(quick)).seq)
    assert heard == list(range(151))
    await quick.aclose()
    await slow.aclose()


async def test_closing_ends_every_stream_and_later_ones_at_once() -> None:
    hub = Hub(Source(simple(1.0)))
    readers = [hub.events(), hub.events()]
    for reader in readers:
        await anext(reader)
    waiting = [asyncio.create_task(anext(reader, None)) for reader in readers]
    await asyncio.sleep(0)
    hub.close()
    async with asyncio.timeout(20):
        assert await asyncio.gather(*waiting) == [None, None]
        assert [event async for event in hub.events()] == []
    assert not hub._readers


async def test_a_hub_that_is_stopped_closes() -> None:
    hub = Hub(Source(simple(1.0)))
    reader = hub.events()
    await anext(reader)
    run = asyncio.create_task(hub.run())
    await asyncio.sleep(0)
    run.cancel()
    async with asyncio.timeout(20):
        assert [event async for event in reader] == []


async def test_it_looks_by_itself() -> None:
    hub = Hub(Source(simple(1.0), simple(2.0, 1)))
    run = asyncio.create_task(hub.run())
    reader = hub.events()
    async with asyncio.timeout(20):
        assert [(await anext(reader)).kind for _ in range(2)] == ["snapshot", "delta"]
    run.cancel()
    await reader.aclose()


def test_charts_have_fifteen_minutes() -> None:
    recent = Recent()
    for second in range(1000):
        recent.add(simple(5000.0 + second, 1, current_a=float(second)))
    told_ = recent.read()
    assert HISTORY_S == 900
    assert told_["interval_s"] == 1.0
    assert told_["start_s"] == 5100.0
    assert told_["series"]["rack.pack_current_a"] == [float(second) for second in range(100, 1000)]
    assert set(map(len, told_["series"].values())) == {900}


def test_packs_that_come_and_go_leave_gaps() -> None:
    recent = Recent()
    for moment in (simple(1.0, 1), simple(2.0, 1, 2), simple(3.0, 2)):
        recent.add(moment)
    series = recent.read()["series"]
    assert series["pack.1.soc_pct"] == [1, 1, None]
    assert series["pack.2.soc_pct"] == [None, 2, 2]
    assert series["rack.soc_pct"] == [None, None, None]


def test_other_packs_have_another_past() -> None:
    recent = Recent()
    line = {"connection": {"link": "serial:x"}}
    for at_s, more in enumerate(({"virtual": True}, {"virtual": True}, {"connection": {"link": ""}}, line, line)):
        recent.add(simple(100.0 + at_s, 1) | more)
    assert recent.read()["series"]["pack.1.soc_pct"] == [1, 1]
    # The same packs once more go on where they were.
    recent.add(simple(105.0, 1) | {"connection": {"link": ""}})
    recent.add(simple(106.0, 1) | line)
    assert len(recent.read()["series"]["pack.1.soc_pct"]) == 4


def test_a_silence_is_a_gap_of_its_length() -> None:
    recent = Recent()
    for time_s in (100.0, 101.1, 111.0, 112.9):
        recent.add(simple(time_s, 1))
    told_ = recent.read()
    # A look that was a little late counts as the next second, ten seconds count as ten.
    assert told_["series"]["pack.1.soc_pct"] == [1, 1, *[None] * 9, 1, 1]
    assert told_["start_s"] == 112.9 - 12
    recent.add(simple(112.9 + 1e6, 1))
    assert recent.read()["series"]["pack.1.soc_pct"] == [*[None] * 899, 1]


def test_a_clock_set_back_keeps_what_was() -> None:
    recent = Recent()
    for time_s in (5000.0, 5001.0, 1000.0):
        recent.add(simple(time_s, 1))
    assert recent.read() == {
        "interval_s": 1.0,
        "start_s": 998.0,
        "series": {name: [1, 1, 1] if name == "pack.1.soc_pct" else [None] * 3 for name in recent.read()["series"]},
    }
