"""An upload, and the file that is being received for it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from maxrf_core.language import _
from server.upload_space import UploadRefusedError


@dataclass(frozen=True)
class Upload:
    """An upload that has arrived completely.

    Attributes
    ----------
    identifier : str
        By which its owner, and nobody else, finds it.
    path : Path
        Inside the hidden folder until `Uploads.publish`.
    """

    identifier: str
    path: Path


class IncomingFile:
    """A file that is being received.

    Parameters
    ----------
    upload : Upload
    file : file object
    size : int
        Bytes that were announced.
    reserve : callable
        Reserves so many bytes more.

    Attributes
    ----------
    upload : Upload
        The upload that it becomes; the path exists only when the file is complete.
    """

    def __init__(self, upload: Upload, file: BinaryIO, size: int, reserve: Callable[[int], None]) -> None:
        self.upload = upload
        self._file, self._size, self._reserve, self._written = file, size, reserve, 0

    def write(self, piece: bytes | memoryview) -> None:
        """Add some bytes.

        Raises
        ------
        UploadRefusedError
            If they are more than announced, or there is no room for them.
        """
        self._written += len(piece)
        if self._written > self._size:
            raise UploadRefusedError(_("More arrived than was announced; please upload the file again."))
        self._reserve(len(piece))
        self._file.write(piece)

    def check_whole(self) -> None:
        """Raise if less has arrived than announced."""
        if self._written < self._size:
            raise UploadRefusedError(_("The upload ended before the file was whole; please upload it again."))
