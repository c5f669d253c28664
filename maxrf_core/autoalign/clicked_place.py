"""Agreement of the points that were set with either of two places at which a photograph fits equally well."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maxrf_core.autoalign.rivals import Rival
from maxrf_core.language import Note
from maxrf_core.transform.homography import Homography

CLEAR_RATIO = 3.0  # of the distances to both places, from which points agree with the nearer one
MIN_DIFFERENCE = 2.0  # map pixels, of these distances


@dataclass(frozen=True)
class ClickedPlace:
    """Distances of points from where two places put them.

    Parameters
    ----------
    best, rival : float
        Root mean square distance from the best place and from its rival, in map pixels.
    """

    best: float
    rival: float

    @classmethod
    def of(cls, rival: Rival, src: Any, dst: Any) -> "ClickedPlace":
        """Measure the distances of points.

        Parameters
        ----------
        rival : Rival
        src, dst : array_like, (n, 2)
            Matching points x, y, in the photograph and on the map.
        """
        return cls(_distance(rival.best, src, dst), _distance(rival.transform, src, dst))

    @property
    def is_best(self) -> bool:
        """Whether the points agree clearly with the best place."""
        return _is_clearly_less(self.best, self.rival)

    @property
    def is_rival(self) -> bool:
        """Whether the points agree clearly with the rival."""
        return _is_clearly_less(self.rival, self.best)

    def sentence(self, where: Note) -> Note:
        """Return where the photograph fits as well, and which of both places the points agree with.

        Parameters
        ----------
        where : Note
            Where the rival lies, from the best place.

        Examples
        --------
        >>> print(ClickedPlace(34.0, 1.2).sentence(Note("34 px to the left")))
        The photograph fits equally well 34 px to the left, and the points lie there: 1.2 px off, instead of
        34.0 px
        """
        if self.is_rival:
            return Note(
                "The photograph fits equally well {where}, and the points lie there: {near:.1f} px off, "
                "instead of {far:.1f} px",
                where=where,
                near=self.rival,
                far=self.best,
            )
        return Note("The photograph fits equally well {where}", where=where)


def _distance(place: Homography, src: Any, dst: Any) -> float:
    away = place.apply(np.asarray(src, dtype=np.float64)) - np.asarray(dst, dtype=np.float64)
    return float(np.sqrt((away**2).sum(axis=1).mean()))


def _is_clearly_less(one: float, other: float) -> bool:
    return other - one >= MIN_DIFFERENCE and other >= CLEAR_RATIO * one
