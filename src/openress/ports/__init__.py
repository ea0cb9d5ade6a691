"""Byte ports: the only place where bytes enter and leave OpenRESS."""

from openress.ports.base import STALL_S, BytePort, Listener
from openress.ports.busend import BusEnd, LiveBus
from openress.ports.link import open_listener, open_port
from openress.ports.memory import memory_pair
from openress.ports.record import Direction, RecordedChunk, RecordingPort, parse_record
from openress.ports.serial import SerialPortInfo, serial_ports
from openress.ports.sharedbus import Faults, PackSpeaker, Said, SharedBus, Speaker
from openress.ports.url import Link, Parity, PtyLink, SerialLink, TcpLink, TcpListenLink, parse_link

__all__ = [
    "STALL_S",
    "BusEnd",
    "BytePort",
    "Direction",
    "Faults",
    "Link",
    "Listener",
    "LiveBus",
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
    "memory_pair",
    "open_listener",
    "open_port",
    "parse_link",
    "parse_record",
    "serial_ports",
]
