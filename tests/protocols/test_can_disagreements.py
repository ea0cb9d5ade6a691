"""Where documents, devices and programs disagree about CAN, and what we do: one test for each point, by its number.

The numbers are those of the list kept with the facts: 9.1 one identifier with several meanings, 9.2 unit of voltage,
9.3 sign of current, 9.4 sign of limits, 9.5 bits of 0x359, 9.6 polarity of 0x35A, 9.7 width of identifiers, 9.8 units
of energy and capacity, 9.9 bit rate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.protocols.canbatterysamples import CAN, battery, burst, heard, inverter
from tests.protocols.test_can_captures import table
from tests.samples import rack

from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.model import Condition, Fault, RackSample
from openress.protocols import DIALECTS
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter.pylontech_can import V12


def values(dialect: str, line: str) -> dict[str, Any]:
    return dict(table(dialect).read(CanFrame.parse(line)).values)


def by_id(frames: list[CanFrame]) -> dict[int, str]:
    return {frame.id: frame.data.hex().upper() for frame in frames}


def wrong(
    protections: set[Condition] = set(),  # noqa: B006  # never changed
    faults: set[Fault] = set(),  # noqa: B006
    alarms: set[Condition] = set(),  # noqa: B006
) -> RackSample:
    told = rack(2)
    assert told.status is not None
    status = replace(
        told.status, protections=frozenset(protections), faults=frozenset(faults), alarms=frozenset(alarms)
    )
    return replace(told, status=status)


@pytest.mark.parametrize(
    ("identifier", "dialects"),
    [
        (0x00F, []),
        (0x300, []),
        (0x305, []),
        (0x306, []),
        (0x307, []),
        (0x350, ["afore-can"]),
        (0x359, ["pylontech-can", "sol-ark-can", "deye-can", "luxpower-can", "seplos-can", "afore-can"]),
        (0x35A, ["pylontech-can-v13", "victron-can", "sma-can", "afore-can"]),
        (0x35B, []),
        (0x35C, ["pylontech-can", "sol-ark-can", "deye-can", "luxpower-can", "seplos-can"]),
        (0x370, ["seplos-can"]),
        (0x371, ["seplos-can"]),
        (0x372, ["victron-can"]),
        (0x373, ["victron-can"]),
        (0x379, ["victron-can", "sol-ark-can"]),
    ],
    ids=lambda value: f"{value:03X}" if isinstance(value, int) else "",
)
def test_9_1_an_identifier_with_several_meanings_is_sent_only_where_it_is_meant(
    identifier: int, dialects: list[str]
) -> None:
    """On an SMA bus 0x35C starts and stops the inverter; 0x359 means four things; 0x305 never comes from a battery."""
    assert [dialect for dialect in CAN if identifier in battery(dialect).identifiers] == dialects
    assert [dialect for dialect in CAN if identifier in by_id(burst(dialect, rack(1)))] == dialects


@pytest.mark.parametrize("dialect", CAN)
def test_9_1_an_identifier_is_never_read_as_another_dialects(dialect: str) -> None:
    """Every burst of every other dialect is either none of ours or read by our own rows: nothing raises in `feed`."""
    machine, listener = battery(dialect), inverter(dialect)
    for other in CAN:
        for frame in burst(other, rack(1)):
            machine.feed(frame, 0.0)
            listener.feed(frame, 0.0)
    assert machine.heard.damaged == 0


def test_9_1_bytes_4_and_5_of_0x355_are_hundredths_or_the_highest_cell() -> None:
    assert values("victron-can", "355#3C00640084170000")["soc_pct"] == 60.2
    assert values("luxpower-can", "355#3C006400E40CD00C")["cell_voltage_max_mv"] == 3300
    assert values("luxpower-can", "355#3C006400E40CD00C")["soc_pct"] == 60


@pytest.mark.parametrize("dialect", ["pylontech-can", "pylontech-can-v13", "victron-can", "sma-can", "sol-ark-can"])
def test_9_2_the_unit_of_voltage_in_0x356_is_an_option(dialect: str) -> None:
    """52.9 V is 5290 (14AA) in 0.01 V, as captures show, and 529 (0211) in 0.1 V, as Sol-Ark's document says."""
    assert by_id(burst(dialect, rack(1)))[0x356][:4] == "AA14"
    assert by_id(burst(dialect, rack(1), voltage_step_v=0.01))[0x356][:4] == "AA14"
    assert by_id(burst(dialect, rack(1), voltage_step_v=0.1))[0x356][:4] == "1102"


