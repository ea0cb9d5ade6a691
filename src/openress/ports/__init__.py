"""Byte ports: the only place where bytes enter and leave OpenRESS."""

from openress.ports.base import STALL_S, BytePort, Listener
from openress.ports.link import open_listener, open_port
from openress.ports.memory import memory_pair
from openress.ports.record import Direction, RecordedChunk, RecordingPort, parse_record
from openress.ports.serial import SerialPortInfo, serial_ports
from openress.ports.url import Link, Parity, PtyLink, SerialLink, TcpLink, TcpListenLink, parse_link

__all__ = [
    "STALL_S",
    "BytePort",
    "Direction",
    "Link",
    "Listener",
    "Parity",
    "PtyLink",
    "RecordedChunk",
    "RecordingPort",
    "SerialLink",
    "SerialPortInfo",
    "TcpLink",
    "TcpListenLink",
    "memory_pair",
    "open_listener",
    "open_port",
    "parse_link",
    "parse_record",
    "serial_ports",
]
