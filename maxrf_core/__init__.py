"""Open a .datastack of MA-XRF data, look at it, register a photograph on it, keep the result."""

from maxrf_core.conversion.convert import convert
from maxrf_core.cube.regions import Region
from maxrf_core.datastack.datastack import DataStack, append, append_list, repack, tree
from maxrf_core.errors import MaxrfError
from maxrf_core.readers import open_scan
from maxrf_core.recovery.rescue import rescue
from maxrf_core.registration.register import homography, latlon_to_xy, register, warp, xy_to_latlon
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis, calibrate_from_peaks
from maxrf_core.spectrum.lines import find_line

__all__ = [
    "Calibration",
    "DataStack",
    "MaxrfError",
    "Region",
    "SpectralAxis",
    "append",
    "append_list",
    "calibrate_from_peaks",
    "convert",
    "find_line",
    "homography",
    "latlon_to_xy",
    "open_scan",
    "register",
    "repack",
    "rescue",
    "tree",
    "warp",
    "xy_to_latlon",
]
