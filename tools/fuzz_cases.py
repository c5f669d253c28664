"""Cases of the fuzz run: changes to real files. The same number always makes the same case."""

import io
import json
import math
import random
import re
import shutil
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from maxrf_core.names import ending_of

# How often each format comes; HDF5 has the most places to be wrong in
WEIGHTS = {
    "HDF5": 6, "zarr 2 in zip": 3, "zarr 3 in zip": 3, "raw scan": 2, "other HDF5": 3, "other scan": 4,
    "spectra": 2, "PNG": 2, "JPEG": 2, "TIFF": 3, "other picture": 3, "points": 1, "npy": 1, "maps": 2,
}  # fmt: skip
ORDER = [kind for kind, weight in WEIGHTS.items() for _ in range(weight)]
NUMBERS = (
    0,
    1,
    2,
    7,
    255,
    256,
    65535,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**40,
    2**63 - 1,
    2**63,
    2**64 - 1,
    -1,
    64,
    1000,
)
NEAR_AN_END = 6000  # bytes; there lies most of what tells where all else is
BIG = 1_000_000
EDF_ROWS = "edf_rows"  # folder of seeds that are one scan
HEADER_BYTES = 3000  # of text before numbers, where values are changed
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**63, 2**70, 1e308, float("nan"), "", "x", "Ω" * 300, "\0", [], {}, [1],
    [[1, 2]], {"a": 1}, "../../etc/passwd", "__class__", [0, 0, 0], [20, 17, 90], [10**6, 10**6, 10**6], "|O",
    "<U4", "<f4", "float32", [{"name": "bytes"}], {"id": "pickle"}, {"id": "zlib", "level": 1}, "pickle",
)  # fmt: skip


def kind_of(number: int) -> str:
    """Return the format of case `number`."""
    return ORDER[number % len(ORDER)]


def make_case(number: int, seeds: Mapping[str, Sequence[Path]], folder: Path) -> Path:
    """Write the file, or the two files, of a case.

    Parameters
    ----------
    number : int
    seeds : mapping
        As `tools.fuzz_seeds.make_seeds` gives them.
    folder : Path

    Returns
    -------
    Path
        The file to open.
    """
    chance = random.Random(number)
    kind = kind_of(number)
    seed = chance.choice(seeds[kind])
    if seed.stat().st_size > BIG and chance.random() < 0.9:  # they take long
        seed = seeds[kind][0]
    names = _names(seed, number)
    path = folder / names[seed]
    content = seed.read_bytes()
    edit = STRUCTURED.get(kind)
    structured = edit is not None and chance.random() < 0.4
    if structured:
        assert edit is not None
        content = edit(content, chance)
    if not structured or chance.random() < 0.2:
        content = mangled(content, chance)
    path.write_bytes(content)
    for other, name in names.items():
        if other != seed:
            shutil.copyfile(other, folder / name)
            if chance.random() < 0.2:
                (folder / name).write_bytes(mangled(other.read_bytes(), chance))
    return path


def _names(seed: Path, number: int) -> dict[Path, str]:
    """Return the name in the case of a seed and of each file that belongs to it.

    Those are the counts of a header in plain text, and the other rows of a scan in EDF files.
    """
    if seed.suffix in (".rpl", ".hdr"):
        others = sorted(seed.parent.glob(f"{seed.stem}.*"))
        return {other: f"case-{number}{other.suffix}" for other in others}
    if seed.parent.name == EDF_ROWS:
        rows = sorted(seed.parent.glob(f"*{seed.suffix}"))
        return {other: other.name.replace("scan", f"case-{number}") for other in rows}
    return {seed: f"case-{number}{ending_of(seed)}"}


