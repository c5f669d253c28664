"""Set-up of the virtual environment and its packages. Called by the Makefile.

    python3 tools/environment.py .venv requirements.lock

Runs on the system's own Python, and is so plain that one as old as 3.6 can read it and say it is too old.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
VERSION = sys.version_info[:2]


def main(folder: str, requirements: str) -> None:
    """Create the virtual environment where it is missing and install what the requirements file lists."""
    if VERSION < OLDEST:
        sys.exit(
            f"maxrf4all needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and {sys.executable} is Python "
            f"{VERSION[0]}.{VERSION[1]}. Install a newer one and name it, as in: make app PYTHON=python3.12"
        )
    python = os.path.join(folder, "Scripts" if os.name == "nt" else "bin", "python")
    if not _succeeds(python, "-m", "pip", "--version"):
        _create(folder)
    print(f"Installing {requirements} into {folder}: once, a minute or two …", flush=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, "--requirement", requirements]) != 0:
        sys.exit(f"pip could not install {requirements}; its message is above. Then run make again.")


def may_use_apt() -> bool:
    """Return True if Debian packages can be installed without a password."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(package: str) -> bool:
    """Install a Debian package; return True on success."""
    print(f"Installing {package} with apt-get", flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    return all(
        subprocess.call(["apt-get", *command], env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        == 0
        for command in (("update", "-qq"), ("install", "-y", "-qq", package))
    )


def _create(folder: str) -> None:
    print(f"Creating the virtual environment {folder}", flush=True)
    create = [sys.executable, "-m", "venv", folder]
    if _succeeds(sys.executable, "-c", "import ensurepip") and subprocess.call(create) == 0:
        return
    package = f"python{VERSION[0]}.{VERSION[1]}-venv"  # Debian and Ubuntu keep it apart from Python
    if may_use_apt() and apt_install(package) and subprocess.call(create) == 0:
        return
    sys.exit(
        f"This Python cannot create virtual environments. On Debian or Ubuntu: sudo apt install {package}"
    )


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


if __name__ == "__main__":
    main(*sys.argv[1:])
