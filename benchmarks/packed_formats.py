"""Formats of others that pack a cube in small parts, each read by its own library.

Their packages are those of `requirements-bench.txt`, which `make bench` installs; where one is missing, its
format is left out. All shuffle the bits of neighbouring counts and pack them with zstd, which was the best of
what each offers in trials with both densities; parts and packs are as large as suits both maps and pixels.
"""

from abc import abstractmethod
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import h5py
import numpy as np

from benchmarks.alternatives import TILE, Files, Sliced

LEVEL = 3
PART = (16, 16, 64)  # what is packed alone
BLOCKS = (64, 64, 256)  # what lies together in an array of Blosc2
SHARD = (64, 64, 1024)  # and in a file of zarr
CHUNK = (32, 32, 64)  # of HDF5, which knows no smaller parts


class PackedFormat(Sliced):
    """A format that its own library writes and reads.

    Attributes
    ----------
    package : str
        The module that it needs.
    """

    package: ClassVar[str]

    @classmethod
    def is_available(cls) -> bool:
        """Return whether its package is installed."""
        return find_spec(cls.package) is not None

    @classmethod
    def write(cls, files: Files) -> None:
        """Write the counts, tile by tile."""
        path = getattr(files, cls.file)
        height, width, _ = files.counts().shape
        written = cls._create(path, files.counts().shape)
        high, wide = TILE
        for y in range(0, height, high):
            counts = files.counts()  # mapped anew, or all that was read would count as this process's memory
            for x in range(0, width, wide):
                part = np.s_[y : min(y + high, height), x : min(x + wide, width)]
                cls._put(written, part, np.array(counts[part]))
        cls._finish(written)

    @classmethod
    @abstractmethod
    def _create(cls, path: Path, shape: tuple[int, int, int]) -> Any:
        """Create an empty array."""

    @classmethod
    def _put(cls, written: Any, part: tuple[slice, slice], counts: np.ndarray) -> None:
        written[part] = counts

    @classmethod
    def _finish(cls, written: Any) -> None:
        """Close what was written."""


class Blosc2(PackedFormat):
    """An array of Blosc2: chunks of blocks, of which only those that are needed are unpacked."""

    name, file, package = "Blosc2 b2nd", "b2nd", "blosc2"

    def __init__(self, files: Files) -> None:
        import blosc2

        self._array = blosc2.open(str(files.b2nd), mode="r")

    @classmethod
    def _create(cls, path: Path, shape: tuple[int, int, int]) -> Any:
        import blosc2

        packing = blosc2.CParams(
            codec=blosc2.Codec.ZSTD, clevel=LEVEL, filters=[blosc2.Filter.BITSHUFFLE], typesize=2
        )
        path.unlink(missing_ok=True)
        return blosc2.empty(
            shape, np.uint16, chunks=BLOCKS, blocks=PART, urlpath=str(path), contiguous=True, cparams=packing
        )


class _ReadAtOnce:
    """An array of TensorStore whose slices are read when they are taken."""

    def __init__(self, array: Any) -> None:
        self._array, self.shape = array, array.shape

    def __getitem__(self, part: Any) -> np.ndarray:
        return self._array[part].read().result()


class TensorStore(PackedFormat):
    """Zarr 3, whose chunks lie together in larger files, read by TensorStore."""

    name, file, package = "TensorStore, zarr3 shards", "shards", "tensorstore"

    def __init__(self, files: Files) -> None:
        import tensorstore

        self._array = _ReadAtOnce(tensorstore.open(self._at(files.shards), open=True).result())

    @classmethod
    def _create(cls, path: Path, shape: tuple[int, int, int]) -> Any:
        import tensorstore

        packing = {"cname": "zstd", "clevel": LEVEL, "shuffle": "bitshuffle", "typesize": 2}
        inner = [
            {"name": "bytes", "configuration": {"endian": "little"}},
            {"name": "blosc", "configuration": packing},
        ]
        sharding = {"chunk_shape": PART, "codecs": inner}
        metadata = {
            "data_type": "uint16",
            "shape": shape,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": SHARD}},
            "codecs": [{"name": "sharding_indexed", "configuration": sharding}],
        }
        return tensorstore.open(
            cls._at(path) | {"metadata": metadata}, create=True, delete_existing=True
        ).result()

    @classmethod
    def _put(cls, written: Any, part: tuple[slice, slice], counts: np.ndarray) -> None:
        written[part].write(counts).result()

    @staticmethod
    def _at(path: Path) -> dict[str, Any]:
        return {"driver": "zarr3", "kvstore": {"driver": "file", "path": str(path)}}


class BitshuffledHdf5(PackedFormat):
    """An HDF5 file whose chunks only programs with the plugin can read."""

    name, file, package = "h5py, bitshuffle + zstd", "bitshuffled", "hdf5plugin"

    def __init__(self, files: Files) -> None:
        import hdf5plugin  # noqa: F401 - tells HDF5 where its plugins are

        self._opened = h5py.File(files.bitshuffled)
        self._array = self._opened["cube"]

    def close(self) -> None:
        self._opened.close()

    @classmethod
    def _create(cls, path: Path, shape: tuple[int, int, int]) -> Any:
        import hdf5plugin

        packing = hdf5plugin.Bitshuffle(cname="zstd", clevel=LEVEL)
        chunks = tuple(map(min, CHUNK, shape))
        return h5py.File(path, "w").create_dataset("cube", shape, np.uint16, chunks=chunks, **packing)

    @classmethod
    def _finish(cls, written: Any) -> None:
        written.file.close()


PACKED_FORMATS: tuple[type[PackedFormat], ...] = (Blosc2, TensorStore, BitshuffledHdf5)
