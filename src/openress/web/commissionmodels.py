"""What the routes of a commissioning take and give."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from openress.install.commissioning import Check
from openress.web.commissionheard import Source

__all__ = [
    "AnswerStep",
    "Asks",
    "BeginCommissioning",
    "CommissioningAnswer",
    "CommissioningPart",
    "DonePart",
    "PresentPart",
    "SignOff",
    "StepPart",
    "SwitchPart",
]

_LINE = r"^[^\x00-\x1f\x7f]*$"
"""A line of text: it goes into a report as it is."""


class Asks(StrEnum):
    """What ends a step on the page."""

    CONFIRM = "confirm"
    PART_NUMBERS = "part_numbers"
    SWITCHES = "switches"
    """First that the breakers are off, then, after the wait, that the switches are set."""
    VALUES = "values"
    """Voltage and state of charge are entered: nothing is connected."""
    LOOK = "look"
    """The packs that are connected are looked at."""
    JUDGE = "judge"
    """Nothing: what is known decides."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class BeginCommissioning(_Body):
    """What is given once."""

    battery: str = Field(max_length=60)
    packs: int = Field(ge=1, le=64)
    inverter: str = Field(max_length=60)
    site: str = Field("", max_length=120, pattern=_LINE)
    scheme: str | None = Field(None, max_length=60, description="Of the switches, where no table is published.")


class AnswerStep(_Body):
    """What somebody says of the present step."""

    key: str = Field(max_length=60)
    confirmed: bool = Field(default=False, description="It is done, or can be looked at now.")
    breakers_off: bool = Field(default=False, description="Every breaker is off: from now on the switches wait.")
    part_numbers: list[Annotated[str, Field(max_length=60, pattern=_LINE)]] | None = Field(None, max_length=64)
    voltage_v: float | None = Field(None, ge=0, le=1000)
    soc_pct: float | None = Field(None, ge=0, le=100)
    override: str | None = Field(None, min_length=3, max_length=300, pattern=_LINE, description="Why it is passed.")


class SignOff(_Body):
    """Who signs."""

    name: str = Field(min_length=1, max_length=80, pattern=_LINE)


class DonePart(BaseModel):
    """A step that is done."""

    at: str
    found: str
    override: str | None


class StepPart(BaseModel):
    """A step."""

    key: str
    title: str
    done: DonePart | None


class SwitchPart(BaseModel):
    """How the address switches of a pack are set."""

    pack: int
    address: int
    positions: list[bool]


class PresentPart(BaseModel):
    """The step that is to be done now."""

    key: str
    number: int = Field(description="Its place, from 1 on.")
    title: str
    lines: list[str]
    asks: Asks
    check: Check
    pack: int | None
    may_override: bool
    switches: list[SwitchPart]
    wait_s: float | None = Field(description="How long the breakers stay off, where the step asks for it.")
    wait_left_s: float | None = Field(description="How long yet; null before they are off.")
    refused_at: str | None = Field(description="When it was refused last.")
    refusals: list[str] = Field(description="What stood against it then.")


class CommissioningPart(BaseModel):
    """One that was begun."""

    product: str
    battery: str
    inverter_key: str
    inverter: str
    packs: int
    site: str
    scheme: str | None
    rehearsal: bool = Field(description="It is done on the virtual rack.")
    steps: list[StepPart]
    present: PresentPart | None = Field(description="Null when all steps are done.")
    part_numbers: list[str | None]
    signed_by: str | None
    signed_at: str | None


class CommissioningAnswer(BaseModel):
    """How far the commissioning is; `language` is that of its sentences, but for those in `untranslated`."""

    source: Source = Field(description="Where the values of its steps come from now.")
    commissioning: CommissioningPart | None = Field(description="Null where none was begun.")
    language: str = "en"
    untranslated: list[str] = []
