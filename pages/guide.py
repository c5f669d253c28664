"""Guide: the tutorial and a short page for each common question."""

from widgets.guide.show import show_guide
from widgets.session.language import _
from widgets.session.navigation import begin_page

begin_page(_("Guide"))
show_guide()
