"""A small drawing with its ink map in counts and its photograph, whose transform is known."""

import cv2
import numpy as np

from maxrf_core.autoalign.pyramid import rescaling
from maxrf_core.autoalign.robust_fit import distances
from maxrf_core.transform.homography import Homography

FINE = 4  # pixels of the drawing to a map pixel
SHAPE = (150, 170)
NOWHERE = Homography(np.eye(3))  # photograph and map have the same pixels


def draw(seed: int = 1, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    """Draw strokes and spots of ink: (FINE height, FINE width) float32, 0 to 1."""
    rng = np.random.default_rng(seed)
    height, width = FINE * shape[0], FINE * shape[1]
    sheet = np.zeros((height, width), dtype=np.uint8)
    for _ in range(26):
        start = rng.uniform(0.05, 0.95, 2) * (width, height)
        line = start + np.cumsum(rng.normal(0, 26, (9, 2)), axis=0)
        cv2.polylines(
            sheet, [line.round().astype(np.int32)], False, 255, int(rng.integers(5, 12)), cv2.LINE_AA
        )
    for x, y in rng.uniform(0.05, 0.95, (9, 2)) * (width, height):
        cv2.circle(sheet, (int(x), int(y)), int(rng.integers(8, 26)), 200, -1, cv2.LINE_AA)
    return sheet.astype(np.float32) / 255


def count(drawing: np.ndarray, seed: int = 1) -> np.ndarray:
    """Return the ink counts of each map pixel: (height, width) int64."""
    shape = drawing.shape[1] // FINE, drawing.shape[0] // FINE
    ink = cv2.resize(drawing, shape, interpolation=cv2.INTER_AREA)
    return np.random.default_rng([seed, 1]).poisson(3 + 40 * ink)


def true_transform(scale: float = 1.7) -> tuple[Homography, tuple[int, int]]:
    """Return the transform from photograph to map, and the photograph's width and height."""
    turn = scale * np.array([[np.cos(0.03), -np.sin(0.03)], [np.sin(0.03), np.cos(0.03)]])
    onto = np.array([[*turn[0], 20], [*turn[1], 8], [4e-5, -3e-5, 1]])
    height, width = SHAPE
    return Homography(onto).inverse(), (round(scale * width + 24), round(scale * height + 24))


def photograph(
    drawing: np.ndarray, transform: Homography, size: tuple[int, int], seed: int = 1
) -> np.ndarray:
    """Return the photograph, dark ink on toned paper: (height, width, 3) uint8."""
    shape = drawing.shape[0] // FINE, drawing.shape[1] // FINE
    onto = transform.inverse() @ rescaling(drawing.shape, shape)
    ink = cv2.warpPerspective(cv2.GaussianBlur(drawing, (0, 0), 1), onto.matrix, size, flags=cv2.INTER_LINEAR)
    light = 0.85 + 0.1 * np.linspace(-1, 1, size[0])[None]
    seen = np.stack([(1 - tone * ink**0.7) * light for tone in (0.6, 0.7, 0.8)], axis=2)
    seen += 0.01 * np.random.default_rng([seed, 2]).normal(size=seen.shape)
    return (np.clip(seen, 0, 1) * 255).astype(np.uint8)


def scene(seed: int = 1) -> tuple[np.ndarray, np.ndarray, Homography]:
    """Return a photograph, a map, and the transform from photograph to map."""
    drawing = draw(seed)
    transform, size = true_transform()
    return photograph(drawing, transform, size, seed), count(drawing, seed), transform


def rough_clicks(
    transform: Homography, length: float, seed: int = 1, spread: float = 0.8
) -> tuple[np.ndarray, np.ndarray]:
    """Return four clicked points, each off by `length` map pixels; `spread` is relative to the map."""
    middle = np.array([SHAPE[1] - 1, SHAPE[0] - 1]) / 2
    right = middle + spread * middle * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    angle = np.random.default_rng([seed, 3]).uniform(0, 2 * np.pi, 4)
    return transform.inverse().apply(right), right + length * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def turned_photograph(
    photo: np.ndarray, truth: Homography, quarters: int, mirrored: bool
) -> tuple[np.ndarray, Homography]:
    """Turn a photograph counter-clockwise by quarters, after flipping it left to right or not."""
    if mirrored:
        truth = truth @ Homography(np.array([[-1, 0, photo.shape[1] - 1], [0, 1, 0], [0, 0, 1]])).inverse()
        photo = photo[:, ::-1]
    for _ in range(quarters):
        truth = truth @ Homography(np.array([[0, 1, 0], [-1, 0, photo.shape[1] - 1], [0, 0, 1]])).inverse()
        photo = np.rot90(photo)
    return np.ascontiguousarray(photo), truth


def bow(places: np.ndarray, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    """Return what a bowed panel adds to places of the map, (n, 2) to (n, 2): up to 4.5 map pixels."""
    x = (places[:, :1] - shape[1] / 2) / (shape[1] / 2)
    return np.hstack([0.5 * x**3, 4.5 * x**2])


def warped_photograph(photo: np.ndarray, truth: Homography, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    """Return the photograph of the drawing on a bowed panel."""
    rows, columns = photo.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=float), np.arange(rows, dtype=float))
    at = truth.apply(np.stack([x.ravel(), y.ravel()], axis=1))
    source = truth.inverse().apply(at + bow(at, shape)).astype(np.float32).reshape(rows, columns, 2)
    return cv2.remap(photo, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def in_warped_photograph(places: np.ndarray, truth: Homography) -> np.ndarray:
    """Return where places of the map lie in the photograph of the bowed panel: (n, 2)."""
    before = places
    for _ in range(20):
        before = places - bow(before)
    return truth.inverse().apply(before)


def errors(found: Homography, truth: Homography) -> np.ndarray:
    """Return the distances between two transforms over the map, in map pixels."""
    return distances(truth, found, SHAPE)
