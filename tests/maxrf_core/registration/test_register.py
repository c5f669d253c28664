import doctest
import hashlib
import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from maxrf_core.errors import DatastackError, PictureError, RegistrationError
from maxrf_core.registration.register import (
    Homography,
    displayed_to_image,
    homography,
    image_extent,
    image_to_displayed,
    latlon_to_xy,
    load_points,
    register,
    rescale_points,
    residuals,
    save_points,
    scale_of,
    xy_to_latlon,
)

DRAWING_SRC = [[78.5, 204.6], [4340.1, 180.4], [4376.99, 4724.0], [110.1, 4766.3]]
DRAWING_DST = [[24.7, 7.64], [1579.0, 10.2], [1563.8, 1666.0], [8.22, 1671.92]]
DRAWING_MATRIX = [
    [0.365126351, -0.00614125878, -2.70484854],
    [0.00267627771, 0.365018898, -67.2526264],
    [2.68694154e-7, 1.08174496e-7, 1],
]
DRAWING_MAP = (1692, 1592)

SQUARE = np.array([[10.0, 12], [90, 8], [95, 88], [6, 93]])


@st.composite
def plausible_homographies(draw):
    """A rotated, sheared, scaled, shifted plane, seen a little from the side."""
    angle = draw(st.floats(-3.1, 3.1))
    scale = draw(st.floats(0.2, 5))
    shear = draw(st.floats(-0.2, 0.2))
    tilt = draw(st.tuples(st.floats(-1e-4, 1e-4), st.floats(-1e-4, 1e-4)))
    shift = draw(st.tuples(st.floats(-500, 500), st.floats(-500, 500)))
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return Homography(np.array([[c, scale * shear - s, shift[0]], [s, c, shift[1]], [*tilt, 1]]))


def points_in(width, height, least, most):
    pair = st.tuples(st.floats(0, width - 1), st.floats(0, height - 1))
    return st.lists(pair, min_size=least, max_size=most).map(np.array)


# What the original documents report


def test_reference_drawing_gives_the_documented_homography():
    # They were made by OpenCV, which rounds points to float32 before it solves.
    rounded = np.float32(DRAWING_SRC), np.float32(DRAWING_DST)
    np.testing.assert_allclose(homography(*rounded), DRAWING_MATRIX, rtol=1e-6)


def test_reference_drawing_is_solved_without_rounding_the_points():
    found = homography(DRAWING_SRC, DRAWING_DST)
    exact = [0.36512633227074837, -0.0061412583901298305, -2.7048479920586685]  # by rational arithmetic
    exact += [0.0026762764193186944, 0.36501887145036155, -67.25261856884472]
    exact += [2.686772499166621e-07, 1.0817450081131272e-07, 1]
    np.testing.assert_allclose(np.asarray(found).ravel(), exact, rtol=1e-9)
    corners = np.array([[0, 0], [4395, 0], [0, 4919], [4395, 4919]])
    documented = Homography(DRAWING_MATRIX)
    np.testing.assert_allclose(found.apply(corners), documented.apply(corners), atol=2e-4)


def test_reference_drawing_has_2_742_photograph_pixels_per_map_pixel_not_the_ratio_of_heights():
    scale = scale_of(homography(DRAWING_SRC, DRAWING_DST), DRAWING_MAP)
    assert scale == pytest.approx(2.742, abs=1e-3)
    assert scale < 4920 / 1692 - 0.15


def test_genuine_maxrf4u_points_give_the_true_homography(shared):
    truth = np.load(shared("data/maxrf4u/v3_head_24x20x4096.npz"))
    found = homography(truth["src_points"], truth["dst_points"])
    back = np.asarray(found.inverse())
    np.testing.assert_allclose(back, truth["G_map_to_photo"], rtol=1e-6, atol=1e-9)


