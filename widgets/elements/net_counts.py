"""Choice of the counts that a band's map shows: all, net by side bands, or net by the fit of its line."""

import numpy as np
import streamlit as st

from maxrf_core.elements.band_shares import LINES, band_shares
from maxrf_core.elements.maps import element_maps
from maxrf_core.errors import CalibrationError, MaxrfError
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.progress import Progress
from widgets.charts.band_controls import band_name, clipped, line_of_band
from widgets.charts.band_map import (
    NET_PER_CHANNEL,
    NET_PER_PIXEL,
    BandMap,
    gross_map,
    mean_spectrum,
    prepare_side_band_map,
    side_band_map,
)
from widgets.charts.map_layers import MapPicture
from widgets.charts.preview_cache import preview_map
from widgets.elements.examination import Examination, examined
from widgets.session.band_map_cache import IsWanted, cached_map
from widgets.session.choice import Choice, choice
from widgets.session.language import _, marked
from widgets.session.markdown import show_warning
from widgets.session.scan import Scan

KINDS = {"gross": marked("Gross"), "sides": marked("Net (side bands)"), "fit": marked("Net (fit)")}
MIN_SHARE = 0.05  # of a band's counts, for a family to be its own
_KIND = "band-counts"


def choose_counts(scan: Scan) -> None:
    """Show the choice of gross or net counts; it holds for the maps of all pages."""
    now = choice()
    kinds = [kind for kind in KINDS if kind != "fit" or scan.axis.unit == "keV"]
    st.session_state[_KIND] = now.counts if now.counts in kinds else "gross"

    def chosen() -> None:
        now.counts = st.session_state[_KIND]
        now.clip, now.low, now.high = Choice.clip, Choice.low, Choice.high  # counts mean another thing

    st.segmented_control(
        _("Counts"),
        kinds,
        format_func=lambda kind: _(KINDS[kind]),
        key=_KIND,
        required=True,
        on_change=chosen,
        help=_(
            "**Gross**: all counts in the band. **Net (side bands)**: less the background, which is taken "
            "from a narrow band on each side; lines of other elements remain. **Net (fit)**: the counts that "
            "belong to the element alone, by a fit of the whole spectrum; at first this takes some seconds."
        ),
    )


def shown_band_map(scan: Scan, lo: float, hi: float) -> BandMap:
    """Return the map of a band with the chosen counts; if these cannot be had, say why and return all counts.

    The fit examines the scan, with progress, if nobody has done so.
    """
    now = choice()
    try:
        if now.counts == "sides":
            return side_band_map(scan, lo, hi, mean_spectrum(scan))
        if now.counts == "fit" and scan.axis.unit == "keV":
            return _fitted_map(scan, lo, hi)
    except MaxrfError as error:
        show_warning(error)
        st.caption(_("The map shows gross counts."))
    return gross_map(scan, lo, hi)


def preview_of_dragged(scan: Scan, name: str) -> dict[str, str] | None:
    """Prepare the preview of a map while its band is being dragged; see `preview_map`.

    Net counts by a fit have none: they follow when the drag ends.

    Parameters
    ----------
    scan : Scan
    name : str
        Of the map's chart.
    """
    now = choice()
    if now.counts == "fit" and scan.axis.unit == "keV":
        return None
    spectrum = mean_spectrum(scan)

    def picture(lo: float, hi: float, is_wanted: IsWanted) -> MapPicture | None:
        if now.counts == "sides":
            data = prepare_side_band_map(scan, lo, hi, spectrum, is_wanted)
            return None if data is None else clipped(data, now, NET_PER_CHANNEL)
        data = scan.prepare_band_map(lo, hi, is_wanted)
        return None if data is None else clipped(data, now)

    def coarse(lo: float, hi: float) -> MapPicture | None:
        data = scan.coarse_band_map(lo, hi)
        return None if data is None else clipped(data, now)

    has_coarse = scan.has_coarse_maps and now.counts != "sides"
    return preview_map(name, picture, coarse if has_coarse else None)


def map_title(scan: Scan, shown: BandMap, lo: float, hi: float) -> str:
    """Return what a map is called beside others."""
    name = shown.family or band_name(scan, lo, hi)
    return _("{name}, net").format(name=name) if shown.is_net else name


def say_counts(shown: BandMap) -> None:
    """Write how net counts were found."""
    if shown.family:
        words = _("Net counts of all lines of {family} in each pixel, by a fit of the whole spectrum.")
        st.caption(words.format(family=shown.family))
    elif shown.is_net:
        words = _("Net counts: the background is taken from {method}. Lines of other elements remain.")
        st.caption(words.format(method=shown.method))


def family_of_band(examination: Examination, line: str, lo: float, hi: float) -> str:
    """Return the family whose line a band is.

    Parameters
    ----------
    examination : Examination
    line : str
        The line by which it was chosen, such as "Pb La"; else the family with the most counts in the band is
        taken.
    lo, hi : float
        keV.

    Raises
    ------
    CalibrationError
        If no line of an element that is there lies in it.
    """
    if line:
        element, series = line.split()
        return f"{element}-{series[0]}"
    for part in band_shares(examination.analysis, lo, hi, examination.maps.names):
        if part.kind == LINES and part.share >= MIN_SHARE and len(part.label.split()[1]) > 1:
            return part.family
    raise CalibrationError(
        _(
            "No line of an element that was found lies in this band, so there is nothing to fit: "
            "choose a line."
        )
    )


def _fitted_map(scan: Scan, lo: float, hi: float) -> BandMap:
    examination = examined(scan)
    family = family_of_band(examination, line_of_band(scan, lo, hi), lo, hi)
    analysis, maps = examination.analysis, examination.maps

    def net(progress: Progress) -> np.ndarray:
        known = family in maps.names
        found = maps if known else element_maps(scan.ds.cube(), analysis, [family], progress)
        return straighten(np.asarray(found.net[found.names.index(family)]), scan.ds.row_displacement)

    data = cached_map((scan.version, scan.ds.row_displacement, "fit", analysis.instrument.tube, family), net)
    return BandMap(data, NET_PER_PIXEL, marked("net fit"), _("fit"), family)
