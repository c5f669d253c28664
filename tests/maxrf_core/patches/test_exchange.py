"""Files of patches are recognised by what is in them, and written by their ending."""

import pytest

from maxrf_core.errors import DatastackError, PatchError
from maxrf_core.patches import exchange
from maxrf_core.patches.exchange import format_patches, read_patches, write_patches
from maxrf_core.patches.patch import Patch
from tests.maxrf_core.patches.drawn_patches import SHAPE, told

PATCHES = [
    Patch.rectangle((1, 1), (5, 5), SHAPE, "sky", "#56b4e9"),
    Patch.polygon([(1.25, 1), (9.5, 2), (4, 8.125)], SHAPE, "sail", "#d55e00"),
]


@pytest.mark.parametrize("ending", [".geojson", ".json", ".zip", ".GeoJSON"])
def test_what_is_written_is_read_whatever_the_file_is_called(tmp_path, ending):
    path = write_patches(tmp_path / f"patches{ending}", PATCHES, SHAPE)
    assert told(read_patches(path, SHAPE)) == told(PATCHES)
    assert told(read_patches(path.rename(tmp_path / "patches.txt"), SHAPE)) == told(PATCHES)


def test_one_patch_can_be_a_roi(tmp_path):
    path = write_patches(tmp_path / "sky.roi", PATCHES[:1], SHAPE)
    assert told(read_patches(path, SHAPE)) == told(PATCHES[:1])
    with pytest.raises(PatchError, match=r"several to a \.zip"):
        format_patches(PATCHES, SHAPE, ".roi")


def test_a_file_that_exists_is_left_alone_unless_told(tmp_path):
    path = write_patches(tmp_path / "a.geojson", PATCHES, SHAPE)
    with pytest.raises(DatastackError, match="exists already"):
        write_patches(path, PATCHES[:1], SHAPE)
    assert len(read_patches(path, SHAPE)) == 2
    write_patches(path, PATCHES[:1], SHAPE, overwrite=True)
    assert len(read_patches(path, SHAPE)) == 1


def test_refusals_name_the_file_and_the_reason(tmp_path, monkeypatch):
    path = tmp_path / "notes.geojson"
    with pytest.raises(PatchError, match=r"notes\.geojson cannot be read: No such file"):
        read_patches(path, SHAPE)
    path.write_text("sky")
    with pytest.raises(PatchError, match=r"notes\.geojson cannot be taken: it is no JSON"):
        read_patches(path, SHAPE)
    path.write_bytes(b"Iout")
    with pytest.raises(PatchError, match=r"notes\.geojson cannot be taken: .* damaged ROI"):
        read_patches(path, SHAPE)
    monkeypatch.setattr(exchange, "MAX_BYTES", 3)
    with pytest.raises(PatchError, match="larger than"):
        read_patches(path, SHAPE)
    with pytest.raises(PatchError, match=r"not '\.svg'"):
        format_patches(PATCHES, SHAPE, ".svg")
    with pytest.raises(PatchError, match="no patches to be written"):
        format_patches([], SHAPE, ".zip")
