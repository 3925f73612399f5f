"""The register book: whose dossiers, in which order, page after page and as a whole."""

import datetime as dt
from collections.abc import Iterator

import pytest

from domain.codes import Status
from domain.errors import DomainError
from models.ids import uuid7
from models.scope import Scope, within
from services import book
from tests.services import small_office
from tests.services.small_office import NOW, Office


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


def names(office, year=2026, **more) -> list[str]:
    return [line.owner_name for line in book.rows(office.agency.id, year, **more).rows]


def test_book_lists_the_year_in_the_order_of_receipt(office):
    new_year = dt.datetime(2026, 1, 1, 0, 0, tzinfo=NOW.tzinfo)
    for name, at in (
        ("Ba", NOW + dt.timedelta(hours=1)),
        ("Hai", NOW),
        ("Một", new_year),
        ("Năm trước", new_year - dt.timedelta(seconds=1)),
        ("Năm sau", new_year.replace(year=2027)),
    ):
        small_office.dossier(office, name, received_at=at)
    assert names(office) == ["Một", "Hai", "Ba"]
    assert names(office, 2025) == ["Năm trước"]
    assert book.years(office.agency.id) == (2027, 2026, 2025)
    assert book.years(uuid7()) == ()


def test_book_narrows_to_days_both_included(office):
    for day in (1, 2, 3, 4):
        at = dt.datetime(2026, 5, day, 23, 59, tzinfo=NOW.tzinfo)
        small_office.dossier(office, f"Ngày {day}", received_at=at)
    span = {"start": dt.date(2026, 5, 2), "end": dt.date(2026, 5, 3)}
    assert names(office, **span) == ["Ngày 2", "Ngày 3"]
    assert names(office, 2025, **span) == []


def test_book_keeps_one_field_of_administration(office):
    small_office.dossier(office, "Hộ kinh doanh")
    assert names(office, field_id=office.procedure.procedure_field_id) == ["Hộ kinh doanh"]
    assert names(office, field_id=uuid7()) == []


def test_book_leaves_out_visits_without_acceptance(office):
    small_office.dossier(office, "Bị từ chối", code=None, status=Status.not_accepted)
    assert names(office) == []


def test_book_line_carries_the_columns_of_the_form(office):
    small_office.dossier(
        office, "Lê Thị Bốn", book_order=7, owner_phone="0905111222", legacy_code="7/TNHS", sets=2
    )
    line = book.rows(office.agency.id, 2026).rows[0]
    assert (line.order, line.sets, line.legacy_code) == (7, 2, "7/TNHS")
    assert (line.owner_name, line.address) == ("Lê Thị Bốn", "Thôn 3, xã Ea Kpam")
    assert line.phone == "0905111222"
    assert line.procedure == office.procedure.name
    assert line.competent == office.agency.full_name
    assert (line.received_at, line.due_at) == (NOW, NOW + dt.timedelta(days=5))


def test_book_pages_and_streams_the_same_lines(office, monkeypatch):
    for i in range(11):
        small_office.dossier(office, f"Hồ sơ {i}", received_at=NOW + dt.timedelta(hours=i // 4))
    whole = book.rows(office.agency.id, 2026, limit=100)
    assert whole.after is None
    paged, after = [], None
    while True:
        page = book.rows(office.agency.id, 2026, limit=3, after=after)
        paged += page.rows
        after = page.after
        if after is None:
            break
    monkeypatch.setattr(book, "STRETCH", 4)
    assert tuple(paged) == whole.rows == tuple(book.every(office.agency.id, 2026))
    assert len(whole.rows) == 11


@pytest.mark.parametrize("after", ["x", "W10", "WzFd", "bnVsbA"])
def test_book_refuses_a_cursor_that_is_none(office, after):
    with pytest.raises(DomainError) as refused:
        book.rows(office.agency.id, 2026, after=after)
    assert refused.value.code == "request.invalid"


def test_book_refuses_a_year_that_is_none(office):
    with pytest.raises(DomainError) as refused:
        book.rows(office.agency.id, 0)
    assert refused.value.code == "date.invalid"


def test_book_stays_inside_the_scope(office, session):
    small_office.dossier(office)
    session.commit()
    with within(Scope(agencies=frozenset({uuid7()}))):
        assert names(office) == []
