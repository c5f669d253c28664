"""The graph of a scan's frames, made once for each version of the scan."""

import streamlit as st

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.registration.frame_graph import FrameGraph
from widgets.session.scan import Version


@st.cache_resource(max_entries=8, show_spinner=False)
def frame_graph(version: Version, _ds: DataStack) -> FrameGraph:
    """Return the graph of a scan's maps and photographs.

    Parameters
    ----------
    version : tuple
        Of the scan, `Scan.version`: what is stored next makes a new graph.
    _ds : DataStack
    """
    del version  # part of the cache key
    return FrameGraph(_ds)
