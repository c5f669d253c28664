"""Files that are not read, told by their endings: what they are, and what to export instead."""

from dataclasses import dataclass
from pathlib import Path

from maxrf_core.language import _, marked


@dataclass(frozen=True)
class OtherFormat:
    """A kind of file that holds no scan that can be read.

    Attributes
    ----------
    endings : tuple of str
        In small letters, with the dot.
    what : str
        What such a file is, after "is".
    advice : str
        What to do instead, as a sentence.
    """

    endings: tuple[str, ...]
    what: str
    advice: str


_MICROSCOPE = marked(
    "Open it in HyperSpy, or in the microscope's program, and save it as .hspy, or .rpl and .raw."
)
OTHER_FORMATS = (
    OtherFormat(
        (".ini", ".cfg"),
        marked("a file of settings, as PyMca keeps those of a fit"),
        marked("Choose the stack itself (.h5, .edf), or the maps that PyMca saved (.csv, .edf, .tif)."),
    ),
    OtherFormat(
        (".xlsx", ".xls", ".ods"),
        marked("a spreadsheet"),
        marked("Save the map, or a table with row, column and values of each pixel, as .csv."),
    ),
    OtherFormat(
        (".docx", ".doc", ".odt", ".pptx", ".ppt", ".pdf"),
        marked("a document"),
        marked(
            "Export the scan or its maps from the program of the instrument: .rpl and .raw, .csv or .tif."
        ),
    ),
    OtherFormat(
        (".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz"),
        marked("packed"),
        marked("Unpack it, and choose the files or the folder that it holds."),
    ),
    OtherFormat(
        (".rtx", ".rtxx", ".pan", ".spe"),
        marked("a project or a spectrum of Bruker's programs"),
        marked("Save the map in ESPRIT as .bcf, or as .rpl and .raw, and spectra as .spx."),
    ),
    OtherFormat(
        (".pdz",),
        marked("a measurement of a Bruker handheld instrument"),
        marked("Export its spectrum there as .csv, and save it as .txt or .msa."),
    ),
    OtherFormat(
        (".xgt", ".xgtx"),
        marked("a project of a Horiba XGT microscope"),
        marked("Export the element maps there as .csv or .tif, and spectra as .msa (EMSA)."),
    ),
    OtherFormat(
        (".spd", ".ipr", ".spc", ".spm"),
        marked("a file of EDAX or another microscope"),
        marked("Export the map there as .rpl and .raw, or open .spd in HyperSpy and save it as .hspy."),
    ),
    OtherFormat((".mrc", ".dm3", ".dm4", ".emd", ".ser", ".pts"), marked("a microscope's file"), _MICROSCOPE),
    OtherFormat(
        (".oip", ".oipx"),
        marked("a project of Oxford AZtec"),
        marked("Export the map there as .rpl and .raw, or as .h5oina."),
    ),
    OtherFormat(
        (".mat", ".npz", ".pkl", ".pickle", ".sav"),
        marked("a file of several variables"),
        marked("Save the array of the counts alone, as .npy or in an .h5 file."),
    ),
    OtherFormat(
        (".xml", ".json", ".log"),
        marked("a file of descriptions without counts"),
        marked("Choose the file with the counts that lies beside it, or export .rpl and .raw."),
    ),
)
_BY_ENDING = {ending: each for each in OTHER_FORMATS for ending in each.endings}


def advice_of(name: str) -> str:
    """Return a sentence on a file that is not read, by its ending; ``""`` if nothing is known of it.

    Parameters
    ----------
    name : str
        Of the file.

    Examples
    --------
    >>> advice_of("maps.xlsx")
    'maps.xlsx is a spreadsheet. Save the map, or a table with row, column and values of each pixel, as .csv.'
    >>> advice_of("scan.bcf")
    ''
    """
    known = _BY_ENDING.get(Path(name).suffix.lower())
    if known is None:
        return ""
    return _("{name} is {what}. {advice}").format(name=name[-80:], what=_(known.what), advice=_(known.advice))


def advice_by_ending() -> dict[str, str]:
    """Return for each ending the sentence of `advice_of`, with ``{name}`` in place of the file's name."""
    return {
        ending: advice_of("{name}" + ending).replace("{name}" + ending, "{name}") for ending in _BY_ENDING
    }
