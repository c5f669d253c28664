"""An examination of a small scan whose elements are known."""

from functools import cache

import zarr

from maxrf_core.cube.cube import Cube
from maxrf_core.datastack.scan_elements import shown_findings
from maxrf_core.elements.identify import identify_spectrum
from maxrf_core.elements.live_time import live_time_from_zero_peak
from maxrf_core.elements.maps import element_maps
from tests.maxrf_core.elements.made_scan import analysed, made_counts
from widgets.elements.examination import Examination


@cache
def made_examination(without: tuple[str, ...] = ()) -> Examination:
    """Examine the made scan, without some of its families."""
    identification = identify_spectrum(analysed(without))
    families = [finding.family for finding in shown_findings(identification)]
    cube = Cube(zarr.array(made_counts(without), chunks=(16, 16, 64)))
    maps = element_maps(cube, analysed(without), families)
    references = maps.references
    live_time = live_time_from_zero_peak(references.zero_peak, references.events, maps.net, maps.names)
    return Examination(identification, analysed(without), maps, live_time=live_time)
