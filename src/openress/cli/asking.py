"""Asking an OpenRESS that runs, over the API of its page."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Any

from openress.address import HOST, PORT
from openress.errors import ParameterError, PortError

__all__ = ["DEFAULT_URL", "ask"]

ANSWERS_WITHIN_S = 5.0
FROM_ENVIRONMENT = "OPENRESS_TOKEN"
"""Variable with a token, for a program that asks who one is; never an option, which others could see."""
DEFAULT_URL = f"http://{HOST}:{PORT}"


def ask(url: str, path: str, *, part: str = "such part") -> dict[str, Any]:
    """What it answers to `path`, which begins with a slash.

    Args:
        url: of the page.
        path: of a route, with the question.
        part: which a program lacks that does not know the route.

    Raises:
        ParameterError: `url` is none.
        PortError: nobody answers there, or with a refusal.
    """
    if not url.startswith(("http://", "https://")):
        raise ParameterError(f"--url {url}: write it as {DEFAULT_URL}.")
    try:
        asked = urllib.request.Request(url.rstrip("/") + path, headers=_headers())  # noqa: S310 - checked above
        with urllib.request.urlopen(asked, timeout=ANSWERS_WITHIN_S) as answer:  # noqa: S310 - likewise
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        raise PortError(_refusal(url, error, part)) from error
    except (OSError, ValueError) as error:
        raise PortError(
            f"No OpenRESS answers at {url}: start one with `openress up`, or say where it is with --url."
        ) from error
    return found


def _headers() -> dict[str, str]:
    token = os.environ.get(FROM_ENVIRONMENT, "")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _refusal(url: str, error: urllib.error.HTTPError, part: str) -> str:
    """What the program said, or what is wrong with it."""
    try:
        detail = json.load(error).get("detail")
    except (ValueError, AttributeError):
        detail = None
    # A path that it does not have is told so by a program of any version, and by most others.
    if isinstance(detail, str) and detail != "Not Found" and not detail.startswith("There is no /"):
        return detail
    return f"{url} does not tell that (HTTP {error.code}): it has no {part}, or is no OpenRESS of this version."
