"""A page of the guide shows its pictures, and leads to related pages and back to the list."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import texts
from widgets.guide.topics import Picture, topic


@pytest.fixture
def guide() -> AppTest:
    """Return the guide by itself."""

    def page() -> None:
        from widgets.guide.show import show_guide

        show_guide()

    return AppTest.from_function(page).run()


def titles(guide: AppTest) -> list[str]:
    """Return the titles of pages that are shown, of which there is one or none."""
    written = [each.value.removeprefix("## ") for each in guide.markdown if each.value.startswith("## ")]
    return [title for title in written if "\n" not in title]


def test_a_page_shows_its_title_and_its_pictures_and_leads_to_related_pages(guide: AppTest):
    shown = topic("tutorial/demo")
    guide.button(key="guide-tutorial/demo").click().run()
    assert not guide.exception
    assert titles(guide) == [shown.title]
    assert len(guide.get("image")) == sum(isinstance(part, Picture) for part in shown.parts) == 7
    assert all(part.strip() in texts(guide) for part in shown.parts if isinstance(part, str))
    guide.button(key="guide-how-to/convert-a-raw-scan").click().run()  # under "See also"
    assert titles(guide) == [topic("how-to/convert-a-raw-scan").title]


def test_a_page_leads_back_to_the_list(guide: AppTest):
    listed = [button.label for button in guide.button]
    guide.button(key="guide-tutorial/demo").click().run()
    guide.button[0].click().run()
    assert not titles(guide)
    assert [button.label for button in guide.button] == listed
