"""The sections of the configuration file: what may be set, in which bounds, and what holds when nothing is."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from openress.address import HOST, PORT
from openress.gateway.caps import Caps
from openress.inverterchoice import InverterChoice, SerialManner, choose
from openress.sim.inverter import Quirk

__all__ = [
    "MOST_PACKS",
    "NO_INVERTER",
    "PATTERNS",
    "BatteryConfig",
    "EmailConfig",
    "GatewayConfig",
    "HistoryConfig",
    "HttpConfig",
    "LinkConfig",
    "LoadConfig",
    "MqttConfig",
    "NotifyConfig",
    "PassportConfig",
    "PassportDates",
    "RackConfig",
    "Section",
    "WebhookConfig",
]

NO_INVERTER = "none"
"""In place of an inverter's name: the rack has no gateway."""

_TOPIC = r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$"
_TOPIC_OR_NONE = rf"^$|{_TOPIC}"
_WORD = r"^[A-Za-z0-9_-]+$"
_ADDRESS = r"^[^@\s<>,;]+@[^@\s<>,;]+$"
_HOST = r"^[A-Za-z0-9.-]{1,253}$"
_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"
_WEB = r"^https?://[^\s/]+"
PATTERNS = {
    _TOPIC: "letters, digits, - and _, with / between them, as site/battery",
    _TOPIC_OR_NONE: "letters, digits, - and _, with / between them, or empty",
    _WORD: "letters, digits, - and _",
    _ADDRESS: "an address for mail, as me@example.org",
    _HOST: "the name of a host, as battery.local",
    _DATE: "a day, a month or a year, as 2026-11-20",
    _WEB: "an address that begins with http:// or https://",
}
"""What a text must be like that is to match a pattern."""

Percent = Annotated[float, Field(ge=0, le=100)]


MOST_PACKS = 64
"""In one rack, whatever its product says."""

Number = Annotated[int, Field(ge=0, le=255)]
"""Of a pack; 1 is the master."""


class Section(BaseModel):
    """A table of the file: a key that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class HttpConfig(Section):
    """Where the page is, and how it may be called."""

    host: str = HOST
    port: Annotated[int, Field(ge=0, le=65535)] = PORT
    names: list[Annotated[str, Field(pattern=_HOST)]] = Field(default_factory=list)
    anonymous: Literal["viewer", "none"] | None = None
    certificate: str | None = None
    key: str | None = None


class LinkConfig(Section):
    """One link on which the rack answers."""

    url: str
    dialect: str = "pylontech"
    group: Annotated[int, Field(ge=0, le=7)] = 0


class LoadConfig(Section):
    """What the simulated inverter wants."""

    kind: Literal["household", "constant", "profile"] = "household"
    current_a: Annotated[float, Field(ge=-1000, le=1000)] = 0.0
    file: str | None = None


class GatewayConfig(Section):
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


class BatteryConfig(Section):
    """Real packs, in place of the virtual rack."""

    link: str
    dialect: str = "pace"
    packs: Annotated[int, Field(ge=1, le=MOST_PACKS)] | None = None
    addresses: Annotated[list[Number], Field(min_length=1)] | None = None
    product: str = "syscom-a5l-51v2"
    timeout_s: Annotated[float, Field(gt=0, le=60)] | None = None
    keep_awake: bool = False

    def numbers(self) -> frozenset[int] | None:
        """The packs that must be there; `None` for those that answer."""
        if self.addresses is not None:
            return frozenset(self.addresses)
        return None if self.packs is None else frozenset(range(1, self.packs + 1))


class HistoryConfig(Section):
    """What is kept of the past, and how long; without a number as `openress.store.retention` says."""

    enabled: bool = True
    raw_every_s: Annotated[int, Field(ge=1, le=60)] = 10
    raw_days: Annotated[int, Field(ge=1, le=366)] | None = None
    minute_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    quarter_days: Annotated[int, Field(ge=1, le=36_600)] | None = None


Date = Annotated[str, Field(pattern=_DATE)]
"""A year, a month or a day, as ISO 8601 writes them."""


class PassportDates(Section):
    """What only a person knows of a pack."""

    manufactured: Date | None = None
    in_service: Date | None = None


class PassportConfig(PassportDates):
    """Dates of all packs, and those of single ones by serial number."""

    packs: dict[str, PassportDates] = Field(default_factory=dict)


class RackConfig(Section):
    """The virtual rack."""

    product: str = "syscom-a5l-51v2"
    packs: Annotated[int, Field(ge=1, le=MOST_PACKS)] = 4
    soc_pct: Annotated[list[Percent], Field(min_length=1)] = Field(default_factory=lambda: [50.0])
    seed: int = 1
    speed: Annotated[float, Field(gt=0, le=600)] = 1.0
    equalise_voltage_v: Annotated[float, Field(gt=0)] | None = None


class MqttConfig(Section):
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
    site: Annotated[str, Field(pattern=_WORD)] = "home"
    homeassistant: Annotated[str, Field(pattern=_TOPIC_OR_NONE)] = "homeassistant"
    page_url: str | None = None
    every_s: Annotated[float, Field(ge=1, le=3600)] = 10.0
    cells_every_s: Annotated[float, Field(ge=1, le=3600)] = 60.0
    record_every_s: Literal[10, 30, 60, 300, 900] = 60
    backlog_mb: Annotated[int, Field(ge=1, le=1024)] = 32
    drain_per_s: Annotated[float, Field(ge=0.1, le=1000)] = 5.0
    commands: bool = False
    venus_topic: Annotated[str, Field(pattern=_TOPIC)] | None = None


class WebhookConfig(Section):
    """An address that notifications are posted to."""

    url: Annotated[str, Field(pattern=_WEB)]
    token: SecretStr | None = None
    token_file: str | None = None
    token_variable: str | None = None


class EmailConfig(Section):
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


class NotifyConfig(Section):
    """Who is told of what is wrong with the rack."""

    level: Literal["notice", "alarm", "protection", "fault"] = "alarm"
    name: str = "Battery rack"
    over: bool = True
    settle_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    per_hour: Annotated[int, Field(ge=1, le=1000)] = 12
    webhooks: list[WebhookConfig] = Field(default_factory=list)
    email: EmailConfig | None = None
