"""A mosaic of the element maps of several scans: a datastack of maps, oriented as their photograph."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from maxrf_core.atomic.new_path import check_new_path, is_one_of
from maxrf_core.cube.packed_chunks import GZIP_LEVEL
from maxrf_core.datastack.hdf5_store import NewFile, create_array, new_file
from maxrf_core.datastack.stored_maps import MAPS, MAPS_SIGMA, UNITS
from maxrf_core.datastack.stored_patches import OUTLINES, REGIONS
from maxrf_core.errors import DatastackError, RegistrationError
from maxrf_core.imaging.read import read_picture
from maxrf_core.language import _
from maxrf_core.mosaic.count_ratio import Factor, matching_factors
from maxrf_core.mosaic.grid import Grid, Tile, grid_over
from maxrf_core.mosaic.record import RECORD, record_text
from maxrf_core.mosaic.scan_maps import Places, Sampled, ScanMaps
from maxrf_core.mosaic.survey import Survey
from maxrf_core.patches.patch import COLOURS, MAX_NAME_LENGTH, MAX_PATCHES
from maxrf_core.progress import Progress, silent
from maxrf_core.registration.register import Registration, checksum, register
from maxrf_core.transform.extents import corners_of

SCANS = "mosaic_scans"
CHUNK_SIDE = 256  # pixels; tiles are whole chunks
MAX_SCANS = MAX_PATCHES  # of each its pixels are a patch


@dataclass(frozen=True, eq=False)
class MosaicPlan:
    """What a mosaic is made of.

    Attributes
    ----------
    survey : Survey
    grid : Grid
    factors : list of dict of str to Factor, or None
        Of each scan, by the name of the map; None if the counts stay as they are.
    """

    survey: Survey
    grid: Grid
    factors: list[dict[str, Factor]] | None = None

    @property
    def pixel_size(self) -> float | None:
        """Millimetres of a pixel, along a side; None if the first scan does not tell its own."""
        return self.survey.in_mm(self.grid.scale / self.survey.scans[0].scale)

    def factor(self, scan: int, name: str) -> float:
        """Return the factor of an element's counts in a scan."""
        return 1.0 if self.factors is None else self.factors[scan][name].value


def plan_mosaic(found: Survey, *, match_counts: bool = False, pixel_mm: float | None = None) -> MosaicPlan:
    """Plan the mosaic of surveyed scans.

    Parameters
    ----------
    found : Survey
    match_counts : bool
        Multiply the counts of each element in each scan by a factor, so that they are alike in the overlaps.
    pixel_mm : float, optional
        Millimetres of a pixel; by default a pixel is as large as one of the first scan.

    Returns
    -------
    MosaicPlan

    Raises
    ------
    RegistrationError
        If millimetres are given and the first scan does not tell its pixel size, or the mosaic is too large.
    """
    factors = None
    if match_counts:
        ratios = {(each.first, each.second): each.ratios for each in found.overlaps}
        factors = matching_factors(len(found.scans), ratios, found.names)
    return MosaicPlan(found, grid_over(found.scans, pixel_mm), factors)


