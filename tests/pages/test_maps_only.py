"""A datastack of element maps without spectra: its maps are looked at, and what needs spectra says so."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import BenchView, DataStack, LayerLook, convert
from maxrf_core.figures.caption import caption_of
from maxrf_core.figures.view_layers import view_grid, view_layers
from maxrf_core.imaging.write import write_picture
from maxrf_core.readers import open_maps
from tests.pages.conftest import choice_of, come_to, go_to, make_scan_with_nmf_maps, start, texts, viewer_data
from tests.shown_charts import figure_of

NO_SPECTRA = "element maps and no spectra"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the app's data folder with maps of two elements, and their files."""
    rng = np.random.default_rng(2)
    for number, name in enumerate(("Ca", "Fe_K")):
        values = cv2.GaussianBlur(rng.random((90, 110)), (0, 0), 2 + number).astype(np.float32)
        write_picture(tmp_path / f"ink_{name}.tif", values)
    maps = open_maps(tmp_path / "ink_Ca.tif", tmp_path / "ink_Fe_K.tif")
    path = convert(maps, tmp_path / "ink.datastack")
    photo = np.full((90, 110, 3), 120, np.uint8)
    DataStack(path).append({"imvis_reg": photo})
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    return tmp_path


def test_the_map_of_iron_lies_on_the_bench_at_first_and_others_can_be_added(folder: Path):
    app = come_to("look", {"stack": "ink.datastack"})
    layers = figure_of(app, "look-picture")["map"]["layers"]
    assert [(layer["key"], layer["units"]) for layer in layers] == [("map:Fe_K", "units of the file")]
    assert NO_SPECTRA in texts(app)
    app.selectbox(key="look-add").set_value("map:Ca").run()
    choice_of(app).choose_pixel(5, 7)
    app.run()
    assert not app.exception
    assert [layer["key"] for layer in figure_of(app, "look-picture")["map"]["layers"]] == [
        "map:Fe_K",
        "map:Ca",
    ]
    value = DataStack(folder / "ink.datastack").stored_map("Ca")[7, 5]
    assert f"**Ca**\u00a0{value:.4g}" in texts(app)
    assert panes(app) == ["picture", "layers"]  # on a phone
    choice_of(app).ruler = (5.0, 5.0, 50.0, 40.0)
    app.run()
    app.button_group(key="look-pane").set_value("spectrum").run()
    assert panes(app) == ["picture", "profile", "layers"]
    choice_of(app).ruler = None
    app.run()
    assert not app.exception
    assert panes(app) == ["picture", "layers"]
    for part in ("elements", "maps", "spectra"):
        go_to(app, part)
        assert not app.exception
        assert NO_SPECTRA in texts(app)
    go_to(app, "compare")
    assert not app.exception
    app.toggle(key="compare-bench").set_value(False).run()
    assert [pane["title"] for pane in viewer_data(app)[0]["panes"]] == ["Photograph", "Fe_K"]
    app.selectbox(key="shown-map").set_value("Ca").run()
    assert [pane["title"] for pane in viewer_data(app)[0]["panes"]] == ["Photograph", "Ca"]
    go_to(app, "contents")
    assert not app.exception


def panes(app: AppTest) -> list[str]:
    return [option.lower() for option in app.button_group(key="look-pane").options]


def test_a_photograph_is_registered_on_a_map_and_judged_by_the_maps(folder: Path):
    ds = DataStack(folder / "ink.datastack")
    values = np.asarray(ds.stored_map("Fe_K"))
    grey = cv2.normalize(values, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    cv2.imwrite(str(folder / "photo.png"), cv2.resize(cv2.merge([grey] * 3), (220, 180)))
    app = come_to("register", {"stack": "ink.datastack"})
    choice_of(app).photo = str(folder / "photo.png")
    map_points = [(8.0, 9.0), (100.0, 10.0), (99.0, 80.0), (9.0, 79.0)]
    choice_of(app).pairs.replace([(2 * x + 0.5, 2 * y + 0.5) for x, y in map_points], map_points)
    app.run()
    assert not app.exception
    assert app.selectbox(key="shown-map").options == ["Ca", "Fe_K"]
    assert "Photograph and maps show the same" in texts(app)


def test_the_sidebar_and_open_say_what_the_file_holds(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")  # else Open makes a demo
    app = start("ink.datastack")
    assert "2 element maps" in texts(app)
    assert "this file holds no spectra" in texts(app)
    app.segmented_control(key="open-task").set_value("energies").run()
    assert not app.exception
    assert NO_SPECTRA in texts(app)


def test_maps_by_factorisation_are_layers_beside_the_scans_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    make_scan_with_nmf_maps(tmp_path / "plain.datastack")
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    app = come_to("look", {"stack": "plain.datastack"})
    app.selectbox(key="look-add").set_value("map:NMF Ca").run()
    assert not app.exception
    assert figure_of(app, "look-picture")["map"]["layers"][-1]["title"] == "NMF Ca"


def test_two_maps_of_another_program_are_divided_on_the_bench(folder: Path):
    app = come_to("look", {"stack": "ink.datastack"})
    app.selectbox(key="look-combine-first").set_value("map:Ca")
    app.selectbox(key="look-combine-second").set_value("map:Fe_K").run()
    assert "below 5% of its brightest values have no value" in texts(app)
    app.button(key="look-combine-add").click().run()
    assert not app.exception
    layer = figure_of(app, "look-picture")["map"]["layers"][-1]
    assert (layer["key"], layer["units"]) == ("ratio:map%3ACa:map%3AFe_K", "ratio of two maps")
    ds = DataStack(folder / "ink.datastack")
    one, other = (np.asarray(ds.stored_map(name), np.float64) for name in ("Ca", "Fe_K"))
    view = BenchView("ratio", (LayerLook(layer["key"], high=2.0),))
    found = view_layers(ds, view)[layer["key"]]
    there = other >= 0.05 * np.percentile(other, 99)
    np.testing.assert_allclose(found.values[there], (one / np.where(there, other, 1))[there], rtol=1e-5)
    assert np.isnan(found.values[~there]).all()
    told = caption_of(ds, {layer["key"]: found}, view_grid(ds, view, {}))
    assert "Ca / Fe_K is of maps as others made them. A ratio has a value where" in told
