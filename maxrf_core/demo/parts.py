"""Two overlapping demo scans of one drawing, each registered on the same photograph, with known places."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.demo.drawing import draw_scene
from maxrf_core.demo.make import SEED, DemoScan, demo_calibration
from maxrf_core.demo.photo import homography_of, render_photo
from maxrf_core.demo.scene import Scene
from maxrf_core.language import _
from maxrf_core.progress import Progress, silent
from maxrf_core.registration.register import checksum, register
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography


@dataclass(frozen=True)
class DemoPart:
    """A part of the demo's drawing that was scanned for itself.

    Attributes
    ----------
    left, top : float
        Place of its first pixel's centre, in pixels of the whole demo.
    angle : float
        Degrees by which the scan is turned clockwise on the drawing.
    height, width : int
    dose : float
        Its counts in relation to those of the whole demo.
    seed : int
        Of its photon counts.
    """

    left: float
    top: float
    angle: float
    height: int
    width: int
    dose: float = 1.0
    seed: int = SEED

    @property
    def to_whole(self) -> Homography:
        """Exact transform from its pixels to those of the whole demo."""
        cos, sin = np.cos(np.radians(self.angle)), np.sin(np.radians(self.angle))
        return Homography(np.array([[cos, -sin, self.left], [sin, cos, self.top], [0, 0, 1]]))

    def take(self, amount: np.ndarray) -> np.ndarray:
        """Return its part of a map of the whole: (height, width) float32, times the dose."""
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        size = (self.width, self.height)
        part = cv2.warpAffine(
            amount, self.to_whole.matrix[:2], size, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(part.clip(0) * np.float32(self.dose), np.float32)


LEFT_PART = DemoPart(2.0, 4.0, 0.0, 290, 160, seed=SEED + 1)
RIGHT_PART = DemoPart(122.4, 7.3, -1.5, 285, 150, dose=1.6, seed=SEED + 2)


class PartScan(DemoScan):
    """Synthetic scan of one part of a scene.

    Parameters
    ----------
    scene : Scene
        The whole drawing.
    part : DemoPart
    channels : int
        Of each spectrum.
    without : sequence of str
        Symbols of elements that are left out.
    """

    def __init__(self, scene: Scene, part: DemoPart, channels: int, without: Sequence[str] = ()) -> None:
        super().__init__(scene, channels, without)
        self.seed = part.seed
        self.shape = (part.height, part.width, channels)
        self.amounts = {name: part.take(amount) for name, amount in self.amounts.items()}
        self.truth = {name: self.amounts[name] for name in self.truth}
        self.about = {**self.about, "pixel_size_mm": (0.5, 0.5)}


def make_demo_parts(
    path: str | os.PathLike[str],
    *,
    parts: Sequence[DemoPart] = (LEFT_PART, RIGHT_PART),
    height: int = 300,
    width: int = 280,
    channels: int = 2048,
    seed: int = SEED,
    without: Sequence[Sequence[str]] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write overlapping scans of the demo's drawing, and its photograph on which all are registered.

    Parameters
    ----------
    path : path_like
        As ``demo.datastack``; ``demo_1.datastack``, ``demo_2.datastack`` and ``demo_photo.png`` are written.
    parts : sequence of DemoPart
    height, width, channels : int
        Size of the whole.
    seed : int
        Of the drawing.
    without : sequence of sequence of str
        Of each part, symbols of elements that are left out of its scan.
    overwrite : bool
        Replace files that exist.
    progress : callable, optional
        Called with the fraction done and the current step.

    Returns
    -------
    tuple of Path
        The scans in the order of the parts, then the photograph.

    Raises
    ------
    DatastackError
        If one of the files exists, or their folder does not.
    """
    path, report = Path(path), progress or silent
    photo_path = path.with_name(f"{path.stem}_photo.png")
    scans = [path.with_name(f"{path.stem}_{number}{path.suffix}") for number in range(1, len(parts) + 1)]
    for file in (photo_path, *scans):
        check_new_path(file, overwrite)
    report(0.0, _("drawing the scene"))
    scene = draw_scene(height, width, seed)
    report(0.05, _("taking the photograph"))
    photo = render_photo(scene)
    picture = cv2.imencode(".png", photo[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])[1]
    with atomic.replacing(photo_path) as file:
        file.write_bytes(picture.tobytes())
    to_photo = Homography(homography_of(height, width)[0])
    for number, (part, target) in enumerate(zip(parts, scans, strict=True)):
        report(0.1 + 0.9 * number / len(parts), _("scanning part {number}").format(number=number + 1))
        left_out = without[number] if number < len(without) else ()
        scan = PartScan(scene, part, channels, left_out)
        convert(scan, target, overwrite=overwrite, calibration=demo_calibration(channels))
        on_map = corners_of((part.height, part.width))
        result = register(
            photo,
            (part.height, part.width),
            to_photo.apply(part.to_whole.apply(on_map)),
            on_map,
            photo_name=photo_path.name,
            photo_sha256=checksum(photo_path),
        )
        DataStack(target).append(result.arrays, result.attributes)
    report(1.0, _("saving"))
    return (*scans, photo_path)
