"""Our datastacks are HDF5 files as docs/format.md describes them; other programs' files do no harm."""

import h5py
import numpy as np
import pytest

from maxrf_core import append
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.hdf5_store import new_file
from maxrf_core.errors import DatastackError
from tests.maxrf_core.datastack.small_datastacks import COUNTS, digest, our_kind  # noqa: F401


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


@pytest.mark.parametrize("version", ["1", b"1", [1, 2], "newest", h5py.Empty("i8")])
def test_a_format_version_that_is_not_a_number_is_reported_as_damage(tmp_path, version):
    with new_file(tmp_path / "odd.datastack") as file:
        file.attrs["format_version"] = version
    with pytest.raises(DatastackError, match=r"odd\.datastack is damaged: its format_version is"):
        DataStack(tmp_path / "odd.datastack")


def test_a_format_that_is_no_text_is_not_ours(tmp_path):
    with new_file(tmp_path / "odd.datastack") as file:
        file.attrs["format"] = [1, 2]
    with pytest.raises(DatastackError, match="not a datastack"):
        DataStack(tmp_path / "odd.datastack")


def test_names_and_notes_that_are_no_text_do_no_harm(ours):
    with h5py.File(ours, "r+") as file:
        space = h5py.h5s.create_simple((3,))
        h5py.h5d.create(file.id, b"\xff bad", h5py.h5t.NATIVE_DOUBLE, space)
        h5py.h5a.create(file["maxrf_sumspectrum"].id, b"\xff note", h5py.h5t.NATIVE_DOUBLE, space)
        text = h5py.h5t.C_S1.copy()
        text.set_size(h5py.h5t.VARIABLE)
        bad = h5py.h5a.create(file["maxrf_sumspectrum"].id, b"photo", text, h5py.h5s.create(h5py.h5s.SCALAR))
        bad.write(np.array(b"\xff.png", dtype=object))
    ds = DataStack(ours)
    assert {"maxrf_cube", "maxrf_sumspectrum"} <= set(ds.names)
    assert all(name.isprintable() for name in ds.names)
    notes = ds.attributes("maxrf_sumspectrum")
    assert notes["photo"] == "?.png"
    assert "? note" in notes


def test_attributes_too_large_for_hdf5_leave_the_file_untouched(ours):
    before = digest(ours)
    with pytest.raises(DatastackError, match="attribute 'x' of a cannot be stored"):
        append(np.ones(3), "a", ours, {"x": np.zeros(20_000)})
    assert digest(ours) == before
