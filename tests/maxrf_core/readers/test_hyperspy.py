"""A genuine file of HyperSpy."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core.readers import choices_of, format_of, open_scan

FILE = Path(__file__).parents[2] / "data/readers/hyperspy_6x5x64.hspy"


def test_counts_energies_steps_and_title_are_read():
    assert format_of(FILE).name == "HyperSpy"
    scan = open_scan(FILE)
    np.testing.assert_array_equal(
        scan.read(slice(None), slice(None)), np.random.default_rng(7).poisson(3, (6, 5, 64)).astype("u2")
    )
    assert scan.energies == pytest.approx(-0.1 + 0.02 * np.arange(64))
    assert scan.about["title"] == "small map"
    assert scan.about["pixel_size_mm"] == pytest.approx([0.25, 0.5])
    assert choices_of(FILE) == []


def test_images_at_each_energy_are_read_with_the_energies_first(tmp_path):
    counts = np.arange(2 * 3 * 20).reshape(20, 2, 3).astype("u2")
    path = tmp_path / "images.hspy"
    with h5py.File(path, "w") as file:
        group = file.create_group("Experiments/images")
        group["data"] = counts
        for place, unit in enumerate(("keV", "mm", "mm")):
            described = group.create_group(f"axis-{place}")
            described.attrs.update(units=unit, scale=0.5, offset=1.0, navigate=place == 0)
    scan = open_scan(path)
    np.testing.assert_array_equal(scan.read(slice(None), slice(None)), counts.transpose(1, 2, 0))
    assert scan.energies[:2].tolist() == [1.0, 1.5]
