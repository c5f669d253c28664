"""The spectrum below the picture: of the chosen pixel with its model, else of the whole scan."""

from collections.abc import Callable

import streamlit as st

from widgets.charts.curves import maximum_curve, pixel_curve
from widgets.charts.spectrum_figure import Band, Curve
from widgets.elements.mean_identification import identified
from widgets.elements.named_spectrum import draw_named_spectrum
from widgets.elements.peak_panel import peak_key
from widgets.elements.spot_counts import Spot, fit_of, model_curve
from widgets.look.patch_curves import PatchCurves
from widgets.look.picture import SPECTRUM
from widgets.look.window import LEGEND_HEIGHT, SPECTRUM_HEIGHT
from widgets.session.bench import Bench
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.scan import Scan


def show_spectrum(
    scan: Scan,
    now: Choice,
    on_band: Callable[[Band], None],
    on_element: Callable[[str], None],
    candidates: st.delta_generator.DeltaGenerator,
    patches: PatchCurves | None = None,
    *,
    preview: dict[str, str] | None = None,
) -> None:
    """Show the spectrum; a click on a peak tells what it may be, without moving the chart.

    Parameters
    ----------
    scan : Scan
    now : Choice
    on_band : callable
        Called with a band that was dragged.
    on_element : callable
        Called with the family that is to be laid on the bench.
    candidates : container
        Where to show what a peak may be.
    patches : PatchCurves, optional
        Spectra of patches, to be shown instead of those of the pixel or the scan.
    preview : dict, optional
        While a band is being dragged, from `widgets.look.dragged_band.preview_of_band`.
    """
    curves = patches.curves if patches else curves_of(scan, now)
    has_band = now.lo is not None and now.hi is not None and not now.adds_band
    title = _("Counts, smoothed") if now.pixels else _("Maximum counts")  # short: the chart is low
    draw_named_spectrum(
        SPECTRUM,
        scan,
        scan.axis,
        curves,
        y_title=patches.title if patches else title,
        log=not (patches and patches.is_difference),
        band=(now.lo, now.hi) if has_band else None,
        on_band=on_band,
        on_element=on_element,
        panel=candidates,
        preview=preview,
        height=SPECTRUM_HEIGHT - LEGEND_HEIGHT * (len(curves) > 1),
    )


def is_peak_chosen() -> bool:
    """Return True if it is shown what a peak may be."""
    return st.session_state.get(peak_key(SPECTRUM)) is not None


def curves_of(scan: Scan, now: Choice) -> list[Curve]:
    """Return the curves: the model, if there is one, and the pixel over it; else the maximum spectrum."""
    if not now.pixels:
        return [maximum_curve(scan)]
    pixel, known = now.pixels[-1], identified(scan)
    if known is None:
        return [pixel_curve(scan, *pixel)]
    model = model_curve(fit_of(scan, known, Spot(pixel)), smooth=not scan.is_smoothed)
    return [model, pixel_curve(scan, *pixel)]


def lay_on(bench: Bench, toggle: Callable[[str], None]) -> Callable[[str], None]:
    """Return a function that lays a family on the bench, unless it lies there already."""
    return lambda family: None if family in bench.keys else toggle(family)
