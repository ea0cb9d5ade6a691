"""Run all benchmarks, or those named: `python -m benchmarks codec`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks

PARTS = ("__main__", "beat", "lan", "timing")
"""What measures nothing by itself."""
NAMES = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in PARTS]


def main() -> None:
    """Run them one after another."""
    wanted = sys.argv[1:] or NAMES
    for name in wanted:
        if name not in NAMES:
            sys.exit(f"There is no benchmark {name!r}; known: {', '.join(NAMES)}.")
        print(f"== {name}")
        importlib.import_module(f"benchmarks.{name}").main()


main()
