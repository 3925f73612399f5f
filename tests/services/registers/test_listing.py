"""The list of a register: which entries, in which order, page by page, of which agency."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from domain.calendar import TZ
from domain.codes import EntryState
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.event import Event
from models.ids import uuid7
from models.organisation import Unit
from models.register import Register, RegisterEntry, RegisterUse
from models.scope import within
from services.acting import Actor, Post, scope_of
from services.registers import definition, entries, listing
from services.registers.entries import Typed
from services.registers.listing import Asked, Narrow, Span
from tests.factories import dossiers as made
from tests.factories.registers import TYPED, street_register

TODAY = dt.date(2026, 5, 4)
NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=TZ)
STREETS = ("Hùng Vương", "Y Wang", "Lê Duẩn", "Phan Bội Châu")


@pytest.fixture
def register(session):
    street_register()
    return definition.every()[0]


def enter(register: Register, who: str = "tiepnhan", number: str = "", **typed: Any) -> Any:
    actor = made.actor(who, NOON)
    day = typed.pop("registered_on", TODAY)
    with within(scope_of(actor)):
        typed_now = Typed({**TYPED, **typed}, number=number, registered_on=day)
        return entries.enter(register, typed_now, actor=actor, at=NOON)


def asked(register: Register, order: str = listing.NEWEST, **narrow: Any) -> Asked:
    fields = [f for f in definition.fields_of(register) if f.listed]
    return Asked(register, Narrow(**narrow), fields, TODAY, order)


def numbers(question: Asked, **place: Any) -> list[str]:
    return [row.number.partition("/")[0] for row in listing.page(question, **place).rows]


def walked(question: Asked, size: int) -> tuple[list[str], list[str]]:
    """All ids page by page forwards, then backwards from the last page."""
    forwards: list[str] = []
    after, last = None, None
    while True:
        page = listing.page(question, after=after, limit=size)
        forwards += [row.id for row in page.rows]
        last = page
        if page.after is None:
            break
        after = page.after
    backwards = [row.id for row in last.rows]
    before = last.before
    while before is not None:
        page = listing.page(question, before=before, limit=size)
        backwards = [row.id for row in page.rows] + backwards
        before = page.before
    return forwards, backwards


@pytest.fixture
def many(register) -> Register:
    """Seven permits: of three days, some alike in everything but their number."""
    for n in range(7):
        enter(
            register,
            chu_giay_phep=("Nguyễn Ất", "Đặng Bính", "Ân Giáp")[n % 3],
            tuyen_duong=f"Đường {STREETS[n % 4]}",
            muc_dich=("xe", "vat_lieu")[n % 2],
            dien_tich=str(10 * (n + 1)),
            registered_on=TODAY - dt.timedelta(days=n // 3),
            den_ngay="3/5/2026" if n == 0 else "20/5/2026" if n % 2 else "20/12/2026",
        )
    return register


def test_what_stands_in_the_list_is_found_by_each_condition(many):
    assert numbers(asked(many, q="dang binh hung")) == ["005"]
    assert numbers(asked(many, q="003/2026")) == ["003"] and numbers(asked(many, q="%")) == []
    for_bikes = asked(many, data=(("muc_dich", "xe"),))
    assert sorted(numbers(for_bikes)) == ["001", "003", "005", "007"]
    spans = (("dien_tich-tu", "30"), ("dien_tich-den", "50"))
    assert sorted(numbers(asked(many, data=spans))) == ["003", "004", "005"]
    assert sorted(numbers(asked(many, data=(("tuyen_duong", "y wang"),)))) == ["002", "006"]
    assert numbers(asked(many, registered=Span(last=TODAY - dt.timedelta(days=2)))) == ["007"]
    assert sorted(numbers(asked(many, ends=listing.coming(TODAY)))) == ["002", "004", "006"]
    unreadable = (("dien_tich-tu", "ba mươi"),)
    assert len(numbers(asked(many, data=unreadable))) == 7


def test_expired_follows_from_the_day_and_is_never_kept(many):
    gone = numbers(asked(many, state=EntryState.expired))
    assert gone == ["001"] and len(numbers(asked(many, state=EntryState.valid))) == 6
    (row,) = listing.page(asked(many, state=EntryState.expired)).rows
    assert row.state is EntryState.valid
    on_its_last_day = asked(many, state=EntryState.expired)._replace(today=dt.date(2026, 5, 3))
    assert numbers(on_its_last_day) == []
    actor = made.actor("lanhdao", NOON)
    entries.revoke(row, reason="Vi phạm", actor=actor, at=NOON)
    assert numbers(asked(many, state=EntryState.expired)) == []
    assert numbers(asked(many, state=EntryState.revoked)) == ["001"]


@pytest.mark.parametrize("name", listing.ORDERS)
@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_hold_every_entry_once_in_either_direction(many, name, down, size):
    db.session.execute(
        sa.update(RegisterEntry)
        .where(RegisterEntry.number.in_(["002/2026/GP-SDLĐ", "005/2026/GP-SDLĐ"]))
        .values(valid_to=None)
    )
    question = asked(many, order=f"{'-' if down else ''}{name}")
    whole = [row.id for row in listing.every(question)]
    forwards, backwards = walked(question, size)
    assert forwards == whole and backwards == whole and len(set(whole)) == 7


def test_orders_are_those_that_people_expect(many):
    assert numbers(asked(many, "number")) == [f"{n:03}" for n in range(1, 8)]
    holders = [row.holder for row in listing.page(asked(many, "holder")).rows]
    assert list(dict.fromkeys(holders)) == ["Nguyễn Ất", "Đặng Bính", "Ân Giáp"]
    days = [row.valid_to for row in listing.page(asked(many, "-valid_to")).rows]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyItcmVnaXN0ZXJlZF9vbiIsMSwyXQ", "ñ"])
def test_a_cursor_that_is_none_begins_at_the_beginning(many, cursor):
    assert numbers(asked(many), after=cursor) == numbers(asked(many))


def test_a_cursor_of_another_order_begins_at_the_beginning(many):
    after = listing.page(asked(many), limit=2).after
    assert numbers(asked(many, "number"), after=after)[0] == "001"


def test_count_is_true_and_stops(many):
    assert listing.count(asked(many)) == 7 and listing.count(asked(many), most=3) == 4
    assert listing.count(asked(many, data=(("muc_dich", "xe"),))) == 4
    assert listing.counts([many], TODAY)[many.id] == (6, 3)


def test_entries_of_another_agency_are_neither_listed_nor_counted(many):
    enter(many, "tiepnhan.krongana")
    foreign, own = made.actor("tiepnhan.krongana", NOON), made.actor("tiepnhan", NOON)
    for actor, expected in ((foreign, 1), (own, 7)):
        with within(scope_of(actor)):
            question = asked(many)
            rows: Sequence[RegisterEntry] = listing.page(question).rows
            assert {row.agency_id for row in rows} == {actor.home.agency_id}
            assert len(rows) == len(list(listing.every(question))) == expected
            assert listing.count(question) == expected
            assert listing.counts([many], TODAY)[many.id][0] == min(expected, 6)
    agency = foreign.home.agency_id
    assert listing.count(asked(many)) == 8 and listing.count(asked(many, agency_id=agency)) == 1


def test_entries_of_another_register_are_not_listed(many, session):
    other = street_register(code="so_khac", name="Sổ khác")
    assert listing.count(asked(other)) == 0
    row = listing.page(asked(many)).rows[0]
    assert listing.seen(many, row.id) is row
    with pytest.raises(DomainError):
        listing.seen(other, row.id)


def test_what_came_in_the_place_of_an_entry_is_found_from_both_sides(many):
    old = listing.page(asked(many)).rows[0]
    actor = made.actor("tiepnhan", NOON)
    new = entries.replace(old, Typed(TYPED), reason="Cấp đổi", actor=actor, at=NOON)
    assert listing.followed_by(old) is new and listing.in_place_of(new) is old
    assert listing.followed_by(new) is None and listing.in_place_of(old) is None


def test_an_export_leaves_its_event_with_the_register_as_subject(register):
    who = made.actor("truongphong", NOON)
    with within(scope_of(who)):
        listing.note_export(register, actor=who, at=NOON, form="csv", query="q=x")
    (event,) = db.session.scalars(sa.select(Event).where(Event.tag == Tag.catalogue_export))
    assert (event.subject_kind, event.subject_id) == ("Register", register.id)
    assert event.changes == {"form": "csv", "query": "q=x"}


_EVERYONE = set(Role) - {Role.system}


@pytest.mark.parametrize(
    ("use", "right", "expected"),
    [
        (RegisterUse.open, "read", _EVERYONE),
        (RegisterUse.open, "write", {Role.clerk, Role.registrar}),
        (RegisterUse.open, "revoke", {Role.leader}),
        (RegisterUse.open, "export", {Role.head, Role.leader, Role.auditor}),
        (RegisterUse.closed, "read", _EVERYONE),
        (RegisterUse.closed, "write", set()),
        (RegisterUse.closed, "revoke", set()),
        (RegisterUse.closed, "export", {Role.head, Role.leader, Role.auditor}),
        (RegisterUse.draft, "read", {Role.admin}),
        (RegisterUse.draft, "export", set()),
    ],
)
def test_rights_follow_the_definition_for_every_role(session, use, right, expected):
    register = street_register(use)
    agency = db.session.scalars(sa.select(Unit.id).where(Unit.code == "DL-648")).one()
    holders = {
        role
        for role in _EVERYONE
        if definition.may(register, Actor(uuid7(), "A", "", (Post(role, agency, agency),)), right)
    }
    assert holders == expected
