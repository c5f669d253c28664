"""Figures for reports: a view of a scan as a picture with its colour bars, scale bar and caption."""
