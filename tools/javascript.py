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
FETCH_LIMIT = 120  # seconds for npm to bring a package
PACKAGES = PROJECT / "build" / "npm"  # where `fetched` keeps them


def wanted_version(package: str) -> str:
    """Return the version of a package in package.json."""
    wanted = json.loads((PROJECT / "package.json").read_text(encoding="utf-8"))
    return str(wanted["devDependencies"][package])


def fetched(package: str) -> Path | None:
    """Return the folder of a package in the version of package.json; fetch it if it is not there.

    Returns
    -------
    Path or None
        None if npm is absent or cannot fetch it.
    """
    folder, version = PACKAGES / "node_modules" / package, wanted_version(package)
    about = folder / "package.json"
    if about.exists() and json.loads(about.read_text(encoding="utf-8"))["version"] == version:
        return folder
    npm = shutil.which("npm")
    if npm is None:
        return None
    PACKAGES.mkdir(parents=True, exist_ok=True)
    options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(PACKAGES)]
    is_done = _succeeds([npm, "install", *options, f"{package}@{version}"])
    return folder if is_done and about.exists() else None


def main() -> int:
    """Check all scripts; return 0 if they are in order, or could not be checked."""
    npx = shutil.which("npx")
    if npx is None:
        print("JavaScript was not checked: node is not on this machine.")
        return 0
    eslint = [npx, "--yes", f"eslint@{wanted_version('eslint')}"]
    if not _succeeds([*eslint, "--version"]):
        print("JavaScript was not checked: eslint is not here and could not be fetched.")
        return 0
    done = subprocess.run([*eslint, "--max-warnings", "0", *FOLDERS], cwd=PROJECT, check=False)
    if done.returncode == 0:
        print("JavaScript: all checks passed.")
    return done.returncode


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, timeout=FETCH_LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
