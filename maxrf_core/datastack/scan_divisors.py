"""Divisors of the element maps of a scan: live seconds, or scatter of the tube."""

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.elements.live_time import live_time_from_zero_peak
from maxrf_core.elements.maps import ElementMaps
from maxrf_core.elements.normalise import Divisor, scatter_divisor
from maxrf_core.language import Note

LIVE_TIME = "live_time_s"  # an array (height, width), or an attribute of the file
WAYS = {"live-time": "live second", "scatter": "count of tube scatter"}  # with what one unit of it is


def scan_divisor(ds: DataStack, maps: ElementMaps, way: str) -> Divisor:
    """Return what maps are divided by, at the scan's own pixels: odd rows are not shifted back.

    Parameters
    ----------
    ds : DataStack
    maps : ElementMaps
        Of the scan, not straightened either.
    way : {"live-time", "scatter"}
        See `scan_live_time` and `maxrf_core.elements.normalise.scatter_divisor`.
    """
    return scan_live_time(ds, maps) if way == "live-time" else scatter_divisor(maps.references)


def scan_live_time(ds: DataStack, maps: ElementMaps) -> Divisor:
    """Return the live seconds of each pixel: as the file tells them, or from a zero peak that is a clock."""
    if LIVE_TIME in ds.names:
        seconds = np.asarray(ds.read(LIVE_TIME))
        if seconds.shape == ds.shape[:2] and seconds.dtype.kind in "iuf":
            seconds = seconds.astype(np.float32)
            return Divisor(
                seconds, np.zeros_like(seconds), Note("The file tells the live time of each pixel.")
            )
    told = ds.about.get(LIVE_TIME)
    told = float(told) if isinstance(told, int | float) else None
    references = maps.references
    return live_time_from_zero_peak(references.zero_peak, references.events, maps.net, maps.names, told)
