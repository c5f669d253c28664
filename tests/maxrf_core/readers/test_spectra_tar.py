"""A folder of spectra in a .tar file is the same scan, read without unpacking it."""

import tarfile

import numpy as np
import pytest

from maxrf_core.errors import MaxrfError, ScanError
from maxrf_core.readers import choices_of, format_of, is_scan, open_scan
from maxrf_core.untrusted.check import check_untrusted
from tests.maxrf_core.readers.spectrum_files import amptek

COUNTS = np.random.default_rng(7).poisson(300, (5, 6, 64))


@pytest.fixture
def packed(tmp_path):
    folder = tmp_path / "panel"
    for row, column in np.ndindex(5, 6):
        path = folder / f"row{row}/{column:03}.mca"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(amptek(COUNTS[row, column]))
    path = tmp_path / "panel.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(folder, "panel")
    return path


def test_rows_may_be_folders(packed):
    check_untrusted(packed)
    assert format_of(packed).name == "Folder of spectra in a .tar file"
    assert is_scan(packed)
    assert [choice.key for choice in choices_of(packed)] == ["rows-columns", "columns-rows"]
    scan = open_scan(packed)
    assert (scan.name, scan.paths) == ("panel", (packed,))
    np.testing.assert_array_equal(scan.read(slice(None), slice(None)), COUNTS)


def test_a_cut_or_foreign_file_is_told_in_a_sentence(packed, tmp_path):
    content = packed.read_bytes()
    packed.write_bytes(content[:20_000])
    with pytest.raises(MaxrfError, match=r"damaged|do not tell"):
        open_scan(packed).read(slice(None), slice(None))
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as archive:
        archive.add(__file__, "a.py")
    assert not is_scan(other)
    with pytest.raises(ScanError, match="holds no files with spectra"):
        check_untrusted(other)
    other.write_bytes(b"milk, bread")
    with pytest.raises(ScanError, match=r"is damaged or no \.tar file"):
        open_scan(other)
