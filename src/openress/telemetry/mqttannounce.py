"""What a broker holds for us: discovery, availability, and their removal when a pack has left for good."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from openress.telemetry.homeassistant import HomeAssistant, discovery
from openress.telemetry.mqttstates import OFFLINE, ONLINE, fresh, keys_of

__all__ = ["Announcements"]


class Announcements:
    """Tells what has to be said, once per connection and whenever it changes.

    Args:
        home: how discovery is told.
        known: topics told in earlier runs, as JSON; each with what goes when it goes.
        gone_after_s: a pack that is not part of the rack for so long has been taken out.
    """

    def __init__(self, home: HomeAssistant, known: str, *, gone_after_s: float) -> None:
        self._home = home
        self._gone_after_s = gone_after_s
        self._known: dict[str, list[str]] = _parsed(known)
        self._missing: dict[str, float] = {}
        self._told: dict[str, str] = {}
        self._shape: object = None
        self._current: frozenset[str] = frozenset()

    @property
    def known(self) -> str:
        """To be kept for the next run."""
        return json.dumps(self._known)

    def again(self) -> None:
        """A new connection, or a Home Assistant that has just started: it has to be told everything."""
        self._told.clear()
        self._shape = None

    def discovery(self, snapshot: Mapping[str, Any], now_s: float) -> Iterator[tuple[str, str]]:
        """Retained messages that are due, topic and text; an empty text removes."""
        if not self._home.prefix:
            return
        shape = _shape(snapshot)
        if shape != self._shape:
            self._shape = shape
            current = discovery(self._home, snapshot)
            for topic, payload in current.items():
                # Its own status is the last in the list; ours stays.
                own = [entry["topic"] for entry in payload["availability"][1:]]
                self._known[topic] = own
                self._missing.pop(topic, None)
                yield from self._due(topic, json.dumps(payload, ensure_ascii=False, separators=(",", ":")))
            self._current = frozenset(current)
        if fresh(snapshot["rack"]):
            for topic in self._known.keys() - self._current:
                self._missing.setdefault(topic, now_s)
        else:
            # A rack that is not heard says nothing of who belongs to it.
            self._missing.clear()
        for topic in [topic for topic, since_s in self._missing.items() if now_s - since_s >= self._gone_after_s]:
            del self._missing[topic]
            for left in (topic, *self._known.pop(topic)):
                self._told.pop(left, None)
                yield left, ""

    def availability(self, snapshot: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Likewise; what is not fresh is offline."""
        layout = self._home.layout
        keys = keys_of(snapshot["packs"])
        found = {layout.of(f"pack/{keys[number]}", "status"): fresh(pack) for number, pack in snapshot["packs"].items()}
        found[layout.of("rack", "status")] = fresh(snapshot["rack"])
        for topic in self._known.keys() - self._current:
            found |= dict.fromkeys(self._known[topic], False)
        for topic, here in found.items():
            yield from self._due(topic, ONLINE if here else OFFLINE)

    def _due(self, topic: str, text: str) -> Iterator[tuple[str, str]]:
        if self._told.get(topic) != text:
            self._told[topic] = text
            yield topic, text


def _shape(snapshot: Mapping[str, Any]) -> object:
    """What discovery depends on: who is there, with how many cells; never a measured value."""
    names = ("serial", "model", "manufacturer", "software_version")
    lists = ("cell_voltages_mv", "temperatures_c")
    packs = [
        (number, *(pack.get(name) for name in names), *(len(pack.get(name) or ()) for name in lists))
        for number, pack in snapshot["packs"].items()
    ]
    return (snapshot["version"], snapshot["rack"].get("title"), snapshot.get("gateway") is None, packs)


def _parsed(text: str) -> dict[str, list[str]]:
    try:
        return {str(topic): [str(one) for one in topics] for topic, topics in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        return {}