def test_9_2_a_factor_of_ten_is_noticed_by_a_reader() -> None:
    fits = table("pylontech-can").read(CanFrame.parse("356#7A13F2FE6B01"))
    assert fits.warnings == ()
    (warning,) = table("pylontech-can").read(CanFrame.parse("356#1102F2FE6B01")).warnings
    assert "5.29 V looks like the tenth" in warning
    (warning,) = V12.table(CanOptions(voltage_step_v=0.1)).read(CanFrame.parse("356#AA14F2FE6B01")).warnings
    assert "529 V looks like the tenfold" in warning


@pytest.mark.parametrize(
    "dialect", ["pylontech-can", "victron-can", "sma-can", "deye-can", "luxpower-can", "seplos-can"]
)
def test_9_3_current_sign_is_positive_while_charging_and_can_be_turned(dialect: str) -> None:
    """-11.0 A is FF92 and its opposite 006E; BYD and Pytes state the direction, Sol-Ark leaves it to the maker."""
    assert by_id(burst(dialect, rack(1)))[0x356][4:8] == "92FF"
    assert by_id(burst(dialect, rack(1), current_reversed=True))[0x356][4:8] == "6E00"


def test_9_3_current_sign_of_the_others() -> None:
    # Growatt: high byte first; Afore: 5000 - 110 = 131A; an inverter of SMA counts its own the other way round.
    assert by_id(burst("growatt-can", rack(1)))[0x313][4:8] == "FF92"
    assert by_id(burst("afore-can", rack(1)))[0x350][4:8] == "1A13"
    assert values("sma-can", "305#00006E0000000000")["measured_current_a"] == -11.0
    view = heard("sma-can", burst("sma-can", rack(1)))
    assert view.measured is not None
    assert view.measured.pack_current_a == -11.0


@pytest.mark.parametrize("dialect", CAN)
def test_9_4_a_negative_limit_is_never_sent_and_permits_nothing_when_read(dialect: str) -> None:
    told = rack(1)
    assert told.limits is not None
    negative = replace(told.limits, charge_current_limit_a=-240.0, discharge_current_limit_a=-10.0)
    view = heard(dialect, burst(dialect, replace(told, limits=negative)))
    assert view.limits is not None
    assert (view.limits.charge_current_limit_a, view.limits.discharge_current_limit_a) == (0.0, 0.0)


def test_9_4_what_emulators_send_is_told_as_it_is_with_a_warning() -> None:
    reading = table("pylontech-can").read(CanFrame.parse("351#440264009CFF3F02"))
    assert reading.values["discharge_current_limit_a"] == -10.0
    assert "discharge_current_limit_a is negative" in reading.warnings[0]
    view = heard("pylontech-can", [CanFrame.parse("351#440264009CFF3F02")])
    assert view.limits is not None
    assert (view.limits.charge_current_limit_a, view.limits.discharge_current_limit_a) == (10.0, 0)


@pytest.mark.parametrize("dialect", ["pylontech-can", "sol-ark-can", "deye-can", "luxpower-can", "seplos-can"])
def test_9_5_bits_of_0x359(dialect: str) -> None:
    """System error is 08 in byte 1, charge over-current 01, heat 08 in byte 0 and nothing else."""
    protections = {
        "0008": wrong(faults={Fault.SYSTEM}),
        "0001": wrong({Condition.CHARGE_OVER_CURRENT}),
        "0800": wrong({Condition.CHARGE_OVER_TEMPERATURE}),
        "1000": wrong({Condition.DISCHARGE_UNDER_TEMPERATURE}),
        "0200": wrong({Condition.CELL_OVER_VOLTAGE}),
        "0400": wrong({Condition.PACK_UNDER_VOLTAGE}),
        "8000": wrong({Condition.DISCHARGE_OVER_CURRENT_2}),
    }
    for wanted, told in protections.items():
        assert by_id(burst(dialect, told))[0x359][:8] == wanted + "0000"
    assert by_id(burst(dialect, wrong(alarms={Condition.CHARGE_OVER_CURRENT})))[0x359][:8] == "00000001"
    assert by_id(burst(dialect, wrong(faults={Fault.INTERNAL_COMMUNICATION})))[0x359][:8] == "00080008"


@pytest.mark.parametrize("dialect", ["pylontech-can", "sol-ark-can", "deye-can", "seplos-can"])
def test_9_5_the_marker_and_the_modules_are_there(dialect: str) -> None:
    """Without "PN" a GX takes the battery for another make; one program tells of 0 modules."""
    assert by_id(burst(dialect, rack(2)))[0x359][8:14] == "02504E"


def test_9_5_permission_bits_are_not_swapped() -> None:
    told = rack(1)
    assert told.limits is not None
    for charge_a, discharge_a, wanted in ((10.0, 0.0, "8000"), (0.0, 10.0, "4000"), (0.04, 0.0, "0000")):
        limits = replace(told.limits, charge_current_limit_a=charge_a, discharge_current_limit_a=discharge_a)
        assert by_id(burst("pylontech-can", replace(told, limits=limits)))[0x35C] == wanted


