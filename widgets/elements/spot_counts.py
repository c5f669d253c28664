"""Element counts of a pixel or a rectangle: net counts with their error, and the fitted curve."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from maxrf_core.cube.max_spectrum import smoothed
from maxrf_core.cube.regions import Region
from maxrf_core.elements.spot_fit import SpotFit, fit_spot
from maxrf_core.errors import MaxrfError
from maxrf_core.names import file_stem
from maxrf_core.spectrum.families import split_family
from widgets.charts.downloads import download_buttons
from widgets.charts.spectrum_figure import Curve
from widgets.elements.answers import counts_in_words, with_error
from widgets.elements.examination import examined
from widgets.elements.mean_identification import Identified, can_be_awaited, identified
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.markdown import escaped, show_error
from widgets.session.scan import Scan

MODEL_COLOUR = "#444444"
MAX_UNSEEN = 6  # families that a sentence names as not seen
_SHOWN = "spectra-counts-of"  # session key
GOOD_CHI2 = 2.0  # above it, the model leaves out something that matters for the counts


@dataclass(frozen=True)
class Spot:
    """A pixel (x, y), or a rectangle from pixel (x0, y0) to (x1, y1)."""

    corners: tuple[int, ...]

    @property
    def is_pixel(self) -> bool:
        """True for a pixel, False for a rectangle."""
        return len(self.corners) == 2

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return 1 if self.is_pixel else Region.rectangle(*self.corners).pixels

    @property
    def name(self) -> str:
        """Its place, for the visitor."""
        if self.is_pixel:
            x, y = self.corners
            return _("Pixel {x}, {y}").format(x=x, y=y)
        x0, y0, x1, y1 = self.corners
        return _("Rectangle {x0}, {y0} to {x1}, {y1}").format(x0=x0, y0=y0, x1=x1, y1=y1)

    def counts(self, scan: Scan) -> np.ndarray:
        """Return the sum of its counts, (channels,) float64; pixels without a value count as the others."""
        if self.is_pixel:
            x, y = self.corners
            return np.nan_to_num(scan.pixel(x, y))
        return np.nan_to_num(scan.region(*self.corners)) * self.pixels


def known_elements(scan: Scan, label: str, key: str) -> Identified | None:
    """Return what is known of a scan's elements; else, if nothing will be by itself, offer to examine it.

    Parameters
    ----------
    scan : Scan
        Without energies nothing is shown.
    label : str
        Of the button that examines the scan, with progress.
    key : str
        Identifies the button.
    """
    known = identified(scan)
    if known is not None or scan.axis.unit != "keV" or can_be_awaited(scan):
        return known
    if st.button(
        label,
        key=key,
        icon=":material/experiment:",
        help=_("Once for each scan, its elements are looked for and mapped. This takes some seconds."),
    ):
        try:
            examined(scan)
        except MaxrfError as error:
            show_error(error)
        else:
            st.rerun()  # so that all of the page knows it
    return None


def show_fit(scan: Scan, now: Choice, smooth: bool) -> list[Curve]:
    """Show the element counts of a chosen pixel or rectangle; return the curve of its model, if any.

    Parameters
    ----------
    scan : Scan
    now : Choice
        Holds a pixel or a rectangle.
    smooth : bool
        The spectra of pixels are shown smoothed.
    """
    known = known_elements(scan, _("Element counts"), "spectra-examine")
    if known is None:
        return []
    places: list[tuple[int, ...]] = [*now.pixels, *now.regions]
    if st.session_state.get(_SHOWN) not in places:
        fit_next(places[-1])
    corners = st.selectbox(
        _("Element counts of"),
        places,
        key=_SHOWN,
        format_func=lambda each: f"{places.index(each) + 1}: {Spot(each).name}",
    )
    spot = Spot(corners)
    fit = fit_of(scan, known, spot)
    show_counts(scan, spot, fit)
    return [model_curve(fit, smooth and spot.is_pixel and not scan.is_smoothed)]


def fit_next(corners: tuple[int, ...]) -> None:
    """Show the counts of this pixel or rectangle on the page's next run."""
    st.session_state[_SHOWN] = corners


def fit_of(scan: Scan, known: Identified, spot: Spot) -> SpotFit:
    """Return the fit of a spot's spectrum by the families that are mapped, cached."""
    return _fitted((scan.version, known.name), spot, scan, known)


@st.cache_resource(max_entries=100, show_spinner=False)  # some 50 ms
def _fitted(name: Any, spot: Spot, _scan: Scan, _known: Identified) -> SpotFit:
    return fit_spot(_known.analysis, spot.counts(_scan), _known.families, spot.pixels)


