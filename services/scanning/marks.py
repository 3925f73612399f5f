"""The marks on the picture of a page: a quick look first, harder ones only where it finds nothing.

What is found counts as ours only when `domain.marks` can read it; other codes on the citizen's papers
are passed over. A mark that is plainly there and cannot be read is told as well, because the pages
behind it must not go where the pages before it went.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from domain.marks import Mark, read_mark

Grey = NDArray[np.uint8]
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_BAR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
#: Looks that every page gets.
QUICK = 4
#: Height in dots at which patches are looked for.
_LOOK = 1000
_LOCAL, _GLOBAL = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram


class Found(NamedTuple):
    """What a page bears. turn: degrees clockwise that set it upright, None where no mark says so."""

    marks: tuple[Mark, ...] = ()
    unreadable: bool = False
    turn: int | None = None


def find(grey: Grey, finer: Callable[[], Grey] | None = None) -> Found:
    """Our marks on a page. finer: the same page with more dots, asked for when it may help."""
    unread = False
    for number, (picture, binarizer) in enumerate(_looks(grey, finer), 1):
        found, broken = _read(picture, binarizer)
        if found.marks:
            return found
        unread = unread or broken
        if number == QUICK and not unread and not _patch(grey):
            break  # nothing on the page looks like a mark at all
    bar = _bar(grey)
    return bar if bar.marks else Found((), unread)


def _looks(grey: Grey, finer: Callable[[], Grey] | None) -> Iterator[tuple[Grey, Any]]:
    """The picture as it is, then made easier in one way after the other; the quickest ways first."""
    yield grey, _LOCAL
    soft = _as_grey(cv2.GaussianBlur(grey, (3, 3), 0))
    yield soft, _LOCAL
    large = finer() if finer is not None else _larger(grey, 1.5)
    yield large, _LOCAL
    yield _larger(soft, 2), _LOCAL
    # the rest only where something looks like a mark
    yield _as_grey(cv2.medianBlur(grey, 3)), _GLOBAL
    yield _as_grey(cv2.medianBlur(large, 5)), _LOCAL
    flat = _flattened(grey)
    yield _larger(_as_grey(cv2.medianBlur(flat, 3)), 2), _LOCAL
    yield _as_grey(cv2.GaussianBlur(large, (0, 0), 1.6)), _LOCAL
    yield _as_grey(cv2.GaussianBlur(flat, (5, 5), 0)), _LOCAL
    smooth = _as_grey(cv2.bilateralFilter(large, 7, 60, 5))
    yield smooth, _LOCAL
    yield (
        _as_grey(cv2.addWeighted(smooth, 2.0, cv2.GaussianBlur(smooth, (0, 0), 4), -1.0, 0)),
        _LOCAL,
    )
    yield _as_grey(cv2.resize(grey, None, fx=0.66, fy=0.66, interpolation=cv2.INTER_AREA)), _LOCAL
    yield _larger(_as_grey(cv2.GaussianBlur(flat, (0, 0), 1.2)), 3), _LOCAL


def _read(picture: Grey, binarizer: Any) -> tuple[Found, bool]:
    """Our marks, and whether a mark was seen that cannot be read."""
    codes = zxingcpp.read_barcodes(
        picture, formats=_QR, try_invert=False, binarizer=binarizer, return_errors=True
    )
    good = [(code, read_mark(code.text)) for code in codes if code.valid]
    ours = [(code, mark) for code, mark in good if mark is not None]
    turn = _turn(ours[0][0].orientation) if ours else None
    broken = any(not code.valid for code in codes)
    return Found(tuple(dict.fromkeys(mark for _, mark in ours)), False, turn), broken


def _turn(orientation: float) -> int:
    """Degrees clockwise that set upright what stands at `orientation`, in quarters."""
    return round(-orientation / 90) % 4 * 90


def _bar(grey: Grey) -> Found:
    """The bar code of a slip: it names a code and proves nothing, so it only helps a person."""
    codes = zxingcpp.read_barcodes(grey, formats=_BAR, try_invert=False, binarizer=_LOCAL)
    marks = tuple(mark for code in codes if (mark := read_mark(code.text)))
    return Found(marks, bool(marks))


def _patch(grey: Grey) -> bool:
    """Whether there is a square patch of dense dots, as a mark is, readable or not."""
    scale = _LOOK / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark = cv2.adaptiveThreshold(
        small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 10
    )
    solid = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((21, 21), np.uint8))
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return any(_square(outline) for outline in outlines)


def _square(outline: Any) -> bool:
    (_, (width, height), _) = cv2.minAreaRect(outline)
    short, long = sorted((width, height))
    fits = short >= _LOOK / 30 and long <= _LOOK / 5
    return bool(fits and short >= 0.7 * long and cv2.contourArea(outline) >= 0.7 * width * height)


def _larger(grey: Grey, factor: float) -> Grey:
    return _as_grey(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC))


def _flattened(grey: Grey) -> Grey:
    """Even light and full contrast: stains, shadows and pale print are taken out."""
    paper = cv2.medianBlur(cv2.resize(grey, None, fx=0.125, fy=0.125), 21)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]))
    even = cv2.divide(grey, paper, scale=235)
    low, high = np.percentile(even[::4, ::4], (1, 90))
    stretched = (even.astype(np.float32) - low) * (255 / max(high - low, 1))
    return _as_grey(np.clip(stretched, 0, 255).astype(np.uint8))


def _as_grey(picture: Any) -> Grey:
    return np.ascontiguousarray(picture, dtype=np.uint8)
