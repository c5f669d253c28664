"""What is done for a visitor on every page, before and after the page itself?"""

from maxrf_core.errors import MaxrfError
from widgets.front_door import navigate, settle_in
from widgets.sidebar import show_open_scan
from widgets.signing_in import offer_sign_out, require_sign_in
from widgets.state import keep_in_address
from widgets.text import show_error


def show_page() -> None:
    """Show the page that the visitor is on, and the open scan in the sidebar."""
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
