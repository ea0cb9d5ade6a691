"""Sessions of browsers: begun by a password, ended by silence, age, logging out or a change of the account."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from openress.accounts.hashing import secret_hash

__all__ = ["AGE_S", "IDLE_S", "RECENT_S", "Session", "Sessions"]

IDLE_S = 30 * 60.0
"""Without a request for so long, a session ends."""
AGE_S = 12 * 3600.0
"""However busy, it ends after a working day."""
RECENT_S = 5 * 60.0
"""For so long after the password was given, dangerous actions are allowed."""
_EACH, _ALL = 16, 1024


@dataclass(slots=True)
class Session:
    """One of them.

    Attributes:
        account: whose.
        epoch: of the account when the session began; another one ends it.
        begun_s: when the password was given first, on a clock that only goes forward.
        seen_s: the last request.
        confirmed_s: when the password was given last.
    """

    account: str
    epoch: int
    begun_s: float
    seen_s: float
    confirmed_s: float

    def recent(self, now_s: float) -> bool:
        """Whether the password was given just now."""
        return now_s - self.confirmed_s <= RECENT_S


class Sessions:
    """All of a running program; they end with it. Only hashes of their secrets are held."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Session] = OrderedDict()

    def begin(self, secret: str, account: str, epoch: int, now_s: float) -> Session:
        """Open one under a random secret; the oldest of an account with too many ends."""
        own = [key for key, session in self._open.items() if session.account == account]
        for key in own[: max(0, len(own) + 1 - _EACH)]:
            del self._open[key]
        while len(self._open) >= _ALL:
            self._open.popitem(last=False)
        session = Session(account, epoch, now_s, now_s, now_s)
        self._open[secret_hash(secret)] = session
        return session

    def find(self, secret: str, now_s: float, *, touch: bool = True) -> Session | None:
        """The open session with a secret; `touch` counts this as a request."""
        key = secret_hash(secret)
        session = self._open.get(key)
        if session is None:
            return None
        if now_s - session.seen_s > IDLE_S or now_s - session.begun_s > AGE_S:
            del self._open[key]
            return None
        if touch:
            session.seen_s = now_s
        return session

    def end(self, secret: str) -> None:
        """Log out."""
        self._open.pop(secret_hash(secret), None)

    def end_all(self, account: str) -> None:
        """End every session of an account."""
        for key in [key for key, session in self._open.items() if session.account == account]:
            del self._open[key]

    def __len__(self) -> int:
        return len(self._open)
