"""The machine's limits are measured on the file's own chunks, and a process's memory is its own."""

import numpy as np
import pytest

from benchmarks.alternatives import Files, convert_ours
from benchmarks.cubes import Density
from benchmarks.machine_limits import decode_seconds, drop, fill, in_own_process, packed_chunks
from benchmarks.workfolder import make_raw
from maxrf_core.cube.hdf5_cube import Hdf5Cube

SHAPE = (40, 30, 128)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    made = Files(tmp_path_factory.mktemp("limits"), "small")
    make_raw(made, SHAPE, Density("sparse", 60))
    convert_ours(made)
    return made


def hold(size: int) -> None:
    np.ones(size, np.uint8)


def test_the_packed_chunks_of_all_channels_inflate_to_all_counts(files: Files):
    packed, inflated = packed_chunks(files.ours, (0, SHAPE[2])), []
    decode_seconds(packed, lambda chunk, size: inflated.append((len(chunk), size)))
    assert sum(length for length, _ in inflated) == packed.bytes < files.ours.stat().st_size
    assert {size for _, size in inflated} == {packed.chunk_bytes}
    assert packed.cells >= np.prod(SHAPE)


def test_a_narrow_band_needs_fewer_chunks(files: Files):
    assert Hdf5Cube(files.ours).shape == SHAPE
    one, every = (packed_chunks(files.ours, band) for band in ((0, 1), (0, SHAPE[2])))
    assert len(one.chunks) < len(every.chunks)
    assert decode_seconds(one) > 0


def test_a_file_that_was_read_is_in_memory(files: Files):
    drop(files.raw)
    assert fill(files.raw) == pytest.approx(1.0, abs=0.01)


def test_the_memory_of_some_work_is_that_of_its_process():
    little, much = (in_own_process(hold, size) for size in (1, 300_000_000))
    assert 250e6 < much.peak_bytes - little.peak_bytes < 400e6
    assert much.seconds > 0
