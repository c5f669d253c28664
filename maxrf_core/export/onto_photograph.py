"""All maps of a scan on the pixels of a registered photograph, as files for other programs."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.map_array import BAND_MAP_UNITS
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.datastack.scan_elements import ScanElements, scan_elements
from maxrf_core.datastack.stored_maps import units_of_map
from maxrf_core.errors import PictureError
from maxrf_core.export.large_pictures import Scale, ScaledPng, write_tiled_tiff
from maxrf_core.export.map_files import COUNTS_UNIT
from maxrf_core.export.needed_room import Room, check_room, rendered_room
from maxrf_core.export.new_bundle import Bundle, new_bundle
from maxrf_core.export.onto_frame import FramePicture, frame_picture, write_frame_picture
from maxrf_core.language import _
from maxrf_core.names import file_stem
from maxrf_core.progress import Progress, silent
from maxrf_core.registration.frame_graph import MAP, FrameGraph
from maxrf_core.registration.frames import FramePath
from maxrf_core.registration.path_record import path_record
from maxrf_core.transform.onto_grid import AREA, OntoGrid

TIFF, PNG_8, PNG_16 = "tiff", "png8", "png16"
KINDS = (TIFF, PNG_8, PNG_16)
BITS = {PNG_8: 8, PNG_16: 16}
BYTES = {TIFF: 4, PNG_16: 2, PNG_8: 1}  # to a pixel, before they are packed
FINDING = 0.3  # of the time, if elements or bands have to be read first
ABOUT = "about.json"

NOTES = {
    "values": "those of the map, in its unit: not divided among the photograph's pixels",
    "missing": "NaN in TIFF, 0 in PNG: where the scan has no value, and where it does not reach",
}


@dataclass(frozen=True, eq=False)
class SourceMap:
    """A map to be rendered.

    Attributes
    ----------
    name : str
        For its file's name, such as "Fe-K".
    values : callable
        Returns the map, (height, width); called when its turn comes, so that one is in memory at a time.
    unit : str
    """

    name: str
    values: Callable[[], np.ndarray]
    unit: str


def maps_onto_photograph(
    ds: DataStack,
    photo: str,
    path: str | Path,
    *,
    names: Sequence[str] | None = None,
    bands: Sequence[tuple[float, float]] = (),
    method: str = AREA,
    kinds: Sequence[str] = (TIFF,),
    pictures: Sequence[str] = (),
    elements: ScanElements | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Path:
    """Render maps on the own pixels of a registered photograph, each as a file.

    The photograph itself is not needed: its size and its registration are in the datastack. The maps are
    rendered tile by tile, so that memory does not grow with the photograph.

    Parameters
    ----------
    ds : DataStack
    photo : str
        A registered photograph, see `FrameGraph.frame`: ``imvis``, ``imvis_reg_highres_``, its file's name.
    path : path_like
        A ZIP file if it ends in ".zip", else a new folder. It appears when it is complete.
    names : sequence of str, optional
        Families such as "Fe-K", or names of stored maps. By default all maps of elements, or, in a file
        without spectra, all that it holds.
    bands : sequence of (lo, hi)
        Bands whose maps are rendered too, in keV (channel numbers until calibrated).
    method : {"area", "linear", "nearest"}
        See `maxrf_core.transform.onto_grid.OntoGrid`. "area" interpolates where the photograph is finer than
        the map, and means over the area of each of its pixels where it is coarser.
    kinds : sequence of {"tiff", "png8", "png16"}
        float32 TIFF in tiles; grey PNG, whose scale is told in ``about.json``.
    pictures : sequence of str
        Other registered photographs that are rendered too, as TIFF of their own dtype, see
        `maxrf_core.export.onto_frame.render_onto`.
    elements : ScanElements, optional
        By default they are found.
    overwrite : bool
        Replace a ZIP file that exists.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Path

    Raises
    ------
    RegistrationError
        If there is no such photograph, or its registration cannot be relied on.
    PictureError
        If there are no maps, or no such kind of file.
    DatastackError
        If the file or folder exists or cannot be written, the disk has no room for it, which is checked
        before the work, or the scan holds no such map.
    CalibrationError
        If the elements cannot be found since the scan has no energies, or a band holds no channel.

    Notes
    -----
    ``about.json`` holds the frame with the photograph's name and SHA-256, the transform with its points and
    pixel convention, the expected error in the photograph's pixels, the method, and for each map its files,
    its unit and the scale of its PNG. Odd rows are shifted back as they were when the photograph was
    registered.
    """
    _check(kinds)
    graph = FrameGraph(ds)
    route = graph.path(MAP, photo)
    others = [frame_picture(graph, name, photo, method=method) for name in pictures]
    view = ds.straightened(route.edges[0].row_displacement)
    renderer = OntoGrid(route.transform.inverse(), ds.shape, route.end.shape, method)
    with new_bundle(path, overwrite=overwrite) as bundle:
        known = len(names or ()) + len(bands) or int(names is None)
        check_room(Path(path), needed_room(renderer, known, kinds, others))
        begun = FINDING if (elements is None and names is None) or bands else 0.0
        maps = []
        if names or names is None or bands or not others:
            maps = named_maps(view, names, bands, elements, lambda done, doing: progress(begun * done, doing))
        check_room(Path(path), needed_room(renderer, len(maps), kinds, others))
        write_onto(
            bundle, maps, route, renderer, kinds, others,
            lambda done, doing: progress(begun + (1 - begun) * done, doing),
        )  # fmt: skip
    return Path(path)


def needed_room(
    renderer: OntoGrid, count: int, kinds: Sequence[str], others: Sequence[FramePicture] = ()
) -> Room:
    """Return the room on the disk that maps on a photograph need, at most.

    Parameters
    ----------
    renderer : OntoGrid
    count : int
        Of the maps.
    kinds, others
        As in `write_onto`.
    """
    drawn = [BYTES[kind] for kind in kinds if kind in BITS]
    room = rendered_room(renderer, count, [BYTES[kind] for kind in kinds], drawn)
    return sum((picture.room() for picture in others), room)


def named_maps(
    ds: DataStack,
    names: Sequence[str] | None,
    bands: Sequence[tuple[float, float]],
    elements: ScanElements | None = None,
    progress: Progress = silent,
) -> list[SourceMap]:
    """Return the maps to be rendered: element maps, stored ones and bands.

    Parameters
    ----------
    ds : DataStack
        In the view in which they are shown.
    names, bands, elements, progress
        As in `maps_onto_photograph`.

    Returns
    -------
    list of SourceMap

    Raises
    ------
    PictureError
        If there are none.
    """
    maps = []
    of_elements = [name for name in names or () if name not in ds.map_names]
    if ds.has_spectra and (of_elements or names is None):
        maps = _element_maps(ds, of_elements or None, elements, progress)
    for name in ds.map_names if names is None and not ds.has_spectra else names or ():
        if name in ds.map_names:
            maps.append(SourceMap(name, partial(ds.stored_map, name), units_of_map(ds, name)))
    if bands:
        found = ds.band_maps(bands, progress)
        unit = ds.axis.unit
        for (lo, hi), values in zip(bands, found, strict=True):
            maps.append(SourceMap(f"{lo:g}-{hi:g} {unit}", partial(np.asarray, values), BAND_MAP_UNITS))
    if not maps:
        words = _("{name}: there are no maps to lay on the photograph.")
        raise PictureError(words.format(name=ds.path.name))
    return maps


def write_onto(
    bundle: Bundle,
    maps: Sequence[SourceMap],
    route: FramePath,
    renderer: OntoGrid,
    kinds: Sequence[str],
    others: Sequence[FramePicture] = (),
    progress: Progress = silent,
) -> None:
    """Write maps on the last frame of a path, with ``about.json``.

    Parameters
    ----------
    bundle : Bundle
        Takes the files.
    maps : sequence of SourceMap
    route : FramePath
        From the maps to the frame.
    renderer : OntoGrid
        Onto that frame.
    others : sequence of FramePicture
        Other photographs in that frame.
    kinds, progress
        As in `maps_onto_photograph`.
    """
    ds = route.edges[0].ds
    step = pixel_size_of(ds)
    about: dict[str, Any] = {
        "scan": ds.path.stem,
        **path_record(route),
        "resampling": renderer.method,
        "map_pixels_per_photograph_pixel": renderer.step,
        "map_pixel_mm": step and list(step),
        **NOTES,
        "software": SOFTWARE,
        "maps": [],
    }
    for number, named in enumerate(maps):
        words = _("laying {name} on the photograph").format(name=named.name)
        told = _part(progress, number, len(maps) + len(others), words)
        stem = file_stem(ds.path.stem, named.name)
        about["maps"].append(_write_map(bundle, stem, named, route, renderer, kinds, told))
    if others:
        about["pictures"] = []
    for number, picture in enumerate(others, len(maps)):
        words = _("laying {name} on the photograph").format(name=picture.source)
        told = _part(progress, number, len(maps) + len(others), words)
        name = f"{file_stem(ds.path.stem, picture.source)}.tif"
        bundle.add(name, partial(write_frame_picture, picture=picture, told=told))
        about["pictures"].append({"file": name, **picture.about()})
    content = json.dumps(about, indent=1) + "\n"
    bundle.add(ABOUT, lambda file: file.write_text(content, encoding="utf-8"))
    progress(1.0, _("maps written"))


def _write_map(
    bundle: Bundle,
    stem: str,
    named: SourceMap,
    route: FramePath,
    renderer: OntoGrid,
    kinds: Sequence[str],
    told: Callable[[float], None],
) -> dict[str, Any]:
    """Write the files of one map, which is rendered once; return what is said of them."""
    values = np.asarray(named.values(), np.float32)
    pictures = {
        kind: ScaledPng(renderer.grid_shape, Scale.of(values, BITS[kind])) for kind in kinds if kind in BITS
    }
    tiles = _tiles(values, renderer, pictures, told)
    record: dict[str, Any] = {"map": named.name, "unit": named.unit, "files": {}}
    if TIFF in kinds:
        page = {"scan": route.start.title, "map": named.name, "unit": named.unit} | path_record(route)
        name = f"{stem}.tif"
        bundle.add(name, lambda file: write_tiled_tiff(file, tiles, renderer.grid_shape, np.float32, page))
        record["files"][TIFF] = {"file": name}
    for _tile in tiles:  # for the pictures alone
        pass
    for kind, picture in pictures.items():
        name = f"{stem}_{BITS[kind]}bit.png"
        bundle.add(name, picture.write)
        record["files"][kind] = {"file": name, **picture.scale.record()}
    return record


def _tiles(
    values: np.ndarray, renderer: OntoGrid, pictures: dict[str, ScaledPng], told: Callable[[float], None]
) -> Iterator[np.ndarray]:
    """Yield the tiles of a map, and fill its pictures meanwhile."""
    height = renderer.grid_shape[0]
    for rows, columns in renderer.tiles():
        told(rows.start / height)
        tile, _covered = renderer.part(values, rows, columns)
        for picture in pictures.values():
            picture.fill(rows, columns, tile)
        yield tile


def _element_maps(
    ds: DataStack, families: Sequence[str] | None, elements: ScanElements | None, progress: Progress
) -> list[SourceMap]:
    if elements is None and families is not None:
        found = ds.element_maps(families, progress, keep=False)
        nets = dict(zip(found.names, found.net, strict=True))
        return [SourceMap(family, partial(nets.__getitem__, family), COUNTS_UNIT) for family in families]
    if elements is None:
        elements = scan_elements(ds, progress=progress)
    shown = replace(elements, row_displacement=ds.row_displacement)
    wanted = families or [finding.family for finding in shown.findings]
    return [SourceMap(family, partial(_net, shown, family), COUNTS_UNIT) for family in wanted]


def _net(elements: ScanElements, family: str) -> np.ndarray:
    return elements.shown(family)[0]


def _part(progress: Progress, number: int, count: int, words: str) -> Callable[[float], None]:
    return lambda done: progress((number + done) / count, words)


def _check(kinds: Sequence[str]) -> None:
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        words = _("There is no kind of file {kind!r:.40} for maps; there are: {listed}.")
        raise PictureError(words.format(kind=", ".join(unknown), listed=", ".join(KINDS)))
