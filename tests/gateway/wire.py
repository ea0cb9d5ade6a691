"""A gateway, a wire and a simulated inverter in simulated time, with the checker listening on the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.gateway.bench import reading

from openress.checker import Breach
from openress.checker.spoken import Bounds, Spoken, Times
from openress.checker.telling import Sent, coarsened
from openress.checker.wire import WireChecker
from openress.codec.canframe import CanFrame
from openress.gateway.caps import Caps
from openress.gateway.session import Session
from openress.gateway.setup import PackMaxima, SessionSetup, build_session
from openress.gateway.supervise import Habits, Line
from openress.inverters import FailSafe
from openress.model import RackSample, fresh_for
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.base import Bus
from openress.protocols.canbus import CanInverter, CanOptions, InverterView
from openress.sim.inverter import Behaviour, Quirk, SimInverter

TICK_S = 0.5
OPTIONS = CanOptions(experimental=True)

PROFILES = [dialect.name for dialect in DIALECTS.values() if dialect.bus is Bus.CAN and dialect.parts().can_battery]


def setup_for(
    dialect: str,
    *,
    fail_safe: FailSafe | None = None,
    caps: Caps | None = None,
    maxima: PackMaxima | None = None,
    expected: int = 1,
    habits: Habits | None = None,
) -> SessionSetup:
    return SessionSetup(
        dialect,
        OPTIONS,
        fail_safe or FailSafe(),
        habits or Habits(),
        caps or Caps(),
        maxima or PackMaxima(None, 50.0, 100.0, 16),
        expected,
    )


def inverter_for(dialect: str, *quirks: Quirk, behaviour: Behaviour | None = None) -> SimInverter:
    make = find_dialect(dialect).parts().can_inverter
    assert make is not None
    return SimInverter(make(OPTIONS), behaviour or Behaviour.of(quirks))


MEASURED = ("soc_pct", "pack_voltage_v", "pack_current_a")


def spoken(view: InverterView, keys: set[str], now_s: float) -> Spoken:
    """What an inverter has understood of the frames of one moment, which had values under `keys`."""
    limits, requests = view.limits, view.requests
    assert limits is not None
    return Spoken(
        now_s,
        limits.charge_voltage_limit_v,
        limits.charge_current_limit_a,
        limits.discharge_current_limit_a,
        limits.discharge_voltage_limit_v,
        measured=not keys.isdisjoint(MEASURED),
        forced=bool(requests and requests.force_charge),
    )


def told_keys(dialect: str, frames: list[CanFrame]) -> set[str]:
    """Under which keys frames have values."""
    make = find_dialect(dialect).parts().can_decoder
    assert make is not None
    decoder = make()
    return {key for frame in frames for key, value in decoder.read(frame).values.items() if value is not None}


@dataclass
class Wire:
    """Steps everything in time; `source` gives the reading that the gateway gets, or none."""

    dialect: str
    source: Callable[[float], RackSample | None]
    setup: SessionSetup
    inverter: SimInverter
    line: Line = Line.WORKS
    now_s: float = 0.0
    session: Session = field(init=False)
    checker: WireChecker = field(init=False)
    listener: CanInverter = field(init=False)
    sent: list[Sent] = field(default_factory=list)
    said: list[Spoken] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    deaf: bool = False
    """The inverter's frames do not arrive."""

    def __post_init__(self) -> None:
        self.session = build_session(self.setup, self.now_s)
        fail_safe = self.setup.fail_safe
        fresh_s = fresh_for(None)
        times = Times(fresh_s, fail_safe.zero_s(fresh_s), fail_safe.silent_s(fresh_s), fail_safe.rise_s)
        bounds, full = self._bounds(), self.setup.maxima.of(self.source(0.0) or reading(0.0))
        self.checker = WireChecker(
            times, bounds, full_a=max(full.charge_current_a or 0.0, full.discharge_current_a or 0.0)
        )
        make = find_dialect(self.dialect).parts().can_inverter
        assert make is not None
        self.listener = make(OPTIONS)

    def _bounds(self) -> Bounds:
        rack = self.source(0.0) or reading(0.0)
        full, caps = self.setup.maxima.of(rack), self.setup.caps
        pairs = [
            (full.charge_voltage_v, caps.charge_voltage_v),
            (full.charge_current_a, caps.charge_current_a),
            (full.discharge_current_a, caps.discharge_current_a),
        ]
        return Bounds(*(min((v for v in pair if v is not None), default=None) for pair in pairs))

    def run(self, seconds: float, *, until: Callable[[], bool] = lambda: False) -> None:
        end_s = self.now_s + seconds
        while self.now_s < end_s - 1e-9 and not until():
            self.step()

    def step(self) -> None:
        self.now_s = now_s = round(self.now_s + TICK_S, 6)
        rack = self.source(now_s)
        if rack is not None:
            self.session.see(rack, now_s, 10.0)
            self.checker.given(rack, now_s)
        for frame in self.inverter.due(now_s):
            if not self.deaf:
                self.session.hear(frame, now_s)
        frames = self.session.due(self.line, now_s)
        for frame in frames:
            assert frame.id in self.identifiers
            self.sent.append(Sent(now_s, frame.id, frame.data))
            self.inverter.hear(frame, now_s)
            self.listener.feed(frame, now_s)
        if frames:
            self._judge(told_keys(self.dialect, frames), now_s)

    @property
    def identifiers(self) -> frozenset[int]:
        return self.session._voice.battery.identifiers

    def _judge(self, keys: set[str], now_s: float) -> None:
        said = spoken(self.listener.view, keys, now_s)
        self.said.append(said)
        self.breaches += self.checker.spoken(said)
        told = self.session.report(now_s).told.rack
        assert told is not None
        assert told.limits is not None
        self.breaches += coarsened(told.limits, said)

    def silence_s(self) -> float:
        """Since the last frame."""
        return self.now_s - (self.sent[-1].at_s if self.sent else 0.0)


def live(now_s: float) -> RackSample:
    """A healthy rack, read this very moment."""
    return reading(now_s)


def new_wire(
    dialect: str, source: Callable[[float], RackSample | None] = live, *quirks: Quirk, **setup: object
) -> Wire:
    return Wire(dialect, source, setup_for(dialect, **setup), inverter_for(dialect, *quirks))  # type: ignore[arg-type]


def frozen_at(moment_s: float) -> Callable[[float], RackSample | None]:
    """A source that gives the same reading again and again from `moment_s` on."""
    return lambda now_s: reading(min(now_s, moment_s))


def killed_at(moment_s: float) -> Callable[[float], RackSample | None]:
    """A source that gives nothing from `moment_s` on."""
    return lambda now_s: reading(now_s) if now_s < moment_s else None


def slowed_from(moment_s: float, period_s: float) -> Callable[[float], RackSample | None]:
    """A source that gives a new reading only every `period_s` from `moment_s` on."""

    def source(now_s: float) -> RackSample | None:
        if now_s < moment_s:
            return reading(now_s)
        return reading(moment_s + period_s * ((now_s - moment_s) // period_s))

    return source
