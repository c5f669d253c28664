"""Showing what a datastack holds."""
