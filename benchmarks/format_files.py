"""Files of every format that is read, as large as wanted, written piece by piece for `benchmarks.formats`."""

import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import tifffile

from benchmarks.bcf_file import write_bcf
from benchmarks.cubes import CHANNELS, SPARSE, write_raw
from maxrf_core.cube.slicing import steps

PACKED: dict[str, Any] = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
PIECE = (32, 32, 256)  # rows, columns, channels that are written at a time
SIDE = 1024  # pixels of the maps
MAX_MAPS = 120
FEW = 0.01  # of the size, for formats with a file for each pixel
MCA = b"<<PMCA SPECTRUM>>\nLIVE_TIME - 2.5\n<<DATA>>\n%s\n<<END>>\n"
EDF = "{{\nByteOrder = LowByteFirst ;\nDataType = {kind} ;\nDim_1 = {width} ;\nDim_2 = {height} ;\n{more}"


@dataclass(frozen=True)
class Source:
    """Counts of a scan on the disk, as a Ripple file, from which the others are made."""

    path: Path
    shape: tuple[int, int, int]

    @classmethod
    def of_size(cls, folder: Path, n_bytes: float) -> "Source":
        """Draw a square scan of so many bytes of counts."""
        side = max(2, round((n_bytes / 2 / CHANNELS) ** 0.5))
        source = cls(folder / "ripple.raw", (side, side, CHANNELS))
        write_raw(source.path, source.shape, SPARSE)
        return source

    @property
    def bytes(self) -> int:
        """Of the counts, two each."""
        return 2 * int(np.prod(self.shape))

    @cached_property
    def _offset(self) -> int:
        with h5py.File(self.path) as file:
            return int(file["cube"].id.get_offset())

    def counts(self) -> np.ndarray:
        """Map the counts into memory: (height, width, channels) uint16."""
        return np.memmap(self.path, np.uint16, "r", self._offset, self.shape)

    def pieces(self, axis: int = 0) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows, or channels, some at a time."""
        for part in steps(self.shape[axis], PIECE[axis]):
            yield part, self.counts()[(slice(None),) * axis + (part,)]  # mapped anew, so that it is let go


@dataclass(frozen=True)
class Made:
    """A file, or a folder, that was made.

    Attributes
    ----------
    path : Path
    bytes : int
        Of the counts or values in it.
    choice : str or None
        What is to be read of it.
    """

    path: Path
    bytes: int
    choice: str | None = None


def _ripple(source: Source, folder: Path, like: str) -> Made:
    return Made(source.path.with_suffix(".rpl"), source.bytes)


def _bcf(source: Source, folder: Path, like: str) -> Made | None:
    path = folder / "scan.bcf"
    shape = write_bcf(path, source.bytes)
    return None if shape is None else Made(path, 2 * int(np.prod(shape)))


def _hdf5(source: Source, folder: Path, like: str) -> Made:
    """Write an HDF5 file; `like` tells the dialect and the chunks."""
    dialect, chunked = like.split()
    height, width, channels = source.shape
    images_first = dialect in ("xrf-maps", "images")
    shape = (channels, height, width) if images_first else source.shape
    name = {"xrf-maps": "MAPS_RAW/data_a", "hyperspy": "Experiments/a/data"}.get(dialect, "entry/data/counts")
    chunk = {"images": (1, *shape[1:]), "blocks": tuple(min(64, size) for size in shape), "none": None}[
        chunked
    ]
    path = folder / f"{dialect}-{chunked}{'.hspy' if dialect == 'hyperspy' else '.h5'}"
    with h5py.File(path, "w", rdcc_nbytes=400_000_000) as file:
        cube = file.create_dataset(name, shape, np.uint16, chunks=chunk, **(PACKED if chunk else {}))
        for part, counts in source.pieces(2 if images_first else 0):
            cube[part] = counts.transpose(2, 0, 1) if images_first else counts
        DIALECTS[dialect](file, source.shape)
    has_choices = dialect not in ("xrf-maps", "hyperspy")
    return Made(path, source.bytes, f"{name}:{'cyx' if images_first else 'yxc'}" if has_choices else None)


def _nexus(file: h5py.File, shape: tuple[int, int, int]) -> None:
    file["entry"].attrs["NX_class"] = "NXentry"
    file["entry/data"].attrs.update(NX_class="NXdata", signal="counts", interpretation="spectrum")


def _hyperspy(file: h5py.File, shape: tuple[int, int, int]) -> None:
    file.attrs["file_format"], file.attrs["file_format_version"] = "HyperSpy", "3.3"
    for number, (name, size) in enumerate(zip(("y", "x", "Energy"), shape, strict=True)):
        group = file.create_group(f"Experiments/a/axis-{number}")
        units = "keV" if name == "Energy" else "mm"
        group.attrs.update(name=name, size=size, scale=0.01, offset=0.0, units=units, navigate=number < 2)


def _nothing(file: h5py.File, shape: tuple[int, int, int]) -> None:
    """Add nothing."""


DIALECTS: dict[str, Callable[[h5py.File, tuple[int, int, int]], None]] = {
    "nexus": _nexus, "hyperspy": _hyperspy, "xrf-maps": _nothing, "images": _nothing, "spectra": _nothing,
}  # fmt: skip


def _crono(source: Source, folder: Path, like: str) -> Made:
    height, width, channels = source.shape
    path = folder / "crono.hdf5"
    with h5py.File(path, "w") as file:
        spectra = file.create_dataset("XRF/Spectra", (height * width, channels), np.uint16)
        for part, counts in source.pieces():
            spectra[part.start * width : part.stop * width] = counts.reshape(-1, channels)
        file["XRF/SpectraSelectedIndex"] = np.arange(height * width, dtype=np.int32).reshape(height, width, 1)
        file["XRF/LiveTimes"] = np.full(height * width, 59400, np.uint64)
    return Made(path, source.bytes)


def _npy(source: Source, folder: Path, like: str) -> Made:
    path = folder / "cube.npy"
    images_first = like == "cyx"
    shape = source.shape if like != "cyx" else (source.shape[2], *source.shape[:2])
    order = like == "fortran"
    cube = np.lib.format.open_memmap(path, "w+", np.uint16, shape, fortran_order=order)
    for part, counts in source.pieces(0 if like == "yxc" else 2):
        if images_first:
            cube[part] = counts.transpose(2, 0, 1)
        else:
            cube[(part,) if like == "yxc" else (..., part)] = counts
    cube.flush()
    return Made(path, source.bytes, "cyx" if images_first else "yxc")


def _envi(source: Source, folder: Path, like: str) -> Made:
    height, width, channels = source.shape
    header = folder / f"{like}.hdr"
    header.write_text(
        f"ENVI\nsamples = {width}\nlines = {height}\nbands = {channels}\nheader offset = 0\n"
        f"data type = 12\ninterleave = {like}\nbyte order = 0\n"
    )
    order = {"bip": (0, 1, 2), "bil": (0, 2, 1), "bsq": (2, 0, 1)}[like]
    with open(header.with_suffix(".img"), "wb") as file:
        for _part, counts in source.pieces(2 if like == "bsq" else 0):
            file.write(np.ascontiguousarray(counts.transpose(order)).data)
    return Made(header, source.bytes)


def _tiff(source: Source, folder: Path, like: str) -> Made:
    path = folder / f"stack-{like}.tif"
    packing: dict[str, Any] = {"compression": "zlib", "predictor": True} if like == "deflate" else {}
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        for _part, counts in source.pieces(2):
            for page in counts.transpose(2, 0, 1):
                page = np.ascontiguousarray(page)
                writer.write(page, photometric="minisblack", contiguous=not packing, metadata=None, **packing)
    return Made(path, source.bytes, "cyx")


def _edf_stack(source: Source, folder: Path, like: str) -> Made:
    _height, width, channels = source.shape
    rows = folder / "rows"
    rows.mkdir()
    head = _edf_head("UnsignedShort", channels, width, "MCA a = 0 ;\nMCA b = 0.01 ;\nMCA c = 0 ;\n")
    for part, counts in source.pieces():
        for row, spectra in zip(range(part.start, part.stop), counts, strict=True):
            (rows / f"scan_{row:04}.edf").write_bytes(head + spectra.tobytes())
    return Made(rows, source.bytes)


def _edf_head(kind: str, width: int, height: int, more: str = "") -> bytes:
    text = EDF.format(kind=kind, width=width, height=height, more=more)
    return (text.ljust(1022) + "}\n").encode()


def _spectra(source: Source, folder: Path, like: str) -> Made:
    """Write a file for each pixel of a small part, in a folder or in a .tar file."""
    height, width, channels = source.shape
    side = max(2, round((FEW * height * width) ** 0.5))
    place = folder / "spectra"
    place.mkdir()
    with tarfile.open(folder / "spectra.tar", "w") as archive:
        for row, spectra in enumerate(np.array(source.counts()[:side, :side])):
            for column, counts in enumerate(spectra):
                content = MCA % "\n".join(map(str, counts.tolist())).encode()
                member = tarfile.TarInfo(f"p_{row:04}_{column:04}.mca")
                member.size = len(content)
                if like == "tar":
                    archive.addfile(member, io.BytesIO(content))
                else:
                    (place / member.name).write_bytes(content)
    return Made(folder / "spectra.tar" if like == "tar" else place, 2 * side * side * channels)


def _map_side(source: Source) -> tuple[int, int]:
    """Return the side of square maps and their number, together as many bytes as the scan in float32."""
    count = min(MAX_MAPS, max(2, source.bytes // (4 * SIDE**2)))
    return round((source.bytes / 4 / count) ** 0.5), count


def _maps(source: Source, folder: Path, like: str) -> Made:
    side, count = _map_side(source)
    if like == "csv":
        side = round(side * 0.05**0.5)
    rng = np.random.default_rng(5)
    maps = (rng.random((side, side), np.float32) for _ in range(count))
    size = 4 * side * side * count
    if like == "csv":
        return Made(_table(folder / "maps.csv", list(maps)), size)
    if like == "tiff":
        place = folder / "maps"
        place.mkdir()
        for number, values in enumerate(maps):
            tifffile.imwrite(place / f"map-{number:03}.tif", values, photometric="minisblack")
        return Made(place, size)
    path = folder / f"maps.{like}"
    with open(path, "wb") as file:
        file.write(b"2\n%d %d %d\n" % (side, side, count) if like == "dms" else b"")
        for number, values in enumerate(maps):
            file.write(
                _edf_head("FloatValue", side, side, f"Title = m{number} ;\n") if like == "edf" else b""
            )
            file.write(values.data)
        file.write("".join(f"m{number}\n" for number in range(count)).encode() if like == "dms" else b"")
    return Made(path, size)


def _table(path: Path, maps: list[np.ndarray]) -> Path:
    height, width = maps[0].shape
    with open(path, "w", encoding="ascii") as file:
        file.write(",".join(["row", "column", *(f"m{number}" for number in range(len(maps)))]) + "\n")
        for row in range(height):
            columns = np.column_stack([np.full(width, row), np.arange(width), *(each[row] for each in maps)])
            np.savetxt(file, columns, fmt="%.6g", delimiter=",")
    return path


def _kinds() -> dict[str, Callable[[Source, Path], Made | None]]:
    named: dict[str, tuple[Callable[[Source, Path, str], Made | None], str]] = {
        "Ripple": (_ripple, ""),
        "Bruker .bcf": (_bcf, ""),
        "Crono": (_crono, ""),
        "XRF-Maps, a chunk for each image": (_hdf5, "xrf-maps images"),
        "NeXus, no chunks": (_hdf5, "nexus none"),
        "NeXus, chunks of 64 a side": (_hdf5, "nexus blocks"),
        "HyperSpy, chunks of 64 a side": (_hdf5, "hyperspy blocks"),
        "HDF5, channels first, no chunks": (_hdf5, "images none"),
        "HDF5, channels first, chunks of 64 a side": (_hdf5, "images blocks"),
        "NumPy, channels last": (_npy, "yxc"),
        "NumPy, channels first": (_npy, "cyx"),
        "NumPy, Fortran order": (_npy, "fortran"),
        "ENVI, BIP": (_envi, "bip"),
        "ENVI, BIL": (_envi, "bil"),
        "ENVI, BSQ": (_envi, "bsq"),
        "TIFF stack": (_tiff, "plain"),
        "TIFF stack, Deflate": (_tiff, "deflate"),
        "EDF stack": (_edf_stack, ""),
        "Folder of spectra (.mca)": (_spectra, "folder"),
        "Spectra in a .tar file": (_spectra, "tar"),
        "Datamuncher maps": (_maps, "dms"),
        "EDF maps": (_maps, "edf"),
        "Folder of TIFF maps": (_maps, "tiff"),
        "Table of maps (.csv)": (_maps, "csv"),
    }
    return {name: partial(_call, make, like) for name, (make, like) in named.items()}


def _call(
    make: Callable[[Source, Path, str], Made | None], like: str, source: Source, folder: Path
) -> Made | None:
    return make(source, folder, like)


KINDS = _kinds()
