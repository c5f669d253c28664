"""Chunks of a wrong size never crash HDF5, nor expose other memory."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core import DataStack
from maxrf_core.cube.stored_chunks import Pipeline, is_unpacked_here, read_values
from maxrf_core.errors import DatastackError
from maxrf_core.untrusted.check import check_untrusted
from maxrf_core.untrusted.child import examine
from tests.maxrf_core.datastack.small_datastacks import make, our_kind  # noqa: F401

SHORT = {
    "3 bytes": lambda size: b"abc",
    "nearly nothing, packed": lambda size: zlib.compress(b"abc"),
    "one byte too few, packed": lambda size: zlib.compress(bytes(size - 1)),
    "one byte too many, packed": lambda size: zlib.compress(bytes(size + 1)),
    "no packed bytes": lambda size: b"nothing that zlib knows" * 5,
}
PACKED = {
    "gzip": {"compression": "gzip"},
    "shuffle and gzip": {"compression": "gzip", "shuffle": True},
    "fletcher32": {"fletcher32": True},
    "gzip and fletcher32": {"compression": "gzip", "fletcher32": True},
    "shuffle": {"shuffle": True},
}
TYPES = ["u1", "<u2", ">i4", "f4", ">f8"]


@settings(max_examples=60)
@given(
    st.sampled_from(TYPES), st.booleans(), st.booleans(), st.sampled_from([None, 1, 9]),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=4), st.integers(0, 99),
)  # fmt: skip
def test_values_are_those_that_hdf5_reads(tmp_path_factory, dtype, shuffle, checked, level, axes, seed):
    shape, chunks = tuple(length for length, _ in axes), tuple(min(pair) for pair in axes)
    values = np.random.default_rng(seed).integers(0, 5, shape).astype(dtype)
    path = tmp_path_factory.mktemp("packed") / "a.h5"
    with h5py.File(path, "w") as file:
        options = {"compression": level and "gzip", "compression_opts": level, "shuffle": shuffle}
        file.create_dataset("a", data=values, chunks=chunks, fletcher32=checked, **options)
        whole = file.create_dataset("hole", shape, dtype, chunks=chunks, fillvalue=7, **options)
        whole[tuple(slice(0, size) for size in chunks)] = 1
    with h5py.File(path) as file:
        for dataset in file.values():
            assert is_unpacked_here(dataset)
            found = read_values(dataset)
            assert found.dtype == dataset.dtype
            np.testing.assert_array_equal(found, dataset[()])


def test_numbers_of_another_layout_are_left_to_hdf5(tmp_path):
    twelve_bits = h5py.h5t.STD_U16LE.copy()
    twelve_bits.set_precision(12)
    twelve_bits.set_offset(4)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((5,))
        h5py.h5d.create(file.id, b"a", twelve_bits, h5py.h5s.create_simple((5,)), properties)
        file["a"][...] = np.arange(5)
        file.create_dataset("flags", data=np.array([True, False]), chunks=(2,), compression="gzip")
    with h5py.File(tmp_path / "a.h5") as file:
        assert not is_unpacked_here(file["a"])
        assert read_values(file["a"]).tolist() == [0, 1, 2, 3, 4]
        assert read_values(file["flags"]).tolist() == [True, False]


def craft(path, name, packed, stored, dtype="u1"):
    """Append an array, or put another cube in the place of the cube, of which one chunk is bad."""
    with h5py.File(path, "r+") as file:
        if name in file:
            del file[name]
        shape, chunks = (20, 18, 90), (10, 9, 90)
        dataset = file.create_dataset(name, data=np.ones(shape, dtype), chunks=chunks, **PACKED[packed])
        size = int(np.prod(chunks)) * np.dtype(dtype).itemsize
        dataset.id.write_direct_chunk((10, 9, 0), SHORT[stored](size))


@pytest.mark.parametrize("name", ["imvis_reg", "maxrf_cube"])
@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("stored", SHORT)
def test_every_reader_raises_a_sentence_for_a_bad_chunk(ours, name, packed, stored):
    craft(ours, name, packed, stored)
    ds = DataStack(ours)  # as a file in one's own folder, which nobody has checked
    with pytest.raises(DatastackError, match="damaged"):
        ds.read(name)
    with pytest.raises(DatastackError, match="damaged"):
        ds.cube(name).band_map(0, 90)
    with pytest.raises(DatastackError, match=r"scan\.datastack is (refused|damaged)"):
        examine(ours, "untrusted.hdf5:check_hdf5")


@pytest.mark.parametrize("kind", ["texts", "flags"])
def test_what_only_hdf5_can_read_is_checked_before(ours, kind):
    values = np.array(["Fe", "Ca"], h5py.string_dtype()) if kind == "texts" else np.array([True, False])
    with h5py.File(ours, "r+") as file:
        dataset = file.create_dataset("odd", data=values, chunks=(2,), compression="gzip")
        dataset.id.write_direct_chunk((0,), zlib.compress(b"a"))
    with pytest.raises(DatastackError, match="damaged"):
        DataStack(ours).read("odd")
    with pytest.raises(DatastackError, match=r"scan\.datastack is damaged"):
        check_untrusted(ours)


def test_a_filter_that_is_used_oddly_is_refused(ours):
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((10,))
    properties.set_deflate(4)
    properties.set_deflate(4)
    with h5py.File(ours, "r+") as file:
        space = h5py.h5s.create_simple((10,))
        h5py.h5d.create(file.id, b"twice", h5py.h5t.NATIVE_INT32, space, properties)
        assert Pipeline.of(file["twice"]) is None
    with pytest.raises(DatastackError, match="same filter twice"):
        check_untrusted(ours)


def test_values_without_chunks_that_the_file_does_not_hold_are_refused(ours):
    with h5py.File(ours, "r+") as file:
        file["odd"] = np.arange(1000)
        place = file["odd"].id.get_offset()
    told, beyond = (struct.pack("<QQ", begin, 8000) for begin in (place, 1 << 30))
    assert ours.read_bytes().count(told) == 1
    ours.write_bytes(ours.read_bytes().replace(told, beyond))
    for look in (check_untrusted, DataStack):
        with pytest.raises(DatastackError, match=r"scan\.datastack"):
            look(ours)


def test_no_crafted_file_ends_the_process(tmp_path, shared):
    subprocess.run([sys.executable, shared("data/faults/make_crafted_hdf5.py"), tmp_path], check=True)
    crafted = sorted(tmp_path.glob("*.datastack"))
    assert len(crafted) == 6
    read = (
        "import sys; from maxrf_core import DataStack; from maxrf_core.errors import MaxrfError\n"
        "for path in sys.argv[1:]:\n"
        "    try: DataStack(path).read('imvis_reg_highres')\n"
        "    except MaxrfError as error: assert 'damaged' in str(error)"
    )
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", read, *map(str, crafted)], check=True, cwd=root)
    for path in crafted:
        with pytest.raises(DatastackError, match=r"refused: its array 'imvis_reg_highres'"):
            check_untrusted(path)
