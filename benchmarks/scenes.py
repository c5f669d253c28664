"""Photographs and maps whose true transform is known.

Three kinds. Real: a drawing's photograph and its element maps. Made: what a camera might have seen of a real
map, in another modality: inverted, with another curve of brightness, colours that do not follow the map,
uneven light, texture of its own, blur and noise. And the demo, which draws both. Every photograph is then
seen again from another angle, which is known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from maxrf_core.autoalign import coarse_search
from maxrf_core.autoalign.pyramid import rescaling
from maxrf_core.demo.drawing import draw_scene
from maxrf_core.demo.make import DemoScan, demo_homography
from maxrf_core.demo.photo import render_photo
from maxrf_core.imaging.resample import area_average
from maxrf_core.transform.homography import Homography, homography

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
IRON = "susanna/RP-T-1898-A-3689_emap-Fe_gray8.png"
SMALL = "susanna/small186x197_emap-{}_gray8.png"
PHOTOGRAPH = "susanna/vis_registered_333x354.png"
ZINC = "real/vangogh/s0039V1962_elementmap_924x1479.png"
DRAWN = (424, 400)  # height and width of the maps that the made drawing and painting have
PAINTED = (640, 400)
SMALL_DRAWN, SMALL_PAINTED = (212, 200), (272, 170)
DEMO = (300, 280)
SMALL_SHAPE = (197, 186)
VISIBLE = ("Fe", "K", "S", "Ca", "Cl")  # elements in whose maps of the drawing one sees it
HIDDEN = ("Cu", "Mn", "Ti", "Ba")
ELEMENTS = ("Ba", "Ca", "Cl", "Cu", "Fe", "K", "Mn", "Pb", "S", "Ti", "Zn")
BANDS = {"Fe": (6.1, 6.7), "Ca": (3.5, 3.9)}  # keV

# How much further right and down, on the iron map brought to 333 × 354 pixels, places of the photograph lie
# than in the photograph: its makers registered the two to about a pixel only. Taken over from the first
# experiments with edges, so not independent of what is measured; but mutual information, which knows of no
# edges, agrees to 0.15 pixels where the drawing is: `python -m benchmarks.mutual_information` prints that.
PLACES = [(5, 5), (166, 5), (327, 5), (5, 177), (90, 177), (166, 177), (327, 177), (5, 348), (166, 348),
          (327, 348)]  # fmt: skip
FURTHER = [(0.80, 0.97), (0.60, 0.85), (0.30, 0.72), (0.66, 0.98), (0.57, 0.90), (0.47, 0.81), (0.20, 0.64),
           (0.52, 1.05), (0.32, 0.83), (0.08, 0.62)]  # fmt: skip
MEASURED = homography(PLACES, np.add(PLACES, FURTHER))


class Truth(Protocol):
    """A true transform: a homography, or one that bends (`benchmarks.bent_scenes.Bent`)."""

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Transform points, (n, 2)."""
        ...

    def inverse(self) -> "Truth":
        """Return the inverse, of which only `apply` is used."""
        ...

    def __matmul__(self, other: Homography) -> "Truth": ...


@dataclass(frozen=True, eq=False)
class Scene:
    """A photograph, maps, and the true transform from the one to the others.

    `unique` is False if the pictures fit as well at another place, turn or mirror image: then a proposal that
    is sure is wrong, wherever it puts the photograph.
    """

    photo: np.ndarray
    maps: list[np.ndarray]
    truth: Truth
    unique: bool = True

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the maps."""
        height, width = self.maps[0].shape
        return height, width

    @property
    def is_mirrored(self) -> bool:
        """Whether the map shows the photograph's mirror image."""
        corner, right, down = self.truth.inverse().apply(np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]]))
        return float(np.linalg.det([right - corner, down - corner])) < 0


Maker = Callable[[int], Scene]


def good_scenes() -> dict[str, Maker]:
    """Return, by name, the makers of scenes with structure in common; their argument is a seed."""
    made = {
        "made: drawing": drawing,
        "made: drawing, blurred, noisy": lambda seed: spoilt(drawing(seed), seed),
        "made: painting": painting,
        "made: painting, blurred, noisy": lambda seed: spoilt(painting(seed), seed),
    }
    real = {"real: Fe, 333 × 354": real_iron, "real: eleven maps": lambda seed: beside(seed, *ELEMENTS)}
    real |= {f"real: {element}": lambda seed, element=element: beside(seed, element) for element in VISIBLE}
    drawn = {f"demo: {element}": lambda seed, element=element: demo(seed, element) for element in BANDS}
    return drawn | (made | real if DATA.exists() else {})


def small_scenes() -> dict[str, Maker]:
    """Return, by name, the makers of good scenes with small maps, which are tried quickly."""
    made = {
        "made: drawing, small": lambda seed: drawing(seed, SMALL_DRAWN),
        "made: painting, small": lambda seed: painting(seed, SMALL_PAINTED),
        "real: Fe": lambda seed: beside(seed, "Fe"),
        "real: eleven maps": lambda seed: beside(seed, *ELEMENTS),
    }
    return {"demo: Fe": lambda seed: demo(seed, "Fe")} | (made if DATA.exists() else {})


