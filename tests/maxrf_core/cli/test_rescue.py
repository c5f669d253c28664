"""The command `rescue` tells array by array what was saved, or in one sentence that nothing is left."""

import shutil

from maxrf_core.cli.main import main
from tests.maxrf_core.recovery.broken_files import KILLED


def test_the_command_lists_saved_and_damaged_arrays(tmp_path, capsys):
    broken, out = shutil.copy(KILLED, tmp_path), tmp_path / "saved.datastack"
    assert main(["rescue", str(broken), "-o", str(out)]) == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    told = {parts[0]: (parts[-1].strip(), "".join(parts[1:-1]).strip()) for parts in lines}
    assert told["maxrf_cube"] == ("saved", "12 × 16 × 256")
    assert told["bad"] == ("damaged: nothing of it is left (missing)", "60 × 80")
    assert main(["rescue", str(broken), "-o", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["rescue", str(broken), "-o", str(out), "--overwrite"]) == 0


def test_the_command_exits_with_2_and_one_sentence_if_nothing_is_left(tmp_path, capsys):
    broken = tmp_path / "broken.datastack"
    broken.write_bytes(b"nothing")
    assert main(["rescue", str(broken), "-o", str(tmp_path / "saved.datastack")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("maxrf_core rescue: Nothing can be saved from broken.datastack")
    assert error.count("\n") == 1
