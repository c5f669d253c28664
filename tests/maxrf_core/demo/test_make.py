"""The demo reproduces the original notebook, and its stated truths are correct."""

import json
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from maxrf_core.atomic import journal
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_identify import identify
from maxrf_core.demo.drawing import draw_scene
from maxrf_core.demo.make import DEMO_ELEMENTS, TRUTH, DemoFiles, DemoScan, demo_homography, make_demo
from maxrf_core.errors import DatastackError
from maxrf_core.registration.register import homography, warp
from maxrf_core.spectrum.peak_labels import label_peaks
from maxrf_core.spectrum.peaks import find_peaks, zero_peak_end


@pytest.fixture(scope="module")
def files(made_demo):
    return DemoFiles(*(made_demo / f"demo{rest}" for rest in (".datastack", "_photo.png", "_points.json")))


@pytest.fixture(scope="module")
def stack(files):
    return DataStack(files.datastack)


@pytest.fixture(scope="module")
def photo(files):
    return cv2.imread(str(files.photo), cv2.IMREAD_UNCHANGED)[:, :, ::-1]


@pytest.fixture(scope="module")
def points(files):
    return {name: np.array(values) for name, values in json.loads(files.points.read_text()).items()}


@pytest.fixture(scope="module")
def iron(stack):
    return stack.band_map(6.2, 6.6)


@pytest.fixture(scope="module")
def drawing():
    return draw_scene(300, 280, 1651)


def crosses_found(image, places, reach):
    """Return the centroids of the dark crosses near given points: (n, 2)."""
    found = []
    for x, y in np.rint(places).astype(int):
        part = image[y - reach : y + reach + 1, x - reach : x + reach + 1].astype(float)
        dark = np.clip(np.median(part) * 0.85 - part, 0, None)
        rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        found.append((x + (dark * columns).sum() / dark.sum(), y + (dark * rows).sum() / dark.sum()))
    return np.array(found)


def test_three_files_are_written_beside_each_other(files, stack, photo):
    assert sorted(path.name for path in files.datastack.parent.iterdir()) == [
        "demo.datastack",
        "demo_photo.png",
        "demo_points.json",
    ]
    assert stack.shape == (300, 280, 2048)
    assert photo.dtype == np.uint8
    assert 2.9 < photo.shape[0] / 300 < 4.2
    assert stack.axis.unit == "keV"
    assert stack.attributes("maxrf_energies")["source"] == "demo"


def test_the_unclipped_iron_map_shows_only_speckles(iron, drawing):
    ink = drawing.coverage("ink")
    speckles = drawing.coverage("speckles")
    line = np.median(iron[(ink > 0.8) & (speckles == 0)])
    assert 10 < np.sort(iron.ravel())[-20:].mean() / line < 30
    assert iron.max() / np.median(iron) > 100
    clipped = np.clip(iron, 0, np.percentile(iron, 98))
    assert np.corrcoef(iron.ravel(), ink.ravel())[0, 1] < 0.4
    assert np.corrcoef(clipped.ravel(), ink.ravel())[0, 1] > 0.8


@pytest.mark.parametrize(
    ("lo", "hi", "stuff"),
    [(9.7, 10.2, "vermilion"), (12.4, 12.8, "white"), (7.85, 8.25, "azurite")],
)
def test_each_pigment_shows_in_its_own_element(stack, drawing, lo, hi, stuff):
    assert np.corrcoef(stack.band_map(lo, hi).ravel(), drawing.coverage(stuff).ravel())[0, 1] > 0.8


def test_the_spectra_are_those_of_a_real_instrument(stack):
    """A zero peak with 14 to 64 % of the counts, lines in their places, and the tube's scatter."""
    spectrum = stack.read("maxrf_sumspectrum")
    end = zero_peak_end(spectrum)
    assert 0.14 < spectrum[:end].sum() / spectrum.sum() < 0.64
    labels = {line.label for line in label_peaks(stack.axis.values[find_peaks(spectrum, 24)]) if line}
    assert labels >= {"Ca Ka", "K Ka", "Fe Ka", "Fe Kb", "Cu Ka", "Zn Ka", "Ti Ka", "Hg La", "Pb La"}
    assert labels >= {"Rh Ka", "Rh Compton"}


def truth_of(stack):
    """Return the truth by element."""
    return dict(zip(stack.attributes(TRUTH)["names"], stack.read(TRUTH).astype(float), strict=True))


def test_the_file_holds_its_truth_and_states_its_tube(stack):
    assert set(truth_of(stack)) == set(DEMO_ELEMENTS)
    assert stack.read(TRUTH).dtype == np.float16
    assert (stack.about["tube_kV"], stack.about["tube_anode"]) == (50.0, "Rh")


