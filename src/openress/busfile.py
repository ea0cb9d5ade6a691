"""The file that describes a shared line for `openress bus`: which packs are on it, how they are set, what is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from openress.errors import ParameterError
from openress.names import hint
from openress.ports import parse_link
from openress.protocols import find_dialect
from openress.wanted import shown, wanted

__all__ = ["BusFile", "BusPack", "load_bus"]

Share = Annotated[float, Field(ge=0, le=1)]
Baud = Annotated[int, Field(ge=50, le=4_000_000)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class BusPack(_Section):
    """One pack on the line; a number that is there twice makes two packs with one address."""

    number: Annotated[int, Field(ge=0, le=64)]
    dialect: str = "pylontech"
    baud: Baud = 9600
    turnaround_ms: Annotated[float, Field(ge=0, le=2000)] = 20.0
    serial: str | None = None
    swapped: bool = False
    loses: Share = 0.0
    cuts: Share = 0.0
    asks: bool = False
    upstream: str | None = None
    upstream_dialect: str = "pylontech"


class BusFile(_Section):
    """The whole line."""

    product: str = "syscom-a5l-51v2"
    seed: int = 1
    noise: Share = 0.0
    echo: bool = False
    swapped: bool = False
    baud: Baud = 9600
    pack: list[BusPack] = Field(default_factory=list)


def load_bus(path: Path) -> BusFile:
    """Read the file.

    Raises:
        ParameterError: it cannot be read or used; the sentence says where.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ParameterError(f"{path} is not in TOML: {error}.") from error
    try:
        found = BusFile.model_validate(content)
    except ValidationError as error:
        raise ParameterError(_sentence(path, error)) from error
    for place, pack in enumerate(found.pack, start=1):
        for name in (pack.dialect, pack.upstream_dialect):
            try:
                find_dialect(name)
            except ParameterError as error:
                raise ParameterError(f"{path}, pack entry {place}: {error}") from error
        if pack.asks and pack.number != 1:
            raise ParameterError(f"{path}, pack entry {place}: only pack 1, the master, asks the others.")
        if pack.upstream is not None:
            parse_link(pack.upstream)
            if pack.number > 1:
                raise ParameterError(
                    f"{path}, pack entry {place}: pack {pack.number} is a slave and tells an inverter nothing; give "
                    "`upstream` to pack 1 or to a pack alone, 0."
                )
    return found


def _sentence(path: Path, error: ValidationError) -> str:
    first = error.errors()[0]
    *where, key = first["loc"] or ("file",)
    place = f"{path}, pack entry {int(where[-1]) + 1}" if where and isinstance(where[-1], int) else str(path)
    if first["type"] == "extra_forbidden":
        known = (BusPack if where else BusFile).model_fields
        return f"{place}: there is no key {key}; {hint(str(key), known)}"
    if first["type"] == "missing":
        return f"{place}: {key} is missing; add it."
    return f"{place}: {key} must be {wanted(first)}, not {shown(first['input'])}."
