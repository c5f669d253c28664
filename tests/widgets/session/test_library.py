"""The library offers the demo and the data folder's scans, and no other file."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest
import streamlit as st

from maxrf_core import DataStack, file_signatures
from maxrf_core.datastack.binned_cache import FORMAT, cache_path
from tests.pages.conftest import Open, choice_of, texts
from widgets.session import library


def test_the_demo_is_made_on_the_first_start(open_page: Open, data_folder: Path):
    for path in data_folder.iterdir():
        path.unlink()
    open_page("open", stack=None)
    assert DataStack(data_folder / "demo.datastack").shape == (300, 280, 2048)
    assert (data_folder / "demo_photo.png").is_file()


@pytest.mark.parametrize(
    "stack", ["../../etc/passwd", "/etc/passwd", "absent.datastack", ".uploads/x", "upload-0"]
)
def test_an_address_leads_to_no_other_file(open_page: Open, stack: str):
    app = open_page("maps", stack=stack)
    assert "no file" in texts(app)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_odd_entries_in_the_data_folder_do_no_harm(open_page: Open, data_folder: Path, tmp_path: Path):
    (data_folder / "folder.datastack").mkdir()
    (data_folder / "broken.datastack").symlink_to(tmp_path / "nowhere")
    elsewhere = tmp_path / "large disk.datastack"
    elsewhere.write_bytes((data_folder / "demo.datastack").read_bytes())
    (data_folder / "linked.datastack").symlink_to(elsewhere)
    app = open_page("open", stack=None)
    keys = {button.key for button in app.button if button.key and button.key.endswith(".datastack")}
    assert keys == {"open-demo.datastack", "open-linked.datastack"}
    app.button(key="open-linked.datastack").click().run()
    assert choice_of(app).stack == "linked.datastack"
    assert not app.exception


def test_where_strangers_come_the_data_folders_files_are_checked_as_uploads_are(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    with h5py.File(data_folder / "demo.datastack", "r+") as file:
        file.create_dataset("odd", data=np.arange(100), chunks=(50,), compression="lzf")
    assert not open_page("maps").error  # one's own computer takes one's own file
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    st.cache_resource.clear()
    assert "packed with 'lzf'" in open_page("maps").error[0].value


def test_where_strangers_come_a_cache_of_counts_that_may_do_harm_is_removed(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    path = data_folder / "demo.datastack"
    cache = cache_path(path)
    cache.write_bytes(file_signatures.HDF5 + FORMAT + bytes(5000))
    library.check_shared(path)
    assert cache.exists()  # on one's own computer nobody else has written it
    monkeypatch.setenv("MAXRF_SHARED", "1")
    library.check_shared(path)
    assert not cache.exists()


def test_a_folder_of_spectra_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(library, "data_folder", lambda: tmp_path)
    folder = tmp_path / "2024/panel 7"
    folder.mkdir(parents=True)
    for row, column in np.ndindex(2, 3):
        (folder / f"p{row}_{column}.txt").write_text("1\n" * 64)
    (tmp_path / "notes.txt").write_text("milk, bread")
    assert library.raw_scans() == ["2024/panel 7/p0_0.txt"]
    assert library.raw_scan_in_words("2024/panel 7/p0_0.txt") == "2024/panel 7 (folder of spectra)"


def test_of_endings_that_other_files_have_only_scans_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(library, "data_folder", lambda: tmp_path)
    np.save(tmp_path / "cube.npy", np.zeros((2, 3, 64)))
    np.save(tmp_path / "mask.npy", np.zeros((2, 3)))
    (tmp_path / "brain.hdr").write_text("Analyze 7.5")
    (tmp_path / "scan.rpl").write_text("key\tvalue")
    assert library.raw_scans() == ["cube.npy", "scan.rpl"]
