"""Opening of picture files with Pillow, whatever their size.

``Image.open`` warns above a limit, and refuses at twice that limit, which is one for the whole program. A
package must not change it, so the classes behind ``Image.open`` are called; our own limits are checked later.
"""

from typing import BinaryIO

from PIL import UnidentifiedImageError
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from maxrf_core.file_signatures import JPEG, PNG, TIFF


def open_picture(file: BinaryIO) -> ImageFile:
    """Read the header of a PNG, JPEG or TIFF file; the pixels are read later.

    Parameters
    ----------
    file : binary file
        Read from its beginning; left open.

    Raises
    ------
    PIL.UnidentifiedImageError
        If it is none of these, or is damaged.
    """
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    try:
        if start.startswith(PNG):
            return PngImageFile(file)
        if start.startswith(JPEG):
            return JpegImageFile(file)
        if start.startswith(TIFF):
            return TiffImageFile(file)
    except SyntaxError as error:  # what Pillow raises for a damaged header
        raise UnidentifiedImageError(str(error)) from error
    raise UnidentifiedImageError("neither PNG nor JPEG nor TIFF")
