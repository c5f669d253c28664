"""Atomic changes of any file; independent of XRF."""
