"""Element maps with known means: counting noise, and pixels that scatter and are like their neighbours."""

import numpy as np
from scipy.ndimage import gaussian_filter

from maxrf_core.elements.maps import ElementMaps
from maxrf_core.elements.references import References

GROUND = 20.0  # counts under each line


def maps_of(names: tuple[str, ...], net: np.ndarray, sigma: np.ndarray) -> ElementMaps:
    zero = np.zeros(net.shape[1:], np.float32)
    return ElementMaps(
        names, net.astype(np.float32), sigma.astype(np.float32), zero + 1, References(zero, zero, zero, zero)
    )


def drawn_maps(
    names: tuple[str, ...], mean: np.ndarray, rng, scatter: float = 0.0, reach: float = 0.0
) -> ElementMaps:
    """Draw maps: `mean` (families, height, width), a relative scatter, and how far pixels are alike."""
    real = np.ones(mean.shape)
    if scatter:
        noise = rng.normal(size=(mean.shape[0], mean.shape[1] + 40, mean.shape[2] + 40))
        if reach:
            noise = gaussian_filter(noise, (0, reach, reach))
            noise /= noise.std(axis=(1, 2), keepdims=True)
        real = np.clip(1 + scatter * noise[:, 20:-20, 20:-20], 0, None)
    counts = rng.poisson(mean * real + GROUND)
    return maps_of(names, counts - GROUND, np.sqrt(np.maximum(counts, 1)))
