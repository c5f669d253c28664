"""Patches beside the picture: the tool that is chosen tells what to do."""

from tests.pages.conftest import texts
from tests.pages.elements_scan import examined_folder
from tests.pages.test_look_patches import app

__all__ = ["app", "examined_folder"]


def test_each_tool_tells_what_to_do(app):
    assert "Drag a rectangle" in texts(app)
    app.segmented_control(key="look-patch-tool").set_value("lasso").run()
    assert "Draw a line around" in texts(app)
    assert not app.exception
