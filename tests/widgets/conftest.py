"""Fixtures of the pages' tests, for widgets that are tested on the page that shows them."""

from tests.pages.conftest import data_folder, ds, open_page, registered_demo

__all__ = ["data_folder", "ds", "open_page", "registered_demo"]
