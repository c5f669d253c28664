"""A registered photograph is compared with maps in several ways."""

from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack, convert
from maxrf_core.readers import ArrayScan
from tests.pages.conftest import Open, pictures, texts, viewer_data
from widgets.viewer.layers import Seen
from widgets.viewer.ways import WAYS


def show(app: AppTest, way: str) -> AppTest:
    app.segmented_control(key="compare-way").set_value(way).run()
    assert not app.exception
    return app


def test_every_way_to_compare_says_what_to_do_and_has_its_pictures(open_page: Open, ds: DataStack):
    app = open_page("compare")
    for way, how in WAYS.items():
        show(app, way)
        assert how.hint in texts(app)
        shown, places = viewer_data(app)[0], pictures(app)
        assert len(shown["panes"]) == (2 if way == "beside" else 1)
        for pane in shown["panes"]:
            for place in (pane["base"], pane["over"]):
                assert place is None or places[f"{place}-whole"]


def test_up_to_three_maps_stand_beside_the_photograph(open_page: Open, ds: DataStack):
    app = open_page("compare", lo="6.1", hi="6.7")
    lines = [
        line
        for line in app.multiselect(key="more-bands").options
        if line in ("Ca Ka · calcium", "Hg La · mercury")
    ]
    app.multiselect(key="more-bands").set_value(lines).run()
    assert not app.exception
    assert [pane["title"] for pane in viewer_data(app)[0]["panes"]] == [
        "Photograph",
        "6.1–6.7 keV",
        "Ca Ka",
        "Hg La",
    ]
    addresses = [pictures(app)[f"map-{number}-whole"] for number in (1, 2, 3)]
    assert len(set(addresses)) == 3


def test_a_scan_without_energies_offers_one_map(open_page: Open, ds: DataStack):
    counts = np.random.default_rng(0).poisson(2, (30, 40, 16)).astype(np.uint8)
    path = convert(ArrayScan(counts), ds.path.with_name("plain.datastack"))
    DataStack(path).append({"imvis_reg": np.full((30, 40, 3), 99, np.uint8)})
    app = open_page("compare", "plain.datastack", lo="3", hi="9")
    assert [pane["title"] for pane in viewer_data(app)[0]["panes"]] == ["Photograph", "Channels 3–9"]


def test_edges_are_of_the_photograph_or_of_the_map_and_as_many_as_wanted(open_page: Open, ds: DataStack):
    app = show(open_page("compare"), "edges")
    of_photo = pictures(app)
    assert viewer_data(app)[0]["panes"][0]["base"] == "map-1"
    app.slider(key="compare-edges-share").set_value(30).run()
    assert pictures(app)["edges-whole"] != of_photo["edges-whole"]
    app.segmented_control(key="compare-edges-of").set_value(False).run()
    assert viewer_data(app)[0]["panes"][0]["base"] == "photo"
    assert pictures(app)["edges-whole"] != of_photo["edges-whole"]


def test_the_difference_tells_how_much_the_two_share(open_page: Open, ds: DataStack):
    app = show(open_page("compare"), "difference")
    assert "% of the differences in brightness within the photograph" in texts(app)
    assert "Red: the photograph is brighter" in texts(app)
    assert viewer_data(app)[0]["panes"][0]["legend"]["units"] == "brightness"


def test_a_photograph_that_misses_the_map_has_no_difference_and_it_is_told(open_page: Open, ds: DataStack):
    ds.append({"imuv_reg": np.zeros((300, 280), np.uint8)})
    app = open_page("compare")
    app.selectbox[0].select("imuv_reg").run()
    show(app, "difference")
    assert "no pixel in common" in texts(app)


def test_only_who_zooms_in_gets_the_photographs_own_pixels_and_only_there(open_page: Open, ds: DataStack):
    ds.append(
        {"imvis_reg_highres": np.random.default_rng(0).integers(0, 255, (3000, 2800, 3)).astype(np.uint8)}
    )
    app = open_page("compare")
    before = pictures(app)
    assert before["photo-part"] is None
    app.session_state["viewer/compare"].seen = Seen(100, 140, 160, 120, 20.0)
    app.run()
    after = {each["place"]: each for each in viewer_data(app) if "place" in each}
    left, right, bottom, top = after["photo-part"]["extent"]
    assert left <= 100 < 140 <= right
    assert top <= 120 < 160 <= bottom
    assert right - left < 70
    assert after["photo-part"]["crisp"]
    assert after["photo-whole"]["url"] == before["photo-whole"]
    assert after["map-1-part"]["url"] is None  # the map is there in its own pixels already


def test_where_no_photograph_is_registered_the_way_to_one_is_shown(open_page: Open):
    assert "No photograph has been registered" in texts(open_page("compare"))
    app = open_page("spectra")
    assert "Register a photograph to click on it here" in [link.proto.label for link in app.get("page_link")]


def test_a_registered_picture_that_is_none_is_not_offered(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    ds.append(
        {"imvis_reg": np.zeros((30, 30, 2)), "imxr_reg": np.zeros((30, 28)), "imxr_extent": np.zeros(3)}
    )
    app = open_page("compare")
    assert app.selectbox[0].options == ["imxr_reg"]
    assert not app.error
