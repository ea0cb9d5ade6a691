"""What is said on MQTT: topics, and the state of rack, packs and gateway as JSON in V, A, W, Wh, % and degrees Celsius.

    <root>/<site>/status                   online, or offline as the broker tells when we are gone; retained
    <root>/<site>/gateway/state            this program and what the inverter is told
    <root>/<site>/rack/state               the packs together
    <root>/<site>/rack/status              online while the values are fresh; retained
    <root>/<site>/pack/<serial>/state      one pack
    <root>/<site>/pack/<serial>/cells      its cells, more rarely
    <root>/<site>/pack/<serial>/status     retained
    <root>/<site>/record                   all of it with its time, kept and sent later when the broker is away
    <root>/<site>/set/<what>               commands, where they are allowed

Positive current charges. What is not known has no key.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openress.bms.energy import EnergyTotals
from openress.store.happened import Source, SourceKind

__all__ = [
    "OFFLINE",
    "ONLINE",
    "Layout",
    "alarm_words",
    "cells_state",
    "fresh",
    "gateway_state",
    "keys_of",
    "pack_state",
    "rack_state",
]

ONLINE, OFFLINE = "online", "offline"
"""What Home Assistant takes for available and not."""
NOMINAL_CELL_V = 3.2
"""Of lithium iron phosphate; stored energy is an estimate with it."""
_EFFECTIVE_A = 0.5
_LONGEST_WORDS = 255
"""Home Assistant takes no longer state (developers.home-assistant.io, `MAX_LENGTH_STATE_STATE`)."""
_SAME = (
    "pack_voltage_v",
    "pack_current_a",
    "soc_pct",
    "soh_pct",
    "remaining_ah",
    "full_ah",
    "design_ah",
    "cycles",
    "charge_voltage_limit_v",
    "charge_current_limit_a",
    "discharge_current_limit_a",
    "discharge_voltage_limit_v",
    "charge_enabled",
    "discharge_enabled",
    "temperature_min_c",
    "temperature_max_c",
    "mos_temperature_c",
    "env_temperature_c",
    "state",
    "age_s",
    "freshness",
)
_TIMES = {"time_to_empty_s": "time_to_go_s", "time_to_full_s": "time_to_full_s"}
"""Of the rack's own rule (`openress.bms.timeleft`); "to go" is what displays call the time until empty."""
_TROUBLES = (("faults", "fault"), ("protections", "protection"), ("alarms", "alarm"))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are said."""

    root: str
    site: str

    @property
    def base(self) -> str:
        """The beginning of every topic."""
        return f"{self.root}/{self.site}"

    @property
    def status(self) -> str:
        """Our own availability."""
        return f"{self.base}/status"

    @property
    def record(self) -> str:
        """Records with their time."""
        return f"{self.base}/record"

    def of(self, device: str, what: str) -> str:
        """`what` of `rack`, of `gateway` or of the pack `pack/KEY`."""
        return f"{self.base}/{device}/{what}"

    def command(self, what: str) -> str:
        """Where `what` is asked for."""
        return f"{self.base}/set/{what}"


def keys_of(packs: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """A key for each pack of a snapshot: its serial number, whatever its address; fit for a topic and an identifier.

    Packs without a number, and several with the same, are known by their address.
    """
    serials = {number: str(pack.get("serial") or "").strip() for number, pack in packs.items()}
    often = Counter(serials.values())
    found = {}
    for number, serial in serials.items():
        if not serial:
            found[number] = f"address-{number}"
        elif often[serial] > 1:
            found[number] = f"{_plain(serial)}-address-{number}"
        else:
            found[number] = _plain(serial)
    return found


def _plain(serial: str) -> str:
    """Letters, digits, `_` and `-`; two that differ only in what is left out stay two."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", serial)
    return plain if plain == serial else f"{plain}-{hashlib.sha256(serial.encode()).hexdigest()[:6]}"


def fresh(values: Mapping[str, Any]) -> bool:
    """Whether the values of a pack or rack may be shown as present ones."""
    return values.get("freshness") in ("fresh", "asleep")


def pack_state(pack: Mapping[str, Any], cells: int | None, totals: EnergyTotals | None) -> dict[str, Any]:
    """A pack of a snapshot.

    Args:
        pack: under the public keys.
        cells: in series.
        totals: of energy, as kept.
    """
    values = _common(pack, cells, totals)
    if "balancing" in pack:
        values["balancing"] = any(pack["balancing"])
    values["address"] = pack["pack"]
    serial = str(pack.get("serial") or "")
    return values | (_virtual(values) if Source(SourceKind.PACK, serial).virtual else {})


