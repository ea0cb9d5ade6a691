"""Opening: TCP, from both ends."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys

import pytest
from tests.fixedports import free_port

from openress.errors import ParameterError, PortError
from openress.ports import (
    TcpLink,
    TcpListenLink,
    open_listener,
    open_port,
)

if sys.platform != "win32":
    pass
from tests.ports.linksamples import DEADLINE_S, failing


def port_number(listener) -> int:
    return int(listener.name.rpartition(":")[2])


class TestTcp:
    async def test_names_show_the_real_port(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        assert port_number(listener) > 0
        client = await open_port(TcpLink("127.0.0.1", port_number(listener)))
        accepted = await listener.accept()
        assert client.name == f"tcp://127.0.0.1:{port_number(listener)}"
        assert accepted.name.startswith("tcp://127.0.0.1:")
        for port in (client, accepted, listener):
            await port.close()

    async def test_ipv6(self):
        if not ipv6_works():
            pytest.skip("this computer has no IPv6")
        listener = await open_listener(TcpListenLink("::1", 0))
        assert listener.name.startswith("tcp-listen://[::1]:")
        client = await open_port(TcpLink("::1", port_number(listener)))
        accepted = await listener.accept()
        assert accepted.name.startswith("tcp://[::1]:")
        for port in (client, accepted, listener):
            await port.close()

    async def test_many_clients_over_time(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        link = TcpLink("127.0.0.1", port_number(listener))
        for turn in range(3):
            client = await open_port(link)
            accepted = await listener.accept()
            await client.write(b"%d" % turn)
            assert await accepted.read() == b"%d" % turn
            await client.close()
            await accepted.close()
        await listener.close()

    async def test_a_closed_address_can_be_used_again_at_once(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        number = port_number(listener)
        client = await open_port(TcpLink("127.0.0.1", number))
        accepted = await listener.accept()
        await accepted.close()  # the side that closes first keeps the address in TIME_WAIT
        await client.close()
        await listener.close()
        again = await open_listener(TcpListenLink("127.0.0.1", number))
        await again.close()

    async def test_closing_hangs_up_on_those_not_accepted_and_keeps_the_others(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        link = TcpLink("127.0.0.1", port_number(listener))
        first = await open_port(link)
        accepted = await listener.accept()
        second = await open_port(link)
        await listener.close()
        with pytest.raises(PortError, match=" is gone: "):
            await asyncio.wait_for(second.read(), DEADLINE_S)
        await first.write(b"still here")
        assert await accepted.read() == b"still here"
        for port in (first, second, accepted):
            await port.close()

    async def test_closing_ends_every_accept(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        waiting = [asyncio.create_task(listener.accept()) for _ in range(2)]
        await asyncio.sleep(0.01)
        await listener.close()
        await listener.close()
        for task in waiting:
            with pytest.raises(PortError, match=f"^{listener.name} is closed"):
                await asyncio.wait_for(task, DEADLINE_S)

    async def test_a_reset_is_a_port_error(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        with socket.create_connection(("127.0.0.1", port_number(listener))) as client:
            accepted = await listener.accept()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        with pytest.raises(PortError, match=r"^tcp://127.0.0.1:\d+ is gone: the far end closed the connection"):
            await accepted.read()
        with pytest.raises(PortError, match=" is gone: "):
            await accepted.write(b"x")
        await accepted.close()
        await listener.close()

    async def test_the_address_is_in_use(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        with pytest.raises(PortError) as caught:
            await open_listener(TcpListenLink("127.0.0.1", port_number(listener)))
        assert str(caught.value) == f"{listener.name} cannot listen: the address is already in use."
        await listener.close()

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (
                OSError(errno.EACCES, "Permission denied"),
                "permission denied; choose a port number from 1024 on.",
            ),
            (OSError(errno.EADDRNOTAVAIL, "x"), "the address is not one of this computer"),
            (socket.gaierror(-2, "Name or service not known"), "the host name is not known"),
            (OSError(errno.EIO, "Input/output error"), "Input/output error."),
        ],
    )
    async def test_other_reasons_not_to_listen(self, monkeypatch, error, words):
        monkeypatch.setattr(asyncio, "start_server", failing(error))
        with pytest.raises(PortError) as caught:
            await open_listener(TcpListenLink("here", 80))
        assert str(caught.value).startswith(f"tcp-listen://here:80 cannot listen: {words}")

    async def test_nobody_listens(self):
        number = free_port()
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(PortError, match=f"^tcp://{host}:{number} cannot be reached: nobody listens"):
                await open_port(TcpLink(host, number))

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (socket.gaierror(-2, "Name or service not known"), "the host name is not known (Name or"),
            (TimeoutError(), "no answer within 5 s. Check the address and the network."),
            (OSError(errno.EHOSTUNREACH, "No route to host"), "No route to host. Check"),
        ],
    )
    async def test_other_reasons_not_to_connect(self, monkeypatch, error, words):
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", failing(error))
        with pytest.raises(PortError) as caught:
            await open_port(TcpLink("box.lan", 4196))
        assert str(caught.value).startswith(f"tcp://box.lan:4196 cannot be reached: {words}")

    async def test_a_listening_link_is_no_port(self):
        with pytest.raises(ParameterError, match=r"write tcp://HOST:4196, a serial port or pty:PATH\.$"):
            await open_port(TcpListenLink("127.0.0.1", 4196))


def ipv6_works() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
