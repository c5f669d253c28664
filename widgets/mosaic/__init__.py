"""Joining several scans of one painting."""
