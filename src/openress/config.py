"""The configuration file of `openress up`: TOML with comments, checked key by key.

Every mistake is named with its line and, for a misspelt key, the nearest valid one. Files named in it are looked for
beside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from openress.errors import ParameterError
from openress.gateway.caps import Caps
from openress.inverterchoice import InverterChoice, SerialManner, check_name, check_port, choose
from openress.names import hint
from openress.params import BY_KEY
from openress.ports import parse_link
from openress.protocols import find_dialect
from openress.protocols.inverter.polled import check_turnaround
from openress.sim.inverter import Quirk

__all__ = [
    "NO_INVERTER",
    "BatteryConfig",
    "Config",
    "EmailConfig",
    "GatewayConfig",
    "HistoryConfig",
    "HttpConfig",
    "LinkConfig",
    "LoadConfig",
    "MqttConfig",
    "NotifyConfig",
    "PassportConfig",
    "WebhookConfig",
    "load_config",
]

_LONGEST_SHOWN = 60
NO_INVERTER = "none"
"""In place of an inverter's name: the rack has no gateway."""

_TOPIC = r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$"
_ADDRESS = r"^[^@\s<>,;]+@[^@\s<>,;]+$"

Percent = Annotated[float, Field(ge=0, le=100)]


Number = Annotated[int, Field(ge=0, le=255)]
"""Of a pack; 1 is the master."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class HttpConfig(_Section):
    """Where the page is, and how it may be called."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    names: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}$")]] = Field(default_factory=list)
    anonymous: Literal["viewer", "none"] | None = None
    certificate: str | None = None
    key: str | None = None


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
    probe: bool = False
    shadow: bool = False
    turnaround_s: Annotated[float, Field(gt=0, le=0.15)] = 0.005
    one_byte_counts: bool = False
    reply_address: Annotated[int, Field(ge=0, le=255)] | None = None
    quirks: list[Annotated[Quirk, Field(strict=False)]] = Field(default_factory=list)
    charge_voltage_v: Annotated[float, Field(gt=0, le=100)] | None = None
    charge_current_a: Annotated[float, Field(ge=0, le=10_000)] | None = None
    discharge_current_a: Annotated[float, Field(ge=0, le=10_000)] | None = None
    soc_min_pct: Percent | None = None
    soc_max_pct: Percent | None = None

    def choose(self) -> InverterChoice:
        """The inverter and its dialect.

        Raises:
            ParameterError: they do not go together, or there are none such.
        """
        choice = choose(
            self.inverter,
            self.dialect,
            port=self.port,
            experimental=self.experimental,
            probe=self.probe,
            serial=SerialManner(self.turnaround_s, self.one_byte_counts, self.reply_address),
        )
        return replace(choice, shadow=self.shadow)

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


Date = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
"""A year, a month or a day, as ISO 8601 writes them."""


class PassportDates(_Section):
    """What only a person knows of a pack."""

    manufactured: Date | None = None
    in_service: Date | None = None


class PassportConfig(PassportDates):
    """Dates of all packs, and those of single ones by serial number."""

    packs: dict[str, PassportDates] = Field(default_factory=dict)


class RackConfig(_Section):
    """The virtual rack."""

    product: str = "syscom-a5l-51v2"
    packs: Annotated[int, Field(ge=1, le=64)] = 4
    soc_pct: Annotated[list[Percent], Field(min_length=1)] = Field(default_factory=lambda: [50.0])
    seed: int = 1
    speed: Annotated[float, Field(gt=0, le=600)] = 1.0
    equalise_voltage_v: Annotated[float, Field(gt=0)] | None = None


class MqttConfig(_Section):
    """The broker that is told about the rack, and how."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    version: Literal["5", "3.1.1"] = "5"
    tls: bool = False
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    username: str | None = None
    password: SecretStr | None = None
    password_file: str | None = None
    password_variable: str | None = None
    client_id: str | None = None
    root: Annotated[str, Field(pattern=_TOPIC)] = "openress"
    site: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] = "home"
    homeassistant: Annotated[str, Field(pattern=rf"^$|{_TOPIC}")] = "homeassistant"
    page_url: str | None = None
    every_s: Annotated[float, Field(ge=1, le=3600)] = 10.0
    cells_every_s: Annotated[float, Field(ge=1, le=3600)] = 60.0
    record_every_s: Literal[10, 30, 60, 300, 900] = 60
    backlog_mb: Annotated[int, Field(ge=1, le=1024)] = 32
    drain_per_s: Annotated[float, Field(ge=0.1, le=1000)] = 5.0
    commands: bool = False
    venus_topic: Annotated[str, Field(pattern=_TOPIC)] | None = None


class WebhookConfig(_Section):
    """An address that notifications are posted to."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+")]
    token: SecretStr | None = None
    token_file: str | None = None
    token_variable: str | None = None


class EmailConfig(_Section):
    """A mail server that takes notifications."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: str | None = None
    username: str | None = None
    password: SecretStr | None = None
    password_file: str | None = None
    password_variable: str | None = None
    sender: Annotated[str, Field(pattern=_ADDRESS)]
    recipients: Annotated[list[Annotated[str, Field(pattern=_ADDRESS)]], Field(min_length=1)]


class NotifyConfig(_Section):
    """Who is told of what is wrong with the rack."""

    level: Literal["notice", "alarm", "protection", "fault"] = "alarm"
    name: str = "Battery rack"
    over: bool = True
    settle_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    per_hour: Annotated[int, Field(ge=1, le=1000)] = 12
    webhooks: list[WebhookConfig] = Field(default_factory=list)
    email: EmailConfig | None = None


class _File(_Section):
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
