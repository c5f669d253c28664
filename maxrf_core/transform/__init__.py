"""Geometry: coordinates, transforms between photograph and map, and warping."""
