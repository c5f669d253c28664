"""Conversion of a scan of any size to a datastack.

The scan is read tile by tile, so memory use does not depend on its size. Several workers (threads, or the
processes of a cluster) read and pack tiles; one writer puts the chunks into the file in order.
"""

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from maxrf_core.atomic.new_path import check_new_path, is_one_of
from maxrf_core.conversion.maps_to_datastack import convert_maps
from maxrf_core.conversion.mark_dead_lines import Marked, mark_dead_lines
from maxrf_core.conversion.preview import overview
from maxrf_core.conversion.scan_sums import ScanSums
from maxrf_core.conversion.tiles import CountStats, Plan, Tile, cut_tiles, process_tile
from maxrf_core.conversion.unread_pixels import check_most_are_read, mark_unread
from maxrf_core.cube.binned import NewBinned
from maxrf_core.cube.chunk_grid import CHUNK_SHAPE
from maxrf_core.cube.flush_marks import NewIndex
from maxrf_core.cube.max_spectrum import MAXRF4U_SIGMA
from maxrf_core.cube.packed_chunks import create_cube
from maxrf_core.datastack.hdf5_store import NewFile, create_array, new_file
from maxrf_core.datastack.nxdata import CUBE_ATTRIBUTES, begin_nxdata, write_nxdata
from maxrf_core.datastack.stored_pictures import picture_names, write_pictures
from maxrf_core.errors import DatastackError, ScanError
from maxrf_core.language import _
from maxrf_core.names import CUBE, ENERGIES, MAX_SPECTRUM, PIXELS, SUM_SPECTRUM, Attributes, next_free, plain
from maxrf_core.progress import Pace, Progress, silent
from maxrf_core.readers import MapsScan, Scan
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.transform.coordinates import ORIENTATIONS, View
from maxrf_core.workers import Workers, workers

MEMORY = 1_000_000_000
PROGRAM_MEMORY = 300_000_000  # bytes used by Python and the libraries before anything is read


