"""One frame of `openress top`: a snapshot of the page, laid out for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

__all__ = ["frame"]

Snapshot = Mapping[str, Any]

_FRESH = "fresh"
_NOT_COUNTED = frozenset({"awaited", "joining", "lost", "excluded"})
_COLUMNS = (
    ("Pack", "{pack}"),
    ("SOC", "{soc_pct:.0f}%"),
    ("Volt", "{pack_voltage_v:.2f}"),
    ("Amp", "{pack_current_a:+.1f}"),
    ("Cell min", "{cell_voltage_min_mv:.0f}"),
    ("max", "{cell_voltage_max_mv:.0f}"),
    ("mV", "{delta_mv:.0f}"),
    ("Temp", "{temperature_min_c:.0f}-{temperature_max_c:.0f}"),
    ("In A", "{charge_current_limit_a:.0f}"),
    ("Out A", "{discharge_current_limit_a:.0f}"),
)
"""Head and form of each column of figures."""
_STATE, _AGE = "State", "Age"
_HEADS = (*(head for head, _ in _COLUMNS), _STATE, _AGE)
_LEFT_OUT = (("In A", "Out A"), ("Cell min", "max"), ("Temp",), ("mV",), (_AGE,), ("Volt",))
"""What a narrow window goes without, the first first; a figure cut short would be a wrong one."""
_MOST_LINES = 3
"""Of a sentence, where the window is low."""


def frame(
    snapshot: Snapshot, *, width: int, height: int | None = None, note: str = "", quits: bool = False
) -> RenderableType:
    """A snapshot as lines that fit.

    Args:
        snapshot: see `openress.app`; without `gateway` where nobody is told anything.
        width: columns of the window.
        height: its lines: long sentences end early, and with more packs than fit the last ones are counted; without it
            everything is told.
        note: told instead of the connection, such as that the program does not answer any more.
        quits: say how to leave.
    """
    lay = _Lay(width, None if height is None else _MOST_LINES)
    head = [_title(snapshot, width), *lay.wrapped(_rack_sentence(snapshot), "bold")]
    told = note or _connection(snapshot)
    if told:
        head += lay.wrapped(told, "yellow")
    head += _totals(snapshot.get("rack") or {}, width)
    foot = [*_gateway(snapshot, lay), *_alarms(snapshot, lay)]
    if quits:
        foot.append(Text("q quits", style="dim"))
    room = None if height is None else max(2, height - len(head) - len(foot) - 1)
    return Group(*head, _packs(snapshot, width, room, old=bool(note)), *foot)


@dataclass(frozen=True, slots=True)
class _Lay:
    """How sentences are laid: in lines so wide, so many of them at most."""

    width: int
    most: int | None

    def wrapped(self, text: str, style: str) -> list[Text]:
        """A sentence as lines."""
        lines = textwrap.wrap(text, self.width, subsequent_indent="  ", max_lines=self.most, placeholder=" ...")
        return [Text(line, style=style) for line in lines]


def _title(snapshot: Snapshot, width: int) -> Text:
    rack = snapshot.get("rack") or {}
    left = f"OpenRESS {snapshot.get('version', '')}  {rack.get('title', '')}"
    when = datetime.fromtimestamp(snapshot["time_s"], tz=UTC).astimezone().strftime("%H:%M:%S")
    room = max(0, width - len(when) - 1)
    return Text(f"{left[:room]:<{room}} {when}"[:width], style="reverse")


def _rack_sentence(snapshot: Snapshot) -> str:
    return str((snapshot.get("rack") or {}).get("sentence") or "")


def _connection(snapshot: Snapshot) -> str:
    """How the connection stands, unless it is well or the rack's sentence says it already."""
    connection = snapshot.get("connection") or {}
    sentence = connection.get("sentence", "")
    if connection.get("state") in ("normal", "virtual") or sentence == _rack_sentence(snapshot):
        return ""
    return f"{connection.get('title', '')}: {sentence}" if sentence else ""


def _totals(rack: Mapping[str, Any], width: int) -> list[Text]:
    """What the rack has in all, broken between figures."""
    parts = [
        _form("{pack_voltage_v:.2f} V", rack),
        _form("{pack_current_a:+.1f} A", rack),
        _form("SOC {soc_pct:.0f} %", rack),
        _form("in {charge_current_limit_a:.0f} A to {charge_voltage_limit_v:.1f} V", rack),
        _form("out {discharge_current_limit_a:.0f} A", rack),
    ]
    lines = ["Rack"]
    for part in (part for part in parts if part != "-"):
        longer = f"{lines[-1]}{'  ' if lines[-1] == 'Rack' else '   '}{part}"
        lines = [*lines[:-1], longer] if len(longer) <= width else [*lines, f"  {part}"]
    return [Text(line) for line in lines]


