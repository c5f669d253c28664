"""Files are recognised by the endings and first bytes that their format declares."""

from pathlib import Path

import pytest

from maxrf_core import file_signatures
from maxrf_core.readers import FORMATS
from maxrf_core.readers.format import Format
from maxrf_core.readers.scan import Scan

SIGNATURES = (file_signatures.BCF, file_signatures.NPY, file_signatures.TIFF)
SIGNED = Format(
    "Signed", "us", "all", ((".sgn", ".sig"),), open=Scan, untrusted_check=None, signature=b"SIGN"
)
PAIR = Format("Pair", "us", "all", ((".hdr",), (".dat", ".bin")), open=Scan, untrusted_check=None)


@pytest.mark.parametrize(
    ("form", "name", "start", "fits"),
    [
        (SIGNED, "a.sgn", b"SIGNED", True),
        (SIGNED, "a.SIG", b"SIGNED", True),
        (SIGNED, "a.sgn", b"", False),  # empty, or another kind of file under this name
        (SIGNED, "a.datastack", b"SIGNED", True),  # renamed
        (SIGNED, "a.datastack", b"PK\x03\x04", False),
        (PAIR, "a.BIN", b"anything", True),
        (PAIR, "a.txt", b"anything", False),  # without a signature only the ending counts
    ],
)
def test_a_file_is_a_candidate_by_its_ending_or_its_first_bytes(form, name, start, fits):
    assert form.is_candidate(Path(name), start) is fits


def test_people_are_told_which_files_belong_together():
    assert SIGNED.in_words() == ".sgn or .sig"
    assert PAIR.in_words() == ".hdr and .dat or .bin together"
    assert PAIR.parts(Path("a.hdr")) == (Path("a.hdr"),)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_tells_people_all_that_the_app_shows_of_it(form):
    assert form.name
    assert form.written_by
    assert form.reads
    assert form.endings
    assert all(ending == ending.lower() and ending.startswith(".") for ending in form.endings)
    assert form.signature in (b"", *file_signatures.DATASTACKS, *SIGNATURES)
