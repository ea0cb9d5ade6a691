"""The configuration file of `openress up`: TOML with comments, checked key by key.

Every mistake is named with its line and, for a misspelt key, the nearest valid one.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from openress.errors import ParameterError
from openress.names import hint

__all__ = ["Config", "HttpConfig", "LinkConfig", "LoadConfig", "load_config"]

Percent = Annotated[float, Field(ge=0, le=100)]


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


class RackConfig(_Section):
    """The virtual rack."""

    product: str = "syscom-a5l-51v2"
    packs: Annotated[int, Field(ge=1, le=64)] = 4
    soc_pct: list[Percent] = Field(default_factory=lambda: [50.0])
    seed: int = 1
    speed: Annotated[float, Field(gt=0, le=600)] = 1.0


class _File(_Section):
    rack: RackConfig = Field(default_factory=RackConfig)
    http: HttpConfig = Field(default_factory=HttpConfig)
    load: LoadConfig = Field(default_factory=LoadConfig)
    links: list[LinkConfig] = Field(default_factory=list)
    parameters: dict[str, float | int] = Field(default_factory=dict)
    data: str | None = None


@dataclass(slots=True)
class Config:
    """What `openress up` runs with; `links` empty means the usual ones."""

    rack: RackConfig = field(default_factory=RackConfig)
    http: HttpConfig = field(default_factory=HttpConfig)
    load: LoadConfig = field(default_factory=LoadConfig)
    links: list[LinkConfig] = field(default_factory=list)
    parameters: dict[str, float] = field(default_factory=dict)
    data: Path | None = None


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
    base = path.parent
    if parsed.load.file is not None:
        parsed.load.file = str(base / parsed.load.file)
    data = None if parsed.data is None else base / parsed.data
    return Config(parsed.rack, parsed.http, parsed.load, parsed.links, dict(parsed.parameters), data)


def _sentence(path: Path, text: str, error: ValidationError) -> str:
    first = error.errors()[0]
    where = list(first["loc"])
    line = _line_of(text, where)
    place = f"{path}, line {line}" if line else str(path)
    name = ".".join(str(part) for part in where if isinstance(part, str))
    if first["type"] == "extra_forbidden":
        return f"{place}: there is no setting {name!r}; {hint(str(where[-1]), _known(where[:-1]))}"
    return f"{place}: {name}: {first['msg'].lower()}, not {first['input']!r}."


def _known(where: list[str | int]) -> list[str]:
    model: Any = _File
    for part in where:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        arguments = getattr(annotation, "__args__", ())
        model = arguments[0] if arguments else annotation
    return list(model.model_fields)


def _line_of(text: str, where: list[str | int]) -> int | None:
    """Line in which the setting at `where` is written; the n-th `[[links]]` for lists of tables."""
    names = [part for part in where if isinstance(part, str)]
    index = next((part for part in where if isinstance(part, int)), 0)
    section: list[str] = []
    seen = -1
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[{1,2}\s*([\w.\-]+)\s*\]{1,2}", line)
        if header:
            section = header[1].split(".")
            if section == names[:1] and line.lstrip().startswith("[["):
                seen += 1
            if section == names:
                return number
            continue
        key = re.match(r"\s*([\w.\-]+)\s*=", line)
        if key and section + key[1].split(".") == names[: len(section) + 1] and seen in (-1, index):
            return number
    return None
