"""Named views: what is on the bench, kept in the scan and opened again, also by a link."""

import streamlit as st

from maxrf_core.datastack.stored_views import keep_view, remove_view, stored_views
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.bench_view import MAX_NAME, BenchView
from widgets.charts.chart_state import chart_of
from widgets.charts.component import Zoom
from widgets.charts.map_figure import map_axes
from widgets.elements.examination import adding_to
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.markdown import show_briefly
from widgets.session.scan import Scan, Version

SIZE = 100_000  # bytes that a view takes at most in the file
_NAME = "look-view-name"


def open_linked_view(scan: Scan, now: Choice, chart: str) -> None:
    """Open the view that the page's address names, if nothing is on the bench yet."""
    if now.view is None or now.bench.number:
        return
    found = [view for view in _kept(scan.version, scan) if view.name == now.view]
    if found:
        show_view(found[0], scan, now, chart)
    else:
        now.view = None


def show_view(view: BenchView, scan: Scan, now: Choice, chart: str) -> None:
    """Lay a view on the bench."""
    height, width = scan.shape
    now.bench.show(view.layers)
    now.pixels = [(x, y) for x, y in view.pixels if 0 <= x < width and 0 <= y < height]
    now.regions = [each for each in view.regions if each[2] < width and each[3] < height and min(each) >= 0]
    now.lo, now.hi = view.band or (now.lo, now.hi)
    now.ruler = view.line
    now.view = view.name
    if view.zoom is not None:
        left, right, bottom, top = view.zoom
        chart_of(chart).begin(Zoom((left, right), (bottom, top), "/".join(map_axes(scan.shape))))


def view_of(name: str, scan: Scan, now: Choice, chart: str) -> BenchView:
    """Return what is on the bench as a view."""
    zoom = chart_of(chart).zoom.on(map_axes(scan.shape))
    edges = (*zoom.x, *zoom.y) if zoom.x and zoom.y else None
    band = (now.lo, now.hi) if now.lo is not None and now.hi is not None else None
    return BenchView(
        name, tuple(now.bench.looks), edges, band, tuple(now.pixels), tuple(now.regions), now.ruler
    )


def show_views(scan: Scan, now: Choice, chart: str) -> None:
    """Show the views of the scan: open one, keep one, remove one, and the link that shows one."""
    views = _kept(scan.version, scan)

    def keep() -> None:
        name = (st.session_state[_NAME] or "").strip()
        if not name:
            return
        try:
            with adding_to(scan, SIZE):
                keep_view(scan.ds, view_of(name, scan, now, chart))
        except MaxrfError as error:
            show_briefly(error)
        else:
            now.view = name
            st.toast(_("The view is kept in the scan."), icon=":material/bookmark_added:")

    def remove(name: str) -> None:
        try:
            with adding_to(scan, SIZE):
                remove_view(scan.ds, name)
        except MaxrfError as error:
            show_briefly(error)
        if now.view == name:
            now.view = None

    with st.popover(_("Views"), icon=":material/bookmark:", type="tertiary"):
        for number, view in enumerate(views):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    view.name,
                    key=f"look-view-{number}",
                    on_click=show_view,
                    args=(view, scan, now, chart),
                    type="primary" if view.name == now.view else "secondary",
                    width="stretch",
                )
                st.button(
                    "",
                    icon=":material/delete:",
                    key=f"look-view-remove-{number}",
                    help=_("Remove the view from the scan"),
                    on_click=remove,
                    args=(view.name,),
                    type="tertiary",
                )
        st.text_input(_("Name of this view"), key=_NAME, max_chars=MAX_NAME, placeholder=_("such as Ink"))
        st.button(
            _("Keep this view in the scan"), key="look-view-keep", on_click=keep, icon=":material/save:"
        )
        if now.view is not None:
            st.caption(_("The address of this page now leads to this view."))


@st.cache_resource(max_entries=20, show_spinner=False)
def _kept(version: Version, _scan: Scan) -> list[BenchView]:
    return stored_views(_scan.ds)
