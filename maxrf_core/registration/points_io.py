"""Reading and writing of matching points, in files of this and of other programs."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import ArrayNotFoundError, RegistrationError
from maxrf_core.file_signatures import DATASTACKS, TIFF, ZIP
from maxrf_core.language import _
from maxrf_core.registration.exchange.geotiff import parse_geotiff
from maxrf_core.registration.exchange.read import (
    TITLES,
    detect_transform,
    holds_elastix_points,
    parse_elastix_zip,
    parse_json_transform,
    parse_transform,
    view_told,
)
from maxrf_core.registration.points_formats import (
    FORMATTERS,
    PARSERS,
    ParsedPoints,
    Shape,
    detect_kind,
    format_butterfly,
    parse_butterfly,
)
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.point_pairs import DESTINATION, SOURCE, as_points, matching

SOURCE_KEY, DESTINATION_KEY = "src_points", "dst_points"
JSON_EXAMPLE = f'{{"{SOURCE_KEY}": [[x, y], …], "{DESTINATION_KEY}": [[x, y], …]}}'
KINDS = {  # title and file extension of each kind
    "json": ("JSON", ".json"),
    "qgis": ("QGIS", ".points"),
    "bigwarp": ("BigWarp", ".csv"),
    "butterfly": ("Butterfly Registrator", ".csv"),
}
MAX_BYTES = 10_000_000


@dataclass(frozen=True, eq=False)
class PointsFile:
    """Matching points with metadata.

    Attributes
    ----------
    src, dst : ndarray, (n, 2), float64
        Pairs x, y in the photograph and on the map, pixel centres at integers.
    kind : str
        json, qgis, bigwarp, butterfly, or datastack; of a transform itk, elastix, elastix-points,
        world-file, geotiff or iiif.
    left_out : int
        Number of pairs that are disabled or incomplete in the file.
    about : dict
        Other content: further keys of JSON, attributes in a datastack, or the sizes of both pictures,
        ``photo_shape`` and ``map_shape``, which this program writes into every file. Of a transform also
        its ``model``, and how it shows the photograph: ``mirrored`` and ``turned``.
    """

    src: np.ndarray
    dst: np.ndarray
    kind: str
    left_out: int = 0
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def view(self) -> View | None:
        """View of the photograph in which the points were set; None if the file does not contain it."""
        mirrored, turned = self.about.get("mirrored"), self.about.get("turned", 0)
        if not isinstance(mirrored, bool | np.bool_):
            return None
        turns = turned // 90 if isinstance(turned, int | np.integer) and turned % 90 == 0 else 0
        return View(int(turns) % 4, bool(mirrored))


def read_points(
    source: str | bytes | os.PathLike[str],
    *,
    name: str = "imvis",
    photo_shape: Shape | None = None,
    map_shape: Shape | None = None,
) -> PointsFile:
    """Read matching points from a file of any kind, recognised by its content.

    A transform is read as control pairs, from which the same transform follows.

    Parameters
    ----------
    source : path, str or bytes
        The path of a JSON file, of a file of QGIS, BigWarp or Butterfly Registrator, of a transform (ITK,
        elastix, world file, GeoTIFF, IIIF), or of a datastack; or the text of one, if it has more than one
        line or is JSON.
    name : str
        First part of the name of the points in a datastack, as in `imvis_points`.
    photo_shape, map_shape : (height, width) or more, optional
        Shapes of both images; required for files of Butterfly Registrator, and for transforms that do not
        tell them.

    Returns
    -------
    PointsFile

    Raises
    ------
    RegistrationError
        If the file cannot be read, is of unknown kind, or does not hold equally many points for both images.
    DatastackError
        If a datastack is damaged.

    Examples
    --------
    >>> points = read_points('"Pt-0","true","30.0","40.0","1.0","2.0"\\n')
    >>> points.kind, points.dst
    ('bigwarp', array([[1., 2.]]))
    """
    content, called, path = _read_content(source)
    text, kind, whole = "", None, content if path is None else path
    if content.startswith(DATASTACKS):
        if not (content.startswith(ZIP) and holds_elastix_points(whole)):
            return _from_datastack(path, called, name)
        kind = "elastix-points"
    elif content.startswith(TIFF):
        kind = "geotiff"
    else:
        text = content.decode("utf-8-sig", errors="replace")
        kind = detect_kind(text) or detect_transform(text)
    if kind is None:
        return _from_json(content, called, photo_shape, map_shape)
    try:
        return _as_file(_parsed(kind, text, whole, photo_shape, map_shape), kind, map_shape)
    except RegistrationError as error:
        raise RegistrationError(f"{called} ({_title(kind)}): {error}") from error


def load_points(
    path_or_text: str | bytes | os.PathLike[str],
    *,
    name: str = "imvis",
    photo_shape: Shape | None = None,
    map_shape: Shape | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Read matching points from a file of any kind, or from its text; see `read_points`.

    Returns
    -------
    src, dst : tuple of ndarray, (n, 2), float64

    Raises
    ------
    RegistrationError
        If the file cannot be read, is of unknown kind, or does not hold equally many points for both images.

    Examples
    --------
    >>> src, dst = load_points('{"src_points": [[1, 2]], "dst_points": [[3, 4.5]]}')
    >>> dst
    array([[3. , 4.5]])
    """
    points = read_points(path_or_text, name=name, photo_shape=photo_shape, map_shape=map_shape)
    return points.src, points.dst


