"""Certificates of entries: a template of the office's own, printed, printed again, kept as they were."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.event import Event
from models.ids import uuid7
from models.paper_template import PaperTemplate
from models.register import Register, RegisterPaper
from services import paper_templates
from services.registers import definition, entries
from tests.factories import dossiers as made, procedures
from tests.factories.pages import Page
from tests.factories.register_pages import LIST, address, entered, events, rows
from tests.factories.registers import street_register, writes_into
from views.issuing import own_papers

FORM = "giay_phep_long_duong"
EDITOR = "//form[@id='template-form']"
LINES = """
<p class="prose">Tuyến đường: {{ data.tuyen_duong }}, diện tích {{ data.dien_tich }} m².</p>
{% for line in data.phuong_tien %}<p class="prose">{{ line.so_luong }} {{ line.loai_xe }}</p>{% endfor %}
"""


@pytest.fixture
def register(session: Any, login: Any) -> Register:
    """A register whose certificate was made and published on the screens."""
    street_register(form=FORM)
    admin = login(Role.admin)
    made_of = {"form": "so-dang-ky", "op_id": uuid7(), "name": "Giấy phép lòng đường"}
    answer = admin.post("/mau-in/moi", data=made_of)
    assert answer.status_code == 303
    editor = answer.headers["Location"]
    page = Page(admin.get(editor))
    assert "Trường của sổ" in page.text and "data.phuong_tien" in page.text
    values = page.values(EDITOR)
    body = values["body"].replace("{# Điền", f"{LINES}{{# Điền", 1)
    answer = admin.post(editor, data={**values, "body": body, "then": "publish"})
    assert answer.status_code == 303, Page(answer).text
    return definition.every()[0]


def certificate(entry: Any) -> str:
    return f"{LIST}/in-giay/{entry.id}"


def printed(client: Any, entry: Any, **more: Any) -> Any:
    page = client.get(address(entry))
    (form,) = Page(page).all(f"//form[@action='{certificate(entry)}']")
    return client.post(certificate(entry), data={**dict(form.form_values()), **more})


def text(client: Any, place: str) -> str:
    answer = client.get(place)
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    found = PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in found).split())


def papers(session: Any) -> list[RegisterPaper]:
    session.expire_all()
    return list(session.scalars(sa.select(RegisterPaper).order_by(RegisterPaper.id)))


def test_certificate_says_what_the_entry_says_and_is_printed_once(session, register, login):
    entry = entered(register)
    clerk = login(Role.clerk)
    key = uuid7()
    first = printed(clerk, entry, idempotency_key=key)
    again = clerk.post(certificate(entry), data={"idempotency_key": key})
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    (paper,) = papers(session)
    assert (paper.number, paper.form) == (entry.number, FORM)
    said = text(clerk, first.headers["Location"])
    for words in ("001/2026/GP-SDLĐ", "Nguyễn Thị Hoa", "Đường Hùng Vương", "40 m²", "30 Xe máy"):
        assert words in said, words
    assert "ngày 01 tháng 5 năm 2026 đến hết ngày 10 tháng 5 năm 2026" in said
    assert "CHỦ TỊCH" in said and "Mã hồ sơ" not in said and "BẢN IN LẠI" not in said
    (event,) = events(session, Tag.register_print)
    assert event.changes["number"] == entry.number and event.subject_id == paper.id
    history = Page(clerk.get(address(entry))).words("lich-su")
    assert "In giấy" in history or "Đã in" in history


def test_reprint_says_so_and_gives_the_values_of_then(session, register, login):
    entry = entered(register)
    clerk = login(Role.clerk)
    place = printed(clerk, entry).headers["Location"]
    reprint = {"idempotency_key": uuid7()}
    for _ in range(2):
        answer = clerk.post(f"{place}/in-lai", data=reprint)
        assert answer.status_code == 303 and answer.headers["Location"] == place
    assert "BẢN IN LẠI (lần 2)" in text(clerk, place)
    assert len(events(session, Tag.register_reprint)) == 1
    amend = Page(clerk.get(address(entry, "sua"))).values("//form[contains(@class, 'entry-form')]")
    changed = {**amend, "d-dien_tich": "55", "reason": "Đo lại"}
    assert clerk.post(address(entry, "sua"), data=changed).status_code == 303
    assert "40 m²" in text(clerk, place)
    fresh = printed(clerk, entry).headers["Location"]
    assert fresh != place and "55 m²" in text(clerk, fresh) and len(papers(session)) == 2


def test_what_was_revoked_is_not_printed_any_more(session, register, login):
    entry, clerk = entered(register), login(Role.clerk)
    place = printed(clerk, entry).headers["Location"]
    entries.revoke(entry, reason="Vi phạm", actor=made.actor("lanhdao"), at=made.now())
    session.commit()
    page = Page(clerk.get(address(entry)))
    assert (
        not page.all("//form[contains(@action, 'giay/')]")
        and place in clerk.get(address(entry)).text
    )
    for act in (certificate(entry), f"{place}/in-lai"):
        answer = clerk.post(act, data={"idempotency_key": uuid7()})
        assert answer.status_code == 303 and answer.headers["Location"] == address(entry)
    assert len(papers(session)) == 1 and events(session, Tag.register_reprint) == []
    assert text(clerk, place)


@pytest.mark.parametrize(
    ("who", "sees", "prints"),
    [
        (Role.clerk, True, True),
        (Role.head, True, True),
        (Role.cashier, True, False),
        (Role.auditor, True, False),
        ("tiepnhan.krongana", False, False),
        (Role.province_leader, True, False),
    ],
)
def test_who_sees_and_who_prints(session, register, login, who, sees, prints):
    entry = entered(register)
    place = printed(login(Role.clerk), entry).headers["Location"]
    client = login(who)
    assert client.get(place).status_code == (200 if sees else 404)
    answer = client.post(f"{place}/in-lai", data={})
    assert answer.status_code == (303 if prints else 404 if not sees else 403)


def test_register_without_a_published_template_says_so(session, login):
    street_register(form=FORM)
    entry = entered(definition.every()[0])
    page = Page(login(Role.clerk).get(address(entry)))
    assert "Chưa có mẫu in nào được ban hành" in page.text
    assert login(Role.clerk).post(certificate(entry), data={}).status_code == 404


def test_certificate_of_a_dossier_has_its_signer_and_code_whoever_prints_it(
    session, register, login
):
    from services.dossier.forms import FeeLine, HandedIn
    from services.registers import results
    from services.transaction import transaction

    version = procedures.street_permit()
    result = writes_into(version, register, fills="chu_giay_phep = chu_ho_so\ndien_tich = 12")
    dossier = made.received(
        procedures.STREET,
        papers=tuple(HandedIn(d.name, d.id) for d in version.documents[:2]),
        fees=(FeeLine(version.fees[0].id),),
        data=procedures.TYPED,
    )
    with transaction():
        who = {"actor": made.actor("tiepnhan"), "at": made.now()}
        results.perform(dossier, result, agency_id=dossier.agency_id, **who)
    (entry,) = rows(session)
    said = {
        text(client, printed(client, entry).headers["Location"])
        for client in (login("cv.tuphap"), login(Role.clerk))
        if not papers(session)
    }
    (words,) = said
    assert dossier.code in words and dossier.owner_name in words and entry.number in words
    # A certificate is printed from the entry, not from the page of a dossier.
    assert own_papers(db.session.merge(dossier)) == []


def test_template_is_tried_with_the_values_of_an_entry(session, register, login):
    entry = entered(register, tuyen_duong="Đường Phan Bội Châu")
    admin = login(Role.admin)
    row = session.scalars(sa.select(PaperTemplate)).one()
    values = Page(admin.get(f"/mau-in/{row.id}")).values(EDITOR)
    sent = {**values, "body": row.body, "code": entry.number.lower(), "pdf": "1"}
    answer = admin.post(f"/mau-in/{row.id}/thu", data=sent)
    assert answer.mimetype == "application/pdf"
    found = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.data)).pages)
    assert "Đường Phan Bội Châu" in " ".join(found.split())
    assert session.scalars(sa.select(Event).where(Event.tag == Tag.register_read)).all()


def test_unknown_field_of_the_register_is_a_mistake_of_its_template(session, register, login):
    admin = login(Role.admin)
    row = session.scalars(sa.select(PaperTemplate)).one()
    body = row.body.replace("data.tuyen_duong", "data.tuyen_duonng")
    sent = {"name": row.name, "size": "a4", "body": body, "code": ""}
    page = Page(admin.post(f"/mau-in/{row.id}/thu", data=sent))
    assert "data.tuyen_duonng" in page.text
    assert {f.key for f in paper_templates.fields_of(None, FORM)} >= {"tuyen_duong", "phuong_tien"}
    names = paper_templates.keys()
    assert "tuyen_duong" in names
