"""The mean spectrum, the fitted model and one family's lines as curves."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from maxrf_core.datastack.missing_pixels import averaged_pixels
from maxrf_core.elements.maps import DETECTION
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.lines import element_lines
from widgets.charts.colours import OWN_COLOURS
from widgets.charts.curves import MEAN_COLOUR
from widgets.charts.spectrum_figure import Curve, PeakName
from widgets.elements.examination import Examination
from widgets.session.language import _
from widgets.session.scan import Scan

MARGIN = 0.8  # keV beside a family's lines
MIN_LINE = 0.05  # of a family's strongest line, to be named
MIN_DRAWN = 0.01  # of a family's highest channel; less would only stretch a logarithmic scale
FAMILY_COLOUR, MODEL_COLOUR = OWN_COLOURS[0], OWN_COLOURS[3]


def family_curves(scan: Scan, examination: Examination, family: str) -> list[Curve]:
    """Return the mean spectrum, the model, and the family's lines, in counts per pixel.

    Of a family that is not found, the lines have the counts of the detection limit: more cannot hide.
    """
    analysis = examination.analysis
    pixels = averaged_pixels(scan.ds)
    number = analysis.fit.model.index(family)
    area, limit = float(analysis.fit.areas[number]), DETECTION * float(analysis.fit.errors[number])
    found = area > limit
    words = _("{family} lines") if found else _("{family} lines at the detection limit")
    lines = analysis.fit.model.columns[number] * (area if found else limit) / pixels
    lines = np.where(lines > MIN_DRAWN * lines.max(), lines, np.nan)
    model = np.where(_fitted(examination), analysis.fit.fitted / pixels, np.nan)
    return [
        Curve(_("Mean of all pixels"), analysis.spectrum / pixels, MEAN_COLOUR),
        Curve(_("Model"), model, MODEL_COLOUR),
        Curve(words.format(family=family), lines, FAMILY_COLOUR),
    ]


def line_names(examination: Examination, family: str) -> list[PeakName]:
    """Return the names of a family's lines in the fitted range."""
    element, shell = split_family(family)
    analysis = examination.analysis
    low, high = analysis.fitted_range
    lines = [
        line
        for line in element_lines(element, analysis.instrument.tube)
        if line.series.startswith(shell) and low < line.energy < high
    ]
    strongest = max((line.intensity for line in lines), default=0.0)
    return [PeakName(line.energy, line.label) for line in lines if line.intensity >= MIN_LINE * strongest]


def cropped(
    axis: SpectralAxis, curves: Sequence[Curve], positions: Sequence[float]
) -> tuple[SpectralAxis, list[Curve]]:
    """Return axis and curves around some energies; all if there are none."""
    inside = np.zeros(len(axis), bool)
    if positions:
        inside = (axis.values > min(positions) - MARGIN) & (axis.values < max(positions) + MARGIN)
    if inside.sum() < 2:
        return axis, list(curves)
    start, stop = np.flatnonzero(inside)[[0, -1]] + [0, 1]
    part = SpectralAxis(axis.values[start:stop], axis.unit)
    return part, [replace(curve, values=curve.values[start:stop]) for curve in curves]


def _fitted(examination: Examination) -> np.ndarray:
    """Return True at the channels that are fitted, (channels,)."""
    inside = np.zeros(len(examination.analysis.spectrum), bool)
    inside[examination.analysis.channels] = True
    return inside
