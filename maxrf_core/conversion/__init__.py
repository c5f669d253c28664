"""Conversion of raw scans to datastacks, in bounded memory."""
