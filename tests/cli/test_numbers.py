"""No option, argument or file of any verb lets through what is no number, or a number without end."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.cli.test_verbs import RUN

from openress.catalog import load_battery
from openress.cli.main import program
from openress.cli.numbers import Finite
from openress.cli.plan import load_topology
from openress.config import load_config
from openress.errors import ParameterError

ODD = ("nan", "-nan", "inf", "-inf", "infinity", "1e999")
NUMBERS = [
    pytest.param(kind, id=f"{verb} {parameter.name}")
    for verb, command in RUN.items()
    for parameter in command.params
    for kind in (parameter.type.types if isinstance(parameter.type, click.Tuple) else [parameter.type])
    if isinstance(kind, click.types.FloatParamType)
]


@pytest.mark.parametrize("kind", NUMBERS)
def test_every_number_of_every_verb_is_finite(kind: click.ParamType) -> None:
    for odd in ODD:
        with pytest.raises(click.BadParameter):
            kind.convert(odd, None, None)


def test_bounds_and_words_are_told_as_before() -> None:
    between = Finite(0, 10, min_open=True)
    assert between.convert("10", None, None) == 10.0
    for wrong, said in (("0", "not in the range 0<x<=10"), ("eleven", "not a valid float"), ("nan", "finite")):
        with pytest.raises(click.BadParameter, match=said):
            between.convert(wrong, None, None)
    for kind, bounds in ((Finite(), None), (between, "0<x<=10")):
        assert click.Option(["--x"], type=kind).get_help_extra(click.Context(program)).get("range") == bounds


@pytest.mark.parametrize(
    "given",
    [
        "plan --packs 4 --inverter victron --pack-current-a nan",
        "sheet victron --open-loop --charge-voltage-v nan",
        "storage --ship nan",
        "inverters failsafe --cycle-s nan",
        "sim run --days nan",
        "sim run --equalise-voltage inf",
    ],
)
def test_such_a_number_is_refused_where_it_is_given(given: str) -> None:
    done = CliRunner().invoke(program, given.split())
    assert done.exit_code == 2, done.output
    assert "is no number to reckon with" in done.output


def test_neither_has_a_history_of_temperatures(tmp_path: Path) -> None:
    path = tmp_path / "warm.csv"
    path.write_text("date,temperature_c\n2026-07-01,nan\n", encoding="utf-8")
    done = CliRunner().invoke(program, ["storage", "--charged", "2026-06-01", "--history", str(path)])
    assert isinstance(done.exception, ParameterError)
    assert "line 2: write the date and the temperature" in str(done.exception)


def test_a_rack_of_too_many_packs_is_refused() -> None:
    done = CliRunner().invoke(program, ["sim", "run", "--packs", "999"])
    assert done.exit_code == 2
    assert "999 is not in the range 1<=x<=64" in done.output


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ("[notify]\nsettle_s = nan\n", "line 2: [notify] settle_s"),
        ("[mqtt]\nhost = 'x'\nevery_s = inf\n", "line 3: [mqtt] every_s"),
        ("[parameters]\ncell_ov_alarm_mv = nan\n", "line 2: [parameters] cell_ov_alarm_mv"),
        ("[load]\ncurrent_a = -inf\n", "line 2: [load] current_a"),
    ],
)
def test_a_configuration_has_no_such_number(tmp_path: Path, section: str, place: str) -> None:
    path = tmp_path / "openress.toml"
    path.write_text(section, encoding="utf-8")
    with pytest.raises(ParameterError, match=re.escape(place)):
        load_config(path)


def test_neither_have_the_files_of_products_and_wirings(tmp_path: Path) -> None:
    source = Path(load_battery.__code__.co_filename).parent / "products" / "data" / "syscom-a5l-51v2.toml"
    mine = tmp_path / "mine.toml"
    mine.write_text(source.read_text(encoding="utf-8").replace("capacity_ah = 100", "capacity_ah = inf"), "utf-8")
    with pytest.raises(ParameterError, match=r"mine\.toml: pack\.capacity_ah is inf; give a finite number"):
        load_battery(mine)
    wiring = tmp_path / "wiring.json"
    wiring.write_text('{"links": [{"torque_nm": NaN}]}', encoding="utf-8")
    with pytest.raises(ParameterError, match=r"wiring\.json: links\[0\]\.torque_nm is nan"):
        load_topology(wiring)
