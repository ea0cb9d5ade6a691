"""The configuration file of `openress up`: TOML with comments, checked key by key.

Every mistake is named with its line and, for a misspelt key, the nearest valid one. Files named in it are looked for
beside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from openress.errors import ParameterError
from openress.inverterchoice import check_name, check_port
from openress.names import hint
from openress.params import BY_KEY
from openress.ports import parse_link
from openress.protocols import find_dialect
from openress.protocols.inverter.polled import check_turnaround
from openress.sections import (
    NO_INVERTER,
    PATTERNS,
    BatteryConfig,
    GatewayConfig,
    HistoryConfig,
    HttpConfig,
    LinkConfig,
    LoadConfig,
    MqttConfig,
    NotifyConfig,
    PassportConfig,
    RackConfig,
    Section,
)
from openress.wanted import shown, wanted

__all__ = ["Config", "load_config"]


class _File(Section):
    rack: RackConfig = Field(default_factory=RackConfig)
    battery: BatteryConfig | None = None
    history: HistoryConfig = Field(default_factory=HistoryConfig)
    passport: PassportConfig = Field(default_factory=PassportConfig)
    http: HttpConfig = Field(default_factory=HttpConfig)
    load: LoadConfig = Field(default_factory=LoadConfig)
    gateway: GatewayConfig = Field(default_factory=GatewayConfig)
    links: list[LinkConfig] = Field(default_factory=list)
    parameters: dict[str, float] = Field(default_factory=dict)
    data: str | None = None
    mqtt: MqttConfig | None = None
    notify: NotifyConfig | None = None


@dataclass(slots=True)
class Config:
    """What `openress up` runs with; `links` empty means the usual ones."""

    rack: RackConfig = field(default_factory=RackConfig)
    http: HttpConfig = field(default_factory=HttpConfig)
    load: LoadConfig = field(default_factory=LoadConfig)
    gateway: GatewayConfig = field(default_factory=GatewayConfig)
    links: list[LinkConfig] = field(default_factory=list)
    parameters: dict[str, float] = field(default_factory=dict)
    data: Path | None = None
    battery: BatteryConfig | None = None
    mqtt: MqttConfig | None = None
    notify: NotifyConfig | None = None
    history: HistoryConfig = field(default_factory=HistoryConfig)
    passport: PassportConfig = field(default_factory=PassportConfig)


def load_config(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        ParameterError: it cannot be read or used; the message has the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ParameterError(f"The configuration {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ParameterError(f"The configuration {path} is no text in UTF-8.") from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{path} is not in TOML: {error}.") from error
    try:
        parsed = _File.model_validate(content)
    except ValidationError as error:
        raise ParameterError(_sentence(path, text, error)) from error
    _check_names(path, text, parsed)
    base = path.parent
    if parsed.rack.product.endswith(".toml"):
        parsed.rack.product = str(base / parsed.rack.product)
    if parsed.load.file is not None:
        parsed.load.file = str(base / parsed.load.file)
    if parsed.battery is not None and parsed.battery.product.endswith(".toml"):
        parsed.battery.product = str(base / parsed.battery.product)
    _place_files(base, parsed)
    data = None if parsed.data is None else base / parsed.data
    return Config(
        parsed.rack,
        parsed.http,
        parsed.load,
        parsed.gateway,
        parsed.links,
        dict(parsed.parameters),
        data,
        battery=parsed.battery,
        mqtt=parsed.mqtt,
        notify=parsed.notify,
        history=parsed.history,
        passport=parsed.passport,
    )


def _place_files(base: Path, parsed: _File) -> None:
    """Certificates and secrets are looked for beside the file that names them."""
    for name in ("certificate", "key"):
        named = getattr(parsed.http, name)
        if named is not None:
            setattr(parsed.http, name, str(base / named))
    notify = parsed.notify
    sections = [parsed.mqtt] if notify is None else [parsed.mqtt, notify.email, *notify.webhooks]
    for section in sections:
        for name in () if section is None else type(section).model_fields:
            value = getattr(section, name)
            if name.endswith("_file") and value is not None:
                setattr(section, name, str(base / value))


_PART = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEY = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[(\[)?\s*({_KEY})\s*\]")
_SETTING = re.compile(rf"\s*({_KEY})\s*=")


def _check_names(path: Path, text: str, parsed: _File) -> None:
    """What refers to something outside the file: links, dialects, parameters."""
    for index, link in enumerate(parsed.links):
        for key, check in (("url", parse_link), ("dialect", find_dialect)):
            try:
                check(getattr(link, key))
            except ParameterError as error:
                raise ParameterError(f"{_place(path, text, ['links', index, key])}: {error}") from error
    for section, key, check_it in _checks(parsed.battery, parsed.gateway):
        try:
            check_it()
        except ParameterError as error:
            raise ParameterError(f"{_place(path, text, [section, key])}: {error}") from error
    for name in parsed.parameters:
        if name not in BY_KEY:
            place = _place(path, text, ["parameters", name])
            raise ParameterError(f"{place}: there is no parameter {name!r}; {hint(name, BY_KEY)}")


def _checks(battery: BatteryConfig | None, gateway: GatewayConfig) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Sections, settings, and what raises when a name in them is nobody's."""
    if battery is not None:
        yield "battery", "link", partial(parse_link, battery.link)
        yield "battery", "dialect", partial(find_dialect, battery.dialect)
    chosen = gateway.inverter != NO_INVERTER
    if chosen:
        yield "gateway", "inverter", partial(check_name, gateway.inverter)
    if gateway.dialect is not None:
        yield "gateway", "dialect", partial(find_dialect, gateway.dialect)
    if gateway.port is not None:
        yield "gateway", "port", partial(check_port, gateway.port)
    yield "gateway", "soc_max_pct", gateway.caps
    if chosen:
        yield "gateway", "inverter" if gateway.dialect is None else "dialect", gateway.choose
    yield "gateway", "turnaround_s", partial(check_turnaround, gateway.turnaround_s)