def _packs(snapshot: Snapshot, width: int, room: int | None, *, old: bool) -> RenderableType:
    packs = sorted((snapshot.get("packs") or {}).values(), key=lambda pack: pack["pack"])
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="underline")
    shown = packs if room is None or len(packs) <= room else packs[: room - 1]
    rows = [dict(zip(_HEADS, _cells(pack), strict=True)) for pack in shown]
    heads = _that_fit(rows, width)
    for head in heads:
        table.add_column(head, justify="left" if head == _STATE else "right", no_wrap=True)
    for pack, row in zip(shown, rows, strict=True):
        stale = old or pack.get("freshness") != _FRESH
        table.add_row(*(row[head] for head in heads), style="dim" if stale else _style(pack))
    if len(shown) == len(packs):
        return table
    return Group(table, Text(f"and {len(packs) - len(shown)} packs more; a higher window shows them", style="dim"))


def _that_fit(rows: Sequence[Mapping[str, str]], width: int) -> list[str]:
    """The columns that fit a window as they are."""
    wide = {head: max(len(head), *(len(row[head]) for row in rows)) if rows else len(head) for head in _HEADS}
    heads = list(_HEADS)
    for group in _LEFT_OUT:
        if sum(wide[head] + 1 for head in heads) - 1 <= width:
            break
        heads = [head for head in heads if head not in group]
    return heads


def _cells(pack: Mapping[str, Any]) -> Iterator[str]:
    low, high = pack.get("cell_voltage_min_mv"), pack.get("cell_voltage_max_mv")
    values = dict(pack) | ({"delta_mv": high - low} if low is not None and high is not None else {})
    for _, form in _COLUMNS:
        yield _form(form, values)
    yield _state(pack)
    age_s = pack.get("age_s")
    yield "-" if age_s is None else f"{age_s:.0f}s" if age_s < 600 else f"{age_s / 60:.0f}min"


def _state(pack: Mapping[str, Any]) -> str:
    """The standing where it is worth a word, then what the pack does."""
    standing = pack.get("standing")
    if standing in _NOT_COUNTED:
        return str(standing)
    if pack.get("freshness") != _FRESH:
        return str(pack.get("freshness", "absent"))
    return str(pack.get("state") or "-").lower()


def _style(pack: Mapping[str, Any]) -> str:
    if pack.get("protections") or pack.get("faults"):
        return "red"
    return "yellow" if pack.get("alarms") else ""


def _gateway(snapshot: Snapshot, lay: _Lay) -> Iterator[Text]:
    gateway = snapshot.get("gateway")
    if gateway is None:
        yield Text("Inverter: nobody is told anything.", style="dim")
        return
    sentence = f"Inverter  {gateway.get('title', '')}: {gateway.get('sentence', '')}"
    yield from lay.wrapped(sentence, "" if gateway.get("state") == "live" else "yellow")
    why = (gateway.get("explanation") or {}).get("sentence") or "; ".join(gateway.get("why") or ())
    if why:
        yield from lay.wrapped(f"Why  {why}", "dim")


def _alarms(snapshot: Snapshot, lay: _Lay) -> Iterator[Text]:
    for sentence in _troubles(snapshot):
        yield from lay.wrapped(f"! {sentence}", "bold red")


def _troubles(snapshot: Snapshot) -> Iterator[str]:
    """Everything that is wrong, each once: of packs, of the rack, of the gateway."""
    for pack in (snapshot.get("packs") or {}).values():
        for word, key in (("has a fault", "faults"), ("protects itself", "protections"), ("warns", "alarms")):
            if pack.get(key):
                names = ", ".join(name.replace("_", " ") for name in pack[key])
                yield f"Pack {pack['pack']} {word}: {names}."
    for found in (snapshot.get("rack") or {}).get("findings") or ():
        yield found["sentence"]
    for alarm in (snapshot.get("gateway") or {}).get("alarms") or ():
        yield alarm["sentence"]


def _form(form: str, values: Mapping[str, Any]) -> str:
    """A value in its form; - where one of its parts is absent."""
    try:
        return form.format_map(values)
    except (KeyError, TypeError):
        return "-"
