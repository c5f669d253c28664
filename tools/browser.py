"""Chromium for the browser tests and the screenshots: finding and installing it.

``python -m tools.browser`` prints its path, after installing one if that can be done without asking anyone.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tools.environment import apt_install, may_use_apt

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPLICATION = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ARGUMENTS = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",)
HINT = (
    "No Chromium was found, and none could be installed. The tests of the app need one: install it with "
    "`sudo apt install chromium` (Debian), `sudo snap install chromium` (Ubuntu), or from "
    "https://www.google.com/chrome, then run make again. The README tells more under “Tests”."
)


def find_chromium() -> Path | None:
    """Return the first Chromium or Chrome that starts: the system's own, else Playwright's."""
    return next((path for path in _candidates() if _starts(path)), None)


def required_chromium() -> Path:
    """Return the first Chromium that starts; end the program, with a word on how to get one, without."""
    return find_chromium() or sys.exit(HINT)


def install_chromium() -> Path | None:
    """Install Chromium, as root with apt-get, else into Playwright's own folder in the user's home."""
    if may_use_apt() and apt_install("chromium"):
        found = find_chromium()
        if found:
            return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find_chromium()


def launch(playwright: Playwright, path: Path) -> Browser:
    """Start Chromium without a window; it finds no other computer than this one."""
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


def launch_with_profile(
    playwright: Playwright, path: Path, profile: Path, viewport: tuple[int, int]
) -> BrowserContext:
    """Start Chromium without a window, as `launch` does; what it keeps in a folder, it finds there next time.

    The scripts of a page that it has seen twice are there compiled, so the page costs half as much.
    """
    width, height = viewport
    return playwright.chromium.launch_persistent_context(
        profile, executable_path=path, args=ARGUMENTS, viewport={"width": width, "height": height}
    )


def main() -> int:
    """Print the path of a Chromium that works, or say how to get one."""
    found = find_chromium() or install_chromium()
    print(f"Chromium: {found}" if found else HINT, file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


def _candidates() -> Iterator[Path]:
    yield from (Path(found) for name in COMMANDS if (found := shutil.which(name)))
    yield MAC_APPLICATION
    with sync_playwright() as playwright:
        yield Path(playwright.chromium.executable_path)


def _starts(path: Path) -> bool:
    """Return True if the program runs: Ubuntu's ``chromium-browser`` may be a stub that only names a snap."""
    if not path.is_file():
        return False
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