def rack_state(snapshot: Mapping[str, Any], totals: EnergyTotals | None) -> dict[str, Any]:
    """The packs together."""
    rack = snapshot["rack"]
    values = _common(rack, rack.get("cells"), totals)
    values |= {key: rack[key] for key in ("modules", "sentence") if key in rack}
    values["modules_online"] = sum(fresh(pack) for pack in snapshot["packs"].values())
    values |= {said: rack[key] for key, said in _TIMES.items() if key in rack}
    return values | (_virtual(values) if snapshot.get("virtual") else {})


def _virtual(values: Mapping[str, Any]) -> dict[str, Any]:
    """The mark of packs that are simulated; also in the words of an alarm, which are read alone."""
    words = values.get("words", "none")
    return {"virtual": True} | ({} if words == "none" else {"words": f"virtual: {words}"[:_LONGEST_WORDS]})


def _common(source: Mapping[str, Any], cells: int | None, totals: EnergyTotals | None) -> dict[str, Any]:
    values: dict[str, Any] = {key: source[key] for key in _SAME if source.get(key) is not None}
    voltage, current = source.get("pack_voltage_v"), source.get("pack_current_a")
    if voltage is not None and current is not None:
        values["power_w"] = round(voltage * current, 1)
    if current is not None:
        values["charging"] = current > _EFFECTIVE_A
    low, high = source.get("cell_voltage_min_mv"), source.get("cell_voltage_max_mv")
    if low is not None and high is not None:
        values |= {
            "cell_voltage_min_v": round(low / 1000, 3),
            "cell_voltage_max_v": round(high / 1000, 3),
            "cell_voltage_spread_v": round((high - low) / 1000, 3),
        }
    if cells and source.get("remaining_ah") is not None:
        values["stored_wh"] = round(source["remaining_ah"] * cells * NOMINAL_CELL_V)
    if totals is not None:
        values["charged_kwh"] = round(totals.charged_wh / 1000, 3)
        values["discharged_kwh"] = round(totals.discharged_wh / 1000, 3)
    if any(kind in source for kind, _ in _TROUBLES):
        words = alarm_words(source)
        values |= {"problem": bool(words), "words": words or "none"}
    return values


def alarm_words(source: Mapping[str, Any]) -> str:
    """What is wrong, worst first; empty when nothing is."""
    found = [
        f"{name.replace('_', ' ')} ({word})" for kind, word in _TROUBLES for name in source.get(kind) or () if name
    ]
    return ", ".join(found)[:_LONGEST_WORDS]


def cells_state(pack: Mapping[str, Any]) -> dict[str, Any]:
    """Cells and temperature sensors of a pack, in their order."""
    values: dict[str, Any] = {}
    if pack.get("cell_voltages_mv"):
        values["cell_voltages_v"] = [
            None if value is None else round(value / 1000, 3) for value in pack["cell_voltages_mv"]
        ]
    if pack.get("temperatures_c"):
        values["temperatures_c"] = pack["temperatures_c"]
    if pack.get("balancing"):
        values["balancing"] = pack["balancing"]
    return values


def gateway_state(snapshot: Mapping[str, Any], *, waiting: int, remote: Mapping[str, float]) -> dict[str, Any]:
    """This program and, where there is one, the gateway to an inverter.

    Args:
        snapshot: of the page.
        waiting: records that are still to be sent.
        remote: caps asked for over MQTT that hold now.
    """
    values: dict[str, Any] = {"version": snapshot["version"], "records_waiting": waiting}
    values["virtual"] = bool(snapshot.get("virtual"))
    gateway = snapshot.get("gateway")
    if gateway is not None:
        troubles = [alarm["sentence"] for alarm in gateway.get("alarms", [])]
        values |= {
            "inverter": gateway["title"],
            "state": gateway["state"],
            "sentence": gateway["sentence"][:_LONGEST_WORDS],
            "problem": bool(troubles),
            "words": " ".join(troubles)[:_LONGEST_WORDS] or "none",
        }
        told = gateway.get("told") or {}
        values |= {f"told_{key}": value for key, value in told.items() if value is not None}
    return values | {f"remote_{key}": value for key, value in remote.items()}
