"""Charts: band maps and spectra."""
