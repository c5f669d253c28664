"""Opening of picture files with Pillow, whatever their size.

``Image.open`` warns above a limit, and refuses at twice that limit, which is one for the whole program. A
package must not change it, so the classes behind ``Image.open`` are called; our own limits are checked later.
"""

from importlib import import_module
from typing import BinaryIO

from PIL import UnidentifiedImageError
from PIL.ImageFile import ImageFile

from maxrf_core.imaging.picture_formats import START, picture_format


def open_picture(file: BinaryIO) -> ImageFile:
    """Read the header of a picture; the pixels are read later.

    Parameters
    ----------
    file : binary file
        Read from its beginning; left open.

    Raises
    ------
    PIL.UnidentifiedImageError
        If it is of no format that Pillow opens, or is damaged.
    """
    file.seek(0)
    form = picture_format(file.read(START))
    file.seek(0)
    if form is None or not form.opener:
        raise UnidentifiedImageError("this is no picture for Pillow")
    module, name = form.opener.split(":")
    try:
        return getattr(import_module(module), name)(file)
    except SyntaxError as error:  # what Pillow raises for a damaged header
        raise UnidentifiedImageError(str(error)) from error
