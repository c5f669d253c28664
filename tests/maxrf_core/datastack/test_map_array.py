"""A band map is an ordinary array with a picture."""

import base64
import pickle
import re
import sys

import cv2
import numpy as np
import pytest

from maxrf_core import DataStack, MaxrfError, convert
from maxrf_core.datastack.map_array import MapArray
from maxrf_core.imaging.display import colorize, percentile_limits
from maxrf_core.readers import ArrayScan

COUNTS = np.random.default_rng(5).poisson(3.0, (6, 5, 200)).astype(np.uint16)


@pytest.fixture(scope="module")
def band_map(tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "Susanna.datastack"
    return DataStack(convert(ArrayScan(COUNTS), path)).band_map(100, 160)


def test_the_numbers_are_those_of_the_band(band_map):
    assert np.array_equal(band_map, COUNTS[:, :, 100:160].sum(axis=2) / 60)
    assert (band_map.title, band_map.unit) == ("Susanna, channels 100–160", "counts per channel")


def test_what_is_computed_from_a_map_is_an_ordinary_array(band_map):
    for made in (
        band_map * 2,
        np.sqrt(band_map),
        band_map > 1,
        np.clip(band_map, 0, 2),
        band_map + band_map,
    ):
        assert type(made) is np.ndarray
    assert type(band_map.sum()) is type(np.nanmax(band_map)) is np.float64
    assert band_map[1:].title == band_map.copy().title == ""


def test_a_map_is_kept_in_a_file_and_sent_to_a_process_as_any_array(band_map, tmp_path):
    np.save(tmp_path / "map.npy", band_map)
    assert np.array_equal(np.load(tmp_path / "map.npy"), band_map)
    assert np.array_equal(pickle.loads(pickle.dumps(band_map)), band_map)


def test_a_notebook_shows_the_picture_in_the_colours_of_the_app(band_map):
    shown = band_map._repr_html_()
    data = base64.b64decode(re.search(r"base64,([^\"]+)", shown)[1])
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.array_equal(picture, colorize(band_map, *percentile_limits(band_map)))
    assert "Susanna, channels 100–160" in shown
    assert "5 × 6 pixels" in shown


@pytest.mark.parametrize(
    "values", [np.zeros(4), np.zeros((0, 3)), np.zeros((2, 2), "U1"), np.zeros((2, 2, 2))]
)
def test_what_is_no_picture_is_shown_as_numbers(values):
    assert MapArray.of(values, "", "")._repr_html_() is None


def test_a_title_is_no_html():
    assert "<script" not in MapArray.of(np.ones((2, 2)), "<script>", "<script>")._repr_html_()


def test_a_map_is_plotted_with_its_title_and_unit(band_map):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    ax = band_map.plot()
    image = ax.images[0]
    assert np.array_equal(image.get_array(), band_map)
    assert list(image.get_extent()) == [-0.5, 4.5, 5.5, -0.5]
    assert image.get_clim() == percentile_limits(band_map)
    assert ax.get_title() == "Susanna, channels 100–160"
    assert image.colorbar.ax.get_ylabel() == "counts per channel"
    assert band_map.plot(ax, colorbar=False) is ax


def test_without_matplotlib_a_sentence_says_what_to_install(band_map, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MaxrfError, match="pip install matplotlib"):
        band_map.plot()
