"""Files of visitors on their way to the disk."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from server.room import UploadRefusedError


@dataclass(frozen=True)
class Upload:
    """A file that is wholly there.

    Attributes
    ----------
    identifier : str
        Names it to its owner, and to nobody else.
    path : Path
        Inside the hidden folder until `Uploads.publish`.
    """

    identifier: str
    path: Path


class Arrival:
    """A file that is arriving.

    Parameters
    ----------
    upload : Upload
    file : file object
    size : int
        Bytes that were announced.
    hold : callable
        Takes room for so many bytes more.

    Attributes
    ----------
    upload : Upload
        What it will be; the path is there only when it is whole.
    """

    def __init__(self, upload: Upload, file: BinaryIO, size: int, hold: Callable[[int], None]) -> None:
        self.upload = upload
        self._file, self._size, self._hold, self._written = file, size, hold, 0

    def write(self, piece: bytes | memoryview) -> None:
        """Add some bytes.

        Raises
        ------
        UploadRefusedError
            If they are more than announced, or there is no room for them any more.
        """
        self._written += len(piece)
        if self._written > self._size:
            raise UploadRefusedError("More arrived than was announced; please upload the file again.")
        self._hold(len(piece))
        self._file.write(piece)

    def check_whole(self) -> None:
        """Raise where less has arrived than announced."""
        if self._written < self._size:
            raise UploadRefusedError("The upload ended before the file was whole; please upload it again.")
