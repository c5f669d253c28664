"""Arrays of plain numbers in a file, as .raw, .npy and ENVI files hold them, read block by block."""

import mmap
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.readers.scan import ALL, ranges_in

PIECE = 16_000_000  # bytes of the file that are mapped at a time


@dataclass(frozen=True)
class PlainArray:
    """A cube of plain numbers at a place in a file.

    Attributes
    ----------
    path : Path
    dtype : numpy.dtype
        In the byte order of the file.
    shape : tuple of int
        (height, width, channels).
    axes : str
        Order of the axes in the file, the one that varies slowest first: ``"yxc"``, ``"cyx"``, ``"ycx"`` …
    offset : int
        Bytes before the first number.
    """

    path: Path
    dtype: np.dtype
    shape: tuple[int, int, int]
    axes: str = "yxc"
    offset: int = 0

    @property
    def expected_bytes(self) -> int:
        """Bytes that the file must have at least."""
        height, width, channels = self.shape
        return self.offset + height * width * channels * self.dtype.itemsize

    @property
    def natural_block(self) -> tuple[int, int, int]:
        """Rows, columns and channels that follow one another in the file, see `Scan.natural_block`.

        Examples
        --------
        >>> PlainArray(Path("scan.raw"), np.dtype("u2"), (20, 30, 4096), "cyx").natural_block
        (1, 30, 1)
        """
        last = "yxc".index(self.axes[-1])
        height, width, channels = (size if axis == last else 1 for axis, size in enumerate(self.shape))
        return height, width, channels

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block as `Scan.read`; only a small part of the file is mapped at a time.

        Raises
        ------
        ScanError
            If the file cannot be read any more, or has become shorter.
        """
        ranges = ranges_in(self.shape, rows, columns, channels)
        block = np.empty([len(indices) for indices in ranges], self.dtype.newbyteorder("="))
        axis = "yxc".index(self.axes[0])
        record = (self.expected_bytes - self.offset) // self.shape[axis]
        length = max(1, PIECE // (record * ranges[axis].step))
        for start in range(0, len(ranges[axis]), length):
            part = slice(start, start + length)
            places = [_as_slice(indices) for indices in ranges]
            places[axis] = _as_slice(ranges[axis][part])
            target: list[slice] = [ALL, ALL, ALL]
            target[axis] = part
            block[tuple(target)] = self._view(self._is_scattered(ranges))[tuple(places)]
        return block

    def _is_scattered(self, ranges: tuple[range, ...]) -> bool:
        """Return True if whole pages of the file are left out; the system must not read them ahead."""
        step, run = ("yxc".index(name) for name in self.axes[1:])
        return ranges[step].step > 1 and self.shape[run] * self.dtype.itemsize >= mmap.PAGESIZE

    def _view(self, scattered: bool) -> np.ndarray:
        """Map the file into memory, read-only; unmapped with the last reference to the array."""
        try:
            with open(self.path, "rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: it is empty now
            raise ScanError(
                _("{name} cannot be read any more ({reason}).").format(
                    name=self.path.name, reason=_reason(error)
                )
            ) from error
        if len(mapped) < self.expected_bytes:
            raise ScanError(
                _("{name} has become shorter since it was opened; open it again.").format(name=self.path.name)
            )
        if scattered and hasattr(mmap, "MADV_RANDOM"):  # else the system reads ahead, and so the whole file
            mapped.madvise(mmap.MADV_RANDOM)
        stored = [self.shape["yxc".index(name)] for name in self.axes]
        whole = np.ndarray(stored, self.dtype, mapped, self.offset)
        return whole.transpose([self.axes.index(name) for name in "yxc"])


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or _("it is empty")


def _as_slice(indices: range) -> slice:
    return slice(indices.start, indices.stop, indices.step)
