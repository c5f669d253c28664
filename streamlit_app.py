"""The app's front door: the menu of pages, and the open scan in the sidebar. Start it with ``make app``."""

from maxrf_core.errors import MaxrfError
from widgets.front_door import navigate, settle_in
from widgets.sidebar import show_open_scan
from widgets.state import keep_in_address
from widgets.text import show_error

page = navigate()
keep_in_address()  # before the page too, which may stop half-way
show_open_scan()
try:
    page.run()
except MaxrfError as error:
    show_error(error)
keep_in_address()
settle_in(page.title)
