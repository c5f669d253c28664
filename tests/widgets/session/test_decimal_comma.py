"""Number fields take a decimal comma on every page.

That 6,1 is then 6.1, typed or pasted, is tested in a browser.
"""

import pytest

from tests.pages.conftest import PAGES, Open


@pytest.mark.parametrize("page", PAGES)
def test_every_page_gets_the_script_once(open_page: Open, page: str):
    app = open_page(page, stack=None)
    names = [each.proto.component_name for each in app.get("bidi_component")]
    assert names.count("maxrf_decimal_comma") == 1
