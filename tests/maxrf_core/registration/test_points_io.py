"""Points are read from every kind of file exactly as they were written, to the half pixel."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.by_path import append
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError, RegistrationError
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.points_io import KINDS, load_points, read_points, save_points, write_points
from maxrf_core.registration.register import register
from tests.maxrf_core.reference_drawing import DRAWING_SIZES, points_in

PHOTO, MAP = DRAWING_SIZES["photo_shape"], DRAWING_SIZES["map_shape"]

inside = st.tuples(st.floats(-0.5, 1590), st.floats(-0.5, 1690))
some_pairs = st.lists(st.tuples(inside, inside), min_size=1, max_size=9).map(np.array)


@given(some_pairs, st.sampled_from(list(KINDS)), st.booleans())
def test_points_come_back_from_every_kind_of_file(pairs, kind, as_bytes):
    text = write_points(pairs[:, 0], pairs[:, 1], kind, **DRAWING_SIZES)
    found = read_points(text.encode() if as_bytes else text, **DRAWING_SIZES)
    assert (found.kind, found.left_out) == (kind, 0)
    np.testing.assert_allclose(found.src, pairs[:, 0], atol=1e-9)
    np.testing.assert_allclose(found.dst, pairs[:, 1], atol=1e-9)
    sizes = {"photo_shape": list(PHOTO[:2]), "map_shape": list(MAP)}
    assert found.about == sizes  # with which a copy in another size is noticed
    if kind in ("json", "bigwarp"):
        np.testing.assert_array_equal(found.src, pairs[:, 0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_detected_from_its_content_and_not_its_name(tmp_path, kind):
    path = tmp_path / "points.txt"
    path.write_text(write_points([[1, 2], [3, 4]], [[5, 6], [7, 8]], kind, **DRAWING_SIZES), newline="\r\n")
    found = read_points(path, **DRAWING_SIZES)
    assert found.kind == kind
    np.testing.assert_allclose(found.dst, [[5, 6], [7, 8]], atol=1e-9)


# QGIS


# BigWarp


# Butterfly Registrator


# Datastacks


@pytest.fixture
def stack(tmp_path):
    return convert(ArrayScan(np.ones((24, 20, 64), np.uint16)), tmp_path / "scan.datastack")


SRC = [[1.1, 2.2], [57.3, 3.7], [58.9, 70.123456789], [2.5, 71.25]]
DST = [[1, 1], [18, 1.5], [18.5, 22], [0.1, 22.5]]


def test_points_of_a_registration_come_back_from_the_datastack_exactly_with_what_is_known_of_them(stack):
    photo = np.zeros((75, 60), np.uint8)
    for name, shift in (("imvis", 0.0), ("imuv", 0.25), ("imvis", 0.1)):
        result = register(
            photo, (24, 20), np.array(SRC) + shift, DST, name, model="affine", photo_name="a.png"
        )
        DataStack(stack).append(result.arrays, result.attributes)
    newest, other = read_points(stack), read_points(str(stack), name="imuv")
    np.testing.assert_array_equal(newest.src, np.array(SRC) + 0.1)
    np.testing.assert_array_equal(newest.dst, DST)
    np.testing.assert_array_equal(other.src, np.array(SRC) + 0.25)
    assert newest.kind == "datastack"
    assert newest.about["model"] == "affine"
    assert newest.about["photo"] == "a.png"


def test_a_datastack_without_such_points_says_which_it_has(stack):
    with pytest.raises(RegistrationError, match="holds no imvis_points; nor other points"):
        read_points(stack)
    append(np.zeros((4, 2, 2)), "imir_points", stack)
    append(np.zeros((4, 3)), "odd_points", stack)
    with pytest.raises(RegistrationError, match="it holds imir_points, odd_points"):
        read_points(stack)
    with pytest.raises(RegistrationError, match=r"no pairs of points, its shape is \(4, 3\)"):
        read_points(stack, name="odd")


def test_a_datastack_that_is_damaged_or_only_bytes_is_refused(stack, tmp_path):
    content = stack.read_bytes()
    (tmp_path / "half.datastack").write_bytes(content[: len(content) // 2])
    with pytest.raises(DatastackError):
        read_points(tmp_path / "half.datastack")
    with pytest.raises(RegistrationError, match="opened as a file"):
        read_points(content)


# JSON and what is no file of points


def test_json_keeps_further_content():
    text = save_points(SRC, DST, {"model": "affine", "photo_shape": [75, 60], "src_points": "not this"})
    found = read_points(text)
    assert found.about == {"model": "affine", "photo_shape": [75, 60]}
    np.testing.assert_array_equal(found.src, SRC)
    assert json.loads(text)["src_points"] == SRC


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "mapX,mapY,sourceX,sourceY,enable\n1,2,three,4,1\n",
            "QGIS.*'1,2,three,4,1' does not hold the numbers",
        ),
        ("mapX,mapY,sourceX\n1,2,3\n", "QGIS.*no column sourcey or pixely"),
        (
            "mapX,mapY,sourceX,sourceY\n1,-2,nan,-4\n",
            "QGIS.*Point 1 in the photograph is not a pair of finite",
        ),
        ('"Pt-0","true","1","2","x","4"\n', "BigWarp.*does not hold the numbers"),
        ('"Pt-0","true","1","2","3","4"\n"Pt-1"\n', "BigWarp.*does not hold the numbers"),
        ("Butterfly Registrator\n1.0\n", "Butterfly Registrator.*sizes"),
        ("a,b,c\n1,2,3\n", "is no JSON text, nor from QGIS, BigWarp or Butterfly Registrator"),
        ('{"src_points": [[1, 2]]}', "does not hold the points"),
    ],
)
def test_text_that_does_not_hold_points_is_refused_with_the_reason(text, reason):
    with pytest.raises(RegistrationError, match=f"(?s){reason}"):
        read_points(text)


def test_a_file_that_is_far_too_large_is_not_read(tmp_path):
    with open(tmp_path / "huge.json", "wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(RegistrationError, match=r"huge\.json is too large"):
        read_points(tmp_path / "huge.json")


@given(
    st.text(max_size=300),
    st.sampled_from(["", "mapX,mapY,sourceX,sourceY\n", "Butterfly Registrator\n", "a,true,"]),
)
def test_any_text_gives_points_or_one_sentence(text, start):
    try:
        found = read_points((start + text).encode(errors="replace"), **DRAWING_SIZES)
    except RegistrationError:
        return
    assert found.src.shape == found.dst.shape == (len(found.src), 2)


def test_unknown_kind_is_refused():
    with pytest.raises(RegistrationError, match="no kind 'xls' of points file; there are json, qgis"):
        write_points([[1, 2]], [[3, 4]], "xls")


WITH_COMMAS = {
    "QGIS": "mapX;mapY;sourceX;sourceY;enable\n1,5;-2,5;30,5;-40,5;1\n",
    "BigWarp": "Pt-0;true;30,0;40,0;1,0;2,0\n",
    "quoted BigWarp": '"Pt-0","true","30,0","40,0","1,0","2,0"\n',
}


@pytest.mark.parametrize("what", WITH_COMMAS)
def test_points_with_decimal_commas_as_a_german_spreadsheet_saves_them_are_read(what):
    points = read_points(WITH_COMMAS[what])
    assert (points.src.tolist(), points.dst.tolist()) == ([[30, 40]], [[1, 2]])


@pytest.mark.parametrize("line", ["1,5,-2,5,30,5,-40,5,1", "1,5,-2,5,30,-40,1"])
def test_decimal_commas_among_commas_that_separate_are_refused_rather_than_guessed(line):
    with pytest.raises(RegistrationError, match="does not fit the first line"):
        read_points(f"mapX,mapY,sourceX,sourceY,enable\n{line}\n")


@given(points_in(5000, 5000, 0, 8))
def test_saved_points_come_back_exactly(points):
    points = points.reshape(-1, 2)
    src, dst = load_points(save_points(points, points[::-1]))
    np.testing.assert_array_equal(src, points)
    np.testing.assert_array_equal(dst, points[::-1])


def test_points_are_read_from_a_file_its_name_or_its_bytes(tmp_path):
    path = tmp_path / "points.json"
    path.write_text('\n {"src_points": [[1, 2]], "dst_points": [[3, 4]], "note": "by hand"}')
    for source in (path, str(path), path.read_bytes(), path.read_text()):
        src, dst = load_points(source)
        assert (src.tolist(), dst.tolist()) == ([[1, 2]], [[3, 4]])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[[1, 2]]", "does not hold the points"),
        ('{"src_points": [[1, 2]]}', "does not hold the points"),
        ('{"src_points": [[1, 2]], "dst_points": []}', "1 source points but 0 destination"),
        ('{"src_points": [[1, "2"]], "dst_points": [[1, 2]]}', "must be pairs"),
        ('{"src_points": [[1, NaN]], "dst_points": [[1, 2]]}', "not a pair of finite"),
        ('{"src_points": 7, "dst_points": {"a": 1}}', "must be pairs"),
        ("\x00\xff", "is no JSON"),
    ],
)
def test_bad_points_file_is_refused_by_name_with_the_reason(tmp_path, text, reason):
    path = tmp_path / "points.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RegistrationError, match=f"points.json.*{reason}"):
        load_points(path)


def test_absent_points_file_is_named(tmp_path):
    with pytest.raises(RegistrationError, match=r"no points file .*absent\.json"):
        load_points(tmp_path / "absent.json")
    with pytest.raises(RegistrationError, match="cannot be read"):
        load_points(tmp_path)
