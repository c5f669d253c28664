"""Map of a band: its counts, or its net counts by side bands, with what the numbers are."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial

import numpy as np

from maxrf_core.datastack.datastack import SUM_SPECTRUM
from maxrf_core.elements.side_bands import SideBands, net_band_map, side_bands
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.progress import Progress
from widgets.charts.map_layers import MapPicture
from widgets.session.band_map_cache import IsWanted, cached_map, prepare_map
from widgets.session.language import _, marked
from widgets.session.map_data import MapData
from widgets.session.scan import Scan

PER_CHANNEL = MapPicture.units
NET_PER_CHANNEL, NET_PER_PIXEL = marked("net counts per channel"), marked("net counts per pixel")


@dataclass(frozen=True, eq=False)
class BandMap:
    """A map and what its numbers are.

    Attributes
    ----------
    data : MapData
    units : str
        In English; translated where it is shown.
    suffix : str
        What a file's name says of the counts, in English; empty for gross counts.
    method : str
        How net counts were found, in the visitor's language: "side bands 5.9–6.1 and 6.7–6.9 keV".
    family : str
        The family whose net counts these are, for a fit; else empty.
    """

    data: MapData
    units: str = PER_CHANNEL
    suffix: str = ""
    method: str = ""
    family: str = ""

    @property
    def is_net(self) -> bool:
        """True for net counts."""
        return self.units != PER_CHANNEL


def gross_map(scan: Scan, lo: float, hi: float) -> BandMap:
    """Return the map of all counts in a band."""
    return BandMap(scan.band_map(lo, hi))


def mean_spectrum(scan: Scan) -> np.ndarray:
    """Return the mean spectrum by which side bands are placed; for a file without one, the max spectrum."""
    values = scan.spectrum(SUM_SPECTRUM)
    return scan.overall_spectrum() if values is None else values


def side_band_map(scan: Scan, lo: float, hi: float, spectrum: np.ndarray) -> BandMap:
    """Return the map of a band's net counts by side bands.

    Parameters
    ----------
    scan : Scan
    lo, hi : float
    spectrum : ndarray, shape (channels,)
        From `mean_spectrum`.

    Raises
    ------
    CalibrationError
        If there is no room beside the band.
    """
    bands = _beside(scan, lo, hi, spectrum)
    data = cached_map(_name(scan, bands), partial(_net_counts, scan, bands))
    return BandMap(data, NET_PER_CHANNEL, marked("net side bands"), _in_words(scan, bands))


def prepare_side_band_map(
    scan: Scan, lo: float, hi: float, spectrum: np.ndarray, is_wanted: IsWanted
) -> MapData | None:
    """Make the net counts of a band that will probably be needed, see `band_map_cache.prepare_map`."""
    bands = _beside(scan, lo, hi, spectrum)
    return prepare_map(_name(scan, bands), partial(_net_counts, scan, bands), is_wanted)


def _beside(scan: Scan, lo: float, hi: float, spectrum: np.ndarray) -> SideBands:
    return side_bands(spectrum, scan.axis.channels(lo, hi), scan.axis.first)


def _net_counts(scan: Scan, bands: SideBands, progress: Progress) -> np.ndarray:
    return straighten(net_band_map(scan.ds.cube(), bands, progress), scan.ds.row_displacement)


def _name(scan: Scan, bands: SideBands) -> Hashable:
    parts = tuple((part.start, part.stop) for part in (bands.band, *bands.sides))
    return scan.version, scan.ds.row_displacement, "net", parts


def _in_words(scan: Scan, bands: SideBands) -> str:
    """Return where the side bands lie."""
    form = "{:.2f}–{:.2f}" if scan.axis.unit == "keV" else "{:.0f}–{:.0f}"
    places = [form.format(*scan.axis.values[[side.start, side.stop - 1]]) for side in bands.sides]
    unit = "keV" if scan.axis.unit == "keV" else _("channels")
    if len(places) == 1:
        return _("side band {place} {unit}").format(place=places[0], unit=unit)
    return _("side bands {below} and {above} {unit}").format(below=places[0], above=places[1], unit=unit)
