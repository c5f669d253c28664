"""Element maps as TIFF files that other programs read: one a family, or all in one OME-TIFF."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import tifffile

from maxrf_core._version import SOFTWARE
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.spectrum.families import split_family

COUNTS_UNIT = "net counts per pixel"
RESIDUAL_UNIT = "variance left over by the model, relative to counting noise"
MAX_PLAIN_TIFF = 2_000_000_000  # bytes of values; more needs BigTIFF


@dataclass(frozen=True)
class MapNotes:
    """What the files of a scan's maps say of themselves.

    Attributes
    ----------
    scan : str
        Name of the scan.
    unit : str
        Of the values, such as "net counts per pixel".
    step_mm : (float, float), optional
        Distance of pixels in x and y.
    remark : str
        Such as "odd rows shifted back by 0.50 pixels".
    settings : mapping
        What the maps were made with, see `ElementMaps.about`.
    """

    scan: str
    unit: str = COUNTS_UNIT
    step_mm: tuple[float, float] | None = None
    remark: str = ""
    settings: Mapping[str, Any] | None = None

    def about(self, family: str, page: str, unit: str) -> dict[str, Any]:
        """Return what a page says of itself, for JSON."""
        element = {"element": split_family(family)[0], "family": family} if family else {}
        told = {
            "scan": self.scan,
            **element,
            "page": page,
            "unit": unit,
            "step_mm": self.step_mm and list(self.step_mm),
            "remark": self.remark,
            "settings": dict(self.settings or {}),
            "software": SOFTWARE,
        }
        return {name: value for name, value in told.items() if value not in (None, "", {})}


def notes_of(ds: DataStack, settings: Mapping[str, Any], unit: str = COUNTS_UNIT) -> MapNotes:
    """Return the notes of a scan's maps."""
    moved = ds.row_displacement
    remark = f"odd rows shifted back by {moved:.2f} pixels" if moved else ""
    shown = {name: settings[name] for name in SETTINGS if name in settings}
    return MapNotes(ds.path.stem, unit, pixel_size_of(ds), remark, shown)


SETTINGS = ("tube_anode", "tube_kV", "gain", "offset", "fwhm_at_6_4_keV", "version", "model")


def write_family(file: IO[bytes], family: str, net: np.ndarray, sigma: np.ndarray, notes: MapNotes) -> None:
    """Write a family's map as TIFF: net counts, and their standard deviation as the second page.

    Parameters
    ----------
    file : binary file
    family : str
    net, sigma : ndarray, shape (height, width)
        Written as float32. Missing values are NaN.
    notes : MapNotes
        Each page's description has them as JSON.
    """
    sigma_unit = f"standard deviation of the {notes.unit}, from counting"
    pages = [
        (net, notes.about(family, "net", notes.unit)),
        (sigma, notes.about(family, "sigma", sigma_unit)),
    ]
    _write_pages(file, pages, notes.step_mm)


def write_residual(file: IO[bytes], values: np.ndarray, notes: MapNotes) -> None:
    """Write what the model leaves over, (height, width), as TIFF."""
    _write_pages(file, [(values, notes.about("", "residual", RESIDUAL_UNIT))], notes.step_mm)


def _write_pages(
    file: IO[bytes],
    pages: Sequence[tuple[np.ndarray, Mapping[str, Any]]],
    step_mm: tuple[float, float] | None,
) -> None:
    with tifffile.TiffWriter(file) as writer:
        for values, about in pages:
            writer.write(
                np.asarray(values, np.float32),
                photometric="minisblack",
                compression="zlib",
                description=json.dumps(about),
                software=SOFTWARE,
                metadata=None,
                **_resolution(step_mm),
            )


def write_ome(
    file: IO[bytes],
    families: Sequence[str],
    nets: Iterable[np.ndarray],
    shape: Sequence[int],
    notes: MapNotes,
) -> None:
    """Write the net counts of all families as one OME-TIFF, a channel each.

    Parameters
    ----------
    file : binary file
        That can be read and written at any place.
    families : sequence of str
        Names of the channels.
    nets : iterable of ndarray, shape (height, width)
        Their maps; one is in memory at a time.
    shape : (height, width)
    notes : MapNotes
    """
    metadata: dict[str, Any] = {
        "axes": "CYX",
        "Name": notes.scan,
        "Channel": {"Name": list(families)},
        "Description": json.dumps({"unit": notes.unit, "remark": notes.remark, "software": SOFTWARE}),
    }
    if notes.step_mm is not None:
        x, y = notes.step_mm
        metadata |= {
            "PhysicalSizeX": x,
            "PhysicalSizeXUnit": "mm",
            "PhysicalSizeY": y,
            "PhysicalSizeYUnit": "mm",
        }

    size = 4 * len(families) * shape[0] * shape[1]
    with tifffile.TiffWriter(file, ome=True, bigtiff=size > MAX_PLAIN_TIFF) as writer:
        writer.write(
            (np.asarray(net, np.float32) for net in nets),
            shape=(len(families), *shape),
            dtype=np.float32,
            photometric="minisblack",
            compression="zlib",
            software=SOFTWARE,
            metadata=metadata,
            **_resolution(notes.step_mm),
        )


def _resolution(step_mm: tuple[float, float] | None) -> dict[str, Any]:
    if step_mm is None:
        return {}
    return {"resolution": (10 / step_mm[0], 10 / step_mm[1]), "resolutionunit": "CENTIMETER"}
