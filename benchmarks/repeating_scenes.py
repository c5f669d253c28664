"""Scenes in which something repeats, or in which only a mask or a frame agrees.

Photographs and maps made from one sheet whose true transform is known: weaves, chessboards, tiles, wallpaper,
printed text, masks, mirrored sheets and frames, with anything from no unique mark to many. Where the
photograph shows more of a repeated pattern than the map, nothing tells one repeat from the next, and being
sure is wrong. Where a border or enough marks settle the place, being sure of it is right, and not being sure
costs an answer.
"""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from benchmarks.scenes import Maker, Scene, camera, clouds, exposed, look, turned
from maxrf_core.autoalign.pyramid import rescaling, translation
from maxrf_core.imaging.resample import area_average
from maxrf_core.transform.homography import Homography

SHAPE = (230, 260)  # height and width of the maps
FINE = 3  # pixels of the sheet to a map pixel
AROUND = 70  # map pixels by which a photograph shows more of a pattern than the map
MASKED = 0.42  # radius of a round mask and half the side of a square one, over the map's shorter side
APART = (24.0, -17.0)  # map pixels by which a mask shared by unrelated pictures is off its place

Pattern = Callable[[np.random.Generator, int, int], np.ndarray]  # height and width in map pixels; ink, 0 to 1


def repeating_scenes() -> dict[str, Maker]:
    """Return, by name, the makers of scenes that repeat or share a mask; their argument is a seed."""
    found: dict[str, Maker] = {}
    patterns: dict[str, Pattern] = {
        "plain weave": partial(weave, over=1), "twill": partial(weave, over=2),
        "herringbone": partial(weave, over=2, turns_after=8), "chessboard": chessboard, "tiles": tiles,
        "wallpaper": wallpaper, "repeated lines of text": partial(text, repeated=True),
    }  # fmt: skip
    for name, pattern in patterns.items():
        found[f"{name}, part of it"] = partial(_scene, pattern, AROUND, 0)
        found[f"{name}, with its border"] = partial(_scene, pattern, 0, 0)
        found[f"{name}, few marks"] = partial(_scene, pattern, AROUND, 4)
        found[f"{name}, many marks"] = partial(_scene, pattern, AROUND, 40)
    found |= {
        "uneven weave": partial(_scene, partial(weave, over=1, uneven=0.9), AROUND, 0, unique=True),
        "printed text": partial(_scene, text, AROUND, 0, unique=True),
        "mirrored sheet": partial(_mirrored, 0),
        "mirrored sheet, few marks": partial(_mirrored, 5),
        "mirrored sheet, many marks": partial(_mirrored, 30),
        "photograph mirrored": lambda seed: turned(_scene(marks, 0, 0, seed, unique=True), 0, True),
        "frame, unrelated within": partial(_framed, related=False),
        "frame, related within": partial(_framed, related=True),
    }
    for mask in ("round", "square"):
        found[f"{mask} mask, unrelated"] = partial(_masked, mask, related=False)
        found[f"{mask} mask, related"] = partial(_masked, mask, related=True)
    return found


