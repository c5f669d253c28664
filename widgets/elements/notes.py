"""What the page says of the whole scan, and what it offers to do with it."""

from collections.abc import Callable

import streamlit as st

from maxrf_core.datastack.scan_elements import shown_findings
from maxrf_core.elements.identify import POSSIBLE, SURE
from maxrf_core.errors import MaxrfError
from maxrf_core.names import SUM_SPECTRUM
from widgets.charts.band_controls import band_name, clipped
from widgets.charts.charts import draw_map, draw_spectrum
from widgets.charts.curves import mean_curve
from widgets.elements.examination import CoarseElements, Examination, keep_in_scan
from widgets.elements.overview import show_overview
from widgets.open.find_energies import find_energies
from widgets.open.tube import choose_tube
from widgets.session import library
from widgets.session.choice import NEXT_TASK, choice
from widgets.session.language import _, translated
from widgets.session.markdown import escaped, show_error
from widgets.session.scan import Scan, chosen_band

FIRST_MAP = "elements-first-map"
MAP_HEIGHT = 420  # CSS pixels


def stop_without_energies(scan: Scan) -> None:
    """Stop the page, with the program's proposal of energies, if the scan has none."""
    if scan.axis.unit == "keV":
        return
    words = scan.trouble or _("This scan has no energies yet, so its elements cannot be told.")
    st.warning(escaped(words), icon=":material/straighten:")
    if library.may_change(scan.identifier):
        find_energies(scan)
        choose_tube(scan)
    if st.button(_("Set energies by hand"), icon=":material/straighten:"):
        st.session_state[NEXT_TASK], st.session_state["energies-way"] = "energies", "peaks"
        st.switch_page("pages/open.py")
    st.stop()


def show_meanwhile(scan: Scan) -> None:
    """Draw the map of the chosen band and the mean spectrum, seen while the elements are being found."""
    st.write(
        _(
            "The program is looking for the lines of all elements, and maps each one that is there. "
            "This is done once. You can go to other pages; that stops it."
        )
    )
    map_side, spectrum_side = st.columns(2, gap="medium")
    lo, hi = chosen_band(scan, choice())
    coarse = scan.coarse_band_map(lo, hi) if scan.has_coarse_maps else None
    with map_side:
        exactly = _("Until then, a map of all counts in a band: {band}.")
        coarsely = _("Until then, a coarse map of all counts in a band: {band}.")
        st.caption((exactly if coarse is None else coarsely).format(band=band_name(scan, lo, hi)))
        draw_map(FIRST_MAP, clipped(coarse or scan.band_map(lo, hi)), height=MAP_HEIGHT)
    if scan.spectrum(SUM_SPECTRUM) is not None:
        title = _("Mean counts per pixel")
        with spectrum_side:
            draw_spectrum("elements-mean", scan.axis, [mean_curve(scan)], y_title=title, drag="zoom")


def show_coarsely(found: CoarseElements, on_choice: Callable[[str], None]) -> None:
    """Draw the elements with coarse maps, seen while the exact maps are being made."""
    say_overall(found)
    st.caption(_("The elements are found. Their maps are coarse until the exact ones are there."))
    chosen = choice().element or first_element(found)
    show_overview(found, chosen, choice().colormap, None, on_choice)


def first_element(examination: Examination | CoarseElements) -> str:
    """Return the element that is shown at first: the first one that is sure, or possible, or iron."""
    found = examination.identification
    return next(iter([*found.elements(SURE), *examination.summaries]), "Fe")


def say_overall(examination: Examination | CoarseElements) -> None:
    """Write which elements are there."""
    found = examination.identification
    sure = found.elements(SURE)
    possible = [each.element for each in shown_findings(found) if each.status == POSSIBLE]
    parts = []
    if sure:
        parts.append(_("**Sure:** {elements}.").format(elements=", ".join(sure)))
    if possible:
        parts.append(_("**Possible:** {elements}.").format(elements=", ".join(possible)))
    if not parts:
        parts.append(_("No element stands out from the noise of this scan."))
    st.markdown(" ".join(parts))


def say_assumptions(scan: Scan, examination: Examination) -> None:
    """Write what is assumed of the tube, what is not explained, and what the errors leave out."""
    found = examination.identification
    if found.tube_sentence:
        st.caption(escaped(translated(found.tube_sentence)))
    if found.unexplained:
        peaks = ", ".join(f"{energy:.2f}" for energy, *_counts in sorted(found.unexplained))
        words = _("Not explained by any element: counts at {peaks} keV.")
        st.caption(words.format(peaks=peaks))
    if scan.is_smoothed:
        st.caption(
            _("This file holds spectra that maxrf4u smoothed: the true errors are larger than shown here.")
        )


def offer_to_keep(scan: Scan, examination: Examination) -> None:
    """Show the button that stores the maps in the scan's file, where this visitor may change it."""
    if not examination.maps.names:
        return
    if examination.is_stored:
        st.caption(_("These maps are kept in the scan's file."))
        return
    if not library.may_change(scan.identifier):
        st.caption(_("The shared scans cannot be changed here: the maps are not kept in the file."))
        return
    if st.button(
        _("Keep in the scan"),
        icon=":material/save:",
        help=_("Adds the maps and their errors to the file. They then open at once, here and in Python."),
    ):
        try:
            with st.spinner(_("Writing the maps …")):
                keep_in_scan(scan, examination)
        except MaxrfError as error:
            show_error(error)
        else:
            st.toast(_("The maps are in the file."), icon=":material/check_circle:")
            st.rerun()
