"""Analysis of measured cells: fit a profile, run the estimator over a log. Needs the extra `analysis`."""

from __future__ import annotations

from importlib.util import find_spec

from openress.errors import ParameterError

__all__: list[str] = []

if _missing := [name for name in ("numpy", "scipy", "matplotlib", "h5py") if find_spec(name) is None]:
    raise ParameterError(
        f"this needs {', '.join(_missing)}, which the plain installation leaves out; "
        "run `pip install openress[analysis]`"
    )
