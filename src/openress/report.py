"""The HTML report of a simulation: one page, no script, nothing fetched."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from openress.errors import ParameterError
from openress.simulation import Summary

__all__ = ["write_report"]

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1c2321; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid #d8dcd9; }
th:first-child, td:first-child, td.words { text-align: left; }
svg { width: 100%; height: auto; }
@media (prefers-color-scheme: dark) { body { background: #0f1413; color: #e6eae8; } th, td { border-color: #2a312f; } }
"""

_COLUMNS = (
    ("Pack", "pack"),
    ("Charged kWh", "charged_kwh"),
    ("Discharged kWh", "discharged_kwh"),
    ("Equivalent cycles", "equivalent_cycles"),
    ("SOC error RMSE %", "soc_error_rmse_pct"),
    ("SOC error max %", "soc_error_max_pct"),
    ("SOC within its band %", "soc_in_band_pct"),
    ("Capacity left %", "capacity_left_pct"),
    ("Balance debt mAh", "balance_debt_mah"),
)


def write_report(path: Path, summary: Summary, title: str) -> None:
    """Write the page.

    Raises:
        ParameterError: the file cannot be written.
    """
    told = summary.as_json()
    rows = "".join(_row(pack) for pack in told["packs"])
    head = "".join(f"<th>{escape(name)}</th>" for name, _ in _COLUMNS)
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Simulation of {escape(title)}</title><style>{_STYLE}</style></head><body>
<h1>{len(told["packs"])} x {escape(title)}, simulated</h1>
<p>{told["days"]:g} days in steps of {told["step_s"]:g} s. {told["charged_kwh"]:.1f} kWh went in,
{told["discharged_kwh"]:.1f} kWh came out.</p>
{_curve(told["soc_by_day_pct"])}
<table><thead><tr>{head}<th>Events</th></tr></thead><tbody>{rows}</tbody></table>
</body></html>
"""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ParameterError(f"The report {path} cannot be written: {error.strerror}.") from error


def _row(pack: dict[str, Any]) -> str:
    cells = "".join(f"<td>{pack[key]}</td>" for _, key in _COLUMNS)
    events = ", ".join(f"{name} x{count}" for name, count in pack["events"].items()) or "none"
    return f'<tr>{cells}<td class="words">{escape(events)}</td></tr>'


def _curve(soc_by_day: list[float]) -> str:
    """State of charge at the end of each day, as a line."""
    if len(soc_by_day) < 2:
        return ""
    width, height = 960, 160
    step = width / (len(soc_by_day) - 1)
    points = " ".join(f"{index * step:.1f},{height - soc * height / 100:.1f}" for index, soc in enumerate(soc_by_day))
    return (
        f'<svg viewBox="0 -4 {width} {height + 8}" role="img" aria-label="State of charge at the end of each day">'
        f'<polyline points="{points}" fill="none" stroke="#0b6b5b" stroke-width="2"/></svg>'
    )
