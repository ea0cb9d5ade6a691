"""Who a caller is and what that allows: viewers read, operators act, installers set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from openress.errors import ParameterError

__all__ = ["Caller", "Role", "checked_name"]

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
RESERVED = frozenset({"console", "anonymous", "nobody"})
"""Names by which the audit means somebody without an account."""


class Role(StrEnum):
    """What somebody may do; each may do what those before it may."""

    VIEWER = "viewer"
    """Reads."""
    OPERATOR = "operator"
    """Acknowledges, connects, chooses modes."""
    INSTALLER = "installer"
    """Sets parameters, switches, protocols and accounts."""

    def allows(self, needed: Role) -> bool:
        """Whether this role is enough where `needed` is asked for."""
        return _ORDER.index(self) >= _ORDER.index(needed)

    def at_most(self, other: Role) -> Role:
        """The lesser of two roles."""
        return other if self.allows(other) else self


_ORDER = list(Role)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose request is being answered.

    Attributes:
        name: of the account; `anonymous` for a reader without one.
        role: what is allowed.
        recent: has given the password within the window that dangerous actions ask for.
        token: calls as a program, with a token.
    """

    name: str
    role: Role
    recent: bool = False
    token: bool = False


def checked_name(name: str) -> str:
    """The name of an account, in small letters.

    Raises:
        ParameterError: no account can be called that.
    """
    small = name.strip().lower()
    if not _NAME.fullmatch(small) or small in RESERVED:
        raise ParameterError(
            f"{name[:40]!r} cannot be the name of an account: 1 to 32 letters a-z, digits, dots and dashes, a letter "
            f"or digit first, and none of {', '.join(sorted(RESERVED))}."
        )
    return small
