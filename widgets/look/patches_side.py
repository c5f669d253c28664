"""What stands beside the picture for patches: how to make one, all of them, and how they differ."""

from collections.abc import Sequence

import streamlit as st

from widgets.charts.map_stack import Layer
from widgets.elements.examination import Examination
from widgets.look.new_patch import choose_tool
from widgets.look.patch_comparison import show_comparison
from widgets.look.patch_curves import choose_curves
from widgets.look.patch_files import show_patch_files
from widgets.look.patch_list import show_patches
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.scan import Scan


def show_patches_side(
    scan: Scan, examination: Examination | None, layers: Sequence[Layer], now: Choice
) -> None:
    """Show all that is there for patches, from top to bottom."""
    choose_tool(scan, examination, layers, now)
    show_patches(scan, now)
    if scan.has_spectra:
        show_comparison(scan, examination, now)
        choose_curves(now)
    else:
        st.caption(_("Patches are compared by their spectra, which this file does not hold."))
    show_patch_files(scan, now)
