"""Files for a report are made by one press beside the bench, and anew when the scan has changed."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
import tifffile
from streamlit.testing.v1 import AppTest

from tests.pages.elements_scan import NAME, examined_folder, open_made
from tests.widgets.look.test_views import folder

__all__ = ["examined_folder", "folder"]


def offered(app: AppTest, ending: str) -> Path:
    """Return the file that the page offers."""
    files = app.session_state["offered-files"].files.values()
    [found] = [each for each in files if each.name.endswith(ending)]
    return found.make()


@pytest.mark.usefixtures("folder")
def test_all_maps_are_made_by_one_press_and_the_page_offers_them():
    app = open_made("look")
    assert not [key for key in app.session_state["offered-files"].files if key.startswith("look-take")]
    app.button(key="look-take-zip").click().run()
    assert not app.exception
    assert not app.error
    path = offered(app, "_maps.zip")
    with ZipFile(path) as archive:
        name = f"{Path(NAME).stem}_Fe-K.tif"
        assert len(tifffile.TiffFile(io.BytesIO(archive.read(name))).pages) == 2
    app.button(key="look-take-html").click().run()
    assert not app.exception
    text = offered(app, "_report.html").read_text(encoding="utf-8")
    assert "Mean spectrum" in text
    assert "net counts per pixel" in text
    before = path.stat().st_mtime_ns
    app.button(key="look-take-zip").click().run()  # nothing has changed, so it is there already
    assert offered(app, "_maps.zip").stat().st_mtime_ns == before
