"""A scan of virtual racks in which everything is wrong that can be; a record of the line proves what was sent."""

from __future__ import annotations

import pytest
from tests.busrack import BusRack
from tests.rack.scansamples import checked
from tests.samples import pack
from tests.scanning import US, scan

from openress.ports import Faults
from openress.protocols import DIALECTS
from openress.rack.probing import Attempt, attempts
from openress.rack.remarks import Kind
from openress.sim.master import VirtualMaster

ORDERS_ELSEWHERE = {"jk-pb"}


def add_master(rack: BusRack, dialect: str = "pylontech", *, baud: int = 9600, begins_s: float = 0.0) -> None:
    make = DIALECTS[dialect].parts().client
    assert make is not None
    master = VirtualMaster(make(), lambda now_s: pack(1, at_s=now_s), begins_s=begins_s, slaves=range(2, 7))
    rack.bus.attach("master", master, baud=baud)


@pytest.mark.req("REQ-103")
def test_a_rack_in_order() -> None:
    rack = BusRack()
    rack.add(range(1, 6))
    found = checked(rack, scan(rack))
    assert found.packs() == [1, 2, 3, 4, 5]
    assert found.remarks == []
    first = found.survey.answerers[0]
    assert (first.address, first.attempt) == (2, Attempt("pylontech", 9600))
    identity, analog = first.sample.identity, first.sample.analog
    assert identity is not None
    assert analog is not None
    assert (identity.serial, analog.pack_voltage_v) == ("SERIAL-0001", 52.9)
    assert found.survey.skipped, "a rack in order is not searched for every stranger, and the scan says so"
    assert found.took_s < 20.0


@pytest.mark.parametrize("turnaround_s", [0.0205, 0.021, 0.024, 0.05, 0.15, 0.3])
def test_f05_a_duplicate_address(turnaround_s: float) -> None:
    rack = BusRack()
    rack.add(range(1, 5))
    rack.add([3], name="twin", serial="OTHER", turnaround_s=turnaround_s)
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.DUPLICATE_ADDRESS]
    assert found.about(Kind.DUPLICATE_ADDRESS) == (3,)
    assert "Two packs answer as pack 3 (address 4)" in found.sentence(Kind.DUPLICATE_ADDRESS)
    assert "switches 1 and 2 on" in found.sentence(Kind.DUPLICATE_ADDRESS)


def test_f05_one_serial_number_at_two_addresses() -> None:
    rack = BusRack()
    rack.add([1, 3])
    rack.add([2, 4], serial="THE SAME")
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.DUPLICATE_SERIAL]
    assert found.about(Kind.DUPLICATE_SERIAL) == (2, 4)
    assert "THE SAME" in found.sentence(Kind.DUPLICATE_SERIAL)


def test_f06_a_gap_with_the_picture_of_the_switches() -> None:
    rack = BusRack()
    rack.add([1, 10])
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.GAP]
    assert found.about(Kind.GAP) == tuple(range(2, 10))
    assert "switches 2 and 4 are on = 10; for pack 2 only switch 2 on" in found.sentence(Kind.GAP)


def test_f06_no_master() -> None:
    rack = BusRack()
    rack.add([2, 3])
    found = checked(rack, scan(rack))
    assert found.packs() == [2, 3]
    assert found.kinds() == [Kind.NO_MASTER]
    assert "only switch 1 on" in found.sentence(Kind.NO_MASTER)


def test_a_lonely_slave_with_a_high_address_is_found() -> None:
    rack = BusRack()
    rack.add([9])
    found = checked(rack, scan(rack))
    assert found.packs() == [9]
    assert found.kinds() == [Kind.NO_MASTER, Kind.GAP]


def test_two_packs_with_the_address_of_the_master_are_a_second_master() -> None:
    rack = BusRack()
    rack.add(range(1, 4))
    rack.add([1], name="twin", serial="OTHER", turnaround_s=0.023)
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.DUPLICATE_ADDRESS, Kind.SECOND_MASTER]
    assert found.about(Kind.SECOND_MASTER) == (1,)


