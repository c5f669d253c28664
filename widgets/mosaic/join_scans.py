"""Several scans of one painting: those on the same photograph, their overlaps, and a mosaic of their maps."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from maxrf_core import DataStack
from maxrf_core.atomic.changes import generation
from maxrf_core.errors import MaxrfError
from maxrf_core.mosaic.in_words import count_table, overlap_rows, survey_notes, unmatched_notes
from maxrf_core.mosaic.make import MosaicPlan, make_mosaic, plan_mosaic
from maxrf_core.mosaic.placed_scan import photos_registered, placed_scans
from maxrf_core.mosaic.record import RECORD
from maxrf_core.mosaic.survey import Survey, survey
from maxrf_core.progress import Progress
from server.conversions import Conversion
from server.uploads import is_upload
from widgets.mosaic.recorded import show_recorded
from widgets.open.conversions import begin_work, is_being_converted
from widgets.open.convert import choose_name
from widgets.register.stored_points import picture_at_hand
from widgets.session import library
from widgets.session.language import _, counted
from widgets.session.markdown import escaped, show_error
from widgets.session.scan import Scan, Version, open_scan_of

_SURVEYED = "mosaic-surveyed"  # session key: what was found of the scans that were compared last
MAX_REMEMBERED = 5000  # files of which it is remembered what they are registered on
_ROOM = 2_000_000  # bytes of a mosaic beside its maps
_PHOTO_BYTES = 4  # of a pixel of a registered photograph, at both scales


@dataclass(frozen=True, eq=False)
class _Surveyed:
    """Scans that were compared, in the state that their files had."""

    versions: tuple[Version, ...]
    found: Survey


def join_scans(scan: Scan) -> None:
    """Show the scans on the same photograph, how their overlaps compare, and the button that joins them."""
    st.header(_("Several scans of one painting"), anchor=False)
    if scan.has(RECORD):
        show_recorded(scan)
        return
    photos = photos_registered(scan.ds)
    if not photos:
        st.caption(_("Registered with points on one photograph, scans can be joined to one mosaic of maps."))
        return
    if not st.toggle(_("Join with other scans on this photograph"), key="mosaic-on"):
        st.caption(_("Scans that are registered on the same photograph become one mosaic of their maps."))
        return
    with st.spinner(_("Looking for scans on the same photograph …")):
        found = _others(scan, photos)
    if not found:
        words = _(
            "No other scan is registered on {photo}: open another one and register it on the same file."
        )
        st.info(words.format(photo=escaped(", ".join(photos.values()))), icon=":material/grid_view:")
        return
    chosen = st.multiselect(
        _("Other scans"), list(found), default=list(found), format_func=_in_words, key="mosaic-scans"
    )
    if not chosen:
        return
    scans = [scan, *(open_scan_of(identifier) for identifier in chosen)]
    versions = tuple(each.version for each in scans)
    if st.button(_("Compare the overlaps"), icon=":material/compare:"):
        _compare(scans, versions)
    surveyed = st.session_state.get(_SURVEYED)
    if isinstance(surveyed, _Surveyed) and surveyed.versions == versions:
        _show(surveyed.found)
        _offer(scan, scans, surveyed.found)


def _others(scan: Scan, photos: dict[str, str]) -> list[str]:
    """Return the other scans that this visitor can open and that share a photograph."""
    own = [upload.identifier for upload in library.own_datastacks()]
    found = []
    for identifier in [*library.datastacks(), *own]:
        if identifier == scan.identifier:
            continue
        try:
            path = library.locate(identifier)
            if photos.keys() & _photos_of(str(path), generation(path)).keys():
                found.append(identifier)
        except (MaxrfError, OSError):  # damaged, or gone meanwhile: others may do
            continue
    return found


@st.cache_data(max_entries=MAX_REMEMBERED, show_spinner=False)
def _photos_of(path: str, state: Hashable) -> dict[str, str]:
    """Return the photographs that a file is registered on, of a mosaic none; `state` is part of the key."""
    library.check_shared(Path(path))
    ds = DataStack(path)
    return {} if RECORD in ds.names else photos_registered(ds)


def _compare(scans: Sequence[Scan], versions: tuple[Version, ...]) -> None:
    bar = st.progress(0.0, _("Comparing the overlaps …"))

    def report(fraction: float, doing: str) -> None:
        bar.progress(min(1.0, fraction), doing)

    try:
        with library.in_turn():
            found = survey(placed_scans([each.ds for each in scans]), progress=report)
    except MaxrfError as error:
        show_error(error)
    else:
        st.session_state[_SURVEYED] = _Surveyed(versions, found)
    bar.empty()


def _show(found: Survey) -> None:
    """Show the overlaps in a table, and what has to be known of them."""
    numbered = (f"**{number}** {escaped(scan.name)}" for number, scan in enumerate(found.scans, 1))
    st.markdown(" · ".join(numbered))
    rows = [
        {
            _("Scans"): row.scans,
            _("Apart"): row.measured,
            _("Expected of the registrations"): row.expected,
        }
        for row in overlap_rows(found)
    ]
    if rows:
        st.table(pd.DataFrame(rows), hide_index=True)  # its texts wrap on a phone
    suspicious = any(each.is_suspicious for each in found.overlaps)
    for note in survey_notes(found):
        (st.warning if suspicious else st.caption)(escaped(note))


def _offer(scan: Scan, scans: Sequence[Scan], found: Survey) -> None:
    """Show how the mosaic is made, and the button that begins to make it."""
    matched = st.toggle(
        _("Match the counts"),
        key="mosaic-match",
        help=_(
            "Each element's counts in each scan are multiplied by one factor, so that scans agree in their "
            "overlaps. The factors are stored with the mosaic. Otherwise counts stay as they were measured."
        ),
    )
    try:
        plan = plan_mosaic(found, match_counts=matched)
    except MaxrfError as error:
        show_error(error)
        return
    words = _("Counts in the overlaps: 2 ÷ 1 is those of scan 2 divided by those of scan 1, with its error.")
    st.caption(f"{words} {_('× is what a scan is multiplied by.')}" if matched else words)
    st.dataframe(pd.DataFrame(count_table(found, plan.factors)), hide_index=True, key="mosaic-counts")
    for note in unmatched_notes(found, plan.factors) if plan.factors is not None else ():
        st.caption(escaped(note))
    words = counted("{count} map", "{count} maps", len(found.names))
    size = _("{maps}, {width} × {height} pixels. Each pixel is from the scan whose border is farthest away.")
    st.caption(size.format(maps=words, width=plan.grid.width, height=plan.grid.height))
    name = choose_name(f"{found.scans[0].name}_mosaic", f"mosaic-name-{scan.identifier}")
    if is_being_converted(scan.ds.path):
        st.info(_("The mosaic is being made. The sidebar shows how far it is, on every page."))
    elif name is not None and st.button(_("Make the mosaic"), type="primary", icon=":material/grid_view:"):
        private = any(is_upload(each.identifier) for each in scans)
        _begin(plan, scan.ds.path, f"{name}.datastack", private)
        st.rerun()


def _begin(plan: MosaicPlan, source: Path, file_name: str, private: bool) -> None:
    """Begin to make the mosaic in the background."""
    photo = _photograph(plan)
    height, width = plan.grid.shape
    size = height * width * (8 * len(plan.survey.names) + len(plan.survey.scans) + 1) + _ROOM
    if photo is not None:
        size += int(_PHOTO_BYTES * height * width * (1 + plan.grid.scale**2))

    def work(path: Path, report: Progress, _begun: Conversion) -> None:
        make_mosaic(plan, path, photo=photo, progress=report)

    begin_work(source, (file_name, size, private), work)


def _photograph(plan: MosaicPlan) -> Path | None:
    """Return the photograph's file, if this visitor still has it here; else the mosaic has none."""
    told = plan.survey.scans[0].photo
    return None if told.sha256 is None else picture_at_hand(told.sha256, told.title)


def _in_words(identifier: str) -> str:
    return Path(identifier).name
