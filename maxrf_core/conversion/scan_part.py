"""Part of a scan: cropped, and with rows and columns that are to count as missing."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.names import MAX_SPECTRUM, MISSING, SUM_SPECTRUM
from maxrf_core.readers import ALL, MapsScan, Scan
from maxrf_core.readers.scan import missing_pixels, note_of_missing, ranges_in
from maxrf_core.transform.scan_picture import ScanPicture

Crop = tuple[int, int, int, int]
"""First and last pixel that are kept: x0, y0, x1, y1."""


def part_of(
    scan: Scan,
    crop: Crop | None = None,
    missing_rows: Iterable[int] = (),
    missing_columns: Iterable[int] = (),
) -> Scan:
    """Return a part of a scan as a scan, with all that its files hold for each pixel.

    Parameters
    ----------
    scan : Scan
        From `open_scan`.
    crop : (x0, y0, x1, y1), optional
        Columns and rows of two opposite corners, in pixels of the scan as its files hold it; both are kept.
    missing_rows, missing_columns : iterable of int
        Rows and columns of the scan that count as missing: their counts are left out.

    Returns
    -------
    Scan
        The scan itself if it is wanted whole.

    Raises
    ------
    ScanError
        If a corner, row or column lies outside of the scan, something was made from the whole scan that
        would not fit its part, or rows of element maps are to be missing.

    Examples
    --------
    >>> from maxrf_core.readers import ArrayScan
    >>> scan = ArrayScan(np.arange(24).reshape(2, 3, 4))
    >>> part_of(scan, (1, 0, 2, 0)).read(slice(0, 1), slice(0, 2), slice(0, 1)).tolist()
    [[[4], [8]]]
    """
    height, width, _channels = scan.shape
    rows, columns = sorted(set(missing_rows)), sorted(set(missing_columns))
    _check_inside(scan, rows, height, _("row"))
    _check_inside(scan, columns, width, _("column"))
    kept = (0, 0, width - 1, height - 1) if crop is None else _checked(scan, crop)
    is_cropped = kept != (0, 0, width - 1, height - 1)
    if not (is_cropped or rows or columns):
        return scan
    if isinstance(scan, MapsScan):
        if rows or columns:
            raise ScanError(_("Only rows and columns of spectra can be left out, and these are maps."))
        return _MapsPart(scan, kept)
    if is_cropped:
        _refuse_pictures(scan)
    return _ScanPart(scan, kept, rows, columns)


class _ScanPart(Scan):
    """Part of a scan with spectra, see `part_of`."""

    def __init__(self, scan: Scan, crop: Crop, rows: list[int], columns: list[int]) -> None:
        x0, y0, x1, y1 = crop
        self._scan, self._crop, self._left, self._top = scan, crop, x0, y0
        self._gone = _gone(scan, rows, columns)[y0 : y1 + 1, x0 : x1 + 1]
        self.shape = (y1 - y0 + 1, x1 - x0 + 1, scan.shape[2])
        self.name, self.dtype, self.paths = scan.name, scan.dtype, scan.paths
        self.energies, self.energies_source = scan.energies, scan.energies_source
        self.smoothing_sigma, self.natural_block = scan.smoothing_sigma, scan.natural_block
        self.about = _about_of(scan, crop)
        self._describe(scan, crop, {"missing_rows": rows, "missing_columns": columns})

    def _describe(self, scan: Scan, crop: Crop, lines: dict[str, list[int]]) -> None:
        """Cut what belongs to each pixel, and count what is missing anew."""
        x0, y0, x1, y1 = crop
        self.maps, attributes, notes = mark_missing(scan, self._gone, (slice(y0, y1 + 1), slice(x0, x1 + 1)))
        known = {name: value for name, value in scan.cube_attributes.items() if name != "pixels_missing"}
        gone = {name: np.array(numbers) for name, numbers in lines.items() if numbers}
        self.cube_attributes = {**known, **_crop_attributes(scan, crop), **attributes, **gone}
        self.notes = tuple(notes)

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block; rows and columns that are missing hold 0."""
        down, across = ranges_in(self.shape[:2], rows, columns)
        block = self._scan.read(_moved(down, self._top), _moved(across, self._left), channels)
        gone = self._gone[rows, columns]
        if gone.any():
            block[gone] = 0
        return block

    @property
    def unread(self) -> dict[tuple[int, int], str]:  # type: ignore[override]
        """Pixels that could not be read so far, without those that are missing anyway."""
        height, width, _channels = self.shape
        moved = {
            (row - self._top, column - self._left): name
            for (row, column), name in list(self._scan.unread.items())
        }
        return {
            (row, column): name
            for (row, column), name in moved.items()
            if 0 <= row < height and 0 <= column < width and not self._gone[row, column]
        }

    @property
    def pictures(self) -> tuple[ScanPicture, ...]:
        """Pictures of the whole scan, with the corners of the part."""
        return tuple(picture.part(self._scan.shape, self._crop) for picture in self._scan.pictures)

    @property
    def array_names(self) -> list[str]:
        """Names of the other arrays, without spectra of the whole scan."""
        names = self._scan.array_names
        return [name for name in names if name.rstrip("_") not in (SUM_SPECTRUM, MAX_SPECTRUM)]

    def read_array(self, name: str) -> np.ndarray:
        """Read one of `array_names`, whole."""
        return self._scan.read_array(name)

    def read_attributes(self, name: str) -> Mapping[str, Any]:
        """Read the attributes of one of `array_names`."""
        return self._scan.read_attributes(name)


