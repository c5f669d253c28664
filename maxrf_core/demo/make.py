"""What would a scan of a pen drawing look like, and its photograph, when every truth about them is known?"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import xraylib

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.conversion.convert import convert
from maxrf_core.demo.drawing import draw_scene
from maxrf_core.demo.photo import homography_of, render_photo
from maxrf_core.demo.scene import CHECK_MARKS, CORNER_MARKS, Scene
from maxrf_core.progress import Progress
from maxrf_core.readers import ALL
from maxrf_core.readers import Scan as ScanInterface
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.detector import gaussian
from maxrf_core.spectrum.lines import element_spectrum, tube_lines

SEED = 1651
FULL_RANGE = 40.96  # keV that all channels span together
FIRST_ENERGY = -0.96  # keV at channel 0, as a Bruker M6 Jetstream has it
TUBE_VOLTAGE = 50.0
BLOCK_ROWS = 64
FINEST_CHANCE = 2**18  # a photon's channel is drawn from a table of so many equal chances
BEAM_SIGMA = 0.45  # map pixels

# Photons that the detector counts in a pixel wholly covered with it. The speckles are near-pure iron, and so
# outshine the ink: the drawing shows only once the map is clipped.
STUFFS: dict[str, dict[str, float]] = {
    "paper": {"Ca": 190, "K": 26, "Cl": 12, "S": 12, "Fe": 7, "Zn": 3, "Sr": 5, "light": 260},
    "ink": {"Fe": 105, "S": 22, "K": 22, "Zn": 12, "Cu": 7},
    "wash": {"Fe": 9, "K": 8, "Mn": 6},
    "azurite": {"Cu": 230, "Ba": 8},
    "vermilion": {"Hg": 240, "S": 30},
    "white": {"Pb": 260},
    "speckles": {"Fe": 4200, "Mn": 60},
    "mount": {"Ti": 60, "Ba": 45, "Zn": 70, "Ca": 70, "Fe": 6, "S": 8, "light": 210},
    "everywhere": {"Ar": 16, "zero peak": 330, "continuum": 170},
}


@dataclass(frozen=True)
class DemoFiles:
    """Where `make_demo` put its three files.

    Parameters
    ----------
    datastack, photo, points : Path
        The scan; its photograph (PNG, RGB, 8 bit); the landmarks by which they fit (JSON).
    """

    datastack: Path
    photo: Path
    points: Path


def make_demo(
    path: str | os.PathLike[str],
    *,
    height: int = 300,
    width: int = 280,
    channels: int = 2048,
    seed: int = SEED,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> DemoFiles:
    """Make a demo: a scan of a drawing that never was, its photograph, and four points that lie on both.

    Parameters
    ----------
    path : path_like
        The datastack to make; ``_photo.png`` and ``_points.json`` appear beside it.
    height, width, channels : int
        Size of the scan.
    seed : int
        Another seed gives another hand and other photons.
    overwrite : bool
        Replace files that exist, such as what a demo that was killed left of itself.
    progress : callable, optional
        Called with a fraction and what is being done; whatever it raises stops the work.

    Returns
    -------
    DemoFiles
        Where the three files are.

    Raises
    ------
    DatastackError
        When one of the files exists, or their folder does not.

    Notes
    -----
    The datastack appears last: where it is, its photograph and its points are too.

    ``points.json`` holds ``src_points`` on the photograph and ``dst_points`` on the map, clockwise from the
    top left, and four more landmarks to check with, ``check_src_points`` and ``check_dst_points``; all in
    pixels, whose centres are at whole numbers; and the sizes of both, ``photo_shape`` and ``map_shape``.
    """
    path = Path(path)
    report = progress or (lambda fraction, doing: None)
    files = DemoFiles(
        path, path.with_name(f"{path.stem}_photo.png"), path.with_name(f"{path.stem}_points.json")
    )
    for file in (files.datastack, files.photo, files.points):
        check_new_path(file, overwrite)
    report(0.0, "drawing the scene")
    scene = draw_scene(height, width, seed)
    report(0.05, "taking the photograph")
    photo = render_photo(scene)
    _, picture = cv2.imencode(".png", photo[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])
    sizes = {"photo_shape": list(photo.shape[:2]), "map_shape": [height, width]}
    points = json.dumps(demo_points(scene) | sizes, indent=1) + "\n"
    with ExitStack() as beside:  # whose files appear when the scan is written, and before it appears
        beside.enter_context(atomic.replacing(files.photo)).write_bytes(picture.tobytes())
        beside.enter_context(atomic.replacing(files.points)).write_text(points, encoding="utf-8")
        convert(
            DemoScan(scene, channels),
            path,
            overwrite=overwrite,
            calibration=demo_calibration(channels),
            progress=lambda fraction, doing: report(0.2 + 0.8 * fraction, doing),
            beside=beside.close,
        )
    return files


def demo_calibration(channels: int) -> Calibration:
    """Give the line from channel to energy of a demo scan.

    Examples
    --------
    >>> demo_calibration(2048)
    Calibration(gain=0.02, offset=-0.96, source='demo')
    """
    return Calibration(FULL_RANGE / channels, FIRST_ENERGY, "demo")


def demo_homography(height: int = 300, width: int = 280) -> np.ndarray:
    """Give the exact matrix that leads from map pixels to the photograph's pixels.

    Returns
    -------
    ndarray, shape (3, 3), float64
        For points (x, y, 1) with pixel centres at whole numbers. Invert it to register the photograph.

    Examples
    --------
    >>> demo_homography().shape
    (3, 3)
    """
    return homography_of(height, width)[0]


def demo_points(scene: Scene) -> dict[str, list[list[float]]]:
    """Give the landmarks' exact places on photograph and map, as they go into the points file."""
    matrix = demo_homography(scene.height, scene.width)
    points = {}
    for prefix, marks in (("", CORNER_MARKS), ("check_", CHECK_MARKS)):
        on_map = scene.map_points(np.array(marks))
        on_photo = cv2.perspectiveTransform(on_map[None], matrix)[0]
        points[f"{prefix}src_points"] = on_photo.round(4).tolist()
        points[f"{prefix}dst_points"] = on_map.round(4).tolist()
    return points


