"""A photograph that shows the mirror image, as of a verso or an X-ray film, is registered mirrored."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.cli.main import main
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import RegistrationError
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.point_order import is_reversed, same_order
from maxrf_core.registration.points_io import read_points
from maxrf_core.registration.quality import assess
from maxrf_core.registration.ransac import inliers
from maxrf_core.registration.register import register
from maxrf_core.registration.uncertainty import position_errors
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import MODELS, find_model, similarity
from maxrf_core.transform.plane_transform import residuals, view_of
from maxrf_core.transform.warp import warp

WIDTH, HEIGHT, MAP = 260, 300, (140, 120)
FLIP = np.array([WIDTH - 1.0, 0.0])
TRUTH = Homography([[0.47, -0.02, 3], [0.03, 0.48, -4], [2e-5, -3e-5, 1]])
SRC = np.array([[x, y] for y in (12.0, 150, 270) for x in (10.0, 128, 247)])
DST = TRUTH.apply(SRC) + np.sin(np.arange(18)).reshape(9, 2) / 3
PLACES = np.array([[5.0, 9], [60, 70], [111, 130]])


def flipped(points: np.ndarray) -> np.ndarray:
    return points * [-1, 1] + FLIP


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    noise = np.random.default_rng(2).integers(0, 255, (HEIGHT // 5, WIDTH // 5, 3), np.uint8)
    return cv2.resize(noise, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_carries_a_mirrored_photograph_as_it_does_the_upright_one(name):
    model = find_model(name)
    upright, mirrored = model.fit(SRC, DST), model.fit(flipped(SRC), DST, mirrored=True)
    np.testing.assert_allclose(mirrored.apply(flipped(SRC)), upright.apply(SRC), atol=1e-6)
    back = upright.inverse().apply(PLACES)
    np.testing.assert_allclose(mirrored.inverse().apply(PLACES), flipped(back), atol=1e-6)
    assert mirrored.scale_at(flipped(back)[1]) == pytest.approx(upright.scale_at(back[1]))
    again = model.refit(mirrored, flipped(SRC) + 0.1, DST)
    assert residuals(again, flipped(SRC) + 0.1, DST).max() < residuals(upright, SRC, DST).max() + 0.2


@pytest.mark.parametrize("name", MODELS)
def test_points_give_the_same_precision_for_a_mirrored_photograph(name):
    upright = assess(SRC, DST, MAP, model=name)
    mirrored = assess(flipped(SRC), DST, MAP, model=name, mirrored=True)
    np.testing.assert_allclose(mirrored.vectors, upright.vectors, atol=1e-6)
    np.testing.assert_allclose(mirrored.left_out, upright.left_out, atol=1e-5)
    np.testing.assert_allclose(mirrored.suggested, upright.suggested)
    assert mirrored.worst_corner == pytest.approx(upright.worst_corner, rel=1e-5)
    np.testing.assert_allclose(
        position_errors(flipped(SRC), DST, PLACES, name, mirrored=True),
        position_errors(SRC, DST, PLACES, name),
        rtol=1e-5,
    )


@pytest.mark.parametrize("name", MODELS)
def test_points_that_do_not_mirror_are_refused_where_a_mirrored_photograph_is_meant(name):
    with pytest.raises(RegistrationError, match="points do not mirror it"):
        find_model(name).fit(SRC, DST, mirrored=True)
    corners = flipped(SRC[[0, 2, 8, 6, 4]])
    with pytest.raises(RegistrationError, match="Points 1 and 2 look exchanged"):
        find_model(name).fit(corners, DST[[2, 0, 8, 6, 4]], mirrored=True)


@pytest.mark.parametrize("name", MODELS)
def test_a_mirrored_photograph_lies_on_the_map_as_the_upright_one_does(photo, name):
    upright, extent = warp(photo, np.empty(MAP), SRC, DST, model=name)
    mirrored, same = warp(photo[:, ::-1], np.empty(MAP), flipped(SRC), DST, model=name, mirrored=True)
    assert extent == same
    assert np.abs(upright.astype(int) - mirrored).mean() < 0.5


@given(st.integers(0, 3), st.booleans(), st.permutations(range(9)))
def test_points_seen_as_the_photograph_is_looked_at_are_in_order(turns, mirrored, order):
    view = View(turns, mirrored)
    width, height = view.shown_size(WIDTH, HEIGHT)  # of the stored photograph: `view` shows it as the map is
    back = {View(k, m): View(k, m).shown_size(width, height) for k in range(4) for m in (False, True)}
    assert (WIDTH, HEIGHT) in back.values()
    stored = np.array([view.from_shown(x, y, width, height) for x, y in SRC[list(order)]])
    seen = view.points_to_shown(stored, width, height)
    np.testing.assert_allclose(seen, SRC[list(order)], atol=1e-9)
    assert same_order(seen, DST[list(order)])
    assert is_reversed(stored, DST[list(order)]) == mirrored
    assert view_of(similarity(stored, DST[list(order)], mirrored), MAP) == view


# What is kept, and the command line


@pytest.fixture
def folder(tmp_path: Path, photo: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    convert(ArrayScan(np.ones((*MAP, 8), np.uint16)), tmp_path / "scan.datastack")
    cv2.imwrite("upright.png", photo)
    cv2.imwrite("film.png", photo[:, ::-1])
    for name, src in (("upright", SRC), ("film", flipped(SRC))):
        points = {"src_points": src.tolist(), "dst_points": DST.tolist()}
        Path(f"{name}.json").write_text(json.dumps(points))
    return tmp_path


def test_the_command_line_registers_a_mirrored_photograph_where_it_is_told_to(folder, capsys):
    assert main(["register", "scan.datastack", "upright.png", "--points", "upright.json"]) == 0
    film = ["register", "scan.datastack", "film.png", "--points", "film.json", "--name", "imxr"]
    assert main(film) == 2
    assert "register it mirrored" in capsys.readouterr().err
    assert main([*film, "--mirrored", "--robust"]) == 0
    ds = DataStack("scan.datastack")
    for scale in ("reg", "reg_highres"):
        film, upright = ds.read(f"imxr_{scale}").astype(int), ds.read(f"imvis_{scale}")
        assert np.abs(film - upright).mean() < 0.5
    notes = ds.attributes("imxr_points")
    assert notes["mirrored"]
    assert not ds.attributes("imvis_points")["mirrored"]
    np.testing.assert_allclose(ds.read("imxr_points")[:, 0], flipped(SRC))  # in the film's own pixels
    matrix = Homography(notes["homography"])  # what another program needs to do the same
    assert np.linalg.det(matrix.matrix) < 0
    assert residuals(matrix, flipped(SRC), DST).max() < 1


def test_points_that_were_kept_tell_by_themselves_that_the_photograph_is_mirrored(folder):
    film = ["register", "scan.datastack", "film.png", "--name", "imxr"]
    assert main([*film, "--points", "film.json", "--mirrored"]) == 0
    assert main([*film, "--points", "scan.datastack"]) == 0
    assert DataStack("scan.datastack").attributes("imxr_points")["mirrored"]


@pytest.mark.parametrize("view", [View(), View(1), View(2, True)])
def test_how_the_photograph_was_looked_at_comes_back_with_its_points(folder, photo, view):
    src = flipped(SRC) if view.mirrored else SRC
    made = register(photo, MAP, src, DST, view=view)
    assert (made.attributes["imvis_points"]["mirrored"], made.attributes["imvis_points"]["turned"]) == (
        view.mirrored,
        90 * view.turns,
    )
    DataStack("scan.datastack").append(made.arrays, made.attributes)
    assert read_points("scan.datastack").view == view


@pytest.mark.parametrize("said", [{}, {"mirrored": "perhaps"}, {"mirrored": [1]}, {"turned": 90}])
def test_a_points_file_that_does_not_say_so_is_of_no_certain_view(said):
    text = json.dumps({"src_points": SRC.tolist(), "dst_points": DST.tolist(), **said})
    assert read_points(text).view is None


def test_a_wrong_pair_is_found_and_left_out_in_a_mirrored_photograph_too():
    wrong = DST.copy()
    wrong[4] += [0, 12]
    assert assess(flipped(SRC), wrong, MAP, mirrored=True).suspect == 4
    assert np.flatnonzero(~inliers(flipped(SRC), wrong, mirrored=True)).tolist() == [4]
    four = flipped(SRC[[0, 2, 8, 6]]), DST[[0, 2, 8, 6]]
    assert assess(*four, MAP, mirrored=True).affine_rms == pytest.approx(
        assess(SRC[[0, 2, 8, 6]], four[1], MAP).affine_rms
    )
