"""The coarse search for position, scale and orientation."""

import numpy as np
import pytest

from maxrf_core.autoalign.coarse_search import find_guesses
from maxrf_core.autoalign.edge_features import normalise_noise
from tests.maxrf_core.autoalign.seen_drawing import errors, turned_photograph


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quarters", [0, 3])
def test_the_coarse_search_finds_the_orientation(known, quarters, mirrored):
    photo, map_, truth = known
    photo, truth = turned_photograph(photo, truth, quarters, mirrored)
    shown, measured = normalise_noise(photo), normalise_noise(map_[:, :, None], counts=True)
    best, *others = find_guesses(shown, measured, 3)
    assert errors(best.transform, truth).mean() < 8
    assert (np.linalg.det(best.transform.matrix) < 0) == mirrored
    assert all(best.correlation > other.correlation for other in others)
