"""Files as data of a dossier: chosen at the counter or at a step, seen by whom the field is for."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from domain.events import Tag
from domain.field_kinds import FieldKind
from domain.roles import Role
from models.attachment import Attachment
from models.base import db
from models.event import Event
from models.procedure import DataField, ProcedureVersion
from services import dossier as verbs
from services.dossier.steps import live
from tests.factories import dossiers as make, screens
from tests.factories.counter import only, send, typed
from tests.factories.pages import Page
from tests.factories.procedures import street_permit
from tests.house.test_routes import token
from tests.views.test_counter_data import filled
from tests.views.test_files import picture

READERS = "officer\nhead\nleader"


@pytest.fixture
def version(session: Any) -> ProcedureVersion:
    """The permit with photographs asked for at the counter, and a record asked for at the second step."""
    made = street_permit()
    own = {"agency_id": made.agency_id, "version": made, "kind": FieldKind.file}
    photos = {"key": "anh", "label": "Ảnh hiện trạng", "required": True, "most": "2"}
    record = {"key": "bien_ban", "label": "Biên bản", "stages": "2", "readers": READERS}
    db.session.add_all(
        [DataField(position=90, **photos, **own), DataField(position=91, **record, **own)]
    )
    db.session.commit()
    return made


def upload(name: str = "mặt tiền.jpg", content: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture() if content is None else content), name


def drawing() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (90, 60), "black").save(out, "PNG")
    return out.getvalue()


def received(clerk: Any, *files: Any) -> Any:
    """The one dossier, received with these files."""
    answer = send(clerk, {**filled(clerk), "d-anh-file": list(files)}, "receive")
    assert answer.status_code == 303, Page(answer).text
    return only()


def test_receive_keeps_the_files_of_a_field_with_the_dossier(
    version: Any, login: Any, session: Any
) -> None:
    dossier = received(login(Role.clerk), upload(), upload("bản vẽ.png", drawing()))
    rows = session.scalars(sa.select(Attachment).order_by(Attachment.id)).all()
    assert [(r.kind, r.data_key, r.original_name) for r in rows] == [
        ("data", "anh", "mặt tiền.jpg"),
        ("data", "anh", "bản vẽ.png"),
    ]
    kept = dossier.details["data"]["anh"]
    assert [(one["id"], one["name"], one["pages"]) for one in kept] == [
        (r.id, r.original_name, 1) for r in rows
    ]


def test_page_shows_the_files_where_the_data_stands_and_opens_them(
    version: Any, login: Any
) -> None:
    clerk = login(Role.clerk)
    dossier = received(clerk, upload())
    page = Page(clerk.get(screens.address(dossier)))
    links = page.all("//*[contains(@class, 'data-files-written')]//a/@href")
    assert len(set(links)) == 1 and "mặt tiền.jpg" in page.text
    assert clerk.get(links[0]).data.startswith(b"%PDF-")
    assert "Tệp khác" not in page.text  # it stands once, with the data


def test_missing_file_is_said_at_its_field(version: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    answer = send(clerk, filled(clerk), "receive")
    assert answer.status_code == 422
    assert Page(answer).all("//*[@id='d-anh-error']")


def test_chosen_file_outlives_a_mistake_elsewhere_and_may_be_taken_out(
    version: Any, login: Any
) -> None:
    clerk = login(Role.clerk)
    wrong = {**filled(clerk, tuyen_duong=""), "d-anh-file": upload()}
    answer = send(clerk, wrong, "receive")
    assert answer.status_code == 422 and not Page(answer).all("//*[@id='d-anh-error']")
    back = typed(answer)
    assert "mặt tiền.jpg" in Page(answer).text and back["d-anh"]
    without = {k: v for k, v in back.items() if k != "d-anh"}
    refused = send(clerk, {**without, "d-tuyen_duong": "Hùng Vương"}, "receive")
    assert Page(refused).all("//*[@id='d-anh-error']")
    answer = send(clerk, {**back, "d-tuyen_duong": "Hùng Vương"}, "receive")
    assert answer.status_code == 303, Page(answer).text
    assert only().details["data"]["anh"][0]["name"] == "mặt tiền.jpg"


def test_what_is_no_file_of_papers_is_refused_with_its_name(version: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    bad = upload("chương trình.pdf", b"MZ this is a program")
    answer = send(clerk, {**filled(clerk), "d-anh-file": [bad, upload()]}, "receive")
    assert answer.status_code == 422
    said = Page(answer).all("//*[@id='d-anh-error']")[0].text_content()
    assert "chương trình.pdf" in said
    assert "mặt tiền.jpg" in Page(answer).text  # the good one is kept


def test_made_up_name_of_a_file_is_refused(version: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    forged = '["x.pdf",3,1,"","' + "a" * 64 + '","application/pdf"].forged'
    answer = send(clerk, {**filled(clerk), "d-anh": forged}, "receive")
    assert answer.status_code == 422 and Page(answer).all("//*[@id='d-anh-error']")


def test_file_of_one_dossier_is_never_taken_into_another(version: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    dossier = received(clerk, upload())
    same = typed(send(clerk, typed(clerk.get("/tiep-nhan")), "same"))
    assert "d-anh" not in same
    from domain.data_files import FileRef
    from views.data_files import token as named

    with clerk.application.app_context():
        row = dossier.details["data"]["anh"][0]
        text = named(FileRef(row["name"], row["size"], row["pages"], row["id"]))
    answer = send(clerk, {**filled(clerk), "d-anh": text}, "receive")
    assert answer.status_code == 422, answer.status_code


@pytest.fixture
def in_work(version: Any, login: Any) -> Any:
    """Received and forwarded; the work is in the hand of the officer."""
    made, at = received(login(Role.clerk), upload()), make.now()
    verbs.forward(made, actor=make.actor("tiepnhan", at), at=at, step_id=live(made)[0].id)
    verbs.take_over(made, actor=make.actor("chuyenvien", at), at=at, step_id=live(made)[0].id)
    return made


def record(client: Any, dossier: Any, **more: Any) -> Any:
    page = Page(client.get(f"{screens.address(dossier)}?viec=dien-du-lieu"))
    form = page.values("//form[contains(@action, 'dien-du-lieu')]")
    form |= {"d-ket_qua_kiem_tra": "Đúng", **more}
    return client.post(f"{screens.address(dossier)}/dien-du-lieu", data=form)


def test_file_of_a_step_is_seen_by_the_readers_of_its_field_alone(
    in_work: Any, login: Any, session: Any
) -> None:
    officer = login(Role.officer)
    answer = record(officer, in_work, **{"d-bien_ban-file": upload("biên bản.jpg")})
    assert answer.status_code == 303, Page(answer).text
    file = session.scalars(sa.select(Attachment).where(Attachment.data_key == "bien_ban")).one()
    page = Page(officer.get(screens.address(in_work))).text
    assert page.count("biên bản.jpg") >= 2  # with the data and in the history
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.dossier_record_data)).one()
    assert event.changes["data"]["Biên bản"] == ["", "biên bản.jpg"]
    assert officer.get(f"/tep/{file.id}").status_code == 200
    clerk = login(Role.clerk)
    assert clerk.get(f"/tep/{file.id}").status_code == 404
    assert clerk.get(f"/tep/{file.id}/trang/1").status_code == 404
    assert "biên bản.jpg" not in Page(clerk.get(screens.address(in_work))).text


def test_file_is_kept_over_a_second_filling_in_and_leaves_with_its_tick(
    in_work: Any, login: Any, session: Any
) -> None:
    officer = login(Role.officer)
    record(officer, in_work, **{"d-bien_ban-file": upload("biên bản.jpg")})
    assert record(officer, in_work, **{"d-ket_qua_kiem_tra": "Khác"}).status_code == 303
    session.expire_all()
    assert in_work.details["data"]["bien_ban"][0]["name"] == "biên bản.jpg"
    assert record(officer, in_work, **{"d-bien_ban": ""}).status_code == 303
    session.expire_all()
    assert "bien_ban" not in in_work.details["data"]
    kept = session.scalars(sa.select(Attachment).where(Attachment.data_key == "bien_ban")).all()
    assert len(kept) == 1  # what was handed in stays with the dossier


def test_programs_get_name_size_and_address_of_a_file(
    app: Any, in_work: Any, login: Any, client: Any
) -> None:
    record(login(Role.officer), in_work, **{"d-bien_ban-file": upload("biên bản.jpg")})
    address = f"/api/v1/dossier/{in_work.code}"
    found = client.get(address, headers=token(app, Role.officer)).get_json()["result"]
    (file,) = found["data"]["bien_ban"]
    assert set(file) == {"name", "size", "pages", "url"} and file["name"] == "biên bản.jpg"
    answer = client.get(file["url"], headers=token(app, Role.officer))
    assert answer.data.startswith(b"%PDF-") and len(answer.data) == file["size"]
    assert client.get(file["url"], headers=token(app, Role.clerk)).status_code == 404
    import jsonschema

    schema = client.get(found["schema"], headers=token(app, Role.officer)).get_json()
    jsonschema.validate(found["data"], schema)
