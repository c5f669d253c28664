"""Datastacks that maxrf4u wrote: the cube, and all arrays that were computed from it."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core import file_signatures
from maxrf_core.errors import DatastackError, ScanError
from maxrf_core.language import _
from maxrf_core.names import CUBE, ENERGIES, newest, plain
from maxrf_core.readers.format import Format
from maxrf_core.readers.scan import ALL, Scan

# maxrf4u's default in channels; its files do not state what was used.
SMOOTHING_SIGMA = 7.0


class Maxrf4uScan(Scan):
    """The cube of a maxrf4u datastack, with all that was computed from it.

    Its spectra are smoothed (Gaussian, sigma 7 channels unless set otherwise) and stored as float32. The
    original counts cannot be restored.

    Parameters
    ----------
    path : path_like
        The datastack: a zarr store, format 2 or 3, inside a zip file.

    Raises
    ------
    ScanError
        If it holds no cube.
    DatastackError
        If the file is damaged.
    """

    smoothing_sigma = SMOOTHING_SIGMA

    def __init__(self, path: str | os.PathLike[str]) -> None:
        from maxrf_core.datastack.zarr_store import ZarrStore  # zarr takes long to import

        path = Path(path)
        self.paths = (path,)
        self.name = path.stem
        self._store = ZarrStore(path)
        self._names = [entry.name for entry in self._store.entries()]
        if CUBE not in self._names:
            held = ", ".join(self._names) or "nothing"
            raise ScanError(
                _("{name} holds no array {cube}, so there is no scan in it; it holds {held}.").format(
                    name=path.name, cube=CUBE, held=held
                )
            )
        self._cube = self._store.cube(newest(CUBE, self._names))
        self.shape, self.dtype = self._cube.shape, self._cube.dtype
        self.energies_source = f"maxrf4u, {path.name}"
        self.about = _storable(self._store.about())
        if ENERGIES in self._names:
            self.energies = self._store.read(newest(ENERGIES, self._names)).astype(np.float64)

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block of smoothed spectra, float32."""
        return self._cube[rows, columns, channels]

    @property
    def array_names(self) -> list[str]:
        """Names of all other arrays, each version of each, without older versions of the cube itself."""
        return [name for name in self._names if name.rstrip("_") != CUBE]

    def read_array(self, name: str) -> np.ndarray:
        """Read one of `array_names`, whole."""
        return self._store.read(name)

    def read_attributes(self, name: str) -> Mapping[str, Any]:
        """Read the attributes of one of `array_names`."""
        return self._store.attributes([name])[name]


def _storable(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes without those of a type that ours cannot have."""
    kept = {}
    for key, value in about.items():
        with suppress(DatastackError):
            kept[key] = plain(value)
    return kept


FORMAT: Format = Format(
    name="Datastack of maxrf4u",
    written_by="maxrf4u, all versions (zarr format 2 or 3 in a zip file)",
    reads="the smoothed cube, its energies and all other arrays, each version of each",
    omits=_("nothing is left out"),
    tested_with=_("maxrf4u 0.1.16 and 0.1.42"),
    files=((".datastack",),),
    open=Maxrf4uScan,
    untrusted_check="untrusted.zip:check_zip",
    signature=file_signatures.ZIP,
    is_datastack=True,
)
