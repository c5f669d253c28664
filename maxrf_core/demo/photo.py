"""Synthetic photograph of the demo's drawing, with light, paper and colours, from an oblique angle."""

import cv2
import numpy as np

from maxrf_core.demo.scene import FINE, MARGIN, Scene

PIXELS_PER_MAP_PIXEL = 3.05
OVERSAMPLING = 2  # rendered pixels per photograph pixel along each side
TABLE = 0.055  # width of the table around the mount, relative to the photograph

# Visible colours of the materials: red, green, blue
MOUNT, PAPER = (0.57, 0.58, 0.55), (0.915, 0.855, 0.725)
STAINS = (  # layer, colour, opacity
    ("wash", (0.50, 0.36, 0.21), 0.75),
    ("azurite", (0.22, 0.41, 0.58), 0.92),
    ("orpiment", (0.93, 0.68, 0.16), 0.85),
    ("white", (0.97, 0.96, 0.92), 0.85),
    ("vermilion", (0.80, 0.22, 0.13), 0.95),
    ("ink", (0.19, 0.13, 0.09), 0.93),
    ("speckles", (0.42, 0.22, 0.10), 0.55),
)


def homography_of(height: int, width: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Return the homography from map to photograph, and the photograph's size.

    Parameters
    ----------
    height, width : int
        Of the map.

    Returns
    -------
    matrix : ndarray, shape (3, 3), float64
        From map pixels to the photograph's pixels, with centres at integers.
    size : tuple of int
        (width, height) of the photograph.

    Examples
    --------
    >>> matrix, size = homography_of(300, 280)
    >>> size[0] > 3 * 280 and size[1] > 3 * 300
    True
    """
    turn = np.radians(-4.2)
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    shear = np.array([[1.0, 0.045, 0], [0, 0.985, 0], [0, 0, 1]])
    size = max(height, width)
    tilt = np.array([[1, 0, 0], [0, 1, 0], [0.020 / size, -0.030 / size, 1]])
    centre = np.array([[1, 0, (1 - width) / 2], [0, 1, (1 - height) / 2], [0, 0, 1.0]])
    matrix = tilt @ np.diag([PIXELS_PER_MAP_PIXEL, PIXELS_PER_MAP_PIXEL, 1]) @ rotation @ shear @ centre
    left, top, right, bottom = -0.5 - MARGIN, -0.5 - MARGIN, width - 0.5 + MARGIN, height - 0.5 + MARGIN
    corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]])
    seen = cv2.perspectiveTransform(corners, matrix)[0]
    first, last = seen.min(axis=0), seen.max(axis=0)
    border = TABLE * (last - first).max()
    shift = np.eye(3)
    shift[:2, 2] = border - 0.5 - first
    photo_width, photo_height = (round(float(side)) for side in last - first + 2 * border)
    matrix = shift @ matrix
    return matrix / matrix[2, 2], (photo_width, photo_height)


def render_photo(scene: Scene) -> np.ndarray:
    """Render the photograph of a scene.

    Returns
    -------
    ndarray, shape (height, width, 3), uint8
        Red, green, blue.
    """
    matrix, (width, height) = homography_of(scene.height, scene.width)
    rng = np.random.default_rng([scene.seed, 3])
    fine_to_map = np.array(
        [[1 / FINE, 0, 0.5 / FINE - 0.5 - MARGIN], [0, 1 / FINE, 0.5 / FINE - 0.5 - MARGIN], [0, 0, 1]]
    )
    half = OVERSAMPLING / 2 - 0.5
    photo_to_camera = np.array([[OVERSAMPLING, 0, half], [0, OVERSAMPLING, half], [0, 0, 1.0]])
    path = photo_to_camera @ matrix @ fine_to_map
    size = (width * OVERSAMPLING, height * OVERSAMPLING)
    sheet = (_colours(scene, rng) * 255).astype(np.uint8)
    seen = cv2.warpPerspective(sheet, path, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.full(sheet.shape[:2], 255, np.uint8), path, size, flags=cv2.INTER_LINEAR)
    seen, cover = (cv2.resize(each, (width, height), interpolation=cv2.INTER_AREA) for each in (seen, cover))
    photo = 255 * _table((width, height), rng)
    photo *= 1 - cv2.GaussianBlur(np.roll(cover, (6, 5), axis=(0, 1)), (0, 0), 5)[:, :, None] / np.float32(
        500
    )
    photo += (cover / np.float32(255))[:, :, None] * (seen - photo)
    photo *= _light(width, height)[:, :, None]
    photo += 1.6 * rng.standard_normal(photo.shape, dtype=np.float32)  # the camera's noise
    return np.clip(np.rint(photo), 0, 255).astype(np.uint8)


def _colours(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Blend the layers in visible colours: fine pixels, float32, 0 to 1."""
    rows, columns = scene.layers["paper"].shape
    grain = _cloudy(rng, rows, columns, 5) * 0.010 + _cloudy(rng, rows, columns, 60) * 0.018
    mount = np.array(MOUNT, np.float32) + (0.8 * grain)[:, :, None]
    picture = np.array(PAPER, np.float32) + (grain + _laid_lines(rows, columns))[:, :, None]
    bare = scene.layers["paper"] < 255
    picture[bare] += (1 - scene.layers["paper"][bare] / np.float32(255))[:, None] * (mount - picture)[bare]
    for layer, colour, opacity in STAINS:
        stained = scene.layers[layer] > 0
        share = scene.layers[layer][stained] * np.float32(opacity / 255)
        picture[stained] += share[:, None] * (np.array(colour, np.float32) - picture[stained])
    return np.clip(picture, 0, 1)


def _cloudy(rng: np.random.Generator, rows: int, columns: int, size: float) -> np.ndarray:
    small = rng.normal(size=(max(2, int(rows / size)), max(2, int(columns / size)))).astype(np.float32)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_CUBIC))


def _laid_lines(rows: int, columns: int) -> np.ndarray:
    """Return the texture of laid paper: fine wire lines and widely spaced chain lines."""
    wires = 0.010 * np.sin(2 * np.pi * np.arange(rows, dtype=np.float32) / (1.9 * FINE))
    across = np.abs((np.arange(columns, dtype=np.float32) / FINE + 7) % 27 - 13.5)
    chains = -0.028 * np.exp(-((across / 0.45) ** 2))
    return np.asarray(wires[:, None] + chains[None, :], dtype=np.float32)


def _table(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a walnut table top: (rows, columns, 3) float32, 0 to 1."""
    columns, rows = size
    waves = (
        _cloudy(rng, rows, columns, max(size) / 5) * 1.4 + _cloudy(rng, rows, columns, max(size) / 14) * 0.25
    )
    depth = np.linspace(0, 26, rows, dtype=np.float32)[:, None]
    streaks = cv2.resize(rng.normal(size=(rows // 3, 6)).astype(np.float32), (columns, rows))
    tone = 0.5 + 0.22 * np.sin(depth + waves) + 0.10 * streaks
    dark, bright = np.array((0.17, 0.105, 0.07), np.float32), np.array((0.36, 0.235, 0.15), np.float32)
    return np.clip(dark + np.clip(tone, 0, 1)[:, :, None] * (bright - dark), 0, 1)


def _light(width: int, height: int) -> np.ndarray:
    """Return the illumination by a lamp from the upper left: (height, width) float32, about 1."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return np.asarray(1.03 - 0.075 * x - 0.055 * y - 0.05 * (x**2 + y**2))
