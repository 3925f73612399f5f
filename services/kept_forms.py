"""Keep a form that was sent after the session had ended, and give it back to the same person."""

import datetime as dt

import sqlalchemy as sa

from models.base import db
from models.kept_form import KeptForm
from services.transaction import transaction

#: How long a form waits for its person to sign in again.
KEPT_FOR = dt.timedelta(hours=1)
#: Most forms that one person can leave waiting; the oldest goes first.
MOST = 20


def keep(user_id: int, *, path: str, fields: list[tuple[str, str]], at: dt.datetime) -> str:
    """Keep what was typed; gives the id it is asked for by. Those past their hour are thrown away."""
    with transaction():
        db.session.execute(sa.delete(KeptForm).where(KeptForm.at < at - KEPT_FOR))
        mine = sa.select(KeptForm.id).where(KeptForm.user_id == user_id)
        oldest = db.session.scalars(mine.order_by(KeptForm.at.desc()).offset(MOST - 1)).all()
        db.session.execute(sa.delete(KeptForm).where(KeptForm.id.in_(oldest)))
        kept = KeptForm(user_id=user_id, path=path, fields=[list(f) for f in fields], at=at)
        db.session.add(kept)
        db.session.flush()
        return kept.id


def kept(form_id: str, *, user_id: int, at: dt.datetime) -> KeptForm | None:
    """The form, if it is this person's and its hour has not passed."""
    query = sa.select(KeptForm).where(
        KeptForm.id == form_id, KeptForm.user_id == user_id, KeptForm.at >= at - KEPT_FOR
    )
    return db.session.scalars(query).one_or_none()
