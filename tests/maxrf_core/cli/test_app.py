"""The command maxrf4all starts the app on the chosen folder; tests/browser/test_wheel.py opens it."""

import os
import subprocess

import pytest

from maxrf_core._version import VERSION
from maxrf_core.cli import app
from maxrf_core.cli.app import app_folder, main
from maxrf_core.cli.main import main as core


@pytest.fixture
def started(monkeypatch):
    """Record with what the server would replace this process; the browser tests start it really."""
    calls = []
    monkeypatch.setattr(
        os, "execve", lambda program, command, environment: calls.append((command, environment))
    )
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    monkeypatch.setattr(
        subprocess, "call", lambda command, cwd, env: calls.append((command, env)) or 0
    )  # on Windows
    monkeypatch.delenv("MAXRF_DATA", raising=False)
    monkeypatch.delenv("MAXRF_READ_ONLY", raising=False)
    return calls


def test_the_folder_and_all_choices_reach_the_server(started, tmp_path, capsys):
    main([str(tmp_path), "--port", "8599", "--address", "0.0.0.0", "--read-only", "--no-browser"])
    command, environment = started[0]
    assert command[1:5] == ["-m", "streamlit", "run", "streamlit_app.py"]
    assert {"--server.port=8599", "--server.address=0.0.0.0", "--server.headless=true"} <= set(command)
    assert environment["MAXRF_DATA"] == str(tmp_path.resolve())
    assert environment["MAXRF_READ_ONLY"] == "1"
    assert f"Scans: {tmp_path.resolve()}" in capsys.readouterr().out


def test_without_choices_the_app_opens_a_browser_and_may_write(started, monkeypatch):
    main([])
    command, environment = started[0]
    assert "--server.headless=false" in command
    assert not any("port" in part or "address" in part for part in command)
    assert "MAXRF_READ_ONLY" not in environment
    assert "MAXRF_DATA" not in environment  # in a checkout the server's own folder data


def test_an_installed_app_looks_for_scans_in_the_users_home(started, monkeypatch, tmp_path):
    (tmp_path / "maxrf4all_app").mkdir()
    monkeypatch.setattr(app, "app_folder", lambda: tmp_path / "maxrf4all_app")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    main([])
    assert started[0][1]["MAXRF_DATA"] == str(tmp_path / "maxrf4all")


def test_a_folder_that_is_none_is_named_and_nothing_starts(started, tmp_path, capsys):
    (tmp_path / "scan.raw").touch()
    for name, told in (("absent", "There is no folder"), ("scan.raw", "is a file; name the folder")):
        assert main([str(tmp_path / name)]) == 2
        assert told in capsys.readouterr().err
    assert started == []


def test_the_app_of_a_checkout_is_found_beside_the_package():
    assert (app_folder() / "streamlit_app.py").is_file()


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as leaving:
        main(["--version"])
    assert leaving.value.code == 0
    assert capsys.readouterr().out == f"maxrf4all {VERSION}\n"


def test_both_commands_take_the_same_options(capsys):
    for entry, arguments in ((main, ["--help"]), (core, ["app", "--help"])):
        with pytest.raises(SystemExit):
            entry(arguments)
        told = capsys.readouterr().out
        for option in ("FOLDER", "--port", "--address", "--read-only", "--no-browser"):
            assert option in told
