"""Entries of a register of the office's own: numbers, validity, changes with their reason, rights."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from domain.calendar import TZ
from domain.codes import EntryState
from domain.errors import DomainError
from domain.events import Tag
from domain.register import standing
from models.base import db
from models.event import Event
from models.ids import uuid7
from models.register import RegisterEntry, RegisterUse, RegisterValue
from models.scope import within
from services.acting import scope_of
from services.registers import definition, entries
from services.registers.entries import Typed
from tests.factories import dossiers as made
from tests.factories.registers import TYPED, street_register

NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=TZ)


@pytest.fixture
def register(session):
    street_register()
    return definition.every()[0]


def do(verb: str, *args: Any, who: str = "tiepnhan", at: dt.datetime = NOON, **facts: Any) -> Any:
    """A verb as a request of this officer does it, the rows read afresh afterwards."""
    actor = made.actor(who, at)
    with within(scope_of(actor)):
        found: RegisterEntry = getattr(entries, verb)(*args, actor=actor, at=at, **facts)
    entry_id = found.id
    db.session.expire_all()
    return db.session.get_one(RegisterEntry, entry_id)


def entered(register, **changes: Any) -> RegisterEntry:
    """A permit entered at the counter."""
    return do("enter", register, Typed({**TYPED, **changes}))


def events(tag: Tag) -> list[Event]:
    return list(db.session.scalars(sa.select(Event).where(Event.tag == tag).order_by(Event.id)))


def test_enter_gives_the_next_number_the_holder_and_the_days_of_validity(register):
    first, second = entered(register), entered(register, chu_giay_phep="Trần Văn Ất")
    assert [first.number, second.number] == ["001/2026/GP-SDLĐ", "002/2026/GP-SDLĐ"]
    assert (first.holder, first.state) == ("Nguyễn Thị Hoa", EntryState.valid)
    assert (first.valid_from, first.valid_to) == (dt.date(2026, 5, 1), dt.date(2026, 5, 10))
    assert first.search_key == "001 2026 gp sdld nguyen thi hoa duong hung vuong"
    rows = db.session.scalars(sa.select(RegisterValue).where(RegisterValue.entry_id == first.id))
    assert {r.key: r.text or r.number for r in rows} == {
        "tuyen_duong": "duong hung vuong",
        "muc_dich": "|xe|",
        "dien_tich": 40,
    }
    (event, _) = events(Tag.register_enter)
    assert event.changes["number"] == "001/2026/GP-SDLĐ" and event.actor_role == "clerk"
    assert event.changes["Diện tích (m²)"] == ["", "40"]


def test_a_number_of_the_paper_book_is_kept_and_never_given_again(register):
    do("enter", register, Typed(TYPED, number="001/2026/GP-SDLĐ"))
    assert entered(register).number == "002/2026/GP-SDLĐ"
    with pytest.raises(DomainError) as found:
        do("enter", register, Typed(TYPED, number=" 002/2026/GP-SDLĐ "))
    assert (found.value.code, found.value.field) == ("register.number_taken", "number")


def test_numbers_start_again_with_the_year_of_registration(register):
    old = do("enter", register, Typed(TYPED, registered_on=dt.date(2025, 12, 31)))
    assert old.number == "001/2025/GP-SDLĐ" and entered(register).number == "001/2026/GP-SDLĐ"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"tuyen_duong": ""}, "tuyen_duong", "value.required"),
        ({"dien_tich": "0"}, "dien_tich", "data.least"),
        ({"muc_dich": "la"}, "muc_dich", "value.choice"),
        ({"den_ngay": "30/4/2026"}, "den_ngay", "value.invalid"),
    ],
)
def test_enter_is_refused_at_the_field_and_takes_no_number(register, changes, field, code):
    with pytest.raises(DomainError) as found:
        entered(register, **changes)
    assert (found.value.code, found.value.field) == (code, field)
    assert entered(register).number == "001/2026/GP-SDLĐ"


def test_a_form_sent_twice_makes_one_entry(register):
    key = uuid7()
    for _ in range(2):
        do("enter", register, Typed(TYPED), row_id=key)
    assert len(events(Tag.register_enter)) == 1


def test_amend_keeps_what_stood_there_in_the_event(register):
    entry = entered(register)
    after = do(
        "amend",
        entry,
        Typed({**TYPED, "den_ngay": "20/5/2026"}),
        reason="Gia hạn theo đơn",
        seen=entry.version,
    )
    assert after.valid_to == dt.date(2026, 5, 20) and after.number == entry.number
    (event,) = events(Tag.register_amend)
    assert event.reason == "Gia hạn theo đơn"
    assert event.changes["Đến ngày"] == ["10/05/2026", "20/05/2026"]
    assert "Từ ngày" not in event.changes


def test_amend_is_refused_without_a_reason_and_from_an_old_page(register):
    entry = entered(register)
    with pytest.raises(DomainError) as found:
        do("amend", entry, Typed(TYPED), reason=" ")
    assert (found.value.code, found.value.field) == ("dossier.reason_required", "reason")
    seen = entry.version
    do("amend", entry, Typed({**TYPED, "dien_tich": "41"}), reason="Đo lại", seen=seen)
    with pytest.raises(DomainError) as found:
        do("amend", entry, Typed(TYPED), reason="Đo lại", seen=seen)
    assert found.value.code == "row.stale"


def test_revoke_and_restore_are_the_leaders_and_leave_the_entry_in_the_register(register):
    entry = entered(register)
    with pytest.raises(DomainError) as found:
        do("revoke", entry, reason="Sử dụng sai mục đích")
    assert found.value.code == "dossier.role_not_allowed"
    gone = do("revoke", entry, reason="Sử dụng sai mục đích", who="lanhdao")
    assert gone.state is EntryState.revoked
    for verb in ("amend", "replace"):
        with pytest.raises(DomainError) as found:
            do(verb, gone, Typed(TYPED), reason="x")
        assert found.value.code == "register.not_valid"
    back = do("restore", gone, reason="Thu hồi nhầm", who="lanhdao")
    assert back.state is EntryState.valid
    assert [e.reason for e in events(Tag.register_revoke)] == ["Sử dụng sai mục đích"]
    with pytest.raises(DomainError) as found:
        do("restore", back, reason="x", who="lanhdao")
    assert found.value.code == "register.not_revoked"


def test_replace_makes_a_new_entry_and_the_old_one_names_it(register):
    entry = entered(register)
    fresh = do("replace", entry, Typed({**TYPED, "dien_tich": "50"}), reason="Cấp lại")
    old = db.session.get_one(RegisterEntry, entry.id)
    assert (old.state, fresh.state) == (EntryState.replaced, EntryState.valid)
    assert (fresh.replaces_id, fresh.number) == (old.id, "002/2026/GP-SDLĐ")


@pytest.mark.parametrize(
    ("day", "state"),
    [(dt.date(2026, 5, 10), EntryState.valid), (dt.date(2026, 5, 11), EntryState.expired)],
)
def test_an_entry_expires_after_its_last_day(register, day, state):
    entry = entered(register)
    assert standing(entry.state, entry.valid_to, day) is state


def test_months_of_validity_end_the_day_before(session):
    register = street_register(ends_key=None, starts_key=None, months=12)
    entry = do("enter", register, Typed(TYPED))
    assert (entry.valid_from, entry.valid_to) == (NOON.date(), dt.date(2027, 5, 3))


@pytest.mark.parametrize("use", [RegisterUse.draft, RegisterUse.closed])
def test_nothing_is_entered_in_a_register_that_is_not_in_use(session, use):
    street_register(use)
    with pytest.raises(DomainError) as found:
        entered(definition.every()[0])
    assert found.value.code == "register.not_open"


@pytest.mark.parametrize(
    ("who", "rights"),
    [
        ("tiepnhan", {"read", "write"}),
        ("chuyenvien", {"read"}),
        ("vanthu", {"read", "write"}),
        ("lanhdao", {"read", "revoke", "export"}),
        ("kiemtra", {"read", "export"}),
        ("quantri", {"read"}),
    ],
)
def test_rights_are_those_that_the_register_names(register, who, rights):
    actor = made.actor(who, NOON)
    found = {r for r in ("read", "write", "revoke", "export") if definition.may(register, actor, r)}
    assert found == rights
