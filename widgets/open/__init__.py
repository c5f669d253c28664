"""Choosing, uploading, converting, calibrating and rescuing scans."""
