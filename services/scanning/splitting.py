"""From the pages of a stack to its pieces: a pure rule, so that it can be tried on every order of pages.

A cover sheet opens a piece for one paper and is left out; a slip opens a piece for its dossier and stays
in it. Whatever is not certain opens a piece of its own for the tray: pages behind a mark that cannot be
believed never follow the pages before it into a dossier.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sign:
    """A mark that proved true: its dossier, its paper if it names one, and whether it only separates."""

    dossier_id: str
    code: str
    paper_id: str | None = None
    cover: bool = False


@dataclass(frozen=True)
class Sheet:
    """A page as the splitting sees it. doubt: why its mark is not believed; code: what it may be."""

    number: int
    sign: Sign | None = None
    doubt: str | None = None
    code: str | None = None
    blank: bool = False


@dataclass
class Piece:
    """Pages that belong together: for a dossier when there is a sign, else for the tray, which says why."""

    sign: Sign | None
    why: str | None = None
    code: str | None = None
    numbers: list[int] = field(default_factory=list)


def split(sheets: Iterable[Sheet]) -> list[Piece]:
    """The pieces of a stack in its order. Blank pages and cover sheets are in none of them."""
    pages = [sheet for sheet in sheets if not sheet.blank]
    covers = any(sheet.sign is not None and sheet.sign.cover for sheet in pages)
    return [piece for piece in _pieces(pages, covers) if piece.numbers]


def _pieces(pages: list[Sheet], covers: bool) -> Iterator[Piece]:
    current: Piece | None = None
    among = False  # behind a cover sheet, or behind a mark that may have been one
    for sheet in pages:
        opened = _opens(sheet, current, among)
        cover = sheet.sign is not None and sheet.sign.cover
        among = among or (covers and (cover or sheet.doubt is not None))
        if opened is not None:
            if current is not None:
                yield current
            current = opened
        assert current is not None
        if not cover:
            current.numbers.append(sheet.number)
    if current is not None:
        yield current


def _opens(sheet: Sheet, current: Piece | None, among: bool) -> Piece | None:
    """The piece that this page begins; None when it goes on with the present one."""
    sign = sheet.sign
    if sheet.doubt is not None:
        return Piece(None, sheet.doubt, sheet.code)
    if sign is None:
        return Piece(None, "no_mark") if current is None else None
    if sign.cover or current is None:
        return Piece(sign, None, sign.code)
    if current.sign is not None and current.sign.dossier_id == sign.dossier_id:
        return None  # a slip or a later paper of the dossier whose pages these are
    if among:
        # Cover sheets part this stack; a slip among the pages may be a paper that somebody handed in.
        return Piece(None, "other_dossier", sign.code)
    return Piece(sign, None, sign.code)
