"""Controls for the band of a map, its contrast and its colours."""

import streamlit as st

from maxrf_core.autoalign.map_selection import band_of_line
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.colormaps import COLORMAPS
from maxrf_core.spectrum.calibration import MIN_PHOTON_ENERGY
from maxrf_core.spectrum.elements import COMMON_ELEMENTS, ELEMENTS, NAMES
from maxrf_core.spectrum.lines import MAIN_SERIES, Line, all_lines
from widgets.charts.map_layers import MapPicture
from widgets.session.choice import Choice, choice
from widgets.session.language import _, counted
from widgets.session.map_data import MapData
from widgets.session.markdown import show_briefly
from widgets.session.scan import Scan, chosen_band
from widgets.session.shown_value import key_showing

WEAKEST_OFFERED = 0.01  # of the element's strongest line
_KIND, _PERCENT, _LOW, _HIGH, _COLOURS = "clip-kind", "clip-percent", "clip-low", "clip-high", "clip-colours"


def choose_band(scan: Scan) -> tuple[float, float]:
    """Show the band as numbers and a list of element lines; return the chosen band.

    Parameters
    ----------
    scan : Scan
        The unit of its axis is that of the band.
    """
    now = choice()
    lo, hi = chosen_band(scan, now)
    lines = lines_on(scan)
    lo_key, hi_key = key_showing("band-lo", lo), key_showing("band-hi", hi)
    line_key = key_showing("band-line", _line_of(lines, lo, hi))

    in_kev = scan.axis.unit == "keV"
    step, form, unit = (0.01, "%.3f", "keV") if in_kev else (1.0, "%.0f", _("channel"))

    def typed() -> None:
        low, high = st.session_state[lo_key], st.session_state[hi_key]
        if low is not None and high is not None:
            first, last = scan.axis.values[[0, -1]]
            low, high = max(min(low, high), first), min(max(low, high), last + step)
            try:
                scan.axis.channels(low, high)
            except MaxrfError as error:
                show_briefly(error)
            else:
                now.lo, now.hi = float(low), float(high)

    def picked() -> None:
        line = st.session_state[line_key]
        if line is not None:
            now.lo, now.hi = band_of_line(line)
            now.line = line.label

    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        if in_kev:
            st.selectbox(
                _("Element line"), lines, key=line_key, on_change=picked, format_func=line_title,
                placeholder=_("such as Fe Ka"), width=210,
            )  # fmt: skip
        st.number_input(
            _("From ({unit})").format(unit=unit),
            step=step,
            format=form,
            key=lo_key,
            on_change=typed,
            width=130,
        )
        st.number_input(
            _("To ({unit})").format(unit=unit), step=step, format=form, key=hi_key, on_change=typed, width=130
        )
        st.caption(_band_in_words(scan, lo, hi), width="content")
    return lo, hi


def choose_more_bands(scan: Scan, most: int) -> list[tuple[float, float]]:
    """Show a list of element lines for more maps; return their bands.

    Parameters
    ----------
    scan : Scan
        Until its energies are set there are no lines, and nothing is shown.
    most : int
    """
    lines = lines_on(scan)
    if not lines:
        return []
    chosen = st.multiselect(
        _("More maps beside it"),
        lines,
        max_selections=most,
        format_func=line_title,
        placeholder=_("up to {count} more element lines").format(count=most),
        key="more-bands",
        persist_state="session",
    )
    return [band_of_line(line) for line in chosen]


def band_name(scan: Scan, lo: float, hi: float, now: Choice | None = None) -> str:
    """Return the name of a band: the element line by which it was chosen, else its ends.

    Parameters
    ----------
    scan : Scan
    lo, hi : float
    now : Choice, optional
        By default that of the visitor, who is not known in another thread.
    """
    line = _line_of(lines_on(scan, now), lo, hi, now)
    if line is not None:
        return line.label
    words = "{lo:g}–{hi:g} keV" if scan.axis.unit == "keV" else _("Channels {lo:g}–{hi:g}")
    return words.format(lo=lo, hi=hi)


def line_of_band(scan: Scan, lo: float, hi: float) -> str:
    """Return the label of the line that a band was chosen by, "" if none."""
    line = _line_of(lines_on(scan), lo, hi)
    return "" if line is None else line.label


def _line_of(lines: list[Line], lo: float, hi: float, now: Choice | None = None) -> Line | None:
    """Return the line that a band was chosen by; of several with one band a common element's."""
    found = [line for line in lines if band_of_line(line) == (lo, hi)]
    chosen = (now or choice()).line
    found.sort(key=lambda line: (line.label != chosen, line.element not in COMMON_ELEMENTS, -line.intensity))
    return found[0] if found else None


