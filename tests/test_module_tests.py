"""Each module has a test of its own name, in the folder of tests that mirrors its own."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
LAYERS = ("maxrf_core", "server", "widgets", "pages", "tools")
# Rooms whose modules all have such a test.
FINISHED = (
    "maxrf_core",
    "maxrf_core/atomic",
    "maxrf_core/autoalign",
    "maxrf_core/cli",
    "maxrf_core/conversion",
    "maxrf_core/cube",
    "maxrf_core/datastack",
    "maxrf_core/demo",
    "maxrf_core/figures",
    "maxrf_core/imaging",
    "maxrf_core/mosaic",
    "maxrf_core/patches",
    "maxrf_core/readers",
    "maxrf_core/recovery",
    "maxrf_core/registration",
    "maxrf_core/spectrum",
    "maxrf_core/transform",
    "maxrf_core/untrusted",
    "pages",
    "server",
    "tools",
    "widgets/charts",
    "widgets/contents",
    "widgets/elements",
    "widgets/guide",
    "widgets/mosaic",
    "widgets/open",
    "widgets/parts",
    "widgets/register",
    "widgets/session",
    "widgets/viewer",
)
DECLARATIONS: dict[str, str] = {}  # modules without a test, each with the reason: nothing in them can fail


def modules(folder: Path) -> list[Path]:
    """Return the modules of one room; those with an underscore are tested with what uses them."""
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))


@pytest.mark.parametrize("room", FINISHED)
def test_each_module_has_a_test_of_its_own_name(room: str):
    found = [path.relative_to(PROJECT).as_posix() for path in modules(PROJECT / room)]
    tests = PROJECT / "tests"
    assert found
    missing = [
        module
        for module in found
        if module not in DECLARATIONS
        and not (tests / Path(module).with_name(f"test_{Path(module).name}")).is_file()
    ]
    assert missing == []


def test_the_finished_rooms_exist_and_exceptions_are_few():
    folders = {
        folder.relative_to(PROJECT).as_posix()
        for layer in LAYERS
        for folder in [PROJECT / layer, *(PROJECT / layer).rglob("*")]
        if folder.is_dir() and modules(folder)
    }
    assert set(FINISHED) <= folders
    assert all((PROJECT / module).is_file() for module in DECLARATIONS)
    assert len(DECLARATIONS) <= 5
