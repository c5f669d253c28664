"""Overlaps and factors are told in plain words, in pixels and millimetres."""

import re

import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.mosaic.in_words import count_table, length_text, overlap_rows, survey_notes, unmatched_notes
from maxrf_core.mosaic.make import plan_mosaic
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.survey import survey
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import register
from maxrf_core.transform.extents import corners_of
from tests.maxrf_core.mosaic.made_parts import make_both


def test_a_displaced_scan_is_told_in_words(tmp_path):
    found = survey(placed_scans(make_both(tmp_path, off=(3, 0))))
    (row,) = overlap_rows(found)
    assert row.scans == "1–2"
    assert row.measured.startswith(("2.9", "3.0"))
    assert re.fullmatch(r"[23][.]\d\d ± 0[.]\d\d pixels \(1.5 mm\)", row.measured)
    assert count_table(found)[0].keys() == {"Element", "2 ÷ 1"}
    notes = " ".join(survey_notes(found))
    assert "Scans 1 and 2 are" in notes
    assert "check the registration of both" in notes
    assert "clicks that are one map pixel off are expected: left, right" in notes
    assert "were moved a little to meet" in notes


def test_elements_that_cannot_be_matched_are_named(tmp_path):
    found = survey(placed_scans(make_both(tmp_path, names=("Fe-K", "Hg-L"), pixel_size=None)[::-1]))
    factors = plan_mosaic(found, match_counts=True).factors
    rows = count_table(found, factors)
    assert [row["Element"] for row in rows] == ["Fe-K", "Hg-L", "Pb-L", "Ca-K"]
    assert float(rows[0]["2 ÷ 1"].split(" ± ")[0]) * float(rows[0]["× 2"].split(" ± ")[0]) == pytest.approx(
        1, abs=0.02
    )
    assert rows[2] == {"Element": "Pb-L", "2 ÷ 1": "–", "× 2": "–"}
    assert unmatched_notes(found, factors) == [
        "In left these stay as measured, since no overlap shows enough of them: Pb-L, Ca-K."
    ]
    told = "Without a map in left, so blank where the mosaic shows it: Hg-L (the file holds no spectra)."
    assert told in survey_notes(found)
    assert length_text(found, 1.234) == "1.23 pixels"


def test_a_scan_without_energies_is_said_to_be_left_out(tmp_path):
    left, _right = make_both(tmp_path)
    path = convert(ArrayScan(np.ones((40, 40, 16), np.uint8)), tmp_path / "bare.datastack")
    corners = corners_of((40, 40))
    made = register(
        np.zeros((480, 540), np.uint8), (40, 40), 3 * corners + 200, corners, photo_sha256="a" * 64
    )
    DataStack(path).append(made.arrays, made.attributes)
    notes = " ".join(survey_notes(survey(placed_scans([left, path]))))
    assert "Without element maps, and left out: bare." in notes
