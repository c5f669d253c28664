"""Two maps that are fitted together, of families or of single lines, with their covariance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.line_groups import group_shapes
from maxrf_core.elements.maps import chosen_families, map_model, weighted_fit
from maxrf_core.elements.smoothing import smooth
from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.progress import Progress
from maxrf_core.spectrum.line_names import family_of, line_group
from maxrf_core.spectrum.model import Model


@dataclass(frozen=True, eq=False)
class PairMaps:
    """Net counts of two families or lines in each pixel.

    Attributes
    ----------
    first, second : (net, sigma)
        Net counts and their standard deviations, (height, width) float32 each.
    covariance : ndarray, (height, width), float32
        Of both net counts, from counting: not 0 where their lines overlap.
    """

    first: tuple[np.ndarray, np.ndarray]
    second: tuple[np.ndarray, np.ndarray]
    covariance: np.ndarray


def pair_maps(
    cube: Cube,
    analysis: Analysis,
    names: tuple[str, str],
    together: Sequence[str] = (),
    progress: Progress | None = None,
    row_displacement: float = 0.0,
) -> PairMaps:
    """Compute the maps of two families or lines, and their covariance, in one pass over the cube.

    They are fitted as in `maxrf_core.elements.maps.element_maps`; of a family of which a line is wanted,
    each group of lines has a column of its own. The covariance of R₁ · counts and R₂ · counts is
    (R₁ R₂) · counts.

    Parameters
    ----------
    cube : Cube
    analysis : Analysis
        Of the cube's mean spectrum.
    names : (str, str)
        Families such as "Pb-L", or lines such as "Pb-La" and "Pb-Lb", see `line_group`.
    together : sequence of str
        Families that are fitted beside them, besides all that are present.
    progress : callable, optional
    row_displacement : float
        Pixels by which odd rows are shifted back.

    Raises
    ------
    CalibrationError
        If one has no line in the scan.
    """
    wanted = list(dict.fromkeys([*together, *(family_of(name) for name in names)]))
    model = map_model(analysis, chosen_families(analysis, wanted))
    for family in dict.fromkeys(family_of(name) for name in names if line_group(name)):
        model = _divided(analysis, model, family)
    missing = [name for name in names if name not in model.names]
    if missing:
        words = _("{name!r:.40} has no line in the energies of this scan.")
        raise CalibrationError(words.format(name=missing[0]))
    _columns, _weights, inverse = weighted_fit(analysis, model)
    one, other = inverse[[model.index(name) for name in names]]
    weights = np.zeros((5, cube.shape[2]))
    weights[:, model.channels] = [one, other, one**2, other**2, (one + other) ** 2]
    first, second, *variances = cube.weighted_maps(weights, progress)
    sigmas = [np.sqrt(np.maximum(variance, 0)) for variance in variances]
    pairs = zip((first, second, first + second), sigmas, strict=True)
    # The sum of both has its own error, which is shifted as the others are
    shown = [smooth(net, sigma, 1, row_displacement) for net, sigma in pairs]
    both, *each = (sigma.astype(np.float64) ** 2 for _net, sigma in (shown[2], shown[0], shown[1]))
    return PairMaps(shown[0], shown[1], ((both - each[0] - each[1]) / 2).astype(np.float32))


def _divided(analysis: Analysis, model: Model, family: str) -> Model:
    """Return the model with a column for each group of a family's lines in place of one for all."""
    shapes = group_shapes(analysis.instrument, family, model.columns.shape[1])
    seen = {name: shape for name, shape in shapes.items() if shape[model.channels].any()}
    rest = model.without(family)
    names = (*seen, *rest.names)
    columns = np.concatenate([list(seen.values()), rest.columns])
    return Model(names, columns, model.channels, rest.n_families + len(seen))
