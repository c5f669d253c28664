"""A page without a scan, or with a damaged one, says so and shows the way to another."""

from pathlib import Path

import pytest

from tests.pages.conftest import PAGES, Open, press, texts


@pytest.mark.parametrize("page", [page for page in PAGES if page != "open"])
def test_a_page_without_a_scan_shows_the_way_to_one(open_page: Open, page: str):
    app = open_page(page, stack=None)
    assert "No scan is open yet." in texts(app)


def test_a_damaged_file_is_told_in_one_sentence(open_page: Open, data_folder: Path):
    (data_folder / "broken.datastack").write_bytes((data_folder / "demo.datastack").read_bytes()[:5000])
    (data_folder / "empty.datastack").write_bytes(b"")
    for name in ("broken.datastack", "empty.datastack"):
        app = open_page("maps", stack=name)
        assert len(app.error) == 1
        assert name.replace(".", "\\.") in app.error[0].value


@pytest.mark.parametrize("page", ["maps", "open"])
def test_the_list_of_scans_is_one_click_away(open_page: Open, page: str):
    app = open_page(page, stack=None)
    if page == "open":
        app.segmented_control(key="open-task").set_value("energies").run()
    press(app, "Choose a scan")
    assert "open-demo.datastack" in [button.key for button in app.button]
    assert app.segmented_control(key="open-task").value == "choose"
