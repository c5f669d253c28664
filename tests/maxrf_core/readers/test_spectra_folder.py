"""A folder of spectra is a scan: each file a pixel, wherever its name or its header puts it."""

import shutil

import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.conversion.batch import group_scans
from maxrf_core.conversion.found_scans import find_scans
from maxrf_core.conversion.scan_part import part_of
from maxrf_core.errors import ScanError
from maxrf_core.readers import choices_of, format_of, is_scan, open_scan, scan_files
from maxrf_core.untrusted.check import check_untrusted
from tests.maxrf_core.readers.spectrum_files import amptek, write_msa

COUNTS = np.random.default_rng(7).poisson(300, (5, 6, 64))
WHOLE = (slice(None), slice(None))


@pytest.fixture
def folder(tmp_path):
    """A folder with a file for each pixel but one, a file that is cut off at once, and a note."""
    made = tmp_path / "panel 7"
    made.mkdir()
    for row in range(5):
        for column in range(6):
            text = amptek(COUNTS[row, column], seconds=1 + row)
            (made / f"map_{row:03}_{column:03}.mca").write_text(text)
    (made / "map_003_002.mca").unlink()
    (made / "map_004_005.mca").write_text("")
    (made / "notes.txt").write_text("milk, bread")
    return made


def expected():
    counts = COUNTS.copy()
    counts[3, 2] = counts[4, 5] = 0
    return counts


def test_pixels_counts_times_and_what_is_missing_reach_the_datastack(folder, tmp_path):
    path = folder / "map_001_001.mca"
    assert format_of(path).name == "Folder of spectra"
    check_untrusted(path)
    scan = open_scan(folder)
    np.testing.assert_array_equal(scan.read(*WHOLE), expected())
    part = (slice(1, 5, 2), slice(2, 6, 3), slice(3, 60, 5))
    np.testing.assert_array_equal(scan.read(*part), expected()[part])
    made = DataStack(convert(scan, tmp_path / "scan.datastack"))
    counts = made.read("maxrf_cube")
    assert counts.dtype == np.uint16
    np.testing.assert_array_equal(counts, expected())
    assert made.read("maxrf_energies") == pytest.approx(-0.1 + 0.02 * np.arange(64))
    missing = made.read("missing")
    assert np.argwhere(missing).tolist() == [[3, 2], [4, 5]]
    assert made.read("live_time_s")[2, 0] == 3
    assert np.isnan(made.read("live_time_s")[3, 2])
    told = made.attributes("maxrf_cube")
    assert told["pixels_missing"] == 2
    assert told["read_from"] == "rows-columns"
    assert told["source"] == "map_000_000.mca … map_004_005.mca (29 files)"
    assert "2 pixels have no spectrum" in told["notes"][0]


def test_rows_and_columns_can_be_exchanged(folder):
    keys = {choice.key: choice.shape for choice in choices_of(folder / "map_000_000.mca")}
    assert keys == {"rows-columns": (5, 6, 64), "columns-rows": (6, 5, 64)}
    scan = open_scan(folder, choice="columns-rows")
    np.testing.assert_array_equal(scan.read(*WHOLE), expected().transpose(1, 0, 2))


def test_a_folder_is_one_scan_named_as_the_folder(folder):
    files = sorted(folder.glob("*.mca"))
    assert [path for path in sorted(folder.iterdir()) if is_scan(path)] == files[:1]
    assert scan_files(files[3]) == tuple(files)
    groups = group_scans(files)
    assert len(groups) == 1
    [found] = find_scans(groups).scans
    assert found.stem == "panel 7"


def test_positions_in_the_headers_go_before_names(tmp_path):
    for number, (row, column) in enumerate(np.ndindex(4, 6)):
        place = (7 + 0.5 * column, 0.25 * row - 3)
        write_msa(tmp_path / f"p{number}.msa", COUNTS[row, column].astype(float), place)
    scan = open_scan(tmp_path / "p0.msa")
    np.testing.assert_array_equal(scan.read(*WHOLE), COUNTS[:4])
    assert scan.about["pixel_size_mm"] == pytest.approx([0.5, 0.25])
    assert scan.about["origin_mm"] == pytest.approx([7, -3])
    assert scan.energies == pytest.approx(-0.1 + 0.02 * np.arange(64))


def test_genuine_spx_files_make_a_scan(shared, tmp_path):
    spectra = np.stack([COUNTS[0, 0]])
    source = shared("data/real/bruker_m6_point/bruker_m6_jetstream_file_example.spx")
    for row, column in np.ndindex(2, 2):
        shutil.copyfile(source, tmp_path / f"x{column}y{row}.spx")
    scan = open_scan(tmp_path)
    assert scan.shape == (2, 2, 4096)
    assert scan.energies[0] == pytest.approx(-0.95550444)
    assert scan.maps["live_time_s"] == pytest.approx(np.full((2, 2), 28.046))
    assert spectra.size


