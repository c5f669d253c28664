"""One bench: layers of maps and photographs over one another, pixels and spectra beside them."""
