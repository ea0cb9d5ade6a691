"""A session, an inverter and perhaps another battery on one serial line, in simulated time, with a recorder on it."""

from __future__ import annotations

from collections.abc import Callable

from tests.gateway.bench import reading
from tests.protocols.seriallines import OPTIONS, inverter

from openress.gateway.caps import Caps
from openress.gateway.setup import Auto, PackMaxima, SessionSetup, build_serial_session
from openress.gateway.supervise import Habits, Line
from openress.gateway.voice import Exchange
from openress.inverters import FailSafe
from openress.model import RackSample
from openress.protocols.canbus import InverterView
from openress.protocols.serialbus import SerialBattery, SerialInverter

STEP_S = 0.005
READ_EVERY_S = 0.5


class Line485:
    """A session, an inverter and perhaps another battery on one line, in simulated time."""

    def __init__(
        self,
        dialect: str,
        manner: str | None = None,
        *,
        caps: Caps | None = None,
        auto: Auto | None = None,
        fail_safe: FailSafe | None = None,
    ) -> None:
        self.setup = SessionSetup(
            dialect,
            fail_safe=fail_safe or FailSafe(),
            habits=Habits("The inverter"),
            caps=caps or Caps(),
            maxima=PackMaxima(None, 50.0, 100.0, 16),
            expected=2,
            serial=OPTIONS,
            auto=auto,
        )
        self.session = build_serial_session(self.setup, 0.0)
        self.inverter: SerialInverter = inverter(dialect, manner)
        self.other: SerialBattery | None = None
        self.recorded: list[tuple[float, str, bytes]] = []
        self.now_s = self.read_s = 0.0
        self.asked: list[tuple[float, bytes]] = []
        self.sent: list[tuple[float, bytes]] = []
        self.frozen_s: float | None = None
        self.source: Callable[[float], RackSample | None] = lambda _: self.rack()
        self.on_read: Callable[[RackSample, float], object] = lambda _rack, _now_s: None
        self.on_answer: Callable[[Exchange, float], object] = lambda _exchange, _now_s: None

    def rack(self) -> RackSample:
        return reading(self.now_s if self.frozen_s is None else min(self.now_s, self.frozen_s))

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self.now_s < end_s - 1e-9:
            due = [self.inverter.next_due_s, self.session.next_due_s, *self._other_due()]
            self.now_s = max(self.now_s + STEP_S, min(due))
            if self.now_s - self.read_s >= READ_EVERY_S:
                self.read_s = self.now_s
                rack = self.source(self.now_s)
                if rack is not None:
                    self.session.see(rack, self.now_s, 10.0)
                    self.on_read(rack, self.now_s)
            for question in self.inverter.due(self.now_s):
                self.asked.append((self.now_s, question))
                self.recorded.append((self.now_s, "inverter", question))
                self.session.hear(question, self.now_s)
                if self.other is not None:
                    self.other.feed(question, self.now_s)
            for answer in self.session.due(Line.WORKS, self.now_s):
                self.sent.append((self.now_s, answer))
                self.recorded.append((self.now_s, "gateway", answer))
                self.inverter.feed(answer, self.now_s)
                self.on_answer(Exchange(self.asked[-1][1], answer), self.now_s)
            if self.other is not None:
                for answer in self.other.due(reading(self.now_s), self.now_s):
                    self.recorded.append((self.now_s, "other", answer))
                    self.session.hear(answer, self.now_s)
                    self.inverter.feed(answer, self.now_s)

    def _other_due(self) -> list[float]:
        due_s = None if self.other is None else self.other.next_due_s
        return [] if due_s is None else [due_s]

    @property
    def view(self) -> InverterView:
        return self.inverter.view
