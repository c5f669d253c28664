"""Raw scans with their .rpl headers, as tests need them."""

from pathlib import Path

import numpy as np

BASIC = {"width": "4", "height": "3", "depth": "5", "data-length": "2", "data-type": "unsigned"}

DTYPES = [
    "u1",
    "i1",
    *(order + kind for order in "<>" for kind in ("u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")),
]

NAMES = {"u": "unsigned", "i": "signed", "f": "float"}


def header_text(**changes: str) -> str:
    values = {**BASIC, **{key.replace("_", "-"): value for key, value in changes.items()}}
    return "key\tvalue\n" + "".join(f"{key}\t{value}\n" for key, value in values.items())


def write_pair(
    folder: Path, counts: np.ndarray, by_image: bool = False, offset: int = 0, **changes: str
) -> Path:
    """Write counts of shape (height, width, channels) as a pair; return the header's path."""
    height, width, depth = counts.shape
    order = {"<": "little-endian", ">": "big-endian", "|": "dont-care"}[counts.dtype.str[0]]
    stored = counts.transpose(2, 0, 1) if by_image else counts
    (folder / "scan.raw").write_bytes(b"\xab" * offset + stored.tobytes())
    text = {
        "width": width, "height": height, "depth": depth, "offset": offset, "byte-order": order,
        "data-length": counts.dtype.itemsize, "data-type": NAMES[counts.dtype.kind],
        "record-by": "image" if by_image else "vector",
    }  # fmt: skip
    changed = {**{key.replace("-", "_"): str(value) for key, value in text.items()}, **changes}
    (folder / "scan.rpl").write_text(header_text(**changed))
    return folder / "scan.rpl"
