"""Registering a photograph: points, fit and saving."""
