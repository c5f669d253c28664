"""Single spectra are read by HyperSpy's reader with the same counts and energies."""

import numpy as np
import pytest
from rsciio.msa import file_reader

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.export.scan import export_scan
from maxrf_core.patches.patch import Patch
from tests.maxrf_core.writers.exports import LINE, scan_of

COUNTS = np.random.default_rng(1).poisson(2, (5, 6, 40)).astype(np.uint16)


def spectra_in(files):
    return {path.name: file_reader(str(path))[0] for path in files}


def test_mean_sum_and_maximum_of_the_scan_are_exact(tmp_path):
    exported = export_scan(scan_of(COUNTS, tmp_path), tmp_path / "out.msa", "msa")
    found = spectra_in(exported.files)
    flat = COUNTS.reshape(-1, 40).astype(np.float64)
    wanted = {"mean": flat.sum(axis=0) / 30, "sum": flat.sum(axis=0), "max": flat.max(axis=0)}
    assert found.keys() == {f"out_{kind}.msa" for kind in wanted}
    for kind, counts in wanted.items():
        np.testing.assert_array_equal(found[f"out_{kind}.msa"]["data"], counts)
        [axis] = found[f"out_{kind}.msa"]["axes"]
        assert (axis["scale"], axis["offset"], axis["units"]) == (LINE.gain, LINE.offset, "keV")
    told = found["out_mean.msa"]["original_metadata"]
    assert (told["TITLE"], float(told["BEAMKV"])) == ("Panel, left wing", 50.0)
    assert told["COMMENT"].startswith("whole scan, mean counts of 30 pixels")
    lines = exported.files[0].read_bytes().split(b"\r\n")
    energies = [float(line.split(b",")[0]) for line in lines if line and not line.startswith(b"#")]
    np.testing.assert_array_equal(energies, LINE.energies(40))


def test_one_pixel_is_one_file_of_the_name_that_was_given(tmp_path):
    exported = export_scan(scan_of(COUNTS, tmp_path), tmp_path / "out.msa", "msa", pixel=(4, 2))
    [(name, found)] = spectra_in(exported.files).items()
    assert name == "out.msa"
    np.testing.assert_array_equal(found["data"], COUNTS[2, 4])
    with pytest.raises(DatastackError):
        export_scan(scan_of(COUNTS, tmp_path), tmp_path / "no.msa", "msa", pixel=(6, 0))
    assert not (tmp_path / "no.msa").exists()


def test_each_patch_has_its_spectra_under_a_name_of_its_own(tmp_path):
    ds = scan_of(COUNTS, tmp_path)
    masks = np.zeros((2, 5, 6), bool)
    masks[0, 1:3, 2:5], masks[1, 4, 5] = True, True
    ds.keep_patches([Patch("Sky: left", "#e69f00", masks[0]), Patch("Sky- left", "#56b4e9", masks[1])])
    files = export_scan(DataStack(ds.path), tmp_path / "out.msa", "msa", patches=True).files
    found = spectra_in(files)
    assert len(found) == 9
    sums = [each for name, each in found.items() if name.endswith("_sum.msa") and "Sky" in name]
    for mask, each in zip(masks, sums, strict=True):
        np.testing.assert_array_equal(each["data"], COUNTS[mask].sum(axis=0))
    assert "patch Sky, left" in sums[0]["original_metadata"]["COMMENT"]


def test_patches_that_are_not_there_are_told_of(tmp_path):
    with pytest.raises(DatastackError, match="has no patches"):
        export_scan(scan_of(COUNTS, tmp_path), tmp_path / "out.msa", "msa", patches=True)


def test_channels_stand_for_energies_that_are_not_known(tmp_path):
    exported = export_scan(scan_of(COUNTS, tmp_path, None), tmp_path / "out.msa", "msa")
    [axis] = spectra_in(exported.files)["out_sum.msa"]["axes"]
    assert (axis["scale"], axis["offset"], axis["units"]) == (1, 0, "channel")
