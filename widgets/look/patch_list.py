"""The patches of a scan beside its picture: their names, colours and areas; kept in the scan."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from maxrf_core.errors import MaxrfError, PatchError
from maxrf_core.patches.patch import MAX_NAME_LENGTH, Patch
from widgets.elements.examination import adding_to
from widgets.session import library
from widgets.session.choice import Choice
from widgets.session.language import _, counted
from widgets.session.markdown import show_briefly, show_error
from widgets.session.scan import Scan

_CORNER_BYTES, _FILE_BYTES = 50, 100_000  # that a corner of an outline, and all else, may add to a file


def begin_patches(scan: Scan, now: Choice) -> None:
    """Read the patches that are kept in the scan; those of the session stay."""
    try:
        now.kept_patches = tuple(_kept(scan.version, scan))
    except MaxrfError as error:
        show_error(error)
        now.kept_patches = ()
    fitting = now.patches and all(patch.mask.shape == scan.shape for patch in now.patches)
    if now.patches is None or (now.patches and not fitting):  # saved with another scan of this name
        now.patches = now.kept_patches


def show_patches(scan: Scan, now: Choice) -> None:
    """Show the patches in a list, and the button that keeps them in the scan."""
    patches = now.patches or ()
    if not patches:
        return
    with st.container(key="look-patches", gap="xsmall"):
        for number, patch in enumerate(patches, start=1):
            _show_row(scan, now, number, patch)
    _show_keep(scan, now, patches)


def area_in_words(patch: Patch, pixel_size: Sequence[float] | None) -> str:
    """Return a patch's area in pixels, and in mm² where the size of a pixel is known.

    Examples
    --------
    >>> import numpy as np
    >>> area_in_words(Patch("sky", "#56b4e9", np.ones((2, 3), bool)), (0.5, 0.5))
    '6 pixels, 1.5 mm²'
    """
    text = counted("{count} pixel", "{count:,} pixels", patch.pixels)
    area = patch.area_mm2(pixel_size)
    return text if area is None else _("{pixels}, {area} mm²").format(pixels=text, area=f"{area:.4g}")


def _show_row(scan: Scan, now: Choice, number: int, patch: Patch) -> None:
    name = patch.name
    is_hidden = name in now.hidden_patches
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{number}**", width="content")
        colour, title = f"look-patch-colour-{name}", f"look-patch-name-{name}"
        st.color_picker(
            _("Colour of {patch}").format(patch=name), patch.colour, key=colour, label_visibility="collapsed",
            on_change=lambda: _change(now, patch, patch.renamed(colour=st.session_state[colour])),
        )  # fmt: skip
        st.text_input(
            _("Name of {patch}").format(patch=name), name, MAX_NAME_LENGTH, key=title,
            label_visibility="collapsed",
            on_change=lambda: _rename(now, patch, st.session_state[title]),
        )  # fmt: skip
        st.button(
            "", key=f"look-patch-eye-{name}", type="tertiary", on_click=partial(_toggle, now, name),
            icon=":material/visibility_off:" if is_hidden else ":material/visibility:",
            help=_("Show or hide {patch}").format(patch=name),
        )  # fmt: skip
        st.button(
            "", key=f"look-patch-delete-{name}", type="tertiary", icon=":material/delete:",
            help=_("Delete {patch}").format(patch=name), on_click=partial(_change, now, patch, None),
        )  # fmt: skip
    st.caption(area_in_words(patch, scan.pixel_size))


def _show_keep(scan: Scan, now: Choice, patches: Sequence[Patch]) -> None:
    if not now.has_unkept_patches:
        st.caption(_("These patches are kept in the scan."))
        return
    may = library.may_change(scan.identifier)
    st.button(
        _("Keep the patches in the scan"),
        key="look-patches-keep",
        icon=":material/save:",
        disabled=not may,
        help=None if may else _("This scan cannot be changed here; download the patches instead."),
        on_click=lambda: _keep(scan, now),
    )


def _keep(scan: Scan, now: Choice) -> None:
    patches = now.patches or ()
    corners = sum(len(ring) for patch in patches for ring in patch.drawn)
    size = sum(patch.mask.nbytes for patch in patches) + _CORNER_BYTES * corners + _FILE_BYTES
    try:
        with adding_to(scan, size):
            scan.ds.keep_patches(patches)
    except MaxrfError as error:
        show_briefly(error)
    else:
        now.kept_patches = tuple(patches)
        st.toast(_("The patches are kept in the scan."), icon=":material/save:")


def _change(now: Choice, patch: Patch, new: Patch | None) -> None:
    """Put another patch in the place of one, or none."""
    found = [new if each is patch else each for each in now.patches or ()]
    now.patches = tuple(each for each in found if each is not None)


def _rename(now: Choice, patch: Patch, name: str) -> None:
    name = name.strip()
    try:
        if any(name == each.name for each in now.patches or () if each is not patch):
            raise PatchError(_("Two patches are called {name}: rename one.").format(name=name))
        renamed = patch.renamed(name)
    except MaxrfError as error:
        show_briefly(error)
        st.session_state[f"look-patch-name-{patch.name}"] = patch.name
        return
    if patch.name in now.hidden_patches:
        now.hidden_patches = now.hidden_patches - {patch.name} | {name}
    _change(now, patch, renamed)


def _toggle(now: Choice, name: str) -> None:
    now.hidden_patches = now.hidden_patches ^ {name}


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept(version: object, _scan: Scan) -> list[Patch]:
    return _scan.ds.patches()
