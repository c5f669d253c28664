"""Style check of the app's JavaScript by eslint: ``python -m tools.javascript``.

The scripts run in browsers as they are, so node is needed for nothing else than this and their tests. Where
node is absent, or eslint is not there and cannot be fetched, this says so and does not fail.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FOLDERS = ("widgets", "tests/js", "eslint.config.js")
FETCH_LIMIT = 120  # seconds for npx to bring eslint


def eslint_version() -> str:
    """Return the version of eslint in package.json."""
    wanted = json.loads((PROJECT / "package.json").read_text(encoding="utf-8"))
    return str(wanted["devDependencies"]["eslint"])


def main() -> int:
    """Check all scripts; return 0 if they are in order, or could not be checked."""
    npx = shutil.which("npx")
    if npx is None:
        print("JavaScript was not checked: node is not on this machine.")
        return 0
    eslint = [npx, "--yes", f"eslint@{eslint_version()}"]
    if not _starts(eslint):
        print("JavaScript was not checked: eslint is not here and could not be fetched.")
        return 0
    done = subprocess.run([*eslint, "--max-warnings", "0", *FOLDERS], cwd=PROJECT, check=False)
    if done.returncode == 0:
        print("JavaScript: all checks passed.")
    return done.returncode


def _starts(eslint: list[str]) -> bool:
    try:
        asked = subprocess.run(
            [*eslint, "--version"], cwd=PROJECT, capture_output=True, timeout=FETCH_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
