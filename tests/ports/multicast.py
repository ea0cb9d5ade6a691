"""UDP multicast in tests: a port of one's own, and whether this computer can do it at all."""

from __future__ import annotations

import socket

from tests.fixedports import free_port


def free_udp_port() -> int:
    """A port that nobody uses; multicast groups of one computer share what arrives at a port."""
    return free_port(socket.SOCK_DGRAM)


def multicast_works() -> bool:
    """Whether a group of a local network can be joined and sent to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.74.163.2") + bytes(4))
            sock.sendto(b"", ("239.74.163.2", 9))
        except OSError:
            return False
    return True
