"""How evenly a gateway's frames come on a virtual CAN bus, by the kernel's own time of each frame.

What the kernel notes when a frame is sent is not moved by a listener that is woken late.
"""

from __future__ import annotations

import asyncio
import socket
import time
from itertools import pairwise

import can

__all__ = ["Beat", "free_port"]

GROUP = "239.74.163.2"
PERIOD_S = 1.0
LIMITS = 0x351


class Beat:
    """A listener on a bus of its own.

    Args:
        port: the UDP port that stands for the bus.
    """

    def __init__(self, port: int) -> None:
        self.link = f"can:udp:{GROUP}:{port}"
        """What the gateway is told to send to."""
        self._bus = can.Bus(GROUP, interface="udp_multicast", port=port)

    def close(self) -> None:
        """Leave the bus."""
        self._bus.shutdown()

    async def off_ms(self, seconds: float) -> list[float]:
        """How far each interval between two frames of limits was from the period, the least first."""
        return await asyncio.to_thread(self._off_ms, seconds)

    def _off_ms(self, seconds: float) -> list[float]:
        while self._bus.recv(0.0) is not None:
            pass  # what came before the measurement began
        times_s: list[float] = []
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            heard = self._bus.recv(5.0)
            if heard is None:
                raise RuntimeError("the gateway was silent for 5 s, so there is nothing to measure")
            if heard.arbitration_id == LIMITS:
                times_s.append(heard.timestamp)
        return sorted(1000 * abs(later - sooner - PERIOD_S) for sooner, later in pairwise(times_s))


def free_port() -> int:
    """A UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
