"""Reads a rack with the `pylontech` client and prints what it understood; runs in that client's own environment."""

import contextlib
import json
import sys

from pylontech import PylontechStack


def main() -> None:
    with contextlib.redirect_stdout(sys.stderr):
        stack = PylontechStack(sys.argv[1], baud=9600, manualBattcountLimit=int(sys.argv[2]))
        result = stack.update()
    json.dump(result, sys.stdout, default=lambda raw: raw.decode("ascii"))


main()
