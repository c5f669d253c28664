"""The command line: python -m maxrf_core."""
