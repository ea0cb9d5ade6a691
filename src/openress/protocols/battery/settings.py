"""Settings of a pack that stand in numbered places on the wire, as a table by register."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from struct import calcsize, pack_into, unpack_from

from openress.codec.rows import Kind, Row, to_raw, to_value
from openress.errors import FrameError, ParameterError
from openress.model import Source
from openress.params.table import BY_KEY

__all__ = ["Setting", "SettingsTable"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key in the parameter table, and where and how it lies on the wire.

    Attributes:
        key: key in the parameter table; its suffix is the unit.
        register: number on the wire; settings that share a register differ in `at`.
        code: `struct` type.
        step: value of one count in the unit of the key; negative where the wire counts the other way round.
        zero: raw count that means 0.
        at: offset in the register's bytes.
        note: what a reader of the table should know.
    """

    key: str
    register: int
    code: str
    step: float = 1
    zero: int = 0
    at: int = 0
    note: str = ""

    @property
    def row(self) -> Row:
        """The setting as a row of a frame table."""
        return Row(Kind.NUMBER, self.code, step=self.step, zero=self.zero, note=self.note)


class SettingsTable:
    """Encoder and decoder of registers.

    Args:
        settings: the rows; numbers are big-endian.
        source: where the rows come from.
    """

    def __init__(self, settings: Iterable[Setting], *, source: Source) -> None:
        self.source = source
        self.settings = tuple(settings)
        self.keys = frozenset(setting.key for setting in self.settings)
        if len(self.keys) != len(self.settings) or not self.keys <= BY_KEY.keys():
            raise ParameterError("A settings table names a key twice, or one that the parameter table does not have.")
        self._of: dict[int, list[Setting]] = {}
        for setting in self.settings:
            self._of.setdefault(setting.register, []).append(setting)
        self._readers = {setting.key: to_value(setting.row) for setting in self.settings}
        self._writers = {setting.key: to_raw(setting.row, "setting", setting.key) for setting in self.settings}

    def __contains__(self, register: int) -> bool:
        return register in self._of

    def registers(self, keys: Collection[str]) -> tuple[int, ...]:
        """The registers in which `keys` stand, in table order.

        Raises:
            ParameterError: a key that the table does not have.
        """
        strange = sorted(set(keys) - self.keys)
        if strange:
            raise ParameterError(f"This dialect cannot reach {', '.join(strange)}.")
        return tuple(register for register, rows in self._of.items() if any(row.key in keys for row in rows))

    def size(self, register: int) -> int:
        """Number of bytes in a register."""
        return max(row.at + calcsize(">" + row.code) for row in self._of[register])

    def decode(self, register: int, data: bytes) -> dict[str, float]:
        """What a register says.

        Raises:
            FrameError: more or fewer bytes than it has.
        """
        if len(data) != self.size(register):
            raise FrameError(f"register {register:02X} has {self.size(register)} bytes, not {len(data)}", at=len(data))
        values: dict[str, float] = {}
        for row in self._of[register]:
            (raw,) = unpack_from(">" + row.code, data, row.at)
            reader = self._readers[row.key]
            values[row.key] = raw if reader is None else reader(raw)
        return values

    def encode(self, register: int, values: Mapping[str, float], *, exact: bool = True) -> bytes:
        """Bytes of a register that say `values`.

        Args:
            register: which one.
            values: at least every setting of the register.
            exact: refuse a value between two counts instead of taking the nearest.

        Raises:
            ParameterError: a setting is missing, or a value does not fit.
        """
        data = bytearray(self.size(register))
        for row in self._of[register]:
            if row.key not in values:
                raise ParameterError(f"{row.key} shares a register with what is written, and is not known.")
            raw = self._writers[row.key](values[row.key])
            reader = self._readers[row.key]
            stands = raw if reader is None else reader(raw)
            if exact and abs(stands - values[row.key]) > 1e-6:
                raise ParameterError(f"{row.key} is {values[row.key]:g}: the nearest this pack can keep is {stands:g}.")
            pack_into(">" + row.code, data, row.at, raw)
        return bytes(data)
