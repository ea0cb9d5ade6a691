"""Reading logs: names, signs, and what is said about a bad file."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="needs the extra `analysis`")

import h5py
import numpy as np
import scipy.io

from openress.cellfit.logs import Columns, read_log, read_ocv
from openress.errors import ParameterError

NAMES = Columns(time="t", voltage="v", current="i", soc="z", temperature="c", discharge_positive=True, cells=2)


def text(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_csv(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", "day,t,v,i,z,c", "monday,5,6.6,2,50,20", "monday,6,6.5,2,49,21")
    log = read_log(path, NAMES)
    assert log.time_s.tolist() == [0, 1]
    assert log.voltage_v.tolist() == [3.3, 3.25]
    assert log.current_a.tolist() == [-2, -2]
    assert log.temperature_c.tolist() == [20, 21]
    assert log.soc is not None
    assert log.soc.tolist() == [0.5, 0.49]


def test_mat_of_both_kinds(tmp_path: Path) -> None:
    arrays = {"t": np.arange(3.0), "v": np.full(3, 6.6), "i": np.ones(3), "z": np.full(3, 0.5), "c": np.full(3, 9.0)}
    scipy.io.savemat(tmp_path / "old.mat", {"run": arrays})
    with h5py.File(tmp_path / "new.mat", "w") as file:
        for name, values in arrays.items():
            file[f"run/{name}"] = values
    columns = Columns("run.t", "run.v", "run.i", "run.z", "run.c")
    for name in ("old.mat", "new.mat"):
        log = read_log(tmp_path / name, columns)
        assert log.current_a.tolist() == [1, 1, 1]
        assert log.temperature_c.tolist() == [9, 9, 9]


def test_curves_are_sorted(tmp_path: Path) -> None:
    path = text(tmp_path / "ocv.csv", "soc,up,down", "100,3.6,3.5", "0,2.8,2.5")
    curves = read_ocv(path, "soc", "up", "down")
    assert (curves.soc.tolist(), curves.charge_v.tolist()) == ([0, 1], [2.8, 3.6])


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("t,v,i",), "no rows"),
        (("t,v,x", "1,2,3"), "no column of numbers i; it has t, v, x"),
        (("t,v,i", "1,2,", "2,3,4"), "no column of numbers i"),
        (("t,v,i", "2,2,1", "1,3,4"), "runs backwards after row 1"),
        (("t,v,i", "1,nan,1", "2,3,4"), "v of .* no numbers"),
    ],
)
def test_a_bad_log_is_explained(tmp_path: Path, lines: tuple[str, ...], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        read_log(text(tmp_path / "bad.csv", *lines), Columns("t", "v", "i"))


def test_a_file_that_is_no_mat_file(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no MAT file"):
        read_log(text(tmp_path / "bad.mat", "hello" * 50), NAMES)
    with pytest.raises(ParameterError, match="cannot be read"):
        read_log(tmp_path / "none.csv", NAMES)


def test_columns_of_different_records_are_refused(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "a.mat", {"t": np.arange(3.0), "v": np.ones(4), "i": np.ones(3)})
    with pytest.raises(ParameterError, match="t 3, v 4, i 3"):
        read_log(tmp_path / "a.mat", Columns("t", "v", "i"))
