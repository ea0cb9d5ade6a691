"""What the readers of link URLs have in common: numbers, hosts and paths, and what to say of those that cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from openress.errors import ParameterError

__all__ = ["bracketed", "check_choice", "check_host", "check_path", "joined", "number", "split_host", "whole"]

_HOST_NAME = re.compile(r"(?!.{254})[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?")


def whole(text: str) -> int | None:
    """The whole number that `text` is, if it is one."""
    # The length keeps clear of Python's limit on the digits of an integer.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def number(key: str, text: str, valid: str) -> int:
    """The whole number of an option.

    Raises:
        ParameterError: it is none; `valid` says what to write.
    """
    found = whole(text)
    if found is None:
        raise ParameterError(f"{key}={text} is not possible: write {valid}.")
    return found


def check_choice(key: str, value: int, valid: Iterable[int], words: str) -> None:
    """Refuse a number that is not among the valid ones; `words` says what to write."""
    if value not in valid:
        raise ParameterError(f"{key}={value} is not possible: write {words}.")


def check_path(scheme: str, path: str, example: str) -> None:
    """Refuse what cannot be a path in a link."""
    if not path:
        raise ParameterError(f"{scheme}: needs a path: write it like {example}.")
    if path != path.strip() or not path.isprintable() or "?" in path or path.startswith("//"):
        raise ParameterError(f"{path!r} cannot be the path of a {scheme} link: write it like {example}.")


def check_host(scheme: str, host: str, example: str) -> None:
    """Refuse what is neither a host name nor an IP address."""
    if not host:
        raise ParameterError(f"{scheme} needs a host: write it like {example}.")
    try:
        if ":" in host:
            IPv6Address(host)
        elif re.fullmatch(r"[0-9.]+", host):
            IPv4Address(host)
    except AddressValueError as error:
        raise ParameterError(f"{host!r} is no IP address ({error}): write it like {example}.") from None
    if not host.isprintable() or (":" not in host and not _HOST_NAME.fullmatch(host)):
        raise ParameterError(f"{host!r} is no host name: write it like {example}.")


def split_host(text: str) -> str:
    """A host as it stands in a link, without the brackets of an IPv6 address.

    Raises:
        ParameterError: brackets around something else, or an IPv6 address without them.
    """
    if text.startswith("[") and text.endswith("]"):
        bare = text[1:-1]
        if ":" not in bare:
            raise ParameterError(f"[{bare}] is no IPv6 address: brackets are for IPv6 only, as in [::1].")
        return bare
    if ":" in text:
        raise ParameterError(f"{text!r} cannot be told from its port: write an IPv6 address as [{text}].")
    return text


def bracketed(host: str) -> str:
    """A host as it stands in a link."""
    return f"[{host}]" if ":" in host else host


def joined(words: Iterable[str]) -> str:
    """Words as a choice: a, b or c."""
    *most, last = words
    return f"{', '.join(most)} or {last}"