def _sentence(path: Path, text: str, error: ValidationError) -> str:
    first = error.errors()[0]
    where = list(first["loc"])
    place = _place(path, text, where)
    if first["type"] == "extra_forbidden":
        name = ".".join(part for part in where if isinstance(part, str))
        return f"{place}: there is no setting {name!r}; {hint(str(where[-1]), _known(where[:-1]))}"
    if first["type"] == "missing":
        return f"{place}: {_name(where)} is missing; add it to that section."
    return f"{place}: {_name(where)} must be {wanted(first, PATTERNS)}, not {shown(first['input'])}."


def _name(where: list[str | int]) -> str:
    """As people write it: `[rack] packs`, `[[links]] url`; of a list also which entry, counted from 1."""
    if len(where) == 1:
        return str(where[0])
    *sections, key = where[:-1] if isinstance(where[-1], int) else where
    header = ".".join(part for part in sections if isinstance(part, str))
    entry = f", entry {where[-1] + 1}" if isinstance(where[-1], int) else ""
    listed = any(isinstance(part, int) for part in sections)
    return (f"[[{header}]] {key}{entry}" if listed else f"[{header}] {key}{entry}") if header else f"{key}{entry}"


def _known(where: list[str | int]) -> list[str]:
    model: Any = _File
    for part in where:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        arguments = getattr(annotation, "__args__", ())
        model = arguments[0] if arguments else annotation
    return list(model.model_fields)


def _place(path: Path, text: str, where: list[str | int]) -> str:
    line = _line_of(text, where)
    return f"{path}, line {line}" if line else str(path)


def _line_of(text: str, where: list[str | int]) -> int | None:
    """Line that leads furthest towards the setting at `where`: its own, or that of the table that should hold it.

    Of tables in a list it is the n-th `[[header]]`. Lines inside of strings and lists over several lines may mislead
    it, never the reading itself.
    """
    names = [part for part in where if isinstance(part, str)]
    index = next((part for part in where if isinstance(part, int)), 0)
    section: list[str] = []
    entry = -1
    best: tuple[int, int | None] = (0, None)
    for number, line in enumerate(text.splitlines(), start=1):
        header, setting = _HEADER.match(line), _SETTING.match(line)
        if header:
            section = _parts(header[2])
            entry += bool(header[1]) and section == names[:1]
            found = section
        elif setting:
            found = section + _parts(setting[1])
        else:
            continue
        shared = min(len(found), len(names))
        elsewhere = section[:1] == names[:1] and entry not in (-1, index)
        if found[:shared] == names[:shared] and not elsewhere and shared > best[0]:
            best = (shared, number)
    return best[1]


def _parts(key: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, key)]
