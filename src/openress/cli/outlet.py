"""Where a verb prints to may be full, or gone: that is one sentence, and a reader that has gone no failure."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["NoOutletError", "give_up_output", "outlet"]


class NoOutletError(Exception):
    """What a verb prints cannot be written.

    Attributes:
        sentence: for a person; empty where the reader went away, as `head` does.
        code: of the program.
    """

    def __init__(self, error: OSError) -> None:
        self.sentence = ""
        self.code = 0
        if not isinstance(error, BrokenPipeError):
            self.sentence = f"The output cannot be written: {error.strerror or error}; give it another place."
            self.code = 1
        super().__init__(self.sentence)


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a place without room, or a terminal that was closed, answers; files that verbs name tell it themselves."""


@contextmanager
def outlet() -> Iterator[None]:
    """Tell errors of the standard output from all others, before click makes an exit code of them.

    Raises:
        NoOutletError: the output is full or gone.
    """
    try:
        yield
        # A program that was started without an output has none here.
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        if isinstance(error, BrokenPipeError) or (error.errno in _FULL and error.filename is None):
            raise NoOutletError(error) from error
        raise


def give_up_output() -> None:
    """Let what is left go nowhere: the interpreter writes it when it ends, and would fail once more."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
