"""Upload of large files: datastacks, raw scans and photographs.

Streamlit's own uploader holds a file in the server's memory, twice over while it arrives. This one sends it
to its own route, `server.upload_route`, which writes it to the disk as it arrives.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from maxrf_core.other_formats import advice_by_ending
from maxrf_core.untrusted.limits import GIGABYTE
from server import transfer_tickets
from server.assets import component_script
from server.settings import below_app, uploads
from server.upload_route import BESIDE, ROUTE
from server.visitor_cookie import COOKIE
from widgets.session.language import _
from widgets.session.visitor import owner

_RENEWED = transfer_tickets.SECONDS / 2  # seconds after which a page gets a new ticket

_HTML = """<div class="zone">
<button type="button" class="choose"></button>
<input type="file" class="files" hidden>
<progress class="bar" max="1" hidden></progress>
<span class="said" role="status"></span>
<button type="button" class="stop" hidden></button>
</div>"""

_CSS = """
.zone {
  display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; padding: 0.9rem 1rem; border-radius: 6px;
  font: inherit; color: var(--st-text-color); background: var(--st-secondary-background-color);
  border: 1px dashed var(--st-border-color);
}
.zone.over { border-color: var(--st-primary-color); border-style: solid; }
.zone button {
  font: inherit; font-size: 0.875rem; padding: 0.35rem 0.8rem; border-radius: 6px; cursor: pointer;
  color: var(--st-text-color);
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
}
.zone button:hover, .zone button:focus-visible {
  border-color: var(--st-primary-color); color: var(--st-link-color);
}
.zone .bar { flex: 1 1 12rem; height: 0.6rem; accent-color: var(--st-primary-color); }
.zone .said { font-size: 0.875rem; }
.zone [hidden] { display: none; }
"""

_uploader = st.components.v2.component(
    "maxrf_large_upload", html=_HTML, css=_CSS, js=component_script("open/large_upload.js")
)


@dataclass(frozen=True)
class Arrived:
    """A finished upload.

    Attributes
    ----------
    identifier : str
        Of the upload.
    name : str
        As the visitor's computer has it.
    error : str or None
        Why it cannot be opened; it is then kept for a rescue.
    others : tuple of str
        Identifiers of further uploads, if several were chosen at once.
    """

    identifier: str
    name: str
    error: str | None = None
    others: tuple[str, ...] = ()


def large_upload(
    key: str,
    kinds: Sequence[Sequence[Sequence[str]]],
    label: str,
    wanted: str,
    together: Sequence[Sequence[str]] = (),
    *,
    several: bool = False,
) -> Arrived | None:
    """Show an area to which a file can be dragged; return an upload once, when it is finished.

    Parameters
    ----------
    key : str
    kinds : sequence of sequence of sequence of str
        For each kind of upload the files that belong together, and for each file the endings of which it has
        one: ``[[[".datastack"]]]``, as `maxrf_core.readers.Format.files` of some formats.
    label : str
        Text of the button.
    wanted : str
        Message if other files are chosen.
    together : sequence of sequence of str
        Endings of files of which many are one scan: a folder of them, or all that are chosen, arrives as one
        .tar file.
    several : bool
        Any number of files can be chosen at once; each is an upload of its own.

    Returns
    -------
    Arrived or None
    """
    result = _uploader(
        key=key,
        data={
            "address": below_app(ROUTE),
            "header": transfer_tickets.HEADER,
            "ticket": _ticket(),
            "beside": BESIDE,
            "kinds": [[list(endings) for endings in files] for files in kinds],
            "together": [list(endings) for endings in together],
            "several": several,
            "label": label,
            "wanted": wanted,
            "advice": advice_by_ending(),
            "note": _("or drag it here; up to {size:g} GB").format(size=uploads().limits.file / GIGABYTE),
            "texts": _texts(),
        },
        on_done_change=lambda: None,
        on_broken_change=lambda: None,
    )
    if result.done:
        first, *others = map(str, result.done["identifiers"])
        return Arrived(first, str(result.done["name"]), others=tuple(others))
    if result.broken:
        return Arrived(str(result.broken["broken"]), str(result.broken["name"]), str(result.broken["error"]))
    return None


def _texts() -> dict[str, str]:
    """Return the texts of the script, which fills in what stands in braces."""
    return {
        "stop": _("Stop"),
        "starting": _("Starting …"),
        "remaining": _("{sent} of {size}, about {time} left"),
        "checking": _("{sent} of {size}, checking the file …"),
        "done": _("Done."),
        "stopped": _("Stopped; nothing was kept."),
        "senseless": _("The server gave an answer that makes no sense; please upload the file again."),
        "unreachable": _("The connection broke, and nothing was kept. Please upload the file again."),
    }


def _ticket() -> str:
    """Return this page's ticket: the same at each run, since a new one would redraw the area."""
    now = time.time()
    ticket, since = st.session_state.get("upload-ticket", ("", 0.0))
    if now - since > _RENEWED:
        ticket, since = transfer_tickets.issue_upload(owner(), st.context.cookies.get(COOKIE, "")), now
        st.session_state["upload-ticket"] = ticket, since
    return ticket
