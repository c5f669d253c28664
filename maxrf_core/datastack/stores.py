"""Kinds of datastack files: their interface, and opening by content."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from maxrf_core import file_signatures
from maxrf_core.atomic import changes as atomic
from maxrf_core.cube.binned import BinnedCube
from maxrf_core.cube.cube import Cube
from maxrf_core.datastack.cube_packing import Packing
from maxrf_core.datastack.hdf5_store import Hdf5Store
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.names import Attributes, Choose, Entry
from maxrf_core.progress import Progress


class Store(Protocol):
    """Interface of each kind of datastack file."""

    path: Path
    written_by_maxrf4u: bool

    def entries(self) -> list[Entry]:
        """List the arrays of the file."""

    def read(self, name: str) -> np.ndarray:
        """Read one complete array."""

    def about(self) -> dict[str, Any]:
        """Read the attributes of the file itself."""

    def note(self, about: Attributes) -> None:
        """Write attributes of the file itself."""

    def attributes(self, names: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read the attributes of some arrays."""

    def cube(self, name: str) -> Cube:
        """Return access to a cube, block by block."""

    def binned(self, name: str) -> BinnedCube | None:
        """Return access to a cube's binned counts; None if there are none."""

    def append(
        self, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, Attributes]
    ) -> dict[str, str]:
        """Add arrays, all or none."""

    def repack(
        self, choose: Choose, packing: Packing | None = None, progress: Progress | None = None
    ) -> None:
        """Rewrite the file with only some of its arrays."""

    def seconds_to_pack(self) -> float | None:
        """Estimate how long it takes to pack the cube as small as possible."""


def open_store(path: str | os.PathLike[str]) -> Store:
    """Open a datastack of either kind, recognised by its first bytes.

    Raises
    ------
    DatastackError
        If the file is absent, empty, or not a datastack.
    """
    path = Path(path)
    try:
        atomic.recover(path)
        with open(path, "rb") as file:
            start = file.read(8)
    except IsADirectoryError:
        raise DatastackError(
            _("{name} is a folder; choose a .datastack file in it.").format(name=path.name or path)
        ) from None
    except FileNotFoundError:
        raise DatastackError(_("There is no file {name}.").format(name=path.name)) from None
    except OSError as error:
        raise DatastackError(
            _("{name:.80} cannot be opened: {reason}.").format(name=path.name, reason=error.strerror)
        ) from error
    if start == file_signatures.HDF5:
        return Hdf5Store(path)
    if start.startswith(file_signatures.ZIP):
        from maxrf_core.datastack.zarr_store import ZarrStore  # zarr takes long to import

        return ZarrStore(path)
    what = _("is empty") if not start else _("is not a datastack (neither HDF5 nor a zip written by maxrf4u)")
    raise DatastackError(
        _("{name} {what}; choose another file, or convert the raw scan again.").format(
            name=path.name, what=what
        )
    )
