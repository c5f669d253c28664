"""The command `sums` writes tables of sums and maxima, and of each file what went wrong."""

from pathlib import Path

import numpy as np

from maxrf_core.cli.main import main
from tests.maxrf_core.cli.small_scan import COUNTS, TRUE


def test_the_sum_and_maximum_of_all_pixels_are_written_for_each_datastack(folder, capsys):
    assert main(["sums", "scan.datastack", "bare.datastack", "absent.datastack", "-o", "."]) == 2
    assert "There is no file absent.datastack" in capsys.readouterr().err
    for name, head in (
        ("scan", "channel,energy in keV,sum,maximum"),
        ("bare", "channel,not calibrated,sum,maximum"),
    ):
        path = Path(f"{name}-spectra.csv")
        assert path.read_text().splitlines()[0] == head
        table = np.genfromtxt(path, delimiter=",", skip_header=1)
        np.testing.assert_array_equal(table[:, 2], COUNTS.sum(axis=(0, 1)))
        np.testing.assert_array_equal(table[:, 3], COUNTS.max(axis=(0, 1)))
    np.testing.assert_allclose(
        np.genfromtxt("scan-spectra.csv", delimiter=",", skip_header=1)[:, 1], TRUE.energies(700)
    )
    assert main(["sums", "scan.datastack", "-o", "."]) == 2
    assert main(["sums", "scan.datastack", "-o", ".", "--overwrite"]) == 0
