"""Synthetic scan of a pen drawing and its photograph, with a known registration."""

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
import xraylib

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.conversion.convert import convert
from maxrf_core.demo.drawing import draw_scene
from maxrf_core.demo.photo import homography_of, render_photo
from maxrf_core.demo.scene import CHECK_MARKS, CORNER_MARKS, Scene
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.progress import Progress
from maxrf_core.readers import ALL
from maxrf_core.readers import Scan as ScanInterface
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.detector import gaussian
from maxrf_core.spectrum.elements import NAMES, Tube
from maxrf_core.spectrum.lines import element_spectrum, tube_lines

SEED = 1651
FULL_RANGE = 40.96  # keV, of all channels together
FIRST_ENERGY = -0.96  # keV at channel 0, as a Bruker M6 Jetstream has it
TUBE = Tube("Rh", 50.0)
TRUTH = "demo_truth"  # name of the array with the expected counts of each element
BLOCK_ROWS = 64
CHANNEL_TABLE_SIZE = 2**18  # entries of equal probability from which a photon's channel is drawn
BEAM_SIGMA = 0.45  # map pixels

# Photons counted in a pixel fully covered with the material. The speckles are almost pure iron and much
# brighter than the ink: the drawing is visible only if the map is clipped.
MATERIALS: dict[str, dict[str, float]] = {
    "paper": {"Ca": 190, "K": 26, "Cl": 12, "S": 12, "Fe": 7, "Zn": 3, "Sr": 5, "light": 260},
    "ink": {"Fe": 105, "S": 22, "K": 22, "Zn": 12, "Cu": 7},
    "wash": {"Fe": 9, "K": 8, "Mn": 6},
    "azurite": {"Cu": 230, "Ba": 8},
    "vermilion": {"Hg": 240, "S": 30},
    "white": {"Pb": 260},
    "orpiment": {"As": 190, "S": 40},
    "speckles": {"Fe": 4200, "Mn": 60},
    "mount": {"Ti": 60, "Ba": 45, "Zn": 70, "Ca": 70, "Fe": 6, "S": 8, "light": 210},
    "everywhere": {"Ar": 16, "zero peak": 330, "continuum": 170},
}
# Elements of the materials, without argon, which is in the air.
DEMO_ELEMENTS = tuple(
    symbol for symbol in NAMES if symbol != "Ar" and any(symbol in parts for parts in MATERIALS.values())
)


