"""Points agree with the place that is clearly nearer to them."""

import numpy as np
import pytest

from maxrf_core.autoalign.clicked_place import ClickedPlace
from maxrf_core.autoalign.pyramid import translation
from maxrf_core.autoalign.rivals import Rival
from maxrf_core.language import Note
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.homography import Homography

HERE = Homography(np.eye(3))


@pytest.mark.parametrize(
    ("off", "best", "rival"), [(0, True, False), (1, True, False), (10, False, False), (19, False, True)]
)
def test_points_agree_with_the_nearer_place_only_if_it_is_clearly_nearer(off, best, rival):
    places = Rival(translation(20, 0), (20, 0), View(), 1.0, 3.7, HERE)
    src = np.array([[0.0, 0], [50, 0], [50, 40], [0, 40]])
    clicked = ClickedPlace.of(places, src, src + np.array([off, 0]))
    assert (clicked.best, clicked.rival) == pytest.approx((off, 20 - off))
    assert (clicked.is_best, clicked.is_rival) == (best, rival)


def test_two_places_that_nearly_coincide_are_not_told_apart():
    assert not ClickedPlace(1.5, 0.1).is_rival


def test_the_sentence_says_so_where_the_points_lie_at_the_rival_and_only_there():
    where = Note("34 px to the left")
    assert "the points lie there: 1.0 px off, instead of 34.0 px" in ClickedPlace(34, 1).sentence(where)
    for clicked in (ClickedPlace(1, 34), ClickedPlace(17, 17)):
        assert clicked.sentence(where) == "The photograph fits equally well 34 px to the left"
