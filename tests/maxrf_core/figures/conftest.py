"""Fixtures for tests of figures."""

from tests.maxrf_core.figures.figure_scan import kept_scan, portrait

__all__ = ["kept_scan", "portrait"]
