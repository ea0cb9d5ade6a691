"""What every battery dialect promises: one class of tests for its answering side, one for its asking side.

A dialect's own test file says once what the dialect can carry, and inherits both classes:

    SPOKEN = Spoken("pylontech", carries={"pack_voltage_v": 0.0005, "cell_voltages_mv": 0, ...}, ...)

    class TestAnswering(AnsweringContract):
        spoken = SPOKEN

    class TestAsking(AskingContract):
        spoken = SPOKEN
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.samples import pack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, Identity, Limits, PackSample, PackState, RackSample, Switches
from openress.params import ParameterSet
from openress.protocols import find_dialect
from openress.protocols.base import BatteryClient, BatteryServer, Query, ServerOptions

__all__ = ["OPTIONS", "AnsweringContract", "AskingContract", "Spoken", "known_values", "rich_pack"]

PAUSE_S = 1.0
"""Silence after which a frame that has begun is forgotten; clients repeat a question at this pace."""

OPTIONS = ServerOptions(
    identity=Identity(0.0, manufacturer="OpenRESS", model="A5L-51V2", software_version="0.1.0"),
    parameters=ParameterSet.defaults(load_product("syscom-a5l-51v2")),
    rated=Limits(0.0, charge_current_limit_a=110.0, discharge_current_limit_a=120.0),
)

inherited = settings(suppress_health_check=[HealthCheck.differing_executors], max_examples=60)
"""Tests of the contract run in many classes."""


def rich_pack(number: int, *, at_s: float = 0.0) -> PackSample:
    """A pack that knows every value, none of them 0; odd packs charge and are cold, even ones discharge."""
    charging = number % 2 == 1
    sample = with_analog(
        pack(number, at_s=at_s),
        pack_current_a=12.3 if charging else -45.6,
        temperatures_c=(-4.5 if charging else 24.0, 25.0, 25.5, 24.5),
    )
    return with_status(
        sample,
        state=PackState.CHARGE if charging else PackState.DISCHARGE,
        switches=Switches(
            charge=True,
            discharge=True,
            limit=False,
            heating=False,
            dry_contact_1=False,
            dry_contact_2=False,
            precharge=False,
        ),
        balancing=tuple(cell in (2, 6) for cell in range(16)),
    )


def known_values(sample: PackSample) -> dict[str, Any]:
    """Every value of a pack under its public key, unrounded; switches as `switches.charge`; unknown has no key."""
    values: dict[str, Any] = {}
    for group in (sample.identity, sample.analog, sample.status, sample.limits):
        if group is None:
            continue
        for item in fields(group):
            value = getattr(group, item.name)
            if isinstance(value, Switches):
                values |= {f"switches.{switch.name}": getattr(value, switch.name) for switch in fields(value)}
            elif item.name != "at_s":
                values[item.name] = value
    return {key: value for key, value in values.items() if value is not None}


def without(sample: PackSample, key: str) -> PackSample:
    """The same pack that does not know the value `key`."""
    name, _, switch = key.partition(".")
    changes: dict[str, Any] = {}
    for group_name in ("identity", "analog", "status", "limits"):
        group = getattr(sample, group_name)
        if group is not None and name != "at_s" and name in {item.name for item in fields(group)}:
            value = replace(getattr(group, name), **{switch: None}) if switch else None
            changes[group_name] = replace(group, **{name: value})
    assert changes, key
    return replace(sample, **changes)


def agree(read: Any, sent: Any, resolution: float) -> bool:
    """Whether a value came through, numbers to within `resolution`."""
    if isinstance(sent, tuple) and isinstance(read, tuple):
        return len(read) == len(sent) and all(agree(*pair, resolution) for pair in zip(read, sent, strict=True))
    if isinstance(sent, bool | str | frozenset) or read is None:
        return bool(read == sent)
    return abs(read - sent) <= resolution + 1e-9


@dataclass(frozen=True)
class Spoken:
    """A dialect under test.

    Attributes:
        dialect: name in the registry.
        carries: each public key (`switches.charge` for a switch) that a pack's values survive under, and the greatest
            difference that the wire's resolution may make; 0 where it is exact.
        alarms, protections, faults: those the wire has a place for; a calm pack must read as an empty set if any.
        cautious: what the wire says for a value that is not known where it has no way to keep silent; only ever the
            safe side, such as a switch that reads as open.
        shortened: what is read of values that come through in part, such as the first two numbers of a version.
        adapt: makes of the rich pack one that the dialect has places for, such as one with a single cell sensor.
        packs: numbers of the packs in the rack of the tests.
        options: what the server is told.
        foreign: frames of somebody else, or for somebody else, that must get no answer.
        noise: bytes right before or behind a question that must not cost its answer.
        alike: names of questions whose answers the wire itself cannot tell apart.
    """

    dialect: str
    carries: Mapping[str, float]
    alarms: frozenset[Condition] = frozenset()
    protections: frozenset[Condition] = frozenset()
    faults: frozenset[Fault] = frozenset()
    cautious: Mapping[str, Any] = field(default_factory=dict)
    shortened: Mapping[str, Any] = field(default_factory=dict)
    adapt: Callable[[PackSample], PackSample] = lambda sample: sample
    packs: tuple[int, ...] = (1, 2, 3)
    options: ServerOptions = OPTIONS
    foreign: tuple[bytes, ...] = ()
    noise: tuple[bytes, ...] = (b"\x00", b"\xff", b"\r\n", b"\x00\xff\x00")
    alike: frozenset[frozenset[str]] = frozenset()

    def server(self) -> BatteryServer:
        make = find_dialect(self.dialect).parts().server
        assert make is not None
        return make(self.options)

    def client(self) -> BatteryClient:
        make = find_dialect(self.dialect).parts().client
        assert make is not None
        return make()

    def pack(self, number: int, at_s: float = 0.0) -> PackSample:
        return self.adapt(rich_pack(number, at_s=at_s))

    def rack(self, at_s: float = 0.0) -> RackSample:
        return aggregate([self.pack(number, at_s=at_s) for number in self.packs], at_s)

    def questions(self, client: BatteryClient, pack_number: int) -> list[Query]:
        """Every question of the client, the first one once."""
        asked = [client.first(pack_number), *client.cycle(pack_number), *client.rarely(pack_number)]
        return list(dict.fromkeys(asked))

    def talk(self, rack: RackSample, pack_number: int, *, now_s: float = 0.0) -> PackSample:
        """All a client learns of a pack, as the poller asks; a question without a usable answer changes nothing."""
        server, client = self.server(), self.client()
        sample = PackSample(pack_number)
        for query in (*client.cycle(pack_number), *client.rarely(pack_number)):
            answers = server.feed(query.frame, rack, now_s)
            sample = accept(client, sample, query, b"".join(answers), now_s) or sample
        return sample


def accept(
    client: BatteryClient, sample: PackSample, query: Query, stream: bytes, now_s: float = 0.0, *, chunk: int = 4096
) -> PackSample | None:
    """What the first usable answer in `stream` says, `None` without one; the line is read in chunks."""
    splitter = client.splitter()
    for at in range(0, len(stream), chunk):
        for frame in splitter.feed(stream[at : at + chunk]):
            try:
                return client.merge(sample, query, frame, now_s)
            except FrameError as error:
                assert str(error)
                assert error.at >= 0
    return None


class AnsweringContract:
    """The battery: answers what it is asked and nothing else, whatever happens on the line."""

    spoken: ClassVar[Spoken]

    def asked(self) -> Iterator[tuple[BatteryServer, Query]]:
        """Each question of each pack with a battery of its own."""
        client = self.spoken.client()
        for number in self.spoken.packs:
            for query in self.spoken.questions(client, number):
                yield self.spoken.server(), query

    def test_every_question_is_answered(self) -> None:
        for server, query in self.asked():
            assert server.feed(query.frame, self.spoken.rack(), 0.0), query

    def test_questions_that_come_byte_by_byte_are_answered_once(self) -> None:
        for server, query in self.asked():
            whole = self.spoken.server().feed(query.frame, self.spoken.rack(), 0.0)
            answers: list[bytes] = []
            for at in range(len(query.frame)):
                answers += server.feed(query.frame[at : at + 1], self.spoken.rack(), at / 1000)
            assert answers == whole, query

    def test_two_questions_in_one_chunk_are_both_answered(self) -> None:
        client, rack = self.spoken.client(), self.spoken.rack()
        first, *others = self.spoken.questions(client, self.spoken.packs[-1])
        for second in others:
            one, two = self.spoken.server(), self.spoken.server()
            expected = one.feed(first.frame, rack, 0.0) + one.feed(second.frame, rack, 0.0)
            assert two.feed(first.frame + second.frame, rack, 0.0) == expected

    def test_noise_around_a_question_does_not_cost_its_answer(self) -> None:
        for noise in self.spoken.noise:
            for server, query in self.asked():
                assert server.feed(noise + query.frame, self.spoken.rack(), 0.0), (noise, query)
                assert server.feed(noise, self.spoken.rack(), 0.0) == []
                assert server.feed(query.frame, self.spoken.rack(), PAUSE_S), (noise, query)

    @inherited
    @given(st.binary(max_size=300))
    def test_arbitrary_bytes_never_stop_the_battery(self, noise: bytes) -> None:
        server, client = self.spoken.server(), self.spoken.client()
        server.feed(noise, self.spoken.rack(), 0.0)
        query = client.first(self.spoken.packs[-1])
        assert server.feed(query.frame, self.spoken.rack(), PAUSE_S)

    @inherited
    @given(st.data())
    def test_a_spoilt_question_never_stops_the_battery(self, data: st.DataObject) -> None:
        client = self.spoken.client()
        query = data.draw(st.sampled_from(self.spoken.questions(client, self.spoken.packs[0])))
        raw = bytearray(query.frame)
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(raw) - 1))
            raw[at : at + data.draw(st.integers(0, 1))] = data.draw(st.binary(max_size=2))
            raw = raw or bytearray(b"\x00")
        server = self.spoken.server()
        server.feed(bytes(raw), self.spoken.rack(), 0.0)
        assert server.feed(query.frame, self.spoken.rack(), PAUSE_S)

    def test_half_a_question_and_then_a_whole_one(self) -> None:
        for _, query in self.asked():
            for cut in range(1, len(query.frame)):
                server = self.spoken.server()
                assert server.feed(query.frame[:cut], self.spoken.rack(), 0.0) == []
                assert server.feed(query.frame, self.spoken.rack(), PAUSE_S), (query, cut)

    def test_a_question_with_one_wrong_bit_gets_no_answer(self) -> None:
        for _, query in self.asked():
            for at in range(len(query.frame)):
                raw = bytearray(query.frame)
                raw[at] ^= 0x01
                assert self.spoken.server().feed(bytes(raw), self.spoken.rack(), 0.0) == [], (query, at)

    def test_a_question_for_somebody_else_gets_no_answer(self) -> None:
        client = self.spoken.client()
        for number in range(1, client.max_packs + 1):
            if number not in self.spoken.packs:
                for query in self.spoken.questions(client, number):
                    assert self.spoken.server().feed(query.frame, self.spoken.rack(), 0.0) == [], query
        for frame in self.spoken.foreign:
            assert self.spoken.server().feed(frame, self.spoken.rack(), 0.0) == [], frame.hex()

    def test_a_rack_without_packs_does_not_answer(self) -> None:
        for server, query in self.asked():
            assert server.feed(query.frame, aggregate([], 0.0), 0.0) == [], query

    def test_its_own_echo_gets_no_answer_and_costs_none(self) -> None:
        for server, query in self.asked():
            answers = server.feed(query.frame, self.spoken.rack(), 0.0)
            assert server.feed(b"".join(answers), self.spoken.rack(), 0.0) == [], query
            assert server.feed(query.frame, self.spoken.rack(), PAUSE_S), query

    def test_values_that_are_not_fresh_are_not_told(self) -> None:
        client = self.spoken.client()
        for number in self.spoken.packs:
            for query in (client.first(number), *client.cycle(number)):
                assert self.spoken.server().feed(query.frame, self.spoken.rack(), 10.0), query
                assert self.spoken.server().feed(query.frame, self.spoken.rack(), 10.1) == [], query
                assert self.spoken.server().feed(query.frame, self.spoken.rack(), -0.1) == [], query


class AskingContract:
    """The client: understands what the battery says, and takes nothing else for an answer."""

    spoken: ClassVar[Spoken]

    def exchanges(self) -> Iterator[tuple[BatteryClient, Query, bytes, PackSample]]:
        """Each question of each pack, its answer, and the pack as it was known before the question was put."""
        for number in self.spoken.packs:
            server, client = self.spoken.server(), self.spoken.client()
            sample = PackSample(number)
            for query in (*client.cycle(number), *client.rarely(number)):
                answer = b"".join(server.feed(query.frame, self.spoken.rack(), 0.0))
                yield client, query, answer, sample
                after = accept(client, sample, query, answer)
                assert after is not None, query
                sample = after

    def test_every_value_comes_through_within_the_wires_resolution(self) -> None:
        for number in self.spoken.packs:
            sent = known_values(self.spoken.pack(number))
            read = known_values(self.spoken.talk(self.spoken.rack(), number))
            for key, resolution in self.spoken.carries.items():
                assert agree(read.get(key), sent[key], resolution), (number, key, read.get(key), sent[key])

    def test_no_value_is_read_that_was_not_sent(self) -> None:
        """What the dialect does not carry is absent at the other end, or right all the same."""
        sets = {"alarms", "protections", "faults"}
        for number in self.spoken.packs:
            sent = known_values(self.spoken.pack(number))
            read = known_values(self.spoken.talk(self.spoken.rack(), number))
            strange = {key: value for key, value in read.items() if key not in self.spoken.carries and key not in sets}
            for key, value in strange.items():
                right = self.spoken.shortened.get(key, sent.get(key))
                assert agree(value, right, 0), (number, key, value, right)

    def test_a_calm_pack_is_calm(self) -> None:
        read = self.spoken.talk(self.spoken.rack(), self.spoken.packs[0]).status
        for name in ("alarms", "protections", "faults"):
            told = getattr(read, name, None)
            assert not told, (name, told)
            if getattr(self.spoken, name):
                assert told == frozenset(), name

    @pytest.mark.parametrize("name", ["alarms", "protections", "faults"])
    def test_nothing_that_is_wrong_is_lost(self, name: str) -> None:
        for member in getattr(self.spoken, name):
            number = self.spoken.packs[-1]
            sample = with_status(self.spoken.pack(number), **{name: frozenset({member})})
            others = [self.spoken.pack(other) for other in self.spoken.packs if other != number]
            read = self.spoken.talk(aggregate([*others, sample], 0.0), number).status
            assert read is not None
            assert member in (getattr(read, name) or ()), (member, read)

    def test_each_switch_reads_as_it_stands(self) -> None:
        number = self.spoken.packs[0]
        for key in self.spoken.carries:
            name = key.removeprefix("switches.")
            if name == key:
                continue
            for closed in (True, False):
                sample = self.spoken.pack(number)
                assert sample.status is not None
                assert sample.status.switches is not None
                sample = with_status(sample, switches=replace(sample.status.switches, **{name: closed}))
                read = known_values(self.spoken.talk(aggregate([sample], 0.0), number))
                assert read[key] is closed, key

    def test_what_a_pack_does_not_know_is_never_made_up(self) -> None:
        """An unknown value is absent at the other end, or follows from others; it never turns into 0 or all is well."""
        sets = [name for name in ("alarms", "protections", "faults") if getattr(self.spoken, name)]
        for number in self.spoken.packs[:2]:
            for key in (*self.spoken.carries, *sets):
                known = known_values(self.spoken.pack(number))
                sample = without(self.spoken.pack(number), key)
                others = [self.spoken.pack(other) for other in self.spoken.packs if other != number]
                read = known_values(self.spoken.talk(aggregate([*others, sample], 0.0), number)).get(key)
                right = read is None or (agree(read, known[key], self.spoken.carries.get(key, 0)) and key not in sets)
                cautious = self.spoken.cautious
                assert right or (key in cautious and read == cautious[key]), (number, key, read)

    def test_what_is_read_was_measured_now(self) -> None:
        read = self.spoken.talk(self.spoken.rack(5.0), self.spoken.packs[0], now_s=7.0)
        for group in (read.analog, read.status, read.limits, read.identity):
            assert group is None or group.at_s == 7.0

    def test_what_was_known_before_stays(self) -> None:
        known = self.spoken.pack(self.spoken.packs[0], at_s=-1.0)
        for client, query, answer, _ in self.exchanges():
            if query.pack != known.pack:
                continue
            after = accept(client, known, query, answer)
            assert after is not None
            assert None not in (after.analog, after.status, after.limits, after.identity), query
            assert after.pack == known.pack

    def test_an_answer_in_many_chunks_is_one_answer(self) -> None:
        for client, query, answer, sample in self.exchanges():
            whole = accept(client, sample, query, answer)
            assert whole is not None
            for chunk in (1, 2, 7):
                assert accept(client, sample, query, answer, chunk=chunk) == whole, (query, chunk)

    def test_noise_before_an_answer_does_not_cost_it(self) -> None:
        for client, query, answer, sample in self.exchanges():
            whole = accept(client, sample, query, answer)
            for noise in self.spoken.noise:
                assert accept(client, sample, query, noise + answer + noise) == whole, (query, noise)

    def test_half_an_answer_is_none(self) -> None:
        for client, query, answer, sample in self.exchanges():
            whole = accept(client, sample, query, answer)
            for cut in range(len(answer)):
                # A dialect may do without its end character; what it then reads is the whole answer.
                assert accept(client, sample, query, answer[:cut]) in (None, whole), (query, cut)
                try:
                    read = client.merge(sample, query, answer[:cut], 0.0)
                except FrameError:
                    continue
                assert read == whole, (query, cut)

    def test_an_answer_with_one_wrong_bit_is_refused(self) -> None:
        for client, query, answer, sample in self.exchanges():
            whole = accept(client, sample, query, answer)
            for at in range(len(answer)):
                raw = bytearray(answer)
                raw[at] ^= 0x01
                assert accept(client, sample, query, bytes(raw)) in (None, whole), (query, at)

    @inherited
    @given(st.binary(max_size=400))
    def test_arbitrary_bytes_are_refused(self, noise: bytes) -> None:
        client = self.spoken.client()
        for query in self.spoken.questions(client, self.spoken.packs[0]):
            assert accept(client, PackSample(query.pack), query, noise) is None
            with pytest.raises(FrameError):
                client.merge(PackSample(query.pack), query, noise, 0.0)

    def test_an_echo_is_no_answer_and_costs_none(self) -> None:
        for client, query, answer, sample in self.exchanges():
            assert accept(client, sample, query, query.frame) is None, query
            with pytest.raises(FrameError):
                client.merge(sample, query, query.frame, 0.0)
            assert accept(client, sample, query, query.frame + answer) == accept(client, sample, query, answer)

    def test_another_packs_answer_is_refused(self) -> None:
        for client, query, answer, sample in self.exchanges():
            for other in self.spoken.packs:
                if other == query.pack:
                    continue
                for question in self.spoken.questions(client, other):
                    if question.name == query.name and question.frame != query.frame:
                        assert accept(client, sample, question, answer) is None, (query, other)

    def test_the_answer_to_another_question_is_refused(self) -> None:
        for client, query, answer, sample in self.exchanges():
            for question in self.spoken.questions(client, query.pack):
                alike = frozenset({question.name, query.name}) in self.spoken.alike
                if question.frame != query.frame and not alike:
                    assert accept(client, sample, question, answer) is None, (query, question)

    def test_there_are_as_many_packs_as_the_dialect_has_addresses(self) -> None:
        client = self.spoken.client()
        addresses = [client.address(number) for number in range(1, client.max_packs + 1)]
        assert len(set(addresses)) == client.max_packs
        with pytest.raises(ParameterError):
            client.address(client.max_packs + 1)
