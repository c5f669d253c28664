"""A file that is being received is refused if it is not the one that was announced."""

import io
from pathlib import Path

import pytest

from server.incoming_file import IncomingFile, Upload
from server.upload_space import UploadRefusedError

UPLOAD = Upload("upload-1", Path("scan.datastack"))


def test_space_is_reserved_before_each_piece_is_written():
    file, reserved = io.BytesIO(), []

    def reserve(size: int) -> None:
        reserved.append((size, len(file.getvalue())))

    incoming = IncomingFile(UPLOAD, file, 5, reserve)
    incoming.write(b"cou")
    incoming.write(memoryview(b"nt"))
    incoming.check_whole()
    assert file.getvalue() == b"count"
    assert reserved == [(3, 0), (2, 3)]


def test_more_than_announced_is_refused_and_not_written():
    file = io.BytesIO()
    incoming = IncomingFile(UPLOAD, file, 4, lambda size: None)
    incoming.write(b"coun")
    with pytest.raises(UploadRefusedError, match="More arrived"):
        incoming.write(b"t")
    assert file.getvalue() == b"coun"


def test_less_than_announced_is_not_whole():
    incoming = IncomingFile(UPLOAD, io.BytesIO(), 4, lambda size: None)
    incoming.write(b"cou")
    with pytest.raises(UploadRefusedError, match="before the file was whole"):
        incoming.check_whole()


def test_what_finds_no_space_is_not_written():
    def refuse(size: int) -> None:
        raise UploadRefusedError("no room")

    file = io.BytesIO()
    with pytest.raises(UploadRefusedError, match="no room"):
        IncomingFile(UPLOAD, file, 4, refuse).write(b"coun")
    assert file.getvalue() == b""