def test_registration_of_a_van_gogh_by_another_program_is_accepted(shared):
    lines = shared("data/real/vangogh/s0039V1962_Zn_control_points.csv").read_text().splitlines()[9:13]
    rows = np.array([[float(number) for number in line.split("|")] for line in lines])
    found = homography(rows[:, :2], rows[:, 2:])
    assert residuals(found, rows[:, :2], rows[:, 2:]).max() < 1e-6
    assert found.inverse().scale_at(rows[:, 2:].mean(axis=0)) == pytest.approx(1.82, abs=0.05)


# The homography


@settings(max_examples=40)
@given(plausible_homographies(), points_in(4000, 3000, 4, 9))
def test_points_made_with_a_known_homography_give_it_back(truth, src):
    spread = np.array([[0.0, 0], [3999, 0], [0, 2999], [3999, 2999]])
    src = np.unique(np.vstack([spread, src]), axis=0)
    apart = np.hypot(*(src[:, None] - src[None]).transpose(2, 0, 1))[np.triu_indices(len(src), 1)]
    assume(apart.min() > 1)
    found = homography(src, truth.apply(src))
    everywhere = np.array([[0.0, 0], [2000, 1500], [3999, 0], [3999, 2999], [17, 2801.25]])
    assert np.abs(found.apply(everywhere) - truth.apply(everywhere)).max() < 1e-6
    assert np.asarray(found)[2, 2] == 1


@given(plausible_homographies(), st.permutations(range(4)))
def test_four_points_are_met_exactly_in_whatever_order_they_come(truth, order):
    src = np.array([[50.0, 40], [3900, 90], [3800, 2900], [120, 2700]])[order]
    dst = truth.apply(src)
    assert residuals(homography(src, dst), src, dst).max() < 1e-8


def test_points_may_be_lists_tuples_integers_or_a_generator():
    as_lists = homography(SQUARE.tolist(), (SQUARE * 2).tolist())
    as_tuples = homography(tuple(map(tuple, SQUARE)), (pair for pair in SQUARE * 2))
    np.testing.assert_array_equal(as_lists, as_tuples)
    whole = homography([[0, 0], [9, 0], [0, 9], [9, 9]], np.array([[0, 0], [9, 0], [0, 9], [9, 9]], np.uint8))
    np.testing.assert_allclose(whole, np.eye(3), atol=1e-12)


def test_more_than_four_points_are_fitted_by_least_squares_of_map_distances():
    random = np.random.default_rng(4)
    src = random.uniform(0, 4000, (9, 2))
    dst = Homography(DRAWING_MATRIX).apply(src) + random.normal(0, 0.5, (9, 2))
    fitted = homography(src, dst)
    least = np.sum(residuals(fitted, src, dst) ** 2)
    for row, column in np.ndindex(3, 3):
        for factor in (1 - 1e-5, 1 + 1e-5):
            other = np.array(fitted.matrix)
            other[row, column] *= factor
            assert np.sum(residuals(Homography(other), src, dst) ** 2) >= least * (1 - 1e-9)


def test_homography_applies_inverts_and_composes():
    h = Homography(DRAWING_MATRIX)
    points = np.array(DRAWING_SRC)
    np.testing.assert_allclose(h.inverse().apply(h.apply(points)), points, atol=1e-8)
    np.testing.assert_allclose((h.inverse() @ h).matrix, np.eye(3), atol=1e-9)
    with pytest.raises(ValueError, match="read-only"):
        h.matrix[0, 0] = 5


@given(plausible_homographies(), st.floats(0, 3000), st.floats(0, 3000))
def test_local_scale_is_that_of_a_small_triangle(h, x, y):
    corners = np.array([[x, y], [x + 0.01, y], [x, y + 0.01]])
    (ax, ay), (bx, by), (cx, cy) = h.apply(corners)
    area = abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
    assert h.scale_at([x, y]) == pytest.approx(np.sqrt(area) / 0.01, rel=1e-3)


