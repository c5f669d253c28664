"""Ripple: counts as plain numbers (.raw) and a header in plain text (.rpl).

The keys are those of Lispix (NIST) with what HyperSpy adds for the scales of the axes.
"""

from collections.abc import Iterator
from typing import Any

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.language import marked
from maxrf_core.progress import Progress
from maxrf_core.writers.energy_line import energy_line, line_notes
from maxrf_core.writers.new_files import NewFiles
from maxrf_core.writers.plain_counts import little_endian, write_counts
from maxrf_core.writers.writer import Writer

KINDS = {"u": "unsigned", "i": "signed", "f": "float"}
DTYPES = ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8")
COMMENT_SIGNS = ";#"  # after which programs read no further


def write_ripple(ds: DataStack, files: NewFiles, progress: Progress) -> list[str]:
    """Write the cube of a scan and its header; return what could not be kept."""
    cube = ds.cube()
    dtype, line = little_endian(cube.dtype, DTYPES), energy_line(ds)
    header, raw = files.new(".rpl"), files.new(".raw")
    height, width, channels = cube.shape
    keys: dict[str, Any] = {
        "width": width,
        "height": height,
        "depth": channels,
        "offset": 0,
        "data-length": dtype.itemsize,
        "data-type": KINDS[dtype.kind],
        "byte-order": "little-endian" if dtype.itemsize > 1 else "dont-care",
        "record-by": "vector" if channels > 1 else "dont-care",  # HyperSpy refuses one channel by vector
    }
    if line is None:
        keys |= {"depth-origin": 0, "depth-scale": 1, "depth-units": "channel"}
    else:
        keys |= {"depth-origin": line.offset, "depth-scale": line.gain, "depth-units": "keV"}
        keys |= {"depth-name": "Energy", "ev-per-chan": 1000 * line.gain}
    header.write_bytes(_encoded("".join(f"{key}\t{_text(value)}\n" for key, value in _all(ds, keys))))
    write_counts(raw, cube, dtype, progress)
    return line_notes(ds, line)


def _all(ds: DataStack, keys: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a header with their values: those given, and what else the scan tells."""
    yield "key", "value"
    yield from keys.items()
    if (size := pixel_size_of(ds)) is not None:
        for side, step in zip(("width", "height"), size, strict=True):
            yield f"{side}-origin", 0.0
            yield f"{side}-scale", step
            yield f"{side}-units", "mm"
    about = ds.about
    names = {"title": "title", "instrument": "instrument"}
    amounts = {"live-time": "live_time_s", "real-time": "real_time_s", "beam-energy": "tube_kV"}
    for key, name in (names | amounts).items():
        value = about.get(name)
        if (key in names and isinstance(value, str) and value) or (
            key in amounts and isinstance(value, int | float)
        ):
            yield key, value


def _text(value: Any) -> str:
    """Return a value on one line, without signs that begin a comment."""
    text = value if isinstance(value, str) else repr(value)
    return " ".join("".join(" " if sign in COMMENT_SIGNS else sign for sign in text).split())


def _encoded(text: str) -> bytes:
    """Return the text in Latin-1, as HyperSpy reads it, where it cannot be mistaken for UTF-8."""
    try:
        data = text.encode("latin-1")
        data.decode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8")
    except UnicodeDecodeError:
        return data
    return text.encode("utf-8")


WRITER = Writer(
    key="ripple",
    name="Ripple (.rpl, .raw)",
    read_by="HyperSpy, Lispix, DTSA-II",
    keeps=marked(
        "All counts as they are, energies as a straight line, pixel size, title, times and tube voltage."
    ),
    loses=marked("Patches, photographs, views, element maps and maps of live times; it is not compressed."),
    files=(".rpl", ".raw"),
    write=write_ripple,
)
