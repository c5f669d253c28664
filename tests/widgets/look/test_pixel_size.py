"""The size of a pixel, set on the page: in the file, and the lengths follow."""

from pathlib import Path

import numpy as np

from maxrf_core import DataStack
from tests.pages.conftest import choice_of, data_folder, open_page, texts

__all__ = ["data_folder", "open_page"]


def test_the_size_that_is_set_is_kept_in_the_scan_and_lengths_are_told_in_mm(open_page, data_folder: Path):
    app = open_page("look")
    choice_of(app).ruler = (0.0, 0.0, 30.0, 40.0)
    app.run()
    assert "Length: 50.0 pixels**" in texts(app)
    app.number_input(key="look-pixel-width").set_value(0.5)
    app.number_input(key="look-pixel-height").set_value(0.5).run()
    app.button(key="look-pixel-size-keep").click().run()
    assert not app.exception
    assert np.array_equal(DataStack(data_folder / "demo.datastack").about["pixel_size_mm"], [0.5, 0.5])
    assert "25.0 mm" in texts(app)


def test_a_read_only_scan_says_that_it_cannot_be_set(open_page, monkeypatch):
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    app = open_page("look")
    assert "This scan cannot be changed here" in texts(app)
