"""A virtual rack with a gateway, recorded: discharged until a cell is low."""

from __future__ import annotations

from functools import cache

from openress.catalog import load_product
from openress.gateway.setup import SessionSetup, build_session, maxima_of
from openress.gateway.supervise import Line
from openress.gateway.tape import Step
from openress.gateway.taped import TapedSession
from openress.incidents.flight import Flight, incident_of
from openress.incidents.incident import About, Incident
from openress.params import ParameterSet
from openress.protocols.canbus import CanOptions
from openress.sim import PackBuild
from openress.sim.loads import ConstantLoad
from openress.sim.virtual import VirtualRack

PRODUCT = "syscom-a5l-51v2"


@cache
def emptied(seconds: float = 100.0, soc_pct: float = 6.0, current_a: float = -90.0) -> Incident:
    """An incident of two packs beside which the inverter is silent."""
    product = load_product(PRODUCT)
    values = ParameterSet.defaults(product)
    build = PackBuild(cells=product.cells_in_series, capacity_ah=product.capacity_ah or 100.0, initial_soc_pct=soc_pct)
    virtual = VirtualRack(product, values, [build] * 2, load=ConstantLoad(current_a), seed=1)
    setup = SessionSetup("pylontech-can", CanOptions(experimental=True), maxima=maxima_of(product), expected=2)
    steps: list[Step] = []
    session = TapedSession(build_session(setup, 0.0), setup, 0.0, steps.append)
    for tick in range(round(seconds * 2)):
        now_s = tick * 0.5
        virtual.step(0.5)
        session.see(virtual.rack(now_s), now_s, 10.0)
        session.due(Line.WORKS, now_s)
    flight = Flight(before_s=3600.0, after_s=3600.0)
    taken = flight.add(steps) + flight.end()
    about = About("empty", "0.1.0", taken[0].event, (), 1_800_012_345.0, 0.0, 0.0, PRODUCT, dict(values))
    return incident_of(taken[0], about)
