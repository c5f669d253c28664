"""A scan is chosen from a list and opened."""

from tests.pages.conftest import Open


def test_opening_a_scan_leads_to_its_maps(open_page: Open):
    app = open_page("open", stack=None)
    app.button(key="open-demo.datastack").click().run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Maps"]
