"""Uploaded files are opened only if they are harmless; every genuine file is accepted."""

import json
import os
import struct
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest
import zarr
from PIL import Image
from zarr.storage import ZipStore

from maxrf_core import DataStack, convert
from maxrf_core.errors import DatastackError, MaxrfError, PictureError, ScanError
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import register
from maxrf_core.untrusted import check as untrusted
from maxrf_core.untrusted.check import check_untrusted
from maxrf_core.untrusted.limits import check_array
from tests.maxrf_core.datastack.small_datastacks import COUNTS, KINDS, each_kind, make, our_kind  # noqa: F401

SECRET = b"root:x:0:0: what no visitor may read".ljust(64)


def refused(path, reason):
    """The file is refused in one line that names it and says why."""
    with pytest.raises(MaxrfError, match=reason) as refusal:
        check_untrusted(path)
    assert path.name in str(refusal.value)
    assert str(refusal.value).isprintable()


# Genuine files


def test_datastacks_of_every_kind_are_accepted(path):
    check_untrusted(path)


@pytest.mark.parametrize(
    "name", ["v3_head_24x20x4096", "v2_0.1.16_24x20x4096", "failed_append_zero_array_12x16x256"]
)
def test_files_written_by_maxrf4u_are_accepted(shared, name):
    check_untrusted(shared(f"data/maxrf4u/{name}.datastack"))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.float32])
def test_a_cube_of_zeros_and_a_cube_of_fractions_are_accepted(tmp_path, dtype):
    empty = convert(ArrayScan(np.zeros((70, 300, 4096), dtype)), tmp_path / "zeros.datastack")
    check_untrusted(empty)
    fractions = np.random.default_rng(3).random((20, 17, 90)).astype(np.float32)
    check_untrusted(convert(ArrayScan(fractions), tmp_path / "fractions.datastack"))


def test_everything_that_can_be_appended_is_accepted(path):
    arrays = {
        "photo": np.zeros((30, 40, 3), np.uint16), "flags": np.array([True, False]), "none": np.zeros((0, 3)),
        "words": np.array(["Fe", "Kα"]), "phase": np.array([1 + 2j]), "one": np.array(2.5),
    }  # fmt: skip
    DataStack(path).append(arrays, {"photo": {"name": "Fe", "points": np.eye(3), "many": ["a", "b"]}})
    check_untrusted(path)


