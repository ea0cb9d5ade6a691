"""A scan as a person orders it: which dialects, speeds and packs, and whose address switches are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openress.ports import Link, SerialLink
from openress.products import Product
from openress.rack.probing import Attempt, attempts
from openress.rack.scan import Scan
from openress.rack.scanline import Opener
from openress.rack.survey import Survey
from openress.rack.surveyjson import counts_from
from openress.rack.switchwords import SwitchWords

__all__ = ["ScanOrder"]


@dataclass(frozen=True, slots=True)
class ScanOrder:
    """What somebody wants to know of a line.

    Attributes:
        dialects: only these; all when empty.
        bauds: only these speeds, where the speed is ours to set; those usual for each dialect when empty.
        numbers: only these packs; all when empty.
        thorough: try every way of asking, also when a whole rack has answered.
        product: whose address switches are told; `None` where that is not known.
    """

    dialects: Sequence[str] = ()
    bauds: Sequence[int] = ()
    numbers: Sequence[int] = ()
    thorough: bool = False
    product: Product | None = None

    def attempts(self, link: Link | None) -> list[Attempt]:
        """Ways of asking on a link, in order; a speed that the link names goes first.

        Raises:
            ParameterError: there is no such dialect, or it cannot be asked over a serial line.
        """
        settable = isinstance(link, SerialLink)
        order = attempts(self.dialects, self.bauds if settable else (), settable=settable)
        if self.bauds or not isinstance(link, SerialLink) or link.baud == SerialLink(link.device).baud:
            return order
        named = [Attempt(name, link.baud) for name in dict.fromkeys(attempt.dialect for attempt in order)]
        return list(dict.fromkeys([*named, *order]))

    async def scan(
        self, open_line: Opener, link: Link | None, *, clock: Callable[[], float], say: Callable[[str], None]
    ) -> tuple[Survey, SwitchWords]:
        """Scan a line; gives what was found, and words for the address switches as these packs count them.

        Args:
            open_line: opens the line at a speed.
            link: of the line; `None` for one without a speed of its own.
            clock: seconds that never run backwards.
            say: told what is being done.

        Raises:
            ParameterError: see `attempts`.
            PortError: the line cannot be opened, or is gone.
        """
        survey = await self.begin(open_line, link, clock=clock, say=say).run()
        return survey, self.words(survey)

    def begin(
        self, open_line: Opener, link: Link | None, *, clock: Callable[[], float], say: Callable[[str], None]
    ) -> Scan:
        """The scan, ready to run; see `scan`. It tells also after it was stopped what it has found.

        Raises:
            ParameterError: see `attempts`.
        """
        return Scan(
            open_line,
            self.attempts(link),
            numbers=self.numbers,
            thorough=self.thorough,
            dialects=self.dialects,
            clock=clock,
            say=say,
        )

    def words(self, survey: Survey) -> SwitchWords:
        """Words for the address switches as the packs that were found count them."""
        switch = None if self.product is None else self.product.address_switch
        return SwitchWords(switch, counts_from=counts_from(survey))
