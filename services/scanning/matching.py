"""Whose page is it? A mark is believed when its proof agrees with a dossier in sight, and not before."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from domain.marks import Mark, agrees
from models.base import db
from models.dossier import Dossier
from services.scanning.splitting import Sheet, Sign


def sheet_of(number: int, facts: dict[str, Any], secret: str) -> Sheet:
    """The page with this number, from what the look at it found. Needs the scope of who scanned it."""
    if facts["blank"]:
        return Sheet(number, blank=True)
    marks = [Mark(**mark) for mark in facts["marks"]]
    if not marks:
        return Sheet(number, doubt="unreadable" if facts["unreadable"] else None)
    return _judged(number, marks, secret)


def _judged(number: int, marks: list[Mark], secret: str) -> Sheet:
    found = [_sign(mark, secret) for mark in marks]
    signs = {sign for sign, _ in found if sign is not None}
    code = marks[0].code
    if len(signs) == 1 and all(sign is not None for sign, _ in found):
        return Sheet(number, sign=signs.pop(), code=code)
    if len({mark.code for mark in marks}) > 1:
        return Sheet(number, doubt="several", code=None)
    doubt = next((doubt for _, doubt in found if doubt is not None), "several")
    return Sheet(number, doubt=doubt, code=code)


def _sign(mark: Mark, secret: str) -> tuple[Sign | None, str | None]:
    """The sign that a mark proves, or why it proves none."""
    dossier = dossier_with(mark.code)
    if dossier is None:
        return None, "unknown"
    if not mark.proof:
        return None, "unproven"
    papers = dossier.papers
    if mark.paper > len(papers):
        return None, "untrue"
    paper_id = papers[mark.paper - 1].id if mark.paper else None
    if not agrees(mark, secret, dossier.id, paper_id):
        return None, "untrue"
    return Sign(dossier.id, mark.code, paper_id, mark.cover), None


def dossier_with(code: str | None) -> Dossier | None:
    """The dossier with this code, if it is in sight."""
    if not code:
        return None
    query = sa.select(Dossier).where(Dossier.code == code.strip().upper())
    return db.session.scalars(query).one_or_none()


def sheets(facts: Iterable[tuple[int, dict[str, Any]]], secret: str) -> list[Sheet]:
    """All pages of a stack in their order."""
    return [sheet_of(number, found, secret) for number, found in facts]
