"""Charts: band maps and spectra."""

# Plotly asks whether pandas is imported, and fails on what another visitor's thread has imported half of
import pandas  # noqa: F401
