"""Preview of a raw scan: the map of its strongest peak, from a sample of its pixels."""

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.cube.shuffled_counts import mean_of_present, sum_of_present
from maxrf_core.language import Note
from maxrf_core.names import SUM_SPECTRUM
from maxrf_core.readers import MapsScan, Scan
from maxrf_core.spectrum.calibration import MIN_PHOTON_ENERGY
from maxrf_core.spectrum.peaks import find_peaks, zero_peak_end

OVERVIEW_SIDE = 48  # pixels a side that are read to find the strongest peak
OVERVIEW_BYTES = 64_000_000
PREVIEW_SIDE = 400


def preview(scan: Scan) -> np.ndarray:
    """Compute the map of a scan's strongest peak, quickly, to show its orientation.

    Parameters
    ----------
    scan : Scan
        Of any size: only a sample of a large one is read.

    Returns
    -------
    ndarray, shape (height, width), float32
        Mean counts per channel in the peak, NaN where all are missing; every pixel of a small scan, at most
        400 a side of a larger one. The zero peak, which is electronic, is excluded. Of a `MapsScan` it is the
        first map.
    """
    height, width, _ = scan.shape
    every = preview_step(scan.shape)
    if isinstance(scan, MapsScan):
        return scan.read_map(0)[::every, ::every].astype(np.float32)
    band = _strongest_peak(_overview_spectrum(scan), scan.energies)
    rows, columns = slice(0, height, every), slice(0, width, every)
    step = max(1, OVERVIEW_BYTES // (len(range(width)[columns]) * (band.stop - band.start) * 8)) * rows.step
    parts = [
        scan.read(slice(start, min(start + step, height), rows.step), columns, band)
        for start in range(0, height, step)
    ]
    return np.concatenate([_mean(part, axis=2).astype(np.float32) for part in parts])


def preview_step(shape: tuple[int, int, int]) -> int:
    """Return how many rows and columns of a scan of this shape one row or column of its preview stands for.

    Examples
    --------
    >>> preview_step((300, 280, 4096)), preview_step((1692, 1592, 4096))
    (1, 5)
    """
    return _step(max(shape[:2]), PREVIEW_SIDE)


def live_time_note(scan: Scan) -> Note | None:
    """Return what a scan's files tell of its live time, in one sentence; None if they tell nothing."""
    values = scan.maps.get("live_time_s")
    if values is not None and np.isfinite(values).any():
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        factor, unit = (1.0, "s") if high >= 1 else (1e3, "ms")
        words = (f"{factor * low:.3g}", f"{factor * high:.3g}")
        told = words[0] if words[0] == words[1] else "–".join(words)
        return Note("Live time: {told} {unit} per pixel, kept.", told=told, unit=unit)
    whole = scan.about.get("live_time_s")
    if isinstance(whole, int | float) and whole > 0:
        return Note("Live time: {seconds:.4g} s, as the file tells it, kept.", seconds=whole)
    return None


def _mean(block: np.ndarray, axis: int | tuple[int, int]) -> np.ndarray:
    """Average along axes without missing values; NaN where all are missing."""
    if block.dtype.kind != "f":
        return block.mean(axis=axis, dtype=np.float64)
    sums, missing = sum_of_present(block, axis)
    return mean_of_present(sums, missing, block.size // max(1, sums.size))


def _step(size: int, max_count: int) -> int:
    return -(-size // max_count)


def _overview_spectrum(scan: Scan) -> np.ndarray:
    """Return the mean spectrum of pixels spread over the scan: (channels,) float64."""
    if SUM_SPECTRUM in scan.array_names:
        return np.nan_to_num(scan.read_array(SUM_SPECTRUM).astype(np.float64), posinf=0, neginf=0)
    return np.nan_to_num(_mean(overview(scan), axis=(0, 1)))


def overview(scan: Scan) -> np.ndarray:
    """Read pixels spread over the scan: (rows, columns, channels), at most 48 a side."""
    rows, columns = (slice(0, size, _step(size, OVERVIEW_SIDE)) for size in scan.shape[:2])
    return scan.read(rows, columns)


def _strongest_peak(spectrum: np.ndarray, energies: ArrayLike | None) -> slice:
    """Return the channels where the highest peak, except the zero peak, is above half its height."""
    if len(spectrum) < 8:  # too few for a peak
        return slice(0, len(spectrum))
    first = zero_peak_end(spectrum) if energies is None else int(np.searchsorted(energies, MIN_PHOTON_ENERGY))
    first = min(first, len(spectrum) - 1)
    peaks = find_peaks(spectrum, first=first)
    top = int(peaks[np.argmax(spectrum[peaks])]) if len(peaks) else first + int(spectrum[first:].argmax())
    below = np.flatnonzero(spectrum <= spectrum[top] / 2)
    start, stop = below[below < top], below[below > top]
    reach = max(1, len(spectrum) // 200)
    return slice(
        max(int(start[-1]) + 1 if len(start) else 0, top - reach),
        min(int(stop[0]) if len(stop) else len(spectrum), top + reach + 1),
    )
