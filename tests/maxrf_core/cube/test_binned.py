"""A map from binned counts is the band map averaged over 4 × 4 pixels; none is out of date."""

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core import DataStack, convert
from maxrf_core.cube.binned import BIN, NewBinned, bin_counts, is_beside_cube, is_binned
from maxrf_core.cube.packed_chunks import create_cube
from maxrf_core.large_array import is_on_disk
from maxrf_core.readers import ArrayScan
from maxrf_core.untrusted.check import check_untrusted

BINNED = "maxrf_cube_binned"


def counts_of(dtype, shape=(70, 133, 130)):
    return np.random.default_rng(3).poisson(2.0, shape).astype(dtype)


def averaged(values: np.ndarray) -> np.ndarray:
    """Return the means of a map over 4 × 4 pixels, of fewer at its far edges."""
    rows, columns = (range(0, length, BIN) for length in values.shape)
    return np.array([[values[y : y + BIN, x : x + BIN].mean() for x in columns] for y in rows])


@given(
    shape=st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 12)),
    is_wide=st.booleans(),
    seed=st.integers(0, 99),
)
def test_no_count_is_lost_in_bins(shape, is_wide, seed):
    dtype = np.uint16 if is_wide else np.uint8
    counts = np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    sums = bin_counts(counts)
    assert sums.shape == tuple(-(-length // BIN) for length in shape)
    assert sums.sum(dtype=np.int64) == counts.sum(dtype=np.int64)
    assert sums[0, 0, 0] == counts[:BIN, :BIN, :BIN].sum(dtype=np.int64)
    assert sums[-1, -1, -1] == counts[
        BIN * (sums.shape[0] - 1) :, BIN * (sums.shape[1] - 1) :, BIN * (sums.shape[2] - 1) :
    ].sum(dtype=np.int64)


@pytest.fixture(scope="module", params=["u1", "u2"])
def path(request, tmp_path_factory):
    counts = counts_of(request.param)
    if request.param == "u2":
        counts[3, 5, 60] = 40_000
    return convert(ArrayScan(counts), tmp_path_factory.mktemp("binned") / "scan.datastack")


@pytest.mark.parametrize("band", [(0, 130), (40, 80), (128, 130)])
def test_the_map_of_whole_bins_is_the_average_of_the_exact_one(path, band):
    ds = DataStack(path)
    found = ds.binned_map(*band)
    assert found.shape == (18, 34)
    np.testing.assert_allclose(found, averaged(np.asarray(ds.band_map(*band))), rtol=1e-12)


def test_of_a_bin_that_lies_in_the_band_in_part_so_much_is_taken(path):
    ds = DataStack(path)
    whole, part = ds.binned_map(40, 44), ds.binned_map(41, 43)
    np.testing.assert_allclose(part, whole, rtol=1e-12)  # per channel


def test_they_are_no_array_of_the_datastack_and_pass_the_check_of_uploads(path):
    ds = DataStack(path)
    assert BINNED not in ds.names
    check_untrusted(path)
    with h5py.File(path) as file:
        assert is_binned(file, BINNED)
        assert is_beside_cube(file, BINNED)
        assert not is_beside_cube(file, "maxrf_cube")
        assert int(file[BINNED][()].sum(dtype=np.int64)) == int(file["maxrf_cube"][()].sum(dtype=np.int64))


@pytest.mark.parametrize("dtype", ["u4", "f4"])
def test_larger_numbers_have_none(tmp_path, dtype):
    counts = counts_of(dtype, (9, 9, 70))
    counts[0, 0, 0] = 70_000
    ds = DataStack(convert(ArrayScan(counts), tmp_path / "scan.datastack"))
    assert ds.binned_map(10, 20) is None


def test_those_of_a_cube_that_another_program_packed_anew_are_not_used(path, tmp_path):
    other = tmp_path / "other.datastack"
    other.write_bytes(path.read_bytes())
    with h5py.File(other, "r+") as file:
        counts, attributes = file["maxrf_cube"][()], dict(file["maxrf_cube"].attrs)
        del file["maxrf_cube"]
        counts[:, :, 10] = 0
        file.create_dataset("maxrf_cube", data=counts, chunks=(64, 64, 64), compression=9)
        file["maxrf_cube"].attrs.update(attributes)
    assert DataStack(other).binned_map(0, 40) is None


def test_a_new_version_of_the_cube_has_none_of_the_old(path, tmp_path):
    other = tmp_path / "other.datastack"
    other.write_bytes(path.read_bytes())
    ds = DataStack(other)
    ds.append({"maxrf_cube": counts_of("u2")})
    assert ds.binned_map(0, 40) is None


def test_where_chunks_of_zeros_are_not_stored_the_sums_are_zero(tmp_path):
    with h5py.File(tmp_path / "holes.h5", "w") as file:
        cube = create_cube(file, (128, 64, 64), np.dtype("u1"), (64, 64, 64))
        binned = NewBinned(cube)
        binned.add((0, 0, 0), bin_counts(np.ones((64, 64, 64), np.uint8)))
        binned.write()
        assert file[BINNED][:16].min() == BIN**3
        assert not file[BINNED][16:].any()


def test_where_many_rows_come_side_by_side_their_sums_lie_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("maxrf_core.cube.binned.MAX_BYTES", 40_000)
    counts = counts_of("u1", (256, 64, 128))
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        binned = NewBinned(create_cube(file, counts.shape, counts.dtype, (64, 64, 64)))
        for channel in (0, 64):  # as tiles of few channels and all rows come
            for row in range(0, 256, 64):
                part = counts[row : row + 64, :, channel : channel + 64]
                binned.add((row, 0, channel), bin_counts(part))
                waiting = [is_on_disk(band) for band in binned._bands.values()]
                assert waiting.count(False) <= 2
        binned.write()
        assert np.array_equal(file[BINNED][()], bin_counts(counts))


def test_pixels_that_were_never_measured_count_for_nothing(tmp_path):
    counts = counts_of("u1", (20, 24, 64))
    counts[8:13] = 0  # rows that the scanner has lost
    ds = DataStack(convert(ArrayScan(counts), tmp_path / "scan.datastack"))
    assert ds.missing[8:13].all()
    found, exact = ds.binned_map(16, 32), np.asarray(ds.band_map(16, 32))
    assert np.isnan(found[2]).all()
    np.testing.assert_allclose(found[3, 0], np.nanmean(exact[12:16, :4]))
    np.testing.assert_allclose(found[4], averaged(exact)[4])
