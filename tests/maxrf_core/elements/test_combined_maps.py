"""Combined maps: values, errors, and no value where the divisor is noise."""

import numpy as np
import pytest

from maxrf_core.elements.combined_maps import Combination, combine_maps, depth_note
from maxrf_core.errors import CalibrationError


@pytest.mark.parametrize("kind", ["ratio", "difference", "sum"])
def test_the_error_is_what_counting_makes_of_the_combination(kind):
    rng = np.random.default_rng(1)
    one, other = rng.poisson(900, (200, 200)).astype(float), rng.poisson(400, (200, 200)).astype(float)
    made = combine_maps(kind, (one, np.sqrt(one)), (other, np.sqrt(other)))
    assert np.median(made.sigma) == pytest.approx(made.values.std(), rel=0.05)


def test_a_ratio_has_no_value_where_the_divisor_is_below_its_detection_limit():
    other, sigma = np.array([[0.0, 3.2, 3.4, -50, np.nan]]), np.ones((1, 5))
    made = combine_maps("ratio", (np.full((1, 5), 7.0), sigma), (other, sigma))
    np.testing.assert_array_equal(np.isfinite(made.values), [[False, False, True, False, False]])
    np.testing.assert_array_equal(np.isfinite(made.sigma), np.isfinite(made.values))


def test_a_pixel_without_a_value_in_one_map_has_none_in_the_sum():
    nan, one = np.array([[np.nan, 1.0]]), np.ones((1, 2))
    made = combine_maps("sum", (nan, one), (one, one))
    assert np.isnan(made.values[0, 0])
    assert np.isnan(made.sigma[0, 0])
    assert made.values[0, 1] == 2


def test_another_kind_is_refused():
    with pytest.raises(CalibrationError, match="product"):
        combine_maps("product", (np.ones((1, 1)),) * 2, (np.ones((1, 1)),) * 2)


def test_the_depth_is_told_by_the_energies_and_not_as_certain():
    said = str(depth_note("Pb", "Pb M", "Pb L", 2.35, 10.55))
    assert "probably" in said
    assert "absorption edge" in said


def test_maps_without_errors_are_divided_where_the_second_is_bright():
    first = np.array([[8.0, 8, 8, np.nan]]), None
    second = np.array([[4.0, 100, 5, 50]]), None
    found = combine_maps("ratio", first, second)  # 5 % of the brightest are 4.9
    np.testing.assert_allclose(found.values, [[np.nan, 0.08, 1.6, np.nan]], rtol=1e-6)
    assert np.isnan(found.sigma).all()
    np.testing.assert_allclose(combine_maps("sum", first, second).values, [[12, 108, 13, np.nan]])
    with_error = np.array([[4.0, 100, 5, 50]]), np.full((1, 4), 1.0)
    assert np.isfinite(combine_maps("ratio", first, with_error).values[0, :3]).all()
    assert np.isnan(combine_maps("ratio", first, (first[0] * np.nan, None)).values).all()


def test_names_with_colons_survive_in_a_key():
    wanted = Combination("ratio", "map:Fe:K%3A", "map:Ca 50%")
    assert Combination.from_key(wanted.key) == wanted
    assert Combination("sum", "Pb-L", "Pb-M").key == "sum:Pb-L:Pb-M"
