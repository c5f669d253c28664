"""Combined maps: ratio, difference and sum of two maps of net counts, with their error."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.maps import DETECTION
from maxrf_core.errors import CalibrationError
from maxrf_core.language import Note, _, marked

RATIO, DIFFERENCE, SUM = "ratio", "difference", "sum"
KINDS = (RATIO, DIFFERENCE, SUM)
MIN_SHARE = 0.05  # of the brightest values of a map without errors, below which nothing is divided by it
BRIGHTEST = 99.0  # percentile
SEPARATOR, QUOTED = ":", "%3A"  # in a key, and for a colon within a name
SIGNS = {RATIO: "/", DIFFERENCE: "−", SUM: "+"}


Pair = tuple[np.ndarray, np.ndarray | None]
"""Values of a map, and their standard deviations if these are known."""


@dataclass(frozen=True)
class Combination:
    """Two families whose maps are combined, and the way in which they are.

    Attributes
    ----------
    kind : {"ratio", "difference", "sum"}
    first, second : str
        Families such as "Pb-L", lines such as "Pb-La", see `maxrf_core.spectrum.line_names`, or both keys of
        maps that other programs made, such as "map:Fe".
    """

    kind: str
    first: str
    second: str

    @property
    def key(self) -> str:
        """Key of the combined map among the layers of a view."""
        names = (name.replace("%", "%25").replace(SEPARATOR, QUOTED) for name in (self.first, self.second))
        return SEPARATOR.join((self.kind, *names))

    @classmethod
    def from_key(cls, key: str) -> "Combination | None":
        """Return the combination of a key; None for the key of another layer.

        Examples
        --------
        >>> Combination.from_key("ratio:Pb-L:Sn-L")
        Combination(kind='ratio', first='Pb-L', second='Sn-L')
        >>> Combination.from_key(Combination("sum", "map:Fe", "map:Ca 50%").key).second
        'map:Ca 50%'
        >>> Combination.from_key("Fe-K"), Combination.from_key("band:6:7")
        (None, None)
        """
        kind, *names = key.split(SEPARATOR)
        names = [name.replace(QUOTED, SEPARATOR).replace("%25", "%") for name in names]
        return cls(kind, *names) if kind in KINDS and len(names) == 2 else None


@dataclass(frozen=True, eq=False)
class CombinedMap:
    """A map that was computed from two others.

    Attributes
    ----------
    values, sigma : ndarray, shape (height, width), float32
        NaN where there is no value. A ratio has no unit; a difference and a sum have that of the maps.
    """

    values: np.ndarray
    sigma: np.ndarray


def combine_maps(
    kind: str,
    first: Pair,
    second: Pair,
    covariance: np.ndarray | float = 0.0,
) -> CombinedMap:
    """Combine two maps.

    The ratio of a pixel has a value only where the second map is above its detection limit of 3.3 standard
    deviations. Its variance is (σ₁² + ratio² · σ₂² − 2 · ratio · covariance) / second², to first order; that
    of a sum or difference is σ₁² + σ₂² ± 2 · covariance.

    Parameters
    ----------
    kind : {"ratio", "difference", "sum"}
        First by second, first less second, or both together.
    first, second : (net, sigma)
        Net counts and their standard deviations, (height, width) each; None if these are not known. Then a
        ratio has a value where the second map is above 5 % of its brightest values (99th percentile), and
        the errors are NaN.
    covariance : ndarray, (height, width), optional
        Of both net counts, see `maxrf_core.elements.pair_maps`; by default their errors are independent.

    Returns
    -------
    CombinedMap

    Raises
    ------
    CalibrationError
        For another kind.

    Examples
    --------
    >>> lead = np.array([[80.0, 80]]), np.array([[9.0, 9]])
    >>> tin = np.array([[40.0, 4]]), np.array([[6.0, 4]])
    >>> combine_maps("ratio", lead, tin).values
    array([[ 2., nan]], dtype=float32)
    """
    if kind not in KINDS:
        words = _("Maps are combined as {kinds}, not as {kind!r:.40}.")
        raise CalibrationError(words.format(kinds=", ".join(KINDS), kind=kind))
    one, other = (np.asarray(each[0], np.float64) for each in (first, second))
    one_sigma, other_sigma = (
        np.full(one.shape, np.nan) if each[1] is None else np.asarray(each[1], np.float64)
        for each in (first, second)
    )
    if kind == RATIO:
        least = _share_of_brightest(other) if second[1] is None else DETECTION * other_sigma
        is_there = (other > 0) & (other >= least)
        divisor = np.where(is_there, other, np.nan)
        values = one / divisor
        variance = one_sigma**2 + values**2 * other_sigma**2 - 2 * values * covariance
        sigma = np.sqrt(np.maximum(variance, 0)) / divisor
    else:
        values = one + other if kind == SUM else one - other
        sign = 1 if kind == SUM else -1
        variance = one_sigma**2 + other_sigma**2 + 2 * sign * np.asarray(covariance, np.float64)
        sigma = np.where(np.isfinite(values), np.sqrt(np.maximum(variance, 0)), np.nan)
    return CombinedMap(values.astype(np.float32), sigma.astype(np.float32))


def _share_of_brightest(values: np.ndarray) -> float:
    present = values[np.isfinite(values)]
    return MIN_SHARE * float(np.percentile(present, BRIGHTEST)) if present.size else 0.0


def depth_note(element: str, softer: str, harder: str, softer_energy: float, harder_energy: float) -> Note:
    """Return what the ratio of two families or lines of one element tells of its depth.

    Softer radiation is absorbed more by what lies above; so deep down less of it is left. A layer between
    whose elements have an absorption edge between the two energies turns this round, and a thin layer shows
    more of the softer line than a thick one of the same element.

    Parameters
    ----------
    element : str
        Its symbol.
    softer, harder : str
        What the two are called: "Pb M", "Pb L".
    softer_energy, harder_energy : float
        keV.
    """
    words = marked(
        "Less {softer} ({softer_energy:.1f} keV) beside {harder} ({harder_energy:.1f} keV) than elsewhere: "
        "there {element} probably lies deeper, or under something that absorbs. It may also lie thicker, or "
        "be mixed with heavier elements; an element above it with an absorption edge between these energies "
        "turns this round."
    )
    return Note(
        words,
        element=element,
        softer=softer,
        harder=harder,
        softer_energy=softer_energy,
        harder_energy=harder_energy,
    )


def thin_note(first: str, second: str, ratio: float) -> Note:
    """Return which ratio of two lines of one family a thin layer gives that nothing covers.

    Parameters
    ----------
    first, second : str
        What the lines are called.
    ratio : float
        See `maxrf_core.elements.line_groups.thin_ratio`.
    """
    words = marked(
        "Computed for a thin layer that nothing covers: {first} / {second} is about {ratio:.2g} (intensities "
        "of xraylib, without the absorption in a thick layer and in filters)."
    )
    return Note(words, first=first, second=second, ratio=ratio)
