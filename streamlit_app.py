"""The app's front door: the menu of pages, and the open scan in the sidebar. Start it with ``make app``.

The server imports this file once, and finds `app`. Streamlit then runs it as a script for every visitor, and
again after everything that a visitor does.
"""

from streamlit.starlette import App

from maxrf_core.errors import MaxrfError
from server.application import life, middleware, routes
from widgets.front_door import navigate, settle_in
from widgets.sidebar import show_open_scan
from widgets.signing_in import offer_sign_out, require_sign_in
from widgets.state import keep_in_address
from widgets.text import show_error


def show_page() -> None:
    """Show the page that the visitor is on."""
    page = navigate()
    require_sign_in()
    keep_in_address()  # before the page too, which may stop half-way
    show_open_scan()
    offer_sign_out()
    try:
        page.run()
    except MaxrfError as error:
        show_error(error)
    keep_in_address()
    settle_in(page.title)


if __name__ == "__main__":
    show_page()
else:
    app = App(__file__, routes=routes(), middleware=middleware(), lifespan=life)
