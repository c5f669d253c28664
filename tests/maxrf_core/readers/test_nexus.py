"""Genuine NeXus files of PyMca and HyperSpy, and the older way to name signal and axes."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core.readers import choices_of, format_of, open_scan
from tests.maxrf_core.readers.hdf5_files import counts_of, write_hdf5

DATA = Path(__file__).parents[2] / "data/readers"
WHOLE = (slice(None), slice(None))


def test_a_stack_of_pymca_reads_as_the_ripple_file_it_was_made_of(shared):
    path = shared("data/faults/pymca_stack.h5")
    assert format_of(path).name == "NeXus"
    scan = open_scan(path)
    assert scan.shape == (20, 30, 2048)
    assert scan.energies is None  # its axis is the numbers of the channels
    counts = np.fromfile(shared("data/faults/rpl/chevkinite_30x20x2048.raw"), "<u2").reshape(20, 30, 2048)
    np.testing.assert_array_equal(scan.read(*WHOLE), counts)


def test_a_file_of_hyperspy_has_energies_and_steps():
    scan = open_scan(DATA / "hyperspy_6x5x64.nxs")
    np.testing.assert_array_equal(
        scan.read(*WHOLE), np.random.default_rng(7).poisson(3, (6, 5, 64)).astype("u2")
    )
    assert scan.energies == pytest.approx(-0.1 + 0.02 * np.arange(64))
    assert scan.about["pixel_size_mm"] == pytest.approx([0.25, 0.5])


def test_the_older_way_to_name_signal_and_axes_is_read(tmp_path):
    arrays = {
        "entry/data/counts": counts_of((40, 3, 2)),
        "entry/data/energy": np.linspace(2, 1, 40),
        "entry/data/other": counts_of((40, 3, 2)),
    }
    attributes = {
        "entry/data": {"NX_class": "NXdata"},
        "entry/data/counts": {"signal": 1, "axes": "energy:y:x"},
        "entry/data/energy": {"units": "keV"},
    }
    path = write_hdf5(tmp_path / "scan.nxs", arrays, attributes)
    scan = open_scan(path)
    assert scan.shape == (3, 2, 40)
    assert scan.energies == pytest.approx(np.linspace(1, 2, 40))  # they rise
    np.testing.assert_array_equal(scan.read(*WHOLE), counts_of((40, 3, 2)).transpose(1, 2, 0)[:, :, ::-1])
    assert all("other" not in choice.key for choice in choices_of(path))
