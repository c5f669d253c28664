"""Edges of a picture, independent of its colours and contrast.

What is dark in a photograph may be bright on an element map, or missing; but a line or the border of an area
that both show is at the same position. So pictures of different kinds are compared by the strength and the
direction of their edges, without regard to which side is brighter.
"""

import cv2
import numpy as np

CLIP_PERCENTILES = (0.5, 99.7)  # values beyond are clipped: single spots would dominate
MIN_NOISE = 0.005  # of the range of values
LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)


def normalise_noise(picture: np.ndarray, counts: bool = False) -> np.ndarray:
    """Scale each channel of a picture to units of its noise.

    Channels with little signal then have little weight beside the others. The noise is
    estimated as the median absolute response to a Laplacian that no plane and no straight edge excites
    (Immerkær 1996, Comput. Vis. Image Underst. 64, 300).

    Parameters
    ----------
    picture : ndarray, (height, width, channels)
        Real numbers; non-finite values are replaced by the channel's median.
    counts : bool
        Whether the values are counts, whose noise grows with their root: the root is taken first.

    Returns
    -------
    ndarray, (height, width, channels), float32
        Each channel from 0, in units of its noise.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(5, 2, (80, 80, 1))
    >>> f"{normalise_noise(noise).std():.1f}", f"{normalise_noise(noise * 1000).std():.1f}"
    ('1.0', '1.0')
    """
    return np.dstack(
        [_normalise_channel(picture[:, :, channel], counts) for channel in range(picture.shape[2])]
    )


def edges(picture: np.ndarray, blur: float) -> np.ndarray:
    """Compute the edges of a picture from all its channels together.

    The products of the channels' gradients are summed over the channels (Di Zenzo 1986, Comput. Vision Graph.
    Image Process. 33, 116), so an edge in any channel counts. The direction is given by twice its angle,
    which is the same from dark to bright as from bright to dark.

    Parameters
    ----------
    picture : ndarray, (height, width, channels), float32
    blur : float
        Sigma in pixels of the Gaussian that smooths the picture before.

    Returns
    -------
    ndarray, (height, width, 3), float32
        The strength s, and s·cos 2α, s·sin 2α, α being the gradient's angle.

    Examples
    --------
    >>> step = np.zeros((9, 9, 1), dtype=np.float32)
    >>> step[:, 5:] = 1
    >>> bool(np.allclose(edges(step, 1.0), edges(1 - step, 1.0), atol=1e-5))
    True
    """
    xx, yy, xy = (np.zeros(picture.shape[:2], dtype=np.float32) for _ in range(3))
    for channel in range(picture.shape[2]):
        smooth = cv2.GaussianBlur(picture[:, :, channel], (0, 0), blur)
        x, y = cv2.Scharr(smooth, cv2.CV_32F, 1, 0), cv2.Scharr(smooth, cv2.CV_32F, 0, 1)
        xx += x * x
        yy += y * y
        xy += x * y
    strength = np.sqrt(xx + yy)
    divisor = np.maximum(strength, np.float32(1e-12))
    return np.dstack([strength, (xx - yy) / divisor, 2 * xy / divisor])


def _normalise_channel(channel: np.ndarray, counts: bool) -> np.ndarray:
    values = channel.astype(np.float32)
    finite = np.isfinite(values)
    if not finite.all():
        values[~finite] = np.median(values[finite]) if finite.any() else 0
    lowest, highest = np.percentile(values, CLIP_PERCENTILES)
    if highest <= lowest:  # almost all values are equal: the few others are the signal
        lowest, highest = values.min(), values.max()
    values = np.clip(values, lowest, highest).astype(np.float32) - np.float32(lowest)
    if counts:
        values = np.sqrt(values + np.float32(0.02) * values.max())
    span = float(values.max()) or 1.0
    response = np.abs(cv2.filter2D(values, -1, LAPLACIAN))
    noise = float(np.median(response)) / 0.6745 / 6  # 6 is the root of the Laplacian's sum of squares
    return values / np.float32(max(noise, MIN_NOISE * span))