def save_points(src: Any, dst: Any, about: Mapping[str, Any] | None = None) -> str:
    """Write matching points as JSON text that `load_points` reads back exactly.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
    about : mapping, optional
        Further content: numbers, texts and lists, such as the model and the images' sizes.

    Returns
    -------
    str

    Raises
    ------
    RegistrationError
        If they are not pairs of finite numbers, or not equally many in both images.

    Examples
    --------
    >>> print(save_points([[1, 2]], [[3, 4.5]], {"model": "affine"}))
    {"src_points": [[1.0, 2.0]], "dst_points": [[3.0, 4.5]], "model": "affine"}
    """
    source, destination = matching(src, dst)
    points = {SOURCE_KEY: source.tolist(), DESTINATION_KEY: destination.tolist()}
    return json.dumps(points | {key: value for key, value in (about or {}).items() if key not in points})


def write_points(
    src: Any,
    dst: Any,
    kind: str,
    *,
    photo_shape: Shape | None = None,
    map_shape: Shape | None = None,
    photo_name: str = "photograph",
    map_name: str = "map",
    about: Mapping[str, Any] | None = None,
) -> str:
    """Write matching points for another program.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
    kind : str
        json, qgis, bigwarp or butterfly.
    photo_shape, map_shape : (height, width) or more, optional
        Shapes of both images, stored so that a copy of another size is detected later; required for
        Butterfly Registrator.
    photo_name, map_name : str
        File names of both images, by which Butterfly Registrator recognises them.
    about : mapping, optional
        Further content, see `save_points`; only for JSON.

    Returns
    -------
    str

    Raises
    ------
    RegistrationError
        If the points are no pairs of finite numbers, the kind is unknown, or the sizes are missing.

    Examples
    --------
    >>> print(write_points([[1, 2]], [[3, 4.5]], "qgis"))
    mapX,mapY,sourceX,sourceY,enable,dX,dY,residual
    3.5,-5.0,1.5,-2.5,1,0,0,0
    """
    source, destination = matching(src, dst)
    if kind == "json":
        shapes = {"photo_shape": photo_shape, "map_shape": map_shape}
        sizes = {key: [int(n) for n in shape[:2]] for key, shape in shapes.items() if shape is not None}
        return save_points(source, destination, {**sizes, **(about or {})})
    if kind in FORMATTERS:
        return FORMATTERS[kind](source, destination, photo_shape, map_shape)
    if kind != "butterfly":
        raise RegistrationError(
            _("There is no kind {kind!r:.40} of points file; there are {listed}.").format(
                kind=kind, listed=", ".join(KINDS)
            )
        )
    if photo_shape is None or map_shape is None:
        raise RegistrationError(_("Butterfly Registrator's points need the sizes of photograph and map."))
    return format_butterfly(source, destination, photo_shape, map_shape, photo_name, map_name)


def _from_datastack(path: Path | None, called: str, name: str) -> PointsFile:
    if path is None:
        raise RegistrationError(
            _("{called} is a datastack; it has to be opened as a file.").format(called=called)
        )
    ds, array = DataStack(path), f"{name}_points"
    try:
        pairs = np.asarray(ds.read(array))
    except ArrayNotFoundError:
        others = sorted({other.rstrip("_") for other in ds.names if other.rstrip("_").endswith("_points")})
        raise RegistrationError(
            _("{called} holds no {array}; ").format(called=called, array=array)
            + (_("it holds {listed}.").format(listed=", ".join(others)) if others else _("nor other points."))
        ) from None
    if pairs.ndim != 3 or pairs.shape[1:] != (2, 2) or pairs.dtype.kind not in "iuf":
        raise RegistrationError(
            _("{called}: {array} holds no pairs of points, its shape is {shape}.").format(
                called=called, array=array, shape=pairs.shape
            )
        )
    src, dst = as_points(pairs[:, 0], SOURCE), as_points(pairs[:, 1], DESTINATION)
    return PointsFile(src, dst, "datastack", about=ds.attributes(array))


