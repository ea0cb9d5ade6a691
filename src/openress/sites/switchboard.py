"""Between the service desk and the site: gives the line, exchanges the site, and lends the line to a scan."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from openress.clock import unix_s
from openress.config import Config
from openress.errors import ParameterError
from openress.journalling import JOURNAL, LocalJournal
from openress.model.change import Change
from openress.ports import Link, SerialLink, parse_link
from openress.servicing.line import Line, Probe, Wanted
from openress.sites.current import Current
from openress.sites.idle import IdleSite
from openress.sites.kept import Chosen, KeptConnection
from openress.sites.lending import opener
from openress.sites.link import LinkSite
from openress.sites.virtual import VirtualSite
from openress.sites.wanted import site_maker

__all__ = ["Switchboard"]


class Switchboard:
    """See `openress.servicing.line.Lines`.

    Args:
        current: the site that is connected.
        config: of the run.
        folder: the data folder.
        say: told what happens, in sentences.
    """

    def __init__(self, current: Current, config: Config, folder: Path, say: Callable[[str], None]) -> None:
        self._current = current
        self._config = config
        self._folder = folder
        self._say = say
        self._kept = KeptConnection(folder, say)

    @property
    def line(self) -> Line | None:
        """See `Lines`."""
        site = self._current.site
        return site if isinstance(site, LinkSite | VirtualSite) else None

    def connection(self) -> dict[str, Any]:
        """See `Lines`."""
        return self._current.site.connection().as_json()

    async def connect(self, wanted: Wanted) -> None:
        """See `Lines`; the next run begins with it."""
        product = self._current.site.product.key
        await self._current.exchange(site_maker(wanted, self._config, self._folder, self._say, product=product))
        await asyncio.to_thread(self._kept.keep, Chosen(wanted))

    async def disconnect(self) -> None:
        """See `Lines`; the next run begins so."""
        product = self._current.site.product
        await self._current.exchange(lambda: IdleSite(product))
        await asyncio.to_thread(self._kept.keep, Chosen(None))

    @asynccontextmanager
    async def probe(self, link: str | None, who: str = "") -> AsyncIterator[Probe]:
        """See `Lines`."""
        site = self._current.site
        if isinstance(site, LinkSite) and (link is None or parse_link(link) == site.link or _same(link, site.link)):
            asked = site.link if link is None else parse_link(link)
            async with site.lent(asked, who) as open_line:
                yield Probe(site.name, asked, open_line)
        elif link is not None:
            asked = parse_link(link)
            yield Probe(link, asked, opener(asked))
        elif isinstance(site, VirtualSite):
            async with site.probing() as open_line:
                yield Probe("the virtual rack", None, open_line)
        else:
            raise ParameterError("Nothing is connected: name the port to be scanned.")

    async def journal(self) -> Sequence[Change]:
        """See `Lines`."""
        if not (self._folder / JOURNAL).exists():
            return ()
        journal = await asyncio.to_thread(
            lambda: LocalJournal(self._folder, at_s=unix_s(), say=self._say, writes=False)
        )
        try:
            found = [change for serial in await journal.serials() for change in await journal.changes(serial)]
        finally:
            await asyncio.to_thread(journal.close)
        return sorted(found, key=lambda change: (change.at_s, change.number))


def _same(link: str, other: Link) -> bool:
    """Whether two links are one device, at whatever speed."""
    parsed = parse_link(link)
    if not (isinstance(parsed, SerialLink) and isinstance(other, SerialLink)):
        return False
    return Path(parsed.device).resolve() == Path(other.device).resolve()
