"""Files begin with the bytes by which they are recognised, as common programs write them."""

import io
import zipfile
from collections.abc import Callable

import h5py
import numpy as np
import pytest
import tifffile
from PIL import Image

from maxrf_core import file_signatures


def hdf5(file: io.BytesIO) -> None:
    h5py.File(file, "w").close()


def zipped(file: io.BytesIO) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", b"1")


def picture(kind: str) -> Callable[[io.BytesIO], None]:
    return lambda file: Image.new("RGB", (2, 2)).save(file, kind)


def tiff(order: str, big: bool) -> Callable[[io.BytesIO], None]:
    return lambda file: tifffile.imwrite(file, np.zeros((2, 2), np.uint8), byteorder=order, bigtiff=big)


WRITTEN = {
    "HDF5": (hdf5, (file_signatures.HDF5,)),
    "zip": (zipped, (file_signatures.ZIP,)),
    "PNG": (picture("PNG"), (file_signatures.PNG,)),
    "JPEG": (picture("JPEG"), (file_signatures.JPEG,)),
    **{
        f"TIFF {order}{' big' if big else ''}": (tiff(order, big), file_signatures.TIFF)
        for order in "<>"
        for big in (False, True)
    },
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_file_begins_with_the_signature_of_its_kind_and_of_no_other(kind):
    write, own = WRITTEN[kind]
    file = io.BytesIO()
    write(file)
    known = {
        file_signatures.PNG,
        file_signatures.JPEG,
        *file_signatures.TIFF,
        *file_signatures.DATASTACKS,
    }
    found = {signature for signature in known if file.getvalue().startswith(signature)}
    assert len(found) == 1
    assert found <= set(own)
