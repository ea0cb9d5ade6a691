"""CAN ports through python-can: interfaces of the Linux kernel, UDP multicast, and a bus inside one program.

python-can reads with calls that wait, so a thread of its own does it. Sending does not wait: each of the three hands
the frame to the system, or to a queue, and says at once when that is full.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING

from openress.codec.canframe import CanFrame
from openress.errors import PortError
from openress.ports.base import CanState
from openress.ports.canerrors import state_after
from openress.ports.canqueue import HELD, FrameQueue, closed, not_acknowledged, off_the_bus
from openress.ports.canurl import SocketcanLink, UdpCanLink, VirtualCanLink

if TYPE_CHECKING:
    from collections.abc import Callable

    import can

    from openress.ports.base import CanPort

__all__ = ["open_library"]

WAIT_S = 0.2
"""How long the reading thread waits at a time, and so how long closing may take."""
ECHO_S = 1.0
"""Own frames come back from a multicast group within this time or not at all."""

_AFTER_ERROR_S = 0.05
_GONE = {errno.ENODEV, errno.ENXIO}
_NO_MULTICAST = {errno.ENODEV, errno.ENETUNREACH}
_CONNECT = "no network interface takes multicast. Connect a network, or use can:virtual:NAME within one program."


async def open_library(link: SocketcanLink | UdpCanLink | VirtualCanLink) -> CanPort:
    """Open the port.

    Raises:
        PortError: it cannot be opened; the sentence says why and what to do.
    """
    try:
        bus = await asyncio.to_thread(_bus, link)
    except PortError:
        raise
    except Exception as error:  # python-can raises its own errors, the system's, and those of its plug-ins
        raise PortError(_why_not_opened(link, error)) from error
    return LibraryPort(link, bus)


def _bus(link: SocketcanLink | UdpCanLink | VirtualCanLink) -> can.BusABC:
    # python-can takes a tenth of a second to import, and only those who open such a link need it.
    logging.getLogger("can").addHandler(logging.NullHandler())  # what it has to say is said in our sentence
    match link:
        case SocketcanLink():
            if sys.platform != "linux":
                raise PortError(f"{link.name} cannot be opened: only Linux has such interfaces.")
            _check_interface(link)
            from can.interfaces.socketcan import SocketcanBus  # noqa: PLC0415

            return SocketcanBus(link.interface)
        case UdpCanLink():
            from can.interfaces.udp_multicast import UdpMulticastBus  # noqa: PLC0415

            return UdpMulticastBus(link.group, port=link.port, fd=False)
        case VirtualCanLink():
            from can.interfaces.virtual import VirtualBus  # noqa: PLC0415

            return VirtualBus(link.bus)


def _check_interface(link: SocketcanLink) -> None:
    # Before python-can tries: it leaves its socket open when there is none.
    try:
        socket.if_nametoindex(link.interface)
    except OSError as error:
        raise PortError(
            f"{link.name} cannot be opened: there is no interface {link.interface}. Connect the adapter, then: "
            f"{_bring_up(link)}."
        ) from error


def _why_not_opened(link: SocketcanLink | UdpCanLink | VirtualCanLink, error: Exception) -> str:
    failed = f"{link.name} cannot be opened:"
    number = _number_of(error)
    if isinstance(link, SocketcanLink) and number in {errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT}:
        return f"{failed} this computer's kernel has no CAN (the module can_raw)."
    if isinstance(link, UdpCanLink) and number in _NO_MULTICAST:
        return f"{failed} {_CONNECT}"
    return f"{failed} {_words(error)}."


def _bring_up(link: SocketcanLink) -> str:
    return f"sudo ip link set {link.interface} up type can bitrate {link.bitrate} restart-ms 100"


def _number_of(error: BaseException) -> int | None:
    """The system's error number behind an error, wherever python-can keeps it."""
    found: BaseException | None = error
    while found is not None:
        number = found.errno if isinstance(found, OSError) else getattr(found, "error_code", None)
        if isinstance(number, int):
            return number
        found = found.__cause__
    return None


def _words(error: Exception) -> str:
    cause = error.__cause__ or error
    return (cause.strerror if isinstance(cause, OSError) else None) or str(cause) or type(cause).__name__


