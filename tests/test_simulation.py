"""Simulated time: the books balance, the same seed gives the same, a profile is followed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from openress.catalog import load_product
from openress.config import Config
from openress.errors import ParameterError
from openress.report import write_report
from openress.sections import LoadConfig, RackConfig
from openress.simulation import Simulation, Summary, usable_pct
from openress.sites.build import build_rack
from tests.processes import here, openress


def run(
    days: float = 0.5, *, step_s: float = 60.0, packs: int = 2, seed: int = 1, load: LoadConfig | None = None
) -> Summary:
    rack = build_rack(Config(rack=RackConfig(packs=packs, seed=seed), load=load or LoadConfig()))
    return Simulation(rack, step_s).run(days)


def test_a_constant_current_moves_what_it_must() -> None:
    summary = run(0.1, step_s=10.0, load=LoadConfig(kind="constant", current_a=-20.0))
    out = sum(pack.discharged_ah for pack in summary.packs)
    assert out == pytest.approx(20.0 * 2.4, rel=0.02)
    assert sum(pack.charged_ah for pack in summary.packs) < 0.1


def test_the_same_seed_gives_the_same_and_another_gives_another() -> None:
    assert run().as_json() == run().as_json()
    assert run().as_json() != run(seed=2).as_json()


def test_progress_reaches_the_end_and_days_are_noted() -> None:
    shares: list[float] = []
    rack = build_rack(Config(rack=RackConfig(packs=1)))
    summary = Simulation(rack, 60.0).run(2.0, shares.append)
    assert shares == [0.5, 1.0]
    assert len(summary.soc_by_day) == 2


def test_a_weekly_equalisation_is_counted_where_a_person_has_given_its_voltage() -> None:
    weekly = replace(load_product("syscom-a5l-51v2"), equalise_every_days=7.0, equalise_minutes=60.0)

    def finished(volts: float | None) -> int:
        wanted = RackConfig(packs=1, soc_pct=[98.0], equalise_voltage_v=volts)
        rack = build_rack(Config(rack=wanted, load=LoadConfig(kind="constant", current_a=20.0)), weekly)
        pack = Simulation(rack, 60.0).run(0.5).as_json()["packs"][0]
        return int(pack["equalisations"])

    assert finished(None) == 0
    assert finished(54.4) == 1


@pytest.mark.parametrize(
    ("stored_ah", "usable"),
    [
        ((50.0, 50.0), 50.0),
        ((48.0, 52.0), 50.0),
        ((2.0, 5.0), 100 * 2 / 97),
        ((97.0, 100.0), 100.0),
        ((-1.0, 5.0), 0.0),
    ],
)
def test_the_first_cell_to_be_empty_and_the_first_to_be_full_decide(
    stored_ah: tuple[float, ...], usable: float
) -> None:
    assert usable_pct(stored_ah, (100.0, 100.0)) == pytest.approx(usable)


def test_a_day_without_current_does_not_put_the_packs_of_a_working_inverter_to_sleep(tmp_path: Path) -> None:
    profile = tmp_path / "idle.csv"
    profile.write_text("time_s,current_a\n0,0\n100000,-20\n103600,0\n")
    pack = run(1.5, packs=1, load=LoadConfig(kind="profile", file=str(profile))).as_json()["packs"][0]
    assert pack["discharged_ah"] == pytest.approx(20.0, rel=0.05)


@pytest.mark.soak
def test_lying_still_ages_and_use_ages_more() -> None:
    def aged(current_a: float, profile: LoadConfig | None = None) -> dict[str, float]:
        load = profile or LoadConfig(kind="constant", current_a=current_a)
        pack: dict[str, float] = run(2.5, packs=1, load=load).as_json()["packs"][0]
        return pack

    still, household = aged(0.0), aged(0.0, LoadConfig())
    assert 0.0 < still["aged_lying_still_pct"] < 1.0
    assert still["aged_by_use_pct"] < 0.02 < household["aged_by_use_pct"]
    for pack in (still, household):
        left = 100 - pack["aged_lying_still_pct"] - pack["aged_by_use_pct"]
        assert pack["capacity_left_pct"] == pytest.approx(left, abs=0.02)


def test_a_report_is_a_page_that_needs_nothing_else(tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", run(1.0), "A <pack>")
    page = (tmp_path / "report.html").read_text()
    assert "A &lt;pack&gt;" in page
    assert "http" not in page
    with pytest.raises(ParameterError, match="cannot be written"):
        write_report(tmp_path / "no" / "report.html", run(0.1), "x")


def test_a_profile_of_currents_is_followed(tmp_path: Path) -> None:
    profile = tmp_path / "profile.csv"
    profile.write_text("time_s,current_a\n0,10\n3600,-10\n7200,0\n")
    done = openress("sim", "run", "--profile", str(profile), "--days", "0.0833333", "--step", "10", "--json")
    assert done.returncode == 0, done.stderr
    (pack,) = json.loads(done.stdout)["packs"]
    assert pack["charged_ah"] == pytest.approx(10.0, abs=0.3)
    assert pack["discharged_ah"] == pytest.approx(10.0, abs=0.3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--packs", "16"], "has at most 15 packs"),
        (["--packs", "0"], "0 is not in the range"),
        (["--days", "0"], "is not in the range"),
        (["--step", "120"], "is not in the range"),
        (["--product", "syscom-a5l-51v3"], "did you mean syscom-a5l-51v2?"),
        (["--report", "no/such/report.html"], "there is no folder no/such"),
    ],
)
def test_a_wrong_argument_is_one_sentence(arguments: list[str], sentence: str) -> None:
    done = here("sim", "run", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
