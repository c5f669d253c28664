"""Element maps with their error: net counts of line families in each pixel."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.candidates import lines_of, lines_of_tube, rivals_of_all
from maxrf_core.elements.references import References, reference_weights, references_of
from maxrf_core.elements.smoothing import smooth
from maxrf_core.errors import CalibrationError
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.language import _
from maxrf_core.progress import Progress
from maxrf_core.spectrum.elements import NAMES
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.fit import MIN_VARIANCE, inverse_of
from maxrf_core.spectrum.model import Model, build_model

DETECTION = 3.3  # sigma; counts above it are there (Currie, Analytical Chemistry 40, 1968, 586)
MARGIN = 0.8  # keV that is fitted beyond the last line
MIN_OWN = 0.02  # of a rival's weighted shape that no other column has; with less it would only add noise
N_RESIDUALS = 6  # energies at which the residual is watched
MODEL_VERSION = 4  # rises when the numbers change


@dataclass(frozen=True, eq=False)
class ElementMaps:
    """Maps of the line families of a scan.

    Attributes
    ----------
    names : tuple of str
        Families, such as ``"Fe-K"``.
    net : ndarray, shape (families, height, width), float32
        Net counts in each pixel; they may be negative, as noise is.
    sigma : ndarray, shape (families, height, width), float32
        Their standard deviation from counting.
    residual : ndarray, shape (height, width), float32
        What the model does not explain: the mean square of the deviations at the six energies where the mean
        spectrum fits worst, in units of their variance from counting; about 1 where nothing is missing.
    about : dict
        What the maps were made with: ``model`` (all columns), ``gain``, ``offset``, ``tube_kV``,
        ``tube_anode``, ``version``, ``fwhm_at_6_4_keV``.
    references : References
        What the maps can be divided by.
    """

    names: tuple[str, ...]
    net: np.ndarray
    sigma: np.ndarray
    residual: np.ndarray
    references: References
    about: dict[str, Any] = field(default_factory=dict)

    def index(self, family: str) -> int:
        """Return the position of a family, or of an element's first one.

        Raises
        ------
        CalibrationError
            If there is no map of it.
        """
        for number, name in enumerate(self.names):
            if family.strip().lower() in (name.lower(), split_family(name)[0].lower()):
                return number
        words = _("There is no map of {family!r:.40}; there are {names}.")
        raise CalibrationError(words.format(family=family, names=", ".join(self.names)))

    def straightened(self, row_displacement: float) -> "ElementMaps":
        """Return the maps with odd rows shifted back, see `maxrf_core.imaging.straight_rows`."""
        if row_displacement == 0:
            return self
        pairs = [smooth(*each, 1, row_displacement) for each in zip(self.net, self.sigma, strict=True)]
        net, sigma = np.array(pairs, np.float32).reshape(-1, 2, *self.residual.shape).transpose(1, 0, 2, 3)
        beside = self.references
        scatter = smooth(beside.scatter, beside.scatter_sigma, 1, row_displacement)
        others = (straighten(each, row_displacement) for each in (beside.zero_peak, beside.events))
        residual = straighten(self.residual, row_displacement)
        return replace(
            self, net=net, sigma=sigma, residual=residual, references=References(*scatter, *others)
        )

    def detection_limit(self, family: str) -> np.ndarray:
        """Return the net counts above which a family is there in each pixel: 3.3 sigma, (height, width)."""
        return DETECTION * self.sigma[self.index(family)]


def element_maps(
    cube: Cube, analysis: Analysis, families: Sequence[str] | None = None, progress: Progress | None = None
) -> ElementMaps:
    """Compute the maps of families in one pass over the cube.

    Weighted least squares with the columns M of the families, their rivals, the scatter, the sum peaks and
    the background in pieces: R = (MᵀWM)⁻¹MᵀW with W = 1 / mean spectrum; net = R · counts and
    variance = R² · counts.

    Parameters
    ----------
    cube : Cube
    analysis : Analysis
        Of the cube's mean spectrum.
    families : sequence of str, optional
        By default all that are present.
    progress : callable, optional

    Returns
    -------
    ElementMaps

    Raises
    ------
    CalibrationError
        If a family has no line in the scan, or is hidden by the tube's own lines.
    """
    wanted = chosen_families(analysis, families)
    model = map_model(analysis, wanted)
    channels = model.channels
    columns, _weights, inverse = weighted_fit(analysis, model)
    rows = inverse[[model.index(name) for name in wanted]]
    watched = residual_windows(analysis, channels)
    left = watched - (columns @ watched.T).T @ inverse
    n, m = len(rows), len(left)
    weights = np.zeros((2 * (n + m), cube.shape[2]))
    weights[:, channels] = np.concatenate([rows, rows**2, left, left**2])
    beside = reference_weights(analysis, model, inverse)
    maps = cube.weighted_maps(np.concatenate([weights, beside]), progress, _Combined(n, m))
    references = references_of(maps[2 * n + 1 :])
    return ElementMaps(
        tuple(wanted), maps[:n], maps[n : 2 * n], maps[2 * n], references, _about(analysis, model)
    )


@dataclass(frozen=True)
class _Combined:
    """Net counts, their errors, the residual and the references from the weighted sums of a tile.

    Attributes
    ----------
    n_families, n_windows : int
        Numbers of families, and of windows in which the residual is watched.
    """

    n_families: int
    n_windows: int

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Return (2 families + 1 + references, rows, columns) float32."""
        n, m = self.n_families, self.n_windows
        net, variance, deviations, expected, beside = np.split(sums, [n, 2 * n, 2 * n + m, 2 * (n + m)])
        residual = (deviations**2 / np.maximum(expected, 1e-6)).mean(axis=0, dtype=np.float32)
        return np.concatenate([net, np.sqrt(np.maximum(variance, 0)), residual[np.newaxis], beside])


