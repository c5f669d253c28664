"""The header of a raw scan is read in every dialect; a value that cannot be meant is named."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import ScanError
from maxrf_core.readers.rpl_header import parse_header
from tests.maxrf_core.readers.raw_files import NAMES, header_text

KINDS = {name: kind for kind, name in NAMES.items()}


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
