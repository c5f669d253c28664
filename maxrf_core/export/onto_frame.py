"""A registered photograph rendered in the frame of another one, or in that of the maps."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.atomic.changes import replacing
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import PictureError, RegistrationError
from maxrf_core.export.large_pictures import write_tiled_tiff
from maxrf_core.export.needed_room import Room, check_room, rendered_room
from maxrf_core.imaging.read import read_picture
from maxrf_core.imaging.resample import full_scale
from maxrf_core.language import _
from maxrf_core.progress import Progress, silent
from maxrf_core.registration.frame_graph import FrameGraph, on_the_map
from maxrf_core.registration.frames import Frame, FramePath
from maxrf_core.registration.path_record import path_record
from maxrf_core.registration.placed_photo import placed_photo
from maxrf_core.registration.register import checksum
from maxrf_core.transform.composed import compose
from maxrf_core.transform.onto_grid import AREA, OntoGrid

ENDINGS = (".tif", ".tiff")


@dataclass(frozen=True, eq=False)
class FramePicture:
    """The pixels of a photograph, and the way from them to another frame.

    Attributes
    ----------
    pixels : array_like, (height, width) or (height, width, channels)
        In memory or on the disk: whatever has a shape, a dtype and slices of rows and columns.
    renderer : OntoGrid
        From these pixels to the frame.
    route : FramePath
        The registrations on the way.
    source : str
        Where the pixels are from: the name of the registered picture, or of the photograph's file.
    """

    pixels: Any
    renderer: OntoGrid
    route: FramePath
    source: str

    def about(self) -> dict[str, Any]:
        """Return what a file says of it, for JSON."""
        told = {"pixels_from": self.source, "resampling": self.renderer.method, "software": SOFTWARE}
        return {**path_record(self.route), **told}

    def room(self) -> Room:
        """Return the room on the disk that its file needs, at most."""
        return rendered_room(self.renderer, 1, [self.channels * _dtype(self.pixels.dtype).itemsize])

    @property
    def channels(self) -> int:
        """Channels of its file: colours have an opacity, too."""
        return 4 if self.pixels.ndim == 3 and self.pixels.shape[2] > 1 else 1


def render_onto(
    ds: DataStack,
    start: str,
    end: str,
    path: str | os.PathLike[str],
    *,
    file: str | os.PathLike[str] | None = None,
    method: str = AREA,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Path:
    """Render a registered photograph in another frame, such as the infrared in that of the photograph.

    Parameters
    ----------
    ds : DataStack
    start : str
        A registered photograph, see `FrameGraph.frame`.
    end : str
        The other frame: another registered photograph, or "map".
    path : path_like
        A TIFF file, which appears when it is complete.
    file : path_like, optional
        The photograph's own file, of which all pixels are used. By default the registered picture in the
        datastack is, which ends where the maps do.
    method : {"area", "linear", "nearest"}
        See `maxrf_core.transform.onto_grid.OntoGrid`.
    overwrite : bool
        Replace a file that exists.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Path

    Raises
    ------
    RegistrationError
        If there are no such frames, no registration that can be relied on leads from one to the other, or
        `file` is another photograph.
    PictureError
        If `path` is no name of a TIFF file, or `file` cannot be read.
    DatastackError
        If the file exists or cannot be written.

    Notes
    -----
    The picture keeps its dtype and channels. Where it does not reach, floats are NaN, colours get an opacity
    of 0, and grey integers are 0. The description of the TIFF file tells both frames, the registrations and
    the expected error, as JSON.
    """
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise PictureError(
            _("{name} should end in one of {listed}.").format(name=path.name, listed=", ".join(ENDINGS))
        )
    check_new_path(path, overwrite)
    picture = frame_picture(FrameGraph(ds), start, end, file=file, method=method)
    check_room(path, picture.room())
    words = _("laying {name} on {other}").format(name=picture.source, other=picture.route.end.title)
    with replacing(path) as unfinished:
        write_frame_picture(unfinished, picture, lambda done: progress(done, words))
    progress(1.0, words)
    return path


def frame_picture(
    graph: FrameGraph,
    start: str,
    end: str,
    *,
    file: str | os.PathLike[str] | None = None,
    method: str = AREA,
) -> FramePicture:
    """Return a photograph's pixels and the way to another frame.

    Parameters
    ----------
    graph : FrameGraph
    start, end, file, method
        As in `render_onto`.

    Returns
    -------
    FramePicture

    Raises
    ------
    RegistrationError, PictureError
        As `render_onto` does.
    """
    route = graph.path(start, end)
    if route.start.kind != "photograph" or not route.edges:
        words = _("{name} is no other registered photograph; the maps are laid on one by export --onto.")
        raise RegistrationError(words.format(name=route.start.title))
    if file is not None:
        pixels, source, transform = _own_pixels(route.start, Path(file)), Path(file).name, route.transform
    else:
        first = route.edges[0]
        placed = placed_photo(first.ds, first.name)
        is_grey = len(next(each.shape for each in first.ds.entries() if each.name == first.name)) == 2
        pixels = first.ds.read(first.name, latest=False, compute=is_grey)  # only colours are read in parts
        rest = FramePath(route.frames[1:], route.edges[1:])
        source, transform = first.name, compose(on_the_map(placed.extent, placed.shape), rest.transform)
    renderer = OntoGrid(transform.inverse(), pixels.shape, route.end.shape, method)
    return FramePicture(pixels, renderer, route, source)


def write_frame_picture(path: Path, picture: FramePicture, told: Callable[[float], None]) -> None:
    """Write a photograph in another frame as TIFF, tile by tile.

    Parameters
    ----------
    path : Path
    picture : FramePicture
    told : callable
        Called with the fraction done; an exception from it stops the work.
    """
    shape = (*picture.renderer.grid_shape, *([picture.channels] if picture.channels > 1 else []))
    write_tiled_tiff(path, _tiles(picture, told), shape, _dtype(picture.pixels.dtype), picture.about())


def _own_pixels(frame: Frame, file: Path) -> np.ndarray:
    """Read a photograph's own file, and check that it is the one that was registered."""
    if frame.sha256 is not None and checksum(file) != frame.sha256:
        words = _("{file} is not the photograph that was registered as {name}: its checksum differs.")
        raise RegistrationError(words.format(file=file.name, name=frame.title))
    pixels = read_picture(file, page=frame.page)
    if pixels.shape[:2] != frame.shape:
        words = _("{file} has not the size of the photograph that was registered as {name}.")
        raise RegistrationError(words.format(file=file.name, name=frame.title))
    return pixels


def _tiles(picture: FramePicture, told: Callable[[float], None]) -> Iterator[np.ndarray]:
    """Yield the tiles; colours have an opacity, which is 0 where the picture does not reach."""
    for rows, columns in picture.renderer.tiles():
        told(rows.start / picture.renderer.grid_shape[0])
        values, covered = picture.renderer.part(picture.pixels, rows, columns)
        values = values.astype(_dtype(values.dtype), copy=False)
        if values.ndim == 3 and values.shape[2] == 1:
            values = values[:, :, 0]
        elif values.ndim == 3:
            opaque = values[:, :, 3] if values.shape[2] == 4 else full_scale(values.dtype)
            opacity = np.where(covered, opaque, 0).astype(values.dtype)
            values = np.dstack([np.nan_to_num(values[:, :, :3]), opacity])
        yield values


def _dtype(dtype: Any) -> np.dtype:
    """Return a type that other programs read: 8 or 16 bits, or float32."""
    dtype = np.dtype(dtype)
    if dtype in (np.uint8, np.uint16):
        return dtype
    return np.dtype(np.uint8) if dtype == np.bool_ else np.dtype(np.float32)
