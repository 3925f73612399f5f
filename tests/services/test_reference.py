"""Units and procedures in memory: as they stand in the database, at once after any change."""

import sqlalchemy as sa
from sqlalchemy import orm

from models.base import db
from models.organisation import Unit
from models.procedure import ProcedureVersion, RequiredDocument
from services import reference
from tests.views.test_kept_pages import statements


def _version(session) -> str:
    return session.scalars(sa.select(RequiredDocument.version_id)).first()


def test_a_version_is_read_once_with_all_its_parts(session):
    key = _version(session)
    reference.version(key)
    session.rollback()
    session.expunge_all()
    with statements() as seen:
        version = reference.version(key)
        parts = (version.documents, version.fees, version.steps, version.case_terms)
        assert all(part.version is version for row in parts for part in row)
        assert version.procedure.procedure_field.name
    assert [s for s in seen if "procedure" in s] == []
    assert version in session and not session.is_modified(version)


def test_a_version_shows_a_committed_change_at_once(session):
    key = _version(session)
    before = reference.version(key).documents[0]
    before.name = "Đơn đề nghị (mẫu thử)"
    assert reference.version(key).documents[0].name == "Đơn đề nghị (mẫu thử)"  # not yet written
    session.flush()
    assert reference.version(key).documents[0].name == "Đơn đề nghị (mẫu thử)"
    session.commit()
    assert reference.version(key).documents[0].name == "Đơn đề nghị (mẫu thử)"


def test_a_change_that_was_taken_back_is_not_kept(session):
    key = _version(session)
    name = reference.version(key).documents[0].name
    reference.version(key).documents[0].name = "Không bao giờ"
    session.flush()
    reference.version(key)
    session.rollback()
    assert reference.version(key).documents[0].name == name


def test_a_change_by_another_connection_is_seen(session):
    key = session.scalars(sa.select(Unit.id).where(Unit.is_agency)).first()
    assert reference.unit(key).full_name
    session.rollback()
    with db.engine.begin() as other:
        other.execute(sa.update(Unit.__table__).values(phone="0262 3999 999"))
    assert reference.unit(key).phone == "0262 3999 999"


def test_what_is_not_there_is_none(session):
    assert reference.version("00000000-0000-7000-8000-000000000000") is None
    assert reference.unit("no id at all") is None


def test_two_sessions_never_share_a_row(session):
    key = _version(session)
    mine = reference.version(key)
    assert orm.object_session(mine) is db.session()
    session.rollback()
    session.expunge_all()
    again = reference.version(key)
    assert again is not mine and isinstance(again, ProcedureVersion)