def make_mosaic(
    plan: MosaicPlan,
    path: str | os.PathLike[str],
    *,
    photo: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write the mosaic of the maps of several scans; their cubes stay where they are.

    Each pixel is taken from one scan: from that whose border is farthest away. Nothing is blended.

    Parameters
    ----------
    plan : MosaicPlan
    path : path_like
        The new datastack. It appears when it is complete.
    photo : path_like, optional
        The photograph on which the scans are registered; the mosaic is then registered on it, too.
    overwrite : bool
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Path
        A datastack with ``maps``, their errors ``maps_sigma`` where known, ``mosaic_scans`` (which scan each
        pixel is from), a patch of each scan's pixels, and ``mosaic`` (JSON: scans, transforms, overlaps and
        factors).

    Raises
    ------
    DatastackError
        If the file exists, is one of the scans, or cannot be written.
    RegistrationError
        If no scan has a map, or the photograph is another one.
    PictureError
        If the photograph cannot be read.
    """
    path, report = Path(path), progress or silent
    found, grid = plan.survey, plan.grid
    check_new_path(path, overwrite)
    if is_one_of(path, [scan.ds.path for scan in found.scans]):
        words = _("{name} is one of the scans; choose another name for the mosaic.")
        raise DatastackError(words.format(name=path.name))
    if not found.names:
        raise RegistrationError(_("None of the scans has an element map."))
    if len(found.scans) > MAX_SCANS:
        words = _("These are {count} scans, and a mosaic holds {limit}.")
        raise RegistrationError(words.format(count=len(found.scans), limit=MAX_SCANS))
    registered = None if photo is None else _registered(plan, Path(photo))
    with new_file(path, overwrite=overwrite) as file:
        file.attrs["title"] = path.stem
        if plan.pixel_size is not None:
            file.attrs["pixel_size_mm"] = [plan.pixel_size] * 2
        datasets = _datasets(file, plan)
        tiles = list(grid.tiles())
        for number, tile in enumerate(tiles):
            words = _("joining the maps: {number} of {count} parts")
            report(0.9 * number / len(tiles), words.format(number=number + 1, count=len(tiles)))
            _write_tile(plan, tile, datasets)
            file.check()
        report(0.9, _("saving"))
        create_array(file, RECORD, np.array(record_text(found, grid, plan.factors, plan.pixel_size)))
        if registered is not None:
            for name, array in registered.arrays.items():
                create_array(file, name, array, registered.attributes[name])
    report(1.0, _("saving"))
    return path


def _datasets(file: NewFile, plan: MosaicPlan) -> dict[str, h5py.Dataset]:
    names, shape = plan.survey.names, plan.grid.shape
    chunk = tuple(min(side, CHUNK_SIDE) for side in shape)
    packed: dict[str, Any] = {"compression": "gzip", "compression_opts": GZIP_LEVEL, "shuffle": True}
    made = {
        name: file.create_dataset(
            name, (len(names), *shape), np.float32, chunks=(1, *chunk), fillvalue=np.nan, **packed
        )
        for name in (MAPS, MAPS_SIGMA)
    }
    made[SCANS] = file.create_dataset(SCANS, shape, np.uint8, chunks=chunk, **packed)
    sources = [scan.ds.path.name for scan in plan.survey.scans]
    patches = (len(sources), *shape)
    made[REGIONS] = file.create_dataset(REGIONS, patches, np.uint8, chunks=(1, *chunk), **packed)
    colours = [COLOURS[number % len(COLOURS)] for number in range(len(sources))]
    titles = [scan.name[:MAX_NAME_LENGTH] for scan in plan.survey.scans]
    if len(set(titles)) < len(titles):
        titles = [f"{title[:90]} ({number})" for number, title in enumerate(titles, 1)]
    made[REGIONS].attrs.update({"names": titles, "colours": colours})
    create_array(file, OUTLINES, np.array(["[]"] * len(sources)))
    units = {maps.units for maps in plan.survey.maps if maps.names}
    told = {"units": units.pop()} if len(units) == 1 and UNITS not in units else {}
    for name in (MAPS, MAPS_SIGMA):
        made[name].attrs.update({"names": list(names), "source": sources, **told})
    made[SCANS].attrs["names"] = ["", *sources]
    return made


def _write_tile(plan: MosaicPlan, tile: Tile, datasets: dict[str, h5py.Dataset]) -> None:
    """Write one tile of all maps, of their errors, and of the scans that they are from."""
    maps, grid = plan.survey.maps, plan.grid
    places = [_places(each, grid, tile) for each in maps]
    chosen = chosen_scans(maps, places)
    datasets[SCANS][tile] = chosen
    for scan in range(len(maps)):
        if (chosen == scan + 1).any():
            datasets[REGIONS][(scan, *tile)] = chosen == scan + 1
    for number, name in enumerate(plan.survey.names):
        values, sigma = (np.full(chosen.shape, np.nan, np.float32) for _each in range(2))
        for scan, (each, place) in enumerate(zip(maps, places, strict=True)):
            here = chosen == scan + 1
            if place is None or name not in each.names or not here.any():
                continue
            factor, sampled = np.float32(plan.factor(scan, name)), each.sample(name, place)
            values[here] = sampled.values[here] * factor
            if sampled.sigma is not None:
                sigma[here] = sampled.sigma[here] * factor
        for dataset, part in ((MAPS, values), (MAPS_SIGMA, sigma)):
            if np.isfinite(part).any():  # what is not written reads as NaN
                datasets[dataset][(number, *tile)] = part


def _places(maps: ScanMaps, grid: Grid, tile: Tile) -> Places | None:
    rows, columns = grid.box(maps.scan.outline())
    apart = rows.stop <= tile[0].start or tile[0].stop <= rows.start
    apart = apart or columns.stop <= tile[1].start or tile[1].stop <= columns.start
    return None if apart else Places(maps.scan, grid, tile)


def chosen_scans(maps: Sequence[ScanMaps], places: Sequence[Places | None]) -> np.ndarray:
    """Return the scan that each pixel of a tile is taken from: (rows, columns) uint8, from 1; 0 for none.

    It is that whose border is farthest away in the photograph, among those that have a value there.
    """
    shape = next((each.shape for each in places if each is not None), (0, 0))
    chosen, depth = np.zeros(shape, np.uint8), np.full(shape, -1.0, np.float32)
    for number, (each, place) in enumerate(zip(maps, places, strict=True)):
        if place is None or not each.names or not place.inside.any():
            continue
        first: Sampled = each.sample(each.names[0], place, errors=False)
        better = np.isfinite(first.values) & (place.depth > depth)
        chosen[better], depth[better] = number + 1, place.depth[better]
    return chosen


def _registered(plan: MosaicPlan, path: Path) -> Registration:
    """Register the photograph on the mosaic, whose grid is aligned with it."""
    scans, grid = plan.survey.scans, plan.grid
    told, found = scans[0].photo, checksum(path)
    if told.sha256 not in (None, found):
        words = _("{name} is not the photograph on which the scans are registered, which was {photo}.")
        raise RegistrationError(words.format(name=path.name, photo=told.title))
    photo = read_picture(path, page=told.page)
    on_map = corners_of(grid.shape)
    return register(
        photo,
        grid.shape,
        grid.from_photo.inverse().apply(on_map),
        on_map,
        model="similarity",
        pixel_size=plan.pixel_size,
        photo_name=path.name,
        photo_sha256=found,
        photo_page=told.page,
    )
