"""Files around the code that other programs read."""

import tomllib
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[1]


def test_the_yaml_files_can_be_read():
    for name in ("compose.yaml", "CITATION.cff", ".pre-commit-config.yaml", ".github/workflows/tests.yaml"):
        assert isinstance(yaml.safe_load((PROJECT / name).read_text()), dict), name


def test_the_citation_names_the_version_that_the_program_tells():
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    cited = yaml.safe_load((PROJECT / "CITATION.cff").read_text())
    assert cited["version"] in (PROJECT / settings["tool"]["hatch"]["version"]["path"]).read_text()


def test_the_container_is_not_root_and_copies_what_exists():
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    assert "USER visitor" in lines
    assert lines.index("USER visitor") < next(i for i, line in enumerate(lines) if line.startswith("CMD"))
    sources = [line.split()[1] for line in lines if line.startswith("COPY")]
    assert all((PROJECT / source).exists() for source in sources)