def weighted_fit(analysis: Analysis, model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what pixels are fitted with.

    Returns
    -------
    columns : ndarray, shape (components, fitted channels)
        M: the counts of each component of the model.
    weights : ndarray, shape (fitted channels,)
        W: one over the mean spectrum.
    rows : ndarray, shape (components, fitted channels)
        R = (MᵀWM)⁻¹MᵀW: the amounts of the components are R · counts.
    """
    columns = model.columns[:, model.channels]
    weights = 1 / np.maximum(analysis.spectrum[model.channels], MIN_VARIANCE)
    return columns, weights, inverse_of(columns, weights)


def chosen_families(analysis: Analysis, families: Sequence[str] | None) -> list[str]:
    """Return the names of the families that are mapped, checked.

    An element without a shell stands for its family with the most counts in the spectrum.
    """
    if families is None:
        return sorted(analysis.present, key=lambda name: _main_energy(analysis, name))
    wanted = []
    for family in families:
        name = _full_name(analysis, family)
        if name not in wanted:
            wanted.append(name)
    return wanted


def _full_name(analysis: Analysis, family: str) -> str:
    element = family.strip().capitalize()
    tube, (low, high) = analysis.instrument.tube, analysis.fitted_range
    names = (
        [f"{element}-{shell}" for shell in "KLM"] if element in NAMES else ["-".join(split_family(family))]
    )
    if "-".join(split_family(names[0])) == names[0] and split_family(names[0])[0] == tube.anode:
        raise CalibrationError(
            _("{anode} is the anode of this scan's tube: its own lines hide it, so it has no map.").format(
                anode=tube.anode
            )
        )
    found = [name for name in names if low < _main_energy(analysis, name) < high]
    if not found:
        words = _(
            "{family!r:.40} has no line between {low:.1f} and {high:.1f} keV that this scan's tube excites."
        )
        raise CalibrationError(words.format(family=family, low=low, high=high))
    return max(found, key=analysis.fit.area)


def _main_energy(analysis: Analysis, name: str) -> float:
    """Return the energy of a family's strongest line in keV, 0 if it has none."""
    lines = lines_of(name, analysis.instrument.tube, analysis.instrument.response)
    return lines.main_energy if lines is not None else 0.0


def map_model(analysis: Analysis, wanted: Sequence[str]) -> Model:
    """Return the model that pixels are fitted with: present and wanted families, and their rivals.

    A rival that is not distinct from the other columns is left out.
    """
    instrument, spectrum = analysis.instrument, analysis.spectrum
    needed = list(dict.fromkeys([*wanted, *analysis.present]))
    channels = _channels(analysis, wanted)
    low, high = analysis.energies[[channels.start, channels.stop - 1]]
    possible = rivals_of_all(needed, instrument.tube, instrument.response, low, high)
    model = build_model(instrument, [*needed, *possible], spectrum, channels, analysis.sum_peaks)
    weights = 1 / np.maximum(spectrum[channels], MIN_VARIANCE)
    for name in reversed(possible):
        if name in model.names and _own_share(model, name, weights) < MIN_OWN:
            model = model.without(name)
    return model


def _channels(analysis: Analysis, wanted: Sequence[str]) -> slice:
    """Return the channels up to the last line of the families and of the scatter."""
    tube, response = analysis.instrument.tube, analysis.instrument.response
    last = 0.0
    families = [lines_of(name, tube, response) for name in [*wanted, *analysis.present]]
    for lines in [*families, *lines_of_tube(tube, response)]:
        if lines is not None:
            last = max(last, float(lines.energies[lines.intensities > 0.01].max()))
    stop = int(np.searchsorted(analysis.energies, last + MARGIN))
    return slice(analysis.channels.start, min(analysis.channels.stop, stop))


def _own_share(model: Model, name: str, weights: np.ndarray) -> float:
    """Return the share of a column that is orthogonal to all others, 0 to 1."""
    number = model.index(name)
    columns = model.columns[:, model.channels]
    others = np.delete(columns, number, axis=0)
    own = columns[number]
    left = own - (inverse_of(others, weights) @ own) @ others
    return float((left**2) @ weights / ((own**2) @ weights))


def residual_energies(analysis: Analysis, families: Sequence[str]) -> list[float]:
    """Return the energies in keV at which the residual of the maps of these families is watched."""
    channels = map_model(analysis, chosen_families(analysis, families)).channels
    energies = analysis.energies[channels]
    return sorted(float(energies[window > 0].mean()) for window in residual_windows(analysis, channels))


def residual_windows(analysis: Analysis, channels: slice) -> np.ndarray:
    """Return windows of a line's width where the mean spectrum fits worst: (windows, fitted channels)."""
    energies = analysis.energies[channels]
    fitted = np.maximum(analysis.fit.fitted[channels], MIN_VARIANCE)
    misfit = (analysis.spectrum[channels] - fitted) ** 2 / fitted
    windows = []
    for _number in range(N_RESIDUALS):
        centre = energies[misfit.argmax()]
        inside = np.abs(energies - centre) <= float(analysis.instrument.response.fwhm(centre))
        windows.append(inside)
        misfit = np.where(inside, 0, misfit)
    return np.array(windows, np.float64)


def _about(analysis: Analysis, model: Model) -> dict[str, Any]:
    tube, response = analysis.instrument.tube, analysis.instrument.response
    return {
        "model": list(model.names),
        "gain": response.gain,
        "offset": response.offset,
        **tube.attributes(),
        "fwhm_at_6_4_keV": float(response.fwhm(6.4)),
        "version": MODEL_VERSION,
    }