def test_a_running_number_takes_any_width(tmp_path):
    for number, (row, column) in enumerate(np.ndindex(5, 6)):
        (tmp_path / f"s{number + 1}.txt").write_text("\n".join(map(str, COUNTS[row, column])))
    assert open_scan(tmp_path).shape == (5, 6, 64)
    scan = open_scan(tmp_path / "s3.txt", choice="10x3")
    np.testing.assert_array_equal(scan.read(*WHOLE), COUNTS.reshape(3, 10, 64))
    with pytest.raises(ScanError, match="holds no '7x3'; it holds 6x5; 5x6"):
        open_scan(tmp_path / "s3.txt", choice="7x3")


def test_damaged_files_become_missing_pixels_that_are_told(folder, tmp_path):
    (folder / "map_000_000.mca").write_text("<<PMCA SPECTRUM>>")
    (folder / "map_002_003.mca").write_text(amptek(COUNTS[0, 0, :32]))
    counts = expected()
    counts[0, 0] = counts[2, 3] = 0
    scan = open_scan(folder)
    assert scan.shape == (5, 6, 64)
    made = DataStack(convert(scan, tmp_path / "scan.datastack", quarter_turns=1))
    np.testing.assert_array_equal(made.read("maxrf_cube"), np.rot90(counts, -1))
    missing = np.rot90(made.read("missing"))
    assert np.argwhere(missing).tolist() == [[0, 0], [2, 3], [3, 2], [4, 5]]
    assert np.isnan(np.rot90(made.read("live_time_s"))[2, 3])
    told = made.attributes("maxrf_cube")
    assert (told["pixels_missing"], told["spectra_unread"]) == (4, 2)
    assert list(told["notes"])[1:] == [
        "4 pixels have no spectrum; they hold no counts.",
        "2 of 28 spectra could not be read: map_000_000.mca, map_002_003.mca; their pixels are empty and "
        "marked as missing.",
    ]
    (folder / "map_000_000.mca").write_text(amptek(COUNTS[0, 0]))
    part = part_of(open_scan(folder), crop=(2, 1, 4, 3))
    told = DataStack(convert(part, tmp_path / "part.datastack")).attributes("maxrf_cube")
    assert told["notes"][-1].startswith("1 of 8 spectra could not be read: map_002_003.mca;")


def test_a_folder_of_mostly_damaged_files_is_refused(folder, tmp_path):
    files = sorted(folder.glob("*.mca"))
    for path in files[1::2]:
        path.write_text("<<PMCA SPECTRUM>>")
    scan = open_scan(folder)
    files[2].write_text("<<PMCA SPECTRUM>>")
    with pytest.raises(ScanError, match=r"panel 7 is damaged: 15 of its 28 spectra cannot be read, such as"):
        convert(scan, tmp_path / "scan.datastack")
    assert not (tmp_path / "scan.datastack").exists()
    (folder / "later.mca").touch()  # what is known of a folder is looked at again once it has changed
    with pytest.raises(ScanError, match=r"Most of the files in panel 7 .* map_000_001\.mca holds"):
        open_scan(folder / files[0].name)


def test_a_damaged_file_does_not_change_the_grid_of_positions(tmp_path):
    for number, (row, column) in enumerate(np.ndindex(4, 6)):
        write_msa(tmp_path / f"p{number}.msa", COUNTS[row, column].astype(float), (0.5 * column, 0.25 * row))
    (tmp_path / "p0.msa").write_text("cut")
    scan = open_scan(tmp_path)
    counts = COUNTS[:4].copy()
    counts[0, 0] = 0
    np.testing.assert_array_equal(scan.read(*WHOLE), counts)
    assert np.argwhere(scan.maps["missing"]).tolist() == [[0, 0]]
    assert "do not tell their position as others do are left out: 1" in scan.notes[-1]


def test_a_folder_that_is_gone_is_an_error_and_no_empty_scan(folder):
    scan = open_scan(folder)
    shutil.rmtree(folder)
    with pytest.raises(ScanError, match=r"map_000_000\.mca cannot be read"):
        scan.read(*WHOLE)


def test_a_single_spectrum_is_no_scan(tmp_path):
    path = tmp_path / "reference.mca"
    path.write_text(amptek(COUNTS[0, 0]))
    check_untrusted(path)
    assert format_of(path) is None
    with pytest.raises(ScanError, match=r"reference\.mca is a single spectrum.*under Reference spectra"):
        open_scan(path)


def test_other_energies_in_some_files_are_told(folder):
    (folder / "map_002_002.mca").write_text(amptek(COUNTS[2, 2]).replace("90 1.7", "90 1.8"))
    notes = [str(note) for note in open_scan(folder).notes]
    assert any("map_002_002.mca has other energies than map_000_000.mca" in note for note in notes)
