"""Genuine .bcf files of Bruker read as RosettaSciIO reads them, but block by block; faults are named."""

import pickle
import shutil

import numpy as np
import pytest
from rsciio.bruker import file_reader

from maxrf_core import DataStack, convert
from maxrf_core.errors import ScanError
from maxrf_core.readers import format_of, open_scan
from maxrf_core.untrusted.check import check_untrusted

FILES = [
    "data/real/sem_maps/30x30_instructively_packed_16bit_compressed.bcf",
    "data/real/sem_maps/bcf_v2_50x50px.bcf",
]
WHOLE = (slice(None), slice(None))


@pytest.mark.parametrize("name", FILES)
def test_any_block_is_what_an_independent_reader_reads(shared, name):
    path = shared(name)
    assert format_of(path).name == "Bruker .bcf"
    scan = open_scan(path)
    [known] = [each for each in file_reader(str(path)) if each["data"].ndim == 3]
    whole = scan.read(*WHOLE)
    np.testing.assert_array_equal(whole, known["data"])
    energy = known["axes"][2]
    assert scan.energies == pytest.approx(energy["offset"] + energy["scale"] * np.arange(energy["size"]))
    picture = next(each for each in file_reader(str(path)) if each["data"].ndim == 2)
    # Of its map, RosettaSciIO 0.15 gives the step in y for both axes
    steps = [picture["axes"][number]["scale"] / 1000 for number in (1, 0)]
    assert scan.about["pixel_size_mm"] == pytest.approx(steps)
    for part in (
        (slice(2, 29, 3), slice(1, 28, 2), slice(100, 900, 7)),
        (slice(0, 1), slice(7, 8), slice(0, 1)),
        (slice(3, 3), slice(0, 5), slice(0, 9)),
    ):
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(scan)).read(*part), whole[part])


@pytest.mark.parametrize(("name", "differs"), [(FILES[0], True), (FILES[1], False)])
def test_where_the_files_own_sum_differs_the_conversion_says_so(shared, tmp_path, name, differs):
    scan = open_scan(shared(name))
    made = DataStack(convert(scan, tmp_path / "scan.datastack"))
    counts = made.read("maxrf_cube")
    assert counts.sum() == scan.read(*WHOLE).sum()
    notes = " ".join(made.attributes("maxrf_cube").get("notes", []))
    assert ("it holds 18,621,587 counts, they hold 18,621,362" in notes) == differs
    assert ("differs from its pixels" in notes) == differs


def test_a_strangers_file_is_checked_before_it_is_opened(shared, tmp_path):
    good = shared(FILES[1])
    check_untrusted(good)
    path = tmp_path / "cut.bcf"
    path.write_bytes(good.read_bytes()[:900_000])
    with pytest.raises(ScanError, match=r"cut\.bcf cannot be read as a \.bcf file"):
        check_untrusted(path)


def test_a_changed_byte_never_leads_beyond_the_scan(shared, tmp_path):
    """The unpacker trusts headers, so a wrong one must be found first, or change counts at most."""
    original = bytearray(shared(FILES[1]).read_bytes())
    shape = open_scan(shared(FILES[1])).shape
    path = tmp_path / "changed.bcf"
    rng = np.random.default_rng(5)
    refused = 0
    for place in rng.integers(4096, len(original), 60):
        changed = bytearray(original)
        changed[place : place + 4] = rng.bytes(4)
        path.write_bytes(changed)
        try:
            block = open_scan(path).read(slice(0, 50, 7), slice(None))
        except ScanError:
            refused += 1
        else:
            assert block.shape[1:] == shape[1:]
    assert 0 < refused < 60


def test_a_copy_without_its_end_is_refused(shared, tmp_path):
    path = tmp_path / "scan.bcf"
    shutil.copyfile(shared(FILES[0]), path)
    with open(path, "r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(ScanError, match=r"scan\.bcf cannot be read"):
        open_scan(path).read(*WHOLE)
