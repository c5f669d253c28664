"""A scan is examined once, and its maps are opened from the file where they are kept."""

from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.datastack.stored_elements import keep_element_maps
from maxrf_core.elements.maps import ElementMaps, element_maps
from tests.pages.conftest import Open
from tests.pages.elements_scan import NAME, make_scan
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.examination import CoarseElements, Examination
from widgets.elements.notes import show_coarsely
from widgets.elements.overview import tile


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("it was made again")


def test_maps_that_are_kept_are_opened_and_not_made_again(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    ds = make_scan(data_folder / NAME)
    maps = made_examination().maps
    keep_element_maps(ds, maps)
    examined = made_examination()
    monkeypatch.setattr(
        "maxrf_core.datastack.scan_elements.examine_scan",
        lambda *_, **__: (examined.analysis, examined.identification),
    )
    monkeypatch.setattr("maxrf_core.datastack.scan_elements.element_maps", refuse)
    app = open_page("elements", NAME)
    assert not app.error
    assert any("kept in the scan's file" in each.value for each in app.caption)
    monkeypatch.setattr("maxrf_core.datastack.scan_elements.examine_scan", refuse)
    assert isinstance(app, AppTest)
    assert not open_page("elements", NAME, element="Cu").error


def test_the_elements_of_a_large_scan_are_seen_with_coarse_maps_before_the_exact_ones(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    make_scan(data_folder / NAME)
    monkeypatch.setattr("widgets.session.scan.COARSE_PIXELS", 1)
    made, drawn, seen = made_examination(), Event(), []
    monkeypatch.setattr(
        "maxrf_core.datastack.scan_elements.examine_scan",
        lambda *_, **__: (made.analysis, made.identification),
    )

    def exact_after_coarse(*args: Any, **options: Any) -> ElementMaps:
        assert drawn.wait(120)
        return element_maps(*args, **options)

    def draw(found: CoarseElements, **options: Any) -> None:
        show_coarsely(found, **options)
        seen.append(found)
        drawn.set()

    monkeypatch.setattr("maxrf_core.datastack.scan_elements.element_maps", exact_after_coarse)
    monkeypatch.setattr("widgets.parts.elements_part.show_coarsely", draw)
    app = open_page("elements", NAME)
    assert not app.error
    [coarse] = seen
    assert list(coarse.summaries) == list(made.summaries)
    assert tile("Fe", coarse, "viridis")["note"] == "coarse"


def test_a_map_belongs_to_its_element():
    examined: Examination = made_examination()
    for number, family in enumerate(examined.maps.names):
        net, sigma = examined.map_of(family.partition("-")[0])
        np.testing.assert_array_equal(net, examined.maps.net[number])
        np.testing.assert_array_equal(sigma, examined.maps.sigma[number])


@pytest.mark.parametrize("displacement", [0.0, 0.75, -0.81])
def test_a_pixel_is_that_of_the_map_that_is_shown(displacement: float):
    view = replace(made_examination(), row_displacement=displacement)
    net, sigma = view.shown("Pb-L")
    for x, y in [(4, 6), (4, 7), (27, 29), (0, 1)]:
        np.testing.assert_array_equal(view.shown_at("Pb-L", x, y), (net[y, x], sigma[y, x]))
    assert view.summaries["Pb"].strongest == np.nanmax(net)
