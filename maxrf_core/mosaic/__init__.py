"""Several scans of one painting on one photograph: their overlaps, and a mosaic of their maps."""
