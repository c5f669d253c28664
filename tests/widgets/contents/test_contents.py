"""The arrays of a file are listed, shown and downloaded."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from tests.pages.conftest import Open, texts
from widgets.contents import contents


def test_a_name_with_markdown_shows_as_it_is(open_page: Open, data_folder: Path):
    name = "a ![x](http) *b*.datastack"
    (data_folder / "demo.datastack").rename(data_folder / name)
    app = open_page("contents", stack=name)
    assert not app.exception
    assert "![x]" not in texts(app)
    assert any("\\!\\[x\\]" in link.proto.label for link in app.get("link_button"))


def rows_of(app: AppTest) -> dict[str, dict[str, str]]:
    """Return the table of arrays by their names."""
    table = app.dataframe[0].value
    return {row["Array"]: row for row in table.to_dict("records")}


def test_each_array_is_listed_with_its_version_shape_and_type(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    ds.append({"note": np.array(3.5)})
    ds.append({"note": np.array([[1, 2, 3]], np.uint16)})
    rows = rows_of(open_page("contents"))
    assert [rows[name]["Version"] for name in ("note", "note_")] == ["1 of 2", "2 of 2, the newest"]
    assert [rows[name]["Shape"] for name in ("note", "note_")] == ["one value", "1 × 3"]
    assert [rows[name]["Type"] for name in ("note", "note_")] == ["float64", "uint16"]
    assert rows["maxrf_cube"]["Version"] == "only one"
    assert rows["maxrf_cube"]["Shape"] == "300 × 280 × 2048"


def test_an_array_is_shown_as_what_it_is(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    points = np.arange(16.0).reshape(4, 2, 2)
    ds.append({"points": points, "picture": np.zeros((30, 40, 3), np.uint8)}, {"points": {"model": "affine"}})
    app = open_page("contents")
    app.selectbox(key="contents-array").select("points").run()
    _, shown, notes = app.dataframe
    assert list(shown.value.columns) == ["Photograph x", "Photograph y", "Map x", "Map y"]
    assert np.array_equal(shown.value.to_numpy(), points.reshape(4, 4))
    assert notes.value.to_dict("records") == [{"Name": "model", "Value": "affine"}]
    app.selectbox(key="contents-array").select("picture").run()
    assert len(app.get("image")) == 1


def test_of_an_array_that_is_too_large_for_the_browser_the_whole_file_is_offered(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(contents, "MAX_DOWNLOAD", 1000)
    app = open_page("contents")
    app.selectbox(key="contents-array").select("maxrf_sumspectrum").run()
    assert "too much for the browser. Take the whole file instead." in texts(app)
    [button] = app.get("link_button")
    assert "Download demo" in button.proto.label
