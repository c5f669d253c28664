"""A registration by any model stores everything needed to repeat and to assess it."""

import json

import cv2
import h5py
import numpy as np
import pytest

from maxrf_core.cli.main import main
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import RegistrationError
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.points_io import KINDS, read_points, save_points, write_points
from maxrf_core.registration.register import register
from maxrf_core.transform.homography import Homography, homography
from maxrf_core.transform.models import MODELS, find_model
from maxrf_core.transform.piecewise_affine import PiecewiseAffine
from maxrf_core.transform.thin_plate_spline import ThinPlateSpline

MAP = (60, 50)
DST = np.array([[x, y] for y in (3.0, 30, 57) for x in (2.0, 25, 47)])
TO_PHOTO = Homography([[2.9, 0.1, 9], [-0.08, 3.1, 12], [2e-4, 1e-4, 1]])
SRC = TO_PHOTO.apply(DST) + np.sin(np.arange(18)).reshape(9, 2)
PHOTO = np.random.default_rng(1).integers(0, 255, (220, 180, 3), dtype=np.uint8)


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    convert(ArrayScan(np.ones((*MAP, 32), np.uint16)), tmp_path / "scan.datastack")
    cv2.imwrite("photo.png", PHOTO[:, :, ::-1])
    return tmp_path / "scan.datastack"


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_stored_with_its_parameters_residuals_and_method(model, stack):
    result = register(PHOTO, MAP, SRC, DST, model=model, pixel_size=0.5, photo_name="photo.png")
    stored = DataStack(stack).append(result.arrays, result.attributes)
    with h5py.File(stack) as file:
        kept, points = dict(file[stored["imvis_points"]].attrs), file[stored["imvis_points"]][()]
    assert (kept["model"], kept["method"], kept["pixel_size_mm"]) == (model, "least squares", 0.5)
    again = find_model(kept["model"]).fit(points[:, 0], points[:, 1])
    np.testing.assert_array_equal(again.apply(SRC), result.transform.apply(SRC))
    np.testing.assert_allclose(kept["residuals"], np.hypot(*(again.apply(SRC) - DST).T), atol=1e-9)
    assert kept["rms"] == pytest.approx(np.sqrt(np.mean(np.square(kept["residuals"]))))
    np.testing.assert_array_equal(kept["leave_one_out"], result.quality.leave_one_out)
    assert result.arrays["imvis_reg"].shape == (*MAP, 3)
    json.dumps(result.attributes)


def test_stored_parameters_alone_restore_the_transform():
    def noted(model):
        return register(PHOTO, MAP, SRC, DST, model=model).attributes["imvis_points"]

    back = {name: find_model(name).fit(SRC, DST).inverse() for name in MODELS}
    places = np.array([[0.0, 0], [20, 30], [49, 59], [80, -10]])
    for name in ("homography", "affine", "similarity"):
        np.testing.assert_allclose(
            Homography(noted(name)["homography"]).inverse().apply(places), back[name].apply(places)
        )
    numbers = noted("thin-plate-spline")
    spline = ThinPlateSpline(DST, np.array(numbers["spline_weights"]), np.array(numbers["spline_affine"]))
    np.testing.assert_allclose(spline.apply(places), back["thin-plate-spline"].apply(places), atol=1e-9)
    numbers = noted("piecewise-affine")
    frame, triangles = np.array(numbers["frame"]), np.array(numbers["triangles"])
    pieces = PiecewiseAffine(
        np.vstack([DST, frame[:, 1]]), np.vstack([SRC, frame[:, 0]]), triangles, np.zeros((3, 2))
    )
    np.testing.assert_allclose(pieces.apply(places), back["piecewise-affine"].apply(places), atol=1e-9)


def test_pairs_that_do_not_agree_are_left_out_and_noted(stack):
    wrong = DST.copy()
    wrong[7] += [15, -9]
    result = register(PHOTO, MAP, SRC, wrong, method="magsac")
    assert np.flatnonzero(~result.used).tolist() == [7]
    right = np.arange(9) != 7
    np.testing.assert_array_equal(result.arrays["imvis_points"], np.stack([SRC, wrong], axis=1)[right])
    kept = result.attributes["imvis_points"]
    assert kept["method"] == "magsac"
    assert kept["left_out"] == [[SRC[7].tolist(), wrong[7].tolist()]]
    np.testing.assert_array_equal(kept["homography"], homography(SRC[right], DST[right]).matrix)
    stored = DataStack(stack).append(result.arrays, result.attributes)
    assert np.shape(DataStack(stack).attributes(stored["imvis_points"])["left_out"]) == (1, 2, 2)


