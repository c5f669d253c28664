"""Pictures as data URLs, which the browser need not fetch.

The pictures of `st.image` are fetched from an address that ends with the run that made it: after a quick
click the browser would show a broken picture.
"""

import base64
import io
from typing import Any

from PIL import Image


def data_url(image: Image.Image, kind: str, **options: Any) -> str:
    """Return a picture as a data URL.

    Parameters
    ----------
    image : PIL.Image.Image
    kind : str
        ``PNG``, ``JPEG`` or ``WEBP``.
    **options
        Of that format, such as ``quality``.

    Returns
    -------
    str

    Examples
    --------
    >>> data_url(Image.new("L", (1, 1)), "PNG")[:30]
    'data:image/png;base64,iVBORw0K'
    """
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"
