"""What the service routes take and give."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from openress.params import BY_KEY
from openress.protocols.access import Control
from openress.servicing.jobs import FieldState, JobState

__all__ = [
    "ChangeEntry",
    "CheckAnswer",
    "Choices",
    "ClockRequest",
    "CloneRequest",
    "ConnectRequest",
    "ConnectionAnswer",
    "HarmlessControl",
    "JobAnswer",
    "LimiterRequest",
    "LogsAnswer",
    "LogsRequest",
    "Number",
    "OnRequest",
    "PortAnswer",
    "ProtocolRequest",
    "RestoreRequest",
    "ScanRequest",
    "SwitchRequest",
    "SystemAnswer",
    "TableAnswer",
    "TypedControl",
    "ValuesRequest",
    "WriteRequest",
]

MOST_PACKS = 64
Number = Annotated[int, Field(ge=0, le=255)]
"""Of a pack; 1 is the master."""
Text = Annotated[str, Field(max_length=200)]
Value = Annotated[float, Field(allow_inf_nan=False)]
Values = Annotated[dict[Text, Value], Field(min_length=1, max_length=len(BY_KEY))]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class PortAnswer(BaseModel):
    """A serial port that is plugged in now."""

    device: str
    stable_device: str
    description: str
    link: str


class ConnectionAnswer(BaseModel):
    """How the connection to the packs stands; `title` are the words of the footer."""

    state: str
    title: str
    sentence: str
    link: str
    dialect: str
    silent: list[int] = Field(description="Packs that are asked and do not answer")


class DialectChoice(BaseModel):
    """A dialect that can be asked."""

    name: str
    title: str


class ProductChoice(BaseModel):
    """A battery."""

    key: str
    title: str
    cells: int


class Choices(BaseModel):
    """What can be chosen to connect."""

    dialects: list[DialectChoice]
    products: list[ProductChoice]
    bauds: list[int]


class ConnectRequest(_Request):
    """`link` is `serial:/dev/ttyUSB0`, `serial:COM3` or `tcp://host:port`; `null` is the virtual rack."""

    link: Text | None
    dialect: Text = "pace"
    baud: Annotated[int, Field(ge=50, le=4_000_000)] | None = None
    product: Text | None = None
    packs: Annotated[int, Field(ge=1, le=MOST_PACKS)] | None = None
    addresses: Annotated[list[Number], Field(min_length=1, max_length=MOST_PACKS)] | None = None


class ScanRequest(_Request):
    """`link` `null` is the line that is connected; empty lists are everything."""

    link: Text | None = None
    dialects: Annotated[list[Text], Field(max_length=32)] = []
    bauds: Annotated[list[Annotated[int, Field(ge=50, le=4_000_000)]], Field(max_length=8)] = []
    addresses: Annotated[list[Number], Field(max_length=MOST_PACKS)] = []
    product: Text | None = None
    thorough: bool = False


class FieldAnswer(BaseModel):
    """One value of a job."""

    pack: int
    key: str
    old: float | None
    new: float | None
    state: FieldState


class JobAnswer(BaseModel):
    """A job; `done` of `of` steps are behind it, `result` depends on its kind.

    `language` is that of its sentences, but for those in `untranslated`, which are English.
    """

    job: int
    kind: str
    title: str
    who: str
    pack: int | None
    started_s: float
    ended_s: float | None
    state: JobState
    done: int
    of: int
    doing: str
    notes: list[str]
    fields: list[FieldAnswer]
    sentence: str
    result: dict[str, Any] | None
    language: str
    untranslated: list[str]


class DriftAnswer(BaseModel):
    """A setting that differs from what was written from here last."""

    key: str
    written: float
    now: float
    change: int
    who: str
    at_s: float
    sentence: str


class RowAnswer(BaseModel):
    """One input of ParameterSetting; `value` is `null` until it was read.

    `name` is what the maker's tool and guide call it; `label`, `note` and `reason` are in the language of the answer.
    """

    key: str
    name: str
    label: str
    unit: str
    default: float
    low: float
    high: float
    step: float
    note: str
    reason: str
    writable: bool
    in_dialect: bool
    value: float | None
    differs: bool
    drift: DriftAnswer | None


class GroupAnswer(BaseModel):
    """A heading of ParameterSetting with its inputs."""

    group: str
    rows: list[RowAnswer]


class TableAnswer(BaseModel):
    """All 51 inputs, with what was read of a pack; `system_read_s` and `records_read_s`: when its rest was read.

    `language` is that of its texts, but for those in `untranslated`, which are English.
    """

    language: str
    untranslated: list[str]
    pack: int
    serial: str | None
    product: str
    read_s: float | None
    system_read_s: float | None
    records_read_s: float | None
    groups: list[GroupAnswer]
    unread: list[str]
    open_changes: list[str]
    drift: list[DriftAnswer]


class ValuesRequest(_Request):
    """Settings by key."""

    values: Values


class WriteRequest(_Request):
    """Settings by key, and the values that were shown in their place: a pack that has others by now is not written."""

    values: Values
    shown: Annotated[dict[Text, Value], Field(max_length=len(BY_KEY))] = {}


class ChangedAnswer(BaseModel):
    """One value that would change."""

    key: str
    label: str
    group: str
    unit: str
    old: float | None
    new: float
    default: float


class ProblemAnswer(BaseModel):
    """Why values are refused."""

    keys: list[str]
    sentence: str


class RoundedAnswer(BaseModel):
    """A value that is rounded to its step."""

    key: str
    asked: float
    stored: float


class CheckAnswer(BaseModel):
    """What a change would do, and everything wrong with it.

    `language` is that of its texts, but for those in `untranslated`, which are English.
    """

    language: str
    untranslated: list[str]
    changes: list[ChangedAnswer]
    problems: list[ProblemAnswer]
    rounded: list[RoundedAnswer]


class RestoreRequest(_Request):
    """Without `keys` all settings."""

    keys: Annotated[list[Text], Field(max_length=len(BY_KEY))] = []


class CloneRequest(_Request):
    """The packs to be written."""

    to: Annotated[list[Number], Field(min_length=1, max_length=MOST_PACKS)]


class ControlAnswer(BaseModel):
    """Something that can be switched; `typed` is what must be typed to order it."""

    control: Control
    title: str
    role: str
    on: bool | None
    typed: str | None


class ProtocolAnswer(BaseModel):
    """The inverter protocols of a pack, as its maker counts them."""

    can: int | None
    rs485: int | None
    automatic: bool | None


class LimiterAnswer(BaseModel):
    """The charge current from which the limiter comes in, and what can be written."""

    start_a: float
    low_a: float
    high_a: float


class SystemAnswer(BaseModel):
    """System Settings and Inverter Protocol Settings; `null` where the dialect has none or the pack does not tell."""

    pack: int
    serial: str
    read_s: float
    identity: dict[str, Any]
    clock: str | None
    clock_ahead_s: int | None
    controls: list[ControlAnswer]
    switches: dict[str, bool]
    limiter: LimiterAnswer | None
    protocol: ProtocolAnswer | None


HarmlessControl: TypeAlias = Literal["charge_limiter", "limiter_low_gear", "buzzer", "lamp_alarm", "balancing"]
"""What an operator may switch; the rest of `Control` is `TypedControl`."""
TypedControl: TypeAlias = Literal["charge_switch", "discharge_switch", "shutdown"]
"""What an installer may switch, and types a word for."""


class OnRequest(_Request):
    """Which way."""

    on: bool


class SwitchRequest(_Request):
    """`typed` repeats what `SystemAnswer` asks for; `forced` orders under load; a shutdown is ordered `on`."""

    on: bool
    forced: bool = False
    typed: Text | None = None


class ClockRequest(_Request):
    """`now`, or `2026-11-20 12:00:00`."""

    set: Text = "now"


class LimiterRequest(_Request):
    """Whole amperes."""

    start_a: Annotated[int, Field(ge=0, le=65535)]


class ProtocolRequest(_Request):
    """What is `null` stays as it is."""

    can: Annotated[int, Field(ge=0, le=255)] | None = None
    rs485: Annotated[int, Field(ge=0, le=255)] | None = None
    automatic: bool | None = None


class LogsRequest(_Request):
    """Without `limit` all that the product keeps."""

    limit: Annotated[int, Field(ge=1, le=65535)] | None = None


class LogsAnswer(BaseModel):
    """The records of a pack, newest first."""

    pack: int
    serial: str
    read_s: float
    records: list[dict[str, Any]]


class ChangeEntry(BaseModel):
    """One change of one pack in the journal."""

    number: int
    serial: str
    at_s: float
    ended_s: float | None
    who: str
    link: str
    pack: int
    kind: Literal["write", "restore", "clone", "undo", "control"]
    old: dict[str, float | None]
    new: dict[str, float | None]
    undoes: int | None
    outcome: str | None
    result: str
