"""The first page says what the app is and leads to each way to open a scan."""

import pytest

from tests.pages.conftest import Open, texts


def test_the_first_page_says_what_the_app_is_and_links_the_guide(open_page: Open):
    app = open_page("open", stack=None)
    assert any("shows where the chemical elements are" in text.value for text in app.markdown)
    assert any(link.proto.page == "guide" for link in app.get("page_link"))


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("choose", "Demo: a drawing in iron ink"),
        ("upload", "A .datastack file, made by this program or by maxrf4u"),
        ("convert", "The files of one scan:"),
        ("energies", "No scan is open yet."),
    ],
)
def test_each_task_is_offered_and_shown(open_page: Open, task: str, words: str):
    app = open_page("open", stack=None)
    app.segmented_control(key="open-task").set_value(task).run()
    assert not app.exception
    assert words in texts(app).replace("\\", "")
