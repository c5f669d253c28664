"""The thin-plate spline, compared with its definition and its own points."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RBFInterpolator

from maxrf_core.transform.models import find_model
from maxrf_core.transform.thin_plate_spline import ThinPlateSpline
from tests.maxrf_core.transform.drawn_transforms import EVERYWHERE, bends


@settings(max_examples=40)
@given(bends())
def test_thin_plate_spline_is_found_again_from_its_own_points(pairs):
    src, dst = pairs
    truth = find_model("thin-plate-spline").fit(src, dst).inverse()
    reference = RBFInterpolator(dst, src, kernel="thin_plate_spline", degree=1)
    np.testing.assert_allclose(truth.apply(EVERYWHERE), reference(EVERYWHERE), atol=1e-6)
    more = np.vstack([dst, [[550, 650]]])  # one more point of the same bent photograph changes nothing
    again = find_model("thin-plate-spline").fit(truth.apply(more), more).inverse()
    np.testing.assert_allclose(again.apply(EVERYWHERE), truth.apply(EVERYWHERE), atol=1e-5)


@settings(max_examples=25)
@given(bends())
def test_derivatives_are_those_of_small_steps(pairs):
    src, dst = pairs
    spline, step = ThinPlateSpline.fit(dst, src), 1e-4
    places = EVERYWHERE + 0.123  # on no node
    slopes = [(spline.apply(places + h) - spline.apply(places - h)) / (2 * step) for h in step * np.eye(2)]
    np.testing.assert_allclose(spline.jacobian(places), np.stack(slopes, axis=2), atol=1e-5)


@settings(max_examples=25)
@given(bends(), st.floats(1e-3, 0.3))
def test_no_smoother_bend_meets_the_points(pairs, more):
    """The spline bends least: any further bend adds to its energy, weights · values (Bookstein 1989)."""
    src, dst = pairs
    spline = ThinPlateSpline.fit(dst, src)
    places = np.vstack([dst, dst.mean(axis=0) + np.array([31.0, 17])])
    detour = spline.apply(places)
    detour[-1] += 40 * more
    bent = ThinPlateSpline.fit(places, detour)
    energy, larger = (np.sum(each.weights * each.apply(each.nodes)) for each in (spline, bent))
    assert larger > energy
    np.testing.assert_allclose(bent.apply(dst), src, atol=1e-6)


def test_a_spline_that_folds_leads_back_rightly_or_not_at_all():
    nodes = np.array([[0.0, 0], [100, 0], [0, 100], [100, 100], [45, 50], [55, 50]])
    folded = ThinPlateSpline.fit(nodes, nodes[[0, 1, 2, 3, 5, 4]])  # two neighbours exchanged
    middle = np.stack(np.meshgrid(np.arange(30.0, 71), np.arange(30.0, 71)), axis=2).reshape(-1, 2)
    back = folded.inverse().apply(middle)
    found = np.isfinite(back).all(axis=1)
    assert 0.5 < found.mean() < 1
    np.testing.assert_allclose(folded.apply(back[found]), middle[found], atol=1e-6)
