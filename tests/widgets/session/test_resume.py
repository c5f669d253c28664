"""What a visitor has set or drawn is offered again after a reload, a closed window or a killed server."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.patches.patch import Patch, are_same_patches
from server.settings import saved_work
from tests.pages.conftest import APP, Open, choice_of, go_to, set_demo_points, texts
from widgets.session.choice import Help

PAGE_KEYS = ("visitor-secret",)


def come_back(before: AppTest, page: str) -> AppTest:
    """Open a page in a new session of the same visitor, as a reload does."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["stack"] = "demo.datastack"
    for key in PAGE_KEYS:
        if key in before.session_state:
            app.session_state[key] = before.session_state[key]
    app.run()
    go_to(app, page)
    assert not app.exception
    return app


def is_offered(app: AppTest) -> bool:
    return "go-on-yes" in [button.key for button in app.button]


@pytest.fixture
def stopped(open_page: Open, data_folder: Path) -> AppTest:
    """A visitor who has set four pairs and drawn a rectangle."""
    app = open_page("register")
    set_demo_points(app, data_folder)
    now = choice_of(app)
    now.regions.append((10, 20, 30, 40))
    now.model = "affine"
    app.run()
    assert not app.exception
    return app


def test_points_and_rectangles_come_back_with_one_click(stopped: AppTest):
    before = choice_of(stopped)
    app = come_back(stopped, "register")
    assert is_offered(app)
    assert "4 pairs of points with demo\\_photo\\.png" in texts(app)
    app.button(key="go-on-yes").click().run()
    assert not app.exception
    now = choice_of(app)
    assert (now.pairs.src, now.pairs.dst) == (before.pairs.src, before.pairs.dst)
    assert now.regions == [(10, 20, 30, 40)]
    assert (now.photo, now.model) == (before.photo, "affine")
    assert not is_offered(app)
    assert "How it fits" in texts(app)


@pytest.mark.parametrize("is_changed", [False, True])
def test_what_the_program_found_counts_only_for_the_points_that_it_found(stopped: AppTest, is_changed: bool):
    now = choice_of(stopped)
    now.help = Help("refined", "The points were refined.", True, now.pairs.all_points(), {"refined": {}})
    if is_changed:
        now.pairs.move("dst", 0, (11.0, 12.0))
    stopped.run()
    app = come_back(stopped, "spectra")
    app.button(key="go-on-yes").click().run()
    assert (choice_of(app).valid_help() is None) is is_changed


def test_patches_that_were_not_kept_in_the_scan_come_back_exactly(open_page: Open):
    app = open_page("spectra")
    shape = (90, 60)
    drawn = Patch.polygon([(3.2, 4.1), (50.7, 8), (20, 70.9)], shape, "wing", "#e69f00")
    scattered = Patch("like Fe", "#56b4e9", np.random.default_rng(15).random(shape) < 0.3)
    now = choice_of(app)
    now.patches, now.kept_patches = (drawn, scattered), ()
    app.run()
    again = come_back(app, "spectra")
    assert "2 patches, not all kept in the scan" in texts(again)
    again.button(key="go-on-yes").click().run()
    assert not again.exception
    back = choice_of(again).patches
    assert are_same_patches(back, (drawn, scattered))
    assert np.array_equal(back[0].drawn[0], drawn.drawn[0])
    assert choice_of(again).has_unkept_patches

    choice_of(again).kept_patches = back  # now the scan holds them, and nothing is left to go on with
    again.run()
    assert not is_offered(again)
    assert not is_offered(come_back(again, "spectra"))


def test_new_work_does_not_write_over_what_was_not_taken_up(stopped: AppTest, data_folder: Path):
    points = choice_of(stopped).pairs.src
    app = come_back(stopped, "spectra")
    choice_of(app).pixels.append((5, 6))
    app.run()
    assert not is_offered(app)  # something new has begun
    folder = data_folder / ".work"
    kept = [path.read_text() for path in folder.glob("*/*/*.json")]
    assert len(kept) == 2
    assert any(str(points[0][0]) in text for text in kept)


def test_work_that_is_not_wanted_is_forgotten(stopped: AppTest):
    app = come_back(stopped, "register")
    app.button(key="go-on-no").click().run()
    assert not is_offered(app)
    assert not is_offered(come_back(stopped, "register"))


def test_the_work_of_one_visitor_is_not_offered_to_another(stopped: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("widgets.session.resume.owner", lambda: "somebody else")
    assert not is_offered(come_back(stopped, "register"))


def test_the_work_of_one_scan_is_not_offered_with_another(stopped: AppTest, data_folder: Path):
    (data_folder / "other.datastack").write_bytes((data_folder / "demo.datastack").read_bytes())
    now = choice_of(stopped)
    now.open("other.datastack")
    stopped.run()
    assert not is_offered(stopped)
    now.open("demo.datastack")
    stopped.run()
    assert is_offered(stopped)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pixels": 3}', '{"src": [[1, 2]]}'])
def test_a_saved_file_that_cannot_be_read_is_passed_over(stopped: AppTest, data_folder: Path, content: str):
    [path] = (data_folder / ".work").glob("*/*/*.json")
    path.write_text(content)
    assert not is_offered(come_back(stopped, "register"))


def test_a_disk_that_refuses_is_told_once_and_stops_nothing(open_page: Open, data_folder: Path):
    (data_folder / ".work").write_text("no folder")
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    assert not app.exception
    assert "cannot be saved" in app.toast[0].value


def test_saved_work_is_removed_after_its_time(stopped: AppTest):
    saved = saved_work()
    [path] = saved.folder.glob("*/*/*.json")
    saved.remove_expired(hours=1.0, now=path.stat().st_mtime + 3500)
    assert path.exists()
    saved.remove_expired(hours=1.0, now=path.stat().st_mtime + 3700)
    assert list(saved.folder.glob("*")) == []
