"""ENVI files that Spectral Python wrote read with the same counts; headers that make no sense are told of."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers import format_of, open_scan, scan_files
from maxrf_core.untrusted.check import check_untrusted

DATA = Path(__file__).parents[2] / "data/readers/envi"  # written by Spectral Python 0.25
COUNTS = np.random.default_rng(7).poisson(3, (6, 5, 20))
HEADER = "ENVI\nsamples = 5\nlines = 6\nbands = 20\ndata type = 12\ninterleave = bip\n"


@pytest.mark.parametrize(
    ("name", "dtype"), [("bip0.img", "u2"), ("bil1.raw", "i4"), ("bsq0.dat", "f4"), ("bsq1", "u2")]
)
def test_every_interleave_and_byte_order_reads_as_it_was_written(name, dtype):
    header = (DATA / name).with_suffix(".hdr")
    for path in (header, DATA / name):
        check_untrusted(header)
        assert format_of(header).name == "ENVI"
        scan = open_scan(path) if path.suffix else open_scan(header, path)
        assert (scan.shape, scan.dtype) == (COUNTS.shape, np.dtype(dtype))
        np.testing.assert_array_equal(scan.read(slice(None), slice(None)), COUNTS)
        part = (slice(1, 6, 2), slice(2, 4), slice(3, 18, 4))
        np.testing.assert_array_equal(scan.read(*part), COUNTS[part])
        assert scan.energies == pytest.approx(-0.1 + 0.0205 * np.arange(20))  # in eV in the file
        assert scan.about["title"] == "panel 7"


def test_the_names_that_other_programs_give_to_the_two_files_are_found(tmp_path):
    for header, binary in (("a.hdr", "a.bsq"), ("b.img.hdr", "b.img"), ("c.HDR", "c")):
        (tmp_path / header).write_text(HEADER)
        (tmp_path / binary).write_bytes(COUNTS.astype("<u2").tobytes())
        assert [path.name for path in scan_files(tmp_path / header)] == [header, binary]
        np.testing.assert_array_equal(
            open_scan(tmp_path / header).read(slice(None), slice(None)), COUNTS.astype("<u2")
        )


def test_size_of_a_pixel_and_offset_are_taken_from_the_header(tmp_path):
    (tmp_path / "a.raw").write_bytes(bytes(100) + COUNTS.astype("<u2").tobytes())
    path = tmp_path / "a.hdr"
    path.write_text(HEADER + "header offset = 100\npixel size = {250, 5.0e2, units=Micrometers}\n")
    scan = open_scan(tmp_path / "a.raw")
    np.testing.assert_array_equal(scan.read(slice(None), slice(None)), COUNTS)
    assert scan.about["pixel_size_mm"] == pytest.approx([0.25, 0.5])
    path.write_text(HEADER + "header offset = 100\nwavelength = {1, 2}\nwavelength units = Nanometers\n")
    scan = open_scan(path)
    assert scan.energies is None
    assert "Nanometers" in str(scan.notes[0])


def test_a_pair_that_contradicts_itself_is_told_in_a_sentence(tmp_path):
    shutil.copyfile(DATA / "bip0.img", tmp_path / "a.img")
    path = tmp_path / "a.hdr"
    for text, words in (
        ("Analyze 7.5", "is no ENVI header"),
        (HEADER.replace("bands = 20\n", ""), "does not say its “bands”"),
        (HEADER.replace("bands = 20", "bands = -20"), "makes no sense"),
        (HEADER.replace("type = 12", "type = 6"), r"data type 6, which are no counts"),
        (HEADER.replace("bands = 20", "bands = 2000"), r"a\.img is cut off: it has 1,200 bytes"),
    ):
        path.write_text(text)
        with pytest.raises(ScanError, match=words):
            open_scan(path)
    (tmp_path / "a.img").unlink()
    path.write_text(HEADER)
    with pytest.raises(ScanError, match=r"a\.hdr needs a\.img beside it"):
        open_scan(path)
