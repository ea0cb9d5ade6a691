"""What every battery dialect promises as the battery: it answers what it is asked, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.contract import PAUSE_S, Spoken, inherited

from openress.bms.aggregate import aggregate
from openress.protocols.base import BatteryServer, Query


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
