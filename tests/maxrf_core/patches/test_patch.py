"""A patch is made of a rectangle, a polygon, a brush's stroke or a mask, and tells its area."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.cube.polygons import pixels_inside
from maxrf_core.cube.regions import Region
from maxrf_core.errors import PatchError
from maxrf_core.patches.patch import (
    COLOURS,
    Patch,
    as_rings,
    check_patch_name,
    next_name_and_colour,
    pixel_area_mm2,
)

SHAPE = (20, 30)
NAMED = {"shape": SHAPE, "name": "sky", "colour": "#56b4e9"}


@given(*[st.floats(-5, 35)] * 4)
def test_a_rectangle_holds_the_pixels_whose_centres_are_in_it_from_any_two_corners(x0, y0, x1, y1):
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    inside = (min(x0, x1) <= x) & (x <= max(x0, x1)) & (min(y0, y1) <= y) & (y <= max(y0, y1))
    if not inside.any():
        with pytest.raises(PatchError, match="sky holds no pixel"):
            Patch.rectangle((x0, y0), (x1, y1), **NAMED)
        return
    patch = Patch.rectangle((x0, y0), (x1, y1), **NAMED)
    np.testing.assert_array_equal(patch.mask, inside)
    np.testing.assert_array_equal(pixels_inside(patch.outline, SHAPE), inside)


def test_a_lasso_keeps_the_outline_that_was_drawn_and_a_hole_is_left_out():
    outer, hole = [(2, 2), (12.3, 2), (12.3, 9), (2, 9)], [(4.2, 4), (6.6, 4), (6.6, 6), (4.2, 6)]
    patch = Patch.polygon([outer, hole], **NAMED)
    assert patch.pixels == 11 * 7 - 2 * 2
    assert [ring.tolist() for ring in patch.outline] == [list(map(list, outer)), list(map(list, hole))]
    np.testing.assert_array_equal(pixels_inside(patch.outline, SHAPE), patch.mask)
    assert Patch.polygon(outer, **NAMED).pixels == 11 * 7


@given(
    st.lists(st.tuples(st.floats(-3, 33), st.floats(-3, 23)), min_size=1, max_size=5),
    st.floats(0.75, 4),
)
def test_a_brush_covers_what_is_within_its_radius_of_the_stroke(points, radius):
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    nearest = np.full(SHAPE, np.inf)
    for (x0, y0), (x1, y1) in zip(points, points[1:] or points, strict=False):
        for share in np.linspace(0, 1, 400):
            place = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
            nearest = np.minimum(nearest, np.hypot(x - place[0], y - place[1]))
    surely, possibly = nearest <= radius, nearest <= radius + 0.1
    if not possibly.any():
        with pytest.raises(PatchError, match="holds no pixel"):
            Patch.brush(points, radius, **NAMED)
    elif surely.any():
        mask = Patch.brush(points, radius, **NAMED).mask
        assert (surely <= mask).all()
        assert (mask <= possibly).all()


@given(st.floats(0, 29), st.floats(0, 19))
def test_a_dot_of_the_smallest_advised_radius_covers_a_pixel_wherever_it_is(x, y):
    assert 1 <= Patch.brush([(x, y)], 0.71, **NAMED).pixels <= 4


def test_a_region_of_spectra_becomes_a_patch():
    patch = Patch.of_region(Region.rectangle(3, 4, 5, 4), SHAPE, "strip", "#000000")
    assert np.argwhere(patch.mask).tolist() == [[4, 3], [4, 4], [4, 5]]
    assert Patch.of_region(patch.mask, SHAPE, "strip", "#000000").pixels == 3
    with pytest.raises(PatchError, match=r"strip: .* not all inside the scan"):
        Patch.of_region(Region.rectangle(3, 4, 50, 4), SHAPE, "strip", "#000000")


def test_its_area_is_known_where_the_size_of_a_pixel_is():
    patch = Patch.rectangle((0, 0), (9, 4), **NAMED)
    assert patch.pixels == 50
    assert patch.area_mm2([0.5, 0.4]) == pytest.approx(10.0)
    for unknown in (None, [], [0.5], "wide", [0.5, 0.0], [0.5, np.nan]):
        assert patch.area_mm2(unknown) is None
    assert pixel_area_mm2(np.array([2.0, 3.0])) == 6.0


def test_it_can_be_renamed_and_recoloured():
    patch = Patch.rectangle((0, 0), (9, 4), **NAMED)
    other = patch.renamed("sea", "#0072B2")
    assert (other.name, other.colour, other.mask is patch.mask) == ("sea", "#0072b2", True)
    assert patch.renamed(colour="#000000").name == "sky"


@pytest.mark.parametrize("name", ["", " sky", "x" * 101, "a\nb", None])
def test_a_name_that_cannot_be_shown_is_refused(name):
    with pytest.raises(PatchError, match="name has 1 to 100 letters"):
        check_patch_name(name)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda: Patch("a", "red", np.ones((2, 2), bool)), "a colour such as #e69f00, not 'red'"),
        (lambda: Patch("a", "#ff0000", np.ones((2, 2))), "true and false"),
        (lambda: Patch("a", "#ff0000", np.zeros((2, 2), bool)), "a holds no pixel"),
        (lambda: Patch.polygon([(1, 1), (2, 2)], **NAMED), "three corners"),
        (lambda: Patch.polygon([(1, 1), (2, 2), (3, np.inf)], **NAMED), "an x and a y"),
        (lambda: Patch.polygon("abc", **NAMED), "an x and a y"),
        (lambda: Patch.brush([(1, 1)], 0, **NAMED), "a radius above 0"),
        (lambda: Patch.brush([], 1, **NAMED), "points"),
    ],
)
def test_what_is_no_patch_is_refused_with_a_sentence(made, reason):
    with pytest.raises(PatchError, match=reason):
        made()


def test_new_patches_have_names_and_colours_of_their_own():
    kept = []
    for _number in range(28):
        name, colour = next_name_and_colour(kept)
        kept.append(Patch(name, colour, np.ones((1, 1), bool)))
    assert [patch.name for patch in kept[:3]] == ["Patch A", "Patch B", "Patch C"]
    assert [patch.name for patch in kept[25:]] == ["Patch Z", "Patch AA", "Patch AB"]
    assert [patch.colour for patch in kept[:7]] == list(COLOURS)
    assert next_name_and_colour(kept[1:])[0] == "Patch A"


def test_one_ring_or_several_can_be_given():
    triangle = [(0, 0), (3, 0), (0, 3)]
    assert len(as_rings(triangle)) == 1
    assert [len(ring) for ring in as_rings([triangle, [*triangle, (1, 1)]])] == [3, 4]
