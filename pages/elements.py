"""The earlier address of the part Elements of the page Look."""

from widgets.session.navigation import lead_to

lead_to("elements")
