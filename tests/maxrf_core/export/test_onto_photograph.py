"""All maps lie on the photograph's own pixels, each value where its map pixel is, with all that is known."""

import json
import shutil
from types import SimpleNamespace
from zipfile import ZipFile

import numpy as np
import pytest
import tifffile
from PIL import Image

from maxrf_core import DataStack, convert
from maxrf_core.errors import DatastackError, PictureError, RegistrationError
from maxrf_core.export.onto_photograph import maps_onto_photograph
from maxrf_core.imaging.write import write_picture
from maxrf_core.readers import open_maps
from maxrf_core.registration.stored_transform import stored_transform
from tests.maxrf_core.elements.made_scan import COUNTS, SHAPE
from tests.maxrf_core.export.known_elements import STEP
from tests.maxrf_core.registration.registered_pictures import PICTURES, PLACES, VISIBLE, add_picture, sha_of

PHOTO = PICTURES["imvis"][1]


@pytest.fixture(name="scan", scope="module")
def registered_scan(known, tmp_path_factory):
    ds, elements = known
    ds = DataStack(shutil.copy(ds.path, tmp_path_factory.mktemp("registered") / "scan.datastack"))
    on_map = PLACES[:4] * [0.55, 0.75]
    add_picture(ds, "imvis", on_map=on_map)
    add_picture(ds, "imir", on_map=on_map, model="thin-plate-spline")
    return ds, elements


def on_map(frame):
    """Return the map position of every pixel of the photograph, and which of them the scan reaches."""
    rows, columns = np.mgrid[: frame[0], : frame[1]]
    x, y = VISIBLE.inverse().apply(np.stack([columns, rows], axis=2)).T.reshape(2, *frame)
    return x, y, (x >= -0.5) & (y >= -0.5) & (x < SHAPE[1] - 0.5) & (y < SHAPE[0] - 0.5)


@pytest.fixture(name="archive", scope="module")
def exported(scan, tmp_path_factory):
    ds, elements = scan
    told = []
    path = tmp_path_factory.mktemp("onto") / "maps.zip"
    maps_onto_photograph(
        ds, "imvis", path, elements=elements, bands=[(6.2, 6.6)], method="nearest",
        kinds=("tiff", "png8", "png16"), progress=lambda done, _words: told.append(done),
    )  # fmt: skip
    assert told == sorted(told)
    assert told[-1] == 1
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        yield archive


def read(archive, name):
    with archive.open(name) as member, tifffile.TiffFile(member) as file:
        [page] = file.pages
        return page.asarray(), json.loads(page.description), page


def test_every_map_has_its_values_where_the_photograph_shows_them(archive, scan):
    ds, elements = scan
    x, y, reached = on_map(PHOTO)
    assert 0.1 < reached.mean() < 0.9
    column, row = (np.floor(axis[reached] + 0.5).astype(int) for axis in (x, y))
    sources = {family: elements.maps.net[elements.maps.index(family)] for family in COUNTS}
    sources["6.2-6.6-keV"] = ds.band_map(6.2, 6.6)
    for name, values in sources.items():
        shown, _about, page = read(archive, f"scan_{name}.tif")
        assert (shown.dtype, shown.shape, page.is_tiled) == (np.float32, PHOTO, True)
        assert np.isnan(shown[~reached]).all()
        same = shown[reached] == values[row, column].astype(np.float32)
        assert same.mean() > 0.999  # all but those that lie on the edge of two pixels


def test_it_says_which_frame_and_transform_and_how_precise_it_is(archive, scan):
    about = json.loads(archive.read("about.json"))
    assert about["to"] == {
        "frame": "photograph",
        "name": "imvis.tif",
        "width": PHOTO[1],
        "height": PHOTO[0],
        "sha256": sha_of("imvis.tif"),
        "orientation": "as shown upright: turned as its file says",
    }
    assert about["pixel_convention"]["origin"] == "centre of the top-left pixel"
    assert about["map_pixel_mm"] == STEP
    [registration] = about["registrations"]
    matrix = np.array(registration["photo_to_map"]["matrix"])
    np.testing.assert_allclose(matrix, VISIBLE.inverse().matrix, atol=1e-6)
    pairs = np.stack([registration["points_on_photograph"], registration["points_on_map"]], axis=1)
    again = stored_transform(pairs, {"model": registration["model"]})
    np.testing.assert_allclose(again.apply([[60, 50]]), VISIBLE.inverse().apply([[60, 50]]))
    # Four points: an error of one map pixel is assumed for a click, and there are 2.5 pixels to one.
    assert registration["expected_error_basis"] == "assumed"
    assert 1.5 < about["expected_error_px"] < 4
    assert about["expected_error_px"] == pytest.approx(registration["expected_error_photograph_px"], rel=0.3)


def test_pictures_of_8_and_16_bits_tell_their_scale(archive):
    [iron] = [each for each in json.loads(archive.read("about.json"))["maps"] if each["map"] == "Fe-K"]
    exact = read(archive, iron["files"]["tiff"]["file"])[0]
    for kind, top, step in (("png16", 65535, 1 / 65534), ("png8", 255, 1 / 254)):
        file = iron["files"][kind]
        with archive.open(file["file"]) as member:
            levels = np.asarray(Image.open(member)).astype(np.float64)
        lo, hi = file["value_of_1"], file[f"value_of_{top}"]
        np.testing.assert_array_equal(levels == 0, np.isnan(exact))
        values = lo + (levels - 1) / (top - 1) * (hi - lo)
        inside = (exact >= lo) & (exact <= hi)
        assert inside.mean() > (0.99 if kind == "png16" else 0.95) * np.isfinite(exact).mean()
        np.testing.assert_allclose(values[inside], exact[inside], atol=0.51 * step * (hi - lo))


