"""Saving of work in progress, and the offer to go on with it after a reload, a closed window or a crash."""

import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import streamlit as st

from maxrf_core.datastack.straight_view import check_displacement
from maxrf_core.errors import DatastackError
from maxrf_core.imaging.layers import LayerLook
from maxrf_core.imaging.tone import Tone
from maxrf_core.patches.packed import packed_patches, unpacked_patches
from maxrf_core.patches.patch import Patch
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.models import MODELS
from server.saved_work import Sitting
from server.settings import saved_work
from widgets.session.bench import Bench
from widgets.session.choice import Choice, Help, Look, choice
from widgets.session.language import _, counted
from widgets.session.markdown import escaped, show_briefly
from widgets.session.point_pairs import MAX_PAIRS, MIN_PAIRS, Point, PointPairs, is_placed
from widgets.session.visitor import owner

_SAVED = "work-saved"  # what was last saved of each sitting of this session
_DECLINED = "work-declined"  # sittings that the visitor did not want to go on with
_FAILED = "work-not-saved"


def has_work(now: Choice) -> bool:
    """Return True if the visitor has set or drawn anything that would be missed."""
    return any(map(is_placed, (*now.pairs.src, *now.pairs.dst))) or bool(
        now.pixels or now.regions or now.ruler or now.bench.is_changed or now.has_unkept_patches
    )


def save_work() -> None:
    """Save the work in progress where it has changed; called before and after every run of a page."""
    now = choice()
    if now.stack is None:
        return
    saved = st.session_state.setdefault(_SAVED, {})
    if not has_work(now):
        if saved.pop(now.sitting, None) is not None:  # taken back, or kept in the scan
            saved_work().remove(owner(), now.stack, now.sitting)
        return
    work = _work_of(now)
    if saved.get(now.sitting) == work:
        return
    try:
        saved_work().save(owner(), now.stack, now.sitting, work)
    except OSError as error:
        if not st.session_state.get(_FAILED):
            st.session_state[_FAILED] = True
            words = _("Work in progress cannot be saved here: {reason}.")
            show_briefly(DatastackError(words.format(reason=error.strerror)))
        return
    saved[now.sitting] = work


def offer_resume() -> None:
    """Offer to resume saved work, while nothing new has been done with the scan."""
    now = choice()
    if now.stack is None or has_work(now):
        return
    sitting = saved_work().newest(owner(), now.stack)
    if sitting is None or sitting.name in st.session_state.get(_DECLINED, ()):
        return
    found = _read(sitting)
    if found is None or not has_work(found):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="go-on"):
        st.markdown(f"**{_('Go on where you stopped?')}** {_described(found, sitting)}")
        st.button(
            _("Go on"),
            type="primary",
            icon=":material/history:",
            key="go-on-yes",
            on_click=_go_on,
            args=(sitting, found),
        )
        st.button(_("Discard"), key="go-on-no", on_click=_decline, args=(sitting,))


def _go_on(sitting: Sitting, found: Choice) -> None:
    now = choice()
    for name in _FIELDS:
        setattr(now, name, getattr(found, name))
    now.pairs.revision = now.pairs.revision + 1
    now.sitting = sitting.name
    now.is_zoom_due = True
    for key in [str(key) for key in st.session_state if str(key).startswith(("look-", "fit-"))]:
        del st.session_state[key]  # controls, which then begin with what was saved


def _decline(sitting: Sitting) -> None:
    st.session_state.setdefault(_DECLINED, set()).add(sitting.name)
    stack = choice().stack
    if stack is not None:
        saved_work().remove(owner(), stack, sitting.name)


def _described(found: Choice, sitting: Sitting) -> str:
    pairs, spectra = len(found.pairs.placed()[0]), len(found.pixels) + len(found.regions)
    loose = sum(map(is_placed, (*found.pairs.src, *found.pairs.dst))) - 2 * pairs
    parts = [counted("{count} pair of points", "{count} pairs of points", pairs)] if pairs else []
    parts += [counted("{count} single point", "{count} single points", loose)] if loose else []
    if parts and found.photo is not None:
        photo = escaped(Path(found.photo).name)
        parts[-1] = _("{points} with {photo}").format(points=parts[-1], photo=photo)
    parts += (
        [counted("{count} pixel or rectangle", "{count} pixels and rectangles", spectra)] if spectra else []
    )
    if found.patches is not None:
        count = len(found.patches)
        unkept = counted(
            "{count} patch, not kept in the scan", "{count} patches, not all kept in the scan", count
        )
        parts.append(unkept)
    parts += [_("a line")] if found.ruler else []
    layers = len(found.bench.looks)
    parts += [counted("{count} layer", "{count} layers", layers)] if layers else []
    when = _ago(time.time() - sitting.saved_at)
    return _("{work}; saved {when}.").format(work=", ".join(parts), when=when)


