"""Lines of the instrument: what a blank spectrum shows of the elements in its tube and housing."""

from dataclasses import dataclass, replace

import numpy as np

from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.evidence import Evidence
from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.spectrum.background import valid_counts
from maxrf_core.spectrum.fit import SpectrumFit, fit_spectrum
from maxrf_core.spectrum.instrument_fit import MODEL_ERROR
from maxrf_core.spectrum.model import build_model

MIN_SIGNIFICANCE = 4.0  # of a family's counts in the blank, to be one of the instrument's
SCALE_ERROR = 0.2  # of the scatter, by which an object may scatter other than the blank


@dataclass(frozen=True)
class Blank:
    """Families that the instrument itself shows.

    Attributes
    ----------
    lines : dict of str to (float, float)
        Family → its counts for one count of the tube's scatter, and their standard deviation.
    """

    lines: dict[str, tuple[float, float]]

    @property
    def families(self) -> tuple[str, ...]:
        """Names of the families, those with the most counts first."""
        return tuple(sorted(self.lines, key=lambda name: -self.lines[name][0]))

    def beside(self, evidence: Evidence, fit: SpectrumFit) -> Evidence:
        """Return the evidence for a family less what the instrument shows of it.

        Its counts in the blank are scaled by the scatter of the spectrum; the scale may err by 20 %.
        """
        if evidence.family not in self.lines:
            return evidence
        scatter = scatter_of(fit)
        own, error = (scatter * each for each in self.lines[evidence.family])
        total = float(np.sqrt(evidence.error**2 + error**2 + (SCALE_ERROR * own) ** 2))
        return replace(evidence, counts=evidence.counts - own, error=total)


NO_BLANK = Blank({})
"""An instrument of which nothing is known."""


def blank_of(analysis: Analysis, spectrum: np.ndarray) -> Blank:
    """Return what the instrument shows by itself, from a spectrum without an object.

    Parameters
    ----------
    analysis : Analysis
        Of the spectrum that is examined; the blank has its axis.
    spectrum : ndarray, shape (channels,)
        Counts of the blank: of a place beside the object, or of clean acrylic or paper.

    Raises
    ------
    CalibrationError
        If it has another number of channels, or shows nothing of the tube's scatter.
    """
    spectrum = valid_counts(spectrum)
    if spectrum.shape != analysis.spectrum.shape:
        words = _(
            "The blank spectrum has {blank} channels, and the examined one {count}: take one of its axis."
        )
        raise CalibrationError(words.format(blank=len(spectrum), count=len(analysis.spectrum)))
    families = analysis.fit.model.families
    model = build_model(analysis.instrument, families, spectrum, analysis.channels)
    fit = fit_spectrum(model, spectrum, MODEL_ERROR)
    scatter = scatter_of(fit)
    if scatter <= 0:
        raise CalibrationError(
            _("The blank spectrum shows nothing of the tube's scatter: choose a place beside the object.")
        )
    lines = {
        name: (float(area) / scatter, float(error) / scatter)
        for name, area, error in zip(model.families, fit.areas, fit.errors, strict=False)
        if area > MIN_SIGNIFICANCE * error
    }
    return Blank(lines)


def scatter_of(fit: SpectrumFit) -> float:
    """Return the fitted counts of the tube's lines after Compton scattering, else of Rayleigh's."""
    for kind in (" Compton", " Rayleigh"):
        counts = sum(
            float(area) for name, area in zip(fit.model.names, fit.areas, strict=True) if kind in name
        )
        if counts > 0:
            return counts
    return 0.0
