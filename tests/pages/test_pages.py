"""Does each page show what it promises, and say what is missing where it cannot?"""

import base64
import json
import os
import re
import shutil
import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest
import streamlit as st
from scipy.ndimage import gaussian_filter1d
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack, Region
from maxrf_core.conversion.convert import convert
from maxrf_core.cube.cube import Cube
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import homography
from server.incoming_file import Upload
from server.settings import uploads
from server.upload_check import CannotBeOpenedError, check_upload
from server.uploads import is_upload
from server.visitor_cookie import owner_id
from tests.pages.conftest import Open, choice_of, set_demo_points, texts
from widgets.open.large_upload import Arrived

PAGES = ("open", "maps", "spectra", "register", "compare", "contents")


def arrived(owner: str, name: str, path: Path) -> Upload:
    """Bring a file to the server as the route for uploads does."""
    content = path.read_bytes()
    with uploads().receive(owner, name, len(content)) as arrival:
        arrival.write(content)
    return check_upload(uploads(), arrival.upload)


@pytest.mark.parametrize("page", [page for page in PAGES if page != "open"])
def test_a_page_without_a_scan_shows_the_way_to_one(open_page: Open, page: str):
    app = open_page(page, stack=None)
    assert "No scan is open yet." in texts(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_with_the_scan_of_the_address(open_page: Open, page: str):
    app = open_page(page)
    assert choice_of(app).stack == "demo.datastack"
    assert not app.error


def test_the_demo_is_made_on_the_first_start(open_page: Open, data_folder: Path):
    for path in data_folder.iterdir():
        path.unlink()
    open_page("open", stack=None)
    assert DataStack(data_folder / "demo.datastack").shape == (300, 280, 2048)
    assert (data_folder / "demo_photo.png").is_file()


def test_opening_a_scan_leads_to_its_maps(open_page: Open):
    app = open_page("open", stack=None)
    app.button(key="open-demo.datastack").click().run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Maps"]


def test_the_first_band_is_a_line_and_not_the_zero_peak(open_page: Open):
    now = choice_of(open_page("maps"))
    assert (now.lo, now.hi) == (6.25, 6.55)  # around Fe Ka


def test_a_band_can_be_typed_or_chosen_by_element(open_page: Open):
    app = open_page("maps")
    app.number_input(key="band-hi").set_value(6.7).run()
    assert (choice_of(app).lo, choice_of(app).hi) == (6.25, 6.7)
    lead = next(line for line in app.selectbox(key="band-line").options if line == "Pb La · lead")
    app.selectbox(key="band-line").select(lead).run()
    assert choice_of(app).lo < 10.541 < choice_of(app).hi
    assert not app.exception


def test_a_band_without_channels_is_refused_in_words(open_page: Open):
    app = open_page("maps")
    app.number_input(key="band-lo").set_value(6.545).run()
    assert not app.exception
    assert choice_of(app).lo == 6.25
    assert "channel" in app.toast[0].value


def test_band_and_clip_survive_a_change_of_page_and_a_reload(open_page: Open):
    app = open_page("maps", lo="6.1", hi="6.7", clip="counts", low="0", high="4")
    assert (choice_of(app).lo, choice_of(app).hi, choice_of(app).clip, choice_of(app).high) == (
        6.1,
        6.7,
        "counts",
        4,
    )
    app.switch_page("pages/spectra.py").run()
    app.switch_page("pages/maps.py").run()
    now = choice_of(app)
    assert (now.lo, now.hi, now.clip, now.high) == (6.1, 6.7, "counts", 4)
    assert dict(app.query_params)["lo"] == "6.1"


def test_nonsense_in_the_address_does_no_harm(open_page: Open):
    app = open_page("maps", lo="x", hi="nan", clip="eval", low="1e999", high="-5", colormap="<b>")
    assert choice_of(app).clip == "percent"
    assert not app.error


@pytest.mark.parametrize(
    "stack", ["../../etc/passwd", "/etc/passwd", "absent.datastack", ".uploads/x", "upload-0"]
)
def test_an_address_leads_to_no_other_file(open_page: Open, stack: str):
    app = open_page("maps", stack=stack)
    assert "no file" in texts(app)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_odd_entries_in_the_data_folder_do_no_harm(open_page: Open, data_folder: Path, tmp_path: Path):
    (data_folder / "folder.datastack").mkdir()
    (data_folder / "broken.datastack").symlink_to(tmp_path / "nowhere")
    elsewhere = tmp_path / "large disk.datastack"
    elsewhere.write_bytes((data_folder / "demo.datastack").read_bytes())
    (data_folder / "linked.datastack").symlink_to(elsewhere)
    app = open_page("open", stack=None)
    assert {button.key for button in app.button} == {"open-demo.datastack", "open-linked.datastack"}
    app.button(key="open-linked.datastack").click().run()
    assert choice_of(app).stack == "linked.datastack"
    assert not app.exception


def test_a_name_with_markdown_shows_as_it_is(open_page: Open, data_folder: Path):
    name = "a ![x](http) *b*.datastack"
    (data_folder / "demo.datastack").rename(data_folder / name)
    app = open_page("contents", stack=name)
    assert not app.exception
    assert "![x]" not in texts(app)
    assert "\\!\\[x\\]" in app.get("link_button")[0].proto.label


def test_energies_that_do_not_fit_are_told_and_can_be_set_again(open_page: Open, data_folder: Path):
    DataStack(data_folder / "demo.datastack").append({"maxrf_energies": np.arange(5.0)})
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    assert "calibrate it again" in texts(app)
    app.segmented_control(key="energies-way").set_value("typed").run()
    next(button for button in app.button if button.label == "Save these energies").click().run()
    assert DataStack(data_folder / "demo.datastack").axis.unit == "keV"


def test_a_registered_picture_that_is_none_is_not_offered(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    ds.append(
        {"imvis_reg": np.zeros((30, 30, 2)), "imxr_reg": np.zeros((30, 28)), "imxr_extent": np.zeros(3)}
    )
    app = open_page("compare")
    assert app.selectbox[0].options == ["imxr_reg"]
    assert not app.error


def test_a_typed_point_far_away_is_taken_calmly(open_page: Open):
    app = open_page("register")
    choice_of(app).pairs.edit({("src", 0, 0): 1e300, ("src", 0, 1): -1e9})
    app.run()
    assert not app.exception


def test_a_datastack_without_a_name_is_not_made(open_page: Open, data_folder: Path):
    put_raw_scan(data_folder)
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    for name in ("", " . ", "../evil", "a/b"):
        next(field for field in app.text_input if field.label == "Name of the datastack").set_value(
            name
        ).run()
        assert "Convert" not in [button.label for button in app.button], name
        assert len(app.warning) == 1


def test_the_contrast_changes_without_a_new_map(open_page: Open, monkeypatch: pytest.MonkeyPatch):
    app = open_page("maps")

    def refuse(*_: object) -> None:
        raise AssertionError("a map was made anew")

    monkeypatch.setattr(Cube, "band_map", refuse)
    app.segmented_control(key="clip-kind").set_value("counts").run()
    before = choice_of(app).high
    app.number_input(key="clip-high").set_value(2.5).run()
    assert before != 2.5
    assert choice_of(app).high == 2.5
    assert not app.exception


def test_pixels_and_rectangles_show_their_spectra_and_can_be_taken_away(open_page: Open):
    app = open_page("spectra")
    choice_of(app).pixels = [(3, 4), (100, 200)]
    choice_of(app).regions = [(10, 20, 30, 40)]
    app.run()
    assert not app.exception
    names = list(drawn_spectra(app))
    assert names[-3:] == [
        "1: Pixel 3, 4, smoothed",
        "2: Pixel 100, 200, smoothed",
        "3: Mean of 10, 20 to 30, 40",
    ]
    app.multiselect(key="spectra-kept").set_value([1, 2]).run()
    assert choice_of(app).pixels == [(100, 200)]
    assert choice_of(app).regions == [(10, 20, 30, 40)]


def drawn_spectra(app: AppTest) -> dict[str, np.ndarray]:
    """Return the counts of each curve in the first chart of a page, by name."""
    found = {}
    for curve in json.loads(app.get("plotly_chart")[0].proto.spec)["data"]:
        if "name" in curve:
            counts = curve.get("customdata", curve["y"])
            found[curve["name"]] = np.frombuffer(base64.b64decode(counts["bdata"]), counts["dtype"])
    return found


@pytest.mark.parametrize("log", [True, False])
def test_without_smoothing_pixels_show_their_counts_and_a_mean_is_never_smoothed(
    open_page: Open, data_folder: Path, log: bool
):
    ds = DataStack(data_folder / "demo.datastack")
    mean = ds.region_spectrum(Region.rectangle(10, 20, 30, 40)).mean
    app = open_page("spectra")
    choice_of(app).pixels, choice_of(app).regions = [(3, 4)], [(10, 20, 30, 40)]
    app.toggle(key="spectra-log").set_value(log).run()
    shown = drawn_spectra(app)
    smooth = gaussian_filter1d(ds.spectrum(3, 4), 7)
    np.testing.assert_allclose(shown["1: Pixel 3, 4, smoothed"], smooth, rtol=1e-5)
    np.testing.assert_allclose(shown["2: Mean of 10, 20 to 30, 40"], mean, rtol=1e-6)
    app.toggle(key="spectra-smooth").set_value(False).run()
    shown = drawn_spectra(app)
    np.testing.assert_array_equal(shown["1: Pixel 3, 4"], ds.spectrum(3, 4))
    np.testing.assert_allclose(shown["2: Mean of 10, 20 to 30, 40"], mean, rtol=1e-6)
    np.testing.assert_allclose(shown["Mean of all pixels"], ds.read("maxrf_sumspectrum"), rtol=1e-6)


def test_a_maximum_of_smoothed_spectra_says_so(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    assert next(iter(drawn_spectra(open_page("spectra")))) == "Maximum of all pixels, smoothed"
    assert "Maximum of all pixels, smoothed" in open_page("maps").get("plotly_chart")[0].proto.spec
    ds.append({"maxrf_maxspectrum": ds.sum_and_max()[1]}, {"maxrf_maxspectrum": {"smoothing_sigma": 0.0}})
    shown = drawn_spectra(open_page("spectra"))
    np.testing.assert_array_equal(shown["Maximum of all pixels"], ds.sum_and_max()[1])


def test_spectra_that_maxrf4u_has_smoothed_are_called_so_and_not_smoothed_again(
    open_page: Open, data_folder: Path, shared
):
    shutil.copy(shared("data/maxrf4u/v2_0.1.16_24x20x4096.datastack"), data_folder / "old.datastack")
    app = open_page("spectra", "old.datastack")
    choice_of(app).pixels, choice_of(app).regions = [(3, 4)], [(1, 2, 3, 4)]
    app.run()
    shown = drawn_spectra(app)
    assert all(name.endswith(", smoothed") for name in shown)
    expected = DataStack(data_folder / "old.datastack").spectrum(3, 4)
    np.testing.assert_allclose(shown["1: Pixel 3, 4, smoothed"], expected, rtol=1e-6)


def test_both_pictures_are_sent_small_and_as_jpeg(open_page: Open):
    pictures = [json.loads(each.proto.json_args) for each in open_page("register").get("component_instance")]
    assert len(pictures) == 2
    for picture in pictures:
        assert picture["src"].startswith("data:image/jpeg")
        assert len(picture["src"]) < 600_000


def test_four_pairs_of_points_register_the_photograph(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    next(button for button in app.button if button.label == "Save to the scan").click().run()
    assert not app.exception
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


def test_points_that_fold_the_picture_are_told_and_nothing_is_offered(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    pairs = choice_of(app).pairs
    pairs.replace(dst=[pairs.dst[1], pairs.dst[0], *pairs.dst[2:]])
    app.run()
    assert not app.exception
    assert len(app.warning) == 1
    assert "Save to the scan" not in [button.label for button in app.button]
    next(button for button in app.button if button.label == "Put the points in order").click().run()
    assert not app.exception
    assert "Save to the scan" in [button.label for button in app.button]


def test_more_pairs_tell_which_one_is_wrong(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    points = json.loads((data_folder / "demo_points.json").read_text())
    exact = homography(points["src_points"], points["dst_points"])
    src = [(x, y) for y in (200, 500, 800) for x in (200, 500, 800)]
    dst = exact.apply(src) + np.sin(np.arange(18).reshape(9, 2)) / 5
    dst[4] += (0, 9)
    choice_of(app).pairs.set_pairs(src, dst.tolist())
    app.run()
    assert not app.exception
    assert "Pair 5 is probably set wrongly" in texts(app)
    app.toggle(key="fit-robust").set_value(True).run()
    assert not app.exception
    assert "Left out, as they do not agree with the others: 5" in texts(app)
    next(button for button in app.button if button.label == "Save to the scan").click().run()
    assert DataStack(data_folder / "demo.datastack").read("imvis_points").shape == (8, 2, 2)


@pytest.mark.parametrize("model", ["affine", "similarity", "thin-plate-spline", "piecewise-affine"])
def test_another_kind_of_transform_is_fitted_and_kept(open_page: Open, data_folder: Path, model: str):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    app.selectbox(key="fit-model").select(model).run()
    assert not app.exception
    app.selectbox(key="keep-kind").select("imir").run()
    next(button for button in app.button if button.label == "Save to the scan").click().run()
    assert not app.exception
    ds = DataStack(data_folder / "demo.datastack")
    assert ds.attributes("imir_points")["model"] == model


def test_points_that_are_kept_can_be_taken_again(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    next(button for button in app.button if button.label == "Save to the scan").click().run()
    before = choice_of(app).pairs.placed()
    next(button for button in app.button if button.label == "Start over").click().run()
    next(button for button in app.button if button.label == "Use these").click().run()
    assert not app.exception
    assert choice_of(app).pairs.placed() == before


def test_undo_and_start_over_give_points_back(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    next(button for button in app.button if button.label == "Start over").click().run()
    assert choice_of(app).pairs.src == [None] * 4
    next(button for button in app.button if button.label == "Undo").click().run()
    assert choice_of(app).pairs.complete


def test_a_page_that_is_locked_keeps_shared_scans_as_they_are(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    assert "Save to the scan" not in [button.label for button in app.button]
    assert "shared scans" in texts(app)
    before = (data_folder / "demo.datastack").read_bytes()
    next(button for button in app.button if button.label == "Save to a copy of my own").click().run()
    assert not app.exception
    assert "Saved in" in texts(app)
    assert is_upload(choice_of(app).stack)
    assert (data_folder / "demo.datastack").read_bytes() == before
    copy = next(data_folder.glob(".uploads/*/*/*.datastack"))
    assert "imvis_reg_highres" in DataStack(copy).names
    assert "PNG" not in {button.label for button in app.get("download_button")}


def test_where_nothing_can_be_added_the_result_can_be_downloaded(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    labels = [button.label for button in app.get("download_button")]
    assert labels == ["JSON", "QGIS", "BigWarp", "Butterfly Registrator", "PNG", "TIFF"]


def test_where_strangers_come_the_data_folders_files_are_checked_as_uploads_are(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    with h5py.File(data_folder / "demo.datastack", "r+") as file:
        file.create_dataset("odd", data=np.arange(100), chunks=(50,), compression="lzf")
    assert not open_page("maps").error  # one's own computer takes one's own file
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    st.cache_resource.clear()
    assert "packed with 'lzf'" in open_page("maps").error[0].value


def test_a_damaged_file_is_told_in_one_sentence(open_page: Open, data_folder: Path):
    (data_folder / "broken.datastack").write_bytes((data_folder / "demo.datastack").read_bytes()[:5000])
    (data_folder / "empty.datastack").write_bytes(b"")
    for name in ("broken.datastack", "empty.datastack"):
        app = open_page("maps", stack=name)
        assert len(app.error) == 1
        assert name.replace(".", "\\.") in app.error[0].value


def test_on_ones_own_computer_an_upload_is_a_scan_like_others(open_page: Open, data_folder: Path):
    upload = arrived(owner_id("me"), "my scan.datastack", data_folder / "demo.datastack")
    (data_folder / "demo.datastack").unlink()
    app = open_page("open", stack=None)
    app.button(key=f"open-{upload.identifier}").click().run()
    assert choice_of(app).stack == "my scan.datastack"
    app.switch_page("pages/open.py").run()
    app.segmented_control(key="open-task").set_value("upload").run()
    assert "stays there" in texts(app)


def test_an_upload_opens_for_its_uploader_alone(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_SHARED", "1")
    app = open_page("open", stack=None)
    app.session_state["visitor-secret"] = "Anna's"
    identifier = arrived(owner_id("Anna's"), "my scan.datastack", data_folder / "demo.datastack").identifier
    stranger = open_page("open", stack=None)
    assert identifier not in str([button.key for button in stranger.button])
    assert "my scan" not in texts(stranger)
    told = open_page("maps", stack=identifier)  # by somebody to whom the address was sent
    assert "not here any more" in texts(told)
    app.run()
    app.button(key=f"open-{identifier}").click().run()
    assert choice_of(app).stack == identifier
    app.switch_page("pages/open.py").run()
    app.button(key=f"remove-{identifier}").click().run()
    assert not app.exception
    assert not list(data_folder.glob(".uploads/*/*/*"))


def test_a_broken_upload_can_be_rescued(open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_SHARED", "1")
    content = (data_folder / "demo.datastack").read_bytes()
    (data_folder / "cut").write_bytes(content[:-1000])
    app = open_page("open", stack=None)
    app.session_state["visitor-secret"] = "Anna's"
    with pytest.raises(CannotBeOpenedError) as error:
        arrived(owner_id("Anna's"), "cut.datastack", data_folder / "cut")
    app.session_state["upload-broken"] = Arrived(error.value.identifier, "cut.datastack", str(error.value))
    app.segmented_control(key="open-task").set_value("upload").run()
    assert len(app.error) == 1
    next(button for button in app.button if button.label == "Rescue what it still holds").click().run(
        timeout=120
    )
    assert not app.exception
    assert "maxrf_cube" in app.code[0].value
    next(button for button in app.button if button.label == "Open what was saved").click().run()
    assert not app.exception
    rescued = next(data_folder.glob(".uploads/*/*/cut_rescued.datastack"))
    whole = DataStack(data_folder / "demo.datastack")
    assert np.array_equal(DataStack(rescued).spectrum(140, 150), whole.spectrum(140, 150))


def test_a_broken_scan_of_the_data_folder_can_be_rescued(open_page: Open, data_folder: Path):
    content = (data_folder / "demo.datastack").read_bytes()
    (data_folder / "cut.datastack").write_bytes(content[:-1000])
    app = open_page("maps", stack="cut.datastack")
    next(button for button in app.button if button.label == "Rescue what it still holds").click().run(
        timeout=120
    )
    assert not app.exception
    assert (data_folder / "cut_rescued.datastack").is_file()
    assert (data_folder / "cut.datastack").read_bytes() == content[:-1000]


def test_energies_are_typed_and_kept(open_page: Open, data_folder: Path):
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    app.segmented_control(key="energies-way").set_value("typed").run()
    next(field for field in app.number_input if field.label.startswith("Gain")).set_value(0.01).run()
    next(button for button in app.button if button.label == "Save these energies").click().run()
    assert not app.exception
    ds = DataStack(data_folder / "demo.datastack")
    assert ds.latest("maxrf_energies") == "maxrf_energies_"
    assert ds.axis.values[1] - ds.axis.values[0] == pytest.approx(0.01)


def test_a_width_of_a_channel_that_the_scan_tells_is_where_typing_begins(open_page: Open, data_folder: Path):
    scan = ArrayScan(np.ones((5, 6, 300), np.uint16))
    scan.about = {"ev_per_channel": 9.999}
    convert(scan, data_folder / "demo.datastack", overwrite=True)
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    app.segmented_control(key="energies-way").set_value("typed").run()
    assert not app.exception
    (gain,) = [field for field in app.number_input if field.label.startswith("Gain")]
    assert gain.value == pytest.approx(0.009999)


def test_energies_are_found_from_two_named_peaks(open_page: Open, data_folder: Path):
    app = open_page("open")
    app.segmented_control(key="open-task").set_value("energies").run()
    true = DataStack(data_folder / "demo.datastack").axis
    for number, (label, energy) in enumerate([("Ca Ka · calcium", 3.69), ("Fe Ka · iron", 6.4)]):
        app.number_input(key=f"energies-channel-{number}").set_value(float(true.index(energy))).run()
        app.selectbox(key=f"energies-line-{number}").select(label).run()
    next(button for button in app.button if button.label == "Save these energies").click().run()
    assert not app.exception
    found = DataStack(data_folder / "demo.datastack").axis
    assert (
        np.abs(found.values - true.values)[: true.index(10.0)].max() < 0.035
    )  # typed to whole channels of 0.02 keV


def choose_energies(app: AppTest, *named: tuple[float, str]) -> AppTest:
    """Type channels and choose lines for peaks; gives the page of the task Set energies."""
    app.segmented_control(key="open-task").set_value("energies").run()
    for number, (channel, label) in enumerate(named):
        if number >= 2:
            next(button for button in app.button if button.label == "Add another peak").click().run()
        app.number_input(key=f"energies-channel-{number}").set_value(channel).run()
        app.selectbox(key=f"energies-line-{number}").select(label).run()
    assert not app.exception
    return app


def keep_button(app: AppTest):
    return next(button for button in app.button if button.label == "Save these energies")


def test_before_energies_are_kept_it_is_shown_where_the_zero_peak_and_the_lines_would_lie(
    open_page: Open, data_folder: Path
):
    axis = DataStack(data_folder / "demo.datastack").axis
    calcium, iron, lead = (float(axis.index(energy)) for energy in (3.69, 6.4, 10.54))
    app = choose_energies(open_page("open"), (calcium, "Ca Ka · calcium"), (iron, "Fe Ka · iron"))
    (table,) = app.dataframe
    rows = {
        name: float(energy) for name, energy in zip(table.value[""], table.value["Energy (keV)"], strict=True)
    }
    assert abs(rows["Zero peak"]) < 0.05
    assert rows["Rh Ka"] == pytest.approx(20.17, abs=0.1)
    assert rows["Peak: Fe Ka"] == pytest.approx(6.4, abs=0.02)
    assert keep_button(app).proto.type == "primary"
    assert not app.warning

    app = choose_energies(
        open_page("open"),
        (calcium, "Ca Ka · calcium"),
        (iron, "Fe Ka · iron"),
        (lead, "Pb La · lead"),
    )
    residuals = [float(found) for found in re.findall(r"([+-]\d+\.\d) eV", texts(app))]
    assert len(residuals) == 3
    assert max(map(abs, residuals)) < 10


def test_wrong_lines_are_doubted_before_they_are_kept(open_page: Open, data_folder: Path):
    axis = DataStack(data_folder / "demo.datastack").axis
    calcium, iron = (float(axis.index(energy)) for energy in (3.69, 6.4))
    app = choose_energies(open_page("open"), (calcium, "Ti Ka · titanium"), (iron, "Fe Ka · iron"))
    assert "where no detector has it" in app.warning[0].value
    assert keep_button(app).proto.type == "secondary"


def test_gains_in_electronvolts_are_refused(open_page: Open, data_folder: Path):
    app = choose_energies(open_page("open"))
    app.segmented_control(key="energies-way").set_value("typed").run()
    next(field for field in app.number_input if field.label.startswith("Gain")).set_value(10.0).run()
    assert "meant in eV? Then write" in texts(app)
    assert not [button for button in app.button if button.label == "Save these energies"]


def test_the_tube_is_told_by_the_file_or_chosen_and_rules_which_lines_are_offered(
    open_page: Open, data_folder: Path
):
    app = choose_energies(open_page("open"))
    assert app.selectbox(key="tube-anode").value == "Rh"
    lines = app.selectbox(key="energies-line-0").options
    for wanted in (
        "Ag Ka · silver",
        "Sn Ka · tin",
        "Ba Ka · barium",
        "Zr Ka · zirconium",
        "Mg Ka · magnesium",
    ):
        assert wanted in lines
    app.number_input(key="tube-kv").set_value(30.0).run()
    lines = app.selectbox(key="energies-line-0").options
    assert "Ag Ka · silver" in lines
    assert "Ba Ka · barium" not in lines
    assert choice_of(app).kv == 30

    DataStack(data_folder / "demo.datastack").set_tube({"tube_kV": 40.0, "tube_anode": "Mo"})
    app = choose_energies(open_page("open"))
    assert (app.selectbox(key="tube-anode").value, app.number_input(key="tube-kv").value) == ("Mo", 40.0)
    assert app.selectbox(key="tube-anode").disabled
    assert app.number_input(key="tube-kv").disabled


def put_raw_scan(data_folder: Path) -> np.ndarray:
    rng = np.random.default_rng(7)
    counts = rng.poisson(2, (20, 30, 128)).astype("<u2")
    counts[3:8, 4:9, 60:64] += 50
    (data_folder / "scan.raw").write_bytes(counts.tobytes())
    (data_folder / "scan.rpl").write_text(
        "key\tvalue\nwidth\t30\nheight\t20\ndepth\t128\noffset\t0\ndata-length\t2\ndata-type\tunsigned\n"
        "byte-order\tlittle-endian\nrecord-by\tvector\n"
    )
    return counts


def test_a_raw_scan_is_looked_at_turned_and_converted(open_page: Open, data_folder: Path):
    counts = put_raw_scan(data_folder)
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value("convert").run()
    app.radio(key="convert-orientation").set_value("Mirrored left to right").run()
    next(button for button in app.button if button.label == "Convert").click().run()
    assert not app.exception
    assert choice_of(app).stack == "scan.datastack"
    assert np.array_equal(DataStack(data_folder / "scan.datastack").read("maxrf_cube"), counts[:, ::-1])
    assert "no energies yet" in texts(app)  # and it goes on with what is missing


def test_a_file_of_maxrf4u_opens_and_can_be_converted(open_page: Open, data_folder: Path, shared):
    original = shared("data/maxrf4u/v3_head_24x20x4096.datastack")
    (data_folder / "theirs.datastack").write_bytes(original.read_bytes())
    app = open_page("contents", stack="theirs.datastack")
    next(button for button in app.button if button.label == "Make a converted copy").click().run()
    assert not app.exception
    assert choice_of(app).stack == "theirs_converted.datastack"
    assert DataStack(data_folder / "theirs_converted.datastack").read_list("test_list") == [
        [1, 2],
        [3, 5, 7],
        [1],
    ]
    assert (data_folder / "theirs.datastack").read_bytes() == original.read_bytes()


def test_older_versions_are_dropped_on_request(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    ds.append({"note": np.array([1])})
    ds.append({"note": np.array([2])})
    app = open_page("contents")
    next(button for button in app.button if button.label == "Drop them").click().run()
    assert not app.exception
    kept = DataStack(data_folder / "demo.datastack")
    assert "note_" not in kept.names
    assert kept.read("note").tolist() == [2]


def test_every_array_can_be_looked_at_and_downloaded(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    ds.append({"map": ds.band_map(6.1, 6.7), "words": np.array(["Fe", "Ca"]), "one": np.array(3.5)})
    app = open_page("contents")
    for name in ds.names:
        app.selectbox(key="contents-array").select(name).run()
        assert not app.exception, name


def test_missing_values_are_told_and_all_pages_show_the_rest(open_page: Open, data_folder: Path):
    counts = np.random.default_rng(0).poisson(3, (20, 30, 64)).astype(float)
    counts[4, 5] = counts[6, 7:9] = np.nan
    counts[:, :, 20] = np.inf
    convert(ArrayScan(counts), data_folder / "gaps.datastack")
    app = open_page("maps", "gaps.datastack")
    choice_of(app).pixels, choice_of(app).regions = [(5, 4), (1, 1)], [(0, 0, 9, 9)]
    app.run()
    assert not app.exception
    assert "3 pixels have no value in this band" in texts(app)
    app.switch_page("pages/spectra.py").run()
    assert not app.exception
    assert "3 pixels have no value in this band" in texts(app)
    shown = drawn_spectra(app)
    known = np.where(np.isfinite(counts), counts, np.nan)[:10, :10]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy's, of a channel without values
        mean = np.nanmean(known, axis=(0, 1))
    np.testing.assert_allclose(shown["3: Mean of 0, 0 to 9, 9"], mean, rtol=1e-6)
    for page in ("open", "register", "compare", "contents"):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
