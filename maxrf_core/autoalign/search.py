"""Coarse-to-fine search for the homography under which photograph and maps agree best.

On each level, patches of the maps are searched in the photograph, a homography is estimated by consensus, and
then all patches are fitted, each weighted by its precision in each direction. A step is accepted only if the
correlation of the edges rises and no corner moves beyond the limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

import numpy as np

from maxrf_core.autoalign.evidence import Evidence, correlations, find_evidence
from maxrf_core.autoalign.patch_matching import Matches, match
from maxrf_core.autoalign.pyramid import Level, Pyramid
from maxrf_core.autoalign.robust_fit import Clicks, Fit, fit_magsac, fit_weighted, max_shift, mean_distance
from maxrf_core.language import _
from maxrf_core.progress import Progress, silent
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography

SPREAD = 2.5  # possible error of a patch over that of the clicks
MAX_COARSE_REACH = 20  # pixels to search on the coarsest level, if the map is large enough
MIN_COARSE_SIDE = 80  # pixels along the shorter side of the coarsest level
REPEAT_REACH = 6  # pixels to search once the patches are about in place
FINE_REACH = 8  # pixels to search on the next finer level
MIN_DISTINCTION = 3.0  # standard deviations, see `Matches.distinction`, of a patch in the consensus
MIN_CORRELATION = 0.1  # of a patch in the consensus
MIN_INLIERS = 6  # patches, on coarse levels
MIN_INLIERS_FINEST = 12  # patches, on the finest level
TOLERANCE = 1.5  # pixels, of the consensus
FINE_TOLERANCE = 1.0  # pixels, of the final weighted fit
BLURS = (1.0, 1.6)  # pixels, of the final fit: one for sharp details, one for noisy maps
MIN_STEP = 0.02  # map pixels: a smaller step ends the search
BORDER = 0.12  # width of the map's border over its shorter side
MAX_BORDER_SHIFT = 0.5  # map pixels: above it the search is repeated
MIN_REPEAT_WEIGHT = 1.0  # weight of evidence below which it is not repeated


@dataclass(frozen=True, eq=False)
class Search:
    """Pictures, start and limits of a search for a transform.

    Parameters
    ----------
    pyramid : Pyramid
        The pictures.
    clicks : Clicks
        Points that constrain the transform where the pictures do not.
    origin : Homography
        Start of the search, from photograph to map.
    limit : float
        Distance that a corner of the map may move from there, in map pixels.
    """

    pyramid: Pyramid
    clicks: Clicks
    origin: Homography
    limit: float

    def allows(self, transform: Homography) -> bool:
        """Return True if a transform moves no corner beyond the limit."""
        return max_shift(self.origin, transform, corners_of(self.pyramid.shape)) <= self.limit

    def find(self, starts: Sequence[Homography], report: Progress) -> tuple[Fit, Evidence]:
        """Search for the best transform, and repeat the search if the map's border shifts the result.

        Coarse patches may match a wrong, parallel edge of a sheet. From a start that is nearly right, or
        fitted without the border, they no longer do. The result with the most evidence is returned.

        Parameters
        ----------
        starts : sequence of Homography
        report : callable
            Called with the fraction done and the current step.

        Returns
        -------
        Fit
            Its uncertainty is infinite if no fit on the finest level was within the limit.
        Evidence
            Evidence for the fit.
        """
        fit = self.run(starts, lambda fraction, doing: report(0.6 * fraction, doing))
        best = fit, find_evidence(self.pyramid.level(1), fit.transform)
        if fit.inner is None or fit.border_shift <= MAX_BORDER_SHIFT or best[1].weight < MIN_REPEAT_WEIGHT:
            return best
        for number, start in enumerate((fit.transform, fit.inner)):
            report(0.6 + 0.2 * number, _("trying again from there"))
            if self.allows(start):
                again = self.run([start], silent)
                evidence = find_evidence(self.pyramid.level(1), again.transform)
                best = max(best, (again, evidence), key=lambda each: each[1].weight)
        return best

    def run(self, starts: Sequence[Homography], report: Progress) -> Fit:
        """Search once, from each of `starts` on the coarsest level; otherwise as `find`."""
        reach = SPREAD * self.clicks.error + 2
        factor = coarsest_factor(self.pyramid.shape, reach)
        level, found = self.pyramid.level(factor), []
        for number, start in enumerate(starts):
            report(0.4 * number / len(starts), _("matching coarse patches"))
            found.append(self._improve(level, start, (ceil(reach / factor), REPEAT_REACH)))
        scores = correlations(level, found)
        best = found[scores.index(max(scores))]
        while factor > 1:
            factor //= 2
            report(0.4 + 0.3 / factor, _("matching finer patches"))
            best = self._improve(self.pyramid.level(factor), best, (FINE_REACH,))
        report(0.7, _("balancing all patches"))
        return self.polish(best)

    def _improve(self, level: Level, transform: Homography, reaches: Sequence[int]) -> Homography:
        """Improve a transform on one level by consensus and weighted fit."""
        for reach in reaches:
            transform = self._consensus(level, transform, reach)
        for _round in range(2):
            patches = match(level, transform, 4, size=32, overlap=2, blur=BLURS[0])
            fit = fit_weighted(transform, [patches], self.clicks, self.pyramid.shape, FINE_TOLERANCE)
            improved = self._better(level, transform, fit.transform)
            if improved is transform:
                break
            transform = improved
        return transform

    def _consensus(self, level: Level, transform: Homography, reach: int) -> Homography:
        overlap = 2 if level.factor == 1 else 3
        patches = match(level, transform, reach, size=48, overlap=overlap, blur=BLURS[0])
        clear = (
            patches.inside & (patches.distinction > MIN_DISTINCTION) & (patches.correlation > MIN_CORRELATION)
        )
        min_inliers = MIN_INLIERS_FINEST if level.factor == 1 else MIN_INLIERS
        agreed = fit_magsac(transform, patches[clear], TOLERANCE * level.factor, min_inliers)
        if agreed is None or not self.allows(agreed):
            return transform
        fit = fit_weighted(agreed, [patches[clear]], self.clicks, self.pyramid.shape, TOLERANCE)
        return self._better(level, self._better(level, transform, agreed), fit.transform)

    def _better(self, level: Level, kept: Homography, other: Homography) -> Homography:
        if not self.allows(other):
            return kept
        before, after = correlations(level, [kept, other])
        return other if after > before else kept

    def polish(self, transform: Homography) -> Fit:
        """Fit the patches of the finest level, sharp and blurred ones together.

        Parameters
        ----------
        transform : Homography
            From photograph to map, correct to a pixel or two.

        Returns
        -------
        Fit
            Its uncertainty is infinite if no fit was within the limit.
        """
        level, best = self.pyramid.level(1), Fit(transform, inf)
        for reach in (4, 3, 3):
            patches = [match(level, best.transform, reach, size=32, overlap=1.5, blur=blur) for blur in BLURS]
            fit = self._balanced(best.transform, patches)
            if not self.allows(fit.transform):
                break
            step = max_shift(best.transform, fit.transform, corners_of(self.pyramid.shape))
            best = fit
            if step < MIN_STEP:
                break
        return best

    def _balanced(self, transform: Homography, patches: Sequence[Matches]) -> Fit:
        """Fit all patches, and measure how far those at the border shift the fit.

        The edge of a sheet, a frame or a mount may be at another position on the map than a similar edge in
        the photograph, and so displace the corners.
        """
        shape = self.pyramid.shape
        fit = fit_weighted(transform, patches, self.clicks, shape, FINE_TOLERANCE)
        within = [each[_inside(each.on_map, shape)] for each in patches]
        inner = fit_weighted(fit.transform, within, self.clicks, shape, FINE_TOLERANCE)
        border_shift = mean_distance(fit.transform, inner.transform, shape)
        return Fit(fit.transform, fit.uncertainty, inner.transform, border_shift)


def _inside(places: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    border = BORDER * min(shape)
    last = np.array([shape[1] - 1, shape[0] - 1])
    return np.all((places > border) & (places < last - border), axis=1)


def coarsest_factor(shape: tuple[int, int], reach: float) -> int:
    """Return the factor of the coarsest level, which keeps the search short and the map large enough.

    Parameters
    ----------
    shape : (height, width)
        Of the map.
    reach : float
        Search distance, in map pixels.

    Returns
    -------
    int
        A power of two.

    Examples
    --------
    >>> coarsest_factor((423, 398), 40), coarsest_factor((423, 398), 100), coarsest_factor((100, 90), 100)
    (2, 4, 1)
    """
    factor = 1
    while min(shape) / (2 * factor) >= MIN_COARSE_SIDE and (factor == 1 or reach / factor > MAX_COARSE_REACH):
        factor *= 2
    return factor
