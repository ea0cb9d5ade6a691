"""An event loop whose time is made, see `openress.drill.madetime`."""

from openress.drill.madetime import FastLoop, run_fast

__all__ = ["FastLoop", "run_fast"]
