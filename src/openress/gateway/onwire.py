"""What a dialect has put on the wire of the values that matter: in which frame, at which bytes, as which count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openress.codec.canframe import CanFrame
from openress.codec.places import Place, place_of
from openress.errors import FrameError
from openress.gateway.voice import Exchange, Frame
from openress.gateway.words import bytes_text
from openress.protocols import find_dialect
from openress.protocols.base import Direction, SerialDecoder, Value
from openress.protocols.inverter.table import CanTable
from openress.protocols.placing import Places

__all__ = ["ON_WIRE", "OnWire", "on_wire"]

ON_WIRE = (
    "charge_voltage_limit_v",
    "charge_current_limit_a",
    "discharge_current_limit_a",
    "soc_pct",
    "charge_enabled",
    "discharge_enabled",
)
"""Keys of the values that are explained."""


@dataclass(frozen=True, slots=True)
class OnWire:
    """A value as it went out.

    Attributes:
        frame: what carries it: `frame 351`, `the answer to 61`.
        text: that frame in hexadecimal.
        value: what a reader of the dialect makes of it.
        place: where in the frame it stands; `None` where the dialect has no table of bytes.
    """

    frame: str
    text: str
    value: Value
    place: Place | None = None

    def as_json(self) -> dict[str, Any]:
        """Under public keys."""
        place = self.place
        where = (
            {}
            if place is None
            else {"byte": place.at, "bytes": place.size, "raw": place.raw, "step": place.step, "bit": place.bit}
        )
        return {"frame": self.frame, "text": self.text, "value": self.value, **where}

    def sentence(self, unit: str) -> str:
        """Where it stands and what stands there."""
        shown = "" if isinstance(self.value, bool) else f": {_number(self.value)} {unit}"
        place = self.place
        if place is None:
            shown = shown or f": {'permitted' if self.value else 'not permitted'}"
            return f"{_capital(self.frame)} says it{shown} ({self.text})."
        unit_of = "character" if self.text.startswith("~") else "byte"
        last = place.at + place.size - 1
        where = f"{unit_of} {place.at}" if place.size == 1 else f"{unit_of}s {place.at} to {last}"
        if place.bit is not None:
            return f"{_capital(self.frame)} ({self.text}), {where}, bit {place.bit}: {place.raw}."
        counts = f"{place.raw}" if place.step == 1 else f"{place.raw} counts of {abs(place.step):g} {unit}"
        return f"{_capital(self.frame)} ({self.text}), {where}: {counts}{shown if place.step != 1 else f' {unit}'}."


def on_wire(frames: Sequence[Frame], dialect: str | None) -> dict[str, OnWire]:
    """What the last frames or answers in a dialect say of the values that are explained."""
    if dialect is None:
        return {}
    parts = find_dialect(dialect).parts()
    exchanges = [frame for frame in frames if isinstance(frame, Exchange)]
    if exchanges:
        return {} if parts.decoder is None else _on_line(exchanges, parts.decoder(), parts.places)
    own = [frame for frame in frames if isinstance(frame, CanFrame)]
    return {} if parts.can_table is None else _on_can(own, parts.can_table())


def _on_can(frames: Sequence[CanFrame], table: CanTable) -> dict[str, OnWire]:
    """Find the values in the frames of a CAN dialect; the first frame that has one counts."""
    found: dict[str, OnWire] = {}
    for frame in frames:
        row = table.row(frame)
        if row is None:
            continue
        try:
            values = table.read(frame).values
        except FrameError:
            # A frame of ours that its own table cannot read explains nothing; the report shows it as it is.
            continue
        for key in ON_WIRE:
            if key in values and key not in found:
                name = f"frame {table.name(row.id)}"
                found[key] = OnWire(name, str(frame), values[key], place_of(row.layout, key, frame.data))
    return found


def _on_line(exchanges: Sequence[Exchange], decoder: SerialDecoder, places: Places | None) -> dict[str, OnWire]:
    """Find the values in the answers to an inverter's questions; the first answer that has one counts."""
    found: dict[str, OnWire] = {}
    for exchange in exchanges:
        try:
            asked = decoder.read(exchange.question, Direction.TO_BATTERY)
            values = decoder.read(exchange.answer, Direction.FROM_BATTERY).values
        except FrameError:
            continue
        for key in ON_WIRE:
            if values.get(key) is not None and key not in found:
                question = asked.kind.replace("_", " ").removesuffix(" request")
                name = f"the answer to {question}"
                place = None if places is None else places(exchange.question, exchange.answer, key)
                found[key] = OnWire(name, bytes_text(exchange.answer), values[key], place)
    return found


def _number(value: Value) -> str:
    return f"{value:.1f}" if isinstance(value, int | float) else str(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
