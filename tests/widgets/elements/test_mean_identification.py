"""A scan's elements are identified in the background, once, and only while somebody wants it."""

import threading
from pathlib import Path

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack import scan_identify
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, COUNTS
from tests.pages.elements_scan import NAME, make_scan
from tests.widgets.elements.made_examination import made_examination
from widgets.elements import examination, mean_identification
from widgets.elements.mean_identification import can_be_awaited, identified, identify_soon
from widgets.session.scan import Scan, open_scan_of

LIMIT = 120  # seconds, on a busy machine


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    """Return the scan whose elements are known."""
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    make_scan(tmp_path / NAME)
    return open_scan_of(NAME)


def test_the_elements_are_those_of_the_mean_spectrum_and_are_found_once(
    scan: Scan, monkeypatch: pytest.MonkeyPatch
):
    assert identified(scan) is None
    assert can_be_awaited(scan)
    identify_soon(scan).result(LIMIT)
    found = identified(scan)
    assert found is not None
    assert set(found.identification.elements("sure")) == {each.partition("-")[0] for each in COUNTS}
    assert not can_be_awaited(scan)
    assert identified(scan) is found


def test_what_was_examined_is_not_identified_again(scan: Scan, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(examination._kept, examination.examination_name(scan), made_examination())
    found = identified(scan)
    assert found is not None
    assert found.identification is made_examination().identification
    assert not can_be_awaited(scan)


def test_what_nobody_wants_any_more_is_given_up_and_begun_again_when_asked_for(
    scan: Scan, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mean_identification, "PATIENCE", -1.0)  # as if the page had gone at once
    monkeypatch.setattr(scan_identify, "analyse", None)  # it must not get so far
    identify_soon(scan).result(LIMIT)
    assert identified(scan) is None
    assert can_be_awaited(scan)


def test_only_one_scan_is_identified_at_a_time(scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make_scan(tmp_path / "other.datastack")
    other = open_scan_of("other.datastack")
    goes_on, at_work = threading.Event(), []

    def work(ds: object, **_: object) -> tuple[object, object]:
        at_work.append(ds)
        assert goes_on.wait(LIMIT)
        return made_examination().analysis, made_examination().identification

    monkeypatch.setattr(mean_identification, "examine_mean", work)
    first, second = identify_soon(scan), identify_soon(other)
    assert identify_soon(scan) is first
    assert len(at_work) <= 1
    goes_on.set()
    first.result(LIMIT)
    second.result(LIMIT)
    assert at_work == [scan.ds, other.ds]


def test_a_scan_that_cannot_be_fitted_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    nothing = np.zeros((3, 4, 1300), np.uint16)
    nothing[..., 20] = 5  # below all lines
    convert(ArrayScan(nothing), tmp_path / "empty.datastack", calibration=CALIBRATION)
    convert(ArrayScan(nothing), tmp_path / "plain.datastack")
    scan = open_scan_of("empty.datastack")
    assert can_be_awaited(scan)
    identify_soon(scan).result(LIMIT)
    assert identified(scan) is None
    assert not can_be_awaited(scan)
    assert not can_be_awaited(open_scan_of("plain.datastack"))
