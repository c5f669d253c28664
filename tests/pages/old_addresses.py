"""Addresses of pages that have become parts of Look."""

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import APP, choice_of


def part_at(page: str) -> str:
    """Come by a page's earlier address with a band and a scan; return the part of Look that is shown."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    wanted = {"stack": "demo.datastack", "lo": "6.1", "hi": "6.7", "element": "Cu"}
    for name, value in wanted.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert [each.value for each in app.title] == ["Look"]
    shown = app.segmented_control(key="look-part").value
    assert dict(app.query_params) == {**wanted, "part": shown}
    assert choice_of(app).part == shown
    return str(shown)
