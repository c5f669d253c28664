"""Datastacks as maxrf4u's own conversion makes them: smoothed spectra in a zarr store inside a zip file.

As its source has it (`maxrf4u.storage.raw_to_datastack`): counts are made float32 and smoothed along the
channels by ``scipy.ndimage.gaussian_filter``, sigma 7 channels; then the max spectrum and the mean spectrum
are computed from what was stored. Its *hotmax* looks in the cube for exactly the numbers of the max spectrum.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.cube.max_spectrum import MAXRF4U_SIGMA
from maxrf_core.cube.shuffled_counts import mean_of_present, sum_of_present, with_nan
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.language import Note, marked
from maxrf_core.names import CUBE, ENERGIES, MAX_SPECTRUM, SUM_SPECTRUM
from maxrf_core.progress import Progress
from maxrf_core.writers.blocks import block_shape, prepared_blocks
from maxrf_core.writers.new_files import NewFiles
from maxrf_core.writers.writer import Writer

CHUNK = (64, 64, 256)  # 4 MB of float32: band maps and spectra are both read fast
PIXELS_AT_ONCE = 512  # that are smoothed


def write_maxrf4u(ds: DataStack, files: NewFiles, progress: Progress) -> list[str]:
    """Write a datastack of maxrf4u; return what could not be kept."""
    path = files.new(".datastack")
    cube = ds.cube()
    channels = cube.shape[2]
    is_smooth = ds.written_by_maxrf4u or bool(ds.attributes(CUBE).get("smoothing_sigma", 0))
    prepare = partial(_float32, sigma=0.0 if is_smooth else MAXRF4U_SIGMA)
    itemsize = max(4, cube.dtype.itemsize)
    shape = block_shape(cube, itemsize, CHUNK[:2])
    chunk = tuple(map(min, (*shape, channels), CHUNK, cube.shape))
    total, missing = np.zeros(channels), np.zeros(channels, np.int64)
    measured, pixels = None if ds.missing is None else ~ds.missing, 0
    maximum = np.full(channels, np.nan, np.float32)
    with _new_zarr(path) as group:
        stored = _create(group, CUBE, cube.shape, np.float32, chunk)
        for block, values in prepared_blocks(cube, shape, itemsize, prepare, progress):
            stored[block.rows, block.columns] = values
            kept = values if measured is None else values[measured[block.rows, block.columns]]
            spectra = kept.reshape(-1, channels)
            sums, gaps = sum_of_present(spectra, axis=0)
            total, missing, pixels = total + sums, missing + gaps, pixels + len(spectra)
            maximum = np.fmax(maximum, np.fmax.reduce(values.reshape(-1, channels), axis=0))
        _store(group, MAX_SPECTRUM, maximum)
        mean = mean_of_present(total, missing, pixels)
        _store(group, SUM_SPECTRUM, mean.astype(np.float32))
        if ds.axis.unit == "keV":
            _store(group, ENERGIES, ds.axis.values)
    return _notes(ds, int(missing.sum()))


def _notes(ds: DataStack, missing: int) -> list[str]:
    notes: list[str] = []
    if ds.axis.unit != "keV":
        notes.append(Note("The scan has no energies yet; maxrf4u can calibrate it."))
    if missing:
        notes.append(Note("{count:,} values are missing (NaN), which maxrf4u cannot use.", count=missing))
    return notes


def _float32(counts: np.ndarray, sigma: float) -> np.ndarray:
    """Return counts as float32, each spectrum smoothed as maxrf4u does; missing values stay missing."""
    from scipy.ndimage import gaussian_filter1d  # slow to import

    values = with_nan(counts.astype(np.float32))
    if not sigma:
        return values
    flat = values.reshape(-1, values.shape[2])
    for first in range(0, len(flat), PIXELS_AT_ONCE):
        part = flat[first : first + PIXELS_AT_ONCE]
        gaps = np.isnan(part)
        if not gaps.any():
            part[...] = gaussian_filter1d(part, sigma, axis=1)
            continue
        weight = gaussian_filter1d((~gaps).astype(np.float32), sigma, axis=1)
        smooth = gaussian_filter1d(np.where(gaps, np.float32(0), part), sigma, axis=1)
        part[...] = np.divide(smooth, weight, out=np.full_like(part, np.nan), where=~gaps)
    return values


@contextmanager
def _new_zarr(path: Path) -> Iterator[Any]:
    """Open a new zarr store of format 3, which today's maxrf4u writes and appends to, in a zip file."""
    import zarr  # takes long to import
    from zarr.storage import ZipStore

    store = ZipStore(path, mode="w")
    try:
        yield zarr.create_group(store, zarr_format=3)
    finally:
        store.close()


def _create(group: Any, name: str, shape: tuple[int, ...], dtype: Any, chunk: tuple[int, ...]) -> Any:
    # Chunks of zeros are written too: a missing one means a failed write
    config = {"write_empty_chunks": True}
    return group.create_array(name, shape=shape, dtype=dtype, chunks=chunk, config=config)


def _store(group: Any, name: str, values: np.ndarray) -> None:
    _create(group, name, values.shape, values.dtype, values.shape)[...] = values


WRITER = Writer(
    key="maxrf4u",
    name="maxrf4u (.datastack)",
    read_by="maxrf4u (with zarr 3), zarr",
    keeps=marked(
        "Spectra smoothed over 7 channels as maxrf4u stores them, energies, maximum and mean spectrum."
    ),
    loses=marked("The counts themselves, pixel size, title, times and all that was made from the scan."),
    files=(".datastack",),
    write=write_maxrf4u,
)
