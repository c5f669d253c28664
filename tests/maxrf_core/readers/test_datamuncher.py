"""Maps of Datamuncher, laid out as its documentation says."""

import numpy as np
import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers import open_maps

VALUES = np.linspace(0.5, 80.0, 2 * 3 * 5).reshape(2, 3, 5)


def written(path, values, names=b"Fe-K\nCa-K"):
    count, height, width = values.shape
    path.write_bytes(b"2\n%d %d %d\n" % (width, height, count) + values.tobytes() + names)
    return path


@pytest.mark.parametrize("dtype", ["<f4", "<f8", "u1", "<i2"])
def test_the_type_of_numbers_follows_from_the_size(tmp_path, dtype):
    values = VALUES.astype(dtype)
    scan = open_maps(written(tmp_path / "ink.dms", values))
    assert scan.map_names == ("Fe-K", "Ca-K")
    assert scan.shape == (3, 5, 0)
    for number in range(2):
        np.testing.assert_array_equal(scan.read_map(number), values[number])
        assert scan.read_map(number).dtype == values.dtype


@pytest.mark.parametrize("dtype", ["<i4", "<i8"])
def test_whole_numbers_are_not_taken_for_fractions_of_the_same_size(tmp_path, dtype):
    scan = open_maps(written(tmp_path / "ink.dms", VALUES.astype(dtype)))
    np.testing.assert_array_equal(scan.read_map(1), VALUES[1].astype(dtype))
    assert "whole numbers" in scan.notes[0]


def test_numbers_written_as_text_are_read(tmp_path):
    path = tmp_path / "ink.IMS"
    numbers = "\n".join(" ".join(f"{value:.6g}" for value in row) for row in VALUES.reshape(-1, 2))
    path.write_text(f"2\n5 3 2\n{numbers}\nFe-K\nCa-K\n")
    scan = open_maps(path)
    assert scan.map_names == ("Fe-K", "Ca-K")
    np.testing.assert_allclose(scan.read_map(1), VALUES[1], rtol=1e-5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"2\n5 3 2\n" + bytes(50), "fit no type of numbers"),
        (b"3\n5 3 2 1\n" + bytes(120), "no file of Datamuncher"),
        (b"2\n99999 99999 2\n" + bytes(120), "would hold 2 maps of 99,999"),
        (b"", "no file of Datamuncher"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(tmp_path, content, said):
    path = tmp_path / "ink.dms"
    path.write_bytes(content)
    with pytest.raises(ScanError, match=said):
        open_maps(path)


def test_a_text_that_ends_too_early_is_refused(tmp_path):
    path = tmp_path / "ink.ims"
    path.write_text("2\n5 3 2\n1 2 3\nFe-K\nCa-K\n")
    with pytest.raises(ScanError, match="holds 3 values before its names, and its header says 30"):
        open_maps(path)