def _parsed(
    kind: str, text: str, whole: bytes | Path, photo_shape: Shape | None, map_shape: Shape | None
) -> ParsedPoints:
    """Read a text of points or of a transform, or a whole file that is no text."""
    if kind == "geotiff":
        return parse_geotiff(whole, photo_shape, map_shape)
    if kind == "elastix-points":
        return parse_elastix_zip(whole)
    if kind in PARSERS:
        return PARSERS[kind](text)
    if kind != "butterfly":
        return parse_transform(kind, text, photo_shape, map_shape)
    if photo_shape is None or map_shape is None:
        raise RegistrationError(_("the sizes of photograph and map are needed to understand it."))
    return parse_butterfly(text, photo_shape, map_shape)


def _as_file(parsed: ParsedPoints, kind: str, map_shape: Shape | None) -> PointsFile:
    src, dst = as_points(parsed.src, SOURCE), as_points(parsed.dst, DESTINATION)
    about: dict[str, Any] = dict(parsed.sizes)
    if parsed.model:
        about |= {"model": parsed.model, **view_told(parsed, about.get("map_shape", map_shape))}
    return PointsFile(src, dst, kind, parsed.left_out, about)


def _title(kind: str) -> str:
    return KINDS[kind][0] if kind in KINDS else _(TITLES[kind])


def _from_json(
    content: bytes, called: str, photo_shape: Shape | None = None, map_shape: Shape | None = None
) -> PointsFile:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RegistrationError(
            _(
                "{called} is no JSON text, nor from QGIS, BigWarp or Butterfly Registrator; as JSON it "
                "should read {json_example}."
            ).format(called=called, json_example=JSON_EXAMPLE)
        ) from error
    if not isinstance(found, dict) or not {SOURCE_KEY, DESTINATION_KEY} <= found.keys():
        try:
            transform = parse_json_transform(found, photo_shape, map_shape)
            if transform is not None:
                return _as_file(transform[1], transform[0], map_shape)
        except RegistrationError as error:
            raise RegistrationError(f"{called}: {error}") from error
        raise RegistrationError(
            _("{called} does not hold the points; it should read {json_example}.").format(
                called=called, json_example=JSON_EXAMPLE
            )
        )
    try:
        src = as_points(found.pop(SOURCE_KEY), _("under {key}").format(key=SOURCE_KEY))
        dst = as_points(found.pop(DESTINATION_KEY), _("under {key}").format(key=DESTINATION_KEY))
    except RegistrationError as error:
        raise RegistrationError(f"{called}: {error}") from error
    if len(src) != len(dst):
        raise RegistrationError(
            _(
                "{called} holds {count} source points but {destination_count} destination points; "
                "they do not match."
            ).format(called=called, count=len(src), destination_count=len(dst))
        )
    return PointsFile(src, dst, "json", about=found)


def _read_content(source: str | bytes | os.PathLike[str]) -> tuple[bytes, str, Path | None]:
    """Return the content, its name for messages, and the path if it is a file.

    Of a datastack and a TIFF file only the first bytes are read.
    """
    if isinstance(source, bytes):
        return source, _("The text of the points"), None
    if isinstance(source, str) and ("\n" in source or source.lstrip().startswith(("{", "["))):
        return source.encode(errors="replace"), _("The text of the points"), None
    path = Path(source)
    try:
        with open(path, "rb") as file:
            content = file.read(max(map(len, DATASTACKS)))
            if not content.startswith((*DATASTACKS, *TIFF)):
                content += file.read(MAX_BYTES)
    except FileNotFoundError:
        raise RegistrationError(_("There is no points file {name}.").format(name=path.name)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise RegistrationError(
            _("The points file {name} cannot be read ({reason}).").format(
                name=path.name or path, reason=reason
            )
        ) from error
    if len(content) > MAX_BYTES:
        raise RegistrationError(_("{name} is too large to be a file of points.").format(name=path.name))
    return content, path.name, path
