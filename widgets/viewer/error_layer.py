"""Expected error of a registered photograph as a map, to be looked at beside the photograph or over it."""

import numpy as np

from maxrf_core.errors import MaxrfError
from maxrf_core.registration.error_map import ErrorMap
from maxrf_core.registration.local_error import stored_error_map
from widgets.charts.map_layers import MapPicture
from widgets.session.language import _, marked
from widgets.session.map_data import MapData
from widgets.viewer.comparison import NamedMap
from widgets.viewer.registered_photos import Photo

ERROR_HELP = marked(
    "How far the photograph is probably off the maps at each place, as comparing them has shown. It is a map "
    "of its own."
)
MIN_LIMIT = 0.5  # map pixels of the last colour: smaller errors are not to look large


def error_layer(photo: Photo) -> NamedMap | None:
    """Return the expected error of a photograph all over the map, None if it is not stored with it.

    Parameters
    ----------
    photo : Photo
    """
    found = _error_map(photo)
    if found is None or found.map_shape != photo.scan.shape:
        return None
    values = found.picture()
    name = ("expected-error", photo.scan.version, photo.name)
    limit = max(MIN_LIMIT, float(np.max(values)))
    picture = MapPicture(MapData(values, name), 0.0, limit, units=marked("map pixels"))
    return NamedMap(_("Expected error"), picture)


def _error_map(photo: Photo) -> ErrorMap | None:
    points = photo.arrays.points
    try:
        return None if points is None else stored_error_map(photo.scan.ds.attributes(points, latest=False))
    except (MaxrfError, ValueError):  # by other programs
        return None
