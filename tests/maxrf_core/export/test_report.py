"""A report holds what is known of a scan in one file, loads nothing, and shows texts as they are."""

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from maxrf_core import DataStack, Patch
from maxrf_core.cli.main import main
from maxrf_core.datastack.stored_views import keep_view
from maxrf_core.errors import DatastackError
from maxrf_core.export.report import make_report, report_html
from maxrf_core.export.report_pictures import enlarged
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import LayerLook
from maxrf_core.language import in_locale
from maxrf_core.registration.register import register
from tests.maxrf_core.elements.made_scan import COUNTS, SHAPE
from tests.maxrf_core.export.known_elements import known_scan

HOSTILE = '</style><script>alert(1)</script><img src=x onerror="alert(2)">'
MAX_SIZE = 15_000_000  # bytes


class Page(HTMLParser):
    """What a page of HTML consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.addresses, self.words = [], [], []
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset", "data")]
        assert not [name for name, _value in attrs if name.startswith("on")]

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """Return a scan with all that a report can show, its page, and the report's text."""
    folder = tmp_path_factory.mktemp("report")
    ds = known_scan(folder)
    ds.keep_patches(
        [
            Patch.rectangle((0, 0), (12, 12), ds.shape, HOSTILE, "#56b4e9"),
            Patch.rectangle((14, 14), (26, 28), ds.shape, "ground", "#e69f00"),
        ]
    )
    iron = LayerLook("Fe-K", high=600, colour="#ff8000")
    keep_view(ds, BenchView(HOSTILE[:80], (iron, LayerLook("Pb-L", high=700, colour="#0080ff"))))
    keep_view(ds, BenchView("of another scan", (LayerLook("photo:imno_reg"),)))
    photo = np.full((60, 56, 3), (200, 30, 40), np.uint8)
    corners = np.array([[2, 2], [50, 3], [49, 55], [3, 54], [25, 25]], float)
    made = register(photo, SHAPE, corners, corners / 2 + [[0, 0], [0.3, 0], [0, 0], [0, 0], [0, 0.2]])
    ds.append(made.arrays, made.attributes)
    before = ds.path.read_bytes()
    assert main(["report", str(ds.path), "-o", str(folder / "report.html")]) == 0
    assert ds.path.read_bytes() == before  # the scan is only read
    text = (folder / "report.html").read_text(encoding="utf-8")
    return DataStack(ds.path), Page(text), text


def test_it_loads_nothing_and_runs_nothing(reported):
    _ds, page, text = reported
    assert all(address.startswith("data:image/") for address in page.addresses)
    assert not {"script", "link", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert "default-src 'none'" in html.unescape(text)
    assert not re.search(r"@import|url\(", text[: text.index("<body")])
    assert len(text.encode()) < MAX_SIZE


def test_hostile_names_are_shown_as_they_are(reported):
    _ds, page, text = reported
    assert HOSTILE in page.text
    assert "<script" not in text


def test_it_shows_photograph_maps_views_patches_and_spectra(reported):
    ds, page, _text = reported
    for family in COUNTS:
        assert f"{family.partition('-')[2]} lines" in page.text
    assert page.text.count("net counts per pixel, up to") >= len(COUNTS)
    for title in ("Photograph", "Elements", "Views", "Patches", "Mean spectrum", "Evidence"):
        assert title in page.words
    assert "Fe: 0 to 600 net counts per pixel" in page.text
    assert "This view cannot be shown" in page.text
    assert f"Compared with {HOSTILE}" in page.text
    assert re.search("round (holds|does not differ clearly)", page.text)
    assert "Ratio" in page.words
    [ground] = [patch for patch in ds.patches() if patch.name == "ground"]
    assert f"{ground.pixels:,}" in page.words
    assert f"{ground.pixels * 0.125:,.1f}" in page.words  # mm²
    assert sum(address.startswith("data:image/svg+xml") for address in page.addresses) == 3


def test_views_and_patches_have_the_artworks_proportions_and_a_scale_bar(reported):
    ds, page, _text = reported
    width_mm, height_mm = ds.about["pixel_size_mm"]
    addresses = [each for each in page.addresses if each.startswith("data:image/jpeg")]
    assert len(addresses) == 3
    for address in addresses[1:]:  # the photograph of this scan is narrower than the words
        pixels = np.asarray(Image.open(BytesIO(base64.b64decode(address.partition(",")[2]))))
        height = pixels.shape[1] * SHAPE[0] * height_mm / (SHAPE[1] * width_mm)
        below = pixels[round(height) + 10 : round(height) + 15]
        assert below[:, :20].max() < 60  # the bar
        assert below[:, -20:].min() > 200  # which is shorter than the picture


def test_it_tells_how_its_numbers_came_about(reported):
    ds, page, _text = reported
    assert hashlib.sha256(ds.path.read_bytes()).hexdigest() in page.words
    assert "Rh, 50 kV" in page.words
    assert "0.5 × 0.25 mm" in page.words
    notes = ds.attributes("imvis_points")
    assert f"{notes['rms']:.2f} map pixels" in page.words
    assert "-0.50000 keV + 0.0200000 keV × channel" in page.words
    assert json.dumps(notes["model"]).strip('"') in page.words


def test_a_scan_without_energies_has_a_report_that_says_so(tmp_path):
    from maxrf_core.conversion.convert import convert
    from maxrf_core.readers import ArrayScan

    ds = DataStack(convert(ArrayScan(np.ones((6, 5, 80), np.uint16)), tmp_path / "plain.datastack"))
    page = Page(make_report(ds, tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "calibrate it first" in page.text
    assert "The scan has no energies" in page.text
    with pytest.raises(DatastackError, match="exists already"):
        make_report(ds, tmp_path / "report.html")


def test_its_progress_is_in_the_readers_language_and_the_report_in_english(reported, translations):
    ds = reported[0]
    dutch = {
        "looking for elements": "elementen zoeken",
        "reading the photograph": "de foto lezen",
        "drawing the map of {family}": "de kaart van {family} tekenen",
        "drawing the view {view}": "het beeld {view} tekenen",
        "reading the spectrum of {patch}": "het spectrum van {patch} lezen",
        "report made": "verslag klaar",
        "Photograph": "Foto",
    }
    translations(dutch)
    told = []
    with in_locale("nl-NL"):
        text = report_html(ds, progress=lambda _done, doing: told.append(doing))
    assert {
        "elementen zoeken",
        "de foto lezen",
        "de kaart van Fe-K tekenen",
        "het spectrum van ground lezen",
    } <= set(told)
    assert "het beeld of another scan tekenen" in told
    assert told[-1] == "verslag klaar"
    assert "<h2>Photograph</h2>" in text
    assert "kaart van" not in text


def test_a_small_part_of_a_map_is_enlarged_to_be_seen():
    small = np.arange(60 * 100 * 4).reshape(60, 100, 4).astype(np.uint8)
    large = enlarged(small)
    assert large.shape == (540, 900, 4)
    np.testing.assert_array_equal(large[4::9, 4::9], small)
    assert enlarged(np.zeros((1000, 3, 4), np.uint8)).shape == (1000, 3, 4)
