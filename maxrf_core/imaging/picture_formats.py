"""Declaration of the formats of pictures, from which all lists in the app, the docs and the checks come."""

from collections.abc import Callable
from dataclasses import dataclass

from maxrf_core.file_signatures import JPEG, PNG, TIFF
from maxrf_core.language import _, marked

START = 64  # bytes of a file by which it is recognised
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")
JPEG2000 = (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")  # a file, or its codestream alone
HEIC, AVIF = "HEIC", "AVIF"  # names of formats
PSD = (b"8BPS\x00\x01", b"8BPS\x00\x02")  # the second is the large kind, PSB


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda start: start.startswith(signatures)


def _is_avif(start: bytes) -> bool:
    return _brands(start)[:1] in ([brand] for brand in AVIF_BRANDS) or (
        bool(set(_brands(start)[:1]) & {b"mif1", b"msf1"}) and bool(set(_brands(start)) & set(AVIF_BRANDS))
    )


def _is_heic(start: bytes) -> bool:
    return bool(set(_brands(start)[:1]) & set(HEIC_BRANDS)) and not _is_avif(start)


def _brands(start: bytes) -> list[bytes]:
    """Return the brands of an ISO base media file, its own first (ISO 14496-12, 4.3); empty for others."""
    if start[4:8] != b"ftyp":
        return []
    stop = min(int.from_bytes(start[:4], "big"), len(start) - 3)
    return [start[8:12], *(start[place : place + 4] for place in range(16, stop, 4))]


@dataclass(frozen=True)
class PictureFormat:
    """A format of pictures that can be read.

    Attributes
    ----------
    name : str
        For people.
    endings : tuple of str
        In small letters, with the dot.
    reads : str
        What is taken from its files, in one sentence.
    fits : callable
        Returns True for the first `START` bytes of such a file.
    opener : str
        Class of Pillow's kind that opens it, ``"module:class"``; imported when the first one is opened. Empty
        if it is not opened with Pillow.
    decoder_bytes : int
        Memory of the decoder for each sample of 8 bits, apart from Pillow's own copy, as measured; 0 if that
        is next to nothing or the reader knows better.
    """

    name: str
    endings: tuple[str, ...]
    reads: str
    fits: Callable[[bytes], bool]
    opener: str = ""
    decoder_bytes: int = 0


PICTURE_FORMATS = (
    PictureFormat(
        "PNG",
        (".png",),
        marked("8 and 16 bits, grey or in colours, with opacity"),
        _begins(PNG),
        "PIL.PngImagePlugin:PngImageFile",
    ),
    PictureFormat(
        "JPEG",
        (".jpg", ".jpeg"),
        marked("grey, RGB and CMYK"),
        _begins(JPEG),
        "PIL.JpegImagePlugin:JpegImageFile",
    ),
    PictureFormat(
        "TIFF",
        (".tif", ".tiff"),
        marked(
            "8 and 16 bits and any other numbers, BigTIFF, pyramids; of several pictures the largest, or the "
            "page that is chosen"
        ),
        _begins(*TIFF),
        "PIL.TiffImagePlugin:TiffImageFile",
    ),
    PictureFormat(
        HEIC,
        (".heic", ".heif", ".hif"),
        marked("the main picture, as telephones and cameras take it; 8, 10 and 12 bits"),
        _is_heic,
        "pillow_heif:HeifImageFile",
        3,
    ),
    PictureFormat(
        AVIF,
        (".avif",),
        marked("the first picture; up to 8 bits, of more the upper 8"),
        _is_avif,
        "PIL.AvifImagePlugin:AvifImageFile",
        2,
    ),
    PictureFormat(
        "WebP",
        (".webp",),
        marked("the first picture, with opacity"),
        lambda start: start.startswith(b"RIFF") and start[8:12] == b"WEBP",
        "PIL.WebPImagePlugin:WebPImageFile",
        5,
    ),
    PictureFormat(
        "JPEG 2000",
        (".jp2", ".jpx", ".j2k"),
        marked("8 and 16 bits, grey or in colours"),
        _begins(*JPEG2000),
        "PIL.Jpeg2KImagePlugin:Jpeg2KImageFile",
        6,
    ),
    PictureFormat(
        "Photoshop",
        (".psd", ".psb"),
        marked("the picture of all layers that Photoshop saves with them, grey, RGB or CMYK; 8 and 16 bits"),
        _begins(*PSD),
    ),
)
PICTURE_ENDINGS = tuple(ending for form in PICTURE_FORMATS for ending in form.endings)
CAMERA_RAW = marked(
    "{name:.80} is a raw file of a camera, which is no picture yet; develop it (Lightroom, Capture One, "
    "darktable, RawTherapee, or the program of the camera) and export it as TIFF with 16 bits."
)
_OTHERS: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda start: start[4:12] == b"ftypcrx " or start[8:12] == b"CR\x02\x00", CAMERA_RAW),
    (_begins(b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\x00", b"FOVb"), CAMERA_RAW),
    (
        _begins(b"\xff\x0a", b"\x00\x00\x00\x0cJXL "),
        marked("{name:.80} is a JPEG XL file; export it as JPEG or TIFF."),
    ),
    (
        _begins(b"%PDF"),
        marked("{name:.80} is a PDF file; export the picture in it as PNG or TIFF (pdfimages does)."),
    ),
    (
        _begins(b"GIF8", b"BM"),
        marked("{name:.80} is a GIF or BMP file; save it as PNG."),
    ),
)


def picture_format(start: bytes) -> PictureFormat | None:
    """Return the format of a picture by the first bytes of its file; None if it is none that can be read.

    Parameters
    ----------
    start : bytes
        At least `START`, unless the file has fewer.

    Examples
    --------
    >>> picture_format(b"RIFF\\x10\\x1f\\x00\\x00WEBPVP8X").name
    'WebP'
    """
    if other_kind(start):
        return None
    return next((form for form in PICTURE_FORMATS if form.fits(start)), None)


def other_kind(start: bytes) -> str:
    """Return the sentence on a file of a known kind that cannot be read; empty for any other."""
    return next((sentence for fits, sentence in _OTHERS if fits(start)), "")


def pictures_in_words() -> str:
    """Return the names of all formats in words.

    Examples
    --------
    >>> pictures_in_words()
    'PNG, JPEG, TIFF, HEIC, AVIF, WebP, JPEG 2000 or Photoshop'
    """
    *names, last = (form.name for form in PICTURE_FORMATS)
    return _("{several} or {last}").format(several=", ".join(names), last=last)
