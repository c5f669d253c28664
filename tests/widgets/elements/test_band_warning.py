"""A shared band is told in words that a conservator understands."""

import pytest

from maxrf_core.elements.band_shares import BACKGROUND, LINES, SCATTER, BandShare, band_shares
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.band_warning import main_part_warning, shares_sentence, without_background

SHARED = [
    BandShare(LINES, "Cu-K", "Cu Kb", 0.61),
    BandShare(LINES, "Zn-K", "Zn Ka", 0.22),
    BandShare(BACKGROUND, "", "", 0.15),
    BandShare(SCATTER, "", "Rh", 0.02),
]


def test_all_that_matters_is_named_with_its_share():
    said = shares_sentence(SHARED)
    assert said == "Of the counts in this band, over the whole scan: 61% Cu Kb, 22% Zn Ka, 15% background."


def test_small_shares_are_put_together():
    many = [BandShare(LINES, f"{each}-K", f"{each} Ka", 0.04) for each in ("Ti", "Cr", "Mn")]
    said = shares_sentence([BandShare(LINES, "Fe-K", "Fe Ka", 0.88), *many])
    assert said.endswith("88% Fe Ka, 12% other lines.")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", ""),
        ("Cu Kb", ""),
        ("Zn Ka", "Most of what this map shows is copper (Cu Kb); only 22% is zinc."),
        ("Ga Ka", "Most of what this map shows is copper (Cu Kb), not gallium."),
    ],
)
def test_a_line_that_is_not_the_main_part_is_warned_of(line: str, said: str):
    assert main_part_warning(SHARED, line) == said


def test_two_about_equal_parts_are_compared():
    shares = [
        BandShare(LINES, "As-K", "As Ka", 0.4),
        BandShare(LINES, "Pb-L", "Pb La", 0.37),
        BandShare(BACKGROUND, "", "", 0.23),
    ]
    assert main_part_warning(shares, "Pb La") == "This map shows more arsenic (As Ka) than lead."
    assert main_part_warning(shares, "As Ka") == ""


def test_a_map_of_nothing_but_background_says_so():
    shares = [BandShare(BACKGROUND, "", "", 0.97), BandShare(LINES, "Cu-K", "Cu Kb", 0.03)]
    assert main_part_warning(shares, "Zn Ka") == "Most of what this map shows is background, not zinc."
    assert without_background(shares)[0].share == 1


def test_side_bands_leave_lines_whose_shares_add_up_to_one():
    left = without_background(SHARED)
    assert sum(each.share for each in left) == pytest.approx(1)
    assert [each.label for each in left] == ["Cu Kb", "Zn Ka", "Rh"]
    assert without_background([BandShare(BACKGROUND, "", "", 1.0)]) == []


def test_lead_is_not_taken_for_arsenic_on_a_scan_without_it():
    examination = made_examination()
    shares = band_shares(examination.analysis, 10.382, 10.682, examination.maps.names)
    warning = main_part_warning(shares, "As Ka")
    assert warning == "Most of what this map shows is lead (Pb La), not arsenic."
