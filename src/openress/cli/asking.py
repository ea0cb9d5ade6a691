"""Asking an OpenRESS that runs, over the API of its page."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from openress.config import HttpConfig
from openress.errors import ParameterError, PortError

__all__ = ["DEFAULT_URL", "ask"]

ANSWERS_WITHIN_S = 5.0
DEFAULT_URL = f"http://{HttpConfig().host}:{HttpConfig().port}"


def ask(url: str, path: str) -> dict[str, Any]:
    """What it answers to `path`, which begins with a slash.

    Raises:
        ParameterError: `url` is none.
        PortError: nobody answers there, or with a refusal.
    """
    if not url.startswith(("http://", "https://")):
        raise ParameterError(f"--url {url}: write it as {DEFAULT_URL}.")
    try:
        with urllib.request.urlopen(url.rstrip("/") + path, timeout=ANSWERS_WITHIN_S) as answer:  # noqa: S310 - checked above
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        raise PortError(_refusal(url, error)) from error
    except (OSError, ValueError) as error:
        raise PortError(
            f"No OpenRESS answers at {url}: start one with `openress up`, or say where it is with --url."
        ) from error
    return found


def _refusal(url: str, error: urllib.error.HTTPError) -> str:
    """What the program said, or what is wrong with it."""
    try:
        detail = json.load(error).get("detail")
    except (ValueError, AttributeError):
        detail = None
    if isinstance(detail, str) and detail != "Not Found":
        return detail
    return f"{url} does not tell that (HTTP {error.code}): it has no such part, or is no OpenRESS of this version."
