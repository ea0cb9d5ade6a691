"""Ports: the only place where bytes and CAN frames enter and leave OpenRESS."""

from openress.ports.base import CAN_STALL_S, STALL_S, BytePort, CanPort, CanState, Listener
from openress.ports.busend import BusEnd, LiveBus
from openress.ports.canlink import open_can
from openress.ports.canmemory import MemoryCanBus, MemoryCanPort
from openress.ports.canurl import CanLink, is_can_link, parse_can_link
from openress.ports.link import open_listener, open_port
from openress.ports.memory import memory_pair
from openress.ports.record import RecordedChunk, RecordingPort, parse_record
from openress.ports.recording import Direction
from openress.ports.serial import SerialPortInfo, serial_ports
from openress.ports.sharedbus import Faults, PackSpeaker, Said, SharedBus, Speaker
from openress.ports.url import Link, Parity, PtyLink, SerialLink, TcpLink, TcpListenLink, parse_link

__all__ = [
    "CAN_STALL_S",
    "STALL_S",
    "BusEnd",
    "BytePort",
    "CanLink",
    "CanPort",
    "CanState",
    "Direction",
    "Faults",
    "Link",
    "Listener",
    "LiveBus",
    "MemoryCanBus",
    "MemoryCanPort",
    "PackSpeaker",
    "Parity",
    "PtyLink",
    "RecordedChunk",
    "RecordingPort",
    "Said",
    "SerialLink",
    "SerialPortInfo",
    "SharedBus",
    "Speaker",
    "TcpLink",
    "TcpListenLink",
    "is_can_link",
    "memory_pair",
    "open_can",
    "open_listener",
    "open_port",
    "parse_can_link",
    "parse_link",
    "parse_record",
    "serial_ports",
]
