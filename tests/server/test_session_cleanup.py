"""What a session held is released after its page was closed."""

import time
from contextlib import ExitStack
from pathlib import Path

from tests.browser.app_server import AppServer
from tests.visitors.session import Visitor


def test_what_a_session_held_is_released_at_its_end(tmp_path: Path):
    (tmp_path / "data").mkdir()
    environment = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1", "MAXRF_READ_ONLY": "1"}
    with AppServer(tmp_path / "data", environment=environment) as server:

        def held() -> int:
            return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))

        def let_in(count: int) -> None:
            with ExitStack() as visitors:
                for _ in range(count):
                    visitors.enter_context(Visitor(server.url)).visit()

        let_in(1)
        before = held()
        let_in(10)
        deadline = time.monotonic() + 60
        while held() > before + 3:  # the last ones to leave may have a connection open
            assert time.monotonic() < deadline, f"{held()} file descriptors, {before} before"
