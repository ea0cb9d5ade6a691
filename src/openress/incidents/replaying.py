"""What would have come of it: an incident with another setting, another product, or other caps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from openress.catalog import load_product
from openress.errors import ParameterError
from openress.gateway.caps import Caps
from openress.gateway.setup import SessionSetup, maxima_of
from openress.incidents.comparing import Outcome, compared
from openress.incidents.incident import Incident
from openress.incidents.running import run_again
from openress.incidents.whatif import Instead, Packs
from openress.params import ParameterSet
from openress.products import Product

__all__ = ["Changes", "replayed"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is set otherwise.

    Attributes:
        settings: parameters of the packs by their keys.
        product: name or file of another product; `None` is that of the recording.
        caps: a person's own, in place of the recorded ones where they are given.
    """

    settings: Mapping[str, float] = field(default_factory=dict)
    product: str | None = None
    caps: Caps = field(default_factory=Caps)

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return self != Changes()


def replayed(incident: Incident, changes: Changes | None = None) -> Outcome:
    """Run an incident and compare it with what was recorded.

    Raises:
        ParameterError: it cannot be run, or a change is not possible.
    """
    if changes is None or not changes.any:
        return compared(run_again(incident))
    after: Product | None = None
    if changes.settings or changes.product is not None:
        before = _recorded(incident)
        after, values = before.product, dict(before.values)
        if changes.product is not None:
            after = load_product(changes.product)
            values = dict(ParameterSet.defaults(after))
        packs = Packs(after, ParameterSet(after, values).with_values(dict(changes.settings)))
        reading = Instead(incident.steps, before, packs)
        return compared(run_again(incident, lambda setup: _changed(setup, changes, after), reading))
    return compared(run_again(incident, lambda setup: _changed(setup, changes, None)))


def _recorded(incident: Incident) -> Packs:
    try:
        product = load_product(incident.about.product)
    except ParameterError as error:
        raise ParameterError(
            f"The packs of this incident are {incident.about.product}, which is not known here; put its file beside it "
            f"or name a product with --product. {error}"
        ) from error
    return Packs(product, ParameterSet(product, dict(incident.about.values)))


def _changed(setup: SessionSetup, changes: Changes, product: Product | None) -> SessionSetup:
    caps = changes.caps
    own = {
        name: value
        for name in ("charge_voltage_v", "charge_current_a", "discharge_current_a", "soc_min_pct", "soc_max_pct")
        if (value := getattr(caps, name)) is not None
    }
    if own:
        setup = replace(setup, caps=replace(setup.caps, **own))
    if product is not None and changes.product is not None:
        setup = replace(setup, maxima=maxima_of(product))
    return setup
