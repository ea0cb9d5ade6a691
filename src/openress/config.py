"""The configuration file of `openress up`: TOML with comments, checked key by key.

Every mistake is named with its line and, for a misspelt key, the nearest valid one. Files named in it are looked for
beside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from openress.errors import ParameterError
from openress.gateway.caps import Caps
from openress.invertercatalog import find_inverter
from openress.names import hint
from openress.params import BY_KEY
from openress.ports import parse_can_link, parse_link
from openress.protocols import find_dialect
from openress.sim.inverter import Quirk

__all__ = [
    "NO_INVERTER",
    "BatteryConfig",
    "Config",
    "GatewayConfig",
    "HistoryConfig",
    "HttpConfig",
    "LinkConfig",
    "LoadConfig",
    "load_config",
]

_LONGEST_SHOWN = 60
NO_INVERTER = "none"
"""In place of an inverter's name: the rack has no gateway."""

Percent = Annotated[float, Field(ge=0, le=100)]


Number = Annotated[int, Field(ge=0, le=255)]
"""Of a pack; 1 is the master."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class HttpConfig(_Section):
    """Where the page is."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080


class LinkConfig(_Section):
    """One link on which the rack answers."""

    url: str
    dialect: str = "pylontech"
    group: Annotated[int, Field(ge=0, le=7)] = 0


class LoadConfig(_Section):
    """What the simulated inverter wants."""

    kind: Literal["household", "constant", "profile"] = "household"
    current_a: Annotated[float, Field(ge=-1000, le=1000)] = 0.0
    file: str | None = None


class GatewayConfig(_Section):
    """What the rack tells to an inverter, and to which."""

    inverter: str = "pylontech"
    dialect: str | None = None
    port: str | None = None
    experimental: bool = False
    quirks: list[Annotated[Quirk, Field(strict=False)]] = Field(default_factory=list)
    charge_voltage_v: Annotated[float, Field(gt=0, le=100)] | None = None
    charge_current_a: Annotated[float, Field(ge=0, le=10_000)] | None = None
    discharge_current_a: Annotated[float, Field(ge=0, le=10_000)] | None = None
    soc_min_pct: Percent | None = None
    soc_max_pct: Percent | None = None

    def caps(self) -> Caps:
        """The caps of the person who wrote this.

        Raises:
            ParameterError: a window without room in it.
        """
        return Caps(
            self.charge_voltage_v, self.charge_current_a, self.discharge_current_a, self.soc_min_pct, self.soc_max_pct
        )


class BatteryConfig(_Section):
    """Real packs, in place of the virtual rack."""

    link: str
    dialect: str = "pace"
    packs: Annotated[int, Field(ge=1, le=64)] | None = None
    addresses: Annotated[list[Number], Field(min_length=1)] | None = None
    product: str = "syscom-a5l-51v2"
    timeout_s: Annotated[float, Field(gt=0, le=60)] | None = None
    keep_awake: bool = False

    def numbers(self) -> frozenset[int] | None:
        """The packs that must be there; `None` for those that answer."""
        if self.addresses is not None:
            return frozenset(self.addresses)
        return None if self.packs is None else frozenset(range(1, self.packs + 1))


class HistoryConfig(_Section):
    """What is kept of the past, and how long; without a number as `openress.store.retention` says."""

    enabled: bool = True
    raw_every_s: Annotated[int, Field(ge=1, le=60)] = 10
    raw_days: Annotated[int, Field(ge=1, le=366)] | None = None
    minute_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    quarter_days: Annotated[int, Field(ge=1, le=36_600)] | None = None


class RackConfig(_Section):
    """The virtual rack."""

    product: str = "syscom-a5l-51v2"
    packs: Annotated[int, Field(ge=1, le=64)] = 4
    soc_pct: Annotated[list[Percent], Field(min_length=1)] = Field(default_factory=lambda: [50.0])
    seed: int = 1
    speed: Annotated[float, Field(gt=0, le=600)] = 1.0
    equalise_voltage_v: Annotated[float, Field(gt=0)] | None = None


class _File(_Section):
    rack: RackConfig = Field(default_factory=RackConfig)
    battery: BatteryConfig | None = None
    history: HistoryConfig = Field(default_factory=HistoryConfig)
    http: HttpConfig = Field(default_factory=HttpConfig)
    load: LoadConfig = Field(default_factory=LoadConfig)
    gateway: GatewayConfig = Field(default_factory=GatewayConfig)
    links: list[LinkConfig] = Field(default_factory=list)
    parameters: dict[str, float] = Field(default_factory=dict)
    data: str | None = None


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
    history: HistoryConfig = field(default_factory=HistoryConfig)


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
        history=parsed.history,
    )


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
    gateway, battery = parsed.gateway, parsed.battery
    checks: list[tuple[str, str, Callable[[], object]]] = []
    if battery is not None:
        checks.append(("battery", "link", partial(parse_link, battery.link)))
        checks.append(("battery", "dialect", partial(find_dialect, battery.dialect)))
    if gateway.inverter != NO_INVERTER:
        checks.append(("gateway", "inverter", partial(find_inverter, gateway.inverter)))
    if gateway.dialect is not None:
        checks.append(("gateway", "dialect", partial(find_dialect, gateway.dialect)))
    if gateway.port is not None:
        checks.append(("gateway", "port", partial(parse_can_link, gateway.port)))
    checks.append(("gateway", "soc_max_pct", gateway.caps))
    for section, key, check_it in checks:
        try:
            check_it()
        except ParameterError as error:
            raise ParameterError(f"{_place(path, text, [section, key])}: {error}") from error
    for name in parsed.parameters:
        if name not in BY_KEY:
            place = _place(path, text, ["parameters", name])
            raise ParameterError(f"{place}: there is no parameter {name!r}; {hint(name, BY_KEY)}")


def _sentence(path: Path, text: str, error: ValidationError) -> str:
    first = error.errors()[0]
    where = list(first["loc"])
    place, name = _place(path, text, where), _name(where)
    if first["type"] == "extra_forbidden":
        return f"{place}: there is no setting {name!r}; {hint(str(where[-1]), _known(where[:-1]))}"
    if first["type"] == "missing":
        return f"{place}: {name} is missing."
    return f"{place}: {name}: {first['msg'][0].lower()}{first['msg'][1:]}, not {_shown(first['input'])}."


def _name(where: list[str | int]) -> str:
    """As people write it: `links[0].url`, counted from 0 as JSON and the page do."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).removeprefix(".")


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


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
