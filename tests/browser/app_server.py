"""The real app, started and stopped for a test or a screenshot."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

PROJECT = Path(__file__).resolve().parents[2]
START_LIMIT = 90.0  # seconds that a cold start may take on a busy machine
_used_ports: list[int] = []


class AppServer:
    """The app in a process of its own, on a free port of this computer, with its own data folder.

    Parameters
    ----------
    data_folder : Path
        What MAXRF_DATA is set to. What the app writes to its terminal is kept beside it.
    script : Path, optional
        The Streamlit script; by default the app itself.
    environment : dict, optional
        More environment variables for the app, such as ``{"MAXRF_READ_ONLY": "1"}``.
    address : str or None
        Where it listens; None leaves that to its own settings.
    launcher : Path, optional
        The installed command ``maxrf4all``, which then starts it instead, outside the checkout.

    Attributes
    ----------
    url : str
        Where the app answers, without a slash at the end.
    """

    def __init__(
        self,
        data_folder: Path,
        script: Path = PROJECT / "streamlit_app.py",
        environment: dict[str, str] | None = None,
        address: str | None = "127.0.0.1",
        launcher: Path | None = None,
    ) -> None:
        self.data_folder = data_folder
        self._script, self._launcher = script, launcher
        self._options = {} if address is None else {"address": address}
        self._environment = {**os.environ, "MAXRF_DATA": str(data_folder), **(environment or {})}
        self._log = data_folder.with_name(f"{data_folder.name}-app.log")
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> "AppServer":
        """Start the app and wait until it answers."""
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(port),
                cwd=self._script.parent if self._launcher is None else self.data_folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_healthy(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the app."""
        self.stop()

    def _command(self, port: int) -> list[str]:
        if self._launcher is not None:
            return [str(self._launcher), str(self.data_folder), f"--port={port}", "--no-browser"]
        options = {"port": port, "headless": "true", "fileWatcherType": "none", **self._options}
        settings = [f"--server.{name}={value}" for name, value in options.items()]
        return [sys.executable, "-m", "streamlit", "run", self._script.name, *settings]

    @property
    def pid(self) -> int | None:
        """The number of the app's process while it runs."""
        return self._process.pid if self._process else None

    def output(self) -> str:
        """Return all that the app has written to its terminal, also after it was stopped."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def peak_memory(self) -> float:
        """Return the most bytes that the app's process has ever held, as Linux counts them (VmHWM)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) * 1024 if found else float("nan")

    def kill(self) -> None:
        """End the app's process as a crash does, with no chance to finish anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End the app's process; calling it twice does no harm."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def _wait_until_healthy(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_LIMIT
        while not _is_healthy(self.url):
            try:
                process.wait(timeout=0.1)  # the pause between two questions ends early if the app does
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
            raise RuntimeError(f"The app did not start within {START_LIMIT:g} s. It wrote:\n{self.output()}")


def _is_healthy(url: str) -> bool:
    # The body counts: Streamlit answers unknown addresses with status 200 too.
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
            return answer.read() == b"ok"
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    """Return a free port, one that an app of this process has had if possible: browsers know its scripts."""
    for port in _used_ports:
        if _is_free(port):
            return port
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    _used_ports.append(port)
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        if os.name == "posix":  # elsewhere this would let two listen at once
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
