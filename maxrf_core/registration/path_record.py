"""What a file says of the registrations that it was made through, for JSON."""

import math
from collections.abc import Mapping
from typing import Any

from maxrf_core.language import _
from maxrf_core.registration.frames import Edge, Frame, FramePath

PIXEL_CONVENTION = "x right, y down; the centre of the top-left pixel is 0, 0"


def path_record(path: FramePath) -> dict[str, Any]:
    """Return a path between two frames as plain numbers and texts.

    Parameters
    ----------
    path : FramePath

    Returns
    -------
    dict
        ``from`` and ``to``, the two frames; ``registrations``, those on the way in order, each with its
        transform from ``photograph`` to ``map``; ``expected_error_px``, in pixels of the last frame;
        ``pixel_convention``. What is not known is left out.
    """
    return {
        "from": frame_record(path.start),
        "to": frame_record(path.end),
        "pixel_convention": PIXEL_CONVENTION,
        **_known({"expected_error_px": path.error}),
        "registrations": [_edge_record(edge) for edge in path.edges],
    }


def error_in_words(path: FramePath) -> str:
    """Return a sentence on how precisely a picture lies in the last frame of a path."""
    if math.isnan(path.error):
        return _("How precisely it fits is not known.")
    words = _("Expected error: {error:.2g} pixels of {name}.")
    return words.format(error=path.error, name=path.end.title)


def frame_record(frame: Frame) -> dict[str, Any]:
    """Return a frame as plain numbers and texts."""
    height, width = frame.shape
    upright = "as shown upright: turned as its file says" if frame.kind == "photograph" else None
    return _known(
        {
            "frame": frame.kind,
            "name": frame.title,
            "width": width,
            "height": height,
            "sha256": frame.sha256,
            "page": frame.page,
            "orientation": upright,
        }
    )


def _edge_record(edge: Edge) -> dict[str, Any]:
    height, width = edge.ds.shape[:2]
    return _known(
        {
            "registered_picture": edge.name,
            "scan": edge.ds.path.stem,
            "map_width": width,
            "map_height": height,
            "created": edge.attributes.get("created"),
            "model": edge.model,
            "mirrored": edge.attributes.get("mirrored") in (True, 1),
            "photograph_to_map": _params(edge),
            "points_on_photograph": edge.points[:, 0].tolist(),
            "points_on_map": edge.points[:, 1].tolist(),
            "expected_error_map_px": edge.error,
            "expected_error_photograph_px": edge.error_on_photo,
            "odd_rows_shifted_back_px": edge.row_displacement or None,
        }
    )


def _params(edge: Edge) -> dict[str, Any] | None:
    params = getattr(edge.to_map, "params", None)
    return params() if params is not None else None


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known: JSON has no NaN."""
    return {
        name: value
        for name, value in values.items()
        if value is not None and not (isinstance(value, float) and math.isnan(value))
    }
