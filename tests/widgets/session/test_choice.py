"""The choice outlives a change of page and a reload, and an address can do no harm."""

import pytest

from tests.pages.conftest import PAGES, Open, choice_of, go_to


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_with_the_scan_of_the_address(open_page: Open, page: str):
    app = open_page(page)
    assert choice_of(app).stack == "demo.datastack"
    assert not app.error


def test_band_and_clip_survive_a_change_of_page_and_a_reload(open_page: Open):
    app = open_page("maps", lo="6.1", hi="6.7", clip="counts", low="0", high="4")
    assert (choice_of(app).lo, choice_of(app).hi, choice_of(app).clip, choice_of(app).high) == (
        6.1,
        6.7,
        "counts",
        4,
    )
    go_to(app, "spectra")
    go_to(app, "maps")
    now = choice_of(app)
    assert (now.lo, now.hi, now.clip, now.high) == (6.1, 6.7, "counts", 4)
    assert dict(app.query_params)["lo"] == "6.1"


def test_nonsense_in_the_address_does_no_harm(open_page: Open):
    app = open_page("maps", lo="x", hi="nan", clip="eval", low="1e999", high="-5", colormap="<b>")
    assert choice_of(app).clip == "percent"
    assert not app.error