@pytest.mark.parametrize("matrix", [np.zeros((3, 3)), np.eye(2), np.full((3, 3), np.nan)])
def test_matrix_that_is_no_homography_is_refused(matrix):
    with pytest.raises(RegistrationError, match="3×3"):
        Homography(matrix)


# Points that fix no sensible transform


def test_three_pairs_are_refused_as_too_few():
    with pytest.raises(RegistrationError, match="3 pairs of points are too few; four"):
        homography(SQUARE[:3], SQUARE[:3])


def test_no_points_at_all_are_refused():
    with pytest.raises(RegistrationError, match="too few"):
        homography([], [])


@pytest.mark.parametrize("moved", range(4))
def test_three_of_four_points_on_one_line_are_refused_with_their_numbers(moved):
    others = [number for number in range(4) if number != moved]
    src = SQUARE.copy()
    src[others[1]] = 0.3 * src[others[0]] + 0.7 * src[others[2]]
    one, two, three = (number + 1 for number in others)
    with pytest.raises(
        RegistrationError, match=f"Points {one}, {two} and {three} lie on one line in the photograph"
    ):
        homography(src, SQUARE)
    with pytest.raises(
        RegistrationError, match=f"Points {one}, {two} and {three} lie on one line on the map"
    ):
        homography(SQUARE, src)


@pytest.mark.parametrize("scale", [1e-3, 1, 1e5])
def test_what_lies_on_one_line_does_not_depend_on_the_size_of_the_image(scale):
    nearly = np.array([[0.0, 0], [50, 0.5], [100, 0], [40, 80]]) * scale
    clear = np.array([[0.0, 0], [50, -5], [100, 0], [40, 80]]) * scale
    with pytest.raises(RegistrationError, match="one line"):
        homography(nearly, nearly)
    np.testing.assert_allclose(homography(clear, clear).apply(clear), clear, atol=1e-6 * scale)


def test_two_points_on_one_spot_are_refused_with_their_numbers():
    src = SQUARE.copy()
    src[3] = src[1]
    with pytest.raises(RegistrationError, match="Points 2 and 4 lie on the same spot in the photograph"):
        homography(src, SQUARE)


def test_all_points_on_one_spot_are_refused():
    with pytest.raises(RegistrationError, match="same spot"):
        homography(np.ones((4, 2)), SQUARE)


@pytest.mark.parametrize("pair", [(0, 1), (1, 2), (2, 3), (0, 3)])
def test_two_exchanged_neighbours_are_named(pair):
    dst = SQUARE.copy()
    dst[list(pair)] = dst[list(pair)[::-1]]
    with pytest.raises(RegistrationError, match=f"Points {pair[0] + 1} and {pair[1] + 1} look exchanged"):
        homography(SQUARE, dst)


def test_two_exchanged_points_among_six_are_named():
    src = np.array([[0.0, 0], [1000, 30], [980, 700], [20, 720], [520, 300], [300, 580]])
    dst = src / 3 + 5
    dst[[1, 4]] = dst[[4, 1]]
    with pytest.raises(RegistrationError, match="Points 2 and 5 look exchanged"):
        homography(src, dst)


def test_self_intersecting_quadrilateral_is_refused():
    crossing = SQUARE[[0, 2, 1, 3]]
    with pytest.raises(RegistrationError, match="exchanged"):
        homography(SQUARE, crossing)


def test_quadrilateral_folded_inwards_is_refused():
    folded = SQUARE.copy()
    folded[2] = [35, 30]
    with pytest.raises(RegistrationError, match="fold the photograph over itself"):
        homography(SQUARE, folded)


def test_quadrilateral_turned_inside_out_is_refused():
    mirrored = SQUARE * [-1, 1] + [100, 0]
    with pytest.raises(RegistrationError, match="inside out: either it is mirrored"):
        homography(SQUARE, mirrored)


