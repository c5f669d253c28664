"""The drawing of the demo scan, in ink and pigments."""

from itertools import pairwise

import cv2
import numpy as np

from maxrf_core.demo.scene import CHECK_MARKS, CORNER_MARKS, FINE, Scene, curve, slow_noise


def draw_scene(height: int, width: int, seed: int) -> Scene:
    """Draw the whole scene.

    Parameters
    ----------
    height, width : int
        Of the map, in pixels; the drawing is stretched to it.
    seed : int
        Of the random variation of the strokes.

    Examples
    --------
    >>> scene = draw_scene(30, 28, seed=1)
    >>> scene.coverage("ink").shape
    (30, 28)
    """
    scene = Scene(height, width, seed)
    _sheet(scene)
    _washes(scene)
    _sky(scene)
    _far_shore(scene)
    _mill(scene)
    _cottage(scene)
    _tree(scene)
    _river(scene)
    _boat(scene)
    _foreground(scene)
    _wanderer(scene)
    _dry(scene)
    _frame(scene)
    _marks(scene)
    _speckles(scene)
    _sunlight(scene)
    return scene


def _sheet(scene: Scene) -> None:
    """Draw the paper on its mount, with uneven edges."""
    corners = np.array([(14, 15), (266.5, 13.2), (265.4, 286.4), (15.2, 287)])
    sides = [curve(np.array([a, b])) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    edge = np.concatenate(sides)
    scene.fill("paper", edge + 0.25 * slow_noise(scene.rng, len(edge), 2))


def _washes(scene: Scene) -> None:
    """Draw the washes under the pen: thinned ink, and azurite for the water and a strip of sky."""
    scene.fill(
        "azurite",
        curve(
            np.array(
                [
                    (36, 44),
                    (120, 42),
                    (244, 46),
                    (243, 66),
                    (190, 60),
                    (150, 78),
                    (96, 64),
                    (60, 82),
                    (37, 74),
                    (36, 44),
                ]
            )
        ),
        0.30,
    )
    river = [
        (98, 178),
        (128, 176),
        (152, 180),
        (178, 196),
        (206, 214),
        (243, 226),
        (243, 246),
        (190, 240),
        (150, 228),
        (112, 212),
        (84, 200),
        (76, 190),
        (98, 178),
    ]
    scene.fill("azurite", curve(np.array(river)), 0.62)
    scene.fill(
        "wash",
        curve(np.array([(37, 182), (70, 188), (104, 208), (140, 230), (160, 260), (37, 260), (37, 182)])),
        0.55,
    )
    scene.fill(
        "wash",
        curve(np.array([(150, 174), (200, 168), (243, 170), (243, 206), (204, 200), (176, 188), (150, 174)])),
        0.5,
    )
    for x, y, rx, ry in ((66, 106, 28, 22), (54, 128, 18, 15), (86, 124, 16, 14)):
        turn = np.linspace(0, 2 * np.pi, 30)
        scene.fill("wash", np.stack([x + rx * np.cos(turn), y + ry * np.sin(turn)], axis=1), 0.45)


def _dry(scene: Scene) -> None:
    """Clip the washes at the frame and make their density uneven."""
    scene.fill("inside", np.array([(36, 40), (244, 40), (244, 261), (36, 261)]))
    for name in ("azurite", "wash", "white", "vermilion"):
        _dry_layer(scene, name, scene.rng)


def _dry_layer(scene: Scene, name: str, rng: np.random.Generator) -> None:
    inside = scene.layers["inside"]
    rows, columns = inside.shape
    pools = rng.normal(1, 0.16, size=(45, 42)).astype(np.float32)
    uneven = cv2.resize(pools, (columns, rows), interpolation=cv2.INTER_CUBIC)
    softened = cv2.GaussianBlur(cv2.min(scene.layers[name], inside), (0, 0), 0.35 * FINE).astype(np.float32)
    scene.layers[name] = np.clip(softened * uneven, 0, 255).astype(np.uint8)


def _sky(scene: Scene) -> None:
    """Draw the clouds, lit with lead white, the rays behind them, and birds."""
    clouds = (
        ((98, 76, 8), (108, 69, 9), (121, 65, 12), (136, 69, 10), (148, 74, 8)),
        ((199, 60, 7), (209, 54, 9), (222, 51, 10), (234, 56, 8)),
        ((122, 99, 6), (132, 95, 7), (143, 94, 8), (154, 98, 6)),
    )
    for puffs in clouds:
        for x, y, size in puffs:
            turn = np.radians(np.linspace(-190, 10, 9))
            puff = np.stack([x + size * np.cos(turn), y + 0.8 * size * np.sin(turn)], axis=1)
            scene.fill("white", puff, 0.7)
        for x, y, size in puffs:
            turn = np.radians(np.linspace(-165, scene.rng.uniform(-45, -20), 7))
            scene.stroke(
                np.stack([x + size * np.cos(turn), y + 0.8 * size * np.sin(turn)], axis=1), 0.85, wobble=0.1
            )
        (left, low, _), (right, _, reach) = puffs[0], puffs[-1]
        scene.hatch(
            [(left + 12, low - 6), (right + reach, low - 6), (right + reach, low + 2), (left, low + 3)],
            2.3,
            14,
            0.5,
        )
    for number in range(13):
        top = 150 + 7.2 * number
        scene.stroke([(top, 40 + 0.6 * number), (top - 16 - number, 62 + 1.5 * number)], 0.45)
    for x, y, span in ((128, 116, 4.0), (138, 110, 3), (146, 119, 3.4), (108, 108, 2.6), (121, 125, 2.4)):
        scene.stroke([(x - span, y - 0.4 * span), (x - 0.4 * span, y - 0.7 * span), (x, y)], 0.8, wobble=0.05)
        scene.stroke([(x, y), (x + 0.5 * span, y - 0.8 * span), (x + span, y - 0.5 * span)], 0.8, wobble=0.05)


def _far_shore(scene: Scene) -> None:
    """Draw the town on the horizon, with its church."""
    scene.stroke([(37, 172), (70, 170), (110, 172), (150, 170)], 0.7)
    scene.stroke([(96, 177), (120, 175), (150, 177)], 0.6)
    scene.stroke([(118, 170), (118, 152), (120.5, 138), (123, 152), (123, 170)], 0.7, wobble=0.1)
    scene.hatch([(120.5, 142), (123, 152), (123, 170), (120.5, 170)], 1.3, 80, 0.5)
    for x, width, height in ((104, 9, 8), (111, 7, 11), (124, 10, 9), (134, 8, 6), (142, 7, 8)):
        roof = [
            (x, 170),
            (x, 170 - height * 0.5),
            (x + width / 2, 170 - height),
            (x + width, 170 - height * 0.5),
        ]
        for start, end in zip(roof, [*roof[1:], (x + width, 170)], strict=True):
            scene.stroke([start, end], 0.6, wobble=0.1)
        scene.hatch([roof[2], roof[3], (x + width, 170), (x + width / 2, 170)], 1.5, 70, 0.45)


def _mill(scene: Scene) -> None:
    """Draw the mill on its mound, the sails turned against the light."""
    left, right = [(168, 172), (172, 140), (175.5, 112)], [(206, 172), (200.5, 140), (196.5, 112)]
    scene.fill("white", np.array([(169, 170), (175.5, 113), (186, 113), (186, 170)]), 0.5)
    for side in (left, right):
        scene.stroke(side, 1.3)
    cap = [(173, 113), (175, 102), (186, 95), (197, 102), (199, 113)]
    scene.stroke(cap, 1.2)
    scene.stroke([(172, 113), (186, 115), (200, 113)], 1.1)
    scene.hatch([(187, 114), (196.5, 112), (206, 172), (190, 172)], 1.9, 62, 0.75)
    scene.hatch([(194, 114), (196.5, 112), (206, 172), (198, 172)], 2.1, -28, 0.65)
    scene.hatch([(188, 98), (197, 102), (198, 113), (188, 113)], 1.6, 50, 0.65)
    scene.stroke([(160, 150), (186, 154), (213, 150)], 1.2)
    for x in np.linspace(162, 211, 11):
        scene.stroke([(x, 151.5), (x, 146.5)], 0.55, wobble=0.05)
    scene.stroke([(161, 146.5), (186, 149.5), (212, 146.5)], 0.6)
    for foot, top in (((173, 170), (163, 152)), ((201, 170), (211, 152))):
        scene.stroke([foot, top], 0.7)
    for x, y in ((180, 128), (181, 141), (179, 162)):
        scene.hatch(
            [(x - 1.8, y - 2.5), (x + 1.8, y - 2.5), (x + 1.8, y + 2.5), (x - 1.8, y + 2.5)], 0.9, 90, 0.8
        )
    hub = np.array([184.0, 106.0])
    for angle in (-62.0, 28.0, 118.0, 208.0):
        _sail(scene, hub, np.radians(angle))
    for number in range(16):
        x = 152 + 5.6 * number
        scene.stroke([(x, 175 + 4 * np.sin(number)), (x + 9, 180 + 3 * np.cos(number)), (x + 13, 186)], 0.7)


def _sail(scene: Scene, hub: np.ndarray, angle: float) -> None:
    along = np.array([np.cos(angle), np.sin(angle)])
    aside = along[::-1] * (-1, 1)
    scene.fill(
        "vermilion",
        np.array([hub + along * a + aside * b for a, b in ((16, 0.8), (50, 0.8), (50, 7.6), (16, 7.6))]),
        0.75,
    )
    scene.stroke([hub - along * 3, hub + along * 52], 1.4, wobble=0.1)
    scene.stroke([hub + along * 15 + aside * 8, hub + along * 51 + aside * 8], 0.7, wobble=0.1)
    for distance in np.arange(15, 52, 4.5):
        scene.stroke([hub + along * distance, hub + along * distance + aside * 8], 0.6, wobble=0.1)


def _cottage(scene: Scene) -> None:
    """Draw a thatched cottage beside the mill."""
    roof = np.array([(211, 162), (220, 150), (239, 149), (243, 160)])
    scene.fill("vermilion", roof, 0.6)
    for start, end in ((0, 1), (1, 2), (2, 3), (3, 0)):
        scene.stroke([roof[start], roof[end]], 0.9)
    scene.hatch(roof, 2.2, 75, 0.5)
    for x in (214, 242):
        scene.stroke([(x, 162), (x, 175)], 0.9)
    scene.stroke([(214, 175), (243, 175)], 0.8)
    scene.hatch([(228, 163), (242, 162), (242, 175), (228, 175)], 1.8, 40, 0.55)
    scene.hatch([(218, 166), (222, 166), (222, 175), (218, 175)], 0.9, 90, 0.7)
    scene.stroke([(233, 149), (233, 143), (236, 143), (236, 149)], 0.8, wobble=0.1)


def _tree(scene: Scene) -> None:
    """Draw the old tree on the left, its leaves as loops of the pen."""
    trunk = [((60, 198), (64, 176), (61, 150), (66, 126)), ((72, 198), (69, 178), (71, 150), (70, 128))]
    branches = [
        ((63, 150), (54, 136), (46, 130)),
        ((70, 146), (80, 132), (88, 124)),
        ((67, 130), (66, 112), (72, 96)),
    ]
    for line in (*trunk, *branches):
        scene.stroke(line, 1.4)
    scene.hatch([(66, 130), (70, 128), (71, 150), (69, 178), (72, 198), (66, 198)], 1.8, 20, 0.7)
    blobs = (
        (64, 96, 24, 16),
        (50, 116, 14, 13),
        (80, 112, 18, 14),
        (56, 132, 14, 9),
        (88, 128, 13, 9),
        (70, 82, 14, 9),
    )
    for x, y, rx, ry in blobs:
        for _ in range(int(0.3 * rx * ry)):
            angle, reach = scene.rng.uniform(0, 2 * np.pi), np.sqrt(scene.rng.uniform(0.08, 1))
            place = np.array([x + rx * reach * np.cos(angle), y + ry * reach * np.sin(angle)])
            size = scene.rng.uniform(1.4, 2.8)
            turn = np.radians(scene.rng.uniform(-200, -20)) + np.linspace(0, 4.2, 5)
            scene.stroke(
                place + size * np.stack([np.cos(turn), 0.7 * np.sin(turn)], axis=1), 0.65, wobble=0.1
            )
    for x, y, rx, ry in blobs[1:5]:
        scene.hatch(
            [(x - 0.2 * rx, y), (x + rx, y - 0.2 * ry), (x + 0.8 * rx, y + ry), (x, y + ry)], 1.8, 45, 0.6
        )


def _river(scene: Scene) -> None:
    """Draw the banks and the ripples."""
    scene.stroke([(76, 190), (100, 206), (136, 224), (176, 238), (243, 248)], 1.1)
    scene.stroke([(152, 180), (178, 196), (206, 213), (243, 226)], 1.0)
    for _ in range(58):
        y = scene.rng.uniform(181, 240)
        x = scene.rng.uniform(100 + 1.5 * (y - 181), 146 + 1.9 * (y - 181))
        length = scene.rng.uniform(4, 15) * (0.6 + (y - 180) / 70)
        if x + length < 242:
            scene.stroke([(x, y), (x + length / 2, y + 0.7), (x + length, y)], 0.5, wobble=0.15)
    scene.hatch([(152, 181), (178, 196), (206, 213), (206, 218), (176, 201), (150, 185)], 2.2, 92, 0.5)


def _boat(scene: Scene) -> None:
    """Draw a boat with a white sail and a red pennant."""
    hull = [(118, 196), (123, 201.5), (142, 202), (149, 195)]
    scene.stroke(hull, 1.3)
    scene.stroke([(118, 196), (133, 198.5), (149, 195)], 0.9)
    scene.hatch([(120, 198), (148, 197), (142, 202), (123, 201.5)], 1.3, 15, 0.6)
    scene.stroke([(134, 199), (134.5, 158)], 1.0, wobble=0.1)
    sail = np.array([(135.5, 162), (147, 190), (135.5, 193)])
    scene.fill("white", sail, 1.0)
    for start, end in ((0, 1), (1, 2)):
        scene.stroke([sail[start], sail[end]], 0.8)
    scene.fill("vermilion", np.array([(134.5, 157), (134.5, 160.5), (124, 159.5)]), 1.0)
    for y in (205, 208, 211.5):
        scene.stroke([(123 + y / 50, y), (134, y + 0.8), (144, y)], 0.55)


def _foreground(scene: Scene) -> None:
    """Draw the near bank, its path, fence and reeds."""
    for y in np.arange(204, 258, 4.2):
        x = scene.rng.uniform(40, 60)
        scene.stroke([(x, y), (x + 20, y + 2.5), (x + 34 + (y - 204) * 0.9, y + 7)], 0.65)
    scene.hatch([(37, 236), (74, 244), (104, 260), (37, 260)], 2.3, -38, 0.8)
    scene.hatch([(37, 246), (60, 250), (80, 260), (37, 260)], 2.6, 30, 0.8)
    for x in (40, 49, 58, 80):
        scene.stroke([(x, 210), (x + 0.6, 194)], 1.2)
    for y in (198, 203):
        scene.stroke([(37, y), (60, y + 1), (82, y + 2)], 0.8)
    for _ in range(75):
        x = scene.rng.uniform(112, 240)
        foot = min(260.0, 222 + 0.30 * (x - 112) + scene.rng.uniform(2, 24))
        lean, high = scene.rng.normal(0, 3.5), scene.rng.uniform(7, 17)
        scene.stroke([(x, foot), (x + 0.3 * lean, foot - 0.6 * high), (x + lean, foot - high)], 0.75)


def _wanderer(scene: Scene) -> None:
    """Draw the man with a staff on the path."""
    scene.fill("vermilion", np.array([(91, 215), (97, 214), (101, 229), (88, 230)]), 0.9)
    scene.stroke([(91, 215), (87.5, 230), (94, 231), (101.5, 229), (97, 214)], 1.0)
    scene.hatch([(95, 215), (97, 214), (101, 229), (96, 230)], 1.3, 75, 0.6)
    turn = np.linspace(0, 2 * np.pi, 12)
    scene.stroke(np.stack([94 + 2.2 * np.cos(turn), 211 + 2.6 * np.sin(turn)], axis=1), 0.8, wobble=0.05)
    scene.stroke([(88.5, 209.6), (94, 208.4), (99.5, 209.6)], 1.4, wobble=0.05)
    scene.stroke([(91.5, 208.6), (94, 204.6), (96.8, 208.6)], 1.2, wobble=0.05)
    for start, end in (
        ((92, 231), (90, 240)),
        ((97, 231), (100, 240)),
        ((97, 218), (104, 220)),
        ((105, 212), (103, 241)),
    ):
        scene.stroke([start, end], 1.1, wobble=0.1)
    scene.hatch([(100, 240), (126, 244), (124, 247), (98, 243)], 1.7, 8, 0.6)


def _frame(scene: Scene) -> None:
    """Draw the frame around the drawing and a signature below it."""
    for inset, width in ((0.0, 1.1), (2.6, 0.55)):
        left, top, right, bottom = 36 - inset, 40 - inset, 244 + inset, 261 + inset
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        for start, end in pairwise(corners):
            scene.stroke([start, end], width, wobble=0.12)
    pen = np.linspace(0, 11 * np.pi, 60)
    letters = np.stack(
        [186 + 1.5 * pen + 1.6 * np.sin(pen), 269.5 - 2 * np.abs(np.sin(0.73 * pen)) * np.cos(pen)], axis=1
    )
    scene.stroke(letters, 0.65, wobble=0.2)


def _marks(scene: Scene) -> None:
    """Draw the crosses exactly at their stated positions, without random variation."""
    for x, y in (*CORNER_MARKS, *CHECK_MARKS):
        for half_x, half_y in ((4.6, 0.55), (0.55, 4.6)):
            box = [
                (x - half_x, y - half_y),
                (x + half_x, y - half_y),
                (x + half_x, y + half_y),
                (x - half_x, y + half_y),
            ]
            scene.fill("ink", np.array(box))


def _speckles(scene: Scene) -> None:
    """Scatter tiny grains of iron over the paper, as impurities from papermaking."""
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    for _ in range(165):
        place = scene.rng.uniform((18, 18), (262, 283))
        if min(np.hypot(*(place - mark)) for mark in (*CORNER_MARKS, *CHECK_MARKS)) < 9:
            continue  # the marks stay clear
        size = scene.rng.uniform(0.4, 0.75)
        scene.fill("speckles", place + size * circle, scene.rng.uniform(0.35, 1.0))


def _sunlight(scene: Scene) -> None:
    """Draw the evening sun and its light on the mill in orpiment, partly under lead white.

    The strongest lines of arsenic and lead coincide: the clouds cover a part of the sun, and the mill's white
    wall a part of the light.
    """
    turn = np.linspace(0, 2 * np.pi, 40)
    scene.fill("orpiment", np.stack([140 + 12 * np.cos(turn), 87 + 12 * np.sin(turn)], axis=1), 0.9)
    scene.fill("orpiment", np.array([(162, 170), (172, 118), (178, 114), (175, 170)]), 0.6)
    _dry_layer(scene, "orpiment", np.random.default_rng([scene.seed, 4]))  # leaves all other strokes alone
