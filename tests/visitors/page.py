"""Elements of a visitor's page, from Streamlit's messages, as a browser keeps them."""

import re
from typing import Any

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.Delta_pb2 import Delta

Path = tuple[int, ...]

# Of each kind of element, the field that holds what people read.
_TEXTS = {
    "alert": "body",
    "button": "label",
    "exception": "message",
    "heading": "body",
    "link_button": "label",
    "markdown": "body",
    "page_link": "label",
    "text": "body",
    "toast": "body",
}


class Page:
    """The elements on one page.

    Attributes
    ----------
    troubles : list of str
        All that was ever shown of what went wrong: errors, exceptions, and the toasts that say why something
        is not taken. Also what was soon replaced by something else.
    """

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self._run = 0
        self._elements: dict[Path, tuple[int, Any]] = {}

    def begin(self) -> None:
        """Note that the script begins anew; what it does not show again will go."""
        self._run += 1

    def end(self) -> None:
        """Take away what the last run has not shown."""
        self._elements = {path: found for path, found in self._elements.items() if found[0] == self._run}

    def put(self, path: Path, delta: Delta) -> None:
        """Put an element where a message says."""
        kind = delta.WhichOneof("type")
        if kind == "add_block":
            self._elements.pop(path, None)  # a block takes the place of an element
        if kind != "new_element":
            return
        below = len(path)
        self._elements = {
            other: found for other, found in self._elements.items() if other[:below] != path or other == path
        }
        self._elements[path] = self._run, delta.new_element
        self._note_trouble(delta.new_element)

    def all(self, kind: str) -> list[Any]:
        """Return all elements of a kind, such as "number_input", from top to bottom."""
        return [
            getattr(element, kind)
            for _, (_, element) in sorted(self._elements.items())
            if element.WhichOneof("type") == kind
        ]

    def has(self, kind: str, *, key: str | None = None, label: str | None = None) -> bool:
        """Return whether there is exactly one element as in `find`."""
        return len(self._matching(kind, key, label)) == 1

    def find(self, kind: str, *, key: str | None = None, label: str | None = None) -> Any:
        """Return the one element of a kind that has this key or label.

        Raises
        ------
        AssertionError
            Where there is none, or are several.
        """
        found = self._matching(kind, key, label)
        if len(found) != 1:
            raise AssertionError(
                f"there are {len(found)} of the kind {kind} with {key or label!r} on a page that reads:\n"
                f"{self.texts()}"
            )
        return found[0]

    def texts(self) -> str:
        """Return all sentences, from top to bottom."""
        return "\n".join(
            getattr(getattr(element, kind), _TEXTS[kind])
            for _, (_, element) in sorted(self._elements.items())
            if (kind := element.WhichOneof("type")) in _TEXTS
        )

    def _matching(self, kind: str, key: str | None, label: str | None) -> list[Any]:
        return [
            element
            for element in self.all(kind)
            if (key is None or _has_key(element.id, key)) and (label is None or element.label == label)
        ]

    def _note_trouble(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.troubles.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "toast" or (kind == "alert" and element.alert.format == Alert.ERROR):
            self.troubles.append(getattr(element, kind).body)


def _has_key(element_id: str, key: str) -> bool:
    """Compare a key with that in a widget's identifier, ``$$ID-hash-key``, or ``…-key/2``."""
    return re.fullmatch(rf"{re.escape(key)}(/\d+)?", element_id.split("-", 2)[-1]) is not None
