"""What the tests of links share."""

from __future__ import annotations

import sys

import pytest

if sys.platform != "win32":
    pass

DEADLINE_S = 20.0
needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def failing(error: Exception):
    async def fail(*_args, **_options):
        raise error

    return fail