@pytest.mark.parametrize("ratio", [1, 25, 1032])
def test_a_filled_cube_of_any_size_is_accepted(ratio):
    shape = (3000, 2400, 4096)  # 29 GB, or 59 as 16-bit counts
    check_array("scan.datastack", "maxrf_cube", shape, 1, 3000 * 2400 * 4096 // ratio, (64, 64, 64))
    check_array("scan.datastack", "maxrf_cube", shape, 4, 4 * 3000 * 2400 * 4096 // ratio, (512, 512, 128))


def test_a_raw_scan_and_photographs_are_accepted(tmp_path):
    header = "width 4\nheight 3\ndepth 8\ndata-length 2\ndata-type unsigned\nbyte-order big-endian\n"
    (tmp_path / "scan.rpl").write_text(header)
    (tmp_path / "scan.raw").write_bytes(bytes(192))
    check_untrusted(tmp_path / "scan.rpl")
    check_untrusted(tmp_path / "scan.raw")
    for ending in ("png", "jpg", "tif"):
        Image.fromarray(np.zeros((300, 400, 3), np.uint8)).save(tmp_path / f"photo.{ending}")
        check_untrusted(tmp_path / f"photo.{ending}")


def test_a_photograph_of_100_megapixels_is_accepted(tmp_path):
    Image.new("RGB", (10_000, 10_000), (90, 60, 30)).save(tmp_path / "large.jpg")
    check_untrusted(tmp_path / "large.jpg")


# HDF5


def odd_values(file):
    """Values of each type that is neither numbers nor texts, with that type."""
    several = np.empty(2, object)
    several[:] = [np.arange(3, dtype=np.int32), np.arange(2, dtype=np.int32)]
    return {
        "reference": (file.ref, h5py.ref_dtype),
        "region": (file["maxrf_cube"].regionref[:2, :2, :2], h5py.regionref_dtype),
        "ragged": (several, h5py.vlen_dtype(np.int32)),
        "bytes": (np.zeros(2, "V8"), None),
        "record": (np.zeros(2, [("a", int), ("b", float)]), None),
    }


@pytest.mark.parametrize("kind", ["reference", "region", "ragged", "bytes", "record"])
@pytest.mark.parametrize("place", ["array", "attribute"])
def test_references_and_objects_are_refused_as_arrays_and_as_attributes(ours, kind, place):
    with h5py.File(ours, "r+") as file:
        value, dtype = odd_values(file)[kind]
        if place == "array":
            file.create_dataset("odd", data=value, dtype=dtype)
        else:
            file["maxrf_cube"].attrs.create("odd", value, dtype=dtype)
    refused(ours, "neither numbers nor texts")


def test_a_filter_not_built_into_hdf5_is_refused_only_in_uploads(ours):
    with h5py.File(ours, "r+") as file:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((10,))
        properties.set_filter(32_015, h5py.h5z.FLAG_OPTIONAL, (3,))  # zstd, which is a plugin
        space = h5py.h5s.create_simple((10,))
        h5py.h5d.create(file.id, b"packed", h5py.h5t.NATIVE_INT32, space, properties)
    refused(ours, "packed with .*only gzip")
    assert "packed" in DataStack(ours).names


@pytest.mark.parametrize(
    ("name", "shape", "chunks", "reason"),
    [
        ("maxrf_cube_", (1_000_000, 1_000_000, 4096), (64, 64, 64), "would be 8,190 TB|at most"),
        ("maxrf_cube_", (3000, 2400, 4096), (64, 64, 64), "only .* are stored"),
        ("maxrf_cube_", (100_000, 20_000, 1), (64, 64, 1), "would be|pixels"),
        ("maxrf_cube_", (600, 600, 1000), (600, 600, 1000), "a chunk of"),
        ("maxrf_cube_", (600, 600, 1000), (1, 1, 2), "chunks"),
        ("photo", (40_000, 40_000, 3), (64, 64, 3), "only .* are stored"),
        ("photo", (2**40,), (1024,), "at most"),
        ("empty", (0, 2**40, 2**40), None, "at most"),
        ("wide", (100, 100, 40_000), None, "40,000 channels"),
    ],
)
def test_implausible_sizes_are_refused_before_anything_is_read(ours, name, shape, chunks, reason):
    with h5py.File(ours, "r+") as file:
        file.create_dataset(name, shape, np.uint16, chunks=chunks, compression="gzip" if chunks else None)
    refused(ours, reason)


@pytest.mark.parametrize("name", ["a\nb", ".hidden", "x" * 300, "‮cube", "a\\b"])
def test_an_array_with_an_invalid_name_is_refused(ours, name):
    with h5py.File(ours, "r+") as file:
        file[name] = np.zeros(3)
    with pytest.raises(DatastackError, match="name"):
        check_untrusted(ours)


def test_too_many_objects_in_a_file_are_refused(ours):
    with h5py.File(ours, "r+") as file:
        group = file.create_group("many")
        for number in range(10_001):
            group[f"{number}"] = h5py.SoftLink("/maxrf_cube")
    refused(ours, "more than 10,000")


@pytest.mark.parametrize("kept", [0.2, 0.9])
def test_a_truncated_file_is_reported_as_damaged(path, kept):
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    refused(path, "is damaged")


# Zip


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def described(**changes):
    """The description of an array in zarr format 2, with something changed."""
    whole = {
        "zarr_format": 2, "shape": [4, 4, 4], "chunks": [4, 4, 4], "dtype": "<f4", "fill_value": 0,
        "order": "C", "filters": None, "compressor": None,
    }  # fmt: skip
    return json.dumps(whole | changes)


def described_3(**changes):
    """The same in format 3."""
    whole = {
        "zarr_format": 3, "node_type": "array", "shape": [4, 4, 4], "data_type": "float32", "fill_value": 0,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 4, 4]}},
        "chunk_key_encoding": {"name": "default"}, "codecs": [{"name": "bytes"}], "attributes": {},
    }  # fmt: skip
    return json.dumps(whole | changes)


def crafted_zip(path, more):
    plain = {
        ".zgroup": '{"zarr_format": 2}',
        "maxrf_cube/.zarray": described(),
        "maxrf_cube/0.0.0": bytes(256),
    }
    return zipped(path, plain | more)