class _MapsPart(MapsScan):
    """Part of element maps, see `part_of`."""

    def __init__(self, scan: MapsScan, crop: Crop) -> None:
        x0, y0, x1, y1 = crop
        self._scan, self._cut = scan, (slice(y0, y1 + 1), slice(x0, x1 + 1))
        self.shape = (y1 - y0 + 1, x1 - x0 + 1, 0)
        self.map_names, self.name, self.dtype, self.paths = scan.map_names, scan.name, scan.dtype, scan.paths
        self.about, self.notes = _about_of(scan, crop), scan.notes
        self.cube_attributes = {**scan.cube_attributes, **_crop_attributes(scan, crop)}

    def read_map(self, number: int) -> np.ndarray:
        """Read the part of one map."""
        return self._scan.read_map(number)[self._cut]


def known_missing(scan: Scan) -> np.ndarray:
    """Return the pixels of a scan that are known to have no spectrum: (height, width) bool."""
    stored = scan.maps.get(MISSING)
    return np.zeros(scan.shape[:2], bool) if stored is None else stored != 0


def mark_missing(
    scan: Scan, new: np.ndarray, part: tuple[slice, slice] = (ALL, ALL)
) -> tuple[dict[str, np.ndarray], dict[str, Any], list[str]]:
    """Return what a scan, or a part of it, tells of its pixels if more of them are missing.

    Parameters
    ----------
    scan : Scan
    new : ndarray of bool, shape (height, width)
        Pixels of the part, besides those of `known_missing`.
    part : (slice, slice)
        Rows and columns; all by default.

    Returns
    -------
    maps, attributes, notes
        All maps and notes, and the attributes that count the missing pixels, none without such.
    """
    known = known_missing(scan)
    maps, attributes, told = missing_pixels(known[part] | new)
    others = {name: without(values[part], new) for name, values in scan.maps.items() if name != MISSING}
    stale = note_of_missing(int(np.count_nonzero(known)))
    return others | maps, attributes, [*(note for note in scan.notes if note not in stale), *told]


def without(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """Return a map whose missing pixels have no value (NaN), if its type knows such; else the map itself."""
    if values.dtype.kind != "f" or not missing.any():
        return values
    return np.where(missing, np.asarray(np.nan, values.dtype), values)


def _gone(scan: Scan, rows: list[int], columns: list[int]) -> np.ndarray:
    gone = np.zeros(scan.shape[:2], bool)
    gone[rows] = True
    gone[:, columns] = True
    return gone


def _moved(part: range, by: int) -> slice:
    return slice(part.start + by, part.stop + by, part.step)


def _about_of(scan: Scan, crop: Crop) -> dict[str, Any]:
    """Return the metadata of a part: its first pixel lies elsewhere."""
    about = dict(scan.about)
    if "origin_mm" in about and "pixel_size_mm" in about:
        steps = np.asarray(about["pixel_size_mm"], np.float64)
        about["origin_mm"] = np.asarray(about["origin_mm"], np.float64) + steps * crop[:2]
    return about


def _crop_attributes(scan: Scan, crop: Crop) -> dict[str, Any]:
    height, width, _channels = scan.shape
    if crop == (0, 0, width - 1, height - 1):
        return {}
    return {"crop": np.array(crop), "crop_of": np.array([width, height])}


def _checked(scan: Scan, crop: Crop) -> Crop:
    """Return the corners of a crop, the upper left one first."""
    height, width, _channels = scan.shape
    (x0, x1), (y0, y1) = sorted((crop[0], crop[2])), sorted((crop[1], crop[3]))
    if x0 < 0 or y0 < 0 or x1 >= width or y1 >= height:
        raise ScanError(
            _(
                "{name} has {width} × {height} pixels, so columns {x0} to {x1} and rows {y0} to {y1} cannot "
                "be cut out of it; the first pixel is 0,0 and the last one {x},{y}."
            ).format(
                name=scan.name,
                width=width,
                height=height,
                x0=x0,
                x1=x1,
                y0=y0,
                y1=y1,
                x=width - 1,
                y=height - 1,
            )
        )
    return x0, y0, x1, y1


def _check_inside(scan: Scan, lines: list[int], length: int, what: str) -> None:
    for line in lines:
        if not 0 <= line < length:
            raise ScanError(
                _("{name} has no {what} {line}: they are counted from 0 to {last}.").format(
                    name=scan.name, what=what, line=line, last=length - 1
                )
            )


def _refuse_pictures(scan: Scan) -> None:
    pictures = [name for name in scan.array_names if not name.startswith("maxrf_")]
    if pictures:
        raise ScanError(
            _("{name} cannot be cropped: what was made from it ({what}) would not fit any more.").format(
                name=scan.name, what=", ".join(pictures)
            )
        )