def _ago(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes >= 24 * 60:
        return counted("{count} day ago", "{count} days ago", minutes // (24 * 60))
    if minutes >= 60:
        return counted("{count} hour ago", "{count} hours ago", minutes // 60)
    return counted("{count} minute ago", "{count} minutes ago", minutes) if minutes else _("just now")


_FIELDS = (
    "pixels",
    "ruler",
    "zoom",
    "regions",
    "bench",
    "patches",
    "photo",
    "pairs",
    "looks",
    "model",
    "left_out_wrong",
    "pixel_size",
    "help",
    "rows",
)


def _work_of(now: Choice) -> dict[str, Any]:
    return {
        "pixels": [list(pixel) for pixel in now.pixels],
        "ruler": None if now.ruler is None else list(now.ruler),
        "zoom": None if now.zoom is None else list(now.zoom),
        "regions": [list(region) for region in now.regions],
        "bench": [look.as_dict() for look in now.bench.looks] if now.bench.is_changed else [],
        "patches": packed_patches(now.patches or ()) if now.has_unkept_patches else None,
        "photo": now.photo,
        "photo_page": now.photo_page,
        "src": [None if point is None else list(point) for point in now.pairs.src],
        "dst": [None if point is None else list(point) for point in now.pairs.dst],
        "looks": {name: asdict(look) for name, look in now.looks.items()},
        "model": now.model,
        "left_out_wrong": now.left_out_wrong,
        "pixel_size": now.pixel_size,
        "rows": now.rows,
        "help": None if now.help is None else asdict(now.help),
    }


def _read(sitting: Sitting) -> Choice | None:
    """Return the saved work as a choice; None if another version of the app wrote it differently."""
    work = sitting.work
    with suppress(KeyError, TypeError, ValueError, AttributeError, DatastackError):
        found = Choice(
            pixels=[(int(x), int(y)) for x, y in work["pixels"]],
            ruler=_four(work.get("ruler")),
            zoom=_four(work.get("zoom")),
            regions=[(int(x0), int(y0), int(x1), int(y1)) for x0, y0, x1, y1 in work["regions"]],
            bench=_bench(work.get("bench", [])),
            patches=_patches(work.get("patches")),
            pairs=PointPairs(_points(work["src"]), _points(work["dst"])),
            looks={
                str(name): Look(Tone(**look["tone"]), View(**look["view"]))
                for name, look in work["looks"].items()
            },
            model=work["model"] if work["model"] in MODELS else Choice.model,
            left_out_wrong=bool(work["left_out_wrong"]),
            pixel_size=None if work["pixel_size"] is None else float(work["pixel_size"]),
            rows=None if work.get("rows") is None else check_displacement(float(work["rows"])),
        )
        if work["photo"] is not None and Path(work["photo"]).is_file():
            found.photo = str(work["photo"])
            page = work.get("photo_page")
            found.photo_page = None if page is None else int(page)
        if work["help"] is not None:
            src, dst = map(_points, work["help"]["points"])  # it counts only while these are unchanged
            found.help = Help(**{**work["help"], "points": (tuple(src), tuple(dst))})
        if len(found.pairs.src) == len(found.pairs.dst):
            return found
    return None


def _four(saved: list[float] | None) -> tuple[float, float, float, float] | None:
    if saved is None:
        return None
    x0, y0, x1, y1 = map(float, saved)
    return x0, y0, x1, y1


def _bench(saved: list[object]) -> Bench:
    looks = [LayerLook.from_dict(look) for look in saved]
    return Bench(looks, number=len(looks))


def _patches(saved: object) -> tuple[Patch, ...] | None:
    return None if saved is None else tuple(unpacked_patches(saved))


def _points(saved: list[list[float] | None]) -> list[Point | None]:
    if not MIN_PAIRS <= len(saved) <= MAX_PAIRS:
        raise ValueError("the number of pairs is out of bounds")
    return [None if point is None else (float(point[0]), float(point[1])) for point in saved]
