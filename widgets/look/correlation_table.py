"""Which elements go together: a table of the correlations of their maps."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from maxrf_core.patches.correlation import Correlations, correlations
from maxrf_core.patches.sentences import element_labels, with_error
from widgets.elements.examination import Examination
from widgets.session.language import _

_KNOWN = "look-correlations"
POSITIVE, NEGATIVE = "0, 114, 178", "213, 94, 0"  # red, green, blue: told apart by those who are colour-blind
MAX_OPACITY = 0.6


def show_correlations(examination: Examination) -> None:
    """Show the correlations of all maps that are more than noise."""
    found = _known(examination)
    table, values = table_of(found)
    if table.empty:
        st.caption(_("No two elements are seen above noise."))
        return
    colours = values.map(shade)
    st.dataframe(table.style.apply(lambda _table: colours, axis=None))
    st.caption(
        _("1: wherever one is, the other is. 0: independent. −1: where one is, the other is not."),
        help=_(
            "Correlation of net counts, ± standard deviation; speckles and the noise of counting "
            "are taken off. Elements whose maps are noise alone are left out. Where lines overlap, it "
            "comes out too low."
        ),
    )


def table_of(found: Correlations) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Return correlations in words and as numbers, with a row and a column for each element that is seen.

    Parameters
    ----------
    found : Correlations
    """
    kept = [number for number, signal in enumerate(found.signal) if signal > 0]
    if len(kept) < 2:
        return pd.DataFrame(), pd.DataFrame()
    labels = element_labels([found.names[number] for number in kept])
    values, errors = found.values[np.ix_(kept, kept)], found.errors[np.ix_(kept, kept)]
    np.fill_diagonal(values, np.nan)
    words = [
        [with_error(*pair) if math.isfinite(pair[0]) else "" for pair in zip(*row, strict=True)]
        for row in zip(values, errors, strict=True)
    ]
    return pd.DataFrame(words, labels, labels), pd.DataFrame(values, labels, labels)


def shade(value: float) -> str:
    """Return the background of a correlation in CSS.

    Examples
    --------
    >>> shade(0.5), shade(-1.0), shade(math.nan)
    ('background-color: rgba(0, 114, 178, 0.30)', 'background-color: rgba(213, 94, 0, 0.60)', '')
    """
    if math.isnan(value):
        return ""
    colour = POSITIVE if value > 0 else NEGATIVE
    return f"background-color: rgba({colour}, {MAX_OPACITY * min(abs(value), 1):.2f})"


def _known(examination: Examination) -> Correlations:
    """Return the correlations, which are computed once for the same maps."""
    known = st.session_state.get(_KNOWN)
    if known is None or known[0] is not examination.maps:
        known = st.session_state[_KNOWN] = examination.maps, correlations(examination.maps)
    found: Correlations = known[1]
    return found
