"""What a mosaic was made of: its scans, and how far they were apart."""

import pandas as pd
import streamlit as st

from maxrf_core.mosaic.record import read_record
from widgets.session.language import _
from widgets.session.markdown import escaped
from widgets.session.scan import Scan


def show_recorded(scan: Scan) -> None:
    """Show the scans of a mosaic and how far they were apart, as its record tells."""
    told = read_record(scan.ds)
    if told is None:
        st.caption(_("This file is a mosaic of several scans; what it was made of cannot be read."))
        return
    st.write(_("This file is a mosaic. Its scans:"))
    st.markdown(" · ".join(f"**{number}** {escaped(file)}" for number, file in enumerate(told.files, 1)))
    rows = [
        {
            _("Scans"): f"{each.scans[0]}–{each.scans[1]}",
            _("Apart (pixels)"): _number(each.before),
            _("Expected (pixels)"): _number(each.expected),
            _("After moving them to meet"): _number(each.after),
        }
        for each in told.overlaps
    ]
    if rows:
        st.table(pd.DataFrame(rows), hide_index=True)  # its texts wrap on a phone
    for file, names in told.fitted.items():
        words = _("Not found in {scan}, and fitted there for the mosaic: {names}.")
        st.caption(escaped(words.format(scan=file, names=", ".join(names))))
    counts = _("Counts were matched in the overlaps.") if told.is_matched else _("Counts are as measured.")
    st.caption(_("{counts} Each pixel is from one scan; nothing is blended.").format(counts=counts))


def _number(length: float | None) -> str:
    return "–" if length is None else f"{length:.2f}"
