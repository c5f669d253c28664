"""Read MA-XRF scans, make band maps and spectra, and register photographs on them.

The names below are imported when they are first used, so that ``import maxrf_core`` takes milliseconds.
"""

import importlib
from typing import TYPE_CHECKING, Any

from maxrf_core import _version

__version__ = _version.VERSION

if TYPE_CHECKING:  # what editors and mypy read; a test compares it with _MODULE_OF
    from maxrf_core.autoalign.propose import propose
    from maxrf_core.autoalign.refine import refine
    from maxrf_core.conversion.convert import convert
    from maxrf_core.conversion.dead_lines import find_dead_lines
    from maxrf_core.conversion.raw_to_datastack import raw_to_datastack
    from maxrf_core.conversion.scan_part import part_of
    from maxrf_core.cube.regions import Region
    from maxrf_core.datastack.by_path import append, append_list, repack, tree
    from maxrf_core.datastack.datastack import DataStack
    from maxrf_core.datastack.scan_identify import identify
    from maxrf_core.demo.make import make_demo
    from maxrf_core.elements.maps import ElementMaps
    from maxrf_core.errors import MaxrfError
    from maxrf_core.export.maps import export_maps
    from maxrf_core.export.onto_frame import render_onto
    from maxrf_core.export.onto_photograph import maps_onto_photograph
    from maxrf_core.export.report import make_report
    from maxrf_core.export.scan import export_scan
    from maxrf_core.export.transform import export_transform
    from maxrf_core.figures.make_figure import make_figure
    from maxrf_core.figures.overlay import Overlay
    from maxrf_core.figures.recipe import Recipe
    from maxrf_core.figures.view_layers import Fit, view_layers, view_picture
    from maxrf_core.imaging.bench_view import BenchView
    from maxrf_core.imaging.display import colorize, composite, percentile_limits
    from maxrf_core.imaging.layers import LayerLook
    from maxrf_core.imaging.read import read_picture
    from maxrf_core.imaging.write import write_picture
    from maxrf_core.mosaic.make import make_mosaic, plan_mosaic
    from maxrf_core.mosaic.placed_scan import placed_scans
    from maxrf_core.mosaic.survey import survey
    from maxrf_core.names import DATASTACK_EXT, L
    from maxrf_core.patches.compare import compare_patches
    from maxrf_core.patches.correlation import correlations
    from maxrf_core.patches.groups import find_groups
    from maxrf_core.patches.patch import Patch
    from maxrf_core.readers import ArrayScan, open_scan
    from maxrf_core.recovery.rescue import rescue
    from maxrf_core.registration.frame_graph import FrameGraph
    from maxrf_core.registration.helper import ImageRegistrationHelper
    from maxrf_core.registration.photo_transform import PhotoTransform, photo_transform
    from maxrf_core.registration.points_io import load_points, save_points
    from maxrf_core.registration.register import homography, latlon_to_xy, register, warp, xy_to_latlon
    from maxrf_core.spectrum.auto_calibration import auto_calibrate
    from maxrf_core.spectrum.calibration import Calibration, SpectralAxis, calibrate_from_peaks
    from maxrf_core.spectrum.lines import element_lines, find_line
    from maxrf_core.spectrum.peak_labels import label_peaks
    from maxrf_core.spectrum.peaks import find_peaks

_MODULE_OF = {
    "BenchView": "imaging.bench_view",
    "Fit": "figures.view_layers",
    "FrameGraph": "registration.frame_graph",
    "LayerLook": "imaging.layers",
    "Overlay": "figures.overlay",
    "Recipe": "figures.recipe",
    "make_figure": "figures.make_figure",
    "view_layers": "figures.view_layers",
    "view_picture": "figures.view_layers",
    "ArrayScan": "readers",
    "Calibration": "spectrum.calibration",
    "DATASTACK_EXT": "names",
    "DataStack": "datastack.datastack",
    "ElementMaps": "elements.maps",
    "ImageRegistrationHelper": "registration.helper",
    "L": "names",
    "MaxrfError": "errors",
    "Patch": "patches.patch",
    "PhotoTransform": "registration.photo_transform",
    "Region": "cube.regions",
    "SpectralAxis": "spectrum.calibration",
    "append": "datastack.by_path",
    "append_list": "datastack.by_path",
    "auto_calibrate": "spectrum.auto_calibration",
    "calibrate_from_peaks": "spectrum.calibration",
    "colorize": "imaging.display",
    "compare_patches": "patches.compare",
    "composite": "imaging.display",
    "convert": "conversion.convert",
    "correlations": "patches.correlation",
    "element_lines": "spectrum.lines",
    "export_maps": "export.maps",
    "export_scan": "export.scan",
    "export_transform": "export.transform",
    "find_dead_lines": "conversion.dead_lines",
    "find_groups": "patches.groups",
    "find_line": "spectrum.lines",
    "find_peaks": "spectrum.peaks",
    "homography": "registration.register",
    "label_peaks": "spectrum.peak_labels",
    "identify": "datastack.scan_identify",
    "latlon_to_xy": "registration.register",
    "load_points": "registration.points_io",
    "make_demo": "demo.make",
    "make_mosaic": "mosaic.make",
    "make_report": "export.report",
    "maps_onto_photograph": "export.onto_photograph",
    "open_scan": "readers",
    "part_of": "conversion.scan_part",
    "placed_scans": "mosaic.placed_scan",
    "plan_mosaic": "mosaic.make",
    "percentile_limits": "imaging.display",
    "photo_transform": "registration.photo_transform",
    "propose": "autoalign.propose",
    "raw_to_datastack": "conversion.raw_to_datastack",
    "read_picture": "imaging.read",
    "refine": "autoalign.refine",
    "register": "registration.register",
    "render_onto": "export.onto_frame",
    "repack": "datastack.by_path",
    "rescue": "recovery.rescue",
    "save_points": "registration.points_io",
    "survey": "mosaic.survey",
    "tree": "datastack.by_path",
    "warp": "registration.register",
    "write_picture": "imaging.write",
    "xy_to_latlon": "registration.register",
}

__all__ = [
    "DATASTACK_EXT",
    "ArrayScan",
    "BenchView",
    "Calibration",
    "DataStack",
    "ElementMaps",
    "Fit",
    "FrameGraph",
    "ImageRegistrationHelper",
    "L",
    "LayerLook",
    "MaxrfError",
    "Overlay",
    "Patch",
    "PhotoTransform",
    "Recipe",
    "Region",
    "SpectralAxis",
    "__version__",
    "append",
    "append_list",
    "auto_calibrate",
    "calibrate_from_peaks",
    "colorize",
    "compare_patches",
    "composite",
    "convert",
    "correlations",
    "element_lines",
    "export_maps",
    "export_scan",
    "export_transform",
    "find_dead_lines",
    "find_groups",
    "find_line",
    "find_peaks",
    "homography",
    "identify",
    "label_peaks",
    "latlon_to_xy",
    "load_points",
    "make_demo",
    "make_figure",
    "make_mosaic",
    "make_report",
    "maps_onto_photograph",
    "open_scan",
    "part_of",
    "percentile_limits",
    "photo_transform",
    "placed_scans",
    "plan_mosaic",
    "propose",
    "raw_to_datastack",
    "read_picture",
    "refine",
    "register",
    "render_onto",
    "repack",
    "rescue",
    "save_points",
    "survey",
    "tree",
    "view_layers",
    "view_picture",
    "warp",
    "write_picture",
    "xy_to_latlon",
]

if not TYPE_CHECKING:  # or mypy would take any name for one of ours

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used (PEP 562)."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
