"""Several files of maps as one scan without spectra."""

import numpy as np
import pytest
from PIL import Image

from maxrf_core.errors import PictureError, ScanError
from maxrf_core.readers import FORMATS, MAP_FORMATS, format_of, open_fitting_maps, open_maps, open_scan
from maxrf_core.untrusted.check import check_untrusted


def map_file(path, value=5, size=(4, 6)):
    Image.fromarray(np.full(size, value, np.uint8)).save(path)
    return path


def test_genuine_maps_of_one_frame_become_one_scan_named_as_their_files(shared):
    folder = shared("data/susanna")
    scan = open_maps(*sorted(folder.glob("small186x197_emap-*.png")))
    assert scan.map_names == ("Ba", "Ca", "Cl", "Cu", "Fe", "K", "Mn", "Pb", "S", "Ti", "Zn")
    assert scan.shape == (197, 186, 0)


def test_a_folder_gives_the_maps_of_one_size_and_tells_what_is_left_out(shared):
    scan = open_scan(shared("data/susanna"))
    assert len(scan.map_names) == 11
    told = " ".join(scan.notes)
    assert "vis_registered_333x354.png is a picture in colours" in told
    assert "RP-T-1898-A-3689_emap-Fe_gray8.png is left out: it has 1592 × 1692 pixels" in told


def test_what_a_check_refuses_is_left_out_with_its_reason(tmp_path):
    files = map_file(tmp_path / "Fe.png"), map_file(tmp_path / "Ca.png")

    def check(path):
        if path.stem == "Fe":
            raise ScanError("not this one")

    scan = open_fitting_maps(files, "ink", check)
    assert (scan.name, scan.map_names) == ("ink", ("Ca",))
    assert "Left out: not this one" in scan.notes


def test_files_that_are_asked_for_by_name_must_have_one_size(tmp_path):
    files = map_file(tmp_path / "Fe.png"), map_file(tmp_path / "Ca.png", size=(4, 5))
    with pytest.raises(ScanError, match=r"Fe\.png has 6 × 4 pixels, and Ca\.png has 5 × 4"):
        open_maps(*files)


def test_maps_of_the_same_name_are_told_apart(tmp_path):
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
    files = [tmp_path / "first" / "a.csv", tmp_path / "second" / "b.csv", tmp_path / "second" / "c.csv"]
    for path in files:
        path.write_text("row,column,Fe\n0,0,1\n0,1,2\n")
    files[2].write_text("row,column,Ca\n0,0,1\n0,1,2\n")
    assert open_maps(*files).map_names == ("Fe (a)", "Fe (b)", "Ca")


def test_a_picture_is_no_scan_unless_it_is_opened_as_one(tmp_path):
    path = map_file(tmp_path / "Fe.png")
    assert format_of(path) is None
    assert open_scan(path).map_names == ("Fe",)
    check_untrusted(path)
    check_untrusted(path, as_maps=True)


def test_files_from_strangers_are_checked_map_by_map(tmp_path):
    path = tmp_path / "ink.dms"
    path.write_bytes(b"2\n2 2 1\n" + bytes(16) + b"Fe")
    check_untrusted(path)
    path.write_bytes(b"2\n2 2 9\n" + bytes(16) + b"Fe")
    with pytest.raises(ScanError, match="fit no type"):
        check_untrusted(path)
    photo = tmp_path / "photo.png"
    Image.fromarray(np.zeros((5, 5, 3), np.uint8) + np.arange(3, dtype=np.uint8)).save(photo)
    check_untrusted(photo)
    with pytest.raises((ScanError, PictureError), match="in colours"):
        check_untrusted(photo, as_maps=True)


def test_an_empty_folder_and_other_files_are_refused_in_a_sentence(tmp_path):
    with pytest.raises(ScanError, match="holds no element maps"):
        open_maps(tmp_path)
    other = tmp_path / "notes.pdf"
    other.write_bytes(b"%PDF")
    with pytest.raises(ScanError, match="is no file of element maps"):
        open_maps(other)


def test_all_formats_of_maps_are_declared():
    assert {form.name for form in MAP_FORMATS} == {"Datamuncher", "EDF maps", "Map pictures", "Map tables"}
    assert set(MAP_FORMATS) < set(FORMATS)
