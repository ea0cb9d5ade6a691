"""Reads a pack with the `aiobmsble` client and prints what it understood; runs in that client's own environment.

The client speaks over Bluetooth: here a TCP connection takes the place of the radio, everything above it is the
client's own. Arguments: its module (`jbd_bms`), the port on this machine, the bytes of one notification (0: an answer
comes in one), and by how much its pack numbers lie above the addresses on the wire.
"""

import asyncio
import importlib
import json
import sys
from types import SimpleNamespace

from aiobmsble import TempSensor, basebms
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError

MODULE, PORT, NOTIFICATION, ABOVE = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
IS_JBD = MODULE == "jbd_bms"


async def one_answer(reader):
    """An answer by its own count of bytes: a radio delivers it as the board gave it, a stream has no ends."""
    head = await reader.readexactly(4)
    if IS_JBD:
        return head + await reader.readexactly(head[3] + 3)
    refused = head[1] & 0x80
    return head + await reader.readexactly(1 if refused else head[2] + 1)


def renumbered(frame, by):
    """A Modbus frame to or from another address."""
    body = bytes((frame[0] + by,)) + bytes(frame[1:-2])
    return body + basebms.crc_modbus(body).to_bytes(2, "little")


class Services:
    """Characteristics that take writes with an answer, and no device information."""

    def get_characteristic(self, _uuid):
        return SimpleNamespace(properties=["write"])

    def get_service(self, _uuid):
        return None


class Client:
    """What the client uses of a `BleakClient`."""

    services = Services()

    def __init__(self, *_arguments, **_options):
        self.streams = self.listening = None
        self.above = 0

    @property
    def is_connected(self):
        return self.streams is not None

    async def connect(self):
        self.streams = await asyncio.open_connection("127.0.0.1", PORT)

    async def disconnect(self):
        if self.listening is not None:
            self.listening.cancel()
        if self.streams is not None:
            self.streams[1].close()
        self.streams = self.listening = None

    async def start_notify(self, _characteristic, callback):
        self.listening = asyncio.create_task(self._listen(callback))

    async def _listen(self, callback):
        while True:
            answer = await one_answer(self.streams[0])
            if self.above:
                answer = renumbered(answer, self.above)
            size = NOTIFICATION or len(answer)
            for start in range(0, len(answer), size):
                callback(None, bytearray(answer[start : start + size]))

    async def write_gatt_char(self, _characteristic, data, response=None):  # noqa: ARG002  # the client's own call
        if self.listening.done():
            raise BleakError("the line is closed") from self.listening.exception()
        self.above = ABOVE if data[0] and ABOVE else 0
        self.streams[1].write(renumbered(data, -self.above) if self.above else bytes(data))
        await self.streams[1].drain()


async def connected(**_options):
    client = Client()
    await client.connect()
    return client


def plain(value):
    if isinstance(value, TempSensor):
        return [round(value.value, 3), value.type.name]
    raise TypeError(value)


async def main():
    basebms.BleakClient = Client
    basebms.establish_connection = connected
    module = importlib.import_module(f"aiobmsble.bms.{MODULE}")
    async with module.BMS(BLEDevice("00:00:00:00:00:00", "pack", None)) as pack:
        told = {"values": await pack.async_update(), "device": await pack.device_info()}
    json.dump(told, sys.stdout, default=plain)


asyncio.run(main())
