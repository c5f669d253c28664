"""Limits of the machine, memory of a process, and whether a file is cached."""

import ctypes
import multiprocessing
import os
import resource
import sys
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from isal import isal_zlib

from maxrf_core.cube import deflate as packing

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
READ_BYTES = 8_000_000
MAX_READ = 1_000_000_000  # bytes of a file that tell the disk's rate
COLD = 0.01  # a file is cold when less than this share of it is in memory


@dataclass(frozen=True)
class Packed:
    """Chunks of a cube as they lie in its file, in memory; `chunk_bytes` is what each one inflates to."""

    chunks: list[bytes]
    cells: int
    chunk_bytes: int

    @property
    def bytes(self) -> int:
        """Of all chunks, packed."""
        return sum(map(len, self.chunks))


def packed_chunks(path: Path, band: tuple[int, int]) -> Packed:
    """Read the chunks of our file that hold a band, and leave them packed."""
    with h5py.File(path) as file:
        dataset = file["maxrf_cube"]
        high, wide, deep = dataset.chunks
        first, after = band
        places = [
            (y, x, channel)
            for channel in range(first // deep * deep, after, deep)
            for y in range(0, dataset.shape[0], high)
            for x in range(0, dataset.shape[1], wide)
        ]
        chunks = [bytes(dataset.id.read_direct_chunk(place)[1]) for place in places]
        cells = high * wide * deep
        return Packed(chunks, len(chunks) * cells, cells * dataset.dtype.itemsize)


def decode_seconds(packed: Packed, unpack: Callable[[bytes, int], Any] = packing.unpack) -> float:
    """Inflate chunks with the project's decoder or another one, a thread a core; do nothing with them."""

    def inflate(share: list[bytes]) -> None:
        for chunk in share:
            unpack(chunk, packed.chunk_bytes)

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(inflate, [[]] * CORES))  # so that starting the threads is not counted
        begin = time.perf_counter()
        list(pool.map(inflate, [packed.chunks[core::CORES] for core in range(CORES)]))
        return time.perf_counter() - begin


def other_decoders(packed: Packed) -> dict[str, float]:
    """Return the counts a second that other decoders inflate the same chunks at."""
    return {
        name: packed.cells
        / decode_seconds(packed, lambda chunk, size, library=library: library.decompress(chunk, 15, size))
        for name, library in (("zlib", zlib), ("isal", isal_zlib))
    }


def disk_rate(path: Path) -> float | None:
    """Measure the bytes a second that a cold file is read at, one after another; None where none is cold."""
    if not drop(path):
        return None
    left = min(MAX_READ, path.stat().st_size)
    begin = time.perf_counter()
    with path.open("rb", buffering=0) as file:
        while left > 0:
            left -= len(file.read(READ_BYTES)) or left
    return min(MAX_READ, path.stat().st_size) / (time.perf_counter() - begin)


def files_in(path: Path) -> list[Path]:
    """Return the file itself, or all that hold something in a folder."""
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.rglob("*") if each.is_file() and each.stat().st_size)


def bytes_of(path: Path) -> int:
    """Return the size of a file, or of all files in a folder."""
    return sum(each.stat().st_size for each in files_in(path))


def drop(*paths: Path) -> bool:
    """Drop the system's cache of files and folders in memory; return True on success."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for path in (each for whole in paths for each in files_in(whole)):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return all(in_memory(path) < COLD for path in paths)


def fill(path: Path) -> float:
    """Read a file or folder through, so that it is warm; return the share of it that is then in memory."""
    for each in files_in(path):
        with each.open("rb", buffering=0) as file:
            while file.read(READ_BYTES):
                pass
    return in_memory(path)


def in_memory(path: Path) -> float:
    """Return the share of the bytes of a file, or of a folder's files, that the system holds in memory."""
    sizes = [each.stat().st_size for each in files_in(path)]
    return float(np.average([_pages_in_memory(each) for each in files_in(path)], weights=sizes))


def _pages_in_memory(path: Path) -> float:
    mapped = np.memmap(path, np.uint8, "r")
    pages = np.zeros(-(-mapped.size // resource.getpagesize()), np.uint8)
    where, size = ctypes.c_void_p(mapped.ctypes.data), ctypes.c_size_t(mapped.size)
    if ctypes.CDLL(None).mincore(where, size, pages.ctypes.data_as(ctypes.c_void_p)) != 0:
        return 1.0
    return float((pages & 1).mean())


@dataclass(frozen=True)
class Cost:
    """Cost of some work: seconds, peak memory of its process in bytes, seconds of all processors."""

    seconds: float
    peak_bytes: int
    cpu_seconds: float = 0.0


def in_own_process(work: Callable[..., Any], *arguments: Any) -> Cost:
    """Run a function in a new process; its start and imports are not timed."""
    context = multiprocessing.get_context("forkserver")  # copies of a process that has done nothing yet
    context.set_forkserver_preload(["benchmarks.alternatives"])
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_watched, work, arguments).result()


def _watched(work: Callable[..., Any], arguments: tuple) -> Cost:
    begin, cpu_begin = time.perf_counter(), time.process_time()
    work(*arguments)
    return Cost(time.perf_counter() - begin, _peak_memory(), time.process_time() - cpu_begin)


def _peak_memory() -> int:
    """Return the most memory that this process has held, mapped files included."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
