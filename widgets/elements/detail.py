"""One element in detail: its map, its lines in the spectrum with the fit, its error and rivals in words."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st

from maxrf_core.elements.maps import DETECTION
from maxrf_core.elements.scanner_error import ScannerError
from maxrf_core.elements.summary import brightest_of
from maxrf_core.imaging.write import encode, kinds_for
from maxrf_core.names import file_stem
from widgets.charts.charts import draw_map
from widgets.charts.downloads import download_buttons
from widgets.charts.map_layers import MapPicture
from widgets.elements.answers import (
    counts_in_words,
    error_sentence,
    evidence,
    headline,
    place_sentence,
    share_in_words,
)
from widgets.elements.examination import Examination
from widgets.elements.family_curves import cropped, family_curves, line_names
from widgets.elements.named_spectrum import draw_named_spectrum
from widgets.elements.normalised import (
    NONE,
    Normalisation,
    choose_normalisation,
    normalised,
    say_normalisation,
)
from widgets.session.band_map_cache import cached_map
from widgets.session.choice import choice
from widgets.session.language import _, marked, translated
from widgets.session.markdown import escaped
from widgets.session.scan import Scan

MAP_HEIGHT = 380  # screen pixels: the map of a portrait format is whole on a window 720 pixels high
GREY = (150, 150, 150)  # of what is below the detection limit; no colour map contains it but "gray"
SIZES = {1: marked("None"), 3: "3 × 3", 5: "5 × 5"}


@dataclass(frozen=True)
class _View:
    """How a map is shown: net counts or error, side of the smoothing window, significant only, divided by."""

    kind: str = "net"
    size: int = 1
    significant: bool = False
    per: Normalisation = NONE

    @property
    def units(self) -> str:
        """Units of the values, in English."""
        return self.per.units if self.kind == "net" else self.per.error_units


def show_element(scan: Scan, examination: Examination, element: str) -> None:
    """Show all that is known of an element."""
    finding = examination.identification.of(element)
    st.header(headline(element, examination), anchor=False)
    st.markdown(escaped(evidence(element, examination)))
    if element in examination.summaries:
        _show_map(scan, examination, element)
    if finding is not None and finding.family:
        _show_spectrum(scan, examination, finding.family)


def _show_map(scan: Scan, examination: Examination, element: str) -> None:
    # The map stands above its controls, which are made first since it depends on them.
    map_place = st.container()
    view = _choose_view(examination)
    net, sigma = normalised(examination, element, view.per, view.size)
    with map_place:
        picture = _picture(scan, examination, element, view, net, sigma)
        now = choice()
        draw_map("elements-map", picture, marks=now.pixels[-1:], on_pixel=now.choose_pixel, height=MAP_HEIGHT)
    if view.significant:
        share = float((net > DETECTION * sigma).sum() / max(np.isfinite(net).sum(), 1))
        said = _("{share} of the pixels are above their detection limit; the others are grey.")
        st.caption(said.format(share=share_in_words(share)))
    say_normalisation(examination, view.per)
    own = examination.scanner_error.smoothed(view.size)
    _say_pixel(net, sigma, own, _(view.per.short_units))
    by_counting = error_sentence(*_median_error(sigma), _(view.per.short_units))
    st.caption(escaped(place_sentence(examination.summaries[element])))
    st.caption(escaped(f"{by_counting} {translated(examination.scanner_error.sentence)}"))
    _offer_download(scan, _family(examination, element), view, net, sigma)


def _choose_view(examination: Examination) -> _View:
    kinds = {"net": _("Net counts"), "error": _("Error")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            _("Show"),
            list(kinds),
            format_func=kinds.__getitem__,
            default="net",
            required=True,
            key="elements-kind",
            persist_state="session",
        )
        size = st.segmented_control(
            _("Smoothing"),
            list(SIZES),
            format_func=lambda each: _(SIZES[each]),
            default=1,
            required=True,
            key="elements-smoothing",
            persist_state="session",
            help=_("Averages neighbouring pixels, with binomial weights. The error becomes smaller with it."),
        )
        per = choose_normalisation(examination)
        significant = st.toggle(
            _("Significant only"),
            key="elements-significant",
            persist_state="session",
            help=_("Pixels below their detection limit are grey."),
        )
    return _View(kind, size, significant, per)


def _offer_download(scan: Scan, family: str, view: _View, net: np.ndarray, sigma: np.ndarray) -> None:
    values, stem = net if view.kind == "net" else sigma, scan.ds.path.stem
    smoothed = "" if view.size == 1 else _("smoothed {size} × {size}").format(size=view.size)
    per = "" if view.per is NONE else _(view.per.name)
    title = ", ".join(filter(None, [stem, family, _(view.units), smoothed, scan.rows_in_words]))
    with st.expander(_("Download this map"), icon=":material/download:"):
        download_buttons(
            file_stem(stem, family, view.kind, per, smoothed, scan.rows_in_words),
            kinds_for(values),
            partial(encode, values, title=title),
            key="element-map",
        )


def _picture(
    scan: Scan, examination: Examination, element: str, view: _View, net: np.ndarray, sigma: np.ndarray
) -> MapPicture:
    """Return the picture of a map or of its error."""

    def values(_told: object) -> np.ndarray:
        shown = np.asarray(net if view.kind == "net" else sigma, np.float32)
        return np.where(net > DETECTION * sigma, shown, np.float32(np.nan)) if view.significant else shown

    tube = examination.analysis.instrument.tube
    data = cached_map((scan.version, tube, _family(examination, element), view), values)
    is_net = view.kind == "net"
    top = brightest_of(net, sigma) if is_net else float(np.nanmax(sigma, initial=1e-6))
    picture = MapPicture(data, 0.0, top, choice().colormap, view.units)
    if view.per is not NONE:
        picture = replace(picture, missing_text=marked("no value: too little to divide by"))
    if not view.significant:
        return picture
    return replace(picture, missing_text=marked("below the detection limit"), missing_colour=GREY)


def _family(examination: Examination, element: str) -> str:
    finding = examination.identification.of(element)
    return finding.family if finding else ""


def _median_error(sigma: np.ndarray) -> tuple[float, float]:
    error = float(np.nanmedian(sigma)) if np.isfinite(sigma).any() else 0.0
    return error, DETECTION * error


def _say_pixel(net: np.ndarray, sigma: np.ndarray, own: ScannerError, units: str) -> None:
    """Write the net counts of the pixel that was clicked last, with its errors."""
    if not choice().pixels:
        return
    x, y = choice().pixels[-1]
    value, error = float(net[y, x]), float(sigma[y, x])
    if not np.isfinite(value):
        st.markdown(_("**Pixel {x}, {y}** has no value.").format(x=x, y=y))
        return
    if value <= DETECTION * error:
        words = _("**Pixel {x}, {y}:** {counts} ± {error} {units}, which is nothing above noise.")
    elif own.share > 0:
        words = _(
            "**Pixel {x}, {y}:** {counts} {units}: ± {error} by counting, ± {total} with the scanner's own "
            "{share}."
        )
    else:
        words = _("**Pixel {x}, {y}:** {counts} ± {error} {units}.")
    counts, error_text, total = (
        counts_in_words(each) for each in (value, error, float(own.total(value, error)))
    )
    shown = {"counts": counts, "error": error_text, "total": total, "share": f"{own.share:.1%}"}
    st.markdown(words.format(x=x, y=y, units=units, **shown))


def _show_spectrum(scan: Scan, examination: Examination, family: str) -> None:
    """Draw the family's lines on the mean spectrum, with the fit."""
    with st.container(horizontal=True):
        log = st.toggle(_("Logarithmic scale"), value=True, key="elements-log", persist_state="session")
        whole = st.toggle(_("Whole spectrum"), key="elements-whole", persist_state="session")
    curves = family_curves(scan, examination, family)
    names = line_names(examination, family)
    axis = scan.axis
    if not whole:
        axis, curves = cropped(axis, curves, [name.position for name in names])
    draw_named_spectrum(
        "elements-spectrum" if whole else "elements-lines",
        scan,
        axis,
        curves,
        y_title=_("Mean counts per pixel"),
        log=log,
        labels=names,
        drag="zoom",
        height=300,
    )
