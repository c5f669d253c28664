"""The page Look: layers over one another, a pixel's counts, what the visitor changes."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.lines import find_line
from tests.maxrf_core.elements.made_scan import COUNTS, made_counts
from tests.pages.conftest import Open, choice_of, field, texts
from tests.pages.elements_scan import examined_folder, open_made
from tests.shown_charts import curves_in, figure_of
from widgets.session.bench import Bench

__all__ = ["examined_folder"]


@pytest.fixture
def open_look(examined_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that opens the page on the scan whose elements are known."""
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))

    return lambda: open_made("look")


def bench_of(app: AppTest) -> Bench:
    return choice_of(app).bench


def add(app: AppTest, layer: str) -> None:
    app.selectbox(key="look-add").set_value(layer).run()
    assert not app.exception


def test_the_strongest_element_lies_on_the_bench_at_first(open_look):
    app = open_look()
    layers = figure_of(app, "look-picture")["map"]["layers"]
    assert len(layers) == 1
    assert layers[0]["key"] in COUNTS
    assert layers[0]["units"] == "net counts per pixel"
    [listed] = [each for each in app.get("bidi_component") if each.proto.component_name == "maxrf_layers"][:1]
    told = json.loads(listed.proto.json)["rows"][layers[0]["key"]]["evidence"]
    assert told["name"] == "sure"
    assert "Maximum" in next(iter(curves_in(figure_of(app, "look-spectrum"))))


def test_an_element_that_is_added_lies_over_the_first_in_a_hue_of_its_own(open_look):
    app = open_look()
    second = next(family for family in COUNTS if family not in bench_of(app).keys)
    add(app, second)
    assert [layer["key"] for layer in figure_of(app, "look-picture")["map"]["layers"]] == bench_of(app).keys
    assert bench_of(app).keys[-1] == second
    assert all(look.is_light for look in bench_of(app).looks)


def test_two_maps_are_combined_to_a_layer_whose_values_are_their_ratio(open_look):
    app = open_look()
    app.selectbox(key="look-combine-first").set_value("Pb-L").run()
    app.selectbox(key="look-combine-second").set_value("Fe-K").run()
    app.button(key="look-combine-add").click().run()
    assert not app.exception
    layer = figure_of(app, "look-picture")["map"]["layers"][-1]
    assert layer["key"] == "ratio:Pb-L:Fe-K"
    assert layer["title"] == "Pb L / Fe"
    assert layer["units"] == "ratio of net counts"
    assert 0 < layer["range"][1] < 100


def test_a_band_is_a_layer_too(open_look):
    app = open_look()
    band = next(each for each in app.selectbox(key="look-add").options if each.startswith("Map of the band"))
    app.selectbox(key="look-add").select(band).run()
    assert not app.exception
    assert bench_of(app).keys[-1].startswith("band:")
    assert figure_of(app, "look-picture")["map"]["layers"][-1]["units"] == "counts per channel"


def test_a_pixel_tells_the_counts_of_all_elements_with_their_errors(open_look):
    app = open_look()
    choice_of(app).choose_pixel(3, 4)
    app.run()
    said = texts(app)
    assert "**Pixel 3, 4**" in said
    for family in COUNTS:
        element = family.partition("-")[0]
        assert f"**{element}" in said or f" {element}\u00a0" in said
    assert "±" in said
    assert list(curves_in(figure_of(app, "look-spectrum"))) == ["Model", "Pixel 3, 4"]
    field(app, "y").set_value(9).run()
    assert choice_of(app).pixels[-1] == (3, 9)


def test_the_element_of_a_peak_is_laid_on_the_bench_by_one_click(open_look):
    app = open_look()
    family = next(family for family in COUNTS if family not in bench_of(app).keys and family.endswith("-K"))
    element = family.partition("-")[0]
    app.session_state["look-spectrum-peak"] = find_line(f"{element} Ka").energy
    app.run()
    app.button(key=f"look-spectrum-peak-map-{family}").click().run()
    assert not app.exception
    assert bench_of(app).keys[-1] == family


def test_a_scan_without_energies_can_be_looked_at_by_bands(open_page: Open, data_folder: Path):
    convert(ArrayScan(made_counts()), data_folder / "channels.datastack")
    app = open_page("look", "channels.datastack")
    assert bench_of(app).keys == []
    assert any("Choose an element" in each.value for each in app.info)
    app.selectbox(key="look-add").select_index(0).run()
    assert not app.exception
    assert figure_of(app, "look-picture")["map"]["layers"][0]["title"].startswith("Channels")


def test_a_figure_is_offered_in_four_formats_and_its_lines_of_python_are_shown(open_look):
    app = open_look()
    offered = app.session_state["offered-files"].files
    figure = offered["download-look-figure-png"]
    assert {f"download-look-figure-{kind}" for kind in ("png", "tiff", "pdf", "svg")} <= set(offered)
    app.number_input(key="look-figure-width").set_value(60).run()
    app.text_input(key="look-figure-title").set_value("Ink").run()
    assert figure.make().startswith(b"\x89PNG")
    assert b'"width_mm": 60.0' in figure.make()
    assert any("view_picture(ds, view" in each.value for each in app.code)
