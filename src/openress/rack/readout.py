"""Reading the settings of a pack, and saying which of them its dialect or the pack itself does not tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from openress.params import BY_KEY
from openress.protocols.access import ParameterAccess
from openress.protocols.base import Query
from openress.rack.poll import NoAnswerError
from openress.rack.session import Session, exchange, needed

__all__ = ["Readout", "access_of", "read"]


@dataclass(frozen=True, slots=True)
class Readout:
    """Settings of a pack.

    Attributes:
        values: by key, in screen order.
        beside: what the dialect keeps together with them and the parameter table does not have.
        missing: keys that the dialect does not have.
        unread: keys that it has and the pack did not tell.
        problems: why it did not.
    """

    values: Mapping[str, float]
    beside: Mapping[str, float]
    missing: tuple[str, ...]
    unread: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def all(self) -> dict[str, float]:
        """Settings and what is beside them."""
        return {**self.beside, **self.values}


def access_of(session: Session) -> ParameterAccess:
    """The way to the settings of packs on this line.

    Raises:
        ParameterError: the dialect has none.
    """
    make = needed(session, session.parts.parameters, "read or change settings")
    return make()


def _unheard(_done: int, _of: int) -> None:
    """Nobody wants to know how far a reading is."""


async def read(
    session: Session,
    pack: int,
    keys: Collection[str] | None = None,
    progress: Callable[[int, int], None] = _unheard,
) -> Readout:
    """Read settings; those that the dialect does not have are told, not invented.

    Args:
        session: the line.
        pack: number of the pack.
        keys: which; all without it.
        progress: told how many questions of how many have been put.

    Raises:
        ParameterError: the dialect has no settings at all, or no such key exists.
        NoAnswerError: the pack told nothing of what was asked.
    """
    access = access_of(session)
    wanted = list(BY_KEY) if keys is None else list(dict.fromkeys(keys))
    there = [key for key in wanted if key in access.keys]
    found: dict[str, float] = {}
    problems: list[NoAnswerError] = []

    def accept(query: Query, reply: bytes) -> None:
        found.update(access.read(query, reply))

    queries = access.read_queries(pack, there) if there else ()
    in_mode = any(query.closes for query in queries)
    parts = [queries] if in_mode else [(query,) for query in queries]
    for number, part in enumerate(parts):
        progress(number, len(parts))
        try:
            await exchange(session, part, accept)
        except NoAnswerError as error:
            problems.append(error)
            if not found:
                break
    if problems and not found:
        raise problems[0]
    return Readout(
        values={key: found[key] for key in BY_KEY if key in found and key in there},
        beside={key: value for key, value in found.items() if key not in there},
        missing=tuple(key for key in wanted if key not in access.keys),
        unread=tuple(key for key in there if key not in found),
        problems=tuple(str(error) for error in problems),
    )
