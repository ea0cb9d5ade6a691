"""Every error OpenRESS raises on purpose.

    OpenRESSError
    |-- FrameError       the peer: bytes that are no frame, or a frame that is damaged
    |-- ParameterError   the user: a value, key, name or file that cannot be used
    |-- PortError        the transport: a port that is missing, busy, closed or stuck (also an OSError)
    `-- StateError       us: a call that makes no sense in this state

A message is one sentence that names what, where and what to do; the shell prints it as it is.
"""

from __future__ import annotations

import re

__all__ = ["FrameError", "OpenRESSError", "ParameterError", "PortError", "StateError", "reason"]

_NUMBER = re.compile(r"\[(?:Errno|WinError) -?\d+\] ")


def reason(error: BaseException) -> str:
    """What the system or a library says about an error, in its own words and without its number."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return _NUMBER.sub("", text) or type(error).__name__


class OpenRESSError(Exception):
    """Base of every error raised on purpose."""


class FrameError(OpenRESSError):
    """Bytes from the peer that cannot be accepted.

    Args:
        message: what is wrong, with the value seen and the value expected.
        at: offset of the first byte that is wrong, counted from the start of the bytes given.
    """

    def __init__(self, message: str, *, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


class ParameterError(OpenRESSError, ValueError):
    """A value, key, name or file given by the user that cannot be used."""


class PortError(OpenRESSError, OSError):
    """A transport that is missing, busy, closed or stuck."""


class StateError(OpenRESSError, RuntimeError):
    """A call that makes no sense in the present state: a fault of the caller."""