@dataclass(frozen=True)
class DemoFiles:
    """Paths of the three files of `make_demo`.

    Parameters
    ----------
    datastack, photo, points : Path
        The scan; its photograph (PNG, RGB, 8 bit); the matching landmarks (JSON).
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
    without: Sequence[str] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
) -> DemoFiles:
    """Write a demo: the synthetic scan of a drawing, its photograph, and four matching points.

    Parameters
    ----------
    path : path_like
        The new datastack; ``_photo.png`` and ``_points.json`` are written beside it.
    height, width, channels : int
        Size of the scan.
    seed : int
        Of the random variation of the strokes and of the photon counts.
    without : sequence of str
        Symbols of elements that are left out of the scan; the photograph stays the same.
    overwrite : bool
        Replace files that exist, such as those of an interrupted demo.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    DemoFiles
        Paths of the three files.

    Raises
    ------
    DatastackError
        If one of the files exists, or their folder does not; or if the demo has no such element.

    Notes
    -----
    The datastack holds its truth: ``demo_truth``, (elements, height, width) float16, are the counts that each
    element contributes to each pixel on average, all its lines together; the attribute ``names`` lists the
    elements.

    The datastack appears last: if it exists, its photograph and its points do too.

    ``points.json`` holds ``src_points`` on the photograph and ``dst_points`` on the map, clockwise from the
    top left, and four more landmarks for a check, ``check_src_points`` and ``check_dst_points``, in pixels
    with centres at integers; and the sizes of both images, ``photo_shape`` and ``map_shape``.
    """
    path = Path(path)
    report = progress or (lambda fraction, doing: None)
    files = DemoFiles(
        path, path.with_name(f"{path.stem}_photo.png"), path.with_name(f"{path.stem}_points.json")
    )
    _check_elements(without)
    for file in (files.datastack, files.photo, files.points):
        check_new_path(file, overwrite)
    report(0.0, _("drawing the scene"))
    scene = draw_scene(height, width, seed)
    report(0.05, _("taking the photograph"))
    photo = render_photo(scene)
    picture = cv2.imencode(".png", photo[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])[1]
    sizes = {"photo_shape": list(photo.shape[:2]), "map_shape": [height, width]}
    points = json.dumps(demo_points(scene) | sizes, indent=1) + "\n"
    with ExitStack() as beside:  # these files appear just before the datastack
        beside.enter_context(atomic.replacing(files.photo)).write_bytes(picture.tobytes())
        beside.enter_context(atomic.replacing(files.points)).write_text(points, encoding="utf-8")
        convert(
            DemoScan(scene, channels, without),
            path,
            overwrite=overwrite,
            calibration=demo_calibration(channels),
            progress=lambda fraction, doing: report(0.2 + 0.8 * fraction, doing),
            beside=beside.close,
        )
    return files


def _check_elements(without: Sequence[str]) -> None:
    for symbol in without:
        if symbol not in DEMO_ELEMENTS:
            words = _("The demo holds no {element!r:.20}, so it cannot be left out; it holds {elements}.")
            raise DatastackError(words.format(element=symbol, elements=", ".join(DEMO_ELEMENTS)))


def demo_calibration(channels: int) -> Calibration:
    """Return the calibration of a demo scan.

    Examples
    --------
    >>> demo_calibration(2048)
    Calibration(gain=0.02, offset=-0.96, source='demo')
    """
    return Calibration(FULL_RANGE / channels, FIRST_ENERGY, "demo")


def demo_homography(height: int = 300, width: int = 280) -> np.ndarray:
    """Return the exact homography matrix from map pixels to the photograph's pixels.

    Returns
    -------
    ndarray, shape (3, 3), float64
        For points (x, y, 1) with pixel centres at integers. Its inverse registers the photograph.

    Examples
    --------
    >>> demo_homography().shape
    (3, 3)
    """
    return homography_of(height, width)[0]


def demo_points(scene: Scene) -> dict[str, list[list[float]]]:
    """Return the exact positions of the landmarks on photograph and map, as in the points file."""
    matrix = demo_homography(scene.height, scene.width)
    points = {}
    for prefix, marks in (("", CORNER_MARKS), ("check_", CHECK_MARKS)):
        on_map = scene.map_points(np.array(marks))
        on_photo = cv2.perspectiveTransform(on_map[None], matrix)[0]
        points[f"{prefix}src_points"] = on_photo.round(4).tolist()
        points[f"{prefix}dst_points"] = on_map.round(4).tolist()
    return points


class DemoScan(ScanInterface):
    """Synthetic scan with Poisson counts, computed block by block, the same every time.

    Parameters
    ----------
    scene : Scene
        The drawing.
    channels : int
        Of each spectrum.
    without : sequence of str
        Symbols of elements that are left out.

    Attributes
    ----------
    amounts, truth : dict of str to ndarray, (height, width) float32
        Mean counts of each source of photons, and of each element among them, in each pixel.
    seed : int
        Of the photon counts.
    """

    about: Mapping[str, Any] = TUBE.attributes()

    def __init__(self, scene: Scene, channels: int = 2048, without: Sequence[str] = ()) -> None:
        self.name = "demo"
        self.seed = scene.seed  # of the photon counts
        self.shape = (scene.height, scene.width, channels)
        self.dtype = np.dtype(np.uint16)
        self.energies = demo_calibration(channels).energies(channels)
        self.energies_source = "demo"
        amounts = _photon_amounts(scene)
        self.amounts = {name: amount for name, amount in amounts.items() if name not in without}
        self.truth = {name: self.amounts[name] for name in DEMO_ELEMENTS if name in self.amounts}
        self._tables = {name: _channel_table(_spectrum_of(name, self.energies)) for name in self.amounts}
        self._block: tuple[int, np.ndarray] = (-1, np.empty(0))
        self._computing = Lock()

    @property
    def array_names(self) -> list[str]:
        """Name of the truth."""
        return [TRUTH]

    def read_array(self, name: str) -> np.ndarray:
        """Return the truth: (elements, height, width) float16."""
        if name != TRUTH:
            raise KeyError(name)
        return np.stack(list(self.truth.values())).round(1).astype(np.float16)

    def read_attributes(self, name: str) -> Mapping[str, Any]:
        """Return what the truth holds."""
        if name != TRUTH:
            raise KeyError(name)
        return {"names": list(self.truth), "units": "mean counts of each element"}

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block: (rows, columns, channels) uint16."""
        wanted = range(self.shape[0])[rows]
        blocks = [np.empty((0, *self.shape[1:]), self.dtype)[:, columns, channels]]
        for number in dict.fromkeys(row // BLOCK_ROWS for row in wanted):
            inside = [row for row in wanted if row // BLOCK_ROWS == number]
            if wanted.step == 1:
                first = number * BLOCK_ROWS
                counts = self._counts(number)[inside[0] - first : inside[-1] + 1 - first]
            else:
                counts = self._rows(inside)
            blocks.append(counts[:, columns, channels])
        return np.concatenate(blocks)

    def _counts(self, number: int) -> np.ndarray:
        """Return the counts of a block of rows; the last block is cached, since it is often read again.

        Threads that read beside each other wait until one of them has computed the block.
        """
        with self._computing:
            if self._block[0] != number:
                start = number * BLOCK_ROWS
                stop = min(start + BLOCK_ROWS, self.shape[0])
                self._block = (number, self._rows(range(start, stop)))
            return self._block[1]

    def _rows(self, rows: Sequence[int]) -> np.ndarray:
        """Return the counts of some rows: (rows, width, channels) uint16."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.stack(list(pool.map(self._row, rows)))

    def _row(self, row: int) -> np.ndarray:
        """Return the counts of one row of pixels: (width, channels) uint16.

        The number of photons from each source is Poisson distributed and each photon's channel is random, so
        the counts of each channel are Poisson distributed too.
        """
        _, width, channels = self.shape
        rng = np.random.default_rng([self.seed, 2, row])
        cells = []
        for name, amount in self.amounts.items():
            photons = rng.poisson(amount[row])
            chances = rng.integers(0, CHANNEL_TABLE_SIZE, photons.sum(), dtype=np.uint32)
            pixels = np.repeat(np.arange(0, width * channels, channels, dtype=np.int32), photons)
            cells.append(pixels + self._tables[name].take(chances, mode="clip"))  # faster than an index
        counts = np.bincount(np.concatenate(cells), minlength=width * channels)
        return counts.astype(self.dtype).reshape(width, channels)


def _photon_amounts(scene: Scene) -> dict[str, np.ndarray]:
    """Return the mean number of photons from each element and other source: name to (height, width)."""
    cover = {name: scene.coverage(name) for name in MATERIALS if name in scene.layers}
    cover["mount"] = 1 - cover["paper"]
    cover["everywhere"] = np.ones_like(cover["paper"])
    unevenness = cv2.GaussianBlur(scene.rng.normal(size=cover["paper"].shape).astype(np.float32), (0, 0), 2.0)
    cover["paper"] = cover["paper"] * (1 + 0.25 * unevenness)
    # Pigments absorb photons from the paper, and lead white those from orpiment below it.
    shield = 1 - 0.6 * cover["white"] - 0.3 * np.minimum(cover["azurite"] + cover["vermilion"], 1)
    passed = {"paper": shield, "orpiment": 1 - 0.4 * cover["white"]}
    amounts: dict[str, np.ndarray] = {}
    for material, parts in MATERIALS.items():
        for name, photons in parts.items():
            amounts[name] = amounts.get(name, 0) + photons * cover[material] * passed.get(material, 1.0)
    return {name: cv2.GaussianBlur(amount, (0, 0), BEAM_SIGMA).clip(0) for name, amount in amounts.items()}


def _channel_table(spectrum: np.ndarray) -> np.ndarray:
    """Return the channels at equally spaced probabilities of a spectrum: (CHANNEL_TABLE_SIZE,) unsigned."""
    cumulative = np.cumsum(spectrum / spectrum.sum())
    places = (np.arange(CHANNEL_TABLE_SIZE) + 0.5) / CHANNEL_TABLE_SIZE
    return np.minimum(np.searchsorted(cumulative, places), len(spectrum) - 1).astype(
        np.min_scalar_type(len(spectrum))
    )


def _spectrum_of(name: str, energies: np.ndarray) -> np.ndarray:
    """Return the spectrum of one source: an element, scatter, the zero peak …"""
    if name == "zero peak":
        return gaussian(energies, 0.0)
    if name == "continuum":
        return _continuum(energies) * _detected_share(energies)
    if name == "light":  # scatter of light atoms: the tube's lines and its continuum
        return (0.75 * _scattered_lines(energies) + 0.25 * _unit(_continuum(energies))) * _detected_share(
            energies
        )
    return element_spectrum(name, energies) * _detected_share(energies)


def _unit(spectrum: np.ndarray) -> np.ndarray:
    return spectrum / spectrum.sum()


def _continuum(energies: np.ndarray) -> np.ndarray:
    """Return the tube's bremsstrahlung (Kramers, 1923), absorbed at low energies by window and object."""
    energy = np.maximum(energies, 0.3)
    brightness = np.maximum(TUBE.kv - energy, 0) / energy
    return np.where(energies > 0.3, brightness * energy**3 / (energy**3 + 7.0**3), 0)


def _scattered_lines(energies: np.ndarray) -> np.ndarray:
    """Return the tube's lines after Rayleigh (same energy) and Compton scattering (lower, broad)."""
    total = np.zeros(energies.shape)
    for line in tube_lines(TUBE.anode):
        if "Compton" in line.series:
            total += 2.2 * line.intensity * gaussian(energies, line.energy, width=0.62)
    total = _unit(total) * 2.2
    rayleigh = element_spectrum(TUBE.anode, energies, TUBE.kv)
    return _unit(total + _unit(rayleigh))


def _detected_share(energies: np.ndarray) -> np.ndarray:
    """Return the share of photons that pass 1 cm of air and stop in 0.45 mm of silicon (from xraylib)."""
    shares = []
    for energy in np.maximum(energies, 0.3):
        air = xraylib.CS_Total_CP("Air, Dry (near sea level)", float(energy)) * 0.0012 * 1.0
        silicon = xraylib.CS_Total(14, float(energy)) * 2.33 * 0.045
        shares.append(np.exp(-air) * (1 - np.exp(-silicon)))
    return np.array(shares)
