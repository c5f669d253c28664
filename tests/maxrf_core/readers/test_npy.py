"""Cubes that NumPy wrote open in any order of axes; pickles and other arrays are refused in a sentence."""

import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.errors import ScanError
from maxrf_core.readers import choices_of, format_of, open_scan
from maxrf_core.readers.npy import NpyScan, is_npy_cube
from maxrf_core.untrusted.check import check_untrusted

WHOLE = (slice(None), slice(None))
COUNTS = np.random.default_rng(7).poisson(3, (20, 7, 32))


@pytest.mark.parametrize("dtype", ["u1", "<u2", ">u2", ">i4", "f2", "<f4", ">f8", "u8"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("axes", ["yxc", "cyx", "ycx"])
def test_any_block_reads_as_numpy_reads_it(tmp_path, dtype, order, axes):
    path = tmp_path / "scan.npy"
    np.save(path, np.asarray(COUNTS.transpose(["yxc".index(name) for name in axes]), dtype, order=order))
    check_untrusted(path)
    assert format_of(path).name == "NumPy"
    assert axes in {choice.key for choice in choices_of(path)}
    scan = open_scan(path, choice=axes)
    assert (scan.shape, scan.dtype) == (COUNTS.shape, np.dtype(dtype).newbyteorder("="))
    np.testing.assert_array_equal(scan.read(*WHOLE), COUNTS)
    part = (slice(1, 20, 3), slice(2, 3), slice(5, 30, 2))
    np.testing.assert_array_equal(scan.read(*part), COUNTS[part])


def test_the_datastack_holds_the_counts_and_says_how_the_axes_were_read(tmp_path):
    path = tmp_path / "scan.npy"
    np.save(path, COUNTS.transpose(2, 0, 1).astype(np.int64))
    made = DataStack(convert(open_scan(path, choice="cyx"), tmp_path / "scan.datastack"))
    counts = made.read("maxrf_cube")
    np.testing.assert_array_equal(counts, COUNTS)
    assert counts.dtype == np.uint8
    assert made.attributes("maxrf_cube")["read_from"] == "cyx"


def test_what_is_no_cube_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "a.npy"
    for array, words in (
        (np.zeros((3, 4)), r"holds no cube of counts, but an array of 3 × 4 \(float64\)"),
        (np.zeros((2, 3, 64), complex), "holds no cube of counts"),
        (np.array([[[None] * 64]]), "holds no cube of counts"),  # a pickle
        (np.zeros((0, 3, 64)), "holds no cube of counts"),
        (np.zeros((2, 3, 64), "u2,f4"), "holds no cube of counts"),
    ):
        np.save(path, array)
        assert format_of(path) is None
        with pytest.raises(ScanError, match=words):
            open_scan(path)
    np.save(path, COUNTS)
    with pytest.raises(ScanError, match="holds no 'xyc'; it holds yxc; cyx"):
        open_scan(path, choice="xyc")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ScanError, match=r"a\.npy is cut off"):
        NpyScan(path)
    path.write_bytes(b"\x93NUMPY\x01\x00\xff\xff{'descr'")
    with pytest.raises(ScanError, match="cannot be read as a file of NumPy"):
        open_scan(path)


def test_a_header_that_ends_inside_its_text_is_told(tmp_path):
    path = tmp_path / "scan.npy"
    header = b"{'descr': '<u2', 'fortran_order': False, 'shape': (4, 3, 64\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(2000))
    assert not is_npy_cube(path)
    with pytest.raises(ScanError, match="cannot be read as a file of NumPy"):
        open_scan(path)
