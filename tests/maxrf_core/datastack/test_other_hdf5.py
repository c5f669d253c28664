"""Of an HDF5 file of another program one sentence says what it holds and what to do."""

import h5py
import numpy as np
import pytest

from maxrf_core import open_scan
from maxrf_core.cli.main import main
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.other_hdf5 import MAX_GROUPS, not_a_datastack
from maxrf_core.errors import DatastackError


def test_of_an_hdf5_file_that_is_no_datastack_convert_and_info_tell_the_same(tmp_path, capsys):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("entry/data/counts", (20, 600), "u2")
        file["entry/title"] = "a scan"
        file["elsewhere"] = h5py.ExternalLink("absent.h5", "/data")
        file["soft"] = h5py.SoftLink("/entry/data/counts")
        file["entry/again"] = file["entry"]  # a circle
    told = []
    for command in (["info", str(path)], ["convert", str(path), "-o", str(tmp_path / "new.datastack")]):
        assert main(command) == 2
        told.append(capsys.readouterr().err.partition(": ")[2])
    assert told[0] == told[1]
    assert "other.h5 is an HDF5 file but not a datastack of this program" in told[0]
    assert "It holds entry/data/counts (20 × 600, uint16), entry/title (1 value, text)" in told[0]
    assert "export the scan as a .raw file with an .rpl header" in told[0]
    assert not (tmp_path / "new.datastack").exists()


@pytest.mark.parametrize("name", ["pymca_stack.h5", "crono_layout_20x30x4096.hdf5"])
def test_the_error_for_hdf5_files_of_other_programs_lists_their_largest_arrays(shared, name):
    path = shared(f"data/faults/{name}")
    with pytest.raises(
        DatastackError, match=r"not a datastack of this program.* It holds .* × .*convert it"
    ) as error:
        DataStack(path)
    assert open_scan(path).shape[:2] == (20, 30)
    assert len(str(error.value)) < 700


def test_a_file_with_very_many_groups_is_told_in_a_short_sentence_and_soon(tmp_path):
    path = tmp_path / "many.h5"
    with h5py.File(path, "w") as file:
        for number in range(MAX_GROUPS + 100):
            file.create_dataset(f"group{number}/numbers", data=np.zeros(number + 1))
    with h5py.File(path) as file:
        told = not_a_datastack(file, path.name)
    assert "and 29" in told  # of the arrays in the groups that were visited
    assert len(told) < 500
