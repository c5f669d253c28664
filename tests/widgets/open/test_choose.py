"""A scan is chosen from a list and opened."""

from pathlib import Path

from tests.pages.conftest import Open, labels, texts
from widgets.open.choose import MAX_SHOWN


def test_a_long_list_is_searched(open_page: Open, data_folder: Path):
    for number in range(MAX_SHOWN + 5):
        (data_folder / f"panel {number}.datastack").write_bytes(b"")
    app = open_page("open", stack=None)
    assert labels(app).count("Open") == MAX_SHOWN
    assert f"The first {MAX_SHOWN} of {MAX_SHOWN + 6} scans" in texts(app)  # with the demo
    app.text_input(key="choose-search").set_value("PANEL 34").run()
    assert [button.key for button in app.button if button.label == "Open"] == ["open-panel 34.datastack"]
    app.text_input(key="choose-search").set_value("no such panel").run()
    assert "open-panel 34.datastack" not in [button.key for button in app.button]
    assert "The name of no scan contains “no such panel”" in texts(app)
    assert "There are no scans" not in texts(app)
