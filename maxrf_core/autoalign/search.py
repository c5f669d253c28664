"""Under which transform do photograph and maps agree best, near to where it is looked for?

From coarse pictures to fine ones: patches of the maps are looked for in the photograph; most of them must
agree on one homography; then all patches pull it, each in the directions in which it is sure. A step is taken
only if the correlation of the edges rises, and never further than allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

import numpy as np

from maxrf_core.autoalign.evidence import Evidence, correlations, evidence_for
from maxrf_core.autoalign.patch_matching import Matches, match
from maxrf_core.autoalign.pyramid import Level, Pyramid
from maxrf_core.autoalign.robust_fit import Clicks, Fit, corners_of, mean_distance, moved, settle, vote
from maxrf_core.progress import Progress, silent
from maxrf_core.transform.homography import Homography

SPREAD = 2.5  # how much further off than the clicks a patch may be
FAR = 20  # pixels of the coarsest level to search at the most, where the map is large enough
SMALLEST = 80  # pixels along the shorter side of the coarsest level
AGAIN = 6  # pixels to search once the patches are about in place
FINER = 8  # pixels to search on the next finer level
CLEAR = 3.0  # standard deviations by which a patch's best place must exceed its others to vote
LEAST_CORRELATION = 0.1  # of a patch that votes
LEAST_VOTES = 6  # that must agree, on coarse levels with few patches,
LEAST_VOTES_AT_LAST = 12  # and on the finest one
TOLERANCE = 1.5  # pixels, of votes
NARROW = 1.0  # pixels, of the balance that follows
BLURS = (1.0, 1.6)  # of the last balance: fine for what is sharp, coarse for what is noisy
STILL = 0.02  # map pixels: a step below it ends the search
BORDER = 0.12  # of the map's shorter side, which counts as its border
CONTESTED = 0.5  # map pixels by which the border moves the fit: above it another search is worth the time
PROMISING = 1.0  # weight of evidence, below which it is not


@dataclass(frozen=True, eq=False)
class Search:
    """Where and with what to look for a transform.

    Parameters
    ----------
    pyramid : Pyramid
        The pictures.
    clicks : Clicks
        What holds the transform where the pictures do not.
    origin : Homography
        From photograph to map, where the search begins.
    limit : float
        How far a corner of the map may move from there, in map pixels.
    """

    pyramid: Pyramid
    clicks: Clicks
    origin: Homography
    limit: float

    def allows(self, transform: Homography) -> bool:
        """Tell whether a transform moves no corner further than allowed; needs no picture."""
        return moved(self.origin, transform, corners_of(self.pyramid.shape)) <= self.limit

    def find(self, starts: Sequence[Homography], report: Progress) -> tuple[Fit, Evidence]:
        """Look for the best transform, and again from there where the map's border contests it.

        Coarse patches may be caught by one edge of a sheet where the next one is meant. From a start that is
        nearly right, or that the border does not pull at, they no longer are. The evidence decides.

        Parameters
        ----------
        starts : sequence of Homography
        report : callable
            Takes the fraction done and what is being done.

        Returns
        -------
        Fit
            Its uncertainty is infinite where no finest fit was allowed.
        Evidence
            What speaks for it.
        """
        fit = self.run(starts, lambda fraction, doing: report(0.6 * fraction, doing))
        best = fit, evidence_for(self.pyramid.level(1), fit.transform)
        if fit.inner is None or fit.contested <= CONTESTED or best[1].weight < PROMISING:
            return best
        for number, start in enumerate((fit.transform, fit.inner)):
            report(0.6 + 0.2 * number, "trying again from there")
            if self.allows(start):
                again = self.run([start], silent)
                evidence = evidence_for(self.pyramid.level(1), again.transform)
                best = max(best, (again, evidence), key=lambda each: each[1].weight)
        return best

    def run(self, starts: Sequence[Homography], report: Progress) -> Fit:
        """Look for the best transform once, from each of `starts` on the coarsest level; else as `find`."""
        reach = SPREAD * self.clicks.error + 2
        factor = coarsest(self.pyramid.shape, reach)
        level, found = self.pyramid.level(factor), []
        for number, start in enumerate(starts):
            report(0.4 * number / len(starts), "matching coarse patches")
            found.append(self._on(level, start, (ceil(reach / factor), AGAIN)))
        scores = correlations(level, found)
        best = found[scores.index(max(scores))]
        while factor > 1:
            factor //= 2
            report(0.4 + 0.3 / factor, "matching finer patches")
            best = self._on(self.pyramid.level(factor), best, (FINER,))
        report(0.7, "balancing all patches")
        return self.polish(best)

    def _on(self, level: Level, transform: Homography, reaches: Sequence[int]) -> Homography:
        """Improve a transform by votes and by balance on one level."""
        for reach in reaches:
            transform = self._voted(level, transform, reach)
        for _ in range(2):
            patches = match(level, transform, 4, size=32, overlap=2, blur=BLURS[0])
            fit = settle(transform, [patches], self.clicks, self.pyramid.shape, NARROW)
            improved = self._better(level, transform, fit.transform)
            if improved is transform:
                break
            transform = improved
        return transform

    def _voted(self, level: Level, transform: Homography, reach: int) -> Homography:
        overlap = 2 if level.factor == 1 else 3
        patches = match(level, transform, reach, size=48, overlap=overlap, blur=BLURS[0])
        clear = patches.inside & (patches.distinction > CLEAR) & (patches.correlation > LEAST_CORRELATION)
        least = LEAST_VOTES_AT_LAST if level.factor == 1 else LEAST_VOTES
        voted = vote(transform, patches[clear], TOLERANCE * level.factor, least)
        if voted is None or not self.allows(voted):
            return transform
        fit = settle(voted, [patches[clear]], self.clicks, self.pyramid.shape, TOLERANCE)
        return self._better(level, self._better(level, transform, voted), fit.transform)

    def _better(self, level: Level, kept: Homography, other: Homography) -> Homography:
        if not self.allows(other):
            return kept
        before, after = correlations(level, [kept, other])
        return other if after > before else kept

    def polish(self, transform: Homography) -> Fit:
        """Balance the patches of the finest level, sharp and blurred ones together.

        Parameters
        ----------
        transform : Homography
            From photograph to map, right to a pixel or two.

        Returns
        -------
        Fit
            Its uncertainty is infinite where no fit was allowed.
        """
        level, best = self.pyramid.level(1), Fit(transform, inf)
        for reach in (4, 3, 3):
            patches = [match(level, best.transform, reach, size=32, overlap=1.5, blur=blur) for blur in BLURS]
            fit = self._balanced(best.transform, patches)
            if not self.allows(fit.transform):
                break
            step = moved(best.transform, fit.transform, corners_of(self.pyramid.shape))
            best = fit
            if step < STILL:
                break
        return best

    def _balanced(self, transform: Homography, patches: Sequence[Matches]) -> Fit:
        """Balance all patches, and see what those at the border do to it.

        The edge of a sheet, a frame or a mount may lie elsewhere on a map than what looks like it does in the
        photograph, and so pull at the corners.
        """
        shape = self.pyramid.shape
        fit = settle(transform, patches, self.clicks, shape, NARROW)
        within = [each[_inside(each.on_map, shape)] for each in patches]
        inner = settle(fit.transform, within, self.clicks, shape, NARROW)
        contested = mean_distance(fit.transform, inner.transform, shape)
        return Fit(fit.transform, fit.uncertainty, inner.transform, contested)


def _inside(places: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    border = BORDER * min(shape)
    last = np.array([shape[1] - 1, shape[0] - 1])
    return np.all((places > border) & (places < last - border), axis=1)


def coarsest(shape: tuple[int, int], reach: float) -> int:
    """Choose by how much to average first, so that the search is short and the map not too small.

    Parameters
    ----------
    shape : (height, width)
        Of the map.
    reach : float
        How far to search, in map pixels.

    Returns
    -------
    int
        A power of two.

    Examples
    --------
    >>> coarsest((423, 398), 40), coarsest((423, 398), 100), coarsest((100, 90), 100)
    (2, 4, 1)
    """
    factor = 1
    while min(shape) / (2 * factor) >= SMALLEST and (factor == 1 or reach / factor > FAR):
        factor *= 2
    return factor
