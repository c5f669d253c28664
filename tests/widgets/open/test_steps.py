"""Open shows the steps from a file to a registered photograph, and leads on to each that can be done."""

from pathlib import Path

from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import made_counts
from tests.pages.conftest import Open, choice_of


def test_without_a_scan_nothing_but_opening_one_can_be_done(open_page: Open):
    app = open_page("open", stack=None)
    steps = [each for each in app.button if each.key and each.key.startswith("step-")]
    assert [each.label for each in steps] == [
        "**1 Open a scan**", "2 Set the energies", "3 Elements", "4 Look", "5 Register a photograph",
    ]  # fmt: skip
    assert [each.disabled for each in steps] == [False, True, True, True, True]


def test_a_scan_without_energies_gets_them_before_its_elements(open_page: Open, data_folder: Path):
    convert(ArrayScan(made_counts()), data_folder / "plain.datastack")
    app = open_page("open", stack="plain.datastack")
    assert app.button(key="step-elements").disabled
    app.button(key="step-energies").click().run()
    assert app.segmented_control(key="open-task").value == "energies"
    assert app.button(key="step-energies").label == "**2 Set the energies**"


def test_a_calibrated_scan_leads_on_to_looking_and_registering(open_page: Open):
    app = open_page("open")
    assert app.button(key="step-energies").label == "2 Energies: known"
    app.button(key="step-register").click().run()
    assert [title.value for title in app.title] == ["Register a photograph"]
    assert choice_of(app).stack == "demo.datastack"
