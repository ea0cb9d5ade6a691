"""Snapshots as the page has them, for whatever follows a rack."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from openress.config import Config
from openress.live import LiveRack
from openress.model.flat import rack_json
from openress.sites.build import build_rack

TIME_S = 1_760_000_000.0


@cache
def _made(packs: int) -> dict[str, Any]:
    config = Config()
    config.rack.packs = min(packs, 2)
    live = LiveRack(build_rack(config))
    sample = live.rack()
    whole = rack_json(sample, sample.at_s)
    found = {str(pack["pack"]): pack for pack in whole.pop("packs")}
    for number in range(3, packs + 1):
        found[str(number)] = found["1"] | {"pack": number, "serial": f"VIRTUAL-{number:04}"}
    told = {"charge_voltage_limit_v": 56.0, "charge_current_limit_a": 40.0, "discharge_current_limit_a": 80.0}
    return {
        "version": "0.1.0",
        "virtual": True,
        "time_s": TIME_S,
        "rack": whole
        | {"title": "Syscom A5L 51.2 V", "cells": 16, "sentence": "At rest.", "state": "STANDBY"}
        | {"freshness": "fresh", "age_s": 0.2},
        "packs": found,
        "gateway": {
            "title": "Any inverter",
            "state": "live",
            "sentence": "The inverter is told 56.0 V, 40.0 A in, 80.0 A out.",
            "told": told,
            "alarms": [],
        },
        "simulation": {"running": True, "speed": 1.0},
    }


def snapshot(packs: int = 2, *, time_s: float = TIME_S) -> dict[str, Any]:
    """A rack at rest that nobody else holds."""
    found = copy.deepcopy(_made(packs))
    found["time_s"] = time_s
    return found
