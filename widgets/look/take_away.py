"""Take to the report: what leaves the bench for a report."""

from collections.abc import Sequence

import streamlit as st

from widgets.charts.map_stack import Layer
from widgets.elements.examination import Examination
from widgets.look.take_export import take_export
from widgets.look.take_figure import take_figure
from widgets.look.take_files import take_files
from widgets.look.take_onto import take_onto
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.scan import Scan


def show_take_away(scan: Scan, examination: Examination | None, layers: Sequence[Layer], now: Choice) -> None:
    """Show what can be taken from the bench to a report.

    Parameters
    ----------
    scan : Scan
    examination : Examination, optional
        Of the scan, for element maps.
    layers : sequence of Layer
        On the bench.
    now : Choice
    """
    with st.popover(_("Take to the report"), icon=":material/ios_share:", type="tertiary"):
        take_files(scan, examination)
        take_onto(scan, examination)
        take_export(scan)
        take_figure(scan, examination, layers, now)