@pytest.mark.parametrize(
    ("line", "key", "says"),
    [
        ("10000000", "protections", ["pack_under_voltage"]),
        ("04000000", "protections", ["pack_over_voltage"]),
        ("40000000", "protections", ["discharge_over_temperature"]),
        ("00010000", "protections", ["discharge_under_temperature"]),
        ("00040000", "protections", ["charge_over_temperature"]),
        ("00100000", "protections", ["charge_under_temperature"]),
        ("00400000", "protections", ["discharge_over_current", "discharge_over_current_2"]),
        ("00000100", "protections", ["charge_over_current"]),
        ("00004000", "faults", ["internal_communication"]),
        ("00000001", "faults", ["cell_imbalance"]),
    ],
)
def test_9_6_polarity_of_0x35a_low_bit_raises_high_bit_clears(line: str, key: str, says: list[str]) -> None:
    """The vectors that an emulation of BYD confirmed on Venus OS; cell and pack share a pair, so both are raised."""
    got = values("victron-can", f"35A#{line}00000000")
    assert set(says) <= set(got[key])
    assert "alarms" not in got
    warned = values("victron-can", f"35A#00000000{line}")
    assert set(says) <= set(warned["alarms" if key == "protections" else key])
    # The reverse polarity of one reader would make this an alarm.
    cleared = values("victron-can", f"35A#{int(line, 16) << 1:08X}AAAAAAAA")
    assert (cleared["protections"], cleared["alarms"], cleared["faults"]) == ([], [], [])
    ignored = values("victron-can", f"35A#{int(line, 16) * 3:08X}00000000")
    assert "protections" not in ignored


@pytest.mark.parametrize("dialect", ["pylontech-can-v13", "victron-can", "sma-can"])
def test_9_6_what_is_well_is_said_so_explicitly(dialect: str) -> None:
    """Zeros would say nothing, and an inverter would not see an alarm leave."""
    data = by_id(burst(dialect, rack(1)))[0x35A]
    assert data == ("AAAAAA02AAAAAA0A" if dialect == "victron-can" else "AAAAAA02AAAAAA02")


def test_9_6_heat_that_blocks_charging_alone_warns_a_sunny_island_and_does_not_stop_it() -> None:
    cold = wrong({Condition.CHARGE_UNDER_TEMPERATURE})
    assert by_id(burst("sma-can", cold))[0x35A] == "AAAAAA02AA9AAA02"
    both = wrong({Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE})
    assert by_id(burst("sma-can", both))[0x35A] == "AAA9AA02AA9AAA02"
    assert by_id(burst("victron-can", cold))[0x35A] == "AA9AAA02AAAAAA0A"


@pytest.mark.parametrize("dialect", CAN)
def test_9_7_identifiers_have_eleven_bits_but_megarevos(dialect: str) -> None:
    """One program sends Growatt's and Sol-Ark's with 29 bits, against their documents."""
    frames = burst(dialect, rack(1))
    assert {frame.extended for frame in frames} == {dialect == "megarevo-can"}
    if dialect != "megarevo-can":
        with pytest.raises(FrameError, match="is not"):
            table(dialect).read(CanFrame(frames[0].id, frames[0].data, extended=True))


def test_9_7_growatt_is_high_byte_first() -> None:
    """One program sends it low byte first."""
    assert by_id(burst("growatt-can", rack(1)))[0x311][:4] == "0230"
    assert values("growatt-can", "311#023001F401F40000")["charge_voltage_limit_v"] == 56.0
    assert values("pylontech-can", "351#3002F401F401E001")["charge_voltage_limit_v"] == 56.0


def test_9_8_energy_counts_100_wh_and_capacity_is_what_the_dialect_means() -> None:
    assert values("victron-can", "378#400800002B070000")["charged_kwh"] == 211.2
    frames = {dialect: by_id(burst(dialect, rack(1))) for dialect in ("victron-can", "sma-can", "pylontech-can-v13")}
    # 51 Ah available, 100 Ah installed.
    assert frames["victron-can"][0x35F][8:12] == "3300"
    assert frames["victron-can"][0x379][:4] == "6400"
    assert frames["sma-can"][0x35F][8:12] == "6400"
    assert frames["pylontech-can-v13"][0x35F][8:12] == "6400"


def test_9_9_victron_has_two_bit_rates_and_everyone_else_one() -> None:
    assert DIALECTS["victron-can"].bit_rates == (500_000, 250_000)
    assert {DIALECTS[name].bit_rates for name in CAN if name != "victron-can"} == {(500_000,)}
