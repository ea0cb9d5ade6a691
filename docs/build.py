"""Writes what follows from tables: a page for each protocol, the parameters, the dashboard. `--check` only compares."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from ascii_pages import pace_page, pylontech_console_page, pylontech_page, seplos2_page
from binary_pages import daly_page, jbd_page, jk_page, up16s_page
from bms_pages import parameters_page, protections_page, requirements_page
from can_pages import CAN_PROFILES, can_page
from command_pages import command_page
from grafana_dashboard import grafana_dashboard
from inverter_pages import inverters_page
from modbus_pages import (
    daly_modbus_page,
    growatt_485_page,
    jk_pb_page,
    pace_modbus_page,
    seplos3_page,
    tianbangda_page,
    voltronic_485_page,
)

from openress.web.help import whole_help

HERE = Path(__file__).parent


def help_data() -> list[str]:
    """The help that the page carries inside, so that it is there without any server."""
    return [json.dumps(whole_help(), indent=1, ensure_ascii=False)]


PAGES = {
    "command-line.md": command_page,
    "../ui/src/view/helpdata.json": help_data,
    "grafana-dashboard.json": grafana_dashboard,
    "inverters.md": inverters_page,
    "protections.md": protections_page,
    "requirements.md": requirements_page,
    "protocols/pylontech.md": pylontech_page,
    "parameters.md": parameters_page,
    "protocols/jbd.md": jbd_page,
    "protocols/jbd-up16s.md": up16s_page,
    "protocols/daly.md": daly_page,
    "protocols/jk-4e57.md": jk_page,
    "protocols/pace.md": pace_page,
    "protocols/seplos2.md": seplos2_page,
    "protocols/pylontech-console.md": pylontech_console_page,
    "protocols/pace-modbus.md": pace_modbus_page,
    "protocols/seplos3.md": seplos3_page,
    "protocols/jk-pb.md": jk_pb_page,
    "protocols/daly-modbus.md": daly_modbus_page,
    "protocols/voltronic-485.md": voltronic_485_page,
    "protocols/growatt-485.md": growatt_485_page,
    "protocols/tianbangda.md": tianbangda_page,
    **{f"protocols/{name}.md": partial(can_page, name) for name in CAN_PROFILES},
}


def main() -> int:
    """Write or compare all pages."""
    stale = []
    for name, make in PAGES.items():
        text = "\n".join(make()).rstrip() + "\n"
        path = HERE / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
            print(f"written: docs/{name}")
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}; run `make docs`.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
