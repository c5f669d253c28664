"""What is not recognised gets a sentence that says what to export from which program."""

import zipfile

import pytest

from maxrf_core import file_signatures
from maxrf_core.errors import MaxrfError, ScanError
from maxrf_core.other_formats import OTHER_FORMATS, advice_by_ending, advice_of
from maxrf_core.readers import FORMATS, open_scan
from maxrf_core.untrusted.check import check_untrusted

ENDINGS = [ending for each in OTHER_FORMATS for ending in each.endings]
CONTENTS = {".gz": b"\x1f\x8b\x08", ".dm3": bytes(2000)}


def test_no_ending_of_a_format_that_is_read_is_said_to_be_something_else():
    read = {ending for form in FORMATS for ending in form.endings}
    assert not read & set(ENDINGS)
    assert len(ENDINGS) == len(set(ENDINGS))


@pytest.mark.parametrize("ending", ENDINGS)
def test_convert_and_an_upload_say_what_to_export(tmp_path, ending):
    path = tmp_path / f"scan{ending}"
    path.write_bytes(CONTENTS.get(ending, b"something else"))
    for look in (open_scan, check_untrusted):
        with pytest.raises(MaxrfError) as error:
            look(path)
        assert str(error.value) == advice_of(path.name)
    assert advice_by_ending()[ending].format(name=path.name) == advice_of(path.name)


def test_a_zip_file_is_told_to_be_unpacked_and_a_spreadsheet_to_be_saved_as_csv(tmp_path):
    for name, words in (("scans.zip", "Unpack it"), ("maps.xlsx", r"as \.csv")):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("a/b.xml", "<a/>")
        with pytest.raises(MaxrfError, match=words):
            open_scan(tmp_path / name)


def test_a_file_with_a_known_beginning_is_read_whatever_its_ending(tmp_path):
    path = tmp_path / "scan.mat"
    path.write_bytes(file_signatures.HDF5 + bytes(100))
    with pytest.raises(ScanError, match="damaged"):
        open_scan(path)


def test_a_file_of_spectra_that_holds_none_is_named_itself(tmp_path):
    path = tmp_path / "strange.mca"
    path.write_text("#MCA data of an unknown dialect\nfoo bar\n")
    with pytest.raises(ScanError, match=r"strange\.mca"):
        open_scan(path)
