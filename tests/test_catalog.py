"""The products that come with OpenRESS, and files of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

import openress.products
from openress.catalog import load_product, product_names
from openress.errors import ParameterError
from openress.model import Confidence
from openress.params import ParameterSet
from openress.products import Lamps, Product, Role

OURS = ["syscom-a5l-48v", "syscom-a5l-51v2"]

# The guide's ADD table: address, then 1# to 4# as printed.
ADD = """
0 OFF OFF OFF OFF
1 ON OFF OFF OFF
2 OFF ON OFF OFF
3 ON ON OFF OFF
4 OFF OFF ON OFF
5 ON OFF ON OFF
6 OFF ON ON OFF
7 ON ON ON OFF
8 OFF OFF OFF ON
9 ON OFF OFF ON
10 OFF ON OFF ON
11 ON ON OFF ON
12 OFF OFF ON ON
13 ON OFF ON ON
14 OFF ON ON ON
15 ON ON ON ON
"""


@pytest.fixture(params=OURS)
def a5l(request: pytest.FixtureRequest) -> Product:
    return load_product(request.param)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A file of one's own: a copy of one of ours."""
    data = Path(openress.products.__file__).parent / "data"
    file = tmp_path / "own.toml"
    file.write_text((data / "syscom-a5l-51v2.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return file


def edit(file: Path, old: str, new: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_names() -> None:
    assert product_names() == tuple(OURS)


@pytest.mark.parametrize("name", OURS)
def test_key_is_the_name_of_the_file(name: str) -> None:
    assert load_product(name).key == name


@pytest.mark.parametrize(
    ("name", "n", "nominal_v", "charging_v"),
    [("syscom-a5l-48v", 15, 48.0, (52.5, 50.5, 45.0)), ("syscom-a5l-51v2", 16, 51.2, (56.0, 53.9, 48.0))],
)
def test_what_differs_between_the_two(
    name: str, n: int, nominal_v: float, charging_v: tuple[float, float, float]
) -> None:
    product = load_product(name)
    assert (product.cells_in_series, product.nominal_voltage_v) == (n, nominal_v)
    assert (product.charge_voltage_v, product.float_voltage_v, product.discharge_end_voltage_v) == charging_v
    assert product.charge_voltage_v == ParameterSet.defaults(product)["pack_ov_alarm_v"]


def test_what_is_the_same(a5l: Product) -> None:
    assert (a5l.maker, a5l.chemistry, a5l.temperature_sensors) == ("Syscom", "LiFePO4", 4)
    assert a5l.mounting == ("19 inch rack", "21 inch rack", "wall")
    assert (a5l.charge_current_max_a, a5l.discharge_current_max_a, a5l.discharge_peak_max_a) == (110, 120, 150)
    assert (a5l.charge_rate_c, a5l.charge_current_a) == (0.5, 50)
    assert (a5l.operating_max_c, a5l.storage_min_c, a5l.storage_max_c) == (55, -40, 60)
    assert (a5l.shipping_soc_pct, a5l.dormancy_after_h, a5l.history_records, a5l.pack_limit) == (50, 24, 500, 15)
    assert a5l.lamps is Lamps.AS_PRINTED
    assert a5l.front_panel is not None
    assert len(a5l.front_panel) == 14
    assert not a5l.parameters


def test_what_is_not_from_the_guide_says_so(a5l: Product) -> None:
    apart = {
        key: source.confidence for key, source in a5l.sources.items() if source.confidence is not Confidence.VENDOR
    }
    assert apart == {
        "capacity_ah": Confidence.OURS,
        "discharge_peak_max_a": Confidence.CAPTURE,
        "pack_limit": Confidence.INFERENCE,
        "switch_on": Confidence.INFERENCE,
        "recharge": Confidence.OURS,
    }


def test_add_switch_is_the_printed_table(a5l: Product) -> None:
    switch = a5l.address_switch
    assert switch is not None
    assert [f"{row.address} {row.picture}" for row in switch.rows] == ADD.strip().splitlines()
    assert switch.duplicates == ()
    for row in switch.rows:
        assert switch.decode(row.positions) == row.address
        assert sum(2**bit for bit, on in enumerate(row.positions) if on) == row.address
    assert [row.role for row in switch.rows] == [Role.STAND_ALONE, Role.MASTER, *[Role.SLAVE] * 14]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("syscom-a5l-51v", "There is no battery product syscom-a5l-51v; did you mean syscom-a5l-51v2?"),
        ("pylon", "There is no battery product pylon; known: syscom-a5l-48v, syscom-a5l-51v2."),
        ("../syscom-a5l-48v", "There is no battery product ../syscom-a5l-48v; did you mean syscom-a5l-48v?"),
        ("nowhere/own.toml", "The product file nowhere/own.toml cannot be read: No such file or directory."),
    ],
)
def test_unknown_names(name: str, sentence: str) -> None:
    with pytest.raises(ParameterError) as caught:
        load_product(name)
    assert str(caught.value) == sentence


def test_a_file_of_ones_own(own: Path) -> None:
    edit(own, "capacity_ah = 100\n", "capacity_ah = 50\n")
    edit(
        own,
        '# [parameters]\n# source = "ours"\n# mos_ot_release_c = 85',
        '[parameters]\nsource = "ours"\nmos_ot_release_c = 85',
    )
    by_path, by_name = load_product(own), load_product(str(own))
    assert by_path == by_name
    assert by_path.capacity_ah == 50
    assert ParameterSet.defaults(by_path)["mos_ot_release_c"] == 85


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("capacity_ah = 100", "capacty_ah = 100", "[pack] has no fact capacty_ah; did you mean capacity_ah?"),
        (
            "# [parameters]",
            '[parameters]\nsource = "ours"\nmos_ot_relase_c = 85',
            "[parameters]: mos_ot_relase_c is no parameter; did you mean mos_ot_release_c?",
        ),
        (
            "# [parameters]",
            '[parameters]\nsource = "ours"\ncell_ov_protect_mv = 3700',
            "[parameters]: cell_ov_protect_mv must be at most 3650 mV, not 3700 mV",
        ),
        (
            "charge_voltage_v = 56.0",
            "charge_voltage_v = 57.0",
            "[charging] charge_voltage_v must be at most the over-voltage alarm of 56 V, not 57 V.",
        ),
        (
            "discharge_end_voltage_v = 48.0",
            "discharge_end_voltage_v = 44",
            "[charging] discharge_end_voltage_v must be at least the under-voltage protection of 44.8 V, not 44 V.",
        ),
    ],
)
def test_a_typo_or_a_dangerous_value_is_named(own: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(ParameterError) as caught:
        load_product(edit(own, old, new))
    assert str(caught.value).startswith(f"{own}, {sentence}")


@pytest.mark.parametrize("content", [b"key = ", b"\xff\xfe", b"[pack]\n[pack]\n"])
def test_what_is_not_toml(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "own.toml"
    file.write_bytes(content)
    with pytest.raises(ParameterError, match=r"own\.toml is not in TOML: "):
        load_product(file)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    with pytest.raises(ParameterError, match=r"folder\.toml cannot be read: "):
        load_product(folder)
