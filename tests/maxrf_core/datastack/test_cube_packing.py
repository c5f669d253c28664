"""A repack gives older cubes their segments, packs for the archive when asked to, and loses nothing."""

import shutil

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, convert, repack, rescue
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.datastack.stores import open_store
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.datastack.small_datastacks import make

MARKS = "maxrf_cube_marks"
COUNTS = np.random.default_rng(3).poisson(0.6, (70, 65, 130)).astype(np.uint16) * 300


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return convert(ArrayScan(COUNTS), tmp_path_factory.mktemp("made") / "scan.datastack")


@pytest.fixture
def scan(made, tmp_path):
    return shutil.copy(made, tmp_path / "scan.datastack")


@pytest.fixture
def older(scan):
    """Return a file as versions without segments wrote it, with links and an attribute of its own."""
    with h5py.File(scan, "r+") as file:
        old = file["maxrf_cube"]
        new = file.create_dataset("new", data=old[...], chunks=old.chunks, compression="gzip", shuffle=True)
        new.attrs.update({**old.attrs, "source": "scan.raw", "notes": ["one", "two"]})
        del file["maxrf_cube"], file["entry/scan/counts"], file[MARKS]
        file.move("new", "maxrf_cube")
        file["entry/scan/counts"] = file["maxrf_cube"]
    return scan


def fields_of(path):
    with h5py.File(path) as file:
        assert file["entry/scan/counts"] == file["maxrf_cube"]
        return file[MARKS][...] if MARKS in file else None


def assert_whole(path):
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["maxrf_cube"][...], COUNTS)
    cube = Hdf5Cube(path)
    np.testing.assert_array_equal(cube.spectrum(40, 66), COUNTS[66, 40])
    np.testing.assert_array_equal(cube.sum_and_max()[0], COUNTS.sum(axis=(0, 1)))


def test_repack_gives_the_cube_of_an_older_file_segments_and_an_index(older, made):
    repack(older)
    np.testing.assert_array_equal(fields_of(older), fields_of(made))
    assert_whole(older)
    ds = DataStack(older)
    assert ds.attributes("maxrf_cube")["notes"] == ["one", "two"]
    assert MARKS not in ds.names


def test_repack_keeps_what_has_an_index_and_makes_a_lost_one_again(scan, made):
    repack(scan)
    np.testing.assert_array_equal(fields_of(scan), fields_of(made))
    with h5py.File(scan, "r+") as file:
        del file[MARKS]
    repack(scan)
    np.testing.assert_array_equal(fields_of(scan), fields_of(made))
    with h5py.File(scan) as file, h5py.File(made) as before:
        for number in range(file["maxrf_cube"].id.get_num_chunks()):
            corner = file["maxrf_cube"].id.get_chunk_info(number).chunk_offset
            old, new = (each["maxrf_cube"].id.read_direct_chunk(corner) for each in (before, file))
            assert old == new


def test_a_newer_cube_takes_the_place_of_the_one_with_the_index(scan):
    counts = COUNTS[::-1].copy()
    DataStack(scan).append({"maxrf_cube": counts})
    np.testing.assert_array_equal(DataStack(scan).spectrum(40, 66), counts[66, 40])
    repack(scan)
    assert DataStack(scan).names.count("maxrf_cube") == 1
    np.testing.assert_array_equal(DataStack(scan).spectrum(40, 66), counts[66, 40])
    assert fields_of(scan) is not None


def test_the_archive_is_smaller_stays_so_and_is_packed_fast_again(scan, made):
    steps = []
    assert open_store(scan).seconds_to_pack() > 0
    repack(scan, packing="smallest", progress=lambda fraction, doing: steps.append(fraction))
    assert steps == sorted(steps)
    assert steps[-1] == 1
    small = scan.stat().st_size
    assert small < made.stat().st_size
    assert fields_of(scan) is None
    assert_whole(scan)
    repack(scan)
    assert scan.stat().st_size <= small
    repack(scan, packing="fast")
    np.testing.assert_array_equal(fields_of(scan), fields_of(made))
    assert "packing" not in DataStack(scan).attributes("maxrf_cube")
    assert_whole(scan)


def test_a_damaged_piece_is_kept_as_it_is_and_not_called_whole(older):
    with h5py.File(older) as file:
        piece = file["maxrf_cube"].id.get_chunk_info(0)
    with open(older, "r+b") as raw:
        raw.seek(piece.byte_offset + piece.size // 2)
        raw.write(b"\x00\xff\x00\xff")
    repack(older)
    cube = Hdf5Cube(older)
    np.testing.assert_array_equal(cube.spectrum(64, 69), COUNTS[69, 64])
    with pytest.raises(DatastackError, match="damaged"):
        cube.spectrum(0, 0)


def test_what_cannot_be_packed_anew_is_copied_and_said(scan):
    with h5py.File(scan, "r+") as file:
        del file["maxrf_cube"], file["entry"]
        file.create_dataset("maxrf_cube", data=COUNTS, chunks=(64, 64, 64), compression="lzf")
    repack(scan)
    assert_whole_without_index(scan)
    before = scan.read_bytes()
    with pytest.raises(DatastackError, match="convert the file first"):
        repack(scan, packing="smallest")
    assert scan.read_bytes() == before
    assert open_store(scan).seconds_to_pack() is None


def assert_whole_without_index(path):
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["maxrf_cube"][...], COUNTS)
        assert MARKS not in file


def test_what_is_rescued_has_an_index_of_its_own(scan, tmp_path):
    DataStack(scan).append({"image": np.zeros((70, 65))})
    report = rescue(scan, tmp_path / "rescued.datastack")
    assert not report.damaged
    assert MARKS not in report.saved
    np.testing.assert_array_equal(fields_of(report.path), fields_of(scan))
    assert_whole(report.path)
    DataStack(scan).append({"maxrf_cube": COUNTS})
    newer = rescue(scan, tmp_path / "newer.datastack").path
    with h5py.File(newer) as file:
        assert {name for name in file if name.endswith("_marks")} == {"maxrf_cube__marks"}
    np.testing.assert_array_equal(DataStack(newer).spectrum(40, 66), COUNTS[66, 40])


def test_files_of_maxrf4u_are_not_packed_anew(tmp_path):
    theirs = make("zarr3", tmp_path / "scan.datastack")
    assert open_store(theirs).seconds_to_pack() is None
    with pytest.raises(DatastackError, match="convert it first"):
        repack(theirs, packing="smallest")
