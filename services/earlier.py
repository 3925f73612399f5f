"""Papers that a person has handed in before: offered again, so that nobody brings them twice.

Until when a paper is good is not written in the sources at hand (chưa xác minh): the clerk is told when
it was handed in, looks at it and decides.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy as sa

from domain.names import fold
from models.base import db
from models.dossier import Dossier, DossierPaper
from models.procedure import RequiredDocument

#: Older dossiers than this many papers back are not looked at.
MOST = 200
#: Papers that are written anew for every request begin so, without diacritics.
ANEW = ("don ", "to khai", "giay de nghi", "van ban de nghi", "phieu yeu cau", "giay uy quyen")


class Earlier(NamedTuple):
    """A paper handed in before: in which dossier, and when."""

    code: str
    received_at: dt.datetime


def earlier_papers(
    numbers: Collection[str], documents: Iterable[RequiredDocument], *, but: str
) -> dict[str, Earlier]:
    """What this person has handed in of what is asked: id of the document → the newest paper.

    numbers: the person's identity or tax numbers. A document is the same when its kind is, or its
    name. `but`: id of the dossier in hand. Only dossiers in scope are looked at.
    """
    wanted = [d for d in documents if not fold(d.name).startswith(ANEW)]
    if not numbers or not wanted:
        return {}
    query = (
        sa.select(DossierPaper.name, RequiredDocument.type_id, Dossier.code, Dossier.received_at)
        .join(Dossier, Dossier.id == DossierPaper.dossier_id)
        .outerjoin(RequiredDocument, RequiredDocument.id == DossierPaper.document_id)
        .where(
            Dossier.owner_id_number.in_(sorted(numbers)),
            Dossier.code.is_not(None),
            Dossier.id != but,
            DossierPaper.handed_in,
        )
        .order_by(Dossier.id.desc())
        .limit(MOST)
    )
    found: dict[str, Earlier] = {}
    for name, kind, code, received_at in db.session.execute(query):
        folded = fold(name)
        for document in wanted:
            if folded == fold(document.name) or (kind and kind == document.type_id):
                found.setdefault(document.id, Earlier(str(code), received_at))
    return found
