"""A part of a chunk is read by the index of its segments, and never a wrong count, whatever was damaged."""

import shutil
import zlib
from itertools import product

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.atomic import changes as atomic
from maxrf_core.cube import deflate as packing
from maxrf_core.cube.flush_marks import (
    FIELDS,
    MarksPlace,
    NewIndex,
    index_of,
    is_index,
    marks_of,
    packed_marks,
)
from maxrf_core.cube.hdf5_chunks import layout_of
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.cube.packed_chunks import create_cube, packed_chunks
from maxrf_core.cube.regions import Region
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.cube.small_cubes import assert_same

MARKS = "maxrf_cube_marks"


def counts_of(dtype, shape=(70, 65, 130)):
    counts = np.random.default_rng(3).poisson(0.6, shape)
    if np.dtype(dtype).itemsize > 1:
        counts[11, 40, 100] = 1000  # so that the second bytes of this chunk are not all 0
    return counts.astype(dtype)


def written(path, counts):
    """Return the cube of a file with counts of any type."""
    with h5py.File(path, "w") as file:
        cube = create_cube(file, counts.shape, counts.dtype, (64, 64, 64))
        index = NewIndex(cube)
        for y, x in product(range(0, len(counts), 64), range(0, counts.shape[1], 64)):
            for place, chunk in packed_chunks(counts[y : y + 64, x : x + 64], (y, x, 0), cube.chunks):
                cube.id.write_direct_chunk(place, chunk.data)
                index.add(place, chunk.marks)
        index.write()
    return Hdf5Cube(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a file with the cube of a scan, and its counts."""
    counts = counts_of("u2")
    path = tmp_path_factory.mktemp("marks") / "scan.datastack"
    return convert(ArrayScan(counts), path), counts


@pytest.fixture
def scan(made, tmp_path):
    path, counts = made
    return shutil.copy(path, tmp_path / "scan.datastack"), counts


@pytest.fixture
def watched(monkeypatch):
    """Return how often a whole chunk, and a part of one, is decompressed."""
    calls = {"unpack": 0, "unpack_segments": 0}

    def counted(name, real):
        def call(*arguments):
            calls[name] += 1
            return real(*arguments)

        return call

    for name in calls:
        monkeypatch.setattr(packing, name, counted(name, getattr(packing, name)))
    return calls


@pytest.mark.parametrize("dtype", ["u1", "<u2", ">u2", "<u4", "<f4"])
def test_a_pixel_and_a_region_are_read_from_the_segments_that_hold_them(dtype, tmp_path, watched):
    counts = counts_of(dtype)
    cube = written(tmp_path / "scan.h5", counts)
    for x, y in [(0, 0), (40, 11), (64, 69), (64, 63)]:
        np.testing.assert_array_equal(cube.spectrum(x, y), counts[y, x])
    corners = [(3, 60), (64, 69), (3, 61)]
    np.testing.assert_array_equal(cube.spectra(corners), [counts[y, x] for x, y in corners])
    mask = np.random.default_rng(0).random(counts.shape[:2]) < 0.01
    mask[:5] = mask[40:64] = False
    np.testing.assert_allclose(cube.region_spectrum(mask).mean, counts[mask].mean(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(cube.read(slice(5, 9), slice(3, 70), slice(60, 70)), counts[5:9, 3:, 60:70])
    assert watched["unpack"] == 0
    assert watched["unpack_segments"] > 0
    rectangle = cube.region_spectrum(Region.rectangle(60, 10, 64, 69))
    np.testing.assert_array_equal(rectangle.max, counts[10:, 60:].max(axis=(0, 1)))
    assert_same(cube, counts, 60, 129, (63, 62, 64, 69))


def test_hdf5_reads_the_whole_without_a_plugin_and_the_index_says_where_to_cut(scan):
    path, counts = scan
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["maxrf_cube"][...], counts)
        filters = file["maxrf_cube"].id.get_create_plist()
        assert [filters.get_filter(n)[0] for n in range(filters.get_nfilters())] == [
            h5py.h5z.FILTER_SHUFFLE,
            h5py.h5z.FILTER_DEFLATE,
        ]
        assert file[MARKS].shape == (2, 2, 3, 32, FIELDS)
        _mask, stored = file["maxrf_cube"].id.read_direct_chunk((0, 0, 64))
        fields = file[MARKS][0, 0, 1].astype(int)
    ends = 2 + np.cumsum(fields[:, 0])
    pieces = [stored[end - length : end] for end, length in zip(ends, fields[:, 0], strict=True)]
    assert [zlib.crc32(piece) for piece in pieces] == (fields[:, 1] | fields[:, 2] << 16).tolist()
    plane = b"".join(zlib.decompressobj(-15).decompress(piece) for piece in pieces[:16])
    low = counts[:64, :64, 64:128] & 255
    np.testing.assert_array_equal(np.frombuffer(plane, np.uint8).reshape(64, 64, 64), low)


def test_the_index_is_no_array_of_the_datastack(scan):
    path, _counts = scan
    ds = DataStack(path)
    assert MARKS not in ds.names
    with h5py.File(path) as file:
        assert is_index(file, MARKS)
        assert not is_index(file, "maxrf_cube")
    assert ds.append({MARKS: np.zeros(3)}) == {MARKS: f"{MARKS}_"}
    assert f"{MARKS}_" in DataStack(path).names


def test_a_flipped_bit_is_an_error_or_is_not_where_one_looks_but_never_a_wrong_count(scan):
    path, counts = scan
    with h5py.File(path) as file:
        piece = file["maxrf_cube"].id.get_chunk_info(0)
        corner = piece.chunk_offset
    whole = path.read_bytes()
    rng, seen = np.random.default_rng(1), {"right": 0, "error": 0}
    y, x = corner[0] + 20, corner[1] + 30
    for _trial in range(60):
        place, bit = piece.byte_offset + int(rng.integers(piece.size)), int(rng.integers(8))
        damaged = bytearray(whole)
        damaged[place] ^= 1 << bit
        path.write_bytes(damaged)
        cube = Hdf5Cube(path)
        try:
            np.testing.assert_array_equal(cube.spectrum(x, y), counts[y, x])
            seen["right"] += 1
        except DatastackError as error:
            assert "scan.datastack is damaged" in str(error)  # noqa: PT017
            seen["error"] += 1
        with pytest.raises(DatastackError, match="damaged"):
            cube.sum_and_max()
    assert min(seen.values()) > 0


@pytest.mark.parametrize("field", range(FIELDS))
def test_a_wrong_index_costs_time_or_is_damage_and_never_gives_a_wrong_count(scan, field):
    path, counts = scan
    with h5py.File(path, "r+") as file:
        marks = file[MARKS][...]
        marks[0, :, :, 5:7, field] = marks[0, :, :, 5:7, field][:, :, ::-1] + np.uint16(field > 0)
        file[MARKS][...] = marks
    cube = Hdf5Cube(path)
    if field == 0:  # lengths: where a segment ends is known from the chunk itself
        assert_same(cube, counts, 60, 129, (20, 20, 64, 69))
        return
    with pytest.raises(DatastackError, match="its checksum does not match"):
        cube.spectrum(20, 20)
    np.testing.assert_array_equal(cube.spectrum(20, 60), counts[60, 20])


def test_damage_that_adler_misses_is_found(tmp_path):
    counts = np.random.default_rng(0).integers(0, 256, (64, 64, 64)).astype(np.uint8)
    place = 70_000
    counts.ravel()[place : place + 3] = 100
    cube = written(tmp_path / "scan.h5", counts)
    found = (tmp_path / "scan.h5").read_bytes()
    at = found.index(counts.ravel()[place : place + 12].tobytes())  # what cannot be packed is stored as it is
    changed = bytearray(found)
    for step, change in enumerate((1, -2, 1)):
        changed[at + step] += change
    (tmp_path / "scan.h5").write_bytes(changed)
    with h5py.File(tmp_path / "scan.h5") as file:
        assert (file["maxrf_cube"][...] != counts).sum() == 3
    y, x, _channel = np.unravel_index(place, counts.shape)
    for read in (lambda: cube.spectrum(int(x), int(y)), cube.sum_and_max, lambda: cube.band_map(0, 9)):
        with pytest.raises(DatastackError, match=r"scan\.h5 is damaged: a piece of maxrf_cube"):
            read()


def test_chunks_that_were_packed_elsewhere_are_read_whole(scan, watched):
    path, counts = scan
    with h5py.File(path, "r+") as file:  # as h5repack does
        old = file["maxrf_cube"]
        file.create_dataset("copy", data=old[...], chunks=old.chunks, compression="gzip", shuffle=True)
        del file["maxrf_cube"]
        file.move("copy", "maxrf_cube")
    cube = Hdf5Cube(path)
    np.testing.assert_array_equal(cube.spectrum(40, 11), counts[11, 40])
    assert watched["unpack"] == 3
    assert_same(cube, counts, 60, 129, (20, 20, 64, 69))


@pytest.mark.parametrize("change", ["packed", "another shape", "another type", "absent", "text", "link"])
def test_an_index_that_is_not_ours_is_left_alone(scan, change, watched):
    path, counts = scan
    with h5py.File(path, "r+") as file:
        marks = file.pop(MARKS)[...] if change == "link" else file[MARKS][...]
        file.pop(MARKS, None)
        if change == "packed":
            file.create_dataset(MARKS, data=marks, compression="gzip")
        elif change == "another shape":
            file[MARKS] = marks[:, :, :, :31]
        elif change == "another type":
            file[MARKS] = marks.astype(np.uint32)
        elif change == "text":
            file[MARKS] = "marks"
        elif change == "link":
            file[MARKS] = h5py.ExternalLink("other.h5", "/marks")
        if change not in ("absent", "link"):
            file[MARKS].attrs["segment_bytes"] = packing.SEGMENT_BYTES
        place = MarksPlace.of(file, "maxrf_cube")
    assert place is None
    np.testing.assert_array_equal(Hdf5Cube(path).spectrum(40, 11), counts[11, 40])
    assert watched["unpack"] == 3


def test_an_index_beyond_the_end_of_the_file_is_left_alone(scan):
    path, _counts = scan
    with h5py.File(path) as file:
        place = MarksPlace.of(file, "maxrf_cube")
    far = MarksPlace(10**9, place.shape)
    assert index_of(path, far, atomic.generation(path)) is None
    assert index_of(path, place, (0, 0, 0)) is None


def test_only_chunks_that_fit_have_marks(scan):
    path, _counts = scan
    layout = layout_of(path, "maxrf_cube", atomic.generation(path))
    index = index_of(path, layout.marks, atomic.generation(path))
    numbers = [(0, 0, 0), (1, 1, 2)]
    sizes = np.array([layout.places[number][1] for number in numbers])
    assert [*marks_of(index, numbers, sizes)] == numbers
    sizes[1] += 1
    assert [*marks_of(index, numbers, sizes)] == [(0, 0, 0)]


def test_the_part_of_a_chunk_in_the_index_is_that_of_its_segments():
    packed, lengths = packing.pack(bytes(range(256)) * 100)
    fields = np.frombuffer(packed_marks(packed, lengths), "<u2").reshape(-1, FIELDS)
    assert fields[:, 0].tolist() == list(lengths)
    assert len(packed) == 2 + sum(lengths) + 6


def test_a_scan_of_few_counts_has_no_index(tmp_path):
    with h5py.File(convert(ArrayScan(np.ones((9, 9, 9), np.uint8)), tmp_path / "s.datastack")) as file:
        assert MARKS not in file
