"""Fixtures of the pages' tests, for widgets that are tested on the page that shows them."""

from tests.pages.conftest import data_folder, open_page

__all__ = ["data_folder", "open_page"]
