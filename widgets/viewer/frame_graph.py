"""The graph of a scan's frames, made once for each version of the scan, and what it tells."""

import streamlit as st

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.registration.frame_graph import FrameGraph
from widgets.session.scan import Scan, Version
from widgets.viewer.registered_photos import registered_photos


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


def other_photos(scan: Scan, photo: str) -> list[str]:
    """Return the names of a scan's registered photographs in other frames than that of one of them.

    Parameters
    ----------
    scan : Scan
    photo : str
        Name of that registered photograph.
    """
    graph = frame_graph(scan.version, scan.ds)
    own = graph.frame(photo)
    return [each for each in registered_photos(scan) if graph.frame(each) != own]
