"""Registrations are exported from the command line, and read again there."""

import json

import numpy as np
import pytest
import tifffile

from maxrf_core.cli.main import main
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.export.transform import EXPORTED_KINDS, export_transform
from maxrf_core.imaging.write import write_picture
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.photo_transform import photo_transform
from maxrf_core.registration.register import checksum, register

CORNERS = np.array([[0.0, 0], [19, 0], [19, 23], [0, 23]])
IN_PHOTO = np.array([[2.0, 3], [57, 2], [55, 70], [3, 68]])


@pytest.fixture
def scan(tmp_path):
    """Make a scan with a photograph in perspective beside it."""
    counts = np.random.default_rng(1).poisson(3, (24, 20, 64)).astype(np.uint16)
    path = convert(ArrayScan(counts), tmp_path / "scan.datastack")
    pixels = np.random.default_rng(2).integers(0, 255, (72, 60, 3), np.uint8)
    write_picture(tmp_path / "photo.png", pixels)
    result = register(
        pixels, (24, 20), IN_PHOTO, CORNERS,
        photo_name="photo.png", photo_sha256=checksum(tmp_path / "photo.png"),
    )  # fmt: skip
    DataStack(path).append(result.arrays, result.attributes)
    return path


@pytest.mark.parametrize("kind", EXPORTED_KINDS)
def test_every_kind_is_exported_from_the_command_line_and_not_written_over(scan, tmp_path, kind, capsys):
    out = tmp_path / "out.tif"
    assert main(["export", str(scan), "--transform", kind, "-o", str(out)]) == 0
    assert out.stat().st_size > 50
    assert ("off by up to" in capsys.readouterr().err) == (kind in ("world-file", "iiif"))
    assert main(["export", str(scan), "--transform", kind, "-o", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["json", "itk", "elastix", "iiif"])
def test_a_photograph_is_registered_again_by_the_transform_that_was_exported(scan, tmp_path, kind):
    out = tmp_path / "transform"
    export_transform(DataStack(scan), out, kind)
    command = ["register", str(scan), str(tmp_path / "photo.png"), "--points", str(out), "--name", "imuv"]
    assert main([*command, "--allow-outside"]) == 0
    once, again = (photo_transform(DataStack(scan), name) for name in ("imvis", "imuv"))
    np.testing.assert_allclose(again.transform.apply(IN_PHOTO), once.transform.apply(IN_PHOTO), atol=1e-6)


def test_a_second_photograph_of_the_same_size_is_registered_like_the_first(scan, tmp_path, capsys):
    write_picture(tmp_path / "second.png", np.full((72, 60, 3), 99, np.uint8))
    write_picture(tmp_path / "smaller.png", np.full((36, 30, 3), 99, np.uint8))
    command = ["register", str(scan), str(tmp_path / "second.png"), "--like", "imvis_reg", "--name", "imir"]
    assert main(command) == 0
    once, again = (photo_transform(DataStack(scan), name) for name in ("imvis", "imir"))
    np.testing.assert_array_equal(again.src, once.src)
    assert again.photo_name == "second.png"
    capsys.readouterr()
    assert main(["register", str(scan), str(tmp_path / "smaller.png"), "--like", "imvis"]) == 2
    assert "smaller.png has 30×36 pixels, but imvis was registered from a photograph of 60×72" in (
        capsys.readouterr().err
    )


def test_a_transform_that_is_read_chooses_its_model(scan, tmp_path):
    (tmp_path / "photo.pgw").write_text("0.333\n0\n0\n-0.333\n0.5\n-0.5\n")
    command = ["register", str(scan), str(tmp_path / "photo.png"), "--points", str(tmp_path / "photo.pgw")]
    assert main([*command, "--name", "imuv"]) == 0
    assert photo_transform(DataStack(scan), "imuv").model == "affine"


def test_the_registered_picture_is_written_with_its_place(scan, tmp_path):
    export_transform(DataStack(scan), tmp_path / "registered.tif", "geotiff")
    with tifffile.TiffFile(tmp_path / "registered.tif") as file:
        page = file.pages.first
        matrix = np.reshape(page.tags[34264].value, (4, 4))
    far = matrix @ [page.imagewidth, page.imagelength, 0, 1]
    np.testing.assert_allclose(far, [20, -24, 0, 1])


def test_a_copy_of_the_photograph_is_written_with_its_points_but_of_no_other(scan, tmp_path, capsys):
    command = ["export", str(scan), "--transform", "geotiff", "-o", str(tmp_path / "copy.tif")]
    write_picture(tmp_path / "other.png", np.zeros((72, 60, 3), np.uint8))
    assert main([*command, "--photo", str(tmp_path / "other.png")]) == 2
    assert "other.png is another file than the photograph" in capsys.readouterr().err
    assert not (tmp_path / "copy.tif").exists()
    assert main([*command, "--photo", str(tmp_path / "photo.png")]) == 0
    with tifffile.TiffFile(tmp_path / "copy.tif") as file:
        assert file.pages.first.shape == (72, 60, 3)
        ties = np.reshape(file.pages.first.tags[33922].value, (-1, 6))
    np.testing.assert_allclose(ties[:, :2], IN_PHOTO + 0.5)


def test_json_names_the_photograph_by_its_checksum(scan, tmp_path):
    found = json.loads(export_transform(DataStack(scan), tmp_path / "t.json").files[0].read_text())
    assert found["frames"]["photo"]["sha256"] == checksum(tmp_path / "photo.png")
    assert found["frames"]["map"]["name"] == "scan.datastack"
