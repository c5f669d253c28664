"""The datastack: one object over an HDF5 or zarr file."""
