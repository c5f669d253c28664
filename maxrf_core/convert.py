"""How does a scan, of any size, become a datastack?

The scan is read tile by tile, so memory stays the same whatever its size. A tile is 64 rows high and as
many times 64 columns wide as its share of memory allows: then each of the file's chunks is filled once and
whole, and can be packed by any free processor.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import h5py
import numpy as np

from maxrf_core.energy import Calibration
from maxrf_core.errors import DatastackError, ScanError
from maxrf_core.hdf5_store import (
    CUBE_CHUNKS,
    GZIP_LEVEL,
    create_array,
    create_cube,
    new_file,
    refuse_existing,
)
from maxrf_core.naming import ENERGIES, MAX_SPECTRUM, SUM_SPECTRUM, next_free
from maxrf_core.peaks import find_peaks, zero_peak_end
from maxrf_core.progress import Progress
from maxrf_core.readers import Scan
from maxrf_core.spectra import MAXRF4U_SIGMA, SmoothedBand, smoothed_bands

try:  # Python's own zlib packs 12 % smaller, in 4 times the time
    from isal.isal_zlib import compress

    PACKING_LEVEL = 2
except ImportError:
    from zlib import compress

    PACKING_LEVEL = GZIP_LEVEL

Tile = tuple[slice, slice]

TILE_BYTES = 64_000_000
MOST_THREADS = 8  # each holds its own few megabytes
LOOKING = 0.1  # the first reading's share of the progress
OVERVIEW_SIDE = 48  # pixels a side that are read to find the strongest peak
PREVIEW_SIDE = 400


def convert(
    scan: Scan,
    path: str | os.PathLike[str],
    *,
    flip_horizontal: bool = False,
    flip_vertical: bool = False,
    overwrite: bool = False,
    calibration: Calibration | None = None,
    progress: Progress | None = None,
    beside: Callable[[], object] | None = None,
) -> Path:
    """Make a datastack of a scan.

    Parameters
    ----------
    scan : Scan
        What `open_scan` gives. Read twice at most, never written to.
    path : path_like
        The datastack to make. It appears when it is whole; stopping before leaves nothing.
    flip_horizontal, flip_vertical : bool
        Mirror left and right, top and bottom; both together turn the scan by 180°.
    overwrite : bool
        Replace a file that exists.
    calibration : Calibration, optional
        To be stored instead of the energies that the scan tells, if it does.
    progress : callable, optional
        Called with the fraction done and what is being done; whatever it raises stops the work.
    beside : callable, optional
        Called last, just before the datastack appears: to put other files beside it that belong to it.

    Returns
    -------
    Path
        The datastack: ``maxrf_cube`` in the smallest type of whole numbers that holds its counts,
        ``maxrf_sumspectrum``, ``maxrf_maxspectrum``, ``maxrf_energies`` when they are known, and what else
        the scan's own file holds.

    Raises
    ------
    DatastackError
        When the file exists, is the scan itself, or cannot be written.
    ScanError
        When the scan cannot be read.

    Notes
    -----
    Counts below 0 (some programs store −1) become 0, and an attribute of the cube says how many. Numbers
    with a fraction stay float32, as they are; so does what maxrf4u has smoothed. Values that are not numbers
    count as 0 in the spectra.

    The max spectrum is the maximum over all pixels of spectra smoothed with a Gaussian of 7 channels, as
    maxrf4u has it; the sum spectrum is the mean over all pixels of the counts as they are.
    """
    path = Path(path)
    _refuse(scan, path, overwrite, flip_horizontal or flip_vertical)
    report = progress or _silent
    dtype = _stored_dtype(scan, report)
    with new_file(path, overwrite=overwrite) as file:
        cube = create_cube(file, scan.shape, dtype)
        spectra = _copy_counts(scan, cube, flip_horizontal, flip_vertical, report)
        cube.attrs.update(units="counts", source=", ".join(each.name for each in scan.paths) or scan.name)
        cube.attrs.update(flipped_horizontally=flip_horizontal, flipped_vertically=flip_vertical)
        if scan.smoothing_sigma:
            cube.attrs["smoothing_sigma"] = scan.smoothing_sigma
        _copy_arrays(scan, file)
        _write_spectra(scan, file, spectra)
        _write_energies(scan, file, calibration)
        report(1.0, "saving")
        if beside is not None:
            file.flush()  # so that what can fail has failed
            beside()
    return path


def preview(scan: Scan) -> np.ndarray:
    """Draw the map of a scan's strongest peak, quickly: to see which way up it is.

    Parameters
    ----------
    scan : Scan
        Of any size: only some pixels of a large one are read.

    Returns
    -------
    ndarray, shape (height, width), float32
        Mean counts per channel in the peak; every pixel of a small scan, at most 400 a side of a larger one.
        The zero peak, which shows nothing of the object, is left out.
    """
    height, width, _ = scan.shape
    band = _strongest_peak(_overview_spectrum(scan))
    every = _step(max(height, width), PREVIEW_SIDE)
    rows, columns = slice(0, height, every), slice(0, width, every)
    step = max(1, TILE_BYTES // (len(range(width)[columns]) * (band.stop - band.start) * 8)) * rows.step
    parts = [
        scan.read(slice(start, min(start + step, height), rows.step), columns, band)
        for start in range(0, height, step)
    ]
    return np.concatenate([part.mean(axis=2, dtype=np.float32) for part in parts])


def _step(size: int, most: int) -> int:
    return -(-size // most)


def _overview_spectrum(scan: Scan) -> np.ndarray:
    """Give the mean spectrum of some pixels all over the scan: (channels,) float64."""
    if SUM_SPECTRUM in scan.array_names:
        return scan.read_array(SUM_SPECTRUM).astype(np.float64)
    rows, columns = (slice(0, size, _step(size, OVERVIEW_SIDE)) for size in scan.shape[:2])
    return _finite(scan.read(rows, columns)).mean(axis=(0, 1), dtype=np.float64)


def _strongest_peak(spectrum: np.ndarray) -> slice:
    """Give the channels where the highest peak but the zero peak is above half its height."""
    if len(spectrum) < 8:  # too few for a peak
        return slice(0, len(spectrum))
    peaks = find_peaks(spectrum)
    first = zero_peak_end(spectrum)
    top = int(peaks[np.argmax(spectrum[peaks])]) if len(peaks) else first + int(spectrum[first:].argmax())
    below = np.flatnonzero(spectrum <= spectrum[top] / 2)
    start, stop = below[below < top], below[below > top]
    reach = max(1, len(spectrum) // 200)
    return slice(
        max(int(start[-1]) + 1 if len(start) else 0, top - reach),
        min(int(stop[0]) if len(stop) else len(spectrum), top + reach + 1),
    )


def _refuse(scan: Scan, path: Path, overwrite: bool, flipped: bool) -> None:
    if min(scan.shape) < 1:
        raise ScanError(
            f"{scan.name} is empty: {' × '.join(map(str, scan.shape))} (rows × columns × channels)."
        )
    refuse_existing(path, overwrite)
    if path.exists() and any(each.exists() and path.samefile(each) for each in scan.paths):
        raise DatastackError(f"{path.name} is the scan itself; choose another name for the datastack.")
    pictures = [name for name in scan.array_names if not name.startswith("maxrf_")]
    if flipped and pictures:
        what = ", ".join(pictures)
        raise ScanError(
            f"{scan.name} cannot be flipped: what was made from it ({what}) would not fit any more."
        )


def _silent(fraction: float, doing: str) -> None:
    """Report nothing."""


def _tiles(scan: Scan) -> Iterator[Tile]:
    """Cut the scan into tiles of whole chunks: some rows and columns, all channels."""
    height, width, channels = scan.shape
    high, wide = CUBE_CHUNKS[:2]
    column_bytes = min(high, height) * channels * np.dtype(scan.dtype).itemsize
    columns = max(1, TILE_BYTES // (column_bytes * wide)) * wide
    for y in range(0, height, high):
        for x in range(0, width, columns):
            yield slice(y, min(y + high, height)), slice(x, min(x + columns, width))


def _stored_dtype(scan: Scan, report: Progress) -> np.dtype:
    """Find the smallest type that holds all counts; reads no further than needed to be sure."""
    kind, size = np.dtype(scan.dtype).kind, np.dtype(scan.dtype).itemsize
    if kind not in "uif":
        raise ScanError(f"{scan.name} holds {scan.dtype} values, which are no counts.")
    if scan.smoothing_sigma:
        return np.dtype(np.float32)
    if kind in "ui" and size == 1:
        return np.dtype(np.uint8)
    enough = np.iinfo(f"u{size // 2}").max if kind in "ui" else np.inf
    largest = 0.0
    for tile in _tiles(scan):
        block = scan.read(*tile)
        if kind == "f" and not (np.isfinite(block).all() and (block == np.rint(block)).all()):
            return np.dtype(np.float32)
        largest = max(largest, block.max())
        if largest > enough:
            break
        done = tile[0].start / scan.shape[0]
        report(LOOKING * done, f"looking for the highest count, row {tile[0].start} of {scan.shape[0]}")
    if largest > np.iinfo(np.uint64).max:
        return np.dtype(np.float32)
    return np.min_scalar_type(int(max(largest, 0)))


class _Spectra:
    """The sum and the max spectrum, growing tile by tile."""

    def __init__(self, scan: Scan) -> None:
        channels = scan.shape[2]
        self.total = np.zeros(channels)
        self.maximum = np.full(channels, -np.inf, dtype=np.float32)
        self.bands = smoothed_bands(channels, 0.0 if scan.smoothing_sigma else MAXRF4U_SIGMA)

    def add(self, spectra: np.ndarray, band: SmoothedBand) -> None:
        """Add a band of the spectra (pixels, all channels); different bands may be added at the same time."""
        part = band.channels
        sums = np.float64 if spectra.dtype.kind == "f" else np.uint64
        self.total[part] += spectra[:, part].sum(axis=0, dtype=sums)
        self.maximum[part] = np.maximum(self.maximum[part], band.maximum(spectra))


def _copy_counts(
    scan: Scan, cube: h5py.Dataset, flip_horizontal: bool, flip_vertical: bool, report: Progress
) -> _Spectra:
    """Fill the cube; gives the spectra of what was written."""
    height, width, _ = scan.shape
    spectra = _Spectra(scan)
    negative, done = 0, 0
    pool = ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), thread_name_prefix="convert")
    try:
        for rows, columns in _tiles(scan):
            report(LOOKING + (1 - LOOKING) * done / (height * width), f"writing row {rows.start} of {height}")
            source = _mirrored(rows, height) if flip_vertical else rows
            across = _mirrored(columns, width) if flip_horizontal else columns
            block = scan.read(source, across)[:: -1 if flip_vertical else 1, :: -1 if flip_horizontal else 1]
            counts, clipped = _as_stored(block, cube.dtype)
            negative += clipped
            _write_tile(cube, counts, (rows.start, columns.start), spectra, pool)
            done += counts.shape[0] * counts.shape[1]
    finally:  # when stopped, what has not begun never begins
        pool.shutdown(cancel_futures=True)
    if negative:
        cube.attrs["negative_counts_set_to_0"] = negative
    return spectra


def _mirrored(part: slice, size: int) -> slice:
    return slice(size - part.stop, size - part.start)


def _as_stored(block: np.ndarray, dtype: np.dtype) -> tuple[np.ndarray, int]:
    """Give the counts in the cube's type, and how many were below 0 and are 0 now."""
    clipped = 0
    if dtype.kind == "u" and block.dtype.kind != "u":
        below = block < 0
        clipped = int(np.count_nonzero(below))
        if clipped:
            block = np.where(below, 0, block)
    return np.ascontiguousarray(block, dtype=dtype), clipped