class LibraryPort:
    """The `CanPort` over a bus of python-can, made by `open_library`."""

    def __init__(self, link: SocketcanLink | UdpCanLink | VirtualCanLink, bus: can.BusABC) -> None:
        import can  # noqa: PLC0415  # already imported by whoever made the bus

        self._message = can.Message
        self._error = can.CanError
        self._link = link
        self._bus = bus
        self._loop = asyncio.get_running_loop()
        self._received = FrameQueue()
        self._state = CanState.UNKNOWN if isinstance(link, SocketcanLink) else CanState.ACTIVE
        self._why_gone: str | None = None
        self._echoes: deque[tuple[float, CanFrame]] | None = deque() if isinstance(link, UdpCanLink) else None
        self._inbox: deque[can.Message | Exception] = deque()
        self._overrun = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._receive, name=f"read {link}", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """The link URL."""
        return self._link.name

    @property
    def state(self) -> CanState:
        """See `CanPort.state`."""
        return self._state

    @property
    def dropped(self) -> int:
        """See `CanPort.dropped`."""
        return self._received.dropped + self._overrun

    async def read(self) -> CanFrame:
        """See `CanPort.read`."""
        return await self._received.get()

    async def write(self, frame: CanFrame) -> None:
        """See `CanPort.write`."""
        if self._why_gone is not None:
            raise PortError(self._why_gone)
        if self._state is CanState.BUS_OFF:
            raise PortError(off_the_bus(self.name))
        message = self._message(arbitration_id=frame.id, data=frame.data, is_extended_id=frame.extended)
        if self._echoes is not None:
            self._echoes.append((self._loop.time(), frame))
        try:
            self._bus.send(message, timeout=0)
        except (self._error, OSError, ValueError) as error:
            if self._echoes is not None:
                self._echoes.pop()
            raise PortError(self._why_not_sent(error)) from error

    def _why_not_sent(self, error: Exception) -> str:
        number = _number_of(error)
        if isinstance(self._link, SocketcanLink):
            if number in _GONE:
                return self._lose()
            if number == errno.ENETDOWN:
                return f"{self.name} is down: {_bring_up(self._link)}."
            return not_acknowledged(self.name)  # no room in the kernel's queue: what is in it does not leave
        if number in _NO_MULTICAST:
            return f"{self.name} cannot send: {_CONNECT}"
        return f"{self.name} cannot send: {_words(error)}."

    def _receive(self) -> None:
        """The thread: waits, and wakes the event loop up once for all that has come since it last looked."""
        while not self._stop.is_set():
            try:
                got: can.Message | Exception | None = self._bus.recv(WAIT_S)
            except Exception as error:  # noqa: BLE001  # whatever it is, it must not end the thread unheard
                got = error
                self._stop.wait(_AFTER_ERROR_S)
            if got is None:
                continue
            with self._lock:
                asleep = not self._inbox
                if len(self._inbox) >= HELD:
                    self._inbox.popleft()
                    self._overrun += 1
                self._inbox.append(got)
            if asleep:
                self._tell(self._take)
        with contextlib.suppress(Exception):  # how it ends matters to nobody who has hung up
            self._bus.shutdown()
        self._tell(self._stopped.set)

    def _tell(self, what: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(what)
        except RuntimeError:  # the event loop has ended without closing us
            self._stop.set()

    def _take(self) -> None:
        with self._lock:
            came = list(self._inbox)
            self._inbox.clear()
        for one in came:
            if isinstance(one, Exception):
                if _number_of(one) in _GONE:
                    self._lose()
            elif one.is_error_frame:
                self._state = state_after(self._state, one.arbitration_id, bytes(one.data))
            elif not (one.is_remote_frame or one.is_fd):
                frame = CanFrame(one.arbitration_id, bytes(one.data), one.is_extended_id)
                if not self._is_echo(frame):
                    self._received.put(frame)

    def _is_echo(self, frame: CanFrame) -> bool:
        """Whether this is a frame of our own that a multicast group gives back; each comes back once."""
        if self._echoes is None:
            return False
        oldest_s = self._loop.time() - ECHO_S
        while self._echoes and self._echoes[0][0] < oldest_s:
            self._echoes.popleft()
        for entry in self._echoes:
            if entry[1] == frame:
                self._echoes.remove(entry)
                return True
        return False

    def _lose(self) -> str:
        if self._why_gone is None:
            self._why_gone = f"{self.name} is gone: the adapter was unplugged."
            self._state = CanState.DOWN
            self._received.end(self._why_gone)
        return self._why_gone

    async def close(self) -> None:
        """See `CanPort.close`; takes up to `WAIT_S`."""
        self._why_gone = closed(self.name)
        self._state = CanState.DOWN
        self._received.end(self._why_gone, at_once=True)
        self._stop.set()
        await self._stopped.wait()
