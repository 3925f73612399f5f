"""Lines that the product itself puts before officers, about one dossier each."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as AccountRole, User

from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.notice import Notice
from models.officer import Officer
from models.organisation import Unit
from models.scope import everything
from services.transaction import transaction

#: Nobody is told of one thing by more lines than this.
MOST_TOLD = 200


def tell(
    dossier: Dossier, roles: Iterable[Role], text: str, *, agency_id: str, at: dt.datetime
) -> int:
    """Put a line before every active officer of an agency who has one of these roles; gives how many."""
    wanted = {role.value for role in roles}
    if not wanted:
        return 0
    query = (
        sa.select(Officer.id)
        .join(Unit, Unit.id == Officer.unit_id)
        .join(User, User.id == Officer.user_id)
        .where(Unit.agency_id == agency_id, Officer.active, User.active)
        .where(User.roles.any(AccountRole.name.in_(wanted)))
    )
    told = db.session.scalars(query.order_by(Officer.id).limit(MOST_TOLD)).all()
    for officer_id in told:
        db.session.add(
            Notice(
                agency_id=agency_id,
                dossier_id=dossier.id,
                officer_id=officer_id,
                text=text[:500],
                at=at,
            )
        )
    return len(told)


def notices(officer_id: str | None, *, limit: int = 50) -> list[Notice]:
    """The newest lines of an officer, unread ones first."""
    query = sa.select(Notice).where(Notice.officer_id == officer_id)
    order = (Notice.read_at.is_not(None), Notice.at.desc(), Notice.id.desc())
    return list(db.session.scalars(query.order_by(*order).limit(limit)))


def unread(officer_id: str | None) -> int:
    """How many lines an officer has not read."""
    query = sa.select(sa.func.count(Notice.id)).where(
        Notice.officer_id == officer_id, Notice.read_at.is_(None)
    )
    return int(db.session.scalar(query) or 0)


def mark_read(officer_id: str | None, *, at: dt.datetime, notice_id: str | None = None) -> None:
    """The officer has read a line, or all of them; what was read before stays as it was."""
    with transaction(), everything():
        change = sa.update(Notice).where(Notice.officer_id == officer_id, Notice.read_at.is_(None))
        if notice_id is not None:
            change = change.where(Notice.id == notice_id)
        db.session.execute(change.values(read_at=at))
