"""Of several detectors any are summed, and what belongs to them follows."""

import h5py
import numpy as np
import pytest

from maxrf_core import ArrayScan, DataStack, convert
from maxrf_core.errors import ScanError
from maxrf_core.readers import choices_of, open_scan
from maxrf_core.readers.summed_scan import MEAN_LIVE_TIME, SummedScan
from tests.maxrf_core.readers.hdf5_files import counts_of, write_hdf5

WHOLE = (slice(None), slice(None))


def test_some_detectors_of_a_genuine_file_are_summed_with_their_live_time(shared, tmp_path):
    path = shared("data/real/aps_2ide/2xfm_0011_2xfm3__0.h5")
    keys = [choice.key for choice in choices_of(path) if choice.detector]
    assert len(keys) == 4
    scan = open_scan(path, choice=f"{keys[1]} + {keys[3]}")
    with h5py.File(path) as file:
        parts = [file[f"MAPS_RAW/data_{letter}"][()].transpose(1, 2, 0) for letter in "bd"]
        seconds = file["MAPS_RAW/livetime"][()][[1, 3]]
    made = DataStack(convert(scan, tmp_path / "made.datastack", flip_vertical=True))
    np.testing.assert_array_equal(made.read("maxrf_cube"), np.sum(parts, axis=0, dtype=int)[::-1])
    np.testing.assert_allclose(made.read("live_time_s"), seconds.mean(axis=0)[::-1], rtol=1e-6)
    told = made.attributes("maxrf_cube")
    assert told["read_from"] == f"{keys[1]} + {keys[3]}"
    assert MEAN_LIVE_TIME in told["notes"]


def test_detectors_on_an_axis_of_any_array_are_summed_in_part(tmp_path):
    counts = counts_of((5, 6, 3, 64))
    path = write_hdf5(tmp_path / "scan.h5", {"a": counts}, {})
    keys = [choice.key for choice in choices_of(path) if choice.detector]
    assert keys == ["a/0:yxdc", "a/1:yxdc", "a/2:yxdc"]
    np.testing.assert_array_equal(open_scan(path, choice=keys[1]).read(*WHOLE), counts[:, :, 1])
    several = open_scan(path, choice=f"{keys[0]} + {keys[2]}")
    block = (slice(1, 4), slice(0, 6, 2), slice(9, 40))
    np.testing.assert_array_equal(several.read(*block), counts[:, :, [0, 2]].sum(axis=2)[block])


def test_only_detectors_are_summed(tmp_path):
    path = write_hdf5(tmp_path / "scan.h5", {"a": counts_of((5, 6, 64)), "b": counts_of((5, 6, 64))}, {})
    with pytest.raises(ScanError, match=r"Of scan.h5 only detectors can be summed"):
        open_scan(path, choice="a:yxc + b:yxc")
    with pytest.raises(ScanError, match=r"scan.h5 holds no 'c:yxc'; it holds a:yxc"):
        open_scan(path, choice="a:yxc + c:yxc")


def test_other_energies_are_told_and_the_sum_of_large_counts_is_exact():
    counts = np.full((2, 3, 4), 65_535, np.uint16)
    one, other = ArrayScan(counts, energies=np.arange(4.0)), ArrayScan(counts, energies=np.arange(4.0) + 0.1)
    both = SummedScan([one, other], "a + b")
    assert both.read(*WHOLE).tolist() == np.full((2, 3, 4), 131_070).tolist()
    assert both.notes == (
        "Its detectors have other energies than the first one, which are those of the sum.",
    )  # fmt: skip
    assert SummedScan([one, one], "a + a").notes == ()
