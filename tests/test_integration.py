"""The whole road: from a scan to its maps, to energies, to the photograph that lies on them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, append, calibrate_from_peaks, convert, find_line, open_scan, register, warp
from maxrf_core.demo.make import DemoFiles
from maxrf_core.imaging.read import read_picture
from maxrf_core.spectrum.peaks import centroid


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def middle_of_darkness(image: np.ndarray, place: np.ndarray, scale: float) -> np.ndarray:
    """Return where the dark cross near a place really is: (x, y), looked at through a soft window."""
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    x, y, reach = *np.rint(place).astype(int), int(9 * scale)
    near = np.s_[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
    part, rows, columns = image[near].astype(float), rows[near], columns[near]
    dark = np.clip(np.percentile(part, 60) - part, 0, None)
    x, y = place
    for _ in range(30):
        weight = dark * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * (2 * scale) ** 2))
        x, y = (weight * columns).sum() / weight.sum(), (weight * rows).sum() / weight.sum()
    return np.array([x, y])


@pytest.fixture(scope="module")
def demo(made_demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(made_demo, folder, dirs_exist_ok=True)
    return DemoFiles(*(folder / f"demo{rest}" for rest in (".datastack", "_photo.png", "_points.json")))


def test_the_story_of_the_original_notebook_in_plain_code(demo):
    """The iron map; a clip that lifts the ink from under the speckles; the photograph; the proof."""
    ds = DataStack(demo.datastack)
    x_keVs = ds.read("maxrf_energies")
    cube = ds.read("maxrf_cube", compute=False)
    in_band = (x_keVs >= 6.2) & (x_keVs < 6.6)
    iron = cube[:, :, in_band].compute().sum(axis=2) / in_band.sum()
    np.testing.assert_allclose(ds.band_map(6.2, 6.6), iron)

    # Unclipped, bright speckles take the whole scale and the drawing is in its lowest part.
    drawn = np.percentile(iron, 95)
    assert drawn < 0.2 * iron.max()
    clipped = iron.clip(0, 1.5 * drawn)
    assert clipped.std() / clipped.max() > 3 * iron.std() / iron.max()

    photo = read_picture(demo.photo)
    points = {name: np.array(values) for name, values in json.loads(demo.points.read_text()).items()}
    result = register(
        photo, ds.shape[:2], points["src_points"], points["dst_points"], photo_name=demo.photo.name
    )
    stored = ds.append(result.arrays, result.attributes)
    assert list(stored.values()) == ["imvis_reg", "imvis_reg_highres", "imvis_extent", "imvis_points"]

    # What plain h5py finds in the file: dark ink on the photograph where there is iron on the map.
    with h5py.File(demo.datastack) as file:
        small, large, extent = (file[name][()] for name in ("imvis_reg", "imvis_reg_highres", "imvis_extent"))
        assert file["imvis_points"].attrs["photo"] == "demo_photo.png"
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(float)
    on_photo = grey > 0
    assert correlation(clipped[on_photo], grey[on_photo]) < -0.3

    # The marks, among them four that were not used for the fit, lie where the map has them, at both scales.
    assert extent.tolist() == [-0.5, ds.shape[1] - 0.5, ds.shape[0] - 0.5, -0.5]
    marks = np.concatenate([points["dst_points"], points["check_dst_points"]])
    for image in (small, large):
        scale = np.array(image.shape[1::-1]) / small.shape[1::-1]
        places = (marks + 0.5) * scale - 0.5
        found = [middle_of_darkness(image.mean(axis=2), place, scale[0]) for place in places]
        errors = np.hypot(*((np.array(found) - places) / scale).T)
        print(f"at {scale[0]:.2f} pixels to a map pixel the marks are off by {errors.round(3)} map pixels")
        assert errors.max() < 0.1


def test_the_story_written_as_in_the_notebooks_of_maxrf4u(demo):
    ds = DataStack(demo.datastack)
    points = json.loads(demo.points.read_text())
    photo, iron = read_picture(demo.photo), ds.band_map(6.2, 6.6)
    im, extent = warp(photo, iron, points["src_points"], points["dst_points"], keep_scale=True, rgba=False)
    stored = append(im, "imvis_by_hand", demo.datastack)
    np.testing.assert_array_equal(ds.read(stored), im)
    assert tuple(extent) == (-0.5, 279.5, 299.5, -0.5)


@pytest.fixture(scope="module", params=[[], ["--rotate180"]], ids=["upright", "upside down"])
def real(request, shared, tmp_path_factory) -> tuple[Path, bool]:
    """The realistic scan, at half its size, as the stage may store it."""
    prefix = tmp_path_factory.mktemp("real") / "scan"
    tool = shared("tools/make_real_scan.py")
    size = ["--height", "99", "--width", "93"]
    subprocess.run([sys.executable, tool, prefix, *size, *request.param], check=True)
    return prefix, bool(request.param)


def test_the_drawing_is_found_in_a_realistic_scan(real):
    prefix, turned = real
    scan = open_scan(prefix.with_suffix(".raw"), prefix.with_suffix(".rpl"))
    path = convert(scan, prefix.with_suffix(".datastack"), flip_horizontal=turned, flip_vertical=turned)
    ds, truth = DataStack(path), np.load(f"{prefix}_truth.npz")
    step = -1 if turned else 1
    raw = np.memmap(prefix.with_suffix(".raw"), "<u2", "r", shape=scan.shape)
    np.testing.assert_array_equal(ds.read("maxrf_cube"), raw[::step, ::step])
    spectrum = ds.read("maxrf_sumspectrum")
    np.testing.assert_allclose(spectrum, truth["mean_counts"])

    assert ds.axis.unit == "channel"
    named = ((547, "Ti Ka"), (1671, "Zr Ka"))  # far apart, since the error grows beyond them
    calibration = calibrate_from_peaks(
        [(centroid(spectrum, at), find_line(name).energy) for at, name in named]
    )
    ds.calibrate(calibration)
    error = np.abs(ds.axis.values - truth["energies_keV"]).max()
    print(f"energies are off by {1000 * error:.2f} eV at most")
    assert error < 0.003

    assert ds.axis.channels(6.1, 6.7).stop - ds.axis.channels(6.1, 6.7).start == 60
    iron = ds.band_map(6.1, 6.7)
    true_iron = truth["maps"][list(truth["elements"]).index("Fe")]
    print(f"correlation with the true map {correlation(iron, true_iron):.4f}")
    assert correlation(iron, true_iron) > 0.8
    assert correlation(iron[::-1, ::-1], true_iron) < 0.5


@pytest.mark.parametrize("name", ["v2_0.1.16_24x20x4096", "v3_head_24x20x4096"])
def test_a_genuine_datastack_of_maxrf4u_meets_its_true_values_in_place_and_converted(name, shared, tmp_path):
    genuine = shared(f"data/maxrf4u/{name}.datastack")
    truth = np.load(genuine.with_suffix(".npz"))
    converted = convert(open_scan(genuine), tmp_path / "converted.datastack")
    for ds in (DataStack(genuine), DataStack(converted)):
        np.testing.assert_allclose(
            ds.band_map(truth["band_lo"], truth["band_hi"]), truth["fe_map"], rtol=1e-5
        )
        np.testing.assert_array_equal(ds.axis.values, truth["energies"])
        np.testing.assert_allclose(ds.read("maxrf_maxspectrum"), truth["max_spectrum"], rtol=1e-6)
        np.testing.assert_array_equal(ds.read("imvis_reg"), truth["imvis_reg_latest"])
        np.testing.assert_array_equal(ds.read("imvis_reg_highres"), truth["imvis_reg_highres"])
