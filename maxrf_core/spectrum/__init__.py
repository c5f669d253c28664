"""Spectra: calibration, element lines and peaks."""
