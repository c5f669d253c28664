"""The earlier address of the part Spectra of the page Look."""

from widgets.session.navigation import lead_to

lead_to("spectra")
