"""Links are followed within the file only: no file makes the program read another one."""

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.untrusted.check import check_untrusted
from tests.maxrf_core.datastack.small_datastacks import make, our_kind  # noqa: F401

SECRET = b"root:x:0:0: what no visitor may read".ljust(64)


@pytest.fixture(name="elsewhere")
def another_file(tmp_path):
    """A file of the server's that a crafted upload tries to reach."""
    path = tmp_path / "secret.h5"
    with h5py.File(path, "w") as file:
        file["password"] = np.frombuffer(SECRET, np.uint8)
        file["cube"] = np.ones((4, 4, 4))
    path.with_name("secret.txt").write_bytes(SECRET)
    return path


def link_out(file, elsewhere):
    file["stolen"] = h5py.ExternalLink(str(elsewhere), "/password")


def link_out_of_a_group(file, elsewhere):
    file.create_group("a/b")["stolen"] = h5py.ExternalLink(str(elsewhere), "/password")


def soft_link_by_a_link_out(file, elsewhere):
    file.create_group("way")["out"] = h5py.ExternalLink(str(elsewhere), "/")
    file["stolen"] = h5py.SoftLink("/way/out/password")


def values_from_another_file(file, elsewhere):
    outside = [(str(elsewhere.with_suffix(".txt")), 0, 64)]
    file.create_dataset("stolen", (64,), np.uint8, external=outside)


def virtual_dataset(file, elsewhere):
    layout = h5py.VirtualLayout((64,), np.uint8)
    layout[:] = h5py.VirtualSource(elsewhere, "password", (64,))
    file.create_virtual_dataset("stolen", layout)


LEADING_OUT = [
    link_out,
    soft_link_by_a_link_out,
    values_from_another_file,
    virtual_dataset,
]


@pytest.mark.parametrize("craft", [*LEADING_OUT, link_out_of_a_group])
def test_a_file_that_refers_to_other_files_is_refused(ours, elsewhere, craft):
    with h5py.File(ours, "r+") as file:
        craft(file, elsewhere)
    with pytest.raises(DatastackError, match=r"^scan\.datastack is refused: .*(another file|other files)"):
        check_untrusted(ours)


@pytest.mark.parametrize("craft", LEADING_OUT)
def test_a_trusted_file_cannot_make_the_program_read_other_files(ours, elsewhere, craft):
    with h5py.File(ours, "r+") as file:
        craft(file, elsewhere)
    with pytest.raises(DatastackError, match=r"another file|other files"):
        DataStack(ours)


def test_links_within_the_file_are_accepted(ours):
    with h5py.File(ours, "r+") as file:
        file["alias"] = h5py.SoftLink("/maxrf_energies")
        file["same"] = file["maxrf_energies"]
        file["circle"] = h5py.SoftLink("/circle")
        file.create_group("around")["again"] = file["/"]
        file["around/inner"] = np.arange(3)
        file["path"] = h5py.SoftLink("/around/again/alias")
    check_untrusted(ours)
    assert DataStack(ours).read("alias").shape == DataStack(ours).read("path").shape == (90,)
    assert "circle" not in DataStack(ours).names


def test_soft_links_that_multiply_are_refused_after_some_steps(tmp_path):
    path = make("hdf5", tmp_path / "links.datastack")
    with h5py.File(path, "r+") as file:
        for number in range(8):
            file[f"link{number}"] = h5py.SoftLink("/".join(["", *[f"link{number + 1}"] * 9]))
        file["link8"] = h5py.SoftLink("/")
    for look in (DataStack, check_untrusted):
        with pytest.raises(DatastackError, match="its links lead through more than 10,000 names"):
            look(path)
