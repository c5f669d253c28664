"""Each layer that names an element tells how sure that is, in the words of the part Elements."""

from pathlib import Path

import pytest

from maxrf_core.autoalign.map_selection import band_of_line
from maxrf_core.imaging.layer_keys import band_key
from maxrf_core.spectrum.lines import find_line
from tests.pages.elements_scan import NAME, examined_folder
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.answers import evidence, headline
from widgets.look.layer_evidence import layer_evidence
from widgets.session.scan import Scan, open_scan_of

__all__ = ["examined_folder"]


@pytest.fixture
def scan(examined_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    return open_scan_of(NAME)


def test_an_element_map_has_status_and_evidence_of_its_element(scan: Scan):
    found = made_examination()
    told = layer_evidence(scan, found, "Fe-K")
    assert told is not None
    assert (told["status"], told["name"]) == ("sure", "sure")
    assert told["elements"] == [
        {"symbol": "Fe", "headline": headline("Fe", found), "evidence": evidence("Fe", found)}
    ]
    assert told["elements"][0]["headline"] == "Iron (Fe): sure"


@pytest.mark.parametrize(
    ("key", "status", "name", "words"),
    [
        ("As-K", "absent", "not found", "Nothing above noise."),  # a file's maps may hold what is not there
        ("Rn-L", "none", "no line in this scan", "cannot tell whether it is there"),
        ("Rh-K", "tube", "anode of the tube", "anode"),
        ("Pb-M", "sure", "sure", "This is judged by the lines of Pb L."),
    ],
)
def test_a_layer_that_the_examination_has_not_named_is_told_too(
    scan: Scan, key: str, status: str, name: str, words: str
):
    told = layer_evidence(scan, made_examination(), key)
    assert told is not None
    assert (told["status"], told["name"]) == (status, name)
    assert words in told["elements"][0]["evidence"]


def test_a_combined_map_is_as_sure_as_the_element_that_is_least_sure(scan: Scan):
    told = layer_evidence(scan, made_examination(), "ratio:Pb-La:As-Ka")
    assert told is not None
    assert told["status"] == "absent"
    assert [each["symbol"] for each in told["elements"]] == ["Pb", "As"]


def test_a_band_that_is_called_by_a_line_tells_of_its_element_and_another_one_of_none(scan: Scan):
    found = made_examination()
    told = layer_evidence(scan, found, band_key(*band_of_line(find_line("Fe Ka"))))
    assert told is not None
    assert told["elements"][0]["headline"] == "Iron (Fe): sure"
    assert "also those of other elements" in told["elements"][0]["evidence"]
    for key in ("band:6.2:6.6", "photo:imvis_reg"):
        assert layer_evidence(scan, found, key) is None
    assert layer_evidence(scan, None, "Fe-K") is None


def test_a_map_of_another_program_is_not_vouched_for(scan: Scan):
    told = layer_evidence(scan, made_examination(), "map:As_Ka")
    assert told is not None
    assert told["status"] == "absent"
    assert "this program has not checked the map" in told["elements"][0]["evidence"]
    for examination, key in ((None, "map:Fe_Ka"), (made_examination(), "map:NMF 1")):
        told = layer_evidence(scan, examination, key)
        assert told is not None
        assert told["name"] == "not checked"
        assert told["elements"][0]["symbol"] == ""
