"""What the fit of all elements leaves over: its map, what it means, and where it is largest."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from maxrf_core.cube.max_spectrum import smoothed
from maxrf_core.elements.maps import residual_energies
from maxrf_core.elements.smoothing import smooth
from maxrf_core.elements.spot_fit import largest_deviation
from maxrf_core.elements.summary import CERTAIN, THUMBNAIL
from maxrf_core.imaging.display import shrink
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.imaging.write import encode, kinds_for
from maxrf_core.names import file_stem
from widgets.charts.charts import draw_map, draw_spectrum
from widgets.charts.colours import own_colour
from widgets.charts.downloads import download_buttons
from widgets.charts.map_layers import MapPicture
from widgets.charts.spectrum_figure import Curve, PeakName
from widgets.elements.answers import with_error
from widgets.elements.examination import Examination
from widgets.elements.family_curves import cropped
from widgets.elements.mean_identification import known_by
from widgets.elements.spot_counts import Spot, fit_of, model_curve
from widgets.elements.thumbnail import thumbnail
from widgets.session.band_map_cache import cached_map
from widgets.session.choice import choice
from widgets.session.language import _, marked
from widgets.session.markdown import escaped
from widgets.session.scan import Scan

UNITS = marked("variance left over, relative to counting noise")
WINDOW = 5  # pixels; side of the window in which the residual is averaged, since single pixels scatter
MIN_BRIGHTEST = 4.0  # gets the last colour, so that a map of noise stays dark


@dataclass(frozen=True, eq=False)
class Residual:
    """The residual of a scan, and where it is largest.

    Attributes
    ----------
    values : ndarray, shape (height, width)
        As they are shown.
    small : ndarray, (rows, columns) float32
        Their means in a window, shrunk.
    strongest : float
        The largest of these means.
    place : (int, int)
        Its x and y.
    """

    values: np.ndarray
    small: np.ndarray
    strongest: float
    place: tuple[int, int]

    @classmethod
    def of(cls, values: np.ndarray) -> "Residual":
        """Find where values (height, width) are largest."""
        means, _errors = smooth(values, np.ones(values.shape), WINDOW)
        exists = np.isfinite(means)
        small = shrink(means, *THUMBNAIL)
        if not exists.any():
            return cls(values, small, 0.0, (0, 0))
        y, x = np.unravel_index(int(np.where(exists, means, -np.inf).argmax()), means.shape)
        return cls(values, small, float(means[y, x]), (int(x), int(y)))

    def thumbnail(self, colormap: str) -> str:
        """Return a small picture as a data URL."""
        return thumbnail(self.small, MIN_BRIGHTEST, colormap)


def shown_residual(scan: Scan, examination: Examination) -> Residual:
    """Return the residual as maps are shown, cached."""
    return _residual(_name(scan, examination), scan, examination)


@st.cache_resource(max_entries=4, show_spinner=False)
def _residual(name: Any, _scan: Scan, _examination: Examination) -> Residual:
    return Residual.of(straighten(_examination.maps.residual, _scan.ds.row_displacement))


def _name(scan: Scan, examination: Examination) -> tuple[Any, ...]:
    tube = examination.analysis.instrument.tube
    return scan.version, scan.ds.row_displacement, "residual", tube.anode, tube.kv, examination.maps.names


def show_residual(scan: Scan, examination: Examination, residual: Residual) -> None:
    """Show the map of the residual, what it means, and the spectrum where it is largest."""
    now, values = choice(), residual.values
    st.header(_("Residual: what no element explains"), anchor=False)
    energies = residual_energies(examination.analysis, examination.maps.names)
    meaning = _(
        "The variance that the fit of all elements leaves over, relative to the noise of counting: about 1 "
        "where nothing is missing. It is watched where the mean spectrum fits worst, at {energies} keV."
    )
    st.markdown(escaped(meaning.format(energies=", ".join(f"{each:.2f}" for each in energies))))
    data = cached_map(_name(scan, examination), lambda _progress: values)
    top = max(MIN_BRIGHTEST, data.limits(0, 99.5)[1]) if np.isfinite(values).any() else MIN_BRIGHTEST
    picture = MapPicture(data, 0.0, top, now.colormap, UNITS)
    draw_map("elements-residual", picture, marks=now.pixels[-1:], on_pixel=now.choose_pixel, height=430)
    _say_place(scan, examination, residual)
    with st.expander(_("Download this map"), icon=":material/download:"):
        stem = scan.ds.path.stem
        title = ", ".join(filter(None, [stem, _("residual"), _(UNITS), scan.rows_in_words]))
        download_buttons(
            file_stem(stem, "residual", scan.rows_in_words),
            kinds_for(values),
            partial(encode, values, title=title),
            key="residual-map",
        )


def _say_place(scan: Scan, examination: Examination, residual: Residual) -> None:
    """Write where the residual is largest, and draw the spectrum there with the model."""
    spot = _around(residual.place, scan.shape)
    fit = fit_of(scan, known_by(scan, examination), spot)
    counts = spot.counts(scan)
    energy, more, error = largest_deviation(examination.analysis, counts, fit)
    st.markdown(escaped(f"{place_sentence(residual)} {deviation_sentence(energy, more, error)}"))
    measured = Curve(
        _("{name}, smoothed").format(name=spot.name), smoothed(counts / spot.pixels), own_colour(1)
    )
    axis, curves = cropped(scan.axis, [measured, model_curve(fit, smooth=True)], [energy])
    draw_spectrum(
        "elements-residual-spectrum",
        axis,
        curves,
        y_title=_("Mean counts per pixel"),
        log=False,
        labels=[PeakName(energy, f"{energy:.2f} keV")],
        drag="zoom",
        height=300,
    )


def place_sentence(residual: Residual) -> str:
    """Return where the residual is largest."""
    x, y = residual.place
    words = _("It is largest around x {x}, y {y}, with a mean of {value} over {size} × {size} pixels.")
    return words.format(x=x, y=y, value=f"{residual.strongest:.1f}", size=WINDOW)


def deviation_sentence(energy: float, more: float, error: float) -> str:
    """Return how the spectrum deviates there, and whether that is more than noise."""
    words = (
        _("The spectrum there deviates most at {energy} keV, by {counts} counts more than the model:")
        if more > 0
        else _("The spectrum there deviates most at {energy} keV, by {counts} counts fewer than the model:")
    )
    judged = (
        _("something is not in the model, or the shape of a strong line is not met exactly.")
        if abs(more) > CERTAIN * error
        else _("that may be noise.")
    )
    return f"{words.format(energy=f'{energy:.2f}', counts=with_error(abs(more), error))} {judged}"


def _around(place: tuple[int, int], shape: tuple[int, int]) -> Spot:
    """Return the window around a pixel, cut at the edges of the scan."""
    (x, y), (height, width), reach = place, shape, WINDOW // 2
    return Spot((max(x - reach, 0), max(y - reach, 0), min(x + reach, width - 1), min(y + reach, height - 1)))
