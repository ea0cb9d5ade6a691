"""What happens to a rack, as the differences between what its snapshots say stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from openress.model import Freshness
from openress.store.happened import RACK, VIRTUAL_RACK, Ended, Event, Level, Source, SourceKind
from openress.telemetry.lineloss import NOT_ASKED, DeadLine, LineLoss, of_the_line

__all__ = ["Happenings", "instant", "rack_of", "source_of"]

_LISTS = {
    "protections": ("protection", Level.CRITICAL),
    "faults": ("fault", Level.CRITICAL),
    "alarms": ("alarm", Level.WARNING),
}
_HEARD = frozenset({Freshness.FRESH.value, Freshness.ASLEEP.value})
_UNHEARD = ("link", "lost")
_LENT = "line_lent"
"""That a scan has the line is no trouble."""
_MEASURED = {
    "cell_over_voltage": ("cell_voltage_max_mv", "highest cell", "mV"),
    "cell_under_voltage": ("cell_voltage_min_mv", "lowest cell", "mV"),
    "cell_imbalance": ("cell_voltage_max_mv", "highest cell", "mV"),
    "pack_over_voltage": ("pack_voltage_v", "pack", "V"),
    "pack_under_voltage": ("pack_voltage_v", "pack", "V"),
    "charge_over_current": ("pack_current_a", "current", "A"),
    "discharge_over_current": ("pack_current_a", "current", "A"),
    "discharge_over_current_2": ("pack_current_a", "current", "A"),
    "mos_over_temperature": ("mos_temperature_c", "MOS", "°C"),
    "charge_under_temperature": ("temperature_min_c", "coldest cell", "°C"),
    "discharge_under_temperature": ("temperature_min_c", "coldest cell", "°C"),
    "charge_over_temperature": ("temperature_max_c", "hottest cell", "°C"),
    "discharge_over_temperature": ("temperature_max_c", "hottest cell", "°C"),
    "ambient_under_temperature": ("env_temperature_c", "surroundings", "°C"),
    "ambient_over_temperature": ("env_temperature_c", "surroundings", "°C"),
    "soc_low": ("soc_pct", "charge", "%"),
}
"""The measurement that a condition is about, for its sentence."""


def rack_of(snapshot: Mapping[str, Any]) -> Source:
    """The rack of a snapshot: what is simulated is no past of real packs, and its alarms are none of theirs."""
    return VIRTUAL_RACK if snapshot.get("virtual") else RACK


def source_of(number: str, pack: Mapping[str, Any]) -> Source:
    """Whom a pack of a snapshot is known as."""
    return Source(SourceKind.PACK, str(pack.get("serial") or f"pack {number}"))


@dataclass(frozen=True, slots=True)
class _Silent:
    """What is not known of a source now: those of its events stand on."""

    source: Source
    kinds: frozenset[str]


_SPOKEN = frozenset({"protection", "fault", "alarm", "notice"})


class Happenings:
    """Tells beginnings and ends.

    Args:
        standing: what stood when the run before ended.
    """

    def __init__(self, standing: Iterable[Event] = ()) -> None:
        self._standing = {event.key: event for event in standing}
        self._line = LineLoss()

    def see(self, snapshot: Mapping[str, Any]) -> tuple[list[Event], list[Ended]]:
        """What began and what ended with a snapshot."""
        now_s = float(snapshot["time_s"])
        told = list(_told(snapshot, now_s, self._line.see(snapshot)))
        found = {event.key: event for event in told if isinstance(event, Event)}
        silent = [item for item in told if isinstance(item, _Silent)]
        begun = [event for key, event in found.items() if key not in self._standing]
        # A pack that is not there, or not known yet after a start, says nothing about what stands.
        present = {RACK, VIRTUAL_RACK, *(source_of(number, pack) for number, pack in snapshot["packs"].items())}
        over = [
            event
            for key, event in self._standing.items()
            if key not in found
            and event.source in present
            and not any(event.source == item.source and event.kind in item.kinds for item in silent)
        ]
        for event in begun:
            self._standing[event.key] = event
        for event in over:
            del self._standing[event.key]
        return begun, [Ended(event.source, event.kind, event.code, now_s) for event in over]


def instant(event: Event) -> Event:
    """An event without a duration."""
    return replace(event, ended_s=event.began_s)


def _told(snapshot: Mapping[str, Any], now_s: float, dead: DeadLine | None) -> Iterator[Event | _Silent]:
    asked = (snapshot.get("connection") or {}).get("state") not in NOT_ASKED
    for number, pack in snapshot["packs"].items():
        blamed = asked and (dead is None or int(number) not in dead.packs)
        yield from _of_pack(number, pack, now_s, blamed=blamed)
    rack, source = snapshot["rack"], rack_of(snapshot)
    yield _of_line(snapshot, dead, now_s)
    for finding in rack.get("findings") or ():
        if dead is not None and of_the_line(finding):
            continue
        packs = " ".join(str(pack) for pack in finding.get("packs") or ())
        found = _rack_event(source, "finding", f"{finding['trouble']} {packs}".strip(), finding["sentence"], now_s)
        yield replace(found, level=Level.INFO) if finding["trouble"] == _LENT else found
    if rack.get("freshness") == Freshness.FRESH.value:
        for notice in rack.get("notices") or ():
            yield _rack_event(source, "notice", notice, _sentence(f"Notice: {_words(notice)}"), now_s)
    else:
        yield _Silent(source, frozenset({"notice"}))
    gateway = snapshot.get("gateway")
    for alarm in (gateway or {}).get("alarms") or ():
        yield _rack_event(source, "gateway", alarm["trouble"], alarm["sentence"], now_s)


def _rack_event(source: Source, kind: str, code: str, text: str, now_s: float) -> Event:
    return Event(source=source, pack=None, kind=kind, code=code, level=Level.WARNING, began_s=now_s, text=text)


def _of_line(snapshot: Mapping[str, Any], dead: DeadLine | None, now_s: float) -> Event | _Silent:
    """That the line is dead, for all packs on it together; before anybody is heard it is not known to live."""
    kind, code = _UNHEARD
    if dead is not None and dead.told:
        return replace(_rack_event(rack_of(snapshot), kind, code, dead.sentence, now_s), level=Level.CRITICAL)
    heard = any(pack.get("freshness") in _HEARD for pack in snapshot["packs"].values())
    return _Silent(rack_of(snapshot), frozenset() if heard else frozenset({kind}))


def _of_pack(number: str, pack: Mapping[str, Any], now_s: float, *, blamed: bool) -> Iterator[Event | _Silent]:
    source, place = source_of(number, pack), int(number)
    freshness = pack.get("freshness")
    if freshness not in _HEARD:
        if not blamed:
            # Silence means nothing about the pack, and what stood stands on.
            yield _Silent(source, _SPOKEN | {_UNHEARD[0]})
            return
        yield _Silent(source, _SPOKEN)
        if source.name != f"pack {number}" or freshness == Freshness.STALE.value:
            text = f"Pack {number} ({source.name}) is not heard any more; its values are old."
            kind, code = _UNHEARD
            yield Event(source=source, pack=place, kind=kind, code=code, level=Level.CRITICAL, began_s=now_s, text=text)
        return
    seen: set[str] = set()
    for key, (kind, level) in _LISTS.items():
        if pack.get(key) is None:
            yield _Silent(source, frozenset({kind}))
            continue
        # What has opened a switch is not told a second time as a mere alarm.
        for code in (code for code in pack[key] if code not in seen):
            seen.add(code)
            text = _sentence(f"{kind.capitalize()} of pack {number}: {_words(code)}{_measured(code, pack)}")
            yield Event(source=source, pack=place, kind=kind, code=code, level=level, began_s=now_s, text=text)
    for code in pack.get("notices") or ():
        text = _sentence(f"Notice of pack {number}: {_words(code)}")
        yield Event(source=source, pack=place, kind="notice", code=code, level=Level.INFO, began_s=now_s, text=text)


def _words(code: str) -> str:
    return code.replace("_", " ").replace("soc", "state of charge").replace("mos", "MOS")


def _measured(code: str, pack: Mapping[str, Any]) -> str:
    if code not in _MEASURED:
        return ""
    key, what, unit = _MEASURED[code]
    value = pack.get(key)
    return "" if value is None else f", {what} {value:g} {unit}"


def _sentence(text: str) -> str:
    return f"{text}."
