"""What follows a running rack and never holds it up: history, metrics, brokers, notifications.

A follower is handed the same snapshot as the page, once a second, so that no two of them tell different values. The
way from the packs to the inverter does not pass here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from fastapi import APIRouter

from openress.config import Config
from openress.drill.routes import make_drills
from openress.explaining import explaining
from openress.gateway.caps import Caps
from openress.gateway.tape import Step
from openress.incidents.recorder import make_recorder
from openress.telemetry.history import make_history
from openress.telemetry.metrics import make_metrics
from openress.telemetry.mqtt import make_mqtt
from openress.telemetry.notify import make_notify
from openress.telemetry.passportapi import make_passports
from openress.telemetry.reminders import make_reminders
from openress.web.commissioning import make_commissioning

__all__ = ["Follower", "Obedient", "Tapping", "followers_of", "let_obey"]


class Follower(Protocol):
    """One of them."""

    @property
    def routers(self) -> Sequence[APIRouter]:
        """What it adds to the API."""
        ...

    def see(self, snapshot: dict[str, Any]) -> None:
        """Take a snapshot, see `openress.app`; it belongs to the page and is not changed. Never raises, never waits."""
        ...

    async def run(self) -> None:
        """Work until cancelled; ends by itself only when there is nothing to do."""
        ...

    async def close(self) -> None:
        """Finish what can be finished at once."""
        ...


@runtime_checkable
class Obedient(Protocol):
    """A follower that takes commands from afar."""

    def obey(self, set_remote: Callable[[Caps | None], None]) -> None:
        """Learn how caps reach the gateway; they only restrict, and lapse."""
        ...


@runtime_checkable
class Tapping(Protocol):
    """A follower that is also given what passes on the buses and what the gateway does, step by step."""

    def tap(self, steps: Sequence[Step]) -> None:
        """Take the gateway's steps; none at all is a gap. Never raises, never waits."""
        ...

    def overhear(self, direction: str, data: bytes) -> None:
        """Take bytes of the line to the packs, `>` towards them; likewise."""
        ...


Maker = Callable[[Config, Path, Callable[[str], None]], Follower | None]
"""Makes a follower where the configuration asks for it."""

_MAKERS: tuple[Maker, ...] = (
    explaining,
    make_recorder,
    make_metrics,
    make_history,
    make_mqtt,
    make_notify,
    make_reminders,
    make_passports,
    make_drills,
    make_commissioning,
)


def followers_of(config: Config, folder: Path, say: Callable[[str], None]) -> list[Follower]:
    """Those that a configuration asks for.

    Args:
        config: of the run.
        folder: the data folder, which is ours alone.
        say: told what a person should know, in sentences.

    Raises:
        ParameterError: one cannot be made as the configuration has it.
    """
    made = (make(config, folder, say) for make in _MAKERS)
    return [follower for follower in made if follower is not None]


def let_obey(followers: Sequence[Follower], set_remote: Callable[[Caps | None], None]) -> None:
    """Give those that take commands a way to the gateway."""
    for follower in followers:
        if isinstance(follower, Obedient):
            follower.obey(set_remote)
