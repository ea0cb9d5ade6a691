"""The accounts of a data folder as this computer opens them."""

from __future__ import annotations

import secrets
from pathlib import Path

from openress.accounts import ACCOUNTS_FILE, AccountBook, Ledger
from openress.clock import unix_s

__all__ = ["open_book"]


def open_book(folder: Path) -> AccountBook:
    """The accounts of a data folder, by this computer's clock and chance.

    Raises:
        PortError: they cannot be opened.
    """
    return AccountBook(Ledger(folder / ACCOUNTS_FILE), clock_s=unix_s, random=secrets.token_bytes)
