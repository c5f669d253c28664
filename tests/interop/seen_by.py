"""What another program sees in files, on the Python on which it is installed."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-interop" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def seen_by(program: str, *files: Path) -> list[dict[str, Any]]:
    """Return what a program sees in each file."""
    python = os.environ.get("MAXRF_INTEROP_PYTHON", str(PYTHON))
    command = [python, str(ROOT / "tests/interop/programs.py"), program, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.removeprefix("seen ") for line in done.stdout.splitlines() if line.startswith("seen ")]
    assert len(lines) == len(files), done.stdout
    return [json.loads(line) for line in lines]
