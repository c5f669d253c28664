"""Which files are datastacks is told at once, and of all others in one sentence what they are."""

import h5py
import numpy as np
import pytest

from maxrf_core import append, repack
from maxrf_core.datastack import DataStack
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.hdf5_store import new_file
from tests.maxrf_core.small_datastacks import COUNTS, each_kind, our_kind  # noqa: F401


def test_plain_h5py_sees_the_file_that_docs_format_describes(ours):
    with h5py.File(ours) as file:
        assert file.attrs["format"] == "maxrf-datastack"
        assert file.attrs["format_version"] == 1
        assert {"created", "software"} <= set(file.attrs)
        assert file["maxrf_cube"].dtype == np.uint8
        assert file["maxrf_cube"].compression == "gzip"
        np.testing.assert_array_equal(file["maxrf_cube"][()], COUNTS)
        assert file["maxrf_energies"].dtype == np.float64
        assert {"gain", "offset", "source"} <= set(file["maxrf_energies"].attrs)
        assert file["maxrf_maxspectrum"].dtype == np.float32
        assert file["maxrf_maxspectrum"].attrs["smoothing_sigma"] == 7
        assert file["maxrf_sumspectrum"].dtype == np.float64
        np.testing.assert_allclose(file["maxrf_sumspectrum"][()], COUNTS.mean(axis=(0, 1)))


BAD_FILES = {
    "empty": b"",
    "text": b"width 20\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "the start of HDF5": b"\x89HDF\r\n\x1a\n" + bytes(2000),
    "the start of a zip": b"PK\x03\x04" + bytes(2000),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_what_is_no_datastack_is_refused_in_one_sentence_and_untouched(tmp_path, what):
    path = tmp_path / "bad.datastack"
    path.write_bytes(BAD_FILES[what])
    for attempt in (DataStack, repack, lambda path: append(np.ones(3), "a", path)):
        with pytest.raises(DatastackError, match=r"bad\.datastack is"):
            attempt(path)
    assert path.read_bytes() == BAD_FILES[what]
    assert [left.name for left in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_datastack_is_told_as_damaged(path, kept):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(DatastackError, match="is damaged"):
        DataStack(path)


def test_hdf5_and_zip_files_of_other_kinds_are_told_apart(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["data"] = [1, 2]
    with pytest.raises(DatastackError, match="HDF5 file but not a datastack"):
        DataStack(tmp_path / "other.h5")
    np.savez(tmp_path / "other.npz", a=np.ones(3))
    with pytest.raises(DatastackError, match="zip file but not a datastack"):
        DataStack(tmp_path / "other.npz")
    with new_file(tmp_path / "future.datastack") as file:
        file.attrs["format_version"] = 99
    with pytest.raises(DatastackError, match="newer version"):
        DataStack(tmp_path / "future.datastack")


def test_a_folder_and_a_missing_file_are_told(tmp_path):
    with pytest.raises(DatastackError, match="is a folder"):
        DataStack(tmp_path)
    with pytest.raises(DatastackError, match="There is no file"):
        DataStack(tmp_path / "absent.datastack")


def test_a_datastack_without_a_cube_opens_and_says_what_is_missing(tmp_path):
    with new_file(tmp_path / "empty.datastack"):
        pass
    ds = DataStack(tmp_path / "empty.datastack")
    assert ds.names == []
    with pytest.raises(MaxrfError, match="There is no array 'maxrf_cube'"):
        ds.band_map(1, 2)
    assert ds.append({"first": np.ones(2)}) == {"first": "first"}
