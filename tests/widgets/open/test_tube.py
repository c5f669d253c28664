"""The X-ray tube is that of the file, or chosen."""

from pathlib import Path

import h5py

from maxrf_core import DataStack
from tests.pages.conftest import Open, choice_of


def test_the_tube_is_told_by_the_file_or_chosen_and_rules_which_lines_are_offered(
    open_page: Open, data_folder: Path
):
    with h5py.File(data_folder / "demo.datastack", "r+") as file:
        del file.attrs["tube_anode"], file.attrs["tube_kV"]
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    assert app.selectbox(key="tube-anode").value is None
    assert app.number_input(key="tube-kv").value is None
    lines = app.selectbox(key="energies-line-0").options
    for wanted in (
        "Ag Ka · silver",
        "Sn Ka · tin",
        "Ba Ka · barium",
        "Zr Ka · zirconium",
        "Mg Ka · magnesium",
    ):
        assert wanted in lines
    app.number_input(key="tube-kv").set_value(30.0).run()
    lines = app.selectbox(key="energies-line-0").options
    assert "Ag Ka · silver" in lines
    assert "Ba Ka · barium" not in lines
    assert choice_of(app).kv == 30
    beam = app.selectbox(key="tube-anode")
    assert "Monochromatic beam" in beam.options
    app = beam.set_value("mono").run()
    assert not app.exception
    assert choice_of(app).anode == "mono"

    DataStack(data_folder / "demo.datastack").set_tube({"tube_kV": 40.0, "tube_anode": "Mo"})
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    assert (app.selectbox(key="tube-anode").value, app.number_input(key="tube-kv").value) == ("Mo", 40.0)
    assert app.selectbox(key="tube-anode").disabled
    assert app.number_input(key="tube-kv").disabled
