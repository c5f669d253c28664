"""Small datastacks of each kind with arrays of all sorts, and what a rescue of them must hold."""

from pathlib import Path

import h5py
import numpy as np

from maxrf_core import append, rescue
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.recovery.rescue import Report
from tests.maxrf_core.datastack.small_datastacks import digest, make

DATA = Path(__file__).resolve().parents[2] / "data" / "maxrf4u"
KILLED = DATA / "killed_during_append_12x16x256.datastack"
FAILED = DATA / "failed_append_zero_array_12x16x256.datastack"
ROOT = Path(__file__).resolve().parents[3]
SPECTRA = {"maxrf_maxspectrum", "maxrf_sumspectrum"}
IMAGE = np.arange(6000, dtype=np.uint16).reshape(60, 100)


def full(kind: str, path: Path) -> Path:
    """Make a small datastack of any kind that holds arrays of all sorts."""
    make(kind, path)
    append(IMAGE, "imvis_reg", path, {"photo": "a.tif"})
    append(IMAGE[::-1], "imvis_reg", path)
    append(np.array(["Fe", "Kα"]), "elements", path)
    append(np.arange(12.0), "imvis_points", path)
    append(np.array(5), "one", path)
    return path


def content(path: Path) -> dict[str, np.ndarray]:
    ds = DataStack(path)
    return {name: ds.read(name, latest=False) for name in ds.names}


def rescued(broken: Path) -> tuple[Report, dict[str, np.ndarray]]:
    """Rescue a file, check that it and its folder are unchanged, and return the report and the arrays."""
    before, state, folder = digest(broken), broken.stat(), set(broken.parent.iterdir())
    out = broken.with_name("saved.datastack")
    report = rescue(broken, out, overwrite=True)
    assert digest(broken) == before
    assert broken.stat().st_mtime_ns == state.st_mtime_ns
    assert set(broken.parent.iterdir()) - folder <= {out}
    saved = content(out)
    assert set(report.saved) == set(saved)
    return report, saved


def assert_as_they_were(report: Report, saved: dict[str, np.ndarray], truth: dict[str, np.ndarray]) -> None:
    """Check that arrays reported as intact equal the truth, and so do the remaining pieces of the others."""
    damage = dict(report.damaged)
    for name in report.saved:
        if name not in damage:
            np.testing.assert_array_equal(saved[name], truth[name])
        elif name in truth and "pieces" in damage[name] and saved[name].dtype.kind != "U":
            same = saved[name] == truth[name]
            assert same[saved[name] != 0].all()
            assert same.any()
            with h5py.File(report.path) as file:
                assert file[name].attrs["rescued"] == damage[name]


def attempt(broken: Path) -> tuple[Report, dict[str, np.ndarray]]:
    """Rescue a file; if nothing is left, check that the error is one sentence and no file appears."""
    try:
        return rescued(broken)
    except DatastackError as error:
        told = str(error)
    assert f"Nothing can be saved from {broken.name}" in told
    assert [path.name for path in broken.parent.iterdir()] == [broken.name]
    return Report(broken, ()), {}
