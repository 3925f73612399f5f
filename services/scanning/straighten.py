"""Set a page upright: quarter turns by its mark or its lines of text, then the small slant of the feeder."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: The slant looked for, in degrees, and the least that is worth turning a page for.
MOST, LEAST = 7.0, 0.2
#: Width at which lines of text are looked at: enough to tell them, quick enough for every page.
LOOK = 700
#: How far into the page the bed of the scanner may reach, as a share of its side.
_BED = 0.15
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def turned(image: Image.Image, turn: int) -> Image.Image:
    """The picture turned clockwise by quarters."""
    return image.transpose(_TURNS[turn]) if turn % 360 else image


def trimmed(image: Image.Image) -> Image.Image:
    """The page without the dark bed of the scanner that shows beside a slanted or smaller sheet."""
    colours = np.array(image.convert("RGB"))
    height, width = colours.shape[:2]
    small: Any = cv2.resize(colours, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    dark = (small.max(axis=2) < 75).astype(np.uint8)
    _, labels = cv2.connectedComponents(dark)
    rim = np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1]))
    bed: Any = np.isin(labels, np.unique(rim[rim > 0])).astype(np.uint8)
    deep, wide = (round(side * _BED) for side in bed.shape)
    bed[deep:-deep, wide:-wide] = 0
    if not bed.any():
        return image
    bed = cv2.dilate(bed, np.ones((3, 3), np.uint8))
    sheet = np.median(small.reshape(-1, 3), axis=0).astype(np.uint8)
    colours[cv2.resize(bed, (width, height), interpolation=cv2.INTER_NEAREST) > 0] = sheet
    return Image.fromarray(colours)


def lies(image: Image.Image) -> bool:
    """Whether the lines of text plainly run up the page instead of across it."""
    ink = _ink(image)
    if ink.sum() < 40:
        return False
    steps = np.arange(-5.0, 5.5, 1.0)
    across, upward = (max(_stripes(_rotated(way, float(a))) for a in steps) for way in (ink, ink.T))
    return bool(upward > 1.6 * across)


def level(image: Image.Image) -> Image.Image:
    """The picture without its slant, on white."""
    angle = slant(image)
    if abs(angle) < LEAST:
        return image
    width, height = image.size
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    white = (255, 255, 255)
    page = cv2.warpAffine(
        np.asarray(image), matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=white
    )
    return Image.fromarray(page)


def slant(image: Image.Image) -> float:
    """Degrees counter-clockwise that make the lines of text run level; 0 where there are no lines."""
    ink = _ink(image)
    if ink.sum() < 40:
        return 0.0
    best, found = _stripes(ink), 0.0
    first = best
    for step, reach in ((1.0, MOST), (0.25, 0.75), (0.1, 0.15)):
        middle = found
        for angle in np.arange(middle - reach, middle + reach + step / 2, step):
            score = _stripes(_rotated(ink, float(angle)))
            if score > best:
                best, found = score, float(angle)
    return found if best > 1.05 * first and abs(found) <= MOST else 0.0


def _ink(image: Image.Image) -> NDArray[np.float32]:
    """Where the page is written on, small: 1 ink, 0 paper; the margin with its shadows left out."""
    grey = np.asarray(image.convert("L"))
    scale = LOOK / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark = cv2.adaptiveThreshold(
        small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12
    )
    margin = LOOK // 25
    out: Any = dark[margin:-margin, margin:-margin].astype(np.float32)
    return out  # type: ignore[no-any-return]


def _rotated(ink: NDArray[np.float32], angle: float) -> NDArray[np.float32]:
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    out: Any = cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return out  # type: ignore[no-any-return]


def _stripes(ink: NDArray[np.float32]) -> float:
    """How sharply rows of ink and rows of paper take turns: largest when the lines run level."""
    rows = ink.sum(axis=1)
    return float(np.square(np.diff(rows)).sum() / max(float(np.square(rows).sum()), 1.0))
