"""Reading Daly Modbus frames: the address tells which of the two maps holds."""

from __future__ import annotations

from openress.errors import ParameterError
from openress.protocols.base import Direction, Reading
from openress.protocols.battery.daly_modbus.maps import ASK, DALY_D2, DALY_ESS, is_ess
from openress.protocols.modbus import ModbusDecoder

__all__ = ["DalyModbusDecoder"]


class DalyModbusDecoder:
    """Machine that reads the frames of one line one after another."""

    __slots__ = ("_d2", "_ess")

    def __init__(self) -> None:
        self._d2 = ModbusDecoder(DALY_D2)
        self._ess = ModbusDecoder(DALY_ESS)

    def expect(self, command: str) -> None:
        """Read every reply as the answer to a reading that begins at `command`, in whichever map has it.

        Raises:
            ParameterError: neither map has it.
        """
        missing: list[ParameterError] = []
        for decoder in (self._d2, self._ess):
            try:
                decoder.expect(command)
            except ParameterError as error:
                missing.append(error)
        if len(missing) == 2:
            raise missing[0]

    def read(self, data: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: damaged, or not the answer to what was asked last.
        """
        if not data or not is_ess(data[0]):
            return self._d2.read(data, direction)
        if direction is None:
            # An ESS board is asked at one address and answers from another.
            direction = Direction.TO_BATTERY if data[0] >= ASK else Direction.FROM_BATTERY
        return self._ess.read(data, direction)
