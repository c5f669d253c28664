"""Spectra: calibration, element lines, peaks and their labels."""
