"""The guide opens from the first page, without a scan, and leads from page to page."""

from tests.pages.conftest import Open
from widgets.guide.topics import sections, topic


def test_the_guide_lists_its_pages_and_shows_the_chosen_one(open_page: Open):
    app = open_page("guide", stack=None)
    for pages in sections().values():
        for each in pages:
            assert app.button(key=f"guide-{each.name}").label == each.title
    app.button(key="guide-tutorial/demo").click().run()
    assert not app.exception
    assert [header.value for header in app.header] == [topic("tutorial/demo").title]
    assert len(app.get("image")) == 6
    app.button(key="guide-how-to/convert-a-raw-scan").click().run()  # under "See also"
    assert [header.value for header in app.header] == [topic("how-to/convert-a-raw-scan").title]
    app.button[0].click().run()
    assert not app.header
