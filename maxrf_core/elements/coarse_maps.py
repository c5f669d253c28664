"""Element maps from binned counts: small ones in a fraction of the time, until the exact ones are there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.cube.binned import BIN, BinnedCube
from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.maps import chosen_families, map_model
from maxrf_core.spectrum.fit import MIN_VARIANCE, inverse_of


@dataclass(frozen=True, eq=False)
class CoarseMaps:
    """Maps of the line families of a scan, a value for each bin of 4 × 4 pixels.

    Attributes
    ----------
    names : tuple of str
        Families, such as ``"Fe-K"``.
    net : ndarray, shape (families, height / 4, width / 4), rounded up, float32
        Mean net counts of a pixel of the bin; NaN where all its pixels are missing.
    sigma : ndarray, of the same shape, float32
        Their standard deviation from counting.
    """

    names: tuple[str, ...]
    net: np.ndarray
    sigma: np.ndarray


def coarse_element_maps(
    binned: BinnedCube,
    analysis: Analysis,
    families: Sequence[str] | None = None,
    missing: np.ndarray | None = None,
) -> CoarseMaps:
    """Compute the maps of families from binned counts, by the fit of `element_maps` in bins of channels.

    Parameters
    ----------
    binned : BinnedCube
    analysis : Analysis
        Of the mean spectrum of the cube itself.
    families : sequence of str, optional
        By default all that are present.
    missing : ndarray of bool, shape (height, width), optional
        Pixels that were never measured, which hold no counts.

    Raises
    ------
    CalibrationError
        If a family has no line in the scan, or is hidden by the tube's own lines.
    DatastackError
        If the counts cannot be read.
    """
    wanted = chosen_families(analysis, families)
    model = map_model(analysis, wanted)
    # Only bins of which all channels are fitted
    first, stop = -(-model.channels.start // BIN), model.channels.stop // BIN
    inside = slice(BIN * first, BIN * stop)
    columns = _sums_of_bins(model.columns[:, inside])
    variances = np.maximum(_sums_of_bins(analysis.spectrum[inside]), MIN_VARIANCE)
    inverse = inverse_of(columns, 1 / variances)
    rows = inverse[[model.index(name) for name in wanted]]
    weights = np.zeros((2 * len(rows), binned.sums.shape[2]))
    weights[:, first:stop] = np.concatenate([rows, rows**2])
    net, variance = np.split(binned.sums.weighted_maps(weights), 2)
    pixels = binned.pixels(missing).astype(np.float32)
    per_pixel = np.divide(1, pixels, out=np.full(pixels.shape, np.nan, np.float32), where=pixels > 0)
    return CoarseMaps(tuple(wanted), net * per_pixel, np.sqrt(np.maximum(variance, 0)) * per_pixel)


def _sums_of_bins(values: np.ndarray) -> np.ndarray:
    """Sum values over bins of channels, the last axis."""
    return values.reshape(*values.shape[:-1], -1, BIN).sum(axis=-1)
