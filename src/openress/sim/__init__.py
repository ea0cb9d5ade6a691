"""The plant: a rack of LiFePO4 packs with its panel and loads, pure given a seed."""

from __future__ import annotations

from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand
from openress.sim.sensors import PackSense
from openress.sim.truth import Books, Truth

__all__ = ["Books", "Demand", "PackBuild", "PackSense", "Plant", "SwitchCommand", "Truth"]
