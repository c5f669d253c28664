"""Patches: named regions of a scan, what they hold, and which pixels belong together."""