def test_the_truth_is_what_is_counted(stack):
    """Copper and iron have no neighbour in these windows, which hold nearly all of their Ka lines."""
    truth = truth_of(stack)
    for symbol, (lo, hi), ka_share in (("Cu", (7.85, 8.25), 0.88), ("Fe", (6.2, 6.6), 0.87)):
        channels = np.searchsorted(stack.axis.values, (lo, hi))
        counts = stack.band_map(lo, hi) * (channels[1] - channels[0])
        slope = np.polyfit(truth[symbol].ravel(), np.asarray(counts).ravel(), 1)[0]
        assert slope == pytest.approx(ka_share, abs=0.06), symbol


def test_two_pigments_with_coinciding_lines_lie_partly_over_one_another(stack):
    """Arsenic of orpiment and lead of lead white: a band at As Ka shows both."""
    truth = truth_of(stack)
    lead, arsenic = truth["Pb"] > 60, truth["As"] > 30
    assert (lead & arsenic).sum() > 200
    assert (arsenic & ~lead).sum() > 200
    assert (lead & ~arsenic).sum() > 1000
    band = np.asarray(stack.band_map(10.4, 10.7))
    assert band[lead & ~arsenic].mean() > 5 * band[~lead & ~arsenic].mean()


@pytest.mark.parametrize("symbol", ["As", "Ba"])
def test_an_element_can_be_left_out(symbol):
    scene = draw_scene(60, 56, 5)
    whole, less = DemoScan(scene, 512), DemoScan(draw_scene(60, 56, 5), 512, without=[symbol])
    assert less.read_attributes(TRUTH)["names"] == [each for each in DEMO_ELEMENTS if each != symbol]
    everything = slice(0, 60), slice(0, 56)
    counts, fewer = (scan.read(*everything).sum(dtype=float) for scan in (whole, less))
    assert counts - fewer == pytest.approx(whole.truth[symbol].sum(), abs=5 * counts**0.5)


@pytest.mark.parametrize("unknown", ["Au", "Ar", "light", ""])
def test_only_elements_of_the_demo_can_be_left_out(tmp_path, unknown):
    with pytest.raises(DatastackError, match="Hg, Pb"):
        make_demo(tmp_path / "less.datastack", height=60, width=56, channels=256, without=[unknown])
    assert list(tmp_path.iterdir()) == []


def test_counts_are_poisson_distributed(drawing):
    """Over pixels of one material the variance of a channel's counts equals their mean."""
    counts = DemoScan(drawing).read(slice(288, 300), slice(0, 280)).reshape(-1, 2048).astype(float)
    mean, variance = counts.mean(axis=0), counts.var(axis=0)
    strong = mean > 0.3
    assert strong.sum() > 50
    assert np.median(variance[strong] / mean[strong]) == pytest.approx(1, abs=0.05)


def test_counts_do_not_depend_on_the_order_of_reading():
    scan = DemoScan(draw_scene(90, 84, 5), channels=256)
    whole = scan.read(slice(0, 90), slice(0, 84))
    again = DemoScan(draw_scene(90, 84, 5), channels=256)
    np.testing.assert_array_equal(again.read(slice(60, 90), slice(10, 50)), whole[60:90, 10:50])
    np.testing.assert_array_equal(
        again.read(slice(0, 90, 7), slice(0, 84, 3), slice(5, 9)), whole[::7, ::3, 5:9]
    )
    assert again.read(slice(3, 3), slice(0, 84)).shape == (0, 84, 256)


def test_threads_that_read_at_once_each_get_their_own_rows():
    """A conversion reads with several threads."""
    shared = DemoScan(draw_scene(150, 20, 5), channels=64)
    rows = [slice(start, start + 10) for start in range(0, 150, 10)]
    alone = [shared.read(part, slice(0, 20)) for part in rows]
    order = [(7 * number) % len(rows) for number in range(4 * len(rows))]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda number: shared.read(rows[number], slice(0, 20)), order))
    for number, counts in zip(order, together, strict=True):
        np.testing.assert_array_equal(counts, alone[number])


def test_the_points_file_agrees_with_the_true_homography(photo, points):
    sizes = {name: points[name].tolist() for name in ("photo_shape", "map_shape")}
    assert sizes == {"photo_shape": list(photo.shape[:2]), "map_shape": [300, 280]}
    assert sorted(points.keys() - sizes) == [
        "check_dst_points",
        "check_src_points",
        "dst_points",
        "src_points",
    ]
    assert {values.shape for name, values in points.items() if name not in sizes} == {(4, 2)}
    for prefix in ("", "check_"):
        truth = cv2.perspectiveTransform(points[f"{prefix}dst_points"][None], demo_homography(300, 280))[0]
        np.testing.assert_allclose(points[f"{prefix}src_points"], truth, atol=1e-3)


