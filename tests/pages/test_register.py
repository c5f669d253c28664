"""The page Register: from four pairs of points to a photograph in the file."""

from pathlib import Path

import h5py
import numpy as np

from maxrf_core import DataStack
from tests.pages.conftest import Open, press, set_demo_points


def test_four_pairs_of_points_register_the_photograph(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    press(app, "Save to the scan")
    assert "Saved in demo" in app.success[-1].value
    [names] = [each.help for each in app.caption if each.value == "Names in the file"]
    assert "`imvis_reg_highres`" in names
    with h5py.File(data_folder / "demo.datastack") as file:
        assert file["imvis_reg"].shape == (300, 280, 3)
        assert file["imvis_points"].shape == (4, 2, 2)
        assert file["imvis_points"].attrs["photo"] == "demo_photo.png"
        assert np.allclose(file["imvis_extent"], (-0.5, 279.5, 299.5, -0.5))

    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert "demo_photo.png" in app.selectbox[0].options[0]
    app.switch_page("pages/contents.py").run()
    assert not app.exception
    assert set(DataStack(data_folder / "demo.datastack").names) <= set(app.dataframe[0].value["Array"])
