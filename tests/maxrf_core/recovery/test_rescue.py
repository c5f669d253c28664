"""Readable arrays of a broken datastack are recovered unchanged; the broken file is never changed."""

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from itertools import product
from pathlib import Path

import h5py
import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from zarr.storage import ZipStore

from maxrf_core import append, rescue
from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.journal import journal_path
from maxrf_core.cli.main import main
from maxrf_core.conversion.convert import convert
from maxrf_core.cube.slicing import steps
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from maxrf_core.recovery.rescue import Report
from tests.maxrf_core.datastack.small_datastacks import COUNTS, KINDS, digest, make, plainly

DATA = Path(__file__).resolve().parents[2] / "data" / "maxrf4u"
KILLED = DATA / "killed_during_append_12x16x256.datastack"
FAILED = DATA / "failed_append_zero_array_12x16x256.datastack"
ROOT = Path(__file__).resolve().parents[3]
SPECTRA = {"maxrf_maxspectrum", "maxrf_sumspectrum"}
IMAGE = np.arange(6000, dtype=np.uint16).reshape(60, 100)


def full(kind: str, path: Path) -> Path:
    """Make a small datastack of any kind that holds arrays of all sorts."""
    make(kind, path)
    append(IMAGE, "imvis_reg", path, {"photo": "a.tif"})
    append(IMAGE[::-1], "imvis_reg", path)
    append(np.array(["Fe", "Kα"]), "elements", path)
    append(np.arange(12.0), "imvis_points", path)
    append(np.array(5), "one", path)
    return path


def content(path: Path) -> dict[str, np.ndarray]:
    ds = DataStack(path)
    return {name: ds.read(name, latest=False) for name in ds.names}


@pytest.fixture(params=KINDS)
def stack(request, tmp_path) -> Path:
    return full(request.param, tmp_path / "scan.datastack")


@pytest.fixture(scope="module", params=KINDS)
def sound(request, tmp_path_factory) -> tuple[bytes, dict[str, np.ndarray]]:
    """Return the bytes of a datastack of each kind, and its arrays."""
    path = full(request.param, tmp_path_factory.mktemp("sound") / "scan.datastack")
    return path.read_bytes(), content(path)


def rescued(broken: Path) -> tuple[Report, dict[str, np.ndarray]]:
    """Rescue a file, check that it and its folder are unchanged, and return the report and the arrays."""
    before, state, folder = digest(broken), broken.stat(), set(broken.parent.iterdir())
    out = broken.with_name("saved.datastack")
    report = rescue(broken, out, overwrite=True)
    assert digest(broken) == before
    assert broken.stat().st_mtime_ns == state.st_mtime_ns
    assert set(broken.parent.iterdir()) - folder <= {out}
    saved = content(out)
    assert set(report.saved) == set(saved)
    return report, saved


def assert_as_they_were(report: Report, saved: dict[str, np.ndarray], truth: dict[str, np.ndarray]) -> None:
    """Check that arrays reported as intact equal the truth, and so do the remaining pieces of the others."""
    damage = dict(report.damaged)
    for name in report.saved:
        if name not in damage:
            np.testing.assert_array_equal(saved[name], truth[name])
        elif name in truth and "pieces" in damage[name] and saved[name].dtype.kind != "U":
            same = saved[name] == truth[name]
            assert same[saved[name] != 0].all()
            assert same.any()
            with h5py.File(report.path) as file:
                assert file[name].attrs["rescued"] == damage[name]


def attempt(broken: Path) -> tuple[Report, dict[str, np.ndarray]]:
    """Rescue a file; if nothing is left, check that the error is one sentence and no file appears."""
    try:
        return rescued(broken)
    except DatastackError as error:
        told = str(error)
    assert f"Nothing can be saved from {broken.name}" in told
    assert [path.name for path in broken.parent.iterdir()] == [broken.name]
    return Report(broken, ()), {}


# ---------------------------------------------------------------------- what maxrf4u left behind


