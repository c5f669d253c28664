"""The shape of the chunks in which cubes are written; see `docs/performance.md` for the measurements."""

CHUNK_SHAPE = (64, 64, 64)  # rows, columns, channels