def test_a_bent_registration_is_followed_and_a_folder_is_made(scan, tmp_path):
    ds, elements = scan
    folder = maps_onto_photograph(
        ds, "imir", tmp_path / "maps", names=["Fe-K"], elements=elements, method="linear"
    )
    assert sorted(path.name for path in folder.iterdir()) == ["about.json", "scan_Fe-K.tif"]
    shown = tifffile.imread(folder / "scan_Fe-K.tif")
    assert shown.shape == PICTURES["imir"][1]
    [registration] = json.loads((folder / "about.json").read_text())["registrations"]
    assert registration["model"] == "thin-plate-spline"
    net = elements.maps.net[elements.maps.index("Fe-K")]
    x, y = 11, 17
    there = np.rint(PICTURES["imir"][0].apply([[x, y]])[0]).astype(int)
    assert abs(shown[there[1], there[0]] - net[y, x]) < 0.3 * np.ptp(net)


def test_another_photograph_comes_into_the_same_frame(scan, tmp_path):
    ds, elements = scan
    folder = maps_onto_photograph(
        ds, "imvis", tmp_path / "both", names=["Fe-K"], elements=elements, pictures=["imir"]
    )
    files = {path.name for path in folder.iterdir()}
    assert files == {"about.json", "scan_Fe-K.tif", "scan_imir_reg_highres.tif"}
    assert tifffile.imread(folder / "scan_imir_reg_highres.tif").shape == PHOTO
    [told] = json.loads((folder / "about.json").read_text())["pictures"]
    assert (told["file"], told["from"]["name"]) == ("scan_imir_reg_highres.tif", "imir.tif")
    alone = maps_onto_photograph(ds, "imvis", tmp_path / "alone", names=(), pictures=["imir"])
    assert {path.name for path in alone.iterdir()} == {"about.json", "scan_imir_reg_highres.tif"}


def test_maps_of_another_program_are_laid_on_the_photograph_too(tmp_path):
    values = np.random.default_rng(4).random((2, *SHAPE)).astype(np.float32)
    for name, each in zip(("Ca", "Fe_K"), values, strict=True):
        write_picture(tmp_path / f"ink_{name}.tif", each)
    ds = DataStack(
        convert(open_maps(tmp_path / "ink_Ca.tif", tmp_path / "ink_Fe_K.tif"), tmp_path / "ink.datastack")
    )
    add_picture(ds, "imvis", on_map=PLACES[:4] * [0.55, 0.75])
    folder = maps_onto_photograph(ds, "imvis", tmp_path / "maps", method="nearest")
    about = json.loads((folder / "about.json").read_text())
    assert {each["unit"] for each in about["maps"]} == {"units of the file"}
    for each, known in zip(about["maps"], values, strict=True):
        shown = tifffile.imread(folder / each["files"]["tiff"]["file"])
        assert np.isin(shown[np.isfinite(shown)], known).all()


def test_maps_are_shown_with_the_rows_on_which_the_photograph_was_registered(scan, tmp_path):
    ds, elements = scan
    folder = maps_onto_photograph(
        ds.straightened(0.5), "imvis", tmp_path / "maps", names=["Fe-K"], elements=elements
    )
    straight = maps_onto_photograph(ds, "imvis", tmp_path / "same", names=["Fe-K"], elements=elements)
    first, second = (tifffile.imread(each / "scan_Fe-K.tif") for each in (folder, straight))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", ["maps.zip", "maps"])
def test_what_is_stopped_leaves_nothing(scan, tmp_path, name):
    ds, elements = scan

    def stop(done, _words):
        if done > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        maps_onto_photograph(ds, "imvis", tmp_path / name, elements=elements, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_before_the_work(scan, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1000))
    begun = []
    with pytest.raises(DatastackError, match=r"maps.zip needs up to .* kB .*, and 1.0 kB are free"):
        maps_onto_photograph(
            scan[0], "imvis", tmp_path / "maps.zip", progress=lambda *told: begun.append(told)
        )  # fmt: skip
    assert begun == list(tmp_path.iterdir()) == []


def test_what_cannot_be_done_is_said(scan, tmp_path):
    ds, elements = scan
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(DatastackError, match="holds files already"):
        maps_onto_photograph(ds, "imvis", tmp_path / "full", elements=elements)
    with pytest.raises(RegistrationError, match="no picture 'imuv'"):
        maps_onto_photograph(ds, "imuv", tmp_path / "maps", elements=elements)
    with pytest.raises(PictureError, match="there are: tiff, png8, png16"):
        maps_onto_photograph(ds, "imvis", tmp_path / "maps", elements=elements, kinds=["jpeg"])
    with pytest.raises(PictureError, match="there are no maps"):
        maps_onto_photograph(ds, "imvis", tmp_path / "maps", names=())
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
