"""A scan of a shared line in made time, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from openress.catalog import load_product
from openress.codec.uart import heard_as
from openress.errors import FrameError
from openress.ports import BytePort
from openress.ports.busend import LiveBus
from openress.protocols import DIALECTS
from openress.protocols.base import Direction
from openress.rack.probing import attempts
from openress.rack.remarks import Kind, remarks
from openress.rack.scan import Scan
from openress.rack.survey import Survey
from openress.rack.switchwords import SwitchWords
from tests.busrack import BusRack
from tests.fasttime import run_fast

US = "us"
A5L = SwitchWords(load_product("syscom-a5l-51v2").address_switch)


class Scanned:
    """What a scan found, what it said, and how long it took in the line's time."""

    def __init__(self, survey: Survey, said: list[str], took_s: float) -> None:
        self.survey = survey
        self.said = said
        self.took_s = took_s
        self.remarks = remarks(survey, A5L)

    def kinds(self) -> list[Kind]:
        return [remark.kind for remark in self.remarks]

    def about(self, kind: Kind) -> tuple[int, ...]:
        (packs,) = (remark.packs for remark in self.remarks if remark.kind is kind)
        return packs

    def sentence(self, kind: Kind) -> str:
        return next(remark.sentence for remark in self.remarks if remark.kind is kind)

    def packs(self) -> list[int]:
        return [answerer.pack for answerer in self.survey.answerers]


def scan(
    rack: BusRack,
    *,
    dialects: Sequence[str] = (),
    bauds: Sequence[int] = (),
    numbers: Sequence[int] = (),
    thorough: bool = False,
    swapped: bool = False,
    echo: bool = False,
    settable: bool = True,
    before_s: float = 0.0,
) -> Scanned:
    """Scan `rack` through an end of its own."""

    async def main() -> Scanned:
        loop = asyncio.get_running_loop()
        said: list[str] = []
        async with LiveBus(rack.bus) as live:
            await asyncio.sleep(before_s)

            async def open_line(baud: int | None) -> BytePort:
                return live.end(US, baud=baud or 9600, swapped=swapped, echo=echo)

            began_s = loop.time()
            survey = await Scan(
                open_line,
                attempts(dialects, bauds, settable=settable),
                numbers=numbers,
                thorough=thorough,
                dialects=dialects,
                clock=loop.time,
                say=said.append,
            ).run()
            return Scanned(survey, said, loop.time() - began_s)

    return run_fast(main())


def only_questions(sent: Collection[bytes]) -> bool:
    """Whether every frame is a question in a dialect that reads it, upright or through swapped wires."""
    return all(_question(frame) or _question(_turned(frame)) for frame in sent)


def _turned(frame: bytes) -> bytes:
    return heard_as(frame, sent_baud=9600, heard_baud=9600, swapped=True)[:-1]


def _question(frame: bytes) -> bool:
    for name, dialect in DIALECTS.items():
        parts = dialect.parts()
        if parts.decoder is None or name == "pylontech-console":
            continue
        try:
            kind = parts.decoder().read(frame, Direction.TO_BATTERY).kind
        except FrameError:
            continue
        # JK PB's question is an order to all others, so it must not pass for a question here.
        return kind.endswith("_request") and name != "jk-pb"
    return frame.rstrip(b"\n0123456789 ") in (b"pwr", b"bat", b"info", b"stat")
