"""Pictures: reading, writing, resampling, tone and colour."""
