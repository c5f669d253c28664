"""Acts of a visitor in the app, each with a check that the answer is the visitor's own.

Each function here is a walk through a page. It pauses, by `yield`, after each act: whoever drives it lets the
visitor think there, or lets others come first.
"""

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter1d

from tests.shown_charts import curves_in
from tests.visitors.requests_of_visitors import (
    ENTRY,
    Colour,
    Request,
    Size,
    block_means,
    corner_points,
    mean_colour,
)
from tests.visitors.session import Visitor

Actions = Iterator[None]
SIGMA = 7  # channels by which the app smooths the spectrum of a pixel
MAX_COLOUR_DIFFERENCE = 30  # a mean colour that differs by so much is that of another photograph


def open_shared(visitor: Visitor, name: str) -> Actions:
    """Open a datastack of the data folder by its button; this leads to its elements."""
    visitor.visit()
    yield
    visitor.press(key=f"open-{name}")
    assert visitor.address.get("part") == "elements"
    yield


def upload_own(visitor: Visitor, name: str, content: bytes) -> Actions:
    """Upload a datastack, which leads to its elements too."""
    visitor.open_page("Open")
    yield
    visitor.choose_segment("open-task", "Upload a datastack")
    yield
    visitor.upload("stack-upload", name, content)
    assert visitor.address.get("part") == "elements"
    check_text(visitor, name.partition(".")[0])
    yield


def use_maps(visitor: Visitor, request: Request) -> Actions:
    """Drag a band on the spectrum, click on a pixel, and download the map."""
    visitor.open_page("Bands")
    yield
    visitor.drag_band("maps-spectrum", request.lo, request.hi)
    check_band(visitor, request)
    check_map(visitor, "maps-map", request)
    yield
    visitor.click_on_chart("maps-map", request.x + 0.3, request.y - 0.3)
    check_text(
        visitor,
        f"**Pixel {request.x}, {request.y}:** "
        f"{request.band_map[request.y, request.x]:.4g} counts per channel",
    )
    check_curve(visitor, "maps-pixel", f"Pixel {request.x}, {request.y}", request.spectrum)
    yield
    values = np.load(io.BytesIO(visitor.download(f"download-map_{request.lo:g}-{request.hi:g}_keV-npy")))
    assert np.allclose(values, request.band_map, rtol=1e-5), "the downloaded map is that of another band"
    yield


def use_spectra(visitor: Visitor, request: Request, region: tuple[int, int, int, int]) -> Actions:
    """Find the pixel of before, add a rectangle's mean and a pixel of the photograph, and take all away."""
    visitor.open_page("Spectra")
    check_map(visitor, "spectra-map", request)
    name = next(iter([each for each in curves(visitor, "spectra") if each[0].isdigit()]), "none")
    assert name == f"1: Pixel {request.x}, {request.y}, smoothed", f"the pixel of before is {name}"
    check_curve(visitor, "spectra", name, request.spectrum)
    yield
    x0, y0, x1, y1 = region
    visitor.drag_rectangle("spectra-map", (x0 - 0.4, x1 + 0.4), (y0 - 0.4, y1 + 0.4))
    assert f"2: Mean of {x0}, {y0} to {x1}, {y1}" in curves(visitor, "spectra")
    yield
    visitor.choose_segment("spectra-picture", "Photograph")
    yield
    visitor.click_in_viewer("spectra-map", x0 + 0.2, y0 - 0.2)
    assert f"2: Pixel {x0}, {y0}, smoothed" in curves(visitor, "spectra")
    check_text(visitor, f"Pixel {x0}, {y0}: ")
    yield
    visitor.choose_segment("spectra-picture", "Map")
    yield
    visitor.choose_several("spectra-kept-2", [])
    assert not any(each[0].isdigit() for each in curves(visitor, "spectra"))
    yield


def register(visitor: Visitor, colour: Colour, photo: bytes, photo_size: Size, scan: Size) -> Actions:
    """Upload a photograph, place four pairs of points, and see how it fits."""
    visitor.open_page("Register")
    yield
    visitor.upload("photo-upload", f"{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}.jpg", photo)
    yield
    visitor.press("Start over")
    yield
    visitor.click_in_picture("pick-map", 100, 100, 420, 420)
    check_text(visitor, "Click on point **2** (green) in the map.")
    yield
    keys = [table.id.split("-", 2)[-1] for table in visitor.page.all("dataframe") if table.id]
    (table,) = (key for key in keys if key.startswith("points-"))
    visitor.paste_into_table(table, corner_points(photo_size, scan))
    check_text(visitor, "How it fits")
    visitor.press("Show the overlay")
    check_photo(visitor, "register-preview", colour)
    yield
    visitor.slide("register-opacity", 0.8)
    check_photo(visitor, "register-preview", colour)
    yield


