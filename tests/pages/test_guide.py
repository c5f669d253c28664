"""The page Guide opens without a scan and lists all its pages."""

from tests.pages.conftest import Open
from widgets.guide.topics import sections


def test_the_guide_opens_without_a_scan_and_lists_its_pages(open_page: Open):
    app = open_page("guide", stack=None)
    assert [each.value for each in app.header] == list(sections())
    for pages in sections().values():
        for each in pages:
            assert app.button(key=f"guide-{each.name}").label == each.title
