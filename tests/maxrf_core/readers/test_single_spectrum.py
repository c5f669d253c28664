"""Files with one spectrum are read by what they hold; what is none is told in a sentence."""

from pathlib import Path

import numpy as np
import pytest
from rsciio.bruker import file_reader as read_bruker
from rsciio.msa import file_reader as read_emsa

from maxrf_core.errors import ScanError
from maxrf_core.readers.single_spectrum import parse_spectrum, read_spectrum_file, spectrum_header
from tests.maxrf_core.readers.spectrum_files import amptek, write_msa

COUNTS = np.random.default_rng(7).poisson(30, 64)
RISING = -0.1 + 0.02 * np.arange(64)


@pytest.mark.parametrize(
    ("folder", "name", "seconds", "reader"),
    [
        ("bruker_m6_point", "bruker_m6_jetstream_file_example.spx", 28.046, read_bruker),
        ("nexl_rh50kv", "20170510_D1_Rh_50kv_100mA_acryl_f2_0.spx", 300.268, read_bruker),
        ("nexl_rh50kv", "Fe_50kv_50_ma_Rh_vac_D1.msa", 120.005, read_emsa),
    ],
)
def test_genuine_files_read_as_an_independent_reader_reads_them(shared, folder, name, seconds, reader):
    path = shared(f"data/real/{folder}/{name}")
    spectrum = read_spectrum_file(path)
    known = reader(str(path))[0]
    axis = known["axes"][0]
    np.testing.assert_array_equal(spectrum.counts, known["data"])
    assert spectrum.energies == pytest.approx(axis["offset"] + axis["scale"] * np.arange(4096))
    assert spectrum_header(path.read_bytes()[:16_384]).live_time_s == pytest.approx(seconds)


def columns(separator: str, energies=RISING, comma: bool = False, head: str = "Energy [keV]") -> str:
    text = "\n".join(
        f"{energy:.4f}{separator}{count}" for energy, count in zip(energies, COUNTS, strict=True)
    )
    return head + "\n" + (text.replace(".", ",") if comma else text) + "\n"


@pytest.mark.parametrize(
    ("text", "energies"),
    [
        (amptek(COUNTS), RISING),
        ("\n".join(map(str, COUNTS)), None),
        (columns("\t"), RISING),
        (columns(", "), RISING),
        (columns(","), RISING),
        (columns(";", comma=True), RISING),
        (columns("  ", RISING * 1000, head="Sample 7\nEnergy in eV, counts"), RISING),
        (columns(" ", np.arange(64), head="channel counts"), None),
        ("#F a\n#S 1\n#@CHANN 64 0 63 1\n#@CALIB -0.1 0.02 0\n@A " + " ".join(map(str, COUNTS[:40])) + "\\\n "
         + " ".join(map(str, COUNTS[40:])) + "\n", RISING),
    ],
)  # fmt: skip
def test_text_of_many_programs_is_read(text, energies):
    for content in (text.encode(), text.replace("\n", "\r\n").encode()):
        spectrum = parse_spectrum(content, "a.txt")
        np.testing.assert_array_equal(spectrum.counts, COUNTS)
        if energies is None:
            assert spectrum.energies is None
        else:
            assert spectrum.energies == pytest.approx(energies)


def test_the_header_tells_live_time_and_place(tmp_path: Path):
    assert spectrum_header(amptek(COUNTS, 7.25).encode()).live_time_s == 7.25
    write_msa(tmp_path / "a.msa", COUNTS.astype(float), (1.5, -2))
    header = spectrum_header((tmp_path / "a.msa").read_bytes())
    assert header.place_mm == (1.5, -2)
    assert np.isnan(header.live_time_s)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"milk, bread",
        b"1 2 3\n" * 64,
        b"1\n" * 15,
        b"<<PMCA SPECTRUM>>\nLIVE_TIME - 1\n",
        b"#FORMAT      : EMSA/MAS Spectral Data File\n#SPECTRUM\n",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><TRTSpectrum>&a;</TRTSpectrum>",
        b"<TRTSpectrum></TRTSpectrum>",
        b"1\n" * 64 + b"end",
        bytes(5_000_000),
    ],
)
def test_what_is_no_spectrum_is_told_in_a_sentence(content):
    with pytest.raises(ScanError, match=r"^a\.txt (is|holds) (no spectrum|too large)"):
        parse_spectrum(content, "a.txt")
