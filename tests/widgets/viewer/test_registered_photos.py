"""A registered photograph is shown from its file as it is there, however large, and whatever its numbers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.imaging.display import to_display
from maxrf_core.readers import ArrayScan
from maxrf_core.registration import placed_photo
from widgets.charts.map_layers import Part
from widgets.session.scan import Scan
from widgets.viewer.registered_photos import Photo, registered_photo, registered_photos

MAP = (40, 50)
Keep = Callable[..., Photo]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Give a function that keeps arrays in a scan and gives the photograph of that name."""
    path = convert(ArrayScan(np.ones((*MAP, 8), np.uint8)), tmp_path / "scan.datastack")
    ds = DataStack(path)

    def kept(name: str, arrays: dict[str, Any], attributes: dict[str, Any] | None = None) -> Photo:
        ds.append(arrays, attributes)
        return registered_photo(Scan(ds, ds.axis, "scan", (str(path), len(ds.names), 0, 0)), name)

    return kept


def noise(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    rng = np.random.default_rng(1)
    full = 1.0 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    return (rng.random(shape) * full).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_a_part_of_it_looks_as_in_the_whole(keep: Keep, dtype: Any, channels: tuple[int, ...]):
    pixels = noise((130, 170, *channels), dtype)
    layer = keep("imvis_reg_highres", {"imvis_reg_highres": pixels}).layer()
    shown = np.asarray(layer.draw(Part(40, 10, 160, 110)))
    np.testing.assert_array_equal(shown, to_display(pixels)[10:110, 40:160])
    np.testing.assert_array_equal(np.asarray(layer.draw(layer.whole)), to_display(pixels))


def test_a_dark_photograph_is_as_bright_in_its_parts_as_in_the_whole(keep: Keep):
    pixels = np.tile(np.arange(200, dtype=np.uint16), (150, 1))
    layer = keep("imir_reg", {"imir_reg": pixels}).layer()
    whole = np.asarray(layer.draw(layer.whole))
    np.testing.assert_array_equal(np.asarray(layer.draw(Part(30, 20, 60, 50))), whole[20:50, 30:60])
    assert whole.max() == 255


def test_it_is_read_some_rows_at_a_time_and_joined_without_seams(keep: Keep, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(placed_photo, "AT_ONCE", 170 * 3 * 7)
    pixels = noise((130, 170, 3), np.uint8)
    layer = keep("imvis_reg_highres", {"imvis_reg_highres": pixels}).layer()
    shown = np.asarray(layer.draw(Part(0, 0, 170, 130, 2)))
    assert shown.shape == (65, 85, 3)
    expected = pixels.reshape(65, 2, 85, 2, 3).mean(axis=(1, 3))
    assert abs(shown - expected).max() <= 0.5


def test_of_a_large_one_a_smaller_copy_is_kept_that_covers_all_of_it(keep: Keep):
    pixels = np.zeros((3301, 2000, 3), np.uint8)
    pixels[3300, 1999] = 255
    photo = keep("imvis_reg_highres", {"imvis_reg_highres": pixels})
    assert photo.overview().shape == (1101, 667, 3)
    left, right, bottom, top = photo.overview_extent()
    assert (left, top) == (-0.5, -0.5)
    assert right == pytest.approx(-0.5 + 50 * 2001 / 2000)
    assert bottom == pytest.approx(-0.5 + 40 * 3303 / 3301)


@pytest.mark.parametrize(
    ("extent", "expected"),
    [
        ((0.0, 50.0, 40.0, 0.0), (0, 50, 40, 0)),  # of maxrf4u
        (None, (-0.5, 49.5, 39.5, -0.5)),
        ((0.0, 0.0, 40.0, 0.0), (-0.5, 49.5, 39.5, -0.5)),
        ((np.nan, 50.0, 40.0, 0.0), (-0.5, 49.5, 39.5, -0.5)),
        ((1.0, 2.0, 3.0), (-0.5, 49.5, 39.5, -0.5)),
    ],
)
def test_it_lies_where_the_file_says_or_on_the_whole_map(keep: Keep, extent: Any, expected: Any):
    arrays = {"imvis_reg": np.ones((80, 100), np.uint8)}
    arrays |= {} if extent is None else {"imvis_extent": np.array(extent)}
    assert keep("imvis_reg", arrays).extent == expected


def test_each_version_has_its_own_extent_and_points(keep: Keep):
    pixels = np.ones((80, 100), np.uint8)
    for shift in (0.0, 0.25):
        points = np.array([[[x, y], [x + shift, y]] for x, y in ((5, 5), (45, 5), (45, 35), (5, 35), (9, 9))])
        arrays = {"imvis_reg": pixels, "imvis_extent": np.array([shift, 50, 40, 0]), "imvis_points": points}
        notes = {"imvis_points": {"residuals": [0.3 + shift] * 5}}
        photo = keep("imvis_reg" + "_" * bool(shift), arrays, notes)
        assert photo.extent[0] == shift
        click_error = (0.3 + shift) * np.sqrt(5)  # of five points, to which eight numbers were fitted
        assert f"a click is off by {click_error:.2g} map pixels" in photo.certainty((20, 20))
    assert registered_photos(photo.scan) == ["imvis_reg_", "imvis_reg"]


def test_of_a_photograph_without_points_nothing_is_claimed(keep: Keep):
    assert "was not kept" in keep("imvis_reg", {"imvis_reg": np.ones((8, 9))}).certainty((2, 2))
    odd = {"imxr_reg": np.ones((8, 9)), "imxr_points": np.array(["a", "b"])}
    assert "was not kept" in keep("imxr_reg", odd).certainty((2, 2))


@pytest.mark.parametrize("with_small", [True, False])
def test_its_brightness_on_the_map_is_that_of_the_map_scale(keep: Keep, with_small: bool):
    small = noise((*MAP, 3), np.uint8) // 2 + 60
    large = np.repeat(np.repeat(small, 3, axis=0), 3, axis=1)
    arrays = {"imvis_reg_highres": large} | ({"imvis_reg": small} if with_small else {})
    found = keep("imvis_reg_highres", arrays).brightness_on_map()
    expected = to_display(small) @ np.array([0.299, 0.587, 0.114]) / 255
    np.testing.assert_allclose(found, expected, atol=0.003)
