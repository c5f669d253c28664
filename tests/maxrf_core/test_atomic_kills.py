"""A process that is killed while it appends loses nothing that was there before."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = int(os.environ.get("MAXRF_KILLS", "15"))
HERE = Path(__file__).resolve().parent


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_at_random_moments_no_array_is_lost_or_damaged(tmp_path: Path) -> None:
    command = [sys.executable, HERE / "killer.py", tmp_path / "scan.datastack", str(KILLS), "1"]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    print(found)
    assert found["kills"] == KILLS
    assert found["while adding"] > 0