def convert(
    scan: Scan,
    path: str | os.PathLike[str],
    *,
    flip_horizontal: bool = False,
    flip_vertical: bool = False,
    quarter_turns: int = 0,
    overwrite: bool = False,
    calibration: Calibration | None = None,
    about: Attributes | None = None,
    keep_empty: bool = False,
    memory: float = MEMORY,
    scheduler: str | None = None,
    progress: Progress | None = None,
    beside: Callable[[], object] | None = None,
) -> Path:
    """Convert a scan to a datastack.

    Parameters
    ----------
    scan : Scan
        From `open_scan`, or a part from `part_of`. Read twice at most, never written to.
    path : path_like
        The new datastack. It appears when it is complete; stopping before leaves nothing.
    flip_horizontal, flip_vertical : bool
        Mirror left and right, top and bottom; both together turn the scan by 180°.
    quarter_turns : int
        Turn by so many times 90° clockwise, after mirroring. Odd turns exchange rows and columns, and with
        them the steps of ``pixel_size_mm``.
    overwrite : bool
        Replace a file that exists.
    calibration : Calibration, optional
        Stored instead of the energies of the scan.
    about : mapping, optional
        Root attributes that replace those of the scan, such as from `maxrf_core.spectrum.elements.Tube`.
    keep_empty : bool
        Keep rows and columns that hold no counts although their neighbours do. By default they are marked in
        the array ``missing``.
    memory : float
        Bytes that this process, or each process of a cluster, may use; below 400 MB as few as possible.
    scheduler : str, optional
        Address of a dask.distributed scheduler, whose workers then read and pack the scan; by default this
        computer does. The result is the same.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.
    beside : callable, optional
        Called last, just before the datastack appears, to write other files that belong to it.

    Returns
    -------
    Path
        The datastack: ``maxrf_cube`` in the smallest integer type that holds its counts,
        ``maxrf_sumspectrum``, ``maxrf_maxspectrum``, ``maxrf_energies`` if known, and the maps, the pictures
        (``picture_1`` …) and the other arrays of the scan's file. Of a `MapsScan`, ``maps`` alone, in the
        type of its files.

    Raises
    ------
    DatastackError
        If the file exists, is the scan itself, or cannot be written.
    ScanError
        If the scan cannot be read.
    ClusterError
        If the cluster cannot be reached.

    Notes
    -----
    Counts below 0 (some programs store −1) become 0, and an attribute of the cube states their number.
    Fractional values, and cubes smoothed by maxrf4u, are stored as float32. NaN and infinite values are
    missing: they are stored as NaN in float32 and excluded from the spectra, and an attribute of the cube
    states their number.

    The max spectrum is the maximum over all pixels of spectra smoothed with a Gaussian of 7 channels, as in
    maxrf4u; the sum spectrum is the mean over all pixels of the unsmoothed counts.

    Rows and columns that hold nothing, or counts unlike those of their neighbours, are named in notes of the
    cube, see `find_dead_lines`.

    The type is guessed from a sample of pixels. If a count does not fit, the conversion restarts with a
    larger type: this is the second reading.
    """
    path = Path(path)
    view = View.of_flips(flip_horizontal, flip_vertical, quarter_turns)
    made: dict[str, int] = {"flipped_horizontally": flip_horizontal, "flipped_vertically": flip_vertical}
    made["quarter_turns"] = quarter_turns % 4
    if isinstance(scan, MapsScan):
        _refuse_itself(scan, path, overwrite)
        describe = partial(_write_about, {**_about_in(view, scan), **(about or {})})
        progress = progress or silent
        made_so = {**scan.cube_attributes, **made}
        return convert_maps(
            scan, path, view, made_so, describe=describe, report=progress, overwrite=overwrite, beside=beside
        )
    _refuse(scan, path, overwrite, view != ORIENTATIONS[0])
    shape = _shape_in(view, scan)
    chunk = tuple(min(size, length) for size, length in zip(CHUNK_SHAPE, shape, strict=True))
    begun_at, report, pictures = 0.0, progress or silent, scan.pictures
    with workers(scheduler) as crew:
        dtype = _guess_dtype(scan)
        while True:
            plan = Plan(dtype, chunk, view)  # type: ignore[arg-type]
            try:
                with new_file(path, overwrite=overwrite) as file:
                    _write_about({**_about_in(view, scan), **(about or {})}, file)
                    cube = create_cube(file, shape, plan.dtype, plan.chunk)
                    # Before the counts, so that a truncated file still has them
                    cube.attrs.update({**_cube_attributes(scan), **made})
                    _begin_spectra(scan, file)
                    begin_nxdata(file, {*scan.array_names, *scan.maps, *picture_names(len(pictures))})
                    spectra = _copy_counts(scan, file, plan, crew, memory, _from(begun_at, report))
                    _copy_arrays(scan, file)
                    found = mark_unread(scan, spectra.unread)
                    cube.attrs.update(_cube_attributes(found))
                    marks = mark_dead_lines(found, view, spectra.pixel_totals, keep_empty)
                    _write_maps(file, plan, marks)
                    write_pictures(file, pictures, view)
                    _write_spectra(scan, file, spectra, plan.view, marks)
                    _compare_with_stated_sum(scan, file, spectra)
                    _write_energies(scan, file, calibration)
                    write_nxdata(file)
                    report(1.0, _("saving"))
                    if beside is not None:
                        file.flush()  # so that what can fail has failed
                        beside()
                return path
            except _DoesNotFitError as too_small:
                dtype, begun_at = too_small.dtype, too_small.done


def _refuse(scan: Scan, path: Path, overwrite: bool, turned: bool) -> None:
    if min(scan.shape) < 1:
        raise ScanError(
            _("{name} is empty: {listed} (rows × columns × channels).").format(
                name=scan.name, listed=" × ".join(map(str, scan.shape))
            )
        )
    _refuse_itself(scan, path, overwrite)
    pictures = [name for name in scan.array_names if not name.startswith("maxrf_")]
    if turned and pictures:
        what = ", ".join(pictures)
        raise ScanError(
            _(
                "{name} cannot be turned or mirrored: what was made from it ({what}) would not fit any more."
            ).format(name=scan.name, what=what)
        )


def _refuse_itself(scan: Scan, path: Path, overwrite: bool) -> None:
    check_new_path(path, overwrite)
    if is_one_of(path, scan.paths):
        raise DatastackError(
            _("{name} is the scan itself; choose another name for the datastack.").format(name=path.name)
        )


class _DoesNotFitError(Exception):
    """A count does not fit into the type that was guessed."""

    def __init__(self, dtype: np.dtype, done: float) -> None:
        super().__init__(f"needs {dtype}")
        self.dtype, self.done = dtype, done


