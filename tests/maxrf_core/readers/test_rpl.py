"""Raw scans with an .rpl header: every dialect is read with the same counts, and faults are named."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core import DataStack, convert
from maxrf_core.errors import ScanError
from maxrf_core.readers import FORMATS, open_scan
from maxrf_core.readers.rpl_header import parse_header

BASIC = {"width": "4", "height": "3", "depth": "5", "data-length": "2", "data-type": "unsigned"}
DTYPES = [
    "u1",
    "i1",
    *(order + kind for order in "<>" for kind in ("u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")),
]
NAMES = {"u": "unsigned", "i": "signed", "f": "float"}
KINDS = {name: kind for kind, name in NAMES.items()}


def header_text(**changes: str) -> str:
    values = {**BASIC, **{key.replace("_", "-"): value for key, value in changes.items()}}
    return "key\tvalue\n" + "".join(f"{key}\t{value}\n" for key, value in values.items())


def write_pair(
    folder: Path, counts: np.ndarray, by_image: bool = False, offset: int = 0, **changes: str
) -> Path:
    """Write counts of shape (height, width, channels) as a pair; return the header's path."""
    height, width, depth = counts.shape
    order = {"<": "little-endian", ">": "big-endian", "|": "dont-care"}[counts.dtype.str[0]]
    stored = counts.transpose(2, 0, 1) if by_image else counts
    (folder / "scan.raw").write_bytes(b"\xab" * offset + stored.tobytes())
    text = {
        "width": width, "height": height, "depth": depth, "offset": offset, "byte-order": order,
        "data-length": counts.dtype.itemsize, "data-type": NAMES[counts.dtype.kind],
        "record-by": "image" if by_image else "vector",
    }  # fmt: skip
    changed = {**{key.replace("-", "_"): str(value) for key, value in text.items()}, **changes}
    (folder / "scan.rpl").write_text(header_text(**changed))
    return folder / "scan.rpl"


@st.composite
def header_texts(draw: st.DrawFn) -> tuple[str, dict[str, int | str]]:
    """Draw the content of a header, and one of the many texts that state it."""
    kind = draw(st.sampled_from(["unsigned", "signed", "float"]))
    meaning: dict[str, int | str] = {
        "width": draw(st.integers(1, 5000)),
        "height": draw(st.integers(1, 5000)),
        "depth": draw(st.integers(1, 8192)),
        "offset": draw(st.integers(0, 10_000)),
        "data-length": draw(st.sampled_from([4, 8] if kind == "float" else [1, 2, 4, 8])),
        "data-type": kind,
        "byte-order": draw(st.sampled_from(["little-endian", "big-endian", "dont-care"])),
        "record-by": draw(st.sampled_from(["vector", "image", "dont-care"])),
    }
    blank = st.sampled_from([" ", "\t", "   \t ", "\t\t"])
    noise = st.sampled_from(
        ["", "", "\n", "; a comment\n", "# width 7\n", "detector \t SDD\n", " \t \n", "\r\n"]
    )
    text = draw(st.sampled_from(["", "\ufeff", "key value\n", "Key\tVALUE\r\n"]))
    for key, value in draw(st.permutations(sorted(meaning.items()))):
        written = draw(st.sampled_from([key, key.upper(), key.title(), key.replace("-", "_")]))
        shown = draw(st.sampled_from([str(value), str(value).upper()]))
        comment = draw(st.sampled_from(["", " ; as set", "\t# pixels", "  "]))
        end = draw(st.sampled_from(["\n", "\r\n"]))
        text += draw(noise) + draw(st.sampled_from(["", " "])) + written + draw(blank) + shown + comment + end
    return text, meaning


@given(header_texts())
def test_keys_may_come_in_any_case_and_order_with_tabs_spaces_comments_and_blank_lines(written):
    text, meaning = written
    header = parse_header(text)
    assert header.shape == (meaning["height"], meaning["width"], meaning["depth"])
    assert header.offset == meaning["offset"]
    assert header.by_image == (meaning["record-by"] == "image")
    order = ">" if meaning["byte-order"] == "big-endian" else "<"
    assert header.dtype == np.dtype(f"{order}{KINDS[str(meaning['data-type'])]}{meaning['data-length']}")


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


def test_blocks_larger_than_one_mapped_piece_are_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("maxrf_core.readers.rpl.PIECE", 1000)
    counts = np.random.default_rng(1).integers(0, 99, (17, 13, 31)).astype("<u2")
    for by_image in (False, True):
        scan = open_scan(write_pair(tmp_path, counts, by_image))
        np.testing.assert_array_equal(scan.read(slice(2, 16, 3), slice(1, 13, 2)), counts[2:16:3, 1:13:2])