@pytest.mark.parametrize("model", ["thin-plate-spline", "piecewise-affine"])
def test_a_bent_model_cannot_leave_pairs_out(model):
    with pytest.raises(RegistrationError, match="agrees with every pair"):
        register(PHOTO, MAP, SRC, DST, model=model, method="magsac")


def test_unknown_methods_and_models_are_refused():
    with pytest.raises(RegistrationError, match="no method 'ransac'"):
        register(PHOTO, MAP, SRC, DST, method="ransac")
    with pytest.raises(RegistrationError, match="no model 'projective'"):
        register(PHOTO, MAP, SRC, DST, model="projective")


def test_the_record_of_a_refinement_is_kept_as_it_is():
    record = {"by": "patches", "before": [0.1, 0.2], "gain": 0.03, "accepted": True}
    kept = register(PHOTO, MAP, SRC, DST, refinement=record).attributes["imvis_points"]
    assert json.loads(kept["refinement"]) == record
    assert "refinement" not in register(PHOTO, MAP, SRC, DST).attributes["imvis_points"]


def test_several_photographs_are_kept_under_their_own_names(stack):
    given = ("imvis", "imuv", "imir", "imxr", "raking light")
    for name in given:
        result = register(PHOTO, MAP, SRC, DST, name)
        DataStack(stack).append(result.arrays, result.attributes)
    names = DataStack(stack).names
    for name in given:
        assert {f"{name}_reg", f"{name}_reg_highres", f"{name}_extent", f"{name}_points"} <= set(names)


# On the command line


@pytest.mark.parametrize("kind", KINDS)
def test_register_reads_every_kind_of_points_file(kind, stack, capsys):
    sizes = {"photo_shape": PHOTO.shape, "map_shape": MAP}
    (stack.parent / "points").write_text(write_points(SRC, DST, kind, **sizes))
    assert main(["register", "scan.datastack", "photo.png", "--points", "points"]) == 0
    np.testing.assert_allclose(DataStack(stack).read("imvis_points"), np.stack([SRC, DST], axis=1), atol=1e-9)
    assert "imvis_reg " in capsys.readouterr().out


@pytest.mark.parametrize("model", MODELS)
def test_register_takes_a_model_and_says_how_good_the_points_are(model, stack, capsys):
    (stack.parent / "points.json").write_text(save_points(SRC, DST))
    command = ["register", "scan.datastack", "photo.png", "--points", "points.json", "--model", model]
    assert main([*command, "--pixel-size", "0.5"]) == 0
    assert DataStack(stack).attributes("imvis_points")["model"] == model
    told = capsys.readouterr().out
    assert "Left out and predicted from the others" in told
    assert " mm)" in told


def test_register_improves_a_registration_that_a_datastack_holds(stack, capsys):
    (stack.parent / "points.json").write_text(save_points(SRC, DST))
    command = ["register", "scan.datastack", "photo.png", "--name", "imuv", "--points"]
    assert main([*command, "points.json"]) == 0
    assert main([*command, "scan.datastack", "--model", "thin-plate-spline"]) == 0
    assert "imuv_points_ " in capsys.readouterr().out
    np.testing.assert_array_equal(read_points(stack, name="imuv").src, SRC)
    assert read_points(stack, name="imuv").about["model"] == "thin-plate-spline"


def test_register_leaves_out_wrong_pairs_when_told_and_says_which(stack, capsys):
    wrong = DST.copy()
    wrong[2] += [12, 14]
    (stack.parent / "points.json").write_text(save_points(SRC, wrong))
    command = ["register", "scan.datastack", "photo.png", "--points", "points.json"]
    assert main(command) == 2
    assert "Point 3 lies outside the map" in capsys.readouterr().err
    assert main([*command, "--allow-outside"]) == 0
    assert "warning: Pair 3 is probably set wrongly" in capsys.readouterr().out
    assert main([*command, "--robust"]) == 0
    told = capsys.readouterr().out
    assert "left out: pairs 3\n" in told
    assert "probably set wrongly" not in told
    assert len(DataStack(stack).read("imvis_points")) == 8