def _from(begun_at: float, report: Progress) -> Progress:
    """Go on reporting where an attempt that came to nothing has stopped."""
    return lambda fraction, doing: report(begun_at + (1 - begun_at) * fraction, doing)


def _guess_dtype(scan: Scan) -> np.dtype:
    """Guess the smallest type that holds all counts from pixels spread over the scan."""
    dtype = np.dtype(scan.dtype)
    if dtype.kind not in "uif":
        raise ScanError(
            _("{name} holds {dtype} values, which are no counts.").format(name=scan.name, dtype=scan.dtype)
        )
    if scan.smoothing_sigma:
        return np.dtype(np.float32)
    if dtype.kind in "ui" and dtype.itemsize == 1:
        return np.dtype(np.uint8)
    return CountStats.of(overview(scan)).smallest_dtype


def _copy_counts(
    scan: Scan, file: NewFile, plan: Plan, crew: Workers, memory: float, report: Progress
) -> ScanSums:
    """Write the cube and return its spectra.

    Raises
    ------
    _DoesNotFitError
        If the plan's dtype is too small.
    """
    cube = file[CUBE]
    taken = {*scan.array_names, *scan.maps}
    index, binned = NewIndex(cube, taken), NewBinned(cube, taken)
    height, width, channels = cube.shape
    itemsize = np.dtype(scan.dtype).itemsize
    # One share more for tiles waiting to be written
    share = max(0.0, memory - PROGRAM_MEMORY - binned.max_bytes) / (crew.count + 1)
    tiles = cut_tiles(cube.shape, itemsize, plan, share, _natural_block(plan.view, scan))
    spectra, pace, done = ScanSums(cube.shape), Pace(height * width * channels * itemsize), 0
    report(0.0, _("writing row 0 of {height}").format(height=height))
    fits = True
    for (tile, _fits), packed in crew.in_order(
        partial(process_tile, scan, plan), ((tile, fits) for tile in tiles)
    ):
        spectra.add(packed)
        check_most_are_read(scan, spectra.unread)
        if fits and packed.columns:
            for column in packed.columns:
                for place, chunk in column.chunks.items():
                    cube.id.write_direct_chunk(place, chunk.data)
                    index.add(place, chunk.marks)
                if column.binned is not None:
                    binned.add(column.corner, column.binned)
            file.check()
            doing = _("writing")
        else:
            fits, doing = False, _("looking for the highest count,")
            if _is_final(scan, spectra.found):
                break
        done += _count_values(tile)
        fraction, words = done / (height * width * channels), pace.text(done * itemsize)
        told = _("{doing} row {row} of {height}").format(doing=doing, row=tile.rows.stop, height=height)
        report(0.999 * fraction, told + (f", {words}" if words else ""))
    if not fits:
        raise _DoesNotFitError(spectra.found.smallest_dtype, done / (height * width * channels))
    index.write()
    binned.write()
    odd = {
        "negative_counts_set_to_0": spectra.found.negative * (plan.dtype.kind == "u"),
        "missing_values": spectra.found.missing,
    }
    cube.attrs.update({name: count for name, count in odd.items() if count})
    return spectra


def _shape_in(view: View, scan: Scan) -> tuple[int, int, int]:
    """Return the shape of a scan's cube in an orientation."""
    height, width, channels = scan.shape
    across, down = view.shown_size(width, height)
    return down, across, channels


def _natural_block(view: View, scan: Scan) -> tuple[int, int, int]:
    """Return a scan's natural block in an orientation."""
    height, width, channels = scan.natural_block
    across, down = view.shown_size(width, height)
    return down, across, channels


def _about_in(view: View, scan: Scan) -> dict[str, Any]:
    """Return the metadata of a scan in an orientation: a quarter turn exchanges the steps in x and y."""
    about = dict(scan.about)
    if view.turns % 2 and "pixel_size_mm" in about:
        about["pixel_size_mm"] = np.asarray(about["pixel_size_mm"], dtype=np.float64)[::-1].copy()
    return about


def _cube_attributes(scan: Scan) -> dict[str, Any]:
    """Return what a scan tells of its cube, as attributes of the new one."""
    told = {**CUBE_ATTRIBUTES, "source": scan.source, **scan.cube_attributes}
    if scan.notes:
        told["notes"] = [str(note) for note in scan.notes]  # h5py takes no subclasses
    if scan.smoothing_sigma:
        told["smoothing_sigma"] = scan.smoothing_sigma
    return told