def test_mirrored_points_are_refused_among_many():
    src = np.random.default_rng(0).uniform(0, 1000, (60, 2))
    with pytest.raises(RegistrationError, match="inside out"):
        homography(src, src[:, ::-1])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_points_that_are_not_finite_are_refused_with_their_number(bad):
    src = SQUARE.copy()
    src[2, 1] = bad
    with pytest.raises(RegistrationError, match="Point 3 in the photograph is not a pair of finite"):
        homography(src, SQUARE)


def test_different_numbers_of_points_are_refused():
    with pytest.raises(RegistrationError, match="5 points in the photograph and 4 on the map"):
        homography([*SQUARE, [50, 51]], SQUARE)


@pytest.mark.parametrize("src", [SQUARE.T, SQUARE.ravel(), [[1, 2], [3]], [["1", "2"]] * 4, 5, None, "abcd"])
def test_points_of_another_shape_are_refused(src):
    with pytest.raises(RegistrationError, match="must be pairs"):
        homography(src, SQUARE)


@pytest.mark.parametrize("count", [5, 6, 9])
def test_many_points_on_one_line_but_one_are_refused(count):
    along = np.linspace(0, 1, count)[:, None]
    src = np.array([100.0, 50]) + along * [3000, 2000]
    src[-1] = [200, 2500]
    with pytest.raises(RegistrationError, match="spread them"):
        homography(src, Homography(DRAWING_MATRIX).apply(src))


def test_three_points_on_one_line_are_fine_among_nine():
    src = np.array([[x, y] for y in (0.0, 500, 1000) for x in (0.0, 400, 800)])
    dst = Homography(DRAWING_MATRIX).apply(src)
    assert residuals(homography(src, dst), src, dst).max() < 1e-6


@given(points_in(1000, 1000, 4, 4), points_in(300, 300, 4, 4))
def test_any_four_pairs_give_a_transform_that_meets_them_or_a_reason(src, dst):
    try:
        found = homography(src, dst)
    except RegistrationError:
        return
    assert residuals(found, src, dst).max() < 1e-6
    assert (found.depth(src) > 0).all() or (found.depth(src) < 0).all()


# Coordinates


def test_extent_reaches_half_a_pixel_beyond_the_outermost_centres():
    assert image_extent(1692, 1592) == (-0.5, 1591.5, 1691.5, -0.5)


def test_enlarged_points_stay_on_the_same_spot_of_the_picture():
    image = np.zeros((6, 5))
    image[2, 3] = 1
    rows, columns = np.nonzero(np.kron(image, np.ones((4, 4))))
    np.testing.assert_allclose(rescale_points([[3, 2]], 4), [[columns.mean(), rows.mean()]])


def test_outer_edges_of_an_image_stay_its_outer_edges_when_enlarged():
    np.testing.assert_allclose(
        rescale_points([[-0.5, -0.5], [9.5, 4.5]], 2.742), [[-0.5, -0.5], [26.92, 13.21]]
    )


@given(st.floats(-0.5, 4399.4), st.floats(-0.5, 4799.4), st.integers(50, 2000), st.integers(50, 2000))
def test_marker_drawn_on_a_displayed_copy_and_clicked_again_is_the_same_point(x, y, width, height):
    there = image_to_displayed(x, y, width, height, 4400, 4800)
    assert displayed_to_image(*there, width, height, 4400, 4800) == pytest.approx((x, y), abs=1e-8)


def test_click_means_the_middle_of_the_displayed_pixel():
    shown = np.arange(4400).reshape(100, 44).mean(axis=1)
    for x in (0, 37, 99):
        assert displayed_to_image(x, 0, 100, 100, 4400, 4400)[0] == pytest.approx(shown[x])


@given(st.integers(-50, 900), st.integers(-50, 900), st.integers(1, 700), st.integers(1, 700))
def test_every_click_even_beyond_the_border_rounds_to_a_pixel_that_exists(x, y, width, height):
    column, row = displayed_to_image(x, y, 600, 655, width, height)
    assert 0 <= round(column) < width
    assert 0 <= round(row) < height


