"""What every battery dialect promises: one class of tests for its answering side, one for its asking side.

A dialect's own test file says once what the dialect can carry, and inherits both classes:

    SPOKEN = Spoken("pylontech", carries={"pack_voltage_v": 0.0005, "cell_voltages_mv": 0, ...}, ...)

    class TestAnswering(AnsweringContract):
        spoken = SPOKEN

    class TestAsking(AskingContract):
        spoken = SPOKEN
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from hypothesis import HealthCheck, settings
from tests.samples import pack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.errors import FrameError
from openress.model import Condition, Fault, Identity, Limits, PackSample, PackState, RackSample, Switches
from openress.params import ParameterSet
from openress.protocols import find_dialect
from openress.protocols.base import BatteryClient, BatteryServer, Query, ServerOptions

__all__ = ["OPTIONS", "Spoken", "known_values", "rich_pack"]

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