@pytest.mark.req("REQ-102")
def test_f06_a_pack_that_stands_alone_beside_a_master() -> None:
    rack = BusRack()
    rack.add([0, 1, 2], "pace")
    found = checked(rack, scan(rack))
    assert found.packs() == [0, 1, 2]
    assert found.kinds() == [Kind.STAND_ALONE]
    assert "all switches off" in found.sentence(Kind.STAND_ALONE)


def test_a_pack_alone_is_right_alone() -> None:
    rack = BusRack()
    rack.add([0], "pace")
    found = checked(rack, scan(rack))
    assert (found.packs(), found.remarks) == ([0], [])


def test_somebody_already_asks_so_nothing_is_sent() -> None:
    rack = BusRack()
    rack.add([2, 3, 4])
    add_master(rack)
    found = scan(rack, before_s=10.0)
    assert rack.by(US) == []
    assert found.kinds() == [Kind.SOMEBODY_ASKS]
    heard = found.survey.overheard
    assert heard is not None
    assert (heard.dialect, heard.baud, heard.masters) == ("pylontech", 9600, 1)
    assert heard.answering == (3, 4, 5)
    assert "packs 2 to 4 (addresses 3 to 5) answer" in found.sentence(Kind.SOMEBODY_ASKS)


@pytest.mark.parametrize(("dialect", "baud"), [("pace-modbus", 19200), ("pace", 115200), ("seplos3", 19200)])
def test_what_somebody_speaks_is_told_at_any_speed(dialect: str, baud: int) -> None:
    rack = BusRack()
    rack.add([2, 3, 4], dialect, baud=baud)
    add_master(rack, dialect, baud=baud)
    found = scan(rack, before_s=10.0)
    heard = found.survey.overheard
    assert heard is not None
    assert (heard.dialect, heard.baud, len(heard.answering)) == (dialect, baud, 3)
    assert rack.by(US) == []


def test_two_masters_that_ask() -> None:
    rack = BusRack()
    rack.add([2, 3, 4])
    add_master(rack)
    add_master(rack, begins_s=0.3)
    found = scan(rack, before_s=10.0)
    assert found.kinds() == [Kind.SECOND_MASTER, Kind.SOMEBODY_ASKS]
    assert rack.by(US) == []


def test_somebody_who_begins_to_ask_is_given_way() -> None:
    rack = BusRack()
    rack.add([1, 2, 3, 4])
    add_master(rack, begins_s=4.0)
    found = checked(rack, scan(rack))
    assert Kind.SOMEBODY_ASKS in found.kinds()
    last_s = max(said.start_s for said in rack.said if said.station == US)
    assert last_s < 5.0
    assert "nothing more was sent" in found.sentence(Kind.SOMEBODY_ASKS)


def test_a_pack_at_another_speed() -> None:
    rack = BusRack()
    rack.add([1, 2, 4])
    rack.add([3], baud=115200)
    found = checked(rack, scan(rack))
    assert found.packs() == [1, 2, 3, 4]
    assert found.kinds() == [Kind.OTHER_SPEED]
    assert found.about(Kind.OTHER_SPEED) == (3,)
    assert "is set to 115200 baud, the others 9600 baud" in found.sentence(Kind.OTHER_SPEED)


@pytest.mark.parametrize(("dialect", "baud"), [("pace-modbus", 9600), ("pace-modbus", 19200), ("seplos3", 19200)])
def test_a_pack_that_speaks_another_dialect(dialect: str, baud: int) -> None:
    rack = BusRack()
    rack.add([1, 2, 4])
    rack.add([3], dialect, baud=baud)
    found = checked(rack, scan(rack))
    assert found.packs() == [1, 2, 3, 4]
    assert found.kinds() == [Kind.OTHER_DIALECT]
    assert found.about(Kind.OTHER_DIALECT) == (3,)
    assert DIALECTS[dialect].title in found.sentence(Kind.OTHER_DIALECT)


def test_a_pack_of_another_dialect_that_shares_an_address_on_the_wire() -> None:
    """PACE pack 3 and Pylontech pack 2 both have address 3, and a Pylontech pack answers PACE questions too."""
    rack = BusRack()
    rack.add([1, 2])
    rack.add([3], "pace")
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.OTHER_DIALECT]
    assert found.about(Kind.OTHER_DIALECT) == (3,)
    assert "address 3 gives two answers at once" in found.sentence(Kind.OTHER_DIALECT)


