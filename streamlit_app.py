"""The app's front door: the menu of pages, and the open scan in the sidebar. Start it with ``make app``."""

from widgets.front_door import navigate
from widgets.sidebar import show_open_scan
from widgets.state import keep_in_address

page = navigate()
show_open_scan()
page.run()
keep_in_address()
