"""Maps as text: tables that PyMca wrote, and maps as rows of numbers."""

import numpy as np
import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers import open_maps

FOLDER = "data/readers/maps"


@pytest.mark.parametrize("file", ["maps.csv", "maps.dat"])
def test_a_table_that_pymca_wrote_becomes_maps_named_as_its_columns(shared, file):
    scan, truth = open_maps(shared(f"{FOLDER}/{file}")), np.load(shared(f"{FOLDER}/truth.npz"))
    assert scan.map_names == ("Fe_K", "Ca_K")
    for number, name in enumerate(scan.map_names):
        np.testing.assert_allclose(scan.read_map(number), truth[name], rtol=1e-5)


def test_a_separator_may_end_the_lines_and_decimals_may_have_commas(tmp_path):
    path = tmp_path / "ink.csv"
    path.write_text('"row";"column";"Fe K"\n0;0;1,5;\n0;1;2,5;\n1;0;3,5;\n1;1;4,5;\n')
    scan = open_maps(path)
    assert scan.map_names == ("Fe K",)
    np.testing.assert_array_equal(scan.read_map(0), [[1.5, 2.5], [3.5, 4.5]])


def test_places_in_millimetres_in_any_order_form_the_grid_and_gaps_are_told(tmp_path):
    path = tmp_path / "ink.txt"
    path.write_text("x [mm]\ty [mm]\tFe\n10.5\t3\t1\n10\t3\t2\n10\t4\t3\n")
    scan = open_maps(path)
    np.testing.assert_array_equal(scan.read_map(0), [[2, 1], [3, np.nan]])
    assert "no values for 1 pixels" in scan.notes[0]


@pytest.mark.parametrize(
    "text", ["1 2 3\n4 5 6\n", "1;2;3\n4;5;6\n", "# Fe\n1,2,3\n4,5,6", "1\t2\t3\n4\t5\t6\n"]
)
def test_rows_of_numbers_are_one_map_named_as_the_file(tmp_path, text):
    path = tmp_path / "Fe-K.csv"
    path.write_text(text)
    scan = open_maps(path)
    assert scan.map_names == ("Fe-K",)
    np.testing.assert_array_equal(scan.read_map(0), [[1, 2, 3], [4, 5, 6]])


def test_utf_16_is_read(tmp_path):
    path = tmp_path / "Fe.txt"
    path.write_text("1\t2\n3\t4\n", encoding="utf-16")
    np.testing.assert_array_equal(open_maps(path).read_map(0), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Fe,Ca\n1,2\n3,4\n", "does not tell where its values lie"),
        ("row,column,Fe\n0,0,1\n7.5,3,2\n1,1,2\n", "form no grid"),
        ("row,column,Fe\n0,0,1\n0,1\n", "line 3 has 2 numbers, and others have 3"),
        ("row,column,Fe\n0,0,x\n0,1,2\n", "something else than numbers"),
        ("row,column\n0,0\n0,1\n", "would hold 0 maps"),
        ("milk\n", "does not tell"),
        ("", "no lines of numbers"),
    ],
)
def test_a_text_without_maps_is_refused_in_a_sentence(tmp_path, text, said):
    path = tmp_path / "notes.csv"
    path.write_text(text)
    with pytest.raises(ScanError, match=said):
        open_maps(path).read_map(0)


def test_points_of_a_registration_are_no_maps(shared):
    with pytest.raises(ScanError, match="does not tell where"):
        open_maps(shared("data/real/vangogh/s0039V1962_Zn_control_points.csv"))