def mangled(content: bytes, chance: random.Random) -> bytes:
    """Flip, cut, insert, repeat and overwrite bytes, one to four times, without knowing what they mean."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        if not data:
            break
        chance.choice(MANGLERS)(data, chance)
    return bytes(data)


def _place(data: bytearray, chance: random.Random) -> int:
    near = min(len(data), NEAR_AN_END)
    where = chance.random()
    if where < 0.4:
        return chance.randrange(near)
    if where < 0.6:
        return len(data) - 1 - chance.randrange(near)
    return chance.randrange(len(data))


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        data[_place(data, chance)] ^= 1 << chance.randrange(8)


def _overwrite(data: bytearray, chance: random.Random) -> None:
    place, size = _place(data, chance), chance.choice((1, 2, 4, 8))
    number = chance.choice((*NUMBERS, len(data), 2 * len(data), chance.getrandbits(64)))
    order: Any = chance.choice(("little", "big"))
    data[place : place + size] = (number % 256**size).to_bytes(size, order)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[_place(data, chance) :]


def _drop(data: bytearray, chance: random.Random) -> None:
    place = _place(data, chance)
    del data[place : place + chance.choice((1, 2, 8, 64, 512))]


def _insert(data: bytearray, chance: random.Random) -> None:
    place = _place(data, chance)
    data[place:place] = chance.randbytes(chance.choice((1, 2, 8, 64, 512)))


def _repeat(data: bytearray, chance: random.Random) -> None:
    start, place, size = _place(data, chance), _place(data, chance), chance.choice((8, 64, 512, 4096))
    data[place : place + size] = data[start : start + size]


def _blank(data: bytearray, chance: random.Random) -> None:
    place, size = _place(data, chance), chance.choice((4, 16, 64, 512))
    data[place : place + size] = bytes([chance.choice((0, 255))]) * len(data[place : place + size])


MANGLERS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip, _flip, _flip, _overwrite, _overwrite, _overwrite, _cut, _drop, _insert, _repeat, _blank
)  # fmt: skip


def _hdf5(content: bytes, chance: random.Random) -> bytes:
    """Change attributes, shapes and links with HDF5 itself."""
    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as file:
        for _ in range(chance.randint(1, 3)):
            chance.choice(HDF5_EDITS)(file, chance)
    return buffer.getvalue()


def _odd_attribute(file: h5py.File, chance: random.Random) -> None:
    owned = [name for name in file if isinstance(file.get(name, getlink=True), h5py.HardLink)]
    item = chance.choice([file, *(file[name] for name in owned)])
    name = chance.choice(["format", "format_version", "gain", "smoothing_sigma", "x", *item.attrs])
    value = chance.choice(
        (*ODD[1:6], "x", "\ud800", np.zeros((2, 3)), np.zeros(3, "S4"), h5py.Empty("f"), file.ref)
    )
    try:
        item.attrs[name] = value
    except (TypeError, ValueError, OSError, UnicodeError):  # not everything can be an attribute
        item.attrs[name] = 1


def _odd_array(file: h5py.File, chance: random.Random) -> None:
    name = chance.choice([*file, "maxrf_cube", "maxrf_cube_", "maxrf_energies_", "imvis_reg_", ".x", "a b"])
    if name in set(file):
        del file[name]
    lengths = (0, 1, 3, 17, 20, 90, 64, 5000, 10**6, 2**40)
    shape = tuple(chance.choice(lengths) for _ in range(chance.randint(0, 4)))
    dtype = chance.choice(
        ["u1", ">u2", "i8", "f2", "f4", "f8", "c8", "?", "S7", "V3", "i4,f8", h5py.string_dtype()]
    )
    chunks = tuple(chance.choice((1, 3, 16, 64, 4096)) for _ in shape) or None
    if math.prod(shape) < BIG and chance.random() < 0.3:  # without chunks all of it would be written
        chunks = None
    try:
        dataset = file.create_dataset(
            name, shape, dtype, chunks=chunks, maxshape=(None,) * len(shape) if chunks else None
        )
        written = math.prod(
            -(-max(length, 1) // size) * size
            for length, size in zip(shape, chunks or shape, strict=True)
            if size
        )
        if written < BIG and dataset.dtype.kind in "iufc":
            dataset[...] = chance.choice((0, 1, 100))
    except (TypeError, ValueError, OSError, OverflowError):  # not every shape can be had
        file.create_dataset(f"{name}_{chance.random()}", data=h5py.Empty("f8"))


def _odd_link(file: h5py.File, chance: random.Random) -> None:
    target = chance.choice(("/etc/passwd", "/nothing", "/maxrf_cube", "/", "new"))
    link = chance.choice((h5py.SoftLink(target), h5py.ExternalLink(target, "/x"), file["/"]))
    name = chance.choice(("maxrf_cube", "maxrf_energies", "new"))
    if name in set(file):  # `in file` would follow links
        del file[name]
    file[name] = link


def _multiplying_links(file: h5py.File, chance: random.Random) -> None:
    """Add soft links that lead through each other: few bytes, many names."""
    depth, breadth = chance.randint(1, 12), chance.randint(1, 12)
    for number in range(depth):
        name = f"link{number}"
        if file.get(name, getlink=True) is None:
            file[name] = h5py.SoftLink("/".join(["", *[f"link{number + 1}"] * breadth]))
    if file.get(f"link{depth}", getlink=True) is None:
        file[f"link{depth}"] = h5py.SoftLink("/")


def _odd_chunk(file: h5py.File, chance: random.Random) -> None:
    """Write a chunk past the filters: too short, too long, of another content, or with filters skipped."""
    chunked = [
        file[name]
        for name in file
        if isinstance(file.get(name, getlink=True), h5py.HardLink) and getattr(file[name], "chunks", None)
    ]
    if not chunked or 0 in (dataset := chance.choice(chunked)).shape:
        return
    size = min(BIG, math.prod(dataset.chunks) * dataset.id.get_type().get_size())
    corner = tuple(
        chance.randrange(-(-length // part)) * part
        for length, part in zip(dataset.shape, dataset.chunks, strict=True)
    )
    length = chance.choice((0, 1, 3, size - 1, size, size + 1, 2 * size))
    content = chance.choice((b"abc", chance.randbytes(min(size, 5000)), bytes(length)))
    if chance.random() < 0.6:
        content = zlib.compress(content)
    if chance.random() < 0.2:
        content += bytes(4)  # where a checksum would be
    # What nothing packs is written in its whole size, whatever length is told
    filters = dataset.id.get_create_plist().get_nfilters()
    if filters and content:
        dataset.id.write_direct_chunk(corner, content, chance.choice((0, 0, 0, 1, 2, 3, 255)))


HDF5_EDITS: tuple[Callable[[h5py.File, random.Random], None], ...] = (
    _odd_attribute, _odd_array, _odd_link, _odd_chunk, _odd_chunk, _multiplying_links
)  # fmt: skip


def _zip(content: bytes, chance: random.Random) -> bytes:
    """Make a zip file anew with changed descriptions, names and packing."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w") as new,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # names that come twice are part of it
        infos = old.infolist()
        chosen = {chance.choice(infos).filename for _ in range(chance.randint(0, 3))}
        descriptions = [info.filename for info in infos if info.filename.endswith((".zarray", "zarr.json"))]
        chosen.add(chance.choice(descriptions))
        for info in infos:
            data, name = old.read(info), info.filename
            if name in chosen:
                name, data = _odd_member(name, data, chance)
            packing = chance.choice((info.compress_type, info.compress_type, zipfile.ZIP_DEFLATED))
            if name:
                member = zipfile.ZipInfo(name)  # of 1980, so that the case is the same tomorrow
                member.compress_type = packing
                new.writestr(member, data)
    return buffer.getvalue()


