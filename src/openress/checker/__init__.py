"""A second opinion: the safety invariants, stated once more over what a BMS is given and what it says.

It shares no judgement, no table and no state with `openress.bms`, only the two types that pass in and out. It opens
nothing and limits nothing: it watches, in every simulated run and beside a live one, and tells what must not be.
"""

from openress.checker.breach import Breach
from openress.checker.monotone import loosened
from openress.checker.pack import PackChecker
from openress.checker.rack import RackChecker
from openress.checker.settings import disordered, torn, unguarded

__all__ = ["Breach", "PackChecker", "RackChecker", "disordered", "loosened", "torn", "unguarded"]
