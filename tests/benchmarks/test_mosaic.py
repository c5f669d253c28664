"""The benchmark of mosaics compares what is told of a pair of scans with its truth."""

from benchmarks.mosaic import trial


def test_a_displaced_pair_is_told_within_its_error(tmp_path):
    found = trial(tmp_path, (1.0,), 4.0, 3)
    assert found.distance > 0.5
    assert found.error < 4 * found.told
    assert len(found.ratios) == 3
