"""What a file says of the registrations that it was made through, for JSON."""

import math
from collections.abc import Mapping
from typing import Any

from maxrf_core.language import _
from maxrf_core.registration.exchange.transform_json import PIXEL_CONVENTION, as_json
from maxrf_core.registration.frames import Edge, Frame, FramePath
from maxrf_core.registration.photo_transform import transform_of_points
from maxrf_core.transform.homography import Homography


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
        ``pixel_convention``. What is not known is left out. Each registration is told as
        `maxrf_core.registration.exchange.transform_json` writes it.
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
    if any(edge.basis == "assumed" for edge in path.edges):
        words = _(
            "How precisely it fits is not known: if every click is one map pixel off, it is off by about "
            "{error:.2g} pixels of {name}."
        )
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
    told = {
        "registered_picture": edge.name,
        "scan": edge.ds.path.stem,
        "expected_error_map_px": edge.error,
        "expected_error_photograph_px": edge.error_on_photo,
        "expected_error_basis": edge.basis,
    }
    if edge.arrays.points is None or not len(edge.points):  # the registered picture lies on the map
        matrix = edge.to_map.matrix.tolist() if isinstance(edge.to_map, Homography) else None
        return _known({**told, "photo_to_map": {"type": edge.model, "matrix": matrix}})
    return _known(
        {
            **told,
            **as_json(transform_of_points(edge.ds, edge.arrays.points)),
            "points_on_photograph": edge.points[:, 0].tolist(),
            "points_on_map": edge.points[:, 1].tolist(),
        }
    )


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known: JSON has no NaN."""
    return {
        name: value
        for name, value in values.items()
        if value is not None and not (isinstance(value, float) and math.isnan(value))
    }
