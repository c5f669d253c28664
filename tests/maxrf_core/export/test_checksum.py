"""The SHA-256 of a scan is that of its file, read in pieces with progress."""

import hashlib

from maxrf_core.export.checksum import AT_ONCE, sha256_of


def test_it_is_that_of_the_file(tmp_path):
    path, told = tmp_path / "scan.datastack", []
    path.write_bytes(b"\x01\x02\x03" * AT_ONCE)
    assert (
        sha256_of(path, lambda done, _words: told.append(done))
        == hashlib.sha256(path.read_bytes()).hexdigest()
    )
    assert told == [1 / 3, 2 / 3, 1]
