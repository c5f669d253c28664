"""Every text on screen can be translated, and the catalogue holds all of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.messages import CATALOGUE, collected
from tools.messages import KEYWORDS as KEYWORDS_OF_CATALOGUE

PROJECT = Path(__file__).resolve().parents[2]

# Two words or more are a text; strftime writes months and weekdays in English only.
WORD = re.compile(r"[^\W\d_]{2,}[.,:;…!?]*")
ENGLISH_DATE = re.compile(r"%[ABab]")
FOR_PROGRAMMERS = {"RuntimeError", "ValueError"}
# What shows its first argument, or one of these keywords, to the visitor.
SHOWING = {
    "Page", "badge", "begin_page", "button", "caption", "checkbox", "download_button", "error",
    "expander", "file_uploader", "header", "info", "link_button", "markdown", "metric",
    "multiselect", "number_input", "offer_file", "page_link", "pills", "popover", "progress", "radio",
    "segmented_control", "select_slider", "selectbox", "slider", "spinner", "subheader", "success",
    "text_area", "text_input", "title", "toast", "toggle", "warning", "write",
}  # fmt: skip
KEYWORDS = {
    "help",
    "label",
    "placeholder",
    "caption",
    "alt",
    "title",
    "body",
    "text",
    "y_title",
    "x_title",
    "show_spinner",
}
PLAIN = {"maxrf4all"}  # names, which are the same in every language
# Parts of what is computed, the names of a purpose and of a variable.
NOT_SHOWN = {"signed in: ", "private link", "checks of uploads"}
FOR_THE_OPERATOR = {"debug", "info", "warning", "error", "exception"}  # methods of a logger, in English
TO_BROWSERS = {"assets.py", "security_headers.py"}  # scripts and headers, which no person reads


# In maxrf_core, what it catches itself or what tells of a wrong call; and which argument else is for people.
CAUGHT = {
    "ArgumentTypeError",
    "AttributeError",
    "IndexError",
    "OSError",
    "TypeError",
    "UnidentifiedImageError",
}
SAYING = {"refusal": 1, "report": 1, "progress": 1}


def is_unmarked(node: ast.expr) -> bool:
    """Return True if an expression is a text with words that no marker stands around."""
    if isinstance(node, ast.Constant):
        texts = [node.value] if isinstance(node.value, str) else []
    elif isinstance(node, ast.JoinedStr):
        texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
    elif isinstance(node, ast.BinOp):
        return is_unmarked(node.left) or is_unmarked(node.right)
    elif isinstance(node, ast.IfExp):
        return is_unmarked(node.body) or is_unmarked(node.orelse)
    else:
        return False
    plain = " ".join(texts)
    return plain not in PLAIN and any(word.isalpha() and len(word) > 1 for word in plain.split())


def unmarked(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        shown = node.args[:1] if name in SHOWING else []
        shown = shown + [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS]
        if name.endswith("Error") and name not in FOR_PROGRAMMERS:
            shown = shown + node.args[:1]
        for each in shown:
            if is_unmarked(each) and not (name == "Page" and each in node.args):
                yield f"{path}:{each.lineno}"


def texts_without_marker(path: Path) -> Iterator[str]:
    """Yield the place of each text that is handed on unmarked, to whatever shows it in the end."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            is_log = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "log"
            if name in {*KEYWORDS_OF_CATALOGUE, *FOR_PROGRAMMERS} or (is_log and name in FOR_THE_OPERATOR):
                allowed |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) in allowed or node.value in NOT_SHOWN:
                continue
            text = re.sub(r"<style>.*</style>|<[^>]*>|^\n\..*", "", node.value, flags=re.DOTALL)  # HTML, CSS
            words = [word for word in text.split() if WORD.fullmatch(word)]
            if len(words) > 1 or ENGLISH_DATE.search(text):
                yield f"{path}:{node.lineno}"


ROOMS = ["pages", *sorted(f"widgets/{each.parent.name}" for each in PROJECT.glob("widgets/*/__init__.py"))]


@pytest.mark.parametrize("folder", ROOMS)
def test_every_text_on_screen_is_marked(folder: str):
    paths = sorted((PROJECT / folder).glob("*.py"))
    assert [line for path in paths for find in (unmarked, texts_without_marker) for line in find(path)] == []


def test_every_answer_of_the_server_is_marked():
    paths = [path for path in sorted((PROJECT / "server").glob("*.py")) if path.name not in TO_BROWSERS]
    finders = (unmarked_in_core, texts_without_marker)
    assert [line for path in paths for find in finders for line in find(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        'f"{day:%d %B %Y}"',
        'day.strftime("%A")',
        'draw_map("key", picture, "Looks like iron")',
        '@st.cache_data(show_spinner="Reading")\ndef f(): ...',
        'NAMES = {"one": "Only one band"}',
        'st.subheader("Whole")',
        'return PlainTextResponse("This link is too old.", 404)',
    ],
)
def test_an_unmarked_text_is_found_wherever_it_is_handed_on(tmp_path: Path, line: str):
    source = tmp_path / "page.py"
    source.write_text(line)
    assert [*unmarked(source), *texts_without_marker(source)]


def test_the_catalogue_is_up_to_date():
    assert CATALOGUE.read_text(encoding="utf-8") == collected(), "run: make messages"


def unmarked_in_core(path: Path) -> Iterator[str]:
    """Yield the place of each sentence of an error or of progress in maxrf_core that is not marked."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        is_error = name.endswith("Error") and name not in FOR_PROGRAMMERS | CAUGHT
        place = SAYING.get(name, 0 if is_error else len(node.args))
        for each in node.args[place : place + 1]:
            if is_unmarked(each):
                yield f"{path}:{each.lineno}"


@pytest.mark.parametrize(
    "room", ["", *sorted(each.parent.name for each in PROJECT.glob("maxrf_core/*/__init__.py"))]
)
def test_every_error_and_progress_of_the_core_is_marked(room: str):
    paths = sorted((PROJECT / "maxrf_core" / room).glob("*.py"))
    assert [line for path in paths for line in unmarked_in_core(path)] == []


def test_an_unmarked_error_of_the_core_is_found(tmp_path: Path):
    source = tmp_path / "module.py"
    source.write_text('raise ScanError(f"{name} is empty.")')
    assert [*unmarked_in_core(source)]
    source.write_text('raise ScanError(_("{name} is empty.").format(name=name))')
    assert not [*unmarked_in_core(source)]


@pytest.mark.parametrize("layer", ["pages", "widgets", "server", "maxrf_core"])
def test_no_function_that_translates_uses_the_name_for_something_else(layer: str):
    """`_` is the translation there; a value that is not needed is called `_name`."""
    wrong = []
    for path in sorted((PROJECT / layer).rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, (ast.FunctionDef, ast.Lambda)):
                names = [name for name in ast.walk(function) if isinstance(name, ast.Name) and name.id == "_"]
                if len({type(name.ctx) for name in names}) > 1:
                    wrong.append(f"{path.relative_to(PROJECT)}:{function.lineno}")
    assert not wrong
