"""Pixels are picked in the map, in a registered photograph or in both, with honest words about its fit."""

import numpy as np

from maxrf_core import DataStack
from tests.pages.conftest import Open, choice_of, texts, viewer_data


def test_the_photograph_takes_the_place_of_the_map_for_clicking(open_page: Open, ds: DataStack):
    app = open_page("spectra")
    assert not viewer_data(app)
    choice_of(app).pixels = [(100, 120)]
    app.segmented_control(key="spectra-picture").set_value("photo").run()
    assert not app.exception
    shown = viewer_data(app)[0]
    assert [pane["base"] for pane in shown["panes"]] == ["photo"]
    assert (shown["clicks"], shown["selects"]) == (True, True)
    assert [mark["box"] for mark in shown["marks"]] == [[100, 120, 100, 120]]
    app.segmented_control(key="spectra-picture").set_value("both").run()
    assert [pane["base"] for pane in viewer_data(app)[0]["panes"]] == ["photo", "map-1"]


def test_of_four_points_it_is_said_that_they_tell_nothing(open_page: Open, ds: DataStack):
    app = open_page("spectra")
    app.segmented_control(key="spectra-picture").set_value("photo").run()
    assert "photograph fits" not in texts(app)  # nothing was pointed at yet
    choice_of(app).pixels = [(140, 150)]
    app.run()
    words = "Pixel 140, 150: How precisely the photograph fits there is not known, since its 4 points"
    assert words in texts(app)


def test_of_more_points_the_fit_is_told_and_where_it_is_less_certain(open_page: Open, ds: DataStack):
    pairs = np.array([[[x, y], [x, y]] for x, y in ((20, 20), (260, 20), (260, 280), (20, 280), (99, 99))])
    ds.append(
        {"imvis_reg_highres": ds.read("imvis_reg_highres"), "imvis_points": pairs.astype(float)},
        {"imvis_points": {"residuals": [0.3, 0.4, 0.5, 0.4, 0.4]}},
    )
    app = open_page("spectra")
    app.segmented_control(key="spectra-picture").set_value("photo").run()
    assert app.selectbox(key="spectra-photo").value == "imvis_reg_highres_"
    choice_of(app).regions = [(2, 100, 12, 110)]
    app.run()
    assert "Middle of 2, 100 to 12, 110: The photograph is off by about" in texts(app)
    assert "outside of the points" in texts(app)
    app.selectbox(key="spectra-photo").select("imvis_reg_highres").run()
    assert "its 4 points fit exactly" in texts(app)
