"""What no element explains is shown as a map, with where it is largest."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core.elements.maps import residual_energies
from tests.pages.conftest import choice_of, texts
from tests.pages.elements_scan import examined_folder, open_made
from tests.shown_charts import curves_in, figure_of
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.overview import residual_tile
from widgets.elements.residual import Residual, deviation_sentence

__all__ = ["examined_folder"]


def noise(shape: tuple[int, int], seed: int = 1) -> np.ndarray:
    """Return a residual of noise: means of six squares."""
    return (np.random.default_rng(seed).normal(size=(6, *shape)) ** 2).mean(axis=0).astype(np.float32)


def test_noise_is_called_noise_and_a_clear_deviation_is_not():
    assert deviation_sentence(8.41, -38, 11).endswith("11 counts fewer than the model: that may be noise.")
    clear = deviation_sentence(3.57, 380, 11)
    assert "3.57 keV, by 380 ± 11 counts more than the model: something is not in the model" in clear


def test_a_patch_that_the_model_does_not_explain_is_found():
    residual = noise((200, 300))
    residual[100:106, 40:46] *= 6
    found = Residual.of(residual)
    assert found.strongest > 3
    x, y = found.place
    assert 39 <= x <= 46
    assert 99 <= y <= 106


def test_a_residual_without_values_is_no_error():
    empty = np.full((4, 5), np.nan, np.float32)
    assert Residual.of(empty).strongest == 0
    assert residual_tile(Residual.of(empty), "viridis")["symbol"] == "residual"


def test_the_page_shows_the_map_its_meaning_and_the_spectrum_at_its_largest(
    examined_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    app = open_made("elements", element="residual")
    assert choice_of(app).element == "residual"
    said = texts(app).replace("\\", "")
    assert app.header[0].value == "Residual: what no element explains"
    assert "relative to the noise of counting" in said
    examination = made_examination()
    for energy in residual_energies(examination.analysis, examination.maps.names)[:1]:
        assert 0.9 < energy < 25
    x, y = Residual.of(examination.maps.residual).place
    assert f"around x {x}, y {y}" in said
    assert " than the model:" in said
    figure = figure_of(app, "elements-residual")
    assert figure["map"]["units"] == "variance left over, relative to counting noise"
    assert "Model" in curves_in(figure_of(app, "elements-residual-spectrum"))
