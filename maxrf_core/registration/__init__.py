"""Registration: pairs of points, their quality, point files and what is stored."""
