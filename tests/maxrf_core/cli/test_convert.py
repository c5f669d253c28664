"""One scan or many become datastacks as asked for; what went wrong is told, and nothing is replaced."""

import os
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core.cli.main import main
from maxrf_core.datastack.datastack import DataStack
from tests.maxrf_core.cli.small_scan import COUNTS


@pytest.mark.parametrize("turn", [None, 90, 270])
@pytest.mark.parametrize(
    "flips", [[], ["--flip-horizontal"], ["--flip-vertical"], ["--flip-horizontal", "--flip-vertical"]]
)
def test_convert_writes_a_datastack_mirrored_and_turned_as_requested(folder, capsys, flips, turn):
    turned = [] if turn is None else ["--turn", str(turn)]
    assert main(["convert", "scan.raw", "scan.rpl", "-o", "new.datastack", *flips, *turned]) == 0
    expected = COUNTS[
        :: -1 if "--flip-vertical" in flips else 1, :: -1 if "--flip-horizontal" in flips else 1
    ]
    expected = np.rot90(expected, -(turn or 0) // 90)  # clockwise
    np.testing.assert_array_equal(DataStack("new.datastack").read("maxrf_cube"), expected)
    assert "maxrf_cube" in capsys.readouterr().out


def test_convert_lists_and_takes_what_a_file_holds(folder, capsys):
    with h5py.File("two.h5", "w") as file:
        file["run a"], file["b"] = COUNTS, COUNTS[:, ::-1]
    assert main(["convert", "two.h5", "--choices"]) == 0
    told = capsys.readouterr().out
    assert "--choose b:yxc\n" in told
    assert "--choose 'run a:yxc'\n" in told
    assert main(["convert", "two.h5", "-o", "b.datastack", "--choose", "b:yxc"]) == 0
    np.testing.assert_array_equal(DataStack("b.datastack").read("maxrf_cube"), COUNTS[:, ::-1])
    assert main(["convert", "two.h5", "-o", "a.datastack"]) == 0
    assert "there is more to read in it" in capsys.readouterr().err
    assert main(["convert", "scan.raw", "--choose", "b", "-o", "c.datastack"]) == 2
    assert "holds one scan" in capsys.readouterr().err
    assert main(["convert", "scan.raw"]) == 2
    assert "Give the datastack to make" in capsys.readouterr().err


def test_convert_replaces_a_file_only_on_request(folder, capsys):
    before = Path("scan.datastack").read_bytes()
    assert main(["convert", "scan.raw", "-o", "scan.datastack"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert Path("scan.datastack").read_bytes() == before
    assert main(["convert", "scan.raw", "-o", "scan.datastack", "--overwrite"]) == 0
    assert "maxrf_energies" not in DataStack("scan.datastack").names


def test_several_scans_are_converted_with_one_command(folder, capsys):
    for ending in (".raw", ".rpl"):
        shutil.copy(f"scan{ending}", f"other{ending}")
    os.truncate("other.raw", 10)
    Path("made").mkdir()
    assert main(["convert", "other.raw", "other.rpl", "scan.rpl", "-o", "made"]) == 2
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"scan.rpl: {Path('made/scan.datastack')}",
        "1 of 2 converted; not converted: other.raw.",
    ]
    assert "other.raw is 839,990 bytes too short" in said.err
    assert "1 of 2 failed" in said.err
    np.testing.assert_array_equal(DataStack("made/scan.datastack").read("maxrf_cube"), COUNTS)
    assert [each.name for each in Path("made").iterdir()] == ["scan.datastack"]


def test_an_interrupted_scan_is_converted_with_a_note(folder, capsys):
    shutil.copy("scan.rpl", "other.rpl")
    shutil.copy("scan.raw", "other.raw")
    os.truncate("other.raw", COUNTS[:5].nbytes + 1)
    said = f"note: other.raw is {COUNTS[5:].nbytes - 1:,} bytes too short, as an interrupted scan is:"
    for target in ("alone.datastack", "."):
        assert main(["convert", "other.raw", "-o", target]) == 0
        assert said in capsys.readouterr().err
    np.testing.assert_array_equal(DataStack("other.datastack").read("maxrf_cube"), COUNTS[:5])


@pytest.mark.parametrize(("missing", "told"), [(0, ""), (1, "1 value is"), (2000, "2,000 values are")])
def test_convert_tells_how_many_values_are_missing(folder, capsys, missing, told):
    counts = COUNTS.astype("<f4")
    counts.reshape(-1)[:missing] = np.nan
    counts.tofile("scan.raw")
    header = Path("scan.rpl").read_text()
    Path("scan.rpl").write_text(
        header.replace("data-length\t2", "data-length\t4").replace("unsigned", "float")
    )
    assert main(["convert", "scan.rpl", "-o", "new.datastack"]) == 0
    error = capsys.readouterr().err
    assert ("missing" in error) == bool(missing)
    assert f"{told} missing, and left out of all sums and maps.\n" in error or not missing


def test_two_scans_with_the_same_name_are_named_after_their_folders(folder, capsys):
    for name in ("first", "second", "made"):
        Path(name).mkdir()
    for name in ("first", "second"):
        for ending in (".raw", ".rpl"):
            shutil.copy(f"scan{ending}", f"{name}/scan{ending}")
    assert main(["convert", "first/scan.rpl", "second/scan.rpl", "-o", "made"]) == 0
    assert sorted(os.listdir("made")) == ["first_scan.datastack", "second_scan.datastack"]


def test_a_missing_folder_is_reported_before_any_work(folder, capsys):
    assert main(["convert", "scan.rpl", "bare.datastack", "-o", "nowhere/"]) == 2
    assert "The folder nowhere does not exist" in capsys.readouterr().err


def test_convert_stores_the_tube(folder):
    np.zeros((2, 3, 16), "<u2").tofile("tube.raw")
    Path("tube.rpl").write_text(
        "key\tvalue\nwidth\t3\nheight\t2\ndepth\t16\noffset\t0\ndata-length\t2\ndata-type\tunsigned\n"
        "byte-order\tlittle-endian\nrecord-by\tvector\n"
    )
    asked = ["--tube-kv", "45", "--anode", "Rh"]
    assert main(["convert", "tube.rpl", "-o", "tube.datastack", *asked]) == 0
    about = DataStack("tube.datastack").about
    assert (about["tube_kV"], about["tube_anode"]) == (45.0, "Rh")


def test_a_part_is_converted_and_rows_and_columns_are_left_out(folder, capsys):
    chosen = ["--crop", "4,2,23,17", "--missing-rows", "5,9-10", "--missing-columns", "23"]
    assert main(["convert", "scan.rpl", "-o", "part.datastack", "--turn", "90", *chosen]) == 0
    expected, missing = COUNTS.copy(), np.zeros((20, 30), np.uint8)
    for gone in ([5, 9, 10], (slice(None), 23)):
        expected[gone], missing[gone] = 0, 1
    made = DataStack("part.datastack")
    np.testing.assert_array_equal(made.read("maxrf_cube"), np.rot90(expected[2:18, 4:24], -1))
    np.testing.assert_array_equal(made.read("missing"), np.rot90(missing[2:18, 4:24], -1))
    assert "note: 73 pixels have no spectrum; they hold no counts." in capsys.readouterr().err


@pytest.mark.parametrize("keep", [False, True])
def test_rows_without_counts_are_told_and_marked_unless_they_are_to_be_kept(folder, capsys, keep):
    np.where(np.arange(20)[:, None, None] == 12, 0, COUNTS).astype("<u2").tofile("scan.raw")
    assert main(["convert", "scan.rpl", "-o", "made.datastack", *["--keep-empty"] * keep]) == 0
    told = capsys.readouterr().err
    assert f"note: Row 12 holds no counts (numbered as in the raw scan). {['Marked', 'Kept'][keep]}" in told
    assert ("missing" in DataStack("made.datastack").names) is not keep


def test_a_crop_beyond_the_scan_is_refused_and_nothing_is_made(folder, capsys):
    assert main(["convert", "scan.rpl", "-o", "part.datastack", "--crop", "0,0,30,19"]) == 2
    assert "scan has 30 × 20 pixels" in capsys.readouterr().err
    assert not Path("part.datastack").exists()


@pytest.fixture
def session(folder):
    """A folder with good scans, a bad one, a datastack and other files."""
    for place in ("session", "session/day 2"):
        Path(place).mkdir()
        for ending in (".raw", ".rpl"):
            shutil.copy(f"scan{ending}", f"{place}/tile_1{ending}")
            shutil.copy(f"scan{ending}", f"{place}/tile_2{ending}")
    os.truncate("session/day 2/tile_2.raw", 10)
    with h5py.File("session/two.h5", "w") as file:
        file["a"], file["b"] = COUNTS, COUNTS[:, ::-1]
    shutil.copy("scan.datastack", "session/old.datastack")
    shutil.copy("photo.png", "session/photo.png")
    return folder / "session"


def files_in(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_a_dry_run_tells_what_is_in_a_folder_and_writes_nothing(session, capsys):
    before = files_in(session.parent)
    assert main(["convert", "session", "-o", "session/out", "--dry-run"]) == 2
    said = capsys.readouterr()
    assert files_in(session.parent) == before
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    out = Path("session/out")
    assert f"day 2/tile_1.rpl Ripple 30 × 20 700 840 kB {out / 'day 2' / 'tile_1.datastack'}" in lines
    assert f"tile_2.rpl Ripple 30 × 20 700 840 kB {out / 'tile_2.datastack'}" in lines
    assert "--choose two.h5=b:yxc b (rows × columns × channels): 30 × 20 pixels, 700 channels" in lines
    assert "tile_1.rpl, tile_2.rpl (their names differ in numbers only)" in lines
    assert "Datastacks already, which need no conversion: old.datastack." in lines
    assert "Other files, which are no scans: 1 (.png: 1)." in lines
    [bad] = [line for line in lines if line.startswith("day 2/tile_2.rpl")]
    assert "tile_2.raw is 839,990 bytes too short" in bad
    assert said.err == "maxrf_core convert: 1 of 5 cannot be converted, as told above.\n"


def test_a_folder_with_all_below_it_is_converted_and_what_is_complete_left(session, capsys):
    asked = ["convert", "session", "-o", "out", "--choose", "two.h5=b:yxc"]
    assert main(asked) == 2
    assert "4 of 5 converted; not converted: day 2/tile_2.rpl.\n" in capsys.readouterr().out
    made = files_in(Path("out"))
    names = ["day 2/tile_1", "tile_1", "tile_2", "two"]
    assert sorted(made) == [str(Path(f"{name}.datastack")) for name in names]
    for name, counts in zip(names, [COUNTS, COUNTS, COUNTS, COUNTS[:, ::-1]], strict=True):
        np.testing.assert_array_equal(DataStack(f"out/{name}.datastack").read("maxrf_cube"), counts)
    shutil.copy("scan.raw", "session/day 2/tile_2.raw")  # mended
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "1 of 5 converted; 4 complete already and left as they are.\n" in said
    assert {name: content for name, content in files_in(Path("out")).items() if name in made} == made


def test_a_choice_for_no_file_and_a_folder_without_scans_are_told(session, capsys):
    assert main(["convert", "session", "-o", "out", "--choose", "b:yxc"]) == 2
    assert "No file that is read belongs to --choose b:yxc; write FILE=KEY" in capsys.readouterr().err
    assert main(["convert", "session", "-o", "out.datastack"]) == 2
    said = "If there are scans in session, give a folder after -o, not a file."
    assert said in capsys.readouterr().err
    Path("empty").mkdir()
    assert main(["convert", "empty", "-o", "out"]) == 2
    assert "There is no scan to convert" in capsys.readouterr().err
    assert not Path("out").exists()
    assert main(["convert", "session", "--choices"]) == 0
    assert "two.h5:\n  --choose a:yxc" in capsys.readouterr().out