def test_a_bruker_style_header_is_understood(shared):
    path = shared("data/real/rpl_header/bruker_style_header.rpl")
    header = parse_header(path.read_text(), path.name)
    assert (header.shape, header.dtype.str, header.offset, header.by_image) == ((3, 3, 6), "<u2", 0, False)
    assert header.calibration.gain == pytest.approx(0.010002)
    assert header.calibration.offset == pytest.approx(-0.956)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("depth-origin -0.956\ndepth-scale 0.01\ndepth-units keV", (0.01, -0.956)),
        ("depth-origin -956\ndepth-scale 10\ndepth-units eV", (0.01, -0.956)),
        ("Depth-Origin -956\nDEPTH-SCALE 10", (0.01, -0.956)),
        ("depth-origin -0.956\ndepth-scale 0.01\ndepth-units undefined", (0.01, -0.956)),
        ("depthscaleorigin -956\ndepthscaleincrement 10.002\ndepthscaleunits ev", (0.010002, -0.956)),
        ("depth-scale 0.01", None),  # where zero lies is not told
        ("depthscaleorigin -0.956", None),
        ("depth-origin 0.0\ndepth-scale 1.0", None),  # only counts channels
        ("depth-origin 0\ndepth-scale 10\ndepth-units keV", None),  # 10 keV a channel cannot be
        ("depth-origin 0\ndepth-scale -10\ndepth-units eV", None),
        ("depth-origin nan\ndepth-scale 10\ndepth-units eV", None),
        ("depth-origin zero\ndepth-scale 10", None),
        ("depthscaleorigin -0,956\ndepthscaleincrement 0,010002\ndepthscaleunits keV", (0.010002, -0.956)),
        ("depth-origin 400\ndepth-scale 2.5\ndepth-units nm", None),
        ("depth-origin 0.4\ndepth-scale 0.01\ndepth-units furlongs", None),
        ("depth-origin 1\ndepth-scale 1\ndepth-units channels", None),
        ("depth-origin -900\ndepth-scale 0.01\ndepth-units keV", None),
        ("ev-per-chan 9.999", None),
        ("depth-origin -956\nev-per-chan 9.999\ndepth-units eV", (0.009999, -0.956)),
        ("depth-origin -0.956\nev-per-chan 9,999\ndepth-units keV", (0.009999, -0.956)),
        ("depth-origin -0.2\ndepth-scale 0.4\nev-per-chan 0.4", (0.0004, -0.0002)),
    ],
)
def test_energies_are_read_only_if_the_header_states_them(lines, expected):
    calibration = parse_header(header_text() + lines).calibration
    assert (calibration and (calibration.gain, calibration.offset)) == (expected and pytest.approx(expected))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("depth-origin 400\ndepth-scale 2.5\ndepth-units nm", "channels are in nm, which is no energy"),
        ("depth-origin zero\ndepth-scale 10", r"\(zero, 10\) is not in numbers and was left out"),
        ("depth-origin 0\ndepth-scale 10\ndepth-units keV", r"\(0, 10 kev\) cannot be meant"),
        ("depth-origin 1.234,5\ndepth-scale 10\ndepth-units eV", r"1\.234,5, 10\) is not in numbers"),
        ("depth-scale 9.999\ndepth-units eV", "not the energy of channel 0"),
        ("beam-energy 50000", r"its beam-energy \(50000\) cannot be meant"),
        ("live-time soon", r"its live-time \(soon\) cannot be meant"),
        ("width-scale 0.7\nwidth-units parsec\nheight-scale 0.7\nheight-units mm", "gives for a pixel"),
        ("width-scale 0.7\nwidth-units mm", "gives for a pixel"),
    ],
)
def test_a_note_names_what_was_left_out_of_a_header_and_the_scan_opens(lines, says):
    header = parse_header(header_text() + lines, "scan.rpl")
    (note,) = header.notes
    assert note.startswith("scan.rpl: ")
    assert re.search(says, note)
    assert header.calibration is None
    assert not set(header.about) - {"ev_per_channel"}


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


@pytest.mark.parametrize(
    ("name", "calibration", "about"),
    [
        ("decimal_comma_scale", (0.009999, -0.4722), {}),
        ("ev_perchan", None, {"ev_per_channel": 9.999}),
        (
            "m6_style",
            None,
            {"ev_per_channel": 9.999, "pixel_size_mm": [0.7, 0.7], "tube_kV": 50.0, "live_time_s": 12.5,
             "real_time_s": 15.0, "title": "RP-T-1898"},
        ),
        ("nm_reflectance", None, {}),
    ],
)  # fmt: skip
def test_headers_that_once_failed_are_read(shared, name, calibration, about):
    path = shared(f"data/faults/rpl/{name}.rpl")
    header = parse_header(path.read_text(), path.name)
    found = header.calibration and (header.calibration.gain, header.calibration.offset)
    assert found == (calibration and pytest.approx(calibration))
    assert {key: np.asarray(value).tolist() for key, value in header.about.items()} == about
    assert bool(header.notes) == (calibration is None)


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


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"width": "0"}, "width is 0, which has to be a whole number of at least 1"),
        ({"height": "many"}, "height is many"),
        ({"depth": "5.5"}, "depth is 5.5"),
        ({"offset": "-1"}, "offset is -1"),
        ({"data_length": "3"}, "data-length is 3, which for unsigned numbers has to be one of 1, 2, 4, 8"),
        ({"data_type": "float"}, "data-length is 2, which for float numbers has to be one of 4, 8"),
        ({"data_type": "text"}, "data-type is text, which has to be one of unsigned, signed, float"),
        ({"byte_order": "middle"}, "byte-order is middle"),
        ({"record_by": "row"}, "record-by is row"),
    ],
)
def test_an_impossible_value_is_named(changes, says):
    with pytest.raises(ScanError, match=says):
        parse_header(header_text(**changes))


def test_missing_keys_are_listed():
    with pytest.raises(ScanError, match=r"scan.rpl is incomplete: it lacks height, data-type\."):
        parse_header("width 3\ndepth 5\ndata-length 2", "scan.rpl")


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_as_a_header(junk):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "junk.raw").write_bytes(b"")
        (Path(folder) / "junk.rpl").write_bytes(junk)
        with pytest.raises(ScanError, match=r"junk\.r"):
            open_scan(Path(folder) / "junk.rpl")


def test_files_that_are_no_scan_are_refused_with_the_formats_that_are(tmp_path):
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ScanError, match=r"photo.png is no scan of a known format") as error:
        open_scan(tmp_path / "photo.png")
    assert all(form.name in str(error.value) for form in FORMATS)
    with pytest.raises(ScanError, match="There is no file"):
        open_scan(tmp_path / "absent.rpl")
    with pytest.raises(ScanError, match="cannot be read"):
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
