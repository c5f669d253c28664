"""Any cube of an HDF5 file opens, with its axes by choice."""

import numpy as np

from maxrf_core.readers import choices_of, format_of, open_scan
from tests.maxrf_core.readers.hdf5_files import counts_of, write_hdf5


def test_the_visitor_chooses_the_array_and_its_axes(tmp_path):
    counts = counts_of((40, 20, 30))
    path = write_hdf5(tmp_path / "scan.h5", {"run/a": counts, "run/b": counts_of((2, 3, 16))}, {})
    assert format_of(path).name == "HDF5"
    choices = {choice.key: choice for choice in choices_of(path)}
    assert list(choices)[:2] == ["run/a:cyx", "run/b:yxc"]  # the best guess of each comes first
    assert choices["run/a:ycx"].words == ("run/a (rows × channels × columns): 30 × 40 pixels, 20 channels")
    scan = open_scan(path, choice="run/a:ycx")
    np.testing.assert_array_equal(scan.read(slice(None), slice(None)), counts.transpose(0, 2, 1))


def test_detectors_on_a_fourth_axis_are_summed(tmp_path):
    counts = counts_of((5, 6, 3, 64))
    scan = open_scan(write_hdf5(tmp_path / "scan.h5", {"a": counts}, {}))
    np.testing.assert_array_equal(scan.read(slice(None), slice(None)), counts.sum(axis=2))
