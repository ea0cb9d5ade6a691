"""Where the page is when nobody says otherwise: this computer alone can reach it."""

from __future__ import annotations

__all__ = ["HOST", "PORT"]

HOST = "127.0.0.1"
PORT = 8080
