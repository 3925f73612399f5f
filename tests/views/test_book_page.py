"""The register book: the columns of the form, by year, period and field; paged, printed, written out."""

import csv
import datetime as dt
import io

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from pypdf import PdfReader

from domain.codes import Channel
from domain.events import Tag
from domain.roles import Role
from models.event import Event
from models.organisation import Unit
from models.procedure import ProcedureField
from tests.factories import dossiers as make
from tests.factories.pages import Page

BOOK = "/so-theo-doi"


def codes(answer):
    return [row.text_content().strip() for row in Page(answer).all("//tbody/tr/th")]


def taken(client, what):
    """A file, read to its end inside the request."""
    return client.get(f"{BOOK}/{what}", buffered=True)


def test_book_lists_what_was_received_in_order(session, login):
    found = [make.received().code for _ in range(3)]
    answer = login(Role.clerk).get(BOOK)
    assert codes(answer) == found
    assert "Buôn Kô Tam" in answer.text and "0905123456" in answer.text


def test_book_pages_by_key(session, login, monkeypatch):
    from services import book

    rows = book.rows
    monkeypatch.setattr(book, "rows", lambda *a, **k: rows(*a, **{**k, "limit": 2}))
    found = [make.received().code for _ in range(3)]
    clerk = login(Role.clerk)
    first = clerk.get(BOOK)
    assert codes(first) == found[:2]
    older = Page(first).find("//a[@rel='next']").get("href")
    assert codes(clerk.get(older)) == found[2:]


def test_book_narrows_by_field_and_days(session, login):
    dossier = make.received()
    clerk = login(Role.clerk)
    other = session.scalars(sa.select(ProcedureField).where(ProcedureField.code == "XD")).one()
    own = dossier.procedure.procedure_field_id
    assert codes(clerk.get(f"{BOOK}?linh_vuc={own}")) == [dossier.code]
    assert codes(clerk.get(f"{BOOK}?linh_vuc={other.id}")) == []
    today = f"{make.now():%d/%m/%Y}"
    tomorrow = f"{make.now() + dt.timedelta(days=1):%d/%m/%Y}"
    assert codes(clerk.get(f"{BOOK}?tu={today}&den={today}")) == [dossier.code]
    assert codes(clerk.get(f"{BOOK}?tu={tomorrow}")) == []
    assert codes(clerk.get(f"{BOOK}?nam={make.now().year - 1}")) == []


def test_day_that_is_none_is_said_at_its_field(session, login):
    answer = login(Role.clerk).get(f"{BOOK}?tu=31/02/2026&nam=abc&sau=xx")
    assert answer.status_code in {302, 422}
    answer = login(Role.clerk).get(f"{BOOK}?tu=31/02/2026")
    assert answer.status_code == 422
    page = Page(answer)
    assert page.error("tu") and page.find("//*[@id='tu']").get("value") == "31/02/2026"


def test_csv_and_xlsx_hold_the_same_lines_and_run_no_formula(session, login):
    dossier = make.received(
        owner=make.Person(name="Nguyễn Thị Hoa", address="=HYPERLINK(1)"), channel=Channel.in_person
    )
    clerk = login(Role.clerk)
    text = taken(clerk, "xuat/csv").get_data(as_text=True)
    assert text.startswith("\ufeff")
    head, line = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert line[1] == dossier.code and line[7] == "'=HYPERLINK(1)"
    sheet = load_workbook(io.BytesIO(taken(clerk, "xuat/xlsx").data)).worksheets[0]
    rows = list(sheet.iter_rows())
    assert [c.value for c in rows[0]] == head
    assert rows[1][1].value == dossier.code
    assert rows[1][10].value == dossier.received_at.replace(tzinfo=None, microsecond=0)
    assert (rows[1][7].value, rows[1][7].data_type) == ("=HYPERLINK(1)", "s")


def test_taking_the_book_out_is_an_event(session, login):
    make.received()
    clerk = login(Role.clerk)
    for address in ("xuat/csv", "xuat/xlsx", "in"):
        assert taken(clerk, address).status_code == 200
    events = session.scalars(sa.select(Event).where(Event.tag == Tag.catalogue_export)).all()
    assert sorted(e.changes["form"] for e in events) == ["csv", "pdf", "xlsx"]


def test_printed_book_is_vietnamese_on_landscape_paper(session, login):
    dossier = make.received()
    answer = login(Role.clerk).get(f"{BOOK}/in")
    assert answer.content_type == "application/pdf"
    page = PdfReader(io.BytesIO(answer.data)).pages[0]
    assert page.mediabox.width > page.mediabox.height
    words = " ".join(page.extract_text().split())
    assert "SỔ THEO DÕI HỒ SƠ" in words and "Nguyễn Thị Hoa" in words
    assert dossier.code.rsplit("-", 1)[1] in words


def test_more_lines_than_a_volume_holds_are_refused_with_a_sentence(session, login, monkeypatch):
    from views import book

    monkeypatch.setattr(book, "MOST_PRINTED", 1)
    make.received()
    make.received()
    answer = login(Role.clerk).get(f"{BOOK}/in")
    assert answer.status_code == 422 and not answer.data.startswith(b"%PDF")


def test_clerk_sees_only_the_own_book_whatever_is_asked(session, login):
    mine, theirs = make.received(), make.received(by="tiepnhan.krongana")
    other = session.scalars(sa.select(Unit).where(Unit.code == "DL-655")).one()
    clerk = login(Role.clerk)
    assert codes(clerk.get(f"{BOOK}?don_vi={other.id}")) == [mine.code]
    assert theirs.code not in taken(clerk, f"xuat/csv?don_vi={other.id}").text


def test_leader_of_the_province_opens_any_book(session, login):
    theirs = make.received(by="tiepnhan.krongana")
    leader = login(Role.province_leader)
    assert codes(leader.get(f"{BOOK}?don_vi={theirs.agency_id}")) == [theirs.code]
    found = leader.get(f"{BOOK}/co-quan?q=krong ana").json
    assert any(one["value"] == theirs.agency_id for one in found)


@pytest.mark.parametrize("role", [Role.officer, Role.head, Role.cashier, Role.admin])
def test_book_is_closed_to_other_roles(session, login, role):
    client = login(role)
    for address in ("", "/in", "/xuat/csv", "/co-quan"):
        assert client.get(f"{BOOK}{address}").status_code == 403