def test_the_plain_zip_behind_the_crafted_ones_is_accepted(tmp_path):
    check_untrusted(crafted_zip(tmp_path / "plain.datastack", {"odd/zarr.json": described_3()}))


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:\\evil", "a\\b", "a\nb", "a//b"])
def test_a_piece_whose_name_leads_out_of_a_zip_is_refused(tmp_path, name):
    refused(crafted_zip(tmp_path / "way-out.datastack", {name: b"x"}), "leads out of the file")


def test_a_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("maxrf_cube/0.0.1")
    link.external_attr = 0o120777 << 16
    path = crafted_zip(tmp_path / "link.datastack", {})
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(link, "/etc/passwd")
    refused(path, "leads out of the file")


@pytest.mark.parametrize(
    ("key", "description", "reason"),
    [
        ("odd/.zarray", described(dtype="|O", filters=[{"id": "pickle"}]), "filters"),
        ("odd/.zarray", described(filters=[{"id": "vlen-utf8"}]), "filters"),
        ("odd/.zarray", described(dtype="|O"), "neither numbers nor texts"),
        ("odd/.zarray", described(dtype=[["a", "<i4"]]), "neither numbers nor texts"),
        ("odd/.zarray", described(compressor={"id": "pickle"}), "packed with 'pickle'"),
        ("odd/.zarray", described(compressor={"id": "lzma"}), "packed with 'lzma'"),
        ("odd/.zarray", described(shape=[10**6, 10**6, 4096]), "would be"),
        ("odd/.zarray", described(shape=[4, -4, 4]), "makes no sense"),
        ("odd/.zarray", described(chunks=[1000, 1000, 1000]), "a chunk of"),
        ("odd/.zarray", described(chunks=[0, 4, 4]), "do not fit"),
        ("odd/.zarray", "[" * 100_000, "makes no sense"),
        ("odd/zarr.json", described_3(data_type="string"), "neither numbers nor texts"),
        (
            "odd/zarr.json",
            described_3(codecs=[{"name": "bytes"}, {"name": "numcodecs.pickle"}]),
            "packed with",
        ),
        ("odd/zarr.json", described_3(codecs=[{"name": "sharding_indexed"}]), "packed with"),
        ("odd/zarr.json", described_3(storage_transformers=[{"name": "x"}]), "not taken"),
        ("odd/zarr.json", described_3(shape=[10**6, 10**6, 4096]), "would be"),
    ],
)
def test_an_array_in_a_zip_that_is_more_than_plain_numbers_is_refused(tmp_path, key, description, reason):
    refused(crafted_zip(tmp_path / "odd.datastack", {key: description}), reason)


def test_a_bomb_in_a_zip_is_refused(tmp_path):
    path = tmp_path / "bomb.datastack"
    crafted_zip(path, {})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("maxrf_cube/0.0.1", bytes(300_000_000))
    refused(path, "unpacks to 300,000,000 bytes")


def test_overlapping_pieces_are_refused(tmp_path):
    path = crafted_zip(tmp_path / "over.datastack", {"maxrf_cube/0.0.1": bytes(5000)})
    content = path.read_bytes()
    entry = content.rindex(b"PK\x01\x02")
    path.write_bytes(content[: entry + 20] + struct.pack("<II", 9000, 9000) + content[entry + 28 :])
    refused(path, "over each other|outside the file")


def test_a_chunk_that_unpacks_to_more_than_it_should_is_refused(tmp_path):
    path = tmp_path / "chunk.datastack"
    with ZipStore(path, mode="w") as store:
        group = zarr.open_group(store, mode="w", zarr_format=2)
        group.create_array("maxrf_cube", data=np.ones((4, 4, 4000), np.float32), chunks=(4, 4, 4000))
    with zipfile.ZipFile(path) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    description = json.loads(members["maxrf_cube/.zarray"])
    members["maxrf_cube/.zarray"] = json.dumps(description | {"chunks": [4, 4, 4]})
    refused(zipped(path, members), "would be 256,000 bytes, and not 256")


# Pictures, scans, anything


def test_a_picture_that_is_damaged_or_far_too_large_is_refused(tmp_path):
    photo = tmp_path / "photo.jpg"
    Image.fromarray(np.zeros((300, 400, 3), np.uint8)).save(photo)
    photo.write_bytes(photo.read_bytes()[:900])
    with pytest.raises(PictureError, match="damaged"):
        check_untrusted(photo)


