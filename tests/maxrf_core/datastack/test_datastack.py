"""A datastack is read by the names that maxrf4u's users know; its numbers are those of the counts."""

import h5py
import numpy as np
import pytest

import maxrf_core
from maxrf_core import append
from maxrf_core.conversion.convert import convert
from maxrf_core.cube.regions import Region
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.datastack.small_datastacks import (  # noqa: F401
    COUNTS,
    each_kind,
    our_kind,
)


def test_the_names_that_users_of_maxrf4u_know_work_as_in_a_notebook(path, capsys):
    ds = maxrf_core.DataStack(path)
    x_keVs = ds.read("maxrf_energies")
    cube = ds.read("maxrf_cube", compute=False)
    mask = (x_keVs > 1.05) & (x_keVs < 2.05)
    by_hand = cube[:, :, mask].compute().sum(axis=2) / 10
    np.testing.assert_allclose(by_hand, COUNTS[:, :, 14:24].mean(axis=2), rtol=1e-6)
    np.testing.assert_allclose(ds.band_map(1.05, 2.05), by_hand, rtol=1e-6)
    np.testing.assert_array_equal(ds.maxrf_cube[3, 4].compute(), COUNTS[3, 4])
    assert ds.datapath_list == ds.names
    assert {"maxrf_cube", "maxrf_energies"} <= set(ds.names)
    maxrf_core.tree(path)
    ds.tree(show_arrays=True)
    first, second = capsys.readouterr().out.split(str(path))[1:]
    assert first == second
    assert "maxrf_cube" in first
    assert "20 × 17 × 90" in first
    assert repr(ds) == f"DataStack({str(path)!r})"
    with pytest.raises(AttributeError, match="There is no array 'maxrf_qube'"):
        _ = ds.maxrf_qube


def test_the_numbers_are_those_of_the_counts(path):
    ds = DataStack(path)
    assert ds.shape == COUNTS.shape
    assert ds.axis.unit == "keV"
    np.testing.assert_allclose(ds.axis.values, -0.3 + 0.1 * np.arange(90))
    np.testing.assert_array_equal(ds.spectrum(4, 3), COUNTS[3, 4])
    np.testing.assert_allclose(
        ds.region_spectrum(Region.rectangle(2, 5, 8, 6)).mean, COUNTS[5:7, 2:9].mean(axis=(0, 1))
    )
    np.testing.assert_array_equal(ds.cube().read(*[slice(2, 9)] * 3), COUNTS[2:9, 2:9, 2:9])
    np.testing.assert_array_equal(ds.read("maxrf_cube"), COUNTS)
    assert ds.written_by_maxrf4u == (not h5py.is_hdf5(path))


def test_the_axis_is_read_once_until_the_file_changes(ours):
    ds = DataStack(ours)
    assert ds.axis is ds.axis
    before = ds.axis
    append(np.ones(3), "other", ours)
    assert ds.axis is not before


def test_the_size_of_a_pixel_is_kept_in_the_file(tmp_path):
    path = convert(ArrayScan(np.ones((6, 5, 40), np.uint16)), tmp_path / "sized.datastack")
    DataStack(path).set_pixel_size(0.5, 0.25)
    assert list(DataStack(path).about["pixel_size_mm"]) == [0.5, 0.25]
    for width in (0, -1, 1000, float("nan")):
        with pytest.raises(DatastackError, match="wide and high"):
            DataStack(path).set_pixel_size(width, 0.25)