def _odd_member(name: str, data: bytes, chance: random.Random) -> tuple[str, bytes]:
    if name.endswith((".zarray", "zarr.json", ".zattrs", ".zgroup")):
        return name, _odd_json(data, chance)
    names = ("", "../" + name, "/" + name, name + "/x", name.replace(".", "/"), "maxrf_cube/.zarray")
    return chance.choice((name, name, *names)), mangled(data, chance)


def _odd_json(data: bytes, chance: random.Random) -> bytes:
    """Put something odd in any place of a JSON text."""
    content = json.loads(data)
    here: Any = content
    while isinstance(here, (dict, list)) and here:
        key = chance.choice(list(here)) if isinstance(here, dict) else chance.randrange(len(here))
        if not isinstance(here[key], (dict, list)) or not here[key] or chance.random() < 0.3:
            if isinstance(here, dict) and chance.random() < 0.15:
                del here[key]
            else:
                here[key] = chance.choice(ODD)
            break
        here = here[key]
    return json.dumps(content).encode()


def _odd_points(content: bytes, chance: random.Random) -> bytes:
    """Put something odd in any place of a points file."""
    if content.startswith(b"{"):
        return _odd_json(content, chance)
    lines = content.decode(errors="surrogateescape").splitlines()  # a GeoTIFF is no text
    for _ in range(chance.randint(1, 3)):
        number = chance.randrange(len(lines))
        cells = re.split("([,|])", lines[number])
        cells[chance.randrange(len(cells))] = str(
            chance.choice((*NUMBERS, *ODD, "nan", "-Infinity", "0", '"'))
        )
        lines[number : number + chance.randint(0, 1)] = ["".join(cells)]
    return "\n".join(lines).encode(errors="surrogateescape")


