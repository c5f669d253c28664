"""One ZIP holds all element maps, which other programs read with their errors, names and sizes."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from zipfile import ZipFile

import numpy as np
import pytest
import tifffile
from PIL import Image

from maxrf_core.errors import DatastackError
from maxrf_core.export.maps import export_maps
from tests.maxrf_core.elements.made_scan import COUNTS, SHAPE
from tests.maxrf_core.export.known_elements import STEP

OME = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"


@pytest.fixture(name="archive", scope="module")
def exported(known, tmp_path_factory):
    ds, elements = known
    told = []
    path = tmp_path_factory.mktemp("zip") / "maps.zip"
    export_maps(ds, path, elements=elements, progress=lambda done, _words: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        yield archive


def test_each_element_has_a_tiff_with_its_error_and_says_what_it_is(archive, known):
    maps = known[1].maps
    assert {f"scan_{family}.tif" for family in COUNTS} <= set(archive.namelist())
    for family in COUNTS:
        with tifffile.TiffFile(io.BytesIO(archive.read(f"scan_{family}.tif"))) as file:
            net, sigma = file.pages
            np.testing.assert_array_equal(net.asarray(), maps.net[maps.index(family)])
            np.testing.assert_array_equal(sigma.asarray(), maps.sigma[maps.index(family)])
            about = json.loads(net.description)
            across, down = net.get_resolution("MILLIMETER")
        assert net.dtype == np.float32
        assert (about["family"], about["unit"]) == (family, "net counts per pixel")
        assert (about["step_mm"], about["settings"]["tube_kV"]) == (STEP, 50.0)
        assert "standard deviation" in json.loads(sigma.description)["unit"]
        assert (1 / across, 1 / down) == pytest.approx(STEP)


def test_the_ome_tiff_tells_channels_and_the_size_of_pixels(archive, known):
    maps = known[1].maps
    with tifffile.TiffFile(io.BytesIO(archive.read("scan.ome.tif"))) as file:
        assert file.is_ome
        [series] = file.series
        assert series.axes == "CYX"
        values, root = series.asarray(), ET.fromstring(file.ome_metadata)
    pixels = root.find(f"{OME}Image/{OME}Pixels")
    names = [channel.get("Name") for channel in pixels.findall(f"{OME}Channel")]
    assert set(COUNTS) <= set(names)
    for name, channel in zip(names, values, strict=True):
        np.testing.assert_array_equal(channel, maps.net[maps.index(name)])
    assert [float(pixels.get(f"PhysicalSize{axis}")) for axis in "XY"] == STEP
    assert [pixels.get(f"PhysicalSize{axis}Unit") for axis in "XY"] == ["mm", "mm"]
    assert (pixels.get("SizeC"), pixels.get("Type")) == (str(len(names)), "float")


def test_each_element_has_a_picture_in_colours(archive, known):
    picture = np.asarray(Image.open(io.BytesIO(archive.read("scan_Fe-K.png"))))
    assert picture.shape == (*SHAPE, 3)
    net = known[1].shown("Fe-K")[0]
    bright, dark = (picture[net == value].sum() for value in (net.max(), net.min()))
    assert bright > dark


def test_the_table_tells_status_counts_and_evidence(archive, known):
    maps = known[1].maps
    rows = list(csv.DictReader(io.StringIO(archive.read("scan_elements.csv").decode())))
    iron = next(row for row in rows if row["element"] == "Fe")
    assert (iron["status"], iron["family"], iron["name"]) == ("sure", "Fe-K", "iron")
    net = maps.net[maps.index("Fe-K")]
    assert float(iron["net_counts_per_pixel"]) == pytest.approx(net.mean(), rel=1e-4)
    assert float(iron["max_net_counts"]) == pytest.approx(net.max(), rel=1e-4)
    above = (net > 3.3 * maps.sigma[maps.index("Fe-K")]).mean()
    assert float(iron["share_of_pixels_above_detection_limit"]) == pytest.approx(above, rel=1e-4)
    assert float(iron["standard_deviation"]) < 2
    absent = [row for row in rows if row["status"] == "absent"]
    assert absent
    assert all(row["evidence"] and not row["max_net_counts"] for row in absent)


def test_an_existing_file_is_kept_and_a_stop_leaves_nothing(known, tmp_path):
    ds, elements = known
    path = tmp_path / "maps.zip"

    def stop(done, _words):
        if done > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_maps(ds, path, elements=elements, progress=stop)
    assert list(tmp_path.iterdir()) == []
    path.write_text("mine")
    with pytest.raises(DatastackError, match="exists already"):
        export_maps(ds, path, elements=elements)
    assert path.read_text() == "mine"
