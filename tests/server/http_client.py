"""Requests to the server as a page's script sends them."""

import http.client
import json
from pathlib import Path
from urllib.parse import quote

from server import transfer_tickets
from server.visitor_cookie import owner_id

ANNA = owner_id("Anna")


def ask(port: int, method: str, address: str, body=None, **headers: str) -> tuple[int, dict | bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, address, body, sent)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    is_json = answer.headers.get("content-type") == "application/json"
    return answer.status, json.loads(content) if is_json else content


def put(port: int, name: str, content: bytes, owner: str = ANNA, **headers: str):
    return ask(
        port,
        "PUT",
        f"/uploads/{quote(name)}",
        content,
        X_Upload_Ticket=transfer_tickets.issue_upload(owner, ""),
        **headers,
    )


def is_empty(folder: Path) -> bool:
    return not any(path.is_file() for path in folder.rglob("*"))
