"""Starting the web app from a terminal: ``maxrf4all`` and ``python -m maxrf_core app``."""

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from maxrf_core._version import VERSION
from maxrf_core.errors import MaxrfError
from maxrf_core.language import _

ENTRY = "streamlit_app.py"
INSTALLED = "maxrf4all_app"  # the folder beside this package that a wheel puts the app into
HOME = "maxrf4all"  # in the user's home: the folder of scans where none is named


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the app and return its exit status.

    Parameters
    ----------
    arguments : list of str, optional
        What the user typed after ``maxrf4all``; by default ``sys.argv``.
    """
    try:
        return start(_parser().parse_args(arguments))
    except (MaxrfError, OSError) as error:
        print(f"maxrf4all: {error}", file=sys.stderr)
        return 2


def add_app_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``app``."""
    _add_options(parser)
    parser.set_defaults(run=lambda chosen: sys.exit(start(chosen)))


def start(chosen: argparse.Namespace) -> int:
    """Run the app until it is stopped, and return its exit status.

    Raises
    ------
    MaxrfError
        If there is no such folder, or the app is not installed.
    """
    place = app_folder()
    environment = dict(os.environ)
    if chosen.folder is not None:
        environment["MAXRF_DATA"] = str(_checked(chosen.folder))
    elif not environment.get("MAXRF_DATA") and place.name == INSTALLED:
        environment["MAXRF_DATA"] = str(Path.home() / HOME)
    if chosen.read_only:
        environment["MAXRF_READ_ONLY"] = "1"
    command = [sys.executable, "-m", "streamlit", "run", ENTRY]
    command += [f"--server.headless={str(chosen.no_browser).lower()}"]
    command += [f"--server.port={chosen.port}"] if chosen.port is not None else []
    command += [f"--server.address={chosen.address}"] if chosen.address is not None else []
    print(f"Scans: {environment.get('MAXRF_DATA') or place / 'data'}", flush=True)
    if os.name == "posix":  # so that signals reach the server itself
        os.chdir(place)
        os.execve(sys.executable, command, environment)
    try:
        return subprocess.call(command, cwd=place, env=environment)
    except KeyboardInterrupt:
        return 0


def app_folder() -> Path:
    """Return the folder that holds the app: the checkout, or what a wheel installed.

    Raises
    ------
    MaxrfError
        If there is none, as where only `maxrf_core` was copied, or Streamlit is not installed.
    """
    beside = Path(__file__).resolve().parents[2]
    found = [place for place in (beside, beside / INSTALLED) if (place / ENTRY).is_file()]
    if not found or importlib.util.find_spec("streamlit") is None:
        raise MaxrfError(_("The app is not installed here; install it with: pip install maxrf4all"))
    return found[0]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="maxrf4all", description="Open MA-XRF scans in the browser.")
    parser.add_argument("--version", action="version", version=f"maxrf4all {VERSION}")
    _add_options(parser)
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="the folder of your scans")
    parser.add_argument("--port", type=int, help="where the app answers on this computer (8501)")
    parser.add_argument(
        "--address", help="the network address that it listens at (127.0.0.1: this computer alone)"
    )
    parser.add_argument("--read-only", action="store_true", help="let visitors change no shared scan")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")


def _checked(folder: Path) -> Path:
    if folder.is_file():
        raise MaxrfError(_("{folder} is a file; name the folder that it lies in.").format(folder=folder))
    if not folder.is_dir():
        raise MaxrfError(_("There is no folder {folder}.").format(folder=folder))
    return folder.resolve()
