"""Raw scans with an .rpl header: every dialect is read with the same counts, and faults are named."""

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core import DataStack, convert
from maxrf_core.errors import ScanError
from maxrf_core.readers import FORMATS, open_scan
from tests.maxrf_core.readers.raw_files import DTYPES, write_pair


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 20)),
    st.sampled_from(DTYPES),
    st.booleans(),
    st.sampled_from([0, 1, 7, 512]),
    st.data(),
)
def test_any_block_reads_as_numpy_reads_it(shape, dtype, by_image, offset, data):
    counts = np.random.default_rng(0).integers(0, 120, shape).astype(dtype)
    if counts.dtype.kind != "u":
        counts -= np.array(60, dtype)
    with tempfile.TemporaryDirectory() as folder:
        scan = open_scan(write_pair(Path(folder), counts, by_image, offset))
        assert (scan.shape, scan.dtype) == (shape, np.dtype(dtype).newbyteorder("="))
        part = tuple(
            slice(
                *sorted(data.draw(st.tuples(st.integers(0, size), st.integers(0, size)))),
                data.draw(st.integers(1, 4)),
            )
            for size in shape
        )
        block = scan.read(*part)
        assert block.dtype == scan.dtype
        np.testing.assert_array_equal(block, counts[part])
        np.testing.assert_array_equal(scan.read(slice(None), slice(None)), counts)


@pytest.mark.parametrize(
    ("lines", "about"),
    [
        ("title RP-T-1898\nbeam-energy 50", {"title": "RP-T-1898", "tube_kV": 50}),
        ("beam-energy 40 kV\nlive-time 12.5", {"tube_kV": 40, "live_time_s": 12.5}),
        ("live-time 100 ms\nreal-time 15", {"live_time_s": 0.1, "real_time_s": 15}),
        ("width-scale 0,7\nwidth-units mm\nheight-scale 500\nheight-units µm", {"pixel_size_mm": [0.7, 0.5]}),
        ("width-scale 0.7 mm\nheight-scale 0.07 cm", {"pixel_size_mm": [0.7, 0.7]}),
        ("width-scale 1\nheight-scale 1\nwidth-units undefined", {}),
        ("live-time 0\nbeam-energy 0", {}),
        ("title a\x00b\x1b", {"title": "ab"}),
    ],
)  # fmt: skip
def test_title_times_and_pixel_size_of_the_header_are_stored_in_the_datastack(tmp_path, lines, about):
    path = write_pair(tmp_path, np.ones((2, 3, 4), "<u2"))
    path.write_text(path.read_text() + lines, encoding="utf-8")
    scan = open_scan(path)
    assert not scan.notes
    kept = DataStack(convert(scan, tmp_path / "scan.datastack")).about
    assert kept.keys() - {"format", "format_version", "created", "software"} == about.keys()
    for name, value in about.items():
        assert kept[name] == (value if isinstance(value, str) else pytest.approx(value))


def test_a_header_in_the_encoding_of_old_windows_is_read(tmp_path):
    path = write_pair(tmp_path, np.ones((2, 3, 4), "<u2"))
    more = "title Grünewald\nwidth-scale 700\nwidth-units µm\nheight-scale 700\nheight-units µm"
    path.write_bytes((path.read_text() + more).encode("cp1252"))
    about = open_scan(path).about
    assert about["title"] == "Grünewald"
    assert about["pixel_size_mm"] == pytest.approx(0.7)


def test_energies_are_in_keV(tmp_path):  # noqa: N802
    path = write_pair(tmp_path, np.zeros((2, 2, 3), "<u2"), depth_origin="-960", depth_scale="10")
    np.testing.assert_allclose(open_scan(path).energies, [-0.96, -0.95, -0.94])


@pytest.mark.parametrize(
    "named", [["scan.rpl"], ["scan.raw"], ["scan.raw", "scan.rpl"], ["scan.rpl", "scan.raw"]]
)
def test_one_file_of_the_pair_is_enough(tmp_path, named):
    counts = np.arange(24, dtype="<u2").reshape(2, 3, 4)
    write_pair(tmp_path, counts)
    scan = open_scan(*(tmp_path / name for name in named))
    assert scan.name == "scan"
    np.testing.assert_array_equal(scan.read(slice(0, 2), slice(0, 3)), counts)


def test_the_other_file_is_found_in_upper_or_lower_case(tmp_path):
    write_pair(tmp_path, np.zeros((2, 3, 4), "<u2"))
    (tmp_path / "scan.rpl").rename(tmp_path / "Scan.RPL")
    assert open_scan(tmp_path / "scan.raw").shape == (2, 3, 4)


@pytest.mark.parametrize(("ending", "needed"), [(".raw", ".rpl"), (".rpl", ".raw")])
def test_a_missing_partner_is_named(tmp_path, ending, needed):
    write_pair(tmp_path, np.zeros((2, 3, 4), "<u2"))
    (tmp_path / f"scan{needed}").unlink()
    with pytest.raises(ScanError, match=rf"scan{ending} needs scan{needed} beside it"):
        open_scan(tmp_path / f"scan{ending}")


