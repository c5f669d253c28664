"""Any picture's transform into any other is told to other programs, with the error of the way there."""

import json

import numpy as np
import pytest

from maxrf_core.cli.main import main
from maxrf_core.errors import RegistrationError
from maxrf_core.export.transform import export_transform
from maxrf_core.registration.frame_graph import FrameGraph
from maxrf_core.registration.frame_transform import frame_transform
from maxrf_core.registration.points_io import read_points
from maxrf_core.transform.models import find_model
from tests.maxrf_core.registration.registered_pictures import (
    INFRARED,
    MAP,
    PICTURES,
    VISIBLE,
    add_picture,
    scan,
)

EXACT = VISIBLE @ INFRARED.inverse()  # from the infrared to the photograph
BENT, CLICKED = (np.random.default_rng(3).normal(0, size, (6, 2)) for size in (1.5, 0.02))


@pytest.fixture(name="ds", scope="module")
def two_pictures(tmp_path_factory):
    ds = scan(tmp_path_factory.mktemp("frames"))
    add_picture(ds, "imvis", moved=CLICKED)
    add_picture(ds, "imir", moved=CLICKED)
    add_picture(ds, "imuv", model="thin-plate-spline", moved=BENT)
    return ds


@pytest.mark.parametrize("kind", ["json", "itk", "elastix", "iiif", "bigwarp"])
def test_the_infrared_finds_the_photograph_in_every_format(ds, tmp_path, kind):
    path = tmp_path / "transform"
    exported = export_transform(ds, path, kind, name="imir", into="imvis")
    shapes = {"photo_shape": PICTURES["imir"][1], "map_shape": PICTURES["imvis"][1]}
    found = read_points(path.read_bytes(), **shapes)
    again = find_model(found.about.get("model") or "homography").fit(found.src, found.dst)
    there = INFRARED.apply([[5, 5], [25, 20], [45, 35]])
    np.testing.assert_allclose(again.apply(there), EXACT.apply(there), atol=0.15)
    assert any("pixels of imvis.tif" in note for note in exported.notes)


def test_the_maps_lead_into_a_photograph_too(ds):
    placed = frame_transform(FrameGraph(ds).path("map", "imvis"))
    assert (placed.photo_shape, placed.map_shape, placed.model) == (MAP, (120, 150), "homography")
    places = np.array([[3.0, 4], [40, 30]])
    np.testing.assert_allclose(placed.transform.apply(places), VISIBLE.apply(places), atol=0.1)


def test_a_bend_on_the_way_becomes_a_spline_whose_departure_is_told(ds, tmp_path, capsys):
    route = FrameGraph(ds).path("imuv", "imir")
    placed = frame_transform(route)
    assert placed.model == "thin-plate-spline"
    on_map = np.stack(np.meshgrid(np.linspace(2, 47, 9), np.linspace(2, 37, 9)), 2).reshape(-1, 2)
    there = route.transform.apply(VISIBLE.apply(on_map))
    found, exact = (each.inverse().apply(there) for each in (placed.transform, route.transform))
    off = np.hypot(*(found - exact).T).max()
    assert 0 < placed.departure < 0.2
    assert off < 1.1 * placed.departure + 0.01
    out = tmp_path / "bent.json"
    arguments = ["--transform", "json", "--name", "imuv", "--into", "imir", "-o", str(out)]
    assert main(["export", str(ds.path), *arguments]) == 0
    assert f"off by up to {placed.departure:.2g} pixels of imuv.tif" in capsys.readouterr().err


def test_the_error_is_that_of_the_registrations_on_the_way(ds):
    placed = frame_transform(FrameGraph(ds).path("imir", "imvis"))
    for told in placed.errors():
        assert told["rms_px"] == pytest.approx(placed.route.errors_at([[told["x"], told["y"]]])[0])
    assert len(placed.errors()) == 3


def test_a_world_file_tells_how_far_it_is_off_in_pixels_of_the_other_picture(ds, tmp_path):
    [note, _error] = export_transform(ds, tmp_path / "a.tfw", "world-file", name="imir", into="imvis").notes
    assert "pixels of imvis.tif" in note
    assert "GeoTIFF" not in note
    text = export_transform(ds, tmp_path / "a.tfm", "itk", name="imir", into="imvis").files[0].read_text()
    assert "the map stands for imvis.tif, the photograph is imir.tif" in text
    [path] = export_transform(ds, tmp_path / "a.json", name="imir", into="imvis").files
    told = json.loads(path.read_text())
    assert told["frames"]["map"]["name"] == "imvis.tif"


def test_what_leads_nowhere_is_refused(ds, tmp_path):
    with pytest.raises(RegistrationError, match=r"imvis.tif is the frame itself"):
        export_transform(ds, tmp_path / "a.json", name="imvis", into="imvis")
    with pytest.raises(RegistrationError, match="no picture 'imxr'"):
        export_transform(ds, tmp_path / "a.json", name="imvis", into="imxr")
    with pytest.raises(RegistrationError, match="written by render"):
        export_transform(ds, tmp_path / "a.tif", "geotiff", name="imir", into="imvis")
    assert not list(tmp_path.iterdir())
