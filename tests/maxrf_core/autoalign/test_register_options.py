"""The options --refine and --propose on the command line, and the maps they use."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from maxrf_core.autoalign.map_selection import comparison_maps, select_bands
from maxrf_core.autoalign.robust_fit import mean_distance
from maxrf_core.cli.main import main
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import RegistrationError
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.local_error import stored_error_map
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.transform.homography import Homography
from tests.maxrf_core.autoalign.seen_drawing import (
    SHAPE,
    count,
    draw,
    in_warped_photograph,
    photograph,
    rough_clicks,
    true_transform,
    warped_photograph,
)

CALIBRATION = Calibration(0.05, -0.5)
CHANNELS = 300
INK, NOTHING = 6.4, 10.55  # keV: the drawing is to be seen at the first only
BANDS = {"ink": ("6.1", "6.7"), "nothing": ("10.3", "10.8")}
TRUTH, SIZE = true_transform()


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("helped")
    rng = np.random.default_rng(3)
    energies = CALIBRATION.energies(CHANNELS)
    peaks = [np.exp(-0.5 * ((energies - energy) / 0.08) ** 2) for energy in (INK, NOTHING)]
    ink = count(draw(1)) / 5
    counts = rng.poisson(0.02 + ink[:, :, None] * peaks[0] + 1.5 * peaks[1]).astype(np.uint16)
    convert(ArrayScan(counts), folder / "scan.datastack", calibration=CALIBRATION)
    photo = photograph(draw(1), TRUTH, SIZE)
    cv2.imwrite(str(folder / "photo.png"), photo)
    cv2.imwrite(str(folder / "warped.png"), warped_photograph(photo, TRUTH))
    cv2.imwrite(str(folder / "flipped.png"), photo[:, ::-1])
    cv2.imwrite(str(folder / "turned.png"), np.rot90(photo))
    cv2.imwrite(str(folder / "other.png"), photograph(draw(9), TRUTH, SIZE, 9))
    src, dst = rough_clicks(TRUTH, 8)
    points = {"src_points": src.tolist(), "dst_points": dst.tolist()}
    (folder / "points.json").write_text(json.dumps(points))
    return folder


def run(*more: str, photo: str = "photo.png") -> int:
    return main(["register", "scan.datastack", photo, *more])


def error_of(matrix: list, truth: Homography = TRUTH) -> float:
    return mean_distance(truth, Homography(matrix), SHAPE)


def kept() -> dict:
    return DataStack("scan.datastack").attributes("imvis_points")


def test_refine_stores_the_final_points_and_their_record(folder, capsys):
    assert run("--points", "points.json", "--refine", "--band", *BANDS["ink"]) == 0
    assert "were moved by up to" in capsys.readouterr().out
    noted = kept()
    assert error_of(noted["homography"]) < 0.3
    refined = json.loads(noted["refinement"])["refined"]
    assert refined["accepted"]
    assert (refined["maps"], refined["click_error"]) == (1, 15)
    src, dst = np.moveaxis(DataStack("scan.datastack").read("imvis_points"), 1, 0)
    np.testing.assert_allclose(TRUTH.apply(src), dst, atol=0.5)
    assert run("--points", "scan.datastack", "--refine") == 0  # nothing is left to gain
    assert "kept as they were" in capsys.readouterr().out


def test_without_a_band_the_maps_of_prominent_elements_are_used(folder):
    ds = DataStack("scan.datastack")
    bands = select_bands(ds.axis, ds.read("maxrf_maxspectrum"))
    for energy in (INK, NOTHING):
        assert any(lo < energy < hi for lo, hi in bands)
    assert run("--points", "points.json", "--refine") == 0
    assert error_of(kept()["homography"]) < 0.3
    assert json.loads(kept()["refinement"])["refined"]["maps"] == len(bands)


def test_refine_follows_a_warped_panel_unless_that_is_forbidden(folder, capsys):
    asked = "--points", "points.json", "--refine", "--band", *BANDS["ink"]
    assert run(*asked, photo="warped.png") == 0
    assert "warped by up to" in capsys.readouterr().out
    noted = kept()
    assert noted["model"] == "thin-plate-spline"
    refined = json.loads(noted["refinement"])["refined"]
    assert refined["bend"]["gain"] > 0.5
    assert stored_error_map(noted).rms == pytest.approx(refined["uncertainty"], abs=1e-3)
    pairs = DataStack("scan.datastack").read("imvis_points")
    source = in_warped_photograph(pairs[:, 1], TRUTH)
    assert np.hypot(*(TRUTH.apply(source) - TRUTH.apply(pairs[:, 0])).T).mean() < 0.6
    assert run(*asked, "--no-bend", photo="warped.png") == 0
    assert "warped by up to" not in capsys.readouterr().out
    assert kept()["model"] == "homography"
    assert stored_error_map(kept()).rms > 0


def test_with_a_map_that_shows_nothing_the_points_are_kept(folder, capsys):
    assert run("--points", "points.json", "--refine", "--band", *BANDS["nothing"]) == 0
    assert "too little in common" in capsys.readouterr().out
    given = json.loads(Path("points.json").read_text())
    np.testing.assert_array_equal(DataStack("scan.datastack").read("imvis_points")[:, 1], given["dst_points"])
    assert not json.loads(kept()["refinement"])["refined"]["accepted"]


def test_several_bands_may_be_given(folder):
    assert (
        run("--points", "points.json", "--refine", "--band", *BANDS["nothing"], "--band", *BANDS["ink"]) == 0
    )
    assert json.loads(kept()["refinement"])["refined"]["maps"] == 2
    assert json.loads(kept()["refinement"])["bands"] == [[10.3, 10.8], [6.1, 6.7]]


@pytest.mark.parametrize("model", ["affine", "thin-plate-spline"])
def test_other_models_are_fitted_to_the_moved_points(folder, model):
    assert run("--points", "points.json", "--refine", "--model", model) == 0
    src, dst = np.moveaxis(DataStack("scan.datastack").read("imvis_points"), 1, 0)
    np.testing.assert_allclose(TRUTH.apply(src), dst, atol=0.5)
    assert kept()["model"] == model


def test_points_are_judged_by_the_agreement_of_photograph_and_maps(folder, capsys):
    assert run("--points", "points.json") == 0
    assert "warning: Photograph and maps show the same" in capsys.readouterr().out  # 8 pixels off
    assert run("--points", "points.json", "--refine", "--name", "imuv") == 0
    told = capsys.readouterr().out
    assert "good: Photograph and maps show the same" in told
    assert "the error to be expected over the map is" in told
    assert "affine" not in told
    width, height = SIZE
    corners = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    onto = [[0, 0], [SHAPE[1] - 1, 0], [SHAPE[1] - 1, SHAPE[0] - 1], [0, SHAPE[0] - 1]]
    Path("corners.json").write_text(json.dumps({"src_points": corners, "dst_points": onto}))
    assert run("--points", "corners.json", "--name", "imir", photo="other.png") == 0
    told = capsys.readouterr().out
    assert "warning: Probably not this artwork" in told
    assert "good:" not in told
    assert run("--points", "points.json", "--band", *BANDS["nothing"], "--name", "imxr") == 0
    assert "Probably not this artwork" in capsys.readouterr().out  # as far as that map shows


def test_propose_needs_no_points(folder, capsys):
    assert run("--propose") == 0
    assert "fits" in capsys.readouterr().out
    assert error_of(kept()["homography"]) < 0.3
    assert json.loads(kept()["refinement"])["proposed"]["sure"]


def test_propose_finds_a_turned_photograph(folder):
    assert run("--propose", photo="turned.png") == 0
    turn = Homography(np.array([[0, 1, 0], [-1, 0, SIZE[0] - 1], [0, 0, 1]]))
    assert error_of(kept()["homography"], TRUTH @ turn.inverse()) < 0.3


def test_propose_registers_a_mirrored_photograph_and_refine_continues_from_it(folder, capsys):
    flip = Homography(np.array([[-1, 0, SIZE[0] - 1], [0, 1, 0], [0, 0, 1]]))
    assert run("--propose", photo="flipped.png") == 0
    assert "Mirrored, the photograph fits" in capsys.readouterr().out
    assert kept()["mirrored"]
    assert error_of(kept()["homography"], TRUTH @ flip) < 0.3
    rough = json.loads(Path("points.json").read_text())
    points = {**rough, "src_points": flip.apply(rough["src_points"]).tolist()}
    Path("flipped.json").write_text(json.dumps(points))
    assert run("--points", "flipped.json", "--mirrored", "--refine", photo="flipped.png") == 0
    assert "were moved by up to" in capsys.readouterr().out
    assert error_of(kept()["homography"], TRUTH @ flip) < 0.3


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["other.png", "--propose"], "Probably not this artwork"),
        (["flipped.png", "--propose", "--mirrored"], "omit --mirrored"),
        (["photo.png"], "Add --points"),
        (["photo.png", "--propose", "--points", "points.json"], "not allowed with"),
        (["photo.png", "--propose", "--band", "6.1"], "expected 2 arguments"),
        (["photo.png", "--propose", "--band", "90", "95"], "band"),
        (["photo.png", "--points", "points.json", "--refine", "--click-error", "0"], "above 0"),
    ],
)
def test_an_impossible_request_gives_one_line_and_stores_nothing(folder, capsys, arguments, reason):
    before = DataStack("scan.datastack").names
    try:
        status = main(["register", "scan.datastack", *arguments])
    except SystemExit as leaving:  # what argparse itself finds
        status = leaving.code
    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert len(told.err.strip().splitlines()) == 1
    assert reason in told.err
    assert DataStack("scan.datastack").names == before


def test_a_spectrum_without_peaks_requires_bands(tmp_path):
    convert(ArrayScan(np.zeros((50, 50, 64), dtype=np.uint16)), tmp_path / "flat.datastack")
    ds = DataStack(tmp_path / "flat.datastack")
    with pytest.raises(RegistrationError, match="no peaks"):
        comparison_maps(ds)
    assert comparison_maps(ds, [(0, 9), (20, 30)])[1].shape == (50, 50)
