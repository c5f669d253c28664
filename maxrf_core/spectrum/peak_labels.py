"""Labels of peaks: the element lines that the peaks of a spectrum most probably are."""

from collections.abc import Iterable, Sequence

import numpy as np

from maxrf_core.spectrum.elements import COMMON_ELEMENTS, DEFAULT_TUBE, FREQUENT_ELEMENTS, Tube
from maxrf_core.spectrum.lines import Line, element_lines, tube_lines

MIN_SCORE = 0.1  # at most 1; a peak whose best line has less gets no label


def label_peaks(
    energies: Sequence[float] | np.ndarray,
    elements: Iterable[str] = COMMON_ELEMENTS,
    tolerance: float = 0.06,
    tube: Tube | None = DEFAULT_TUBE,
) -> list[Line | None]:
    """Return the most plausible line for each peak of a spectrum.

    All peaks are judged together: a line scores higher if it is a strong line of its element, if peaks lie at
    the element's other strong lines, and if the element is frequent in works of art. A peak at Pb La without
    one at Pb Lb is therefore labelled As Ka. The labels are suggestions: overlapping lines need a fit.

    Parameters
    ----------
    energies : sequence of float
        keV of the peaks, in any order.
    elements : iterable of str
        The elements to consider.
    tolerance : float
        Largest distance of a peak from its line in keV; three times as large for Compton scatter, which is
        broad.
    tube : Tube or None
        The tube that excites the elements; its scattered lines are labelled, too, unless it is None.

    Returns
    -------
    list of Line or None
        One for each energy; None where no line fits.

    Examples
    --------
    >>> [line.label if line else "?" for line in label_peaks([6.40, 7.06, 3.69, 18.9, 20.18, 28.0])]
    ['Fe Ka', 'Fe Kb', 'Ca Ka', 'Rh Compton', 'Rh Ka', '?']
    >>> [line.label for line in label_peaks([3.69, 10.54, 12.61, 20.17])]
    ['Ca Ka', 'Pb La', 'Pb Lb', 'Rh Ka']
    >>> [line.label for line in label_peaks([3.69, 10.54, 20.17])]
    ['Ca Ka', 'As Ka', 'Rh Ka']
    """
    peaks = np.asarray(energies, dtype=np.float64)
    if not len(peaks):
        return []
    scores: list[dict[Line, float]] = [{} for _ in peaks]
    families = [(False, element_lines(element, tube or DEFAULT_TUBE)) for element in elements]
    if tube:
        families.append((True, tube_lines(tube.anode, kv=tube.kv)))
    for from_tube, lines in families:
        support = 1.0 if from_tube else _support(lines, peaks, tolerance)
        for line in lines:
            weight = (
                np.sqrt(line.intensity) * support**2 * (1.0 if line.element in FREQUENT_ELEMENTS else 0.7)
            )
            fit = np.exp(-0.5 * ((peaks - line.energy) / (0.4 * _reach(line, tolerance))) ** 2)
            for number in np.flatnonzero(np.abs(peaks - line.energy) <= _reach(line, tolerance)):
                scores[number][line] = float(weight * fit[number])
    best = [max(fits, key=lambda line: fits[line], default=None) for fits in scores]
    return [
        line if line and fits[line] > MIN_SCORE else None for line, fits in zip(best, scores, strict=True)
    ]


def _reach(line: Line, tolerance: float) -> float:
    return 3 * tolerance if "Compton" in line.series else tolerance


def _support(lines: Sequence[Line], peaks: np.ndarray, tolerance: float) -> float:
    """Return the share of an element's intensity, within the range of the peaks, at which there is a peak."""
    expected = found = 1e-9
    for line in lines:
        reach = _reach(line, tolerance)
        if peaks.min() - reach <= line.energy <= peaks.max() + reach:
            expected += line.intensity
            found += line.intensity * bool((np.abs(peaks - line.energy) <= reach).any())
    return found / expected
