"""The import of maxrf_core is timed beside that of numpy, and a program that fails stops the benchmark."""

import subprocess

import pytest

from benchmarks import import_time


def test_every_program_is_timed_in_a_fresh_python(capsys: pytest.CaptureFixture[str]):
    assert import_time.OURS.is_file()
    import_time.main(rounds=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:34].strip() for line in lines] == list(import_time.PROGRAMS)
    assert lines[0].endswith("1.00 × numpy")


def test_a_program_that_fails_stops_the_benchmark():
    with pytest.raises(subprocess.CalledProcessError):
        import_time.seconds("import a_module_that_does_not_exist")
