"""A rack that is told round by round who answers: the pure machine without a line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any

from tests.samples import pack

from openress.catalog import load_product
from openress.checker import Breach, RackChecker
from openress.model import PackSample
from openress.params import ParameterSet
from openress.products import Product
from openress.rack.joining import JoinRules
from openress.rack.membership import Membership
from openress.rack.standing import RackView, Standing, Trouble

__all__ = ["PRODUCT", "Bench", "alike", "standings", "troubles"]

PRODUCT = load_product("syscom-a5l-51v2")
Change = Callable[[PackSample], PackSample]


def alike(number: int, *, at_s: float = 0.0, serial: str | None = None) -> PackSample:
    """A pack of a rack: all have the same voltage, charge and temperature."""
    sample = pack(number, at_s=at_s)
    assert sample.analog is not None
    assert sample.identity is not None
    return replace(
        sample,
        analog=replace(
            sample.analog,
            pack_voltage_v=52.8,
            cell_voltages_mv=(3300,) * 16,
            temperatures_c=(25.0,) * 4,
            env_temperature_c=28.0,
            soc_pct=50.0,
            remaining_ah=50.0,
            cycles=10 * number,
            pack_current_a=0.0,
        ),
        identity=replace(sample.identity, serial=serial or f"SERIAL-{number:04}", part_number="A5L-100"),
    )


class Bench:
    """Rounds of two seconds in which every pack of `there` answers everything.

    `changed` says what is different about a pack; `mute` are asked in vain. The checker looks at every round.
    """

    def __init__(
        self,
        numbers: Iterable[int],
        *,
        expected: Collection[int] | None = None,
        confirmed: bool = True,
        product: Product = PRODUCT,
        rules: JoinRules | None = None,
        rise_per_s: float | None = None,
    ) -> None:
        self.there = {number: number for number in numbers}
        self.changed: dict[int, Change] = {}
        self.serials: dict[int, str] = {}
        self.now_s = 100.0
        self.members = Membership(
            product,
            ParameterSet.defaults(product),
            rules=rules or JoinRules(settle_s=0.0),
            rise_per_s=rise_per_s,
        )
        self.awaited = set(self.there) if expected is None else set(expected)
        self.members.begin(self.awaited, self.now_s, confirmed=confirmed)
        self.checker = RackChecker(product)
        self.breaches: list[Breach] = []
        self.last: dict[int, PackSample] = {}
        self.view = self.members.step(self.now_s)

    def sample(self, number: int) -> PackSample:
        sample = alike(number, at_s=self.now_s, serial=self.serials.get(number))
        return self.changed.get(number, lambda same: same)(sample)

    def round(self, *, mute: Collection[int] = (), garbled: Collection[int] = (), who: bool = True) -> RackView:
        self.now_s += 2.0
        for number in self.awaited - set(self.there):
            self.members.missed(number, garbled=False)
        for number in self.there:
            if number in mute or number in garbled:
                self.members.missed(number, garbled=number in garbled)
                continue
            self.last[number] = self.sample(number)
            self.members.heard(self.last[number], self.now_s)
            self.members.polled(number, self.now_s)
            if who:
                self.members.identified(number, self.now_s)
        return self.look()

    def look(self) -> RackView:
        before = {member.pack for member in self.view.members}
        self.view = self.members.step(self.now_s)
        for number in before - {member.pack for member in self.view.members}:
            # It is known where it went: taken away by a person, or heard at another address.
            self.checker.forget(number)
        judged = [member.sample for member in self.view.members]
        self.breaches += self.checker.check(judged, self.view.sample, self.now_s)
        return self.view

    def rounds(self, count: int, **how: Any) -> RackView:
        for _ in range(count):
            self.round(**how)
        return self.view

    @property
    def charge_a(self) -> float | None:
        limits = self.view.sample.limits
        return None if limits is None else limits.charge_current_limit_a

    def remove(self, number: int) -> None:
        self.awaited.discard(number)
        self.members.remove(number, self.now_s)
        self.checker.forget(number)

    def said(self) -> list[str]:
        return [change.sentence for change in self.members.changes()]


def standings(view: RackView) -> dict[int, Standing]:
    return {member.pack: member.standing for member in view.members}


def troubles(view: RackView) -> set[Trouble]:
    return {finding.trouble for finding in view.findings}
