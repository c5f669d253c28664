"""Programs that know NeXus find the newest cube and its axes in a datastack."""

import shutil

import h5py
import numpy as np
import pytest

from maxrf_core import append, repack, rescue
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan, choices_of, open_scan
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.untrusted.check import check_untrusted
from tests.maxrf_core.datastack.nexus_rules import check_plot, default_plot
from tests.maxrf_core.datastack.small_datastacks import CALIBRATION, COUNTS, digest, our_kind  # noqa: F401

PIXEL = (0.5, 0.25)  # mm
ENERGIES = CALIBRATION.energies(90)


def linked(path, name="counts"):
    """Return the root array that a link of the group leads to."""
    with h5py.File(path) as file:
        [found] = [key for key in file if file[key] == default_plot(file)[name]]
        return found


def axes_of(path):
    with h5py.File(path) as file:
        return check_plot(file)


def without_group(path):
    """Make the file one of an older version of this program."""
    with h5py.File(path, "r+") as file:
        del file["entry"], file.attrs["default"], file.attrs["NX_class"]
        del file["maxrf_cube"].attrs["interpretation"], file["maxrf_energies"].attrs["units"]
    return path


def test_a_conversion_makes_the_cube_the_default_plot_with_axes_in_kev_and_mm(tmp_path):
    path = convert(
        ArrayScan(COUNTS), tmp_path / "a.datastack", calibration=CALIBRATION, about={"pixel_size_mm": PIXEL}
    )
    axes = axes_of(path)
    assert {name: unit for name, (_, unit) in axes.items()} == {"y": "mm", "x": "mm", "energy": "keV"}
    np.testing.assert_array_equal(axes["x"][0], 0.5 * np.arange(17))
    np.testing.assert_array_equal(axes["y"][0], 0.25 * np.arange(20))
    np.testing.assert_array_equal(axes["energy"][0], ENERGIES)
    assert (linked(path), linked(path, "energy")) == ("maxrf_cube", "maxrf_energies")


def test_without_energies_and_pixel_size_the_axes_are_numbers(tmp_path):
    path = convert(ArrayScan(COUNTS), tmp_path / "a.datastack")
    axes = axes_of(path)
    assert axes["y"][1] == axes["x"][1] == "px"
    assert axes["x"][0].tolist() == list(range(17))
    assert axes["."] == (None, "")
    DataStack(path).calibrate(CALIBRATION)
    DataStack(path).set_pixel_size(*PIXEL)
    axes = axes_of(path)
    np.testing.assert_array_equal(axes["energy"][0], ENERGIES)
    assert axes["x"][1] == "mm"
    assert axes["x"][0][1] == 0.5


def test_the_group_is_no_array_and_takes_few_bytes(ours):
    ds = DataStack(ours)
    assert ds.names == ["maxrf_cube", "maxrf_energies", "maxrf_maxspectrum", "maxrf_sumspectrum"]
    assert set(ds.about) == {"format", "format_version", "created", "software"}
    repack(ours)
    large = ours.stat().st_size
    repack(without_group(ours), "all")
    assert ours.stat().st_size == pytest.approx(large, abs=200)  # it is there again, and once
    with h5py.File(without_group(ours)) as file, h5py.File(ours.with_name("bare.h5"), "w") as bare:
        for name in file:
            file.copy(name, bare)
    assert large - ours.with_name("bare.h5").stat().st_size < 5_000


def test_the_links_follow_the_newest_versions(ours):
    append(COUNTS[:12] + 1, "maxrf_cube", ours)
    DataStack(ours).calibrate(Calibration(0.2, 0.0))
    assert (linked(ours), linked(ours, "energy")) == ("maxrf_cube_", "maxrf_energies_")
    axes = axes_of(ours)
    assert len(axes["y"][0]) == 12
    assert axes["energy"][0][1] == 0.2
    repack(ours)
    assert (linked(ours), linked(ours, "energy")) == ("maxrf_cube", "maxrf_energies")
    np.testing.assert_array_equal(DataStack(ours).read("maxrf_cube"), COUNTS[:12] + 1)
    axes_of(ours)


def test_energies_that_do_not_fit_the_newest_cube_are_no_axis(ours):
    append(COUNTS[:, :, :80], "maxrf_cube", ours)
    assert "energy" not in axes_of(ours)


def test_an_older_file_gets_the_group_from_repack_not_from_append(ours):
    append(np.zeros(3), "map", without_group(ours))
    with h5py.File(ours) as file:
        assert "entry" not in file
    repack(ours)
    assert set(axes_of(ours)) == {"y", "x", "energy"}


def test_a_file_left_without_its_cube_has_no_group(ours):
    repack(ours, ["maxrf_energies"])
    with h5py.File(ours) as file:
        assert list(file) == ["maxrf_energies"]
        assert "default" not in file.attrs


