"""The racks that the tests plan and draw: 1, 4, 8, 15, 16 and 17 packs."""

from __future__ import annotations

from openress.catalog import load_battery
from openress.install.connectors import find_inverter
from openress.install.plan import Plan, make_plan
from openress.install.powerplan import Request

RACKS = {
    1: ("syscom-a5l-51v2", "victron", Request(packs=1)),
    4: ("syscom-a5l-51v2", "sma", Request(packs=4)),
    8: ("powersync-lfp-lv-51v2-8bit", "sol-ark", Request(packs=8, pack_current_a=100, scheme="seplos-8bit")),
    15: ("syscom-a5l-48v", "must", Request(packs=15)),
    16: ("powersync-lfp-lv-51v2-8bit", "sol-ark", Request(packs=16, pack_current_a=100, scheme="seplos-8bit")),
    17: ("powersync-lfp-lv-51v2-6bit", "sol-ark", Request(packs=17, pack_current_a=100)),
}


def rack(packs: int) -> Plan:
    battery, inverter, request = RACKS[packs]
    return make_plan(load_battery(battery), find_inverter(inverter), request)
