"""The graph of frames is made once for a version of a scan, and anew for the next."""

from maxrf_core import DataStack
from widgets.viewer.frame_graph import frame_graph


def test_the_graph_is_kept_until_the_scan_changes(ds: DataStack):
    graph = frame_graph(("a scan", 1), ds)
    assert [frame.kind for frame in graph.frames] == ["map", "photograph"]
    assert frame_graph(("a scan", 1), ds) is graph
    assert frame_graph(("a scan", 2), ds) is not graph
