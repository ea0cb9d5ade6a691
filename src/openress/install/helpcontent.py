"""The whole help as plain values: hazards and guides, lamps, the troubleshooting tree, products and inverters.

The page carries it inside, so that it is there without any server; the API gives the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from openress.bms.lamps import LampRow, lamps
from openress.install.connectors import INVERTERS
from openress.install.dip import SCHEMES
from openress.install.guidance import TOPICS, Topic
from openress.install.guides import GUIDES
from openress.install.lampguide import MEANINGS
from openress.install.troubleshooting import Choice, Leaf, troubleshooting_tree
from openress.model import Lamps
from openress.products import Product

__all__ = ["ALIASES", "help_content", "lamp_content"]

ALIASES: Mapping[str, tuple[str, ...]] = {
    "master": ("host", "master pack", "pack 1"),
    "breaker": ("master switch", "mcb", "circuit breaker"),
    "link": ("cascade", "parallel port", "rs485-2"),
    "address": ("dip", "add", "toggle", "id"),
    "switches": ("dip", "toggles"),
    "cable": ("rj45", "patch", "wire", "t-568b"),
    "charge": ("soc",),
    "over-voltage": ("ov", "ovp", "overvoltage"),
    "under-voltage": ("uv", "uvp", "undervoltage"),
    "over-current": ("oc", "ocp", "overcurrent"),
    "temperature": ("hot", "cold", "ot", "ut"),
}
"""Words of ours, and what other makers and people call the same; a search for one finds the other (INC-29)."""


def help_content(products: Iterable[Product], values: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """All of the help, ready for JSON.

    Args:
        products: those at hand.
        values: parameters of the products whose thresholds are told, by title; see `troubleshooting_tree`.
    """
    return {
        "language": "en",
        "topics": [_topic(name, topic) for name, topic in {**TOPICS, **GUIDES}.items()],
        "aliases": {word: list(others) for word, others in ALIASES.items()},
        "lamps": lamp_content(),
        "tree": _node(troubleshooting_tree(values)),
        "products": [_product(product) for product in sorted(products, key=lambda one: one.title)],
        "inverters": [
            {"key": one.key, "title": one.title, "bus": one.bus.value, "pins_known": one.socket is not None}
            for one in INVERTERS.values()
        ],
        "schemes": {name: scheme.positions for name, scheme in SCHEMES.items()},
    }


def lamp_content() -> dict[str, Any]:
    """What every picture of the lamps may mean.

    `pictures` goes from six words, RUN, ALM and the four of the charge with the lowest first, to the states that show
    it: `[index into states, lowest charge, highest charge]`, without charges where the state has no bar.
    """
    rows = list(LampRow)
    pictures: dict[str, list[list[int]]] = {}
    for index, row in enumerate(rows):
        soc = row.value[3]
        for low in (0,) if soc is not None else (0, 25, 50, 75):
            for alm_on_fault in (False, True):
                meaning = [index] if soc is not None else [index, low, low + 25]
                found = pictures.setdefault(_picture(lamps(row, low + 1.0, alm_on_fault=alm_on_fault)), [])
                if meaning not in found:
                    found.append(meaning)
    return {
        "states": [
            {
                "state": row.value[0],
                "run": row.value[1].value,
                "alm": row.value[2].value,
                "meaning": MEANINGS[row].meaning,
                "next_step": MEANINGS[row].next_step,
            }
            for row in rows
        ],
        "pictures": pictures,
    }


def _picture(seen: Lamps) -> str:
    return " ".join(lamp.value for lamp in (seen.run, seen.alm, *seen.soc))


def _topic(name: str, topic: Topic) -> dict[str, Any]:
    title, sentences = topic
    return {"name": name, "title": title, "sentences": list(sentences)}


def _node(node: Choice | Leaf) -> dict[str, Any]:
    if isinstance(node, Choice):
        return {"title": node.title, "answers": [_node(answer) for answer in node.answers]}
    return {
        "title": node.title,
        "facts": list(node.facts),
        "released_by": list(node.released_by),
        "steps": list(node.steps),
    }


def _product(product: Product) -> dict[str, Any]:
    switch = product.address_switch
    return {
        "key": product.key,
        "title": product.title,
        "pack_limit": product.pack_limit,
        "switches": None
        if switch is None
        else [
            {"address": row.address, "role": row.role.value, "positions": list(row.positions)} for row in switch.rows
        ],
        "switch_positions": product.switch_positions,
    }
