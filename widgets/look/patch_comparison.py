"""Comparison of the patches that are shown: in sentences and as a table."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.patches.compare import Comparison, compare_patches
from maxrf_core.patches.patch import Patch
from maxrf_core.patches.sentences import comparison_table, sentences
from widgets.charts.downloads import download_buttons, file_stem
from widgets.elements.examination import Examination
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.markdown import escaped, show_error
from widgets.session.scan import Scan

_FIRST, _KNOWN = "look-patch-first", "look-patches-compared"


def show_comparison(scan: Scan, examination: Examination | None, now: Choice) -> None:
    """Compare the patches that are shown with the first of them, or another one that is chosen."""
    patches = now.shown_patches
    if len(patches) < 2:
        st.caption(_("Two patches or more are compared here."))
        return
    if examination is None:
        st.caption(_("Patches are compared by their elements, once the scan has energies."))
        return
    if len(patches) > 2:
        names = [patch.name for patch in patches]
        first = st.selectbox(_("Compare with"), names, key=_FIRST)
        patches = sorted(patches, key=lambda patch: patch.name != first)
    try:
        comparison = _compared(scan, examination, tuple(patches))
    except MaxrfError as error:
        show_error(error)
        return
    for sentence in sentences(comparison):
        st.markdown(f"**{escaped(sentence)}**")
    table = table_of(comparison)
    st.dataframe(
        table,
        hide_index=True,
        column_config={table.columns[0]: st.column_config.TextColumn(pinned=True)},
        key="look-patch-table",
    )
    st.caption(
        _("Net counts per pixel, ± standard deviation."),
        help=_(
            "Welch's t-test of the two means, corrected for the number of comparisons by Holm's method: "
            "clearly means p < 0.001, perhaps p < 0.05. The error has two parts: counting, and the scatter "
            "of the pixels in a patch, whose neighbours are alike. The fit of the lines errs, too, however "
            "many pixels there are: by 3 % of the counts beneath a line and by 0.5 % of the counts of all "
            "other elements. Of what is less than 3.3 errors no ratio is told, but a limit, or that it is "
            "too little to compare. A ratio of counts is one of amounts only where what lies above and "
            "around is the same."
        ),
    )
    download_buttons(
        file_stem(scan.ds.path.stem, _("patches")),
        ["csv"],
        lambda _kind: table.to_csv(index=False).encode(),
        key="look-patch-table",
    )


def table_of(comparison: Comparison) -> pd.DataFrame:
    """Return the comparison as a table; verdicts and ratios stand beside the elements."""
    titles, rows = comparison_table(comparison)
    told = 2 * (len(comparison.patches) - 1)  # a ratio and a verdict of each patch but the first
    order = [0, *range(len(titles) - told, len(titles)), *range(1, len(titles) - told)]
    return pd.DataFrame(
        [[row[column] for column in order] for row in rows], columns=[titles[n] for n in order]
    )


def _compared(scan: Scan, examination: Examination, patches: Sequence[Patch]) -> Comparison:
    """Return the comparison, which is made once for the same patches."""
    identity = patches, scan.pixel_size, examination.row_displacement, id(examination.maps)
    known = st.session_state.get(_KNOWN)
    if known is None or known[0] != identity:
        compared = compare_patches(examination.maps_in_view, patches, pixel_size_mm=scan.pixel_size)
        known = st.session_state[_KNOWN] = identity, compared
    found: Comparison = known[1]
    return found
