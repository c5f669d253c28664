"""ENVI files hold the counts pixel by pixel as their header says, with the energy of each channel."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings

from maxrf_core.export.scan import export_scan
from maxrf_core.readers import open_scan
from tests.maxrf_core.writers.exports import ABOUT, LINE, cubes, scan_of

# The documentation of NV5 Geospatial, "ENVI Header Files"
TYPES = {1: "u1", 2: "<i2", 3: "<i4", 4: "<f4", 5: "<f8", 12: "<u2", 13: "<u4", 14: "<i8", 15: "<u8"}


def fields_of(header):
    text = header.read_text()
    assert text.startswith("ENVI\n")
    found = re.findall(r"^([a-z ]+) = (\{[^{}]*\}|[^\n]*)$", text, re.MULTILINE)
    return {field: value.strip("{}") for field, value in found}


@settings(max_examples=12, deadline=None)
@given(counts=cubes)
def test_the_counts_are_those_that_the_header_describes(counts):
    with TemporaryDirectory() as folder:
        header, image = export_scan(scan_of(counts, Path(folder)), Path(folder) / "out.hdr", "envi").files
        fields = fields_of(header)
        shape = [int(fields[name]) for name in ("lines", "samples", "bands")]
        assert (fields["interleave"], fields["byte order"], fields["header offset"]) == ("bip", "0", "0")
        found = np.fromfile(image, TYPES[int(fields["data type"])]).reshape(shape)
        np.testing.assert_array_equal(found, counts)
        ours = open_scan(header)
        np.testing.assert_array_equal(ours.read(slice(None), slice(None)), counts)
        np.testing.assert_array_equal(ours.energies, LINE.energies(counts.shape[2]))
        np.testing.assert_array_equal(ours.about["pixel_size_mm"], ABOUT["pixel_size_mm"])


def test_energies_and_pixel_size_are_in_the_header(tmp_path):
    ds = scan_of(np.ones((3, 4, 50), np.uint16), tmp_path)
    fields = fields_of(export_scan(ds, tmp_path / "out.hdr", "envi").files[0])
    assert fields["wavelength units"] == "keV"
    assert [float(each) for each in fields["wavelength"].split(",")] == LINE.energies(50).tolist()
    assert fields["pixel size"] == "0.65, 0.3, units=Millimeters"
    assert fields["description"] == ABOUT["title"]
    bare = scan_of(np.ones((3, 4, 50), np.uint16), tmp_path, None)
    assert "wavelength" not in fields_of(export_scan(bare, tmp_path / "bare.hdr", "envi").files[0])
