"""Each browser test is a new visitor's, though all tests of a process have one browser and its cache."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.visitor import Troubles, forget_visitor

pytestmark = pytest.mark.browser
ADDRESSES = ("http://127.0.0.1:1/", "http://127.0.0.1:2/")  # whatever their servers' ports are
LEAVE = "() => { document.cookie = 'name=me; max-age=900'; localStorage.me = 1; console.error('me'); }"
FOUND = "() => [document.cookie, localStorage.length]"


def test_nothing_of_a_visitor_is_there_for_the_next(window: BrowserContext):
    troubles = Troubles()
    troubles.watch(window)
    window.route("**/*", lambda route: route.fulfill(body="a page", content_type="text/html"))
    for address in ADDRESSES:
        page = window.new_page()
        page.goto(address)
        with page.expect_console_message():
            page.evaluate(LEAVE)
        assert page.evaluate(FOUND) == ["name=me", 1]
    forget_visitor(window)
    troubles.leave(window)
    assert len(window.pages) == 1
    assert len(troubles) == len(ADDRESSES), troubles
    for address in ADDRESSES:
        page = window.new_page()
        page.goto(address)
        assert page.evaluate(FOUND) == ["", 0]
    with page.expect_console_message():
        page.evaluate(LEAVE)
    assert len(troubles) == len(ADDRESSES), troubles
    window.unroute_all()
    forget_visitor(window)
