"""The part Elements says what is there, where, and how sure; and what it cannot say."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, COUNTS, made_counts
from tests.pages.conftest import Open, choice_of, press, texts
from tests.pages.elements_scan import NAME, examined_folder, make_scan, open_made
from tests.shown_charts import curves_in, figure_of

__all__ = ["examined_folder"]


@pytest.fixture
def open_elements(examined_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that opens the page on the scan whose elements are known."""
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))

    return lambda element=None: open_made("elements", **({"element": element} if element else {}))


def ask(app: AppTest, query: str) -> str:
    """Search, and return the answer."""
    app.text_input(key="elements-query").set_value(query).run()
    assert not app.exception
    told = "\n".join(each.value for each in [*app.info, *app.warning]).replace("\\", "")
    return re.sub(r" \(seen in [\d.]+% of the pixels\)", "", told)


def test_what_is_sure_is_named_and_the_first_is_shown_as_a_map(open_elements):
    app = open_elements()
    said = next(each.value for each in app.markdown if each.value.startswith("**Sure:**"))
    assert all(family.partition("-")[0] in said for family in COUNTS)
    assert figure_of(app, "elements-map")["map"]["units"] == "net counts per pixel"
    assert {"Mean of all pixels", "Model"} < curves_in(figure_of(app, "elements-lines")).keys()


def test_an_element_is_shown_with_its_evidence_its_error_and_its_lines(open_elements):
    app = open_elements("Pb")
    assert app.header[0].value == "Lead (Pb): sure"
    said = texts(app).replace("\\", "")
    assert "Pb La and Pb Lb are there in the right ratio." in said
    assert "of the pixels are above the detection limit" in said
    assert "standard deviation" in said
    assert "Pb-L lines" in curves_in(figure_of(app, "elements-lines"))


def test_an_absent_element_has_a_sentence_and_no_map(open_elements):
    app = open_elements("As")
    assert app.header[0].value == "Arsenic (As): not found"
    said = texts(app).replace("\\", "")
    assert "Nothing above noise." in said
    assert "lines of Pb" in said
    assert "chart/elements-map" not in app.session_state
    assert "As-K lines at the detection limit" in curves_in(figure_of(app, "elements-lines"))


@pytest.mark.parametrize(
    ("query", "answer", "shown"),
    [
        ("where is iron", "Iron is there for sure.", "Fe"),
        ("lead or arsenic", "Lead is there for sure; arsenic is not found: nothing above noise.", "Pb"),
        ("titanium or barium", "Titanium is there for sure; barium is there for sure.", "Ti"),
        (
            "Bleiweiß oder Zinkweiß",
            "Lead white may be there: its lead is sure; zinc white is not found: no zinc above noise.",
            "Pb",
        ),
        ("rhodium", "Rhodium cannot be told: it is the anode of the tube.", "Rh"),
        ("radon", "Radon cannot be seen in this scan.", "Rn"),
    ],
)
def test_a_question_is_answered_in_a_sentence(open_elements, query: str, answer: str, shown: str):
    app = open_elements()
    assert ask(app, query).replace("\\", "").startswith(answer)
    assert choice_of(app).element == shown
    assert f"({shown})" in app.header[0].value


def test_a_name_that_nobody_knows_is_said_and_changes_nothing(open_elements):
    app = open_elements("Cu")
    assert "No element or pigment of that name" in ask(app, "unobtainium")
    assert choice_of(app).element == "Cu"


def test_pixels_below_the_detection_limit_are_left_out_on_request(open_elements):
    app = open_elements("Fe")
    app.toggle(key="elements-significant").set_value(True).run()
    assert not app.exception
    assert "the others are grey" in texts(app)
    assert figure_of(app, "elements-map")["map"]["texts"]["missing"] == "below the detection limit"
    assert "have no value:" not in texts(app)


def test_smoothing_lowers_the_error_that_is_said(open_elements):
    app = open_elements("Fe")
    before = next(each.value for each in app.caption if "standard deviation" in each.value)
    app.segmented_control(key="elements-smoothing").set_value(3).run()
    after = next(each.value for each in app.caption if "standard deviation" in each.value)
    assert before != after
    app.segmented_control(key="elements-kind").set_value("error").run()
    assert figure_of(app, "elements-map")["map"]["units"] == "standard deviation in net counts"


def test_the_maps_are_kept_in_the_scan_only_on_request(open_page: Open, data_folder: Path):
    make_scan(data_folder / NAME)
    app = open_page("elements", NAME)
    assert "element_maps" not in DataStack(data_folder / NAME).names
    press(app, "Keep in the scan")
    ds = DataStack(data_folder / NAME)
    assert set(ds.attributes("element_maps")["names"]) >= set(COUNTS)
    assert "These maps are kept" in texts(app)


def test_where_files_cannot_be_changed_the_maps_are_shown_and_not_kept(
    open_elements, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    app = open_elements("Fe")
    assert "Keep in the scan" not in [button.label for button in app.button]
    assert "cannot be changed here" in texts(app)
    assert "chart/elements-map" in app.session_state


def test_without_energies_the_page_proposes_them_and_leads_to_setting_them_by_hand(
    open_page: Open, data_folder: Path
):
    convert(ArrayScan(made_counts()), data_folder / "plain.datastack")
    app = open_page("elements", "plain.datastack")
    assert "no energies" in texts(app)
    assert "Yes, use these energies" in [button.label for button in app.button]
    press(app, "Set energies by hand")
    assert app.segmented_control(key="energies-way").value == "peaks"
    assert app.title[0].value == "Open a scan"
    assert app.segmented_control(key="open-task").value == "energies"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (made_counts()[:3, :2, 200:201], "64 channels or more"),
        (np.zeros((3, 2, 1300), np.uint16), "no counts"),
    ],
    ids=["one channel", "no counts"],
)
def test_a_scan_that_cannot_tell_says_why(open_page: Open, data_folder: Path, counts: np.ndarray, said: str):
    convert(ArrayScan(counts), data_folder / "odd.datastack", calibration=CALIBRATION)
    app = open_page("elements", "odd.datastack")
    assert said in texts(app)


def test_a_tiny_scan_with_missing_values_is_examined(open_page: Open, data_folder: Path):
    counts = made_counts()[:4, :5].astype(np.float32)
    counts[1, 2] = np.nan
    convert(ArrayScan(counts), data_folder / "tiny.datastack", calibration=CALIBRATION)
    DataStack(data_folder / "tiny.datastack").set_tube({"tube_kV": 50.0, "tube_anode": "Rh"})
    app = open_page("elements", "tiny.datastack")
    assert not app.error
    assert app.header[0].value
