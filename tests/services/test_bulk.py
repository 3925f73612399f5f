"""Several rows at once: looked at, done together with one act, taken back by who did it."""

import datetime as dt

import pytest
import sqlalchemy as sa

from domain.codes import ApplicantKind
from domain.errors import DomainError
from domain.events import Tag
from models.applicant import Applicant
from models.event import Event
from models.ids import uuid7
from models.procedure import ProcedureField
from services import bulk, catalogue
from tests.factories import dossiers as make

WITHIN = dt.timedelta(minutes=5)
NEW = {"address": "Phường Tân Lập"}


def who(name="tiepnhan", later=0):
    return {"actor": make.actor(name), "at": make.now() + dt.timedelta(seconds=later)}


@pytest.fixture
def people(session):
    """Three applicants, one of whom has the address already."""
    return [
        catalogue.create(
            Applicant, {"name": name, "kind": ApplicantKind.citizen, "address": place}, **who()
        ).id
        for name, place in (("An", "Ea H’leo"), ("Bình", None), ("Chi", "Phường Tân Lập"))
    ]


def stamps(planned):
    return {one.row_id: one.stamp for one in planned if one.changes and one.error is None}


def changed(ids, key=None, **more):
    planned = bulk.plan_change(Applicant, ids, NEW, **who())
    key = key or uuid7()
    facts = {"reason": "Đổi tên phường", "batch_id": key, **who(), **more}
    return key, bulk.change(Applicant, stamps(planned), NEW, **facts)


def addresses(session, ids):
    session.expire_all()
    query = sa.select(Applicant.id, Applicant.address).where(Applicant.id.in_(ids))
    found = dict(session.execute(query).all())
    return [found.get(i) for i in ids]


def events(session, **given):
    return session.scalars(sa.select(Event).filter_by(**given).order_by(Event.id)).all()


def test_look_says_what_would_change_and_keeps_nothing(session, people):
    known = len(events(session))
    planned = bulk.plan_change(Applicant, people, NEW, **who())
    assert [one.changes.get("address") for one in planned] == [
        ["Ea H’leo", "Phường Tân Lập"],
        [None, "Phường Tân Lập"],
        None,
    ]
    assert addresses(session, people) == ["Ea H’leo", None, "Phường Tân Lập"]
    assert len(events(session)) == known


def test_change_leaves_an_event_of_each_row_and_one_of_all_under_one_key(session, people):
    key, done = changed(people)
    assert done == 2
    assert addresses(session, people) == ["Phường Tân Lập"] * 3
    found = events(session, batch_id=key)
    assert [e.tag for e in found] == [Tag.catalogue_update] * 2 + [Tag.catalogue_bulk_update]
    assert {e.reason for e in found} == {"Đổi tên phường"}


def test_form_sent_twice_changes_once(session, people):
    planned = stamps(bulk.plan_change(Applicant, people, NEW, **who()))
    facts = {"reason": "x", "batch_id": uuid7(), **who()}
    assert bulk.change(Applicant, planned, NEW, **facts) == 2
    assert bulk.change(Applicant, planned, NEW, **facts) == 2
    assert len(events(session, batch_id=facts["batch_id"])) == 3


def test_nothing_is_done_when_one_row_is_not_as_it_was_seen(session, people):
    planned = stamps(bulk.plan_change(Applicant, people, NEW, **who()))
    catalogue.update(session.get_one(Applicant, people[1]), {"phone": "0905123456"}, **who())
    with pytest.raises(DomainError) as caught:
        bulk.change(Applicant, planned, NEW, reason="x", batch_id=uuid7(), **who())
    assert caught.value.code == "bulk.stale"
    assert addresses(session, people)[0] == "Ea H’leo"


def test_no_act_without_a_reason(session, people):
    with pytest.raises(DomainError) as caught:
        changed(people, reason="  ")
    assert (caught.value.code, caught.value.field) == ("value.required", "reason")


def test_undo_puts_back_exactly_the_old_values_and_is_an_event(session, people):
    key, _ = changed(people)
    found = bulk.undo(Applicant, key, within=WITHIN, **who(later=60))
    assert (found.done, found.refused) == (2, ())
    assert addresses(session, people) == ["Ea H’leo", None, "Phường Tân Lập"]
    (event,) = events(session, tag=Tag.catalogue_bulk_undo)
    assert event.changes == {"batch": key, "rows": 2, "refused": []}
    assert bulk.recent(Applicant, within=WITHIN, **who(later=61)) is None
    with pytest.raises(DomainError, match=r"bulk\.undone"):
        bulk.undo(Applicant, key, within=WITHIN, **who(later=62))


def test_undo_leaves_a_row_that_somebody_has_changed_and_names_it(session, people):
    key, _ = changed(people)
    catalogue.update(session.get_one(Applicant, people[0]), {"phone": "0905123456"}, **who())
    found = bulk.undo(Applicant, key, within=WITHIN, **who(later=60))
    assert found.done == 1
    ((name, error),) = found.refused
    assert (name, error.code, error.facts["who"]) == ("An", "bulk.changed_by", who()["actor"].name)
    assert addresses(session, people) == ["Phường Tân Lập", None, "Phường Tân Lập"]


@pytest.mark.parametrize(
    ("name", "later", "code"),
    [("tiepnhan", 301, "bulk.too_late"), ("quantri", 10, "bulk.not_yours")],
)
def test_undo_is_refused_to_others_and_after_its_minutes(session, people, name, later, code):
    key, _ = changed(people)
    with pytest.raises(DomainError) as caught:
        bulk.undo(Applicant, key, within=WITHIN, **who(name, later))
    assert caught.value.code == code
    assert addresses(session, people) == ["Phường Tân Lập"] * 3


def test_only_ones_own_act_of_the_last_minutes_is_offered(session, people):
    key, _ = changed(people)
    offered = bulk.recent(Applicant, within=WITHIN, **who(later=299))
    assert (offered.id, offered.rows) == (key, 2)
    assert bulk.recent(Applicant, within=WITHIN, **who("quantri")) is None
    assert bulk.recent(Applicant, within=WITHIN, **who(later=301)) is None


def test_deleted_rows_are_made_anew_with_their_ids_or_it_is_said_before(session):
    admin = who("quantri")
    rows = [catalogue.create(ProcedureField, {"code": f"Z{n}", "name": f"Lĩnh vực {n}"}, **admin)
            for n in range(3)]  # fmt: skip
    ids = [row.id for row in rows]
    kept = {row.id: (row.code, row.agency_id) for row in rows}
    assert bulk.can_return(ProcedureField, admin["actor"], ids)
    planned = {one.row_id: one.stamp for one in bulk.plan_delete(ProcedureField, ids, **admin)}
    key = uuid7()
    assert bulk.delete(ProcedureField, planned, reason="Nhầm", batch_id=key, **admin) == 3
    query = sa.select(ProcedureField).where(ProcedureField.id.in_(ids))
    assert session.scalars(query).all() == []
    found = bulk.undo(ProcedureField, key, within=WITHIN, **who("quantri", 30))
    assert (found.done, found.refused) == (3, ())
    assert {row.id: (row.code, row.agency_id) for row in session.scalars(query)} == kept


def test_look_at_a_deletion_says_which_row_is_in_use(session):
    used = make.version_of().procedure.procedure_field_id
    free = catalogue.create(ProcedureField, {"code": "Z1", "name": "Mới"}, **who("quantri")).id
    planned = bulk.plan_delete(ProcedureField, [used, free], **who("quantri"))
    assert [one.error and one.error.code for one in planned] == ["row.in_use", None]
    assert session.get(ProcedureField, free) is not None
