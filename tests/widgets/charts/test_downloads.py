"""Downloads have names that every system can keep, and hold what is on the screen."""

import io

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core import DataStack
from maxrf_core.imaging.write import kinds_for
from maxrf_core.names import MAX_NAME_LENGTH, RESERVED_CHARACTERS, file_stem
from tests.pages.conftest import Open, choice_of
from widgets.charts.downloads import MIME


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_a_files_name_can_be_kept_in_every_system(parts: list[str]):
    stem = file_stem(*parts)
    assert 0 < len(stem) <= MAX_NAME_LENGTH
    assert not set(stem) & set(RESERVED_CHARACTERS)
    assert not stem.startswith(".")
    assert stem == "".join(stem.split())
    assert stem.isprintable()


def test_every_kind_of_file_has_its_type():
    assert set(kinds_for(np.ones((3, 4)))) <= set(MIME)


def test_the_spectra_on_the_screen_are_in_the_table(open_page: Open, data_folder):
    app = open_page("spectra")
    choice_of(app).pixels = [(3, 4)]
    app.toggle(key="spectra-smooth").set_value(False).run()
    file = app.session_state["offered-files"].files["download-spectra-csv"]
    assert file.name == "demo_spectra.csv"
    table = pd.read_csv(io.BytesIO(file.make()))
    ds = DataStack(data_folder / "demo.datastack")
    np.testing.assert_allclose(table["keV"], ds.axis.values)
    np.testing.assert_array_equal(table["1: Pixel 3, 4"], ds.spectrum(3, 4))
    assert list(table.columns[:2]) == ["channel", "keV"]
