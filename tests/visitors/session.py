"""A visit to the app by Streamlit's own protocol, without drawing anything.

A visitor loads the page, keeps its cookies, opens the websocket, and for each act sends the widget that was
changed. Then it takes all messages until the script has finished. Many visitors fit into one process, where
as many browsers would take the computer for themselves.
"""

import json
import mmap
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from tests.visitors.page import Page

PARTS = ("Bench", "Elements", "Bands", "Spectra")  # of the page Look
PATIENCE = 120.0  # seconds until a wait gives up; busy machines are slow
XSRF_COOKIE, XSRF_HEADER = "_streamlit_xsrf", "X-Xsrftoken"

T = TypeVar("T")


class Visitor:
    """One visitor with cookies of their own.

    Parameters
    ----------
    url : str
        Where the app answers, without a slash at the end.
    cookies : requests.Session, optional
        Those of a visitor who was here before, in another tab or after a reload.

    Attributes
    ----------
    page : Page
        What is on the page now.
    address : dict
        What stands behind the question mark in the page's address.
    session_id : str
        Under which the server knows this page, until it is loaded anew.
    times : list of (str, float)
        The acts, and the seconds from each to the end of the script's run.
    """

    def __init__(self, url: str, cookies: requests.Session | None = None) -> None:
        self.url = url
        self.cookies = cookies or requests.Session()
        self.cookies.trust_env = False  # no proxy stands between
        self.cookies.headers["Connection"] = "close"  # one kept open may be closed by the server at any time
        self.page = Page()
        self.address: dict[str, str] = {}
        self.times: list[tuple[str, float]] = []
        self._socket: ClientConnection | None = None
        self._open = ExitStack()
        self.session_id = ""
        self._page_hash = ""
        self._page_hashes: dict[str, str] = {}
        self._cached: dict[str, tuple[int, ForwardMsg]] = {}
        self._runs = self._cached_runs = 0
        self._heard = tempfile.TemporaryFile()  # noqa: SIM115

    def __enter__(self) -> "Visitor":
        """Load the page, which brings the cookies."""
        html = self.cookies.get(f"{self.url}/", headers={"Accept": "text/html"}, timeout=PATIENCE)
        html.raise_for_status()
        self.cookies.get(f"{self.url}/_stcore/health", timeout=PATIENCE).raise_for_status()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the app."""
        self._hang_up()
        self._heard.close()

    # --- Acts

    def visit(self, page: str = "", **address: str) -> None:
        """Go to an address of the app, as with a bookmark or a reload: a new session begins."""
        self._hang_up()
        self.page, self._page_hash, self._cached = Page(), "", {}
        self._socket = self._open.enter_context(connection(self.url, self.cookies))
        self.address = address
        self._run(f"load {page or 'the first page'}", page_name=page)

    def open_page(self, title: str) -> None:
        """Click on a page in the menu, or on a part of the page Look."""
        if title in PARTS:
            if self._page_hash != self._page_hashes["Look"]:
                self.open_page("Look")
            self.choose_segment("look-part", title)
            return
        self.address, self._page_hash = {}, self._page_hashes[title]
        self._run(f"open {title}")

    def press(self, label: str = "", *, key: str | None = None) -> None:
        """Press a button."""
        button = self.page.find("button", key=key, label=label or None)
        assert not button.disabled, f"the button {label or key} cannot be pressed"
        self._run("press a button", WidgetState(id=button.id, trigger_value=True))

    def type_number(self, key: str, number: float) -> None:
        """Type a number into a field."""
        field = self.page.find("number_input", key=key)
        self._run("type a number", WidgetState(id=field.id, double_value=number))

    def choose(self, key: str, option: str) -> None:
        """Select from a list."""
        box = self.page.find("selectbox", key=key)
        assert option in box.options, f"{option} is not among {list(box.options)}"
        self._run("choose from a list", WidgetState(id=box.id, string_value=option))

    def choose_segment(self, key: str, option: str) -> None:
        """Select from buttons beside one another."""
        group = self.page.find("button_group", key=key)
        state = WidgetState(id=group.id)
        state.string_array_value.data.append(option)
        self._run("choose from buttons", state)

    def choose_several(self, key: str, options: list[str]) -> None:
        """Select several from a list, or none."""
        state = WidgetState(id=self.page.find("multiselect", key=key).id)
        state.string_array_value.data.extend(options)
        self._run("choose from a list", state)

    def slide(self, key: str, *values: float) -> None:
        """Move a slider."""
        state = WidgetState(id=self.page.find("slider", key=key).id)
        state.double_array_value.data.extend(values)
        self._run("move a slider", state)

    def click_on_chart(self, chart: str, x: float, y: float) -> None:
        """Click on a chart, where its axes read x and y."""
        self._act(chart, "click", [x, y, 0.0], "click on a chart")

    def click_in_viewer(self, viewer: str, x: float, y: float) -> None:
        """Click in one of the pictures of a viewer, at a place on the map."""
        self._trigger(f"viewer-{viewer}-views", "click", [x, y], "click on a chart")

    def drag_band(self, chart: str, lo: float, hi: float) -> None:
        """Drag a band across a spectrum."""
        self._act(chart, "band", [lo, hi], "drag on a chart")

    def drag_rectangle(self, chart: str, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Drag a rectangle across a map."""
        self._act(chart, "box", [*sorted(x), *sorted(y)], "drag on a chart")

    def fetch_chart(self, chart: str, what: str) -> bytes:
        """Fetch what the browser does for a chart: its "figure", or the "values" of a map for hovering."""
        told = json.loads(self.page.find("bidi_component", key=f"chart-{chart}").json)
        answer = self.cookies.get(f"{self.url}{told['address']}?{what}={told['figure']}", timeout=PATIENCE)
        assert answer.status_code == 200, f"the {what} of {chart} was not answered"
        return answer.content

    def click_in_picture(self, key: str, x: int, y: int, width: int, height: int) -> None:
        """Click in a picture that is shown so wide and high, all in the screen's pixels."""
        frame = self.page.find("component_instance", key=key)
        click = {"x": x, "y": y, "width": width, "height": height, "unix_time": time.time_ns() // 1_000_000}
        self._run("click in a picture", WidgetState(id=frame.id, json_value=json.dumps(click)))

    def paste_into_table(self, key: str, rows: dict[str, dict[str, float]]) -> None:
        """Paste numbers into a table of texts: by the number of the row, then by the column's name."""
        texts = {row: {column: repr(value) for column, value in cells.items()} for row, cells in rows.items()}
        edits = {"edited_rows": texts, "added_rows": [], "deleted_rows": []}
        table = self.page.find("dataframe", key=key)
        self._run("paste into a table", WidgetState(id=table.id, string_value=json.dumps(edits)))

    def upload(self, key: str, name: str, content: bytes) -> None:
        """Send a file to the address that the page tells, as its script does."""
        place = self.page.find("bidi_component", key=key)
        told = json.loads(place.json)
        answer = self.cookies.put(
            f"{self.url}{told['address']}/{quote(name)}",
            data=content,
            headers={told["header"]: told["ticket"]},
            timeout=PATIENCE,
        )
        assert answer.ok, f"the upload of {name} was answered with {answer.text}"
        sent = {"identifiers": [answer.json()["identifier"]], "name": name}
        self._trigger(key, "done", sent, "upload a file")

    def put_file(self, path: str, name: str, content: bytes) -> requests.Response:
        """Send a file to an address of the server, with this visitor's cookies and token."""
        return self.cookies.put(
            f"{self.url}{path}",
            files={"file": (name, content)},
            headers={XSRF_HEADER: self.cookies.cookies.get(XSRF_COOKIE, "")},
            timeout=PATIENCE,
        )

    def download(self, key: str) -> bytes:
        """Press a button that makes a file, which comes at once."""
        with self._timed("download a file"):
            answer = self.cookies.get(f"{self.url}{self.ask_for_file(key)}", timeout=PATIENCE)
        answer.raise_for_status()
        return answer.content

    def ask_for_file(self, key: str) -> str:
        """Return the address of a button that makes a file."""
        return str(self.page.find("link_button", key=key).url)

    def _act(self, chart: str, kind: str, values: list[float], what: str) -> None:
        self._trigger(f"chart-{chart}", kind, [[time.monotonic_ns() // 1000, *values]], what)

    def _trigger(self, key: str, event: str, value: Any, what: str) -> None:
        listener = self.page.find("bidi_component", key=key)
        trigger = f"$$STREAMLIT_INTERNAL_KEY_{listener.id}__events"
        sent = json.dumps([{"event": event, "value": value}])
        self._run(what, WidgetState(id=trigger, json_trigger_value=sent))

    # --- What was told

    def was_told(self, secret: str) -> bool:
        """Return whether any message, of all that this visitor has ever been sent, holds a text."""
        self._heard.flush()
        if not self._heard.tell():
            return False
        with mmap.mmap(self._heard.fileno(), 0, access=mmap.ACCESS_READ) as everything:
            return everything.find(secret.encode()) >= 0

    # --- The protocol

    def _run(self, what: str, *changed: WidgetState, page_name: str = "") -> None:
        """Request a run of the script and wait until it has finished."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = urlencode(self.address)
        rerun.page_script_hash, rerun.page_name = self._page_hash, page_name
        # A browser sends all widgets each time. The server compares them with those it knows, so the ones
        # that were not touched change nothing.
        rerun.widget_states.widgets.extend(changed)
        rerun.cached_message_hashes.extend(self._cached)
        rerun.context_info.url = f"{self.url}/{page_name}"
        with self._timed(what):
            self._send(message)
            self._until(self._has_finished)
        self.page.end()
        self._forget_old_messages()

    def _has_finished(self, told: ForwardMsg) -> bool | None:
        """Take a message; tell at the last one of a run that was not cut off for another run."""
        kind = told.WhichOneof("type")
        if kind == "new_session":
            self.page.begin()
            self.session_id = told.new_session.initialize.session_id
            self._cached_runs = told.new_session.config.max_cached_message_age
        elif kind == "navigation":
            self._page_hash = told.navigation.page_script_hash
            self._page_hashes = {page.page_name: page.page_script_hash for page in told.navigation.app_pages}
        elif kind == "page_info_changed":
            found = parse_qs(told.page_info_changed.query_string)
            self.address = {name: values[-1] for name, values in found.items()}
        elif kind == "delta":
            self.page.put(tuple(told.metadata.delta_path), told.delta)
        elif kind == "script_finished":
            assert told.script_finished != ForwardMsg.FINISHED_WITH_COMPILE_ERROR, "the app does not compile"
            return told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY or None
        return None

    def _until(self, found: Callable[[ForwardMsg], T | None]) -> T:
        """Take messages until one is what is waited for."""
        assert self._socket is not None, "nothing was visited yet"
        while True:
            data = self._socket.recv(timeout=PATIENCE, decode=False)
            self._heard.write(data)
            answer = found(self._from_cache(ForwardMsg.FromString(data)))
            if answer is not None:
                return answer

    def _answer(self, kind: str) -> Any:
        """Take messages until one is of a kind."""
        return self._until(lambda told: getattr(told, kind) if told.WhichOneof("type") == kind else None)

    def _from_cache(self, told: ForwardMsg) -> ForwardMsg:
        """Put in the message that is only referred to, and keep what may be referred to later."""
        if told.WhichOneof("type") == "ref_hash":
            _, known = self._cached[told.ref_hash]
            meant = ForwardMsg()
            meant.CopyFrom(known)
            meant.metadata.CopyFrom(told.metadata)
            self._cached[told.ref_hash] = self._runs, known
            return meant
        if told.metadata.cacheable:
            self._cached[told.hash] = self._runs, told
        return told

    def _forget_old_messages(self) -> None:
        self._runs += 1
        oldest = self._runs - self._cached_runs
        self._cached = {name: known for name, known in self._cached.items() if known[0] >= oldest}

    def _send(self, message: BackMsg) -> None:
        assert self._socket is not None, "nothing was visited yet"
        self._socket.send(message.SerializeToString())

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.times.append((what, time.perf_counter() - start))

    def _hang_up(self) -> None:
        self._open.close()
        self._socket = None


def connection(
    url: str, cookies: requests.Session, origin: str | None = None, host: str | None = None
) -> connect:
    """Return the app's websocket as a page of this origin opens it, by default one of the app's own.

    Parameters
    ----------
    url : str
    cookies : requests.Session
    origin : str, optional
    host : str, optional
        By which the page knows this computer, with a port.
    """
    kept, parts = cookies.cookies, urlsplit(url)
    url = f"http://{host or parts.netloc}"
    return connect(
        f"ws{url.removeprefix('http')}/_stcore/stream",
        address=(parts.hostname, parts.port),
        origin=origin or url,  # type: ignore[arg-type]
        # Streamlit takes the second one for the token.
        subprotocols=["streamlit", kept.get(XSRF_COOKIE, "none")],  # type: ignore[list-item]
        additional_headers={"Cookie": "; ".join(f"{each.name}={each.value}" for each in kept)},
        compression=None,
        max_size=None,
        open_timeout=PATIENCE,
        ping_interval=None,
        proxy=None,
    )
