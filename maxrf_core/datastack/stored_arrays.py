"""Stored arrays: reading and appending of named, versioned arrays in one file."""

import copy
import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from maxrf_core.atomic import changes as atomic
from maxrf_core.cube.binned import BinnedCube
from maxrf_core.cube.cube import Cube
from maxrf_core.datastack.binned_cache import cache_state
from maxrf_core.datastack.html import ContentsTable
from maxrf_core.datastack.storable import PADDING, storable
from maxrf_core.datastack.stores import open_store
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.names import Attributes, Entry, Layers, find, newest, plain

if TYPE_CHECKING:
    import dask.array as da

MODES = ("r", "r+", "a")

T = TypeVar("T")


class StoredArrays(Layers):
    """Named, versioned arrays in one file; see `DataStack`, which is a scan with what was made from it."""

    def __init__(
        self,
        datastack_file: str | os.PathLike[str],
        mode: str = "r",
        verbose: bool = False,
        show_arrays: bool = True,
    ) -> None:
        if mode not in MODES:
            raise DatastackError(
                _(
                    "A datastack is opened with mode {listed}, not {mode!r:.20}: what is in it is "
                    "never overwritten."
                ).format(listed=" or ".join(map(repr, MODES)), mode=mode)
            )
        self._store = open_store(datastack_file)
        self.path = self._store.path
        self.datastack_file, self.mode = str(self.path), mode
        # A state of the file, and what was read from it
        self._remembered: tuple[Any, dict[str, Any]] = (None, {})
        self.entries()  # refuses a damaged file here rather than at the first read
        if verbose:
            self.tree(show_arrays)

    def __repr__(self) -> str:
        return f"DataStack({str(self.path)!r})"

    def _repr_html_(self) -> str:
        """Return the contents as a table, which notebooks show."""
        return ContentsTable(self.path, self.entries(), self.about)._repr_html_()

    def update_attrs(self) -> None:
        """Read the list of arrays again, as maxrf4u's notebooks do; this also happens by itself."""
        self._remembered = (None, {})
        self.entries()

    def __getattr__(self, name: str) -> "da.Array":
        """Return the array `name` lazily, as in maxrf4u's notebooks: ``ds.maxrf_cube``."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.read(name, latest=False, compute=False)
        except DatastackError as error:
            raise AttributeError(str(error)) from error

    def _once(self, what: str, read: Callable[[], T]) -> T:
        """Return a result that is read once for each state of the file."""
        generation = atomic.generation(self.path)
        if generation != self._remembered[0]:
            self._remembered = (generation, {})
        known = self._remembered[1]
        if what not in known:
            known[what] = read()
        return known[what]

    def entries(self) -> list[Entry]:
        """List every array with its shape, dtype and size on disk."""
        return list(self._once("entries", self._store.entries))

    @property
    def names(self) -> list[str]:
        """The names of all arrays, all versions, sorted."""
        return sorted(entry.name for entry in self.entries())

    datapath_list = names  # as maxrf4u calls it

    @property
    def written_by_maxrf4u(self) -> bool:
        """True if the file is a zarr zip, which maxrf4u's notebooks can open too."""
        return self._store.written_by_maxrf4u

    def latest(self, datapath: str) -> str:
        """Return the name of the newest version of an array: the one with the most trailing underscores.

        Raises
        ------
        ArrayNotFoundError
            Where there is none.
        """
        return newest(datapath, self.names)

    def read(self, datapath: str, latest: bool = True, compute: bool = True) -> Any:
        """Read an array.

        Parameters
        ----------
        datapath : str
            The array's name.
        latest : bool
            Read the newest version of that name; with False exactly `datapath`.
        compute : bool
            Read it into memory; with False give a lazy dask array.

        Returns
        -------
        numpy.ndarray or dask.array.Array

        Raises
        ------
        ArrayNotFoundError
            Where there is none; the sentence lists the names there are.
        """
        exact = find(datapath, self.names, latest)
        if compute:
            return self._store.read(exact)
        import dask.array as da  # takes 0.4 s, which few need

        entry = next(entry for entry in self.entries() if entry.name == exact)
        if len(entry.shape) == 3 and 0 not in entry.shape and entry.dtype != "text":
            state = (self.path.resolve(), *atomic.generation(self.path))
            return self._cube(exact).dask("-".join(map(str, (exact, *state))))
        return da.from_array(self._store.read(exact))

    @property
    def about(self) -> dict[str, Any]:
        """Root attributes of the file, which describe the scan, such as ``title`` (docs/format.md)."""
        return dict(self._once("about", self._store.about))

    def attributes(self, name: str, latest: bool = True) -> dict[str, Any]:
        """Read the attributes of an array's newest version, or with `latest` false of exactly that array."""
        exact = find(name, self.names, latest)
        return self.all_attributes([exact])[exact]

    def all_attributes(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Read the attributes of exactly these arrays, at once: for each name a dict."""
        wanted = tuple(find(name, self.names, latest=False) for name in names)
        read = self._once(f"attributes {wanted}", lambda: self._store.attributes(wanted))
        return copy.deepcopy(read)

    def read_list(self, datapath: str, latest: bool = True, nan: float = PADDING) -> list[list]:
        """Read a ragged list of numbers that `append_list` stored.

        Parameters
        ----------
        datapath : str
            The array's name.
        latest : bool
            Read the newest version.
        nan : number
            What the short rows were filled with.

        Returns
        -------
        list of list
            Python integers, or floats where floats were stored.
        """
        return [[item for item in row if item != nan] for row in self.read(datapath, latest=latest).tolist()]

    def append(
        self, arrays: Mapping[str, Any], attributes: Mapping[str, Attributes] | None = None
    ) -> dict[str, str]:
        """Add arrays, all or none; nothing is ever overwritten.

        Parameters
        ----------
        arrays : mapping of str to array_like
        attributes : mapping of str to mapping, optional
            For each name the attributes to be stored: numbers, texts, arrays.

        Returns
        -------
        dict
            For each name the name under which the array is stored. Where one of the names exists, all arrays
            get the same number of trailing underscores: one more than any version of any of them has.

        Raises
        ------
        DatastackError
            If a name is invalid, or the file cannot be changed; it is then unchanged.
        """
        ready = {name: storable(name, array) for name, array in arrays.items()}
        beside = {
            name: {key: plain(item) for key, item in of.items()} for name, of in (attributes or {}).items()
        }
        if not beside.keys() <= ready.keys():
            raise DatastackError(
                _("There are attributes for {listed}, but no array.").format(
                    listed=", ".join(beside.keys() - ready.keys())
                )
            )
        return self._store.append(ready, beside)

    def _cube(self, exact_name: str) -> Cube:
        return self._once(f"cube {exact_name}", lambda: self._store.cube(exact_name))

    def _binned(self, exact_name: str) -> BinnedCube | None:
        state = cache_state(self.path)  # the file itself does not change when its cache appears
        return self._once(f"binned {exact_name} {state}", lambda: self._store.binned(exact_name))

    def tree(self, show_arrays: bool = False) -> ContentsTable | None:
        """Print what the datastack holds.

        Parameters
        ----------
        show_arrays : bool
            Return the contents, too: at the end of a cell, a notebook shows them as a table.
        """
        contents = ContentsTable(self.path, self.entries(), self.about)
        print(contents)
        return contents if show_arrays else None
