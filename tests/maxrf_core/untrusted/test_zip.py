"""An uploaded zip file is a zarr store of plain numbers and texts, and no zip bomb."""

import json
import struct
import zipfile

import numpy as np
import pytest
import zarr
from zarr.storage import ZipStore

from maxrf_core.untrusted.check import check_untrusted
from tests.maxrf_core.untrusted.refusals import refused


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