def _finite(block: np.ndarray) -> np.ndarray:
    return np.nan_to_num(block, posinf=0, neginf=0) if block.dtype.kind == "f" else block


def _write_tile(
    cube: h5py.Dataset,
    counts: np.ndarray,
    corner: tuple[int, int],
    spectra: _Spectra,
    pool: ThreadPoolExecutor,
) -> None:
    """Write a tile whose first pixel belongs at `corner`; its spectra are added meanwhile."""
    flat = _finite(counts).reshape(-1, counts.shape[2])
    sums = [pool.submit(spectra.add, flat, band) for band in spectra.bands]
    _, wide, deep = cube.chunks
    packed: list[tuple[tuple[int, int, int], Future[bytes]]] = []
    for x in range(0, counts.shape[1], wide):
        for channel in range(0, counts.shape[2], deep):
            chunk = counts[:, x : x + wide, channel : channel + deep]
            packed.append(((corner[0], corner[1] + x, channel), pool.submit(_pack, chunk, cube.chunks)))
    for place, chunk_bytes in packed:
        cube.id.write_direct_chunk(place, chunk_bytes.result())
    for done in sums:
        done.result()


def _pack(counts: np.ndarray, shape: tuple[int, int, int]) -> bytes:
    """Pack one chunk as HDF5's shuffle and gzip filters would, filled up with 0 at the cube's far edges."""
    if counts.shape == shape:
        whole = np.ascontiguousarray(counts)
    else:
        whole = np.zeros(shape, counts.dtype)
        whole[tuple(slice(size) for size in counts.shape)] = counts
    if counts.itemsize == 1:
        return compress(whole, PACKING_LEVEL)
    shuffled = np.ascontiguousarray(whole.view(np.uint8).reshape(-1, counts.itemsize).T)
    return compress(shuffled, PACKING_LEVEL)


