"""The table before a conversion names each scan, and below it all that is left out or to be chosen."""

from collections import Counter
from pathlib import Path

import numpy as np

from maxrf_core.cli.plan_table import print_plan, size_in_words
from maxrf_core.conversion.found_scans import FoundFiles, find_scans
from maxrf_core.conversion.plan import plan_conversion


def test_without_a_scan_the_table_says_so(capsys):
    print_plan(FoundFiles(others=Counter({".jpg": 2, "": 1})), [])
    said = capsys.readouterr().out
    assert said.startswith("No scan that can be converted.\n")
    assert "Other files, which are no scans: 3 (.jpg: 2, no ending: 1)." in said


def test_columns_are_aligned_and_a_name_with_blanks_can_be_copied(tmp_path, capsys):
    for name in ("long name.npy", "b.npy"):
        np.save(tmp_path / name, np.ones((20, 30, 64)))
    found = find_scans([(tmp_path,)])
    print_plan(found, plan_conversion(found, Path("out")))
    heading, *rows = capsys.readouterr().out.splitlines()[:3]
    places = [heading.index("becomes"), *(row.index(str(Path("out/"))) for row in rows)]
    assert len(set(places)) == 1
    print_plan(found, [])
    assert "--choose 'long name.npy=cyx'  channels × rows × columns" in capsys.readouterr().out


def test_sizes_are_written_as_people_do():
    sizes = [999, 1000, 12_345, 999_600, 98_700_000, 2e15]
    words = ["999 bytes", "1.0 kB", "12.3 kB", "1.0 MB", "98.7 MB", "2000 TB"]
    assert [size_in_words(size) for size in sizes] == words