def hopeless_scenes() -> dict[str, Maker]:
    """Return what makes scenes that have almost nothing in common, or nothing at all."""
    real_ones = {
        f"real: {element}": lambda seed, element=element: beside(seed, element) for element in HIDDEN
    }
    others = {
        "made: drawing, its Cu": lambda seed: Scene(
            drawing(seed).photo, [_small("Cu")], rescaling(DRAWN, SMALL_SHAPE) @ drawing(seed).truth
        ),
        "drawing, another's map": lambda seed: _mixed(real_iron(seed), painting(seed)),
        "painting, another's map": lambda seed: _mixed(painting(seed), drawing(seed)),
        "demo, another's map": lambda seed: _mixed(demo(seed, "Fe"), drawing(seed)),
    }
    noise = {"demo, a map of noise": _against_noise}
    return noise | (real_ones | others if DATA.exists() else {})


def drawing(seed: int, shape: tuple[int, int] = DRAWN) -> Scene:
    """Return a scene of a drawing in iron ink on toned paper: dark where its map is bright."""
    rng = np.random.default_rng([seed, 1])
    iron = read(IRON)
    counts = rng.poisson(3 + 0.4 * area_average(iron.astype(np.float32), shape[1], shape[0]))
    ink = np.clip(cv2.medianBlur(iron, 5).astype(np.float32) / 255, 0, 1) ** 0.7
    matrix, size = camera(rng, shape, rng.uniform(1.35, 2.8))
    seen = look(1 - 0.75 * ink, matrix @ rescaling(iron.shape, shape), size, 0.35)
    width, height = size
    seen *= 1 - 0.15 * np.clip(clouds(rng, height, width, 60), 0, 2)
    seen *= 1 + 0.15 * np.linspace(-1, 1, width)[None] - 0.1 * np.linspace(-1, 1, height)[:, None]
    seen += 0.02 * clouds(rng, height, width, 3)
    colours = np.stack([seen, 0.9 * seen**1.2, 0.75 * seen**1.6], axis=2)
    return Scene(exposed(colours, rng, 0.01), [counts.astype(np.float32)], matrix.inverse())


def painting(seed: int, shape: tuple[int, int] = PAINTED) -> Scene:
    """Return a scene of a painting; neither the colours nor their brightness follow the map of zinc."""
    rng = np.random.default_rng([seed, 2])
    zinc = read(ZINC)
    counts = rng.poisson(2 + 0.25 * area_average(zinc.astype(np.float32), shape[1], shape[0]))
    z = cv2.GaussianBlur(zinc.astype(np.float32) / 255, (0, 0), 0.8)
    hue = [clouds(rng, *zinc.shape, 150) for _ in range(3)]
    colours = np.stack(
        [
            0.5 + 0.35 * np.sin(5 * z + 1 + 0.5 * hue[0]),
            0.45 + 0.3 * np.cos(7 * z + 0.6 * hue[1]),
            0.4 + 0.3 * np.sin(4 * z + 3 + 0.8 * hue[2]),
        ],
        axis=2,
    )
    colours += 0.06 * clouds(rng, *zinc.shape, 8)[:, :, None]
    matrix, size = camera(rng, shape, rng.uniform(1.35, 2.2))
    seen = look(colours.astype(np.float32), matrix @ rescaling(zinc.shape, shape), size, 0.25)
    return Scene(exposed(seen, rng, 0.02), [counts.astype(np.float32)], matrix.inverse())


def spoilt(scene: Scene, seed: int) -> Scene:
    """Blur both pictures of a scene by 1.5 pixels, leave the map two to five counts, and add noise."""
    rng = np.random.default_rng([seed, 3])
    blurred = cv2.GaussianBlur(scene.maps[0], (0, 0), 1.5)
    counts = rng.poisson(2 + 3 * blurred / blurred.max()).astype(np.float32)
    photo = cv2.GaussianBlur(scene.photo, (0, 0), 1.5).astype(np.float32) / 255
    return Scene(exposed(photo, rng, 0.047), [counts], scene.truth, scene.unique)


def demo(seed: int, element: str) -> Scene:
    """Return a scene of the demo's photograph and one of its maps."""
    rng = np.random.default_rng([seed, 4])
    photo, maps = _demo()
    matrix, size = camera(rng, DEMO, rng.uniform(1.35, 2.8))
    seen = look(
        photo.astype(np.float32) / 255, matrix @ Homography(demo_homography(*DEMO)).inverse(), size, 0.3
    )
    return Scene(exposed(seen, rng, 0.01), [maps[element]], matrix.inverse())


