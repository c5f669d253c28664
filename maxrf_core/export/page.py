"""HTML of a page that stands alone: every text is escaped, pictures are in the page itself."""

import base64
import html
from collections.abc import Iterable, Sequence
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

STYLE = "report.css"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
REPLACED = "\N{REPLACEMENT CHARACTER}"
VOID = ("img", "meta", "br", "hr")


class Markup(str):
    """A text that is HTML already; any other text is escaped by `element`."""

    __slots__ = ()


def element(tag: str, *contents: object, **attributes: object) -> Markup:
    """Return an element of HTML; what it holds is escaped unless it is `Markup`.

    Parameters
    ----------
    tag : str
    *contents
        Texts, numbers and other elements.
    **attributes
        A trailing underscore of a name is dropped, others become hyphens; None leaves an attribute out.

    Examples
    --------
    >>> element("p", "a < b ", element("b", 3), class_="note")
    '<p class="note">a &lt; b <b>3</b></p>'
    """
    told = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(_printable(str(value)))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Markup(f"<{tag}{told}>")
    return Markup(f"<{tag}{told}>{joined(contents)}</{tag}>")


def joined(contents: Iterable[object]) -> Markup:
    """Return texts and elements one after the other."""
    return Markup(
        "".join(each if isinstance(each, Markup) else html.escape(_printable(str(each))) for each in contents)
    )


def section(title: str, *contents: object) -> Markup:
    """Return a section with a heading; nothing if it holds nothing."""
    inside = joined(contents)
    return element("section", element("h2", title), inside) if inside else Markup("")


def table(titles: Sequence[str], rows: Iterable[Sequence[object]], class_: str | None = None) -> Markup:
    """Return a table whose first column names its rows."""
    head = element("thead", element("tr", *(element("th", title, scope="col") for title in titles)))
    body = element(
        "tbody",
        *(
            element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:]))
            for row in rows
        ),
    )
    return element("div", element("table", head, body, class_=class_), class_="wide")


def facts(pairs: Iterable[tuple[str, object]]) -> Markup:
    """Return names with what is known of each; those without value are left out."""
    rows = [
        element("div", element("dt", name), element("dd", value))
        for name, value in pairs
        if value not in (None, "")
    ]
    return element("dl", *rows) if rows else Markup("")


def picture(address: str, words: str, *caption: object, class_: str | None = None) -> Markup:
    """Return a picture with a caption.

    Parameters
    ----------
    address : str
        From `png_address`, `jpeg_address` or `svg_address`.
    words : str
        What it shows, for those who do not see it.
    *caption
        Texts and elements.
    class_ : str, optional
    """
    image = element("img", src=address, alt=words)
    return element("figure", image, element("figcaption", *caption) if caption else "", class_=class_)


def png_address(image: Image.Image) -> str:
    """Return a picture as an address that holds it, without loss."""
    return _address(image, "png", optimize=True)


def jpeg_address(pixels: np.ndarray, quality: int = 85) -> str:
    """Return a picture, (height, width, 3 or 4) uint8, as an address that holds it.

    What is clear becomes white.
    """
    if pixels.shape[2] == 4:
        opacity = pixels[..., 3:].astype(np.float32) / 255
        pixels = np.rint(pixels[..., :3] * opacity + 255 * (1 - opacity)).astype(np.uint8)
    return _address(Image.fromarray(np.ascontiguousarray(pixels)), "jpeg", quality=quality)


def svg_address(drawing: str) -> str:
    """Return a drawing as an address that holds it: no script of it runs, and none of its names matter."""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"


def document(title: str, *contents: object) -> str:
    """Return a page that needs nothing beside itself, and may load nothing."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Markup((files("maxrf_core.export") / STYLE).read_text(encoding="utf-8"))),
    )
    body = element("body", element("main", *contents))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _printable(text: str) -> str:
    """Return a text without control characters, which HTML does not allow."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else REPLACED for sign in text)


def _address(image: Image.Image, kind: str, **options: Any) -> str:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"
