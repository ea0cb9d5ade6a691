"""Prometheus' view of a running rack: `GET /metrics`, made of the page's last snapshot.

A value that is old is not there: an alert on its absence is right, a line that goes on flat is not. The age is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from openress.bms.energy import EnergyMeter, EnergyTotals
from openress.config import Config
from openress.gateway.hold import State
from openress.gateway.supervise import Trouble
from openress.model import Condition, Fault, Freshness
from openress.telemetry import energy
from openress.telemetry.metrictable import ENERGY, GATEWAY, HOUR_S, PACK, PACK_LISTS, PREFIX, RACK, TOLD, Metric

__all__ = ["Metrics", "make_metrics"]

Family = CounterMetricFamily | GaugeMetricFamily | InfoMetricFamily

_CODES: Mapping[str, Sequence[str]] = {
    "alarms": [condition.value for condition in Condition],
    "protections": [condition.value for condition in Condition],
    "faults": [fault.value for fault in Fault],
}
_IDENTITY = ("serial", "manufacturer", "model", "part_number", "software_version")
_SHOWN = frozenset({Freshness.FRESH.value, Freshness.ASLEEP.value})
"""Freshness of a pack whose values are still told."""
_LISTENING = "listening"
_STARTING = "starting"
_STATES = (*(state.value for state in State), _LISTENING, _STARTING)


class Metrics(Collector):
    """Follower that answers a scraper."""

    def __init__(self) -> None:
        self._snapshot: dict[str, Any] | None = None
        self._meter = EnergyMeter({})
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    @property
    def routers(self) -> Sequence[APIRouter]:
        """`GET /metrics`."""
        router = APIRouter()

        @router.get(
            "/metrics",
            summary="All values for Prometheus",
            response_class=Response,
            responses={200: {"content": {"text/plain": {}}, "description": "The exposition format that was asked for"}},
        )
        async def _metrics(request: Request) -> Response:
            encode, content_type = choose_encoder(request.headers.get("accept", ""))
            return Response(encode(self._registry), headers={"Content-Type": content_type})

        return [router]

    def see(self, snapshot: dict[str, Any]) -> None:
        """See `Follower.see`."""
        self._snapshot = snapshot
        energy.count(self._meter, snapshot, {number: number for number in snapshot["packs"]})

    async def run(self) -> None:
        """Nothing to do until somebody asks."""

    async def close(self) -> None:
        """Nothing to finish."""

    def collect(self) -> Iterator[Family]:
        """The metrics of the last snapshot; none before the first."""
        seen = self._snapshot
        if seen is None:
            return
        yield _info("build", "The program that tells these metrics.", [{"version": seen["version"]}], [])
        yield from _of_rack(seen["rack"])
        yield from _of_packs(seen["packs"])
        yield from _of_energy(self._meter.totals, list(seen["packs"]))
        if seen.get("gateway") is not None:
            yield from _of_gateway(seen["gateway"])


def make_metrics(_config: Config, _folder: Path, _say: Callable[[str], None]) -> Metrics:
    """The maker of this follower: metrics cost nothing until they are asked for, so they are always there."""
    return Metrics()


def _of_rack(rack: dict[str, Any]) -> Iterator[Family]:
    yield _info(
        "rack", "What the packs are.", [{key: str(rack[key]) for key in ("product", "title") if key in rack}], []
    )
    shown = rack.get("freshness") in _SHOWN
    for metric in RACK:
        yield _gauge(metric, [((), rack.get(metric.key) if shown else None)], ())


def _of_packs(packs: dict[str, dict[str, Any]]) -> Iterator[Family]:
    known = [{"pack": number} | _texts(pack, _IDENTITY) for number, pack in packs.items()]
    yield _info("pack", "Who the packs are.", known, ["pack"])
    age = Metric("age_s", "pack_data_age_seconds", "Age of the oldest value of the pack that control relies on.")
    yield _gauge(age, [((number,), pack.get("age_s")) for number, pack in packs.items()], ("pack",))
    yield _one_of(
        "pack_freshness",
        "1 for the state that the pack's values are in.",
        [freshness.value for freshness in Freshness],
        {(number,): pack.get("freshness") for number, pack in packs.items()},
        ("pack", "state"),
    )
    shown = {number: pack for number, pack in packs.items() if pack.get("freshness") in _SHOWN}
    for metric in PACK:
        yield _gauge(metric, [((number,), pack.get(metric.key)) for number, pack in shown.items()], ("pack",))
    for key, name, text in PACK_LISTS:
        family = GaugeMetricFamily(PREFIX + name, text, labels=["pack", "code"])
        for number, pack in shown.items():
            if key in pack:
                for code in _CODES[key]:
                    family.add_metric([number, code], float(code in pack[key]))
        yield family


def _of_energy(totals: Mapping[str, EnergyTotals], packs: Sequence[str]) -> Iterator[Family]:
    """Counters go on while values are old: nothing is added to them then."""
    for key, name, text in ENERGY:
        of_rack = CounterMetricFamily(f"{PREFIX}rack_{name}", text.format(of=" the rack"))
        of_pack = CounterMetricFamily(f"{PREFIX}pack_{name}", text.format(of=" the pack"), labels=["pack"])
        places = [(of_rack, (), energy.RACK), *((of_pack, (number,), energy.of_pack(number)) for number in packs)]
        for family, labels, source in places:
            if source in totals:
                family.add_metric(labels, HOUR_S * getattr(totals[source], key))
        yield from (of_rack, of_pack)


def _of_gateway(gateway: dict[str, Any]) -> Iterator[Family]:
    who = _texts(gateway, ("inverter", "title", "dialect", "link"))
    yield _info("gateway", "The inverter that is told.", [who], [])
    yield _one_of("gateway_state", "1 for the state of the gateway.", _STATES, {(): gateway["state"]}, ("state",))
    for metric in GATEWAY:
        yield _gauge(metric, [((), gateway.get(metric.key))], ())
    told = gateway.get("told") or {}
    for metric in TOLD:
        yield _gauge(metric, [((), told.get(metric.key))], ())
    standing = {alarm["trouble"] for alarm in gateway["alarms"]}
    family = GaugeMetricFamily(
        f"{PREFIX}gateway_alarm_active", "1 while this is wrong between gateway and inverter.", labels=["code"]
    )
    for trouble in Trouble:
        family.add_metric([trouble.value], float(trouble.value in standing))
    yield family


def _gauge(metric: Metric, values: Iterable[tuple[tuple[str, ...], Any]], labels: tuple[str, ...]) -> GaugeMetricFamily:
    """A gauge with what is known of it: a value that is not has no line."""
    numbered = labels if metric.label is None else (*labels, metric.label)
    family = GaugeMetricFamily(PREFIX + metric.name, metric.help, labels=numbered)
    for where, value in values:
        items = [(where, value)]
        if metric.label is not None:
            items = [((*where, str(number)), item) for number, item in enumerate(value or (), start=1)]
        for place, item in items:
            if item is not None:
                family.add_metric(place, float(item) * metric.factor)
    return family


def _one_of(
    name: str, text: str, states: Iterable[str], found: Mapping[tuple[str, ...], str | None], labels: tuple[str, ...]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, text, labels=labels)
    for state in states:
        for where, value in found.items():
            family.add_metric((*where, state), float(value == state))
    return family


def _texts(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, str]:
    return {key: str(values[key]) for key in keys if key in values}


def _info(name: str, text: str, values: Sequence[dict[str, str]], labels: Sequence[str]) -> InfoMetricFamily:
    family = InfoMetricFamily(PREFIX + name, text, labels=labels)
    for value in values:
        family.add_metric([value[label] for label in labels], {k: v for k, v in value.items() if k not in labels})
    return family