def beside(seed: int, *elements: str) -> Scene:
    """Return a scene of the drawing's photograph and element maps of 186 × 197 pixels."""
    scene = real_iron(seed)
    return Scene(
        scene.photo, [_small(each) for each in elements], rescaling(scene.shape, SMALL_SHAPE) @ scene.truth
    )


def real_iron(seed: int) -> Scene:
    """Return a scene of the drawing's photograph and the iron map, both with the photograph's pixels."""
    rng = np.random.default_rng([seed, 5])
    photo = read(PHOTOGRAPH, cv2.IMREAD_COLOR_RGB)
    shape = photo.shape[0], photo.shape[1]
    iron = area_average(read(IRON).astype(np.float32), shape[1], shape[0])
    matrix, size = camera(rng, shape, rng.uniform(1.0, 1.5))
    seen = look(photo.astype(np.float32) / 255, matrix, size, 0.3)
    return Scene(exposed(seen, rng, 0.008), [iron], MEASURED @ matrix.inverse())


def camera(
    rng: np.random.Generator, shape: tuple[int, int], scale: float
) -> tuple[Homography, tuple[int, int]]:
    """Return a random camera: the transform from map to photograph, and the photograph's width and height."""
    height, width = shape
    turn, shear, stretch = rng.uniform(-0.035, 0.035), rng.uniform(-0.02, 0.02), rng.uniform(0.985, 1.015)
    tilt = rng.uniform(-0.03, 0.03, 2) / max(height, width) / scale
    centre = np.array([[1, 0, (1 - width) / 2], [0, 1, (1 - height) / 2], [0, 0, 1]])
    turned = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = np.eye(3)
    linear[:2, :2] = turned @ [[1, shear], [0, stretch]]
    placed = np.array([[1, 0, 0], [0, 1, 0], [*tilt, 1]]) @ linear @ centre
    right, bottom = width - 0.5, height - 0.5
    corners = Homography(placed).apply([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])
    first, last = corners.min(axis=0), corners.max(axis=0)
    border = 0.06 * (last - first).max() * rng.uniform(0.3, 1, 2)
    shift = np.array([[1, 0, border[0] - first[0]], [0, 1, border[1] - first[1]], [0, 0, 1]])
    columns, rows = (round(float(side)) for side in last - first + 2 * border)
    return Homography(shift @ placed), (columns, rows)


def look(picture: np.ndarray, onto: Homography, size: tuple[int, int], beside: float) -> np.ndarray:
    """Warp a picture (float32) to a new size by a transform from its pixels; smoothed first if it shrinks."""
    scale = onto.scale_at([picture.shape[1] / 2, picture.shape[0] / 2])
    if scale < 1:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.45 / scale)
    return cv2.warpPerspective(
        picture, onto.matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(beside, 0.9 * beside, 0.8 * beside),
    )  # fmt: skip


def clouds(rng: np.random.Generator, height: int, width: int, size: float) -> np.ndarray:
    """Draw a texture of about so many pixels: (height, width) float32, about standard normal."""
    small = rng.normal(size=(max(2, int(height / size)) + 2, max(2, int(width / size)) + 2))
    return cv2.resize(small.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)


def turned(scene: Scene, quarters: int, mirrored: bool) -> Scene:
    """Flip a scene's photograph left to right, or not, and turn it counter-clockwise."""
    photo, turn = coarse_search.rotate(scene.photo, quarters, mirrored)
    return Scene(photo, scene.maps, scene.truth @ turn.inverse(), scene.unique)


def _mixed(one: Scene, other: Scene) -> Scene:
    """Lay the one's photograph over the other's map, where it would lie if both had the same size."""
    return Scene(one.photo, other.maps, rescaling(one.shape, other.shape) @ one.truth)


def _against_noise(seed: int) -> Scene:
    scene = demo(seed, "Fe")
    noise = np.random.default_rng([seed, 6]).poisson(20, scene.shape)
    return Scene(scene.photo, [noise.astype(np.float32)], scene.truth)


def exposed(seen: np.ndarray, rng: np.random.Generator, noise: float) -> np.ndarray:
    """Add noise to a picture of 0 to 1 and round it to 8 bits."""
    return (np.clip(seen + noise * rng.normal(size=seen.shape), 0, 1) * 255).round().astype(np.uint8)


@cache
def _demo() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    scene = draw_scene(*DEMO, 1651)
    scan = DemoScan(scene, 512)
    counts = scan.read(slice(0, DEMO[0]), slice(0, DEMO[1]))
    within = {name: (scan.energies >= lo) & (scan.energies < hi) for name, (lo, hi) in BANDS.items()}
    maps = {name: counts[:, :, band].sum(axis=2, dtype=np.float32) for name, band in within.items()}
    return render_photo(scene), maps


@cache
def read(name: str, how: int = cv2.IMREAD_GRAYSCALE) -> np.ndarray:
    """Read a picture of the folder of real data."""
    return cv2.imread(str(DATA / name), how)


def _small(element: str) -> np.ndarray:
    return read(SMALL.format(element)).astype(np.float32)
