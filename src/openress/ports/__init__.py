"""Ports: the only place where bytes and CAN frames enter and leave OpenRESS."""

from openress.ports.base import CAN_STALL_S, STALL_S, BytePort, CanPort, CanState, Listener
from openress.ports.canmemory import MemoryCanBus, MemoryCanPort
from openress.ports.link import open_listener, open_port
from openress.ports.memory import memory_pair
from openress.ports.record import Direction, RecordedChunk, RecordingPort, parse_record
from openress.ports.serial import SerialPortInfo, serial_ports
from openress.ports.url import Link, Parity, PtyLink, SerialLink, TcpLink, TcpListenLink, parse_link

__all__ = [
    "CAN_STALL_S",
    "STALL_S",
    "BytePort",
    "CanPort",
    "CanState",
    "Direction",
    "Link",
    "Listener",
    "MemoryCanBus",
    "MemoryCanPort",
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
