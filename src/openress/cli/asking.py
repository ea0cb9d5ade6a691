"""Asking an OpenRESS that runs, over its API."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Any

import click

from openress.config import HttpConfig
from openress.errors import ParameterError, PortError

__all__ = ["DEFAULT_URL", "ask", "url_option"]

ANSWERS_WITHIN_S = 5.0
FROM_ENVIRONMENT = "OPENRESS_TOKEN"
"""Variable with a token, for a program that asks who one is; never an option, which others could see."""
DEFAULT_URL = f"http://{HttpConfig().host}:{HttpConfig().port}"

url_option = click.option(
    "--url", default=DEFAULT_URL, show_default=True, help="Where the page of the running OpenRESS is."
)


def ask(url: str, path: str, *, lacks: str) -> dict[str, Any]:
    """What the program at `url` answers.

    Args:
        url: of its page.
        path: of a route below it, with the question.
        lacks: what is said of a program that does not know the route, such as `explains nothing`.

    Raises:
        ParameterError: `url` is none.
        PortError: nobody answers, or the answer is a refusal; in its words.
    """
    if not url.startswith(("http://", "https://")):
        raise ParameterError(f"--url {url}: write it as {DEFAULT_URL}.")
    try:
        asked = urllib.request.Request(f"{url.rstrip('/')}/{path}", headers=_headers())  # noqa: S310 - checked above
        with urllib.request.urlopen(asked, timeout=ANSWERS_WITHIN_S) as answer:  # noqa: S310 - likewise
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        raise PortError(_refusal(url, error, lacks)) from error
    except (OSError, ValueError) as error:
        raise PortError(
            f"No OpenRESS answers at {url}: start one with `openress up`, or say where it is with --url."
        ) from error
    return found


def _headers() -> dict[str, str]:
    token = os.environ.get(FROM_ENVIRONMENT, "")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _refusal(url: str, error: urllib.error.HTTPError, lacks: str) -> str:
    """What the program said, or what is wrong with it."""
    try:
        detail = json.load(error).get("detail")
    except (ValueError, AttributeError):
        detail = None
    if isinstance(detail, str) and detail != "Not Found":
        return detail
    return f"{url} {lacks} (HTTP {error.code}), or is no OpenRESS of this version."
