"""Names and places of many files are looked at once, and memory does not grow with their number."""

import tracemalloc

import numpy as np

from maxrf_core.readers import open_scan
from maxrf_core.readers.spectra_scan import files_in_folder
from tests.maxrf_core.readers.spectrum_files import amptek

COUNTS = np.random.default_rng(7).poisson(300, 1024)


def test_a_block_takes_memory_for_its_own_pixels_only(tmp_path):
    text = amptek(COUNTS)
    for row, column in np.ndindex(30, 30):
        (tmp_path / f"p{row}_{column}.mca").write_text(text)
    files = files_in_folder(tmp_path)
    assert files_in_folder(tmp_path) is files
    scan = open_scan(tmp_path)
    tracemalloc.start()
    block = scan.read(slice(3, 5), slice(None))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (block == COUNTS).all()
    assert peak < block.nbytes + 2_000_000
