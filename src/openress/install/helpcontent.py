"""The whole help as plain values: hazards and guides, lamps, the troubleshooting tree, products and inverters.

The page carries the English one inside, so that it is there without any server; the API gives the same, in every
language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openress.bms.lamps import LampRow, lamps
from openress.install.aliases import ALIASES
from openress.install.connectors import INVERTERS
from openress.install.dip import SCHEMES
from openress.install.guidance import TOPICS, Topic
from openress.install.guides import GUIDES
from openress.install.helpindex import NumberFact, help_index
from openress.install.lampguide import MEANINGS
from openress.install.troubleshooting import Choice, Leaf, troubleshooting_tree
from openress.model import Lamps
from openress.products import Product
from openress.wording import ENGLISH, Wording

__all__ = ["help_content", "lamp_content"]

_NAMES = frozenset({"name", "run", "alm", "pictures"})
"""Keys of what programs read."""


def help_content(
    products: Iterable[Product],
    values: Mapping[str, Mapping[str, float]],
    wording: Wording = ENGLISH,
    facts: Sequence[NumberFact] = (),
) -> dict[str, Any]:
    """All of the help, ready for JSON.

    Args:
        products: those at hand.
        values: parameters of the products whose thresholds are told, by title; see `troubleshooting_tree`.
        wording: the language of its texts; those that it lacks stand in `untranslated`, in English.
        facts: what is known of inverters, see `openress.install.helpindex`.
    """
    told = _told(values, facts, wording)
    english = _texts(_told(values, facts, ENGLISH)).keys() - set(wording.words.values())
    return {
        "language": wording.language,
        "untranslated": [text for text in _texts(told) if text in english] if wording is not ENGLISH else [],
        **told,
        "aliases": {word: list(others) for word, others in ALIASES[wording.language].items()},
        "products": [_product(product) for product in sorted(products, key=lambda one: one.title)],
        "inverters": [
            {"key": one.key, "title": one.title, "bus": one.bus.value, "pins_known": one.socket is not None}
            for one in INVERTERS.values()
        ],
        "schemes": {name: scheme.positions for name, scheme in SCHEMES.items()},
    }


def _told(values: Mapping[str, Mapping[str, float]], facts: Sequence[NumberFact], wording: Wording) -> dict[str, Any]:
    """What is read: topics, lamps, the troubleshooting tree, and what a search finds beside them."""
    return {
        "topics": [_topic(name, topic, wording) for name, topic in {**TOPICS, **GUIDES}.items()],
        "lamps": lamp_content(wording),
        "tree": _node(troubleshooting_tree(values, wording)),
        "index": help_index(facts, wording),
    }


def _texts(told: Any) -> dict[str, None]:
    """Every text that is read, each once and in order; names for programs are none."""
    if isinstance(told, str):
        return {told: None} if told else {}
    if isinstance(told, list):
        return {text: None for one in told for text in _texts(one)}
    if isinstance(told, dict):
        return {text: None for key, one in told.items() if key not in _NAMES for text in _texts(one)}
    return {}


def lamp_content(wording: Wording = ENGLISH) -> dict[str, Any]:
    """What every picture of the lamps may mean, in the words of `wording`.

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
                "state": wording.say(row.value[0]),
                "run": row.value[1].value,
                "alm": row.value[2].value,
                "meaning": wording.say(MEANINGS[row].meaning),
                "next_step": wording.say(MEANINGS[row].next_step),
            }
            for row in rows
        ],
        "pictures": pictures,
    }


def _picture(seen: Lamps) -> str:
    return " ".join(lamp.value for lamp in (seen.run, seen.alm, *seen.soc))


def _topic(name: str, topic: Topic, wording: Wording) -> dict[str, Any]:
    title, sentences = topic
    return {"name": name, "title": wording.say(title), "sentences": [wording.say(sentence) for sentence in sentences]}


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
