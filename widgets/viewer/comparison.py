"""Comparison of a registered photograph with band maps."""

from dataclasses import dataclass

from maxrf_core.errors import MaxrfError
from widgets.charts.map_layers import MapPicture
from widgets.session.markdown import show_warning
from widgets.viewer.compared import NAME, Compared, show_two
from widgets.viewer.difference import Other, show_photo_difference
from widgets.viewer.registered_photos import Photo
from widgets.viewer.viewer import Pane, show_pictures
from widgets.viewer.ways import DIFFERENCE, say_hint

MAX_MAPS = 3


@dataclass(frozen=True, eq=False)
class NamedMap:
    """A map and its title, such as "Fe Ka"."""

    title: str
    picture: MapPicture


def show_comparison(way: str, photo: Photo, maps: list[NamedMap]) -> None:
    """Show a photograph and maps in one of the ways of `widgets.viewer.ways`.

    Parameters
    ----------
    way : str
    photo : Photo
    maps : list of NamedMap
        Up to three; all but side by side, only the first is shown.
    """
    shape, fineness = photo.scan.shape, photo.layer().fineness
    above = Compared.of_photo(photo)
    below = [
        Compared.of_map(f"map-{number}", each.title, each.picture)
        for number, each in enumerate(maps, start=1)
    ]
    if way == "beside":
        shown = [above, *below]
        panes = [Pane(each.title, each.layer.place, legend=each.legend) for each in shown]
        show_pictures(NAME, shape, [each.layer for each in shown], panes, fineness=fineness)
    elif way == DIFFERENCE:
        data = maps[0].picture.data
        try:
            show_photo_difference(photo, Other(maps[0].title, data.name, lambda: data.values))
        except MaxrfError as error:
            show_warning(error)
    else:
        show_two(way, shape, above, below[0], fineness)
    say_hint(way)