@pytest.mark.parametrize("selected", ["all", ["maxrf_cube"]])
def test_an_array_may_have_the_name_of_the_group(ours, selected):
    assert append(np.arange(3), "entry", without_group(ours)) == "entry"
    repack(ours)
    assert axes_of(ours)
    repack(ours, selected)
    repack(ours, selected)
    with h5py.File(ours) as file:
        assert check_plot(file)
        assert default_plot(file).name == "/entry1/scan"
        assert sum(isinstance(file[name], h5py.Group) for name in file) == 1
    if selected == "all":
        assert DataStack(ours).read("entry").tolist() == [0, 1, 2]


def test_an_array_of_that_name_is_stored_beside_the_group(ours):
    assert append(np.arange(3), "entry", ours) == "entry_"
    repack(ours)
    assert DataStack(ours).read("entry").tolist() == [0, 1, 2]
    assert DataStack(ours).names[0] == "entry_"
    assert axes_of(ours)


def test_the_default_plot_of_another_program_is_kept(ours):
    with h5py.File(without_group(ours), "r+") as file:
        file["theirs/plot/fit"] = np.arange(5.0)
        file.attrs["default"] = "theirs"
    repack(ours)
    with h5py.File(ours) as file:
        assert file.attrs["default"] == "theirs"
        assert file["entry/scan/counts"] == file["maxrf_cube"]


def test_what_another_program_adds_to_the_group_survives(ours):
    with h5py.File(ours, "r+") as file:
        file["entry/scan/fit"] = np.arange(5.0)
        file["entry/sample/name"] = "a panel"
    append(np.zeros(3), "map", ours)
    repack(ours)
    with h5py.File(ours) as file:
        assert file["entry/scan/fit"][()].tolist() == [0, 1, 2, 3, 4]
        assert file["entry/sample/name"].asstr()[()] == "a panel"


def test_an_array_that_stands_in_the_place_of_an_axis_is_never_written_to(ours):
    with h5py.File(ours, "r+") as file:
        file["theirs"] = np.full(17, 5.0)
        del file["entry/scan/x"]
        file["entry/scan/x"] = file["theirs"]
    append(np.zeros(3), "map", ours)
    assert DataStack(ours).read("theirs").tolist() == [5.0] * 17
    assert axes_of(ours)["x"][0].tolist() == list(range(17))


def test_an_append_that_moves_no_link_leaves_the_group_alone(ours):
    def addresses():
        with h5py.File(ours) as file:
            group = default_plot(file)
            return [h5py.h5o.get_info(group[name].id).addr for name in group]

    before = addresses()
    append(np.zeros(3), "map", ours)
    assert addresses() == before


def test_rescue_makes_the_group_anew_and_tells_nothing_of_it(ours, tmp_path):
    append(COUNTS[:12] + 1, "maxrf_cube", ours)
    report = rescue(ours, tmp_path / "saved.datastack")
    assert "entry" not in {outcome.name for outcome in report.outcomes}
    assert linked(report.path) == "maxrf_cube_"
    assert len(axes_of(report.path)["y"][0]) == 12


def test_our_own_reader_of_nexus_finds_the_scan_by_the_group(ours):
    with h5py.File(ours, "r+") as file:
        del file.attrs["format"]
        file.attrs["pixel_size_mm"] = PIXEL
    other = shutil.move(ours, ours.with_suffix(".nxs"))
    scan = open_scan(other, choice=choices_of(other)[0].key)
    np.testing.assert_array_equal(scan.read(slice(None), slice(None)), COUNTS)
    np.testing.assert_array_equal(scan.energies, ENERGIES)


def test_our_links_are_accepted_in_uploads(ours):
    check_untrusted(ours)


def link_out(file, elsewhere):
    file["entry/scan/counts"] = h5py.ExternalLink(str(elsewhere), "/maxrf_cube")


def cube_out(file, elsewhere):
    del file["maxrf_cube"]
    file["maxrf_cube"] = h5py.ExternalLink(str(elsewhere), "/maxrf_cube")


@pytest.mark.parametrize("craft", [link_out, cube_out])
def test_links_that_lead_out_are_refused_in_uploads_and_never_followed(ours, tmp_path, craft):
    elsewhere = shutil.copy(ours, tmp_path / "elsewhere.h5")
    with h5py.File(ours, "r+") as file:
        del file["entry/scan/counts"]
        craft(file, elsewhere)
    before = digest(elsewhere)
    with pytest.raises(DatastackError, match=r"refused: .*another file"):
        check_untrusted(ours)
    if craft is link_out:
        append(np.zeros(3), "map", ours)
        assert linked(ours) == "maxrf_cube"
    else:
        with pytest.raises(DatastackError, match="another file"):
            repack(ours)
    assert digest(elsewhere) == before


def test_circles_of_links_end(ours):
    with h5py.File(ours, "r+") as file:
        file["entry/again"] = file["/"]
        file["entry/scan/up"] = file["entry"]
        file["entry/round"] = h5py.SoftLink("/entry/round")
    check_untrusted(ours)
    append(np.zeros(3), "map", ours)
    repack(ours)
    with h5py.File(ours) as file:
        assert file["entry/again"] == file["/"]
        assert file["entry/scan/up"] == file["entry"]
    check_untrusted(ours)
