"""The lock files install what the requirements ask for, and nothing else than what was locked."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-interop.lock", "requirements-bench.lock")


def asked_for(name: str) -> list[Requirement]:
    lines = (line.split(" #")[0].strip() for line in (PROJECT / name).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("-", "#"))]


def entries(lock: str) -> list[str]:
    """Return each pinned package of a lock file with its continued lines."""
    text = re.sub(r"^\s*#.*\n", "", (PROJECT / lock).read_text(), flags=re.MULTILINE)
    return text.replace("\\\n", " ").strip().splitlines()


def pins(lock: str) -> dict[str, set[Version]]:
    found: dict[str, set[Version]] = {}
    for entry in entries(lock):
        name, version = re.match(r"([a-z0-9._-]+)==(\S+)", entry).groups()
        found.setdefault(name, set()).add(Version(version))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(lock: str):
    assert entries(lock)
    for entry in entries(lock):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
    assert "://" not in (PROJECT / lock).read_text()


@pytest.mark.parametrize(
    ("requirements", "lock"),
    [
        ("requirements.txt", LOCKS[0]),
        ("requirements.txt", LOCKS[1]),
        ("requirements-dev.txt", LOCKS[1]),
        ("requirements-interop.txt", LOCKS[2]),
        ("requirements-bench.txt", LOCKS[3]),
    ],
)
def test_the_lock_holds_what_is_asked_for(requirements: str, lock: str):
    locked = pins(lock)
    for requirement in asked_for(requirements):
        versions = locked[requirement.name.lower().replace("_", "-")]
        assert all(version in requirement.specifier for version in versions), requirement


def test_tests_run_on_the_versions_that_the_app_is_installed_with():
    tested = pins("requirements-dev.lock")
    assert {name: tested[name] for name in pins("requirements.lock")} == pins("requirements.lock")


def test_what_is_measured_against_is_installed_beside_what_the_tests_run_on():
    tested, measured = pins("requirements-dev.lock"), pins("requirements-bench.lock")
    for name in tested.keys() & measured.keys():
        assert measured[name] <= tested[name], name


@pytest.mark.parametrize("name", ["plotly", "scipy", "streamlit", "streamlit-image-coordinates", "uvicorn"])
def test_packages_whose_private_parts_are_used_have_an_upper_bound(name: str):
    [requirement] = [each for each in asked_for("requirements.txt") if each.name == name]
    assert any(part.operator == "<" for part in requirement.specifier)
