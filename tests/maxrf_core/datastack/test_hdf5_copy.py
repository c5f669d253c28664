"""Objects that are copied between HDF5 files keep their attributes and links, and none is copied twice."""

import h5py
import numpy as np
import pytest

from maxrf_core import append, repack
from maxrf_core.datastack.datastack import DataStack
from tests.maxrf_core.datastack.small_datastacks import our_kind  # noqa: F401

LARGE = np.random.default_rng(2).random(40_000)  # cannot be packed to less than 100 kB


@pytest.mark.parametrize(
    "link", [lambda file: file["large"], lambda file: h5py.SoftLink("/large")], ids=["hard", "soft"]
)
def test_an_array_that_other_programs_link_to_is_there_once_after_repack(ours, link):
    append(LARGE, "large", ours)
    repack(ours)
    before = ours.stat().st_size
    with h5py.File(ours, "r+") as file:
        file["results/spectra/all"] = link(file)
        file["second name"] = link(file)
    repack(ours)
    assert ours.stat().st_size < before + 10_000
    with h5py.File(ours) as file:
        assert file["results/spectra/all"] == file["second name"] == file["large"]
        np.testing.assert_array_equal(file["large"][()], LARGE)


def test_an_older_version_that_a_group_links_to_is_kept_in_the_group(ours):
    with h5py.File(ours, "r+") as file:
        file["map"] = np.zeros(3)
        file["results/map"] = file["map"]
    append(np.ones(3), "map", ours)
    repack(ours)
    with h5py.File(ours) as file:
        assert file["results/map"][()].tolist() == [0, 0, 0]
        assert file["map"][()].tolist() == [1, 1, 1]


def test_a_group_is_kept_that_has_the_name_of_an_array(ours):
    with h5py.File(ours, "r+") as file:
        file["results/fit"] = [1, 2]
    assert append(np.ones(3), "results", ours) == "results_"
    repack(ours)
    assert DataStack(ours).read("results").tolist() == [1, 1, 1]
    with h5py.File(ours) as file:
        assert file["results/fit"][()].tolist() == [1, 2]


def test_attributes_and_order_of_groups_are_kept(ours):
    attributes = {
        "text": "é",
        "bytes": np.bytes_(b"fixed"),
        "texts": np.array(["a", "bc"], h5py.string_dtype()),
        "flags": np.array([True, False]),
        "numbers": np.arange(6, dtype=">i2").reshape(2, 3),
        "nothing": h5py.Empty("f4"),
        "one": 2.5,
    }
    with h5py.File(ours, "r+") as file:
        group = file.create_group("results", track_order=True)
        group.attrs.update(attributes)
        group.attrs["reference"] = group.ref
        group["z"], group["a"] = h5py.SoftLink("/nowhere"), h5py.ExternalLink("other.h5", "/x")
        group.create_dataset("fit", data=[1.0]).attrs["units"] = "keV"
    repack(ours)
    with h5py.File(ours) as file:
        group = file["results"]
        assert list(group) == ["z", "a", "fit"]
        assert group.get("z", getlink=True).path == "/nowhere"
        assert group.get("a", getlink=True).filename == "other.h5"
        assert group["fit"].attrs["units"] == "keV"
        assert set(group.attrs) == set(attributes)
        assert group.attrs["nothing"] == h5py.Empty("f4")
        for key in attributes.keys() - {"nothing"}:
            assert np.array_equal(group.attrs[key], attributes[key])
            assert np.asarray(group.attrs[key]).dtype == np.asarray(attributes[key]).dtype