def test_a_raw_scan_whose_header_and_file_disagree_is_refused(tmp_path):
    (tmp_path / "scan.rpl").write_text(
        "width 100000\nheight 100000\ndepth 4096\ndata-length 8\ndata-type unsigned\n"
    )
    (tmp_path / "scan.raw").write_bytes(bytes(100))
    with pytest.raises(ScanError, match="too short"):
        check_untrusted(tmp_path / "scan.rpl")


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"#!/bin/sh\n", b"\x80\x04\x95pickle"])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "thing.datastack"
    path.write_bytes(content)
    refused(path, "is empty|is no datastack")


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    refused(tmp_path / "absent.datastack", "There is no file")
    refused(tmp_path, "There is no file")
    with pytest.raises(DatastackError):
        check_untrusted("a\0b.datastack")


# The child


CHILDREN = {
    "a crash": ("import os; os.abort()", "breaks the programs"),
    "a kill": ("import os, signal; os.kill(os.getpid(), 9)", "breaks the programs"),
    "nonsense": ("print('nonsense')", "breaks the programs"),
    "an exit": ("raise SystemExit(3)", "breaks the programs"),
    "no memory": ('print(\'{"error": "memory"}\')', "fill the memory"),
    "a hang": ("import select; select.select([], [], [])", "takes too long"),
}


@pytest.mark.parametrize("what", CHILDREN)
def test_any_end_of_the_child_process_gives_a_one_sentence_error(ours, tmp_path, monkeypatch, what):
    code, reason = CHILDREN[what]
    child = tmp_path / "child.py"
    child.write_text(code)
    monkeypatch.setattr(untrusted, "_CHILD", child)
    with pytest.raises(DatastackError, match=reason):
        check_untrusted(ours, seconds=1 if what == "a hang" else 60)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory dependably")
@pytest.mark.parametrize("greed", ["bytearray(2 * 10**9)", "os.write(os.open('of-a-stranger', 65), b'x')"])
def test_the_child_gets_little_memory_and_writes_nothing(tmp_path, greed):
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); import child\n"
        f"child._limit(child.MIN_MEMORY, 10)\ntry:\n  {greed}\nexcept (MemoryError, OSError): pass\n"
        "else: sys.exit(5)"
    )
    folder = untrusted._CHILD.parent
    done = subprocess.run([sys.executable, "-c", code, folder], cwd=tmp_path, check=False)
    assert done.returncode == 0


def test_a_check_leaves_the_file_and_its_folder_alone(path):
    before = path.read_bytes(), path.stat().st_mtime_ns, os.listdir(path.parent)
    check_untrusted(path)
    assert before == (path.read_bytes(), path.stat().st_mtime_ns, os.listdir(path.parent))


@pytest.mark.parametrize("kind", KINDS)
def test_uploads_with_registered_photographs_are_accepted(tmp_path, kind):
    ds = DataStack(make(kind, tmp_path / "scan.datastack"))
    corners, places = [[0, 0], [149, 0], [0, 199], [149, 199]], [[5, 5], [9, 5], [5, 9], [9, 9]]
    for dtype, channels in ((np.uint8, (3,)), (np.uint16, (4,)), (np.float32, ())):
        photo = (np.random.default_rng(0).random((200, 150, *channels)) * 200).astype(dtype)
        made = register(photo, ds.shape, corners, places)
        ds.append(made.arrays, made.attributes)
    ds.append({"imvis_reg_highres": np.zeros((900, 1200, 3), np.uint8)})  # nearly nothing is stored of it
    check_untrusted(ds.path)


def test_a_file_that_begins_as_another_format_than_its_ending_has_to_pass_both_checks(tmp_path):
    (tmp_path / "scan.rpl").write_text("width 4\nheight 2\ndepth 8\ndata-type unsigned\ndata-length 1\n")
    path = tmp_path / "scan.raw"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(56))
    assert untrusted.checks_of(path) == ["untrusted.hdf5:check_hdf5", None]
    with pytest.raises(MaxrfError, match=r"scan\.raw"):
        check_untrusted(path)
    path.write_bytes(bytes(64))
    assert untrusted.checks_of(path) == [None]
    check_untrusted(path)
