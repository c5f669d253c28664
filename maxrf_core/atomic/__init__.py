"""Changes of any file that happen wholly or not at all; knows nothing of XRF."""