def _is_final(scan: Scan, found: CountStats) -> bool:
    """Return True if the smallest type for the counts so far must hold all others."""
    dtype = np.dtype(scan.dtype)
    return not found.whole or (
        dtype.kind in "ui" and found.largest > np.iinfo(f"u{max(1, dtype.itemsize // 2)}").max
    )


def _count_values(tile: Tile) -> int:
    rows, columns, channels = (part.stop - part.start for part in (tile.rows, tile.columns, tile.channels))
    return rows * columns * channels


def _write_about(about: Mapping[str, Any], file: h5py.File) -> None:
    """Write the scan's metadata as root attributes, except those that the file has already."""
    for key, value in about.items():
        if key not in file.attrs:
            file.attrs[key] = plain(value)


def _copy_arrays(scan: Scan, file: h5py.File) -> None:
    """Copy the other arrays of the scan's file under their names."""
    for name in scan.array_names:
        array, plain_name = scan.read_array(name), name.rstrip("_")
        exact = plain_name in (SUM_SPECTRUM, ENERGIES) or plain_name.endswith("_extent")
        if exact and array.dtype.kind in "iuf":  # maxrf4u has float32 and int64 there, our format float64
            array = array.astype(np.float64)
        dataset = create_array(file, name, array, scan.read_attributes(name))
        if plain_name == MAX_SPECTRUM:
            dataset.attrs["smoothing_sigma"] = scan.smoothing_sigma


def _write_maps(file: h5py.File, plan: Plan, marked: Marked) -> None:
    """Write what the scan holds for each pixel, turned as the cube is, and what is missing of it."""
    for name, values in marked.maps.items():
        if name not in file:
            create_array(file, name, np.ascontiguousarray(plan.view.turn(values)))
    file[CUBE].attrs.update(marked.attributes)


def _begin_spectra(scan: Scan, file: h5py.File) -> None:
    """Make the arrays of the spectra, unless the scan has its own, with zeros."""
    channels = scan.shape[2]
    if SUM_SPECTRUM not in scan.array_names:
        create_array(file, SUM_SPECTRUM, np.zeros(channels, np.float64))
    if MAX_SPECTRUM not in scan.array_names:
        sigma = {"smoothing_sigma": scan.smoothing_sigma or MAXRF4U_SIGMA}
        create_array(file, MAX_SPECTRUM, np.zeros(channels, np.float32), sigma)


def _write_spectra(scan: Scan, file: h5py.File, spectra: ScanSums, view: View, marks: Marked) -> None:
    if SUM_SPECTRUM not in scan.array_names:
        file[SUM_SPECTRUM][:], pixels = spectra.mean(marks.missing(view))
        if pixels != spectra.pixel_totals.size:
            file[SUM_SPECTRUM].attrs[PIXELS] = pixels
    if MAX_SPECTRUM not in scan.array_names:
        file[MAX_SPECTRUM][:] = spectra.maximum


def _compare_with_stated_sum(scan: Scan, file: h5py.File, spectra: ScanSums) -> None:
    """Add a note if the counts of all pixels are not those that the scan's files state."""
    if scan.stated_sum is None or np.array_equal(spectra.total, scan.stated_sum):
        return
    note = _(
        "The sum spectrum in {name} differs from its pixels: it holds {stated:,} counts, they hold {read:,}."
    )
    read, stated = int(spectra.total.sum()), int(scan.stated_sum.sum())
    told = note.format(name=scan.paths[0].name, stated=stated, read=read)
    attributes = file[CUBE].attrs
    attributes["notes"] = [*attributes.get("notes", []), told]


def _write_energies(scan: Scan, file: h5py.File, calibration: Calibration | None) -> None:
    """Write the energies, unless they were copied, and the gain and offset of each version."""
    if calibration is not None:
        line = {"gain": calibration.gain, "offset": calibration.offset, "source": calibration.source}
        create_array(file, next_free(ENERGIES, file), calibration.energies(scan.shape[2]), line)
    elif scan.energies is not None and ENERGIES not in file:
        create_array(file, ENERGIES, np.asarray(scan.energies, dtype=np.float64))
    for name in file:
        if name.rstrip("_") == ENERGIES and "source" not in file[name].attrs:
            values = file[name][()]
            gain = float(values[-1] - values[0]) / max(1, len(values) - 1)
            file[name].attrs.update(gain=gain, offset=float(values[0]), source=scan.energies_source)
