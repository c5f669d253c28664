"""The program's own proposal of energies is shown with its verdict, and kept when it is saved."""

from pathlib import Path

from maxrf_core import DataStack
from tests.pages.conftest import Open, press, texts


def test_the_proposal_is_shown_with_its_verdict_and_can_be_kept(open_page: Open, data_folder: Path):
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run(timeout=60)
    app.segmented_control(key="energies-way").set_value("auto").run(timeout=60)
    assert not app.exception
    assert "sure" in texts(app) or "which line" in texts(app)
    press(app, "Save these energies")
    ds = DataStack(data_folder / "demo.datastack")
    assert ds.attributes("maxrf_energies_")["source"].startswith("automatic")
