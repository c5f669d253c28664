"""An examination of a small scan whose elements are known."""

from functools import cache

import zarr

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.identify import identify_spectrum
from maxrf_core.elements.maps import element_maps
from tests.maxrf_core.elements.made_scan import analysed, made_counts
from widgets.elements.examination import Examination, shown_findings


@cache
def made_examination(without: tuple[str, ...] = ()) -> Examination:
    """Examine the made scan, without some of its families."""
    identification = identify_spectrum(analysed(without))
    families = [finding.family for finding in shown_findings(identification)]
    cube = Cube(zarr.array(made_counts(without), chunks=(16, 16, 64)))
    return Examination(identification, analysed(without), element_maps(cube, analysed(without), families))
