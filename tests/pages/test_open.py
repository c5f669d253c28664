"""The first page says what the app is and leads to each way to open a scan."""

from tests.pages.conftest import Open


def test_the_first_page_says_what_the_app_is_and_links_the_guide(open_page: Open):
    app = open_page("open", stack=None)
    assert any("shows where the chemical elements are" in text.value for text in app.markdown)
    assert any(link.proto.page == "guide" for link in app.get("page_link"))