def _rpl(content: bytes, chance: random.Random) -> bytes:
    """Change, drop or repeat lines of a header."""
    lines = content.decode().splitlines()
    for _ in range(chance.randint(1, 3)):
        number = chance.randrange(len(lines))
        key, *_ = lines[number].split() or ["key"]
        value = chance.choice(
            (*NUMBERS, *ODD, "float", "signed", "8", "4", "image", "eV", "1_000", "nan", "٣")
        )
        lines[number : number + chance.randint(0, 1)] = [f"{key}\t{value}"]
    return "\n".join(lines).encode(errors="replace")


def _odd_values(content: bytes, chance: random.Random) -> bytes:
    """Put something odd in place of values in the header of an ENVI or EDF file, "key = value"."""
    if not content.startswith((b"ENVI", b"{")):
        return mangled(content, chance)
    for _ in range(chance.randint(1, 3)):
        found = list(re.finditer(rb"= *([^;\n=]+)", content[:HEADER_BYTES]))
        if found:
            value = chance.choice((*NUMBERS, *ODD, "bsq", "HighByteFirst", "Double", "1_000", "0.5", "}"))
            start, stop = chance.choice(found).span(1)
            content = content[:start] + str(value).encode(errors="replace") + content[stop:]
    return content


def _png(content: bytes, chance: random.Random) -> bytes:
    """Change one part of a PNG file and make its checksum right again."""
    parts, place = [], 8
    while place < len(content):
        length = struct.unpack_from(">I", content, place)[0]
        parts.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += 12 + length
    number = 0 if chance.random() < 0.5 else chance.randrange(len(parts))
    name, data = parts[number]
    parts[number] = (name, mangled(data, chance)[:BIG])
    written = [content[:8]]
    for name, data in parts:
        written.append(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )
    return b"".join(written)


def _boxes(content: bytes, chance: random.Random) -> bytes:
    """Change a box of HEIC, AVIF or JPEG 2000, or a chunk of WebP, and set its length right."""
    is_riff = content.startswith(b"RIFF")
    at, order, before = (12, "<", 8) if is_riff else (0, ">", 8)
    boxes: list[tuple[int, int]] = []
    while at + before <= len(content):
        length = struct.unpack_from(f"{order}I", content, at + (4 if is_riff else 0))[0]
        end = at + (before + length + length % 2 if is_riff else length)
        if not at + before <= end <= len(content):
            break
        boxes.append((at, end))
        at = end
    if not boxes:
        return mangled(content, chance)
    start, end = chance.choice(boxes)
    inside = mangled(content[start + before : end], chance)[:BIG]
    size = len(inside) if is_riff else len(inside) + before
    packed = struct.pack(f"{order}I", size)
    kind = content[start : start + 4] if is_riff else content[start + 4 : start + 8]
    head = kind + packed if is_riff else packed + kind
    return content[:start] + head + inside + content[end:]


STRUCTURED: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "HDF5": _hdf5, "zarr 2 in zip": _zip, "zarr 3 in zip": _zip, "raw scan": _rpl, "PNG": _png,
    "points": _odd_points, "other HDF5": _hdf5, "other scan": _odd_values,
    "other picture": _boxes,
}  # fmt: skip
