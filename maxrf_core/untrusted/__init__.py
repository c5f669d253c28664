"""Checks of files from strangers."""