def test_displayed_picture_without_size_is_refused():
    with pytest.raises(RegistrationError, match="sizes"):
        displayed_to_image(1, 1, 0, 100, 40, 40)


def test_latlon_corners_are_those_of_maxrf4u():
    assert xy_to_latlon((24, 20)) == [[23, 0], [23, 19], [0, 0], [0, 19]]


decimals = st.integers(-(10**7), 10**7).map(lambda number: number / 1000)


@given(st.lists(st.tuples(decimals, decimals), min_size=1, max_size=6), st.integers(1, 6000))
def test_latlon_and_back_is_exact_for_floats(xy, height):
    there = xy_to_latlon((height, 77), xy)
    assert latlon_to_xy((height, 77), there).tolist() == [list(pair) for pair in xy]
    assert xy_to_latlon((height, 77), latlon_to_xy((height, 77), xy)) == [list(pair) for pair in xy]


@given(st.lists(st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999)), min_size=1, max_size=6))
def test_latlon_and_back_is_exact_for_whole_numbers_lists_tuples_and_generators(xy):
    from_list = xy_to_latlon((31, 77), [list(pair) for pair in xy])
    assert from_list == xy_to_latlon((31, 77), tuple(xy)) == xy_to_latlon((31, 77), (pair for pair in xy))
    back = latlon_to_xy((31, 77), (pair for pair in from_list))
    assert back.dtype == np.int64
    assert back.tolist() == [list(pair) for pair in xy]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.int16, np.uint8])
def test_latlon_does_not_modify_its_input(dtype):
    xy = np.array([[3, 5], [0, 23]], dtype=dtype)
    kept = xy.copy()
    there = xy_to_latlon((24, 20), xy)
    assert there == [[18, 3], [0, 0]]
    locations = np.array(there, dtype=dtype)
    np.testing.assert_array_equal(latlon_to_xy((24, 20), locations), kept)
    np.testing.assert_array_equal(xy, kept)
    np.testing.assert_array_equal(locations, there)


def test_latlon_of_unsigned_numbers_does_not_wrap():
    assert xy_to_latlon((10, 10), np.array([[0, 200]], dtype=np.uint8)) == [[-191, 0]]


def test_latlon_refuses_what_are_no_pairs():
    with pytest.raises(RegistrationError, match="pairs"):
        xy_to_latlon((24, 20), [1, 2])
    assert xy_to_latlon((24, 20), []) == []


# What is kept


@pytest.fixture
def registered():
    photo = np.random.default_rng(1).integers(0, 255, (75, 60, 3), dtype=np.uint8)
    src = [[1.5, 2], [57, 3], [58, 70], [2, 71.25]]
    dst = [[1, 1], [18, 1.5], [18.5, 22], [0.5, 22.5]]
    digest = hashlib.sha256(photo.tobytes()).hexdigest()
    return photo, register(photo, (24, 20, 4096), src, dst, photo_name="a.png", photo_sha256=digest)


def test_registration_keeps_both_scales_the_extent_and_the_points(registered):
    photo, result = registered
    assert list(result.arrays) == ["imvis_reg", "imvis_reg_highres", "imvis_extent", "imvis_points"]
    assert result.arrays["imvis_reg"].shape == (24, 20, 3)
    scale = scale_of(result.transform, (24, 20))
    assert result.arrays["imvis_reg_highres"].shape == (round(24 * scale), round(20 * scale), 3)
    assert result.arrays["imvis_reg"].dtype == result.arrays["imvis_reg_highres"].dtype == photo.dtype
    np.testing.assert_array_equal(result.arrays["imvis_extent"], [-0.5, 19.5, 23.5, -0.5])
    assert result.arrays["imvis_extent"].dtype == np.float64
    np.testing.assert_array_equal(result.arrays["imvis_points"][1], [[57, 3], [18, 1.5]])


