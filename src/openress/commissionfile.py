"""A commissioning in its file: read as a whole, written as a whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from openress.errors import ParameterError
from openress.finite import check_finite
from openress.install.commissionlog import Log, log_from_mapping

__all__ = ["load_log", "save_log"]


def load_log(path: Path) -> Log:
    """Read a commissioning.

    Raises:
        ParameterError: the file cannot be read, or is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"The commissioning {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ParameterError(f"The commissioning {path} is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise ParameterError(f"The commissioning {path} is no commissioning; name another file.")
    check_finite(content, name=f"The commissioning {path}")
    return log_from_mapping(content, name=path.name)


def save_log(path: Path, log: Log) -> None:
    """Write a commissioning; what was there stays until the new one is there as a whole.

    Raises:
        ParameterError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(json.dumps(log.as_mapping(), indent=1), encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        raise ParameterError(f"The file {part} cannot be written: {error.strerror}.") from error