def test_a_file_of_a_killed_maxrf4u_is_recovered(tmp_path):
    report, saved = rescued(Path(shutil.copy(KILLED, tmp_path)))
    truth = np.load(KILLED.with_suffix(".npz"))
    np.testing.assert_array_equal(saved["maxrf_cube"], truth["cube"])
    np.testing.assert_array_equal(saved["maxrf_energies"], truth["energies"])
    assert set(saved) == {"maxrf_cube", "maxrf_energies", *SPECTRA}
    assert report.damaged == [("bad", "nothing of it is left (missing)")]
    assert DataStack(report.path).band_map(1, 2).shape == (12, 16)


def test_an_array_of_a_failed_append_in_maxrf4u_is_reported_and_skipped(tmp_path):
    report, saved = rescued(Path(shutil.copy(FAILED, tmp_path)))
    for name, values in content(FAILED).items():
        if name != "bad":
            np.testing.assert_array_equal(saved[name], values)
    assert report.damaged == [("bad", "nothing of it is left (no values were stored)")]


@pytest.mark.parametrize("name", ["v2_0.1.16_24x20x4096", "v3_head_24x20x4096"])
def test_a_file_without_its_table_of_contents_is_recovered_completely(name, shared, tmp_path):
    genuine = shared(f"data/maxrf4u/{name}.datastack")
    broken = tmp_path / "broken.datastack"
    broken.write_bytes(genuine.read_bytes())
    with zipfile.ZipFile(broken) as file:
        begin = file.start_dir
    os.truncate(broken, begin)
    report, saved = rescued(broken)
    assert report.damaged == []
    truth = content(genuine)
    assert set(saved) == set(truth)
    assert_as_they_were(report, saved, truth)


def test_all_arrays_of_a_file_with_two_zarr_formats_are_recovered(tmp_path):
    broken = full("zarr2", tmp_path / "scan.datastack")
    truth = content(broken)
    with ZipStore(broken, mode="a") as store:
        zarr.create_array(store, name="newer", data=np.ones(3), zarr_format=3)
        zarr.create_array(store, name="one", data=np.full(3, 7), zarr_format=3)
    report, saved = rescued(broken)
    for name, values in truth.items():
        np.testing.assert_array_equal(saved[name], values)
    assert saved["newer"].tolist() == [1, 1, 1]
    assert saved["one_"].tolist() == [7, 7, 7]  # the later of two of one name
    assert {name for name, _ in report.damaged} == SPECTRA


def test_members_stored_in_other_ways_are_found(tmp_path):
    sound = full("zarr3", tmp_path / "sound.datastack")
    broken = tmp_path / "broken.datastack"

    class Pipe:
        """A file that cannot be gone back in: sizes then follow the members."""

        def __init__(self, file) -> None:
            self.write, self.flush = file.write, file.flush

    with open(broken, "wb") as raw, zipfile.ZipFile(sound) as old:
        new = zipfile.ZipFile(Pipe(raw), "w")  # type: ignore[call-overload]
        for number, name in enumerate(old.namelist()):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED if number % 2 else zipfile.ZIP_STORED
            with new.open(info, "w", force_zip64=number % 3 == 0) as member:
                member.write(old.read(name))
        end = raw.tell()
        new.close()
    os.truncate(broken, end)
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w") as new, new.open("later/zarr.json", "w", force_zip64=True) as member:
        member.write(b"{}")
    with open(broken, "ab") as raw:
        raw.write(large.getvalue())
    report, saved = rescued(broken)
    truth = content(sound)
    assert set(truth) <= set(saved)
    assert_as_they_were(report, saved, truth)
    assert dict(report.damaged)["later"].startswith("its description cannot be read")


# ---------------------------------------------------------------------- files cut off and damaged anywhere


@given(place=st.floats(0, 1, exclude_max=True))
@settings(max_examples=20, deadline=None)
def test_a_file_truncated_anywhere_keeps_its_remaining_values(sound, place, tmp_path_factory):
    data, truth = sound
    broken = tmp_path_factory.mktemp("cut") / "broken.datastack"
    broken.write_bytes(data[: int(place * len(data))])
    assert_as_they_were(*attempt(broken), truth)


