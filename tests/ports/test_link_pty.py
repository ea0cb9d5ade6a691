"""Opening: pseudo-terminals."""

from __future__ import annotations

import asyncio
import os
import stat
import sys

import pytest
import serial as pyserial

from openress.errors import PortError
from openress.ports import (
    PtyLink,
    open_port,
)

if sys.platform != "win32":
    pass
from tests.ports.linksamples import DEADLINE_S, needs_pty


@needs_pty
class TestPty:
    async def test_the_link_leads_to_a_terminal_and_goes_with_the_port(self, tmp_path):
        path = tmp_path / "battery"
        port = await open_port(PtyLink(str(path)))
        assert port.name == f"pty:{path}"
        assert stat.S_ISCHR(path.stat().st_mode)
        await port.close()
        assert not path.is_symlink()

    async def test_a_relative_path_is_removed_from_where_it_was_made(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        port = await open_port(PtyLink("battery"))
        monkeypatch.chdir("/")
        await port.close()
        assert not (tmp_path / "battery").is_symlink()

    async def test_a_link_that_leads_nowhere_is_replaced(self, tmp_path):
        path = tmp_path / "battery"
        path.symlink_to(tmp_path / "nowhere")
        port = await open_port(PtyLink(str(path)))
        assert path.exists()
        await port.close()

    async def test_a_link_left_by_a_run_that_was_killed_is_replaced(self, tmp_path, monkeypatch):
        """The system gives the lowest free number, so the next run gets the terminal of the dead one."""
        path = tmp_path / "battery"
        ours, theirs = os.openpty()
        path.symlink_to(os.ttyname(theirs))
        monkeypatch.setattr(os, "openpty", lambda: (ours, theirs))
        port = await open_port(PtyLink(str(path)))
        assert str(path.readlink()) == os.ttyname(theirs)
        await port.close()
        assert not path.is_symlink()

    @pytest.mark.parametrize("kind", ["file", "directory", "link", "terminal"])
    async def test_anything_else_is_left_alone(self, tmp_path, kind):
        path = tmp_path / "battery"
        other = await open_port(PtyLink(str(tmp_path / "other")))
        match kind:
            case "file":
                path.write_text("precious")
            case "directory":
                path.mkdir()
            case "link":
                path.symlink_to(tmp_path)
            case _:
                path.symlink_to((tmp_path / "other").readlink())
        before = path.lstat()
        with pytest.raises(PortError, match=f"^pty:{path} cannot be made: {path} is already .* Remove it if"):
            await open_port(PtyLink(str(path)))
        assert path.lstat() == before
        await other.close()

    async def test_a_link_that_is_no_longer_ours_is_left_alone(self, tmp_path):
        path = tmp_path / "battery"
        port = await open_port(PtyLink(str(path)))
        path.unlink()
        path.write_text("precious")
        await port.close()
        assert path.read_text() == "precious"

    async def test_no_directory(self, tmp_path):
        with pytest.raises(PortError, match=f"there is no directory {tmp_path}/missing. Create it first"):
            await open_port(PtyLink(str(tmp_path / "missing" / "battery")))

    async def test_no_terminal_is_left_open_after_a_failure(self, tmp_path, monkeypatch):
        ours, theirs = os.openpty()
        monkeypatch.setattr(os, "openpty", lambda: (ours, theirs))
        with pytest.raises(PortError):
            await open_port(PtyLink(str(tmp_path)))
        for descriptor in (ours, theirs):
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(descriptor)

    async def test_another_program_opens_it_as_a_serial_port(self, tmp_path):
        path = tmp_path / "battery"
        port = await open_port(PtyLink(str(path)))
        for baud in (9600, 115200):
            with await asyncio.to_thread(pyserial.Serial, str(path), baud, timeout=DEADLINE_S) as client:
                await asyncio.to_thread(client.write, bytes(range(256)))
                received = b""
                while len(received) < 256:
                    received += await asyncio.wait_for(port.read(), DEADLINE_S)
                assert received == bytes(range(256))
                await port.write(bytes(range(255, -1, -1)))
                assert await asyncio.to_thread(client.read, 256) == bytes(range(255, -1, -1))
        await port.close()

    async def test_what_nobody_took_does_not_reach_a_later_client(self, tmp_path):
        path = tmp_path / "battery"
        port = await open_port(PtyLink(str(path)), stall_s=0.05)
        with pytest.raises(PortError, match=r"is stuck: nobody has read from it for 0\.05 s"):
            await port.write(bytes(1_000_000))
        device = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            os.read(device, 1)
        await port.write(b"fresh")
        assert await read_soon(device, 5) == b"fresh"
        os.close(device)
        await port.close()

    async def test_windows_has_none(self, monkeypatch, tmp_path):
        monkeypatch.setattr(sys, "platform", "win32")
        with pytest.raises(PortError, match="Windows has no pseudo-terminals"):
            await open_port(PtyLink(str(tmp_path / "battery")))


async def read_soon(device: int, size: int) -> bytes:
    data = b""
    async with asyncio.timeout(DEADLINE_S):
        while len(data) < size:
            try:
                data += os.read(device, size)
            except BlockingIOError:
                await asyncio.sleep(0.001)
    return data
