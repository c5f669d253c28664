"""Views of a datastack: kept in the file as JSON, beside the data that they show."""

import json
from collections.abc import Sequence

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import ArrayNotFoundError, PictureError
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.language import _

VIEWS = "views"
MAX_VIEWS, MAX_TEXT = 200, 200_000  # views; characters of one


def stored_views(ds: DataStack) -> list[BenchView]:
    """Return the views that are kept in a scan, as they were kept last; what is no view is left out."""
    try:
        texts = np.atleast_1d(np.asarray(ds.read(VIEWS)))
    except ArrayNotFoundError:
        return []
    found: list[BenchView] = []
    if texts.dtype.kind not in "OSUT" or texts.ndim != 1:
        return found
    for text in texts[:MAX_VIEWS].tolist():
        told = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        try:
            view = BenchView.from_dict(json.loads(told[:MAX_TEXT]))
        except (PictureError, ValueError, RecursionError):
            continue
        if all(other.name != view.name for other in found):
            found.append(view)
    return found


def keep_view(ds: DataStack, view: BenchView) -> str:
    """Store a view in a scan, in place of one of the same name; returns the name of the array.

    Raises
    ------
    PictureError
        If the scan holds too many views.
    DatastackError
        If it cannot be stored.
    """
    return _keep(ds, [each for each in stored_views(ds) if each.name != view.name] + [view])


def remove_view(ds: DataStack, name: str) -> str:
    """Store the views of a scan without one of them; returns the name of the array.

    Raises
    ------
    DatastackError
        If they cannot be stored.
    """
    return _keep(ds, [each for each in stored_views(ds) if each.name != name])


def _keep(ds: DataStack, views: Sequence[BenchView]) -> str:
    if len(views) > MAX_VIEWS:
        raise PictureError(_("A scan keeps at most {limit} views: remove some.").format(limit=MAX_VIEWS))
    texts = [json.dumps(view.as_dict(), ensure_ascii=False) for view in views] or [""]
    return ds.append({VIEWS: np.array(texts, dtype=np.str_)})[VIEWS]
