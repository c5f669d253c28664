"""A case of the fuzz run is made from its number alone, and differs from the sound file."""

from pathlib import Path

import pytest

from tools.fuzz_cases import ORDER, WEIGHTS, kind_of, make_case
from tools.fuzz_seeds import make_seeds


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    return make_seeds(tmp_path_factory.mktemp("seeds"))


def contents(number: int, seeds: dict[str, list[Path]], folder: Path) -> list[bytes]:
    """Return the bytes of a case's files."""
    folder.mkdir()
    make_case(number, seeds, folder)
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def test_a_case_is_the_same_each_time_and_another_number_makes_another_case(seeds: dict, tmp_path: Path):
    for number in range(len(ORDER)):
        first, again = (contents(number, seeds, tmp_path / f"{name}{number}") for name in ("once", "again"))
        assert first == again
        assert first != contents(number + len(ORDER), seeds, tmp_path / f"other{number}")


def test_a_case_is_hardly_ever_a_sound_file(seeds: dict, tmp_path: Path):
    sound = {path.read_bytes() for paths in seeds.values() for path in paths}
    cases = [contents(number, seeds, tmp_path / str(number))[-1] for number in range(3 * len(ORDER))]
    assert sum(case in sound for case in cases) < len(cases) / 5


def test_every_format_comes_as_often_as_it_weighs():
    kinds = [kind_of(number) for number in range(5 * len(ORDER))]
    assert {kind: kinds.count(kind) for kind in WEIGHTS} == {
        kind: 5 * weight for kind, weight in WEIGHTS.items()
    }
