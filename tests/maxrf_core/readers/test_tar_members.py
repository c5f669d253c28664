"""Files in a .tar file are found where they lie."""

import tarfile

import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers.tar_members import members_of_tar


def test_wanted_files_are_found_with_their_places(tmp_path):
    for name in ("a.edf", "b.txt"):
        (tmp_path / name).write_text(name * 300)
    path = tmp_path / "all.tar"
    with tarfile.open(path, "w") as archive:
        for name in ("a.edf", "b.txt"):
            archive.add(tmp_path / name, f"panel/{name}")
    found = members_of_tar(path, lambda name: name.endswith(".edf"), 5)
    [(name, (offset, size))] = found.items()
    assert name == "panel/a.edf"
    assert path.read_bytes()[offset : offset + size] == b"a.edf" * 300
    for content, limit in ((path.read_bytes(), 1), (b"milk, bread", 5)):
        path.write_bytes(content)
        with pytest.raises(ScanError, match=r"all\.tar is damaged or no \.tar file"):
            members_of_tar(path, lambda name: True, limit)