def weave(
    rng: np.random.Generator,
    height: int,
    width: int,
    *,
    over: int,
    turns_after: int = 0,
    uneven: float = 0.0,
) -> np.ndarray:
    """Draw a weave seen from the front: each thread passes over so many others, then under as many.

    Parameters
    ----------
    rng : numpy.random.Generator
    height, width : int
        In map pixels.
    over : int
        1 is a plain weave, more a twill.
    turns_after : int
        Threads after which a twill changes its direction (herringbone); 0 for never.
    uneven : float
        Scatter of the threads' positions, in map pixels.

    Returns
    -------
    ndarray, (FINE height, FINE width), float32
        0 to 1.
    """
    thread = int(rng.integers(9, 16)) / 2  # so that the repeat is a whole number of map pixels
    along = [_threads(rng, length, thread, uneven) for length in (height, width)]
    row, column = along[0][:, None], along[1][None]
    i, j = np.floor(row).astype(int), np.floor(column).astype(int)
    if turns_after:
        j = np.where(j // turns_after % 2 == 0, j, -j - 1)
    is_warp = (i + j) % (2 * over) < over
    across = np.where(is_warp, column % 1, row % 1)
    level = np.where(is_warp, 0.95, 0.6)
    return (level * np.sin(np.pi * across) ** 0.7).astype(np.float32)


def chessboard(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Draw squares, dark and light by turns: (FINE height, FINE width) float32, 0 to 1."""
    side = int(rng.integers(14, 30))
    row, column = (np.arange(FINE * length) / FINE // side for length in (height, width))
    return ((row[:, None] + column[None]) % 2 * 0.85).astype(np.float32)


def tiles(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Draw tiles in a bond with joints between them: (FINE height, FINE width) float32, 0 to 1."""
    tile_height, tile_width = int(rng.integers(16, 26)), 2 * int(rng.integers(15, 22))
    row, column = (np.arange(FINE * length) / FINE for length in (height, width))
    course = row // tile_height
    within = (column[None] + (course[:, None] % 2) * tile_width / 2) % tile_width
    joint = (row[:, None] % tile_height < 3) | (within < 3)
    return np.where(joint, 0.1, 0.8).astype(np.float32)


def wallpaper(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Draw one motif again and again, every second column half a step lower: float32, 0 to 1."""
    step_y, step_x = (2 * int(rng.integers(lowest, lowest + 12)) for lowest in (17, 15))
    motif = marks(rng, step_y, step_x, count=7, size=9)
    column = np.vstack([motif] * (height // step_y + 3))
    lower = np.roll(column, FINE * step_y // 2, axis=0)
    pair = np.hstack([column, lower])
    sheet = np.hstack([pair] * (width // (2 * step_x) + 2))
    return sheet[: FINE * height, : FINE * width]


def text(rng: np.random.Generator, height: int, width: int, *, repeated: bool = False) -> np.ndarray:
    """Draw lines of printed text, all different or all the same: float32, 0 to 1."""
    sheet = np.zeros((FINE * height, FINE * width), dtype=np.uint8)
    step = FINE * int(rng.integers(15, 20))
    words = "".join(rng.choice(list("abcdefghiklmnoprstuvw    "), 400))
    for number, bottom in enumerate(range(step, FINE * height + step, step)):
        line = words if repeated else words[7 * number :] + words[: 7 * number]
        cv2.putText(sheet, line, (-20, bottom), cv2.FONT_HERSHEY_COMPLEX, 0.035 * step, 255, 2, cv2.LINE_AA)
    return sheet.astype(np.float32) / 255


def marks(
    rng: np.random.Generator, height: int, width: int, *, count: int = 26, size: float = 12
) -> np.ndarray:
    """Draw strokes and spots at random: (FINE height, FINE width) float32, 0 to 1.

    Parameters
    ----------
    rng : numpy.random.Generator
    height, width : int
        In map pixels.
    count : int
        Number of strokes; and a third as many spots.
    size : float
        About the length of a stroke, in map pixels.
    """
    sheet = np.zeros((FINE * height, FINE * width), dtype=np.uint8)
    for _stroke in range(count):
        start = rng.uniform(0.05, 0.95, 2) * (FINE * width, FINE * height)
        line = start + np.cumsum(rng.normal(0, FINE * size / 3, (9, 2)), axis=0)
        thick = int(rng.integers(4, 9))
        cv2.polylines(sheet, [line.round().astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    for x, y in rng.uniform(0.05, 0.95, (count // 3, 2)) * (FINE * width, FINE * height):
        cv2.circle(sheet, (int(x), int(y)), int(rng.integers(4, 15)), 200, -1, cv2.LINE_AA)
    return sheet.astype(np.float32) / 255


def _scene(pattern: Pattern, around: int, count: int, seed: int, *, unique: bool | None = None) -> Scene:
    """Draw a pattern with so many marks on it; the photograph shows it `around` pixels beyond the map."""
    rng = np.random.default_rng([seed, 11])
    height, width = (length + 2 * around for length in SHAPE)
    ink = pattern(rng, height, width)
    if count:
        inside = marks(rng, *SHAPE, count=count)
        beyond = np.pad(inside, FINE * around)
        ink = np.clip(ink * (1 - beyond) + np.where(beyond > 0, 1 - 0.9 * ink.round(), 0) * beyond, 0, 1)
    settled = count > 0 or around == 0
    return _seen(rng, ink, ink, around, settled if unique is None else unique)


def _mirrored(count: int, seed: int) -> Scene:
    """Draw a sheet whose right half mirrors its left one, with so many marks that are not mirrored."""
    rng = np.random.default_rng([seed, 12])
    half = marks(rng, SHAPE[0], SHAPE[1] // 2, count=30)
    ink = np.hstack([half, half[:, ::-1]])
    if count:
        ink = np.maximum(ink, 0.9 * marks(rng, *SHAPE, count=count))
    return _seen(rng, ink, ink, 0, count > 0)


def _framed(seed: int, *, related: bool) -> Scene:
    """Draw the same frame around two pictures."""
    rng = np.random.default_rng([seed, 13])
    height, width = SHAPE
    frame = np.zeros((FINE * height, FINE * width), dtype=np.float32)
    for inset, tone in ((4, 0.8), (12, 0.3), (16, 0.9), (22, 0.0)):
        frame[FINE * inset : -FINE * inset, FINE * inset : -FINE * inset] = tone
    first, other = (0.8 * marks(rng, *SHAPE, count=30) for _picture in range(2))
    within = np.zeros_like(frame)
    within[FINE * 23 : -FINE * 23, FINE * 23 : -FINE * 23] = 1
    seen, measured = frame + within * first, frame + within * (first if related else other)
    return _seen(rng, seen, measured, 0, related)


def _masked(mask: str, seed: int, *, related: bool) -> Scene:
    """Cut two pictures out by the same mask, and leave nothing beside it."""
    rng = np.random.default_rng([seed, 14])
    first, other = (np.clip(0.15 + marks(rng, *SHAPE, count=30), 0, 1) for _picture in range(2))
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float64)
    y, x = y - (SHAPE[0] - 1) / 2, x - (SHAPE[1] - 1) / 2
    distance = np.hypot(x, y) if mask == "round" else np.maximum(abs(x), abs(y))
    inside = distance < MASKED * min(SHAPE)
    scene = _seen(rng, first, first if related else other, 0, related)
    measured = np.where(inside, scene.maps[0], 0).astype(np.float32)
    corners = scene.truth.inverse().matrix
    size = scene.photo.shape[1::-1]
    shown = cv2.warpPerspective(inside.astype(np.uint8), corners, size, flags=cv2.INTER_NEAREST) > 0
    photo = np.where(shown[:, :, None], scene.photo, 0).astype(np.uint8)
    truth = scene.truth if related else translation(*APART) @ scene.truth
    return Scene(photo, [measured], truth, related)


def _seen(
    rng: np.random.Generator, seen: np.ndarray, measured: np.ndarray, around: int, unique: bool
) -> Scene:
    """Photograph one sheet and measure the same or another one, of `around` map pixels more on each side."""
    shape = SHAPE[0] + 2 * around, SHAPE[1] + 2 * around
    counts = rng.poisson(3 + 30 * area_average(measured.astype(np.float32), shape[1], shape[0]))
    kept = counts[around : around + SHAPE[0], around : around + SHAPE[1]].astype(np.float32)
    matrix, size = camera(rng, shape, rng.uniform(1.35, 2.0))
    picture = look(1 - 0.7 * seen.astype(np.float32), matrix @ rescaling(seen.shape, shape), size, 0.35)
    width, height = size
    picture *= 1 - 0.1 * np.clip(clouds(rng, height, width, 60), 0, 2)
    picture += 0.015 * clouds(rng, height, width, 3)
    colours = np.stack([picture, 0.9 * picture**1.2, 0.75 * picture**1.6], axis=2)
    onto: Homography = matrix @ translation(around, around)
    return Scene(exposed(np.clip(colours, 0, 1), rng, 0.01), [kept], onto.inverse(), unique)


def _threads(rng: np.random.Generator, length: int, thread: float, uneven: float) -> np.ndarray:
    """Return the number of the thread at each pixel along an axis, and the place within it as a fraction."""
    starts = np.arange(-2, length / thread + 3)
    places = starts * thread + uneven * rng.normal(size=len(starts))
    pixels = (np.arange(FINE * length) + 0.5) / FINE
    return np.interp(pixels, places, starts + 2)
