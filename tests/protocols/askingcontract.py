"""What every battery dialect promises as the client: it takes nothing but an answer for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.contract import Spoken, accept, agree, inherited, known_values, without
from tests.samples import with_status

from openress.bms.aggregate import aggregate
from openress.errors import FrameError, ParameterError
from openress.model import PackSample
from openress.protocols.base import BatteryClient, Query


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
