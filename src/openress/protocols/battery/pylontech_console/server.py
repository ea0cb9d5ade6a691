"""A Pylontech console as others see it: prints what its packs know, in the words of the real one.

What it never does: print values that are not fresh, or switch anything off. Only the clock can be set.
"""

from __future__ import annotations

import re

from openress.errors import ParameterError
from openress.model import Freshness, PackSample, RackSample, freshness
from openress.model.history import Calendar
from openress.protocols.base import ServerOptions
from openress.protocols.battery.pylontech_console import printing
from openress.protocols.battery.pylontech_console.answer import DONE, END, PROMPT, REFUSED, START
from openress.protocols.battery.pylontech_console.client import MAX_PACKS

__all__ = ["PylontechConsoleServer"]

MAX_LINE = 256
_WAKING = re.compile("~[0-9A-F]{16,}")
"""The order that wakes a sleeping console, an RS485 frame sent at 1200 baud."""
_HELP = ("bat", "help", "info", "pwr", "pwrsys", "stat", "time")
_OF_PACK = frozenset({"bat", "info", "stat"})


class PylontechConsoleServer:
    """Machine that answers on the console port of the master.

    Args:
        options: identity, rated limits, freshness and memory of the packs.
        prompt: what stands in front of every command; packs that have been logged into print `pylon_debug>`.
    """

    __slots__ = ("_line", "_options", "_prompt")

    def __init__(self, options: ServerOptions, *, prompt: str = PROMPT) -> None:
        self._options = options
        self._prompt = prompt
        self._line = bytearray()

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take what was typed; gives the answers to send, in order. CR and LF both end a command."""
        answers = []
        for byte in data:
            if byte not in b"\r\n":
                # What is no character was never typed: noise of the line.
                if 0x20 <= byte < 0x7F:
                    self._line.append(byte)
                continue
            line = self._line.decode("ascii")
            self._line.clear()
            answer = self._answer(line, rack, now_s) if len(line) <= MAX_LINE else None
            if answer is not None:
                answers.append(answer)
        del self._line[: -2 * MAX_LINE]
        return answers

    def _answer(self, line: str, rack: RackSample, now_s: float) -> bytes | None:
        words = line.split()
        if _WAKING.fullmatch(line) or not rack.packs:
            # Waking is no command, and without packs there is no console.
            return None
        if not words:
            return f"\n\r{self._prompt}".encode("ascii")
        try:
            lines = self._lines(words, rack, now_s)
        except ParameterError:
            # The pack does not know what the answer cannot leave out.
            return self._text(line, [REFUSED])
        return None if lines is None else self._text(line, lines)

    def _text(self, line: str, lines: list[str]) -> bytes:
        done = [] if lines in ([REFUSED], [_unknown(line)]) else [DONE]
        body = "".join(f"{text}\r\r\n" for text in lines) + "".join(f"\r{text}\r\n" for text in done)
        text = f"{line}\n\r{START}\r\r\n{body}\r{END}\r\n\r{self._prompt}"
        return text.encode("latin-1", "replace")

    def _lines(self, words: list[str], rack: RackSample, now_s: float) -> list[str] | None:
        """Lines of an answer; `None` keeps silent."""
        command, arguments = words[0], words[1:]
        fresh = [sample.pack for sample in rack.packs if self._fresh(sample, now_s)]
        if command == "time":
            return self._time(arguments, rack)
        if command == "help" and not arguments:
            return [f"{name}" for name in _HELP]
        if command in ("pwr", "pwrsys") and not arguments:
            if not fresh or (command == "pwrsys" and len(fresh) < len(rack.packs)):
                return None
            return printing.pwrsys(rack) if command == "pwrsys" else printing.pwr(rack, fresh, MAX_PACKS)
        if command not in _OF_PACK | {"pwr"} or len(arguments) > 1:
            return [_unknown(" ".join(words))]
        sample = _pack(arguments, rack)
        if sample is None:
            return [REFUSED]
        if command != "info" and sample.pack not in fresh:
            return None
        return self._of_pack(command, sample)

    def _of_pack(self, command: str, sample: PackSample) -> list[str]:
        match command:
            case "pwr":
                return printing.pwr_pack(sample)
            case "bat":
                return printing.bat(sample)
            case "info":
                return printing.info(sample, self._options.identity, self._options.rated)
            case _:
                return printing.stat(sample)

    def _fresh(self, sample: PackSample, now_s: float) -> bool:
        return freshness(sample.at_s, now_s, fresh_for_s=self._options.fresh_for_s) is Freshness.FRESH

    def _time(self, arguments: list[str], rack: RackSample) -> list[str]:
        memory, pack = self._options.memory, rack.packs[0].pack
        if memory is None:
            return [REFUSED]
        if not arguments:
            now = memory.clock(pack)
            return [REFUSED] if now is None else [f"RTC {now}", "Test result:pass"]
        told = _calendar(arguments)
        return [REFUSED] if told is None or memory.set_clock(pack, told) is not None else []


def _unknown(line: str) -> str:
    return f"Unknown command '{line}' - try 'help'"


def _pack(arguments: list[str], rack: RackSample) -> PackSample | None:
    """The pack that is meant; without a number the one at the cable."""
    if not arguments:
        return rack.packs[0]
    if not arguments[0].isdecimal():
        return None
    return next((sample for sample in rack.packs if sample.pack == int(arguments[0])), None)


def _calendar(arguments: list[str]) -> Calendar | None:
    """Six parts of two digits each."""
    if len(arguments) != 6 or not all(len(part) == 2 and part.isdecimal() for part in arguments):
        return None
    year, month, day, hour, minute, second = (int(part) for part in arguments)
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60):
        return None
    return Calendar(2000 + year, month, day, hour, minute, second)
