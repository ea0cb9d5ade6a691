"""Names that a shell completes: dialects, products, inverters, drills, parameters.

What knows the names is imported when Tab is pressed, not when a verb starts.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

__all__ = ["assignments", "dialects", "drills", "inverters", "parameters", "products", "schemes", "topics"]

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _names(*sources: str, beside: tuple[str, ...] = (), end: str = "") -> Completer:
    """Completes from mappings or collections of modules, or from what functions of them give.

    Args:
        sources: `module:attribute` each.
        beside: names that are allowed beside those.
        end: follows each name.
    """

    def complete(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        names = [*beside, *(name for source in sources for name in _found(source))]
        return [CompletionItem(f"{name}{end}") for name in names if name.startswith(begun)]

    return complete


def _found(source: str) -> Iterable[str]:
    module, _, attribute = source.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    names: Iterable[str] = found() if callable(found) else found
    return names


dialects = _names("openress.protocols:DIALECTS")
products = _names("openress.catalog:product_names")
inverters = _names("openress.invertercatalog:inverters", beside=("auto", "none"))
drills = _names("openress.drill:DRILLS", beside=("list",))
parameters = _names("openress.params:BY_KEY")
assignments = _names("openress.params:BY_KEY", end="=")
schemes = _names("openress.install.dip:SCHEMES")
topics = _names("openress.install.guidance:TOPICS", "openress.install.guides:GUIDES")
