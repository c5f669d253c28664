"""Where the operator asks for a sign-in, nothing is shown without one."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import APP, PAGES, labels, texts

AUTH = {"redirect_uri": "http://localhost/oauth2callback", "cookie_secret": "secret", "client_id": "app"}


@pytest.fixture
def app(data_folder: Path) -> AppTest:
    """Return the app of an operator who has set up the sign-in."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.secrets["auth"] = AUTH
    app.query_params["stack"] = "demo.datastack"
    return app.run()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_anything_to_who_has_not_signed_in(app: AppTest, page: str):
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert "The scans here are not public. Please sign in to see them." in texts(app)
    assert labels(app) == ["Sign in"]
    assert not app.sidebar.header


def test_without_a_sign_in_nobody_is_asked(data_folder: Path):
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception
    assert "Sign in" not in labels(app)
    assert "Sign out" not in labels(app)