@pytest.mark.parametrize("sound", ["hdf5"], indirect=True)
def test_a_file_truncated_within_its_texts_is_recovered_without_an_endless_loop(sound, tmp_path_factory):
    data, truth = sound
    heap = data.rfind(b"GCOL")
    texts = heap + data[heap:].find("Kα".encode())
    for stop in range(heap, texts + 40, 3):
        broken = tmp_path_factory.mktemp("cut") / "broken.datastack"
        broken.write_bytes(data[:stop])
        assert_as_they_were(*attempt(broken), truth)


@pytest.mark.parametrize("sound", ["hdf5"], indirect=True)
def test_chunks_missing_from_a_truncated_list_are_reported_as_lost(sound, tmp_path_factory):
    data, truth = sound
    lists = [found.start() for found in re.finditer(b"TREE", data)]
    assert len(lists) > 3
    for stop in (begin + more for begin in lists for more in (5, 7, 20, 33, 45, 60)):
        broken = tmp_path_factory.mktemp("cut") / "broken.datastack"
        broken.write_bytes(data[:stop])
        assert_as_they_were(*attempt(broken), truth)


def test_every_lost_piece_of_a_truncated_list_of_chunks_is_reported(tmp_path):
    counts = np.random.default_rng(1).integers(1, 50, (200, 200, 300), np.uint8)
    stack, broken = tmp_path / "scan.datastack", tmp_path / "broken.datastack"
    convert(ArrayScan(counts), stack)
    data = stack.read_bytes()
    entry = 48  # bytes of a chunk of three axes in the list, after 24 that tell how many there are
    for whole in (3, 10, 40):
        broken.write_bytes(data[: data.rfind(b"TREE") + 24 + whole * entry + 20])
        report, saved = rescued(broken)
        zeros = 0
        for part in product(*(steps(length, 64) for length in counts.shape)):
            if saved["maxrf_cube"][part].any():
                np.testing.assert_array_equal(saved["maxrf_cube"][part], counts[part])
            else:
                zeros += 1
        assert dict(report.damaged)["maxrf_cube"].startswith(f"{zeros} of its 80 pieces are lost")
        assert zeros < 80


@given(
    places=st.lists(st.integers(8, 10**6), min_size=1, max_size=4), noise=st.binary(min_size=1, max_size=300)
)
@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("sound", KINDS[1:], indirect=True)
def test_arrays_of_a_damaged_zip_reported_as_intact_are_intact(sound, places, noise, tmp_path_factory):
    data, truth = sound
    content_of_broken = bytearray(data)
    for place in places:
        place %= len(data)
        content_of_broken[place : place + len(noise)] = noise[: len(data) - place]
    broken = tmp_path_factory.mktemp("damaged") / "broken.datastack"
    broken.write_bytes(content_of_broken)
    assert_as_they_were(*attempt(broken), truth)


def test_every_array_before_a_truncation_is_recovered(tmp_path):
    broken = full("zarr3", tmp_path / "scan.datastack")
    truth = content(broken)
    with zipfile.ZipFile(broken) as file:
        members = file.infolist()
    places = {
        name: [info.header_offset for info in members if info.filename.startswith(name + "/")]
        for name in truth
    }
    for cut in sorted(place for each in places.values() for place in each[1:])[20::4]:
        part = tmp_path / "cut" / "broken.datastack"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(broken.read_bytes()[: cut + 40])
        report, saved = attempt(part)
        assert_as_they_were(report, saved, truth)
        before = {name for name, each in places.items() if max(each) < cut}
        assert before <= saved.keys() - dict(report.damaged).keys()
        shutil.rmtree(part.parent)


# ---------------------------------------------------------------------- HDF5 that HDF5 itself refuses