@pytest.mark.parametrize(
    ("size", "says"), [(23, "25 bytes too short"), (50, "2 bytes too long"), (0, "48 bytes")]
)
def test_a_raw_file_without_a_whole_row_or_too_long_is_refused_with_the_sizes(tmp_path, size, says):
    path = write_pair(tmp_path, np.zeros((2, 3, 4), "<u2"))
    (tmp_path / "scan.raw").write_bytes(bytes(size))
    with pytest.raises(ScanError, match=says) as error:
        open_scan(path)
    assert "asks for 48 (2 rows × 3 columns × 4 channels × 2 bytes)" in str(error.value)


@pytest.mark.parametrize("offset", [0, 7])
@pytest.mark.parametrize("kept", [1, 2, 4])
@pytest.mark.parametrize("more", [0, 1, 23])
def test_an_interrupted_scan_opens_with_its_whole_rows(tmp_path, offset, kept, more):
    counts = np.arange(5 * 3 * 4, dtype="<u2").reshape(5, 3, 4)
    path = write_pair(tmp_path, counts, offset=offset)
    os.truncate(tmp_path / "scan.raw", offset + kept * 24 + more)
    scan = open_scan(path)
    assert scan.shape == (kept, 3, 4)
    np.testing.assert_array_equal(scan.read(slice(0, kept), slice(0, 3)), counts[:kept])
    (note,) = scan.notes
    assert f"it holds {kept} whole rows of 5, and the other {5 - kept} are missing" in note
    ds = DataStack(convert(scan, tmp_path / "scan.datastack"))
    np.testing.assert_array_equal(ds.read("maxrf_cube"), counts[:kept])
    np.testing.assert_allclose(ds.read("maxrf_sumspectrum"), counts[:kept].mean(axis=(0, 1)))
    noted = ds.attributes("maxrf_cube")
    assert (noted["rows_missing"], noted["rows_planned"], noted["notes"]) == (5 - kept, 5, [note])


def test_an_interrupted_scan_stored_image_by_image_opens_with_its_whole_channels(tmp_path):
    counts = np.arange(5 * 3 * 4, dtype="<u2").reshape(5, 3, 4)
    path = write_pair(tmp_path, counts, by_image=True, depth_origin="-0.5", depth_scale="0.3")
    os.truncate(tmp_path / "scan.raw", 3 * 30 + 5)
    scan = open_scan(path)
    np.testing.assert_array_equal(scan.read(slice(0, 5), slice(0, 3)), counts[:, :, :3])
    np.testing.assert_allclose(scan.energies, [-0.5, -0.2, 0.1])
    assert scan.cube_attributes == {"channels_missing": 1, "channels_planned": 4}


def test_a_raw_file_cut_short_after_it_was_opened_is_an_error_and_no_crash(tmp_path):
    scan = open_scan(write_pair(tmp_path, np.zeros((2, 3, 4), "<u2")))
    for size in (40, 0):
        (tmp_path / "scan.raw").write_bytes(bytes(size))
        with pytest.raises(ScanError, match=r"shorter|any more"):
            scan.read(slice(0, 2), slice(0, 3))


def test_a_scan_that_is_still_being_written_keeps_the_rows_it_had_when_it_was_opened(tmp_path):
    counts = np.arange(24, dtype="<u2").reshape(2, 3, 4)
    path = write_pair(tmp_path, counts)
    os.truncate(tmp_path / "scan.raw", 24)
    scan = open_scan(path)
    (tmp_path / "scan.raw").write_bytes(counts.tobytes())
    np.testing.assert_array_equal(scan.read(slice(0, 1), slice(0, 3)), counts[:1])


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_as_a_header(junk):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "junk.raw").write_bytes(b"")
        (Path(folder) / "junk.rpl").write_bytes(junk)
        with pytest.raises(ScanError, match=r"junk\.r"):
            open_scan(Path(folder) / "junk.rpl")


def test_files_that_are_no_scan_are_refused_with_the_formats_that_are(tmp_path):
    (tmp_path / "notes.unknown").write_bytes(b"%PDF-1.7")
    with pytest.raises(ScanError, match=r"notes.unknown is no scan of a known format") as error:
        open_scan(tmp_path / "notes.unknown")
    assert all(form.name in str(error.value) for form in FORMATS)
    with pytest.raises(ScanError, match="There is no file"):
        open_scan(tmp_path / "absent.rpl")
    with pytest.raises(ScanError, match="holds no element maps"):
        open_scan(tmp_path)
    with pytest.raises(ScanError, match="No file was given"):
        open_scan()
    write_pair(tmp_path, np.zeros((2, 3, 4), "<u2"))
    with pytest.raises(ScanError, match=r"scan.rpl and scan.rpl are not"):
        open_scan(tmp_path / "scan.rpl", tmp_path / "scan.rpl")


def test_a_huge_file_named_as_the_header_is_not_read(tmp_path):
    write_pair(tmp_path, np.zeros((2, 3, 4), "<u2"))
    with open(tmp_path / "scan.rpl", "wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(ScanError, match="Are the two files swapped"):
        open_scan(tmp_path / "scan.rpl")


def test_reading_leaves_the_files_as_they_are(tmp_path):
    path = write_pair(tmp_path, np.arange(24, dtype=">u2").reshape(2, 3, 4))
    before = {each: hashlib.sha256(each.read_bytes()).hexdigest() for each in tmp_path.iterdir()}
    for each in before:
        each.chmod(0o444)
    block = open_scan(path).read(slice(0, 2), slice(0, 3))
    block += 1
    assert {each: hashlib.sha256(each.read_bytes()).hexdigest() for each in tmp_path.iterdir()} == before
