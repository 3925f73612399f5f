"""What happened stays: events, messages, papers and receipts refuse every change, on both engines."""

import pytest
import sqlalchemy as sa

from domain.codes import StepKind, Verb
from domain.errors import DomainError
from domain.events import VERB_TAGS, Tag
from migrations.guards import APPEND_ONLY
from models.base import db
from models.event import Event
from models.fee import FeeReceipt
from models.ids import uuid7
from models.paper import IssuedPaper
from models.register import RegisterPaper
from services.registers import entries
from tests.factories.dossiers import actor
from tests.factories.registers import TYPED as PERMIT, street_register
from tests.services.dossier.common import (
    MONDAY,
    act,
    at_step,
    events,
    fees,
    later,
    received,
    unit,
)
from tests.tools.engines import postgresql_only


@pytest.fixture
def filled(session):
    """At least one row in every guarded table."""
    dossier = received(fee=30_000, competent_id=unit("DL-655").id)
    amounts = {f.id: f.amount for f in fees(dossier)}
    dossier = act("record_payment", dossier, who="tiepnhan", amounts=amounts)
    dossier = act("forward", dossier, who="tiepnhan")
    db.session.add(
        IssuedPaper(
            id=uuid7(),
            agency_id=dossier.agency_id,
            dossier_id=dossier.id,
            form="receipt_slip",
            issued_at=MONDAY,
            issued_by="Trần Thanh Hùng",
            content={},
        )
    )
    entry = entries.enter(
        street_register(), entries.Typed(PERMIT), actor=actor("tiepnhan"), at=MONDAY
    )
    paper = {"agency_id": entry.agency_id, "entry_id": entry.id, "form": "giay_phep"}
    paper |= {"number": entry.number, "issued_at": MONDAY, "issued_by": "Trần Thanh Hùng"}
    db.session.add(RegisterPaper(id=uuid7(), content={}, template_id=uuid7(), **paper))
    db.session.commit()
    for table in APPEND_ONLY:
        assert session.scalar(sa.text(f"SELECT count(*) FROM {table}")), table
    return session


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id",
        "UPDATE {table} SET agency_id = agency_id WHERE 1 = 1",
        "DELETE FROM {table}",
    ],
)
def test_a_guarded_table_refuses(filled, table, statement):
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        filled.connection().execute(sa.text(statement.format(table=table)))


@postgresql_only
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("how", ["", " CASCADE"])
def test_a_guarded_table_refuses_to_be_emptied(filled, table, how):
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        filled.connection().execute(sa.text(f"TRUNCATE {table}{how}"))


@postgresql_only
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_guarded_table_refuses_even_where_triggers_are_switched_off_for_replication(
    filled, pg_superuser_url, table
):
    filled.remove()
    engine = sa.create_engine(pg_superuser_url)
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.execute(sa.text("SET session_replication_role = replica"))
        connection.execute(sa.text(f"DELETE FROM {table}"))
    engine.dispose()


@pytest.mark.parametrize("model", [Event, FeeReceipt, IssuedPaper])
def test_the_session_cannot_change_or_remove_a_kept_row(filled, model):
    row = filled.scalars(sa.select(model).limit(1)).one()
    filled.delete(row)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        filled.flush()


def test_every_verb_has_an_event_of_its_own():
    assert set(VERB_TAGS) == set(Verb)
    assert len(set(VERB_TAGS.values())) == len(Verb)


def test_an_event_is_written_with_its_act_or_not_at_all(session, monkeypatch):
    dossier = received()
    version, known = dossier.version, len(events())
    monkeypatch.setattr("sqlalchemy.orm.Session.commit", _broken)
    with pytest.raises(RuntimeError):
        act("forward", dossier, who="tiepnhan")
    monkeypatch.undo()
    session.expire_all()
    assert len(events()) == known
    again = session.get_one(type(dossier), sa.inspect(dossier).identity)
    assert (again.version, [s.state for s in again.steps][:2]) == (version, ["open", "pending"])


def _broken(_session):
    raise RuntimeError("the disk is full")


def test_the_events_of_a_whole_journey_are_in_order_and_nothing_is_missing(session):
    dossier = at_step(StepKind.return_result)
    dossier = act(
        "return_result",
        dossier,
        who="tiepnhan",
        at=later(days=2),
        receiver="Nguyễn Thị Hoa",
        receiver_id="066190001234",
        slip_collected=True,
    )
    found = events(dossier)
    assert [e.tag for e in found] == [
        Tag.dossier_receive,
        Tag.dossier_forward,
        Tag.dossier_assign,
        Tag.dossier_propose,
        Tag.dossier_approve,
        Tag.dossier_finish,
        Tag.dossier_return_result,
    ]
    assert [e.at for e in found] == sorted(e.at for e in found)
    assert {e.agency_id for e in found} == {dossier.agency_id}
    assert all(e.actor_name and e.actor_role and e.actor_unit for e in found)


def test_a_refused_act_leaves_no_event(session):
    dossier = received()
    known = len(events())
    with pytest.raises(DomainError):
        act("stop", dossier, who="chuyenvien2", reason="Không được phép")
    assert len(events()) == known