@pytest.mark.parametrize(("dialect", "baud"), [("pylontech", 9600), ("pylontech", 115200), ("pace", 9600)])
def test_swapped_wires_at_the_adapter(dialect: str, baud: int) -> None:
    rack = BusRack()
    rack.add([1, 2], dialect, baud=baud)
    found = checked(rack, scan(rack, swapped=True))
    assert found.packs() == []
    assert found.kinds() == [Kind.SWAPPED_WIRES]
    assert found.about(Kind.SWAPPED_WIRES) == (1, 2)
    assert "A and B are swapped" in found.sentence(Kind.SWAPPED_WIRES)


def test_swapped_wires_at_one_pack() -> None:
    rack = BusRack()
    rack.add([1, 2, 4])
    rack.add([3], swapped=True)
    found = checked(rack, scan(rack))
    assert found.packs() == [1, 2, 4]
    assert found.kinds() == [Kind.SWAPPED_WIRES]
    assert found.about(Kind.SWAPPED_WIRES) == (3,)
    assert "swapped at that plug" in found.sentence(Kind.SWAPPED_WIRES)


@pytest.mark.parametrize("dialect", ["pylontech", "pace-modbus", "jbd-up16s"])
def test_swapped_wires_on_a_line_where_somebody_asks(dialect: str) -> None:
    rack = BusRack()
    rack.add([2, 3], dialect)
    add_master(rack, dialect)
    found = scan(rack, before_s=10.0, swapped=True)
    assert rack.by(US) == []
    assert found.kinds() == [Kind.SWAPPED_WIRES]
    assert DIALECTS[dialect].title in found.sentence(Kind.SWAPPED_WIRES)


def test_an_echoing_adapter() -> None:
    rack = BusRack()
    rack.add([1, 2])
    found = checked(rack, scan(rack, echo=True))
    assert (found.packs(), found.kinds()) == ([1, 2], [Kind.ECHO])


def test_nothing_answers_and_everything_was_tried() -> None:
    rack = BusRack()
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.NOTHING]
    assert found.survey.skipped == ()
    assert set(found.survey.tried) == set(attempts())
    assert found.took_s < 60.0


@pytest.mark.parametrize("noise", [0.0005, 0.001])
def test_f01_a_little_noise_changes_nothing(noise: float) -> None:
    for seed in range(4):
        rack = BusRack(seed=seed, noise=noise)
        rack.add(range(1, 5))
        found = checked(rack, scan(rack))
        assert (found.packs(), found.kinds()) == ([1, 2, 3, 4], []), seed


def test_f01_much_noise_is_called_so() -> None:
    rack = BusRack(noise=0.01)
    rack.add(range(1, 5))
    found = checked(rack, scan(rack))
    assert Kind.DISTURBED in found.kinds()
    assert Kind.DUPLICATE_ADDRESS not in found.kinds()


def test_f02_answers_that_are_cut_off_are_asked_for_again() -> None:
    for seed in range(5):
        rack = BusRack(seed=seed)
        rack.add([1, 2, 4])
        rack.add([3], faults=Faults(cuts=0.3, loses=0.2))
        found = checked(rack, scan(rack))
        assert (found.packs(), found.kinds()) == ([1, 2, 3, 4], []), seed


def test_f06_every_subset_of_a_rack_is_judged_by_its_rules() -> None:
    """Sixteen addresses would be 65,536 scans; four already have every shape: alone, no master, gaps, in order."""
    for members in range(1, 16):
        numbers = [number for number in range(4) if members >> number & 1]
        rack = BusRack()
        rack.add(numbers, "pace-modbus")
        found = scan(rack, dialects=["pace-modbus"], bauds=[9600])
        assert found.packs() == numbers
        in_rack = [number for number in numbers if number > 0]
        expected = {Kind.STAND_ALONE} if 0 in numbers and in_rack else set()
        expected |= {Kind.NO_MASTER} if in_rack and 1 not in in_rack else set()
        expected |= {Kind.GAP} if set(range(2, max(in_rack, default=0))) - set(in_rack) else set()
        assert set(found.kinds()) == expected, numbers
