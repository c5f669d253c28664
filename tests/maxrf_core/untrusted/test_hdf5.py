"""An uploaded HDF5 file holds plain numbers and texts, or it is refused."""

import math

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.untrusted.check import check_untrusted
from maxrf_core.untrusted.hdf5 import PIECE, _pieces
from tests.maxrf_core.datastack.small_datastacks import our_kind  # noqa: F401
from tests.maxrf_core.untrusted.refusals import refused

GZIP = {"compression": "gzip"}


def odd_values(file):
    """Values of each type that is neither numbers nor texts, with that type."""
    return odd_values_of(file) | {
        "region": (file["maxrf_cube"].regionref[:2, :2, :2], h5py.regionref_dtype),
    }


def odd_values_of(file):
    """Those of them that any file can hold."""
    several = np.empty(2, object)
    several[:] = [np.arange(3, dtype=np.int32), np.arange(2, dtype=np.int32)]
    return {
        "reference": (file.ref, h5py.ref_dtype),
        "ragged": (several, h5py.vlen_dtype(np.int32)),
        "bytes": (np.zeros(2, "V8"), None),
        "record": (np.zeros(2, [("a", int), ("b", float)]), None),
    }


@pytest.mark.parametrize("kind", ["reference", "region", "ragged", "bytes", "record"])
@pytest.mark.parametrize("place", ["array", "attribute"])
def test_references_and_objects_are_refused_as_arrays_and_as_attributes(ours, kind, place):
    with h5py.File(ours, "r+") as file:
        value, dtype = odd_values(file)[kind]
        if place == "array":
            file.create_dataset("odd", data=value, dtype=dtype)
        else:
            file["maxrf_cube"].attrs.create("odd", value, dtype=dtype)
    refused(ours, "neither numbers nor texts")


def test_a_filter_not_built_into_hdf5_is_refused_only_in_uploads(ours):
    with h5py.File(ours, "r+") as file:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((10,))
        properties.set_filter(32_015, h5py.h5z.FLAG_OPTIONAL, (3,))  # zstd, which is a plugin
        space = h5py.h5s.create_simple((10,))
        h5py.h5d.create(file.id, b"packed", h5py.h5t.NATIVE_INT32, space, properties)
    refused(ours, "packed with .*only gzip")
    assert "packed" in DataStack(ours).names


@pytest.mark.parametrize("name", ["a\nb", ".hidden", "x" * 300, "‮cube", "a\\b"])
def test_an_array_with_an_invalid_name_is_refused(ours, name):
    with h5py.File(ours, "r+") as file:
        file[name] = np.zeros(3)
    with pytest.raises(DatastackError, match="name"):
        check_untrusted(ours)


def test_too_many_objects_in_a_file_are_refused(ours):
    with h5py.File(ours, "r+") as file:
        group = file.create_group("many")
        for number in range(10_001):
            group[f"{number}"] = h5py.SoftLink("/maxrf_cube")
    refused(ours, "more than 10,000")


@pytest.mark.parametrize(
    ("shape", "chunks"),
    [((3, 1_000_000), (3, 3)), ((700, 500, 3), (2, 7, 3)), ((90, 3_000_000), None), ((5,), (5,)), ((), None)],
)
def test_an_array_of_many_chunks_is_read_in_few_pieces(tmp_path, shape, chunks):
    with h5py.File(tmp_path / "many.h5", "w") as file:
        dataset = file.create_dataset("many", shape, np.float64, chunks=chunks)
        pieces = [
            [range(*each.indices(length)) for each, length in zip(piece, shape, strict=True)]
            for piece in _pieces(dataset)
        ]
    assert len(pieces) <= 350  # a million chunks one by one take half a minute
    sizes = [math.prod(map(len, piece)) for piece in pieces]
    assert sum(sizes) == math.prod(shape)
    assert max(sizes) * 8 <= PIECE
    assert len({tuple(side.start for side in piece) for piece in pieces}) == len(pieces)
    corners = [
        side.start % chunk for piece in pieces for side, chunk in zip(piece, chunks or (), strict=False)
    ]
    assert not any(corners)


def test_another_programs_file_may_hold_objects_that_are_never_read(tmp_path):
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w") as file:
        file["scan"] = np.ones((3, 4, 32), "u2")
        for kind, (value, dtype) in odd_values_of(file).items():
            file.create_dataset(f"other/{kind}", data=value, dtype=dtype)
    check_untrusted(path)


@pytest.mark.parametrize("fault", ["link", "filter", "huge", "short chunk"])
def test_a_hostile_file_of_another_program_is_refused(tmp_path, fault):
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w") as file:
        cube = file.create_dataset("scan", data=np.ones((30, 40, 32), "u2"), chunks=(10, 40, 32), **GZIP)
        if fault == "link":
            file["else"] = h5py.ExternalLink("secret.h5", "/a")
        elif fault == "filter":
            file.create_dataset("lzf", data=np.ones(50), compression="lzf")
        elif fault == "huge":
            file.create_dataset("huge", (100_000, 100_000, 64), "u2", chunks=(100, 100, 64), **GZIP)
        else:
            cube.id.write_direct_chunk((0, 0, 0), b"abc")
    with pytest.raises(DatastackError, match=r"refused|damaged"):
        check_untrusted(path)
