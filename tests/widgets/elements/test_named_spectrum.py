"""Peaks in charts have the names that the identification gives them."""

from pathlib import Path

import pytest

from tests.pages.elements_scan import NAME, make_scan
from tests.widgets.elements.made_examination import made_examination
from widgets.elements import examination
from widgets.elements.named_spectrum import _peak_near, peak_names
from widgets.session.scan import Scan, open_scan_of


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    """Return the scan whose elements are known."""
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    make_scan(tmp_path / NAME)
    return open_scan_of(NAME)


def test_the_names_are_those_of_what_is_there(scan: Scan, monkeypatch: pytest.MonkeyPatch):
    assert peak_names(scan) == ()
    monkeypatch.setitem(examination._kept, examination.examination_name(scan), made_examination())
    names = peak_names(scan)
    assert {"Ca Ka", "Ti Ka", "Fe Ka", "Cu Ka", "Pb La", "Rh Ka Compton"} <= {name.text for name in names}
    assert not any(name.text.startswith("As") for name in names)
    lead = next(name for name in names if name.text == "Pb La")
    assert lead.position == pytest.approx(10.54, abs=0.06)


def test_a_click_beside_a_peak_is_for_the_peak_and_one_far_from_all_for_itself(scan: Scan):
    assert _peak_near(scan, 6.3, 0.2) == pytest.approx(6.4, abs=0.05)
    assert _peak_near(scan, 6.3, 0.02) == 6.3
    assert _peak_near(scan, 16.3, 0.2) == 16.3
