"""EDF files as they lie on the disk: plain, packed by gzip (``.edf.gz``), or inside a .tar file."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from maxrf_core.language import _
from maxrf_core.readers.map_file import cannot_read

GZIP = b"\x1f\x8b"
MAX_UNPACKED = 500_000_000  # bytes of one file; a row of 4,096 pixels with 4,096 channels has 67 million


@dataclass(frozen=True)
class EdfFile:
    """An EDF file.

    Attributes
    ----------
    path : Path
        The file on the disk.
    member : str
        Its name inside the .tar file at `path`; "" if it is that file itself.
    offset, size : int
        Where it lies in the .tar file.
    """

    path: Path
    member: str = ""
    offset: int = 0
    size: int = 0

    @property
    def name_path(self) -> Path:
        """Its own name, for messages and order."""
        return self.path.parent / Path(self.member).name if self.member else self.path

    @property
    def is_plain(self) -> bool:
        """True if its bytes lie on the disk as they are, from the beginning of a file."""
        if self.member:
            return False
        with open(self.path, "rb") as file:
            return file.read(len(GZIP)) != GZIP

    @contextmanager
    def opened(self) -> Iterator[tuple[BinaryIO, int]]:
        """Open it for reading; also return its size when unpacked.

        Raises
        ------
        ScanError
            If it is damaged, or unpacks to more than `MAX_UNPACKED`.
        OSError
            If it cannot be read.
        """
        if self.is_plain:
            with open(self.path, "rb") as file:
                yield file, self.path.stat().st_size
        else:
            content = self._content()
            yield io.BytesIO(content), len(content)

    def _content(self) -> bytes:
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            stored = file.read(self.size) if self.member else file.read()
        if not stored.startswith(GZIP):
            return stored
        try:
            with gzip.open(io.BytesIO(stored)) as packed:
                content = packed.read(MAX_UNPACKED + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise cannot_read(self.name_path, _("it is damaged; copy it again")) from error
        if len(content) > MAX_UNPACKED:
            limit = MAX_UNPACKED // 1_000_000
            words = _("it unpacks to more than {limit} MB; unpack it before").format(limit=limit)
            raise cannot_read(self.name_path, words)
        return content
