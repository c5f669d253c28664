"""Two maps of one fit: their errors and their covariance are the spread of the pixels."""

import numpy as np
import pytest
import zarr

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.combined_maps import combine_maps
from maxrf_core.elements.line_groups import groups_of, thin_ratio
from maxrf_core.elements.maps import element_maps
from maxrf_core.elements.pair_maps import pair_maps
from maxrf_core.errors import CalibrationError
from tests.maxrf_core.elements.made_scan import COUNTS, INSTRUMENT, analysed, made_counts, truth


@pytest.fixture(scope="module")
def cube():
    return Cube(zarr.array(made_counts(), chunks=(16, 16, 64)))


def there(family):
    return truth()[list(COUNTS).index(family)] > 0


def test_families_that_are_mapped_together_have_the_same_maps(cube):
    maps = element_maps(cube, analysed(), list(COUNTS))
    pair = pair_maps(cube, analysed(), ("Ti-K", "Ba-L"), list(COUNTS))
    for name, (net, sigma) in zip(("Ti-K", "Ba-L"), (pair.first, pair.second), strict=True):
        np.testing.assert_allclose(net, maps.net[maps.index(name)], atol=0.01)
        np.testing.assert_allclose(sigma, maps.sigma[maps.index(name)], rtol=1e-4)


def test_overlapping_families_err_together_and_their_sum_is_surer_than_if_they_did_not(cube):
    pair = pair_maps(cube, analysed(), ("Ti-K", "Ba-L"), list(COUNTS))
    true = [truth()[list(COUNTS).index(name)] for name in ("Ti-K", "Ba-L")]
    errors = [pair.first[0] - true[0], pair.second[0] - true[1]]
    assert pair.covariance.mean() == pytest.approx((errors[0] * errors[1]).mean(), rel=0.15)
    assert pair.covariance.mean() < -0.3 * (pair.first[1] * pair.second[1]).mean()
    for kind, sign in (("sum", 1), ("difference", -1)):
        made = combine_maps(kind, pair.first, pair.second, pair.covariance)
        deviations = (errors[0] + sign * errors[1]) / made.sigma
        assert deviations.std() == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize(("names", "family"), [(("Pb-La", "Pb-Lb"), "Pb-L"), (("Fe-Ka", "Fe-Kb"), "Fe-K")])
def test_the_ratio_of_lines_is_that_of_the_scan_with_a_true_error(cube, names, family):
    pair = pair_maps(cube, analysed(), names)
    made = combine_maps("ratio", pair.first, pair.second, pair.covariance)
    inside = there(family) & np.isfinite(made.values)
    counts = [net[there(family)].mean() for net, _sigma in (pair.first, pair.second)]
    expected = thin_ratio(INSTRUMENT, *names)
    assert counts[0] / counts[1] == pytest.approx(expected, rel=0.04)
    deviations = (pair.first[0] - expected * pair.second[0])[inside] / (made.sigma * pair.second[0])[inside]
    assert deviations.std() == pytest.approx(1, abs=0.25)


def test_lines_that_the_scan_does_not_tell_apart_or_hold_are_not_offered_and_refused(cube):
    assert list(groups_of(INSTRUMENT, "Fe-K")) == ["Fe-Ka", "Fe-Kb"]
    assert list(groups_of(INSTRUMENT, "Pb-L")) == ["Pb-La", "Pb-Lb", "Pb-Lg"]
    assert groups_of(INSTRUMENT, "Pb-M") == {}
    with pytest.raises(CalibrationError, match="no line"):
        pair_maps(cube, analysed(), ("Pb-La", "Fe-Kg"))
