"""Points are loaded from a file or from a stored registration, and saved for other programs."""

import io
from pathlib import Path

import numpy as np
import tifffile

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.registration.exchange.geotiff import parse_geotiff
from maxrf_core.registration.exchange.write import TRANSFORM_KINDS
from maxrf_core.registration.register import checksum, homography
from tests.pages.conftest import Open, choice_of, press, set_demo_points, texts


def test_points_that_are_kept_can_be_taken_again(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    press(app, "Save to the scan")
    before = choice_of(app).pairs.placed()
    press(app, "Start over")
    press(app, "Use these")
    assert choice_of(app).pairs.placed() == before


def test_a_transform_is_saved_for_other_programs_and_loaded_again(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    files = app.session_state["offered-files"].files
    taken = {key: file.make() for key, file in files.items() if key.startswith("transform-save-")}
    assert set(taken) == {f"transform-save-{kind}" for kind in (*TRANSFORM_KINDS, "geotiff")}
    assert checksum(data_folder / "demo_photo.png") in taken["transform-save-json"].decode()
    assert files["transform-save-world-file"].name.endswith(".pgw")
    src, _dst = choice_of(app).pairs.placed()
    on_map = homography(*choice_of(app).pairs.placed()).apply(src)
    press(app, "Start over")
    app.file_uploader(key="points-upload").upload("a.tfm", taken["transform-save-itk"], "text/plain").run()
    assert not app.exception
    again = homography(*choice_of(app).pairs.placed()).apply(src)
    np.testing.assert_allclose(again, on_map, atol=1e-5)


def test_it_is_told_how_far_a_format_departs_and_the_geotiff_lies_exactly(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    assert "off by up to" not in texts(app)  # computed only for those who look
    app.session_state["points-exchange"] = True
    app.run()
    assert not app.exception
    [told] = [each.value for each in app.caption if "off by up to" in each.value]
    assert "**World file** A world file holds an affine transform only" in told
    assert "map pixels" in told
    assert "**IIIF** " in told
    assert "photograph pixels" in told  # a perspective, which IIIF has not
    picture = app.session_state["offered-files"].files["transform-save-geotiff"].make()
    ds = DataStack(data_folder / "demo.datastack")
    on_map = parse_geotiff(picture, None, ds.shape)
    pixels = tifffile.imread(io.BytesIO(picture))
    step = np.array(ds.shape[1::-1]) / pixels.shape[1::-1]
    np.testing.assert_allclose(on_map.dst, (on_map.src + 0.5) * step - 0.5, atol=1e-6)
    assert step.max() < 0.6
