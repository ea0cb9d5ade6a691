"""Real measurements beside the checkout: `../shared/data`, or wherever OPENRESS_DATA points."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_HERE = Path(__file__).parent.parent


def data(*parts: str) -> Path:
    """A file of the data folder; the test is skipped, with the reason, where there is none."""
    folder = Path(os.environ.get("OPENRESS_DATA", _HERE.parent / "shared" / "data"))
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs the measurements {'/'.join(parts)} in {folder} (set OPENRESS_DATA)")
    return path
