"""An element in detail: a pixel's counts with their error, and the whole spectrum on request."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core.elements.scanner_error import ScannerError
from tests.pages.conftest import Open, choice_of
from tests.pages.elements_scan import NAME, make_scan
from tests.shown_charts import figure_of
from tests.widgets.elements.made_examination import made_examination
from widgets.elements import examination as module


@pytest.fixture
def open_element(open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that opens an element of the made scan."""
    make_scan(data_folder / NAME)
    made = made_examination()
    monkeypatch.setattr(
        "maxrf_core.datastack.scan_elements.examine_scan",
        lambda *_, **__: (made.analysis, made.identification),
    )
    return lambda element: open_page("elements", NAME, element=element)


def test_the_pixel_that_was_clicked_is_told_with_its_error(open_element):
    app = open_element("Fe")
    net, sigma = made_examination().map_of("Fe")
    x, y = made_examination().summaries["Fe"].place
    choice_of(app).pixels = [(x, y)]
    app.run()
    said = next(each.value for each in app.markdown if each.value.startswith("**Pixel"))
    assert said == f"**Pixel {x}, {y}:** {net[y, x]:,.0f} ± {sigma[y, x]:.1f} net counts."


def test_the_scanners_own_error_is_told_beside_that_of_counting(open_element, monkeypatch):
    monkeypatch.setattr(module, "scanner_error", lambda _maps: ScannerError(0.025, 0.03))
    app = open_element("Fe")
    net, sigma = made_examination().map_of("Fe")
    x, y = made_examination().summaries["Fe"].place
    choice_of(app).pixels = [(x, y)]
    app.run()
    said = next(each.value for each in app.markdown if each.value.startswith("**Pixel"))
    total = np.hypot(sigma[y, x], 0.025 * net[y, x])
    errors = f"± {sigma[y, x]:.1f} by counting, ± {total:.1f} with the scanner's own 2.5%."
    assert said == f"**Pixel {x}, {y}:** {net[y, x]:,.0f} net counts: {errors}"
    assert any("vary by 2.5% of the net counts" in each.value.replace("\\", "") for each in app.caption)


def test_a_pixel_without_the_element_is_not_given_a_number_alone(open_element):
    app = open_element("Fe")
    net, sigma = made_examination().map_of("Fe")
    y, x = divmod(int((net - sigma).argmin()), net.shape[1])
    choice_of(app).pixels = [(x, y)]
    app.run()
    said = next(each.value for each in app.markdown if each.value.startswith("**Pixel"))
    assert said.endswith("which is nothing above noise.")


def test_the_whole_spectrum_is_shown_on_request(open_element):
    app = open_element("Fe")
    near = figure_of(app, "elements-lines")["layout"]["xaxis"]["range"]
    app.toggle(key="elements-whole").set_value(True).run()
    whole = figure_of(app, "elements-spectrum")["layout"]["xaxis"]["range"]
    assert near[1] - near[0] < 4
    assert whole[1] - whole[0] > 20


def test_the_anode_is_not_shown_as_an_element_of_the_object(open_element):
    app = open_element("Rh")
    assert app.header[0].value == "Rhodium (Rh)"
    assert "chart/elements-map" not in app.session_state
