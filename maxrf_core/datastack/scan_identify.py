"""Elements of a whole scan: from its mean spectrum and from the spectra of bright spots."""

from collections.abc import Iterator

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_peaks import scan_peaks
from maxrf_core.datastack.stored_elements import scan_spectrum, scan_tube
from maxrf_core.elements.analysis import Analysis, analyse
from maxrf_core.elements.blank import NO_BLANK, Blank, blank_of
from maxrf_core.elements.identify import Identification, findings_of, identification, identify_spectrum
from maxrf_core.elements.peak_place import peak_window
from maxrf_core.elements.tube_choice import choose_tube
from maxrf_core.language import Note, _, translated
from maxrf_core.large_array import let_go
from maxrf_core.progress import Progress, silent
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.workers import one_thread_each

N_SPOTS = 8  # spots whose spectra are examined
SPOT_PIXELS = 25
N_PEAKS = 20


def identify(
    scan: DataStack | np.ndarray,
    axis: SpectralAxis | None = None,
    *,
    anode: str | None = None,
    kv: float | None = None,
    blank: np.ndarray | None = None,
    progress: Progress = silent,
) -> Identification:
    """Return the elements of a scan or of a spectrum: sure, possible or absent.

    Parameters
    ----------
    scan : DataStack or ndarray, shape (channels,)
        A scan, of which the mean spectrum and the spectra of bright spots are examined; or counts.
    axis : SpectralAxis, optional
        Of the counts, in keV; a scan has its own.
    anode, kv : optional
        The tube; by default as the file tells it, else it is proposed from the spectrum.
    blank : ndarray, shape (channels,), optional
        Counts, on the same axis, of a place without an object, such as one beside it (`region_spectrum`).
        What it shows is the instrument's own, in proportion to the scatter, and is taken off the evidence.
    progress : callable
        Called with the fraction done and what is being done.

    Raises
    ------
    CalibrationError
        If there are no energies, or no counts where elements have lines.
    """
    if not isinstance(scan, DataStack):
        if axis is None:
            axis = SpectralAxis.of_channels(len(scan))  # refused with advice
        choice = choose_tube(scan, axis, anode, kv)
        analysis = analyse(scan, axis, choice.tube)
        return identify_spectrum(analysis, choice.sentence, _blank(analysis, blank))
    return examine_scan(scan, anode=anode, kv=kv, blank=blank, progress=progress)[1]


def examine_scan(
    ds: DataStack,
    *,
    anode: str | None = None,
    kv: float | None = None,
    blank: np.ndarray | None = None,
    progress: Progress = silent,
) -> tuple[Analysis, Identification]:
    """Return the analysis of a scan's mean spectrum, and its elements; see `identify`."""
    with one_thread_each():  # set once, not for each of many small fits
        return _examined(ds, anode, kv, blank, progress)


def _blank(analysis: Analysis, spectrum: np.ndarray | None) -> Blank:
    return NO_BLANK if spectrum is None else blank_of(analysis, spectrum)


def _examined(
    ds: DataStack, anode: str | None, kv: float | None, blank: np.ndarray | None, progress: Progress
) -> tuple[Analysis, Identification]:
    analysis, tube_sentence = _of_mean(ds, anode, kv, progress)
    own = _blank(analysis, blank)
    found = [findings_of(analysis, blank=own)]
    progress(0.4, _("looking for bright spots"))
    for number, (where, spot) in enumerate(bright_spots(ds, analysis)):
        progress(0.5 + 0.5 * number / N_SPOTS, _("examining the {where}").format(where=translated(where)))
        found.append(findings_of(analysis, spot, where, own))
    progress(1.0, _("elements identified"))
    return analysis, identification(analysis, found, tube_sentence)


def examine_mean(
    ds: DataStack, *, anode: str | None = None, kv: float | None = None, progress: Progress = silent
) -> tuple[Analysis, Identification]:
    """Return the analysis of a scan's mean spectrum, and the elements that it alone shows.

    Nothing of the cube is read if the file holds its mean spectrum. The arguments are those of `identify`.
    """
    with one_thread_each():
        analysis, tube_sentence = _of_mean(ds, anode, kv, progress)
        return analysis, identification(analysis, [findings_of(analysis)], tube_sentence)


def _of_mean(ds: DataStack, anode: str | None, kv: float | None, progress: Progress) -> tuple[Analysis, str]:
    """Return the analysis of the mean spectrum, and what is assumed of the tube."""
    progress(0.0, _("reading the mean spectrum"))
    spectrum = scan_spectrum(ds)
    choice = scan_tube(ds, spectrum, anode, kv)
    progress(0.1, _("fitting the mean spectrum"))
    analysis = analyse(spectrum, ds.axis, choice.tube)
    progress(0.3, _("looking for elements"))
    return analysis, choice.sentence


def bright_spots(ds: DataStack, analysis: Analysis) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the places and the spectra of the pixels that stand out most at the peaks of the scan.

    Yields
    ------
    where : str
        Such as ``"bright spot at x 12, y 40"``: its brightest pixel.
    spectrum : ndarray, shape (channels,), float64
        Sum of the counts of its pixels.
    """
    weights = peak_weights(ds, analysis)
    if not len(weights):
        return
    chosen, tops = _brightest_pixels(ds.cube().weighted_maps(weights))
    width = ds.shape[1]
    # All at once: many of the pixels lie in the same chunks.
    read = ds.cube().spectra(np.stack([chosen.ravel() % width, chosen.ravel() // width], axis=1))
    spectra = np.nan_to_num(read.astype(np.float64)).reshape(*chosen.shape, -1).sum(axis=1)
    for pixels, top, spectrum in zip(chosen, tops, spectra, strict=True):
        y, x = divmod(int(pixels[top.argmax()]), width)
        yield Note("bright spot at x {x}, y {y}", x=x, y=y), spectrum


def _brightest_pixels(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the brightest pixels of the maps that stand out most.

    Parameters
    ----------
    maps : ndarray, shape (maps, height, width)
        One at a time is worked on: together they are large.

    Returns
    -------
    pixels : ndarray, (up to N_SPOTS, up to SPOT_PIXELS), int
        Their places in the map, row by row.
    values : ndarray
        What the map has there.
    """
    brightest, tops, distinctness = [], [], []
    for each in maps:
        values = np.nan_to_num(each).ravel()
        count = min(SPOT_PIXELS, values.size)
        pixels = np.argpartition(values, -count)[-count:]
        middle = np.median(values)
        spread = np.median(np.abs(values - middle)) + 1e-6
        brightest.append(pixels)
        tops.append(values[pixels])
        distinctness.append((values[pixels].mean() - middle) / spread)
        let_go(maps)
    order = np.argsort(-np.array(distinctness))[:N_SPOTS]
    return np.array(brightest)[order], np.array(tops)[order]


def peak_weights(ds: DataStack, analysis: Analysis) -> np.ndarray:
    """Return weights for the net counts of the scan's peaks, (peaks, channels); see `peak_window`."""
    channels = [
        peak
        for peak in scan_peaks(ds, ds.axis, N_PEAKS).tolist()
        if analysis.channels.start <= peak < analysis.channels.stop
    ]
    rows = [peak_window(analysis, float(analysis.energies[peak])) for peak in channels]
    return np.array(rows).reshape(len(rows), len(analysis.spectrum))