def _copy_arrays(scan: Scan, file: h5py.File) -> None:
    """Copy what else the scan's file holds, under its own names."""
    for name in scan.array_names:
        array, plain_name = scan.read_array(name), name.rstrip("_")
        exact = plain_name in (SUM_SPECTRUM, ENERGIES) or plain_name.endswith("_extent")
        if exact and array.dtype.kind in "iuf":  # maxrf4u has float32 and int64 there, our format float64
            array = array.astype(np.float64)
        dataset = create_array(file, name, array, scan.read_attributes(name))
        if plain_name == MAX_SPECTRUM:
            dataset.attrs["smoothing_sigma"] = scan.smoothing_sigma


def _write_spectra(scan: Scan, file: h5py.File, spectra: _Spectra) -> None:
    if SUM_SPECTRUM not in file:
        height, width, _ = scan.shape
        create_array(file, SUM_SPECTRUM, spectra.total / (height * width))
    if MAX_SPECTRUM not in file:
        sigma = {"smoothing_sigma": scan.smoothing_sigma or MAXRF4U_SIGMA}
        create_array(file, MAX_SPECTRUM, spectra.maximum, sigma)


def _write_energies(scan: Scan, file: h5py.File, calibration: Calibration | None) -> None:
    """Write the energies, unless they were copied, and note for each version the line that they lie on."""
    if calibration is not None:
        line = {"gain": calibration.gain, "offset": calibration.offset, "source": calibration.source}
        create_array(file, next_free(ENERGIES, file), calibration.energies(scan.shape[2]), line)
    elif scan.energies is not None and ENERGIES not in file:
        create_array(file, ENERGIES, np.asarray(scan.energies, dtype=np.float64))
    for name in file:
        if name.rstrip("_") == ENERGIES and "source" not in file[name].attrs:
            values = file[name][()]
            gain = float(values[-1] - values[0]) / max(1, len(values) - 1)
            file[name].attrs.update(gain=gain, offset=float(values[0]), source=scan.energies_source)
