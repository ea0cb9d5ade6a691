"""Draws the pictures of `state-of-charge.md` from real measurements: `python docs/pictures.py FOLDER`.

FOLDER holds `tao_fisher` and `naumann_geisbauer_ageing`. Needs the extra `analysis`.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

from matplotlib.figure import Figure

from openress.bms.estimator import PackModel
from openress.bms.health.ageing import CALENDAR
from openress.cellfit.fit import fit_profile
from openress.cellfit.logs import Columns, read_log, read_ocv
from openress.cellfit.plot import draw
from openress.cellfit.run import Spoiled, run

PICTURES = Path(__file__).parent / "pictures"


def estimator(folder: Path) -> None:
    """25 hours inside 20 to 80 %, started 30 % wrong, with a current offset of C/100, at 10 C."""
    columns = Columns(
        "battery_tests.time", "battery_tests.VT", "battery_tests.Current", "battery_tests.SOC", discharge_positive=True
    )
    curves = read_ocv(folder / "Real_SOC_OCV_Curve.mat", "SOC_OCV", "OCV_charge", "OCV_discharge")
    warm = read_log(folder / "Long_flat_zone_data_25_degree.mat", columns)
    profile = fit_profile(curves, warm, 1.2, name="tao", source="Tao 1.2 Ah").profile
    cold = read_log(folder / "Long_flat_zone_data_10_degree.mat", columns, temperature_c=10.0)
    trace = run(cold, PackModel(profile, 1, 1.2), Spoiled(30.0, offset_a=0.012))
    title = "1.2 Ah LFP cell at 10 °C, fitted at 25 °C, start 30 % wrong, current offset C/100"
    draw(PICTURES / "soc-10c.png", trace, cold, title)


def ageing(folder: Path) -> None:
    """Capacity lost lying still: measured and the law."""
    measured = defaultdict(list)
    with (folder / "interim__naumann_calendar_observations.csv").open() as file:
        for row in csv.DictReader(file):
            place = float(row["temperature_c"]), float(row["storage_soc_fraction"])
            measured[place].append((float(row["elapsed_days"]), 100 - float(row["capacity_loss_pct"])))
    figure = Figure(figsize=(9, 4), layout="constrained")
    for axes, temperature_c in zip(figure.subplots(1, 2, sharey=True), (25.0, 40.0), strict=True):
        for k, soc in enumerate((0.0, 0.25, 0.5, 0.75, 1.0)):
            points = measured.get((temperature_c, soc), [])
            if points:
                days, left = zip(*points, strict=True)
                axes.plot(days, left, ".", color=f"C{k}", label=f"{100 * soc:.0f} % SOC")
                law = [100 - CALENDAR.after(0.0, temperature_c, soc, day) for day in days]
                axes.plot(days, law, "-", color=f"C{k}", linewidth=1)
        axes.set_title(f"{temperature_c:.0f} °C")
        axes.set_xlabel("days")
        axes.legend()
    figure.axes[0].set_ylabel("capacity, % of new")
    figure.savefig(PICTURES / "calendar-ageing.png", dpi=90)


if __name__ == "__main__":
    estimator(Path(sys.argv[1]) / "tao_fisher")
    ageing(Path(sys.argv[1]) / "naumann_geisbauer_ageing")