def choose_clip(data: MapData, units: str = MapPicture.units) -> MapPicture:
    """Show the controls of contrast and colours; return the map as it is to be drawn.

    Parameters
    ----------
    data : MapData
        The band map. A change of contrast does not read the scan again.
    units : str
        Of its values, in English.
    """
    now = choice()
    st.session_state[_KIND], st.session_state[_COLOURS] = now.clip, now.colormap

    def other_kind() -> None:
        # Counts begin where the percentiles stood, so that nothing jumps.
        now.low, now.high = limits(data) if st.session_state[_KIND] == "counts" else (Choice.low, Choice.high)
        now.clip = st.session_state[_KIND]

    def recoloured() -> None:
        now.colormap = st.session_state[_COLOURS]

    counts = _("Counts per channel") if units == MapPicture.units else _("Net counts")
    if "counts" not in units:
        counts = _("Values")
    kinds = {"percent": _("Percentiles"), "counts": counts}
    st.segmented_control(
        _("Contrast by"),
        list(kinds),
        key=_KIND,
        format_func=kinds.__getitem__,
        required=True,
        on_change=other_kind,
    )
    if now.clip == "percent":
        _percent_slider()
    else:
        _count_inputs(data)
    st.selectbox(_("Colours"), list(COLORMAPS), key=_COLOURS, on_change=recoloured)
    return clipped(data, units=units)


def clipped(data: MapData, now: Choice | None = None, units: str = MapPicture.units) -> MapPicture:
    """Return a map with the chosen contrast and colours, without showing controls.

    In another thread the choice must be passed.
    """
    now = now or choice()
    return MapPicture(data, *limits(data, now), now.colormap, units)


def limits(data: MapData, now: Choice | None = None) -> tuple[float, float]:
    """Return the counts per channel at which the colours begin and end."""
    now = now or choice()
    return data.limits(now.low, now.high) if now.clip == "percent" else (now.low, now.high)


def _percent_slider() -> None:
    now = choice()
    st.session_state[_PERCENT] = (now.low, now.high)

    def moved() -> None:
        low, high = st.session_state[_PERCENT]
        if low < high:
            now.low, now.high = low, high

    st.slider(
        _("Darkest and brightest, as percentiles of all pixels"), 0.0, 100.0, step=0.1, format="%.1f",
        key=_PERCENT, on_change=moved,
        help=_(
            "Pixels beyond these limits get the end colours. Lower the brightest to lift faint parts, "
            "such as ink, out from under a few very bright spots."
        ),
    )  # fmt: skip


def _count_inputs(data: MapData) -> None:
    now = choice()

    def fit() -> None:
        now.low, now.high = data.limits(Choice.low, Choice.high)

    st.session_state[_LOW], st.session_state[_HIGH] = now.low, now.high

    def typed() -> None:
        low, high = st.session_state[_LOW], st.session_state[_HIGH]
        if low is not None and high is not None and low != high:
            now.low, now.high = min(low, high), max(low, high)

    with st.container(horizontal=True):
        st.number_input(_("Darkest"), key=_LOW, format="%.4g", on_change=typed, width=140)
        st.number_input(_("Brightest"), key=_HIGH, format="%.4g", on_change=typed, width=140)
        st.button(_("Fit to this map"), on_click=fit, icon=":material/fit_screen:")


def lines_on(scan: Scan, now: Choice | None = None) -> list[Line]:
    """List the lines that the scan's tube excites and that lie on its energy axis, by element's symbol."""
    if scan.axis.unit != "keV":
        return []
    first, last = scan.axis.values[[0, -1]]
    return [line for line in offered_lines(scan, now) if first < line.energy < last]


def offered_lines(scan: Scan, now: Choice | None = None) -> list[Line]:
    """List the lines of all elements from Na to U that the scan's tube excites, by element's symbol."""
    return [
        line
        for line in all_lines(sorted(ELEMENTS), scan.tube(now))
        if line.energy > MIN_PHOTON_ENERGY
        and (line.intensity >= WEAKEST_OFFERED or line.series in MAIN_SERIES)
    ]


def line_title(line: Line) -> str:
    """Return a line's name for lists in which symbols and names of elements are searched."""
    return f"{line.label} · {NAMES[line.element]}"


def _band_in_words(scan: Scan, lo: float, hi: float) -> str:
    channels = scan.axis.channels(lo, hi)
    held = counted("{count} channel", "{count} channels", channels.stop - channels.start)
    words = _("{channels}, number {first} to {last}")
    return words.format(channels=held, first=channels.start, last=channels.stop - 1)