def test_registration_tells_where_it_comes_from_in_hdf5_and_in_json(registered, tmp_path):
    photo, result = registered
    told = result.attributes["imvis_points"]
    np.testing.assert_array_equal(json.loads(json.dumps(told))["homography"], result.transform.matrix)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, array in result.arrays.items():
            file.create_dataset(name, data=array).attrs.update(result.attributes[name])
    with h5py.File(tmp_path / "a.h5") as file:
        kept = file["imvis_points"].attrs
        points = file["imvis_points"][()]
        np.testing.assert_array_equal(kept["homography"], homography(points[:, 0], points[:, 1]))
        assert kept["photo"] == file["imvis_reg"].attrs["photo"] == "a.png"
        assert kept["photo_sha256"] == hashlib.sha256(photo.tobytes()).hexdigest()
        assert list(kept["photo_shape"]) == [75, 60, 3]
        assert kept["residuals"].max() < 1e-9
        assert kept["scale"] == scale_of(result.transform, (24, 20))
        assert kept["created"].endswith("+00:00")
        assert kept["software"].startswith("maxrf4all")


def test_registration_of_16_bit_grey_keeps_its_type():
    photo = np.full((40, 40), 40000, np.uint16)
    result = register(photo, (20, 20), SQUARE * 0.4, SQUARE * 0.2, name="ir")
    assert result.arrays["ir_reg"].dtype == np.uint16
    assert result.arrays["ir_reg"].max() == result.arrays["ir_reg_highres"].max() == 40000


def test_registration_refuses_bad_names_pictures_and_points():
    photo = np.zeros((40, 40))
    with pytest.raises(DatastackError, match="cannot name"):
        register(photo, (20, 20), SQUARE, SQUARE, name="../x")
    with pytest.raises(PictureError, match="shape"):
        register(np.zeros(5), (20, 20), SQUARE / 5, SQUARE / 5)
    with pytest.raises(RegistrationError, match="too few"):
        register(photo, (20, 20), SQUARE[:3], SQUARE[:3])


# Points files


@given(points_in(5000, 5000, 0, 8))
def test_saved_points_come_back_exactly(points):
    points = points.reshape(-1, 2)
    src, dst = load_points(save_points(points, points[::-1]))
    np.testing.assert_array_equal(src, points)
    np.testing.assert_array_equal(dst, points[::-1])


def test_points_are_read_from_a_file_its_name_or_its_bytes(tmp_path):
    path = tmp_path / "points.json"
    path.write_text('\n {"src_points": [[1, 2]], "dst_points": [[3, 4]], "note": "by hand"}')
    for source in (path, str(path), path.read_bytes(), path.read_text()):
        src, dst = load_points(source)
        assert (src.tolist(), dst.tolist()) == ([[1, 2]], [[3, 4]])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[[1, 2]]", "does not hold the points"),
        ('{"src_points": [[1, 2]]}', "does not hold the points"),
        ('{"src_points": [[1, 2]], "dst_points": []}', "1 source points but 0 destination"),
        ('{"src_points": [[1, "2"]], "dst_points": [[1, 2]]}', "must be pairs"),
        ('{"src_points": [[1, NaN]], "dst_points": [[1, 2]]}', "not a pair of finite"),
        ('{"src_points": 7, "dst_points": {"a": 1}}', "must be pairs"),
        ("\x00\xff", "is no JSON"),
    ],
)
def test_bad_points_file_is_refused_by_name_with_the_reason(tmp_path, text, reason):
    path = tmp_path / "points.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RegistrationError, match=f"points.json.*{reason}"):
        load_points(path)


def test_absent_points_file_is_named(tmp_path):
    with pytest.raises(RegistrationError, match=r"no points file .*absent\.json"):
        load_points(tmp_path / "absent.json")
    with pytest.raises(RegistrationError, match="cannot be read"):
        load_points(tmp_path)


# The documentation


def test_what_docs_coordinates_says_is_true():
    page = Path(__file__).resolve().parents[3] / "docs" / "coordinates.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried >= 10
    assert failed == 0
