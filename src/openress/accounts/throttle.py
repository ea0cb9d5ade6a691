"""How fast somebody may guess or ask: waits that double with each failure, and a bucket that refills."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

__all__ = ["Buckets", "Throttle", "neighbourhood"]

_KEYS = 4096
"""So many are remembered; the ones unused for longest are forgotten first."""


@dataclass(slots=True)
class _Failures:
    count: int
    until_s: float
    last_s: float


class Throttle:
    """Waits after failures: none for the first `free`, then 1, 2, 4 ... s up to `longest_s`.

    Nobody is ever locked out for good: after `forget_s` without a failure all is as at the beginning.
    """

    def __init__(self, *, free: int = 3, longest_s: float = 60.0, forget_s: float = 900.0) -> None:
        self._free = free
        self._longest_s = longest_s
        self._forget_s = forget_s
        self._known: OrderedDict[str, _Failures] = OrderedDict()

    def wait_s(self, key: str, now_s: float) -> float:
        """Seconds until `key` may try again; 0 when it may now."""
        found = self._known.get(key)
        return 0.0 if found is None else max(0.0, found.until_s - now_s)

    def failed(self, key: str, now_s: float) -> None:
        """Note a failure."""
        found = self._known.pop(key, None)
        count = 1 if found is None or now_s - found.last_s > self._forget_s else found.count + 1
        beyond = count - self._free
        wait_s = 0.0 if beyond < 0 else min(self._longest_s, 2.0 ** min(beyond, 32))
        self._known[key] = _Failures(count, now_s + wait_s, now_s)
        if len(self._known) > _KEYS:
            self._known.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of `key`."""
        self._known.pop(key, None)


class Buckets:
    """A bucket for each key: `burst` at once, then `rate_per_s`."""

    def __init__(self, *, burst: float, rate_per_s: float) -> None:
        self._burst = burst
        self._rate_per_s = rate_per_s
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now_s: float) -> bool:
        """Whether there was one left for `key`, which is then gone."""
        left, at_s = self._known.pop(key, (self._burst, now_s))
        left = min(self._burst, left + self._rate_per_s * max(0.0, now_s - at_s))
        enough = left >= 1.0
        self._known[key] = (left - 1.0 if enough else left, now_s)
        if len(self._known) > _KEYS:
            self._known.popitem(last=False)
        return enough


def neighbourhood(address: str) -> str:
    """What of an address tells callers apart: of IPv6 the network, for one computer has many addresses there."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, 64), strict=False).network_address)
