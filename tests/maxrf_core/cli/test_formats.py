"""The list of formats: what the command prints is what can be read, and the docs hold the same."""

from pathlib import Path

from maxrf_core.cli.formats import formats_page
from maxrf_core.cli.main import main
from maxrf_core.readers import FORMATS

PROJECT = Path(__file__).resolve().parents[3]


def test_the_command_lists_every_format_with_its_files_and_who_writes_it(capsys):
    assert main(["formats"]) == 0
    shown = capsys.readouterr().out
    assert "Ripple (.rpl and .raw together), converted to a datastack" in shown
    for form in FORMATS:
        assert f"{form.name} ({form.in_words()})" in shown
        assert form.written_by in shown


def test_the_page_of_the_docs_is_up_to_date():
    """After a change: python -m maxrf_core formats --markdown > docs/formats.md."""
    assert (PROJECT / "docs" / "formats.md").read_text(encoding="utf-8") == formats_page()


def test_each_format_says_what_is_left_out_and_who_wrote_the_files_it_is_tested_with():
    for form in FORMATS:
        assert form.omits, form.name
        assert form.tested_with, form.name
        assert f"| {form.name} | " in formats_page().partition("| format | not read |")[2]
