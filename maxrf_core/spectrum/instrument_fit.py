"""Fit of the instrument to a spectrum: axis, resolution, shapes of lines and scatter."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from maxrf_core.spectrum.background import snip
from maxrf_core.spectrum.fit import MIN_VARIANCE, SpectrumFit, fit_spectrum, nnls_of
from maxrf_core.spectrum.model import Instrument, build_model, sum_peaks_of
from maxrf_core.workers import one_thread_each

MODEL_ERROR = 0.02  # of the counts; what the tables and shapes are trusted to while the instrument is fitted
MAX_STEPS = 10
OF_INSTRUMENT = ("angle", "compton_width", "beam_shift")  # the others are of its response

# What is fitted to a scan: name, step, smallest and largest value, and how far it is usually from the start,
# so that few counts do not change it; the axis relative to the calibration.
_PARAMS = (
    ("offset", 0.01, -0.06, 0.06, 0.02),
    ("gain", 0.001, -0.006, 0.006, 0.002),
    ("noise", 0.01, 0.03, 0.3, 0.03),
    ("fano", 0.01, 0.07, 0.25, 0.02),
    ("shelf", 0.01, 0.0, 0.2, 0.02),
    ("tail", 0.01, 0.0, 0.15, 0.03),
    ("tail_length", 0.1, 0.05, 1.0, 0.1),
    ("step", 0.003, 0.0, 0.05, 0.003),
    ("escape", 0.3, 0.0, 2.0, 0.5),
    ("path", 0.5, 0.0, 80.0, 10.0),
    ("angle", 5.0, 80.0, 175.0, 15.0),
    ("compton_width", 0.05, 0.1, 1.6, 0.2),
    ("beam_shift", 0.01, -0.15, 0.15, 0.05),  # of a monochromatic beam
)


def fit_instrument(
    instrument: Instrument,
    families: Sequence[str],
    spectrum: np.ndarray,
    channels: slice,
    fixed: Sequence[str] = (),
) -> Instrument:
    """Fit the axis, the resolution, the shapes of lines and the scatter to a spectrum.

    Parameters
    ----------
    instrument : Instrument
        Starting values.
    families : sequence of str
        Those that are in the spectrum.
    spectrum : ndarray, shape (channels,)
        Counts of many pixels.
    channels : slice
        The fitted channels.
    fixed : sequence of str
        Parameters that are not fitted, such as ``"angle"``.
    """
    from scipy.optimize import least_squares

    background = snip(spectrum, instrument.response)
    first = build_model(instrument, families, spectrum, channels, background=background)
    peaks = fitted_lines(fit_spectrum(first, spectrum, MODEL_ERROR))
    fixed = fixed if instrument.tube.is_beam else [*fixed, "beam_shift"]
    free = [param for param in _PARAMS if param[0] not in fixed]
    start = np.array([_value(instrument, name) for name, *_ in free])
    steps, low, high, spread = (np.array([param[i] for param in free]) for i in (1, 2, 3, 4))
    values = spectrum[channels].astype(np.float64)
    error = np.sqrt(np.maximum(values, MIN_VARIANCE) + (MODEL_ERROR * values) ** 2)

    def residuals(scaled: np.ndarray) -> np.ndarray:
        trial = _with(instrument, [name for name, *_ in free], scaled * steps)
        sums = sum_peaks_of(peaks, trial.response)
        model = build_model(trial, families, spectrum, channels, sums, background)
        columns = model.columns[:, channels]
        areas = nnls_of(columns, values, 1 / error**2)
        return np.concatenate([(values - areas @ columns) / error, (scaled * steps - usual) / spread])

    usual = start
    start = np.clip(start, low + 1e-3 * steps, high - 1e-3 * steps)
    with one_thread_each():
        found = least_squares(
            residuals, start / steps, bounds=(low / steps, high / steps), diff_step=0.02, loss="soft_l1",
            ftol=1e-3, max_nfev=MAX_STEPS,
        )  # fmt: skip
    return _with(instrument, [name for name, *_ in free], found.x * steps)


def fitted_lines(fit: SpectrumFit) -> np.ndarray:
    """Return the fitted counts without the background."""
    lines = [not name.startswith("background") for name in fit.model.names]
    peaks = fit.areas[lines] @ fit.model.columns[lines]
    outside = np.ones(len(peaks), bool)
    outside[fit.model.channels] = False
    peaks[outside] = 0
    return peaks


def _value(instrument: Instrument, name: str) -> float:
    if name in ("offset", "gain"):
        return 0.0
    return getattr(instrument if hasattr(instrument, name) else instrument.response, name)


def _with(instrument: Instrument, names: Sequence[str], values: np.ndarray) -> Instrument:
    """Return an instrument with other values; offset in keV and gain as a part are added to its own."""
    given = dict(zip(names, values.tolist(), strict=True))
    response = instrument.response
    gain = response.gain * (1 + given.pop("gain", 0.0))
    of_instrument = {name: given.pop(name) for name in OF_INSTRUMENT if name in given}
    offset = response.offset + given.pop("offset", 0.0)
    return replace(instrument, response=replace(response, offset=offset, gain=gain, **given), **of_instrument)
