"""Scans through HTTP: in at the dossier, out to whoever may see it, each opening recorded."""

import io
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image

from domain.events import Tag
from domain.roles import Role
from models.attachment import Attachment
from models.dossier import Dossier
from models.event import Event
from models.ids import uuid7
from tests.factories import dossiers as make, screens


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "JPEG")
    return out.getvalue()


def attached(session: Any, client: Any, dossier: Dossier) -> Attachment:
    upload = (io.BytesIO(picture()), "Đơn đề nghị.jpg")
    paper = dossier.papers[0].id
    answer = screens.send(client, dossier, "dinh-kem", file=upload, paper_id=paper)
    assert answer.status_code == 303, answer.text
    found = session.scalars(sa.select(Attachment)).one()
    assert found.paper_id == paper
    return found


def test_file_is_shown_inline_sandboxed_and_recorded(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    file = attached(session, clerk, make.received())
    answer = clerk.get(f"/tep/{file.id}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    tags = session.scalars(sa.select(Event.tag).where(Event.subject_id == file.id)).all()
    assert sorted(tags) == sorted([Tag.file_attach, Tag.file_read])


def test_file_of_another_department_is_not_there(session: Any, login: Any) -> None:
    file = attached(session, login(Role.clerk), make.received())
    for username in ("chuyenvien.krongana", "cv.moitruong"):
        assert login(username).get(f"/tep/{file.id}").status_code == 404


def test_file_that_is_not_there(session: Any, login: Any, client: Any) -> None:
    assert login(Role.clerk).get(f"/tep/{uuid7()}").status_code == 404
    assert client.get(f"/tep/{uuid7()}").status_code == 302
    assert login(Role.admin).get(f"/tep/{uuid7()}").status_code == 403


def test_damaged_file_is_refused_with_a_sentence(
    session: Any, login: Any, upload_dir: Path
) -> None:
    clerk = login(Role.clerk)
    file = attached(session, clerk, make.received())
    path = next(upload_dir.glob(f"*/{file.sha256}"))
    kept = path.read_bytes()
    try:
        path.write_bytes(b"%PDF-1.4 something else")
        answer = clerk.get(f"/tep/{file.id}")
    finally:
        path.write_bytes(kept)
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"


def test_upload_of_something_else_is_answered_at_the_field(session: Any, login: Any) -> None:
    dossier = make.received()
    upload = (io.BytesIO(b"MZ this is a program"), "đơn.pdf")
    typed = {"title": "Bản quét đơn", "paper_id": dossier.papers[0].id}
    answer = screens.send(login(Role.clerk), dossier, "dinh-kem", file=upload, **typed)
    assert answer.status_code == 422
    assert 'id="dinh-kem-file-error"' in answer.text
    kept = screens.fields(answer.text, f"{screens.address(dossier)}/dinh-kem")
    assert {k: kept[k] for k in typed} == typed
    assert session.scalars(sa.select(Attachment)).all() == []


def test_upload_without_a_file_is_answered_at_the_field(session: Any, login: Any) -> None:
    answer = screens.send(login(Role.clerk), make.received(), "dinh-kem")
    assert answer.status_code == 422
    assert 'id="dinh-kem-file-error"' in answer.text


# ---- pages as pictures ---------------------------------------------------------------------------
def test_page_is_shown_as_a_picture_and_leafing_is_one_opening(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    file = attached(session, clerk, make.received())
    for width, drawn in ((1, 400), (800, 800), (9999, 2000)):
        answer = clerk.get(f"/tep/{file.id}/trang/1?w={width}&q=90")
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        assert abs(Image.open(io.BytesIO(answer.data)).width - drawn) <= 1
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    again = clerk.get(answer.request.url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    tags = session.scalars(sa.select(Event.tag).where(Event.subject_id == file.id)).all()
    assert sorted(tags) == sorted([Tag.file_attach, Tag.file_read])


def test_page_of_another_department_is_not_there(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    file = attached(session, clerk, make.received())
    assert clerk.get(f"/tep/{file.id}/trang/1").status_code == 200
    for username in ("chuyenvien.krongana", "cv.moitruong"):
        assert login(username).get(f"/tep/{file.id}/trang/1").status_code == 404


def test_page_beyond_the_last_is_not_there(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    file = attached(session, clerk, make.received())
    for number in (0, 2):
        assert clerk.get(f"/tep/{file.id}/trang/{number}").status_code == 404
