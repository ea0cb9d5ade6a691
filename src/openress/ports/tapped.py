"""A port that shows what passes to whoever listens, as it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from openress.ports.base import BytePort

__all__ = ["TappedPort"]


class TappedPort:
    """A `BytePort` that passes everything on to another one; `heard` is told first of what goes out.

    Args:
        port: the port; it is closed with this one.
        heard: given the direction, `>` out of the port and `<` into it, and the bytes; must not raise or wait.
    """

    def __init__(self, port: BytePort, heard: Callable[[str, bytes], None]) -> None:
        self._port = port
        self._heard = heard

    @property
    def name(self) -> str:
        """The link URL of the port."""
        return self._port.name

    async def read(self) -> bytes:
        """See `BytePort.read`."""
        data = await self._port.read()
        self._heard("<", data)
        return data

    async def write(self, data: bytes) -> None:
        """See `BytePort.write`."""
        if data:
            self._heard(">", data)
        await self._port.write(data)

    async def close(self) -> None:
        """See `BytePort.close`."""
        await self._port.close()
