"""What the files of maps say of themselves."""

import io
import json

import numpy as np
import tifffile

from maxrf_core.export.map_files import MapNotes, notes_of, write_family, write_ome


def test_shifted_rows_and_the_step_are_told(known):
    ds, elements = known
    notes = notes_of(ds.straightened(0.5), elements.maps.about)
    assert notes.remark == "odd rows shifted back by 0.50 pixels"
    assert notes.step_mm == (0.5, 0.25)
    assert notes.settings["tube_anode"] == "Rh"


def test_a_name_in_any_writing_and_no_step_are_written():
    file, values = io.BytesIO(), np.array([[1.5, np.nan]], np.float32)
    write_family(file, "Pb-L", values, values, MapNotes('Nachtwacht <"&> 夜'))
    file.seek(0)
    with tifffile.TiffFile(file) as read:
        about = json.loads(read.pages[0].description)
        assert (about["scan"], about["element"]) == ('Nachtwacht <"&> 夜', "Pb")
        assert "step_mm" not in about
        np.testing.assert_array_equal(read.pages[1].asarray(), values)


def test_a_single_map_is_an_ome_tiff_too():
    file, values = io.BytesIO(), np.arange(6, dtype=np.float32).reshape(2, 3)
    write_ome(file, ["Fe-K"], iter([values]), (2, 3), MapNotes('<"&> 夜'))
    file.seek(0)
    with tifffile.TiffFile(file) as read:
        assert read.is_ome
        np.testing.assert_array_equal(read.series[0].asarray().reshape(2, 3), values)
        assert "Fe-K" in read.ome_metadata