def save_registration(visitor: Visitor, stem: str) -> Actions:
    """Append the registration, which must be on the page, to the datastack that is open."""
    visitor.press("Save to the scan")
    assert any("`imvis_reg_highres`" in text.help for text in visitor.page.all("markdown"))
    check_text(visitor, f"Saved in {stem}")
    yield


def compare(visitor: Visitor, request: Request, colour: Colour) -> Actions:
    """Lay the registered photograph beside the map and over it, and type a band a little wider."""
    visitor.open_page("Compare")
    check_viewer(visitor, request.lo, request.hi, colour)
    yield
    visitor.choose_segment("compare-way", "Overlay")
    check_viewer(visitor, request.lo, request.hi, colour)
    yield
    wider = request.hi + 0.1
    visitor.type_number("band-hi", wider)
    assert visitor.page.find("number_input", key="band-hi").value == wider
    check_viewer(visitor, request.lo, wider, colour)
    yield


def use_contents(visitor: Visitor, stem: str | None = None) -> Actions:
    """Look at some arrays of the datastack, and at the one that only this visitor's upload holds."""
    visitor.open_page("Contents")
    yield
    options = list(visitor.page.find("selectbox", key="contents-array").options)
    assert (f"{ENTRY}_{stem}" in options) == (stem is not None), f"the datastack holds {options}"
    assert sum(option.startswith(ENTRY) for option in options) == (stem is not None)
    for name in ("maxrf_maxspectrum", "imvis_reg", f"{ENTRY}_{stem}"):
        if name in options:
            visitor.choose("contents-array", name)
            yield


def check_band(visitor: Visitor, request: Request) -> None:
    """Check that the page tells a band, and its address too."""
    shown = [visitor.page.find("number_input", label=label).value for label in ("From (keV)", "To (keV)")]
    assert shown == [request.lo, request.hi], (
        f"the page shows the band {shown}, not {request.lo} to {request.hi}"
    )
    check_text(visitor, request.channels)
    assert (visitor.address["lo"], visitor.address["hi"]) == (f"{request.lo:g}", f"{request.hi:g}")


def check_text(visitor: Visitor, words: str) -> None:
    """Check that the page says something."""
    assert words in visitor.page.texts(), f"the page does not say {words!r}:\n{visitor.page.texts()}"


def check_map(visitor: Visitor, chart: str, request: Request) -> None:
    """Check that a chart shows the map of a band, value by value."""
    sent = _figure(visitor, chart)["map"]
    values = np.frombuffer(visitor.fetch_chart(chart, "values"), "<f4").reshape(sent["rows"], sent["columns"])
    right = block_means(request.band_map, sent["block"])
    assert np.allclose(values, right, rtol=1e-4, atol=1e-6), f"{chart} shows the map of another band"


def check_curve(visitor: Visitor, chart: str, name: str, spectrum: np.ndarray) -> None:
    """Check that a chart shows a spectrum, smoothed."""
    right = gaussian_filter1d(spectrum, SIGMA)
    assert np.allclose(curves(visitor, chart)[name], right, rtol=1e-4, atol=1e-4), f"{name} is another one"


def check_photo(visitor: Visitor, chart: str, colour: Colour) -> None:
    """Check that the photograph in a chart has the colour of this visitor's."""
    images = _figure(visitor, chart)["layout"]["images"]
    sources = [image["source"] for image in images if image["layer"] == "above"]
    assert len(sources) == 1, f"{chart} shows {len(sources)} photographs"
    _check_colour(sources[0], colour)


def check_viewer(visitor: Visitor, lo: float, hi: float, colour: Colour) -> None:
    """Check that the page Compare tells a band over its map, and shows the photograph of a colour."""
    panes = json.loads(visitor.page.find("bidi_component", key="viewer-compare-views").json)["panes"]
    assert f"{lo:g}–{hi:g} keV" in panes[-1]["title"], f"the map is that of {panes[-1]['title']}"
    sent = json.loads(visitor.page.find("bidi_component", key="viewer-compare-photo-whole").json)
    _check_colour(sent["url"], colour)


def curves(visitor: Visitor, chart: str) -> dict[str, np.ndarray]:
    """Return the curves that a chart of spectra shows, by their names; of a log chart what hovering tells."""
    return curves_in(_figure(visitor, chart))


def _figure(visitor: Visitor, chart: str) -> Any:
    return json.loads(visitor.fetch_chart(chart, "figure"))


def _check_colour(url: str, colour: Colour) -> None:
    picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGBA")
    shown = mean_colour(np.asarray(picture))
    assert np.abs(np.subtract(shown, colour)).max() < MAX_COLOUR_DIFFERENCE, (
        f"a photograph of {shown}, not {colour}"
    )