DIES = """
import os, sys, h5py, numpy as np
file = h5py.File(sys.argv[1], sys.argv[2], libver=sys.argv[3])
file["counts"] = np.arange(5000)
file.flush()
file.create_dataset("later", data=np.ones((300, 300)), chunks=(100, 100))
os._exit(1)
"""


@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_a_file_left_open_by_a_crashed_program_is_recovered(libver, tmp_path):
    broken = tmp_path / "broken.datastack"
    subprocess.run([sys.executable, "-c", DIES, broken, "w", libver], check=False)
    if libver == "latest":
        with pytest.raises(OSError, match="already open for write"):
            h5py.File(broken)
    report, saved = rescued(broken)
    assert saved["counts"].tolist() == list(range(5000))
    assert_as_they_were(report, saved, {"counts": np.arange(5000), "later": np.ones((300, 300))})


def test_a_datastack_left_open_by_a_crashed_program_is_recovered(tmp_path):
    broken = full("hdf5", tmp_path / "broken.datastack")
    truth = content(broken)
    subprocess.run([sys.executable, "-c", DIES, broken, "r+", "latest"], check=False)
    report, saved = rescued(broken)
    assert truth.keys() <= saved.keys() - dict(report.damaged).keys()
    assert_as_they_were(report, saved, {**truth, "counts": np.arange(5000), "later": np.ones((300, 300))})


def test_a_truncated_cube_is_recovered_with_recomputed_spectra(tmp_path):
    counts = np.random.default_rng(0).poisson(2, (130, 70, 200)).astype(np.uint16)
    broken = convert(ArrayScan(counts), tmp_path / "broken.datastack")
    os.truncate(broken, broken.stat().st_size // 2)
    with pytest.raises(DatastackError, match="is damaged or cut off"):
        DataStack(broken)
    report, saved = rescued(broken)
    damage = dict(report.damaged)
    assert "of its 24 pieces are lost (cut off) and read as 0" in damage["maxrf_cube"]
    assert_as_they_were(report, saved, {"maxrf_cube": counts})
    np.testing.assert_allclose(saved["maxrf_sumspectrum"], saved["maxrf_cube"].mean(axis=(0, 1)))
    assert "recomputed from the cube" in damage["maxrf_sumspectrum"]
    assert DataStack(report.path).cube().dtype.kind == "u"


def test_an_intact_file_is_copied_unchanged_with_its_attributes(stack):
    truth, ds = content(stack), DataStack(stack)
    report, saved = rescued(stack)
    for name, values in truth.items():
        np.testing.assert_array_equal(saved[name], values)
        new = DataStack(report.path).attributes(name)
        assert new.items() >= ds.attributes(name).items()
    assert {name for name, _ in report.damaged} <= SPECTRA - truth.keys()


def test_older_versions_of_the_cube_are_recovered_too(stack, monkeypatch):
    later = COUNTS[::-1].astype(plainly(stack, "maxrf_cube").dtype) + 1
    append(later, "maxrf_cube", stack)
    # As where they are too large to be copied whole
    monkeypatch.setattr(sys.modules["maxrf_core.recovery.rescue"], "MAX_IN_MEMORY", 1000)
    report, saved = rescued(stack)
    np.testing.assert_array_equal(saved["maxrf_cube"], COUNTS)
    np.testing.assert_array_equal(saved["maxrf_cube_"], later)
    np.testing.assert_array_equal(saved["imvis_reg"], IMAGE)
    np.testing.assert_array_equal(DataStack(report.path).read("maxrf_cube"), later)


def test_arrays_are_recovered_without_a_cube(tmp_path):
    broken = tmp_path / "broken.datastack"
    with h5py.File(broken, "w") as file:
        file["points"] = np.arange(9.0)
        file["nothing"] = h5py.Empty("f8")
        file["table"] = np.zeros(3, [("a", "i4")])
        file.create_group("more")
        file["elsewhere"] = h5py.ExternalLink("other.h5", "secret")
        file["names"] = ["Fe", "Kα"]
    report, saved = rescued(broken)
    assert saved["points"].tolist() == list(range(9))
    assert saved["names"].tolist() == ["Fe", "Kα"]
    assert saved["nothing"].shape == (0,)
    assert {name for name, _ in report.damaged} == {"table", "more", "elsewhere"}


def test_a_complete_journal_is_applied(tmp_path):
    broken = full("hdf5", tmp_path / "broken.datastack")
    change = atomic.AtomicFile(broken)
    with h5py.File(change, "r+") as file:
        file["appended"] = np.arange(700)
    change._seal()
    change.close()
    report, saved = rescued(broken)
    assert saved["appended"].tolist() == list(range(700))
    assert report.damaged == []
    assert journal_path(broken).exists()


# ---------------------------------------------------------------------- refusals and stops


def test_the_broken_file_is_never_replaced_by_the_new_one(stack):
    before = digest(stack)
    link = stack.with_name("link.datastack")
    link.symlink_to(stack)
    for out in (stack, link):
        with pytest.raises(DatastackError, match="itself is never changed; choose another name"):
            rescue(stack, out, overwrite=True)
    with pytest.raises(DatastackError, match="exists already"):
        rescue(stack, stack)
    assert digest(stack) == before


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"no datastack at all" * 99, b"\x89HDF\r\n\x1a\n", b"PK\x03\x04" * 500]
)
def test_a_file_without_readable_arrays_gives_a_one_sentence_error(tmp_path, data):
    broken = tmp_path / "broken.datastack"
    broken.write_bytes(data)
    with pytest.raises(DatastackError, match=r"Nothing can be saved from broken\.datastack") as told:
        rescue(broken, tmp_path / "saved.datastack")
    assert "\n" not in str(told.value)
    assert [path.name for path in tmp_path.iterdir()] == ["broken.datastack"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DatastackError, match=r"absent\.datastack does not exist"):
        rescue(tmp_path / "absent.datastack", tmp_path / "saved.datastack")


