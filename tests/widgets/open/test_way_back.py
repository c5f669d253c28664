"""Who is sent to Open because no scan is chosen comes back to where they came from."""

import pytest

from tests.pages.conftest import Open, choice_of, press


@pytest.mark.parametrize(("page", "title"), [("register", "Register a photograph"), ("contents", "Contents")])
def test_a_scan_that_is_opened_is_shown_on_the_page_one_came_from(open_page: Open, page: str, title: str):
    app = open_page(page, stack=None)
    press(app, "Choose a scan")
    app.switch_page("pages/open.py").run()  # AppTest itself stays on the page where the button was
    assert any(f"the page *{page.title()}*" in each.value for each in app.caption)
    app.button(key="open-demo.datastack").click().run(timeout=120)
    assert choice_of(app).stack == "demo.datastack"
    assert [each.value for each in app.title] == [title]


def test_one_can_go_back_without_a_scan(open_page: Open):
    app = open_page("register", stack=None)
    press(app, "Choose a scan")
    app.switch_page("pages/open.py").run()  # AppTest itself stays on the page where the button was
    press(app, "Back to Register")
    assert [each.value for each in app.title] == ["Register a photograph"]


def test_who_came_to_open_by_themselves_is_not_sent_anywhere(open_page: Open):
    app = open_page("open", stack=None)
    assert "way-back" not in [each.key for each in app.button]
