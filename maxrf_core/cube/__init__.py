"""Fast chunked reading of the cube: band maps, spectra and regions."""