def test_a_stopped_rescue_leaves_nothing(stack):
    def stop(fraction: float, doing: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rescue(stack, stack.with_name("saved.datastack"), progress=stop)
    assert not list(stack.parent.glob("*saved*"))


FULL_DISK = """
import resource, sys
from maxrf_core import rescue
for room in (0, 3000, 20_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        rescue(sys.argv[1], sys.argv[2])
    except Exception as error:
        print(type(error).__name__, error)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_full_disk_is_reported_and_leaves_nothing(stack):
    before, out = digest(stack), stack.with_name("saved.datastack")
    result = subprocess.run(
        [sys.executable, "-c", FULL_DISK, stack, out], cwd=ROOT, capture_output=True, text=True, check=False
    )
    told = "There is no room on the disk to write saved.datastack; free some space and try again."
    assert result.stdout.splitlines() == [f"DatastackError {told}"] * 3, result.stderr
    assert digest(stack) == before
    assert not list(stack.parent.glob("*saved*"))


# ---------------------------------------------------------------------- from a terminal


def test_the_command_lists_saved_and_damaged_arrays(tmp_path, capsys):
    broken, out = shutil.copy(KILLED, tmp_path), tmp_path / "saved.datastack"
    assert main(["rescue", str(broken), "-o", str(out)]) == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    told = {parts[0]: (parts[-1].strip(), "".join(parts[1:-1]).strip()) for parts in lines}
    assert told["maxrf_cube"] == ("saved", "12 × 16 × 256")
    assert told["bad"] == ("damaged: nothing of it is left (missing)", "60 × 80")
    assert main(["rescue", str(broken), "-o", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["rescue", str(broken), "-o", str(out), "--overwrite"]) == 0


def test_the_command_exits_with_2_and_one_sentence_if_nothing_is_left(tmp_path, capsys):
    broken = tmp_path / "broken.datastack"
    broken.write_bytes(b"nothing")
    assert main(["rescue", str(broken), "-o", str(tmp_path / "saved.datastack")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("maxrf_core rescue: Nothing can be saved from broken.datastack")
    assert error.count("\n") == 1