def test_the_crosses_on_the_photograph_are_at_the_positions_of_the_points_file(photo, points):
    for prefix in ("", "check_"):
        places = points[f"{prefix}src_points"]
        found = crosses_found(photo.mean(axis=2), places, reach=17)
        assert np.hypot(*(found - places).T).max() < 0.3  # photograph pixels: 0.1 map pixels


def test_the_crosses_on_the_map_are_at_the_positions_of_the_points_file(drawing, points):
    for prefix in ("", "check_"):
        places = points[f"{prefix}dst_points"]
        found = crosses_found(1 - drawing.coverage("ink"), places, reach=6)
        assert np.hypot(*(found - places).T).max() < 0.05


def test_the_four_points_register_the_photograph(photo, iron, points):
    truth = np.linalg.inv(demo_homography(300, 280))
    found = homography(points["src_points"], points["dst_points"])
    corners = np.array([[100.0, 100], [900, 120], [950, 1000], [120, 980]])
    expected = cv2.perspectiveTransform(corners[None], truth)[0]
    np.testing.assert_allclose(found.apply(corners), expected, atol=0.002)
    registered, _ = warp(
        photo, iron, points["src_points"], points["dst_points"], keep_scale=False, rgba=False
    )
    darkness = 255.0 - registered.mean(axis=2)
    clipped = np.clip(iron, 0, np.percentile(iron, 98))
    sheet = (slice(24, 276), slice(24, 256))
    fits = {
        shift: np.corrcoef(darkness[sheet].ravel(), np.roll(clipped, shift, (0, 1))[sheet].ravel())[0, 1]
        for shift in ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0))
    }
    assert fits[0, 0] > 0.6
    assert max(fits, key=lambda shift: fits[shift]) == (0, 0)


@pytest.mark.parametrize(("height", "width", "channels"), [(60, 56, 256), (75, 140, 512)])
def test_points_of_other_sizes_are_correct(tmp_path, height, width, channels):
    files = make_demo(tmp_path / "small.datastack", height=height, width=width, channels=channels)
    stack = DataStack(files.datastack)
    assert stack.shape == (height, width, channels)
    points = json.loads(files.points.read_text())
    found = homography(points["dst_points"], points["src_points"])
    np.testing.assert_allclose(np.asarray(found), demo_homography(height, width), atol=0.02)


def test_a_stopped_demo_leaves_nothing(tmp_path):
    def stop(fraction, doing):
        if fraction > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(tmp_path / "stopped.datastack", height=60, width=56, channels=256, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_demo_replaces_a_file_only_on_request(tmp_path):
    path = tmp_path / "kept.datastack"
    path.write_text("mine")
    with pytest.raises(DatastackError):
        make_demo(path, height=60, width=56, channels=256)
    assert path.read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["kept.datastack"]
    (tmp_path / "other_photo.png").write_text("mine too")
    with pytest.raises(DatastackError, match=r"other_photo\.png"):
        make_demo(tmp_path / "other.datastack", height=60, width=56, channels=256)
    make_demo(path, height=60, width=56, channels=256, overwrite=True)
    assert DataStack(path).shape == (60, 56, 256)


def test_the_scan_of_a_demo_appears_last_so_that_it_always_has_its_photograph(tmp_path, monkeypatch):
    path, replace = tmp_path / "mill.datastack", journal.disk.replace
    small = {"height": 60, "width": 56, "channels": 256}

    def killed(old, new):
        if new.name == path.name:
            raise KeyboardInterrupt
        replace(old, new)

    monkeypatch.setattr(journal.disk, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        make_demo(path, **small)
    monkeypatch.undo()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mill_photo.png", "mill_points.json"]
    files = make_demo(path, **small, overwrite=True)
    assert DataStack(files.datastack).shape == (60, 56, 256)


def test_a_stopped_demo_keeps_the_files_that_it_would_replace(tmp_path):
    files = make_demo(tmp_path / "mill.datastack", height=60, width=56, channels=256)
    before = {each: each.read_bytes() for each in tmp_path.iterdir()}
    assert set(before) == {files.datastack, files.photo, files.points}

    def stop(fraction, doing):
        if fraction == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(files.datastack, height=75, width=70, channels=256, overwrite=True, progress=stop)
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_no_element_that_is_not_in_the_demo_is_sure_or_possible(stack):
    found = identify(stack)
    named = {*found.elements("sure"), *found.elements("possible")}
    assert named <= {*DEMO_ELEMENTS, "Ar", "Rh"}  # of the air, and the tube's anode
    assert named >= {"Ca", "Fe", "Zn", "Cu", "Ba", "Ti", "Pb", "Hg", "As", "S"}
