"""What each verb is learned by: examples that can be typed, and the page that explains it.

A verb of a group stands as `params write`. Put under every `--help`; tests hold each example against the options
of its verb, and each page against the verb.
"""

from __future__ import annotations

from dataclasses import dataclass

import click

__all__ = ["LESSONS", "WITHOUT_JSON", "Lesson", "teach"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """How to learn a verb.

    Attributes:
        page: under docs/.
        examples: what follows `openress`.
    """

    page: str
    examples: tuple[str, ...]


def _lesson(page: str, *examples: str) -> Lesson:
    return Lesson(page, examples)


LESSONS = {
    "accounts add": _lesson("accounts.md", "accounts add ines --role installer"),
    "accounts audit": _lesson("accounts.md", "accounts audit", "accounts audit --json"),
    "accounts claim-code": _lesson("accounts.md", "accounts claim-code"),
    "accounts list": _lesson("accounts.md", "accounts list"),
    "accounts password": _lesson("accounts.md", "accounts password ines"),
    "accounts remove": _lesson("accounts.md", "accounts remove ines"),
    "accounts role": _lesson("accounts.md", "accounts role ines operator"),
    "accounts token add": _lesson("accounts.md", "accounts token add ines --role viewer --title grafana"),
    "accounts token revoke": _lesson("accounts.md", "accounts token revoke 3f9a"),
    "bms replay": _lesson("replay-a-recording.md", "bms replay trip.csv --param cell_ov_alarm_mv=3500"),
    "bus": _lesson("scan.md", "bus bus.toml pty:line", "bus bus.toml tcp-listen://127.0.0.1:4196 --record talk.txt"),
    "cable": _lesson("plan-and-wire.md", "cable victron", "cable deye --bus can --pdf cable.pdf"),
    "capture": _lesson(
        "capture-a-bus.md",
        "capture serial:/dev/ttyUSB0?baud=9600 --out line.capture --duration 60",
        "capture tcp-listen://127.0.0.1:4200 --bridge serial:/dev/ttyUSB0 --out both.capture --dialect pylontech",
    ),
    "cell fit": _lesson(
        "state-of-charge.md",
        'cell fit --log drive.csv --capacity 100 --ocv ocv.csv --source "our bench" --out cell.json',
    ),
    "cell soc": _lesson("state-of-charge.md", "cell soc --log drive.csv --capacity 100 --profile cell.json --soc soc"),
    "commission": _lesson(
        "commission-a-rack.md",
        "commission site.json --battery syscom-a5l-51v2 --packs 4 --inverter victron",
        'commission site.json --sign "A. Installer" --report site.pdf',
    ),
    "completion": _lesson("command-line.md", "completion bash", "completion fish"),
    "control balancing": _lesson("control-packs.md", "control serial:/dev/ttyUSB0 balancing off --pack 2"),
    "control buzzer": _lesson("control-packs.md", "control serial:/dev/ttyUSB0 buzzer off"),
    "control clock": _lesson(
        "control-packs.md",
        "control serial:/dev/ttyUSB0 clock",
        "control serial:/dev/ttyUSB0 clock --set now --pack 2 --yes",
    ),
    "control gear": _lesson("control-packs.md", "control serial:/dev/ttyUSB0 gear low"),
    "control lamp": _lesson("control-packs.md", "control serial:/dev/ttyUSB0 lamp off"),
    "control limit": _lesson("control-packs.md", "control serial:/dev/ttyUSB0 limit on --pack 3"),
    "control limit-start": _lesson(
        "control-packs.md",
        "control serial:/dev/ttyUSB0 limit-start",
        "control serial:/dev/ttyUSB0 limit-start 60",
    ),
    "control mos": _lesson("control-packs.md", "control serial:/dev/ttyUSB0 mos charge off --pack 2"),
    "control protocol": _lesson(
        "control-packs.md",
        "control serial:/dev/ttyUSB0 protocol --json",
        "control serial:/dev/ttyUSB0 protocol --can 2",
    ),
    "control shutdown": _lesson("control-packs.md", "control serial:/dev/ttyUSB0 shutdown --pack 4"),
    "dbc": _lesson("read-frames.md", "dbc pylontech-can"),
    "decode": _lesson(
        "read-frames.md",
        "decode pylontech-can 351#1402C012C012C201",
        "decode pylontech '~20024642E00202FD33'",
    ),
    "dialects": _lesson("read-frames.md", "dialects", "dialects --json"),
    "dip": _lesson("plan-and-wire.md", "dip 1 2 3", 'dip "ON OFF OFF OFF" --battery syscom-a5l-51v2'),
    "drill": _lesson("drills.md", "drill list", "drill pull-plug --all-rows"),
    "explain": _lesson("explain.md", "explain", "explain --at 90s --url http://127.0.0.1:8080"),
    "gateway": _lesson(
        "gateway.md",
        "gateway --battery serial:/dev/ttyUSB0 --dialect pace --inverter victron --port can:socketcan:can0",
        "gateway --battery tcp://192.0.2.7:4196 --inverter auto --port can:socketcan:can0 --ccl 100 --shadow",
    ),
    "help": _lesson("store-and-ship.md", "help", "help transport"),
    "history": _lesson("history.md", "history pack_voltage_v --last 2h", "history events --last 7d --json"),
    "incident export": _lesson("incidents.md", "incident export killed.jsonl.gz --redact --out shared.jsonl.gz"),
    "incident list": _lesson("incidents.md", "incident list"),
    "incident replay": _lesson("incidents.md", "incident replay killed.jsonl.gz --ccl 40"),
    "incident show": _lesson("incidents.md", "incident show", "incident show killed.jsonl.gz --every 15"),
    "inverter": _lesson("gateway.md", "inverter can:socketcan:can0 --inverter victron --wants 40"),
    "inverters": _lesson("inverters.md", "inverters", "inverters --json"),
    "inverters failsafe": _lesson("inverters.md", "inverters failsafe victron"),
    "inverters show": _lesson("inverters.md", "inverters show deye"),
    "lamps": _lesson("commission-a-rack.md", "lamps F1 off on on off off"),
    "logs export": _lesson("read-logs.md", "logs export serial:/dev/ttyUSB0 records.csv --pack 2"),
    "logs read": _lesson("read-logs.md", "logs read serial:/dev/ttyUSB0 --limit 20"),
    "logs verify": _lesson("history.md", "logs verify", "logs verify --data ./data --json"),
    "mqtt discovery": _lesson("home-assistant.md", "mqtt discovery --config site.toml"),
    "mqtt test": _lesson("home-assistant.md", "mqtt test --config site.toml"),
    "notify test": _lesson("notifications.md", "notify test --config site.toml"),
    "params clone": _lesson("change-parameters.md", "params clone serial:/dev/ttyUSB0 --pack 1 --to 2 --to 3"),
    "params diff": _lesson(
        "change-parameters.md",
        "params diff serial:/dev/ttyUSB0 --pack 2",
        "params diff serial:/dev/ttyUSB0 --pack 2 --with-pack 1 --json",
    ),
    "params journal": _lesson("change-parameters.md", "params journal --pack 2"),
    "params read": _lesson(
        "change-parameters.md",
        "params read serial:/dev/ttyUSB0 --pack 2",
        "params read serial:/dev/ttyUSB0 cell_ov_alarm_mv cell_ov_protect_mv --json",
    ),
    "params recover": _lesson("change-parameters.md", "params recover serial:/dev/ttyUSB0 --pack 2"),
    "params restore": _lesson(
        "change-parameters.md",
        "params restore serial:/dev/ttyUSB0 --pack 2",
        "params restore serial:/dev/ttyUSB0 --pack 2 --file saved.json",
    ),
    "params undo": _lesson("change-parameters.md", "params undo serial:/dev/ttyUSB0 --pack 2"),
    "params write": _lesson(
        "change-parameters.md",
        "params write serial:/dev/ttyUSB0 cell_ov_alarm_mv=3490 balance_delta_mv=30 --pack 2",
    ),
    "passport": _lesson("passport.md", "passport --pack 2 --pdf pack-2.pdf", "passport --json"),
    "plan": _lesson("plan-and-wire.md", "plan --packs 4 --inverter victron --pack-current-a 50 --pdf rack.pdf"),
    "playback": _lesson(
        "capture-a-bus.md", "playback line.capture", "playback line.capture tcp-listen://127.0.0.1:4200 --speed 4"
    ),
    "ports": _lesson("links.md", "ports", "ports --json"),
    "rack": _lesson("racks.md", "rack serial:/dev/ttyUSB0 --dialect pace --packs 4"),
    "read": _lesson(
        "read-packs.md",
        "read serial:/dev/ttyUSB0?baud=9600 --dialect pace",
        "read tcp://192.0.2.7:4196 --pack 1 --json",
    ),
    "scan": _lesson("scan.md", "scan serial:/dev/ttyUSB0", "scan tcp://192.0.2.7:4196 --dialect pace --addresses 1-4"),
    "serve": _lesson("serve-a-battery.md", "serve pylontech pty:battery --packs 2"),
    "sheet": _lesson("plan-and-wire.md", "sheet victron --packs 4", "sheet deye --open-loop --pdf settings.pdf"),
    "sim run": _lesson("simulate.md", "sim run --packs 4 --days 365 --report year.html"),
    "storage": _lesson(
        "store-and-ship.md", "storage --charged 2026-10-01 --temperature-c 20 --ics recharge.ics", "storage --ship 30"
    ),
    "top": _lesson(
        "command-line.md",
        "top",
        "top serial:/dev/ttyUSB0 --dialect pace",
        "top --url http://127.0.0.1:8080 --once",
    ),
    "up": _lesson("run-a-virtual-rack.md", "up", "up --packs 8 --inverter victron", "up --config site.toml"),
    "update-check": _lesson(
        "commission-a-rack.md", "update-check serial:/dev/ttyUSB0 --dialect pace --listen can:socketcan:can0"
    ),
}

WITHOUT_JSON = {
    "completion": "prints lines for a shell",
    "dbc": "prints DBC, which is there for programs",
    "decode": "prints JSON always, a line for each frame",
}
"""Verbs without `--json`, and why."""


def teach(name: str, command: click.Command) -> None:
    """Put the examples and the page of a verb, and of all below it, at the end of their help."""
    lesson = LESSONS.get(name)
    if lesson is not None:
        word = "Example" if len(lesson.examples) == 1 else "Examples"
        lines = [f"{word}:", *(f"  openress {example}" for example in lesson.examples)]
        command.epilog = "\n".join(["\b", *lines, "", f"More: docs/{lesson.page}"])
    if isinstance(command, click.Group):
        for verb, below in command.commands.items():
            teach(f"{name} {verb}", below)
