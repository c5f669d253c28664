"""Each scan gets a datastack of its own; what is complete is known by its files, its size and its options."""

import os
from functools import partial

import numpy as np

from maxrf_core.conversion.batch import convert_many
from maxrf_core.conversion.found_scans import find_scans
from maxrf_core.conversion.plan import plan_conversion
from maxrf_core.conversion.scan_part import part_of
from maxrf_core.transform.coordinates import View
from tests.maxrf_core.conversion.test_batch import write_scan


def test_scans_of_one_name_get_different_datastacks(tmp_path):
    for place in ("x/day", "y/day"):
        (tmp_path / place).mkdir(parents=True)
        write_scan(tmp_path / place / "a")
    np.save(tmp_path / "x/day/A.npy", np.ones((20, 20, 64)))
    out = tmp_path / "out"

    def targets(*paths):
        plans = plan_conversion(find_scans([(path,) for path in paths]), out)
        return [plan.target.relative_to(out).as_posix() for plan in plans]

    mirrored = ["x/day/A_npy", "x/day/a_rpl", "y/day/a"]
    assert targets(tmp_path) == [f"{name}.datastack" for name in mirrored]
    assert targets(tmp_path / "x/day/a.rpl", tmp_path / "x/day/A.npy") == [
        "day_a_rpl.datastack",
        "day_A_npy.datastack",
    ]
    assert targets(tmp_path / "x/day/a.rpl", tmp_path / "y/day/a.rpl") == [
        "day_a_rpl.datastack",
        "day_a_rpl_2.datastack",
    ]


def test_a_datastack_is_complete_only_if_nothing_differs(tmp_path):
    raw, header = write_scan(tmp_path / "a")
    out = tmp_path / "out"
    out.mkdir()

    def plan(**options):
        [only] = plan_conversion(find_scans([(header,)]), out, **options)
        return only

    assert plan().is_due
    list(convert_many([plan()], out, flip_vertical=True))
    assert plan(view=View.of_flips(False, True)).is_done
    assert plan(overwrite=True).is_due
    assert plan().error == (
        "a.datastack exists already, and was made with other options; choose another folder, or give "
        "--overwrite."
    )
    changed = (out / "a.datastack").stat().st_mtime + 10
    os.utime(raw, (changed, changed))
    assert "is older than the files of the scan" in plan(view=View.of_flips(False, True)).error
    (out / "a.datastack").write_bytes(b"no datastack")
    assert "a.datastack exists already, and " in plan().error


def test_a_datastack_of_another_scan_is_not_taken_for_this_one(tmp_path):
    for place in ("first", "second"):
        (tmp_path / place).mkdir()
    write_scan(tmp_path / "first" / "a")
    np.save(tmp_path / "second" / "a.npy", np.ones((20, 20, 64)))
    list(convert_many(plan_conversion(find_scans([(tmp_path / "first",)]), tmp_path), tmp_path))
    [only] = plan_conversion(find_scans([(tmp_path / "second",)]), tmp_path)
    assert "was made from something else" in only.error


def test_another_part_of_the_same_file_is_another_scan(tmp_path):
    np.save(tmp_path / "a.npy", np.ones((20, 20, 20)))

    def plan(*chosen):
        [only] = plan_conversion(find_scans([(tmp_path / "a.npy",)], chosen=chosen), tmp_path)
        return only

    list(convert_many([plan("a.npy=cyx")], tmp_path))
    assert plan("a.npy=cyx").is_done
    assert "was made from something else" in plan().error


def test_another_part_of_a_scan_is_made_anew_only_on_request(tmp_path):
    write_scan(tmp_path / "a")

    def plan(**part):
        prepare = partial(part_of, **part)
        [only] = plan_conversion(find_scans([(tmp_path / "a.rpl",)], prepare=prepare), tmp_path)
        return only, prepare

    first, prepare = plan(crop=(0, 0, 3, 3), missing_rows=[1])
    list(convert_many([first], tmp_path, prepare=prepare))
    assert plan(crop=(0, 0, 3, 3), missing_rows=[1])[0].is_done
    for other in ({"crop": (1, 0, 4, 3), "missing_rows": [1]}, {"crop": (0, 0, 3, 3), "missing_rows": [2]}):
        assert "was made with other options" in plan(**other)[0].error
    assert "a has 5 × 6 pixels" in plan(crop=(0, 0, 5, 3))[0].error