def model_curve(fit: SpotFit, smooth: bool) -> Curve:
    """Return the model in counts per pixel.

    Parameters
    ----------
    fit : SpotFit
    smooth : bool
        Smooth it as the spectra of pixels are, beside which it is drawn.
    """
    mean = fit.fitted / fit.pixels
    return Curve(_("Model"), smoothed(mean) if smooth else mean, MODEL_COLOUR)


def counts_sentence(fit: SpotFit) -> str:
    """Return the counts of a pixel in one sentence: "Fe 312 ± 18, Pb 45 ± 9; not seen: Mn < 12"."""
    names = _short_names(fit)
    seen = sorted(np.flatnonzero(fit.seen & (names != "")), key=lambda number: -fit.net[number])
    unseen = np.flatnonzero(~fit.seen & (names != ""))[:MAX_UNSEEN]
    there = ", ".join(f"{names[each]} {with_error(fit.net[each], fit.sigma[each])}" for each in seen)
    absent = ", ".join(f"{names[each]} < {counts_in_words(fit.limits[each])}" for each in unseen)
    if not there:
        return _("Nothing is above its detection limit: {absent}").format(absent=absent)
    if not absent:
        return _("Net counts: {there}").format(there=there)
    return _("Net counts: {there}; not seen: {absent}").format(there=there, absent=absent)


def counts_table(fit: SpotFit) -> pd.DataFrame:
    """Return the counts of a spot as a table with a row for each family: seen ones first."""
    order = sorted(range(len(fit.families)), key=lambda number: (not fit.seen[number], -fit.net[number]))
    table = pd.DataFrame(
        {
            "family": [fit.families[number] for number in order],
            "seen": fit.seen[order],
            "net_counts": fit.net[order],
            "counting_error": fit.sigma[order],
            "detection_limit": fit.limits[order],
        }
    )
    if fit.pixels > 1:
        table["net_counts_per_pixel"] = table["net_counts"] / fit.pixels
        table["counting_error_per_pixel"] = table["counting_error"] / fit.pixels
    return table


def show_counts(scan: Scan, spot: Spot, fit: SpotFit) -> None:
    """Show the counts of a spot as a table, with how well the model fits, and offer it as a file."""
    words = _("**{name}**, {pixels} pixels together:") if fit.pixels > 1 else _("**{name}**:")
    st.markdown(words.format(name=spot.name, pixels=f"{fit.pixels:,}"))
    table = counts_table(fit)
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "family": st.column_config.TextColumn(_("Family"), pinned=True),
            "seen": st.column_config.CheckboxColumn(_("Seen")),
            "net_counts": st.column_config.NumberColumn(_("Net counts"), format="%.1f"),
            "counting_error": st.column_config.NumberColumn(_("± counting"), format="%.1f"),
            "detection_limit": st.column_config.NumberColumn(_("Detection limit"), format="%.1f"),
            "net_counts_per_pixel": st.column_config.NumberColumn(_("Per pixel"), format="%.3g"),
            "counting_error_per_pixel": st.column_config.NumberColumn(_("± per pixel"), format="%.2g"),
        },
    )
    st.caption(_quality(fit))
    if scan.is_smoothed:
        st.caption(
            _("This file holds spectra that maxrf4u smoothed: the true errors are larger than shown here.")
        )
    download_counts(scan, spot, table)


def say_counts_of_pixel(scan: Scan, spot: Spot, fit: SpotFit) -> None:
    """Write the counts of a pixel in one sentence, and offer them as a file."""
    st.markdown(escaped(counts_sentence(fit)))
    download_counts(scan, spot, counts_table(fit))


def download_counts(scan: Scan, spot: Spot, table: pd.DataFrame) -> None:
    """Offer a spot's counts as a file."""
    place = "-".join(map(str, spot.corners))
    kind = "pixel" if spot.is_pixel else "rectangle"
    with st.expander(_("Download these counts"), icon=":material/download:"):
        download_buttons(
            file_stem(scan.ds.path.stem, "net-counts", f"{kind} {place}", scan.rows_in_words),
            ["csv"],
            lambda _kind: table.to_csv(index=False).encode(),
            key="spot-counts",
        )


def _quality(fit: SpotFit) -> str:
    words = (
        _("Chi² is {chi2}: the model describes these counts within their noise.")
        if fit.chi2 < GOOD_CHI2
        else _("Chi² is {chi2}: something is missing from the model here; true errors are larger than shown.")
    )
    limit = _("Families are seen if their counts are above 3.3 standard deviations.")
    return f"{words.format(chi2=f'{fit.chi2:.2f}')} {limit}"


def _short_names(fit: SpotFit) -> np.ndarray:
    """Return what a sentence calls each family: the element; "" for an element's second family."""
    elements = [split_family(family)[0] for family in fit.families]
    names = [element if element not in elements[:number] else "" for number, element in enumerate(elements)]
    return np.array(names, dtype=object)
