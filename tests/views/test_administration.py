"""What administrators and auditors do on hand-written pages: versions, accounts, the event log."""

from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from domain.roles import Role
from models.officer import Officer
from models.procedure import ProcedureVersion, VersionState
from tests.factories.dossiers import actor, received, version_of


def test_an_administrator_drafts_and_publishes_from_the_page(session: Any, login: Any) -> None:
    version_id = version_of().id
    client = login(Role.admin)
    base = "/danh-muc/procedure_version"
    assert "Tạo bản thảo từ phiên bản này" in client.get(f"{base}/show/{version_id}").text
    made = client.post(f"{base}/draft/{version_id}")
    assert made.status_code == 303
    page = client.get(made.headers["Location"]).text
    assert "Đã tạo bản thảo" in page
    assert "Ban hành" in page
    draft_id = made.headers["Location"].rsplit("/", 1)[1]
    assert client.post(f"{base}/publish/{draft_id}").status_code == 303
    session.expire_all()
    assert session.get(ProcedureVersion, draft_id).state is VersionState.published
    again = client.post(f"{base}/publish/{draft_id}")
    assert again.status_code == 422
    assert "Chỉ ban hành được bản thảo." in again.text


def test_nobody_else_publishes(session: Any, login: Any) -> None:
    version_id = version_of().id
    for role in (Role.clerk, Role.head, Role.leader, Role.auditor):
        answer = login(role).post(f"/danh-muc/procedure_version/retire/{version_id}")
        assert answer.status_code == 403
    session.expire_all()
    assert session.get(ProcedureVersion, version_id).state is VersionState.published


def test_an_administrator_changes_an_account_and_bad_input_stays(session: Any, login: Any) -> None:
    officer_id = actor("chuyenvien2").officer_id
    client = login(Role.admin)
    path = f"/danh-muc/officer/account/{officer_id}"
    weak = client.post(path, data={"password": "123", "roles": ["officer"], "active": "y"})
    assert weak.status_code == 422
    assert "Mật khẩu có ít nhất 10 ký tự" in weak.text
    good = client.post(path, data={"roles": ["officer", "head"]})
    assert good.status_code == 303
    session.expire_all()
    user = session.scalars(sa.select(User).where(User.username == "chuyenvien2")).one()
    assert (user.active, {r.name for r in user.roles}) == (False, {"officer", "head"})
    assert login(Role.head).get(path).status_code == 403


def test_an_officer_without_account_gets_one(session: Any, login: Any) -> None:
    officer = session.get(Officer, actor("chuyenvien2").officer_id)
    officer.user_id = None
    session.commit()
    data = {"username": "nguoi.moi", "password": "con-trâu-đi-cày", "roles": ["officer"]}
    answer = login(Role.admin).post(f"/danh-muc/officer/account/{officer.id}", data=data)
    assert answer.status_code == 303
    assert actor("nguoi.moi").officer_id == officer.id


def test_the_auditor_reads_the_log_by_dossier_act_and_day(session: Any, login: Any) -> None:
    dossier = received()
    client = login(Role.auditor)
    page = client.get("/nhat-ky/", query_string={"ma": dossier.code}).text
    assert "Đã tiếp nhận hồ sơ" in page
    assert dossier.code in page
    other = client.get(
        "/nhat-ky/", query_string={"ma": dossier.code, "viec": "dossier:step:forward"}
    )
    assert dossier.code not in other.text.split("<tbody>")[1]
    wrong = client.get("/nhat-ky/", query_string={"tu": "31/02/2026"})
    assert wrong.status_code == 422
    assert "Đây không phải ngày tháng." in wrong.text


def test_only_the_auditor_reads_the_log(login: Any) -> None:
    for role in (Role.clerk, Role.officer, Role.leader, Role.admin):
        assert login(role).get("/nhat-ky/").status_code == 403
