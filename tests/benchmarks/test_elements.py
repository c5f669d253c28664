"""The figures of the element maps are computed as the page says."""

import numpy as np
import pytest

from benchmarks.elements import OverlapScan, blocks, error_by_difference, m6_spectra, responses, robust

TRUTH = np.random.default_rng(0).random((2, 30, 30))


def test_a_response_is_relative_to_the_elements_own():
    scan = OverlapScan(None, ["Ti", "Ba"], TRUTH)
    net = 40 * TRUTH[0] + 6 * TRUTH[1] + 3
    assert responses(scan, net, "Ti") == pytest.approx({"Ba": 0.15})


def test_blocks_are_sums_of_whole_blocks():
    assert blocks(np.ones((13, 20))).tolist() == [[36.0] * 3] * 2


def test_the_part_of_the_scanner_is_found():
    rng = np.random.default_rng(1)
    mean = np.full((3, 20_000), 2000.0)
    variance = np.full(mean.shape, 1000.0)
    difference = rng.normal(size=mean.shape) * np.sqrt(variance + 2 * (0.025 * mean) ** 2)
    assert error_by_difference(difference, variance, mean) == pytest.approx(0.025, abs=0.002)
    assert robust(rng.normal(size=20_000)) == pytest.approx(1, abs=0.03)


def test_the_spectra_of_nist_are_those_of_the_element_in_their_name(shared):
    shared("data/real/nexl_rh50kv")
    spectra = {each.name: each for each in m6_spectra()}
    assert len(spectra) == 19
    assert spectra["Ti_50kv_50_ma_Rh_vac_D1"].must_find == ("Ti",)
    assert spectra["Acrylic_50kv_50_ma_Rh_vac_D1"].must_find == ()
    assert spectra["bruker_m6_jetstream_file_example"].must_find == ("Ca", "Fe")
