"""The arrays of a file are listed, shown and downloaded."""

from pathlib import Path

from tests.pages.conftest import Open, texts


def test_a_name_with_markdown_shows_as_it_is(open_page: Open, data_folder: Path):
    name = "a ![x](http) *b*.datastack"
    (data_folder / "demo.datastack").rename(data_folder / name)
    app = open_page("contents", stack=name)
    assert not app.exception
    assert "![x]" not in texts(app)
    assert "\\!\\[x\\]" in app.get("link_button")[0].proto.label
