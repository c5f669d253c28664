"""Undo and redo on the page Look: layers and their looks, marked pixels and rectangles, patches, the band."""

from dataclasses import dataclass, field

import streamlit as st

from maxrf_core.imaging.layers import LayerLook
from maxrf_core.patches.patch import Patch
from widgets.session.choice import Choice
from widgets.session.language import _

MAX_STEPS = 100


@dataclass(frozen=True)
class _State:
    looks: tuple[LayerLook, ...]
    pixels: tuple[tuple[int, int], ...]
    regions: tuple[tuple[int, int, int, int], ...]
    band: tuple[float | None, float | None]
    ruler: tuple[float, float, float, float] | None = None
    patches: tuple[Patch, ...] | None = None


@dataclass
class History:
    """States of the page, oldest first.

    Attributes
    ----------
    past, future : list
        States that undo and redo go to, the nearest last.
    now : state or None
    """

    past: list[_State] = field(default_factory=list)
    future: list[_State] = field(default_factory=list)
    now: _State | None = None

    def note(self, choice: Choice) -> None:
        """Note the state after the visitor has done something."""
        state = _state_of(choice)
        if state == self.now:
            return
        if self.now is not None:
            self.past = [*self.past, self.now][-MAX_STEPS:]
            self.future = []
        self.now = state

    def undo(self, choice: Choice) -> None:
        """Go back by one state."""
        self._go(choice, self.past, self.future)

    def redo(self, choice: Choice) -> None:
        """Go forward again by one state."""
        self._go(choice, self.future, self.past)

    def _go(self, choice: Choice, source: list[_State], target: list[_State]) -> None:
        if not source or self.now is None:
            return
        target.append(self.now)
        self.now = source.pop()
        choice.bench.show(self.now.looks)
        choice.pixels, choice.regions = list(self.now.pixels), list(self.now.regions)
        choice.lo, choice.hi = self.now.band
        choice.ruler = self.now.ruler
        choice.patches = self.now.patches


def history_of(choice: Choice) -> History:
    """Return the history of the open scan in this session."""
    kept: dict[str | None, History] = st.session_state.setdefault("look-history", {})
    return kept.setdefault(choice.stack, History())


def show_undo(choice: Choice) -> None:
    """Show the buttons that undo and redo; what was done before is noted first."""
    history = history_of(choice)
    if not choice.bench.is_provisional:
        history.note(choice)
    st.button(
        _("Undo"),
        icon=":material/undo:",
        key="look-undo",
        type="tertiary",
        disabled=not history.past,
        on_click=history.undo,
        args=(choice,),
        shortcut="Ctrl+Z",
    )
    st.button(
        _("Redo"),
        icon=":material/redo:",
        key="look-redo",
        type="tertiary",
        disabled=not history.future,
        on_click=history.redo,
        args=(choice,),
        shortcut="Ctrl+Shift+Z",
    )


def _state_of(choice: Choice) -> _State:
    return _State(
        tuple(choice.bench.looks),
        tuple(choice.pixels),
        tuple(choice.regions),
        (choice.lo, choice.hi),
        choice.ruler,
        choice.patches,
    )