class DemoScan(ScanInterface):
    """The scan as the instrument would have counted it: made block by block, the same every time.

    Parameters
    ----------
    scene : Scene
        What is scanned.
    channels : int
        Of each spectrum.
    """

    def __init__(self, scene: Scene, channels: int = 2048) -> None:
        self.name = "demo"
        self.scene = scene
        self.shape = (scene.height, scene.width, channels)
        self.dtype = np.dtype(np.uint16)
        self.energies = demo_calibration(channels).energies(channels)
        self.energies_source = "demo"
        self._amounts = _photon_amounts(scene)
        self._tables = {name: _chances(_spectrum_of(name, self.energies)) for name in self._amounts}
        self._block: tuple[int, np.ndarray] = (-1, np.empty(0))

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block: (rows, columns, channels) uint16."""
        wanted = range(self.scene.height)[rows]
        blocks = [np.empty((0, *self.shape[1:]), self.dtype)[:, columns, channels]]
        for number in dict.fromkeys(row // BLOCK_ROWS for row in wanted):
            inside = [row - number * BLOCK_ROWS for row in wanted if row // BLOCK_ROWS == number]
            part = slice(inside[0], inside[-1] + 1, wanted.step)
            blocks.append(self._counts(number)[part, columns, channels])
        return np.concatenate(blocks)

    def _counts(self, number: int) -> np.ndarray:
        """Count the photons of a block of rows; the last block is kept, since it is often asked for again."""
        if self._block[0] != number:
            start = number * BLOCK_ROWS
            stop = min(start + BLOCK_ROWS, self.scene.height)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                self._block = (number, np.stack(list(pool.map(self._row, range(start, stop)))))
        return self._block[1]

    def _row(self, row: int) -> np.ndarray:
        """Count the photons of one row of pixels: (width, channels) uint16.

        The number of photons that a pixel gets from each source follows Poisson's law, and each photon falls
        into a channel by chance: so each channel's count follows it too.
        """
        _, width, channels = self.shape
        rng = np.random.default_rng([self.scene.seed, 2, row])
        cells = []
        for name, amount in self._amounts.items():
            photons = rng.poisson(amount[row])
            chances = rng.integers(0, FINEST_CHANCE, photons.sum(), dtype=np.uint32)
            pixels = np.repeat(np.arange(0, width * channels, channels, dtype=np.int32), photons)
            cells.append(pixels + self._tables[name][chances])
        counts = np.bincount(np.concatenate(cells), minlength=width * channels)
        return counts.astype(self.dtype).reshape(width, channels)


def _photon_amounts(scene: Scene) -> dict[str, np.ndarray]:
    """Give the mean number of photons from each element and each other source: name to (height, width)."""
    cover = {name: scene.coverage(name) for name in STUFFS if name in scene.layers}
    cover["mount"] = 1 - cover["paper"]
    cover["everywhere"] = np.ones_like(cover["paper"])
    unevenness = cv2.GaussianBlur(scene.rng.normal(size=cover["paper"].shape).astype(np.float32), (0, 0), 2.0)
    cover["paper"] = cover["paper"] * (1 + 0.25 * unevenness)
    shield = 1 - 0.6 * cover["white"] - 0.3 * np.minimum(cover["azurite"] + cover["vermilion"], 1)
    amounts: dict[str, np.ndarray] = {}
    for stuff, parts in STUFFS.items():
        for name, photons in parts.items():
            from_below = shield if stuff == "paper" else 1.0  # pigments absorb what the paper sends
            amounts[name] = amounts.get(name, 0) + photons * cover[stuff] * from_below
    return {name: cv2.GaussianBlur(amount, (0, 0), BEAM_SIGMA).clip(0) for name, amount in amounts.items()}


def _chances(spectrum: np.ndarray) -> np.ndarray:
    """Give the table that turns an equal chance into a channel: (FINEST_CHANCE,) int32."""
    cumulative = np.cumsum(spectrum / spectrum.sum())
    places = (np.arange(FINEST_CHANCE) + 0.5) / FINEST_CHANCE
    return np.minimum(np.searchsorted(cumulative, places), len(spectrum) - 1).astype(np.int32)


def _spectrum_of(name: str, energies: np.ndarray) -> np.ndarray:
    """Give the shape of what one source adds to the spectra: an element, scatter, the zero peak …"""
    if name == "zero peak":
        return gaussian(energies, 0.0)
    if name == "continuum":
        return _continuum(energies) * _reaching(energies)
    if name == "light":  # what light atoms scatter: the tube's lines and its continuum
        return (0.75 * _scattered_lines(energies) + 0.25 * _unit(_continuum(energies))) * _reaching(energies)
    return element_spectrum(name, energies) * _reaching(energies)


def _unit(spectrum: np.ndarray) -> np.ndarray:
    return spectrum / spectrum.sum()


def _continuum(energies: np.ndarray) -> np.ndarray:
    """Draw the tube's bremsstrahlung (Kramers, 1923), weakened at low energies in tube window and object."""
    energy = np.maximum(energies, 0.3)
    brightness = np.maximum(TUBE_VOLTAGE - energy, 0) / energy
    return np.where(energies > 0.3, brightness * energy**3 / (energy**3 + 7.0**3), 0)


def _scattered_lines(energies: np.ndarray) -> np.ndarray:
    """Draw the tube's lines, scattered with their energy kept (Rayleigh) and lessened (Compton, broad)."""
    total = np.zeros(energies.shape)
    for line in tube_lines("Rh"):
        if "Compton" in line.series:
            total += 2.2 * line.intensity * gaussian(energies, line.energy, width=0.62)
    total = _unit(total) * 2.2
    rayleigh = element_spectrum("Rh", energies, TUBE_VOLTAGE)
    return _unit(total + _unit(rayleigh))


def _reaching(energies: np.ndarray) -> np.ndarray:
    """Give the share of photons that pass 1 cm of air and stop in 0.45 mm of silicon (after xraylib)."""
    shares = []
    for energy in np.maximum(energies, 0.3):
        air = xraylib.CS_Total_CP("Air, Dry (near sea level)", float(energy)) * 0.0012 * 1.0
        silicon = xraylib.CS_Total(14, float(energy)) * 2.33 * 0.045
        shares.append(np.exp(-air) * (1 - np.exp(-silicon)))
    return np.array(shares)
