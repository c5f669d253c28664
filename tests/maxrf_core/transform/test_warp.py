"""A photograph of any type is warped to its position on the map, at both scales."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core import large_array
from maxrf_core.errors import PictureError, RegistrationError
from maxrf_core.imaging import limits as picture_limits
from maxrf_core.registration.register import Homography, homography, register, rescale_points, scale_of, warp
from maxrf_core.transform.warp import warp_onto

CORNERS = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])  # of a unit square, in maxrf4u's order


def map_to_photo(scale, angle=0.03, shear=0.04, shift=(25.0, 18.0), tilt=(6e-5, -4e-5)):
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return Homography(np.array([[c, shear - s, shift[0]], [s, c, shift[1]], [*tilt, 1]]))


def marks_of(shape):
    """Four places on a map, to click on."""
    height, width = shape[:2]
    return CORNERS * [0.8 * width, 0.8 * height] + [0.1 * width, 0.1 * height]


def photograph_of(landmarks, to_photo, shape, sigma=2.0):
    """Photograph a flat scene of Gaussian spots: each pixel shows its own place on the map."""
    x, y = np.meshgrid(np.arange(shape[1], dtype=float), np.arange(shape[0], dtype=float))
    places = to_photo.inverse().apply(np.stack([x.ravel(), y.ravel()], axis=1))
    photo = np.zeros(x.size)
    for landmark in landmarks:
        photo += np.exp(-np.sum((places - landmark) ** 2, axis=1) / (2 * sigma**2))
    return photo.reshape(shape)


def centroids(image, landmarks, scale, radius=8.0):
    """Return the positions of the spots in map pixels, each near where it should be."""
    found = []
    height, width = image.shape
    x, y = np.meshgrid((np.arange(width) + 0.5) / scale[0] - 0.5, (np.arange(height) + 0.5) / scale[1] - 0.5)
    for landmark in landmarks:
        near = np.hypot(x - landmark[0], y - landmark[1]) < radius
        weight = np.where(near, image, 0)
        found.append([(weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum()])
    return np.array(found)


def landmark_error(map_shape, photo_shape, to_photo, keep_scale, dtype=np.float64, full=1.0):
    height, width = map_shape
    landmarks = np.array([[x, y] for y in (0.2, 0.5, 0.8) for x in (0.2, 0.5, 0.8)]) * [width, height]
    photo = photograph_of(landmarks, to_photo, photo_shape) * full
    if np.dtype(dtype).kind in "iu":
        photo = np.rint(photo)
    marks = marks_of(map_shape)
    warped, extent = warp(
        photo.astype(dtype), np.zeros(map_shape), to_photo.apply(marks), marks, keep_scale, rgba=False
    )
    assert extent == (-0.5, width - 0.5, height - 0.5, -0.5)
    scale = warped.shape[1] / width, warped.shape[0] / height
    return np.abs(centroids(warped.astype(float), landmarks, scale) - landmarks).max()


@pytest.mark.parametrize("keep_scale", [True, False])
@pytest.mark.parametrize(
    ("scale", "photo_shape"),
    [(2.74, (360, 480)), (3.0, (400, 520)), (5.0, (640, 800)), (1.0, (170, 220)), (0.6, (130, 170))],
)
def test_landmarks_of_a_photograph_are_recovered_to_a_tenth_of_a_map_pixel(scale, photo_shape, keep_scale):
    tilt = np.array([6e-5, -4e-5])
    error = landmark_error((101, 131), photo_shape, map_to_photo(scale, tilt=tilt), keep_scale)
    assert error < 0.02  # the promise is 0.1; half a pixel at the photograph's scale would be 0.1 to 0.5


@pytest.mark.parametrize(
    ("dtype", "full"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1), (np.int32, 9e5)]
)
@pytest.mark.parametrize("keep_scale", [True, False])
def test_landmarks_are_recovered_in_every_kind_of_photograph(dtype, full, keep_scale):
    assert landmark_error((90, 70), (300, 250), map_to_photo(2.9), keep_scale, dtype, full) < 0.05


@settings(max_examples=12, deadline=None)
@given(st.floats(0.7, 4), st.floats(-0.3, 0.3), st.floats(-0.15, 0.15), st.floats(-3e-4, 3e-4), st.booleans())
def test_landmarks_are_recovered_under_any_moderate_perspective(scale, angle, shear, tilt, keep_scale):
    to_photo = map_to_photo(scale, angle, shear * scale, (60.0, 60.0), (tilt, -tilt / 2))
    assert landmark_error((80, 100), (420, 520), to_photo, keep_scale) < 0.05


def test_points_at_the_enlarged_scale_lie_where_rescale_points_says():
    to_photo = map_to_photo(2.74)
    landmark = np.array([[40.25, 60.5]])
    photo = photograph_of(landmark, to_photo, (400, 400), sigma=1.5)
    marks = marks_of((100, 110))
    warped, _ = warp(photo, np.zeros((100, 110)), to_photo.apply(marks), marks, rgba=False)
    y, x = np.mgrid[: warped.shape[0], : warped.shape[1]]
    centre = [[(warped * x).sum() / warped.sum(), (warped * y).sum() / warped.sum()]]
    scale = warped.shape[1] / 110, warped.shape[0] / 100
    np.testing.assert_allclose(centre, rescale_points(landmark, scale), atol=0.05)


# Scale and extent


def test_keep_scale_renders_at_the_true_scale_and_not_at_the_ratio_of_heights():
    to_photo = map_to_photo(2.0, angle=0, shear=0, tilt=(0, 0))
    marks = marks_of((50, 60))
    photo = np.zeros((400, 150), np.uint8)  # much higher than the map, at only twice its scale
    warped, extent = warp(photo, np.zeros((50, 60)), to_photo.apply(marks), marks, rgba=False)
    assert warped.shape == (100, 120)
    assert extent == (-0.5, 59.5, 49.5, -0.5)


def test_reference_drawing_is_rendered_at_2_742_pixels_per_map_pixel():
    src = [[78.5, 204.6], [4340.1, 180.4], [4376.99, 4724.0], [110.1, 4766.3]]
    dst = [[24.7, 7.64], [1579.0, 10.2], [1563.8, 1666.0], [8.22, 1671.92]]
    warped, _ = warp(np.zeros((4920, 4396), np.uint8), np.zeros((1692, 1592)), src, dst, rgba=False)
    scale = scale_of(homography(src, dst), (1692, 1592))
    assert warped.shape == (round(1692 * scale), round(1592 * scale)) == (4640, 4366)


def test_genuine_maxrf4u_photograph_is_registered_as_by_maxrf4u_but_for_half_a_pixel(shared):
    truth = np.load(shared("data/maxrf4u/v3_head_24x20x4096.npz"))
    src, dst, photo = truth["src_points"], truth["dst_points"], truth["photo"]
    small, extent = warp(photo, truth["fe_map"], src, dst, keep_scale=False, rgba=False)
    theirs = truth["imvis_reg_latest"]
    assert small.shape == theirs.shape
    assert small.dtype == theirs.dtype == np.float32
    inner = np.s_[3:-3, 3:-3]
    assert np.corrcoef(small[inner].ravel(), theirs[inner].ravel())[0, 1] > 0.9
    assert extent == (-0.5, 19.5, 23.5, -0.5)


def test_half_pixels_are_kept_when_an_image_is_doubled_onto_a_finer_map():
    photo = np.arange(20, dtype=np.float32)[None].repeat(20, axis=0)
    marks = np.array([[2.0, 2], [17, 2], [2, 17], [17, 17]])
    warped, _ = warp(photo, np.zeros((40, 40)), marks, rescale_points(marks, 2), keep_scale=False, rgba=False)
    np.testing.assert_allclose(warped[20, 1:39], (np.arange(1, 39) + 0.5) / 2 - 0.5, atol=1e-3)


# What crashed or went wrong in the original


def test_default_arguments_work_for_images_of_different_heights():
    marks = marks_of((30, 40))
    colour = np.full((100, 120, 3), 90, np.uint8)
    warped, _ = warp(colour, np.zeros((30, 40)), marks * 2.5, marks)
    assert warped.shape == (75, 100, 4)


def test_lists_of_points_are_accepted():
    marks = marks_of((30, 40))
    photo = np.random.default_rng(0).random((100, 120))
    from_lists, _ = warp(photo, np.zeros((30, 40)), (marks * 2).tolist(), marks.tolist())
    from_arrays, _ = warp(photo, np.zeros((30, 40)), marks * 2, marks)
    np.testing.assert_array_equal(from_lists, from_arrays)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64, np.int32])
@pytest.mark.parametrize("shrinking", [2.84, 1.6, 7.3])
def test_shrinking_a_fine_checkerboard_does_not_alias(dtype, shrinking):
    photo = ((np.indices((400, 500)).sum(axis=0) % 2) * 200).astype(dtype)
    map_shape = int(400 / shrinking), int(500 / shrinking)
    marks = marks_of(map_shape)
    warped, _ = warp(
        photo, np.zeros(map_shape), rescale_points(marks, shrinking), marks, keep_scale=False, rgba=False
    )
    inner = warped[3:-3, 3:-3].astype(float)
    assert inner.std() < 8  # plain interpolation gives 43 at 2.84
    assert inner.mean() == pytest.approx(100, abs=1.5)


def test_shrinking_along_one_axis_only_does_not_alias():
    photo = np.tile([0.0, 200.0], (100, 300))
    marks = marks_of((100, 120))
    warped, _ = warp(
        photo, np.zeros((100, 120)), rescale_points(marks, [5, 1]), marks, keep_scale=False, rgba=False
    )
    assert warped[:, 2:-2].std() < 25
    assert warped[:, 2:-2].mean() == pytest.approx(100, abs=1)


def test_photograph_that_is_not_shrunk_keeps_its_sharpness():
    photo = np.random.default_rng(3).integers(0, 255, (90, 80, 3), dtype=np.uint8)
    marks = marks_of((30, 27))
    warped, _ = warp(photo, np.zeros((30, 27)), rescale_points(marks, 3), marks, rgba=False)
    assert warped.shape == (90, 81, 3)
    same, _ = warp(photo, np.zeros((90, 80)), marks, marks, rgba=False)
    np.testing.assert_array_equal(same, photo)


KINDS = [
    (np.uint8, 0, 255), (np.uint16, 0, 65535), (np.float32, -3, 4e6), (np.float64, -1e100, 1e100),
    (np.bool_, 0, 1), (np.int8, -128, 127), (np.int16, -32768, 32767), (np.int32, -(2**31), 2**31 - 1),
    (np.uint32, 0, 2**32 - 1), (np.int64, -(2**63), 2**63 - 1), (np.uint64, 0, 2**64 - 1),
    (np.float16, -60000, 60000), (np.dtype(">u2"), 0, 65535),
]  # fmt: skip


@pytest.mark.parametrize("channels", [(), (1,), (3,)])
@pytest.mark.parametrize(("dtype", "low", "high"), KINDS)
def test_every_dtype_is_kept_and_never_wrapped(dtype, low, high, channels):
    photo = np.full((40, 60, *channels), low, dtype=dtype)
    photo[:, 30:] = np.array(high, dtype=dtype)
    marks = marks_of((40, 60))
    warped, _ = warp(
        photo, np.zeros((40, 60)), marks + np.array([0.4, 0.3]), marks, keep_scale=False, rgba=False
    )
    assert warped.dtype == dtype
    assert warped.shape == photo.shape
    inner = warped[2:-2].astype(np.float64)
    span = float(high) - float(low)
    assert np.abs(inner[:, 2:28] - float(low)).max() <= 1e-6 * span
    assert np.abs(inner[:, 32:-2] - float(high)).max() <= 1e-6 * span
    rising = np.diff(inner[:, 26:34].reshape(36, 8, -1), axis=1)
    assert (rising >= -1e-6 * span).all()


def test_float64_keeps_fine_differences_on_a_high_ground():
    ramp = 1e9 + np.arange(60.0)[None].repeat(40, axis=0)
    marks = marks_of((40, 60))
    warped, _ = warp(
        ramp, np.zeros((40, 60)), marks + np.array([0.37, 0]), marks, keep_scale=False, rgba=False
    )
    np.testing.assert_allclose(warped[5, 5:50] - 1e9, np.arange(5, 50) + 0.37, atol=1e-3)


def test_unsuitable_photographs_are_refused_with_the_reason():
    marks = marks_of((40, 60))
    for bad in (np.zeros((40, 60), complex), np.full((4, 6), "a"), np.array([[None]])):
        with pytest.raises(PictureError, match="real numbers"):
            warp(bad, np.zeros((40, 60)), marks, marks)
    for shape in ((), (5,), (0, 5), (2, 3, 4, 5)):
        with pytest.raises(PictureError, match="shape"):
            warp(np.zeros(shape), np.zeros((40, 60)), marks, marks)
    with pytest.raises(RegistrationError, match="rows and columns"):
        warp(np.zeros((40, 60)), np.zeros(7), marks, marks)


def test_points_on_one_line_are_refused_instead_of_giving_a_black_picture():
    line = [[0, 0], [10, 10], [20, 20], [0, 25]]
    with pytest.raises(RegistrationError, match="Points 1, 2 and 3 lie on one line"):
        warp(np.ones((30, 30)), np.ones((30, 30)), line, marks_of((30, 30)))


def test_float_colours_above_one_are_kept():
    photo = np.full((40, 60, 3), 7.5, np.float32)
    marks = marks_of((40, 60))
    warped, _ = warp(photo, np.zeros((40, 60)), marks, marks)
    assert warped.dtype == np.float32
    assert (warped[..., :3] == 7.5).all()
    assert (warped[..., 3] == 1).all()


def test_inputs_are_not_modified():
    photo = np.random.default_rng(0).random((40, 60, 3))
    marks = marks_of((40, 60))
    kept = photo.copy(), marks.copy()
    warp(photo, np.zeros((40, 60)), marks + 5, marks)
    np.testing.assert_array_equal(photo, kept[0])
    np.testing.assert_array_equal(marks, kept[1])


# The alpha channel

DOWN_RIGHT = 10.0  # by how far the photograph is moved, so that it does not reach the top and left


def moved(photo, **options):
    marks = marks_of((40, 60))
    return warp(photo, np.zeros((40, 60)), marks, marks + DOWN_RIGHT, keep_scale=False, **options)[0]


@pytest.mark.parametrize(
    ("dtype", "full"),
    [
        (np.uint8, 255),
        (np.uint16, 65535),
        (np.float32, 1),
        (np.float64, 1),
        (np.int32, 2**31 - 1),
        (np.bool_, 1),
    ],
)
def test_alpha_of_a_colour_photograph_is_full_where_it_reaches_and_zero_elsewhere(dtype, full):
    warped = moved(np.ones((40, 60, 3), dtype=dtype))
    assert warped.dtype == dtype
    assert (warped[10:, 10:, 3] == full).all()
    assert (warped[10:, 10:, :3] == 1).all()
    assert not warped[:10].any()
    assert not warped[:, :10].any()


def test_photograph_covers_its_outermost_pixels_whole_and_does_not_darken_them():
    warped, _ = warp(
        np.full((20, 20, 3), 200, np.uint8), np.zeros((60, 60)), marks_of((20, 20)),
        rescale_points(marks_of((20, 20)) + 5, 2), keep_scale=False,
    )  # fmt: skip
    rows, columns = np.nonzero(warped[..., 3])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 49, 10, 49)
    assert (warped[10:50, 10:50, :3] == 200).all()


def test_own_alpha_of_a_photograph_is_kept():
    photo = np.full((40, 60, 4), 77, np.uint8)
    photo[:, :, 3] = np.arange(60) * 4
    warped = moved(photo)
    np.testing.assert_array_equal(warped[10:, 10:, 3], photo[:30, :50, 3])
    assert not warped[:10, :, 3].any()


@pytest.mark.parametrize(
    "dtype", [np.uint8, np.uint16, np.bool_, np.float32, np.float64, np.int32, np.float16]
)
@pytest.mark.parametrize("channel", [(), (1,)])
def test_grey_photograph_becomes_one_colour_with_its_intensity_as_alpha(dtype, channel):
    full = np.iinfo(dtype).max if np.dtype(dtype).kind in "iu" else 1
    photo = np.zeros((40, 60, *channel), dtype=dtype)
    photo[:, 30:] = full
    warped = moved(photo, alpha_color=(0, 0.5, 1))
    assert warped.shape == (40, 60, 4)
    assert warped.dtype == np.float32
    assert (warped[..., :3] == np.float32([0, 0.5, 1])).all()
    np.testing.assert_allclose(warped[12:, 42:, 3], 1, atol=1e-6)
    np.testing.assert_allclose(warped[12:, 12:38, 3], 0, atol=1e-6)
    assert not warped[:10, :, 3].any()


def test_grey_floats_beyond_one_are_spread_from_least_to_largest():
    photo = np.linspace(-50, 150, 60)[None].repeat(40, axis=0)
    alpha = moved(photo)[10:, 10:, 3]
    np.testing.assert_allclose(alpha[5], np.linspace(0, 1, 60)[:50], atol=1e-5)


def test_constant_grey_photograph_stays_visible():
    for photo in (np.full((40, 60), 5.0), np.full((40, 60), 255, np.uint8), np.ones((40, 60))):
        assert (moved(photo)[12:, 12:, 3] == 1).all()


@pytest.mark.parametrize("color", [(1, 0), (255, 0, 0), (-0.1, 0, 0), (np.nan, 0, 0)])
def test_alpha_color_that_is_no_colour_is_refused(color):
    with pytest.raises(RegistrationError, match="alpha_color"):
        moved(np.ones((40, 60)), alpha_color=color)


def test_two_channels_with_alpha_are_refused_and_without_alpha_kept():
    with pytest.raises(RegistrationError, match=r"2 channels .* rgba=False"):
        moved(np.ones((40, 60, 2)))
    assert moved(np.ones((40, 60, 2)), rgba=False).shape == (40, 60, 2)


def test_photograph_does_not_reach_means_zero_without_alpha_too():
    warped = moved(np.full((40, 60), 9, np.uint16), rgba=False)
    assert (warped[10:, 10:] == 9).all()
    assert not warped[:10].any()


# Missing values, many channels, sizes


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_missing_values_do_not_spread(dtype, bad):
    photo = np.full((40, 60), 3, dtype=dtype)
    photo[20, 30] = bad
    marks = marks_of((40, 60))
    warped, _ = warp(photo, np.zeros((40, 60)), marks + 0.3, marks, keep_scale=False, rgba=False)
    missing = np.isnan(warped)
    assert missing.sum() <= 1
    assert np.abs(warped[~missing].astype(float)[:100] - 3).max() < 1e-2
    shrunk, _ = warp(photo, np.zeros((10, 15)), rescale_points(marks_of((10, 15)), 4), marks_of((10, 15)),
                     keep_scale=False, rgba=False)  # fmt: skip
    np.testing.assert_allclose(shrunk, 3, rtol=1e-3)


def test_missing_block_stays_missing_and_transparent():
    photo = np.full((40, 60, 3), 3, np.float32)
    photo[15:25, 20:40, 1] = np.nan
    warped = moved(photo)
    assert np.isnan(warped[26:34, 31:49, 1]).all()
    assert not warped[26:34, 31:49, 3].any()
    assert (warped[26:34, 31:49, 0] == 3).all()
    assert (warped[12:24, 12:, 3] == 1).all()


@pytest.mark.parametrize("channels", [2, 5, 6, 129, 300])
def test_any_number_of_channels_is_warped_channel_by_channel(channels):
    cube = np.random.default_rng(channels).integers(0, 200, (30, 35, channels), dtype=np.uint16)
    marks = marks_of((12, 14))
    warped, _ = warp(cube, np.zeros((12, 14)), marks * 2.2, marks, rgba=False)
    for channel in (0, channels // 2, channels - 1):
        alone, _ = warp(cube[:, :, channel], np.zeros((12, 14)), marks * 2.2, marks, rgba=False)
        np.testing.assert_array_equal(warped[:, :, channel], alone)
    assert warped.shape[2] == channels


def test_a_result_that_would_be_too_large_is_scaled_down_with_a_word(monkeypatch):
    monkeypatch.setattr(picture_limits, "MAX_PIXELS", 90_000)
    corners = np.array([[0, 0], [799, 0], [799, 799], [0, 799]])
    square = np.array([[10, 10], [90, 10], [90, 90], [10, 90]])
    photo = np.random.default_rng(0).integers(0, 255, (800, 800, 3), np.uint8)
    result = register(photo, (100, 120), corners, square)
    large = result.arrays["imvis_reg_highres"]
    assert 85_000 < large.shape[0] * large.shape[1] <= 90_000
    assert large.shape[1] / large.shape[0] == pytest.approx(1.2, abs=0.01)
    assert "scaled down from 1198×999 to 328×273 pixels" in result.note
    assert "9.99 of the photograph's pixels fall on one map pixel" in result.note
    how = result.attributes["imvis_points"]
    assert how["scale"] == pytest.approx(799 / 80)
    assert how["highres_scale"] == pytest.approx(328 / 120)
    fitted = register(photo, (100, 120), corners / 10, square)
    assert fitted.note == ""
    assert fitted.arrays["imvis_reg_highres"].shape == (100, 120, 3)


def test_a_chosen_shape_that_is_too_large_is_refused():
    still = homography(marks_of((50, 50)), marks_of((50, 50)))
    with pytest.raises(RegistrationError, match="at most 210 million"):
        warp_onto(np.zeros((50, 50), np.uint8), still, (50, 50), (20_000, 20_000))


def test_horizon_across_the_map_is_refused():
    strong = Homography([[1, 0, 0], [0, 1, 0], [0.012, 0, 1]])
    src = np.array([[10.0, 10], [30, 12], [28, 33], [9, 31]])
    with pytest.raises(RegistrationError, match="horizon"):
        warp(np.zeros((100, 100)), np.zeros((100, 200)), src, strong.apply(src))


def test_photograph_that_misses_the_map_is_refused():
    marks = marks_of((40, 60))
    with pytest.raises(RegistrationError, match="does not touch the map"):
        warp(np.zeros((40, 60)), np.zeros((40, 60)), marks + 1000, marks)


def test_iron_map_of_the_drawing_comes_back_from_a_known_distortion(shared):
    path = shared("data/susanna/small186x197_emap-Fe_gray8.png")
    iron = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    to_photo = map_to_photo(2.7)
    assert (
        to_photo.apply(CORNERS * [iron.shape[1], iron.shape[0]]).min() > 0
    )  # all of it is in the photograph
    x, y = np.meshgrid(np.arange(640.0), np.arange(640.0))
    places = to_photo.inverse().apply(np.stack([x.ravel(), y.ravel()], axis=1)).astype(np.float32)
    photo = cv2.remap(iron, places.reshape(640, 640, 2), None, cv2.INTER_LINEAR)
    marks = marks_of(iron.shape)
    warped, _ = warp(photo, iron, to_photo.apply(marks), marks, keep_scale=False, rgba=False)
    inner = np.s_[5:-5, 5:-5]

    def likeness(dx, dy):
        return np.corrcoef(np.roll(warped, (dy, dx), (0, 1))[inner].ravel(), iron[inner].ravel())[0, 1]

    beside = [likeness(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0)]
    assert likeness(0, 0) > 0.94  # the map is grainy: interpolating twice smooths it
    assert likeness(0, 0) > max(beside) + 0.1


@pytest.mark.parametrize("model", ["homography", "thin-plate-spline"])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_large_result_is_made_in_bands_on_the_disk_with_the_same_values(monkeypatch, channels, model):
    photo = np.random.default_rng(2).integers(0, 65535, (240, 300, *channels), np.uint16)
    src = [[3, 5], [290, 9], [280, 230], [8, 220], [140, 120]]
    dst = [[1, 2], [95, 3], [97, 78], [2, 76], [47, 42]]
    expected = warp(photo, np.zeros((80, 100)), src, dst, rgba=False, model=model)[0]
    monkeypatch.setattr(large_array, "MIN_BYTES", 1000)
    monkeypatch.setattr(large_array.large_array, "__defaults__", (1000,))
    monkeypatch.setattr(large_array.in_bands, "__defaults__", (20_000,))
    found = warp(photo, np.zeros((80, 100)), src, dst, rgba=False, model=model)[0]
    assert large_array.is_on_disk(found)
    np.testing.assert_allclose(found, expected, atol=8)  # of 65535, in noise: 1e-4 pixels
