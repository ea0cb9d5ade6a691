"""Drills: a fault that is made on purpose, what goes on the wire while it lasts, and whether the invariants held.

The rack, the line to the packs, the gateway and the inverter are those that run otherwise, with made time for a clock.
"""

from openress.drill.drills import DRILLS, Drill, find_drill
from openress.drill.outcome import DrillRun, Row, Verdict
from openress.drill.run import run_drill

__all__ = ["DRILLS", "Drill", "DrillRun", "Row", "Verdict", "find_drill", "run_drill"]
